"""Lines that show who sent something by name: getnameinfo(3) reads /etc/hosts and asks the name servers (PTR).

A program that asks waits for the answer. So what it prints afterwards waits too, and comes out in its order.
"""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.hosts import hosts_file, names_of
from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolver import ReverseLookup
from netsandbox.wire.addresses import format_ipv4

PLACE = "\0"  # Stands for the sender in a line that waits


class NamedLines:
    """Prints a program's lines.

    Args:
        context: whose files and name servers are asked; None shows numbers alone.
        unknown, known: how an address without a name is shown where names are, and one with.
        width: how many characters a sender takes at least.
    """

    def __init__(self, program: Program, context: Context | None, unknown: str = "{number}",
                 known: str = "{name} ({number})", width: int = 0) -> None:
        self.program: Program | None = program
        self.context = context
        self._known: dict[int, str] = {}
        self._unknown, self._as_known, self._width = unknown, known, width
        self._held: list[tuple[str, tuple[int, ...]]] = []
        self._then: Callable[[], None] | None = None
        self._query: ReverseLookup | None = None
        if context is not None:
            self._known = names_of(hosts_file(context.files))

    @property
    def waits(self) -> bool:
        return bool(self._held)

    def say(self, text: str, *senders: int) -> None:
        """A line, with PLACE where each of the senders stands."""
        self._held.append((text, senders))
        if len(self._held) == 1:
            self._go_on()

    def then(self, act: Callable[[], None]) -> None:
        """Do this once all lines are out."""
        if self._held:
            self._then = act
        else:
            act()

    def _go_on(self) -> None:
        while self._held and self.program is not None:
            text, senders = self._held[0]
            unknown = next((sender for sender in senders if sender not in self._known), None)
            if unknown is not None and self.context is not None:
                self._ask(self.program, self.context, unknown)
                return
            self._held.pop(0)
            for sender in senders:
                text = text.replace(PLACE, self._shown(sender).ljust(self._width), 1)
            self.program.print(text)
        act, self._then = self._then, None
        if act is not None:
            act()

    def _shown(self, sender: int) -> str:
        number, name = format_ipv4(sender), self._known.get(sender, "")
        if name:
            return self._as_known.format(name=name, number=number)
        return number if self.context is None else self._unknown.format(number=number)

    def _ask(self, program: Program, context: Context, sender: int) -> None:
        self._query = ReverseLookup(context, program.process, sender, self._named)
        self._query.start()

    def _named(self, sender: int, name: str) -> None:
        self._known[sender], self._query = name, None
        self._go_on()

    def stop(self) -> None:
        """The program ends, which nothing else may know any more."""
        self.program = None
        if self._query is not None:
            self._query.stop()
            self._query = None
