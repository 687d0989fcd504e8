"""socat's addresses of UDP and files, beside what socat 1.8.0.3 did with the same lines."""

from __future__ import annotations

import re

import pytest

from netsandbox.apps.socat.socat import with_lines
from netsandbox.session.keeping import KeptSession
from tests.lines import apart

SETUP = """
ip netns add b; ip netns add g; ip link add vb netns b type veth peer name vg netns g
ip -n b addr add 10.0.1.1/24 dev vb; ip -n g addr add 10.0.1.2/24 dev vg; ip -n b link set vb up
ip -n g link set vg up; ip -n b link set lo up; ip -n g link set lo up
"""


@pytest.fixture
def two() -> KeptSession:
    return apart(SETUP)


def test_datagrams_without_a_peer_are_received_into_a_file(two: KeptSession) -> None:
    two.run("ip netns exec g socat -u UDP-RECV:9000 OPEN:/tmp/got,creat,append &")
    for word, to in (("one", "UDP-SENDTO:10.0.1.2:9000"), ("two", "UDP-DATAGRAM:10.0.1.255:9000,broadcast"),
                     ("three", "UDP:10.0.1.2:9000,sourceport=4444")):
        job = two.run(f"ip netns exec b sh -c 'echo {word} | socat - {to}'")
        assert (job.code, job.err) == (0, "")
    assert two.run("cat /tmp/got").out == "one\ntwo\nthree\n"
    refused = two.run("ip netns exec b sh -c 'echo x | socat - UDP-DATAGRAM:10.0.1.255:9000'")
    assert "0, AF=2 10.0.1.255:9000, 16): Permission denied" in refused.err


def test_who_has_no_peer_hears_of_no_refusal_and_sendto_hears_its_peer_alone(two: KeptSession) -> None:
    assert two.run("ip netns exec b sh -c 'echo x | socat - UDP-SENDTO:10.0.1.2:9'").code == 0
    assert "Connection refused" in two.run("ip netns exec b sh -c 'echo x | socat - UDP:10.0.1.2:9'").err
    two.run("ip netns exec g socat UDP-RECVFROM:7000,fork EXEC:'echo hello' &")
    assert two.run("ip netns exec b sh -c 'echo x | socat - UDP-SENDTO:10.0.1.2:7000'").out == "hello\n"
    other = two.run("ip netns exec b sh -c 'echo x | socat - UDP-SENDTO:10.0.1.255:7000,broadcast'")
    assert other.out == "", "it is answered by 10.0.1.2"
    assert two.run("ip netns exec b sh -c 'echo x | socat - UDP-DATAGRAM:10.0.1.255:7000,broadcast'").out == "hello\n"


def test_a_child_that_fails_leaves_the_listener(two: KeptSession) -> None:
    two.run("ip netns exec g socat TCP-LISTEN:80,fork,reuseaddr TCP:127.0.0.1:8080 &")
    two.run("ip netns exec b sh -c 'echo x | nc -q 1 10.0.1.2 80'")
    two.run("ip netns exec g socat TCP-LISTEN:8080,fork,reuseaddr EXEC:'echo served' &")
    assert two.run("ip netns exec b socat -u TCP:10.0.1.2:80 -").out == "served\n"


