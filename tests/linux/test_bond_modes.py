"""Bonds: by which slave a frame leaves, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.explain.explanation import tell
from netsandbox.explain.voice import Voice
from netsandbox.linux.device_events import ActiveSlaveChanged, SlaveChosen
from netsandbox.linux.drivers.bond_modes import POLICIES, hash_of
from netsandbox.linux.events import FrameReceived, RouteMissing
from netsandbox.session.keeping import KeptSession
from netsandbox.session.session import Session
from netsandbox.wire.ethernet import ETH_P_IP, Frame
from netsandbox.wire.ipv4 import UDP, IPv4Packet
from netsandbox.wire.udp import UdpDatagram
from tests.linux.test_multipath import say


def frame(source: int, destination: int, sport: int, dport: int) -> Frame:
    packet = IPv4Packet(source, destination, UDP, UdpDatagram(sport, dport, b"x"), 64, 0, True)
    return Frame(0x020000000002, 0x020000000061, ETH_P_IP, packet)


ADDRESS, PORT = st.integers(0, (1 << 32) - 1), st.integers(0, 65535)


@given(ADDRESS, ADDRESS, PORT, PORT, st.sampled_from(POLICIES))
def test_a_flow_has_one_hash_and_both_directions_have_the_same(
        source: int, destination: int, sport: int, dport: int, policy: str) -> None:
    there = hash_of(frame(source, destination, sport, dport), policy)
    assert there == hash_of(frame(source, destination, sport, dport), policy)
    back = frame(destination, source, dport, sport)
    back = Frame(back.src, back.dst, ETH_P_IP, back.payload)
    if policy != "layer3+4":
        assert hash_of(back, policy) == there


@given(ADDRESS, ADDRESS, PORT, PORT, PORT)
def test_ports_matter_for_one_policy_alone(source: int, destination: int, sport: int, other: int, dport: int) -> None:
    one, two = frame(source, destination, sport, dport), frame(source, destination, other, dport)
    assert all(hash_of(one, policy) == hash_of(two, policy) for policy in ("layer2", "layer2+3"))


def bonded(options: str) -> Session:
    session = Session()
    for line in ("add-host h", "add-host sw", "connect h sw", "connect h sw"):
        session.execute(line)
    for line in (f"ip link add bond0 type bond {options}", "ip link set eth0 down", "ip link set eth1 down",
                 "ip link set eth0 master bond0", "ip link set eth1 master bond0", "ip link set bond0 up"):
        assert say(session, "h", line) == "", line
    return session


REFUSED = [
    ("ip link add bond1 type bond mode 802.3ad", "netsandbox: mode 802.3ad of a bond is not modelled"),
    ("ip link add bond1 type bond mode balance-tlb", "netsandbox: mode balance-tlb of a bond is not modelled"),
    ("ip link add bond1 type bond mode 6", "netsandbox: mode balance-alb of a bond is not modelled"),
    ("ip link add bond1 type bond arp_interval 100 miimon 50",
     "Error: ARP monitoring cannot be used with MII monitoring."),
    ("ip link add bond1 type bond miimon 50 arp_validate all",
     "Error: ARP validating cannot be used with MII monitoring."),
    ("ip link add bond1 type bond arp_ip_target 10.0.0.1,255.255.255.255", "Error: invalid option value."),
    ("ip link add bond1 type bond arp_ip_target 10.0.0.1,x", 'Error: an IP address is expected rather than "x"'),
    ("ip link add bond1 type bond arp_interval 4294967295", "Error: invalid option value."),
    ("ip link add bond1 type bond arp_missed_max 0", "Error: invalid option value."),
    ("ip link add bond1 type bond lacp_rate fast", "Error: option not supported in mode."),
    ("ip link set bond0 type bond tlb_dynamic_lb 0", "Error: option not supported in mode."),
    ("ip link add bond1 type bond lp_interval 0", "Error: invalid option value."),
    *((f"ip link add bond1 type bond miimon 1 {option}", "Error: invalid option value.") for option in (
        "updelay 2147483648", "min_links 2147483648", "resend_igmp 256", "packets_per_slave 65536", "use_carrier 2",
        "all_slaves_active 2")),
    ("ip link add bond1 type bond miimon 1 peer_notify_delay 300001", "Error: integer out of range."),
    ("ip link set bond0 type bond packets_per_slave 1", "Error: option not supported in mode."),
    ("ip link set bond0 master bond0", "Error: Cannot enslave bond to itself."),
    ("ip link add bond1 type bond xmit_hash_policy encap2+3",
     "netsandbox: xmit_hash_policy encap2+3 of a bond is not modelled"),
    ("ip link add bond1 type bond xmit_hash_policy foo", 'argument "foo" is wrong: invalid xmit_hash_policy'),
    ("ip link add bond1 type bond updelay 100", "Operation not permitted"),
    ("ip link add bond1 type bond num_grat_arp 256", "invalid num_grat_arp"),
    ("ip link set bond0 type bond fail_over_mac active", "unable to set option because the bond device has slaves")]


def test_what_a_bond_cannot_be_is_refused_and_nothing_is_made() -> None:
    session = bonded("mode active-backup miimon 100")
    before = say(session, "h", "ip -d link")
    for line, complaint in REFUSED:
        assert complaint in say(session, "h", line)
        assert say(session, "h", "ip -d link") == before, line


def test_a_bond_may_be_a_slave_but_not_of_what_it_has() -> None:
    session = KeptSession()
    for name in ("one", "two"):
        session.run(f"ip link add {name} type bond mode active-backup")
    session.run("ip link set two master one; ip link set two type bond ad_select 1")
    assert "MASTER,SLAVE,UP" in session.run("ip link show two").out
    assert "Device or resource busy" in session.run("ip link set one master two").err
    assert "ad_select stable" in session.run("ip -d link show two").out  # it is up, and takes no other
    session.run("ip link add link one name one.5 type vlan id 5; ip link add e type veth peer name e2")
    session.run("ip link set e master one")
    assert "tso_max_size 65536" in session.run("ip -d link show one.5").out  # the least of the slaves'


def test_a_bond_says_what_it_was_told() -> None:
    session = bonded("mode active-backup miimon 100 updelay 250 downdelay 200 num_grat_arp 3 primary_reselect 2")
    shown = say(session, "h", "ip -d link show bond0")
    assert "miimon 100 updelay 200 downdelay 200 peer_notify_delay 0" in shown, "a multiple of miimon"
    assert "primary_reselect failure" in shown
    assert "num_grat_arp 3" in shown
    assert "Up Delay (ms): 200\n" in say(session, "h", "cat /proc/net/bonding/bond0")


@pytest.mark.parametrize(("options", "reason"), [
    ("mode balance-xor xmit_hash_policy layer3+4", "xmit_hash_policy layer3+4"), ("mode balance-xor", "layer2"),
    ("mode broadcast", "sends by each of its slaves: eth0, eth1"), ("mode balance-rr", "whose turn it is")])
def test_why_says_by_what_rule_a_frame_left(options: str, reason: str) -> None:
    session = bonded(f"{options} miimon 100")
    for node, line in (("h", "ip addr add 10.0.0.1/24 dev bond0"), ("sw", "ip addr add 10.0.0.2/24 dev eth0")):
        say(session, node, line)
    session.lab.scheduler.run_until(session.lab.scheduler.now + 10**9)
    say(session, "h", "ping -c 1 -W 1 10.0.0.2")
    told = [event for record in session.lab.trace.since(0) if isinstance(event := record.event, SlaveChosen)]
    words = tell(told[-1], Voice("en"))
    assert reason in " ".join((words.decision, *words.looked_at))


@pytest.mark.parametrize("validate", ["none", "all"])
def test_a_link_that_is_up_but_silent_is_left_for_the_other(validate: str) -> None:
    session = bonded(f"mode active-backup arp_interval 100 arp_ip_target 10.0.0.2 arp_validate {validate}")
    for node, line in (("h", "ip addr add 10.0.0.1/24 dev bond0"), ("sw", "ip addr add 10.0.0.2/24 dev eth0"),
                       ("sw", "ip addr add 10.0.0.3/24 dev eth1")):
        say(session, node, line)
    wait(session, 600)
    assert "Currently Active Slave: eth0" in say(session, "h", "cat /proc/net/bonding/bond0")
    say(session, "sw", "tc qdisc add dev eth0 root netem loss 100%")
    wait(session, 900)
    shown = say(session, "h", "cat /proc/net/bonding/bond0")
    assert "Currently Active Slave: eth1" in shown
    assert "Slave Interface: eth0\nMII Status: down\n" in shown
    told = [event for record in session.lab.trace.since(0) if isinstance(event := record.event, ActiveSlaveChanged)]
    assert "no ARP answer" in " ".join(tell(told[-1], Voice("en")).looked_at)
    assert "10.0.0.2" not in say(session, "h", "ip neigh"), "what a monitor hears makes no neighbour"


def wait(session: Session, milliseconds: int) -> None:
    session.lab.scheduler.run_until(session.lab.scheduler.now + milliseconds * 10**6)


def test_a_bond_that_is_down_takes_what_comes_all_the_same_and_no_tap_shows_it() -> None:
    session = bonded("mode active-backup miimon 100")
    for node, line in (("h", "ip addr add 10.0.0.1/24 dev bond0"), ("sw", "ip addr add 10.0.0.2/24 dev eth0")):
        say(session, node, line)
    wait(session, 300)
    say(session, "sw", "ping -c 1 -W 1 10.0.0.1")
    say(session, "h", "ip link set bond0 down")
    before = session.lab.trace.end
    say(session, "sw", "ping -c 1 -W 1 10.0.0.1")
    since = [record.event for record in session.lab.trace.since(before)]
    assert not any(isinstance(event, FrameReceived) and event.interface.name == "bond0" for event in since)
    assert any(isinstance(event, RouteMissing) for event in since), "it was answered, and there is no way back"
