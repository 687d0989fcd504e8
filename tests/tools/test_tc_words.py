"""`tc qdisc` of a line and a bucket of tokens: what is said of them, and what of wrong words (seen on Linux 6.12)."""

from __future__ import annotations

import json

import pytest

from netsandbox.linux.core.queueing.tbf import Tbf
from tests.linux.test_multipath import say, two_ways
from tests.tools.test_tc_fifo import shown

REFUSED = {
    "change dev eth0 root netem delay -5ms": "Error: negative latency.",
    "add dev eth0 root netem loss x": "Unknown loss parameter: x",
    "add dev eth0 root netem duplicate x": 'Illegal "duplicate"',
    "add dev eth0 root netem loss 101%": 'Illegal "loss percent"',
    "add dev eth0 root tbf rate x burst 1k limit 5": 'tbf: illegal value for "rate": "x"',
    "add dev eth0 root tbf rate 1kbit rate 2kbit": 'tbf: duplicate "rate" specification',
    "add dev eth0 root tbf latency 1ms limit 5": 'tbf: specifying both "latency" and "limit" is not allowed',
    "add dev eth0 root handle 10000: netem": 'Error: argument "10000:" is wrong: invalid qdisc ID',
    "add dev eth0 parent 5: netem delay 1ms": "Error: Failed to find specified qdisc.",
    "add dev eth0 root handle 2: netem": "Error: NLM_F_REPLACE needed to override.",
    "add dev eth0 root netem": "Error: Exclusivity flag on, cannot modify.",
    "del dev eth0 root pfifo": "Error: Invalid qdisc name.",
    "del dev eth0 parent 1:": "Error: Failed to find qdisc with specified classid.",
    "del dev eth0 handle 5:": "Error: Failed to find qdisc with specified handle."}


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_refused_changes_nothing(words: str) -> None:
    session = two_ways()
    say(session, "h", "tc qdisc add dev eth0 root handle 1: netem limit 7 seed 5")
    assert say(session, "h", f"tc qdisc {words}") == REFUSED[words] + "\n"
    assert shown(session) == "qdisc netem 1: root refcnt 2 limit 7 seed 5\n"


def test_a_gap_asks_for_a_share_that_is_reordered() -> None:
    session = two_ways()
    assert say(session, "h", "tc qdisc add dev eth0 root netem delay 1ms gap 5").startswith(
        "gap specified without reorder probability\nUsage: ... netem")
    say(session, "h", "tc qdisc add dev eth0 root netem delay 1ms reorder 0% seed 5")
    assert shown(session) == "qdisc netem 8001: root refcnt 2 limit 1000 delay 1ms seed 5\n"


def test_a_change_keeps_what_has_an_attribute_of_its_own() -> None:
    session = two_ways()
    say(session, "h", "tc qdisc add dev eth0 root netem delay 10ms loss 5% corrupt 1% rate 1500kbit seed 5")
    say(session, "h", "tc qdisc change dev eth0 root netem delay 20ms reorder 25%")
    assert shown(session) == ("qdisc netem 8001: root refcnt 2 limit 1000 delay 20ms reorder 25% corrupt 1% "
                              "rate 1500Kbit seed 5 gap 1\n")
    found = json.loads(say(session, "h", "tc -j qdisc show dev eth0"))[0]
    assert found["options"]["delay"] == {"delay": 0.02, "jitter": 0, "correlation": 0}
    assert found["handle"] == "8001:"
    assert found["options"]["gap"] == 1


def test_a_discipline_of_another_kind_takes_the_place_and_no_number_comes_twice() -> None:
    session = two_ways()
    say(session, "h", "tc qdisc add dev eth0 root netem")
    say(session, "h", "tc qdisc change dev eth0 root tbf rate 64kbit burst 1500b limit 3000")
    assert shown(session) == "qdisc tbf 8002: root refcnt 2 rate 64Kbit burst 1499b lat 188ms \n"


@pytest.mark.parametrize(("outer", "inner"), [
    ("netem delay 20ms", "tbf rate 32kbit burst 1600 limit 30000"),
    ("tbf rate 32kbit burst 1600 limit 30000", "netem delay 20ms")])
def test_frames_go_through_both_of_two_disciplines(outer: str, inner: str) -> None:
    session = two_ways()
    say(session, "h", "ping -c 1 10.1.0.254")
    say(session, "h", f"tc qdisc add dev eth0 root handle 1: {outer}")
    assert say(session, "h", f"tc qdisc add dev eth0 parent 1: handle 2: {inner}") == ""
    said = say(session, "h", "ping -c 2 -i 0.2 -s 1400 10.1.0.254")
    assert "2 received" in said
    assert "time=20" in said
    slowest = float(said.rpartition("= ")[2].split("/")[2])
    assert 135 < slowest < 139, "468 of its 1442 bytes have no tokens yet after 204 ms; they come at 4000 a second"
    assert shown(session).splitlines()[1].startswith(f"qdisc {inner.split()[0]} 2: parent 1: ")
    say(session, "h", "tc qdisc del dev eth0 parent 1:")
    assert len(shown(session).splitlines()) == 1


def test_a_line_adds_bytes_to_packets_and_to_cells() -> None:
    session = two_ways()
    say(session, "h", "tc qdisc add dev eth0 root handle 1: netem rate 8kbit 20 100 -50 seed 5")
    assert "rate 8Kbit packetoverhead 20 cellsize 100 celloverhead -50 " in say(session, "h", "tc qdisc show dev eth0")
    say(session, "h", "ping -c 1 10.1.0.254")
    assert "time=100 ms" in say(session, "h", "ping -c 1 10.1.0.254")
    assert say(session, "h", "tc qdisc change dev eth0 root netem limit 9") == ""
    assert "limit 9 rate 8Kbit packetoverhead 20 " in say(session, "h", "tc qdisc show dev eth0")
    for words in ("rate 8kbit 20 -5", "rate 8kbit 4294967296"):
        assert say(session, "h", f"tc qdisc change dev eth0 root netem {words}") == 'Illegal "rate"\n'


def test_a_bucket_counts_each_look_that_finds_what_may_not_leave_yet() -> None:
    session = two_ways()
    say(session, "h", "tc qdisc add dev eth0 root handle 1: tbf rate 8kbit burst 1500 limit 2000")
    for _each in range(2):
        say(session, "h", "ping -c 1 -s 1400 -W 0.001 10.1.0.254")
    counted = [say(session, "h", "tc -s qdisc show dev eth0").split("overlimits ")[1].split()[0]]
    say(session, "h", "ping -c 1 -s 1400 -W 0.001 10.1.0.254")
    counted.append(say(session, "h", "tc -s qdisc show dev eth0").split("overlimits ")[1].split()[0])
    assert counted == ["1", "2"]


def test_what_a_bucket_holds_is_not_counted_frame_by_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(Tbf, "length_of", lambda _self, frame: asked.append(frame) or frame.size)
    session = two_ways()
    say(session, "h", "tc qdisc add dev eth0 root tbf rate 8kbit burst 1500 limit 1000000")
    say(session, "h", "ping -f -c 50 -l 50 -W 0.001 10.1.0.254")
    assert len(asked) < 5 * 50
