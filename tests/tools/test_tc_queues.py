"""Queues that stand in another discipline: what they hold, lose and count, as on a kernel."""

from __future__ import annotations

import json
import re

import pytest

from netsandbox.linux.drop import DropReason
from netsandbox.linux.events import FrameSent, SendFailed
from netsandbox.rig.performance import simulate
from netsandbox.session.session import Session
from netsandbox.wire.ipv4 import IPv4Packet
from tests.linux.test_multipath import say, two_ways
from tests.tools.test_tc_prio import CASES, said

HELD_BACK = ("tc qdisc add dev eth0 root handle 1: htb default 10",
             "tc class add dev eth0 parent 1: classid 1:10 htb rate 100kbit burst 1600 cburst 1600")


@pytest.mark.parametrize("name", ["fq_codel_lines", "tbf_fq_codel", "tbf_fq_codel_drops", "tbf_sfq", "tbf_pfifo",
                                  "tbf_bfifo", "prio_tbf_fq_codel"])
def test_each_line_of_tc_prints_what_it_printed_on_the_kernel(name: str) -> None:
    case = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    both = zip(case["actions"], simulate(case["lab"])["actions"], strict=True)
    lines = [(real["argv"], said(real), said(found)) for real, found in both if real["do"] == "exec"]
    assert [line for line in lines if line[1] != line[2]] == []
    assert len(lines) > 6


def held_back(child: str, *lines: str) -> Session:
    session = two_ways()
    for line in (*HELD_BACK, f"tc qdisc add dev eth0 parent 1:10 handle 10: {child}", "ping -c 1 10.1.0.254", *lines):
        say(session, "h", line)
    return session


def test_a_queue_that_stands_for_too_long_loses_frames_and_each_has_its_reason() -> None:
    session = held_back("fq_codel target 1ms interval 20ms", "ping -c 60 -i 0.01 -s 900 -W 9 10.1.0.254")
    counted = say(session, "h", "tc -s qdisc show dev eth0")
    lost = [record.event for record in session.lab.trace.since(0) if isinstance(record.event, SendFailed)]
    reasons = {(one.verdict.reason, one.verdict.operands) for one in lost}
    assert reasons == {(DropReason.QDISC_DROP, ("eth0", "fq_codel", "codel"))}
    assert counted.count(f"(dropped {len(lost)}, ") == 2  # htb counts what its queue loses
    assert re.search(r"  maxpacket 942 drop_overlimit 0 new_flow_count \d+ ecn_mark 0\n"
                     r"  new_flows_len 0 old_flows_len 1\n", counted)
    flow = say(session, "h", "tc -s class show dev eth0").split("class fq_codel 10:")[1]
    assert " (dropped 0, overlimits 0 requeues 0) \n backlog 0b 0p requeues 0\n  deficit " in flow


def test_ecn_marks_what_would_be_lost() -> None:
    session = held_back("fq_codel target 1ms interval 20ms", "ping -c 60 -i 0.01 -s 900 -Q 2 -W 9 10.1.0.254")
    counted = say(session, "h", "tc -s -j qdisc show dev eth0")
    found = json.loads(counted)[1]
    assert found["drops"] == 0 < found["ecn_mark"]
    marked = [record.event for record in session.lab.trace.since(0) if isinstance(record.event, FrameSent)
              and record.event.interface.label == "h:eth0" and isinstance(record.event.frame.payload, IPv4Packet)
              and record.event.frame.payload.tos == 3]
    assert len(marked) == found["ecn_mark"]


def test_what_a_full_queue_loses_for_another_frame_is_told_as_well() -> None:
    session = held_back("sfq limit 3 headdrop", "ping -c 30 -i 0.01 -s 900 -W 1 10.1.0.254")
    lost = [record.event for record in session.lab.trace.since(0) if isinstance(record.event, SendFailed)]
    counted = json.loads(say(session, "h", "tc -s -j qdisc show dev eth0"))
    assert len(lost) == counted[0]["drops"] == counted[1]["drops"] > 5


def test_what_a_device_has_from_the_start_is_shown_with_what_it_sent() -> None:
    session = two_ways()
    for line in ("ip link add t0 type gretap local 10.1.0.1 remote 10.1.0.254", "ip addr add 10.9.0.1/24 dev t0",
                 "ip link set t0 up", "ping -c 1 -W 1 10.9.0.2"):
        say(session, "h", line)
    shown = say(session, "h", "tc -s qdisc show dev t0")
    assert shown.startswith("qdisc fq_codel 0: root refcnt 2 limit 10240p flows 1024 quantum ")
    assert " Sent 0 bytes" not in shown
    assert shown.endswith("  new_flows_len 0 old_flows_len 0\n")


def test_a_changed_bucket_and_queue_keep_what_waits_in_them() -> None:
    session = two_ways()
    for line in ("tc qdisc add dev eth0 root handle 1: tbf rate 8kbit burst 1600 limit 9000",
                 "tc qdisc add dev eth0 parent 1: handle 10: fq_codel", "ping -c 3 -i 0.01 -s 900 -W 0.1 10.1.0.254",
                 "tc qdisc change dev eth0 parent 1: handle 10: fq_codel limit 5"):
        say(session, "h", line)
    before = json.loads(say(session, "h", "tc -s -j qdisc show dev eth0"))[0]["qlen"]
    say(session, "h", "tc qdisc change dev eth0 root handle 1: tbf rate 800kbit burst 1600 limit 9000")
    assert before > 0
    session.run("wait 5s")
    assert json.loads(say(session, "h", "tc -s -j qdisc show dev eth0"))[0]["qlen"] == 0
