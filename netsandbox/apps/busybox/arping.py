"""arping, as BusyBox 1.37 has it in the images busybox and alpine: by eth0 unless it is told another."""

from __future__ import annotations

from netsandbox.apps.arping import Arping, ArpingOptions
from netsandbox.apps.bounds import bounded
from netsandbox.apps.busybox.usages import usage
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.hosts import lookup
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolved import Resolved, must_ask
from netsandbox.engine.units import SECOND
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.addresses import AddressError, format_ipv4, parse_ipv4

USAGE = usage("arping")
OPTIONS = OptionTable("arping", 1, USAGE, acts="U D A q f b c= w= I= s=")
DEFAULT_DEVICE = "eth0"


class BusyboxArping(Arping):
    """One run of it: with -c none of its probes counts as a broadcast (the option's bit is that of `unicasting`)."""

    def _prepare(self) -> bool:
        options = self.options
        interface = self.namespace.interfaces.get(options.device)
        if interface is None:
            raise UsageError(f"arping: interface {options.device} not found: No such device", 2)
        self.interface, self.target = interface, parse_ipv4(options.target)
        if not interface.up or interface.is_loopback or interface.noarp:
            self.complain(f"arping: interface {options.device} is {'not ARPable' if interface.up else 'down'}")
            self.exit(0 if options.detect and interface.up else 2)
            return False
        self.source = self._own_source()
        return True

    def _own_source(self) -> int:
        """Raises UsageError: the address is not this host's, or no route leads to the target."""
        options = self.options
        if options.detect and not options.source:
            return 0
        wanted = parse_ipv4(options.source) if options.source else self.target if options.unsolicited else 0
        if wanted:
            if not self.namespace.sockets.is_available(wanted):
                raise UsageError(f"arping: bind: {TEXTS['EADDRNOTAVAIL']}", 2)
            return wanted
        route = route_output(self.namespace, self.target, 0, self.interface)
        if not isinstance(route, OutputRoute):
            raise UsageError(f"arping: can't connect to remote host ({format_ipv4(self.target)}): "
                             f"{TEXTS.get(route.error, route.error)}", 2)
        return route.source

    def _tick(self, _argument: object) -> None:
        if self.code is not None:
            return
        options = self.options
        passed = self.scheduler.now - self._began
        if self._ticks == options.count or (options.deadline is not None and passed > options.deadline):
            self._finish(None)
            return
        self._ticks += 1
        self._probe()
        if options.unsolicited and self._ticks == options.count:
            self._finish(None)
            return
        self._timers = [self.scheduler.wake_after(SECOND, self._tick, foreground=self.foreground)]

    def _told(self, what: str, mac: str, time: str) -> str:
        return f"{what} [{mac}] {time}"

    def _summary(self) -> str:
        broadcasts = 0 if self.options.count is not None else self.broadcasts
        return (f"Sent {self.sent} probe(s) ({broadcasts} broadcast(s))\nReceived {self.received} response(s) "
                f"({self.requests} request(s), {self.broadcasts_received} broadcast(s))")

    def _is_content(self) -> bool:
        return self.received > 0


def parse(arguments: list[str], names: dict[str, int]) -> ArpingOptions:
    """The options of a command line (UsageError: an option or a value that it does not take)."""
    read = OPTIONS.read(arguments)
    given, operands = read.values, read.operands
    if len(operands) != 1:
        raise UsageError(USAGE, 1)
    number = lookup(operands[0], names)
    result = ArpingOptions(format_ipv4(number) if number is not None else operands[0],
                           given.get("I", DEFAULT_DEVICE), source=given.get("s", ""))
    result.count = bounded("arping", given["c"]) if "c" in given else None
    deadline = bounded("arping", given.get("w", "0")) * SECOND
    result.deadline = deadline + SECOND // 2 if deadline else None
    result.detect, result.answer = "D" in given, "A" in given
    result.unsolicited = "U" in given or "A" in given
    result.broadcast, result.quiet = "b" in given, "q" in given
    result.first = "f" in given or "D" in given
    if result.source:
        try:
            parse_ipv4(result.source)
        except AddressError:
            raise UsageError(f"arping: invalid source address {result.source[:60]}", 2) from None
    return result


def program(context: Context) -> Program:
    """One run of it (program.Maker)."""
    options = parse(context.arguments, context.names)
    if must_ask(context, options.target):
        return Resolved(context, options.target, _made, ("arping: bad address 'NAME'", 2))
    return _made(context)


def _made(context: Context) -> BusyboxArping:
    return BusyboxArping(context.namespace, parse(context.arguments, context.names), context.next_pid())
