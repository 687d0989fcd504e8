"""pcap-filter(7): the expressions of tcpdump, as far as Ethernet, ARP, IPv4, ICMP, UDP and TCP need them.

    expression := term { and | or term }         both bind equally, from the left; && and || too
    term       := not term | ( expression ) | primitive
    primitive  := [protocol] [direction] [type] [not] value
                | protocol [proto NUMBER | broadcast | multicast] | less N | greater N | inbound | outbound
                | value relation value           ip[8] < 5, icmp[icmptype] == icmp-echo

A value behind `and`, `or` or `not` repeats the qualifiers before it: `host a
or b`.  What is refused is refused in libpcap's words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from netsandbox.apps.tcpdump import pcap_tests, pcap_values
from netsandbox.apps.tcpdump.pcap_error import FilterError
from netsandbox.apps.tcpdump.pcap_tests import OutOfFrame, Packet, Test, chain, either, negated
from netsandbox.apps.tcpdump.pcap_words import Qualifiers, Tokens
from netsandbox.wire.ethernet import HEADER
from netsandbox.wire.services import PROTOCOLS
from netsandbox.wire.vlan import ID_BITS

COOKED_HEADER = 20  # LINKTYPE_LINUX_SLL2: what `-i any` shows in place of the Ethernet header
MAX_DEPTH = 50  # Parentheses inside each other
_PROTOCOLS = frozenset({*pcap_tests.ETHERTYPES, *pcap_tests.PROTOCOLS, "ether", "icmp6"})
_COOKED_ETHER = "ethernet addresses supported only on ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel"
_COOKED_MULTICAST = ("link-layer multicast filters supported only on ethernet/FDDI/token ring/ARCNET/802.11/ATM LANE/"
                     "Fibre Channel")


class Filter:
    """A compiled expression; an empty one matches everything.

    Args:
        names: addresses by host name.
        mask: netmask of the interface, for `ip broadcast`.
        is_cooked: for `-i any`, where there is no Ethernet header to look at.
        is_file: of a capture that was written; there Ethernet frames say no direction.

    Raises:
        FilterError: the expression is wrong, in libpcap's words.
    """

    def __init__(self, text: str, names: Mapping[str, Sequence[int]] | None = None, mask: int = 0,
                 is_cooked: bool = False, is_file: bool = False) -> None:
        self.text = text
        self._extra = COOKED_HEADER - HEADER if is_cooked else 0
        parser = _Parser(Tokens(text), names or {}, mask, is_cooked, is_file)
        self._test: Test | None = parser.everything()

    def matches(self, data: bytes, is_out: bool = False) -> bool:
        """Whether a frame is one of those asked for (data: from the Ethernet header on)."""
        if self._test is None:
            return True
        try:
            return self._test(Packet(data, len(data) + self._extra, is_out))
        except OutOfFrame:
            return False


class _Parser:
    """Recursive descent over the words of one expression."""

    def __init__(self, tokens: Tokens, names: Mapping[str, Sequence[int]], mask: int, is_cooked: bool,
                 is_file: bool) -> None:
        self.tokens = tokens
        self.names = names
        self.mask = mask
        self.is_cooked = is_cooked
        self.is_file = is_file
        self.depth = 0
        self.tags = 0  # How often `vlan` was said: the rest of the expression looks behind so many tags
        self.before: Qualifiers | None = None  # The qualifiers of the last primitive, if it had a value

    def everything(self) -> Test | None:
        if not self.tokens.words:
            return None
        test = self.expression(None)
        if self.tokens.peek():
            raise FilterError.syntax(self.tokens.peek())
        return test

    def expression(self, shared: Qualifiers | None) -> Test:
        """Terms in a row (shared: inside `host ( … )`: the qualifiers that all have)."""
        first, rest = self.term(shared), []
        while (word := self.tokens.take_if("and", "or")) is not None:
            repeats = self.tokens.is_operand_next()
            if repeats and shared is None and self.before is None:
                raise FilterError("syntax error in filter expression", self.tokens.peek())
            rest.append((word, self.term(shared or (self.before if repeats else None))))
        return chain(first, rest)

    def is_negated(self) -> bool:
        odd = False
        while self.tokens.take_if("not") is not None:
            odd = not odd
        return odd

    def term(self, shared: Qualifiers | None) -> Test:
        odd = self.is_negated()
        if self.tokens.peek() == "(" and not pcap_values.begins_value(self.tokens):
            test = self.group(shared)
        else:
            tags = self.tags
            test = pcap_tests.behind_tags(self.primitive() if shared is None else self.value(shared), tags)
        return negated(test) if odd else test

    def group(self, shared: Qualifiers | None) -> Test:
        """What stands in parentheses."""
        self.tokens.take("(")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FilterError("expression nested too deeply", "(")
        test = self.expression(shared)
        self.tokens.take(")")
        self.depth -= 1
        self.before = shared
        return test

    # -- primitives

    def primitive(self) -> Test:
        if pcap_values.begins_value(self.tokens):
            self.before = None
            return pcap_values.relation(self.tokens)
        alone = self.alone()
        if alone is not None:
            self.before = None
            return alone
        protocol = self.tokens.take_if(*_PROTOCOLS) or ""
        if protocol and (test := self.of_protocol(protocol)) is not None:
            self.before = None
            return test
        qualifiers = self.tokens.qualifiers(protocol)
        if not qualifiers.is_given:
            if protocol == "ether" and self.tokens.peek() in ("", ")", "and", "or"):
                raise FilterError("link layer applied in wrong context", protocol)
            if protocol and protocol != "ether":
                self.before = None
                return pcap_tests.named(protocol)
            raise FilterError.syntax(self.tokens.next_word())
        odd = self.is_negated()
        test = self.group(qualifiers) if self.tokens.peek() == "(" else self.value(qualifiers)
        return negated(test) if odd else test

    def alone(self) -> Test | None:
        """A primitive without a protocol before it."""
        word = self.tokens.take_if("broadcast", "multicast", "less", "greater", "inbound", "outbound", "vlan", "stp")
        if word == "broadcast":
            return self.link_broadcast()
        if word == "multicast":
            return self.link_multicast()
        if word == "vlan":
            return self.vlan()
        if word == "stp":
            return pcap_tests.spanning_tree
        if word in ("inbound", "outbound"):
            if self.is_file and not self.is_cooked:
                raise FilterError("inbound/outbound not supported on Ethernet when reading savefiles", word)
            return lambda packet: packet.is_out == (word == "outbound")
        if word is not None:
            limit, is_less = self.tokens.number(), word == "less"
            return lambda packet: packet.length <= limit if is_less else packet.length >= limit
        return None

    def vlan(self) -> Test:
        """`vlan`, `vlan 5`: what stands behind it in the expression looks behind the tag."""
        word = self.tokens.peek()
        vid = self.tokens.number() if word[:1].isdigit() else None
        if vid is not None and vid > ID_BITS:
            raise FilterError(f"VLAN tag {vid} greater than maximum {ID_BITS}", word)
        if self.is_cooked:
            raise FilterError("no VLAN support for Linux cooked v2", "vlan")
        self.tags += 1
        return pcap_tests.tagged(vid)

    def of_protocol(self, protocol: str) -> Test | None:
        """`ip broadcast`, `ether multicast`."""
        word = self.tokens.take_if("broadcast", "multicast")
        if word is None:
            return None
        if protocol == "ether":
            return self.link_broadcast() if word == "broadcast" else self.link_multicast()
        if protocol == "ip":
            return pcap_tests.ip_broadcast(self.mask) if word == "broadcast" else pcap_tests.ip_multicast
        what = "broadcast" if word == "broadcast" else "multicast"
        raise FilterError(f"only link-layer/IP {what} filters supported", protocol)

    def link_broadcast(self) -> Test:
        if self.is_cooked:
            raise FilterError("not a broadcast link", "broadcast")
        return pcap_tests.link_broadcast

    def link_multicast(self) -> Test:
        if self.is_cooked:
            raise FilterError(_COOKED_MULTICAST, "multicast")
        return pcap_tests.link_multicast

    # -- values

    def value(self, qualifiers: Qualifiers) -> Test:
        """What stands behind the qualifiers, or repeats them."""
        self.before = qualifiers
        match qualifiers.type:
            case "port" | "portrange":
                return self.port(qualifiers)
            case "proto":
                return self.proto(qualifiers)
        if qualifiers.protocol == "ether":
            return self.station(qualifiers)
        pairs = [self.tokens.network()] if qualifiers.type == "net" else self.tokens.hosts(self.names)
        if qualifiers.protocol not in ("", "ip", "arp", "rarp"):
            raise FilterError(f"'{qualifiers.protocol}' modifier applied to {qualifiers.type or 'host'}",
                              qualifiers.protocol)
        return either(*(pcap_tests.network(qualifiers.protocol, qualifiers.direction, address & mask, mask)
                        for address, mask in pairs))

    def station(self, qualifiers: Qualifiers) -> Test:
        mac = self.tokens.mac()
        if qualifiers.type == "net":
            raise FilterError("illegal link layer address", "net")
        if self.is_cooked:
            raise FilterError(_COOKED_ETHER, "ether")
        return pcap_tests.station(qualifiers.direction, mac)

    def port(self, qualifiers: Qualifiers) -> Test:
        low, high = self.tokens.ports(qualifiers)
        if qualifiers.protocol not in ("", "tcp", "udp", "sctp"):
            raise FilterError(f"illegal qualifier of '{qualifiers.type}'", qualifiers.protocol)
        return pcap_tests.ports(qualifiers.protocol, qualifiers.direction, low, high)

    def proto(self, qualifiers: Qualifiers) -> Test:
        """`ip proto 1`, `ether proto \\arp`; without a protocol, IPv4's and IPv6's."""
        family = qualifiers.protocol
        if family in pcap_tests.PROTOCOLS:
            raise FilterError(f"'{family} proto' is bogus", family)
        if family not in ("", "ip", "ether"):
            raise FilterError(f"{family} does not encapsulate another protocol", family)
        if qualifiers.direction:
            raise FilterError("syntax error in filter expression", "proto")
        word = self.tokens.next_word()
        if "." in word:
            raise FilterError("'proto' modifier applied to IP address", word)
        name = "" if word[:1].isdigit() else word.removeprefix("\\")
        known = pcap_tests.ETHERTYPES if family == "ether" else {
            **{name: number for number, name in PROTOCOLS.items()}, "icmp6": pcap_tests.IPV6_ICMP}
        if name and name not in known:
            raise FilterError(f"unknown {'ether' if family == 'ether' else 'ip'} proto '{name[:60]}'", word)
        number = known[name] if name else _protocol_number(word)
        if family == "ether":
            return pcap_tests.ethertype(number)
        return pcap_tests.ip_protocol(number) if family == "ip" else pcap_tests.any_protocol(number)


def _protocol_number(word: str) -> int:
    if not re.fullmatch(r"0[xX][0-9a-fA-F]{1,8}|[0-9]{1,10}", word, re.ASCII):
        raise FilterError.syntax(word)
    return int(word, 16 if word[:2] in ("0x", "0X") else 10)