@pytest.mark.parametrize(("line", "says"), [
    ("socat - OPEN:/nonexist/x </dev/null", 'E open("/nonexist/x", 02, 0666): No such file or directory'),
    ("socat - GOPEN:/nonexist/x </dev/null", "0666): No such file or directory"),
    ("socat - OPEN:/tmp </dev/null", 'E open("/tmp", 02, 0666): Is a directory'),
    ("socat UDP-RECV:9100 - </dev/null", "W address is opened in read-write mode but only supports read-only"),
    ("socat - UDP-SENDTO:10.0.0.1", "E UDP-SENDTO: wrong number of parameters (1 instead of 2)"),
    ("socat - TCP:127.0.0.1:9,sp=x", 'E parseopts(): missing numerical value of option "sp=x"'),
    ("echo x | socat -u - OPEN:/etc/hostname,rdonly", "E write(5, 0x7f0000000000, 2): Bad file descriptor"),
    ("socat -u OPEN:/etc/hostname,wronly -", "E read(5, 0x7f0000000000, 8192): Bad file descriptor"),
    ("socat CREATE:/g -", "E read(5, 0x7f0000000000, 8192): Bad file descriptor"),
    ("socat - TCP:127.0.0.1:9,tcp-cork", "socat: the option tcp-cork is not modelled"),
    ("socat - TCP:127.0.0.1:9,ttl=0", "E setsockopt(5, 0, 2, {0}, 4): Invalid argument"),
    ("socat - UDP:127.0.0.1:9,ttl=abc", 'E parseopts(): missing numerical value of option "ttl=abc"'),
    ("socat - TCP:127.0.0.1:9,mss=50", "E setsockopt(5, 6, 2, {50}, 4): Invalid argument"),
    ("socat - TCP-LISTEN:9,syncnt=3", "socat: the option syncnt=3 is not modelled"),
    ("socat - TCP:127.0.0.1:9,syncnt=128", "E setsockopt(5, 6, 7, {128}, 4): Invalid argument"),
    ("socat - TCP:127.0.0.1:9,linger", 'E option "linger": value required'),
    ("socat - TCP:127.0.0.1:9,rcvbuf=x", 'E parseopts(): missing numerical value of option "rcvbuf=x"'),
    ("socat - TCP-LISTEN:9,range", 'E option "range": value required'),
    ("socat - TCP-LISTEN:9,range=foo", 'E xioparsenetwork_ip4("foo",,): missing netmask delimiter'),
    ("socat - TCP-LISTEN:9,range=10.0.0.0/33", 'E IPv4 netmask "10.0.0.0/33" is too large'),
    ("socat - TCP-LISTEN:9,range=10.0.0.0/8x", 'E not a valid IPv4 netmask in "10.0.0.0/8x"'),
    ("socat - TCP-LISTEN:9,range=localhost/8", "socat: the option range=localhost/8 is not modelled"),
    ("socat - UDP:127.0.0.1:9,mtudiscover=9", "E setsockopt(5, 0, 10, {9}, 4): Invalid argument"),
    ("socat - TCP:127.0.0.1:9,interface=nope", 'E setsockopt(5, 1, 25, "nope", 5): No such device'),
    ("socat -u UDP-RECV:9,ip-add-membership=224.1.0.1 -", "E syntax in option : missing ':'"),
    ("socat -u UDP-RECV:9,ip-add-membership=224.1.0.1:nope -",
     "E setsockopt(5, 0, 35, {0x010001e0,0x00000000,0}, 12): No such device"),
    ("socat -u UDP-RECV:9,ip-add-membership=10.0.0.1:lo -",
     "E setsockopt(5, 0, 35, {0x0100000a,0x00000000,1}, 12): Invalid argument"),
    ("socat - TCP:127.0.0.1:9,recverr", "note: socat's option recverr changes nothing in the sandbox"),
    ("socat -,raw,echo=0 TCP:127.0.0.1:9", "note: socat's option echo=0 changes nothing in the sandbox"),
    ("socat -,foo TCP:127.0.0.1:9", "socat: the option foo is not modelled"),
    ("socat - OPEN:/tmp/x,perm=0600", "socat: the option perm=0600 is not modelled"),
    ("socat - UNIX-CONNECT:/x", "socat: the address UNIX-CONNECT is not modelled")])
def test_what_it_says(line: str, says: str) -> None:
    assert says in KeptSession().run(line).err


def test_files_are_read_from_their_start_and_written_at_their_place() -> None:
    session = KeptSession()
    session.run("printf abcdef > /f")
    assert session.run("socat -u /f -").out == "abcdef"
    session.run("printf XY | socat -u - OPEN:/f")
    assert session.run("cat /f").out == "XYcdef"
    session.run("printf Z | socat -u - /f; printf 1 | socat -u - CREATE:/g; printf 22 | socat -u - CREATE:/g")
    assert session.run("cat /f /g").out == "XYcdefZ22"
    session.run("echo new | socat -u - OPEN:/f,rdonly")
    assert session.run("cat /f").out == "XYcdefZ"


