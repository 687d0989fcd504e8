"""mtr beside what mtr 0.95 printed and sent in the same lab of namespaces on a real kernel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.apps.mtr.hops import Hop, reached
from netsandbox.engine.units import SECOND
from netsandbox.session.keeping import KeptSession
from tests.lines import apart

SETUP = """
ip netns add b; ip netns add r; ip netns add g
ip link add vb netns b type veth peer name rb netns r; ip link add vg netns g type veth peer name rg netns r
ip -n b addr add 10.0.1.1/24 dev vb; ip -n r addr add 10.0.1.2/24 dev rb; ip -n r addr add 10.0.2.1/24 dev rg
ip -n g addr add 10.0.2.2/24 dev vg; for n in b r g; do ip -n $n link set lo up; done
ip -n b link set vb up; ip -n r link set rb up; ip -n r link set rg up; ip -n g link set vg up
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n b route add default via 10.0.1.2; ip -n g route add default via 10.0.2.1
"""
BEFORE = {9: "ip netns exec b iptables -P OUTPUT DROP",
          10: "ip netns exec b iptables -P OUTPUT ACCEPT; ip -n b route del default",
          11: "ip -n b route add unreachable 10.0.3.0/24"}
"""What was typed before a line of the capture, by its place there."""
REAL = re.findall(r"(?ms)^\$ (mtr .*?)\n(\d+)\n(.*?)(?=^\$ |\Z)",
                  (Path(__file__).parent / "real_mtr.txt").read_text(encoding="utf-8"))
MASKS = ((r"cksum \S+ \(.*?\), ", ""), (r"^(.*10\.0\.1\.1)\.(?!33|4000)\d+ > ", r"\1.# > "),
         (r"seq \d{5,}|ack \d{5,}|win \d+|wscale \d+|(?<=TS val )\d+|(?<=ecr )\d{3,}", "#"))


def lab() -> KeptSession:
    return apart(SETUP)


def packets(text: str) -> list[str]:
    """What `tcpdump -v` shows of each packet of its own, without numbers that chance gives."""
    found = re.findall(r"(?m)^\S+ vb +(Out|In) +IP \(tos (\S+), ttl (\d+), .*?flags \[(.*?)\], proto \w+ .*\n"
                       r" {4}(\S+) > (\S+): (.*)", text)
    rows = []
    for way, tos, ttl, flags, source, to, what in found:
        said = re.sub(r"id \d+", "id #", what) if "ICMP" in what else what
        row = f"{way:3} tos {tos} ttl {ttl} [{flags}] {source} > {to} {said}"
        for pattern, text in MASKS if "ICMP" not in said else ():
            row = re.sub(pattern, text, row)
        rows.append(row)
    return rows


def timeless(text: str) -> str:
    """Times are the machine's."""
    text = re.sub(r"(?m)^Start: .*|(?<=0\.95,)\d+", "T", text)
    text = re.sub(r'(?<=": )\d+\.\d+|(?<=>) *\d+\.\d+(?=<)|(?m:(?<=^p \d )\d+)', "T", text)
    return re.sub(r"(?m)(%? +\d)(?:(?: +[0-9.]+){5,})$|(?<=,)\d+\.\d\d", r"\1 T", text)


@pytest.fixture(scope="module")
def told() -> list[tuple[int, str, list[str]]]:
    """What each line of the capture gives here: exit status, output, packets."""
    session, results = lab(), []
    for place, (line, _code, _says) in enumerate(REAL):
        if place in BEFORE:
            session.run(BEFORE[place])
        dump = session.run(f"ip netns exec b sh -c 'tcpdump -lni any -v ip 2>/dev/null & sleep 0.1; "
                           f"{line} >/dev/null 2>&1; kill $!'")
        job = session.run(f"ip netns exec b {line}")
        results.append((job.code, job.out + job.err, packets(dump.out)))
    return results


@pytest.mark.parametrize("place", range(len(REAL)), ids=[line for line, _code, _says in REAL])
def test_mtr_prints_and_sends_what_the_real_one_does(told: list[tuple[int, str, list[str]]], place: int) -> None:
    _line, code, says = REAL[place]
    text, _bar, rows = says.partition("| ")
    got_code, got, got_rows = told[place]
    assert (got_code, timeless(got).rstrip()) == (int(code), timeless(text).rstrip())
    assert got_rows == re.findall(r"(?m)^\| (.*)", f"| {rows}" if rows else "")


