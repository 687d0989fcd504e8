"""How Compose makes networks and containers: the words that `docker network create` and `docker create` are given."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from posixpath import dirname
from typing import TYPE_CHECKING

from netsandbox.commands.compose.found import LABEL, containers_of, number_of, warn
from netsandbox.commands.compose.model import STARTED, Attachment, NetworkSpec, Project, Service
from netsandbox.commands.compose.options import RELEASE
from netsandbox.commands.docker import network as networks
from netsandbox.commands.docker.flags import parse
from netsandbox.commands.docker.run import CREATE, make
from netsandbox.commands.docker.words import named_values
from netsandbox.docker import containers, volumes
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.links import Link
from netsandbox.engine.budget import Use, spend

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.commands.docker.flags import Command, Parsed
    from netsandbox.docker.container import Container
    from netsandbox.docker.user_networks import NetworkPlan


def say(client: Client, kind: str, name: str, state: str, gap: str = "  ") -> None:
    """` Container demo-web-1  Started`, as Compose tells of what it does where there is no terminal to draw on."""
    client.complain(f" {kind} {name}{gap}{state}")


def understood(client: Client, command: Command, words: list[str]) -> Parsed:
    """Words as one of the client's commands reads them.

    Raises:
        DockerError: it refuses them.
    """
    parsed = parse(command, words, client.engine.profile)
    assert parsed is not None, "nobody asked for help"
    return parsed


def make_networks(client: Client, project: Project, services: list[Service]) -> None:
    """Those that the services are on and that are not there yet.

    Raises:
        DockerError: an external one is missing, or one cannot be made.
    """
    wanted = dict.fromkeys(key for service in services for key in service.networks)
    for key in wanted:
        spec = project.networks[key]
        if spec.name in client.engine.networks:
            continue
        if spec.external:
            raise DockerError(f"network {spec.name} declared as external, but could not be found")
        say(client, "Network", spec.name, "Creating")
        try:
            client.engine.create_network(_plan(client, project, spec))
        except DockerError as error:
            say(client, "Network", spec.name, "Error")
            raise DockerError(f"failed to create network {spec.name}: {error}") from None
        say(client, "Network", spec.name, "Created")


def make_volumes(client: Client, project: Project, services: list[Service]) -> None:
    """Those that the services mount and that are not there yet.

    Raises:
        DockerError: an external one is missing.
    """
    for spec in project.only([service.name for service in services]).volumes.values():
        if spec.name in client.engine.volumes:
            continue
        if spec.external:
            raise DockerError(f'external volume "{spec.name}" not found')
        say(client, "Volume", spec.name, "Creating")
        labels = named_values(spec.labels)
        own = {f"{LABEL}project": project.name, f"{LABEL}volume": spec.key}
        volumes.make(client.engine, spec.name, dict(sorted((labels | own).items())))
        say(client, "Volume", spec.name, "Created")


def _plan(client: Client, project: Project, spec: NetworkSpec) -> NetworkPlan:
    labels = [word for key, value in (("network", spec.key), ("project", project.name))
              for word in ("--label", f"{LABEL}{key}={value}")]
    return networks.planned(client, understood(client, networks.CREATE, [*spec.flags, *labels, spec.name]))


def fingerprint(service: Service) -> str:
    """Changes when the service does, so that its containers are made anew."""
    return sha256(repr(service._replace(line=0, scale=0)).encode()).hexdigest()


def make_containers(client: Client, project: Project, service: Service, count: int) -> list[Container]:
    """The service's containers, made where they are missing or were made from another description.

    Raises:
        DockerError: one cannot be made.
    """
    found = {number_of(container): container for container in containers_of(client, project, service.name)}
    for number, container in found.items():
        if number > count:
            _remove(client, container)
    return [_container(client, project, service, number, found.get(number)) for number in range(1, count + 1)]


def _container(client: Client, project: Project, service: Service, number: int, old: Container | None) -> Container:
    name, mark = project.container_name(service, number), fingerprint(service)
    image = client.engine.images.find(service.image)
    is_same = service.build is None or image is None or (old is not None and old.image.identity == image.identity)
    if old is not None and is_same and old.labels.get(f"{LABEL}config-hash") == mark:
        if old.is_running:
            say(client, "Container", old.name, "Running")
        return old
    if old is not None:
        say(client, "Container", old.name, "Recreate")
        containers.remove(client.engine, old, force=True)
        container = _make(client, project, service, number, mark)
        say(client, "Container", name, "Recreated")
        return container
    spend(Use.COMMANDS)
    say(client, "Container", name, "Creating")
    container = _make(client, project, service, number, mark)
    say(client, "Container", name, "Created")
    return container


def _remove(client: Client, container: Container) -> None:
    for state in ("Stopping", "Stopped", "Removing"):
        say(client, "Container", container.name, state)
    containers.remove(client.engine, container, force=True)
    say(client, "Container", container.name, "Removed")


def tell_orphans(client: Client, project: Project, *, removes: bool) -> None:
    """Of the project's containers whose services the file does not have (any more)."""
    orphans = [one for one in containers_of(client, project) if one.labels[f"{LABEL}service"] not in project.services]
    for container in orphans if removes else ():
        _remove(client, container)
    if orphans and not removes:
        names = " ".join(container.name for container in orphans)
        warn(client, f"Found orphan containers ([{names}]) for this project. If you removed or renamed this service in "
             "your compose file, you can run this command with the --remove-orphans flag to clean it up.")


