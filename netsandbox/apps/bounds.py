"""Numbers within bounds, as the programs of iputils and of BusyBox read them."""

from __future__ import annotations

import re

from netsandbox.apps.program import UsageError

MOST = (1 << 31) - 1


def integer(program: str, text: str, low: int, high: int, what: str = "invalid argument") -> int:
    """One that iputils reads (strtol_or_err) (UsageError: as iputils words it)."""
    if not re.fullmatch(r"\s*[+-]?\d+", text, re.ASCII):
        raise UsageError(f"{program}: {what}: '{text}'", 1)
    value = int(text)
    if not -(1 << 63) <= value < 1 << 63:
        raise UsageError(f"{program}: {what}: '{text}': Numerical result out of range", 1)
    if not low <= value <= high:
        raise UsageError(f"{program}: {what}: '{text}': out of range: {low} <= value <= {high}", 1)
    return value


def bounded(program: str, text: str, least: int = 0, most: int = MOST) -> int:
    """One that BusyBox reads (libbb/xatonum_template.c) (UsageError: it is none, or lies outside)."""
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise UsageError(f"{program}: invalid number '{text[:60]}'", 1)
    if not least <= int(text) <= most:
        raise UsageError(f"{program}: number {text} is not in {least}..{most} range", 1)
    return int(text)
