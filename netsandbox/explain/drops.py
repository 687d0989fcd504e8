"""Why a frame or packet ended: which words of its reason fit, and the fields that go into them."""

from __future__ import annotations

import re
from collections.abc import Callable

from netsandbox.explain import devices
from netsandbox.explain.catalogue import Words, find
from netsandbox.explain.devices import Ended
from netsandbox.explain.joining import fill
from netsandbox.explain.voice import FIRST_TYPE, Voice, ethertype, safe
from netsandbox.linux.drop import Dropped, DropReason, Operand
from netsandbox.wire.addresses import format_mac
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.ipv4 import IPv4Packet

Case = tuple[str, dict[str, str]]  # The case of a reason (behind its name in a key), and fields
OF_DOCKER = tuple((case, re.compile(pattern)) for case, pattern in (
    (".icc", r"-A (?:DOCKER-)?FORWARD -i (\S+) -o \1 -j DROP"),
    (".internal", r"-A DOCKER-(?:ISOLATION-STAGE-1|INTERNAL) ! -[sd] \S+ -[io] \S+ -j DROP"),
    (".own address", r"-t raw -A PREROUTING -d \S+/32 ! -i (?!lo )\S+ -j DROP"),
    (".localhost", r"-t raw -A PREROUTING -d 127\.\S+/32 ! -i lo "), (".docker", r"-A DOCKER(?!-USER)")))
"""What Docker's own rules are for, the first that fits."""


def reason_key(verdict: Dropped, what: Ended, voice: Voice) -> str:
    """`DropReason.IP_INHDR.TTL`."""
    return _told(verdict, what, voice)[0]


def reason_clause(verdict: Dropped, what: Ended, voice: Voice) -> str:
    """The clause behind the colon: `no program has UDP port 53 open` (what: the frame or packet that ended)."""
    words, fields = reason_words(verdict, what, voice)
    return fill(words[0], fields)


def reason_words(verdict: Dropped, what: Ended, voice: Voice) -> tuple[Words, dict[str, str]]:
    """The words of a reason and the fields for them."""
    key, fields = _told(verdict, what, voice)
    words = find(voice.language, key)
    if words is None:
        return ("{reason}",), {"reason": verdict.reason.name}
    return words, fields


def _told(verdict: Dropped, what: Ended, voice: Voice) -> tuple[str, dict[str, str]]:
    teller = TELLERS.get(verdict.reason, _common)
    case, fields = teller(verdict.operands, what, voice)
    base = {"dst": voice.mac(what.dst) if isinstance(what, Frame) else "", "size": str(what.size)}
    return f"DropReason.{verdict.reason.name}{case}", base | _defaults(verdict.operands) | fields


def _defaults(operands: tuple[Operand, ...]) -> dict[str, str]:
    """Fields that many reasons share: the first operand as a number, and all of them as a text."""
    first = operands[0] if operands else ""
    return {"number": str(first), "rule": " ".join(safe(str(operand)) for operand in operands), "found": _hex(first),
            "right": "", "address": "", "source": "", "destination": "", "state": "", "route": "", "mode": "",
            "limit": "", "protocol": "", "port": "", "type": ""}


def _number(operands: tuple[Operand, ...]) -> int:
    """The first operand, where it is one."""
    return int(operands[0])


def _hex(number: object) -> str:
    return f"0x{number:04x}" if isinstance(number, int) else ""


def _packet_of(what: Ended) -> IPv4Packet | None:
    packet = what.payload if isinstance(what, Frame) else what
    return packet if isinstance(packet, IPv4Packet) else None


