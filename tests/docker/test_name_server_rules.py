"""The rules of Docker's name server are those that its calls of iptables would make."""

from __future__ import annotations

import pytest

from netsandbox.docker import name_server_rules
from netsandbox.lab.lab import Lab
from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.netfilter.ruleset import Table

SERVER = "127.0.0.11"


def calls(udp: int, tcp: int) -> list[str]:
    """Those of libnetwork/resolver_unix.go."""
    return ["-N DOCKER_OUTPUT", "-N DOCKER_POSTROUTING", "-F DOCKER_OUTPUT", "-F DOCKER_POSTROUTING",
            f"-D OUTPUT -d {SERVER} -j DOCKER_OUTPUT", f"-D POSTROUTING -d {SERVER} -j DOCKER_POSTROUTING",
            f"-A OUTPUT -d {SERVER} -j DOCKER_OUTPUT",
            f"-A DOCKER_OUTPUT -d {SERVER} -p tcp --dport 53 -j DNAT --to-destination {SERVER}:{tcp}",
            f"-A DOCKER_OUTPUT -d {SERVER} -p udp --dport 53 -j DNAT --to-destination {SERVER}:{udp}",
            f"-A POSTROUTING -d {SERVER} -j DOCKER_POSTROUTING",
            f"-A DOCKER_POSTROUTING -s {SERVER} -p tcp --sport {tcp} -j SNAT --to-source :53",
            f"-A DOCKER_POSTROUTING -s {SERVER} -p udp --sport {udp} -j SNAT --to-source :53"]


def told(table: Table) -> list[object]:
    """All that can be asked of a table."""
    return [table.trackers, table.handles, *(
        (chain.name, chain.handle, chain.jumps, chain.limits, rule.handle, rule.text, rule.head, rule.made_at > 0,
         [text for _condition, text in rule.ask()], [match.given for match in rule.matches],
         getattr(rule.target, "given", None), rule.jump) for chain in table.chains.values() for rule in chain.rules)]


@pytest.mark.parametrize("before", [[], [(1, 2)], [(40_000, 50_000), (3, 4)]])
def test_they_are_the_same(before: list[tuple[int, int]]) -> None:
    lab = Lab()
    spaces = [lab.add_container(name).namespace for name in ("one", "two")]
    assert spaces[0] is not None
    assert spaces[1] is not None
    for udp, tcp in (*before, (33_333, 44_444)):
        name_server_rules.lead(spaces[0], udp, tcp)
        for line in calls(udp, tcp):
            iptables.run(spaces[1], ["-t", "nat", *line.split()])
    assert told(spaces[0].netfilter.tables["nat"]) == told(spaces[1].netfilter.tables["nat"])
    assert set(spaces[0].netfilter.functions) == set(spaces[1].netfilter.functions)
    listings = [[iptables.run(space, ["-t", "nat", *how]).out for how in (["-S"], ["-nvL"])]
                for space in spaces if space]
    assert listings[0] == listings[1]
