"""The input of a prompt line: keys in the order in which they are typed, a paste of several lines, a suggestion."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import Input


class Entry(Input):
    """An input that keeps what is typed quickly in order, and hands on a paste of several lines.

    Textual carries out an input's keys, as ctrl+u, only when the app has seen them, and by then letters that were typed
    after them are in the line; of a paste it would keep the first line and drop the others.
    """

    virtual_size = Reactive(Size(0, 0), layout=False)  # of a letter more the screen is not laid out anew

    def __init__(self, line: Widget, entered: Callable[[str], bool]) -> None:
        """Make the input.

        Args:
            line: the prompt line, whose keys are the input's too.
            entered: takes the line at once, before a letter that was typed after enter; False where it does not.
        """
        super().__init__(select_on_focus=False)
        self.line = line
        self.entered = entered

    class Pasted(Message):
        """Several lines were pasted."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def offer(self, whole: str) -> None:
        """Show behind the cursor what the line may become; `right` accepts it."""
        self._suggestion = whole if whole.startswith(self.value) and whole.isprintable() else ""

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