def _common(_operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Case:
    return "", {}


def _other_host(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Case:
    return f".{operands[0]}" if operands else "", {}


def _size(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Case:
    """A number of bytes, or the parser's own words, which stay out of a translated sentence."""
    return "", {"size": str(operands[0])} if operands and isinstance(operands[0], int) else {}


def _checksums(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Case:
    return "", {"right": _hex(operands[1]) if len(operands) > 1 else ""}


def _no_socket(operands: tuple[Operand, ...], _what: Ended, voice: Voice) -> Case:
    """(protocol, port), and where somebody has the port of another address (this one, the program, the other one) or
    for another peer (this one, its port, the other one, its port)."""
    protocol, port, address, holder, other = (*operands, "", "", "", "", "")[:5]
    fields = {"protocol": safe(str(protocol)).upper(), "port": str(port), "holder": safe(str(holder))}
    if isinstance(holder, int):
        ends = {"address": f"{voice.ip(address)}:{holder}", "other": f"{voice.ip(other)}:{operands[5]}"}
        return ".peer", fields | ends
    if not isinstance(address, int) or not isinstance(other, int):
        return "", fields
    return ".elsewhere", fields | {"address": voice.ip(address), "other": voice.ip(other)}


def _port(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Case:
    return "", {"port": str(operands[0]) if operands else ""}


def _queue(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Case:
    """(port, connections that wait, backlog)."""
    port, waiting, backlog = (*map(str, operands), "", "", "")[:3]
    return "", {"port": port, "waiting": waiting, "backlog": backlog}


def _named_case(operands: tuple[Operand, ...], _what: Ended, voice: Voice) -> Case:
    """(case, value): the value is a number for the most part, and an address where the words say so."""
    if len(operands) < 2 or not isinstance(operands[0], str):
        return "", {}
    value = operands[1]
    address = voice.ip(value) if operands[0] in ("target", "gratuitous", "redirect") else ""
    return f".{operands[0]}", {"number": str(value), "address": address}


def _fragment(operands: tuple[Operand, ...], what: Ended, voice: Voice) -> Case:
    """(last byte), or (case, value)."""
    return ("", {"number": str(operands[0])}) if len(operands) == 1 else _named_case(operands, what, voice)


def _icmp_ignored(operands: tuple[Operand, ...], what: Ended, voice: Voice) -> Case:
    return (f".{operands[0]}", {}) if len(operands) == 1 else _named_case(operands, what, voice)


def _source(operands: tuple[Operand, ...], _what: Ended, voice: Voice) -> Case:
    source = voice.ip(operands[0]) if operands else ""
    return "", {"source": source, "address": source, "mode": str(operands[1]) if len(operands) > 1 else ""}


def _destination(operands: tuple[Operand, ...], what: Ended, voice: Voice) -> Case:
    """(destination, case): the destination is the packet's where the verdict does not name it."""
    packet = _packet_of(what)
    number = operands[0] if operands else packet.dst if packet else 0
    case = f".{operands[1]}" if len(operands) > 1 else ""
    return case, {"destination": voice.ip(number)}


def _no_way_in(operands: tuple[Operand, ...], what: Ended, voice: Voice) -> Case:
    """(destination, text of the route or nothing, or of a rule)."""
    _case, fields = _destination(operands[:1], what, voice)
    if len(operands) > 1:
        return f".{(*operands, 'route')[2]}" if operands[1] else "", fields | {"route": safe(str(operands[1]))}
    return "", fields


def _invalid_protocol(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Case:
    return ".broadcast" if len(operands) > 1 else "", {}


def _unhandled(operands: tuple[Operand, ...], what: Ended, _voice: Voice) -> Case:
    number = _number(operands) if operands else what.ethertype if isinstance(what, Frame) else ETH_P_IP
    return "" if number >= FIRST_TYPE else ".length", {"type": ethertype(number), "length": str(number)}


def _too_big(operands: tuple[Operand, ...], what: Ended, _voice: Voice) -> Case:
    """(packet's size, MTU), or (frame's size, longest frame) where a frame did not fit a link."""
    if len(operands) < 2:
        return _size(operands, what, _voice)
    packet = _packet_of(what)
    of_packet = packet is not None and operands[0] == packet.total_length
    return ".packet" if of_packet else ".frame", {"size": str(operands[0]), "limit": str(operands[1])}


def _neighbour(operands: tuple[Operand, ...], _what: Ended, voice: Voice) -> Case:
    return "", {"address": voice.ip(operands[0]) if operands else ""}


def _unanswered(operands: tuple[Operand, ...], what: Ended, voice: Voice) -> Case:
    """(address, "above" or "below", whose, device), (address, "ended", questions, device) or (address, "link", route,
    device) where more is known."""
    case, texts = _neighbour(operands, what, voice)
    if len(operands) < 4:
        return case, texts
    whose, device = str(operands[2]), str(operands[3])
    return f".{operands[1]}", texts | {"owner": safe(whose), "device": safe(device)}


def cut_off(where: tuple[str, ...], voice: Voice) -> str:
    """Why a child of a macvlan and its parent do not hear each other, where that is what parts two; or nothing."""
    words = find(voice.language, f"DropReason.NEIGH_FAILED.{where[0]}") if where else None
    return fill(words[1], {"owner": safe(where[1]), "device": safe(where[2])}) if words is not None else ""


WITHOUT_RULE = ("clash", "cut short", "moved", "icmp error", "redirect", "no address", "no way", "all over")
"""Why netfilter drops what no rule says to drop."""


POLICY = re.compile(r"(-t \w+ )?-P |(?!-).* policy drop$")
"""A chain's policy among the rules, in iptables' words and in nft's."""


def rule_made_at(verdict: Dropped | None) -> tuple[str, int | None]:
    """How is told of what made the rule or policy that dropped a packet, and the trace's first record after that."""
    if verdict is None or verdict.reason is not DropReason.NETFILTER_DROP:
        return "", None
    rule, made_at = (*verdict.operands, "", "")[:2]
    if not isinstance(made_at, int) or rule in (*WITHOUT_RULE, "table full"):
        return "", None
    return "rules.made.policy" if POLICY.match(str(rule)) else "rules.made", made_at


def _rule(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Case:
    """(rule,) or (rule, made at): Docker's own have words of their own; what stands in DOCKER-USER is the user's."""
    rule = str(operands[0]) if operands else ""
    if rule == "table full":
        return f".{rule}", {"most": str(operands[1])}
    if rule in WITHOUT_RULE:
        return f".{rule}", {}
    case = next((case for case, pattern in OF_DOCKER if pattern.match(rule)), "")
    return case, {"rule": safe(rule)}


def _port_state(operands: tuple[Operand, ...], _what: Ended, voice: Voice) -> Case:
    """(state,), or ("locked",)."""
    if operands == ("locked",):
        return ".locked", {}
    return "", {"state": voice.state(str(operands[0])) if operands else ""}


def _no_egress(operands: tuple[Operand, ...], _what: Ended, voice: Voice) -> Case:
    """(MAC), (MAC, why the port that the table names is no way out), or ("hub",)."""
    if operands == ("hub",):
        return ".hub", {}
    if len(operands) < 2:
        return "", {}
    fields = {"dst": voice.mac(_number(operands))}
    if operands[1] in ("same port", "isolated", "nobody"):
        return f".{operands[1]}", fields
    return ".state", fields | {"state": voice.state(str(operands[1]))}


def _station(operands: tuple[Operand, ...], _what: Ended, _voice: Voice) -> Case:
    return "", {"address": format_mac(_number(operands)) if operands else ""}


TELLERS: dict[DropReason, Callable[[tuple[Operand, ...], Ended, Voice], Case]] = {
    DropReason.OTHERHOST: _other_host,
    DropReason.NO_SOCKET: _no_socket,
    DropReason.TCP_LISTEN_OVERFLOW: _queue, DropReason.SOCKET_FILTER: _port,
    **{reason: _port for reason in DropReason if reason.name.startswith("TCP_") and reason.name not in (
        "TCP_CSUM", "TCP_LISTEN_OVERFLOW")},
    DropReason.PROTO_MEM: _port,
    DropReason.PKT_TOO_SMALL: _size,
    DropReason.ICMP_CSUM: _checksums,
    DropReason.IP_INHDR: _named_case,
    DropReason.IP_RPFILTER: _source,
    DropReason.IP_OUTNOROUTES: _destination,
    DropReason.IP_INNOROUTES: _no_way_in,
    DropReason.NOT_JOINED: _destination,
    DropReason.IP_INADDRERRORS: _destination,
    DropReason.UNICAST_IN_L2_MULTICAST: _destination,
    DropReason.FRAG_TOO_FAR: _fragment,
    DropReason.IP_LOCALNET: _source,
    DropReason.IP_LOCAL_SOURCE: _source,
    DropReason.IP_INVALID_SOURCE: _source,
    DropReason.IP_INVALID_DEST: _destination,
    DropReason.INVALID_PROTO: _invalid_protocol,
    DropReason.UNHANDLED_PROTO: _unhandled,
    DropReason.PKT_TOO_BIG: _too_big,
    DropReason.NEIGH_CREATEFAIL: _neighbour,
    DropReason.NEIGH_FAILED: _unanswered,
    DropReason.NEIGH_QUEUEFULL: _neighbour,
    DropReason.NEIGH_DEAD: _neighbour,
    DropReason.NETFILTER_DROP: _rule,
    DropReason.BRIDGE_INGRESS_STP_STATE: _port_state,
    DropReason.BRIDGE_NO_EGRESS_PORT: _no_egress,
    DropReason.MAC_INVALID_SOURCE: _station,
    DropReason.ARP_INVALID: _named_case,
    DropReason.ICMP_IGNORED: _icmp_ignored,
    **devices.DROPS,
}
