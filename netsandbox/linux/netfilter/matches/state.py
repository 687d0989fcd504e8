"""Matches about what is known beside the packet: conntrack, state, mark, connmark, comment."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.connection import (
    ASSURED,
    CONFIRMED,
    DST_NAT,
    ESTABLISHED,
    ESTABLISHED_REPLY,
    NAT_MASK,
    NEW,
    ORIGINAL,
    RELATED,
    RELATED_REPLY,
    REPLY,
    SEEN_REPLY,
    SRC_NAT,
    Connection,
    direction_of,
)
from netsandbox.linux.netfilter.extension import (
    MarkValue,
    Match,
    Option,
    Span,
    UsageError,
    as_number,
    bounded_span,
    quoted,
    read_mark,
    read_named_ports,
    write_mark,
    write_span,
)
from netsandbox.linux.netfilter.head import Fields, Mask
from netsandbox.linux.netfilter.masks import format_mask, read_host_mask
from netsandbox.linux.netfilter.protocols import PROTOCOLS
from netsandbox.wire.addresses import format_ipv4

STATES = ("INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT")
STATUSES = {"NONE": 0, "EXPECTED": 1, "SEEN_REPLY": SEEN_REPLY, "ASSURED": ASSURED, "CONFIRMED": CONFIRMED}
LONGEST_COMMENT = 256


class Names(NamedTuple):
    """Some words of a list, in the list's order."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ",".join(self.names)


WORDS = {NEW: "NEW", ESTABLISHED: "ESTABLISHED", ESTABLISHED_REPLY: "ESTABLISHED", RELATED: "RELATED",
         RELATED_REPLY: "RELATED"}
TRANSLATED: dict[int, tuple[str, ...]] = {0: (), SRC_NAT: ("SNAT",), DST_NAT: ("DNAT",), NAT_MASK: ("SNAT", "DNAT")}
TOLD_STATES = {(info, status): (word, *more) for info, word in WORDS.items() for status, more in TRANSLATED.items()}
"""By what a packet is to its connection, and the connection's translations."""


def states_of(buffer: SocketBuffer) -> tuple[str, ...]:
    """The states that a packet is in, as -m conntrack --ctstate names them."""
    connection = buffer.connection
    if connection is None:
        return ("UNTRACKED",) if buffer.is_untracked else ("INVALID",)
    return TOLD_STATES[buffer.info, connection.status & NAT_MASK]


def direction_seen(buffer: SocketBuffer) -> int | None:
    """The direction of a packet in its connection; None where it has none."""
    return None if buffer.connection is None else direction_of(buffer.info)


def mark_of(buffer: SocketBuffer) -> int:
    return buffer.mark


def connection_mark_of(buffer: SocketBuffer) -> int | None:
    return None if buffer.connection is None else buffer.connection.mark


FIELDS = {"--ctstate": states_of, "--ctdir": direction_seen}
"""What these options of -m conntrack look at; the others at more."""


def _read_names(option: str, known: tuple[str, ...], text: str) -> Names:
    given = [word.upper() for word in text.split(",")]
    for word, upper in zip(text.split(","), given, strict=True):
        if upper not in known:
            raise UsageError(f'Bad {option} "{word}"')
    return Names(tuple(name for name in known if name in given))


def read_ctstate(text: str) -> Names:
    return _read_names("ctstate", STATES, text)


def read_state(text: str) -> Names:
    return _read_names("state", STATES[:5], text)


def read_ctstatus(text: str) -> Names:
    """NONE beside others is nothing, and is not listed."""
    names = _read_names("ctstatus", tuple(STATUSES), text)
    return Names(tuple(name for name in names.names if STATUSES[name]) or names.names)


def read_protocol(text: str) -> int:
    number = as_number(text) if text.isdecimal() else PROTOCOLS.get(text.lower())
    if number is None or number > 255:
        raise UsageError(f'unknown protocol "{text}" specified')
    return number


def read_direction(text: str) -> str:
    if text.upper() not in ("ORIGINAL", "REPLY"):
        raise UsageError(f'conntrack: Bad value for "--ctdir" option: "{text}"')
    return text.upper()


