"""A program whose first act is to ask for the address of a name (getaddrinfo), and which then is another one."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.hosts import lookup
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolver import Lookup, Reply


class UnknownHostError(UsageError):
    """Options name a host whose address is not known without asking for it (host: its name)."""

    def __init__(self, host: str, message: str) -> None:
        super().__init__(message)
        self.host = host


class Resolved(Program):
    """One run of it: what it is once the name has an address prints and ends in its place.

    Args:
        make: the program from the context, whose names then have the address.
        failure: what is said where the name has none, with NAME and ERROR, and the exit status.
        shows_canonical: it goes on with the name that was found, where the search list made one of the target.
    """

    def __init__(self, context: Context, target: str, make: Callable[[Context], Program],
                 failure: tuple[str, int], shows_canonical: bool = False) -> None:
        self.name = context.argv[0]
        super().__init__(context.namespace, 1)
        self.context = context
        self.target = target
        self.made: Program | None = None
        self._make = make
        self._failure = failure
        self._shows_canonical = shows_canonical
        self._lookup = Lookup(context, self.process, target, self._found)

    @property
    def is_endless(self) -> bool:
        return self.made is not None and self.made.is_endless

    @property
    def listens(self) -> bool:
        return self.made is not None and self.made.listens

    def start(self) -> None:
        self._lookup.start()

    def _found(self, reply: Reply) -> None:
        if reply.error:
            text, code = self._failure
            self.complain(text.replace("NAME", self.target).replace("ERROR", reply.error))
            self.exit(code)
            return
        is_searched = self._shows_canonical and reply.canonical.startswith(f"{self.target}.")
        found = reply.canonical if is_searched else self.target
        argv = [found if word == self.target else word for word in self.context.argv]
        names = {**self.context.names, found: reply.addresses[0]}
        made = self.made = self._make(self.context._replace(names=names, argv=argv))
        made.captures, made.foreground = self.captures, self.foreground
        made.output = self.output
        made.on_exit += (self._ended,)
        made.start()

    def _ended(self) -> None:
        if self.made is not None and self.made.code is not None:
            self.exit(self.made.code)

    def interrupt(self) -> None:
        if self.made is None:
            self.exit(130)
        else:
            self.made.interrupt()

    def stop(self) -> None:
        self._lookup.stop()
        if self.made is not None and self.made.is_running:
            self.made.stop()


def must_ask(context: Context, target: str) -> bool:
    """Whether neither /etc/hosts nor the text itself gives the address."""
    return lookup(target, context.names) is None
