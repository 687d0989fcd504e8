"""The match `time`: hours, days and dates, by the lab's virtual clock (xt_time.c, libxt_time.c)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from netsandbox.engine.units import EPOCH, SECOND
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import Given, Match, Option, UsageError
from netsandbox.linux.netfilter.head import Head

DAY = 86_400
LAST_SECOND = (1 << 31) - 1  # 2038-01-19T03:14:07: what no date before it ends (INT_MAX)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALL_WEEKDAYS, ALL_MONTHDAYS = 0xFE, 0xFFFFFFFE
DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:T(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}))?)?)?)?)?")


def read_time(text: str) -> int:
    """`hh:mm[:ss]`, in seconds of the day; the complaint names the part that is wrong."""
    found, rest = 0, text
    for unit, most, ends in ((3600, 23, (":",)), (60, 59, (":", "")), (1, 59, ("",))):
        digits = re.match(r"\d*", rest)
        part = digits[0] if digits is not None else ""
        after = rest[len(part):len(part) + 1]
        if (not part and unit != 1) or int(part or 0) > most or after not in ends:
            raise UsageError(f'invalid time "{rest}" specified, should be hh:mm[:ss] format and within the boundaries')
        found += int(part or 0) * unit
        if not after:
            break
        rest = rest[len(part) + 1:]
    return found


def read_date(text: str) -> int:
    """`YYYY[-MM[-DD[Thh[:mm[:ss]]]]]`, in seconds since 1970."""
    match = DATE.fullmatch(text)
    parts = [int(part) if part else None for part in match.groups()] if match is not None else []
    bounds = ((1970, 2038), (1, 12), (1, 31), (0, 23), (0, 59), (0, 59))
    if not parts or any(part is not None and not low <= part <= high
                        for part, (low, high) in zip(parts, bounds, strict=True)):
        raise UsageError(f'Invalid date "{text}" specified. Should be YYYY[-MM[-DD[Thh[:mm[:ss]]]]]')
    year, month, day, hour, minute, second = parts
    begin = datetime(year or 1970, month or 1, 1, tzinfo=UTC)
    later = timedelta((day or 1) - 1, hours=hour or 0, minutes=minute or 0, seconds=second or 0)
    return int((begin + later).timestamp())


def write_time(seconds: int) -> str:
    return f"{_date(seconds):%H:%M:%S}"


def write_date(seconds: int, separator: str = "T") -> str:
    return f"{_date(seconds):%Y-%m-%d{separator}%H:%M:%S}"


def _date(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def read_weekdays(text: str) -> int:
    """Names, of which the first two letters count, or 1 (Monday) to 7, as a mask of bits 1 to 7."""
    mask = 0
    for word in [word for word in text.split(",") if word]:
        if word[0].isdecimal():
            leading = re.match(r"\d+", word)
            day = int(leading[0]) if leading is not None else 0
            if day == 0:
                raise UsageError("No, the week does NOT begin with Sunday.")
        else:
            day = next((at for at, name in enumerate(DAYS, 1) if len(word) > 1 and name[:2] == word[:2]), 0)
            if not day:
                raise UsageError(f"{word} is not a valid day specifier")
        mask |= 1 << min(day, 8)
    return mask


def read_monthdays(text: str) -> int:
    mask = 0
    for word in [word for word in text.split(",") if word]:
        if not (word.isascii() and word.isdecimal()) or int(word[:9]) > 31:
            raise UsageError(f"{word} is not a valid day for --monthdays")
        mask |= 1 << int(word)
    return mask


def write_weekdays(mask: int) -> str:
    return ",".join(name for at, name in enumerate(DAYS, 1) if mask >> at & 1)


def write_monthdays(mask: int) -> str:
    return ",".join(str(day) for day in range(1, 32) if mask >> day & 1)


def _ordinals(mask: int) -> str:
    """As libxt_time writes them: 11st, 12nd, 13rd."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    return ",".join(f"{day}{endings.get(day % 10, 'th')}" for day in range(1, 32) if mask >> day & 1)


