"""The tools of the images busybox and alpine print what BusyBox printed on a real kernel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from netsandbox.session.keeping import KeptSession
from tests.apps.kept import Kept, plain
from tests.tools.twin import can_run_for_real

INSIDE, OUTSIDE = (f"nsbx{os.getpid()}{letter}" for letter in "io")
COUNTERS = re.compile(r"(packets|bytes|dropped):\d+( \(.*? .*?\))?|used \d+/\d+/\d+ probes \d")
REAL = Kept("busybox_tools")
SETTINGS = ["ip route add 10.9.0.0/16 via 172.17.0.1 metric 50", "ip route add blackhole 10.8.0.0/16",
            "ip addr add 10.1.0.1/24 dev eth0 label eth0:x",
            "ip neigh add 172.17.0.9 lladdr 02:42:ac:11:00:09 dev eth0"]
SHOWN = ["ip addr", "ip a", "ip -4 addr", "ip -o addr", "ip -o link", "ip link show eth0", "ip addr show dev lo",
         "ip route", "ip r", "ip route show table local", "ip route show table all", "ip route get 10.9.0.1",
         "ip route get 10.1.0.1", "ip rule", "ip neigh", "ip neigh show dev eth0", "arp -n", "arp -an", "route -n",
         "ifconfig", "ifconfig eth0",
         "ifconfig -a", "ifconfig nope"]


@pytest.fixture(scope="module")
def lab() -> KeptSession:
    return made()


def made() -> KeptSession:
    session = KeptSession()
    session.run("docker run -dit --cap-add NET_ADMIN --name box busybox")
    session.run("wait")
    for line in SETTINGS:
        assert session.run(f"docker exec box {line}").code == 0
    return session


@pytest.fixture(scope="module")
def real(lab: KeptSession) -> Iterator[list[str]]:
    reason = can_run_for_real() or ("" if shutil.which("busybox") else "not installed: busybox")
    if reason:
        pytest.skip(reason)
    mac = lab.run("docker exec box cat /sys/class/net/eth0/address").out.strip()
    commands = [
        f"ip netns add {INSIDE}", f"ip netns add {OUTSIDE}",
        f"ip netns exec {INSIDE} sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1",
        (f"ip -n {OUTSIDE} link add name veth1 index 3 type veth "
         f"peer name eth0 txqueuelen 0 address {mac} netns {INSIDE}"),
        f"ip -n {INSIDE} link set lo up", f"ip -n {OUTSIDE} link set veth1 up",
        f"ip -n {INSIDE} addr add 172.17.0.2/16 brd + dev eth0", f"ip -n {INSIDE} link set eth0 up",
        f"ip -n {INSIDE} route add default via 172.17.0.1", *(f"ip -n {INSIDE} {line[3:]}" for line in SETTINGS)]
    try:
        for command in commands:
            subprocess.run(command.split(), check=True)
        yield ["ip", "netns", "exec", INSIDE, "busybox"]
    finally:
        for name in (INSIDE, OUTSIDE):
            subprocess.run(["ip", "netns", "del", name], check=False)


def normal(text: str) -> str:
    return COUNTERS.sub("N", text)


@pytest.mark.parametrize("line", SHOWN)
def test_as_the_real_one(lab: KeptSession, line: str) -> None:
    job = lab.run(f"docker exec box {line}")
    assert plain((normal(job.out), job.err, job.code)) == REAL[line]


@pytest.mark.campaign
@pytest.mark.parametrize("line", SHOWN)
def test_the_real_one(real: list[str], line: str) -> None:
    done = subprocess.run([*real, *line.split()], capture_output=True, text=True, check=False)
    REAL.confirm(line, (normal(done.stdout), done.stderr, done.returncode))


def test_their_words(lab: KeptSession) -> None:
    assert "2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue \n" in lab.run(
        "docker exec box ip addr").out
    assert "172.17.0.0/16 dev eth0 scope link  src 172.17.0.2 \n" in lab.run("docker exec box ip route").out
    assert lab.run("docker exec box arp").out == "? (172.17.0.9) at 02:42:ac:11:00:09 [ether] PERM on eth0\n"
    assert "172.17.0.0      *               255.255.0.0     U " in lab.run("docker exec box route").out
    assert lab.run("docker exec box ifconfig eth0").out.startswith("eth0      Link encap:Ethernet  HWaddr ")
    assert lab.run("docker exec box ip neigh").out == (
        "172.17.0.9 dev eth0 lladdr 02:42:ac:11:00:09 used 0/0/0 probes 0 PERMANENT\n")


def test_what_it_does_not_have_is_lent_and_what_changes_is_the_same() -> None:
    lab = made()
    for words, foreign in (("-br addr", "-br"), ("maddr", "maddr"), ("-s link", "-s")):
        assert lab.run(f"docker exec box ip {words}").err == (
            f"note: BusyBox's ip has no {foreign}; the sandbox lends iproute2's\n")
    assert lab.run("docker exec box ip -br addr").out.startswith("lo               UNKNOWN")
    assert "group default" in lab.run("exec box ip addr").out
    lab.run("docker exec box ip link set eth0 mtu 1400")
    assert "mtu 1400" in lab.run("docker exec box ip link").out
    lab.run("docker exec box ifconfig eth0 down")
    assert "<BROADCAST,MULTICAST,M-DOWN>" in lab.run("docker exec box ip link").out


@pytest.mark.parametrize("words", ["", " aux", " -ef", " -a"])
def test_ps_lists_all_whatever_it_is_asked(lab: KeptSession, words: str) -> None:
    out = lab.run(f"docker exec box ps{words}").out
    first = r"PID   USER     TIME  COMMAND\n    1 root      0:00 sh\n"
    assert re.fullmatch(rf"{first} +\d+ root      0:00 ps{words}\n", out)


def test_netstat_and_uname_of_alpine() -> None:
    """networking/netstat.c as Alpine builds it: both families are `tcp`, and a program is what it calls itself."""
    session = KeptSession()
    session.run("docker run -d --name web nginx:1.29-alpine")
    head = "Proto Recv-Q Send-Q Local Address           Foreign Address         State       "
    assert session.run("docker exec web netstat -tlnp").out == (
        f"Active Internet connections (only servers)\n{head}PID/Program name    \n"
        "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      1/nginx: master pro\n"
        "tcp        0      0 :::80                   :::*                    LISTEN      1/nginx: master pro\n")
    assert session.run("docker exec web netstat -ltn").out.splitlines()[1:3] == [
        head, "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      "]
    assert "default         172.17.0.1      0.0.0.0         UG" in session.run("docker exec web netstat -r").out
    assert "172.17.0.0      *               255.255.0.0     U" in session.run("docker exec web netstat -r").out
    wrong = session.run("docker exec web netstat -i")
    assert (wrong.code, wrong.err.splitlines()[0]) == (1, "netstat: invalid option -- 'i'")
    assert session.run("docker exec web uname -o").out == "Linux\n"
    assert session.run("docker run --rm busybox uname -o").out == "GNU/Linux\n"


@pytest.mark.parametrize(("line", "says"), [
    ("docker exec box nmeter", "the sandbox has no nmeter"),
    ("docker exec box sh -c nmeter", "note: the sandbox has no nmeter\n"),
    ("docker exec box sh -c 'whois x'", "note: the sandbox has no whois: "), ("docker exec box which ls", ""),
    ("docker run --rm alpine sh -c telnet", "note: the alpine image has no telnet; the sandbox lends its own\n"),
    ("docker run --rm alpine apk add bash", "note: bash is not installed; "),
    ("docker run --rm alpine apk add curl", "note: nothing is installed: ")])
def test_an_applet_that_the_real_one_has_is_never_not_found(lab: KeptSession, line: str, says: str) -> None:
    said = lab.run(line).err
    assert says in said
    assert "not found" not in said
    assert "image has no which" not in said


@pytest.mark.parametrize(("line", "begin", "code"), [
    ("docker run --rm busybox netstat -Q", "netstat: invalid option -- 'Q'\nBusyBox v1.37.0 multi-call binary.\n", 1),
    ("docker run --rm busybox sleep infinty", "sleep: invalid number 'infinty'\n", 1),
    ("docker run --rm debian sleep infinty", "sleep: invalid time interval ‘infinty’\n", 1),
    ("docker run --rm debian sleep", "sleep: missing operand\n", 1)])
def test_what_a_main_program_does_not_understand_it_says_and_ends(line: str, begin: str, code: int) -> None:
    """Of netstat an error of netsandbox itself came, and a container whose time was misspelt ended well, in silence."""
    job = KeptSession().run(line)
    assert job.err.startswith(begin)
    assert job.code == code


def test_an_image_may_say_nothing_of_its_system() -> None:
    session = KeptSession()
    session.run("docker run -d --name box busybox sleep 1000")
    assert "Operating System: \n" in session.run("docker exec box hostnamectl").out