def test_sockets_have_the_ttl_tos_and_segments_that_options_say(two: KeptSession) -> None:
    two.run("ip netns exec g tcpdump -nvi vg 'tcp or udp' > /tmp/cap &")
    two.run("ip netns exec g socat TCP-LISTEN:80,fork,tos=16,ttl=9 EXEC:'echo hi' &")
    assert two.run("ip netns exec b socat -u TCP:10.0.1.2:80,tos=0x23,ttl=7,mss=600,interface=vb -").out == "hi\n"
    two.run("ip netns exec b sh -c 'echo hi | socat -u - UDP-SENDTO:10.0.1.2:9,tos=4,ttl=3,mtudiscover=0'")
    text = two.run("cat /tmp/cap").out
    assert re.findall(r"tos (\w+), ttl (\d+), id .*proto UDP", text) == [("0x4", "3")]
    assert re.search(r"flags \[none\], proto UDP", text)
    assert set(re.findall(r"tos (\w+), ttl (\d+), id [1-9].*proto TCP", text)) == {("0x20", "7"), ("0x10", "9")}
    assert re.search(r"tos 0x10, ttl 9, id 0,", text), "the SYN,ACK"
    assert re.search(r"Flags \[S\], .*win 65400, options \[mss 600,", text), "as the kernel and the real socat"


def test_a_datagram_to_a_group_reaches_all_that_joined_it(two: KeptSession) -> None:
    """As socat 1.8 and /proc/net/igmp of the kernel tell."""
    two.run("ip -n b route add 224.0.0.0/4 dev vb")
    for name, where, seconds in (("one", "vg", 4), ("two", "10.0.1.2", 8)):
        two.run(f"ip netns exec g timeout {seconds} socat -u UDP4-RECV:6667,reuseport,"
                f"ip-add-membership=224.1.0.1:{where} OPEN:/tmp/{name},creat,append &")
    assert " 010001E0     2 0:00000000" in two.run("ip netns exec g cat /proc/net/igmp").out.replace("\t", " ")
    two.run("ip netns exec b sh -c 'echo hello | socat -u - UDP4-DATAGRAM:224.1.0.1:6667'")
    assert [two.run(f"cat /tmp/{name}").out for name in ("one", "two")] == ["hello\n"] * 2
    for users in (1, 0):
        two.run("wait 4s")
        lines = two.run("ip netns exec g cat /proc/net/igmp").out.split("\n")
        assert [line.split()[1] for line in lines if "010001E0" in line] == [str(users)] * bool(users)


def test_a_connection_is_tried_again_and_lines_end_as_asked(two: KeptSession) -> None:
    two.run("ip netns exec g sh -c 'sleep 3; exec nc -l 82' > /tmp/got &")
    lines = two.run("ip netns exec b sh -c 'printf \"a\\nb\\n\" | "
                    "socat -t0.1 - TCP:10.0.1.2:82,crnl,retry=5,interval=1'")
    assert (lines.code, lines.err) == (0, "")
    assert two.run("od -An -c /tmp/got").out.split() == ["a", "\\r", "\\n", "b", "\\r", "\\n"]
    failed = two.run("ip netns exec b sh -c 'echo | socat - TCP:10.0.1.2:83,retry=2,interval=1'")
    assert failed.err.count("Connection refused") == 2, "a warning and the error of the last one alone"


def test_lines_that_end_otherwise_are_read_as_newlines() -> None:
    assert with_lines(b"x\r\ny\nz\r", "crnl", "") == b"x\ny\nz"
    assert with_lines(b"a\rb\r\r", "cr", "") == b"a\nb\n\n"
    assert with_lines(b"a\nb\r\n", "", "crnl") == b"a\r\nb\r\r\n"
