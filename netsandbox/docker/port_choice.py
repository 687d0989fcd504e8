"""Which port of the host's a published one gets: in the Engine's order, and none that another container has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.docker.config import Published
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DockerError
from netsandbox.docker.events import PublishRefused
from netsandbox.docker.sandbox import gateway_of

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.docker.ports import Binding

EVERYWHERE, EVERYWHERE_V6 = "0.0.0.0", "::"
Taken = dict[tuple[int, str], list[tuple[str, str]]]
"""By number and protocol the host's addresses at which containers have it, and their names."""


class Choice(NamedTuple):
    """Ports of one of the host's addresses out of which one is chosen; the Engine goes round in each (portRange)."""

    host: str
    protocol: str
    low: int
    high: int


def free(engine: DockerEngine, container: Container, wish: Published, hosts: list[str], taken: Taken) -> Iterator[int]:
    """The ports that no other container has, in the order in which they are tried (DockerError: it is the only one that
    will do, and another container has it)."""
    candidates, endpoint = _candidates(engine, wish, hosts), gateway_of(container)
    overlaps = engine.profile.since(28) and (endpoint is None or endpoint.network.settings.gateway_mode != "routed")
    for number in candidates:
        others = taken.get((number, wish.protocol), [])
        holder = next(filter(None, (_holder(engine, host, others, overlaps) for host in hosts)), None)
        if holder is None:
            yield number
        elif len(candidates) == 1:
            where, name = holder
            engine.namespace.record(PublishRefused(engine.namespace.name, container.name, number, wish.protocol, name))
            raise DockerError(f"Bind for {where}:{number} failed: port is already allocated")


def _candidates(engine: DockerEngine, wish: Published, hosts: list[str]) -> list[int]:
    """The host's ports that will do, in the order in which they are tried: round, from the one after the last."""
    choice = choice_of(engine, wish, hosts[0])
    usual = list(range(choice.low, choice.high + 1))
    last = engine.last_ports.get(choice, choice.high)
    after = last + 1 - choice.low if choice.low <= last <= choice.high else 0
    return usual[after:] + usual[:after]


def choice_of(engine: DockerEngine, wish: Published, host: str) -> Choice:
    """Out of which ports of an address one is chosen."""
    low, high = engine.namespace.sysctls.port_range
    if wish.first_host_port:
        low, high = wish.first_host_port, wish.last_host_port
    return Choice(host, wish.protocol, low, high)


def all_taken(engine: DockerEngine) -> Taken:
    """Which ports of the host's containers have."""
    taken: Taken = {}
    for container in engine.containers.values():
        note_taken(taken, container, container.bindings)
    return taken


def note_taken(taken: Taken, container: Container, bindings: Sequence[Binding]) -> None:
    for binding in bindings:
        taken.setdefault((binding.host_port, binding.protocol), []).append((binding.host, container.name))


def _holder(engine: DockerEngine, host: str, others: list[tuple[str, str]], overlaps: bool) -> tuple[str, str] | None:
    """The address at which another container has the port, and the container's name (overlaps: all addresses of the
    family are none to share with one of them)."""
    found = [(address, name) for address, name in others if (":" in address) == (":" in host) and (
        address == host or (overlaps and {EVERYWHERE, EVERYWHERE_V6} & {address, host}))]
    if len(found) <= 1:
        return found[0] if found else None
    order = [binding.host for container in engine.containers.values() for binding in container.bindings]
    return min(found, key=lambda holder: order.index(holder[0]))  # the address of which a port was taken first
