"""traceroute 2.1: probes with a growing TTL, several at once, and who answers them."""

from __future__ import annotations

from collections.abc import Iterator

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.events import NOT_KNOWN
from netsandbox.apps.named_lines import PLACE, NamedLines
from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolved import Resolved, UnknownHostError
from netsandbox.apps.traceroute.methods import Method, Probe, ProbeError, UdpMethod
from netsandbox.apps.traceroute.options import LONGEST_WAIT, USAGE, VERSION, TracerouteOptions, parse
from netsandbox.apps.traceroute.raw import IcmpMethod, TcpMethod
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.wire.addresses import format_ipv4

MARGIN = MILLISECOND  # What is added to a known answer's time before it is multiplied


class Pass:
    """Once over all probes."""

    __slots__ = ("due", "index", "now", "sent", "under_way")

    def __init__(self, now: int, index: int) -> None:
        self.now = now  # when it began
        self.index = index  # the probe that it is at
        self.under_way = 0  # how many wait for their answers
        self.due: int | None = None  # when the first of them is given up
        self.sent: int | None = None  # when the one that was sent last left; None if it could not


class Traceroute(Program):
    """One run of traceroute.  Exit status 0, or 1 when a system call failed."""

    name = "traceroute"

    def __init__(self, namespace: NetworkNamespace, options: TracerouteOptions, pid: int = 1,
                 context: Context | None = None) -> None:
        super().__init__(namespace, pid)
        self.options = options
        # all that could be sent, hop after hop
        self.probes = [Probe() for _ in range(options.max_hops * options.probes)]
        kind = TcpMethod if options.tcp else IcmpMethod if options.icmp else UdpMethod
        self.method: Method = kind(namespace, self.process, options)
        self._lines = NamedLines(self, None if options.numeric else context, "{number} ({number})")
        self._senders: list[int] = []
        self._next = (options.first_hop - 1) * options.probes  # The first probe that is not printed yet
        self._end = len(self.probes)
        self._last_sent: int | None = None
        self._line = ""
        self._header = (f"traceroute to {options.target} ({format_ipv4(options.address)}), "
                        f"{options.max_hops} hops max, {options.size} byte packets")
        self._timer: Timer | None = None
        self._pass: Pass | None = None

    def start(self) -> None:
        """Print the first line and send the first probe."""
        if self.options.shows_usage or self.options.shows_version:
            self.complain(USAGE if self.options.shows_usage else VERSION)
            self.exit(0)
            return
        try:
            self.method.prepare()
        except ProbeError as error:
            self._fail(error)
            return
        self._line = self._header
        self._pass = None
        self._go_on(None)
        if self.code is None:
            self._flush()

    # -- the loop

    def _go_on(self, _argument: object) -> None:
        """Print what is known and keep enough probes under way, until the queue must run empty, or an answer come."""
        if self.code is not None:
            return
        try:
            while self._next < self._end or self._pass is not None:
                has_sent, due = self._go_over()
                if has_sent or (due is not None and not self._is_answered(due)):
                    return
        except ProbeError as error:
            self._fail(error)
            return
        self._flush()
        self._lines.then(self._done)

    def _done(self) -> None:
        self.exit(0)

    def _is_answered(self, due: int) -> bool:
        """Whether something came already; else the program sleeps until something does, or until a time."""
        if self.method.is_ready:
            self.method.collect()
            return True
        pause = _whole_milliseconds(max(0, due - self.scheduler.clock))
        self.method.listen(self._hear)
        self._timer = self.scheduler.wake_after(pause, self._time_out, foreground=self.foreground)
        return False

    def _hear(self) -> None:
        """Something came while the program slept."""
        self.method.listen(None)
        self.scheduler.cancel(self._timer)
        self.method.collect()
        self._go_on(None)

    def _time_out(self, _argument: object) -> None:
        self.method.listen(None)
        self._go_on(None)

    def _go_over(self) -> tuple[bool, int | None]:
        """Go over the probes, or on with it after one was sent: (whether one is sent now, when to look again).

        That is when the first that is under way is given up, or when the next may be sent.
        """
        way = self._pass
        if way is None:
            way = self._pass = Pass(self.scheduler.clock, self._next)
        elif not self._has_left(way):
            self._pass = None
            return False, way.due
        while way.index < self._end and way.under_way < max(1, self.options.at_once):
            index = way.index
            if index == self._next:
                way.due = self._expire(index, way.now)
            probe = self.probes[index]
            if probe.done:
                self._settle(index)
                way.index += 1
            elif probe.sent is not None:
                self._count(way, probe.sent)
            elif self.options.pause and self._last_sent is not None and self._last_sent + self.options.pause > way.now:
                self._pass = None
                return False, self._last_sent + self.options.pause
            else:
                self.scheduler.go_on(self._go_on)  # behind what `send` may have to do later: further fragments
                way.sent = self.method.send(probe, index // self.options.probes + 1)
                return True, None
        self._pass = None
        return False, way.due

    def _has_left(self, way: Pass) -> bool:
        """Whether the probe that was sent last could leave."""
        if way.sent is None:
            if way.due is None:
                raise ProbeError("send probe", "ENOBUFS")
            return False
        self._last_sent = way.sent
        self._count(way, way.sent)
        return True

    def _count(self, way: Pass, sent: int) -> None:
        """One more is under way."""
        if way.due is None:
            way.due = sent + self._patience(way.index)
        way.index += 1
        way.under_way += 1

    def _settle(self, index: int) -> None:
        """A probe is done: print it if it is its turn, and go no farther if it came to an end."""
        probe = self.probes[index]
        if index == self._next:
            self._print_probe(index)
            self._next += 1
        if probe.final:
            self._end = (index // self.options.probes + 1) * self.options.probes

    # -- how long to wait

    def _patience(self, index: int) -> int:
        """How long to wait for a probe's answer, by what is known of the same hop, or of later ones."""
        options, first = self.options, index - index % self.options.probes
        for factor, known in ((options.here, self.probes[first:first + options.probes]),
                              (options.near, self._sent_behind(index))):
            for probe in known if factor else ():
                if probe.done and probe.received is not None and probe.sent is not None:
                    took = probe.received - probe.sent
                    if took > 0:
                        return min(options.wait, round(min((took + MARGIN) * factor, float(LONGEST_WAIT))))
        return options.wait

    def _sent_behind(self, index: int) -> Iterator[Probe]:
        """The later probes, as far as they were sent."""
        for probe in self.probes[index + 1:]:
            if probe.sent is None:
                return
            yield probe

    def _expire(self, index: int, now: int) -> int | None:
        """Give the next probe to print up if its time is over, else say when it will be, if it is under way."""
        probe = self.probes[index]
        if probe.sent is None or probe.done:
            return None
        due = probe.sent + self._patience(index)
        if due > now:
            return due
        self.method.give_up(probe)
        later = self._misplaced_answer(index)
        if later is not None:
            self.probes[index], self.probes[later] = self.probes[later], Probe(sent=-LONGEST_WAIT)
        return None

    def _misplaced_answer(self, index: int) -> int | None:
        """The later probe whose refusal seems to belong to this one.

        The last router may answer only the latest of the probes that were sent
        at once; its refusal then stands too far down.
        """
        first = index - index % self.options.probes
        before = self.probes[first:index]
        if not all(probe.done and probe.final for probe in before):
            return None
        later = next((number for number, probe in enumerate(self._sent_behind(index), index + 1) if probe.done), 0)
        final = self.probes[later]
        if not later or not final.final or not final.mark:
            return None
        belongs = (before or later < first + self.options.probes
                   or any(probe.responder is not None and probe.responder == final.responder
                          for probe in self.probes[:index])
                   or (final.ttl and self._hops_back(index, final) <= index // self.options.probes + 1))
        return later if belongs else None

    def _hops_back(self, index: int, final: Probe) -> int:
        """How many hops away the answer's sender is, by its TTL and by the nearest router that is known."""
        hops = _hops(final.ttl)
        for number in range(index - 1, -1, -1):
            probe = self.probes[number]
            if probe.done and not probe.final and probe.ttl and _hops(probe.ttl) < hops:
                return hops - _hops(probe.ttl) + number // self.options.probes + 1
        return hops

    # -- output

    def _print_probe(self, index: int) -> None:
        probe, place = self.probes[index], index % self.options.probes
        text = ""
        if place == 0:
            self._flush()
            text = f"{index // self.options.probes + 1:2d} "
        if probe.responder is None:
            text += " *"
        elif self._is_new_responder(index, place):
            text += f" {PLACE}"
            self._senders.append(probe.responder)
        if probe.received is not None and probe.sent is not None:
            micros = (probe.received - probe.sent) // 1000
            text += f"  {micros // 1000}.{micros % 1000:03d} ms"
        self._line += text + (f" {probe.mark}" if probe.mark else "")

    def _is_new_responder(self, index: int, place: int) -> bool:
        """Whether the last answer of this hop came from somebody else, or there was none."""
        answered = [probe.responder for probe in self.probes[index - place:index] if probe.responder is not None]
        return not answered or answered[-1] != self.probes[index].responder

    def _flush(self) -> None:
        if self._line:
            self._lines.say(self._line, *self._senders)
            self._line, self._senders = "", []

    def _fail(self, error: ProbeError) -> None:
        """A system call failed: the line stays unfinished, as on a terminal."""
        if self._line:
            self._flush()
            if self.output and not self._lines.waits:
                self.output.append(("out", self.output.pop()[1].removesuffix("\n")))
        self.complain(f"\n{error.call}: {TEXTS.get(error.error, error.error)}")
        self.exit(1)

    def interrupt(self) -> None:
        """Ctrl-C: what was printed so far stands."""
        self._flush()
        self.exit(130)

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)
        self.method.close()
        self._lines.stop()


def program(context: Context) -> Program:
    """One run of it (program.Maker)."""
    try:
        return _made(context)
    except UnknownHostError as error:
        return Resolved(context, error.host, _made, (str(error).replace(NOT_KNOWN, "ERROR", 1), error.code))


def _made(context: Context) -> Traceroute:
    return Traceroute(context.namespace, parse(context.arguments, context.names), context.next_pid(), context)


def _hops(ttl: int) -> int:
    """How far a packet has come that began with a TTL of 64, 128 or 255."""
    return (65 if ttl <= 64 else 129 if ttl <= 128 else 256) - ttl


def _whole_milliseconds(delay: int) -> int:
    """poll() takes milliseconds; they are rounded up."""
    return -(-delay // MILLISECOND) * MILLISECOND
