"""How things are called in a sentence: addresses, interfaces, frames, packets, lists."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from netsandbox.explain.catalogue import PHRASES
from netsandbox.explain.joining import fill
from netsandbox.explain.words import LANGUAGES
from netsandbox.linux.place import BRIDGE, Place
from netsandbox.wire.addresses import (
    BROADCAST_MAC,
    LIMITED_BROADCAST,
    MAC_GROUP_BIT,
    format_ipv4,
    format_mac,
    ipv4_or_none,
)
from netsandbox.wire.arp import REPLY, REQUEST, ArpPacket
from netsandbox.wire.ethernet import Frame, Malformed
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.names import ETHERTYPES, TCP_FLAGS
from netsandbox.wire.stp import GROUP_ADDRESS as SPANNING_TREE
from netsandbox.wire.tcp import TcpSegment
from netsandbox.wire.udp import UdpDatagram
from netsandbox.wire.vlan import VlanTag

Names = Callable[[int, int | None], str]
"""The name that a person gave to a MAC or IPv4 address; the address itself or nothing where there is none."""

FIRST_TYPE = 0x600
"""A smaller number in a frame's head is its length, and an LLC header is behind it (IEEE 802.3, 3.2.6)."""
MOST_NAMED = 6  # Items of a list that are named; the rest are counted
LONGEST = 200  # Characters of a text that somebody typed
NOW = 1 << 62  # A sequence number after any record's
NO_NAMES = {"", "everyone", "group"}  # What a namer says of an address that is nobody's own


def safe(text: str) -> str:
    """A text without characters that would act on a terminal, and not longer than anyone reads."""
    if len(text) > LONGEST:
        text = text[:LONGEST - 1] + "…"
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _visible(c) for c in text)


def _visible(character: str) -> str:
    if ord(character) < 0x20:
        return chr(0x2400 + ord(character))
    return " " if unicodedata.category(character) == "Zs" else "\ufffd"


