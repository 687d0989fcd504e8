"""What nft asks of a packet's headers, each as the iptables words that say the same."""

from __future__ import annotations

from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import WORD, Given
from netsandbox.linux.netfilter.nft import elements
from netsandbox.linux.netfilter.nft.numbers import Field, ask, ask_bits, numbers_of
from netsandbox.linux.netfilter.nft.reader import Reader, address, check_addresses, port, protocol_name, protocols
from netsandbox.linux.netfilter.nft.tokens import NftError, token
from netsandbox.linux.netfilter.protocols import PROTOCOL_NAMES
from netsandbox.linux.netfilter.targets.packet import LowerMss
from netsandbox.wire.services import SERVICES, port_number

MOST_PORT = 0xFFFF
ICMP_TYPES = {"echo-reply": 0, "destination-unreachable": 3, "source-quench": 4, "redirect": 5, "echo-request": 8,
              "router-advertisement": 9, "router-solicitation": 10, "time-exceeded": 11, "parameter-problem": 12,
              "timestamp-request": 13, "timestamp-reply": 14, "info-request": 15, "info-reply": 16,
              "address-mask-request": 17, "address-mask-reply": 18}
CODES = {"net-unreachable": 0, "host-unreachable": 1, "prot-unreachable": 2, "port-unreachable": 3,
              "frag-needed": 4, "net-prohibited": 9, "host-prohibited": 10, "admin-prohibited": 13}
CLASSES = {**{f"cs{number}": number << 3 for number in range(8)}, "df": 0, "be": 0, "lephb": 1, "va": 44, "ef": 46,
           **{f"af{high}{low}": high << 3 | low << 1 for high in range(1, 5) for low in range(1, 4)}}
CONGESTION = {"not-ect": 0, "ect1": 1, "ect0": 2, "ce": 3}


