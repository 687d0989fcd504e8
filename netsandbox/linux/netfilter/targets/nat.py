"""Targets that translate addresses: DNAT, SNAT, MASQUERADE, REDIRECT, NETMAP."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.ipv4.routing import select_address
from netsandbox.linux.netfilter.extension import Action, Option, UsageError, as_number
from netsandbox.linux.netfilter.head import Head
from netsandbox.linux.netfilter.nat import Range, is_source_hook, settle
from netsandbox.linux.netfilter.rule import Answer, Decision
from netsandbox.wire.addresses import AddressError, Network, format_ipv4, parse_ipv4
from netsandbox.wire.services import port_number

NAT = frozenset({"nat"})
DESTINATION_HOOKS = frozenset({Hook.PREROUTING, Hook.OUTPUT})
LOOPBACK = 0x7F000001
WITH_PORTS = ("1", "6", "17", "33", "132")
NO_PORTS = "Need TCP, UDP, SCTP or DCCP with port specification"


class Ports(NamedTuple):
    """`80`, `80-90`, `80-90/8080`."""

    low: int
    high: int
    base: int | None = None

    def __str__(self) -> str:
        text = str(self.low) if self.low == self.high else f"{self.low}-{self.high}"
        return text if self.base is None else f"{text}/{self.base}"


class Where(NamedTuple):
    """`ADDRESS[-ADDRESS][:PORTS]`; an address of 0 is none."""

    first: int
    last: int
    ports: Ports | None

    def __str__(self) -> str:
        text = "" if not self.first else format_ipv4(self.first) if self.first == self.last else (
            f"{format_ipv4(self.first)}-{format_ipv4(self.last)}")
        return text if self.ports is None else f"{text}:{self.ports}"


def read_nat_ports(text: str) -> Ports:
    """Raises UsageError in iptables' words."""
    span, slash, base = text.partition("/")
    low, dash, high = span.partition("-")
    first = port_number(low)
    last = port_number(high) if dash else first
    if first is None or last is None:
        raise UsageError(f"Port `{low if first is None else high}' not valid")
    if last < first:
        raise UsageError(f"Port range `{high}' funky")
    found = port_number(base) if slash else None
    if slash and found is None:
        raise UsageError(f"Invalid base port `{base}'")
    return Ports(first, last, found)


def read_where(text: str) -> Where:
    """Raises UsageError in iptables' words."""
    address, colon, ports = text.partition(":")
    if colon and (":" in ports or not re.fullmatch(r"[\w.-]+(/\w+)?", ports)):
        raise UsageError(f'Bad IP address "{text}"' if ":" in ports else f"Port `{ports}' not valid")
    first, dash, last = address.partition("-")
    low = _address(first) if address else 0
    high = _address(last) if dash else low
    return Where(low, high, read_nat_ports(ports) if colon else None)


def _address(text: str) -> int:
    try:
        return parse_ipv4(text)
    except AddressError:
        raise UsageError(f'Bad IP address "{text}"') from None


FLAGS = (Option("--random", can_negate=False), Option("--random-fully", can_negate=False),
         Option("--persistent", can_negate=False))


