"""The input of a prompt line: keys in the order in which they are typed, a paste of several lines, a suggestion."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input

from netsandbox.tui.source import Completion


class Line(Protocol):
    """What completes a line."""

    @property
    def is_searching(self) -> bool:
        """What is typed is no line of its own."""

    def completions(self, line: str, cursor: int) -> Sequence[Completion]:
        """How the line may go on at the cursor."""


class Inline(Suggester):
    """Offers the first completion behind the cursor; `right` accepts it."""

    def __init__(self, line: Line) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._line = line

    async def get_suggestion(self, value: str) -> str | None:
        """The whole line as the first completion would make it."""
        found = () if self._line.is_searching else self._line.completions(value, len(value))
        if not found:
            return None
        whole = value[: found[0].start] + found[0].text
        return whole if whole.startswith(value) and whole.isprintable() else None


class Entry(Input):
    """An input that keeps what is typed quickly in order, and hands on a paste of several lines.

    Textual carries out an input's keys, as ctrl+u, only when the app has seen them, and by then letters that were typed
    after them are in the line; of a paste it would keep the first line and drop the others.
    """

    virtual_size = Reactive(Size(0, 0), layout=False)  # of a letter more the screen is not laid out anew

    def __init__(self, line: Widget, suggester: Suggester, entered: Callable[[str], bool]) -> None:
        """Make the input.

        Args:
            line: the prompt line, whose keys are the input's too.
            entered: takes the line at once, before a letter that was typed after enter; False where it does not.
        """
        super().__init__(suggester=suggester, select_on_focus=False)
        self.line = line
        self.entered = entered

    class Pasted(Message):
        """Several lines were pasted."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    async def _on_key(self, event: events.Key) -> None:
        for owner in (self, self.line):
            for binding in owner._bindings.key_to_bindings.get(event.key, ()):
                if await self.app.run_action(binding.action, owner):
                    event.stop()
                    event.prevent_default()
                    return
        await super()._on_key(event)

    async def action_submit(self) -> None:
        """Enter: Textual would tell of it behind what has been typed by then."""
        if not self.entered(self.value):
            await super().action_submit()

    def _on_paste(self, event: events.Paste) -> None:
        if len(event.text.splitlines()) > 1:
            self.post_message(self.Pasted(event.text))
            event.prevent_default()
            event.stop()


def common_start(texts: Sequence[str]) -> str:
    """The longest beginning that all texts share."""
    low, high = min(texts), max(texts)
    size = next((at for at, (one, two) in enumerate(zip(low, high, strict=False)) if one != two), len(low))
    return low[:size]
