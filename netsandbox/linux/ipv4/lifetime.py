"""Addresses that are had for a time only (valid_lft, preferred_lft; net/ipv4/devinet.c, check_lifetime)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND

if TYPE_CHECKING:
    from netsandbox.engine.timers import Timer

FOREVER = (1 << 32) - 1  # INFINITY_LIFE_TIME


class Lifetime:
    """How long an address is valid, and how long it should be preferred, in seconds from some moment on."""

    __slots__ = ("preferred", "since", "timer", "valid")

    def __init__(self, valid: int, preferred: int, since: int) -> None:
        self.valid = valid
        self.preferred = preferred
        self.since = since  # that moment, in virtual nanoseconds
        self.timer: Timer | None = None  # takes the address away

    @property
    def is_permanent(self) -> bool:
        return self.valid == FOREVER

    def is_deprecated(self, now: int) -> bool:
        """It is still valid, and no longer to be chosen for something new."""
        return self.preferred != FOREVER and now >= self.since + self.preferred * SECOND

    def left(self, now: int) -> tuple[int, int]:
        """Seconds that it is valid, and preferred, from now on (inet_fill_ifaddr)."""
        if self.is_permanent:
            return FOREVER, FOREVER
        gone = (now - self.since) // SECOND
        return max(self.valid - gone, 0), max(self.preferred - gone, 0)
