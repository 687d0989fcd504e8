"""Sequence numbers: 32 bits that wrap (RFC 9293, 3.4; include/net/tcp.h before, after, between)."""

from __future__ import annotations

MASK = 0xFFFFFFFF
HALF = 0x80000000  # What is so far ahead, or farther, lies behind


def before(one: int, other: int) -> bool:
    return (one - other) & MASK >= HALF


def after(one: int, other: int) -> bool:
    return (other - one) & MASK >= HALF


def between(number: int, low: int, high: int) -> bool:
    """Whether low <= number <= high, in sequence space."""
    return (high - low) & MASK >= (number - low) & MASK


def distance(high: int, low: int) -> int:
    """high - low as a signed number."""
    gap = (high - low) & MASK
    return gap - (MASK + 1) if gap >= HALF else gap
