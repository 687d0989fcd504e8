"""What of docker run's options does not go together: network modes, and addresses that a network cannot give.

The words are the daemon's (daemon/container_operations.go, runconfig, api/types/network).
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.commands.docker.run.networks import BUILT_IN
from netsandbox.docker.config import Published
from netsandbox.docker.container import Wish
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.network import SYSCTLS, BridgeNetwork, DockerNetwork
from netsandbox.docker.profiles import Profile
from netsandbox.wire.addresses import format_ipv4, ipv4_or_none

OWN_NETWORKS = {True: "user-specified IP address is supported on user-defined networks only",
                False: "user specified IP address is supported on user defined networks only"}
"""Since 29, and before it."""
INTERFACE_SETTING = re.compile(r"[^.]*\.(ipv4|ipv6|mpls)\.[^.]*\.(IFNAME|ifname)\..*")
OWN_SUBNET = "user specified IP address is supported only when connecting to networks with user configured subnets"


def check_modes(mode: str, parsed: Parsed, published: list[Published], profile: Profile) -> None:
    """What another namespace has already, and cannot be given a second time (DockerError: something that is asked
    for)."""
    if parsed.text("uts") == "host" and parsed.text("hostname"):
        raise daemon_error("conflicting options: hostname and the UTS mode")
    if parsed.all("link") and not profile.since(28) and (mode in ("host", "none") or mode.startswith("container:")):
        raise DockerError("links are only supported for user-defined networks")
    if parsed.all("link") and mode == "host":
        raise daemon_error("conflicting options: host type networking can't be used with links. This would result in "
                           "undefined behavior")
    if not mode.startswith("container:"):
        return
    if not mode.removeprefix("container:"):
        first = "invalid" if profile.since(28) else "Invalid"
        raise daemon_error(f"{first} network mode: invalid container format container:<name|id>")
    for name, wanted in (
            ("hostname and the network mode", parsed.text("hostname")),
            ("container type network can't be used with links. This would result in undefined behavior",
             parsed.all("link")),
            ("dns and the network mode", parsed.all("dns")),
            ("custom host-to-IP mapping and the network mode", parsed.all("add-host")),
            ("port publishing and the container type network mode", published or parsed.on("publish-all")),
            ("port exposing and the container type network mode", parsed.all("expose"))):
        if wanted:
            raise daemon_error(f"conflicting options: {name}")


def check_addresses(client: Client, networks: dict[str, Wish], address_6: str = "") -> None:
    """Raises DockerError: an address that cannot be had on one of the networks, as far as it is there already."""
    for name, wish in networks.items():
        wrong = wrong_settings(client, name, wish, address_6)
        if wrong:
            raise daemon_error(f"invalid config for network {name}: invalid endpoint settings:\n{listed(wrong)}")
        address_6 = ""  # --ip6 is about the first


def listed(wrong: list[str]) -> str:
    """One reason as it is, several as a list."""
    return wrong[0] if len(wrong) == 1 else "\n".join(f"* {text}" for text in wrong)


def wrong_settings(client: Client, name: str, wish: Wish, address_6: str) -> list[str]:
    """Why an endpoint cannot be had on the network of that name; empty where it can."""
    asked = wish.address is not None or wish.wrong_address or address_6 or wish.address_6
    built_in = name in BUILT_IN or name.startswith("container:")
    own = [OWN_NETWORKS[client.engine.profile.since(29)]] if asked and built_in else []
    return [*own, *of_own_subnet(client.engine.networks.get(name), wish, address_6 or wish.address_6),
            *(unknown_settings(wish) if client.engine.profile.since(28) else ())]


def unknown_settings(wish: Wish) -> list[str]:
    """What is wrong with settings of the interface that a driver option asks for."""
    texts = dict(wish.options).get(SYSCTLS, "").split(",") if SYSCTLS in dict(wish.options) else []
    return [f"unrecognised network interface sysctl '{text}'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', "
            "'X' must be 'ipv4', 'ipv6' or 'mpls'" for text in texts if not INTERFACE_SETTING.fullmatch(text)]


def is_ipv6(text: str) -> bool:
    """An address, or one with a prefix."""
    address, _slash, length = text.partition("/")
    try:
        return ip_address(address).version == 6 and (not length or int(length) <= 128)
    except ValueError:
        return False


def of_own_subnet(network: DockerNetwork | None, wish: Wish, address_6: str) -> list[str]:
    """What is wrong with addresses that are to be had on a network; it has no IPv6 subnet at all."""
    found = [f"invalid IPv4 address: {wish.wrong_address}"] if wish.wrong_address else []
    found += [f"invalid IPv6 address: {address_6}"] if address_6 and not is_ipv6(address_6) else []
    found += [f"invalid link-local IP address: {text}" for text in wish.local if ipv4_or_none(text) is None]
    asked = wish.address is not None or bool(wish.wrong_address)
    if network is None or not (asked or address_6):
        return found
    if address_6 or not isinstance(network, BridgeNetwork) or not network.has_own_subnet:
        found.append(OWN_SUBNET)
    elif wish.address is None or not any(wish.address in pool.subnet for pool in network.pools):
        shown = wish.wrong_address or format_ipv4(wish.address or 0)
        found.append(f"no configured subnet or ip-range contain the IP address {shown}")
    return found
