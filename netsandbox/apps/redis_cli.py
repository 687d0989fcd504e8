"""redis-cli: one command, or those of its input, to a redis server; what it answers as redis-cli shows it."""

from __future__ import annotations

import re
import shlex

from netsandbox.apps.client import StreamClient
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.output import at_terminal
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolver import Reply
from netsandbox.apps.stream import Stream
from netsandbox.engine.octets import to_bytes, to_text
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.errors import ParseError

HOST, PORT = "127.0.0.1", "6379"
KINDS = tuple(b"%c" % kind for kind in b"+-:$*")  # How a reply of RESP2 begins
NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)
MOST_DEPTH = 9
OTHERS = ("-a -u -s -t -r -i -n -c -d -D -e -x -X -2 -3 --cluster --tls --user --pass --askpass --csv --json --stat "
          "--scan --latency --pattern --bigkeys --memkeys --pipe --rdb --replica --eval --no-raw -v --version")
"""What the real one can be told as well."""
NO_PROMPT = "redis-cli: the sandbox has no prompt of it; `redis-cli COMMAND` asks, or `echo COMMAND | redis-cli`"


class RedisCli(StreamClient):
    """One run of redis-cli (apps.stream.StreamOwner) (words: the command; empty for one a line of the input)."""

    name = "redis-cli"

    def __init__(self, context: Context, host: str, port: int, words: list[str], is_raw: bool) -> None:
        super().__init__(context)
        self.host = host
        self.port = port
        self.stdin = context.stdin
        self._is_raw = is_raw
        self._words = words
        self._data = b""
        self._wanted = 0
        self._waiting: list[list[str]] = []  # Commands that are asked once the one before is answered

    @property
    def for_a_person(self) -> bool:
        return at_terminal(self.output) and not self._is_raw

    def start(self) -> None:
        self.look_up(self.host)

    def resolved(self, reply: Reply) -> None:
        self.connect(StreamSocket(self.namespace, self.process), reply.addresses[0], self.port)

    def unresolved(self, reply: Reply) -> None:
        self._give_up(reply.error)

    def _give_up(self, why: str) -> None:
        self.complain(f"Could not connect to Redis at {self.host}:{self.port}: {why}")
        self.exit(1)

    def connected(self, stream: Stream) -> None:
        stream.socket.nodelay = True
        if self._words:
            self._ask(self._words)
            return
        self.stdin.on_change = self._read_input
        self._read_input()

    def _read_input(self) -> None:
        """A command is a whole line; the end of the input is the end of the last one."""
        if not self.stdin.is_closed:
            return
        self.stdin.on_change = None
        for line in self.stdin.read().splitlines():
            try:
                words = shlex.split(line)
            except ValueError:
                self.print("Invalid argument(s)")
                continue
            if words and words[0].lower() in ("quit", "exit"):
                break
            if words:
                self._waiting.append(words)
        self._go_on()

    def _go_on(self) -> None:
        """Ask the next one, or leave."""
        if self._waiting:
            self._ask(self._waiting.pop(0))
        elif self.stream is not None:
            self.stream.close()
            self.scheduler.soon(self._leave)

    def _ask(self, words: list[str]) -> None:
        """The command as an array of bulk strings (RESP2)."""
        assert self.stream is not None
        parts = [b"$%d\r\n%s\r\n" % (len(word), word) for word in (to_bytes(text) for text in words)]
        self._wanted += 1
        self.stream.write(b"*%d\r\n" % len(parts) + b"".join(parts))

    def received(self, stream: Stream, data: bytes) -> None:
        self._data += data
        try:
            while self._wanted and (found := read_reply(self._data, self.for_a_person)) is not None:
                text, self._data = found
                self.print(text)
                self._wanted -= 1
        except ParseError as error:
            self.complain(f"Error: {error}")
            stream.close()
            self.scheduler.soon(self._leave)
            return
        if not self._wanted:
            self._go_on()

    def ended(self, stream: Stream) -> None:
        stream.close()
        if self._wanted:
            self.complain("Error: Server closed the connection")
        self.scheduler.soon(self._leave)

    def _leave(self, _argument: object) -> None:
        if self.is_running:
            self.exit(1 if self._wanted else 0)

    def failed(self, _stream: Stream, error: str) -> None:
        self._give_up(TEXTS[error])

    def stop(self) -> None:
        self.stdin.on_change = None
        super().stop()


def read_reply(data: bytes, for_a_person: bool, depth: int = 0) -> tuple[str, bytes] | None:
    """(a reply in words, what is behind it); None while it is not whole.

    Args:
        depth: arrays around it; hiredis knows nine (read.c processAggregateItem).

    Raises:
        ParseError: it is no redis that answers.
    """
    if data and data[:1] not in KINDS:
        raise ParseError("RESP", f'Protocol error, got "{data[:1].decode("latin-1")}" as reply type byte')
    line, newline, rest = data.partition(b"\r\n")
    if not newline:
        return None
    kind, text = line[:1], to_text(line[1:])
    if kind == b"+":
        return text, rest
    if kind == b"-":
        return (f"(error) {text}" if for_a_person else text + "\n"), rest
    if not NUMBER.fullmatch(text):
        raise ParseError("RESP", "Bad integer value" if kind == b":" else "Bad bulk string length")
    if kind == b":":
        return (f"(integer) {text}" if for_a_person else text), rest
    size = int(text)
    if size < 0:
        return ("(nil)" if for_a_person else ""), rest
    return _bulk(rest, size, for_a_person) if kind == b"$" else _array(rest, size, for_a_person, depth)


def _bulk(rest: bytes, size: int, for_a_person: bool) -> tuple[str, bytes] | None:
    if len(rest) < size + 2:
        return None
    value = to_text(rest[:size])
    return (f'"{value}"' if for_a_person else value), rest[size + 2:]


def _array(rest: bytes, size: int, for_a_person: bool, depth: int) -> tuple[str, bytes] | None:
    if depth == MOST_DEPTH:
        raise ParseError("RESP", f"No support for nested multi bulk replies with depth > {MOST_DEPTH}")
    items = list[str]()
    for _item in range(size):
        found = read_reply(rest, for_a_person, depth + 1)
        if found is None:
            return None
        item, rest = found
        items.append(item)
    if not items:
        return ("(empty array)" if for_a_person else ""), rest
    return "\n".join(f"{at}) {item}" if for_a_person else item for at, item in enumerate(items, 1)), rest


def program(context: Context) -> Program:
    """redis-cli(1) (program.Maker)."""
    words, host, port, is_raw = context.arguments, HOST, PORT, False
    while words and words[0].startswith("-"):
        option, *words = words
        if option == "--raw":
            is_raw = True
        elif option in ("-h", "-p") and words:
            value, *words = words
            host, port = (value, port) if option == "-h" else (host, value)
        elif option in OTHERS.split():
            raise UsageError(f"netsandbox: redis-cli {option} is not modelled; -h, -p and --raw are", 1)
        else:
            raise UsageError(f"Unrecognized option or bad number of args for: '{option}'", 1)
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise UsageError("Invalid server port.", 1)
    if not words and (context.stdin.is_terminal or context.stdin.is_at_end):
        raise UsageError(NO_PROMPT, 1)
    return RedisCli(context, host, int(port), words, is_raw)
