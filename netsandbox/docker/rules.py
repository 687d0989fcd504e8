"""The rules that each release of the Engine sets with iptables: as words, in the order in which it sets them.

Every release was asked, but 27, which is taken to be as 26, and 29, which is as its documentation says (moby,
integration/network/bridge/iptablesdoc).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from netsandbox.docker.network import BridgeNetwork
from netsandbox.docker.profiles import Profile
from netsandbox.wire.addresses import dotted, format_ipv4

ANSWERS = "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
LOCAL = "-m addrtype --dst-type LOCAL -j DOCKER"
NO_FILTER = "Failed to program FILTER chain:"
STAGE_1, STAGE_2 = "DOCKER-ISOLATION-STAGE-1", "DOCKER-ISOLATION-STAGE-2"


class RuleLine(NamedTuple):
    """One rule."""

    table: str
    chain: str
    words: str  # behind `-A CHAIN`
    at_head: bool = False  # it is put before all others (-I), not behind them
    moves: bool = False  # if it is there already, it is taken away first, so that it stands at the head again
    # what cannot be had where iptables refuses it, in dockerd's words; None where dockerd goes on
    purpose: str | None = None
    said: str = ""  # the words as dockerd orders them, where they are others
    stays: bool = False  # it stands in a chain that is not dockerd's, which does not look for it at its start


class PortRule(NamedTuple):
    """What a published port's rules are about."""

    host: str  # the host's address, 0.0.0.0 for all
    host_port: int
    target: int  # the container's address
    port: int
    protocol: str


