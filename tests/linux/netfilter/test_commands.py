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
