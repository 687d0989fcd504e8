"""The shape of a dissection: layers, fields, and which bytes each of them is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple


class Field(NamedTuple):
    """One field, in the words that RFCs and Wireshark use."""

    name: str
    value: str  # the field as text, its meaning included, such as `request (1)`
    # start, end: its bytes in the frame, `end` excluded. Fields of a few bits share bytes
    start: int
    end: int


class Layer(NamedTuple):
    """One header, or what a header carries."""

    name: str  # the protocol, or `Data`, `Trailer`
    summary: str  # the layer in one line
    # start, end: its bytes in the frame, `end` excluded
    start: int
    end: int
    fields: tuple[Field, ...]  # together they cover the layer's bytes, those of `layers` excepted
    layers: tuple[Layer, ...] = ()  # the layers inside: what an ICMP error quotes


class Dissection(NamedTuple):
    """A frame taken apart. The top layers follow each other and cover all of its bytes."""

    layers: tuple[Layer, ...]
    size: int

    def walk(self) -> Iterator[tuple[int, Layer]]:
        """Every layer with its depth (0 for the frame's own), in the order of a tree view."""
        return _walk(self.layers, 0)


def _walk(layers: tuple[Layer, ...], depth: int) -> Iterator[tuple[int, Layer]]:
    for layer in layers:
        yield depth, layer
        yield from _walk(layer.layers, depth + 1)


Row = tuple[int, int, str, Callable[[int], str]]
"""Where a field starts in its header and how many bytes it has, its name, and its text from its bytes as a number."""


def read_fields(data: bytes, start: int, end: int, rows: Sequence[Row]) -> list[Field]:
    """The fields of a header that begins at `start`, as far as there are bytes before `end`.

    Where the bytes break off inside the header, a last field `Truncated` covers those that make no field.
    """
    fields: list[Field] = []
    covered = start
    for offset, size, name, text in rows:
        at = start + offset
        if at + size > end:
            if covered < end:
                fields.append(Field("Truncated", f"{name} needs {size} bytes, here are {end - at}", covered, end))
            break
        fields.append(Field(name, text(int.from_bytes(data[at:at + size], "big")), at, at + size))
        covered = max(covered, at + size)
    return fields


def bytes_layer(name: str, data: bytes, start: int, end: int) -> tuple[Layer, ...]:
    """A layer of bytes that mean nothing here; none at all when there are no bytes."""
    if start >= end:
        return ()
    return (Layer(name, f"{end - start} bytes", start, end, (Field(name, preview(data[start:end]), start, end),)),)


def preview(data: bytes) -> str:
    """The first bytes in hexadecimal."""
    return data[:16].hex(" ") + (" …" if len(data) > 16 else "")
