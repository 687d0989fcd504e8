"""What is copied with a lab, and what is shared: see engine.snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.collector import leave
from netsandbox.engine.snapshot import Rules, Snapshot

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


def left(made: list[object]) -> None:
    """Nobody will stand in a lab again that was made of these objects."""
    web = {kind for kind in set(map(type, made)) if f"{kind.__module__}.".startswith(WEB)}
    leave([thing for thing in made if type(thing) in web])


def copied(lab: Lab) -> Lab:
    """A lab as another is now, with a trace of its own from here on.

    Raises:
        CopyError: something in it cannot be copied.
    """
    trace = lab.trace.branch()
    snapshot = Snapshot(lab, RULES, (lab.trace, lab.trace.record))
    copy: Lab = snapshot.restore((trace, trace.record))
    return copy
