"""A tunnel opened: the packet outside and the frame inside, side by side, each with its layers above its bytes."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import ModalScreen

from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.painting.settling import Settling
from netsandbox.tui.panes.detail import DetailPane
from netsandbox.tui.session.source import FrameBytes
from netsandbox.wire.dissect import dissect
from netsandbox.wire.layers import Layer

CARRIERS = frozenset({"VXLAN", "GRE"})


def carrier_of(layers: tuple[Layer, ...]) -> int | None:
    """Where the inner packet begins in the layers of a frame: behind VXLAN or GRE, or as IPv4 in IPv4; None without."""
    for at, layer in enumerate(layers[:-1]):
        if layer.name in CARRIERS or (layer.name == layers[at + 1].name == "IPv4"):
            return at + 1
    return None


class TunnelScreen(Settling, ModalScreen[None]):
    """One frame of a tunnel."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v", "dismiss", "Close", show=False, id="tunnel.close"),
        Binding("question_mark,f1", "app.help", "Help", show=False, id="tunnel.help"),
    ]

    def __init__(self, frame: FrameBytes, inner: int, glyphs: GlyphSet) -> None:
        """Open a frame whose inner packet begins with layer number `inner`."""
        super().__init__()
        self._frame = frame
        self._inner = inner
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """Outside at the left, inside at the right."""
        layers = dissect(self._frame.data).layers
        start = layers[self._inner].start
        with Horizontal(classes="dialog"):
            outer = DetailPane(self._glyphs, id="outer")
            outer.show(FrameBytes(self._frame.seq, self._frame.data[:start]), layers[: self._inner])
            yield outer
            inner = DetailPane(self._glyphs, id="inner")
            inner.show(FrameBytes(self._frame.seq, self._frame.data[start:]), layers[self._inner :], start)
            yield inner

    def on_mount(self) -> None:
        """Name both."""
        self.set_class(self._glyphs.ascii, "ascii")
        dialog = self.query_one(".dialog")
        dialog.border_title = Content(tr("tunnel.title"))
        dialog.border_subtitle = Content(tr("page.close"))
        for which in ("outer", "inner"):
            pane = self.query_one(f"#{which}", DetailPane)
            pane.tree_view.border_title = Content(tr(f"tunnel.{which}"))
        self.query_one("#inner", DetailPane).tree_view.focus()
