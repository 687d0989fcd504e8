"""What a rule asks about each packet before its matches: addresses, interfaces, protocol, fragments (struct ipt_ip)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.protocols import protocol_name
from netsandbox.wire.addresses import Network, format_ipv4

if TYPE_CHECKING:
    from netsandbox.linux.netfilter.megaflow import Field

Fields = tuple["Field", ...] | None
WHOLE = 0xFFFFFFFF
LOOPBACK = 127  # The first byte of what each container calls its own name server by
HEADS = 1024  # That are remembered: the rules of many containers have the same few


class Condition(Protocol):
    """Something that a packet must fulfil."""

    @property
    def text(self) -> str:
        """As iptables-save writes it."""

    @property
    def looks_at(self) -> Fields:
        """The fields of a packet that it depends on, and what it says it saw; None where it depends on more."""

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        """Whether the packet fulfils it."""

    def seen(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        """What the packet has there."""


class Mask(NamedTuple):
    """An address and a mask, which iptables lets be anything; `negated` is the `!` before the option."""

    negated: bool
    address: int
    mask: int

    @property
    def short(self) -> str:
        """`10.0.0.0/8`, or `10.0.0.1/255.0.255.0`."""
        length = self.mask.bit_count()
        if self.mask == Network(0, length).mask:
            return f"{format_ipv4(self.address)}/{length}"
        return f"{format_ipv4(self.address)}/{format_ipv4(self.mask)}"


class Word(NamedTuple):
    negated: bool
    value: str


@lru_cache(HEADS)
def word_of(negated: bool, value: str) -> Word:
    """One for all rules that say the same."""
    return Word(negated, value)


class Head(NamedTuple):
    """What a rule says of the IP header and the interfaces (struct ipt_ip)."""

    source: Mask | None = None
    destination: Mask | None = None
    entered: Word | None = None
    leaves: Word | None = None
    protocol: Word | None = None
    fragment: Word | None = None

    def conditions(self) -> list[Condition]:
        found: list[Condition] = []
        if self.source is not None:
            found.append(AddressIs("-s", self.source))
        if self.destination is not None:
            found.append(AddressIs("-d", self.destination))
        if self.entered is not None:
            found.append(interface_is("-i", self.entered))
        if self.leaves is not None:
            found.append(interface_is("-o", self.leaves))
        if self.protocol is not None:
            found.append(ProtocolIs(self.protocol))
        if self.fragment is not None:
            found.append(IsFragment(self.fragment.negated))
        return found


def source_of(buffer: SocketBuffer) -> int:
    return buffer.packet.src


def destination_of(buffer: SocketBuffer) -> int:
    return buffer.packet.dst


def way_in_of(buffer: SocketBuffer) -> str:
    return buffer.entered.name if buffer.entered is not None else ""


def way_out_of(buffer: SocketBuffer) -> str:
    return buffer.leaves.name if buffer.leaves is not None else ""


def protocol_of(buffer: SocketBuffer) -> int:
    return buffer.packet.protocol


def offset_of(buffer: SocketBuffer) -> int:
    return buffer.packet.offset


class AddressIs:
    """-s and -d."""

    __slots__ = ("flag", "given", "is_source")

    def __init__(self, flag: str, given: Mask) -> None:
        self.flag, self.given, self.is_source = flag, given, flag == "-s"

    @property
    def text(self) -> str:
        return f"{'! ' * self.given.negated}{self.flag} {self.given.short}"

    @property
    def looks_at(self) -> Fields:
        return (source_of,) if self.is_source else (destination_of,)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        negated, address, mask = self.given
        packet = buffer.packet
        return ((packet.src if self.is_source else packet.dst) & mask == address) is not negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return format_ipv4(buffer.packet.src if self.is_source else buffer.packet.dst)


def names_interface(pattern: str, interface: Interface | None) -> bool:
    """Whether a name, or a beginning with `+` behind it, is an interface's."""
    name = interface.name if interface is not None else ""
    return name == pattern or (pattern[-1:] == "+" and name.startswith(pattern[:-1]))


class InterfaceIs:
    """-i and -o."""

    __slots__ = ("flag", "given", "is_stem", "is_way_in")

    def __init__(self, flag: str, given: Word) -> None:
        self.flag, self.given = flag, given
        self.is_way_in, self.is_stem = flag == "-i", given.value.endswith("+")

    @property
    def text(self) -> str:
        return f"{'! ' * self.given.negated}{self.flag} {self.given.value}"

    @property
    def looks_at(self) -> Fields:
        return (way_in_of,) if self.is_way_in else (way_out_of,)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        negated, pattern = self.given
        interface = buffer.entered if self.is_way_in else buffer.leaves
        if interface is None or self.is_stem:
            return names_interface(pattern, interface) is not negated
        return (interface.name == pattern) is not negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        interface = buffer.entered if self.is_way_in else buffer.leaves
        return interface.name if interface is not None else ""


@lru_cache(HEADS)
def interface_is(flag: str, given: Word) -> InterfaceIs:
    """One for all rules that ask the same."""
    return InterfaceIs(flag, given)


class ProtocolIs:
    """-p."""

    __slots__ = ("given", "number")

    looks_at = (protocol_of,)

    def __init__(self, given: Word) -> None:
        self.given, self.number = given, int(given.value)

    @property
    def text(self) -> str:
        return f"{'! ' * self.given.negated}-p {protocol_name(self.number)}"

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return (buffer.packet.protocol == self.number) is not self.given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return protocol_name(buffer.packet.protocol)


class IsFragment:
    """-f: a fragment other than the first."""

    __slots__ = ("negated",)

    looks_at = (offset_of,)

    def __init__(self, negated: bool) -> None:
        self.negated = negated

    @property
    def text(self) -> str:
        return f"{'! ' * self.negated}-f"

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return bool(buffer.packet.offset) is not self.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return f"offset {buffer.packet.offset}"


@lru_cache(HEADS)
def _remembered(head: Head) -> Head:
    return head


def shared(head: Head) -> Head:
    """One head for all rules whose heads are equal; but for those to one container, which no other rule has."""
    to = head.destination
    return head if to is not None and to.mask == WHOLE and to.address >> 24 != LOOPBACK else _remembered(head)


@lru_cache(HEADS)
def asked_by(head: Head) -> tuple[tuple[Condition, str], ...]:
    """What a head asks, each with its text: it never changes."""
    return tuple((condition, condition.text) for condition in head.conditions())
