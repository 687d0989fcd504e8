"""ss's filter and its lists of tables, as iproute2 6.15 was asked about them."""

from __future__ import annotations

import re

import pytest

from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.keeping import KeptSession

LISTENING, OTHER, CLIENT, SERVER = "LISTEN :80", "LISTEN :8080", "ESTAB :client", "ESTAB :80"
BELLOWS = 'ss: bison bellows (while parsing filter): "syntax error!" Sorry.\nUsage: ss'
NO_ADDRESS = "Cannot parse dst/src address.\n"


@pytest.fixture(scope="module")
def session() -> KeptSession:
    made = KeptSession()
    for line in ("ip netns add h", "ip -n h link set lo up", "ip netns exec h nc -lk 127.0.0.1 80 &",
                 "ip netns exec h nc -lk 127.0.0.1 8080 &", "ip netns exec h nc 127.0.0.1 80 &",
                 "ip netns exec h nc -ul 127.0.0.1 53 &", "wait 100ms"):
        made.run(line)
    return made


def found(session: KeptSession, line: str) -> list[str]:
    job = session.run(f"ip netns exec h ss -tanH {line}")
    assert (job.code, job.err) == (0, "")
    rows = [row.split() for row in job.out.splitlines()]
    return [f"{row[0]} :{'client' if row[3].split(':')[1] not in ('80', '8080') else row[3].split(':')[1]}"
            for row in rows]


@pytest.mark.parametrize(("line", "shown"), [
    ("", [LISTENING, OTHER, CLIENT, SERVER]), ("sport = :80", [LISTENING, SERVER]), ("sport 80", [LISTENING, SERVER]),
    ("sport = http", [LISTENING, SERVER]), ("'( sport = :80 or dport = :80 )'", [LISTENING, CLIENT, SERVER]),
    ("sport = :80 or sport = :8080 and dport = :9", []), ("not sport = :80", [OTHER, CLIENT]),
    ("'!' sport = :80", [OTHER, CLIENT]), ("sport ne :80", [OTHER, CLIENT]), ("sport gt :80", [OTHER, CLIENT]),
    ("'sport < :8080'", [LISTENING, SERVER]), ("sport = :99999", []), ("dst 127.0.0.1:80", [CLIENT]),
    ("dst = 127.0.0.1", [CLIENT, SERVER]), ("src 127.0.0.0/8", [LISTENING, OTHER, CLIENT, SERVER]),
    ("src '*:80'", [LISTENING, SERVER]), ("exclude listening", [CLIENT, SERVER]), ("state listening", []),
    ("sport = :80 '&' dport = :1 '|' sport = :8080", [OTHER]), ("state established sport = :80", []),
    ("dev lo", []), ("not dev = lo", [LISTENING, OTHER, CLIENT, SERVER])])
def test_filters(session: KeptSession, line: str, shown: list[str]) -> None:
    if "state" in line:  # the column of the only state is left out
        count = {"state listening": 2, "state established sport = :80": 1}[line]
        assert len(session.run(f"ip netns exec h ss -tanH {line}").out.splitlines()) == count
    else:
        assert found(session, line) == shown


@pytest.mark.parametrize(("line", "code", "said"), [
    ("sport = nosuch", 1, f'Error: "nosuch" does not look like a port.\n{NO_ADDRESS}'),
    ("dst 127.0.0.300", 1, f'Error: an inet prefix is expected rather than "127.0.0.300".\n{NO_ADDRESS}'),
    ("dst != 127.0.0.1", 255, BELLOWS), ("'('", 255, BELLOWS), ("sport", 255, BELLOWS), ("sport =", 255, BELLOWS),
    ("and", 255, BELLOWS), ("'( sport = :80'", 255, BELLOWS), ("127.0.0.1", 255, BELLOWS),
    ("dev nosuch", 1, "Cannot parse device.\n"),
    ("state listen", 255, "ss: wrong state name: listen\n"), ("state ESTAB", 255, "ss: wrong state name: ESTAB\n"),
    ("src ::1", 1, f'Error: an inet prefix is expected rather than ":".\n{NO_ADDRESS}'), ("src [::1", 1, NO_ADDRESS),
    ("src [::1]x", 1, f'Error: "x" does not look like a port.\n{NO_ADDRESS}'),
    ("dport :80:90", 1, f'Error: "80:90" does not look like a port.\n{NO_ADDRESS}'),
    ("state foo", 255, "ss: wrong state name: foo\n"), ("exclude foo", 255, "ss: wrong state name: foo\n"),
    ("state", 255, 'Command line is not complete. Try option "help"\n'),
    ("-A foo", 255, 'ss: "foo" is illegal socket table id\n'), ("-f foo", 255, 'ss: "foo" is invalid family\n'),
    ("autobound", 1, "netsandbox: autobound of a filter is not modelled\n")])
def test_wrong_filters(session: KeptSession, line: str, code: int, said: str) -> None:
    job = session.run(f"ip netns exec h ss -tan {line}")
    assert job.code == code
    assert job.err.startswith(said)


