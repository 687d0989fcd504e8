"""What a project's containers need around them: networks and volumes, which Compose makes where they are missing."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from netsandbox.commands.compose.file.model import NetworkSpec, Project, Service, VolumeSpec
from netsandbox.commands.compose.file.pools import check_pools, in_the_engine_s_words
from netsandbox.commands.compose.making.containers import tell_orphans
from netsandbox.commands.compose.options import RELEASE
from netsandbox.commands.compose.progress import say, warn
from netsandbox.commands.compose.project import LABEL
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import understood
from netsandbox.commands.docker.networks import network as networks
from netsandbox.commands.docker.printing.words import named_values
from netsandbox.commands.docker.volumes.options import check_driver, check_options
from netsandbox.docker import volumes
from netsandbox.docker.errors import DockerError
from netsandbox.docker.user_networks import NetworkPlan
from netsandbox.docker.volumes import Volume
from netsandbox.engine.octets import to_bytes


def make_networks(client: Client, project: Project, services: list[Service]) -> None:
    """Those that the services are on and that are not there yet (DockerError: an external one is missing, or one cannot
    be made)."""
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
    """Those that the services mount and that are not there yet (DockerError: an external one is missing, or one has a
    driver that is not there)."""
    for spec in project.only([service.name for service in services]).volumes.values():
        there = client.engine.volumes.get(spec.name)
        if there is not None:
            _check_owner(client, project, spec, there)
        elif spec.external:
            raise DockerError(f'external volume "{spec.name}" not found')
        else:
            _make_volume(client, project, spec)


def _check_owner(client: Client, project: Project, spec: VolumeSpec, there: Volume) -> None:
    """Of a volume that is there; where it is not the project's, Compose warns and takes it."""
    owner = there.labels.get(f"{LABEL}project")
    if not spec.external and owner != project.name:
        whose = "not created by Docker Compose" if owner is None else (
            f'created for project \\"{owner}\\" (expected \\"{project.name}\\")')
        warn(client, f'volume \\"{spec.name}\\" already exists but was {whose}. Use `external: true` to use an '
             "existing volume")


def _make_volume(client: Client, project: Project, spec: VolumeSpec) -> None:
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
    """Networks and volumes; orphans are told of, or removed (DockerError: an external one is missing, or one cannot be
    made)."""
    make_networks(client, project, services)
    make_volumes(client, project, services)
    tell_orphans(client, project, removes=removes)


def _own_labels(project: Project, kind: str, key: str, text: str) -> dict[str, str]:
    """Of a network or a volume."""
    return {f"{LABEL}config-hash": sha256(to_bytes(text)).hexdigest(), f"{LABEL}{kind}": key,
            f"{LABEL}project": project.name, f"{LABEL}version": RELEASE.removeprefix("v")}


def _plan(client: Client, project: Project, spec: NetworkSpec) -> NetworkPlan:
    own = _own_labels(project, "network", spec.key, repr(spec))
    labels = [word for key, value in own.items() for word in ("--label", f"{key}={value}")]
    check_pools(spec.pools)
    plan = networks.planned(client, understood(client, networks.CREATE, [*spec.flags, *labels, spec.name]))
    return plan._replace(ipam_options=None)
