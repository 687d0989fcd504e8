"""The words that `docker create` is given for a container of a service, and what only Compose says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from posixpath import normpath

from netsandbox.commands.compose.file.model import STARTED, Attachment, Project, Service
from netsandbox.commands.compose.file.mounting import as_told
from netsandbox.commands.compose.options import RELEASE
from netsandbox.commands.compose.progress import warn
from netsandbox.commands.compose.project import LABEL, containers_of
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.csv_fields import csv_line
from netsandbox.commands.docker.client.flags import understood
from netsandbox.commands.docker.run.run import CREATE, make
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DAEMON, DockerError
from netsandbox.docker.links import Link
from netsandbox.docker.network import IFNAME

NO_ALIASES = "network-scoped aliases are only supported for user-defined networks"
BAD_ARGUMENT = re.compile(r'invalid argument ".*" for "[^"]*" flag: ([^\n]*)(?s:\n.*)?')
BAD_MAC = re.compile(r"(.*) is not a valid mac address")
BAD_MODE = re.compile(r"(--\w+): (invalid \w+ mode)", re.ASCII)


def make_one(client: Client, project: Project, service: Service, name: str,
             own: dict[str, str], *, with_aliases: bool = True, first_name: str = "") -> Container:
    """A container of a service.

    Args:
        own: labels of one that belongs to the service, or of one for a single command.
        with_aliases: it is known by its service's name and aliases, and not by its own name alone.
        first_name: what it is called until the one that it stands for is gone.

    Raises:
        DockerError: it cannot be made.
    """
    words = ["--name", first_name or name, *_words(client, project, service, name, own, with_aliases)]
    _warn_of_mounts(client, service)
    client.service = service.name
    try:
        container = make(client, understood(client, CREATE, [*words, service.image, *(service.command or ())]))
    except DockerError as error:
        raise DockerError(_in_the_engine_s_words(str(error), words), 1, note=error.note) from None
    told = {normpath(mount.target): mount for mount in service.mounts}
    container.mounts = tuple(as_told(mount, told.get(mount.target)) for mount in container.mounts)
    container.links = tuple(_links(client, project, service))
    entrypoint = container.config.entrypoint if service.entrypoint is None else list(service.entrypoint)
    container.config = container.config._replace(entrypoint=entrypoint, attached=("stdout", "stderr"),
                                                 health_check=service.health_check)
    return container


def _warn_of_mounts(client: Client, service: Service) -> None:
    for mount in service.mounts:
        for section in (section for section in mount.sections if section != mount.kind):
            warn(client, f"mount of type `{mount.kind}` should not define `{section}` option")


def _words(client: Client, project: Project, service: Service, name: str, own: dict[str, str],
           with_aliases: bool) -> list[str]:
    """All that stands before the image, but for the name."""
    labels = _labels(client, project, service, own)
    return [*(word for text in service.variables for word in ("-e", text)),
            *(word for text in service.file_labels for word in ("--label", text)), *service.flags,
            *shared_words(client, project, service), *_network_words(client, project, service, name, with_aliases),
            *(word for key, value in labels.items() for word in ("--label", f"{LABEL}{key}={value}"))]


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
    """The id of a service's first container (DockerError: there is none)."""
    found = containers_of(client, project, service)
    if not found:
        raise DockerError(f"cannot share {what} with service {service}: container missing")
    return found[0].identity


def shared_words(client: Client, project: Project, service: Service) -> list[str]:
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
    return csv_line(fields)