class Bytes:
    """A number in the transport header of a packet that is no later fragment (nft_payload_eval)."""

    __slots__ = ("at", "shift", "size")

    def __init__(self, at: int, size: int = 2, shift: int = 0) -> None:
        self.at, self.size, self.shift = at, size, shift

    def __call__(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> int | None:
        if buffer.packet.offset:
            return None
        data = buffer.packet.payload_bytes()[self.at:self.at + self.size]
        return int.from_bytes(data, "big") >> self.shift if len(data) == self.size else None


def _length(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int:
    return buffer.packet.total_length


def _ident(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int:
    return buffer.packet.ident


def _time_to_live(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int:
    return buffer.packet.ttl


def _header_length(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int:
    return buffer.packet.header_size >> 2


def _version(_namespace: NetworkNamespace, _buffer: SocketBuffer) -> int:
    return 4


def _class(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int:
    return buffer.packet.tos >> 2


def _congestion(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int:
    return buffer.packet.tos & 3


def _fragment_word(_namespace: NetworkNamespace, buffer: SocketBuffer) -> int:
    packet = buffer.packet
    return packet.reserved << 15 | packet.df << 14 | packet.mf << 13 | packet.offset >> 3


OF_IP = {
    "length": Field(_length, 0xFFFF), "id": Field(_ident, 0xFFFF), "ttl": Field(_time_to_live, 0xFF),
    "hdrlength": Field(_header_length, 15), "version": Field(_version, 15),
    "frag-off": Field(_fragment_word, 0xFFFF, "#x"),
    "dscp": Field(_class, 63, "#04x", CLASSES, True, "Could not parse Differentiated Services Code Point"),
    "ecn": Field(_congestion, 3, "d", CONGESTION, True, "Could not parse Explicit Congestion Notification")}
OF_TCP = {"sequence": Field(Bytes(4, 4), WORD), "ackseq": Field(Bytes(8, 4), WORD), "doff": Field(Bytes(12, 1, 4), 15),
          "window": Field(Bytes(14), 0xFFFF), "urgptr": Field(Bytes(18), 0xFFFF)}
OF_UDP = {"length": Field(Bytes(4), 0xFFFF)}
ICMP_CODE = Field(Bytes(1, 1), 0xFF, names=CODES, wrong="Could not parse icmp code")
FLAG_NAMES = {name: 1 << at for at, name in enumerate(("fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"))}
TCP_FLAGS = Field(Bytes(13, 1), 0xFF, "#x", FLAG_NAMES, wrong="Could not parse TCP flag")
SEGMENT_SIZE = OF_UDP["length"]
PORTS = {name: number for name, (number, _protocols) in SERVICES.items()}
NO_SERVICE, NO_PORT = "Could not resolve service: Servname not supported for ai_socktype", "Service out of range"
OF_TH = {f"{end}port": Field(Bytes(at), MOST_PORT, names=PORTS, wrong=NO_SERVICE, too_large=NO_PORT)
         for end, at in (("s", 0), ("d", 2))}


def ip(reader: Reader) -> None:
    at, field = reader.place, reader.take()
    if reader.words[:1] == ["set"]:
        reader.take()
        _set_ip(reader, field)
    elif field in OF_IP:
        ask(reader, f"ip {field}", OF_IP[field])
    elif field == "protocol":
        _ip_protocol(reader)
    elif field in ("saddr", "daddr"):
        _ip_address(reader, field)
    elif field in ("checksum", "option"):
        raise reader.not_modelled(f"ip {field}")
    else:
        raise reader.line.complaint(f"syntax error, unexpected {token(field)[0]}", at)


def _set_ip(reader: Reader, field: str) -> None:
    """A field of the header gets a value: those that iptables can write as well."""
    if field not in ("ttl", "dscp"):
        raise reader.not_modelled(f"ip {field} set")
    kind = OF_IP[field]
    number, = numbers_of(reader, kind, [reader.take()], reader.place - 1)[0]
    reader.said.append(f"ip {field} set {kind.write(number)}")
    reader.first.append(["-j", "TTL", "--ttl-set", str(number)] if field == "ttl" else
                        ["-j", "DSCP", "--set-dscp", str(number)])


def _ip_protocol(reader: Reader) -> None:
    at = reader.place
    negated, value = reader.asked("ip protocol", protocol_name, protocols)
    if not all(one.isdecimal() or one in PROTOCOL_NAMES.values() for one in value.split(",")):
        raise reader.line.complaint("Could not resolve protocol name", at + bool(negated))
    reader.protocol = "" if negated else value
    reader.one_of(negated, [["-p", one] for one in value.split(",")])


def _ip_address(reader: Reader, field: str) -> None:
    at = reader.place
    negated, value = reader.asked(f"ip {field}", address, elements.addresses)
    check_addresses(reader, value, at + bool(negated))
    flag, ends = ("-s", "--src-range") if field == "saddr" else ("-d", "--dst-range")
    reader.one_of(negated, [["-m", "iprange", ends, one] if "-" in one else [flag, one] for one in value.split(",")])


def _transport(reader: Reader, name: str) -> None:
    at, field = reader.place, reader.take()
    if reader.words[:1] == ["set"] or field in ("checksum", "option"):
        raise reader.not_modelled(f"{name} {field}{' set' * (reader.words[:1] == ['set'])}")
    if field in OF_TRANSPORT[name]:
        reader.use_protocol(name)
        ask(reader, f"{name} {field}", OF_TRANSPORT[name][field])
        return
    if field not in ("sport", "dport"):
        raise reader.line.complaint(f"syntax error, unexpected {token(field)[0] if field else 'newline'}", at)
    reader.use_protocol(name)
    at = reader.place
    span = reader.compared(f"{name} {field}", port, MOST_PORT)
    if span is not None:
        reader.out += [f"--{field}", span.replace("-", ":")]
        return
    negated, value = reader.asked(f"{name} {field}", port, elements.numbers)
    value = ",".join(map(port, value.split(",")))
    check_ports(reader, value, at + bool(negated))
    if "," in value:
        reader.out += ["-m", "multiport", *negated, f"--{field}s", value.replace("-", ":")]
    else:
        reader.out += [*negated, f"--{field}", value.replace("-", ":")]


def check_ports(reader: Reader, text: str, at: int) -> None:
    """Ports by number or by name; ranges are numbers."""
    for part in text.split(","):
        for one in part.split("-") if part[:1].isdecimal() else [part]:
            if one.isdecimal() and int(one) > MOST_PORT:
                raise reader.line.complaint_of(NO_PORT, part, at)
            if port_number(one) is None:
                raise reader.line.complaint_of(NO_SERVICE, part, at)


OF_TRANSPORT: dict[str, dict[str, Field]] = {"tcp": OF_TCP, "udp": OF_UDP}


def tcp(reader: Reader) -> None:
    if reader.words[:1] == ["flags"]:
        reader.take()
        if reader.words[:1] == ["set"]:
            raise reader.not_modelled("tcp flags set")
        reader.use_protocol("tcp")
        ask_bits(reader, "tcp flags", TCP_FLAGS)
    elif reader.words[:4] == ["option", "maxseg", "size", "set"]:
        del reader.words[:4]
        reader.use_protocol("tcp")
        _set_segment_size(reader)
    else:
        _transport(reader, "tcp")


def _set_segment_size(reader: Reader) -> None:
    at, word = reader.place, reader.take()
    if word == "rt" and reader.words[:1] == ["mtu"]:
        word = f"rt {reader.take()}"
        given = {"--clamp-mss-to-pmtu": Given(False, None)}
    else:
        number, = numbers_of(reader, SEGMENT_SIZE, [word], at)[0]
        given = {"--set-mss": Given(False, number)}
    reader.said.append(f"tcp option maxseg size set {word}")
    reader.first.append(LowerMss(given))


def udp(reader: Reader) -> None:
    _transport(reader, "udp")


def th(reader: Reader) -> None:
    """A port of whatever protocol; of one that is known by now it is that one's."""
    if reader.protocol in OF_TRANSPORT:
        _transport(reader, reader.protocol)
        return
    at, field = reader.place, reader.take()
    if field not in ("sport", "dport"):
        raise reader.line.complaint(f"syntax error, unexpected {token(field)[0]}", at)
    ask(reader, f"th {field}", OF_TH[field])


def icmp(reader: Reader) -> None:
    field = reader.take()
    if field == "code":
        reader.use_protocol("icmp")
        ask(reader, "icmp code", ICMP_CODE)
        return
    if field != "type":
        raise reader.not_modelled(f"icmp {field}")
    reader.use_protocol("icmp")
    at = reader.place
    negated, value = reader.asked("icmp type", _icmp_name, _icmp_types)
    if not all(part.isdecimal() or part in ICMP_TYPES for part in value.split(",")):
        raise reader.line.complaint("Could not parse ICMP type", at + bool(negated))
    reader.one_of(negated, [["-p", "icmp", "--icmp-type", one] for one in value.split(",")] if "," in value else
                  [["--icmp-type", value]])


def _icmp_types(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: ICMP_TYPES.get(name, 0))


def _icmp_name(text: str) -> str:
    return next((name for name, number in ICMP_TYPES.items() if text == str(number)), text)


def ether(reader: Reader) -> None:
    field = reader.take()
    if field != "saddr":
        raise reader.not_modelled(f"ether {field}")
    negated, value = reader.asked("ether saddr")
    reader.one_of(negated, [["-m", "mac", "--mac-source", one] for one in value.split(",")])


class Ipv6:
    """ip6 and icmpv6, whose fields no packet here has."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __call__(self, reader: Reader) -> None:
        if not reader.is_inet:
            raise NftError(f"netsandbox: nft: {self.word}: IPv6 is not modelled\n")
        reader.asked(f"{self.word} {reader.take()}")
        reader.never(reader.said.pop())
