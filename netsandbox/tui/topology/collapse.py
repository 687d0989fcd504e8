"""Fold the items that do not fit into `+N` chips, one for each set of nets that they hang on."""

from __future__ import annotations

from collections.abc import Callable, Collection

from netsandbox.tui.i18n import tr, widest
from netsandbox.tui.text import cell_len
from netsandbox.tui.topology.model import Item, Place, Port, Scope, Wire, places
from netsandbox.tui.topology.parts import Options, Shape
from netsandbox.tui.topology.shapes import conditions, name_width

_Signature = tuple[int, ...]
"""The nets that an item hangs on, by their index; items that differ in it are not folded together."""


class Fold:
    """One scope, ready to be folded to several widths."""

    def __init__(self, scope: Scope, measured: Callable[[Item], Shape], options: Options) -> None:
        self.scope = scope
        self._measured = measured
        self._widths: list[int] = []
        self.signatures = [_signature(item, scope) for item in scope.items]
        self.sizes: dict[_Signature, int] = {}
        for signature in self.signatures:
            if signature is not None:
                self.sizes[signature] = self.sizes.get(signature, 0) + 1
        hosts = any(item.inner is not None for item in scope.items)
        self._suffix = widest("group.hosts") + 2 if hosts else 1
        self._margin = name_width(scope.nets) + 2 * min(3, sum(len(net.exits) + len(net.joins) for net in scope.nets))
        said = max((cell_len(conditions(net, options)) for net in scope.nets), default=0)
        self._margin += said + 2 if said else 0

    def fold(self, width: int, lines: int, keep: Collection[Place]) -> Scope:
        """The scope with so many items as fit in `lines` rows of `width` columns, and groups for the others (keep:
        places that stay, with the host that they are in)."""
        room = (width - self._margin - 2) * lines
        if len(self.scope.items) < 2 or self._all_fit(width - self._margin):
            return self.scope
        room -= max(self._widths) * (lines - 1) if lines > 1 else 0
        room -= sum(2 + len(str(size)) + self._suffix for size in self.sizes.values() if size > 1)
        shown, hidden = self._choose(room, keep)
        last = {signature: at for at, signature in enumerate(self.signatures)}
        items: list[Item] = []
        for at, (item, signature) in enumerate(zip(self.scope.items, self.signatures, strict=True)):
            if at in shown:
                items.append(item)
            if signature is not None and last[signature] == at and hidden.get(signature):
                items.append(_group(hidden[signature], signature))
        return Scope(items, self.scope.nets)

    def _width(self, at: int) -> int:
        """The columns of item `at`; measured only when asked for, as most are hidden."""
        while len(self._widths) <= at:
            item = self.scope.items[len(self._widths)]
            self._widths.append(self._measured(item).width + (item.inner is not None))
        return self._widths[at]

    def _all_fit(self, room: int) -> bool:
        for at in range(len(self.scope.items)):
            room -= self._width(at)
            if room < 0:
                return False
        return True

    def _choose(self, room: int, keep: Collection[Place]) -> tuple[set[int], dict[_Signature, list[Item]]]:
        """The items that are shown, and the others by their nets."""
        must = {at for at, item in enumerate(self.scope.items) if self._alone(at) or (keep and _kept(item, keep))}
        room -= sum(map(self._width, must))
        shown, hidden = set(must), dict[_Signature, list[Item]]()
        for at, signature in enumerate(self.signatures):
            if at in must or signature is None:
                continue
            if signature not in hidden and room >= self._width(at):
                shown.add(at)
                room -= self._width(at)
            else:
                hidden.setdefault(signature, []).append(self.scope.items[at])
        return shown, hidden

    def _alone(self, at: int) -> bool:
        """True for an item that no other is like, or that has a link of its own kind."""
        signature = self.signatures[at]
        return signature is None or self.sizes[signature] == 1


def _kept(item: Item, keep: Collection[Place]) -> bool:
    return item.place in keep or (item.inner is not None and any(place in keep for place in _all_places(item)))


def _all_places(item: Item) -> tuple[Place, ...]:
    """An item and all that is inside it, the members of its groups too."""
    if item.inner is None:
        return item.members or (item.place,)
    found = [item.place]
    for place, part in places(item.inner).items():
        found.extend(part.members if isinstance(part, Item) and part.members else [place])
    return tuple(found)


def _signature(item: Item, scope: Scope) -> _Signature | None:
    """The nets that an item hangs on; None when one of its links is not simply to a bus."""
    nets = [port.net for port in item.ports]
    known = tuple(sorted(net for net in nets if net is not None))
    if len(known) < len(nets) or any(scope.nets[net].kind in ("lane", "stub") for net in known):
        return None
    return known


def _group(items: list[Item], signature: _Signature) -> Item:
    """The chip that stands for some items."""
    ports: list[Port] = []
    for net in dict.fromkeys(signature):
        wires: list[Wire] = []
        states: set[str] = set()
        for item in items:
            for port in item.ports:
                if port.net == net:
                    wires.extend(port.wires)
                    states.add(port.state)
        ports.append(Port(tuple(wires), "", "", states.pop() if len(states) == 1 else "", net))
    members = tuple(place for item in items for place in _all_places(item))
    hosts = all(item.kind == "host" for item in items)
    name = f"+{len(items)} {tr('group.hosts')}" if hosts else f"+{len(items)}"
    return Item(Place("", f"group {items[0].place.node}"), name, "group", ports=ports, members=members)
