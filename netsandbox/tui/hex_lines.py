"""A hex view as texts: how many bytes fit a line, where each byte stands, and which one is at a cell.  No Textual."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.tui.canvas import Run


class HexLayout(NamedTuple):
    """A hex view of a given width."""

    columns: int  # Bytes in a line: 16, 8 or 4
    text: bool  # True when there is room for the characters at the right

    def lines(self, size: int) -> int:
        """Lines that `size` bytes take."""
        return -(-size // self.columns)

    def byte_at(self, x: int, y: int, size: int) -> int | None:
        """The byte at a cell, whether its digits or its character; None between them."""
        in_text = self.text and x >= self._text_start
        column = x - self._text_start if in_text else (x - _ADDRESS_WIDTH) // 3
        offset = y * self.columns + column
        inside = x >= _ADDRESS_WIDTH and 0 <= column < self.columns and y >= 0
        return offset if inside and offset < size else None

    @property
    def _half(self) -> int:
        return max(self.columns // 2, 1) if self.columns > 4 else self.columns

    @property
    def _text_start(self) -> int:
        return _ADDRESS_WIDTH + 3 * self.columns + (self.columns > 4) + 1


_ADDRESS_WIDTH = 6


def hex_layout(width: int) -> HexLayout:
    """The most that fits `width` cells: 16 bytes a line and their characters, or less."""
    for columns in (16, 8, 4):
        for text in (True, False):
            layout = HexLayout(columns, text)
            need = layout._text_start + columns if text else layout._text_start - 2
            if need <= width:
                return layout
    return HexLayout(4, False)


def hex_runs(data: bytes, line: int, layout: HexLayout, marked: range, cursor: int | None) -> list[Run]:
    """One line: its address, its bytes, its characters; the `marked` bytes and the one at the cursor stand out."""
    start = line * layout.columns
    runs = [Run(f"{start:04x}  ", "address")]
    characters: list[Run] = []
    for column in range(layout.columns):
        offset = start + column
        gap = " " if column == layout._half else ""
        if offset >= len(data):
            runs.append(Run(gap + "   ", ""))
            continue
        style = "cursor" if offset == cursor else "marked" if offset in marked else "byte"
        joined = offset in marked and offset + 1 in marked and column + 1 < layout.columns
        if gap:
            runs.append(Run(gap, "marked" if offset in marked and offset - 1 in marked else ""))
        runs.append(Run(f"{data[offset]:02x}", style))
        runs.append(Run(" ", "marked" if joined else ""))
        value = data[offset]
        characters.append(Run(chr(value) if 0x20 <= value < 0x7F else ".", style))
    return [*runs, Run(" ", ""), *characters] if layout.text else runs