def test_a_connection_that_is_made_is_the_target_and_is_closed_again() -> None:
    session = lab()
    session.run("ip netns exec g python3 -m http.server 80 >/dev/null 2>&1 &")
    assert session.run("ip netns exec b mtr -nrTc 1 10.0.2.2").out.splitlines()[-1].startswith("  2.|-- 10.0.2.2")
    assert "33001" in session.run("ip netns exec b ss -tan").out
    assert "33001" not in session.run("ip netns exec b ss -tan state connected exclude time-wait").out


def test_a_syn_that_nobody_answers_is_sent_again_until_its_time_is_over() -> None:
    session = lab()
    session.run("ip netns exec g iptables -P INPUT DROP")
    dump = session.run("ip netns exec b sh -c 'tcpdump -lni any -v tcp port 33001 2>/dev/null & sleep 0.1; "
                       "mtr -nrTc 1 -G 12 -Z 4 10.0.2.2 >/dev/null; kill $!'")
    assert len(packets(dump.out)) == 4  # at once, and each second (tcp_syn_linear_timeouts)


def test_a_report_is_told_when_the_last_answers_had_their_time() -> None:
    session = lab()
    for line, seconds in (("mtr -nrc 1 10.0.1.2", 6.2), ("mtr -nrc 1 -G 1 -i 0.5 10.0.1.2", 1.6)):
        began = session.lab.scheduler.clock
        session.run(f"ip netns exec b {line}")
        assert (session.lab.scheduler.clock - began) / SECOND == pytest.approx(seconds, abs=0.001)


def test_who_would_wait_longer_than_a_number_of_microseconds_holds_fails_as_mtr_does() -> None:
    """Time went on for centuries, and then no record could be kept."""
    session = lab()
    for seconds, code in (("9999999999999999999999", 1), ("21475", 1), ("2000", 0)):
        job = session.run(f"ip netns exec b mtr -nrc 1 -m 1 -i {seconds} 10.0.1.2")
        assert (job.code, job.err) == (code, "mtr: Select failed: Invalid argument\n" * code)
        assert "Start: " in job.out
        session.undo()


def test_names_and_several_targets() -> None:
    session = KeptSession(uplink="192.168.1.0/24")
    job = session.run("mtr -rc 1 example.com nosuch.invalid 192.168.1.1")
    assert [line[8:40].split()[0] for line in job.out.splitlines() if "|--" in line] == [
        "192.168.1.1", "203.0.113.1", "example.com", "192.168.1.1"]
    assert job.err == "mtr: Failed to resolve host: nosuch.invalid: Name or service not known\n"
    wide = session.run("mtr -rwbc 1 8.8.8.8").out.splitlines()
    assert wide[1].index("Loss%") == 6 + len("dns.google (8.8.8.8)") + 1
    assert "dns.google (8.8.8.8)  0.0%" in wide[-1]


@pytest.mark.parametrize(("line", "says"), [
    ("mtr -r -c -1 h", "mtr: invalid argument: '-1'"), ("mtr -i 0 h", "mtr: wait time must be positive"),
    ("mtr -i x h", "mtr: invalid argument: 'x'"),
    ("mtr -i ١ h", "mtr: invalid argument: '١'"), ("mtr -u -T h", "mtr: -u , -T and -S are mutually exclusive"),
    ("mtr -P 0 h", "mtr: Illegal port number: 0"), ("mtr -L 1000 h", "mtr: Illegal port number: 1000"),
    ("mtr -o LQ h", "mtr: Unknown field identifier: Q"), ("mtr -o LLLLLLLLLLLLLLLLLLLLL h", "mtr: Too many fields"),
    ("mtr -c 99999999999999999999 h", "mtr: invalid argument: '99999999999999999999': Numerical result out of range"),
    ("mtr --zz", "mtr: unrecognized option '--zz'"), ("mtr -c", "mtr: option requires an argument -- 'c'"),
    ("mtr -S h", "mtr: -S is not modelled"), ("mtr -r -a 1.2 127.0.0.1", "mtr: invalid local address"),
])
def test_what_it_refuses(line: str, says: str) -> None:
    job = KeptSession().run(line)
    assert (job.code, job.err[:len(says)]) == (1, says)


def test_a_hop_counts_as_mtr_does() -> None:
    hop = Hop()
    for micros in (1000, 3000, 2000):
        hop.sent += 1
        hop.take(7, micros, False)
    assert (hop.last, hop.best, hop.worst, hop.average, hop.deviation) == (2000, 1000, 3000, 2000, 1000)
    assert (hop.jitter, hop.jitter_worst, hop.jitter_average, hop.geometric) == (1000, 2000, 1000, 1817)
    assert (hop.loss, reached([hop, Hop(), Hop()], 9, 3), reached([hop], 7, 1)) == (0, 2, 1)
