"""Virtual time as programs write it."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.engine.units import EPOCH, SECOND

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")  # From 1970-01-01 on


class Moment(NamedTuple):
    """A time of day, UTC."""

    year: int
    month: int
    day: int
    clock: str  # As 23:59:59
    weekday: str


def moment(now: int) -> Moment:
    """A virtual time, in nanoseconds since the lab began."""
    days, rest = divmod((EPOCH + now) // SECOND, 86400)
    year, month, day = civil_date(days)
    return Moment(year, month, day, f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}", DAYS[days % 7])


def civil_date(days: int) -> tuple[int, int, int]:
    """Year, month and day of a number of days since 1970-01-01 (Gregorian calendar)."""
    era_day = days + 719468
    era, day_of_era = divmod(era_day, 146097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


def days_before(year: int) -> int:
    """Days from 1970-01-01 to a year's first."""
    past = year - 1
    return 365 * past + past // 4 - past // 100 + past // 400 - 719162


def log_date(now: int) -> str:
    """nginx's `2026/01/01 00:00:00`."""
    at = moment(now)
    return f"{at.year}/{at.month:02d}/{at.day:02d} {at.clock}"


def http_date(now: int) -> str:
    """`Thu, 01 Jan 2026 00:00:00 GMT` (RFC 9110, 5.6.7)."""
    at = moment(now)
    return f"{at.weekday}, {at.day:02d} {MONTHS[at.month - 1]} {at.year} {at.clock} GMT"


def apache_time(now: int) -> str:
    """`01/Jan/2026:00:00:00 +0000`, as access logs have it."""
    at = moment(now)
    return f"{at.day:02d}/{MONTHS[at.month - 1]}/{at.year}:{at.clock} +0000"


def ctime(now: int) -> str:
    """`Thu Jan  1 00:00:00 2026`."""
    at = moment(now)
    return f"{at.weekday} {MONTHS[at.month - 1]} {at.day:2d} {at.clock} {at.year}"


def nmap_time(now: int) -> tuple[str, str]:
    """`2026-01-01 00:00 UTC`, and ctime's."""
    at = moment(now)
    return f"{at.year}-{at.month:02d}-{at.day:02d} {at.clock[:5]} UTC", ctime(now)
