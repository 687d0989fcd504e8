"""IPv4 packets, ICMP messages and UDP datagrams in tcpdump's words."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.wire import gre, icmp, igmp, vxlan
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.checksum import internet_checksum, pseudo_header
from netsandbox.wire.describe_dns import MULTICAST, describe_dns
from netsandbox.wire.describe_igmp import igmp_text
from netsandbox.wire.describe_options import ip_options
from netsandbox.wire.describe_out import Cut, Out, number, should_be
from netsandbox.wire.describe_ports import described
from netsandbox.wire.describe_tcp import segment_text
from netsandbox.wire.describe_text import line_protocol
from netsandbox.wire.describe_tunnel import gre_text

IP_HEADER, UDP_HEADER, SCTP_HEADER = 20, 8, 12
ICMP, IP_IN_IP, TCP, UDP, SCTP = 1, 4, 6, 17, 132

FrameText = Callable[[Out, bytes, int, int], None]
"""Adds an Ethernet frame, its bytes and its length, to a description: what a VXLAN packet carries."""

_PROTOCOLS = {
    0: "Options", 1: "ICMP", 2: "IGMP", 4: "IPIP", 6: "TCP", 8: "EGP", 9: "IGRP", 17: "UDP", 33: "DCCP", 41: "IPv6",
    43: "Routing", 44: "Fragment", 46: "RSVP", 47: "GRE", 50: "ESP", 51: "AH", 55: "Mobile IP", 58: "ICMPv6",
    62: "Mobile IP (old)", 88: "EIGRP", 89: "OSPF", 103: "PIM", 108: "Compressed IP", 112: "VRRP", 113: "PGM",
    132: "SCTP", 135: "Mobility", 143: "Ethernet",
}
_ECN = ("", ",ECT(1)", ",ECT(0)", ",CE")
_DF, _MF, _RESERVED, _OFFSET = 0x4000, 0x2000, 0x8000, 0x1FFF

_VXLAN_PORTS = frozenset({vxlan.PORT, vxlan.LINUX_PORT})
_ADVERTISED = 8
_DNS_PORTS, _SIP = frozenset({53, 5353}), 5060
_VXLAN_HEADER, _DNS_HEADER = 8, 12

_UNREACHABLE = {
    0: "net {} unreachable", 1: "host {} unreachable", 5: "{} unreachable - source route failed",
    6: "net {} unreachable - unknown", 7: "host {} unreachable - unknown", 8: "{} unreachable - source host isolated",
    9: "net {} unreachable - admin prohibited", 10: "host {} unreachable - admin prohibited",
    11: "net {} unreachable - tos prohibited", 12: "host {} unreachable - tos prohibited",
    13: "host {} unreachable - admin prohibited filter", 14: "host {} unreachable - host precedence violation",
    15: "host {} unreachable - precedence cutoff",
}
_REDIRECT = {0: "redirect {} to net {}", 1: "redirect {} to host {}", 2: "redirect-tos {} to net {}",
             3: "redirect-tos {} to host {}"}
_TIME_EXCEEDED = {0: "time exceeded in-transit", 1: "ip reassembly time exceeded"}
_OTHERS = {4: "source quench", 10: "router solicitation", 15: "information request", 16: "information reply",
           17: "address mask request"}
_QUOTED = 8  # Where the quoted packet begins in an ICMP error
_EXTENSION = 136  # Where RFC 4884's extensions begin in an ICMP error, and the least that tcpdump reads of them
_EXTENSION_LEAST = 141


def packet_text(out: Out, data: bytes, length: int, frame_text: FrameText) -> None:
    """Add a packet to a description.

    Args:
        data: the packet, as far as it is there, and what may follow it.
        length: how long what holds the packet is.
        frame_text: how to add what is inside a tunnel, by its EtherType.
    """
    out.add("" if out.link else "IP ")
    if not _is_packet(out, data, length):
        return
    header, total = (data[0] & 15) * 4, number(data, 2, 2, "ip") or length
    data = data[:total]
    ends = f"{format_ipv4(number(data, 12, 4, 'ip'))} > {format_ipv4(number(data, 16, 4, 'ip'))}:"
    if out.verbose and not _verbose_header(out, data, header, length):
        out.add(f"{ends} ")
        out.cut("ip")
        return
    protocol = data[9]
    if number(data, 6, 2, "ip") & _OFFSET:
        out.add(f"{ends} ip-proto-{protocol}")
        return
    if protocol == SCTP and total - header < SCTP_HEADER:
        out.add(f"truncated-sctp - {SCTP_HEADER - total + header} bytes missing!")
        return
    if protocol not in (TCP, UDP):
        out.add(f"{ends} ")
    if len(data) < header:
        out.add(f" [remaining caplen({len(data)}) < header length({header})]")
        raise Cut("ip")
    _transport(out, data, header, total - header, frame_text)


def _is_packet(out: Out, data: bytes, length: int) -> bool:
    """Whether the header can be read; adds what is wrong with it."""
    if length < IP_HEADER:
        out.add(f" [length {length} < {IP_HEADER}] (invalid)")
        return False
    first = number(data, 0, 1, "ip")
    version, header = first >> 4, (first & 15) * 4
    if version != 4:
        out.add(f" [version {version} != 4] (invalid)")
        return False
    if header < IP_HEADER:
        out.add(f" [header length {header} < {IP_HEADER}] (invalid)")
        return False
    total = number(data, 2, 2, "ip")
    if total > length:
        out.add(f"[total length {total} > length {length}] (invalid) ")
    if 0 < total < header:
        out.add(f" [total length {total} < {header}] (invalid)")
        return False
    if len(data) < IP_HEADER:
        out.cut("ip")
        return False
    return True


def _transport(out: Out, packet: bytes, header: int, length: int, frame_text: FrameText) -> None:
    data, protocol = packet[header:], packet[9]
    fragmented = bool(number(packet, 6, 2, "ip") & _MF)
    source, destination = number(packet, 12, 4, "ip"), number(packet, 16, 4, "ip")
    if protocol == TCP:
        segment_text(out, data, length, source, destination, fragmented)
    elif protocol == UDP:
        _datagram(out, data, length, (source, destination), fragmented, frame_text)
    elif protocol == ICMP:
        _message(out, data, length, fragmented, frame_text)
    elif protocol == igmp.PROTOCOL:
        igmp_text(out, data[:length], length)
    elif protocol == IP_IN_IP and out.depth < Out.DEEPEST:
        out.depth += 1
        packet_text(out, data, length, frame_text)
        out.depth -= 1
    elif protocol == gre.PROTOCOL and out.depth < Out.DEEPEST:
        out.depth += 1
        gre_text(out, data, length, frame_text)
        out.depth -= 1
    else:
        out.add(f" ip-proto-{protocol} {length}")


def _verbose_header(out: Out, data: bytes, header: int, length: int) -> bool:
    """Add the fields of the header. False where it is cut off."""
    tos, total, fragment, protocol = data[1], number(data, 2, 2, "ip"), number(data, 6, 2, "ip"), data[9]
    ttl = f", ttl {data[8]}" if data[8] else ""
    flags = ", ".join(name for bit, name in ((_MF, "+"), (_DF, "DF"), (_RESERVED, "rsvd")) if fragment & bit)
    size = f"{total}" if total else f"{length} [was 0, presumed TSO]"
    out.add(f"(tos 0x{tos:x}{_ECN[tos & 3]}{ttl}, id {number(data, 4, 2, 'ip')}, offset {(fragment & _OFFSET) * 8}, "
            f"flags [{flags or 'none'}], proto {_PROTOCOLS.get(protocol, 'unknown')} ({protocol}), length {size}")
    is_whole = True
    if header > IP_HEADER:
        out.add(", options (")
        is_whole = ip_options(out, data[IP_HEADER:], header - IP_HEADER)
        out.add(")" if is_whole else " [truncated-option])")
    remainder = internet_checksum(data[:header])
    if len(data) >= header and remainder and not out.trusts:
        found = number(data, 10, 2, "ip")
        out.add(f", bad cksum {found:x} (->{should_be(found, remainder):x})!")
    out.add(")\n    ")
    return is_whole


def _message(out: Out, data: bytes, length: int, fragmented: bool, frame_text: FrameText) -> None:
    kind = number(data, 0, 1, "icmp")
    out.add(f"ICMP {_message_text(data, kind, number(data, 1, 1, 'icmp'))}, length {length}")
    if not out.verbose:
        return
    if not fragmented and len(data) >= length:
        remainder = internet_checksum(data[:length])
        if remainder:
            found = number(data, 2, 2, "icmp")
            out.add(f" (wrong icmp cksum {found:x} (->{should_be(found, remainder):x})!)")
    if kind in icmp.ERRORS and out.depth < Out.DEEPEST:
        out.add("\n\t")
        quoted = number(data, _QUOTED + 2, 2, "icmp")
        if quoted < 4:
            raise Cut("icmp")
        out.depth += 1
        packet_text(out, data[_QUOTED:_QUOTED + quoted], quoted, frame_text)
        out.depth -= 1
    if kind in (icmp.UNREACHABLE, icmp.TIME_EXCEEDED, icmp.PARAMETER_PROBLEM) and length > _EXTENSION:
        _extension(out, data, length)


def _extension(out: Out, data: bytes, length: int) -> None:
    """RFC 4884: nothing unless its length is given or the checksum of what follows happens to be right."""
    if len(data) < _EXTENSION_LEAST:
        raise Cut("icmp")
    extension = data[_EXTENSION:length]
    is_whole = len(data) >= length
    if data[5] == 0 and is_whole and internet_checksum(extension):
        return
    out.add(f"\n\tICMP Multi-Part extension v{extension[0] >> 4}")
    if extension[0] >> 4 != 2:
        out.add(" packet not supported")
    elif is_whole:
        verdict = "incorrect" if internet_checksum(extension) else "correct"
        out.add(f", checksum 0x{number(extension, 2, 2, 'icmp'):04x} ({verdict}), length {len(extension)}")


def _message_text(data: bytes, kind: int, code: int) -> str:
    if kind in (icmp.ECHO_REQUEST, icmp.ECHO_REPLY):
        name = "request" if kind == icmp.ECHO_REQUEST else "reply"
        return f"echo {name}, id {number(data, 4, 2, 'icmp')}, seq {number(data, 6, 2, 'icmp')}"
    if kind == icmp.UNREACHABLE:
        return _unreachable(data, code)
    if kind == icmp.REDIRECT:
        quoted, gateway = _quoted_destination(data), format_ipv4(number(data, 4, 4, "icmp"))
        return _REDIRECT.get(code, f"redirect-#{code} {{}} to {{}}").format(quoted, gateway)
    if kind == icmp.TIME_EXCEEDED:
        _quoted_destination(data)
        return _TIME_EXCEEDED.get(code, f"time exceeded-#{code}")
    if kind == icmp.PARAMETER_PROBLEM:
        return f"parameter problem - code {code}" if code else (
            f"parameter problem - octet {number(data, 4, 1, 'icmp')}")
    if kind == 9:
        return _advertisement(data)
    if kind == 13:
        return f"time stamp query id {number(data, 4, 2, 'icmp')} seq {number(data, 6, 2, 'icmp')}"
    if kind == 14:
        times = [_milliseconds(number(data, at, 4, "icmp")) for at in (8, 12, 16)]
        return (f"time stamp reply id {number(data, 4, 2, 'icmp')} seq {number(data, 6, 2, 'icmp')}: "
                f"org {times[0]}, recv {times[1]}, xmit {times[2]}")
    if kind == 18:
        return f"address mask is 0x{number(data, 8, 4, 'icmp'):08x}"
    return _OTHERS.get(kind, f"type-#{kind}")


def _advertisement(data: bytes) -> str:
    """RFC 1256: routers and how much each is preferred."""
    count, size, lifetime = number(data, 4, 1, "icmp"), number(data, 5, 1, "icmp"), number(data, 6, 2, "icmp")
    minutes, seconds = divmod(lifetime, 60)
    hours, minutes = divmod(minutes, 60)
    time = f"{lifetime}" if lifetime < 60 else f"{minutes}:{seconds:02d}" if lifetime < 3600 else (
        f"{hours}:{minutes:02d}:{seconds:02d}")
    text = f"router advertisement lifetime {time} {count}:"
    if size != 2:
        return f"{text} [size {size}]"
    for at in range(_ADVERTISED, _ADVERTISED + 8 * count, 8):
        text += f" {{{format_ipv4(number(data, at, 4, 'icmp'))} {number(data, at + 4, 4, 'icmp')}}}"
    return text


def _quoted_destination(data: bytes) -> str:
    return format_ipv4(number(data, _QUOTED + 16, 4, "icmp"))


def _unreachable(data: bytes, code: int) -> str:
    quoted = _quoted_destination(data)
    protocol = data[_QUOTED + 9]
    if code == 2:
        return f"{quoted} protocol {protocol} unreachable"
    if code == 3:
        port = number(data, _QUOTED + (data[_QUOTED] & 15) * 4 + 2, 2, "icmp")
        named = {TCP: f"tcp port {port}", UDP: f"udp port {port}"}
        return f"{quoted} {named.get(protocol, f'protocol {protocol} port {port}')} unreachable"
    if code == 4:
        mtu = number(data, 6, 2, "icmp")
        return f"{quoted} unreachable - need to frag" + (f" (mtu {mtu})" if mtu else "")
    return _UNREACHABLE.get(code, f"{{}} unreachable - #{code}").format(quoted)


def _milliseconds(stamp: int) -> str:
    """Milliseconds since midnight as a time of day."""
    seconds, millis = divmod(stamp, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{millis:03d}"


def _has_udp_header(out: Out, data: bytes, length: int, ends: tuple[int, int]) -> bool:
    """Add who sends to whom; False where no more can be said."""
    source, destination = (format_ipv4(address) for address in ends)
    if len(data) >= 4:
        source, destination = f"{source}.{number(data, 0, 2, 'udp')}", f"{destination}.{number(data, 2, 2, 'udp')}"
    out.add(f"{source} > {destination}: ")
    claimed = int.from_bytes(data[4:6], "big")
    if len(data) >= 4 and length < UDP_HEADER:
        out.add(f"truncated-udp {length}")
    elif len(data) >= 6 and claimed < UDP_HEADER:
        out.add(f"truncated-udplength {claimed}")
    elif len(data) < UDP_HEADER:
        out.cut("udp")
    else:
        return True
    return False


def _datagram(out: Out, data: bytes, length: int, ends: tuple[int, int], fragmented: bool,
              frame_text: FrameText) -> None:
    if not _has_udp_header(out, data, length, ends):
        return
    claimed = number(data, 4, 2, "udp") - UDP_HEADER
    size = min(claimed, length - UDP_HEADER)
    if out.quiet:
        out.add(f"UDP, length {claimed}")
        return
    if out.verbose > 1 and not fragmented and len(data) >= claimed + UDP_HEADER and not out.trusts:
        out.add(_checksum(data[:claimed + UDP_HEADER], ends))
    _content(out, data, (claimed, size), ends, fragmented, frame_text)


def _content(out: Out, data: bytes, sizes: tuple[int, int], ends: tuple[int, int], fragmented: bool,
             frame_text: FrameText) -> None:
    """What a datagram carries, as far as its ports tell (sizes: the bytes that its header claims, and those of them
    that are there)."""
    claimed, size = sizes
    ports = {number(data, 0, 2, "udp"), number(data, 2, 2, "udp")}
    is_dns = bool(ports & _DNS_PORTS) or out.resolver in ends
    if is_dns and size < _DNS_HEADER:
        out.add(f"domain [length {size} < {_DNS_HEADER}] (invalid)")
    elif is_dns and (fragmented or claimed <= size):
        out.add(describe_dns(data[UDP_HEADER:UDP_HEADER + size], size, out.verbose, ports & _DNS_PORTS == {MULTICAST},
                             out.asked))
    elif ports & _VXLAN_PORTS and out.depth < Out.DEEPEST:
        _vxlan(out, data[UDP_HEADER:], size, frame_text, is_otv=vxlan.PORT not in ports)
    elif claimed <= size and not fragmented and (
            text := described((number(data, 0, 2, "udp"), number(data, 2, 2, "udp")),
                              data[UDP_HEADER:UDP_HEADER + size], out.verbose)) is not None:
        out.add(text)
    elif _SIP in ports and claimed <= size and not fragmented:
        line_protocol(out, "SIP", data[UDP_HEADER:UDP_HEADER + size], claimed)
    elif claimed > size and not fragmented:
        out.add(f"UDP, bad length {claimed} > {size}")
    else:
        out.add(f"UDP, length {claimed}")


def _checksum(datagram: bytes, ends: tuple[int, int]) -> str:
    """-vv: whether it is right."""
    found = number(datagram, 6, 2, "udp")
    if not found:
        return "[no cksum] "
    remainder = internet_checksum(pseudo_header(*ends, UDP, len(datagram)) + datagram)
    return f"[bad udp cksum 0x{found:04x} -> 0x{should_be(found, remainder):04x}!] " if remainder else "[udp sum ok] "


def _vxlan(out: Out, data: bytes, length: int, frame_text: FrameText, is_otv: bool) -> None:
    """VXLAN; at the port that Linux took before IANA gave one tcpdump takes it for OTV, with the same header."""
    name = "otv" if is_otv else "vxlan"
    out.add(name.upper())
    if length < _VXLAN_HEADER:
        out.add(f", [length {length} < {_VXLAN_HEADER}] (invalid)" if is_otv else " (invalid)")
        return
    flags = number(data, 0, 1, name)
    out.add(f", flags [{'I' if flags & 8 else '.' if is_otv else 'invalid'}] (0x{flags:02x}), ")
    if is_otv:
        out.add(f"overlay {number(data, 1, 3, name)}, ")
    out.add(f"{'instance' if is_otv else 'vni'} {number(data, 4, 3, name)}\n")
    if len(data) < _VXLAN_HEADER:
        raise Cut(name)
    out.depth += 1
    frame_text(out, data[_VXLAN_HEADER:], length - _VXLAN_HEADER, gre.ETHERNET)
    out.depth -= 1