class Conntrack(Match):
    """-m conntrack (xt_conntrack.c)."""

    name = "conntrack"
    needs_tracking = True
    needs_one = "conntrack: At least one option is required"
    options = (
        Option("--ctstate", read_ctstate), Option("--ctproto", read_protocol),
        Option("--ctorigsrc", read_host_mask, format_mask), Option("--ctorigdst", read_host_mask, format_mask),
        Option("--ctreplsrc", read_host_mask, format_mask), Option("--ctrepldst", read_host_mask, format_mask),
        *(Option(flag, read_named_ports, write_span)
          for flag in ("--ctorigsrcport", "--ctorigdstport", "--ctreplsrcport", "--ctrepldstport")),
        Option("--ctstatus", read_ctstatus), Option("--ctexpire", bounded_span(0xFFFFFFFF), write_span),
        Option("--ctdir", read_direction, can_negate=False))

    @property
    def looks_at(self) -> Fields:
        known = tuple(FIELDS[flag] for flag in self.given if flag in FIELDS)
        return known if len(known) == len(self.given) else None

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        state = self.given.get("--ctstate")
        if state is not None and (not set(states_of(buffer)).isdisjoint(state.value.names)) is state.negated:
            return False
        connection = buffer.connection
        if connection is None:
            return state is not None
        return all(self._one_holds(namespace, buffer, connection, flag, given.value) is not given.negated
                   for flag, given in self.given.items() if flag != "--ctstate")

    @staticmethod
    def _one_holds(namespace: NetworkNamespace, buffer: SocketBuffer, connection: Connection, flag: str,
                   wanted: object) -> bool:
        if flag == "--ctdir":
            return (direction_of(buffer.info) == ORIGINAL) is (wanted == "ORIGINAL")
        if flag == "--ctproto":
            return connection.original.protocol == wanted
        if flag == "--ctstatus":
            assert isinstance(wanted, Names)
            bits = sum(STATUSES[name] for name in wanted.names)
            return bool(connection.status & bits)
        if flag == "--ctexpire":
            assert isinstance(wanted, Span)
            left = max(0, connection.expires - namespace.scheduler.now) // 1_000_000_000
            return wanted.low <= (left if connection.status & CONFIRMED else 0) <= wanted.high
        return _of_tuple(connection, flag, wanted)

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        words = [",".join(states_of(buffer))] if "--ctstate" in self.given else []
        connection = buffer.connection
        for flag in self.given if connection is not None else ():
            if flag == "--ctdir":
                words.append("REPLY" if direction_of(buffer.info) else "ORIGINAL")
            elif flag[:6] in ("--ctor", "--ctre"):
                words.append(f"{flag[2:]} {_tuple_field(connection, flag)}")
        return " ".join(words)

    def listed(self, _numeric: bool) -> str:
        words = []
        for option in self.options:
            given = self.given.get(option.flag)
            if given is not None:
                words.append(f"{' !' * given.negated} {option.flag[2:]} {option.write(given.value)}")
        return "".join(words)


def _field_of(connection: Connection, flag: str) -> int:
    flow = connection.tuple(ORIGINAL if flag.startswith("--ctorig") else REPLY)
    rest = flag.removeprefix("--ctorig").removeprefix("--ctrepl")
    return {"src": flow.src, "dst": flow.dst, "srcport": flow.sport, "dstport": flow.dport}[rest]


def _tuple_field(connection: Connection | None, flag: str) -> str:
    if connection is None:
        return ""
    value = _field_of(connection, flag)
    return str(value) if flag.endswith("port") else format_ipv4(value)


def _of_tuple(connection: Connection, flag: str, wanted: object) -> bool:
    value = _field_of(connection, flag)
    if isinstance(wanted, Mask):
        return (value ^ wanted.address) & wanted.mask == 0
    assert isinstance(wanted, Span)
    return wanted.low <= value <= wanted.high


class State(Match):
    """-m state: what -m conntrack --ctstate grew out of."""

    name = "state"
    needs_tracking = True
    options = (Option("--state", read_state, needed=True),)
    looks_at = (states_of,)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        given = self.given["--state"]
        return (states_of(buffer)[0] in given.value.names) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return states_of(buffer)[0]

    def listed(self, _numeric: bool) -> str:
        given = self.given["--state"]
        return f" {'! ' * given.negated}state {given.value}"


class Mark(Match):
    """The mark that a rule put on the packet (xt_mark.c)."""

    name = "mark"
    options = (Option("--mark", read_mark, write_mark, needed=True),)
    looks_at = (mark_of,)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        wanted, negated = self.given["--mark"].value, self.given["--mark"].negated
        return (buffer.mark & wanted.mask == wanted.value) is not negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return f"mark {buffer.mark:#x}"

    def listed(self, _numeric: bool) -> str:
        given = self.given["--mark"]
        return f" mark match{' !' * given.negated} {write_mark(given.value)}"


class ConnectionMark(Match):
    """The mark that a rule put on the connection (xt_connmark.c)."""

    name = "connmark"
    needs_tracking = True
    options = (Option("--mark", read_mark, write_mark, needed=True),)
    looks_at = (connection_mark_of,)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        wanted: MarkValue = self.given["--mark"].value
        if buffer.connection is None:
            return False
        return (buffer.connection.mark & wanted.mask == wanted.value) is not self.given["--mark"].negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return "" if buffer.connection is None else f"connmark {buffer.connection.mark:#x}"

    def listed(self, _numeric: bool) -> str:
        given = self.given["--mark"]
        return f" connmark match {'!' * given.negated} {write_mark(given.value)}"


def read_comment(text: str) -> str:
    """The nf_tables iptables cuts off what is longer than the kernel keeps."""
    return text.encode("utf-8", "surrogateescape")[:LONGEST_COMMENT - 1].decode("utf-8", "surrogateescape")


class Comment(Match):
    """A note; every packet fulfils it."""

    name = "comment"
    options = (Option("--comment", read_comment, quoted, can_negate=False, needed=True),)
    looks_at = ()

    def holds(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> bool:
        return True

    def listed(self, _numeric: bool) -> str:
        return f" /* {self.given['--comment'].value} */"


MATCHES: tuple[type[Match], ...] = (Conntrack, State, Mark, ConnectionMark, Comment)
