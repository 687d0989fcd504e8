"""How Compose makes networks and containers: the words that `docker network create` and `docker create` are given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import pairwise
from posixpath import normpath
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.compose.found import LABEL, containers_of, number_of, orphans_of, warn
from netsandbox.commands.compose.model import STARTED, Attachment, NetworkSpec, Project, Service
from netsandbox.commands.compose.mounting import as_told
from netsandbox.commands.compose.options import RELEASE
from netsandbox.commands.compose.pools import check_pools, in_the_engine_s_words
from netsandbox.commands.compose.wishes import DIVERGED, NEVER, Wish
from netsandbox.commands.docker import network as networks
from netsandbox.commands.docker.flags import parse
from netsandbox.commands.docker.run import CREATE, make
from netsandbox.commands.docker.template_values import to_json
from netsandbox.commands.docker.volume_options import check_driver, check_options
from netsandbox.commands.docker.words import named_values
from netsandbox.docker import containers, volumes
from netsandbox.docker.errors import DAEMON, DockerError
from netsandbox.docker.links import Link
from netsandbox.docker.network import IFNAME
from netsandbox.engine.budget import Use, spend

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.commands.docker.flags import Command, Parsed
    from netsandbox.docker.container import Container
    from netsandbox.docker.user_networks import NetworkPlan


class Planned(NamedTuple):
    """A container of a service: the one that there is, and whether it is made (anew)."""

    wish: Wish
    number: int
    old: Container | None
    is_new: bool


NO_ALIASES = "network-scoped aliases are only supported for user-defined networks"
BAD_ARGUMENT = re.compile(r'invalid argument ".*" for "[^"]*" flag: ([^\n]*)(?s:\n.*)?')
BAD_MAC = re.compile(r"(.*) is not a valid mac address")
BAD_MODE = re.compile(r"(--\w+): (invalid \w+ mode)", re.ASCII)


def say(client: Client, kind: str, name: str, state: str, gap: str = "  ") -> None:
    """` Container demo-web-1  Started`, as Compose tells of what it does where there is no terminal to draw on."""
    if client.progress == "json":
        client.complain(to_json({"id": f"{kind} {name}", "status": state}))
    elif client.progress != "quiet":
        client.complain(f" {'DRY-RUN MODE -  ' if client.is_dry else ''}{kind} {name}{gap}{state}")


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
            if not spec.external:
                _check_labels(client, project, spec, client.engine.networks[spec.name].labels)
            continue
        if spec.external:
            raise DockerError(f"network {spec.name} declared as external, but could not be found")
        say(client, "Network", spec.name, "Creating")
        try:
            plan = _plan(client, project, spec)
            if not client.is_dry:
                client.engine.create_network(plan)
        except DockerError as error:
            say(client, "Network", spec.name, "Error")
            raise DockerError(f"failed to create network {spec.name}: {in_the_engine_s_words(error)}") from None
        say(client, "Network", spec.name, "Created")


def _check_labels(client: Client, project: Project, spec: NetworkSpec, labels: Mapping[str, str]) -> None:
    """Raises DockerError: one of this name is there that Compose has not made, or for another."""
    owner, key = labels.get(f"{LABEL}project"), labels.get(f"{LABEL}network", "")
    if owner != project.name:
        whose = "by compose" if owner is None else f'for project \\"{project.name}\\"'
        warn(client, f"a network with name {spec.name} exists but was not created {whose}.\\nSet `external: true` to "
             "use an existing network")
    if key != spec.key:
        raise DockerError(f'network {spec.name} was found but has incorrect label {LABEL}network set to "{key}" '
                          f'(expected: "{spec.key}")')


def make_volumes(client: Client, project: Project, services: list[Service]) -> None:
    """Those that the services mount and that are not there yet.

    Raises:
        DockerError: an external one is missing, or one has a driver that is not there.
    """
    for spec in project.only([service.name for service in services]).volumes.values():
        there = client.engine.volumes.get(spec.name)
        if there is not None:
            owner = there.labels.get(f"{LABEL}project")
            if not spec.external and owner != project.name:
                whose = "not created by Docker Compose" if owner is None else (
                    f'created for project \\"{owner}\\" (expected \\"{project.name}\\")')
                warn(client, f'volume \\"{spec.name}\\" already exists but was {whose}. Use `external: true` to use an '
                     "existing volume")
            continue
        if spec.external:
            raise DockerError(f'external volume "{spec.name}" not found')
        say(client, "Volume", spec.name, "Creating")
        options = named_values(spec.options)
        try:
            check_driver(spec.name, spec.driver)
            check_options(spec.name, options)
        except DockerError:
            say(client, "Volume", spec.name, "Error")
            raise
        own = _own_labels(project, "volume", spec.key, repr(spec))
        if not client.is_dry:
            volumes.make(client.engine, spec.name, dict(sorted((named_values(spec.labels) | own).items())), options)
        say(client, "Volume", spec.name, "Created")


def make_surroundings(client: Client, project: Project, services: list[Service], *, removes: bool = False) -> None:
    """Networks and volumes; orphans are told of, or removed.

    Raises:
        DockerError: an external one is missing, or one cannot be made.
    """
    make_networks(client, project, services)
    make_volumes(client, project, services)
    tell_orphans(client, project, removes=removes)


def _own_labels(project: Project, kind: str, key: str, text: str) -> dict[str, str]:
    """Of a network or a volume."""
    return {f"{LABEL}config-hash": sha256(text.encode()).hexdigest(), f"{LABEL}{kind}": key,
            f"{LABEL}project": project.name, f"{LABEL}version": RELEASE.removeprefix("v")}


def _plan(client: Client, project: Project, spec: NetworkSpec) -> NetworkPlan:
    own = _own_labels(project, "network", spec.key, repr(spec))
    labels = [word for key, value in own.items() for word in ("--label", f"{key}={value}")]
    check_pools(spec.pools)
    plan = networks.planned(client, understood(client, networks.CREATE, [*spec.flags, *labels, spec.name]))
    return plan._replace(ipam_options=None)


def fingerprint(service: Service) -> str:
    """Changes when the service does, so that its containers are made anew (ServiceHash)."""
    of_its_own = service._replace(line=0, scale=0, needs=(), conditions={}, optional=(), restarts_with=(), profiles=(),
                                  build=None)
    return sha256(repr(of_its_own).encode()).hexdigest()


def make_containers(client: Client, project: Project, wishes: list[Wish]) -> list[tuple[Service, list[Container]]]:
    """The services' containers, made where they are missing or were made from another description: those of services
    that do not need each other at once.

    Raises:
        DockerError: one cannot be made.
    """
    made: dict[str, list[Container]] = {}
    by_name = {wish.service.name: wish for wish in wishes}
    for layer in project.layers(by_name):
        made |= _make_layer(client, project, [by_name[name] for name in layer])
    return [(wish.service, made[wish.service.name]) for wish in wishes]


def _make_layer(client: Client, project: Project, wishes: list[Wish]) -> dict[str, list[Container]]:
    made: dict[str, list[Container]] = {wish.service.name: [] for wish in wishes}
    for wish in wishes:
        _shared_words(client, project, wish.service)
    for wish, number, old, is_new in planned(client, project, wishes):
        container = _made(client, project, wish.service, number, old) if is_new else old
        assert container is not None
        made[wish.service.name].append(container)
    return made


def planned(client: Client, project: Project, wishes: list[Wish]) -> list[Planned]:
    """What is to become of services that do not need each other, told; those that are too many are removed.

    Raises:
        DockerError: several containers would have one name.
    """
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
    if old is not None:
        containers.remove(client.engine, old, force=True)
    spend(Use.COMMANDS)
    try:
        container = _make(client, project, service, number, fingerprint(service))
    except DockerError as error:
        say(client, "Container", name, str(error))
        raise
    say(client, "Container", name, "Created" if old is None else "Recreated")
    return container


def remove_one(client: Client, container: Container) -> None:
    """As Compose tells of it."""
    for state in ("Stopping", "Stopped", "Removing"):
        say(client, "Container", container.name, state)
    if not client.is_dry:
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


def _make(client: Client, project: Project, service: Service, number: int, mark: str) -> Container:
    return make_one(client, project, service, project.container_name(service, number), {
        "service": service.name, "container-number": str(number), "oneoff": "False", "config-hash": mark})


def make_one(client: Client, project: Project, service: Service, name: str,
             own: dict[str, str], *, with_aliases: bool = True) -> Container:
    """A container of a service.

    Args:
        own: labels of one that belongs to the service, or of one for a single command.
        with_aliases: it is known by its service's name and aliases, and not by its own name alone.

    Raises:
        DockerError: it cannot be made.
    """
    labels = _labels(client, project, service, own)
    words = ["--name", name, *(word for text in service.variables for word in ("-e", text)),
             *(word for text in service.file_labels for word in ("--label", text)), *service.flags,
             *_shared_words(client, project, service), *_network_words(client, project, service, name, with_aliases),
             *(word for key, value in labels.items() for word in ("--label", f"{LABEL}{key}={value}"))]
    command = list(service.command or ())
    for mount in service.mounts:
        for section in (section for section in mount.sections if section != mount.kind):
            warn(client, f"mount of type `{mount.kind}` should not define `{section}` option")
    client.service = service.name
    try:
        container = make(client, understood(client, CREATE, [*words, service.image, *command]))
    except DockerError as error:
        raise DockerError(_in_the_engine_s_words(str(error), words), 1, note=error.note) from None
    told = {normpath(mount.target): mount for mount in service.mounts}
    container.mounts = tuple(as_told(mount, told.get(mount.target)) for mount in container.mounts)
    container.links = tuple(_links(client, project, service))
    entrypoint = container.config.entrypoint if service.entrypoint is None else list(service.entrypoint)
    container.config = container.config._replace(entrypoint=entrypoint, attached=("stdout", "stderr"),
                                                 health_check=service.health_check)
    return container


def _labels(client: Client, project: Project, service: Service, own: dict[str, str]) -> dict[str, str]:
    """Those that Compose gives, without their common beginning."""
    needs = ",".join(f"{other}:{service.conditions.get(other, STARTED)}:{str(other in service.restarts_with).lower()}"
                     for other in service.needs)
    image = client.engine.images.find(service.image)
    return {"project": project.name, **own, **({"image": f"sha256:{image.identity}"} if image is not None else {}),
            "project.config_files": ",".join((project.path, *project.overrides)),
            "project.working_dir": project.folder, "version": RELEASE.removeprefix("v"), "depends_on": needs}


def _in_the_engine_s_words(text: str, words: list[str]) -> str:
    """What docker's client says of a flag, and here the Engine says of what it is told."""
    mode, argument, mac = (pattern.fullmatch(text) for pattern in (BAD_MODE, BAD_ARGUMENT, BAD_MAC))
    networks = [word for before, word in pairwise(words) if before == "--network"]
    network = networks[0].partition(",")[0].removeprefix("name=") if networks else ""
    if mode is not None:
        return f"{DAEMON}{mode[2]}: {words[words.index(mode[1]) + 1]}"
    if argument is not None:
        return f"{DAEMON}{argument[1]}"
    if mac is not None:
        return f"{DAEMON}invalid config for network {network}: invalid MAC address {mac[1]}"
    if text == NO_ALIASES:
        return (f"{DAEMON}invalid config for network {network}: invalid endpoint settings:\nnetwork-scoped alias is "
                "supported only for containers in user defined networks")
    return text.replace("Invalid --security-opt:", "invalid security-opt:")


