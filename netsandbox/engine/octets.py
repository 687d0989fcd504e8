"""Text as bytes and back: what is no UTF-8 is kept as lone surrogates (PEP 383), so that no byte is lost on its way."""

from __future__ import annotations

import sys


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def to_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def letter(number: int) -> str:
    """That of a code point in the bytes of UTF-8; also of half a pair (D800 to DFFF), and of more than Unicode has, as
    bash writes it up to 31 bits (lib/sh/unicode.c)."""
    if number <= sys.maxunicode:
        return to_text(chr(number).encode("utf-8", "surrogatepass"))
    for first, behind in ((0xF0, 3), (0xF8, 4), (0xFC, 5)):
        if number < 1 << (5 * behind + 6):
            rest = (0x80 | number >> 6 * place & 0x3F for place in reversed(range(behind)))
            return to_text(bytes((first | number >> 6 * behind, *rest)))
    return ""


def shown(text: str) -> str:
    """As a terminal shows it: one mark for what is no letter."""
    return text if text.isascii() else to_bytes(text).decode("utf-8", "replace")
