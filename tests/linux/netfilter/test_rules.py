"""Random rule sets give what a slow and obvious evaluator gives: the verdict, and every counter."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.linux.netfilter.iptables.restore import Wish, restore, saved_lines
from tests.linux.netfilter.router import Router, packet

CHAINS = ("FORWARD", "A", "B", "C")
NETWORKS = ("10.0.0.0/24", "10.0.0.7/32", "203.0.113.0/24", "203.0.113.9/32", "0.0.0.0/1")
ENDS = ("10.0.0.7", "10.0.0.8", "203.0.113.9", "203.0.113.10")
MARKS = (1, 2, 3)
NOTHING = ("",) * 6
"""Most rules ask for little, so that packets get as far as deep chains."""


class Rule(NamedTuple):
    """What one rule says, as plain values."""

    source: str
    is_negated: bool
    protocol: str
    dport: int
    entered: str
    mark: int
    action: str

    def text(self, chain: str) -> str:
        words = [f"-A {chain}"]
        words += [f"{'! ' * self.is_negated}-s {self.source}"] if self.source else []
        words += [f"-i {self.entered}"] if self.entered else []
        words += [f"-p {self.protocol}"] if self.protocol else []
        words += [f"--dport {self.dport}"] if self.dport and self.protocol in ("tcp", "udp") else []
        words += [f"-m mark --mark {self.mark}"] if self.mark else []
        return " ".join([*words, self.action]).strip()


class Sent(NamedTuple):
    protocol: str
    source: str
    dport: int
    entered: str


def rules(depth: int) -> st.SearchStrategy[list[Rule]]:
    """Rules of the chain at a depth; they lead to deeper ones only."""
    deeper = CHAINS[depth + 1:]
    actions = ["-j ACCEPT", "-j DROP", "-j RETURN", "", *(f"-j MARK --set-mark {mark}" for mark in MARKS)]
    actions += [f"-{letter} {chain}" for chain in deeper for letter in "jg"]
    return st.lists(st.builds(
        Rule, st.sampled_from((*NOTHING, *NETWORKS)), st.booleans(), st.sampled_from((*NOTHING, "tcp", "udp", "icmp")),
        st.sampled_from((0, 80, 443)), st.sampled_from((*NOTHING, "eth0", "eth1", "eth+")),
        st.sampled_from((0, 0, 0, *MARKS)), st.sampled_from(actions)), max_size=5)


class Reference:
    """The obvious evaluator: chains as lists, one packet after the other, recursion for jumps."""

    def __init__(self, chains: dict[str, list[Rule]], drops: bool) -> None:
        self.chains, self.drops = chains, drops
        self.counters = {(name, at): 0 for name, found in chains.items() for at in range(len(found))}
        self.policy = 0
        self.mark = 0

    def fits(self, rule: Rule, sent: Sent) -> bool:
        inside = not rule.source or ip_address(sent.source) in ip_network(rule.source)
        if rule.source and inside is rule.is_negated:
            return False
        if rule.entered not in ("", "eth+", sent.entered) or rule.protocol not in ("", sent.protocol):
            return False
        if rule.dport and rule.protocol in ("tcp", "udp") and rule.dport != sent.dport:
            return False
        return not rule.mark or rule.mark == self.mark

    def chain(self, name: str, sent: Sent) -> str:
        """ACCEPT, DROP, or nothing when the end is reached or a rule returns."""
        for at, rule in enumerate(self.chains[name]):
            if not self.fits(rule, sent):
                continue
            self.counters[name, at] += 1
            flag, _blank, target = rule.action.partition(" ")
            if target in ("ACCEPT", "DROP"):
                return target
            if target == "RETURN":
                return ""
            if target.startswith("MARK"):
                self.mark = int(target[-1])
            elif target:
                verdict = self.chain(target, sent)
                if verdict or flag == "-g":
                    return verdict
        return ""

    def passes(self, sent: Sent) -> bool:
        self.mark = 0
        verdict = self.chain("FORWARD", sent)
        if not verdict:
            self.policy += 1
        return verdict == "ACCEPT" or (not verdict and not self.drops)


@settings(max_examples=150, deadline=None)
@given(chains=st.tuples(*(rules(depth) for depth in range(len(CHAINS)))), drops=st.booleans(),
       sent=st.lists(st.builds(Sent, st.sampled_from(("tcp", "udp", "icmp")), st.sampled_from(ENDS),
                               st.sampled_from((80, 443, 53)), st.sampled_from(("eth0", "eth1"))), max_size=8))
def test_a_rule_set_does_what_the_obvious_evaluator_does(chains: tuple[list[Rule], ...], drops: bool,
                                                         sent: list[Sent]) -> None:
    named = dict(zip(CHAINS, chains, strict=True))
    lines = ["*filter", f":FORWARD {'DROP' if drops else 'ACCEPT'} [0:0]", *(f":{name} - [0:0]" for name in CHAINS[1:])]
    lines += [rule.text(name) for name, found in named.items() for rule in found]
    router, reference = Router(), Reference(named, drops)
    assert restore(router.namespace, "\n".join([*lines, "COMMIT", ""]), Wish()).code == 0
    for one in sent:
        made = packet(one.protocol, one.source, "192.0.2.1", dport=one.dport)
        went = router.pass_through(made, one.entered, "eth1" if one.entered == "eth0" else "eth0")
        assert (went is not None) is reference.passes(one)
    table = router.namespace.netfilter.tables["filter"]
    found = {(name, at): rule.packets for name in CHAINS for at, rule in enumerate(table.chains[name].rules)}
    assert found == reference.counters
    assert table.chains["FORWARD"].packets == reference.policy


@settings(max_examples=80, deadline=None)
@given(chains=st.tuples(*(rules(depth) for depth in range(len(CHAINS)))))
def test_what_is_saved_can_be_restored_and_saved_again(chains: tuple[list[Rule], ...]) -> None:
    lines = ["*filter", *(f":{name} {'ACCEPT' if name == 'FORWARD' else '-'} [0:0]" for name in CHAINS)]
    lines += [rule.text(name) for name, found in zip(CHAINS, chains, strict=True) for rule in found]
    first, second = Router(), Router()
    assert restore(first.namespace, "\n".join([*lines, "COMMIT", ""]), Wish()).code == 0
    saved = saved_lines(first.namespace)
    assert restore(second.namespace, "\n".join(saved) + "\n", Wish(with_counters=True)).code == 0
    assert saved_lines(second.namespace) == saved
