"""IPv4 options as hosts and routers treat them (RFC 791, RFC 1812 5.2.4; net/ipv4/ip_options.c)."""

from __future__ import annotations

from netsandbox.engine.units import EPOCH, MILLISECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.routing import OutputRoute, route_output, select_address
from netsandbox.wire.ipv4 import HEADER, IPv4Packet, parse_transport
from netsandbox.wire.options import END, NO_OPERATION, Option, read_options

RECORD_ROUTE, TIMESTAMP, ROUTER_ALERT, CIPSO = 7, 68, 148, 134
LOOSE, STRICT = 131, 137  # Source routes
LEAST_CIPSO = 8  # Bytes of a security label (IPOPT_CIPSO) with one tag
TIME_ONLY, TIME_AND_ADDRESS, PRESPECIFIED = 0, 1, 3  # A timestamp option's flags
COPIED = 0x80  # The bit of an option's kind that puts it into every fragment
ADDRESS, TIME = 4, 4
MILLISECONDS_OF_DAY = 86_400_000


class OptionError(Exception):
    """An option that makes no sense; `at` counts from the first option's first byte."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Marks:
    """What the kernel notes about the options of a packet in its hands (struct ip_options).

    Attributes:
        record, stamp, source_route, label: where those options begin; label is CIPSO's.
        is_strict: the source route names every hop.  next_stop: where it sends the packet from here.
        wants_record, wants_stamp, wants_time: an address or a time goes into the place just left for it.
        problem: where they stop making sense, as a parameter problem points to it in the header.
    """

    __slots__ = ("is_strict", "label", "next_stop", "problem", "record", "source_route", "stamp", "wants_record",
                 "wants_stamp", "wants_time")

    def __init__(self) -> None:
        self.record: int | None = None
        self.stamp: int | None = None
        self.source_route: int | None = None
        self.label: int | None = None
        self.next_stop: int | None = None
        self.problem: int | None = None
        self.is_strict = self.wants_record = self.wants_stamp = self.wants_time = False


class HeldPacket(IPv4Packet):
    """A packet with options between its arrival and its end here.

    Its checksum is that of the options as they came: the kernel corrects it only when the packet leaves.
    """

    __slots__ = ("marks",)

    marks: Marks

    def with_ttl(self, ttl: int) -> HeldPacket:
        twin: HeldPacket = super().with_ttl(ttl)  # type: ignore[assignment]
        twin.marks = self.marks
        if self.checksum is not None:
            total = self.checksum + ((self.ttl - ttl) << 8)
            twin.checksum = total + (total >= 0xFFFF) & 0xFFFF
        return twin

    def sent_to(self, destination: int) -> HeldPacket:
        """The same for another destination: what it carries keeps its bytes, and so its checksum."""
        body = self.payload_bytes()
        is_whole = not (self.mf or self.offset)
        payload = parse_transport(self.protocol, body, self.src, destination) if is_whole else body
        twin = HeldPacket(self.src, destination, self.protocol, payload, self.ttl, self.ident, self.df, self.tos,
                          self.mf, self.offset, self.options, self.checksum, self.total_length)
        twin.marks = self.marks
        return twin


def hold(namespace: NetworkNamespace, interface: Interface | None, packet: IPv4Packet, is_ours: bool) -> HeldPacket:
    """ip_options_compile: our address and the time go where the options ask for them.

    Args:
        interface: where the packet came in, or None.
        is_ours: it was sent to an address of ours, which is then the one to record.
    """
    address = packet.dst if is_ours else _address_towards(namespace, interface, packet.src)
    data, marks = bytearray(packet.options), Marks()
    try:
        for option in read_options(packet.options):
            _read(namespace, data, marks, option, address)
    except OptionError as error:
        marks.problem = HEADER + error.at
    held = with_marks(packet, bytes(data), marks)
    if held.options != packet.options:
        held.checksum = packet.right_checksum()
    return held


def with_marks(packet: IPv4Packet, options: bytes, marks: Marks) -> HeldPacket:
    """The packet as one whose options are read."""
    held = HeldPacket(packet.src, packet.dst, packet.protocol, packet.payload, packet.ttl, packet.ident, packet.df,
                      packet.tos, packet.mf, packet.offset, options, None, packet.total_length)
    held.marks = marks
    return held


def _address_towards(namespace: NetworkNamespace, interface: Interface | None, peer: int) -> int:
    """fib_compute_spec_dst."""
    route = route_output(namespace, peer)
    if isinstance(route, OutputRoute):
        return route.source
    return select_address(interface, peer, "global") if interface is not None else 0


def _clock(namespace: NetworkNamespace) -> bytes:
    """inet_current_timestamp: milliseconds since midnight UT."""
    return ((EPOCH + namespace.scheduler.now) // MILLISECOND % MILLISECONDS_OF_DAY).to_bytes(TIME, "big")


def _read(namespace: NetworkNamespace, data: bytearray, marks: Marks, option: Option, address: int) -> None:
    kind, at, size = option.kind, option.start, option.end - option.start
    if kind == END:
        data[at:] = bytes(len(data) - at)
    elif kind != NO_OPERATION and not option.is_whole:
        raise OptionError(at)
    elif kind in (LOOSE, STRICT):
        _check(data, at, size, 3, 4, False)
        if marks.source_route is not None:
            raise OptionError(at)
        marks.source_route, marks.is_strict = at, kind == STRICT
    elif kind == CIPSO:
        _read_label(marks, at, size)
    elif kind == RECORD_ROUTE:
        _check(data, at, size, 3, 4, marks.record is not None)
        _record(data, marks, at, size, address)
    elif kind == TIMESTAMP:
        _check(data, at, size, 4, 5, marks.stamp is not None)
        _stamp(namespace, data, marks, at, size, address)
    elif kind == ROUTER_ALERT and size < 4:
        raise OptionError(at + 1)


def _read_label(marks: Marks, at: int, size: int) -> None:
    """cipso_v4_validate: as no domain of interpretation is configured, none is known."""
    if marks.label is not None:
        raise OptionError(at)
    marks.label = at
    raise OptionError(at + 1 if size < LEAST_CIPSO else at + 2)


def _check(data: bytearray, at: int, size: int, least: int, first: int, is_second: bool) -> None:
    """An option with a pointer: once only, long enough, and pointing behind its own head."""
    if is_second:
        raise OptionError(at)
    if size < least:
        raise OptionError(at + 1)
    if data[at + 2] < first:
        raise OptionError(at + 2)


def _record(data: bytearray, marks: Marks, at: int, size: int, address: int) -> None:
    place = data[at + 2]
    if place <= size:
        if place + 3 > size:
            raise OptionError(at + 2)
        _put(data, at + place - 1, address)
        data[at + 2] += ADDRESS
        marks.wants_record = True
    marks.record = at


def _stamp(namespace: NetworkNamespace, data: bytearray, marks: Marks, at: int, size: int, address: int) -> None:
    place, kind = data[at + 2], data[at + 3] & 15
    if place > size:
        if kind != PRESPECIFIED:
            _count_overflow(data, at)
        marks.stamp = at
        return
    needed = 3 if kind not in (TIME_AND_ADDRESS, PRESPECIFIED) else 7
    if place + needed > size:
        raise OptionError(at + 2)
    time_at = at + place - 1
    if kind == TIME_AND_ADDRESS:
        _put(data, time_at, address)
        marks.wants_stamp = True
    is_ours = kind != PRESPECIFIED or namespace.routes.address_type(
        int.from_bytes(data[time_at:time_at + ADDRESS], "big")) != "unicast"
    if kind in (TIME_ONLY, TIME_AND_ADDRESS, PRESPECIFIED) and is_ours:
        end = time_at + needed + 1
        data[end - TIME:end] = _clock(namespace)
        data[at + 2] += needed + 1
        marks.wants_time = True
    marks.stamp = at


def _count_overflow(data: bytearray, at: int) -> None:
    """Who found no room for its time is counted in the upper half of the flags."""
    if data[at + 3] >> 4 == 15:
        raise OptionError(at + 3)
    data[at + 3] += 0x10


def _put(data: bytearray, at: int, address: int) -> None:
    data[at:at + ADDRESS] = address.to_bytes(ADDRESS, "big")


# -- on the way out

def forwarded(packet: HeldPacket, address: int) -> IPv4Packet:
    """ip_forward_options: the address it leaves by stands where ours was put on arrival.

    Beside a time it is put only where a source route was followed: otherwise the one towards the sender stays.
    """
    data, marks = bytearray(packet.options), packet.marks
    if marks.record is not None and marks.wants_record:
        _put(data, marks.record + data[marks.record + 2] - 5, address)
    if marks.source_route is not None and marks.next_stop is not None:
        packet = _move_on(packet, data, marks.source_route, marks.next_stop, address)
        if marks.stamp is not None and marks.wants_stamp:
            _put(data, marks.stamp + data[marks.stamp + 2] - 9, address)
    return _released(packet, bytes(data))


def _move_on(packet: HeldPacket, data: bytearray, at: int, stop: int, address: int) -> HeldPacket:
    """The next stop of a source route becomes the destination, and our address stands in its place."""
    place, wanted = data[at + 2], stop.to_bytes(ADDRESS, "big")
    while data[at + place - 1:at + place - 1 + ADDRESS] != wanted:
        place += ADDRESS
    _put(data, at + place - 1, address)
    data[at + 2] = place + ADDRESS
    return packet.sent_to(stop)


def recorded(namespace: NetworkNamespace, packet: IPv4Packet) -> IPv4Packet:
    """ip_options_build: in a packet of our own, our address and time stand first."""
    return _released(packet, hold(namespace, None, packet, is_ours=False).options)


def _released(packet: IPv4Packet, options: bytes) -> IPv4Packet:
    return IPv4Packet(packet.src, packet.dst, packet.protocol, packet.payload, packet.ttl, packet.ident, packet.df,
                      packet.tos, packet.mf, packet.offset, options, None, packet.total_length)


def first_stop_back(packet: IPv4Packet) -> int:
    """Where an answer goes first: to the last stop of the source route that the question took, or to its sender."""
    stops = _stops_back(packet)
    return stops[0] if stops else packet.src


def _stops_back(packet: IPv4Packet) -> list[int]:
    """The stops of a source route that lie behind a packet, the last first; the sender itself is none of them."""
    if not isinstance(packet, HeldPacket) or packet.marks.source_route is None:
        return []
    part = _option_at(packet.options, packet.marks.source_route)
    end = min(part[2], len(part) + 1) - 1
    stops = [int.from_bytes(part[at:at + ADDRESS], "big") for at in range(3, end - ADDRESS + 1, ADDRESS)]
    return [stop for place, stop in enumerate(stops) if place or stop != packet.src][::-1]


def echoed(namespace: NetworkNamespace, packet: IPv4Packet, address: int) -> bytes:
    """__ip_options_echo, ip_options_build: an answer goes on with the asker's record of route and time, and takes the
    asker's source route the other way round."""
    if not isinstance(packet, HeldPacket):
        return b""
    marks, out = packet.marks, bytearray()
    if marks.record is not None:
        part = _option_at(packet.options, marks.record)
        if marks.wants_record and part[2] <= len(part):
            _put(part, part[2] - 1, address)
            part[2] += ADDRESS
        out += part
    if marks.stamp is not None:
        out += _stamped(namespace, marks, _option_at(packet.options, marks.stamp), address)
    stops = _stops_back(packet)
    if stops and marks.source_route is not None:
        way = b"".join(stop.to_bytes(ADDRESS, "big") for stop in [*stops[1:], packet.src])
        out += bytes((packet.options[marks.source_route], 3 + len(way), ADDRESS)) + way
    if marks.label is not None:
        out += _option_at(packet.options, marks.label)
    return bytes(out) + bytes(-len(out) % 4)


def _option_at(options: bytes, at: int) -> bytearray:
    return bytearray(options[at:at + options[at + 1]])


def _stamped(namespace: NetworkNamespace, marks: Marks, part: bytearray, address: int) -> bytearray:
    place = part[2]
    if place > len(part) or part[3] & 15 == PRESPECIFIED:
        return part
    if marks.wants_stamp:
        _put(part, place - 1, address)
        place += ADDRESS
    if marks.wants_time and place + 3 <= len(part):
        part[place - 1:place - 1 + TIME] = _clock(namespace)
        place += TIME
    part[2] = place
    return part


def of_later_fragment(options: bytes) -> bytes:
    """ip_options_fragment: what need not be in every fragment is blanked in all but the first."""
    data = bytearray(options)
    for option in read_options(options):
        if not option.kind & COPIED and option.kind != END:
            data[option.start:option.end] = bytes((NO_OPERATION,)) * (option.end - option.start)
    return bytes(data)
