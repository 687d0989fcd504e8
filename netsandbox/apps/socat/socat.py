"""socat: two addresses and what flows between them; TCP, UDP, their listening forms, standard streams, programs."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.calendar import log_date
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.server import Speaker
from netsandbox.apps.socat.address import Address, parse_all
from netsandbox.apps.socat.datagrams import Datagrams, Receiving, Unconnected
from netsandbox.apps.socat.ends import Cat, End, Over, Standard, StreamEnd
from netsandbox.apps.socat.exec import ExecEnd, NoRunner, Runner
from netsandbox.apps.socat.files import FileEnd
from netsandbox.apps.socat.listening import Listening
from netsandbox.apps.socat.options import SocatOptions, dump, read_options
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MILLISECOND, SECOND


class Socat(Program):
    """One run of socat."""

    name = "socat"
    is_endless = True

    def __init__(self, context: Context, first: Address, second: Address, runner: Runner,
                 options: SocatOptions) -> None:
        super().__init__(context.namespace, context.next_pid())
        self.context = context
        self.first = first
        self.second = second
        self.runner = runner
        self.options = options
        # what is connected with what; a listening address with `fork` makes a pair for each connection
        self.pairs: list[Pair] = []
        self._listening: Listening | None = None

    @property
    def listens(self) -> bool:
        return self.first.listens or "udp-recv" in (self.first.kind, self.second.kind)

    def start(self) -> None:
        for note in (*self.options.notes, *self.first.notes, *self.second.notes):
            self.complain(note)
        for address, reads in ((self.first, "U"), (self.second, "u")):
            if address.kind == "udp-recv" and self.options.direction != reads.swapcase():
                mode = "write-only" if self.options.direction else "read-write"
                self.complain(f"{log_date(self.scheduler.now)} socat[{self.process.pid}] W address is opened in {mode} "
                              "mode but only supports read-only")
        if self.first.listens:
            self._listening = Listening(self, self.first)
            self._listening.start()
            return
        self.pair(self.make(self.first, {}))

    def make(self, address: Address, variables: dict[str, str]) -> End:
        """One end, not begun yet (variables: what a program is told of the other end)."""
        if address.kind == "exec":
            return ExecEnd(self, address.argv, variables)
        if address.kind == "standard":
            return Standard(self)
        if address.kind == "cat":
            return Cat(self)
        if address.kind == "file":
            return FileEnd(self, address)
        if address.kind in DATAGRAMS:
            return DATAGRAMS[address.kind](self, address)
        return StreamEnd(self, address)

    def pair(self, end: End) -> None:
        """Connect an end with what the second address makes."""
        pair = Pair(self, end, self.make(self.second, end.variables()))
        self.pairs.append(pair)
        pair.begin()

    def ended(self, pair: Pair) -> None:
        """Nothing flows between two ends any more."""
        if pair in self.pairs:
            self.pairs.remove(pair)
        if not self.pairs and (self._listening is None or not self.first.forks):
            self.scheduler.soon(self._leave)

    def _leave(self, _argument: object) -> None:
        self.exit(0)

    def fail(self, text: str) -> None:
        """An error that ends it, as socat words it."""
        self.complain_of(text)
        self.exit(1)

    def complain_of(self, text: str, level: str = "E") -> None:
        """A line of its log."""
        self.complain(f"{log_date(self.scheduler.now)} socat[{self.process.pid}] {level} {text}")

    @property
    def goes_on(self) -> bool:
        """Whether a listener forks: what fails then is a child."""
        return self._listening is not None and self.first.forks

    def stop(self) -> None:
        for pair in self.pairs:
            pair.drop()
        self.pairs = []
        if self._listening is not None:
            self._listening.stop()
            self._listening = None


LINE_ENDS = {"": b"\n", "crnl": b"\r\n", "cr": b"\r"}
DATAGRAMS: dict[str, Callable[[Socat, Address], Datagrams]] = {
    "udp": Datagrams, "udp-sendto": Unconnected, "udp-datagram": Unconnected, "udp-recv": Receiving}


class Pair:
    """Two ends: what one reads, the other writes."""

    def __init__(self, program: Socat, left: End, right: End) -> None:
        self.program = program
        self.left = left
        self.right = right
        self._open = {left: True, right: True}
        self._done = [0, 0]  # Bytes that went left, and right
        self._timer: Timer | None = None

    def begin(self) -> None:
        self.left.pair = self.right.pair = self
        self.left.begin()
        if self.program.code is None:
            self.right.begin()

    def other(self, end: End) -> End:
        return self.right if end is self.left else self.left

    def reads(self, end: End) -> bool:
        """Whether an end is read: with -u and -U one of them is only written to."""
        return self.program.options.direction != ("U" if end is self.left else "u")

    def data(self, end: End, data: bytes) -> None:
        """An end has read something."""
        options, is_left = self.program.options, end is self.left
        if not self.reads(end):
            return
        ends = self.program.first.line_end, self.program.second.line_end
        if ends[0] != ends[1]:
            data = with_lines(data, *ends if is_left else reversed(ends))
        if options.dump:
            now = self.program.scheduler.now
            when = f"{log_date(now)}.{now % SECOND:09d}"
            self.program.output.append(("err", dump(options.dump, "<>"[is_left], when, self._done[is_left], data)))
        self._done[is_left] += len(data)
        self.other(end).write(data)
        self.linger()

    def at_end(self, end: End) -> None:
        """An end will read no more: the other one is told, and when both are done all is."""
        if not self.reads(end):
            return
        self._open[end] = False
        self.other(end).finish()
        if any(self._open.values()):
            self.linger()
        else:
            self.over(None)

    def linger(self) -> None:
        """Once one end reads no more, the other one has -t without a byte; one way alone waits for nothing."""
        if all(self._open.values()) or not (self.left.is_ready and self.right.is_ready):
            return
        scheduler, options = self.program.scheduler, self.program.options
        scheduler.cancel(self._timer)
        self._timer = scheduler.wake_after(0 if options.direction else options.linger, self.over,
                                            foreground=self.program.foreground)

    def fail(self, text: str) -> None:
        """An error of an end: it ends this pair, and all of socat where no listener goes on making others."""
        if self.program.goes_on:
            self.program.complain_of(text)
            self.over(None)
        else:
            self.program.fail(text)

    def over(self, has_waited: object) -> None:
        """Nothing flows any more; what shutdown() told is answered before a connection is cut off."""
        if not has_waited and (self.left.cuts or self.right.cuts):
            scheduler = self.program.scheduler
            scheduler.cancel(self._timer)
            self._timer = scheduler.wake_after(MILLISECOND, self.over, True, foreground=self.program.foreground)
            return
        self.drop()
        self.program.ended(self)

    def drop(self) -> None:
        self.program.scheduler.cancel(self._timer)
        self._open.clear()
        for end in (self.left, self.right):
            end.close()
            end.pair = Over()


def with_lines(data: bytes, has: str, wants: str) -> bytes:
    """Lines that end as one end has them, as the other one wants them (cv_newline)."""
    if has == "crnl":
        data = data.replace(b"\r", b"")
    elif has == "cr":
        data = data.replace(b"\r", b"\n")
    return data.replace(b"\n", LINE_ENDS[wants])


def program(context: Context, runner: Runner | None = None) -> Program:
    """socat(1) (program.Maker) (runner: starts what EXEC and SYSTEM name)."""
    try:
        options = read_options(context.arguments)
        if options.shown:
            return Speaker(context.namespace, "socat", [("out", options.shown)], context.next_pid())
        words = list(options.addresses)
        if len(words) != 2:
            raise UsageError(f"socat[1] E exactly 2 addresses required (there are {len(words)}); "
                             'use option "-h" for help', 1)
        first, second = parse_all(words)
    except UsageError as error:
        when = log_date(context.namespace.scheduler.now)
        text = str(error).replace("socat[1]", f"{when} socat[{context.next_pid()}]")
        raise UsageError(text, error.code) from None
    if second.listens and not first.listens:
        first, second = second, first
        options = options._replace(direction=options.direction.swapcase())
    if second.listens:
        raise UsageError("socat: two listening addresses are not modelled", 1)
    return Socat(context, first, second, runner or NoRunner(), options)
