"""Dissection of IPv4 and what it carries; an ICMP error's quoted packet becomes layers inside it."""

from __future__ import annotations

from netsandbox.wire import gre, names, vxlan
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.checksum import internet_checksum, pseudo_header
from netsandbox.wire.dissect_application import application_layers
from netsandbox.wire.dissect_tag import Inside, gre_layers, vxlan_layers
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, ERRORS, PARAMETER_PROBLEM, REDIRECT, UNREACHABLE
from netsandbox.wire.layers import Field, Layer, Row, bytes_layer, preview, read_fields
from netsandbox.wire.options import NO_OPERATION, Option, read_options
from netsandbox.wire.udp import partial_checksum

IP_HEADER = 20
ICMP_HEADER = 8
UDP_HEADER = 8
TCP_HEADER = 20

ICMP, TCP, UDP = 1, 6, 17

IPIP = 4


class _Carrier:
    """What a transport header needs to know about the packet around it."""

    __slots__ = ("destination", "is_quoted", "is_whole", "source")

    def __init__(self, source: int, destination: int, is_quoted: bool, is_whole: bool) -> None:
        self.source = source
        self.destination = destination
        self.is_quoted = is_quoted  # the packet is quoted by an ICMP error: its own errors are not taken apart again
        self.is_whole = is_whole  # neither cut off nor a fragment, so that a checksum can be checked


def ipv4_layers(data: bytes, start: int, end: int, is_quoted: bool = False,
                inside: Inside | None = None) -> tuple[Layer, ...]:
    """The packet that begins at `start`: its header, and the layers of what it carries (inside: takes apart what a
    tunnel carries)."""
    fields = read_fields(data, start, end, _IPV4)
    if not fields:
        return ()
    if end - start < IP_HEADER:
        return (Layer("IPv4", f"cut off after {end - start} bytes", start, end, tuple(fields)),)
    header, total = (data[start] & 15) * 4, _number(data, start + 2, 2)
    body = start + header
    if data[start] >> 4 != 4 or header < IP_HEADER or body > end:
        fields += [Field("Malformed", "no IPv4 header", start + IP_HEADER, end)] if start + IP_HEADER < end else []
        summary = f"malformed: version {data[start] >> 4}, header of {header} bytes"
        return (Layer("IPv4", summary, start, end, tuple(fields)),)
    fields += _option_fields(data, start + IP_HEADER, body, names.IP_OPTIONS)
    fields[_CHECKSUM] = _checked(fields[_CHECKSUM], data, start, body)
    if total < header or total > end - start:
        fields[_TOTAL_LENGTH] = fields[_TOTAL_LENGTH]._replace(value=f"{total} (here are {end - start})")
    stop = start + total if header <= total <= end - start else end
    packet = Layer("IPv4", _ipv4_summary(data, start), start, body, tuple(fields))
    return (packet, *_payload_layers(data, start, body, stop, is_quoted, inside))


def _payload_layers(data: bytes, start: int, body: int, end: int, is_quoted: bool,
                    inside: Inside | None) -> tuple[Layer, ...]:
    fragment = _number(data, start + 6, 2)
    if fragment & 0x1FFF:
        return bytes_layer("Fragment data", data, body, end)
    is_whole = not fragment & 0x2000 and end - start == _number(data, start + 2, 2)
    carrier = _Carrier(_number(data, start + 12, 4), _number(data, start + 16, 4), is_quoted, is_whole)
    protocol = data[start + 9]
    if is_quoted and protocol == IPIP:
        return ipv4_layers(data, body, end, is_quoted=True)
    if inside is not None and protocol == IPIP:
        return inside(0x0800, data, body, end)
    if inside is not None and protocol == gre.PROTOCOL:
        return gre_layers(data, body, end, inside)
    if inside is not None and protocol == UDP and _number(data, body + 2, 2) in (vxlan.PORT, vxlan.LINUX_PORT):
        udp = _udp_layers(data, body, end, carrier)
        return (udp[0], *vxlan_layers(data, udp[0].end, udp[1].end, inside), *udp[2:]) if len(udp) > 1 else udp
    transport = {ICMP: _icmp_layers, UDP: _udp_layers, TCP: _tcp_layers}.get(protocol)
    return transport(data, body, end, carrier) if transport else bytes_layer("Data", data, body, end)


def _ipv4_summary(data: bytes, start: int) -> str:
    source, destination = (format_ipv4(_number(data, start + at, 4)) for at in (12, 16))
    protocol = names.IP_PROTOCOLS.get(data[start + 9], f"protocol {data[start + 9]}")
    text = f"{source} → {destination}, {protocol}, TTL {data[start + 8]}"
    fragment = _number(data, start + 6, 2)
    if fragment & 0x3FFF:
        text += f", fragment at {(fragment & 0x1FFF) * 8}" + (", more follow" if fragment & 0x2000 else ", the last")
    return text


