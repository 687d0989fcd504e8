"""What is copied with a lab, and what is shared: see engine.snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from netsandbox.apps.program import Task
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.network import DockerNetwork
from netsandbox.engine.collector import Left, leave, only_looked_into
from netsandbox.engine.fields import Fields
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.snapshot import ATOMS, METHOD, OBJECT, OTHER, TUPLE, Rules, Snapshot
from netsandbox.engine.timers import Timers
from netsandbox.lab.nodes import Node
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.fdb import ForwardingDatabase
from netsandbox.linux.bridge.flood import Floods
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.table import NeighbourTable
from netsandbox.linux.core.socket import Socket, SocketTable

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab

RULES = Rules(
    objects=tuple(f"netsandbox.{room}." for room in ("engine", "linux", "apps", "docker", "lab", "shell", "commands")),
    values=("netsandbox.wire.", "netsandbox.linux.place.", "netsandbox.linux.drop.", "netsandbox.linux.events.",
            "netsandbox.linux.bridge.roll.Backwards.",
            "netsandbox.linux.tcp.events.", "netsandbox.linux.ipv4.route_value.",
            "netsandbox.linux.core.neighbours.nud.", "netsandbox.linux.core.sysctl.interface_conf.",
            "netsandbox.docker.images.Image.",
            "netsandbox.linux.netfilter.head.AddressIs.", "netsandbox.linux.netfilter.head.InterfaceIs.",
            "netsandbox.linux.netfilter.head.ProtocolIs.", "netsandbox.linux.netfilter.targets.basic.",
            "netsandbox.docker.container.LogLine.", "netsandbox.apps.tcpdump.pcap_filter.Filter.",
            "netsandbox.apps.capture_file.CaptureText.", "netsandbox.commands.late.",
            "netsandbox.commands.verb.", "netsandbox.shell.tree."),
    strangers=("netsandbox.session.", "netsandbox.lab.first_need.", "netsandbox.linux.netfilter.megaflow."))
"""A session's own things, and a line's, are not the lab's: a copy is without them. What was learned is learned anew."""

WEB = tuple(f"netsandbox.{room}." for room in ("linux", "docker", "apps", "lab", "engine.scheduler", "engine.timers"))
"""The rooms whose objects refer to each other all around, with the trace; others may be asked how a line ended."""

HUBS = tuple(f"netsandbox.{place}." for place in (
    "lab.lab.Lab", "lab.nodes", "engine.scheduler", "engine.timers", "linux.core.namespace.NetworkNamespace",
    "linux.core.neighbours.entry", "linux.core.neighbours.table", "linux.core.neighbours.gc", "linux.core.socket",
    "linux.bridge", "linux.drivers.hub", "linux.tcp", "linux.core.queueing.tbf", "linux.ipv4.htb", "linux.ipv4.prio",
    "apps.stream", "apps.query", "apps.resolver", "apps.socat.socat", "apps.socat.ends", "docker.container",
    "docker.engine", "docker.network"))


GATES: dict[type, tuple[str, ...] | None] = {
    NetworkNamespace: ("interfaces", "raw_sockets", "rare", "_sockets", "_igmp", "_fragments"),
    Interface: ("neighbours", "rare", "port"), SocketTable: ("_by_port", "connections", "sockets"),
    NeighbourTable: ("_collector",), Container: ("namespace", "networks", "program", "rare"), Timers: ("lines",),
    **dict.fromkeys((Bridge, Floods, ForwardingDatabase, Node, Scheduler, DockerEngine, DockerNetwork))}
"""What stands in a copy is seldom changed: only what goes on is, and that waits for a time, a neighbour, a socket, or a
container's end.  These are the fields through which all of that is found: see engine.collector."""


def is_hub(kind: type) -> bool:
    """Whether circles go through its instances, all of which are of one lab: none is a default that all labs have."""
    return issubclass(kind, Task | Interface | Socket) or (
        RULES.sort_of(kind) == OBJECT and f"{kind.__module__}.{kind.__name__}.".startswith(HUBS))


def _cleared(thing: object) -> None:
    kind: type = type(thing)
    Fields.of(kind).clear([thing])


class _Ways(dict[type, Callable[[Any], None] | None]):
    """How what was made in a lab since it was copied forgets what it refers to: see engine.collector."""

    def __missing__(self, kind: type) -> Callable[[Any], None] | None:
        found = self[kind] = self._way(kind)
        return found

    @staticmethod
    def _way(kind: type) -> Callable[[Any], None] | None:
        sort = RULES.sort_of(kind)
        if issubclass(kind, Task):
            return _cleared
        if sort == OBJECT and f"{kind.__module__}.{kind.__name__}.".startswith(WEB):
            return _cleared if is_hub(kind) else only_looked_into
        if sort == OBJECT:  # a line, which may be asked how it ended
            in_shell = kind.__module__.startswith("netsandbox.shell.")
            return getattr(kind, "let_go", _cleared if in_shell else None)
        return only_looked_into if sort in (METHOD, TUPLE) or (sort == OTHER and kind not in ATOMS) else None


class _Gates(dict[type, tuple[str, ...] | None]):
    """The fields by class, those of the classes that it is made from included."""

    def __missing__(self, kind: type) -> tuple[str, ...] | None:
        found = [GATES[base] for base in kind.__mro__ if base in GATES]
        self[kind] = None if None in found else tuple(field for fields in found for field in fields or ())
        return self[kind]


WAYS, GATES_BY_CLASS = _Ways(), _Gates()


def left(lab: Lab, made: Iterable[list[Any]], shell: object, lines: Iterable[object] = ()) -> None:
    """Nobody will stand in that lab again.

    Args:
        made: what a copy has made of it, if it is one, class by class.
        shell: the one that stands in it, and no other will ask.
        lines: those that were typed there (commands.job).
    """
    own, others = [[shell]], [lab, *lines]
    for alike in made:
        if f"{type(alike[0]).__module__}.".startswith(WEB):
            own.append(alike)
        elif hasattr(type(alike[0]), "let_go"):
            others += alike
    leave(Left(lab.trace, own, others, WAYS, GATES_BY_CLASS))


def left_out(part: list[object], lab: Lab) -> None:
    """Something is no more in a lab that goes on, nothing of which refers to it."""
    around = lab, lab.scheduler, lab.chance, lab.trace, lab.trace.record
    Left(None, [], part, WAYS, GATES_BY_CLASS, around).go_at_once()


def copied(lab: Lab) -> Lab:
    """A lab as another is now, with a trace of its own from here on (CopyError: something in it cannot be copied)."""
    trace = lab.trace.branch()
    snapshot = Snapshot(lab, RULES, (lab.trace, lab.trace.record))
    copy: Lab = snapshot.restore((trace, trace.record))
    return copy
