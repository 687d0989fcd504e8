"""What nft asks of a packet's headers, each as the iptables words that say the same."""

from __future__ import annotations

from netsandbox.linux.netfilter.nft_reader import (
    Reader,
    address,
    address_order,
    check_addresses,
    port,
    port_order,
    protocol_name,
    protocol_order,
)
from netsandbox.linux.netfilter.nft_tokens import NftError, token
from netsandbox.linux.netfilter.protocols import PROTOCOL_NAMES
from netsandbox.wire.services import port_number

MOST_PORT = 0xFFFF
ICMP_TYPES = {"echo-reply": 0, "destination-unreachable": 3, "source-quench": 4, "redirect": 5, "echo-request": 8,
              "router-advertisement": 9, "router-solicitation": 10, "time-exceeded": 11, "parameter-problem": 12,
              "timestamp-request": 13, "timestamp-reply": 14, "info-request": 15, "info-reply": 16,
              "address-mask-request": 17, "address-mask-reply": 18}
FIELDS = frozenset({"flags", "sequence", "ackseq", "doff", "window", "checksum", "urgptr", "option", "length"})
"""Fields of TCP and UDP beside the ports."""
IP_FIELDS = frozenset({"version", "hdrlength", "dscp", "ecn", "length", "id", "frag-off", "checksum", "option"})
"""Fields of IP that are not read here."""


def ip(reader: Reader) -> None:
    field = reader.take()
    if field == "ttl" and reader.words[:1] == ["set"]:
        reader.take()
        value = reader.take()
        reader.said.append(f"ip ttl set {value}")
        reader.first.append(["-j", "TTL", "--ttl-set", value])
    elif field in OF_IP:
        OF_IP[field](reader, field)
    elif field not in IP_FIELDS:
        raise reader.line.complaint(f"syntax error, unexpected {token(field)[0]}", reader.place - 1)
    else:
        raise reader.not_modelled(f"ip {field}")


def _ttl(reader: Reader, _field: str) -> None:
    flag = {"lt": "--ttl-lt", "<": "--ttl-lt", "gt": "--ttl-gt", ">": "--ttl-gt"}.get(reader.words[0])
    sign = f" {flag[-2:].replace('lt', '<').replace('gt', '>')}" if flag and reader.take() else ""
    negated, value = reader.asked(f"ip ttl{sign}")
    reader.out += ["-m", "ttl", *negated, flag or "--ttl-eq", value]


def _ip_protocol(reader: Reader, _field: str) -> None:
    at = reader.place
    negated, value = reader.asked("ip protocol", protocol_name, protocol_order)
    if not all(one.isdecimal() or one in PROTOCOL_NAMES.values() for one in value.split(",")):
        raise reader.line.complaint("Could not resolve protocol name", at + bool(negated))
    reader.protocol = "" if negated else value
    reader.one_of(negated, [["-p", one] for one in value.split(",")])


def _ip_address(reader: Reader, field: str) -> None:
    at = reader.place
    negated, value = reader.asked(f"ip {field}", address, address_order)
    check_addresses(reader, value, at + bool(negated))
    flag, ends = ("-s", "--src-range") if field == "saddr" else ("-d", "--dst-range")
    reader.one_of(negated, [["-m", "iprange", ends, one] if "-" in one else [flag, one] for one in value.split(",")])


OF_IP = {"ttl": _ttl, "protocol": _ip_protocol, "saddr": _ip_address, "daddr": _ip_address}


def _transport(reader: Reader, name: str) -> None:
    at, field = reader.place, reader.take()
    if field not in ("sport", "dport"):
        if reader.words and field not in FIELDS:
            raise reader.line.complaint(f"syntax error, unexpected {token(field)[0]}", at)
        raise reader.not_modelled(f"{name} {field}")
    reader.use_protocol(name)
    at = reader.place
    span = reader.compared(f"{name} {field}", port, MOST_PORT)
    if span is not None:
        reader.out += [f"--{field}", span.replace("-", ":")]
        return
    negated, value = reader.asked(f"{name} {field}", port, port_order)
    value = ",".join(map(port, value.split(",")))
    _check_ports(reader, value, at + bool(negated))
    if "," in value:
        reader.out += ["-m", "multiport", *negated, f"--{field}s", value.replace("-", ":")]
    else:
        reader.out += [*negated, f"--{field}", value.replace("-", ":")]


def _check_ports(reader: Reader, text: str, at: int) -> None:
    """Ports by number or by name; ranges are numbers."""
    for part in text.split(","):
        for one in part.split("-") if part[:1].isdecimal() else [part]:
            if one.isdecimal() and int(one) > MOST_PORT:
                raise reader.line.complaint("Service out of range", at)
            if port_number(one) is None:
                raise reader.line.complaint("Could not resolve service: Servname not supported for ai_socktype", at)


def tcp(reader: Reader) -> None:
    _transport(reader, "tcp")


def udp(reader: Reader) -> None:
    _transport(reader, "udp")


def icmp(reader: Reader) -> None:
    if reader.take() != "type":
        raise reader.not_modelled("icmp code")
    reader.use_protocol("icmp")
    at = reader.place
    negated, value = reader.asked("icmp type", _icmp_name, lambda name: ICMP_TYPES.get(name, 0))
    if not all(part.isdecimal() or part in ICMP_TYPES for part in value.split(",")):
        raise reader.line.complaint("Could not parse ICMP type", at + bool(negated))
    reader.one_of(negated, [["-p", "icmp", "--icmp-type", one] for one in value.split(",")] if "," in value else
                  [["--icmp-type", value]])


def _icmp_name(text: str) -> str:
    return next((name for name, number in ICMP_TYPES.items() if text == str(number)), text)


def ether(reader: Reader) -> None:
    field = reader.take()
    if field != "saddr":
        raise reader.not_modelled(f"ether {field}")
    negated, value = reader.asked("ether saddr")
    reader.out += ["-m", "mac", *negated, "--mac-source", value]


class Ipv6:
    """ip6 and icmpv6, whose fields no packet here has."""

    def __init__(self, word: str) -> None:
        self.word = word

    def __call__(self, reader: Reader) -> None:
        if not reader.is_inet:
            raise NftError(f"netsandbox: nft: {self.word}: IPv6 is not modelled\n")
        reader.asked(f"{self.word} {reader.take()}")
        reader.never(reader.said.pop())
