"""nmap -sn: who is on the segment, by ARP."""

from __future__ import annotations

import pytest

from netsandbox.apps.nmap_targets import addresses
from netsandbox.apps.program import UsageError
from netsandbox.session.keeping import KeptSession
from netsandbox.wire.addresses import parse_ipv4


@pytest.fixture(scope="module")
def session() -> KeptSession:
    session = KeptSession()
    for line in ("docker network create --subnet 10.0.42.0/24 --ip-range 10.0.42.128/25 mine",
                 "docker run -d --name one --network mine alpine sleep 1d",
                 "docker run -d --name two --network mine alpine sleep 1d"):
        assert session.run(line).code == 0
    return session


def test_who_is_there_in_the_greppable_form(session: KeptSession) -> None:
    job = session.run("docker exec one sh -c 'nmap -sn 10.0.42.* -oG /dev/stdout | grep Status'")
    assert job.out == "".join(f"Host: 10.0.42.{last} ()\tStatus: Up\n" for last in (128, 130, 129))


def test_who_is_there_in_words(session: KeptSession) -> None:
    mac = session.run("docker exec two cat /sys/class/net/eth0/address").out.strip().upper()
    lines = session.run("docker exec one nmap -sn 10.0.42.128/30").out.splitlines()
    assert lines[0].startswith("Starting Nmap 7.95 ( https://nmap.org ) at 2026-01-01 00:")
    at = lines.index("Nmap scan report for 10.0.42.130")
    assert lines[at + 2] == f"MAC Address: {mac} (Unknown)"
    assert lines[-3:-1] == ["Nmap scan report for 10.0.42.129", "Host is up."]
    assert lines[-1].startswith("Nmap done: 4 IP addresses (3 hosts up) scanned in ")


def test_an_address_that_does_not_answer_is_waited_for_and_not_up(session: KeptSession) -> None:
    job = session.run("docker exec one nmap -sn 10.0.42.200 -oG -")
    assert "-- 1 IP address (0 hosts up) scanned in 2.00 seconds" in job.out


def test_a_file_takes_the_greppable_form(session: KeptSession) -> None:
    session.run("docker exec one nmap -sn 10.0.42.128 -oG /tmp/found")
    assert "Host: 10.0.42.128 ()\tStatus: Up" in session.run("docker exec one cat /tmp/found").out


@pytest.mark.parametrize(("words", "expected"), [
    ("10.0.42.1", "scans no ports here"), ("-sn", "No targets were specified"),
    ("-sn -A 10.0.42.1", "-A is not modelled"),
    ("-sn 8.8.8.8", "8.8.8.8 is not on it"), ("-sn two", 'not the name "two"'),
    ("-sn 10.0.42.300", 'Failed to resolve "300"'), ("-sn 10.0.0.0/33", "Illegal netmask"),
    ("-sn 10.*.*.*", "more than 4096 addresses")])
def test_what_it_does_not_take_is_refused(session: KeptSession, words: str, expected: str) -> None:
    job = session.run(f"docker exec one nmap {words}")
    assert expected in job.err
    assert job.code == 1


@pytest.mark.parametrize(("text", "count", "first"), [
    ("10.0.0.*", 256, "10.0.0.0"), ("10.0.0.1-3,9", 4, "10.0.0.1"), ("10.0.0.5/30", 4, "10.0.0.4"),
    ("10.0.0.7", 1, "10.0.0.7"), ("10.0.1-2.250-", 12, "10.0.1.250")])
def test_targets(text: str, count: int, first: str) -> None:
    found = addresses(text)
    assert found is not None
    assert (len(found), found[0]) == (count, parse_ipv4(first))


@pytest.mark.parametrize("text", ["10.0.0.9-3", "10.0.0.256"])
def test_targets_that_are_none(text: str) -> None:
    with pytest.raises(UsageError):
        addresses(text)
