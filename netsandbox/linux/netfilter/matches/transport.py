"""Matches about ports, TCP flags and ICMP types: tcp, udp, icmp, multiport."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import (
    Given,
    ImpossibleError,
    Match,
    Option,
    Span,
    UnfitError,
    UsageError,
    as_number,
    list_ports,
    read_named_ports,
    read_port,
    read_ports,
    write_span,
)
from netsandbox.linux.netfilter.head import Fields, Head, offset_of
from netsandbox.linux.netfilter.headers import (
    PORTS_SIZE,
    CutShortError,
    destination_port_of,
    raw_header,
    source_port_of,
    tcp_options,
    transport_ports,
)
from netsandbox.linux.netfilter.icmp_names import icmp_name, read_icmp_type
from netsandbox.linux.netfilter.iptables.words import NotModelledError
from netsandbox.linux.netfilter.megaflow import Field
from netsandbox.linux.netfilter.protocols import port_text
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.names import TCP_FLAGS
from netsandbox.wire.tcp import ACK, FIN, HEADER, RST, SYN, TcpSegment

FLAGS = {name: 1 << bit for bit, name in enumerate(TCP_FLAGS[:6])}
ALL_FLAGS = 0x3F
MOST_PORTS = 15
FLAGS_AT, FLAGS_FRAGMENT, ICMP_HEADER, SCTP_HEADER = 13, 8, 8, 12


class FlagTest(NamedTuple):
    mask: int
    wanted: int


def read_flags(text: str) -> FlagTest:
    """Two words: the flags to look at, and those that must be set."""
    mask, blank, wanted = text.partition(" ")
    if not blank or wanted.startswith("-"):
        raise UsageError("--tcp-flags requires two args.")
    return FlagTest(_flags(mask), _flags(wanted))


def read_syn(_text: str) -> FlagTest:
    """--syn: of SYN, FIN, RST and ACK the first alone."""
    return FlagTest(FIN | SYN | RST | ACK, SYN)


def _flags(text: str) -> int:
    found = 0
    for name in text.split(","):
        value = {**FLAGS, "ALL": ALL_FLAGS, "NONE": 0}.get(name.upper())
        if value is None:
            raise UsageError(f"Unknown TCP flag `{name}'")
        found |= value
    return found


def flag_names(value: int) -> str:
    return ",".join(name for name, bit in FLAGS.items() if value & bit) or "NONE"


def write_flags(test: FlagTest) -> str:
    return f"{flag_names(test.mask)} {flag_names(test.wanted)}"


def flags_of(buffer: SocketBuffer) -> int | None:
    """The flags, of a header that makes no sense too, or what a later fragment has there; None where there is none."""
    segment = buffer.packet.payload
    if isinstance(segment, TcpSegment):
        return segment.flags
    is_there = isinstance(segment, bytes) and len(segment) > FLAGS_AT
    return segment[FLAGS_AT] if is_there else None  # type: ignore[index]


FIELDS: dict[str, Field] = {"--sport": source_port_of, "--dport": destination_port_of, "--tcp-flags": flags_of}


class Ports(Match):
    """--sport and --dport (xt_tcpudp.c)."""

    protocol: ClassVar[int]

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        """What asks nothing goes to the kernel as it is, which refuses it; iptables itself looks at an option's."""
        number = str(cls.protocol)
        if given and (head.protocol is None or head.protocol.value != number):
            raise UnfitError(f"{cls.name.upper()} match requires '-p {cls.name}'")
        if not given and head.protocol != (False, number):
            raise ImpossibleError("EINVAL")

    @property
    def looks_at(self) -> Fields:
        if not FIELDS.keys() >= self.given.keys():
            return None
        return tuple(FIELDS[flag] for flag in self.given) or (destination_port_of,)

    def _ports_hold(self, buffer: SocketBuffer) -> bool:
        """Of a later fragment nftables takes what stands where a port would (nft_payload_fast_eval)."""
        ports = transport_ports(buffer, of_fragments=True)
        if ports is None:
            return False
        for flag, port in zip(("--sport", "--dport"), ports, strict=True):
            found = self.given.get(flag)
            if found is not None and (found.value.low <= port <= found.value.high) is found.negated:
                return False
        return True

    def _ports_seen(self, buffer: SocketBuffer) -> str:
        ports = transport_ports(buffer, of_fragments=True)
        if ports is None:
            return ""
        return " ".join(f"{flag[2:]} {port}" for flag, port in zip(("--sport", "--dport"), ports, strict=True)
                        if flag in self.given)

    def _ports_listed(self, numeric: bool) -> str:
        return "".join(list_ports(name, self.given.get(flag), numeric, self.name)
                       for name, flag in (("spt", "--sport"), ("dpt", "--dport")))


