"""Matches about this host: addrtype, physdev, owner."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import MAX_NAME, Interface
from netsandbox.linux.core.files.accounts import GROUPS, USERS
from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Socket
from netsandbox.linux.ipv4.reverse_path import leads_back
from netsandbox.linux.netfilter.extension import (
    BadValueError,
    Given,
    Match,
    Option,
    Span,
    UsageError,
    as_number,
    write_span,
)
from netsandbox.linux.netfilter.head import Fields, Head, names_interface
from netsandbox.linux.netfilter.headers import transport_ports
from netsandbox.linux.netfilter.matches.state import Names
from netsandbox.wire.addresses import LIMITED_BROADCAST, is_multicast
from netsandbox.wire.icmp import ECHO_REQUEST, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP
from netsandbox.wire.tcp import ACK, SYN, TcpSegment

ADDRESS_TYPES = ("UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE", "UNREACHABLE",
                 "PROHIBIT", "THROW", "NAT", "XRESOLVE")
LOCAL_MULTICAST = 0xE00000  # 224.0.0.0/24


def read_address_types(text: str) -> Names:
    given = [word.upper() for word in text.split(",")]
    for word, upper in zip(text.split(","), given, strict=True):
        if upper not in ADDRESS_TYPES:
            raise UsageError(f'addrtype: bad type "{word}"')
    return Names(tuple(name for name in ADDRESS_TYPES if name in given))


class AddressType(Match):
    """What an address is to this host: its own, somebody's, a broadcast (xt_addrtype.c)."""

    name = "addrtype"
    options = (Option("--src-type", read_address_types), Option("--dst-type", read_address_types),
               Option("--limit-iface-in", can_negate=False, excludes=("--limit-iface-out",)),
               Option("--limit-iface-out", can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        if "--src-type" not in given and "--dst-type" not in given:
            raise UsageError("addrtype: you must specify --src-type or --dst-type")
        super().check(given, head)

    @classmethod
    def hooks_of(cls, given: dict[str, Given]) -> frozenset[Hook] | None:
        if "--limit-iface-in" in given:
            return frozenset({Hook.PREROUTING, Hook.INPUT, Hook.FORWARD})
        return frozenset({Hook.FORWARD, Hook.OUTPUT, Hook.POSTROUTING}) if "--limit-iface-out" in given else None

    @property
    def looks_at(self) -> Fields:
        if "--limit-iface-in" in self.given or "--limit-iface-out" in self.given:
            return None
        return tuple(field for flag, field in (("--src-type", source_type_of), ("--dst-type", destination_type_of))
                     if flag in self.given)

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        packet = buffer.packet
        for flag, address in (("--src-type", packet.src), ("--dst-type", packet.dst)):
            given = self.given.get(flag)
            if given is not None and (self._type_of(namespace, buffer, address) in given.value.names) is given.negated:
                return False
        return True

    def _type_of(self, namespace: NetworkNamespace, buffer: SocketBuffer, address: int) -> str:
        kind = address_type(namespace, address)
        limit = buffer.entered if "--limit-iface-in" in self.given else (
            buffer.leaves if "--limit-iface-out" in self.given else None)
        if limit is not None and kind == "LOCAL" and all(own.local != address for own in limit.addresses):
            return "UNICAST"
        return kind

    def seen(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        pairs = (("--src-type", buffer.packet.src), ("--dst-type", buffer.packet.dst))
        return " ".join(f"{flag[2:]} {self._type_of(namespace, buffer, address)}" for flag, address in pairs
                        if flag in self.given)

    def listed(self, _numeric: bool) -> str:
        text = " ADDRTYPE match"
        for flag in ("--src-type", "--dst-type"):
            given = self.given.get(flag)
            if given is not None:
                text += f" {flag[2:]} {'!' * given.negated}{given.value}"
        text += " limit-in" * ("--limit-iface-in" in self.given)
        return text + " limit-out" * ("--limit-iface-out" in self.given)


def address_type(namespace: NetworkNamespace, address: int) -> str:
    """inet_addr_type, as -m addrtype names it."""
    if is_multicast(address):
        return "MULTICAST"
    return namespace.routes.address_type(address).upper()


def _space_of(buffer: SocketBuffer) -> NetworkNamespace:
    interface = buffer.entered or buffer.leaves
    assert interface is not None, "at each hook it is known where a packet came in or where it leaves"
    return interface.namespace


def source_type_of(buffer: SocketBuffer) -> str:
    return address_type(_space_of(buffer), buffer.packet.src)


def destination_type_of(buffer: SocketBuffer) -> str:
    return address_type(_space_of(buffer), buffer.packet.dst)


def read_device(text: str) -> str:
    if len(text) > MAX_NAME:
        raise UsageError(f"interface name `{text}' must be shorter than IFNAMSIZ ({MAX_NAME})")
    return text


class PhysicalDevice(Match):
    """The ports of a bridge that a packet crosses, as br_netfilter notes them (xt_physdev.c)."""

    name = "physdev"
    options = (Option("--physdev-is-in"), Option("--physdev-in", read_device), Option("--physdev-is-out"),
               Option("--physdev-out", read_device), Option("--physdev-is-bridged"))
    needs_one = "PHYSDEV: no physdev option specified"

    @classmethod
    def hooks_of(cls, given: dict[str, Given]) -> frozenset[Hook] | None:
        """Which port a packet of the host's own leaves by is not known yet."""
        bridged = given.get("--physdev-is-bridged")
        leaves = "--physdev-out" in given or "--physdev-is-out" in given
        return frozenset(Hook) - {Hook.OUTPUT} if leaves and (bridged is None or bridged.negated) else None

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return all(self._one_holds(buffer, flag, given) is not given.negated for flag, given in self.given.items())

    @staticmethod
    def _one_holds(buffer: SocketBuffer, flag: str, given: Given) -> bool:
        entered, leaves = buffer.physical_in, buffer.physical_out
        if flag == "--physdev-is-bridged":
            return leaves is not None
        if flag == "--physdev-is-in":
            return entered is not None
        if flag == "--physdev-is-out":
            return leaves is not None
        port = entered if flag == "--physdev-in" else leaves
        if flag == "--physdev-out" and leaves is None and entered is not None:
            return given.negated  # of a packet from a bridge, it holds no more with a `!`
        return port is not None and names_interface(given.value, port)

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return f"physdev-in {_name(buffer.physical_in)} physdev-out {_name(buffer.physical_out)}"

    def listed(self, _numeric: bool) -> str:
        return f" PHYSDEV match {self.written()}"


def _name(interface: Interface | None) -> str:
    return interface.name if interface is not None else "-"


LAST_USER = 0xFFFFFFFE


def read_user(text: str) -> Span:
    """A number, a range of them, or a name (getpwnam)."""
    return _owners(text, {name: uid for name, (uid, _group, _home) in USERS.items()})


def read_group(text: str) -> Span:
    return _owners(text, GROUPS)


def _owners(text: str, known: dict[str, int]) -> Span:
    if text in known:
        return Span(known[text], known[text])
    low, dash, high = text.partition("-")
    first, last = as_number(low), as_number(high if dash else low)
    if first is None or last is None or max(first, last) > LAST_USER:
        raise BadValueError(f'Bad value for OPTION option: "{text}"')
    return Span(first, last)


def write_users(span: Span) -> str:
    return write_span(span, "-")


class Owner(Match):
    """Whose socket a packet of this host's own comes from (xt_owner.c); the programs here are all root's."""

    name = "owner"
    hooks = frozenset({Hook.OUTPUT, Hook.POSTROUTING})
    options = (Option("--socket-exists"), Option("--uid-owner", read_user, write_users),
               Option("--gid-owner", read_group, write_users),
               Option("--suppl-groups", can_negate=False))
    needs_one = "owner: At least one of --uid-owner, --gid-owner or --socket-exists is required"

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        if "--suppl-groups" in given and "--gid-owner" not in [*given][:[*given].index("--suppl-groups")]:
            raise UsageError('owner: Bad value for "--suppl-groups" option: "you need to use --gid-owner first"')
        super().check(given, head)

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        sender = sender_of(namespace, buffer)
        return all((sender is not None if flag == "--socket-exists" else sender == "program" and 0 in given.value)
                   is not given.negated for flag, given in self.given.items() if flag != "--suppl-groups")

    def seen(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return {"program": "uid 0 gid 0", "kernel": "a socket of nobody's"}.get(
            sender_of(namespace, buffer) or "", "no socket")

    def listed(self, numeric: bool) -> str:
        words = []
        if "--socket-exists" in self.given:
            words.append(f"{'! ' * self.given['--socket-exists'].negated}owner socket exists")
        users = {uid: name for name, (uid, _group, _home) in USERS.items()}
        groups = {gid: name for name, gid in GROUPS.items()}
        for flag, name, known in (("--uid-owner", "UID", users), ("--gid-owner", "GID", groups)):
            given = self.given.get(flag)
            if given is not None:
                shown = write_span(given.value, "-")
                shown = shown if numeric or given.value.low != given.value.high else known.get(given.value.low, shown)
                words.append(f"{'! ' * given.negated}owner {name} match {shown}")
        if "--suppl-groups" in self.given:
            words.append("incl. suppl. groups")
        return "".join(f" {word}" for word in words)


def sender_of(namespace: NetworkNamespace, buffer: SocketBuffer) -> str | None:
    """Whose socket sent the packet: a "program"'s, the "kernel"'s own for ICMP and TCP, which has no user; or none."""
    packet = buffer.packet
    if buffer.entered is not None or buffer.is_forged:
        return None
    if packet.protocol == ICMP:
        message = packet.payload
        return "program" if isinstance(message, IcmpMessage) and message.type == ECHO_REQUEST else "kernel"
    ports = transport_ports(buffer)
    name = {TCP: "tcp", UDP: "udp"}.get(packet.protocol)
    if ports is None or name is None:
        return "program" if namespace.raw_sockets else None
    if isinstance(packet.payload, TcpSegment):
        return _sender_of_segment(namespace, packet.src, packet.dst, packet.payload)
    at_port = namespace.sockets.at_port(name, ports[0])
    return "program" if any(socket.address in (0, packet.src) for socket in at_port) else None


def _sender_of_segment(namespace: NetworkNamespace, source: int, destination: int, segment: TcpSegment) -> str | None:
    """The program of a connection or of a listener, the kernel for a RST to nobody; what TIME_WAIT sends has none."""
    found = namespace.sockets.connections.get((source, segment.sport, destination, segment.dport))
    if segment.flags & (SYN | ACK) == SYN | ACK or (
            found is None and namespace.sockets.listener(source, segment.sport) is not None):
        return "program"
    if found is not None and not isinstance(found, Socket):
        return None  # skb_to_full_sk
    orphan: bool | None = getattr(found, "orphan", None)
    return "kernel" if orphan is None else None if orphan else "program"


class ReversePath(Match):
    """Whether the way back to the source leads out where the packet came in (ipt_rpfilter.c)."""

    name = "rpfilter"
    tables = frozenset({"raw", "mangle"})
    hooks = frozenset({Hook.PREROUTING})
    options = (Option("--loose", can_negate=False), Option("--validmark", can_negate=False),
               Option("--accept-local", can_negate=False), Option("--invert", can_negate=False))

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return self._leads_back(buffer) is not ("--invert" in self.given)

    def _leads_back(self, buffer: SocketBuffer) -> bool:
        packet, interface = buffer.packet, buffer.entered
        if interface is None or interface.is_loopback:
            return True
        if not packet.src >> 24 and (packet.dst == LIMITED_BROADCAST or packet.dst >> 8 == LOCAL_MULTICAST):
            return True
        mark = buffer.mark if "--validmark" in self.given else 0
        return leads_back(interface, packet.src, packet.dst, mark, "--loose" in self.given,
                          "--accept-local" in self.given)

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return f"the way back leads {'' if self._leads_back(buffer) else 'not '}by where it came in"

    def listed(self, _numeric: bool) -> str:
        return "".join([" rpfilter", *(f" {option.flag[2:]}" for option in self.options if option.flag in self.given)])


MATCHES: tuple[type[Match], ...] = (AddressType, PhysicalDevice, Owner, ReversePath)