class Translation(Action):
    """What NAT targets have in common."""

    tables = NAT
    needs_tracking = True
    ends_walk = True

    @classmethod
    def admit(cls, flag: str, text: str, head: Head) -> None:
        has_ports = flag == "--to-ports" or (flag.startswith("--to-") and text.count(":") == 1)
        if has_ports and (head.protocol is None or head.protocol.negated or head.protocol.value not in WITH_PORTS):
            raise UsageError(NO_PORTS)

    def wanted(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Range | None:
        """What it wants the packet's address to be; None: it cannot be had, and the packet is lost."""
        raise NotImplementedError

    def act(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> Answer:
        connection, table = buffer.connection, namespace.netfilter.connections
        if connection is None or table is None:
            return Decision.ACCEPT
        wanted = self.wanted(namespace, buffer)
        if wanted is None:
            return Dropped(DropReason.NETFILTER_DROP, ("no address",))
        settle(table, connection, wanted, is_source_hook(buffer.hook))
        return Decision.ACCEPT

    def _range(self, first: int, last: int, ports: Ports | None) -> Range:
        is_random = "--random" in self.given or "--random-fully" in self.given
        if ports is None:
            return Range(first, last, None, None, None, is_random, "--persistent" in self.given)
        return Range(first, last, ports.low, ports.high, ports.base, is_random, "--persistent" in self.given)

    def _flags_listed(self) -> str:
        return "".join(f" {option.flag[2:]}" for option in FLAGS if option.flag in self.given)


class ToWhere(Translation):
    """Another address or port, which its first option says (xt_nat.c)."""

    def prepare(self) -> None:
        self._wanted = self._range(*self.value(self.options[0].flag))

    def wanted(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> Range | None:
        return self._wanted

    def listed(self, _numeric: bool) -> str:
        return f" to:{self.value(self.options[0].flag)}{self._flags_listed()}"


class DestinationNat(ToWhere):
    """Send the connection there."""

    name = "DNAT"
    hooks = DESTINATION_HOOKS
    options = (Option("--to-destination", read_where, str, can_negate=False, needed=True), FLAGS[0], FLAGS[2])


class SourceNat(ToWhere):
    """Let the connection come from there."""

    name = "SNAT"
    hooks = frozenset({Hook.POSTROUTING, Hook.INPUT})
    options = (Option("--to-source", read_where, str, can_negate=False, needed=True), *FLAGS)


class Masquerade(Translation):
    """Let the connection come from the address of the interface that it leaves by (nf_nat_masquerade.c)."""

    name = "MASQUERADE"
    hooks = frozenset({Hook.POSTROUTING})
    options = (Option("--to-ports", read_nat_ports, str, can_negate=False), FLAGS[0], FLAGS[1])

    def wanted(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Range | None:
        out, connection = buffer.leaves, buffer.connection
        assert out is not None, "the packet leaves"
        assert connection is not None, "only tracked packets are asked about"
        if not connection.original.src:
            return Range(low=None)
        address = select_address(out, buffer.next_hop or buffer.packet.dst, "global")
        if not address:
            return None
        connection.masquerade = out.index
        return self._range(address, address, self.value("--to-ports"))

    def listed(self, _numeric: bool) -> str:
        ports = self.value("--to-ports")
        return f"{f' masq ports: {ports}' if ports is not None else ''}{self._flags_listed()}"


class Redirect(Translation):
    """Send the connection to this host itself (nf_nat_redirect.c)."""

    name = "REDIRECT"
    hooks = DESTINATION_HOOKS
    options = (Option("--to-ports", read_nat_ports, str, can_negate=False, aliases=("--to-port",)), FLAGS[0])

    def wanted(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Range | None:
        address = LOOPBACK
        if buffer.hook is not Hook.OUTPUT:
            assert buffer.entered is not None, "the packet came in"
            address = next((own.local for own in buffer.entered.addresses if not own.secondary), 0)
        return self._range(address, address, self.value("--to-ports")) if address else None

    def listed(self, _numeric: bool) -> str:
        ports = self.value("--to-ports")
        return f"{f' redir ports {ports}' if ports is not None else ''}{self._flags_listed()}"


def read_network(text: str) -> Network:
    host, slash, length = text.partition("/")
    bits = as_number(length) if slash else 32
    if bits is None or bits > 32:
        try:
            mask = parse_ipv4(length)
        except AddressError:
            raise UsageError(f"Bad mask \"{length}\"\n") from None
        bits = mask.bit_count()
        if Network(0, bits).mask != mask:
            raise UsageError(f'NETMAP: a mask with holes is not modelled: "{length}"')
    return Network(_address(host) & Network(0, bits).mask, bits)


class NetworkMap(Translation):
    """Map a whole network to another one, address by address (xt_NETMAP.c)."""

    name = "NETMAP"
    hooks = frozenset({Hook.PREROUTING, Hook.POSTROUTING, Hook.OUTPUT, Hook.INPUT})
    options = (Option("--to", read_network, str, can_negate=False, needed=True),)

    def wanted(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Range | None:
        network: Network = self.value("--to")
        old = buffer.packet.src if is_source_hook(buffer.hook) else buffer.packet.dst
        address = (old & (0xFFFFFFFF ^ network.mask)) | network.address
        return Range(address, address)

    def listed(self, _numeric: bool) -> str:
        return f" to:{self.value('--to')}"


TARGETS: tuple[type[Action], ...] = (DestinationNat, SourceNat, Masquerade, Redirect, NetworkMap)
