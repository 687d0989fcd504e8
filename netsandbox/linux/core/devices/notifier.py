"""Who hears of what happens to a device: the protocol families keep tables about it (net/core/dev.c, netdev_chain)."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from netsandbox.linux.core.devices.interface import Interface


class Notice(Enum):
    """What has happened, or is about to (NETDEV_*)."""

    UP = "it was set up"
    RUNNING = "everything that follows from its being up is done: it may send"
    DOWN = "it was set down"
    CARRIER = "it gained or lost its carrier"
    CHANGE_MTU = "it has another MTU"
    LIMITS_CHANGED = "what it can carry is other than it was"
    CHANGE_ADDRESS = "it has another MAC, or was told its own again"
    NOTIFY_PEERS = "its MAC is to be told to everybody"
    UNREGISTER = "it leaves its namespace"

    __hash__ = object.__hash__


Notifier = Callable[["Interface", Notice, int], None]  # Hears of an interface, and for CHANGE_MTU of the MTU before


def tell(interface: Interface, notice: Notice, before: int = 0) -> None:
    """Tell everybody, in the order in which they registered (call_netdevice_notifiers)."""
    for notifier in interface.namespace.notifiers:
        notifier(interface, notice, before)
