"""dockerd as a user of iptables: it sets the rules of its release, and takes away those that it set.

The rules go the way of every iptables command line, so that they can be seen, counted and changed as any others.  A
line that is there already is not set twice, and goes with the last one that asked for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from netsandbox.docker.errors import DockerError
from netsandbox.docker.network import BridgeNetwork
from netsandbox.docker.rules import NO_FILTER, RuleLine, Rules
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.iptables.iptables import FailedError, execute


class RefusedRuleError(DockerError):
    """A rule that iptables does not take, for a person has deleted the chain: in dockerd's words, which quote it."""

    def __init__(self, line: RuleLine, verb: str, why: str) -> None:
        self.is_of_chain = line.purpose == NO_FILTER
        table = "" if self.is_of_chain else f"-t {line.table} "
        told = f"iptables failed: iptables --wait {table}{verb} {line.chain} {line.said or line.words}: {why}"
        super().__init__(f"{line.purpose} {told}" if self.is_of_chain else f"{line.purpose} ({told})")


class Firewall:
    """The rules of one Engine in its host's tables."""

    def __init__(self, namespace: NetworkNamespace, rules: Rules) -> None:
        self.rules = rules  # those that its release sets
        self.is_on = True  # dockerd may use iptables ("iptables" in daemon.json)
        self._namespace = namespace
        self._held: Counter[RuleLine] = Counter()
        self._refusal = ""

    def begin(self, rules: Rules, is_on: bool = True, default: BridgeNetwork | None = None) -> None:
        """dockerd starts: what it set before goes, and its own chains begin empty; what others set stays.

        Where it may not use iptables it leaves everything as it is.

        Args:
            default: the default bridge until now, which is made anew; all of its rules go that the last dockerd set.
        """
        before, self.rules = self.rules, rules
        own = before.network(default) if default is not None and self.is_on else []
        self.is_on = is_on
        if not is_on:
            return
        held, self._held = list(self._held), Counter()
        for line in [*(line for line in held if not line.stays or line in own), *before.base()]:
            self._try(line.table, "-D", line.chain, *line.words.split())
        for table, name in (("nat", "DOCKER"), *(("filter", name) for name in self.rules.chains)):
            if not self._try(table, "-N", name) and name != "DOCKER-USER":
                self._try(table, "-F", name)
        self.set(self.rules.base())

    def add_network(self, network: BridgeNetwork) -> None:
        """Raises RefusedRuleError: a chain is gone."""
        self.set(self.rules.network(network))

    def remove_network(self, network: BridgeNetwork) -> None:
        self.take_back(line for line in self.rules.network(network) if not line.moves)

    def set(self, lines: Iterable[RuleLine]) -> None:
        """Set rules in this order (RefusedRuleError: iptables refuses one that must be there; those before it stay)."""
        for line in lines if self.is_on else ():
            words = line.words.split()
            if line.moves:
                self._try(line.table, "-D", line.chain, *words)
            self._held[line] += 1
            is_there = line.stays and self._try(line.table, "-C", line.chain, *words)
            if line.moves or (self._held[line] == 1 and not is_there):
                verb = "-I" if line.at_head else "-A"
                if not self._try(line.table, verb, line.chain, *words) and line.purpose is not None:
                    del self._held[line]
                    raise RefusedRuleError(line, verb, self._refusal)

    def take_back(self, lines: Iterable[RuleLine]) -> None:
        """Take rules away; one that a person has deleted already is none to mind."""
        for line in lines:
            if line not in self._held:
                continue
            self._held[line] -= 1
            if not self._held[line]:
                del self._held[line]
                self._try(line.table, "-D", line.chain, *line.words.split())

    def drop_forwarded(self) -> None:
        """Nothing is forwarded that no rule allows: set by the dockerd that switches forwarding on."""
        if self.is_on:
            self._try("filter", "-P", "FORWARD", "DROP")

    def _try(self, table: str, *arguments: str) -> bool:
        try:
            execute(self._namespace, ["-t", table, *arguments])
        except FailedError as error:
            self._refusal = f"{error.message} (exit status {error.code})"
            return False
        return True