PORT_OPTIONS = (Option("--sport", read_ports, write_span, aliases=("--source-port",)),
                Option("--dport", read_ports, write_span, aliases=("--destination-port",)))


def read_tcp_option(text: str) -> int:
    number = as_number(text)
    if number is None or not 0 < number < 256:
        raise UsageError(f'Bad TCP option "{text}"')
    return number


class Tcp(Ports):
    name = "tcp"
    protocol = 6
    options = (*PORT_OPTIONS, Option("--tcp-option", read_tcp_option),
               Option("--tcp-flags", read_flags, write_flags, words=2), Option("--syn", read_syn, words=0))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        syn = given.pop("--syn", None)
        if syn is not None:
            given["--tcp-flags"] = syn

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        flags, option = self.given.get("--tcp-flags"), self.given.get("--tcp-option")
        if option is not None:
            _refuse_cut(buffer)
        if not self._ports_hold(buffer):
            return False
        if flags is not None:
            found = flags_of(buffer)
            if found is None or (found & flags.value.mask == flags.value.wanted) is flags.negated:
                return False
        if option is None:
            return True
        options = tcp_options(buffer)
        return options is not None and _has_option(options, option.value) is not option.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        found, ports = flags_of(buffer), self._ports_seen(buffer)
        if "--tcp-flags" not in self.given or found is None:
            return ports
        return f"{ports} flags {flag_names(found & ALL_FLAGS)}".strip()

    def listed(self, numeric: bool) -> str:
        text = " tcp" + self._ports_listed(numeric)
        option, flags = self.given.get("--tcp-option"), self.given.get("--tcp-flags")
        if option is not None:
            text += f" option={'!' * option.negated}{option.value}"
        if flags is not None and (flags.value[0] or flags.negated):
            mask, wanted = flags.value
            shown = f"0x{mask:02X}/0x{wanted:02X}" if numeric else f"{flag_names(mask)}/{flag_names(wanted)}"
            text += f" flags:{'!' * flags.negated}{shown}"
        return text


def _refuse_cut(buffer: SocketBuffer) -> None:
    """Half a header, and the fragment that would overwrite the flags (RFC 1858), go no further."""
    raw_header(buffer, HEADER)
    if buffer.packet.offset == FLAGS_FRAGMENT:
        raise CutShortError


def _has_option(data: bytes, wanted: int) -> bool:
    at = 0
    while at < len(data):
        if data[at] == wanted:
            return True
        at += 1 if data[at] < 2 else max(1, data[at + 1] if at + 1 < len(data) else 1)
    return False


class Udp(Ports):
    name = "udp"
    protocol = 17
    options = (Option("--sport", read_named_ports, write_span, aliases=("--source-port",)),
               Option("--dport", read_named_ports, write_span, aliases=("--destination-port",)))

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return self._ports_hold(buffer)

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return self._ports_seen(buffer)

    def listed(self, numeric: bool) -> str:
        return " udp" + self._ports_listed(numeric)


def _no_chunks(_text: str) -> str:
    raise NotModelledError("-m sctp --chunk-types")


class Sctp(Ports):
    """-m sctp, of ports alone (xt_sctp.c)."""

    name = "sctp"
    protocol = 132
    options = (*PORT_OPTIONS, Option("--chunk-types", _no_chunks, words=2))

    looks_at = None  # Also at how much of the header there is

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check({}, head)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return raw_header(buffer, SCTP_HEADER) is not None and self._ports_hold(buffer)

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return self._ports_seen(buffer)

    def listed(self, numeric: bool) -> str:
        return " sctp" + self._ports_listed(numeric)


