"""What a pane that is searched says of it."""

from __future__ import annotations

from textual.message import Message
from textual.widget import Widget


class Sought(Message):
    """A search has ended: at a row, at one from the other end on, or at none at all."""

    def __init__(self, pane: Widget, needle: str, *, is_round: bool, is_nowhere: bool) -> None:
        super().__init__()
        self.pane, self.needle, self.is_round, self.is_nowhere = pane, needle, is_round, is_nowhere