def _make(client: Client, project: Project, service: Service, number: int, mark: str) -> Container:
    return make_one(client, project, service, project.container_name(service, number), {
        "service": service.name, "container-number": str(number), "oneoff": "False", "config-hash": mark})


def make_one(client: Client, project: Project, service: Service, name: str,
             own: dict[str, str] | None = None) -> Container:
    """A container of a service.

    Args:
        own: labels of one that belongs to the service; without any it is one for a single command.

    Raises:
        DockerError: it cannot be made.
    """
    needs = ",".join(f"{other}:{service.conditions.get(other, STARTED)}:{str(other in service.restarts_with).lower()}"
                     for other in service.needs)
    labels = {"project": project.name, **(own or {"oneoff": "True"}),
              "project.config_files": ",".join((project.path, *project.overrides)),
              "project.working_dir": dirname(project.path), "version": RELEASE.removeprefix("v"), "depends_on": needs}
    words = ["--name", name, *(word for text in service.variables for word in ("-e", text)), *service.flags,
             *_network_words(client, project, service, name),
             *(word for key, value in labels.items() for word in ("--label", f"{LABEL}{key}={value}"))]
    command = list(service.command or ())
    try:
        container = make(client, understood(client, CREATE, [*words, service.image, *command]))
    except DockerError as error:
        raise DockerError(str(error), 1, note=error.note) from None
    container.links = tuple(_links(client, project, service))
    entrypoint = container.config.entrypoint if service.entrypoint is None else list(service.entrypoint)
    container.config = container.config._replace(entrypoint=entrypoint, is_detached=True,
                                                 health_check=service.health_check)
    return container


def _links(client: Client, project: Project, service: Service) -> Iterator[Link]:
    for text in service.links:
        other, _colon, alias = text.partition(":")
        for container in containers_of(client, project, other)[:1]:
            yield Link(container.identity, alias or other, container.name)


def _network_words(client: Client, project: Project, service: Service, name: str) -> list[str]:
    mode = service.network_mode
    if mode.startswith("service:"):
        other = containers_of(client, project, mode.removeprefix("service:"))
        if not other:
            raise daemon_error(f"No such container: {mode.removeprefix('service:')}")
        return ["--network", f"container:{other[0].name}"]
    if mode:
        return ["--network", mode]
    ordered = sorted(service.networks.items(), key=lambda item: (-item[1].priority, item[0]))
    return [word for key, attachment in ordered
            for word in ("--network", _attached(project.networks[key].name, name, service.name, attachment))]


def _attached(network: str, container: str, service: str, attachment: Attachment) -> str:
    """The long form of --network; a service is known by its container's name, its own, and its aliases."""
    fields = [f"name={network}", *(f"alias={alias}" for alias in (container, service, *attachment.aliases))]
    fields += [f"ip={attachment.address}"] if attachment.address else []
    fields += [f"mac-address={attachment.mac}"] if attachment.mac else []
    fields += [f"gw-priority={attachment.gw_priority}"] if attachment.gw_priority else []
    return ",".join(fields)