def _links(client: Client, project: Project, service: Service) -> Iterator[Link]:
    for text in service.links:
        other, _colon, alias = text.partition(":")
        for container in containers_of(client, project, other):
            for each in (alias or other, container.name.removeprefix(f"{project.name}-"), container.name):
                yield Link(container.identity, each, container.name)


def _shared(client: Client, project: Project, service: str, what: str) -> str:
    """The id of a service's first container.

    Raises:
        DockerError: there is none.
    """
    found = containers_of(client, project, service)
    if not found:
        raise DockerError(f"cannot share {what} with service {service}: container missing")
    return found[0].identity


def _shared_words(client: Client, project: Project, service: Service) -> list[str]:
    """Whose network, volumes and processes it uses; Compose drops how volumes are used (resolveVolumeFrom)."""
    mode = service.network_mode
    if mode.startswith("service:"):
        mode = f"container:{_shared(client, project, mode.removeprefix('service:'), 'network namespace')}"
    words = ["--network", mode] if mode else []
    for text in service.volumes_from:
        kind, _colon, name = text.partition(":")
        words += ["--volumes-from", name.partition(":")[0] if kind == "container" else
                  _shared(client, project, kind, "volume")]
    owner = service.pid.removeprefix("service:")
    if owner != service.pid:
        return [*words, "--pid", f"container:{_shared(client, project, owner, 'PID namespace')}"]
    return [*words, "--pid", owner] if owner else words


