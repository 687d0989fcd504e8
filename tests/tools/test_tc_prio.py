"""`tc` with classes and filters: what it printed in labs on a kernel, and what is refused by name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from netsandbox.linux.ipv4.classful import Filter, FilterGroup, MatchKey
from netsandbox.linux.ipv4.ip_output import find_route, send
from netsandbox.linux.ipv4.prio import Prio
from netsandbox.rig.performance import simulate
from netsandbox.wire.ipv4 import IPv4Packet
from tests.linux.test_multipath import say, two_ways

CASES = Path(__file__).resolve().parents[1] / "kernel" / "cases"


def said(action: dict[str, Any]) -> tuple[int, str, str]:
    """But for a seed, which is drawn."""
    result = action["result"]
    return result["rc"], re.sub(r"seed \d+", "seed N", result["out"]), result["err"]


@pytest.mark.parametrize("name", ["cz_prio_map", "cz_prio_u32", "cz_prio_errors", "cz_tbf_noop", "cv_prio_router_vlan"])
def test_each_line_of_tc_prints_what_it_printed_on_the_kernel(name: str) -> None:
    case = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    both = zip(case["actions"], simulate(case["lab"])["actions"], strict=True)
    lines = [(real["argv"], said(real), said(found)) for real, found in both if real["do"] == "exec"]
    assert [line for line in lines if line[1] != line[2]] == []
    assert len(lines) > 9


@pytest.mark.parametrize(("line", "complaint"), [
    ("tc filter add dev eth0 parent 1: protocol ip flower dst_ip 10.1.0.254 flowid 1:1",
     "netsandbox: the filter 'flower' is not modelled (u32, matchall, fw are)"),
    ("tc filter add dev eth0 parent 1: u32 match ether src 02:00:00:00:00:01 flowid 1:1",
     "netsandbox: match ether of u32 is not modelled"),
    ("tc filter add dev eth0 parent 1: u32 match ip dport 80 0xffff police rate 1mbit", "netsandbox: police of u32"),
    ("tc filter add dev eth0 ingress matchall flowid 1:1", "netsandbox: ingress of a filter is not modelled"),
    ("tc filter add dev eth0 parent 1: u32 match ip sport 1 0xff match ip sport 2 0xff flowid 1:1", 'Illegal "match"'),
    ("tc filter add dev eth0 parent 1: matchall foo", 'What is "foo"?'),
    ("tc qdisc add dev eth0 parent 1:2 prio", "netsandbox: prio within another queueing discipline is not modelled"),
    ("tc class show dev eth0 parent x", 'Error: argument "x" is wrong: invalid parent ID')])
def test_what_is_none_or_not_modelled_is_refused_and_changes_nothing(line: str, complaint: str) -> None:
    session = two_ways()
    say(session, "h", "tc qdisc add dev eth0 root handle 1: prio")
    assert complaint in say(session, "h", line)
    assert say(session, "h", "tc filter show dev eth0") == ""
    assert say(session, "h", "tc qdisc show dev eth0").count("\n") == 1


def test_a_lab_with_classes_is_copied_whole() -> None:
    session = two_ways()
    for line in ("qdisc add dev eth0 root handle 1: prio", "qdisc add dev eth0 parent 1:3 handle 30: netem delay 50ms",
                 "filter add dev eth0 parent 1: protocol ip u32 match ip dst 10.1.0.254 flowid 1:3"):
        assert say(session, "h", f"tc {line}") == ""
    copy = session.lab.copy()
    assert "time=50" in say(session, "h", "ping -c 1 10.1.0.254")
    other = next(one for one in copy.namespaces() if one.name == "h").interfaces["eth0"].shaper
    assert isinstance(other, Prio)
    assert (other.packets, other.bands[2].handle, other.groups[0].filters[0].asked) == (0, 0x30, 0)
    assert all(band.parent is other for band in other.bands)


def test_a_filter_that_looks_behind_the_end_keeps_the_others_from_being_asked() -> None:
    group = FilterGroup(1, 0x0800, "u32", 0x800)
    beyond, whole = Filter(0x800, 0x10001, (MatchKey(0, 0, 18),)), Filter(0x801, 0x10002, (MatchKey(0, 0, 16),))
    group.filters = [beyond, whole]
    packet = bytes(16 + 20)
    assert group.find(0x0800, packet) is None
    assert (beyond.asked, beyond.taken, whole.asked) == (1, 0, 0)
    assert group.find(0x0800, packet + bytes(2)) is beyond
    assert group.find(0x0806, packet) is None


def test_a_class_that_is_not_there_means_the_band_of_priority_0() -> None:
    session = two_ways()
    for line in ("qdisc add dev eth0 root handle 1: prio priomap 2 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0",
                 "qdisc add dev eth0 parent 1:3 handle 30: netem delay 50ms"):
        assert say(session, "h", f"tc {line}") == ""
    ping = "ping -c 1 -Q 0x10 10.1.0.254"
    say(session, "h", ping)
    assert "time=50" not in say(session, "h", ping)
    assert say(session, "h", "tc filter add dev eth0 parent 1: matchall flowid 1:9") == ""
    assert "time=50" in say(session, "h", ping)


def test_a_band_that_goes_takes_along_what_it_had() -> None:
    session = two_ways()
    for line in ("qdisc add dev eth0 root handle 1: prio bands 4", "qdisc add dev eth0 parent 1:4 handle 40: pfifo",
                 "qdisc add dev eth0 parent 1:2 handle 20: pfifo", "qdisc change dev eth0 root prio bands 3"):
        assert say(session, "h", f"tc {line}") == ""
    assert [line.split()[2] for line in say(session, "h", "tc qdisc show dev eth0").splitlines()] == ["1:", "20:"]
    assert say(session, "h", "tc class show dev eth0").count("leaf") == 1
    assert say(session, "h", "tc qdisc add dev eth0 parent 1:3 handle 40: pfifo") == ""


def test_what_is_noted_beside_a_packet_that_waits_is_copied_with_it() -> None:
    session = two_ways()
    for line in ("tc qdisc add dev eth0 root handle 1: prio", "iptables -t mangle -A OUTPUT -j MARK --set-mark 6",
                 "tc qdisc add dev eth0 parent 1:3 handle 30: netem delay 50ms",
                 "tc filter add dev eth0 parent 1: protocol ip handle 6 fw flowid 1:3"):
        assert say(session, "h", line) == ""
    host = next(one for one in session.lab.namespaces() if one.name == "h")
    route = find_route(host, 0x0A0100FE)
    assert not isinstance(route, str)
    assert send(host, IPv4Packet(0x0A010001, 0x0A0100FE, 17, bytes(8)), route) == ""  # it waits for ARP's answer
    for lab in (session.lab.copy(), session.lab):
        lab.scheduler.run_until_quiet()
        found = next(one for one in lab.namespaces() if one.name == "h").interfaces["eth0"].shaper
        assert isinstance(found, Prio)
        assert found.bands[2].packets == 1
