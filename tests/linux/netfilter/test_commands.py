"""Command lines of iptables 1.8.11 on chains that are not there, and what it restores, as it answered them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.netfilter.iptables.restore import Wish, restore, saved_lines
from tests.linux.netfilter.router import Router

NO_CHAIN = "iptables: No chain/target/match by that name.\n"
RESTORED = re.findall(r"(?ms)^## (\w+) ?(.*?)\n(.*?\n)-- prints\n(.*?)-- says\n(.*?)=> (\d)\n(.*?)(?=^## |\Z)",
                      (Path(__file__).parent / "real_restore.txt").read_text())
NO_RULE = "iptables: Bad rule (does a matching rule exist in that chain?).\n"


@pytest.mark.parametrize(("line", "complaint"), [
    ("-R INPUT 1 -j ACCEPT", NO_CHAIN), ("-R FORWARD 1 -j ACCEPT", "iptables: Index of replacement too big.\n"),
    ("-D INPUT 1", NO_CHAIN), ("-D NOPE -j ACCEPT", NO_RULE), ("-D PREROUTING -j ACCEPT", NO_RULE),
    ("-C NOPE -j ACCEPT", NO_RULE), ("-Z NOPE 1", NO_RULE), ("-Z INPUT 1", NO_RULE), ("-Z NOPE", NO_CHAIN),
    ("-E NOPE OTHER", NO_CHAIN), ("-E NOPE OWN", "iptables: File exists.\n"),
    ("-E OWN INPUT", "iptables: File exists.\n"),
    ("-P PREROUTING REJECT", "iptables: Bad policy name. Run `dmesg' for more information.\n"),
    ("-P PREROUTING DROP", "iptables: Bad built-in chain name.\n"), ("-F PREROUTING", NO_CHAIN),
    ("-I INPUT 3 -j ACCEPT", "iptables: Index of insertion too big.\n"),
])
def test_a_chain_that_is_not_there(line: str, complaint: str) -> None:
    router = Router()
    router.iptables("-P FORWARD ACCEPT")
    router.iptables("-N OWN")
    answer = iptables.run(router.namespace, line.split())
    assert (answer.code, answer.out, answer.err) == (1, "", complaint)


@pytest.mark.parametrize(("line", "is_hooked"), [("-F INPUT", True), ("-F", False), ("-Z INPUT", False),
                                                 ("-L INPUT", False), ("-S INPUT", False), ("-P INPUT ACCEPT", True)])
def test_what_hooks_a_chain_in(line: str, is_hooked: bool) -> None:
    router = Router()
    router.iptables(line)
    table = router.namespace.netfilter.tables.get("filter")
    assert (table is not None and "INPUT" in table.chains) is is_hooked


def test_a_service_is_named_for_its_protocol() -> None:
    router = Router()
    router.iptables("-A INPUT -p udp --dport 80")
    router.iptables("-A INPUT -p udp -m multiport --ports 22,53,123,443")
    router.iptables("-A INPUT -p tcp --dport 80")
    listed = router.iptables("-L INPUT")
    for shown in ("udp dpt:80\n", "multiport ports 22,domain,ntp,https\n", "tcp dpt:http\n"):
        assert shown in listed


@pytest.mark.parametrize(("name", "options", "text", "prints", "says", "code", "saved"), RESTORED,
                         ids=[case[0] for case in RESTORED])
def test_what_is_restored(name: str, options: str, text: str, prints: str, says: str, code: str, saved: str) -> None:
    router = Router()
    for line in ("-N MINE", "-A MINE -j ACCEPT", "-A INPUT -j MINE", "-P FORWARD DROP"):
        router.iptables(line)
    wish = Wish(keeps="-n" in options, with_counters="-c" in options, only_tests="-t" in options,
                tells="-v" in options, table=options.partition("-T ")[2])
    answer = restore(router.namespace, text, wish)
    assert (answer.out, answer.err, str(answer.code)) == (prints, says, code), name
    assert saved_lines(router.namespace) == saved.splitlines()


@pytest.mark.parametrize(("text", "says"), [
    ("*filter\r\nCOMMIT\r\n", "iptables-restore: line 1 table name 'filter\r' invalid\nError occurred at line: 1\n"),
    ("*filter\n-A INPUT -j ACCEPT\r\nCOMMIT\n", "Invalid target name `ACCEPT\r'\nError occurred at line: 2\n"),
    ("*filter\n-A INPUT -p tcp\r\nCOMMIT\n", 'unknown protocol "tcp\r" specified\nError occurred at line: 2\n')])
def test_a_line_ends_at_a_newline_alone(text: str, says: str) -> None:
    router = Router()
    assert says in restore(router.namespace, text, Wish()).err
    comment = '"a\u2028b\x0b\r"'
    assert not restore(router.namespace, f"*filter\n-A INPUT -m comment --comment {comment}\nCOMMIT\n", Wish()).code
    assert comment in "\n".join(saved_lines(router.namespace))


def test_as_many_chains_in_turn_as_there_is_room_to_come_back_from() -> None:
    """What Linux 6.18 says: 15 chains below a built-in one, jumps and gotos alike; ip_tables takes more."""
    router = Router()
    for number in range(18):
        router.iptables(f"-N C{number}")
    for number in range(17):
        router.iptables(f"-A C{number} -g C{number + 1}")
    refused = "iptables v1.8.11 (nf_tables):  RULE_APPEND failed (Too many links): rule in chain {}\n"
    assert iptables.run(router.namespace, ["-A", "INPUT", "-j", "C2"]).err == refused.format("INPUT")
    assert not iptables.run(router.namespace, ["-A", "INPUT", "-j", "C3"]).code
    assert not iptables.run(router.namespace, ["-A", "C0", "-j", "C5"]).code
    assert iptables.run(router.namespace, ["-A", "FORWARD", "-j", "C0"]).err == refused.format("FORWARD")
    assert iptables.run(router.namespace, ["-A", "C17", "-j", "C3"]).err == refused.format("C17")


def test_chains_of_ip_tables_lead_as_far_as_they_do_not_go_round() -> None:
    router = Router()
    for number in range(20):
        iptables.run(router.namespace, ["-N", f"C{number}"], "iptables-legacy")
    for number in range(19):
        line = ["-A", f"C{number}", "-j", f"C{number + 1}"]
        assert not iptables.run(router.namespace, line, "iptables-legacy").code
    assert not iptables.run(router.namespace, ["-A", "INPUT", "-j", "C0"], "iptables-legacy").code
    answer = iptables.run(router.namespace, ["-A", "C19", "-j", "C7"], "iptables-legacy")
    assert (answer.code, answer.err) == (1, "iptables: Too many levels of symbolic links.\n")
