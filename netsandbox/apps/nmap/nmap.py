"""nmap: who is there, by ARP on the own segment, and which of their ports are open.

Versions are not asked for; without ports, what is behind a router is not looked for.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from netsandbox.apps.calendar import nmap_time
from netsandbox.apps.columns import columns
from netsandbox.apps.hosts import host_lines, hosts_file, names_of, text_of
from netsandbox.apps.nmap.ports import HostProbe, PortScan, RawProbes, name_of, ports_of
from netsandbox.apps.nmap.targets import addresses
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolver import Lookup, Reply, ReverseLookup
from netsandbox.apps.tap import HOST, Seen, Tap
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.ipv4 import arp
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.addresses import BROADCAST_MAC, format_ipv4, format_mac
from netsandbox.wire.arp import REPLY, REQUEST, ArpPacket

VERSION = "7.95"
TRIES = 2  # Requests to an address that does not answer
PAUSE, PATIENCE = 2 * MILLISECOND, SECOND  # Between two requests, and from the last one of a round to the next round


MANY = 25  # Ports in one state, but open, of which more are only counted
WHY = {"closed": "closed tcp port{} (reset)", "filtered": "filtered tcp port{} (no-response)"}


class Scan(NamedTuple):
    """What is scanned beside who is there."""

    ports: list[int]
    is_sure: bool  # hosts are up without being asked (-Pn)
    is_open_only: bool  # others are only counted (--open)
    is_numeric: bool  # nobody is asked for the names of addresses (-n)
    names: dict[int, tuple[str, list[str]]]  # as which addresses were named, and the name's IPv6 addresses
    reverse: dict[int, str]  # the names that addresses have
    routed: set[int]  # addresses behind a router


class Nmap(Program):
    """One run of nmap.

    Args:
        targets: where each address is reached: an interface and the own address there; None for an own address.
        log: the file of -oG, `-` for the output alone, or empty.
        scan: its ports are scanned; None with -sn.
    """

    name = "nmap"

    def __init__(self, context: Context, targets: dict[int, tuple[Interface, int] | None], log: str,
                 scan: Scan | None = None, unknown: list[str] | None = None) -> None:
        super().__init__(context.namespace, context.next_pid())
        self.context = context
        self.targets = targets
        self.log = log
        self.scan = scan
        self._unasked = sorted(scan.routed) if scan is not None else []
        self._unscanned: list[int] | None = None
        self._unknown, self._unnamed = unknown or [], list[int]()
        self._asking: Lookup | ReverseLookup | None = None
        self._scans: dict[int, PortScan] = {}
        self._raw: RawProbes | None = None
        self._up: dict[int, tuple[int, int]] = {}  # MAC and delay (nanoseconds) by address
        self._sent: dict[int, int] = {}
        self._waiting: list[int] = []
        self._is_patient = False  # All of a round were asked
        self._round = 0
        self._began = 0
        self._timer: Timer | None = None
        self._taps: list[Tap] = []

    def start(self) -> None:
        self._began = self.scheduler.now
        if self.log != "-":
            self.print(f"Starting Nmap {VERSION} ( https://nmap.org ) at {nmap_time(self._began)[0]}")
        self._look_up()

    def _look_up(self) -> None:
        """The addresses of the next name that /etc/hosts does not have."""
        if self._unknown:
            self._asking = Lookup(self.context, self.process, self._unknown[0], self._resolved)
            self._asking.start()
            return
        devices = {target[0] for target in self.targets.values() if target is not None}
        self._taps = [Tap(self.namespace, device, False, self._take, lambda: None)
                      for device in sorted(devices, key=lambda it: it.index)]
        self._next_round(None)

    def _resolved(self, reply: Reply) -> None:
        name = self._unknown.pop(0)
        if reply.addresses and self.scan is not None:
            self.targets[reply.addresses[0]] = _way(self.context, reply.addresses[0], self.scan)
            self._unasked = sorted(self.scan.routed)
            self.scan.names[reply.addresses[0]] = (name, [format_ipv4(one) for one in reply.addresses[1:]])
        else:
            self.complain(f'Failed to resolve "{name}".')
            if not self.targets and not self._unknown:
                self.complain("WARNING: No targets were specified, so 0 hosts scanned.")
        self._look_up()

    def _next_round(self, _argument: object) -> None:
        self._waiting, self._is_patient = self._silent(), False
        self._round += 1
        if not self._waiting or self._round > TRIES:
            self._go_on()
            return
        self._probe(None)

    def _probe(self, _argument: object) -> None:
        address = self._waiting.pop(0)
        target = self.targets[address]
        if target is not None and address not in self._up:
            device, source = target
            self._sent[address] = self.scheduler.clock
            arp.send(device, REQUEST, source, address, 0, BROADCAST_MAC)
        self._is_patient = not self._waiting
        then, delay = (self._next_round, PATIENCE) if self._is_patient else (self._probe, PAUSE)
        self._timer = self.scheduler.after(delay, then, foreground=self.foreground)

    def _take(self, frames: list[Seen]) -> None:
        for seen in frames:
            packet = seen.frame.payload
            if seen.kind == HOST and isinstance(packet, ArpPacket) and packet.op == REPLY and packet.spa in self._sent:
                self._up.setdefault(packet.spa, (packet.sha, seen.at - self._sent[packet.spa]))
        if self._is_patient and not self._silent():
            self.scheduler.cancel(self._timer)
            self._next_round(None)

    def _silent(self) -> list[int]:
        """Who is asked by ARP and has not answered."""
        return [address for address, target in self.targets.items()
                if target is not None and address not in self._up and not self._is_routed(address)]

    def _is_routed(self, address: int) -> bool:
        return self.scan is not None and address in self.scan.routed

    def _go_on(self) -> None:
        """The next host behind a router, the next name, the next host's ports, or the end."""
        if self.scan is None:
            self._finish()
            return
        if isinstance(self._raw, HostProbe) and self._raw.is_up:
            self._up[self._raw.address] = (0, self._raw.delay)
        self._raw = None
        if self.scan.is_sure:
            self._up.update(dict.fromkeys(self._unasked, (0, 0)))
            self._unasked = []
        following = self._following(self.scan)
        if following is None:
            self._finish()
        else:
            following.start()

    def _following(self, scan: Scan) -> HostProbe | ReverseLookup | PortScan | None:
        """What is to be done next; None when all is."""
        if self._unasked:
            self._raw = probe = HostProbe(self, self._unasked.pop(0), self._go_on)
            return probe
        if self._unscanned is None:
            self._unscanned = self._to_be_scanned(scan)
        if self._unnamed:
            self._asking = asking = ReverseLookup(self.context, self.process, self._unnamed.pop(0), self._named)
            return asking
        if not self._unscanned:
            return None
        address = self._unscanned.pop(0)
        self._raw = found = self._scans[address] = PortScan(self, address, scan.ports, self._go_on)
        return found

    def _to_be_scanned(self, scan: Scan) -> list[int]:
        """Who is up, by the names of /etc/hosts; for the others' names somebody is to be asked."""
        found, known = self._who_is_up(), names_of(hosts_file(self.context.files))
        scan.reverse.update({one: known[one] for one in found if one in known})
        self._unnamed = [one for one in found if one not in known and not scan.is_numeric]
        return found

    def _named(self, address: int, name: str) -> None:
        if name and self.scan is not None:
            self.scan.reverse[address] = name
        self._go_on()

    def _who_is_up(self) -> list[int]:
        ups = [address for address, target in self.targets.items() if target is None or address in self._up]
        return sorted(ups, key=lambda address: self.targets[address] is None)  # the own ones come last

    def _finish(self) -> None:
        for tap in self._taps:
            tap.close()
        ups = self._who_is_up()
        seconds = f"{(self.scheduler.now - self._began) / SECOND:.2f}"
        hosts, found = len(self.targets), f"{len(ups)} host{'' if len(ups) == 1 else 's'} up"
        many = f"{hosts} IP address{'' if hosts == 1 else 'es'} ({found}) scanned in {seconds} seconds"
        if self.log:
            self._write_log(ups, many)
        if self.log != "-":
            for address in ups:
                self._report(address)
            if self.scan is not None and not ups and not self.scan.is_sure and len(self.targets) == 1:
                self.print("Note: Host seems down. If it is really up, but blocking our ping probes, try -Pn")
            self.print(f"Nmap done: {many}")
        self.exit(0)

    def _report(self, address: int) -> None:
        name, others = self.scan.names.get(address, ("", [])) if self.scan is not None else ("", [])
        known = self.scan.reverse.get(address, "") if self.scan is not None and not self.scan.is_numeric else ""
        shown = f"{name or known} ({format_ipv4(address)})" if name or known else format_ipv4(address)
        self.print(f"Nmap scan report for {shown}")
        scanned = self._scans.get(address)
        mac, delay = self._up.get(address, (0, 0))
        delay = delay or (scanned.delay if scanned is not None else 0)
        self.print(f"Host is up ({delay / SECOND:.6f}s latency)." if delay else "Host is up.")
        if others:
            self.print(f"Other addresses for {name} (not scanned): {' '.join(others)}")
        if name and known and name != known:
            self.print(f"rDNS record for {format_ipv4(address)}: {known}")
        if scanned is not None:
            self._report_ports(scanned)
        if mac:
            self.print(f"MAC Address: {format_mac(mac).upper()} (Unknown)")
        if scanned is not None:
            self.print("")

    def _report_ports(self, scanned: PortScan) -> None:
        """A table of ports, without those of a state that many are in."""
        states = {port: scanned.states.get(port, "filtered") for port in scanned.ports}
        counts = Counter(states.values())
        hidden = [state for state, count in counts.most_common() if state != "open" and (
            count > MANY or (self.scan is not None and self.scan.is_open_only))]
        rows = [(f"{port}/tcp", state, name_of(port)) for port, state in states.items() if state not in hidden]
        if not rows:
            self.print(f"All {len(states)} scanned ports on {format_ipv4(scanned.address)} are in ignored states.")
        if hidden:
            self.print("Not shown: " + ", ".join(
                f"{counts[state]} {WHY[state].format('s' * (counts[state] != 1))}" for state in hidden))
        if not rows:
            return
        if not hidden:
            self.print("")
        for line in columns([("PORT", "STATE", "SERVICE"), *rows]):
            self.print(line)

    def _write_log(self, ups: list[int], many: str) -> None:
        """The greppable format."""
        words = " ".join(self.context.argv)
        lines = [f"# Nmap {VERSION} scan initiated {nmap_time(self._began)[1]} as: {words}",
                 *(f"Host: {format_ipv4(address)} ()\tStatus: Up" for address in ups),
                 f"# Nmap done at {nmap_time(self.scheduler.now)[1]} -- {many}"]
        if self.log in ("-", "/dev/stdout"):
            self.print("\n".join(lines))
            return
        try:
            self.context.files.write(self.log, "\n".join(lines) + "\n")
        except FileError as error:
            self.complain(f"Failed to open grepable output file {self.log} for writing: {error}")

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)
        for one in (self._raw, self._asking):
            if one is not None:
                one.stop()
        for tap in self._taps:
            tap.close()


