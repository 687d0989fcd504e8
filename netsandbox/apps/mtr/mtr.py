"""mtr 0.95: rounds of probes with a growing TTL, and how each hop answered (ui/select.c, ui/net.c)."""

from __future__ import annotations

from netsandbox.apps.calendar import moment
from netsandbox.apps.client import Client
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.hosts import hosts_file, names_of, text_of
from netsandbox.apps.mtr.hops import Hop, reached
from netsandbox.apps.mtr.options import MOST_INT, MtrOptions, parse
from netsandbox.apps.mtr.probes import FIRST, LAST, UNHEARD, Answer, Probes
from netsandbox.apps.mtr.report import Report, Row
from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolver import Reply, ReverseLookup
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import EPOCH, MICROSECOND, SECOND
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.addresses import format_ipv4, ipv4_or_none

FEWEST = 10  # Hosts that a first round is spread for
REFUSALS = {"EPERM": "Permission denied", "EINVAL": "mtr-packet reported invalid argument",
            "EADDRINUSE": "Address in use", "EADDRNOTAVAIL": "Address not available"}
"""What it ends with where a probe could not be sent, by errno."""
AS_REPORT = "note: mtr shows its report at the end here, as with -r"


class Mtr(Client):
    """One run: target after target, each asked for some rounds, told once the last answers had their time."""

    name = "mtr"

    def __init__(self, context: Context, options: MtrOptions) -> None:
        super().__init__(context)
        self.options = options
        self._targets = list(options.targets)
        self._known = names_of(hosts_file(context.files))
        self._host = text_of(context.files, "/etc/hostname").strip()
        self._timer: Timer | None = None
        self._queries: dict[int, ReverseLookup] = {}
        self._probes: Probes | None = None

    def start(self) -> None:
        for note in self.options.notes:
            self.complain(note)
        if not self.options.shows:
            self.complain(AS_REPORT)
        self._next_target()

    def _next_target(self) -> None:
        if self._targets:
            self.look_up(self._targets[0])
        else:
            self.exit(0)

    def unresolved(self, reply: Reply) -> None:
        self.complain(f"mtr: Failed to resolve host: {self._targets.pop(0)}: {reply.error}")
        if self.options.shows:
            self._next_target()
        else:
            self.exit(1)

    def resolved(self, reply: Reply) -> None:
        self._address = reply.addresses[0]
        source = self._find_source()
        if source is None:
            self.exit(1)
            return
        self._hops = [Hop() for _ in range(self.options.last)]
        self._names: dict[int, str] = {}
        self._shown_names: set[int] = set()
        self._tokens: dict[int, int] = {}
        self._at, self._hosts, self._rounds, self._token = self.options.first - 1, FEWEST, 0, FIRST
        self._grace: int | None = None
        self._refusal = ""
        if self.options.shows in ("report", ""):
            now = moment(self.scheduler.clock)
            self.print(f"Start: {now.year}-{now.month:02d}-{now.day:02d}T{now.clock}+0000")
        self._probes = Probes(self, self, self.options, source, self._address)
        self._last = self.scheduler.clock
        self._go_on()

    # -- the source

    def _find_source(self) -> int | None:
        """The packets' source, 0 where there is no way yet; None where it ends here."""
        options = self.options
        if options.source:
            address = ipv4_or_none(options.source)
            if address is None:
                self.complain("mtr: invalid local address: Success")
            return address
        if options.interface:
            return self._source_of(options.interface)
        route = route_output(self.namespace, self._address, 0, self.namespace.vrf_processes.get(self.process.pid))
        if not isinstance(route, OutputRoute):
            self.namespace.record(route)
            if route.error == "EHOSTUNREACH":
                return 0
            self.complain(f"mtr: udp socket connect failed: {TEXTS[route.error]}")
            return None
        if route.route.type == "broadcast" or self._address == 0xFFFFFFFF:
            self.complain(f"mtr: udp socket connect failed: {TEXTS['EACCES']}")
            return None
        return route.source

    def _source_of(self, name: str) -> int | None:
        interface = self.namespace.interfaces.get(name)
        if interface is None:
            self.complain("mtr: no such interface")
        elif not interface.addresses:
            self.complain("mtr: interface missing IPv4 address")
        else:
            return interface.addresses[0].local
        return None

    # -- rounds

    def _go_on(self, _argument: object = None) -> None:
        """select_loop: send when it is time, end when grace is over, and sleep until then or an answer."""
        pause = int(round(SECOND // MICROSECOND * self.options.interval / self._hosts, 2)) * MICROSECOND
        now = self.scheduler.clock
        if pause > MOST_INT * MICROSECOND:
            self._refusal = "Select failed: Invalid argument"
        elif now >= self._last + pause:
            self._last = now
            if self._grace is None and self._rounds >= self.options.cycles:
                self._grace = now
            if self._grace is None:
                self._send_next()
        if self._refusal or (self._grace is not None and now - self._grace >= self.options.grace * SECOND):
            self._probed()
            return
        self._timer = self.scheduler.wake_after(self._last + pause - now, self._go_on, None, self.foreground)

    def _send_next(self) -> None:
        """net_send_batch: one probe, and whether a round is over."""
        index = self._at
        hop, token = self._hops[index], self._token
        self._token = token + 1 if token < LAST else FIRST
        self._tokens[token] = index
        hop.sent, hop.transit = hop.sent + 1, 1
        if self.options.shows == "raw":
            self.print(f"x {index} {token}")
        problem = self._probes.send(token, index + 1) if self._probes is not None else ""
        if problem and problem not in UNHEARD:
            self._refusal = REFUSALS.get(problem, "Unexpected mtr-packet error")
        before = self._hops[self.options.first - 1:index]
        end = next((number for number, one in enumerate(before, self.options.first) if one.address == self._address), 0)
        silent = sum(not one.address for one in before)
        if end:
            self._hosts = end
        if hop.address == self._address or silent > self.options.unknown or index >= self.options.last - 1:
            end = self._hosts = index + 1
        self._at = self.options.first - 1 if end else index + 1
        self._rounds += bool(end)

    def answered(self, answer: Answer) -> None:
        """Count it, and look whether it is time for the next probe."""
        index = self._tokens.pop(answer.token, None)
        if index is None or self._grace_is_over:
            return
        is_new = self._hops[index].take(answer.sender, answer.micros, answer.is_end)
        if self.options.shows == "raw":
            self._tell_raw(index, answer, is_new)
        self.scheduler.cancel(self._timer)
        self._go_on()

    @property
    def _grace_is_over(self) -> bool:
        return self._probes is None

    def _tell_raw(self, index: int, answer: Answer, is_new: bool) -> None:
        """The lines of -l; a name comes with the first answer behind it."""
        if is_new:
            self.print("\n".join([f"h {index} {format_ipv4(answer.sender)}"] * 2))
        if self.options.shows_names and index not in self._shown_names:
            name = self._names.get(answer.sender) or self._known.get(answer.sender)
            if name:
                self._shown_names.add(index)
                self.print(f"d {index} {name}")
            elif answer.sender not in self._queries:
                self._ask(answer.sender)
        self.print(f"p {index} {answer.micros} {answer.token}")

    # -- names

    def _ask(self, address: int) -> None:
        query = self._queries[address] = ReverseLookup(self.context, self.process, address, self._named)
        query.start()

    def _named(self, address: int, name: str) -> None:
        self._names[address] = name
        if self._probes is None:
            self._ask_next()

    def _ask_next(self) -> None:
        """Ask for one name after another, a wide report for each twice, and tell the result."""
        while self._to_ask:
            address = self._to_ask.pop(0)
            if address not in self._known:
                self._ask(address)
                return
        self._tell()

    # -- the end

    def _probed(self) -> None:
        """Everything that will come has come."""
        self._stop_probing()
        for hop in self._hops:
            hop.transit = 0
        shown = self._hops[self.options.first - 1:reached(self._hops, self._address, self.options.last)]
        addresses = [address for hop in shown for address in (hop.address, *_others(hop)) if address]
        is_silent = not self.options.shows_names or self.options.shows == "raw"
        wide = [hop.address for hop in shown if hop.address] if self.options.is_wide else []
        self._to_ask = [] if is_silent else wide + addresses
        self._ask_next()

    def _tell(self) -> None:
        first, options = self.options.first, self.options
        shown = self._hops[first - 1:reached(self._hops, self._address, options.last)]
        rows = [Row(number, self._name(hop.address), tuple(map(self._name, _others(hop))), hop)
                for number, hop in enumerate(shown, first)]
        report = Report(self._host, self._targets.pop(0), options.fields, rows, options.is_wide, options.tos,
                        options.size, options.pattern, options.cycles)
        text = report.shown(options.shows, (EPOCH + self.scheduler.clock) // SECOND)
        if text:
            self.print(text)
        if self._refusal:
            self.complain(f"mtr: {self._refusal}")
            self.exit(1)
        else:
            self._next_target()

    def _name(self, address: int) -> str:
        if not address:
            return "???"
        number = format_ipv4(address)
        name = (self._known.get(address) or self._names.get(address)) if self.options.shows_names else ""
        if not name:
            return number
        return f"{name} ({number})" if self.options.shows_numbers else name

    def _stop_probing(self) -> None:
        self.scheduler.cancel(self._timer)
        if self._probes is not None:
            self._probes.close()
            self._probes = None

    def stop(self) -> None:
        super().stop()
        self._stop_probing()
        for query in self._queries.values():
            query.stop()
        self._queries.clear()  # each knows who asked


def _others(hop: Hop) -> list[int]:
    return [address for address in hop.addresses if address != hop.address]


def program(context: Context) -> Program:
    """mtr(8) (program.Maker)."""
    return Mtr(context, parse(context))
