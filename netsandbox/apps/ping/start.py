"""How ping starts: the device and the source, the route, the first lines; and its timers."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.ping.options import PingOptions
from netsandbox.apps.program import Program
from netsandbox.engine.timers import Timer
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4

MOST_OPTIONS = 40  # Bytes of IPv4 options, as ping counts them in its first line whatever their size



class PingStart(Program):
    """The part of a run before the first request."""

    name = "ping"

    def __init__(self, namespace: NetworkNamespace, options: PingOptions, destination: int, pid: int) -> None:
        super().__init__(namespace, pid)
        self.options = options
        self.destination = destination
        # interface, bound: what -I names, a device or an address
        self.interface: Interface | None = None
        self.bound = 0
        self.source = 0  # the address that the route gives
        self._timers: list[Timer] = []

    def _tell_sockets(self) -> None:
        other = "4 (socktype: SOCK_RAW)" if self.options.family == "AF_UNSPEC" else "-1 (socktype: 0)"
        self.complain(f"ping: sock4.fd: 3 (socktype: SOCK_RAW), sock6.fd: {other}, "
                      f"hints.ai_family: {self.options.family}\n")
        self.print(f"ai->ai_family: AF_INET, ai->ai_canonname: '{self.options.target}'")

    def _bind_device(self) -> bool:
        self.interface = self.namespace.vrf_processes.get(self.process.pid)
        for device in self.options.devices:
            try:
                self.bound = parse_ipv4(device)
            except AddressError:
                self.interface = self.namespace.interfaces.get(device)
                if self.interface is None:
                    self.complain(f"ping: SO_BINDTODEVICE {device}: No such device")
                    self.exit(2)
                    return False
        if self.bound and not self._may_bind():
            self.complain("ping: bind: Cannot assign requested address")
            self.exit(2)
            return False
        return True

    def _may_bind(self) -> bool:
        """raw_bind: the address is this host's, in the table that is asked."""
        if self.interface is not None and self.interface.l3mdev is not None:
            return self.namespace.holder_of(self.bound) is not None
        return self.namespace.routes.address_type(self.bound) == "local"

    def _probe_route(self) -> bool:
        """connect() of a UDP socket finds the source address, and the first errors."""
        route = route_output(self.namespace, self.destination, self.bound, self.interface, mark=self.options.mark)
        if not isinstance(route, OutputRoute):
            self.namespace.record(route)
            ip_output.note_no_route(self.namespace, route.error)
            if route.error == "EACCES":
                self._refuse_broadcast()
            else:
                self.complain(f"ping: connect: {TEXTS[route.error]}")
            self.exit(2)
            return False
        if self._is_broadcast(route):
            if not self.options.broadcast:
                self._refuse_broadcast()
                self.exit(2)
                return False
            self.complain("WARNING: pinging broadcast address")
        self.source = route.source
        device = self.interface if self.options.devices else None
        if device is not None and device not in self.namespace.holders_of(self.source):
            self.complain(f"ping: Warning: source address might be selected on device other than: {device.name}")
        return True

    def _set_ttl(self) -> bool:
        if self.options.ttl == 0:
            self.complain("ping: cannot set unicast time-to-live: Invalid argument")
            self.exit(2)
            return False
        return True

    def _refuse_broadcast(self) -> None:
        self.complain("ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules")

    def _is_broadcast(self, route: OutputRoute) -> bool:
        return self.destination == 0xFFFFFFFF or route.route.type == "broadcast"

    def _print_header(self) -> None:
        options = self.options
        shown = format_ipv4(self.destination)
        origin, whole = "", options.size + 28 + (MOST_OPTIONS if options.header else 0)
        if options.devices or options.strict:
            origin = f"from {format_ipv4(self.source)} {self.interface.name if self.interface else ''}: "
        if options.pattern:
            self.print(f"PATTERN: 0x{options.pattern.hex()}")
        self.print(f"PING {options.target} ({shown}) {origin}{options.size}({whole}) bytes of data.")

    def _after(self, delay: int, callback: Callable[[object], None]) -> Timer:
        timer = self.scheduler.wake_after(delay, callback, foreground=self.foreground)
        self._timers.append(timer)
        if len(self._timers) > 8:
            self._timers = [timer for timer in self._timers if timer.callback is not None]
        return timer
