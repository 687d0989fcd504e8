"""A record says what was true when it was made: it holds values, and no later change of the lab alters it."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netsandbox.lab import frame_log, views
from netsandbox.lab.lab import Lab
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.roll import Backwards
from netsandbox.linux.events import FdbLearned, FrameBridged, FrameReceived, NeighbourChanged
from netsandbox.linux.netfilter.megaflow import Passage
from netsandbox.session.keeping import KeptSession
from netsandbox.session.library import find_scenario
from netsandbox.session.scenario import load_scenario
from netsandbox.session.session import Session
from netsandbox.session.timeline import INTERRUPT
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet
from tests.lab import labs

RENAMES = st.one_of(
    st.builds("exec {} ip link set {} name {}".format, labs.hosts, st.sampled_from(["eth0", "eth1", "lan0"]),
              st.sampled_from(["lan0", "eth0", "eth7"])),
    st.builds("exec {} ip link set eth0 address 02:00:00:00:00:0{}".format, labs.hosts, st.integers(1, 3)),
    st.builds("exec {} ip link del {}".format, labs.hosts, st.sampled_from(["lan0", "eth0"])),
    st.builds("docker rename {} {}".format, labs.containers, labs.containers),
    labs.commands,
)


def run(*lines: str) -> Session:
    session = Session(seed=3)
    for line in lines:
        if session.run(line).code is None:
            session.run(INTERRUPT)
    return session


def is_value(thing: Any) -> bool:
    """Something that nothing can change: text, numbers, kinds, frames as they were sent, and tuples of these."""
    if isinstance(thing, Passage):
        thing = thing.told()
    if isinstance(thing, tuple | Backwards):
        return all(map(is_value, thing))
    return thing is None or isinstance(thing, str | int | Enum | Frame | IPv4Packet)


def fresh(lab: Lab) -> list[Any]:
    """Every place that somebody keeps, beside what it should be."""
    pairs = []
    for namespace in lab.namespaces():
        for interface in namespace.interfaces.values():
            kept = interface.place
            pairs.append((kept, kept._replace(
                namespace=namespace.name, name=interface.name, kind=interface.kind, ifindex=interface.index,
                mac=interface.mac, peer=interface.peer.id if interface.peer else 0,
                master=interface.port.bridge.id if interface.port else 0)))
            if isinstance(interface, Bridge):
                pairs += [(port.alone, (port.interface.place,)) for port in interface.ports]
                for plan in interface.floods._plans.values():
                    pairs += [(roll.called, [item.place for item in roll.items]) for roll in (plan.ports, plan.ends)]
    return pairs


@settings(max_examples=25, deadline=None)
@given(st.lists(RENAMES, min_size=1, max_size=12))
@example(["ping h1 10.0.0.2", "exec h1 ip link set eth0 name lan0", "ping h2 10.0.0.1", "docker rename c1 c3"])
def test_records_hold_values_and_every_place_is_that_of_now(lines: list[str]) -> None:
    session = run(*labs.BASE, *lines)
    for record in session.lab.trace.since(0):
        assert isinstance(record.event, tuple)
        assert is_value(record.event), record.event
    for kept, right in fresh(session.lab):
        assert kept == right


CHANGES = ("iptables -t nat -F", "iptables -F", "conntrack -F", "docker rename web www", "docker network prune -f",
           "ip link set docker0 name br9", "ip route flush table main", "docker ps -aq | xargs docker rm -f")


@pytest.mark.parametrize("name", ["publish", "two-docker-hosts", "host-resolver", "ufw-bypass", "vxlan-by-hand"])
def test_records_of_rules_connections_and_tunnels_hold_values(name: str) -> None:
    session, scenario = KeptSession(), load_scenario(find_scenario(name))
    session.open(scenario)
    for line in (line for step in scenario.steps for line in step.run):
        if session.run(line).code is None:
            session.run(INTERRUPT)
    trace = session.lab.trace
    early = trace.until(trace.end, trace.step_count)
    before = early.digest()
    for record in trace.since(0):
        assert is_value(record.event), record.event
    for line in CHANGES:
        session.run(line)
    assert early.digest() == before


def test_a_renamed_interface_keeps_its_old_name_in_older_records() -> None:
    session = run(*labs.BASE, "ping h1 10.0.0.2 -c 1", "exec h1 ip link set eth0 down")
    before = [row for row in frame_log.rows(session.lab, 0) if row.node == "h1"]
    assert before
    assert {row.interface for row in before} == {"eth0"}
    session.run("exec h1 ip link set eth0 name lan0")
    mark = session.lab.trace.end
    assert [row for row in frame_log.rows(session.lab, 0) if row.node == "h1" and row.seq < mark] == before
    session.run("exec h1 ip link set lan0 up")
    session.run("ping h1 10.0.0.2 -c 1")
    assert {row.interface for row in frame_log.rows(session.lab, mark) if row.node == "h1"} == {"lan0"}


def test_a_renamed_container_keeps_its_old_name_in_older_records() -> None:
    session = run("docker run -d --name web nginx", "docker run -d --name db redis", "ping web db -c 1")
    before = list(frame_log.rows(session.lab, 0))
    assert any(row.node == "web" and row.source == "web" for row in before)
    session.run("docker rename web www")
    assert list(frame_log.rows(session.lab, 0)) == before
    mark = session.lab.trace.end
    session.run("ping www db -c 1")
    assert {row.node for row in frame_log.rows(session.lab, mark)} == {"www", "host", "db"}
    assert "web" not in {name for row in frame_log.rows(session.lab, mark) for name in (row.source, row.destination)}


def test_a_station_behind_a_bridge_is_renamed_between_two_floods() -> None:
    hosts = [f"h{number}" for number in range(1, 13)]
    joined = [line for number, host in enumerate(hosts, 1) for line in (
        f"add-host {host}", f"connect {host} s1", f"set-ip {host} 10.0.0.{number}/24")]
    session = run("add-switch s1", *joined, *("exec h1 arping -c 1 -w 1 -I eth0 10.0.0.99",) * 3)
    session.run("exec h7 ip link set eth0 name lan0")
    mark = session.lab.trace.end
    session.run("exec h1 arping -c 1 -w 1 -I eth0 10.0.0.99")
    heard = {record.event.interface.label for record in session.lab.trace.since(mark)
             if isinstance(record.event, FrameReceived)}
    assert "h7:lan0" in heard
    assert "h7:eth0" not in heard
    assert "h6:eth0" in heard


@pytest.mark.parametrize("line", ["ping h1 10.0.0.2 -c 1", "exec h1 ping -c 1 10.0.0.2"])
def test_rows_name_the_record_that_made_them(line: str) -> None:
    lab = run(*labs.BASE, line).lab
    for row in views.neighbours(lab, "h1") + views.neighbours(lab, "h2"):
        record = lab.trace.get(row.seq)
        assert record is not None
        assert isinstance(record.event, NeighbourChanged)
    learned = [row for row in views.fdb(lab, "s1") if row.seq is not None]
    assert learned
    for entry in learned:
        record = lab.trace.get(entry.seq or 0)
        assert record is not None
        assert isinstance(record.event, FdbLearned)


def test_a_frame_that_a_bridge_knew_the_way_of_names_the_row() -> None:
    lab = run(*labs.BASE, "ping h1 10.0.0.2 -c 1").lab
    known = [record.event for record in lab.trace.since(0)
             if isinstance(record.event, FrameBridged) and record.event.row is not None]
    assert known
    for bridged in known:
        made = lab.trace.get(bridged.row)
        assert made is not None
        assert (made.event.mac, made.event.port) == (bridged.frame.dst, bridged.ports[0])


def test_an_arrival_comes_before_what_it_led_to_and_has_its_verdict() -> None:
    lab = run(*labs.BASE, "ping h1 10.0.0.2 -c 2").lab
    for number in range(lab.trace.step_count):
        records = list(lab.trace.of_step(number))
        if any(isinstance(record.event, FrameReceived) for record in records):
            assert isinstance(records[0].event, FrameReceived)
    assert None not in lab.trace.events
