"""`why` walks through the rules to the one that took a packet, for one that was dropped and for one that was not."""

from __future__ import annotations

import pytest

from netsandbox.explain.drops import rule_made_at
from netsandbox.explain.operands_of_rules import walks_of
from netsandbox.explain.voice import Voice
from netsandbox.lab.events import CommandRun
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import FrameReceived, FrameSent, VerdictGiven
from netsandbox.session.session import Session
from netsandbox.wire.icmp import ECHO_REQUEST
from netsandbox.wire.ipv4 import IPv4Packet
from tests.lines import said_at_rest as said

RULES = ("iptables -N GUARD", "iptables -A GUARD -s 172.17.0.9 -j ACCEPT",
         "iptables -A GUARD -p icmp -m conntrack --ctstate NEW -j DROP", "iptables -A INPUT -i docker0 -j GUARD")
TELLS = {
    "en": ("table filter, chain INPUT:", "INPUT 1 takes it (1 so far): -i docker0 -j GUARD",
           "GUARD 1 does not: -s 172.17.0.9/32, but it has 172.17.0.2", "GUARD 2 takes it (1 so far)",
           "NEW ORIGINAL icmp src=172.17.0.2 dst=172.17.0.1"),
    "zh": ("表 filter，链 INPUT：", "INPUT 第 1 条匹配（至今共 1 个包）",
           "GUARD 第 1 条不匹配：-s 172.17.0.9/32，实际是 172.17.0.2",
           "GUARD 第 2 条匹配")}


@pytest.fixture
def session() -> Session:
    made = Session()
    said(made, "docker run -d --name cli alpine sleep 1d")
    for rule in RULES:
        assert said(made, f"exec host {rule}").strip() == ""
    return made


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_last_drop_names_each_rule_on_the_way(session: Session, language: str) -> None:
    said(session, "docker exec cli ping -c 1 -W 1 172.17.0.1")
    story = said(session, f"why --lang {language}")
    for part in TELLS[language]:
        assert part in story


@pytest.mark.parametrize(("language", "rule", "policy"), [
    ("en", "the rule was added by #{}: ❯ {}\n", "the policy was set by #{}: ❯ {}\n"),
    ("zh", "这条规则由 #{} 加入：❯ {}\n", "这一默认策略由 #{} 设定：❯ {}\n")])
def test_a_drop_names_the_line_that_made_the_rule_or_set_the_policy(session: Session, language: str, rule: str,
                                                                    policy: str) -> None:
    said(session, "docker exec cli ping -c 1 -W 1 172.17.0.1")
    drop, again = "exec host iptables -P INPUT DROP", "exec host iptables -A OUTPUT -j ACCEPT"
    for line in ("exec host iptables -D GUARD 2", drop, again, drop):
        said(session, line)
    made = {record.event.line: record.seq for record in reversed(list(session.lab.trace.since(0)))
            if isinstance(record.event, CommandRun)}
    added = f"exec host {RULES[2]}"
    story = said(session, f"why --lang {language}")
    assert ("  -A GUARD -p icmp -m conntrack --ctstate NEW -j DROP\n  " + rule.format(made[added], added)
            in story), "though the rule is there no more"
    said(session, "docker exec cli ping -c 1 -W 1 172.17.0.1")
    story = said(session, f"why --lang {language}")
    assert "  -P INPUT DROP\n  " + policy.format(made[drop], drop) in story, "it dropped before it was set again"
    said(session, "exec host iptables -P INPUT ACCEPT")
    said(session, "exec host nft add table ip own")
    said(session, "exec host nft add chain ip own early '{ type filter hook input priority -5; policy drop; }'")
    said(session, "docker exec cli ping -c 1 -W 1 172.17.0.1")
    assert "  ip own early policy drop\n  " + policy.split("#")[0] in said(session, f"why --lang {language}")


def test_a_hook_of_which_nothing_else_is_known_is_no_line() -> None:
    packet = IPv4Packet(1, 2, 17, b"")
    full = VerdictGiven("host", "PREROUTING", packet, Dropped(DropReason.NETFILTER_DROP, ("table full", 1)))
    assert walks_of([full], packet, Voice("en")) == []
    assert rule_made_at(full.verdict) == ("", None), "the number is that of connections"


def arrival(session: Session, place: str) -> int:
    """The number of the record of the last echo request that came to, or left by, an interface."""
    trace = session.lab.trace
    return max(record.seq for record in trace.since(0)
               if isinstance(record.event, FrameReceived | FrameSent) and record.event.interface.label == place
               and isinstance(record.event.frame.payload, IPv4Packet)
               and getattr(record.event.frame.payload.payload, "type", None) == ECHO_REQUEST)


def test_a_packet_that_was_let_in_tells_which_rule_did_so(session: Session) -> None:
    said(session, "exec host iptables -I GUARD -p icmp --icmp-type echo-request -j ACCEPT")
    said(session, "docker exec cli ping -c 1 -W 1 172.17.0.1")
    story = said(session, f"why {arrival(session, 'host:docker0')}")
    assert "GUARD 1 takes it (1 so far): -p icmp -m icmp --icmp-type 8 -j ACCEPT" in story


def test_a_masqueraded_packet_tells_both_addresses(session: Session) -> None:
    for line in ("add-host pc1", "ip link add lan0 type veth peer name wan0", "ip addr add 10.9.0.1/24 dev lan0",
                 "ip link set lan0 up", "ip link set wan0 up",
                 "ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:09 dev lan0",
                 "iptables -P FORWARD ACCEPT",
                 "iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"):
        said(session, line if line.startswith("add-host") else f"exec host {line}")
    said(session, "docker exec cli ping -c 1 -W 1 10.9.0.2")
    story = said(session, f"why {arrival(session, 'host:lan0')}")
    assert "it goes on as src 172.17.0.2 → 10.9.0.1" in story
    assert "POSTROUTING 1 takes it (1 so far): -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE" in story


