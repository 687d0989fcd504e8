"""What nft asks of a packet's connection, and the mark that it writes there."""

from __future__ import annotations

from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.connection import ASSURED, CONFIRMED, DST_NAT, DYING, SEEN_REPLY, SRC_NAT
from netsandbox.linux.netfilter.extension import WORD
from netsandbox.linux.netfilter.matches.flow import MOST
from netsandbox.linux.netfilter.matches.state import connection_mark_of, states_of
from netsandbox.linux.netfilter.nft import elements
from netsandbox.linux.netfilter.nft.elements import Arrange
from netsandbox.linux.netfilter.nft.headers import check_ports
from netsandbox.linux.netfilter.nft.meta import set_mark
from netsandbox.linux.netfilter.nft.numbers import Duration, Field, ask, ask_bits
from netsandbox.linux.netfilter.nft.reader import (
    Reader,
    address,
    check_addresses,
    is_of_ipv4,
    port,
    protocol_name,
    protocols,
)
from netsandbox.linux.netfilter.nft.tokens import token

STATES = {"invalid": 1, "established": 2, "related": 4, "new": 8, "untracked": 64}
"""The bits of what a packet is to its connection (NF_CT_STATE_BIT)."""
STATUSES = {"expected": 1, "seen-reply": SEEN_REPLY, "assured": ASSURED, "confirmed": CONFIRMED, "snat": SRC_NAT,
            "dnat": DST_NAT, "dying": DYING}
MILLISECOND = 1_000_000


def _left(namespace: NetworkNamespace, buffer: SocketBuffer) -> int | None:
    """How many milliseconds the connection has left; a new one has none yet (nf_ct_expires)."""
    connection = buffer.connection
    if connection is None:
        return None
    return max(0, connection.expires - namespace.scheduler.now) // MILLISECOND if connection.is_confirmed else 0


