"""What of docker run's options does not go together: network modes, and addresses that a network cannot give.

The words are the daemon's (daemon/container_operations.go, runconfig, api/types/network).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.docker.run_network import BUILT_IN
from netsandbox.docker.errors import daemon_error
from netsandbox.docker.network import BridgeNetwork
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.commands.docker.flags import Parsed
    from netsandbox.docker.container import Published, Wish

OWN_NETWORKS = {True: "user-specified IP address is supported on user-defined networks only",
                False: "user specified IP address is supported on user defined networks only"}
"""Since 29, and before it."""
OWN_SUBNET = "user specified IP address is supported only when connecting to networks with user configured subnets"


def check_modes(mode: str, parsed: Parsed, published: list[Published]) -> None:
    """What another namespace has already, and cannot be given a second time.

    Raises:
        DockerError: something that is asked for.
    """
    if parsed.all("link") and mode == "host":
        raise daemon_error("conflicting options: host type networking can't be used with links. This would result in "
                           "undefined behavior")
    if not mode.startswith("container:"):
        return
    if not mode.removeprefix("container:"):
        raise daemon_error("invalid network mode: invalid container format container:<name|id>")
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


def check_addresses(client: Client, networks: dict[str, Wish]) -> None:
    """Raises DockerError: an address that cannot be had on one of the networks, as far as it is there already."""
    for name, wish in networks.items():
        wrong = _wrong(client, name, wish)
        if wrong:
            listed = wrong[0] if len(wrong) == 1 else "\n".join(f"* {text}" for text in wrong)
            raise daemon_error(f"invalid config for network {name}: invalid endpoint settings:\n{listed}")


def _wrong(client: Client, name: str, wish: Wish) -> list[str]:
    if wish.address is None and not wish.wrong_address:
        return []
    found = [f"invalid IPv4 address: {wish.wrong_address}"] if wish.wrong_address else []
    network = client.engine.networks.get(name)
    if name in BUILT_IN or name.startswith("container:"):
        found.append(OWN_NETWORKS[client.engine.profile.since(29)])
    if not isinstance(network, BridgeNetwork):
        return found
    if not network.has_own_subnet:
        found.append(OWN_SUBNET)
    elif wish.address is None or wish.address not in network.pool.subnet:
        shown = wish.wrong_address or format_ipv4(wish.address or 0)
        found.append(f"no configured subnet or ip-range contain the IP address {shown}")
    return found
