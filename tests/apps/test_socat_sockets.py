"""What socat asks of TCP's sockets, beside what socat 1.8.0.3 and Linux 6.18 did with the same lines."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.keeping import KeptSession
from tests.apps.test_socat_addresses import SETUP
from tests.lines import apart

CLIENT = ("ip netns exec b bash -c '(echo a; sleep 0.5; echo b; sleep 0.5; echo c; sleep 0.5) | "
          "socat {} TCP:10.0.1.2:80{}'")


@pytest.fixture
def two() -> KeptSession:
    return apart(SETUP)


def segments(session: KeptSession) -> list[tuple[str, str]]:
    """Sender and flags of what was captured, with the window of those that begin a connection."""
    text = session.run("cat /tmp/cap").out
    return [(f"{sender} {flags}", window if "S" in flags else "") for sender, flags, window in
            re.findall(r"IP 10.0.1.(.)\S+ > \S+: Flags \[(.*?)\].*? win (\d+)", text)]


@pytest.mark.parametrize(("client", "server", "windows"), [
    (",rcvbuf=3000", ",sndbuf=4096", ["2920 wscale 0", "65160 wscale 7"]),
    ("", ",rcvbuf=8192", ["64240 wscale 7", "7240 wscale 0"]),
    (",rcvbuf=1", ",rcvbuf=2000", ["1152 wscale 0", "1448 wscale 0"]),
    (",rcvbuf=70000", ",mss=600", ["65535 wscale 1", "65268 wscale 7"])])
def test_buffers_are_what_the_windows_of_a_handshake_say(two: KeptSession, client: str, server: str,
                                                         windows: list[str]) -> None:
    two.run("ip netns exec g tcpdump -ni vg 'tcp[tcpflags] & tcp-syn != 0' > /tmp/cap &")
    two.run(f"ip netns exec g socat -u TCP-LISTEN:80{server} OPEN:/tmp/got,creat &")
    two.run(CLIENT.format("-u -", client))
    assert re.findall(r"win (\d+), .*(wscale \d+)", two.run("cat /tmp/cap").out) == [
        tuple(window.split(" ", 1)) for window in windows]


def test_a_buffer_that_was_asked_for_stays_as_it_is(two: KeptSession) -> None:
    two.run("ip netns exec g socat -u TCP-LISTEN:80,rcvbuf=8192 OPEN:/tmp/got,creat &")
    two.run("ip netns exec b sh -c '(head -c 300000 /dev/zero; sleep 2) | socat -u - TCP:10.0.1.2:80,sndbuf=30000 &'")
    two.run("wait 1s")
    assert "rb16384," in two.run("ip netns exec g ss -tmnH").out
    assert "tb60000," in two.run("ip netns exec b ss -tmnH").out


def test_linger_of_nothing_resets_what_the_peer_has_not_ended(two: KeptSession) -> None:
    two.run("ip netns exec g tcpdump -ni vg tcp > /tmp/cap &")
    two.run("ip netns exec g socat TCP-LISTEN:80 EXEC:'sleep 5' &")
    two.run("ip netns exec g socat -u TCP-LISTEN:81 - &")
    two.run("ip netns exec b sh -c 'echo | socat -u - TCP:10.0.1.2:80,linger=0'")
    assert [row for row, _window in segments(two)][-1] == "1 R.", "it has closed in silence"
    two.run("ip netns exec b sh -c 'echo | socat -u - TCP:10.0.1.2:81,linger=0'")
    assert [row for row, _window in segments(two)][-3:] == ["1 F.", "2 F.", "1 ."], "both had ended before it closed"


def test_a_peer_out_of_range_is_sent_away_with_a_word(two: KeptSession) -> None:
    two.run("ip -n b addr add 10.0.1.9/24 dev vb")
    two.run("ip netns exec g socat TCP-LISTEN:80,fork,range=10.0.1.8/30 EXEC:cat 2>/tmp/err &")
    two.run("ip netns exec g socat UDP-LISTEN:80,fork,range=10.0.1.9:255.255.255.255 EXEC:cat 2>>/tmp/err &")
    for kind in ("TCP", "UDP"):
        assert two.run(f"ip netns exec b sh -c 'echo hi | socat - {kind}:10.0.1.2:80,bind=10.0.1.9'").out == "hi\n"
        assert two.run(f"ip netns exec b sh -c 'echo hi | socat - {kind}:10.0.1.2:80'").out == ""
    assert len(re.findall(r"W refusing connection from AF=2 10.0.1.1:\d+ due to range option",
                          two.run("cat /tmp/err").out)) == 2


@pytest.mark.parametrize(("direction", "says"), [("-", "E read(5, 0x7f0000000000, 8192): Connection reset by peer"),
                                                 ("-u -", "E write(5, 0x7f0000000000, 2): Connection reset by peer")])
def test_a_reset_is_told_where_it_is_met(two: KeptSession, direction: str, says: str) -> None:
    two.run("ip netns exec g socat -u TCP-LISTEN:80,fork OPEN:/tmp/got,creat &")
    two.run("sh -c 'sleep 0.3; ip netns exec g iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset' &")
    job = two.run(CLIENT.format(direction, ""))
    assert says in job.err
    assert job.code == 1


def test_a_connection_that_takes_too_long_is_given_up(two: KeptSession) -> None:
    two.run("ip netns exec g iptables -A INPUT -j DROP; ip netns exec b tcpdump -ni vb tcp > /tmp/cap &")
    job = two.run("ip netns exec b socat -u /dev/null TCP:10.0.1.2:80,connect-timeout=2.5")
    assert job.code == 1
    assert re.findall(r"[WE] .*", job.err) == ["W connecting to AF=2 10.0.1.2:80: Connection timed out",
                                               "E TCP:10.0.1.2:80: Operation now in progress"]
    job = two.run("ip netns exec b socat -u /dev/null TCP:10.0.1.2:81,syncnt=1")
    assert "E TCP:10.0.1.2:81: Connection timed out" in job.err
    assert [row for row, _window in segments(two)] == ["1 S"] * 6