NAMESPACES = (
    "ip netns add c; ip netns add r; ip netns add s", "ip link add c0 netns c type veth peer name rc netns r",
    "ip link add s0 netns s type veth peer name rs netns r", "ip link add s1 netns s type veth peer name c1 netns c",
    *(f"ip -n {ns} addr add {address}/24 dev {device}; ip -n {ns} link set {device} up" for ns, device, address in (
        ("c", "c0", "10.1.0.2"), ("r", "rc", "10.1.0.1"), ("r", "rs", "10.2.0.1"), ("s", "s0", "10.2.0.2"),
        ("s", "s1", "10.3.0.2"), ("c", "c1", "10.3.0.1"))),
    "ip -n c route add default via 10.1.0.1; ip -n s route add 10.1.0.0/24 via 10.3.0.1",
    "ip netns exec r sysctl -qw net.ipv4.ip_forward=1",
    "ip netns exec r iptables -A FORWARD -m conntrack --ctstate INVALID,UNTRACKED -j DROP")
"""A router that sees one direction only: the answers of `s` go to `c` by a link of their own."""


@pytest.mark.parametrize(("language", "told"), [
    ("en", ("no answer to this one has come by here", "UNTRACKED: a rule of the table raw",
            "It goes on as src 10.1.0.2 → 10.9.9.9.")),
    ("zh", ("这个连接的应答没有经过这里", "UNTRACKED：raw 表", "随后改写：src 10.1.0.2 → 10.9.9.9。"))])
def test_what_is_of_no_connection_tells_why_and_what_nat_changed_is_a_cause(language: str,
                                                                          told: tuple[str, ...]) -> None:
    session, stories = Session(), []
    for line in (*NAMESPACES, "ip netns exec s nc -l -p 80 &"):
        said(session, line)
    for rule, line in (("-V", "nc -w 2 10.2.0.2 80 < /dev/null"),
                       ("-t raw -A PREROUTING -p udp -j NOTRACK", "nc -u -w 1 10.2.0.2 9 <<< x"),
                       ("-t nat -A POSTROUTING -o rs -j SNAT --to-source 10.9.9.9", "ping -c 1 -W 1 10.2.0.2")):
        said(session, f"ip netns exec r iptables {rule}")
        said(session, f"ip netns exec c {line}")
        stories.append(said(session, f"why --lang {language}"))
    for story, part in zip(stories, told, strict=True):
        assert part in story


@pytest.mark.parametrize(("language", "told", "never"), [
    ("en", "host:eth0 is not where the TCP segment [SYN] from uplink port", "floods the ARP request of host"),
    ("zh", "host:eth0", "泛洪")])
def test_a_packet_that_is_translated_and_then_waits_for_a_mac_is_routed_and_is_no_question(
        language: str, told: str, never: str) -> None:
    """The ARP request that it set off was said to go on as what NAT had made of the packet."""
    session = Session(uplink=DEFAULT_LAN)
    for line in ("docker run -d --name app -p 8080:8000 nginx", "wait", "flush-arp host",
                 "exec uplink curl -sS 192.168.1.10:8080"):
        said(session, line)
    [changed] = [line for line in said(session, f"why --lang {language}").splitlines() if "172.17.0.2:8000" in line
                 and "←" in line]
    assert told in changed
    assert never not in changed


def test_a_rule_that_was_there_before_any_line_says_so() -> None:
    session = Session(uplink=DEFAULT_LAN)
    said(session, "docker run -d --name web -p 8080:80 nginx")
    assert said(session, "why rule host nat DOCKER 1").endswith("← what was there before the first line\n")
    assert said(session, "why rule host nat DOCKER 2").endswith("❯ docker run -d --name web -p 8080:80 nginx\n")


def test_a_rule_that_was_to_forbid_and_did_not_is_named_with_what_it_asks_for() -> None:
    session = Session(uplink=DEFAULT_LAN)
    for line in ("docker run -d --name web -p 8081:80 nginx", "wait 1s",
                 "iptables -I DOCKER-USER -p tcp --dport 8081 -j DROP",
                 "exec uplink curl -s 192.168.1.10:8081 -o /dev/null"):
        session.run(line)
    found = said(session, "why")
    assert "passed by -A DOCKER-USER -p tcp -m tcp --dport 8081 -j DROP, which asks for -m tcp --dport 8081;" in found
    assert "`why rule host filter DOCKER-USER 1`" in found
    session.run("iptables -D DOCKER-USER 1; exec uplink curl -s 192.168.1.10:8081 -o /dev/null")
    assert said(session, "why") == "Nothing has been dropped or refused so far.\n"


def test_of_a_long_chain_the_newest_are_told_and_where_to_ask_for_the_others() -> None:
    session = Session()
    for line in ("docker run -d --name web nginx", "docker run -d --name cli alpine sleep 1d",
                 "ip link set docker0 mtu 1400", "exec web iptables -A INPUT -p icmp -j DROP",
                 "exec web iptables -A INPUT -p tcp -m length --length 1000:2000 -j DROP",
                 "docker exec cli sh -c 'head -c 9000 /dev/zero | nc -w 3 172.17.0.2 80'"):
        session.run(line)
    causes = [line for line in said(session, "why").splitlines() if line.startswith("  ← ")]
    assert len(causes) == 10
    assert causes[-1].endswith("nc -w 3 172.17.0.2 80'")
    assert causes[8] == f"  ← older steps: `why {causes[7].split('#')[1].split()[0]}`"
