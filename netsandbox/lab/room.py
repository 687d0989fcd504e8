"""The uplink that nobody asked for is not in anybody's way.

Every lab has an uplink unless it is told otherwise, and a tutorial knows nothing of it: it may want its card's name or
the addresses of its LAN. A machine whose card is called ens3, on another LAN, is as good a machine; so the usual
uplink becomes that one, and says so. One that a person chose (`--uplink`) stays where it is, and one that something
stands on as well.
"""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.lab.lab import Lab
from netsandbox.lab.nodes import Host
from netsandbox.lab.uplink import HOST_NUMBER, ROUTER, ROUTER_NUMBER, NetworkCard, set_route_out
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.netlink import address as requests
from netsandbox.wire.addresses import Network, parse_network

OTHER_CARD = "ens3"
OTHER_LANS = (*(parse_network(f"192.168.{number}.0/24") for number in range(2, 10)), parse_network("10.99.0.0/24"))


class Claim(NamedTuple):
    """What a line wants to use in a namespace."""

    namespace: NetworkNamespace
    name: str  # of a new interface, or of one that gets an address; empty for a route
    network: Network | None  # what the address or the route reaches; None for a new interface
    gateway: int | None = None  # of a route; None where it has none


def name_in_the_way(host: Host, claim: Claim) -> NetworkCard | None:
    """The card, where a line wants its name for an interface of its own."""
    card = _card(host)
    is_clash = card is not None and claim == (host.namespace, card.name, None, None)
    return card if is_clash and OTHER_CARD not in host.namespace.interfaces else None


def lan_in_the_way(lab: Lab, host: Host, claim: Claim) -> Network | None:
    """The LAN to go to, where a line wants the addresses of the uplink's for a network of its own."""
    card, lan, wanted = _card(host), lab.uplink, claim.network
    if card is None or lan is None or wanted is None or claim.namespace is not host.namespace:
        return None
    own = Network(lan.network + HOST_NUMBER, lan.length)
    is_route_to_it = not claim.name and (wanted.network, wanted.length) == lan
    is_other_network = claim.name not in ("", card.name, "lo") and wanted.length <= lan.length and (
        lan.network in wanted)
    if not (is_route_to_it or is_other_network) or [one.network for one in card.addresses] != [own]:
        return None
    taken = [wanted, *(one.network for device in host.namespace.interfaces.values() for one in device.addresses)]
    free = (other for other in OTHER_LANS if not any(other.overlaps(one) for one in taken))
    return next((other for other in free if claim.gateway is None or claim.gateway in other), None)


def _card(host: Host) -> NetworkCard | None:
    """The usual uplink's card, if it is up and nothing stands on it."""
    cards = (one for one in host.namespace.interfaces.values() if isinstance(one, NetworkCard) and one.makes_room)
    card = next(cards, None)
    if card is None or not card.up or card.master is not None or (card.stack is not None and card.stack.uppers):
        return None
    networks = host.docker.networks.values() if host.docker is not None else ()
    is_parent = any(str(getattr(network, "parent", "")).partition(".")[0] == card.name for network in networks)
    return None if is_parent else card


def rename_card(card: NetworkCard) -> None:
    card.namespace.rename_interface(card, OTHER_CARD)


def move_lan(lab: Lab, host: Host, lan: Network) -> None:
    """The router gives out other addresses: host and router have them, and the host asks the router for names."""
    router = lab.nodes[ROUTER].namespace
    card = _card(host)
    assert card is not None
    for interface, number in ((router.interfaces["eth0"], ROUTER_NUMBER), (card, HOST_NUMBER)):
        for own in list(interface.addresses):
            requests.remove(interface, own)
        own_address = Network(lan.network + number, lan.length)
        addresses.add(interface, own_address, own_address.broadcast)
        interface.namespace.neighbours.flush_interface(interface, "no address", keep_permanent=False)
    gateway = lan.network + ROUTER_NUMBER
    set_route_out(host.namespace, lan, card.name)
    host.name_servers = (gateway,)
    if host.docker is not None:
        host.docker.name_servers = host.name_servers
    lab.uplink = lan
