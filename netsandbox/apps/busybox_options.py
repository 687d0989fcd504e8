"""What BusyBox's programs share in reading their arguments (libbb/xatonum_template.c)."""

from __future__ import annotations

from netsandbox.apps.program import UsageError

MOST = (1 << 31) - 1


def bounded(program: str, text: str, least: int = 0, most: int = MOST) -> int:
    """A decimal number within bounds.

    Raises:
        UsageError: it is none, or lies outside.
    """
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise UsageError(f"{program}: invalid number '{text[:60]}'", 1)
    if not least <= int(text) <= most:
        raise UsageError(f"{program}: number {text} is not in {least}..{most} range", 1)
    return int(text)
