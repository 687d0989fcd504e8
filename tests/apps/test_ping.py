"""ping's less usual options, as iputils 20240905 has them."""

from __future__ import annotations

import re

import pytest

from netsandbox.apps.ping.ping import Ping
from netsandbox.engine.units import SECOND
from netsandbox.session.session import Session
from tests.apps.labs import HUB, build, run
from tests.lines import apart


@pytest.fixture
def hub() -> Session:
    return build(HUB)


def lines(text: str) -> list[str]:
    """Without round-trip times."""
    return re.sub(r"\d+\.\d{3}", "T", text).splitlines()


def test_adaptive_sends_when_the_reply_is_there(hub: Session) -> None:
    before = hub.lab.scheduler.clock
    job = run(hub, "exec pc1 ping -A -c 3 10.0.0.2")
    assert hub.lab.scheduler.clock - before < 1_000_000
    assert lines(job.out)[1:] == [
        "64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=T ms", "64 bytes from 10.0.0.2: icmp_seq=2 ttl=64 time=T ms",
        "64 bytes from 10.0.0.2: icmp_seq=3 ttl=64 time=T ms", "", "--- 10.0.0.2 ping statistics ---",
        "3 packets transmitted, 3 received, 0% packet loss, time 0ms",
        "rtt min/avg/max/mdev = T/T/T/T ms, ipg/ewma T/T ms"]


def test_adaptive_keeps_the_pace_of_a_long_cable() -> None:
    session = build(("add-host a", "add-host b", "connect a b --latency 20ms", "set-ip a 10.0.0.1/24",
                     "set-ip b 10.0.0.2/24", "wait 5s"))
    before = session.lab.scheduler.clock
    run(session, "exec a ping -A -c 5 10.0.0.2")
    assert 200_000_000 <= session.lab.scheduler.clock - before < 400_000_000


def test_adaptive_without_replies_waits_its_second(hub: Session) -> None:
    job = hub.run("exec pc1 ping -A -c 4 -W 0.3 10.0.0.77")
    assert re.search(r"4 packets transmitted, 0 received, \+\d errors, 100% packet loss, time 3000ms", job.out)


def test_flood_shows_what_is_missing(hub: Session) -> None:
    job = run(hub, "exec pc1 ping -f -c 3 10.0.0.2")
    assert lines(job.out)[1:] == ["", "--- 10.0.0.2 ping statistics ---",
                                  "3 packets transmitted, 3 received, 0% packet loss, time 0ms",
                                  "rtt min/avg/max/mdev = T/T/T/T ms, ipg/ewma T/T ms"]
    before = hub.lab.scheduler.clock
    lost = hub.run("exec pc1 ping -f -c 3 -W 0.2 10.0.0.77")
    assert lines(lost.out)[1:3] == ["...", "--- 10.0.0.77 ping statistics ---"]
    assert hub.lab.scheduler.clock - before < 300_000_000


def test_no_interval(hub: Session) -> None:
    before = hub.lab.scheduler.clock
    assert "ipg/ewma" in run(hub, "exec pc1 ping -i 0 -c 100 10.0.0.2").out
    assert hub.lab.scheduler.clock - before < 5_000_000


def test_outstanding_answers(hub: Session) -> None:
    job = hub.run("exec pc1 ping -O -c 3 -i 0.3 -W 0.3 10.0.0.77")
    assert job.out.splitlines()[1:3] == ["no answer yet for icmp_seq=1", "no answer yet for icmp_seq=2"]
    assert "no answer" not in run(hub, "exec pc1 ping -O -c 3 10.0.0.2").out


def test_time_stamps(hub: Session) -> None:
    job = run(hub, "exec pc1 ping -D -c 1 10.0.0.2")
    assert re.fullmatch(r"\[1767225610\.0000\d\d\] 64 bytes from 10\.0\.0\.2: icmp_seq=1 ttl=64 time=0\.0\d\d ms",
                        job.out.splitlines()[1])
    late = hub.run("exec pc1 ping -D -O -c 2 -i 0.3 -W 0.3 10.0.0.77")
    assert re.fullmatch(r"\[\d{10}\.\d{6}\] no answer yet for icmp_seq=1", late.out.splitlines()[1])


@pytest.mark.parametrize(("count", "pipe"), [(1, ""), (2, "pipe 2"), (4, "pipe 4"), (7, "pipe 4")])
def test_how_many_requests_were_under_way_when_nobody_answers(hub: Session, count: int, pipe: str) -> None:
    """As iputils on a kernel: three wait for ARP, and the fourth leaves before the errors of the first are read."""
    job = hub.run(f"exec pc1 ping -c {count} 10.0.0.77")
    assert f"{count} packets transmitted, 0 received, +{count} errors, 100% packet loss" in job.out
    assert job.out.splitlines()[-1] == pipe


def test_the_sequence_number_begins_anew_without_duplicates(hub: Session) -> None:
    """As if it had been sending for long: each number was answered once already."""
    job = hub.execute("exec pc1 ping -q -f -c 65600 127.0.0.1")
    ping = job.program
    assert isinstance(ping, Ping)
    ping._answered = {*range(1 << 16)} - {ping.sent}  # the first one is under way
    ping.sent, ping.received = 65500, 65499
    hub.lab.scheduler.run_until(hub.lab.scheduler.clock + SECOND)
    assert "65600 packets transmitted, 65600 received, 0% packet loss" in job.out


@pytest.mark.parametrize(("words", "says"), [
    ("nosuch 127.0.0.1", "ping: nosuch: Name or service not known\n"),
    ("127.0.0.1 127.0.0.1", "netsandbox: ping's source routes (several hosts) are not modelled\n")])
def test_a_word_too_many_is_not_passed_over(words: str, says: str) -> None:
    job = Session().run(f"ping -c 1 {words}")
    assert (job.code, job.out, job.err) == (2, "", says)


def test_a_group_that_an_address_has_joined_is_answered_from_the_host_s_own_address() -> None:
    """As Linux 6.18; the group itself is no source of anything (fib_compute_spec_dst)."""
    two = apart("ip netns add a; ip netns add b; ip link add va netns a type veth peer name vb netns b\n"
                "ip -n a addr add 10.0.0.1/24 dev va; ip -n b addr add 10.0.0.2/24 dev vb\n"
                "ip -n a link set va up; ip -n b link set vb up; ip -n b addr add 239.1.1.1/32 dev vb autojoin\n"
                "ip -n a route add 239.0.0.0/8 dev va; wait 2s")
    assert two.run("ip netns exec a ping -c 1 -W 1 239.1.1.1").code == 1, "icmp_echo_ignore_broadcasts is 1"
    two.run("ip netns exec b sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0")
    assert "64 bytes from 10.0.0.2: icmp_seq=1" in two.run("ip netns exec a ping -c 1 -W 1 239.1.1.1").out