PING_ONLY = frozenset({"-sn", "-sP"})


class Told(NamedTuple):
    """A command line (words: the targets.  log: a file (-oG).  ports: as -p names them)."""

    words: list[str]
    flags: set[str]
    log: str
    ports: str


def _read(arguments: list[str]) -> Told:
    """Raises UsageError: what is told is not modelled, or not enough."""
    words, log, ports, flags, rest = list[str](), "", "", set[str](), arguments
    while rest:
        word, *rest = rest
        if word in ("-sn", "-sP", "-Pn", "--open", "-n", "-PR", "-sS"):
            flags.add(word)
        elif word == "-oG" and rest:
            log, *rest = rest
        elif word == "-p" and rest:
            ports, *rest = rest
        elif word.startswith("-p"):
            ports = word[2:]
        elif word.startswith("-"):
            raise UsageError(f"netsandbox: nmap {word} is not modelled; there are `nmap -sn NETWORK` and "
                             "`nmap -p PORTS HOST`", 1)
        else:
            words.append(word)
    pings = bool(flags & PING_ONLY)
    if not pings and not ports:
        raise UsageError("netsandbox: nmap's own choice of ports is not modelled; `nmap -p 1-1000 HOST` says which", 1)
    if log and not pings:
        raise UsageError("netsandbox: nmap -oG is modelled with -sn alone", 1)
    if not words:
        raise UsageError("WARNING: No targets were specified, so 0 hosts scanned.", 1)
    return Told(words, flags, log, ports)


