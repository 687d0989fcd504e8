"""The title of a device's pane: what a person calls the device, and the names of its tables, one of them chosen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style

from netsandbox.tui.device.tabs import beyond
from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import tr
from netsandbox.tui.session.source import LabSource
from netsandbox.tui.text import safe
from netsandbox.tui.topology.model import Place


def device_title(name: str, tabs: Sequence[str], chosen: str, glyphs: GlyphSet, *, pinned: bool, width: int) -> Content:
    """The name and as many tabs as `width` cells have room for; each can be clicked."""
    name = safe(name)
    parts = [Content(f"{glyphs.pinned} {name}" if pinned else name), Content(" --" if glyphs.ascii else " ──")]
    room = width - sum(part.cell_length for part in parts) - 4  # beside the corners
    hidden = beyond([tr("tab." + tab) for tab in tabs], tabs.index(chosen), room)
    parts += [Content(f" {glyphs.ellipsis}")] if hidden else []
    for tab in tabs[hidden:]:
        text = tr("tab." + tab)
        click = Style.from_meta({"@click": f"show_tab('{tab}')"})
        shown = f"[{text}]" if tab == chosen else text
        parts += [Content(" "), Content.styled(shown, click + Style(bold=tab == chosen))]
    return Content("").join(parts)


def called(source: LabSource, place: Place) -> str:
    """What a person calls the device; a bridge that has a title says its own name beside it."""
    rows = source.built(place.node) if place.interface else ()
    row = next((row for row in rows if row.name == place.interface), None)
    if row is None or not row.title or row.title == place.node:
        return place.node if row is not None and row.title else place.interface or place.node
    return f"{row.title} ({row.name})"
