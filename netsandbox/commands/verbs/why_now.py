"""What stands beside a story though no record tells of it: who has a port now, what is open, what parts two hosts."""

from __future__ import annotations

from typing import Any

from netsandbox.apps.events import NameUnknown
from netsandbox.explain.drops import cut_off
from netsandbox.explain.story import Story
from netsandbox.explain.voice import Names, Voice, safe
from netsandbox.lab import docker_rows, views
from netsandbox.lab.lab import Lab
from netsandbox.linux.core.neighbours.nud import NudState
from netsandbox.linux.core.neighbours.unanswered import whereabouts
from netsandbox.linux.drop import DropReason
from netsandbox.linux.event_subject import drop_of
from netsandbox.linux.events import BindRefused, NeighbourChanged, SocketBound, SocketClosed

WAITING = frozenset({"LISTEN", "UNCONN"})  # States of sockets that take what comes from anybody
ANY = frozenset({"0.0.0.0", "[::]"})


def with_what_is_now(lab: Lab, story: Story, names: Names) -> Story:
    """A story of a port with the containers that have it now, as two programs of one name are told apart by them; one
    of a port that nobody has with those that are open; one of a name that a container has, with the networks that keep
    it from whoever asked; one of a question that waits, with the macvlan that keeps it from whom it is for."""
    record = lab.trace.get(story.seq) if story.seq is not None else None
    said = _said(lab, record.event, Voice(story.language, names)) if record is not None else ""
    if said and record is not None and isinstance(record.event, NeighbourChanged):
        return story._replace(looked_at=(said, *story.looked_at))
    return story._replace(looked_at=(*story.looked_at, said)) if said else story


def _said(lab: Lab, event: Any, voice: Voice) -> str:
    if isinstance(event, NeighbourChanged):
        return _of_macvlan(lab, event, voice)
    if isinstance(event, NameUnknown):
        return _of_networks(lab, event, voice)
    if isinstance(event, SocketBound | BindRefused | SocketClosed):
        holders = _holders(lab, event.namespace, event.port)
        return voice.say("port.of", names=", ".join(holders)) if holders else ""
    verdict = drop_of(event)
    if verdict is None or verdict.reason is not DropReason.NO_SOCKET or len(verdict.operands) != 2:
        return ""
    place = getattr(event, "namespace", "") or event.interface.namespace
    return _of_open_ports(lab, place, str(verdict.operands[0]), voice)


def _of_macvlan(lab: Lab, event: NeighbourChanged, voice: Voice) -> str:
    """Why one who is asked for just now will never hear it: parent and children of a macvlan do not hear each other."""
    interface = next((one for one in lab.interfaces() if one.id == event.interface.id), None)
    entry = interface.neighbours.get(event.address) if interface is not None else None
    if event.new is not NudState.INCOMPLETE or entry is None or entry.state is not NudState.INCOMPLETE:
        return ""
    return cut_off(whereabouts(entry, None), voice)


def _of_networks(lab: Lab, event: NameUnknown, voice: Voice) -> str:
    name = event.name.rstrip(".")
    there = {container.name: container.network_names for _host, container in lab.containers()}
    asked = there.get(name) or sorted({row.network for owner in there for row in docker_rows.endpoints(lab, owner)
                                       if name in row.names})
    asking = there.get(event.namespace)
    if not asked or not asking or set(asked) & set(asking) - {"bridge"}:
        return ""
    return voice.say("name.elsewhere", name=event.name, ns=event.namespace, theirs=", ".join(asked),
                     own=", ".join(asking))


def _of_open_ports(lab: Lab, namespace: str, protocol: str, voice: Voice) -> str:
    place = _place(lab, namespace)
    if not place:
        return ""
    found: dict[tuple[int, str], str] = {}
    for row in views.sockets(lab, place):
        address, _colon, port = row.local.rpartition(":")
        if row.protocol == protocol and row.state in WAITING:
            found[int(port), "" if address in ANY else f"{address}:"] = safe(row.process)
    ports = [f"{address}{port} ({process})" for (port, address), process in sorted(found.items())]
    return voice.say("port.open" if ports else "port.none", ns=safe(place), protocol=protocol.upper(),
                     ports=voice.enumerate(ports))


def _place(lab: Lab, namespace: str) -> str:
    """What the namespace of a record is called now; empty for one that has gone."""
    return next((one.name for one in lab.namespaces() if namespace in (one.name, *one.former_names)), "")


def _holders(lab: Lab, node: str, port: int) -> list[str]:
    """The containers that have a port now: whose own program has it, and for which Docker holds it."""
    place = _place(lab, node)
    processes = {row.pid for row in views.sockets(lab, place) if row.local.endswith(f":{port}")} if place else set()
    return [container.name for host, container in lab.containers() if place and container.is_running and (
        container.pid in processes or (host.name == place and any(b.host_port == port for b in container.bindings)))]
