"""Jenkins's hash, as the kernel uses it for a few words (include/linux/jhash.h, lookup3)."""

from __future__ import annotations

INITIAL = 0xDEADBEEF
WORD = 1 << 32


def jhash_2words(one: int, two: int) -> int:
    """Of two words, without a seed."""
    start = INITIAL + 8
    return _final((one + start) % WORD, (two + start) % WORD, start)


def jhash_address(word: int, seed: int) -> int:
    """jhash2() of an IPv4 address in the room of an IPv6 one: four words, the last three zero."""
    first = second = third = (INITIAL + 16 + seed) % WORD
    first = (first + word) % WORD
    first, third = ((first - third) % WORD) ^ _rotated(third, 4), (third + second) % WORD
    second, first = ((second - first) % WORD) ^ _rotated(first, 6), (first + third) % WORD
    third, second = ((third - second) % WORD) ^ _rotated(second, 8), (second + first) % WORD
    first, third = ((first - third) % WORD) ^ _rotated(third, 16), (third + second) % WORD
    second, first = ((second - first) % WORD) ^ _rotated(first, 19), (first + third) % WORD
    third, second = ((third - second) % WORD) ^ _rotated(second, 4), (second + first) % WORD
    return _final(first, second, third)


def _final(first: int, second: int, third: int) -> int:
    """__jhash_final."""
    third = ((third ^ second) - _rotated(second, 14)) % WORD
    first = ((first ^ third) - _rotated(third, 11)) % WORD
    second = ((second ^ first) - _rotated(first, 25)) % WORD
    third = ((third ^ second) - _rotated(second, 16)) % WORD
    first = ((first ^ third) - _rotated(third, 4)) % WORD
    second = ((second ^ first) - _rotated(first, 14)) % WORD
    return ((third ^ second) - _rotated(second, 24)) % WORD


def _rotated(word: int, count: int) -> int:
    return (word << count | word >> 32 - count) % WORD
