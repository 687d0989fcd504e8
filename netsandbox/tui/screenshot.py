"""A picture of the screen as SVG, and as a bitmap where a library that can draw one is installed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from netsandbox.tui.svg_cells import drawn

if TYPE_CHECKING:
    from textual.app import App

FONT = "DejaVu Sans Mono, Menlo, Consolas, monospace"
"""In place of a font that a browser would have to fetch."""
WIDTH = 1600
"""Pixels of a bitmap."""


def picture(app: App[int]) -> str:
    """What is on the screen now, as SVG."""
    return drawn(app.export_screenshot(title="netsandbox").replace("Fira Code", FONT))


def bitmap(svg: str) -> bytes | None:
    """The same as PNG; None where CairoSVG is not installed."""
    try:
        converter = import_module("cairosvg")
    except (ImportError, OSError):  # the second where the C library that it needs is missing
        return None
    made: bytes = converter.svg2png(bytestring=svg.encode(), output_width=WIDTH)
    return made
