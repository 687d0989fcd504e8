"""What a program in a container may change: nothing of its network, unless Docker was told so."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session
from tests.docker.machine import Machine

EPERM = "RTNETLINK answers: Operation not permitted"
ROOT_ONLY = "Could not fetch rule set generation id: Permission denied (you must be root)"


@pytest.fixture
def one() -> Session:
    session = Session()
    assert session.run("docker run -d --name web nginx").code == 0
    return session


def eth0(session: Session) -> object:
    interface = session.lab.container("web")[1].namespace.interfaces["eth0"]
    return interface.up, [str(own.network) for own in interface.addresses], interface.mtu, interface.mac


@pytest.mark.parametrize("line", [
    "ip link set eth0 down", "ip addr del 172.17.0.2/16 dev eth0", "ip addr add 10.0.0.1/8 dev eth0",
    "ip link add v1 type veth peer v2", "ip link del eth0", "ip link add br0 type bridge",
    "ip route del default", "ip route add 10.0.0.0/8 via 172.17.0.1",
    "ip neigh add 172.17.0.9 lladdr 02:00:00:00:00:01 dev eth0"])
def test_the_kernel_refuses_a_change(one: Session, line: str) -> None:
    one.run("docker exec web ping -c 1 172.17.0.1")
    before = eth0(one), one.run("exec web ip route").out, one.run("exec web ip neigh").out
    job = one.run(f"docker exec web {line}")
    assert job.code != 0
    assert f"{EPERM}\nnote: a container may not change its network unless " in job.err
    assert (eth0(one), one.run("exec web ip route").out, one.run("exec web ip neigh").out) == before


@pytest.mark.parametrize(("line", "code", "error"), [
    ("sysctl -w net.ipv4.ip_forward=0", 1, 'sysctl: permission denied on key "net.ipv4.ip_forward"'),
    ("ip addr flush dev eth0", 255, "Failed to send flush request: Operation not permitted"),
    ("ip route flush dev eth0", 2, "Failed to send flush request: Operation not permitted"),
    ("ip neigh flush dev eth0", 1, "Failed to send flush request: Operation not permitted"),
    ("iptables -L", 4, f"iptables v1.8.11 (nf_tables): {ROOT_ONLY}"),
    ("iptables -P INPUT DROP", 4, f"iptables v1.8.11 (nf_tables): {ROOT_ONLY}"),
    ("iptables-save", 4, f"iptables-save v1.8.11 (nf_tables): {ROOT_ONLY}"),
    ("ip tcp_metrics flush", 2, EPERM), ("ip tcp_metrics delete 172.17.0.1", 2, EPERM),
    ("ip tcp_metrics delete 10.9.9.9", 2, EPERM),
    ("ip netns add blue", 1, "mount --make-shared /run/netns failed: Operation not permitted"),
    ("ifconfig eth0 down", 255, "SIOCSIFFLAGS: Operation not permitted"),
    ("arp -s 172.17.0.9 02:00:00:00:00:01", 255, "SIOCSARP: Operation not permitted"),
    ("route add -net 10.0.0.0/8 gw 172.17.0.1", 7, "SIOCADDRT: Operation not permitted"),
    ("ip link set eth9 down", 1, 'Cannot find device "eth9"'),
    ("nsenter -t 1 -n ip addr", 1, "nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted")])
def test_each_tool_in_its_own_words(one: Session, line: str, code: int, error: str) -> None:
    one.run("docker exec web ping -c 1 172.17.0.1")
    one.run("docker run -d --name other nginx")
    one.run("docker exec web curl -s 172.17.0.3")
    before = eth0(one)
    job = one.run(f"docker exec web {line}")
    assert (job.code, error in job.err) == (code, True), job.err
    assert eth0(one) == before
    assert one.run("docker exec web ip tcp_metrics").out.startswith("172.17.0.3 ")


@pytest.mark.parametrize(("line", "code", "error"), [
    ("ip addr del 172.17.0.2/16 dev eth0", 2, "ip: RTNETLINK answers: Operation not permitted"),
    ("ip addr flush dev eth0", 1, "ip: can't send flush request: Operation not permitted"),
    ("ip link set eth0 down", 2, "ip: SIOCSIFFLAGS: Operation not permitted"),
    ("ip link set dev eth0 mtu 1400", 2, "ip: SIOCSIFMTU: Operation not permitted"),
    ("route del default", 1, "route: SIOCDELRT: Operation not permitted"),
    ("ifconfig eth0 down", 1, "ifconfig: SIOCSIFFLAGS: Operation not permitted"),
    ("arp -s 172.17.0.9 02:00:00:00:00:01", 1, "arp: SIOCSARP: Operation not permitted"),
    ("sysctl -w net.ipv4.ip_forward=0", 1, (
        "sysctl: error setting key 'net.ipv4.ip_forward': Read-only file system"))])
def test_busybox_has_its_own_words(line: str, code: int, error: str) -> None:
    session = Session()
    session.run("docker run -dit --name box alpine")
    job = session.run(f"docker exec box {line}")
    assert (job.code, job.err.splitlines()[0]) == (code, error)
    session.run("docker exec -it box sh")
    assert session.run(line).err.splitlines()[0] == error


def test_looking_is_for_everybody(one: Session) -> None:
    for line in ("ip addr", "ip route", "ip neigh", "ss -ltn", "sysctl net.ipv4.ip_forward", "arp -n"):
        assert one.run(f"docker exec web {line}").code == 0, line


def test_the_note_is_said_once(one: Session) -> None:
    assert "note: a container may not" in one.run("docker exec web ip link set eth0 down").err
    assert one.run("docker exec web ip link set eth0 down").err == f"{EPERM}\n"
    assert "note: /proc/sys" in one.run("docker exec web sysctl -w net.ipv4.ip_forward=0").err


def test_a_shell_in_the_container_has_no_more(one: Session) -> None:
    for line in ("sh -c 'ip link set eth0 mtu 1400'", "sh -c 'sleep 1; ip link set eth0 mtu 1400'"):
        assert EPERM in one.run(f"docker exec web {line}").err
    one.run("docker exec -it web bash")
    assert EPERM in one.run("ip link set eth0 mtu 1400").err
    assert EPERM in one.run("ping -c 1 127.0.0.1 > /dev/null; ip link set eth0 mtu 1400").err
    one.run("exit")
    assert eth0(one)[2] == 1500  # type: ignore[index]


@pytest.mark.parametrize("option", ["--privileged", "--cap-add NET_ADMIN", "--cap-add=cap_net_admin", "--cap-add ALL"])
def test_who_was_given_the_capability_may(option: str) -> None:
    session = Session()
    session.run(f"docker run -d {option} --name web nginx")
    assert session.run("docker exec web ip link set eth0 mtu 1400").code == 0
    assert session.run("docker exec web iptables -L").code == 0
    assert session.run("docker exec web sysctl -w net.ipv4.ip_forward=0").code == int("privileged" not in option)


def test_exec_with_privileges_may_and_so_do_enter_and_the_labs_exec(one: Session) -> None:
    assert one.run("docker exec --privileged web ip link set eth0 mtu 1400").code == 0
    assert one.run("exec web ip link set eth0 mtu 1300").code == 0
    one.run("enter web")
    assert one.run("ip link set eth0 mtu 1200").code == 0
    assert eth0(one)[2] == 1200  # type: ignore[index]


def test_a_containers_own_program_may_no_more_in_the_hosts_namespace() -> None:
    session = Session()
    assert "ip: SIOCSIFFLAGS: Operation not permitted" in session.run(
        "docker run --rm --net=host alpine ip link set docker0 down").err
    assert session.run("docker run --rm --net=host --privileged alpine ip link set docker0 down").code == 0


def test_capabilities_are_named_and_shown(docker: Machine) -> None:
    assert docker("run -d --name web --cap-add net_admin --cap-drop ALL --privileged nginx").code == 0
    form = "{{.HostConfig.CapAdd}} {{.HostConfig.CapDrop}} {{.HostConfig.Privileged}}"
    assert docker(f"inspect -f '{form}' web").out == "[CAP_NET_ADMIN] [ALL] true\n"
    said = docker("run --cap-add NET_ADMN nginx")
    assert (said.code, said.err.splitlines()[0]) == (
        125, 'docker: Error response from daemon: invalid CapAdd: unknown capability: "CAP_NET_ADMN"')


@pytest.mark.parametrize(("line", "code", "said"), [
    ("tc qdisc add dev eth0 root pfifo", 2, "RTNETLINK answers: Operation not permitted\n"),
    ("tc qdisc del dev eth0 root", 2, "RTNETLINK answers: Operation not permitted\n"),
    ("tc class add dev eth0 parent 1: classid 1:1 htb rate 1mbit", 2, "RTNETLINK answers: Operation not permitted\n"),
    ("tc filter add dev eth0 parent 1: matchall flowid 1:1", 2,
     "RTNETLINK answers: Operation not permitted\nWe have an error talking to the kernel\n"),
    ("tc qdisc add dev nope root pfifo", 1, 'Cannot find device "nope"\n'), ("tc qdisc show dev eth0", 0, ""),
    ("ethtool -K eth0 tso off", 92, "netlink error: Operation not permitted\n"),
    ("iptables -L", 4,
     "iptables v1.8.11 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n")])
def test_a_container_changes_no_queue_and_no_rule_and_each_is_told_so_once(line: str, code: int, said: str) -> None:
    session = KeptSession()
    for name in ("web", "db"):
        session.run(f"docker run -d --name {name} nicolaka/netshoot sleep 1000")
        job = session.run(f"docker exec {name} {line}")
        note = "note: a container may not change its network" if "ermitted" in said or code == 4 else ""
        assert (job.code, job.err.startswith(f"{said}{note}")) == (code, True)
        assert "note" not in session.run(f"docker exec {name} {line}").err
    assert session.run("exec web tc qdisc show dev eth0").out == "qdisc noqueue 0: root refcnt 2 \n"


def test_capabilities_are_kept_as_typed_before_28() -> None:
    for release, kept in (("26", '["net_admin","NET_RAW"]'), ("28", '["CAP_NET_ADMIN","CAP_NET_RAW"]')):
        session = Session(profile=f"docker-{release}")
        session.run("docker run -d --name aa --cap-add net_admin --cap-add NET_RAW nicolaka/netshoot sleep infinity")
        assert session.run("docker inspect -f '{{json .HostConfig.CapAdd}}' aa").out == kept + "\n"
        assert session.run("docker exec aa ip link add d0 type dummy").code == 0