def _icmp_layers(data: bytes, start: int, end: int, carrier: _Carrier) -> tuple[Layer, ...]:
    if end - start < ICMP_HEADER:
        return _cut_off("ICMP", data, start, end, (*_ICMP, _ICMP_REST))
    kind, code = data[start], data[start + 1]
    fields = read_fields(data, start, end, (*_ICMP, *_icmp_rest(kind, code)))
    fields[0] = fields[0]._replace(value=names.named(names.ICMP_TYPES, kind))
    fields[1] = fields[1]._replace(value=names.icmp_code(kind, code))
    if carrier.is_whole:
        fields[2] = _checked(fields[2], data, start, end)
    quoted: tuple[Layer, ...] = ()
    if kind in ERRORS and not carrier.is_quoted:
        quoted = ipv4_layers(data, start + ICMP_HEADER, end, is_quoted=True)
    covered = quoted[-1].end if quoted else start + ICMP_HEADER
    if covered < end:
        fields.append(Field("Data", preview(data[covered:end]), covered, end))
    return (Layer("ICMP", _icmp_summary(data, start), start, end, tuple(fields), quoted),)


def _icmp_summary(data: bytes, start: int) -> str:
    kind, code = data[start], data[start + 1]
    text = names.ICMP_TYPES.get(kind, f"type {kind}")
    if kind in (ECHO_REQUEST, ECHO_REPLY):
        return f"{text}, id {_number(data, start + 4, 2)}, seq {_number(data, start + 6, 2)}"
    codes = names.ICMP_CODES.get(kind, ())
    return f"{text}: {codes[code]}" if code < len(codes) else f"{text}, code {code}"


def _icmp_rest(kind: int, code: int) -> tuple[Row, ...]:
    """The fields of the 32 bits that each type uses in its own way; 42 and 43 as RFC 8335 has them."""
    if kind in (ECHO_REQUEST, ECHO_REPLY, 13, 14, 15, 16, 17, 18):
        return (4, 2, "Identifier", str), (6, 2, "Sequence Number", str)
    if kind in (42, 43):
        return (4, 2, "Identifier", str), (6, 1, "Sequence Number", str), (7, 1, "Interface flags", _hexadecimal)
    if kind == UNREACHABLE and code == 4:
        return (4, 2, "Unused", _hexadecimal), (6, 2, "MTU of next hop", str)
    if kind == REDIRECT:
        return (4, 4, "Gateway Address", format_ipv4),
    if kind == PARAMETER_PROBLEM:
        return (4, 1, "Pointer", str), (5, 3, "Unused", _hexadecimal)
    return ((4, 4, "Unused", _hexadecimal) if kind in ERRORS else _ICMP_REST,)


def _udp_layers(data: bytes, start: int, end: int, carrier: _Carrier) -> tuple[Layer, ...]:
    if end - start < UDP_HEADER:
        return _cut_off("UDP", data, start, end, _UDP)
    fields = read_fields(data, start, end, _UDP)
    length = _number(data, start + 4, 2)
    fits = UDP_HEADER <= length <= end - start
    stop = start + length if fits else end
    if _number(data, start + 6, 2) == 0:
        fields[3] = fields[3]._replace(value="0x0000 (none)")
    elif carrier.is_whole:
        fields[3] = _checked(fields[3], data, start, stop, carrier, UDP)
    if not fits and carrier.is_whole:
        fields[2] = fields[2]._replace(value=f"{length} (here are {end - start})")
    summary = f"{_number(data, start, 2)} → {_number(data, start + 2, 2)}, {max(0, length - UDP_HEADER)} bytes"
    header = Layer("UDP", summary, start, start + UDP_HEADER, tuple(fields))
    inside = application_layers(_ports(data, start), False, data, start + UDP_HEADER, stop)
    return (header, *inside, *bytes_layer("Padding", data, stop, end))


def _tcp_layers(data: bytes, start: int, end: int, carrier: _Carrier) -> tuple[Layer, ...]:
    if end - start < TCP_HEADER:
        return _cut_off("TCP", data, start, end, _TCP)
    fields = read_fields(data, start, end, _TCP)
    body = start + (data[start + 12] >> 4) * 4
    if not start + TCP_HEADER <= body <= end:
        fields += [Field("Truncated", "options or data", start + TCP_HEADER, end)] if start + TCP_HEADER < end else []
        summary = f"{_tcp_summary(data, start)}, header of {body - start} bytes in {end - start}"
        return (Layer("TCP", summary, start, end, tuple(fields)),)
    fields += _option_fields(data, start + TCP_HEADER, body, names.TCP_OPTIONS)
    if carrier.is_whole:
        fields[_TCP_CHECKSUM] = _checked(fields[_TCP_CHECKSUM], data, start, end, carrier, TCP)
    header = Layer("TCP", _tcp_summary(data, start), start, body, tuple(fields))
    return (header, *application_layers(_ports(data, start), True, data, body, end))


def _tcp_summary(data: bytes, start: int) -> str:
    flags = _tcp_flags(_number(data, start + 12, 2)).partition(" ")[2].strip("()")
    return f"{_number(data, start, 2)} → {_number(data, start + 2, 2)}, {flags or 'no flags'}"


def _cut_off(name: str, data: bytes, start: int, end: int, rows: tuple[Row, ...]) -> tuple[Layer, ...]:
    fields = read_fields(data, start, end, rows)
    return (Layer(name, f"cut off after {end - start} bytes", start, end, tuple(fields)),) if fields else ()


