"""How Compose makes containers: which of a service's there are to be, which stay, and which are made anew."""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from netsandbox.commands.compose.file.model import Project, Service
from netsandbox.commands.compose.making.service_words import make_one, shared_words
from netsandbox.commands.compose.making.wishes import DIVERGED, NEVER, Wish
from netsandbox.commands.compose.progress import say, warn
from netsandbox.commands.compose.project import LABEL, containers_of, number_of, orphans_of
from netsandbox.commands.docker.client.client import Client
from netsandbox.docker import containers, history
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DockerError
from netsandbox.docker.signals import SIGNALS
from netsandbox.engine.budget import Use, spend


class Planned(NamedTuple):
    """A container of a service: the one that there is, and whether it is made (anew)."""

    wish: Wish
    number: int
    old: Container | None
    is_new: bool


def fingerprint(service: Service) -> str:
    """Changes when the service does, so that its containers are made anew (ServiceHash)."""
    of_its_own = service._replace(line=0, scale=0, needs=(), conditions={}, optional=(), restarts_with=(), profiles=(),
                                  build=None)
    return sha256(repr(of_its_own).encode()).hexdigest()


def make_containers(client: Client, project: Project, wishes: list[Wish]) -> list[tuple[Service, list[Container]]]:
    """The services' containers, made where they are missing or were made from another description: those of services
    that do not need each other at once (DockerError: one cannot be made)."""
    made: dict[str, list[Container]] = {}
    by_name = {wish.service.name: wish for wish in wishes}
    for layer in project.layers(by_name):
        made |= _make_layer(client, project, [by_name[name] for name in layer])
    return [(wish.service, made[wish.service.name]) for wish in wishes]


def _make_layer(client: Client, project: Project, wishes: list[Wish]) -> dict[str, list[Container]]:
    made: dict[str, list[Container]] = {wish.service.name: [] for wish in wishes}
    for wish in wishes:
        shared_words(client, project, wish.service)
    for wish, number, old, is_new in planned(client, project, wishes):
        container = _made(client, project, wish.service, number, old) if is_new else old
        assert container is not None
        made[wish.service.name].append(container)
    return made


def planned(client: Client, project: Project, wishes: list[Wish]) -> list[Planned]:
    """What is to become of services that do not need each other, told; those that are too many are removed
    (DockerError: several containers would have one name)."""
    wanted: list[tuple[Wish, int, Container | None]] = []
    for wish in wishes:
        if wish.service.container_name and wish.replicas > 1:
            raise DockerError(f'WARNING: The "{wish.service.name}" service is using the custom container name '
                              f'"{wish.service.container_name}". Docker requires each container to have a unique name. '
                              "Remove the custom name to scale the service")
        found = {number_of(container): container for container in containers_of(client, project, wish.service.name)}
        extra = sorted((number for number in found), key=lambda number: number > wish.replicas)[wish.replicas:]
        for number in extra:
            remove_one(client, found.pop(number))
        free = [number for number in range(1, wish.replicas + 1) if number not in found][:wish.replicas - len(found)]
        wanted += [(wish, number, found.get(number)) for number in sorted((*found, *free))]
    rows = [Planned(wish, number, old, not _stays(client, wish, old)) for wish, number, old in wanted]
    for wish, number, old, is_new in rows:
        name = old.name if old is not None else project.container_name(wish.service, number)
        if is_new or (old is not None and old.is_running):
            say(client, "Container", name, "Running" if not is_new else "Recreate" if old is not None else "Creating")
    return rows


def _stays(client: Client, wish: Wish, old: Container | None) -> bool:
    """Whether a container is as its service is to be."""
    if old is None or wish.recreates != DIVERGED:
        return old is not None and wish.recreates == NEVER
    image = client.engine.images.find(wish.service.image)
    is_same = wish.service.build is None or image is None or old.image.identity == image.identity
    return is_same and old.labels.get(f"{LABEL}config-hash") == fingerprint(wish.service)


def _made(client: Client, project: Project, service: Service, number: int, old: Container | None) -> Container:
    name = project.container_name(service, number)
    spend(Use.COMMANDS)
    try:
        container = _make(client, project, service, number, old)
    except DockerError as error:
        say(client, "Container", name, str(error))
        raise
    if old is not None:
        _stop(client, old)
        containers.remove(client.engine, old, force=True)
        containers.rename(client.engine, container, name)
    say(client, "Container", name, "Created" if old is None else "Recreated")
    return container


def _stop(client: Client, container: Container) -> None:
    """At once: nobody waits here for a program that does not heed its signal."""
    client.engine.stop(container, -1)
    if container.is_running:
        history.of_container(client.engine, container, "kill", signal=SIGNALS["KILL"])
        client.engine.kill(container)


def remove_one(client: Client, container: Container) -> None:
    """As Compose tells of it."""
    for state in ("Stopping", "Stopped", "Removing"):
        say(client, "Container", container.name, state)
    if not client.is_dry:
        _stop(client, container)
        containers.remove(client.engine, container, force=True)
    say(client, "Container", container.name, "Removed")


def tell_orphans(client: Client, project: Project, *, removes: bool = False) -> None:
    """Of the project's containers whose services the file does not have (any more)."""
    orphans = orphans_of(client, project)
    for container in orphans if removes else ():
        remove_one(client, container)
    if orphans and not removes:
        names = " ".join(container.name for container in orphans)
        warn(client, f"Found orphan containers ([{names}]) for this project. If you removed or renamed this service in "
             "your compose file, you can run this command with the --remove-orphans flag to clean it up.")


def _make(client: Client, project: Project, service: Service, number: int, old: Container | None) -> Container:
    name = project.container_name(service, number)
    labels = {"service": service.name, "container-number": str(number), "oneoff": "False",
              "config-hash": fingerprint(service)}
    if old is None:
        return make_one(client, project, service, name, labels)
    labels["replace"] = service.container_name or f"{service.name}-{number}"
    return make_one(client, project, service, name, labels, first_name=f"{old.short_identity}_{name}")
