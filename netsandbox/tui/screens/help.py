"""Help for where the person is: what the pane is for, its keys, and the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from netsandbox.tui.glyphs import GlyphSet
from netsandbox.tui.i18n import described, tr
from netsandbox.tui.painting.settling import Settling
from netsandbox.tui.text import cell_len, fit

_KEY_NAMES = {
    "colon": ":", "slash": "/", "question_mark": "?", "full_stop": ".", "comma": ",", "left_square_bracket": "[",
    "right_square_bracket": "]", "plus": "+", "greater_than_sign": ">", "less_than_sign": "<",
    "minus": "-", "equals_sign": "=", "apostrophe": "'", "escape": "esc",
    "pageup": "pgup", "pagedown": "pgdn",
}


def key_names(binding: Binding) -> str:
    """A binding's keys as a person calls them."""
    return " ".join(_KEY_NAMES.get(key.strip(), key.strip()) for key in binding.key.split(","))


def key_lines(bindings: Iterable[BindingType]) -> list[tuple[str, str]]:
    """(keys, what they do) in the language in use."""
    lines = []
    for binding in bindings:
        if isinstance(binding, Binding) and binding.id:
            word, tip = described(binding.id)
            lines.append((key_names(binding), tip or word))
    return lines


class HelpScreen(Settling, ModalScreen[None]):
    """A page to read; escape or `?` closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "dismiss", "Close", show=False, id="help.close"),
    ]

    def __init__(self, panes: Iterable[Widget], everywhere: Iterable[BindingType], glyphs: GlyphSet) -> None:
        super().__init__()
        self._panes = tuple(panes)
        self._everywhere = tuple(everywhere)
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(classes="dialog"):
            yield Static(self.page(), markup=False)

    def on_mount(self) -> None:
        """Name it."""
        self.set_class(self._glyphs.ascii, "ascii")
        dialog = self.query_one(".dialog")
        dialog.border_title = Content(tr("page.title"))
        dialog.border_subtitle = Content(tr("page.close"))
        dialog.focus()

    def page(self) -> Content:
        """The text: the pane's first."""
        parts = [Content.styled(tr("page.quit") + "\n\n", "bold")]
        tables = {owner: key_lines(keys) for owner, keys in [
            *((pane, pane.BINDINGS) for pane in self._panes), (self, self._everywhere)]}
        width = max(cell_len(keys) for lines in tables.values() for keys, _words in lines)
        for pane in self._panes:
            topic = getattr(pane, "HELP_TOPIC", "")
            if topic:
                parts.append(Content.styled(tr("topic." + topic) + "\n", "bold $text-primary"))
                parts.append(Content(self._glyphs.plain(tr("help." + topic)).replace("`", "") + "\n"))
            parts += self._table(tables[pane], width)
            parts.append(Content("\n"))
        if self._everywhere:
            parts.append(Content.styled(tr("page.everywhere") + "\n", "bold $text-primary"))
            parts += self._table(tables[self], width)
            parts.append(Content("\n" + self._glyphs.plain(tr("page.more"))))
        return Content("").join(parts)

    def _table(self, lines: list[tuple[str, str]], width: int) -> list[Content]:
        return [Content.styled(f"  {fit(keys, width)}  ", "bold") + Content(self._glyphs.plain(words) + "\n")
                for keys, words in lines]