class Rules:
    """Docker 28.5: chains within chains, and what does not come by its bridge is dropped in raw.

    Args:
        has_proxy: docker-proxy carries what does not come by DNAT.
        is_open: who routes to a container by himself is let through (allow-direct-routing).
    """

    chains: tuple[str, ...] = ("DOCKER", "DOCKER-BRIDGE", "DOCKER-CT", "DOCKER-FORWARD", STAGE_1, STAGE_2,
                               "DOCKER-USER")
    """Of the filter table, beside DOCKER in nat."""
    forward_chains: tuple[str, ...] = ("DOCKER-CT", STAGE_1, "DOCKER-BRIDGE")

    def __init__(self, has_proxy: bool, is_open: bool = False) -> None:
        self.has_proxy = has_proxy
        self.is_open = is_open

    # -- when dockerd starts

    def base(self) -> list[RuleLine]:
        return [RuleLine("nat", "PREROUTING", LOCAL),
                RuleLine("nat", "OUTPUT", f"! -d 127.0.0.0/8 {LOCAL}" if self.has_proxy else LOCAL),
                *(RuleLine("filter", "DOCKER-FORWARD", f"-j {name}") for name in self.forward_chains), *self.top()]

    def top(self) -> list[RuleLine]:
        """The jumps that stand at the head of FORWARD, the last one first."""
        return [RuleLine("filter", "FORWARD", f"-j {name}", at_head=True, moves=True)
                for name in ("DOCKER-FORWARD", "DOCKER-USER")]

    def kept(self) -> list[RuleLine]:
        """What comes last where containers ran on (live-restore)."""
        return []

    # -- a network

    def network(self, network: BridgeNetwork) -> list[RuleLine]:
        return self.internal(network) if network.internal else [
            *self.translation(network), *self.filter(network), *self.isolation(network)]

    def internal(self, network: BridgeNetwork) -> list[RuleLine]:
        name, subnet, verdict = network.ifname, network.pool.subnet, "ACCEPT" if network.settings.icc else "DROP"
        return [RuleLine("filter", "DOCKER-FORWARD", f"-i {name} -o {name} -j {verdict}"),
                RuleLine("filter", STAGE_1, f"! -d {subnet} -i {name} -j DROP", at_head=True,
                         purpose="Unable to enable DROP INCOMING rule: ", said=f"-i {name} ! -d {subnet} -j DROP"),
                RuleLine("filter", STAGE_1, f"! -s {subnet} -o {name} -j DROP", at_head=True)]

    def translation(self, network: BridgeNetwork) -> list[RuleLine]:
        """Masquerading, and that what comes from the bridge is left to docker-proxy."""
        name, mode, lines = network.ifname, network.settings.gateway_mode, list[RuleLine]()
        if network.settings.masquerade and mode != "routed":
            target = f"SNAT --to-source {network.settings.snat}" if network.settings.snat else "MASQUERADE"
            lines.append(RuleLine("nat", "POSTROUTING", f"-s {network.pool.subnet} ! -o {name} -j {target}", True,
                                  stays=True))
        if self.has_proxy and network.settings.masquerade:
            lines += self.returns(name)
        if not self.has_proxy:
            lines.append(RuleLine("nat", "POSTROUTING", f"-o {name} -m addrtype --src-type LOCAL -j MASQUERADE", True))
        return lines

    def returns(self, name: str) -> list[RuleLine]:
        return [RuleLine("nat", "DOCKER", f"-i {name} -j RETURN", at_head=True,
                         purpose="Unable to enable SKIP DNAT rule: ")]

    def filter(self, network: BridgeNetwork) -> list[RuleLine]:
        name, mode = network.ifname, network.settings.gateway_mode
        last = "ACCEPT" if mode == "nat-unprotected" else "DROP"
        own = [f"-o {name} -p icmp -j ACCEPT"] if mode == "routed" else []
        outgoing = "Unable to enable ACCEPT OUTGOING rule: "
        between = {f"-i {name} -j ACCEPT": outgoing} if network.settings.icc else {
            f"-i {name} -o {name} -j DROP": "Unable to prevent intercontainer communication: ",
            f"-i {name} ! -o {name} -j ACCEPT": outgoing}
        return [*(RuleLine("filter", "DOCKER", words) for words in (*own, f"! -i {name} -o {name} -j {last}")),
                RuleLine("filter", "DOCKER-BRIDGE", f"-o {name} -j DOCKER"),
                RuleLine("filter", "DOCKER-CT", f"-o {name} {ANSWERS}"),
                *(RuleLine("filter", "DOCKER-FORWARD", words, purpose=why) for words, why in between.items())]

    def isolation(self, network: BridgeNetwork) -> list[RuleLine]:
        name, lines = network.ifname, list[RuleLine]()
        if network.settings.gateway_mode == "routed":
            lines += [RuleLine("filter", STAGE_1, f"-o {name} -j RETURN", at_head=True),
                      RuleLine("filter", STAGE_1, f"-i {name} {ANSWERS}", at_head=True)]
        return [*lines, RuleLine("filter", STAGE_1, f"-i {name} ! -o {name} -j {STAGE_2}"),
                RuleLine("filter", STAGE_2, f"-o {name} -j DROP", at_head=True)]

    # -- a container's address, and its ports

    def endpoint(self, network: BridgeNetwork, address: int) -> list[RuleLine]:
        """Who routes to a container by himself is dropped (since 28.2)."""
        if network.internal or network.settings.gateway_mode != "nat" or self.is_open:
            return []
        words = [f"-i {name} -j ACCEPT" for name in network.settings.trusted] + [f"! -i {network.ifname} -j DROP"]
        return [RuleLine("raw", "PREROUTING", f"-d {dotted(address)}/32 {text}") for text in words]

    def link(self, network: BridgeNetwork, own: int, other: int, port: str) -> list[RuleLine]:
        """Of --link with icc off: questions to one port of the other's (`80/tcp`), and the answers."""
        (asking, asked), name = (format_ipv4(own), format_ipv4(other)), network.ifname
        number, _slash, protocol = port.partition("/")
        between = f"-i {name} -o {name} -p {protocol} -m {protocol}"
        return [RuleLine("filter", "DOCKER", f"-s {asking}/32 -d {asked}/32 {between} --dport {number} -j ACCEPT"),
                RuleLine("filter", "DOCKER", f"-s {asked}/32 -d {asking}/32 {between} --sport {number} -j ACCEPT")]

    def ports(self, network: BridgeNetwork, ports: Iterable[PortRule]) -> list[RuleLine]:
        return [line for port in ports for line in self.port(network, port)]

    def port(self, network: BridgeNetwork, port: PortRule) -> list[RuleLine]:
        mode, lines = network.settings.gateway_mode, list[RuleLine]()
        if mode != "routed":
            lines.append(self.destination(network, port))
            if not self.has_proxy:
                lines.append(_to_itself(port))
        if mode != "nat-unprotected":
            lines.append(_accepted(network, port)._replace(at_head=True, purpose="Unable to enable OPEN PORT rule: "))
        if port.host.startswith("127."):
            words = f"-d {port.host}/32 ! -i lo -p {port.protocol} -m {port.protocol} --dport {port.host_port} -j DROP"
            lines.append(RuleLine("raw", "PREROUTING", words))
        return lines

    def destination(self, network: BridgeNetwork, port: PortRule) -> RuleLine:
        host = "" if port.host == "0.0.0.0" else f"-d {port.host}/32 "
        entered = f"! -i {network.ifname} " if self.has_proxy else ""
        target = f"{format_ipv4(port.target)}:{port.port}"
        said = (f"-p {port.protocol} -d {'0/0' if not host else port.host} --dport {port.host_port} -j DNAT "
                f"--to-destination {target} {entered}").rstrip()
        return RuleLine("nat", "DOCKER", f"{host}{entered}-p {port.protocol} -m {port.protocol} --dport "
                                         f"{port.host_port} -j DNAT --to-destination {target}",
                        purpose="Unable to enable DNAT rule: ", said=said)


