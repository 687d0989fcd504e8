"""The default host's way out: its LAN, the router, and the hosts of the internet."""

from __future__ import annotations

import pytest

from netsandbox.lab import views
from netsandbox.lab.errors import LabError
from netsandbox.lab.lab import Lab
from netsandbox.lab.uplink import INTERNET, NAMES, parse_lan
from netsandbox.session.session import Session
from netsandbox.wire.addresses import format_ipv4


@pytest.fixture
def session() -> Session:
    return Session(seed=3, uplink="192.168.1.0/24")


def test_the_host_is_as_any_machine(session: Session) -> None:
    assert session.run("ip route show default").out == (
        "default via 192.168.1.1 dev eth0 proto dhcp src 192.168.1.10 metric 100 \n")
    assert session.run("ip -br addr show eth0").out.split()[:3] == ["eth0", "UP", "192.168.1.10/24"]
    assert session.run("hostname -I").out.split()[0] == "192.168.1.10"
    assert session.run("cat /etc/resolv.conf").out == "nameserver 192.168.1.1\n"


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_name_out_there_answers_a_ping(session: Session, name: str) -> None:
    job = session.run(f"ping -c 1 {name}")
    assert job.code == 0
    assert f"PING {name} ({format_ipv4(NAMES[name])})" in job.out


def test_options_may_follow_a_name(session: Session) -> None:
    session.run("ip link")
    assert "2 packets transmitted, 2 received" in session.run("ping google.com -c 2").out


def test_a_trace_names_the_router_and_the_provider(session: Session) -> None:
    hops = [line.split()[1] for line in session.run("traceroute -n 8.8.8.8").out.splitlines()[1:]]
    assert hops == ["192.168.1.1", "203.0.113.1", "8.8.8.8"]


def test_another_lan() -> None:
    session = Session(uplink="10.20.0.0/16")
    assert "default via 10.20.0.1 dev eth0" in session.run("ip route").out
    assert session.run("ping -c 1 1.1.1.1").code == 0


def test_a_lab_without_has_a_host_on_its_own() -> None:
    session = Session()
    assert "default" not in session.run("ip route").out
    assert [row.name for row in views.nodes(session.lab)] == ["host"]


def test_containers_subnets_keep_clear_of_the_lan() -> None:
    session = Session(uplink="172.18.0.0/16")
    session.run("docker network create mynet")
    assert session.run("docker network inspect mynet -f '{{(index .IPAM.Config 0).Subnet}}'").out == "172.19.0.0/16\n"


@pytest.mark.parametrize("text", ["", "lan", "10.0.0.0", "10.0.0.5/24", "10.0.0.0/30", "0.0.0.0/0", "8.8.8.0/24",
                                  "203.0.113.0/24"])
def test_what_is_no_lan_is_refused(text: str) -> None:
    with pytest.raises(LabError):
        parse_lan(text)


def test_the_rows_say_what_the_picture_folds() -> None:
    lab = Lab(uplink=parse_lan("192.168.1.0/24"))
    lab.host()
    rows = {row.name: row.host for row in views.nodes(lab)}
    assert rows["uplink"] is None
    assert {name for name, group in rows.items() if group == "uplink"} == {"isp", *(it.names[0] for it in INTERNET)}


def test_it_forwards_from_the_start_and_dockerd_leaves_the_policy(session: Session) -> None:
    assert session.run("iptables -S FORWARD").out.startswith("-P FORWARD ACCEPT\n")
    assert session.run("sysctl -p").out == "net.ipv4.ip_forward = 1\n"
    for line in ("ip netns add blue", "ip link add br0 type bridge", "ip addr add 10.9.0.1/24 dev br0",
                 "ip link set br0 up", "ip link add v type veth peer name p master br0", "ip link set p up",
                 "ip link set v netns blue", "ip -n blue addr add 10.9.0.2/24 dev v", "ip -n blue link set v up",
                 "ip -n blue route add default via 10.9.0.1",
                 "iptables -t nat -A POSTROUTING -s 10.9.0.0/24 -j MASQUERADE"):
        assert session.run(line).code == 0, line
    assert session.run("ip netns exec blue ping -c 1 8.8.8.8").code == 0
    session.run("sysctl -w net.ipv4.ip_forward=0; systemctl restart docker")
    assert session.run("iptables -S FORWARD").out.startswith("-P FORWARD DROP\n")
    assert session.run("ip netns exec blue ping -c 1 -W 1 8.8.8.8").code == 1


def test_a_host_on_its_own_does_not() -> None:
    alone = Session(seed=3)
    assert alone.run("grep ip_forward= /etc/sysctl.conf").out == "#net.ipv4.ip_forward=1\n"
    assert alone.run("iptables -S FORWARD").out.startswith("-P FORWARD DROP\n")
