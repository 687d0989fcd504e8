"""Where an address stands that did not answer: what a drop tells beside its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.neighbours.entry import Neighbour

if TYPE_CHECKING:
    from netsandbox.linux.ipv4.route import Route


def whereabouts(entry: Neighbour, route: Route | None, asks_on: bool = False) -> tuple[str, ...]:
    """Why nobody could answer: (whose it is, the device on which that one stands), (how often was asked, the device)
    where somebody ended it although it `asks_on`, or (the route without a router, its device); empty where none is
    known.
    """
    device, stack = entry.interface, entry.interface.stack
    for upper in stack.uppers if stack is not None else ():
        if upper.is_cut_off and any(own.local == entry.address for own in upper.addresses):
            return "above", upper.namespace.name, device.name
    lower = device.lower
    if device.is_cut_off and lower is not None and any(own.local == entry.address for own in lower.addresses):
        return "below", lower.namespace.name, lower.name
    if asks_on:
        return "ended", str(max(entry.probes - device.neigh.ucast_solicit, 0)), device.name
    if route is not None and not route.gateway and 0 < route.destination.length < 32:
        return "link", str(route.destination), device.name
    return ()
