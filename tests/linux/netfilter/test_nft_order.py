"""What stands in a rule of nft is done in its order: counters, marks and logs before conditions, as the kernel did."""

from __future__ import annotations

from pathlib import Path

from netsandbox.session.keeping import KeptSession

LINES = (Path(__file__).parent / "real_nft_order.txt").read_text(encoding="utf-8").splitlines()
COMMANDS = [line.removeprefix("$ ") for line in LINES if line.startswith("$ ")]
LISTED = [line for line in LINES if not line.startswith("$ ")]


def inside(session: KeptSession, line: str) -> str:
    found = session.run(f"ip netns exec n {line}")
    return found.out + found.err


def made() -> KeptSession:
    session = KeptSession()
    for line in ("ip netns add n", "ip -n n link set lo up"):
        session.run(line)
    return session


def test_statements_and_conditions_are_met_in_their_order() -> None:
    session = made()
    said = [inside(session, line) for line in COMMANDS]
    assert [line.strip() for line in said[-1].splitlines()] == LISTED
    assert inside(session, "iptables -S").endswith("-P OUTPUT ACCEPT\n")


def test_a_copy_and_a_listing_as_json_have_every_counter() -> None:
    session = made()
    for line in COMMANDS[:-1]:
        inside(session, line)
    copy = session.lab.copy()
    inside(session, "ping -c 1 127.0.0.1")
    found = inside(session, "nft -j list chain ip t out")
    assert '{"counter": {"packets": 12, "bytes": 1008}}' in found
    namespace = next(one for one in copy.namespaces() if one.name == "n")
    assert namespace.netfilter.tables["ip t"].chains["out"].rules[0].packets == 6


def test_a_number_may_be_compared() -> None:
    session = made()
    for line in ("add table ip t", "add chain ip t out '{ type filter hook output priority 0 ; }'",
                 "add rule ip t out udp dport '>' 1024 counter", "add rule ip t out udp dport '<=' 1024 counter",
                 "add rule ip t out meta length '>=' 85 counter"):
        assert inside(session, f"nft {line}") == ""
    for line in ("ping -c 1 127.0.0.1", "ping -c 1 -s 57 127.0.0.1", "sh -c 'echo x | nc -u -w 1 127.0.0.1 1024'",
                 "sh -c 'echo x | nc -u -w 1 127.0.0.1 1025'"):
        inside(session, line)
    shown = inside(session, "nft list chain ip t out")
    assert "udp dport > 1024 counter packets 1 bytes 30\n" in shown
    assert "udp dport <= 1024 counter packets 1 bytes 30\n" in shown
    assert "meta length >= 85 counter packets 2 bytes 170\n" in shown


def test_a_rule_of_iptables_own_chains_is_listed_by_iptables_without_the_order() -> None:
    session = made()
    for line in ("iptables -A INPUT -j ACCEPT", "nft insert rule ip filter INPUT counter tcp dport 80 drop"):
        assert inside(session, line) == ""
    assert "-A INPUT -p tcp -m tcp --dport 80 -j DROP\n" in inside(session, "iptables -S")
    assert "\t\tcounter packets 0 bytes 0 tcp dport 80 drop\n" in inside(session, "nft list ruleset")
