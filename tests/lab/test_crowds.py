"""A flood that is told to all stations at once leaves what it would have left station by station."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from netsandbox.engine import scheduler as scheduling
from netsandbox.engine.units import SECOND
from netsandbox.lab import views
from netsandbox.linux.bridge import flood
from netsandbox.linux.events import FrameReceived
from netsandbox.session.session import Session
from netsandbox.session.timeline import INTERRUPT
from tests.lab import labs

NEVER = 1 << 30
IPS = [f"10.0.0.{number}" for number in range(1, 6)]
hosts, ips, few = labs.hosts, st.sampled_from(IPS), st.sampled_from(IPS[:3])
ASKING = st.one_of(
    st.builds("ping {} {} -c 1 &".format, hosts, ips),
    st.builds("exec {} arping -c 2 -w 2 -b -I eth0 {}".format, hosts, ips),
    st.builds(lambda number, kind: f"exec h{number} arping -c 2 -w 2 {kind} -I eth0 10.0.0.{number}",
              st.integers(1, 4), st.sampled_from(["-U", "-A", "-D"])),
)
CHANGING = st.one_of(
    st.builds("exec {} ip neigh replace {} lladdr 02:00:00:00:00:0{} dev eth0 nud {}".format, hosts, few,
              st.integers(1, 2), st.sampled_from(["permanent", "stale", "reachable", "failed", "noarp"])),
    st.builds("exec {} ip neigh del {} dev eth0".format, hosts, few),
    st.builds("exec {} ip addr add {}/24 dev eth0".format, hosts, few),
    st.builds("exec {} ip addr flush dev eth0".format, hosts),
    st.builds("exec {} ip link set eth0 {}".format, hosts,
              st.sampled_from(["arp off", "arp on", "address 02:00:00:00:00:01", "down", "up"])),
    st.builds("exec {} sysctl -w net.ipv4.conf.all.{}".format, hosts,
              st.sampled_from(["arp_accept=1", "proxy_arp=1", "arp_ignore=1", "drop_gratuitous_arp=1"])),
    st.builds("exec s1 bridge link set dev p{} {} {}".format, st.integers(1, 4),
              st.sampled_from(["flood", "bcast_flood", "isolated", "hairpin"]), st.sampled_from(["on", "off"])),
    labs.commands,
)
LINES = st.lists(st.one_of(ASKING, ASKING, CHANGING), min_size=4, max_size=16)
JOINED = ["connect h3 s1", "connect h4 s1", "exec h4 ip addr add 10.0.0.4/24 dev eth0"]


@pytest.fixture(autouse=True, scope="module")
def small_storms() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scheduling, "STORM_STEPS", 100)
        patch.setattr(scheduling, "DROP_STEPS", 1000)
        yield


def heard(event: Any) -> tuple[Any, ...]:
    """What kind of event it is; of an arrival all that there is to know."""
    if not isinstance(event, FrameReceived):
        return (type(event),)
    return event.interface.label, event.frame.wire(), event.verdict


def run(lines: list[str], smallest_crowd: int) -> dict[str, Any]:
    """The lab after some lines: its trace, and every table and counter that can be read."""
    session = Session()
    lab = session.lab
    lab.trace.cap, lab.trace.limit = 150, 170
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flood, "SMALLEST_CROWD", smallest_crowd)
        for line in [*labs.BASE, *JOINED, *lines]:
            session.execute(line)
            if not line.endswith("&"):
                lab.scheduler.run_until(lab.scheduler.clock + 3 * SECOND)
                session.execute(INTERRUPT)
        lab.scheduler.run_until(lab.scheduler.clock + 3 * SECOND)
    events = [(record.seq, record.at, record.step, heard(record.event)) for record in lab.trace.since(0)]
    return {"trace": lab.trace.digest(), "events": events, "deliveries": lab.scheduler.deliveries,
            "interfaces": views.interfaces(lab), "neighbours": [views.neighbours(lab, name) for name in lab.nodes]}


HEARD = ["exec h1 arping -c 2 -w 2 -b -I eth0 10.0.0.9", "exec h2 arping -c 2 -w 2 -b -I eth0 10.0.0.9"]
"""Floods, so that there is a crowd when the rest begins."""


@example(lines=[*HEARD, "ping h4 10.0.0.2 -c 1 &", "ping h2 10.0.0.1 -c 1 &"])
@example(lines=[*HEARD, "exec h4 ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud stale", *HEARD])
@example(lines=[*HEARD, "ping h4 10.0.0.1 -c 1", *HEARD, "exec h1 ip link set eth0 address 02:00:00:00:00:01", *HEARD])
@example(lines=[*HEARD, "ping h4 10.0.0.1 -c 1", "exec h4 ip neigh del 10.0.0.1 dev eth0", "ping h4 10.0.0.1 -c 1",
                "exec h4 ip neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud stale", *HEARD])
@example(lines=[*HEARD, "exec h4 ip addr add 10.0.0.9/24 dev eth0", *HEARD])
@example(lines=[*HEARD, "exec h4 sysctl -w net.ipv4.conf.all.arp_accept=1", "exec h1 arping -c 2 -A -I eth0 10.0.0.1"])
@example(lines=[*HEARD, "connect h4 s2", "exec h4 ip link add br0 type bridge", "exec h4 ip link set eth0 master br0",
                "exec h4 ip link set br0 up", *HEARD])
@example(lines=[*HEARD, "exec h4 ip netns add other", "exec h4 ip link set eth0 netns other", *HEARD])
@example(lines=[*HEARD, "exec s1 bridge link set dev p1 hairpin on", "exec s1 bridge link set dev p2 isolated on",
                "exec s1 bridge link set dev p3 isolated on", *HEARD])
@settings(max_examples=100, deadline=None)
@given(lines=LINES)
def test_all_at_once_is_as_one_by_one(lines: list[str]) -> None:
    assert run(lines, 2) == run(lines, NEVER)
