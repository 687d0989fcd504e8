"""A bridge that looks into IGMP: who reports, who asks, and where a group's frames go."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.snooping import MEMBERSHIP
from netsandbox.linux.events import Forwarding, FrameBridged, FrameSent
from netsandbox.session.session import Session
from netsandbox.wire import igmp
from netsandbox.wire.addresses import multicast_mac, parse_ipv4
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.igmp import IgmpMessage
from netsandbox.wire.ipv4 import UDP, IPv4Packet
from tests.linux.test_multipath import say

GROUP, OTHER = parse_ipv4("239.1.1.1"), parse_ipv4("239.1.1.2")
PORTS = ("va", "vb", "vc")


def bridge(line: str = "type bridge") -> Session:
    """One bridge in a host, with three ports whose other ends are up and have nothing to say."""
    session = Session()
    session.execute("add-host h")
    for part in (f"link add br0 {line}", "link set br0 up", *(
            piece for name in PORTS for piece in (f"link add {name} type veth peer name {name}x",
                                                  f"link set {name} master br0", f"link set {name} up",
                                                  f"link set {name}x up"))):
        assert say(session, "h", f"ip {part}") == ""
    session.lab.scheduler.run_until(session.lab.scheduler.now + 3 * SECOND)
    return session


def send(session: Session, port: str, group: int, body: bytes, protocol: int = igmp.PROTOCOL,
         source: int = 0x0A000001) -> tuple[tuple[str, ...], Forwarding] | None:
    """A frame to a group that comes in by a port: where it leaves, and why."""
    interface = session.lab.interface(f"h:{port}")
    packet = IPv4Packet(source, group, protocol, body, 1)
    mark = session.lab.trace.end
    interface.namespace.scheduler.transmit((interface,), Frame(multicast_mac(group), 0x020000000001, ETH_P_IP, packet))
    session.lab.scheduler.run_while(lambda: not session.lab.scheduler.is_idle)
    for record in session.lab.trace.since(mark):
        if isinstance(record.event, FrameBridged):
            return tuple(place.name for place in record.event.ports), record.event.why
    return None


def report(session: Session, port: str, group: int = GROUP) -> None:
    send(session, port, group, IgmpMessage(igmp.REPORT_V2, group).emit())


def ask(session: Session, port: str) -> None:
    """Somebody asks, and the time in which reports come goes by."""
    send(session, port, parse_ipv4("224.0.0.1"), IgmpMessage(igmp.QUERY, 0).emit())
    session.lab.scheduler.run_until(session.lab.scheduler.now + 11 * SECOND)


def data(session: Session, group: int = GROUP) -> tuple[tuple[str, ...], Forwarding] | None:
    return send(session, "va", group, bytes(8), UDP)


def test_nobody_asks_so_that_every_group_is_flooded() -> None:
    session = bridge()
    report(session, "vb")
    assert say(session, "h", "bridge mdb show") == "dev br0 port vb grp 239.1.1.1 temp\n"
    assert data(session) == (("vc", "vb"), Forwarding.MULTICAST)


def test_where_somebody_asks_a_group_goes_to_its_members_and_to_who_asks() -> None:
    session = bridge()
    ask(session, "vc")
    report(session, "vb")
    assert data(session) == (("vb", "vc"), Forwarding.GROUP)
    assert data(session, OTHER) == (("vc",), Forwarding.GROUP)
    assert data(session, parse_ipv4("224.0.0.5")) == (("vc", "vb"), Forwarding.MULTICAST)
    assert say(session, "h", "bridge -d mdb show").endswith("router ports on br0: vc \n")


def test_a_membership_ends_with_its_time_and_with_fast_leave_at_once() -> None:
    session = bridge()
    report(session, "vb")
    leave = IgmpMessage(igmp.LEAVE, GROUP).emit()
    send(session, "vb", parse_ipv4("224.0.0.2"), leave)
    assert "239.1.1.1" in say(session, "h", "bridge mdb show")
    session.lab.scheduler.run_until(session.lab.scheduler.now + 3 * SECOND)
    assert say(session, "h", "bridge mdb show") == ""
    report(session, "vb")
    session.lab.scheduler.run_until(session.lab.scheduler.now + MEMBERSHIP)
    assert say(session, "h", "bridge mdb show") == ""
    report(session, "vb")
    say(session, "h", "bridge link set dev vb fastleave on")
    send(session, "vb", parse_ipv4("224.0.0.2"), leave)
    assert say(session, "h", "bridge mdb show") == ""


def test_what_a_person_says_stays_until_the_port_goes() -> None:
    session = bridge()
    assert say(session, "h", "bridge mdb add dev br0 port vb grp 239.1.1.1 permanent") == ""
    ask(session, "vc")
    session.lab.scheduler.run_until(session.lab.scheduler.now + MEMBERSHIP - 20 * SECOND)
    assert say(session, "h", "bridge mdb") == "dev br0 port vb grp 239.1.1.1 permanent\n"
    say(session, "h", "ip link set vb nomaster")
    assert say(session, "h", "bridge mdb") == ""


def test_where_vlans_are_filtered_a_group_is_in_each_of_the_ports_unless_one_is_named() -> None:
    session = bridge()
    for line in ("ip link set br0 type bridge vlan_filtering 1", "bridge vlan add dev vb vid 7",
                 "bridge mdb add dev br0 port vb grp 239.1.1.1 permanent",
                 "bridge mdb add dev br0 port vc grp 239.1.1.1 permanent vid 1"):
        assert say(session, "h", line) == ""
    assert sorted(say(session, "h", "bridge mdb").splitlines()) == [
        f"dev br0 port {port} grp 239.1.1.1 permanent vid {vid}" for port, vid in (("vb", 1), ("vb", 7), ("vc", 1))]
    assert say(session, "h", "bridge mdb del dev br0 port vb grp 239.1.1.1") == ""
    assert say(session, "h", "bridge mdb") == "dev br0 port vc grp 239.1.1.1 permanent vid 1\n"
    assert "Invalid argument" in say(session, "h", "bridge mdb del dev br0 port vb grp 239.1.1.1")


def test_a_host_answers_who_asks_for_the_groups_that_it_is_in() -> None:
    session = bridge()
    mark = session.lab.trace.end
    ask(session, "vc")
    sent = [record.event.frame.payload for record in session.lab.trace.since(mark)
            if isinstance(record.event, FrameSent) and record.event.interface.name == "br0"]
    assert [packet.dst for packet in sent] == [parse_ipv4("224.0.0.106")]
    assert "br0       :     2      V2" in say(session, "h", "cat /proc/net/igmp")


def test_igmp_that_makes_no_sense_goes_nowhere() -> None:
    session = bridge()
    broken = bytearray(IgmpMessage(igmp.REPORT_V2, GROUP).emit())
    broken[2] ^= 1
    assert send(session, "vb", GROUP, bytes(broken)) is None
    assert say(session, "h", "bridge mdb show") == ""


@pytest.mark.parametrize(("line", "frames"), [("type bridge", 2), ("type bridge mcast_snooping 0", 0)])
def test_a_bridge_that_comes_up_says_that_it_looks_into_igmp(line: str, frames: int) -> None:
    session = bridge(line)
    mark = session.lab.trace.end
    say(session, "h", "ip link set br0 down")
    say(session, "h", "ip link set br0 up")
    session.lab.scheduler.run_until(session.lab.scheduler.now + 3 * SECOND)
    sent = [record.event.frame.payload for record in session.lab.trace.since(mark)
            if isinstance(record.event, FrameSent) and record.event.interface.name == "br0"]
    assert [(packet.src, packet.dst, packet.ttl) for packet in sent] == [(0, parse_ipv4("224.0.0.22"), 1)] * frames
    assert ("6A0000E0" in say(session, "h", "cat /proc/net/igmp")) == bool(frames)


@pytest.mark.parametrize(("line", "complaint"), [
    ("add dev va port va grp 239.1.1.1", "Error: Device does not support MDB operations."),
    ("add dev br0 port lo grp 239.1.1.1", "Error: bridge: Net device is not a bridge port."),
    ("add dev br0 port vb grp 10.0.0.1", "Error: IPv4 entry group address is not multicast or 0.0.0.0."),
    ("add dev br0 port vb grp 224.0.0.7", "Error: IPv4 entry group address is local multicast."),
    ("add dev br0 grp 239.1.1.1", "Device, group address and port name are required arguments."),
    ("add dev br0 port vb grp abc", '"abc" is invalid lladdr.\nInvalid address "abc"'),
    ("del dev br0 port vb grp 239.1.1.9", "RTNETLINK answers: Invalid argument"),
    ("add dev br0 port vb grp 239.1.1.1 src 10.0.0.1", "netsandbox: src of a group's row is not modelled")])
def test_what_is_no_row_is_refused(line: str, complaint: str) -> None:
    session = bridge()
    assert say(session, "h", f"bridge mdb {line}") == complaint + "\n"
    assert say(session, "h", "bridge mdb show") == ""


@given(st.sampled_from((igmp.QUERY, igmp.REPORT_V1, igmp.REPORT_V2, igmp.LEAVE)), st.integers(0, 2**32 - 1),
       st.lists(st.tuples(st.integers(1, 6), st.integers(0, 2**32 - 1), st.just(0)), max_size=4))
def test_what_is_built_is_parsed_again(kind: int, group: int, records: list[tuple[int, int, int]]) -> None:
    for message in (IgmpMessage(kind, group), IgmpMessage(igmp.REPORT_V3, 0, tuple(records))):
        assert IgmpMessage.parse(message.emit()) == message


@given(st.binary(max_size=40))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    with suppress(ParseError):
        IgmpMessage.parse(data)


def queries(session: Session, mark: int, port: str) -> list[int]:
    """Since when, in seconds, a port was asked by its own bridge."""
    return [record.at // SECOND for record in session.lab.trace.since(mark)
            if isinstance(record.event, FrameSent) and record.event.interface.name == port
            and isinstance(record.event.frame.payload, IPv4Packet)
            and record.event.frame.payload.payload_bytes()[:1] == bytes([igmp.QUERY])]


def test_a_querier_asks_soon_at_first_and_then_seldom_and_not_while_somebody_else_does() -> None:
    session = bridge()
    scheduler, mark = session.lab.scheduler, session.lab.trace.end
    begun = scheduler.now // SECOND
    assert say(session, "h", "ip link set br0 type bridge mcast_querier 1 mcast_startup_query_interval 200 "
               "mcast_query_interval 1000 mcast_startup_query_count 3") == ""
    scheduler.run_until(scheduler.now + 17 * SECOND)
    assert [when - begun for when in queries(session, mark, "va")] == [0, 2, 4, 14]
    report(session, "vb")
    assert send(session, "va", GROUP, b"", UDP) == (("vb",), Forwarding.GROUP)
    assert "mcast_querier 1 mcast_querier_ipv4_addr 0.0.0.0 mcast_querier_ipv6_addr :: " in say(
        session, "h", "ip -d link show br0")
    ask(session, "vc")
    mark = session.lab.trace.end
    scheduler.run_until(scheduler.now + 30 * SECOND)
    assert queries(session, mark, "va") == []
