"""Names for addresses: who a MAC or an IPv4 address belongs to, now or when a record was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.wire.addresses import BROADCAST_MAC, LIMITED_BROADCAST, MAC_GROUP_BIT, format_ipv4, format_mac

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab

DEFAULT_HOST = "host"  # The machine that commands are for, and that is there as soon as one needs it
EVERYONE = "everyone"
NOW = 1 << 62  # A sequence number after any record's
BETWEEN = "/"  # Joins the names of several who have one address: who of them was meant, nobody can know


def titled_bridges(lab: Lab) -> dict[tuple[str, str], str]:
    """(namespace, bridge) -> the switch that it is, or the Docker network that a person made."""
    return {(node.namespace.name, bridge): title for node in lab.nodes.values()
            for bridge, title in node.titled_bridges.items()}


def called(lab: Lab, node: str, bridge: str) -> str:
    """`br-358d65ef3b14 (app)`: an interface with the Docker network beside its name, where it is one's bridge."""
    host = lab.nodes.get(node)
    title = host.titled_bridges.get(bridge, "") if host is not None else ""
    return f"{bridge} ({title})" if title not in ("", bridge, node) else bridge


class Namer:
    """Names of a lab's addresses, looked up once; make a new one after the lab has changed."""

    def __init__(self, lab: Lab) -> None:
        self._by_mac: dict[int, str] = {BROADCAST_MAC: EVERYONE}
        self._by_address: dict[int, str] = {LIMITED_BROADCAST: EVERYONE}
        self.in_lab(lab)
        for interface in lab.interfaces():
            if interface.is_loopback:
                continue
            name = interface.namespace.name
            self._by_mac.setdefault(interface.mac, name)
            for own in interface.addresses:
                self._by_address.setdefault(own.local, name)
                if own.network.length < 31:
                    self._by_address.setdefault(own.network.broadcast, EVERYONE)

    def in_lab(self, lab: Lab) -> Namer:
        """The same in a copy of the lab: one that was left forgets who had which address when."""
        self._history = lab.name_history
        self._history.read(lab.trace)
        return self

    def of_bridge(self, number: int, at: int) -> tuple[str, str]:
        """(its name, the switch that it is all of or the Docker network that a person made) when a record was made.

        Both are empty where nobody knows; the second is for a bridge that has no other name.
        """
        found = self._history.bridges.of(number, at)
        return (found.name, found.title) if found is not None else ("", "")

    def __call__(self, number: int, at: int | None = None) -> str:
        """The name of a MAC or an IPv4 address; a MAC that looks like an address is none of a lab's.

        Args:
            at: the sequence number of the record that it is about; None for now.
        """
        return self.of_mac(number, at) if number >> 32 else self.of_address(number, at)

    def of_mac(self, mac: int, at: int | None = None) -> str:
        name = self._past(mac, at, self._by_mac)
        if name:
            return name
        return "group" if mac & MAC_GROUP_BIT else format_mac(mac)

    def of_address(self, address: int, at: int | None = None) -> str:
        return self._past(address, at, self._by_address) or format_ipv4(address)

    def _past(self, number: int, at: int | None, present: dict[int, str]) -> str | None:
        at = NOW if at is None else at
        names, is_broadcast = self._history.names(number, at), self._history.is_broadcast(number, at)
        if is_broadcast and not names:
            return EVERYONE
        return present.get(number) if names is None and is_broadcast is None else BETWEEN.join(names or ())
