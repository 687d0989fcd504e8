"""`why` of a packet that came to its end tells of rules that somebody took out, where it could have met them."""

from __future__ import annotations

import pytest

from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.linux.netfilter.events import RulesGone
from netsandbox.session.keeping import KeptSession

WEB = "docker run -d --name web -p 8080:80 nginx"
OUT = "docker exec web curl -sS -m 3 http://example.com"
MASQUERADE = "host lost a rule at #{}: -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE ← ❯ {}\n"


def run(*lines: str) -> KeptSession:
    session = KeptSession(uplink=DEFAULT_LAN)
    for line in lines:
        session.run(line)
    return session


def gone(session: KeptSession) -> list[tuple[int, RulesGone]]:
    return [(record.seq, record.event) for record in session.lab.trace.since(0) if isinstance(record.event, RulesGone)]


@pytest.mark.parametrize("line", [
    "iptables -t nat -F", "iptables -t nat -F POSTROUTING", "iptables -t nat -D POSTROUTING 1",
    "iptables -t nat -D POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE", "nft flush chain ip nat POSTROUTING",
    "nft delete table ip nat",
    "iptables-save -t nat | grep -v MASQ | iptables-restore",
    "iptables-save -t nat | grep -v MASQ | iptables-restore -v"])
def test_a_packet_that_left_with_a_private_source(line: str) -> None:
    session = run(WEB, line, OUT)
    (seq, _event), = gone(session)
    assert MASQUERADE.format(seq, line) in session.run("why").out


def test_a_policy_that_meets_what_a_rule_had_let_through() -> None:
    session = run(WEB, "iptables -P FORWARD DROP", "iptables -A FORWARD -p udp --dport 53 -j ACCEPT",
                  "iptables -A FORWARD -p tcp --dport 99 -j ACCEPT", "iptables -I FORWARD -j DROP -p icmp",
                  "iptables -F FORWARD", OUT)
    said = session.run("why").out
    assert "host lost a rule at #" in said
    assert "-A FORWARD -p udp -m udp --dport 53 -j ACCEPT ← ❯ iptables -F FORWARD\n" in said
    assert "--dport 99" not in said
    assert "-j DROP ←" not in said
    assert " ← ❯ iptables -F FORWARD\n" in session.run("why --lang zh").out
    assert "失去了一条规则：" in session.run("why --lang zh").out


def test_a_table_of_nft_s_own() -> None:
    session = run("add-host a", "add-host b", "connect a b", "set-ip a 10.0.0.1/24", "set-ip b 10.0.0.2/24",
                  "exec b nft add table ip t",
                  "exec b nft 'add chain ip t in { type filter hook input priority 0; policy drop; }'",
                  "exec b nft add rule ip t in ip protocol icmp accept", "exec b nft flush chain ip t in",
                  "exec a ping -c 1 -W 1 10.0.0.2")
    assert "b lost a rule at #" in session.run("why").out
    assert ": ip t in ip protocol icmp accept ← ❯ exec b nft flush chain ip t in\n" in session.run("why").out


@pytest.mark.parametrize("lines", [
    ("iptables-save | iptables-restore",),  # the same again
    ("iptables -R FORWARD 1 -j DOCKER-USER",),
    ("iptables -A FORWARD -s 10.9.9.9 -j ACCEPT", "iptables -A FORWARD -s 10.9.9.9 -j ACCEPT",
     "iptables -D FORWARD -s 10.9.9.9 -j ACCEPT"),  # the other one is there
    ("iptables -D FORWARD -s 10.9.9.9 -j ACCEPT",), ("iptables-restore --test /dev/null",)])
def test_what_is_there_again_is_not_told_as_gone(lines: tuple[str, ...]) -> None:
    assert not gone(run(WEB, *lines))


@pytest.mark.parametrize(("line", "tables"), [
    ("nft flush ruleset", {"raw", "nat", "filter"}), ("nft delete table ip nat", {"nat"}),
    ("echo '*nat\nCOMMIT' | iptables-restore", {"nat"}), ("docker rm -f web", {"raw", "nat", "filter"})])
def test_a_record_tells_which_tables_have_lost_rules(line: str, tables: set[str]) -> None:
    assert {event.table for _seq, event in gone(run(WEB, line))} == tables


@pytest.mark.parametrize("comment", ["from -s here", "-s", "-d 1.2.3.4", "--dport http", "-j", "use -j"])
def test_a_word_of_a_comment_is_no_flag(comment: str) -> None:
    said = f"-m comment --comment '{comment}'"
    session = run(WEB, "iptables -P FORWARD DROP", f"iptables -A FORWARD -p udp {said} -j ACCEPT",
                  f"iptables -I FORWARD {said}", f"iptables -D FORWARD -p udp {said} -j ACCEPT",
                  "iptables -D FORWARD -j DOCKER-FORWARD", OUT)
    assert "host lost a rule at #" in session.run("why").out


def test_a_rule_that_came_back_is_not_told_of() -> None:
    session = run(WEB, "iptables -P FORWARD DROP", "iptables -I FORWARD -i eth9 -j ACCEPT", "iptables -D FORWARD 1",
                  "iptables -I FORWARD 1 -s 172.17.0.2 -j DROP", "iptables -D FORWARD 1", "iptables -A FORWARD -j DROP",
                  "iptables -t nat -D POSTROUTING 1",
                  "iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
                  "iptables -I FORWARD 1 -s 172.17.0.2 -j DROP", OUT)
    assert "lost a rule" not in session.run("why").out


def test_a_rule_for_packets_of_another_state_is_not_missed() -> None:
    established = "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
    lines = [f"iptables -A INPUT {established}", "iptables -A INPUT -m state --state NEW -j ACCEPT",
             "nft add table ip t", "nft add chain ip t c '{ type filter hook input priority 1; }'",
             "nft add rule ip t c ct state established,related accept", "nft flush chain ip t c",
             "iptables -F INPUT", "iptables -P INPUT DROP", "docker exec web curl -sS -m 1 http://172.17.0.1"]
    said = run(WEB, *lines).run("why").out
    assert "lost a rule at #" in said
    assert "--state NEW -j ACCEPT ← ❯ iptables -F INPUT\n" in said
    assert "RELATED,ESTABLISHED" not in said
    assert "established" not in said
