"""Lines that show who sent something by name: getnameinfo(3) reads /etc/hosts and asks the name servers (PTR).

A program that asks waits for the answer. So what it prints afterwards waits too, and comes out in its order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.apps.hosts import hosts_file
from netsandbox.apps.resolver import Query, read_settings
from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.apps.program import Context, Program

PLACE = "\0"
"""Stands for the sender in a line that waits."""


class NamedLines:
    """Prints a program's lines.

    Args:
        context: whose files and name servers are asked; None shows numbers alone.
    """

    def __init__(self, program: Program, context: Context | None) -> None:
        self.program = program
        self.context = context
        self._known: dict[int, str] = {}
        self._held: list[tuple[str, int]] = []
        self._then: Callable[[], None] | None = None
        self._query: Query | None = None
        if context is not None:
            self._known = {record.address: record.names[0] for record in reversed(hosts_file(context.files))}

    @property
    def waits(self) -> bool:
        return bool(self._held)

    def say(self, text: str, sender: int = 0) -> None:
        """A line, with PLACE where the sender stands."""
        self._held.append((text, sender))
        if len(self._held) == 1:
            self._go_on()

    def then(self, act: Callable[[], None]) -> None:
        """Do this once all lines are out."""
        if self._held:
            self._then = act
        else:
            act()

    def _go_on(self) -> None:
        while self._held:
            text, sender = self._held[0]
            if PLACE in text and self.context is not None and sender not in self._known:
                self._ask(self.context, sender)
                return
            self._held.pop(0)
            number = format_ipv4(sender)
            name = self._known.get(sender, "")
            self.program.print(text.replace(PLACE, f"{name} ({number})" if name else number))
        act, self._then = self._then, None
        if act is not None:
            act()

    def _ask(self, context: Context, sender: int) -> None:
        self._query = Query(context.namespace, self.program.process, read_settings(context.files),
                            dns.reverse_name(sender), (dns.PTR,), self._answered)
        self._query.start()

    def _answered(self, found: dict[int, dns.Message] | None, _server: int) -> None:
        sender = self._held[0][1]
        answers = found[dns.PTR].answers if found is not None else ()
        self._known[sender] = next((record.text for record in answers if record.type == dns.PTR), "")
        self._go_on()

    def stop(self) -> None:
        if self._query is not None:
            self._query.stop()
