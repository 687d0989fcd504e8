"""Texts that Textual breaks into lines itself are broken as all others are: it cuts Latin words among Chinese."""

from __future__ import annotations

import textual.content
from rich._wrap import divide_line

from netsandbox.tui.text import breaks


def _divided(text: str, width: int, fold: bool = True) -> list[int]:
    """Where the next lines begin."""
    return divide_line(text, width, fold) if text.isascii() or not fold else breaks(text, max(width, 2))


def break_as_elsewhere() -> None:
    """Have it so from now on."""
    textual.content.divide_line = _divided  # type: ignore[attr-defined]
