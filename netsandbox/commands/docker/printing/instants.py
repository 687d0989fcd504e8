"""Times as docker's --since and --until take them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from netsandbox.docker.errors import DockerError
from netsandbox.engine.units import EPOCH, SECOND

UNITS = {"h": 3600 * SECOND, "m": 60 * SECOND, "s": SECOND, "ms": SECOND // 1000, "us": SECOND // 10**6,
         "µs": SECOND // 10**6, "ns": 1}
PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(h|ms|m|s|us|µs|ns)")
DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d(:\d\d(:\d\d(\.\d{1,9})?)?)?)?(Z|[+-]\d\d:\d\d)?")


def instant(text: str, now: int) -> int:
    """A time in virtual nanoseconds: a length of time before now in whole seconds, a date, or seconds since 1970
    (DockerError: it is none of these)."""
    parts = PART.findall(text.lstrip("+-"))
    if parts and "".join(number + unit for number, unit in parts) == text.lstrip("+-"):
        length = sum(round(float(number) * UNITS[unit]) for number, unit in parts)
        return (now + length if text.startswith("-") else now - length) // SECOND * SECOND
    if re.fullmatch(r"\d+(\.\d*)?", text) and len(text) < 30:
        return round(float(text) * SECOND) - EPOCH
    if DATE.fullmatch(text):
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            found = None
        if found is not None:
            aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
            return int(aware.timestamp()) * SECOND + aware.microsecond * 1000 - EPOCH
    raise DockerError(f'failed to parse value as time or duration: "{text}"')