class Icmp(Match):
    name = "icmp"
    options = (Option("--icmp-type", read_icmp_type, str, needed=True),)

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        if head.protocol != (False, "1"):
            raise ImpossibleError("EINVAL")

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        found = self._type_of(buffer)
        given = self.given["--icmp-type"]
        return found is not None and given.value.covers(*found) is not given.negated

    @staticmethod
    def _type_of(buffer: SocketBuffer) -> tuple[int, int] | None:
        message = buffer.packet.payload
        if isinstance(message, IcmpMessage):
            return message.type, message.code
        header = raw_header(buffer, ICMP_HEADER)
        return None if header is None else (header[0], header[1])

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        found = self._type_of(buffer)
        return "" if found is None else f"icmp type {found[0]} code {found[1]}"

    def listed(self, numeric: bool) -> str:
        given = self.given["--icmp-type"]
        wanted, bang = given.value, "!" * given.negated
        if not numeric:
            name = icmp_name(wanted)
            if name:
                return f" icmp {bang}{name}"
        what = " icmp !type" if bang else " icmptype"
        if wanted.type == 255:
            return f"{what} 255"
        code = "" if wanted.low == 0 and wanted.high == 255 else (
            f" code {wanted.low}" if wanted.low == wanted.high else f" codes {wanted.low}-{wanted.high}")
        return f"{what} {wanted.type}{code}"


class PortList(NamedTuple):
    spans: tuple[Span, ...]


def read_port_list(text: str) -> PortList:
    spans, count = [], 0
    for item in text.split(","):
        low, colon, high = item.partition(":")
        count += 2 if colon else 1
        if count > MOST_PORTS:
            raise UsageError("too many ports specified")
        spans.append(Span(read_port(low), read_port(high if colon else low)))
        if spans[-1].high < spans[-1].low:
            raise UsageError("invalid portrange specified")
    return PortList(tuple(spans))


def write_port_list(ports: PortList, numeric: bool = True, protocol: str = "tcp") -> str:
    return ",".join(":".join(port_text(port, numeric, protocol) for port in dict.fromkeys(span))
                    for span in ports.spans)


class Multiport(Match):
    name = "multiport"
    options = (Option("--sports", read_port_list, write_port_list, aliases=("--source-ports",)),
               Option("--dports", read_port_list, write_port_list, aliases=("--destination-ports",)),
               Option("--ports", read_port_list, write_port_list))
    needs_one = "no ports specified"

    @classmethod
    def admit(cls, flag: str, text: str, head: Head) -> None:
        if head.protocol is not None and (
                head.protocol.negated or head.protocol.value not in ("6", "17", "33", "132", "136")):
            raise UsageError("multiport only works with TCP, UDP, UDPLITE, SCTP and DCCP")
        if head.protocol is None:
            raise UsageError("multiport needs `-p tcp', `-p udp', `-p udplite', `-p sctp' or `-p dccp'")

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        if len(given) > 1:
            raise UsageError("multiport: only one of --sports, --dports and --ports can be given")

    @property
    def looks_at(self) -> Fields:
        return transport_ports, offset_of

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        raw_header(buffer, PORTS_SIZE)
        ports = transport_ports(buffer)
        if ports is None:
            return False
        (flag, given), = self.given.items()
        looked = {"--sports": ports[:1], "--dports": ports[1:], "--ports": ports}[flag]
        return any(span.low <= port <= span.high for port in looked for span in given.value.spans) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        ports = transport_ports(buffer)
        return "" if ports is None else f"sport {ports[0]} dport {ports[1]}"

    def listed(self, numeric: bool, protocol: str = "tcp") -> str:
        (flag, given), = self.given.items()
        return f" multiport {flag[2:]} {' !' * given.negated}{write_port_list(given.value, numeric, protocol)}"


MATCHES: tuple[type[Match], ...] = (Tcp, Udp, Sctp, Icmp, Multiport)
