"""A picture of the screen as SVG, and as a bitmap where a library that can draw one is installed."""

from __future__ import annotations

import html
import re
from importlib import import_module
from typing import TYPE_CHECKING

from netsandbox.tui.text import cell_len

if TYPE_CHECKING:
    from textual.app import App

FONT = "DejaVu Sans Mono, Menlo, Consolas, monospace"
"""In place of a font that a browser would have to fetch."""
WIDTH = 1600
"""Pixels of a bitmap."""


def picture(app: App[int], title: str = "netsandbox") -> str:
    """What is on the screen now, as SVG."""
    return _spaced(app.export_screenshot(title=title).replace("Fira Code", FONT))


def bitmap(svg: str) -> bytes | None:
    """The same as PNG; None where CairoSVG is not installed."""
    try:
        converter = import_module("cairosvg")
    except (ImportError, OSError):  # the second where the C library that it needs is missing
        return None
    made: bytes = converter.svg2png(bytestring=svg.encode(), output_width=WIDTH)
    return made


def _spaced(svg: str) -> str:
    """Give every text the width of its cells: Rich counts characters, and Chinese ones overlap."""

    def widen(found: re.Match[str]) -> str:
        before, length, between, text = found.groups()
        shown = html.unescape(text)
        return f'{before}{float(length) * cell_len(shown) / max(len(shown), 1):.6g}{between}{text}</text>'

    return re.sub(r'(<text [^>]*textLength=")([0-9.]+)("[^>]*>)([^<]*)</text>', widen, svg)