def _accepted(network: BridgeNetwork, port: PortRule) -> RuleLine:
    name, target = network.ifname, format_ipv4(port.target)
    return RuleLine("filter", "DOCKER", f"-d {target}/32 ! -i {name} -o {name} -p {port.protocol} -m {port.protocol} "
                                        f"--dport {port.port} -j ACCEPT", purpose="",
                    said=f"! -i {name} -o {name} -p {port.protocol} -d {target} --dport {port.port} -j ACCEPT")


def _to_itself(port: PortRule) -> RuleLine:
    """A container that asks for its own published port has to be answered by the way that it asked."""
    own = f"{format_ipv4(port.target)}/32"
    words = f"-s {own} -d {own} -p {port.protocol} -m {port.protocol} --dport {port.port} -j MASQUERADE"
    return RuleLine("nat", "POSTROUTING", words)


class Rules26(Rules):
    """Docker 26.1: everything in FORWARD itself, nothing in raw."""

    chains = ("DOCKER", STAGE_1, STAGE_2, "DOCKER-USER")
    forward_chains = ()

    def base(self) -> list[RuleLine]:
        return [*super().base(), *(RuleLine("filter", name, "-j RETURN") for name in (STAGE_1, STAGE_2))]

    def top(self) -> list[RuleLine]:
        return [RuleLine("filter", "FORWARD", f"-j {name}", at_head=True, moves=True)
                for name in (STAGE_1, "DOCKER-USER")]

    def kept(self) -> list[RuleLine]:
        """The stages come to stand before what a person set, until a network is made."""
        return self.top()[:1]

    def network(self, network: BridgeNetwork) -> list[RuleLine]:
        return [*super().network(network), RuleLine("filter", "DOCKER-USER", "-j RETURN", moves=True), *self.top()]

    def internal(self, network: BridgeNetwork) -> list[RuleLine]:
        between, *isolation = super().internal(network)
        return [between._replace(chain="FORWARD", at_head=network.settings.icc), *isolation]

    def filter(self, network: BridgeNetwork) -> list[RuleLine]:
        name = network.ifname
        between = f"-i {name} -o {name} -j "
        head = [between + "ACCEPT"] if network.settings.icc else []
        lines = [RuleLine("filter", "FORWARD", words, at_head=True,
                          purpose=NO_FILTER if words.endswith("DOCKER") else None) for words in (
            *head, f"-i {name} ! -o {name} -j ACCEPT", f"-o {name} -j DOCKER", f"-o {name} {ANSWERS}")]
        return lines if network.settings.icc else [*lines, RuleLine("filter", "FORWARD", between + "DROP")]

    def isolation(self, network: BridgeNetwork) -> list[RuleLine]:
        return [line._replace(at_head=True) for line in super().isolation(network)]

    def endpoint(self, network: BridgeNetwork, address: int) -> list[RuleLine]:
        return []

    def port(self, network: BridgeNetwork, port: PortRule) -> list[RuleLine]:
        return [self.destination(network, port)._replace(purpose=""), _accepted(network, port), _to_itself(port)]


class Rules29(Rules):
    """Docker 29: no isolation stages, for each bridge drops what is not for it; nothing is left to docker-proxy."""

    chains = ("DOCKER", "DOCKER-BRIDGE", "DOCKER-CT", "DOCKER-FORWARD", "DOCKER-INTERNAL", "DOCKER-USER")
    forward_chains = ("DOCKER-CT", "DOCKER-INTERNAL", "DOCKER-BRIDGE")

    def internal(self, network: BridgeNetwork) -> list[RuleLine]:
        name, subnet = network.ifname, network.pool.subnet
        return [super().internal(network)[0],
                RuleLine("filter", "DOCKER-INTERNAL", f"! -s {subnet} -o {name} -j DROP"),
                RuleLine("filter", "DOCKER-INTERNAL", f"! -d {subnet} -i {name} -j DROP")]

    def returns(self, name: str) -> list[RuleLine]:
        return []

    def isolation(self, network: BridgeNetwork) -> list[RuleLine]:
        return []


def rules_of(profile: Profile, has_proxy: bool, is_open: bool = False) -> Rules:
    """The rules that a release sets."""
    if profile.since(29):
        return Rules29(has_proxy, is_open)
    return Rules(has_proxy, is_open) if profile.since(28) else Rules26(has_proxy)
