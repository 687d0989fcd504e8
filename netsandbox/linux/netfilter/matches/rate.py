"""Matches that remember: limit, statistic.  They go by the lab's virtual clock."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import Given, Match, Option, UsageError, number
from netsandbox.linux.netfilter.head import Head

SCALE = 10_000  # Ten-thousandths of a second: what xt_limit counts in
UNITS = (("day", 86_400), ("hour", 3600), ("min", 60), ("sec", 1))
SPELLED = {"sec": "second", "min": "minute"}
DEFAULT_BURST = 5
RANDOM_BITS = 31


class Rate(NamedTuple):
    """Once in `period` ten-thousandths of a second."""

    period: int

    def __str__(self) -> str:
        name, seconds = UNITS[0]
        for other, length in UNITS[1:]:
            if self.period > length * SCALE or length * SCALE // self.period < length * SCALE % self.period:
                break
            name, seconds = other, length
        return f"{seconds * SCALE // self.period}/{name}"

    @property
    def nanoseconds(self) -> int:
        return self.period * (SECOND // SCALE)


def read_rate(text: str) -> Rate:
    """`3/min`, `5`, `1/s`."""
    rate = rate_of(text)
    if rate is None:
        raise UsageError(f"bad rate \"{text}\"'")
    return rate


def rate_of(text: str, end: str = "") -> Rate | None:
    """The rate, None where there is none; what stands behind the number is passed over, as atoi does (parse_rate)."""
    match = re.fullmatch(r"(\d{1,9})[^/]*(?:/(.+))?", text)
    unit = next((seconds for name, seconds in UNITS if match and match[2] and
                 SPELLED.get(name, name).startswith(match[2].lower())), None)
    if match is None or not int(match[1]) or (match[2] and unit is None):
        return None
    period = SCALE * (unit or 1) // int(match[1])
    if not period:
        raise UsageError(f"Rate too fast \"{text}\"{end}")
    return Rate(period)


class Bucket:
    """A token bucket: credit in nanoseconds, and when it was last looked at."""

    __slots__ = ("at", "credit")

    def __init__(self, at: int, credit: int) -> None:
        self.at, self.credit = at, credit

    def take(self, now: int, cost: int, most: int) -> bool:
        """Whether there is credit for one more packet; it is then gone."""
        self.credit = min(most, self.credit + now - self.at)
        self.at = now
        if self.credit < cost:
            return False
        self.credit -= cost
        return True


class Limit(Match):
    """So many packets in a time, after a first burst (xt_limit.c)."""

    name = "limit"
    options = (Option("--limit", read_rate, can_negate=False),
               Option("--limit-burst", number(0, 10_000), can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        given.setdefault("--limit", Given(False, Rate(3600 * SCALE // 3)))

    def prepare(self) -> None:
        self.bucket: Bucket | None = None
        self.burst = self.value("--limit-burst") or DEFAULT_BURST

    def holds(self, namespace: NetworkNamespace, _buffer: SocketBuffer) -> bool:
        cost, now = self.given["--limit"].value.nanoseconds, namespace.scheduler.now
        if self.bucket is None:
            self.bucket = Bucket(now, cost * self.burst)
        return self.bucket.take(now, cost, cost * self.burst)

    def seen(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> str:
        cost = self.given["--limit"].value.nanoseconds
        return f"credit {self.bucket.credit // cost if self.bucket is not None else self.burst}"

    def written(self) -> str:
        burst = f" --limit-burst {self.burst}" if self.burst != DEFAULT_BURST else ""
        return f"--limit {self.given['--limit'].value}{burst}"

    def listed(self, _numeric: bool) -> str:
        return f" limit: avg {self.given['--limit'].value} burst {self.burst}"


def read_mode(text: str) -> str:
    if text not in ("random", "nth"):
        raise UsageError(f'Bad mode "{text}"')
    return text


def read_probability(text: str) -> int:
    """In 2**-31, as the kernel has it."""
    if not re.fullmatch(r"[01]?(\.\d{1,20})?", text) or not text or float(text) > 1:
        raise UsageError('statistic: bad value for option "--probability", or out of range (0-1).\n')
    return int(float(text) * (1 << RANDOM_BITS) + 0.5)


NONE = Given(False, 0)


class Statistic(Match):
    """Every nth packet, or some at random (xt_statistic.c)."""

    name = "statistic"
    options = (Option("--mode", read_mode, can_negate=False, needed=True),
               Option("--probability", read_probability, lambda p: f"{p / (1 << RANDOM_BITS):.11f}",
                      excludes=("--every", "--packet")),
               Option("--every", number(1, 0xFFFFFFFF)),
               Option("--packet", number(0, 0xFFFFFFFF), can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        is_random = "--mode" not in given or given["--mode"].value == "random"
        if is_random and "--probability" not in given:
            raise UsageError("--probability must be specified when using random mode")
        if not is_random and "--every" not in given and "--packet" not in given:
            raise UsageError("--every and --packet must be specified when using nth mode")
        if not is_random and "--packet" in given and given["--packet"].value >= given.get("--every", NONE).value:
            raise UsageError("the --packet p must be 0 <= p <= n-1")
        super().check(given, head)
        if "--every" in given and "--packet" not in given:
            raise UsageError('statistic: option "--every" also requires "--packet".\n')

    def prepare(self) -> None:
        self.count = (self.value("--every") or 1) - 1 - (self.value("--packet") or 0)

    def holds(self, namespace: NetworkNamespace, _buffer: SocketBuffer) -> bool:
        if self.value("--mode") == "random":
            drawn = namespace.netfilter.chance(namespace).bits(RANDOM_BITS)
            return (drawn < self.value("--probability")) is not self.given["--probability"].negated
        self.count = 0 if self.count == self.value("--every") - 1 else self.count + 1
        return (self.count == 0) is not self.given["--every"].negated

    def seen(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> str:
        return f"count {self.count}" if self.value("--mode") == "nth" else ""

    def listed(self, _numeric: bool) -> str:
        if self.value("--mode") == "random":
            given = self.given["--probability"]
            return f" statistic mode random{' !' * given.negated} probability {given.value / (1 << RANDOM_BITS):.11f}"
        given, packet = self.given["--every"], self.value("--packet")
        return f" statistic mode nth{' !' * given.negated} every {given.value}{f' packet {packet}' if packet else ''}"


MATCHES: tuple[type[Match], ...] = (Limit, Statistic)
