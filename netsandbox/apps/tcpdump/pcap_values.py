"""Arithmetic in pcap filter expressions: `ip[8] < 5`, `tcp[tcpflags] & (tcp-syn|tcp-ack) != 0`, `len > 100`."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import NamedTuple

from netsandbox.apps.tcpdump import pcap_tests
from netsandbox.apps.tcpdump.pcap_error import FilterError
from netsandbox.apps.tcpdump.pcap_tests import OutOfFrame, Packet, Test, every
from netsandbox.apps.tcpdump.pcap_words import Tokens, parse_number
from netsandbox.wire.ethernet import HEADER

RELATIONS: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}
_LEVELS = (("|", "^"), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))  # Operators from the loosest to the tightest
_CONSTANTS = {
    "icmptype": 0, "icmpcode": 1, "icmp-echoreply": 0, "icmp-unreach": 3, "icmp-sourcequench": 4, "icmp-redirect": 5,
    "icmp-echo": 8, "icmp-routeradvert": 9, "icmp-routersolicit": 10, "icmp-timxceed": 11, "icmp-paramprob": 12,
    "icmp-tstamp": 13, "icmp-tstampreply": 14, "icmp-ireq": 15, "icmp-ireqreply": 16, "icmp-maskreq": 17,
    "icmp-maskreply": 18, "tcpflags": 13, "tcp-fin": 1, "tcp-syn": 2, "tcp-rst": 4, "tcp-push": 8, "tcp-ack": 16,
    "tcp-urg": 32, "tcp-ece": 64, "tcp-cwr": 128}
_LINK = ("ether", "link")
_READABLE = frozenset({*_LINK, "ip", "arp", "rarp", "tcp", "udp", "icmp", "igmp"})
MAX_DEPTH = 50


class Value(NamedTuple):
    """A number that depends on the packet."""

    of: Callable[[Packet], int]
    conditions: tuple[Test, ...] = ()  # what must hold for there to be one: the protocol that is read


def begins_value(tokens: Tokens) -> bool:
    """Whether a comparison comes next; one that begins with `(` goes on behind the `)` that belongs to it."""
    word, behind = tokens.peek(), tokens.peek(1)
    if word == "(":
        return _continues(tokens.peek(tokens.closing()))
    if word in _READABLE:
        return behind == "["
    return word in ("len", "length") or ((word[:1].isdigit() or word in _CONSTANTS) and _continues(behind))


def _continues(sign: str) -> bool:
    """Whether the sign makes what stands before it a value."""
    return sign != "" and (sign in RELATIONS or any(sign in level for level in _LEVELS))


def relation(tokens: Tokens) -> Test:
    """VALUE RELATION VALUE."""
    left = _value(tokens, 0, 0)
    sign = tokens.take_if(*RELATIONS)
    if sign is None:
        raise FilterError.syntax(tokens.peek())
    right = _value(tokens, 0, 0)
    compare = RELATIONS[sign]
    return every(*left.conditions, *right.conditions, lambda packet: compare(left.of(packet), right.of(packet)))


def _value(tokens: Tokens, level: int, depth: int) -> Value:
    """Operands joined by the operators of a level."""
    if level == len(_LEVELS):
        return _operand(tokens, depth)
    result = _value(tokens, level + 1, depth)
    while (sign := tokens.take_if(*_LEVELS[level])) is not None:
        result = _joined(result, sign, _value(tokens, level + 1, depth))
    return result


def _joined(left: Value, sign: str, right: Value) -> Value:
    def of(packet: Packet) -> int:
        return _calculate(left.of(packet), sign, right.of(packet))
    return Value(of, left.conditions + right.conditions)


def _calculate(left: int, sign: str, right: int) -> int:
    """32 bits, as libpcap's machine has them; a division by zero rejects the packet."""
    match sign:
        case "|":
            result = left | right
        case "^":
            result = left ^ right
        case "&":
            result = left & right
        case "<<":
            result = left << right if right < 32 else 0
        case ">>":
            result = left >> right if right < 32 else 0
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case _:
            if not right:
                raise OutOfFrame
            result = left // right if sign == "/" else left % right
    return result & 0xFFFFFFFF


def _operand(tokens: Tokens, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise FilterError("expression nested too deeply", tokens.peek())
    if tokens.take_if("("):
        inner = _value(tokens, 0, depth + 1)
        tokens.take(")")
        return inner
    if tokens.take_if("len", "length"):
        return Value(lambda packet: packet.length)
    protocol = tokens.take_if(*_READABLE)
    if protocol is not None:
        return _bytes_of(tokens, protocol, depth)
    word = tokens.next_word()
    number = _CONSTANTS[word] if word in _CONSTANTS else parse_number(word)
    return Value(lambda _packet: number)


def _bytes_of(tokens: Tokens, protocol: str, depth: int) -> Value:
    """`ip[6:2]`: so many bytes from there on in a protocol's header."""
    tokens.take("[")
    index = _value(tokens, 0, depth + 1)
    size = 1
    if tokens.take_if(":"):
        size = parse_number(tokens.next_word())
    tokens.take("]")
    if size not in (1, 2, 4):
        raise FilterError("data size must be 1, 2, or 4", str(size))
    conditions: tuple[Test, ...] = () if protocol in _LINK else (pcap_tests.named(protocol),)
    base: Callable[[Packet], int] = lambda _packet: 0 if protocol in _LINK else HEADER  # noqa: E731
    if protocol in pcap_tests.PROTOCOLS:
        conditions = (pcap_tests.ip_protocol(pcap_tests.PROTOCOLS[protocol]), pcap_tests.is_first_fragment)
        base = pcap_tests.ip_payload
    return Value(lambda packet: packet.number(base(packet) + index.of(packet), size), index.conditions + conditions)
