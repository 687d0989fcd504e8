"""socat's addresses of UDP and files, beside what socat 1.8.0.3 did with the same lines."""

from __future__ import annotations

import pytest

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
    ("socat - TCP:127.0.0.1:9,crlf", "socat: the option crlf is not modelled"),
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
