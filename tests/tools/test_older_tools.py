"""What tutorials used before iproute2 did it all: brctl, vconfig, tunctl, `netstat -i`, ifconfig's flags."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session


@pytest.fixture
def lab() -> Session:
    session = Session()
    for line in ("brctl addbr br0", "ip link add v0 type veth peer name v1", "brctl addif br0 v0"):
        assert session.run(line).code == 0
    return session


@pytest.mark.parametrize(("line", "said", "code"), [
    ("brctl setpathcost br0 v0 0", "set path cost failed: Numerical result out of range\n", 1),
    ("brctl setpathcost br0 v0 70000", "set path cost failed: Numerical result out of range\n", 1),
    ("brctl setportprio br0 v0 64", "set port priority failed: Numerical result out of range\n", 1),
    ("brctl setportprio br0 v0 x", "bad path priority value\n", 1), ("brctl setportprio br0 v0 63", "", 0),
    ("brctl hairpin br0 nope on", "interface nope does not exist!\n", 1), ("brctl addbr averyveryverylongname", "", 0),
    ("brctl stp br0",
     "Incorrect number of arguments for command\nUsage: brctl stp <bridge> {on|off}\tturn stp on/off\n", 1),
    ("brctl -V", "bridge-utils, 1.7\n", 0),
    ("bridge link set dev v0 cost 70000", "RTNETLINK answers: Numerical result out of range\n", 255),
    ("bridge link set dev v0 cost 0", "", 0)])
def test_a_bridge(lab: Session, line: str, said: str, code: int) -> None:
    job = lab.run(line)
    assert (job.out + job.err, job.code) == (said, code)


def test_the_table_of_interfaces(lab: Session) -> None:
    for line in ("ip link set v0 up", "ip link set v1 up", "ifconfig v1 promisc", "ip addr add 10.0.0.1/24 dev v1",
                 "arping -c 1 -b -I v1 10.0.0.9"):
        lab.run(line)
    rows = {line.split()[0]: line for line in lab.run("netstat -in").out.splitlines()}
    assert rows["Iface"] == ("Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg")
    assert rows["v1"] == ("v1               1500        0      0      0 0             1      0      0      0 BMPRU")
    assert rows["lo"].endswith(" LRU")
    assert "br0" not in rows
    assert "\nbr0 " in lab.run("netstat -ia").out
    assert lab.run("ifconfig -s v1").out.splitlines()[1:] == [rows["v1"]]
    assert "flags=4419<UP,BROADCAST,RUNNING,PROMISC,MULTICAST>" in lab.run("ifconfig v1").out
    assert lab.run("ifconfig v1 -promisc").code == 0
    assert "PROMISC" not in lab.run("ip link show v1").out


def test_queue_lengths(lab: Session) -> None:
    assert lab.run("ip link set v0 txqueuelen 77").code == lab.run("ifconfig v1 txqueuelen 500").code == 0
    assert "qlen 77\n" in lab.run("ip link show v0").out
    assert "txqueuelen 500 " in lab.run("ifconfig v1").out
    assert lab.run("cat /sys/class/net/v0/tx_queue_len").out == "77\n"
    job = lab.run("ifconfig v1 txqueuelen -1")
    assert job.code == 0 or "SIOCSIFTXQLEN" in job.err


def test_netstat_says_what_it_has_not(lab: Session) -> None:
    job = lab.run("netstat -x")
    assert job.out.startswith("Active UNIX domain sockets (w/o servers)\n")
    assert "UNIX domain socket" in job.err


@pytest.mark.parametrize(("line", "said", "code"), [
    ("vconfig add v0 100", "Added VLAN with VID == 100 to IF -:v0:-\n", 0),
    ("vconfig add nope 5", "ERROR: trying to add VLAN #5 to IF -:nope:-  error: No such device\n", 3),
    ("vconfig add v0 5000", "ERROR: trying to add VLAN #5000 to IF -:v0:-  error: Numerical result out of range\n", 3),
    ("vconfig rem v0", "ERROR: trying to remove VLAN -:v0:- error: Invalid argument\n", 3),
    ("vconfig rem nope", "ERROR: trying to remove VLAN -:nope:- error: No such device\n", 3),
    ("vconfig set_name_type DEV_PLUS_VID_NO_PAD",
     "Set name-type for VLAN subsystem. Should be visible in /proc/net/vlan/config\n", 0),
    ("vconfig set_flag v0.1 1 1", "netsandbox: vconfig's set_flag is not modelled\n", 1)])
def test_vlans(lab: Session, line: str, said: str, code: int) -> None:
    job = lab.run(line)
    assert (job.out + job.err, job.code) == (said, code)


def test_a_vlan_comes_and_goes(lab: Session) -> None:
    assert lab.run("vconfig add v1 7").code == 0
    assert "vlan protocol 802.1Q id 7" in lab.run("ip -d link show v1.7").out
    assert lab.run("vconfig add v1 7").err == "ERROR: trying to add VLAN #7 to IF -:v1:-  error: File exists\n"
    assert lab.run("vconfig rem v1.7").out == "Removed VLAN -:v1.7:-\n"
    assert lab.run("ip link show v1.7").code == 1
    assert lab.run("vconfig").err.startswith("Expecting argc to be 3-5, inclusive.  Was: 1\n")


def test_taps(lab: Session) -> None:
    assert lab.run("tunctl -t tap0 -u root").out == "Set 'tap0' persistent and owned by uid 0\n"
    assert lab.run("tunctl -b").out == "tap1\n"
    assert lab.run("ip tuntap add dev tun0 mod tun group 5").code == lab.run("ip tuntap add tap9 mode tap").code == 0
    assert lab.run("ip tuntap").out.splitlines() == [
        "tap0: tap persist user 0", "tap1: tap persist user 0", "tun0: tun persist group 5", "tap9: tap persist"]
    assert lab.run("cat /sys/class/net/tun0/tun_flags").out == "0x1801\n"
    assert lab.run("tunctl -d tap1").out == "Set 'tap1' nonpersistent\n"
    assert lab.run("ip link show tap1").code == 1
    assert lab.run("tunctl -t v0").err == "TUNSETIFF: Invalid argument\n"
    assert lab.run("tunctl -x").err.startswith("tunctl: invalid option -- 'x'\nCreate: tunctl [-b]")


def test_flags_that_only_lists_show(lab: Session) -> None:
    for line in ("ip link set v0 up", "ip link set v1 up", "ip link set v1 multicast off", "ifconfig v1 allmulti",
                 "ifconfig v1 dynamic", "ip link set v1 trailers off"):
        assert lab.run(line).code == 0
    assert "<BROADCAST,ALLMULTI,DYNAMIC,NOTRAILERS,UP,LOWER_UP>" in lab.run("ip link show v1").out
    assert "flags=-32157<UP,BROADCAST,NOTRAILERS,RUNNING,ALLMULTI,DYNAMIC>" in lab.run("ifconfig v1").out
    assert lab.run("ifconfig -s v1").out.endswith(" ABdNRU\n")
    for line in ("ifconfig v1 -allmulti", "ip link set v1 multicast on", "ifconfig v1 trailers",
                 "ifconfig v1 -dynamic"):
        assert lab.run(line).code == 0
    assert "<BROADCAST,MULTICAST,UP,LOWER_UP>" in lab.run("ip link show v1").out
    assert lab.run("cat /sys/class/net/v1/flags").out == "0x1003\n"


def test_the_usage_of_a_kind(lab: Session) -> None:
    job = lab.run("ip link help vlan")
    assert job.code == 0
    assert job.out.startswith("Usage: ... vlan")
    assert lab.run("ip route get default").err == ""


def test_netstat_s_timers_and_groups() -> None:
    """As net-tools 2.10 printed them, with another number of seconds."""
    session = KeptSession()
    for line in ("ip netns add h", "ip -n h link set lo up", "ip netns exec h nc -lk 127.0.0.1 80 &",
                 "ip netns exec h nc -ul 127.0.0.1 53 &", "ip netns exec h nc -z 127.0.0.1 80", "wait 100ms"):
        session.run(line)
    out = session.run("ip netns exec h netstat -tunao").out
    assert out.splitlines()[1].endswith("State       Timer")
    assert re.search(r" LISTEN      off \(0\.00/0/0\)\n", out)
    assert re.search(r" TIME_WAIT   timewait \(59\.9\d/0/0\)\n", out)
    assert re.search(r"^udp .* 0\.0\.0\.0:\*                           off \(0\.00/0/0\)$", out, re.MULTILINE)
    assert session.run("ip netns exec h netstat -gn").out == (
        "IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n--------------- ------ ---------------------\n"
        "lo              1      224.0.0.1\nlo              1      ff02::1\nlo              1      ff01::1\n")
