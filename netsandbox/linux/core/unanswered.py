"""Where an address stands that did not answer: what a drop tells beside its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.core.neighbour import Neighbour

if TYPE_CHECKING:
    from netsandbox.linux.ipv4.route import Route


def whereabouts(entry: Neighbour, route: Route | None) -> tuple[str, ...]:
    """Why nobody could answer: (whose it is, the device on which that one stands), or (the route without a router,
    its device); empty where neither is known.
    """
    device, stack = entry.interface, entry.interface.stack
    for upper in stack.uppers if stack is not None else ():
        if upper.is_cut_off and any(own.local == entry.address for own in upper.addresses):
            return "above", upper.namespace.name, device.name
    lower = device.lower
    if device.is_cut_off and lower is not None and any(own.local == entry.address for own in lower.addresses):
        return "below", lower.namespace.name, lower.name
    if route is not None and not route.gateway and 0 < route.destination.length < 32:
        return "link", str(route.destination), device.name
    return ()
