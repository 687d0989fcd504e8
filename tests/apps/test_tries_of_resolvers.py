"""Questions to a name server that does not answer, as tcpdump showed them of glibc 2.41, dig and host 9.20."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.keeping import KeptSession
from tests.lines import apart

SETUP = """
ip netns add b; ip netns add g; ip link add vb netns b type veth peer name vg netns g
ip -n b addr add 10.0.1.1/24 dev vb; ip -n g addr add 10.0.1.2/24 dev vg; ip -n b link set vb up
ip -n g link set vg up; ip -n b link set lo up
ip netns exec g nc -lukp 53 >/dev/null &
mkdir -p /etc/netns/b; echo nameserver 10.0.1.2 > /etc/netns/b/resolv.conf
"""
ROW = re.compile(r"id \d+, .*flags \[(\w+)\], .*\n +\S+\.(\d+) > 10\.0\.1\.2\.53: (\d+)\+ (?:\[1au\] )?(\w+)\?")


@pytest.fixture(scope="module")
def session() -> KeptSession:
    return apart(SETUP)


def asked(session: KeptSession, line: str) -> list[tuple[str, str, str, str]]:
    """(flags, port, ID, type) of each question."""
    job = session.run(f"ip netns exec b sh -c 'tcpdump -lni vb -v udp & sleep 0.1; {line} >/dev/null 2>&1; kill $!'")
    return ROW.findall(job.out)


@pytest.mark.parametrize(("line", "kinds"), [
    ("getent hosts a.b", ["AAAA", "AAAA", "A", "A"]), ("getent ahosts a.b", ["A", "AAAA", "A", "AAAA"])])
def test_glibc_keeps_port_and_id_for_both_tries(session: KeptSession, line: str, kinds: list[str]) -> None:
    rows = asked(session, line)
    assert [kind for _flags, _port, _ident, kind in rows] == kinds
    assert {flags for flags, *_rest in rows} == {"DF"}
    assert len({(port, ident, kind) for _flags, port, ident, kind in rows}) == 2


@pytest.mark.parametrize("line", ["dig +tries=2 +time=1 a.b", "host -W 1 a.b", "nslookup -timeout=1 a.b"])
def test_binds_tools_take_another_port_and_let_routers_cut(session: KeptSession, line: str) -> None:
    rows = asked(session, line)
    assert len(rows) >= 2
    assert {flags for flags, *_rest in rows} == {"none"}
    assert len({port for _flags, port, _ident, _kind in rows}) == len(rows)
    assert len({ident for _flags, _port, ident, _kind in rows}) == 1


def test_dockers_server_passes_the_containers_own_message_on() -> None:
    session = KeptSession(uplink="192.168.1.0/24")
    session.run("docker network create net1")
    session.run("docker run -d --name pc --network net1 nicolaka/netshoot sleep 1d")
    job = session.run("sh -c 'tcpdump -lni eth0 dst port 53 & sleep 0.1; docker exec pc dig example.com; kill $!'")
    known = re.search(r"status: NOERROR, id: (\d+)", job.out)
    assert known is not None
    assert f".53: {known[1]}+ [1au] A? example.com." in job.out
