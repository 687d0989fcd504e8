"""telnet: the inetutils one of Debian, and BusyBox's; what is typed comes from a pipe."""

from __future__ import annotations

from netsandbox.apps.busybox.usages import usage
from netsandbox.apps.client import StreamClient
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolver import Reply
from netsandbox.apps.stream import Stream
from netsandbox.engine.octets import to_bytes, to_text
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.services import port_number

TELNET_PORT = 23
IAC, WILL, WONT, DO, DONT = 255, 251, 252, 253, 254
OPTIONS = OptionTable("telnet", 64, "Try 'telnet --help' or 'telnet --usage' for more information.", usual="4|ipv4",
                      refused="6|ipv6 E a")


class Telnet(StreamClient):
    """One run of telnet."""

    name = "telnet"
    is_endless = True

    def __init__(self, context: Context, host: str, port: int, is_busybox: bool) -> None:
        super().__init__(context)
        self.host = host
        self.port = port
        self.is_busybox = is_busybox
        self.stdin = context.stdin
        self._address = 0

    def start(self) -> None:
        self.look_up(self.host)

    def unresolved(self, reply: Reply) -> None:
        if self.is_busybox:
            self.complain(f"telnet: bad address '{self.host}'")
        elif self.port == TELNET_PORT:
            self.print(f"Server lookup failure:  {self.host}:telnet, {reply.error}")
        else:
            self.complain(f"telnet: could not resolve {self.host}/{self.port}: {reply.error}")
        self.exit(1)

    def resolved(self, reply: Reply) -> None:
        self._address = reply.addresses[0]
        if not self.is_busybox:
            self.print(f"Trying {format_ipv4(self._address)}...")
        self.connect(StreamSocket(self.namespace, self.process), self._address, self.port)

    def connected(self, stream: Stream) -> None:
        if self.is_busybox:
            self.print(f"Connected to {self.host}\n")
        else:
            self.print(f"Connected to {self.host}.\nEscape character is '^]'.")
        self.stdin.on_change = self._read_input
        self._read_input()

    def _read_input(self) -> None:
        text = self.stdin.read()
        if text and self.stream is not None:
            self.stream.write(to_bytes(text.replace("\r", "\r\0").replace("\n", "\r\n")))
        if self.stdin.is_at_end and self.stream is not None:
            if not self.is_busybox:
                self.complain("Connection closed by foreign host.")
            self.stream.close()
            self.scheduler.soon(self._leave)

    def received(self, stream: Stream, data: bytes) -> None:
        plain = self._negotiate(stream, data)
        if plain:
            self.output.append(("out", to_text(plain).replace("\r\n", "\n")))

    @staticmethod
    def _negotiate(stream: Stream, data: bytes) -> bytes:
        """Every option that the other side speaks of is declined (RFC 854)."""
        plain, at = bytearray(), 0
        while at < len(data):
            if data[at] == IAC and at + 2 < len(data) and data[at + 1] >= WILL:
                stream.write(bytes((IAC, DONT if data[at + 1] in (WILL, WONT) else WONT, data[at + 2])))
                at += 3
                continue
            plain.append(data[at])
            at += 1
        return bytes(plain)

    def ended(self, stream: Stream) -> None:
        stream.close()
        self.complain("Connection closed by foreign host" + "." * (not self.is_busybox))
        self.scheduler.soon(self._leave)

    def _leave(self, _argument: object) -> None:
        self.exit(int(self.is_busybox))

    def failed(self, stream: Stream, error: str) -> None:
        text = TEXTS[error]
        if stream.taken or stream.sent:
            self.complain("Connection closed by foreign host.")
        elif self.is_busybox:
            self.complain(f"telnet: can't connect to remote host ({format_ipv4(self._address)}): {text}")
        else:
            self.complain(f"telnet: Unable to connect to remote host: {text}")
        self.exit(1)

    def stop(self) -> None:
        self.stdin.on_change = None
        super().stop()


def _made(context: Context, is_busybox: bool) -> Telnet:
    operands = OPTIONS.read(context.arguments).operands
    if not 1 <= len(operands) <= 2:
        is_full = bool(operands) and not is_busybox
        raise UsageError("telnet: too many arguments" if is_full else usage("telnet") if is_busybox else
                         "Usage: telnet HOST [PORT]", 1)
    port = operands[1] if len(operands) > 1 else str(TELNET_PORT)
    number = port_number(port)
    if not number and port.isascii() and port.isdecimal() and not is_busybox:
        raise UsageError("", 1, f"Port number {port} is out of range.")
    if not number:
        raise UsageError(f"telnet: could not resolve {operands[0]}/{port}: Servname not supported for ai_socktype", 1)
    return Telnet(context, operands[0], number, is_busybox)


def program(context: Context) -> Program:
    """telnet(1) (program.Maker)."""
    return _made(context, False)


def busybox(context: Context) -> Program:
    """BusyBox's telnet (program.Maker)."""
    return _made(context, True)