def program(context: Context) -> Program:
    """nmap(1) (program.Maker)."""
    words, flags, log, ports = _read(context.arguments)
    scan = None if flags & PING_ONLY else Scan(ports_of(ports), "-Pn" in flags, "--open" in flags, "-n" in flags,
                                               {}, {}, set())
    targets: dict[int, tuple[Interface, int] | None] = {}
    unknown = list[str]()
    for word in words:
        found = addresses(word) or _from_file(context, word, scan)
        if found is None and scan is None:
            raise UsageError(f'netsandbox: nmap -sn takes addresses and networks here, not the name "{word}"', 1)
        unknown += [word] if found is None else []
        for address in found or ():
            targets[address] = _way(context, address, scan)
    return Nmap(context, targets, log, scan, unknown)


def _from_file(context: Context, name: str, scan: Scan | None) -> list[int] | None:
    """The address that /etc/hosts has for a name, if it has one."""
    found = [address for address, names in host_lines(text_of(context.files, "/etc/hosts")) if name in names]
    own = next((addresses(address) for address in found if addresses(address)), None)
    if own is not None and scan is not None:
        scan.names[own[0]] = (name, [address for address in found if ":" in address])
    return own


def _way(context: Context, address: int, scan: Scan | None) -> tuple[Interface, int] | None:
    """Raises UsageError: nmap would not ask by ARP."""
    if context.namespace.routes.address_type(address) == "local":
        return None
    route = route_output(context.namespace, address)
    if isinstance(route, OutputRoute) and route.route.type == "broadcast":
        return route.interface, route.source
    if isinstance(route, OutputRoute) and route.gateway is not None and scan is not None:
        scan.routed.add(address)
    elif not isinstance(route, OutputRoute) or route.gateway is not None:
        raise UsageError("netsandbox: nmap -sn looks for hosts of its own segment alone; "
                         f"{format_ipv4(address)} is not on it, and `fping` asks it", 1)
    return route.interface, route.source
