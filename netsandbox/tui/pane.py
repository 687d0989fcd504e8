"""What a pane of the main screen declares, once; `screens/pane_table.py` lists the declarations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from textual.widget import Widget

from netsandbox.explain.words import Both
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.session.source import LabSource

if TYPE_CHECKING:
    from netsandbox.tui.session.live import LiveLab

Texts = Mapping[str, Both]  # Words of the user interface: key -> (English, 简体中文)

NO_TEXTS: Texts = MappingProxyType({})


@runtime_checkable
class Copied(Protocol):
    """A pane of which `y` copies something."""

    def to_copy(self) -> Sequence[str]:
        """The lines that are selected, or else seen; none where there are none."""
        ...


class Pane(NamedTuple):
    """One pane: its place on the screen, how it comes to be shown, and its words."""

    name: str  # its widget's id, the name of the view that shows it, and its help topic
    # the widget, of the lab and the glyphs; whether things may move is the third argument
    make: Callable[[LabSource, GlyphSet, bool], Widget]
    room: str = "lower"  # the container that it stands in: upper, devices, log or lower
    has_view: bool = True  # it needs a view to be sure to be seen; one that has none is always there
    alone: bool = False  # its view hides the others of its room, unless the screen is wide
    focus: str = ""  # a selector of what inside it takes the keys; itself where empty
    texts: Texts = NO_TEXTS  # title, help and keys of a pane whose words are in no catalogue
    # called whenever the lab has changed, with the widget and the lab, for a pane that nobody else fills
    shows: Callable[[Widget, LiveLab], None] | None = None
