"""What leads 127.0.0.11:53 to the ports of a container's name server, and its answers back (resolver_unix.go).

Docker calls iptables inside of the container; here the same is put into its nat table at once, as every container on a
network that a person made has these rules, which differ in their ports alone.
"""

from __future__ import annotations

from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import Given, Span
from netsandbox.linux.netfilter.head import WHOLE, Head, Mask, Word
from netsandbox.linux.netfilter.matches.transport import Tcp, Udp
from netsandbox.linux.netfilter.rule import Jump, Rule
from netsandbox.linux.netfilter.ruleset import Table
from netsandbox.linux.netfilter.targets.nat import DestinationNat, Ports, SourceNat, Where

ADDRESS = 0x7F00000B
DOMAIN = 53  # The port of name servers
CHAINS = {"OUTPUT": "DOCKER_OUTPUT", "POSTROUTING": "DOCKER_POSTROUTING"}
SERVER = Mask(False, ADDRESS, WHOLE)
TO_SERVER = Head(destination=SERVER)
JUMPS = {hook: Jump(name) for hook, name in CHAINS.items()}
MATCHES = {"6": Tcp, "17": Udp}
ASKS = {protocol: (match({"--dport": Given(False, Span(DOMAIN, DOMAIN))}),) for protocol, match in MATCHES.items()}
FROM_DOMAIN = SourceNat({"--to-source": Given(False, Where(0, 0, Ports(DOMAIN, DOMAIN)))})
"""These are the same for all containers: none of it changes."""


def lead(namespace: NetworkNamespace, udp: int, tcp: int) -> None:
    """Let the rules lead to these ports; after a restart of dockerd those before are there already."""
    table = namespace.netfilter.table("nat")
    for hook, name in CHAINS.items():
        _begin(table, hook, name)
    ports = {"6": tcp, "17": udp}
    table.append("OUTPUT", Rule(TO_SERVER, (), JUMPS["OUTPUT"]))
    for protocol, port in ports.items():
        table.append(CHAINS["OUTPUT"], _question(protocol, port))
    table.append("POSTROUTING", Rule(TO_SERVER, (), JUMPS["POSTROUTING"]))
    for protocol, port in ports.items():
        table.append(CHAINS["POSTROUTING"], _answer(protocol, port))
    namespace.netfilter.refresh(namespace)


def _begin(table: Table, hook: str, name: str) -> None:
    """Have an empty chain that nothing leads to; only to one that is there something can lead already."""
    if name not in table.chains:
        table.add_chain(name)
        return
    table.flush(name)
    before = table.place_of(hook, Rule(TO_SERVER, (), JUMPS[hook]))
    if before is not None:
        table.delete(hook, before)


def _question(protocol: str, port: int) -> Rule:
    head = Head(destination=SERVER, protocol=Word(False, protocol))
    target = DestinationNat({"--to-destination": Given(False, Where(ADDRESS, ADDRESS, Ports(port, port)))})
    return Rule(head, ASKS[protocol], target)


def _answer(protocol: str, port: int) -> Rule:
    head = Head(source=SERVER, protocol=Word(False, protocol))
    return Rule(head, (MATCHES[protocol]({"--sport": Given(False, Span(port, port))}),), FROM_DOMAIN)
