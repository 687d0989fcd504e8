"""How a lab's bridges were called when, as the trace tells: so a past frame's place stays."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from netsandbox.docker.events import NetworkCreated
from netsandbox.lab.events import NodeAdded
from netsandbox.lab.nodes import OWN_NAME
from netsandbox.linux.events import LinkChanged

SWITCHES = ("switch", "bridge")  # Kinds of nodes that are a bridge and nothing else


class BridgeName(NamedTuple):
    """What a bridge was called from a record on."""

    seq: int
    namespace: str
    name: str
    title: str  # the switch that it is all of, or the Docker network that a person made; empty for any other


class BridgeNames:
    """The names of each bridge, by its number in the lab."""

    def __init__(self) -> None:
        self._called: dict[int, list[BridgeName]] = {}
        self._networks: dict[tuple[str, str], str] = {}  # Those of Docker by namespace and bridge

    def of(self, bridge: int, seq: int) -> BridgeName | None:
        """How one was called when a record was made; None if that is not known."""
        called = self._called.get(bridge, ())
        place = bisect_right(called, seq, key=_since)
        return called[place - 1] if place else None

    def note(self, seq: int, event: LinkChanged) -> None:
        """A bridge has come, or is called by another name."""
        place = event.interface
        called = self._called.setdefault(place.id, [])
        title = called[-1].title if called else self._networks.get((place.namespace, place.name), "")
        self._call(called, BridgeName(seq, place.namespace, place.name, title))

    def entitle(self, seq: int, event: NetworkCreated | NodeAdded) -> None:
        """A person made a bridge by another name."""
        if isinstance(event, NetworkCreated):
            if not event.bridge.startswith(OWN_NAME):
                return
            self._networks[event.host, event.bridge] = title = event.network
            wanted = event.host, event.bridge
        elif event.kind in SWITCHES:
            wanted, title = (event.name, ""), event.name
        else:
            return
        for called in reversed(self._called.values()):  # it is the newest, or nearly
            last = called[-1]
            if last.namespace == wanted[0] and wanted[1] in ("", last.name):
                self._call(called, last._replace(seq=seq, title=title))
                return

    @staticmethod
    def _call(called: list[BridgeName], name: BridgeName) -> None:
        if not called or called[-1][1:] != name[1:]:
            called.append(name)

    def until(self, end: int) -> BridgeNames:
        """What was noted of the records before one."""
        early = BridgeNames()
        early._networks = dict(self._networks)
        for bridge, called in self._called.items():
            kept = called[:bisect_right(called, end - 1, key=_since)]
            if kept:
                early._called[bridge] = kept
        return early


def _since(name: BridgeName) -> int:
    return name.seq
