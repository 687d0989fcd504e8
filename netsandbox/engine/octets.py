"""Text as bytes and back: what is no UTF-8 is kept as lone surrogates (PEP 383), so that no byte is lost on its way."""

from __future__ import annotations


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def to_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def letter(number: int) -> str:
    """That of a code point in the bytes of UTF-8, half of a pair (D800 to DFFF) too: that is no letter."""
    return to_text(chr(number).encode("utf-8", "surrogatepass"))


def shown(text: str) -> str:
    """As a terminal shows it: one mark for what is no letter."""
    return text if text.isascii() else to_bytes(text).decode("utf-8", "replace")
