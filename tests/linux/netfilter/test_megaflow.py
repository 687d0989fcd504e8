"""A way through a chain that is known tells and counts what asking each rule would have."""

from __future__ import annotations

from itertools import product
from unittest.mock import patch

import pytest

from netsandbox.linux.core.hooks import Hook
from netsandbox.linux.ipv4 import address
from netsandbox.linux.netfilter.megaflow import MOST, Megaflows
from netsandbox.linux.netfilter.walk import ChainFunction
from netsandbox.wire.ipv4 import TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import ACK, FIN, SYN, TcpSegment
from tests.linux.netfilter.router import OUTSIDE, Router, packet

CONDITIONS = (
    "", "-s 10.0.0.7", "! -s 10.0.0.0/29", "-d 192.0.2.1", "-i eth0", "! -i eth+", "-o eth1", "-p tcp", "! -p udp",
    "-f", "-p tcp --dport 80", "-p tcp ! --sport 7:9", "-p tcp --syn", "-p tcp --dport 80 ! --tcp-flags FIN FIN",
    "-p tcp --tcp-option 2", "-p tcp -m tcp", "-p udp --dport 80", "-p tcp -m multiport --ports 7,8",
    "-m conntrack --ctstate NEW", "-m conntrack --ctdir REPLY", "-m conntrack --ctstate ESTABLISHED --ctdir ORIGINAL",
    "-m conntrack --ctorigdstport 80", "-m state --state NEW", "-m mark --mark 1", "-m connmark ! --mark 1",
    "-m comment --comment x", "-m length --length 40", "-m addrtype ! --dst-type UNICAST",
    "-m addrtype --src-type UNICAST --dst-type UNICAST", "-m addrtype --src-type LOCAL --limit-iface-in")
LINES = (
    "-N A", "-N B", "-P FORWARD DROP", "-t mangle -A PREROUTING -s 10.0.0.7 -j MARK --set-mark 1",
    "-t mangle -A PREROUTING -p tcp --sport 8 -j CONNMARK --set-mark 1", "-A FORWARD {} -j A",
    "-A FORWARD -p udp -j REJECT", "-A FORWARD {}", "-A A -p icmp -j RETURN", "-A A {}", "-A A -o eth0 -g B",
    "-A A -j B", "-A B -s 10.0.0.8 -j MARK --set-mark 1", "-A B {} -j ACCEPT")
NAT_LINES = (
    "-N D", "-A PREROUTING -m addrtype --dst-type LOCAL -j D", "-A D -i eth0 -j RETURN",
    "-A D -p tcp --dport 80 -j DNAT --to-destination 10.0.0.9:8080", "-A POSTROUTING -o eth1 -j MASQUERADE")
SENT = [sent for sent in product(("tcp", "udp", "icmp"), ("10.0.0.7", "10.0.0.8"), (7, 8), (80, 443),
                                 (SYN, ACK, FIN | ACK), (False, True))
        if sent[0] == "tcp" or sent[3:] == (80, SYN, False)]


def told(condition: str) -> tuple[str, list[str]]:
    """What is recorded of some packets, and the counters then."""
    router = Router()
    for line in LINES:
        router.iptables(line.format(condition))
    for number, (protocol, source, sport, dport, flags, is_back) in enumerate(2 * SENT):
        if number == len(SENT) + 3:
            router.iptables("-L FORWARD -Z")
        made = packet(protocol, source, "192.0.2.1", sport, dport)
        if protocol == "tcp":
            ends = (made.dst, made.src, dport, sport) if is_back else (made.src, made.dst, sport, dport)
            made = IPv4Packet(*ends[:2], TCP, TcpSegment(*ends[2:], 1, 1, flags, 100))
        router.pass_through(made, *(("eth1", "eth0") if is_back else ("eth0", "eth1")))
    chains = router.namespace.netfilter.tables["filter"].chains.values()
    return router.namespace.trace.digest(), [f"{counted.packets} {counted.bytes}" for chain in chains
                                             for counted in (chain, *chain.rules)]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_the_records_and_the_counters_are_those_of_asking_each_rule(condition: str) -> None:
    with patch.object(Megaflows, "find", return_value=None):
        expected = told(condition)
    assert told(condition) == expected


def translated() -> tuple[str, list[int]]:
    """The same of connections that are translated; half-way the addresses go, so that there is none to lend."""
    router = Router()
    for line in NAT_LINES:
        router.iptables(f"-t nat {line}")
    for sport in range(1000, 1008):
        if sport == 1004:
            for name in ("eth0", "eth1"):
                interface = router.namespace.interfaces[name]
                address.remove(interface, interface.addresses[0])
        for source, target, dport in product(("192.0.2.7", "10.0.0.7"), (OUTSIDE, "192.0.2.1"), (80, 81)):
            ways = ("eth0", "eth1") if source == "10.0.0.7" else ("eth1", "eth0")
            router.pass_through(packet("tcp", source, target, sport, dport), *ways)
            router.pass_through(packet("udp", source, target, sport, dport), *ways)
    nat = router.namespace.netfilter.tables["nat"]
    return router.namespace.trace.digest(), [rule.packets for chain in nat.chains.values() for rule in chain.rules]


def test_a_target_that_translates_does_so_at_the_end_of_a_known_way() -> None:
    with patch.object(Megaflows, "find", return_value=None):
        expected = translated()
    with patch.object(Megaflows, "learn", autospec=True, side_effect=Megaflows.learn) as learn:
        assert translated() == expected
    assert {type(call.args[1].last).__name__ for call in learn.call_args_list} == {
        "NoneType", "DestinationNat", "Masquerade"}


def digest_of_fragments() -> str:
    router = Router()
    router.iptables("-A FORWARD -p udp --dport 53 -j DROP")
    for offset, is_more in ((0, True), (1, False), (0, True)):
        router.pass_through(IPv4Packet(1, 2, UDP, b"\0\1\0\2\0\xff\0\0", offset=offset, mf=is_more), "eth0", "eth1")
    return router.namespace.trace.digest()


def test_of_a_later_fragment_the_same_is_told_as_of_a_first_one_with_the_same_bytes() -> None:
    with patch.object(Megaflows, "find", return_value=None):
        expected = digest_of_fragments()
    assert digest_of_fragments() == expected


def test_a_chain_remembers_only_so_many_ways() -> None:
    router = Router()
    router.iptables("-A FORWARD -s 10.0.0.7 -j DROP")
    function = router.namespace.netfilter.functions[Hook.FORWARD][0].__self__  # type: ignore[attr-defined]
    assert isinstance(function, ChainFunction)
    for number in range(MOST + 9):
        router.pass_through(IPv4Packet(number, 1, TCP, TcpSegment(1, 1, 1, 0, SYN, 1)), "eth0", "eth1")
    assert function.known is not None
    assert function.known.count == 9
