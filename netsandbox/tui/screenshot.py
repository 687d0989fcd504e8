"""A picture of the screen as SVG, and as a bitmap where a library that can draw one is installed."""

from __future__ import annotations

import re
from importlib import import_module
from io import StringIO
from typing import NamedTuple

from rich.console import Console, RenderableType
from textual.app import App
from textual.geometry import Size

from netsandbox.tui.i18n import tr
from netsandbox.tui.svg_cells import drawn

FONT = "DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, Noto Sans Mono, monospace"
"""In place of a font that a browser would have to fetch."""
SANS = ("Noto Sans Mono CJK SC, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Zen Hei Mono, WenQuanYi Micro Hei, "
        f"PingFang SC, Microsoft YaHei, SimHei, {FONT}")
"""For texts with Chinese, where one of these is there: what draws a bitmap takes any font that has the letters, be it
one with serifs."""
_CHINESE = re.compile(r"<text (?=[^>]*>[^<]*[\u2e80-\u9fff\uff00-\uffef])")
SAMPLE = (f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="15" font-family="{FONT}">'
          "{}</text></svg>")


class NoBitmapError(Exception):
    """A bitmap cannot be drawn here; its text is for the person."""


class Seen(NamedTuple):
    """What was on the screen: to draw it takes longer than a key may, and who leaves the line wants no picture."""

    size: Size
    update: RenderableType | None

    def picture(self) -> str:
        """The same as SVG."""
        console = Console(width=self.size.width, height=self.size.height, file=StringIO(), force_terminal=True,
                          color_system="truecolor", record=True, legacy_windows=False, safe_box=False)
        console.print(self.update or "")
        svg = console.export_svg(title="netsandbox").replace("Fira Code", FONT)
        return drawn(svg.replace("font-family: arial", f"font-family: {FONT}"))  # of its title


def seen(app: App[int]) -> Seen:
    """What is on the screen now."""
    compositor = app.screen._compositor
    return Seen(app.size, compositor.render_update(full=True, screen_stack=app._background_screens))


def with_sans(svg: str) -> str:
    """The picture with a font without serifs for each text that has Chinese in it."""
    return _CHINESE.sub(f'<text style="font-family: {SANS}" ', svg)


def bitmap(svg: str) -> bytes:
    """The same as PNG, 12 pixels a column (NoBitmapError: resvg is not installed, or finds no font that has the letters
    of the language in use)."""
    try:
        draw = import_module("resvg_py").svg_to_bytes
    except ImportError:
        raise NoBitmapError(tr("picture.no-png")) from None
    one, other = (draw(svg_string=SAMPLE.format(letter)) for letter in tr("picture.letters"))
    if one == other:  # nothing, or the same box for both
        raise NoBitmapError(tr("picture.no-font"))
    made: bytes = draw(svg_string=with_sans(svg))
    return made
