"""iperf3: what both ends print, on a cable with a rate and on one without, and what it refuses."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.session import Session

SLOW = "exec web tc qdisc add dev eth0 root tbf rate 10mbit burst 32kbit latency 50ms"


def session(*lines: str) -> Session:
    found = Session(seed=1)
    for line in ("docker run -d --name web nginx", *lines):
        assert not found.run(line).code, line
    return found


def test_a_cable_with_a_rate_is_measured() -> None:
    """The kernel, asked the same, sent 6.00 MBytes in five seconds: 1.4 in the first, then about 1.15 each."""
    on = session(SLOW, "iperf3 -s &")
    job = on.run("exec web iperf3 -c 172.17.0.1 -t 2")
    assert job.code == 0
    lines = job.out.splitlines()
    assert lines[0] == "Connecting to host 172.17.0.1, port 5201"
    assert re.fullmatch(r"\[  5\] local 172\.17\.0\.2 port \d+ connected to 172\.17\.0\.1 port 5201", lines[1])
    assert lines[2] == "[ ID] Interval           Transfer     Bitrate         Retr  Cwnd"
    assert [line[:27] for line in lines[3:5]] == ["[  5]   0.00-1.00   sec  1.", "[  5]   1.00-2.00   sec  1."]
    assert lines[6] == "[ ID] Interval           Transfer     Bitrate         Retr"
    found = re.fullmatch(r"\[  5\]   0\.00-2\.\d\d   sec  (\d\.\d\d) MBytes  (\d\.\d\d) Mbits/sec {18}receiver",
                         lines[8])
    assert found is not None, lines[8]
    assert 9.2 < float(found[2]) < 10
    assert lines[-1] == "iperf Done."


def test_retransmissions_are_counted_and_the_window_is_shown() -> None:
    on = session(SLOW, "iperf3 -s &")
    out = on.run("exec web iperf3 -c 172.17.0.1 -t 3").out
    rows = re.findall(r"sec +(\d+)   +(\d\d\.\d) KBytes       $", out, re.MULTILINE)
    assert len(rows) == 3
    assert sum(int(again) for again, _window in rows) > 0
    assert all(20 < float(window) < 90 for _again, window in rows)


def test_a_cable_without_a_rate_ends_the_test_early_and_says_so() -> None:
    job = session("iperf3 -s &").run("exec web iperf3 -c 172.17.0.1 -t 10")
    assert job.code == 0
    assert "sec  16.0 MBytes" in job.out
    assert "tbf rate" in job.err


@pytest.mark.parametrize("options", ["-n 256K", "-n 256K -R"])
def test_every_byte_arrives(options: str) -> None:
    on = session("iperf3 -s -p 6000 &")
    rows = on.run(f"exec web iperf3 -c 172.17.0.1 -p 6000 {options}").out.splitlines()[-4:-2]
    assert [row.partition("sec")[2][:14] for row in rows] == ["   256 KBytes "] * 2
    assert [row.split()[-1] for row in rows] == ["sender", "receiver"]


def test_a_server_that_is_not_there() -> None:
    job = session().run("exec web iperf3 -c 172.17.0.1")
    assert job.code == 1
    assert job.err == ("iperf3: error - unable to connect to server - server may have stopped running or use a "
                       "different port, firewall issue, etc.: Connection refused\n")


@pytest.mark.parametrize(("words", "said"), [
    ("", "must either be a client (-c) or server (-s)"), ("-s -c x", "cannot be both server and client"),
    ("-c x -t 0x", "test duration valid values are 0 to 86400 seconds"), ("-c x -n 1Q", "bad number of bytes: 1Q"),
    ("-c x -n 1 -t 1", "only one test end condition (-t, -n, -k) may be specified"),
    ("-c x -u", "-u is not modelled"), ("-s -I f", "-I is not modelled"),
    ("-c x --zerocopy", "--zerocopy is not modelled"),
    ("-c x -p 70000", "port number must be between 1 and 65535"), ("-s -R", "client only"), ("-c x -1", "server only"),
    ("-c", "requires an argument -- 'c'")])
def test_bad_input(words: str, said: str) -> None:
    job = session().run(f"iperf3 {words}")
    assert job.code
    assert said in job.err


@pytest.mark.parametrize("text", ["\\x00", "a" * 40, "a" * 37 + "\\x7f\\xff\\xff\\xff",
                                  "a" * 37 + "\\x00\\x00\\x00\\x02[]"])
def test_a_server_outlives_nonsense(text: str) -> None:
    on = session("iperf3 -s &")
    on.run(f"printf '{text}' | nc -w 1 127.0.0.1 5201")
    assert on.run("exec web iperf3 -c 172.17.0.1 -n 64K").code == 0


def test_a_daemon_is_not_waited_for() -> None:
    on = session(SLOW, "iperf3 -s -D")
    assert on.run("exec web iperf3 -c 172.17.0.1 -t 1 -i 1").code == 0
    assert on.run("exec web iperf3 -c 172.17.0.1 -t 1").code == 0
    again = on.run("iperf3 -s -D")
    assert again.code == 1
    assert "unable to start listener for connections: Address already in use" in again.err
    for words, said in (("-c 172.17.0.1 -D", "server only"), ("-c 172.17.0.1 -i 2", "-i is not modelled but for")):
        refused = on.run(f"exec web iperf3 {words}")
        assert refused.code
        assert said in refused.err
