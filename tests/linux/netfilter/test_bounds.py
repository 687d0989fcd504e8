"""Bounds and counts that a small slip would move without a rule looking otherwise."""

from __future__ import annotations

import pytest

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.netfilter.matches.recent import RecentTable
from netsandbox.wire.addresses import parse_ipv4
from netsandbox.wire.checksum import internet_checksum
from netsandbox.wire.icmp import HOST_UNREACHABLE, UNREACHABLE, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, IPv4Packet
from tests.linux.netfilter.router import OUTSIDE, Router, packet

ICMP_TYPES = """\
any=any echo-reply=0 pong=0 destination-unreachable=3 network-unreachable=3/0 host-unreachable=3/1
protocol-unreachable=3/2 port-unreachable=3/3 fragmentation-needed=3/4 source-route-failed=3/5
network-unknown=3/6 host-unknown=3/7 network-prohibited=3/9 host-prohibited=3/10 TOS-network-unreachable=3/11
TOS-host-unreachable=3/12 communication-prohibited=3/13 host-precedence-violation=3/14 precedence-cutoff=3/15
source-quench=4 redirect=5 network-redirect=5/0 host-redirect=5/1 TOS-network-redirect=5/2 TOS-host-redirect=5/3
echo-request=8 ping=8 router-advertisement=9 router-solicitation=10 time-exceeded=11 ttl-exceeded=11
ttl-zero-during-transit=11/0 ttl-zero-during-reassembly=11/1 parameter-problem=12 ip-header-bad=12/0
required-option-missing=12/1 timestamp-request=13 timestamp-reply=14 address-mask-request=17
address-mask-reply=18"""
"""What iptables 1.8.11 saves of each name."""


def refused(router: Router, line: str) -> str:
    answer = iptables.run(router.namespace, line.split())
    assert answer.code
    return answer.err


def test_a_chain_that_one_of_two_rules_still_leads_to_is_not_deleted() -> None:
    router = Router()
    for line in ("-N MINE", "-A INPUT -j MINE", "-A FORWARD -j MINE", "-D INPUT 1"):
        router.iptables(line)
    assert "Chain MINE (1 references)" in router.iptables("-L MINE -n")
    assert refused(router, "-X MINE").endswith("CHAIN_DEL failed (Device or resource busy): chain MINE\n")
    router.iptables("-F FORWARD")
    router.iptables("-X MINE")
    assert refused(router, "-L MINE")


def test_what_is_listed_and_zeroed_at_once_is_listed_first_and_all_of_it_zeroed() -> None:
    router = Router()
    for line in ("-A INPUT -c 5 50 -j ACCEPT", "-A INPUT -c 6 60 -j DROP"):
        router.iptables(line)
    assert router.iptables("-vS INPUT -Z").count("-c 0 0") == 1  # the policy's
    assert router.iptables("-vS INPUT").count("-c 0 0") == 3


def test_one_rule_may_be_listed_while_all_are_zeroed() -> None:
    router = Router()
    for line in ("-A INPUT -c 5 50 -j ACCEPT", "-A INPUT -c 6 60 -j DROP"):
        router.iptables(line)
    assert router.iptables("-S INPUT 2 -Z") == "-A INPUT -j DROP\n"
    assert router.iptables("-vS INPUT").count("-c 0 0") == 3


def test_a_limit_without_a_rate_is_three_an_hour() -> None:
    router = Router()
    router.iptables("-A FORWARD -m limit -j ACCEPT")
    assert "-m limit --limit 3/hour -j ACCEPT" in router.iptables("-S FORWARD")


def test_zero_of_one_rule_leaves_the_others() -> None:
    router = Router()
    for line in ("-A INPUT -c 5 50 -j ACCEPT", "-A INPUT -c 6 60 -j DROP", "-Z INPUT 1"):
        router.iptables(line)
    assert "-A INPUT -c 0 0 -j ACCEPT\n-A INPUT -c 6 60 -j DROP\n" in router.iptables("-vS INPUT")


@pytest.mark.parametrize("rule", ["-j DSCP ! --set-dscp 5", "-m time ! --timestart 10:00", "-m limit ! --limit 5/s"])
def test_what_has_no_opposite_is_not_negated(rule: str) -> None:
    assert "!" not in Router().iptables("-t mangle -S")
    assert refused(Router(), f"-t mangle -A PREROUTING {rule}")


def test_what_an_error_quotes_has_a_right_header_checksum_behind_nat() -> None:
    router = Router()
    router.iptables(f"-t nat -A POSTROUTING -o eth1 -j SNAT --to-source {OUTSIDE}")
    sent = router.pass_through(packet("udp", "10.0.0.2", "203.0.113.9"), "eth0", "eth1")
    assert sent is not None
    quoted = sent.header_bytes() + sent.payload_bytes()
    error = IPv4Packet(parse_ipv4("203.0.113.7"), parse_ipv4(OUTSIDE), ICMP,
                       IcmpMessage(UNREACHABLE, HOST_UNREACHABLE, 0, quoted))
    back = router.pass_through(error, "eth1", "eth0")
    assert back is not None
    assert isinstance(back.payload, IcmpMessage)
    inner = back.payload.data
    assert inner[12:16] == parse_ipv4("10.0.0.2").to_bytes(4, "big")
    assert internet_checksum(inner[:20]) == 0


def test_an_address_that_was_seen_just_then_is_not_forgotten() -> None:
    table = RecentTable(0xFFFFFFFF)
    table.stamps = 1
    table.note(1, 64, 100)
    table.reap(100)
    assert list(table.entries) == [1]
    table.reap(101)
    assert table.entries == {}


@pytest.mark.parametrize(("later", "is_new"), [(900, False), (1000, True), (1400, True)])
def test_a_bucket_is_forgotten_when_somebody_looks_and_it_is_old_enough(later: int, is_new: bool) -> None:
    router = Router()
    router.iptables("-A FORWARD -m hashlimit --hashlimit-name h --hashlimit-upto 1/hour --hashlimit-burst 1 "
                    "--hashlimit-mode srcip --hashlimit-htable-expire 1000 --hashlimit-htable-gcinterval 500 -j ACCEPT")
    router.iptables("-A FORWARD -j DROP")
    sent = packet("udp", "10.0.0.2", "203.0.113.9")
    assert router.pass_through(sent, "eth0", "eth1") is not None
    router.scheduler.run_until(router.scheduler.now + later * MILLISECOND)
    assert (router.pass_through(sent, "eth0", "eth1") is not None) is is_new


@pytest.mark.parametrize("row", ICMP_TYPES.split())
def test_each_name_of_an_icmp_type_is_saved_as_its_numbers(row: str) -> None:
    name, saved = row.split("=")
    router = Router()
    router.iptables(f"-A INPUT -p icmp --icmp-type {name}")
    assert router.iptables("-S INPUT").endswith(f"--icmp-type {saved}\n")


def test_a_blank_is_a_letter_that_can_be_printed() -> None:
    router = Router()
    iptables.execute(router.namespace, ["-A", "FORWARD", "-m", "string", "--algo", "bm", "--string", "a b"])
    assert '--string "a b"' in router.iptables("-S FORWARD")
