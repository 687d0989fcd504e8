"""What is copied with a lab, and what is shared: see engine.snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from netsandbox.apps.program import Task
from netsandbox.engine.collector import Left, leave, only_looked_into
from netsandbox.engine.fields import Fields
from netsandbox.engine.snapshot import ATOMS, METHOD, OBJECT, OTHER, TUPLE, Rules, Snapshot
from netsandbox.linux.core.interface import Interface

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab

RULES = Rules(
    objects=tuple(f"netsandbox.{room}." for room in ("engine", "linux", "apps", "docker", "lab", "shell", "commands")),
    values=("netsandbox.wire.", "netsandbox.linux.place.", "netsandbox.linux.drop.", "netsandbox.linux.events.",
            "netsandbox.linux.tcp.events.", "netsandbox.linux.ipv4.route_value.", "netsandbox.linux.core.nud.",
            "netsandbox.linux.core.sysctl.InterfaceConf.", "netsandbox.docker.images.Image.",
            "netsandbox.linux.netfilter.rule.AddressIs.", "netsandbox.linux.netfilter.rule.InterfaceIs.",
            "netsandbox.linux.netfilter.rule.ProtocolIs.", "netsandbox.linux.netfilter.targets_basic.",
            "netsandbox.docker.container.LogLine.", "netsandbox.apps.pcap_filter.Filter.",
            "netsandbox.apps.capture_file.CaptureText.", "netsandbox.commands.late.",
            "netsandbox.commands.verb.", "netsandbox.shell.tree."),
    strangers=("netsandbox.session.", "netsandbox.lab.first_need.", "netsandbox.linux.netfilter.megaflow."))
"""A session's own things, and a line's, are not the lab's: a copy is without them. What was learned is learned anew."""

WEB = tuple(f"netsandbox.{room}." for room in ("linux", "docker", "apps", "lab", "engine.scheduler"))
"""The rooms whose objects refer to each other all around, with the trace; others may be asked how a line ended."""

HUBS = tuple(f"netsandbox.{place}." for place in (
    "lab.lab.Lab", "lab.nodes", "engine.scheduler", "linux.core.namespace.NetworkNamespace", "linux.core.neighbour",
    "linux.core.neighbour_table", "linux.core.neighbour_gc", "linux.core.socket", "linux.bridge", "linux.drivers.hub",
    "linux.tcp", "apps.stream", "docker.container", "docker.engine", "docker.network"))


def is_hub(kind: type) -> bool:
    """Whether circles go through its instances, all of which are of one lab: none is a default that all labs have."""
    return issubclass(kind, Task | Interface) or (
        RULES.sort_of(kind) == OBJECT and f"{kind.__module__}.{kind.__name__}.".startswith(HUBS))


class _Ways(dict[type, Callable[[Any], None] | None]):
    """How what was made in a lab since it was copied forgets what it refers to: see engine.collector."""

    def __missing__(self, kind: type) -> Callable[[Any], None] | None:
        found = self[kind] = self._way(kind)
        return found

    @staticmethod
    def _way(kind: type) -> Callable[[Any], None] | None:
        sort = RULES.sort_of(kind)
        if sort == OBJECT and f"{kind.__module__}.{kind.__name__}.".startswith(WEB):
            return Fields.of(kind).clear if is_hub(kind) else only_looked_into
        if sort == OBJECT:  # a line, which may be asked how it ended
            return getattr(kind, "let_go", None)
        return only_looked_into if sort in (METHOD, TUPLE) or (sort == OTHER and kind not in ATOMS) else None


WAYS = _Ways()


def left(lab: Lab, made: Iterable[object], shell: object, lines: Iterable[object] = ()) -> None:
    """Nobody will stand in that lab again.

    Args:
        made: what a copy has made of it, if it is one.
        shell: the one that stands in it, and no other will ask.
        lines: those that were typed there (commands.job).
    """
    web = {kind for kind in set(map(type, made)) if f"{kind.__module__}.".startswith(WEB)}
    own = [thing for thing in made if type(thing) in web]
    leave(Left(lab.trace, [*own, shell], [lab, *lines], WAYS))


def copied(lab: Lab) -> Lab:
    """A lab as another is now, with a trace of its own from here on.

    Raises:
        CopyError: something in it cannot be copied.
    """
    trace = lab.trace.branch()
    snapshot = Snapshot(lab, RULES, (lab.trace, lab.trace.record))
    copy: Lab = snapshot.restore((trace, trace.record))
    return copy