class Voice:
    """One language, with the names that are known (ValueError: for a language that has no words here)."""

    def __init__(self, language: str, names: Names | None = None, at: int | None = None) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no language {language!r}: expected one of {', '.join(LANGUAGES)}")
        self.language = language
        self._names = names
        self._at = at
        self._bridge: Callable[[int, int], tuple[str, str]] | None = getattr(names, "of_bridge", None)

    def at(self, seq: int) -> Voice:
        """The same for a record, with the names of then."""
        return Voice(self.language, self._names, seq)

    def say(self, key: str, **fields: str) -> str:
        """A phrase of the catalogue."""
        return fill(PHRASES[self.language][key], fields)

    def has(self, key: str) -> bool:
        return key in PHRASES[self.language]

    def say_or(self, key: str, other: str, **fields: str) -> str:
        """A phrase, or another one where the first has no words."""
        return self.say(key if self.has(key) else other, **fields)

    def state(self, name: str) -> str:
        """A bridge port's state."""
        return self.say(f"state.{name}") if self.has(f"state.{name}") else safe(name)

    def capital(self, sentence: str) -> str:
        """A sentence that may begin with an article, which Chinese has none of: there "a" is a node."""
        has_article = self.language == "en" and sentence.startswith(("the ", "a ", "an "))
        return sentence[:1].upper() + sentence[1:] if has_article else sentence

    # -- addresses

    def _named(self, number: int, address: str) -> str:
        name = safe(self._names(number, self._at)) if self._names is not None else ""
        return address if name in NO_NAMES or name == address else self.say("named", address=address, name=name)

    def ip(self, address: Any) -> str:
        """`172.17.0.3 (nginx-2)`; some operands hold an address as text."""
        number = ipv4_or_none(address) if isinstance(address, str) else address
        if number is None:
            return safe(address)
        text = format_ipv4(number)
        return text if number in (0, LIMITED_BROADCAST) else self._named(number, text)

    def host(self, address: int) -> str:
        """The name alone, where there is one: who sent a packet matters more than from which address."""
        name = safe(self._names(address, self._at)) if self._names is not None and address else ""
        return format_ipv4(address) if name in NO_NAMES else name

    def mac(self, address: int) -> str:
        """`0a:5e:… (nginx-2)`, `ff:ff:ff:ff:ff:ff (everyone)`."""
        text = format_mac(address)
        if address == BROADCAST_MAC:
            return self.say("named", address=text, name=self.say("everyone"))
        return text if address & MAC_GROUP_BIT or not address else self._named(address, text)

    def station(self, address: int) -> str:
        """The name alone, where a MAC has one."""
        name = safe(self._names(address, self._at)) if self._names is not None and address else ""
        return format_mac(address) if name in NO_NAMES else name

    def label(self, place: Place) -> str:
        """`nginx-1:eth0`; the bridge that is all of a switch bears the switch's name, as it does everywhere, and one
        that Docker named has its network's beside it: `host:br-358d65ef3b14 (app)`."""
        title = ""
        if place.kind == BRIDGE and self._bridge is not None:
            _name, title = self._bridge(place.id, NOW if self._at is None else self._at)
        if title == place.namespace:
            return safe(title)
        return self.say("named", address=label(place), name=safe(title)) if title else label(place)

    # -- lists

    def enumerate(self, items: Iterable[str]) -> str:
        """`a, b, c and 12 more`."""
        texts = list(items)
        shown = self.say("list").join(texts[:MOST_NAMED])
        hidden = len(texts) - MOST_NAMED
        return shown if hidden <= 0 else self.say("more", items=shown, count=str(hidden))

    def ports(self, ports: Iterable[Place], bridge: Place) -> str:
        return self.enumerate(port_name(port, bridge) for port in ports) or self.say("ports.none")

    # -- frames and packets

    def frame(self, frame: Frame) -> str:
        """`the ARP request of nginx-1 for 172.17.0.3`: what is behind the tags of VLANs."""
        while isinstance(frame.payload, VlanTag):
            frame = frame.untagged()
        payload = frame.payload
        if isinstance(payload, ArpPacket):
            return self.say(f"frame.{arp_kind(frame)}", spa=format_ipv4(payload.spa), tpa=format_ipv4(payload.tpa),
                            sha=format_mac(payload.sha), asker=self.host(payload.spa), op=str(payload.op))
        if isinstance(payload, IPv4Packet):
            return self.packet(payload)
        key = "frame.malformed" if isinstance(payload, Malformed) else "frame.other"
        if key == "frame.other" and frame.ethertype < FIRST_TYPE:
            key = "frame.stp" if frame.dst == SPANNING_TREE else "frame.llc"
        return self.say(key, src=self.mac(frame.src), dst=self.mac(frame.dst), type=ethertype(frame.ethertype))

    def packet(self, packet: IPv4Packet) -> str:
        """`the ICMP echo request 1 from nginx-1 to nginx-2`."""
        ends = {"src": self.host(packet.src), "dst": self.host(packet.dst)}
        inside = packet.payload
        if isinstance(inside, IcmpMessage):
            return self._icmp(inside, ends)
        if isinstance(inside, UdpDatagram):
            return self.say("packet.udp", sport=str(inside.sport), dport=str(inside.dport), **ends)
        if isinstance(inside, TcpSegment):
            return self.say("packet.tcp", sport=str(inside.sport), dport=str(inside.dport), flags=flags(inside), **ends)
        if packet.is_fragment:
            return self.say("packet.fragment", offset=str(packet.offset), **ends)
        return self.say("packet.other", protocol=str(packet.protocol), **ends)

    def _icmp(self, message: IcmpMessage, ends: dict[str, str]) -> str:
        if message.type in (ECHO_REQUEST, ECHO_REPLY):
            kind = "request" if message.type == ECHO_REQUEST else "reply"
            return self.say(f"packet.echo-{kind}", seq=str(message.seq), **ends)
        if message.is_error:
            return self.say("packet.icmp-error", name=self.icmp(message.type, message.code), **ends)
        return self.say("packet.icmp", type=str(message.type), **ends)

    def icmp(self, kind: int, code: int) -> str:
        """What an ICMP error means, in a few words."""
        return self.say_or(f"icmp.{kind}.{code}", "icmp", type=str(kind), code=str(code))


def arp_kind(frame: Frame) -> str:
    """What an ARP packet is for: arp-request, arp-check, arp-announcement, arp-detection, arp-reply or arp-other."""
    arp = frame.payload
    assert isinstance(arp, ArpPacket)
    if arp.op == REPLY:
        return "arp-reply"
    if arp.op != REQUEST:
        return "arp-other"
    if arp.spa == 0:
        return "arp-detection"
    if arp.spa == arp.tpa:
        return "arp-announcement"
    return "arp-request" if frame.dst & MAC_GROUP_BIT else "arp-check"


def label(place: Place) -> str:
    """`nginx-1:eth0`."""
    return safe(place.label)


def port_name(port: Place, bridge: Place) -> str:
    """A port's name alone, for a sentence that names the bridge; its label where it is somebody else's."""
    return safe(port.name) if port.namespace == bridge.namespace else label(port)


def ethertype(number: int) -> str:
    return ETHERTYPES.get(number, f"0x{number:04x}")


def flags(segment: TcpSegment) -> str:
    return " ".join(name for bit, name in enumerate(TCP_FLAGS) if segment.flags >> bit & 1)
