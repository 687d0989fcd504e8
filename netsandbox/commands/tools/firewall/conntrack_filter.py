"""Which entries a conntrack command is about: what each of its options looks at (conntrack-tools 1.4.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netsandbox.commands.tools.firewall.conntrack_output import identifier
from netsandbox.linux.netfilter.connection import DST_NAT_DONE, SCTP, SRC_NAT_DONE, Connection
from netsandbox.wire.ipv4 import TCP

ALL_BITS = -1
PORTS: dict[str, Callable[[Connection], int]] = {
    "sport": lambda it: it.original.sport, "dport": lambda it: it.original.dport,
    "reply-port-src": lambda it: it.reply.sport, "reply-port-dst": lambda it: it.reply.dport}
SAME = {"orig-port-src": "sport", "orig-port-dst": "dport"}
OF_ICMP: dict[str, Callable[[Connection], int]] = {
    "icmp-type": lambda it: it.original.dport >> 8, "icmp-code": lambda it: it.original.dport & 0xFF,
    "icmp-id": lambda it: it.original.sport}
ADDRESSES: dict[str, Callable[[Connection], int]] = {
    "s": lambda it: it.original.src, "d": lambda it: it.original.dst,
    "r": lambda it: it.reply.src, "q": lambda it: it.reply.dst}
LOOKED_AT: dict[str, Callable[[Connection], int]] = {
    **ADDRESSES, **PORTS, **OF_ICMP, "p": lambda it: it.original.protocol, "w": lambda it: it.original.zone,
    "(": lambda _it: 0, ")": lambda _it: 0,  # no entry has a zone of one direction
    "state": lambda it: it.state if it.original.protocol in (TCP, SCTP) else -1,
    "u": lambda it: it.status, "m": lambda it: it.mark, "i": identifier}
"""What an option looks at of an entry."""


class Filter(NamedTuple):
    """What an entry has to be."""

    test: str  # the option
    # value, mask: which bits count, and what they have to be: a value with others is no entry's (mark_cmp)
    value: int
    mask: int = ALL_BITS

    def covers(self, connection: Connection) -> bool:
        return LOOKED_AT[self.test](connection) & self.mask == self.value


class Translated(NamedTuple):
    """That NAT has given a connection another address or port; of ICMP, a type is compared with an identifier."""

    test: str  # the option's letter: of the source (n), of the destination (g), or of either (j)
    # address, port: what it has to have been given; 0 and -1 are any
    address: int
    port: int

    def covers(self, connection: Connection) -> bool:
        there, back = connection.original, connection.reply
        ends = {"n": (SRC_NAT_DONE, there.src, there.sport, back.dst, back.dport),
                "g": (DST_NAT_DONE, there.dst, there.dport, back.src, back.sport)}
        return any(connection.status & ends[letter][0] and self._is_new(*ends[letter][1:])
                   for letter in ("ng" if self.test == "j" else self.test))

    def _is_new(self, address: int, port: int, new_address: int, new_port: int) -> bool:
        if not self.address:
            return (address, port) != (new_address, new_port)
        return address != new_address == self.address and (self.port < 0 or port != new_port == self.port)