def _network_words(client: Client, project: Project, service: Service, name: str, with_aliases: bool) -> list[str]:
    ordered = sorted(service.networks.items(), key=lambda item: (-item[1].priority, item[0]))
    for key, attachment in ordered:
        if attachment.interface and any(text.startswith(f"{IFNAME}=") for text in attachment.options):
            warn(client, f"ignoring services.{service.name}.networks.{key}.interface_name as {IFNAME} driver_opts is "
                 "already declared")
    return [word for key, attachment in ordered
            for word in ("--network", _attached(project.networks[key].name, [name, *(
                (service.name, *attachment.aliases) if with_aliases else ())], attachment))]


def _attached(network: str, aliases: list[str], attachment: Attachment) -> str:
    """The long form of --network; of two names of the interface the later one counts, as with Compose."""
    fields = [f"name={network}", *(f"alias={alias}" for alias in aliases)]
    fields += [f"ip={attachment.address}"] if attachment.address else []
    fields += [f"ip6={attachment.address_6}"] if attachment.address_6 else []
    fields += [f"link-local-ip={text}" for text in attachment.local]
    fields += [f"mac-address={attachment.mac}"] if attachment.mac else []
    fields += [f"driver-opt={text}" for text in attachment.options]
    fields += [f"driver-opt={IFNAME}={attachment.interface}"] if attachment.interface else []
    fields += [f"gw-priority={attachment.gw_priority}"] if attachment.gw_priority else []
    return ",".join(fields)