class Time(Match):
    name = "time"
    options = (Option("--timestart", read_time, write_time, can_negate=False),
               Option("--timestop", read_time, write_time, can_negate=False),
               Option("--monthdays", read_monthdays, write_monthdays),
               Option("--weekdays", read_weekdays, write_weekdays),
               Option("--datestart", read_date, write_date, can_negate=False),
               Option("--datestop", read_date, write_date, can_negate=False),
               Option("--kerneltz", can_negate=False, aliases=("--localtz",)),
               Option("--contiguous", can_negate=False), Option("--utc", can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        for flag, every in (("--weekdays", ALL_WEEKDAYS), ("--monthdays", ALL_MONTHDAYS)):
            if flag in given and given[flag].negated:
                given[flag] = Given(False, every ^ given[flag].value)
        first, last = (given[flag].value if flag in given else fallback
                       for flag, fallback in (("--timestart", 0), ("--timestop", DAY - 1)))
        if "--contiguous" in given and first < last:
            raise UsageError("time: --contiguous only makes sense when stoptime is smaller than starttime")

    def prepare(self) -> None:
        self.first, self.last = self._or("--timestart", 0), self._or("--timestop", DAY - 1)
        self.begins, self.ends = self._or("--datestart", 0), self._or("--datestop", LAST_SECOND)
        self.weekdays = self._or("--weekdays", ALL_WEEKDAYS)
        self.monthdays = self._or("--monthdays", ALL_MONTHDAYS)

    def _or(self, flag: str, fallback: int) -> int:
        return self.given[flag].value if flag in self.given else fallback

    def holds(self, namespace: NetworkNamespace, _buffer: SocketBuffer) -> bool:
        now = self._now(namespace)
        seconds = now % DAY
        if not self.begins <= now <= self.ends:
            return False
        if self.first < self.last:
            if not self.first <= seconds <= self.last:
                return False
        elif self.last < seconds < self.first:
            return False
        elif "--contiguous" in self.given and seconds <= self.last:
            now -= DAY
        date = _date(now)
        return bool(self.weekdays >> date.isoweekday() & 1 and self.monthdays >> date.day & 1)

    @staticmethod
    def _now(namespace: NetworkNamespace) -> int:
        return (EPOCH + namespace.scheduler.now) // SECOND

    def seen(self, namespace: NetworkNamespace, _buffer: SocketBuffer) -> str:
        now = self._now(namespace)
        return f"{DAYS[_date(now).weekday()]} {write_date(now, ' ')} UTC"

    @property
    def has_hours(self) -> bool:
        return (self.first, self.last) != (0, DAY - 1)

    def written(self) -> str:
        parts = [f"--timestart {write_time(self.first)} --timestop {write_time(self.last)}" if self.has_hours else ""]
        parts += [f"{flag} {write(self.given[flag].value)}" for flag, write in (
            ("--monthdays", write_monthdays), ("--weekdays", write_weekdays)) if flag in self.given]
        parts += [f"--datestart {write_date(self.begins)}" if self.begins else ""]
        parts += [f"--datestop {write_date(self.ends)}"]
        parts += [flag for flag in ("--kerneltz", "--contiguous") if flag in self.given]
        return " ".join(part for part in parts if part)

    def listed(self, _numeric: bool) -> str:
        text = " TIME" + (f" from {write_time(self.first)} to {write_time(self.last)}" if self.has_hours else "")
        text += f" on {write_weekdays(self.weekdays)}" if "--weekdays" in self.given else ""
        text += f" on {_ordinals(self.monthdays)}" if "--monthdays" in self.given else ""
        text += f" starting from {write_date(self.begins, ' ')}" if self.begins else ""
        text += f" until date {write_date(self.ends, ' ')}" if self.ends != LAST_SECOND else ""
        return text + ("" if "--kerneltz" in self.given else " UTC") + " contiguous" * ("--contiguous" in self.given)


MATCHES: tuple[type[Match], ...] = (Time,)