def _connection_mark_of(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int | None:
    return connection_mark_of(buffer)


def _zone(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int | None:
    return None if buffer.connection is None else buffer.connection.original.zone


def _state(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int:
    return STATES[states_of(buffer)[0].lower()]


def _status(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int | None:
    return None if buffer.connection is None else buffer.connection.status


CONNECTION_MARK = Field(_connection_mark_of, WORD, "#010x", wrong="Could not parse packet mark", is_tracked=True,
                        looks_at=(connection_mark_of,))
OF_CONNECTION = {"mark": CONNECTION_MARK,
                 "expiration": Duration(_left, WORD, wrong="wrong time format", is_tracked=True),
                 "zone": Field(_zone, 0xFFFF, is_tracked=True)}
STATE = Field(_state, 0xFF, "d", STATES, True, "Could not parse conntrack state", is_tracked=True,
              looks_at=(states_of,))
STATUS = Field(_status, WORD, "d", STATUSES, True, "Could not parse conntrack status", is_tracked=True)
COUNTERS = frozenset({"bytes", "packets", "avgpkt"})
ENDS = {"saddr": "src", "daddr": "dst", "proto-src": "srcport", "proto-dst": "dstport"}
DIRECTIONS = {"original": "orig", "reply": "repl"}
FLAGS = {"state": "--ctstate", "direction": "--ctdir", "protocol": "--ctproto"}
NO_LIST = frozenset({"!", "!=", "==", "&", "and"})  # What iptables has no words for, before the states of a connection
OTHER_KEYS = frozenset({"id", "l3proto", "label", "labels", "event", "timeout", "expectation", "saddr", "daddr",
                        "proto-src", "proto-dst", "secmark"})
"""What nft knows of a connection, and iptables does not."""


def ct(reader: Reader) -> None:
    at, field = reader.place, reader.take()
    if reader.words[:1] == ["set"]:
        if field != "mark":
            raise reader.not_modelled(f"ct {field} set")
        reader.take()
        set_mark(reader, "ct")
    elif field in DIRECTIONS:
        _of_direction(reader, field)
    elif field in OF_CONNECTION:
        ask(reader, f"ct {field}", OF_CONNECTION[field])
    elif field in COUNTERS:
        _carried(reader, field, "")
    elif field == "count":
        _count(reader)
    elif field == "helper":
        negated, value = reader.asked("ct helper", lambda name: f'"{name}"', elements.texts)
        reader.one_of(negated, [["-m", "helper", "--helper", one] for one in value.split(",")])
    elif field == "status" or (field == "state" and reader.words[:1] and reader.words[0] in NO_LIST):
        ask_bits(reader, f"ct {field}", STATUS if field == "status" else STATE)
    elif field in FLAGS:
        _of_state(reader, field)
    elif field in OTHER_KEYS:
        raise reader.not_modelled(f"ct {field}")
    else:
        raise reader.line.complaint(f"syntax error, unexpected {token(field)[0]}", at)


def _of_state(reader: Reader, field: str) -> None:
    at = reader.place
    arrange: Arrange = {"state": _states, "protocol": protocols}.get(field, list)
    negated, value = reader.asked(f"ct {field}", protocol_name if field == "protocol" else str, arrange)
    if field == "state" and not set(value.split(",")) <= STATES.keys():
        raise reader.line.complaint("Could not parse conntrack state", at + bool(negated))
    reader.out += ["-m", "conntrack", *negated, FLAGS[field], value.upper()]


def _of_direction(reader: Reader, direction: str) -> None:
    """`ct original ip daddr`, `ct reply proto-src`, `ct original bytes`."""
    start, at, key = reader.place - 2, reader.place, reader.take()
    if key in COUNTERS:
        _carried(reader, key, f"{direction} ")
        return
    if key == "protocol":
        _of_state(reader, key)
        return
    names_family = key == "ip"
    key = reader.take() if names_family else key
    if key in OTHER_KEYS - {*ENDS} or key == "zone":
        raise reader.not_modelled(f"ct {direction} {key}")
    if key not in ENDS:
        raise reader.line.complaint(f"syntax error, unexpected {token(key)[0]}", at + names_family)
    if key.startswith("proto"):
        _ask_port(reader, direction, key)
        return
    if reader.is_inet and not names_family and not is_of_ipv4(reader):
        reader.value()
        raise reader.line.complaint(f'cannot determine ip protocol version, use "ip {key}" or "ip6 {key}" instead',
                                    start, until=start + 2)
    _ask_address(reader, direction, key)


def _ask_port(reader: Reader, direction: str, key: str) -> None:
    at = reader.place
    negated, value = reader.asked(f"ct {direction} {key}", port, elements.numbers)
    check_ports(reader, value, at + bool(negated))
    ports = [port(one).replace("-", ":") for one in value.split(",")]
    reader.one_of(negated, [["-m", "conntrack", f"--ct{DIRECTIONS[direction]}{ENDS[key]}", one] for one in ports])


def _ask_address(reader: Reader, direction: str, key: str) -> None:
    at = reader.place
    negated, value = reader.asked(f"ct {direction} ip {key}", address, elements.addresses)
    check_addresses(reader, value, at + bool(negated))
    if "-" in value:
        raise reader.not_modelled(f"a range of ct {direction} {key}")
    flag = f"--ct{DIRECTIONS[direction]}{ENDS[key]}"
    reader.one_of(negated, [["-m", "conntrack", flag, one] for one in value.split(",")])


def _carried(reader: Reader, what: str, direction: str) -> None:
    """Bytes and packets; both directions are counted where none is told."""
    name, negated = f"ct {direction}{what}", list[str]()
    at, span = reader.place, reader.compared(f"ct {direction}{what}", str, MOST)
    if span is None:
        negated, span = reader.asked(name)
    low, dash, high = span.partition("-")
    if not low.isdecimal() or not (high or low).isdecimal():
        raise reader.line.complaint("Could not parse integer", at + bool(negated))
    reader.out += ["-m", "connbytes", *negated, "--connbytes", f"{low}:{high if dash else low}", "--connbytes-dir",
                   direction.strip() or "both", "--connbytes-mode", what]


def _count(reader: Reader) -> None:
    """How many connections the rule has had that are there."""
    is_over = reader.words[:1] == ["over"] and reader.take() == "over"
    at, word = reader.place, reader.take("number or over")
    if not word.isdecimal():
        raise reader.line.complaint(f"syntax error, unexpected {token(word)[0]}, expecting number or over", at)
    reader.said.append(f"ct count {'over ' * is_over}{word}")
    flag = "--connlimit-above" if is_over else "--connlimit-upto"
    reader.out += ["-m", "connlimit", flag, word, "--connlimit-mask", "0"]


def _states(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: STATES.get(name, max(STATES.values())))
