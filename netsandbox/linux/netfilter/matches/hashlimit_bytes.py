"""A rate of bytes, as hashlimit counts it: in credits that come with each tick (XT_HASHLIMIT_BYTES)."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.engine.units import SECOND
from netsandbox.engine.wheel import TICK
from netsandbox.linux.netfilter.extension import BadValueError, UsageError

CHUNK = 4  # A packet costs as many chunks of 2**4 bytes as it has begun
WORD = 0xFFFFFFFF
TICKS = SECOND // TICK
PER_TICK = 1 << 24  # CREDITS_PER_JIFFY_BYTES: as many as a word holds for a second of ticks, as a power of two
SECOND_OF_CREDITS = PER_TICK * TICKS
EXPIRY, BURST_EXPIRY = 15, 60  # Seconds that an entry lives: without and with a burst
FACTORS = {"m": 1 << 20, "k": 1 << 10}


def in_units(count: int, rounded: bool) -> str:
    """`2kb`; `rounded`: what does not come out even as well."""
    letter, factor = next(((letter, factor) for letter, factor in FACTORS.items()
                           if count >= factor and (rounded or _cost(count & WORD & -factor) == _cost(count))), ("", 1))
    return f"{count // factor}{letter}b"


class ByteBurst(NamedTuple):
    """How many seconds of the rate's bytes an address may have saved up."""

    seconds: int
    rate: int

    def __str__(self) -> str:
        return in_units(self.seconds * self.rate, True)


class ByteRate(NamedTuple):
    """A rate of bytes a second, as what a chunk costs of a word."""

    cost: int
    unit: int = EXPIRY

    @property
    def bytes(self) -> int:
        """What iptables makes of the cost again (cost_to_bytes)."""
        return WORD // self.cost - 1 << CHUNK

    @property
    def credits(self) -> int:
        """What a chunk costs (user2credits_byte)."""
        return self.cost * SECOND_OF_CREDITS >> 32

    def __str__(self) -> str:
        return f"{in_units(self.bytes, False)}/s"

    def burst(self, wanted: int) -> ByteBurst:
        """A burst in bytes (UsageError: it is less than what the rate gives in a second)."""
        if wanted < self.bytes or not self.bytes:
            raise UsageError(f"burst cannot be smaller than {self.bytes}b")
        return ByteBurst(-(-wanted // self.bytes), self.bytes)

    def bucket(self, now: int, burst: int | ByteBurst | None) -> ByteBucket:
        return ByteBucket(now, self.credits, burst.seconds if isinstance(burst, ByteBurst) else 0)


def read_byte_rate(text: str) -> ByteRate:
    """`100kb/s` (parse_bytes) (UsageError: no number, or too many bytes)."""
    number, letter = re.match("[0-9]*", text), text[text.index("b/s") - 1]
    if number is None or not number[0] or not int(number[0]):
        raise BadValueError(f'Bad value for OPTION option: "{text}"')
    cost = _cost(int(number[0]) * FACTORS.get(letter, 1))
    if not cost:
        raise UsageError(f'Rate too high "{text}"\n')
    return ByteRate(cost)


def _cost(count: int) -> int:
    return WORD // ((count >> CHUNK & WORD) + 1)


class ByteBucket:
    """Credit for bytes; and how often it may be filled at once while the burst lasts.

    Attributes:
        at: virtual nanoseconds when it was last looked at.
        left: how many fillings of the burst are left.
    """

    __slots__ = ("at", "cost", "credit", "left")

    def __init__(self, at: int, cost: int, left: int) -> None:
        self.at, self.cost, self.left = at, cost, left
        self.credit = SECOND_OF_CREDITS

    def spend(self, now: int, length: int) -> bool:
        """Whether there is credit for a packet of `length` bytes; it is then gone."""
        self.credit = min(SECOND_OF_CREDITS, self.credit + (now // TICK - self.at // TICK) * PER_TICK)
        self.at = now
        cost = min(SECOND_OF_CREDITS, ((length >> CHUNK) + 1) * self.cost)
        if self.credit < cost and self.left:
            self.left -= 1
            self.credit = SECOND_OF_CREDITS
        if self.credit < cost:
            return False
        self.credit -= cost
        return True