def test_addresses_in_brackets(session: KeptSession) -> None:
    session.run("docker run -d --name web nginx")
    listed = [session.run(f"exec web ss -tlnH src {address}").out.split()[3:4]
              for address in ("[::]", "[::]:80", "[::]:81", "[::1]", "[0.0.0.0]:80")]
    assert listed == [["[::]:80"], ["[::]:80"], [], [], ["0.0.0.0:80"]]
    assert found(session, "state LISTENING") == found(session, "state listening")


def test_tables_and_families(session: KeptSession) -> None:
    everything = session.run("ip netns exec h ss -anH").out
    assert session.run("ip netns exec h ss -anH -A inet").out == everything
    assert session.run("ip netns exec h ss -anH -f inet").out == everything
    assert session.run("ip netns exec h ss -anH -A tcp,udp").out == everything
    assert len(session.run("ip netns exec h ss -anH -A udp").out.splitlines()) == 1
    assert session.run("ip netns exec h ss -anH -A unix").out == ""
    assert session.run("ip netns exec h ss -h").out.startswith("Usage: ss")


def test_sockets_are_ended() -> None:
    """ss -K (SOCK_DESTROY): a RST to the peer, and the connection is gone on both sides."""
    session = KeptSession()
    for line in ("ip netns add a", "ip link add va type veth peer name vb netns a", "ip addr add 10.0.0.1/24 dev va",
                 "ip -n a addr add 10.0.0.2/24 dev vb", "ip link set va up", "ip -n a link set vb up",
                 "ip netns exec a nc -lk -p 5000 &", "(sleep 60 | nc 10.0.0.2 5000) &", "wait 1s",
                 "timeout 3 tcpdump -nn -i va tcp > seen 2> /dev/null &", "wait 1s"):
        session.run(line)
    assert session.run("ss -HtnK dport = 9999").out == ""
    assert session.run("ss -HtnK dst 10.0.0.2 dport = 5000").out.startswith("ESTAB 0")
    session.run("wait 3s")
    assert (session.run("ss -Htan").out, session.run("ip netns exec a ss -Htn").out) == ("", "")
    assert session.run("grep -o 'Flags [^,]*' seen").out == "Flags [R.]\n"
    refused = session.run("ip netns exec a ss -Kl sport = 5000")
    assert (refused.code, "state LISTEN is not modelled" in refused.err) == (1, True)


def test_extended_tells_inode_cookie_and_timer_and_what_both_ends_agreed_on(session: KeptSession) -> None:
    lines = session.run("ip netns exec h ss -tnieH state established").out.splitlines()
    head = re.search(r" ino:(\d+) sk:([0-9a-f]+) cgroup:/ <->$", lines[0].rstrip())
    assert head is not None
    assert lines[1].startswith("\t ts sack cubic ")
    assert session.run("ip netns exec h ss -tnieH state established").out.splitlines() == lines
    assert f" {head[1]} " in session.run("ip netns exec h cat /proc/net/tcp").out
    assert re.search(r" ino:[1-9]\d+ sk:", session.run("ip netns exec h ss -uanH -e").out)


def test_extended_tells_of_one_that_nobody_has_that_it_has_no_inode() -> None:
    session = KeptSession()
    for line in ("ip link set lo up", "nc -lk 127.0.0.1 80 > /dev/null &", "echo | nc -N 127.0.0.1 80"):
        session.run(line)
    assert re.search(r" timer:\(timewait,[^)]*\) ino:0 sk:[0-9a-f]+ *$", session.run("ss -tanH -e state time-wait").out)


def test_virtio_has_statistics() -> None:
    session = KeptSession(uplink=DEFAULT_LAN)
    before, _ping, after = (session.run(line).out for line in ("ethtool -S eth0", "ping -c 3 192.168.1.1",
                                                               "ethtool -S eth0"))
    assert before.startswith("NIC statistics:\n     rx_drops: 0\n     rx_xdp_packets: 0\n")
    kicks = [int(line.split()[1]) for said in (before, after) for line in said.splitlines() if " tx_kicks:" in line]
    assert kicks[1] - kicks[0] == 4, "three requests and the ARP question"


def test_a_socket_has_the_same_inode_wherever_it_is_told_of(session: KeptSession) -> None:
    told = {row.split()[4]: row.partition("ino:")[2].split()[0]
            for row in session.run("ip netns exec h ss -tulneH").out.splitlines()}
    assert len(set(told.values())) == len(told) == 3
    listed = session.run("ip netns exec h netstat -tulne").out.splitlines()[2:]
    assert {row.split()[3]: row.split()[-1] for row in listed} == told
    listed = session.run("ip netns exec h lsof -nP -i").out.splitlines()
    assert told["127.0.0.1:8080"] == next(row.split()[5] for row in listed if ":8080 (LISTEN)" in row)
    files = session.run("ip netns exec h cat /proc/net/tcp").out.splitlines()
    assert told["127.0.0.1:80"] == next(row.split()[9] for row in files if ":0050 00000000:0000 0A" in row)
