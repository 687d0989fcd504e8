"""ncat: Nmap's netcat, which listens on both families and says what went wrong in its own words."""

from __future__ import annotations

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.netcat.nc import Netcat
from netsandbox.apps.netcat.nc_options import NcOptions, ports_of, usual_options
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolver import Reply
from netsandbox.apps.stream import Stream
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process, Socket, SocketError
from netsandbox.wire.addresses import format_ipv4

VERSION = "Ncat: Version 7.95 ( https://nmap.org/ncat )"
DEFAULT_PORT = 31337
CONNECT_TIMEOUT = 10.0  # Seconds, unless -w says otherwise
BACKLOG = 10
FAILED = 2
OPTIONS = OptionTable(
    "ncat", FAILED, "Ncat: Try `--help' or man(1) ncat for more information, usage options and help. QUITTING.",
    by_letter=True, usual="4",
    acts="l|listen k|keep-open u|udp z v|verbose n|nodns w|wait= p|source-port= s|source= e|exec= c|sh-exec=",
    refused="6 t|telnet N C|crlf g= G= i|idle-timeout= m|max-conns= d|delay= o|output= x|hex-dump= S= U|unixsock "
            "h|help version vsock sctp lua-exec= append-output send-only recv-only no-shutdown allow= allowfile= deny= "
            "denyfile= broker chat proxy= proxy-type= proxy-auth= proxy-dns= ssl ssl-cert= ssl-key= ssl-verify "
            "ssl-trustfile= ssl-ciphers= ssl-servername= ssl-alpn=")


def listen_on_ipv6(namespace: NetworkNamespace, process: Process, port: int) -> Socket:
    """Where nobody asks, as no machine here speaks IPv6; but the port is taken (SocketError: somebody else has it)."""
    socket = Socket(namespace, process, reuse=True)
    socket.family = "inet6"
    socket.bind(0, port)
    socket.listen(BACKLOG)
    return socket


class Ncat(Netcat):
    """One run of ncat."""

    name = "ncat"

    def __init__(self, context: Context, options: NcOptions) -> None:
        super().__init__(context, options)
        self._socket6: Socket | None = None
        self._counts = [0, 0]  # Bytes sent and received
        self._began = 0

    def start(self) -> None:
        self._began = self.scheduler.clock
        if self.options.verbose:
            self.complain(VERSION)
        super().start()

    # -- listening

    def listen_on(self, address: int, port: int) -> None:
        """On all addresses it begins with IPv6's."""
        if not address and not self.options.udp:
            self._listen_v6(port)
        if self.code is None:
            super().listen_on(address, port)

    def _listen_v6(self, port: int) -> None:
        try:
            self._socket6 = listen_on_ipv6(self.namespace, self.process, port)
        except SocketError as error:
            self.taken(f"[::]:{port}", error.name)
            return
        if self.options.verbose:
            self.complain(f"Ncat: Listening on [::]:{port}")

    def taken(self, where: str, error: str) -> None:
        self.complain(f"Ncat: bind to {where}: {TEXTS[error]}. QUITTING.")
        self.exit(FAILED)

    def say_listening(self, address: int, port: int) -> None:
        self.complain(f"Ncat: Listening on {format_ipv4(address)}:{port}")

    def say_accepted(self, address: int, port: int) -> None:
        self.complain(f"Ncat: Connection from {format_ipv4(address)}:{port}.")

    # -- connecting

    def unresolved(self, reply: Reply) -> None:
        self.complain(f'Ncat: Could not resolve hostname "{self.options.host}": {reply.error}. QUITTING.')
        self.exit(FAILED)

    def say_open(self) -> None:
        self.complain(f"Ncat: Connected to {format_ipv4(self.address)}:{self.port}.")

    def say_failed(self, error: str) -> None:
        self.complain("Ncat: TIMEOUT." if error == "ETIMEDOUT" else f"Ncat: {TEXTS[error]}.")

    def say_timed_out(self) -> None:
        self.complain("Ncat: TIMEOUT.")

    def send(self, data: bytes) -> None:
        self._counts[0] += len(data)
        super().send(data)

    def received(self, stream: Stream, data: bytes) -> None:
        self._counts[1] += len(data)
        super().received(stream, data)

    def stop(self) -> None:
        if self._socket6 is not None:
            self._socket6.close()
            self._socket6 = None
        if self.options.verbose and self.is_connected and not self.options.listens:
            took = (self.scheduler.clock - self._began) / SECOND
            sent, received = self._counts
            self.complain(f"Ncat: {sent} bytes sent, {received} bytes received in {took:.2f} seconds.")
        super().stop()


def parse(arguments: list[str]) -> NcOptions:
    """ncat's command line (UsageError: as ncat words it, or by name what is not modelled)."""
    read = OPTIONS.read(arguments)
    given, operands = read.values, read.operands
    options = usual_options(given)
    options.speaks, options.shuts, options.keeps, options.backlog = True, True, "k" in given, BACKLOG
    options.lingers = 1.0
    options.program = tuple(given["e"].split()) if "e" in given else ("sh", "-c", given["c"]) if "c" in given else ()
    if options.listens:
        options.source, operands = (operands[0], operands[1:]) if len(operands) == 2 else (options.source, operands)
        options.ports = ports_of(operands[0]) if operands else [options.source_port or DEFAULT_PORT]
        return options
    if not operands:
        raise UsageError("Ncat: You must specify a host to connect to. QUITTING.", FAILED)
    options.host, options.ports = operands[0], ports_of(operands[1]) if operands[1:] else [DEFAULT_PORT]
    options.timeout = options.timeout or CONNECT_TIMEOUT
    return options


def program(context: Context) -> Program:
    """ncat(1) (program.Maker)."""
    return Ncat(context, parse(context.arguments))