def _option_fields(data: bytes, start: int, end: int, known: dict[int, str]) -> list[Field]:
    fields = []
    for option in read_options(data[start:end]):
        name = known.get(option.kind, f"Option {option.kind}")
        fields.append(Field(name, _option_value(option, name), start + option.start, start + option.end))
    return fields


def _option_value(option: Option, name: str) -> str:
    value = option.value
    if not option.is_whole:
        return "malformed"
    if name == "Maximum segment size" and value:
        return str(int.from_bytes(value, "big"))
    if name == "Window scale" and len(value) == 1:
        return f"{value[0]} (multiply by {1 << min(value[0], 14)})"
    if name == "Timestamps" and len(value) == 8:
        return f"TSval {_number(value, 0, 4)}, TSecr {_number(value, 4, 4)}"
    if option.kind <= NO_OPERATION or not value:
        return ""
    return value.hex(" ")


def _checked(field: Field, data: bytes, start: int, end: int, carrier: _Carrier | None = None,
             protocol: int = 0) -> Field:
    """A checksum field with a word on whether it is right.

    Args:
        start, end: the bytes that the checksum covers, itself included.
        carrier, protocol: for UDP and TCP, where the pseudo-header comes from.
    """
    octets = data[start:field.start] + bytes(2) + data[field.end:end]
    if carrier:
        octets = pseudo_header(carrier.source, carrier.destination, protocol, end - start) + octets
    right = internet_checksum(octets)
    if protocol == UDP:
        right = right or 0xFFFF
    found = int(field.value, 16)
    if found % 0xFFFF == right % 0xFFFF:
        return field._replace(value=f"{field.value} (correct)")
    if protocol == UDP and carrier and found == partial_checksum(carrier.source, carrier.destination, end - start):
        return field._replace(value=f"{field.value} (left to the device; whole it is 0x{right:04x})")
    return field._replace(value=f"{field.value} (should be 0x{right:04x})")


def _ports(data: bytes, start: int) -> tuple[int, int]:
    return _number(data, start, 2), _number(data, start + 2, 2)


def _number(data: bytes, start: int, size: int) -> int:
    return int.from_bytes(data[start:start + size], "big")


def _hexadecimal(number: int) -> str:
    return f"0x{number:04x}"


def _traffic_class(number: int) -> str:
    return f"0x{number:02x} (DSCP {names.DSCP.get(number >> 2, number >> 2)}, {names.ECN[number & 3]})"


def _ip_flags(number: int) -> str:
    flags = [name for bit, name in ((4, "Reserved"), (2, "Don't fragment"), (1, "More fragments")) if number >> 5 & bit]
    return f"0x{number >> 5:x}" + (f" ({', '.join(flags)})" if flags else "")


def _tcp_flags(number: int) -> str:
    flags = [name for bit, name in enumerate(names.TCP_FLAGS) if number >> bit & 1]
    return f"0x{number & 0xFFF:03x}" + (f" ({', '.join(flags)})" if flags else "")


_IPV4: tuple[Row, ...] = (
    (0, 1, "Version", lambda number: str(number >> 4)),
    (0, 1, "Header Length", lambda number: f"{(number & 15) * 4} bytes ({number & 15})"),
    (1, 1, "Differentiated Services Field", _traffic_class),
    (2, 2, "Total Length", str),
    (4, 2, "Identification", lambda number: f"0x{number:04x} ({number})"),
    (6, 1, "Flags", _ip_flags),
    (6, 2, "Fragment Offset", lambda number: str((number & 0x1FFF) * 8)),
    (8, 1, "Time to Live", str),
    (9, 1, "Protocol", lambda number: names.named(names.IP_PROTOCOLS, number)),
    (10, 2, "Header Checksum", _hexadecimal),
    (12, 4, "Source Address", format_ipv4),
    (16, 4, "Destination Address", format_ipv4),
)
_TOTAL_LENGTH, _CHECKSUM = 3, 9

_ICMP: tuple[Row, ...] = (
    (0, 1, "Type", str),
    (1, 1, "Code", str),
    (2, 2, "Checksum", _hexadecimal),
)

_ICMP_REST: Row = (4, 4, "Rest of header", _hexadecimal)

_UDP: tuple[Row, ...] = (
    (0, 2, "Source Port", str),
    (2, 2, "Destination Port", str),
    (4, 2, "Length", str),
    (6, 2, "Checksum", _hexadecimal),
)

_TCP: tuple[Row, ...] = (
    (0, 2, "Source Port", str),
    (2, 2, "Destination Port", str),
    (4, 4, "Sequence Number", str),
    (8, 4, "Acknowledgment Number", str),
    (12, 1, "Header Length", lambda number: f"{(number >> 4) * 4} bytes ({number >> 4})"),
    (12, 2, "Flags", _tcp_flags),
    (14, 2, "Window", str),
    (16, 2, "Checksum", _hexadecimal),
    (18, 2, "Urgent Pointer", str),
)
_TCP_CHECKSUM = 7
