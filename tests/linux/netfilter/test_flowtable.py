"""A packet that goes the way of the one before it leaves the same records, counters and connections."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from netsandbox.linux.netfilter.netfilter import Netfilter
from netsandbox.session.session import Session

LAB = ("ip netns add a", "ip netns add r", "ip netns add b", "ip netns exec r sysctl -w net.ipv4.ip_forward=1",
       "ip link add e0 netns a type veth peer name r0 netns r", "ip link add e0 netns b type veth peer name r1 netns r",
       "ip -n a addr add 10.0.0.2/24 dev e0", "ip -n r addr add 10.0.0.1/24 dev r0",
       "ip -n r addr add 10.0.1.1/24 dev r1", "ip -n b addr add 10.0.1.2/24 dev e0",
       "ip -n b addr add 10.0.1.3/24 dev e0", "ip -n a link set e0 up", "ip -n b link set e0 up",
       "ip -n r link set r0 up", "ip -n r link set r1 up",
       "ip -n a route add default via 10.0.0.1", "ip -n b route add default via 10.0.1.1")
TALK = ("ip netns exec b sh -c 'while true; do echo hello; sleep 2; done | nc -l -p 80' &",
        "ip netns exec a sh -c '{ for i in 1 2 3; do echo $i; sleep 2; done; seq 300; sleep 2; } | nc TARGET PORT' &",
        "sleep 2.6")
TRACKED = ("iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",)
PUBLISHED = (*TRACKED, "iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to 10.0.1.2:80",
             "iptables -t nat -A POSTROUTING -o r1 -j MASQUERADE", "iptables -t raw -A PREROUTING -i nothing -j DROP")
BY_LENGTH = ("iptables -A FORWARD -m length --length 60 -j ACCEPT", *TRACKED)
BY_FLAGS = ("ip link set r1 mtu 600", "iptables -A FORWARD -p tcp --tcp-flags PSH PSH -j ACCEPT", *TRACKED)
BY_PORT = ("iptables -A FORWARD -p tcp --dport 80", "iptables -A FORWARD -p tcp --sport 81", *TRACKED)
BEHIND_NAT = (*PUBLISHED, "nft add table ip t", "nft 'add chain ip t in { type filter hook prerouting priority 0; }'",
              "nft 'add chain ip t out { type filter hook postrouting priority 200; }'",
              "nft add rule ip t in ip daddr 10.0.1.2 counter", "nft add rule ip t in ip daddr 10.0.0.1 counter",
              "nft add rule ip t out ip saddr 10.0.1.1 counter", "nft add rule ip t out ip saddr 10.0.0.2 counter")
CHANGES = (
    "true", "iptables -I FORWARD -j DROP", "iptables -I FORWARD -p tcp --tcp-flags PSH PSH -j REJECT", "iptables -Z",
    "iptables -t raw -A PREROUTING -j NOTRACK", "iptables -t nat -F",
    "iptables -I FORWARD -m length --length 54: -j DROP",
    "iptables -t mangle -A FORWARD -j MARK --set-mark 1", "iptables -t mangle -A POSTROUTING -j TTL --ttl-set 9",
    "ip link set r1 down; ip link set r1 name lan; ip link set lan up",
    "ip link set r0 mtu 400", "ip link set r1 mtu 900", "ip link set r1 down", "ip route add 10.0.1.2 via 10.0.1.3",
    "ip route add blackhole 10.0.1.2", "ip rule add pref 5 prohibit", "ip neigh flush all",
    "sysctl -w net.ipv4.ip_forward=0", "conntrack -D", "conntrack -F", "conntrack -U -m 5",
    "ip addr del 10.0.1.1/24 dev r1", "ip addr add 10.0.1.2/32 dev r1",
    "sysctl -w net.netfilter.nf_conntrack_tcp_timeout_established=1",
    "sysctl -w net.netfilter.nf_conntrack_acct=1", "ip link add link r1 name v type vlan id 5")
PASS_ON = Netfilter.pass_on


def router(rules: tuple[str, ...]) -> Session:
    session = Session()
    for line in LAB:
        assert not session.run(line).code, line
    for line in rules:
        assert not session.run(f"ip netns exec r {line}").code, line
    return session


def told(rules: tuple[str, ...], change: str, port: int) -> tuple[str, list[str]]:
    """What is recorded while something changes in the midst of a conversation, and the tables of the end."""
    session = router(rules)
    target = "10.0.1.2" if port == 80 else "10.0.0.1"
    for line in TALK:
        session.run(line.replace("TARGET", target).replace("PORT", str(port)))
    assert session.run(f"ip netns exec r sh -c '{change}'").code in (0, 1), change
    session.run("sleep 7")
    return all_of(session)


def all_of(session: Session) -> tuple[str, list[str]]:
    """The records, and the router's tables."""
    shown = [session.run(f"ip netns exec r {line}").out for line in (
        "iptables -nvxL", "iptables -t raw -nvxL", "conntrack -L", "nstat -az", "ip -s neigh", "nft list ruleset")]
    return session.lab.trace.digest(), shown


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_the_records_are_those_of_asking_every_function(change: str) -> None:
    for rules, port, fewest in ((PUBLISHED, 8080, 6), (TRACKED, 80, 6), (BY_LENGTH, 80, 0), (BY_FLAGS, 80, 0)):
        with patch.object(Netfilter, "pass_on", return_value=False):
            expected = told(rules, change, port)
        went: list[bool] = []

        def noted(*words: Any, went: list[bool] = went) -> bool:
            went.append(PASS_ON(*words))
            return went[-1]
        with patch.object(Netfilter, "pass_on", noted):
            assert told(rules, change, port) == expected
        assert went.count(True) >= fewest, "the way is known as soon as each end has been heard"


def all_after_connections(rules: tuple[str, ...], ports: tuple[int, ...]) -> tuple[str, list[str]]:
    """What is recorded of connections, one behind the other, and the tables of the end."""
    session = router(rules)
    for port in {80, 81, *ports}:
        session.run(f"ip netns exec b nc -lk -p {port} &")
    for port in ports:
        session.run(f"ip netns exec a sh -c 'echo hello | nc -w 1 {'10.0.0.1' if port == 8080 else '10.0.1.2'} {port}'")
    return all_of(session)


@pytest.mark.parametrize(("rules", "ports", "asked"), [
    (TRACKED, (80, 81, 80), 3 + 2 + 2), (PUBLISHED, (8080, 8080), 3 + 2), (PUBLISHED, (80, 8080), 3 + 3),
    (BY_PORT, (80, 81, 80), 3 + 3 + 3), (BEHIND_NAT, (8080, 80, 8080), 3 + 3 + 2)])
def test_connections_between_the_same_addresses_go_the_same_ways_where_no_rule_looks_at_ports(
        rules: tuple[str, ...], ports: tuple[int, ...], asked: int) -> None:
    with patch.object(Netfilter, "pass_on", return_value=False):
        expected = all_after_connections(rules, ports)
    went: list[bool] = []

    def noted(*words: Any) -> bool:
        went.append(PASS_ON(*words))
        return went[-1]
    with patch.object(Netfilter, "pass_on", noted):
        assert all_after_connections(rules, ports) == expected
    assert went.count(False) == asked, "SYN and SYN,ACK, and the first ACK of those that nobody went before"
