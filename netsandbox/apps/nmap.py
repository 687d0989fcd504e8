"""nmap -sn on the own segment: an ARP request to each address, and who has answered.

Ports, routes and versions are not scanned; what is behind a router is not looked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.calendar import nmap_time
from netsandbox.apps.nmap_targets import addresses
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.tap import HOST, Seen, Tap
from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.inode import FileError
from netsandbox.linux.ipv4 import arp
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.addresses import BROADCAST_MAC, format_ipv4, format_mac
from netsandbox.wire.arp import REPLY, REQUEST, ArpPacket

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Timer
    from netsandbox.linux.core.interface import Interface

VERSION = "7.95"
TRIES = 2
"""Requests to an address that does not answer."""
PAUSE, PATIENCE = 2 * MILLISECOND, SECOND
"""Between two requests, and from the last one of a round to the next round."""


class Nmap(Program):
    """One run of nmap -sn.

    Args:
        targets: where each address is reached: an interface and the own address there; None for an own address.
        log: the file of -oG, `-` for the output alone, or empty.
    """

    name = "nmap"

    def __init__(self, context: Context, targets: dict[int, tuple[Interface, int] | None], log: str) -> None:
        super().__init__(context.namespace, context.next_pid())
        self.context = context
        self.targets = targets
        self.log = log
        self._up: dict[int, tuple[int, int]] = {}
        """MAC and delay (nanoseconds) by address."""
        self._sent: dict[int, int] = {}
        self._waiting: list[int] = []
        self._round = 0
        self._began = 0
        self._timer: Timer | None = None
        self._taps: list[Tap] = []

    def start(self) -> None:
        self._began = self.scheduler.now
        if self.log != "-":
            self.print(f"Starting Nmap {VERSION} ( https://nmap.org ) at {nmap_time(self._began)[0]}")
        devices = {target[0] for target in self.targets.values() if target is not None}
        self._taps = [Tap(self.namespace, device, False, self._take, lambda: None)
                      for device in sorted(devices, key=lambda it: it.index)]
        self._next_round(None)

    def _next_round(self, _argument: object) -> None:
        self._waiting = [address for address, target in self.targets.items()
                         if target is not None and address not in self._up]
        self._round += 1
        if not self._waiting or self._round > TRIES:
            self._finish()
            return
        self._probe(None)

    def _probe(self, _argument: object) -> None:
        address = self._waiting.pop(0)
        target = self.targets[address]
        if target is not None and address not in self._up:
            device, source = target
            self._sent[address] = self.scheduler.clock
            arp.send(device, REQUEST, source, address, BROADCAST_MAC, BROADCAST_MAC)
        then, delay = (self._probe, PAUSE) if self._waiting else (self._next_round, PATIENCE)
        self._timer = self.scheduler.after(delay, then, foreground=self.foreground)

    def _take(self, frames: list[Seen]) -> None:
        for seen in frames:
            packet = seen.frame.payload
            if seen.kind == HOST and isinstance(packet, ArpPacket) and packet.op == REPLY and packet.spa in self._sent:
                self._up.setdefault(packet.spa, (packet.sha, seen.at - self._sent[packet.spa]))

    def _finish(self) -> None:
        for tap in self._taps:
            tap.close()
        ups = [address for address, target in self.targets.items() if target is None or address in self._up]
        ups.sort(key=lambda address: self.targets[address] is None)  # the own ones come last
        seconds = f"{(self.scheduler.now - self._began) / SECOND:.2f}"
        hosts, found = len(self.targets), f"{len(ups)} host{'' if len(ups) == 1 else 's'} up"
        many = f"{hosts} IP address{'' if hosts == 1 else 'es'} ({found}) scanned in {seconds} seconds"
        if self.log:
            self._write_log(ups, many)
        if self.log != "-":
            for address in ups:
                self._report(address)
            self.print(f"Nmap done: {many}")
        self.exit(0)

    def _report(self, address: int) -> None:
        self.print(f"Nmap scan report for {format_ipv4(address)}")
        if address not in self._up:
            self.print("Host is up.")
            return
        mac, delay = self._up[address]
        self.print(f"Host is up ({delay / SECOND:.6f}s latency).\nMAC Address: {format_mac(mac).upper()} (Unknown)")

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
        for tap in self._taps:
            tap.close()


def program(context: Context) -> Program:
    """nmap(1) (program.Maker)."""
    words, log, pings, rest = list[str](), "", False, context.arguments
    while rest:
        word, *rest = rest
        if word in ("-sn", "-sP"):
            pings = True
        elif word == "-oG" and rest:
            log, *rest = rest
        elif word.startswith("-") and word not in ("-n", "-PR"):
            raise UsageError(f"netsandbox: nmap {word} is not modelled; there is `nmap -sn NETWORK`", 1)
        elif not word.startswith("-"):
            words.append(word)
    if not pings:
        raise UsageError("netsandbox: nmap scans no ports here, `nc -zv HOST PORTS` does; there is `nmap -sn`", 1)
    if not words:
        raise UsageError("WARNING: No targets were specified, so 0 hosts scanned.", 1)
    targets: dict[int, tuple[Interface, int] | None] = {}
    for word in words:
        found = addresses(word)
        if found is None:
            raise UsageError(f'netsandbox: nmap takes addresses and networks here, not the name "{word}"', 1)
        for address in found:
            targets[address] = _way(context, address)
    return Nmap(context, targets, log)


def _way(context: Context, address: int) -> tuple[Interface, int] | None:
    """Raises UsageError: nmap would not ask by ARP."""
    if context.namespace.routes.address_type(address) == "local":
        return None
    route = route_output(context.namespace, address)
    if isinstance(route, OutputRoute) and route.route.type == "broadcast":
        return route.interface, route.source
    if not isinstance(route, OutputRoute) or route.gateway is not None:
        raise UsageError("netsandbox: nmap -sn looks for hosts of its own segment alone; "
                         f"{format_ipv4(address)} is not on it, and `fping` asks it", 1)
    return route.interface, route.source
