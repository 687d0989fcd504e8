"""nmap: who is on the segment, by ARP, and which ports are open."""

from __future__ import annotations

import pytest

from netsandbox.apps.nmap.targets import addresses
from netsandbox.apps.program import UsageError
from netsandbox.session.keeping import KeptSession
from netsandbox.session.runner import Runner
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
    ("10.0.42.1", "choice of ports is not modelled"), ("-p 80 -oG - 10.0.42.1", "-oG is modelled with -sn alone"),
    ("-p 0-65536 10.0.42.1", "between 0 and 65535 inclusive"), ("-p 9-3 10.0.42.1", "9-3 is backwards"),
    ("-p odd 10.0.42.1", "service mask 'odd'"), ("-p- 10.0.42.1", "more than 10000 ports"),
    ("-sn", "No targets were specified"),
    ("-sn -A 10.0.42.1", "-A is not modelled"),
    ("-sn 8.8.8.8", "8.8.8.8 is not on it"), ("-sn two", 'not the name "two"'),
    ("-sn 10.0.42.300", 'Failed to resolve "300"'), ("-sn 10.0.0.0/33", "Illegal netmask"),
    ("-sn 10.*.*.*", "more than 4096 addresses")])
def test_what_it_does_not_take_is_refused(session: KeptSession, words: str, expected: str) -> None:
    job = session.run(f"docker exec one nmap {words}")
    assert expected in job.err
    assert job.code == 1


@pytest.fixture(scope="module")
def routed() -> KeptSession:
    session = KeptSession()
    for line in ("ip netns add a; ip netns add r; ip netns add b",
                 "ip link add va netns a type veth peer name ra netns r",
                 "ip link add vb netns b type veth peer name rb netns r",
                 "ip netns exec r sysctl -qw net.ipv4.ip_forward=1",
                 "for i in 'a va' 'b vb' 'r ra' 'r rb' 'a lo'; do set -- $i; ip -n $1 link set $2 up; done",
                 "ip -n a addr add 10.0.0.1/24 dev va; ip -n r addr add 10.0.0.2/24 dev ra",
                 "ip -n b addr add 10.1.0.1/24 dev vb; ip -n r addr add 10.1.0.2/24 dev rb",
                 "ip -n a route add default via 10.0.0.2; ip -n b route add default via 10.1.0.2",
                 "ip netns exec r iptables -A INPUT -p tcp --dport 443 -j DROP",
                 "ip netns exec b iptables -A INPUT -p tcp --dport 443 -j REJECT",
                 "ip netns exec r nc -lk -p 80 &", "ip netns exec b nc -lk -p 8080 &", "ip netns exec b nc -lk -p 80 &",
                 "ip netns exec a nc -lk -p 22 &"):
        session.run(line)
    return session


@pytest.mark.parametrize(("words", "expected"), [  # nmap 7.95 on Linux 6.18
    ("-p 80,81,443 10.0.0.2", ["", "PORT    STATE    SERVICE", "80/tcp  open     http", "81/tcp  closed   hosts2-ns",
                               "443/tcp filtered https", "MAC", ""]),
    ("-p 8080,443 10.1.0.1", ["", "PORT     STATE    SERVICE", "443/tcp  filtered https",
                              "8080/tcp open     http-proxy", ""]),
    ("-p 80 10.1.0.1", ["", "PORT   STATE SERVICE", "80/tcp open  http", ""]),
    ("-p 22,telnet 127.0.0.1", ["", "PORT   STATE  SERVICE", "22/tcp open   ssh", "23/tcp closed telnet", ""]),
    ("-p 78-82 --open 10.0.0.2", ["Not shown: 4 closed tcp ports (reset)", "PORT   STATE SERVICE", "80/tcp open  http",
                                  "MAC", ""]),
    ("-p 100-200 10.0.0.2", ["All 101 scanned ports on 10.0.0.2 are in ignored states.",
                             "Not shown: 101 closed tcp ports (reset)", "MAC", ""]),
    ("-p 80 10.0.0.77", []), ("-Pn -p T:80 10.1.0.77", ["", "PORT   STATE    SERVICE", "80/tcp filtered http", ""])])
def test_ports(routed: KeptSession, words: str, expected: list[str]) -> None:
    lines = routed.run(f"ip netns exec a nmap -n {words}").out.splitlines()
    found = ["MAC" if line.startswith("MAC") else line for line in lines[3:-1]]
    assert found == expected
    assert lines[1].startswith("Nmap scan report" if expected else "Note: Host seems down.")


@pytest.mark.parametrize(("words", "expected"), [
    ("two", ["Nmap scan report for two (10.0.42.130)", "rDNS record for 10.0.42.130: two.mine"]),
    ("-n two", ["Nmap scan report for two (10.0.42.130)"]),
    ("10.0.42.130", ["Nmap scan report for two.mine (10.0.42.130)"]), ("nobody", []),
    ("localhost", ["Nmap scan report for localhost (127.0.0.1)", "Other addresses for localhost (not scanned): ::1"])])
def test_names(session: KeptSession, words: str, expected: list[str]) -> None:
    lines = session.run(f"docker exec one nmap -p 80 {words}").out.splitlines()
    assert [line for line in lines if " for " in line] == expected


def test_an_answer_to_another_question_is_no_ports() -> None:
    """The RST to the ACK that looks for the host comes when its port 80 is asked for."""
    assert "\n80/tcp open  http\n" in Runner(1, "docker-29", "192.168.1.0/24").line(
        "nmap -n -p 80 93.184.215.14").job.out


def test_what_is_sent_to_a_port(routed: KeptSession) -> None:
    routed.run("ip netns exec a timeout 3 tcpdump -nn -i va tcp > seen &")
    routed.run("ip netns exec a nmap -p 80 10.0.0.2")
    routed.run("wait")
    rows = routed.run("grep -o 'Flags [^,]*' seen | cut -d' ' -f2").out.split()
    assert rows == ["[S]", "[S.]", "[R]"]


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
