"""SipHash-2-4, the kernel's keyed hash of short inputs (lib/siphash.c; Aumasson and Bernstein, 2012)."""

from __future__ import annotations

MASK = (1 << 64) - 1
BEGINNING = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
"""somepseudorandomlygeneratedbytes."""

State = tuple[int, int, int, int]


def siphash(data: bytes, key: tuple[int, int]) -> int:
    """64 bits of hash."""
    v0, v1, v2, v3 = (part ^ key[number & 1] for number, part in enumerate(BEGINNING))
    state = v0, v1, v2, v3
    whole = len(data) & ~7
    words = [int.from_bytes(data[at:at + 8], "little") for at in range(0, whole, 8)]
    words.append(len(data) % 256 << 56 | int.from_bytes(data[whole:], "little"))
    for word in words:
        v0, v1, v2, v3 = _round(_round((state[0], state[1], state[2], state[3] ^ word)))
        state = v0 ^ word, v1, v2, v3
    v0, v1, v2, v3 = state
    state = v0, v1, v2 ^ 0xFF, v3
    for _ in range(4):
        state = _round(state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _turn(word: int, by: int) -> int:
    return (word << by | word >> 64 - by) & MASK


def _round(state: State) -> State:
    v0, v1, v2, v3 = state
    v0 = v0 + v1 & MASK
    v1 = _turn(v1, 13) ^ v0
    v0 = _turn(v0, 32)
    v2 = v2 + v3 & MASK
    v3 = _turn(v3, 16) ^ v2
    v0 = v0 + v3 & MASK
    v3 = _turn(v3, 21) ^ v0
    v2 = v2 + v1 & MASK
    v1 = _turn(v1, 17) ^ v2
    v2 = _turn(v2, 32)
    return v0, v1, v2, v3
