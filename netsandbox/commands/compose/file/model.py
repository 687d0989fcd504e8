"""What a Compose file says, as values (the Compose Specification)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from netsandbox.docker.health import HealthCheck

STARTED, IS_HEALTHY, COMPLETED = "service_started", "service_healthy", "service_completed_successfully"
"""How a service can be wanted by one that depends on it."""


BIND, VOLUME, TMPFS = "bind", "volume", "tmpfs"


class Mounting(NamedTuple):
    """One mount of a service."""

    kind: str  # bind, volume or tmpfs
    source: str  # a path, a volume by the name that the file has, or empty
    target: str
    read_only: bool = False
    label: str = ""  # SELinux's letter
    spread: str = ""  # how what is mounted below it is seen elsewhere
    keeps_empty: bool = False  # a volume gets nothing of what the image has there (nocopy)
    options: tuple[str, ...] = ()  # what only --mount says
    makes_path: bool = True  # a folder that is not there is made
    sections: tuple[str, ...] = ()  # the kinds that it says something of


class Attachment(NamedTuple):
    """A service's place on a network."""

    aliases: tuple[str, ...] = ()
    # address, address_6, mac, local: what it has of addresses; local ones of its link
    address: str = ""
    address_6: str = ""
    mac: str = ""
    local: tuple[str, ...] = ()
    interface: str = ""  # what it is called in the container
    options: tuple[str, ...] = ()
    # the network with the highest one is connected first; gw_priority decides about the default route
    priority: int = 0
    gw_priority: int = 0


class BuildSpec(NamedTuple):
    """How a service's image is built."""

    context: str  # the folder's path
    flags: tuple[str, ...]  # what `docker build` is told besides
    line: int  # where the file says so


class Service(NamedTuple):
    """One service."""

    name: str
    line: int
    image: str = ""
    build: BuildSpec | None = None
    flags: tuple[str, ...] = ()  # what `docker create` is told, word for word, of what needs no second look
    # command, entrypoint: the words that replace the image's; None for the image's own
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    container_name: str = ""
    network_mode: str = ""  # host, none, service:NAME, container:NAME, or empty
    networks: Mapping[str, Attachment] = {}  # by the names that the file has
    links: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()  # the services whose namespaces it uses
    needs: tuple[str, ...] = ()  # the services that are started before
    conditions: Mapping[str, str] = {}  # how they are to be then, where that is said
    optional: tuple[str, ...] = ()  # those of them that may be off
    restarts_with: tuple[str, ...] = ()  # those of them whose restart is its own, too
    health_check: HealthCheck | None = None
    mounts: tuple[Mounting, ...] = ()
    volumes_from: tuple[str, ...] = ()  # SERVICE or container:NAME of each whose volumes it uses
    pid: str = ""  # whose PID namespace is its own (pid)
    label_files: tuple[str, ...] = ()  # the paths of the files of its labels
    file_labels: tuple[str, ...] = ()  # NAME=value out of these, once they are read
    # the paths of the files of its variables, and whether each has to be there
    env_files: tuple[tuple[str, bool], ...] = ()
    files: tuple[tuple[str, str], ...] = ()  # (configs or secrets, name) of each that it has
    variables: tuple[str, ...] = ()  # NAME=value out of these files, once they are read
    scale: int = 1
    profiles: tuple[str, ...] = ()


class NetworkSpec(NamedTuple):
    """One network of the file; `name` is what Docker calls it, and `pools` are the configurations of its ipam."""

    key: str
    name: str
    external: bool = False
    flags: tuple[str, ...] = ()
    pools: tuple[Mapping[str, str], ...] = ()


class VolumeSpec(NamedTuple):
    """One volume of the file; `name` is what Docker calls it."""

    key: str
    name: str
    external: bool = False
    driver: str = ""
    labels: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


class Project(NamedTuple):
    """A Compose file, read."""

    name: str
    path: str
    services: Mapping[str, Service]
    networks: Mapping[str, NetworkSpec]
    volumes: Mapping[str, VolumeSpec] = {}
    notes: tuple[tuple[int, str], ...] = ()  # (line, key) of what the sandbox does not model
    overrides: tuple[str, ...] = ()  # the paths of further files that it was read with
    text: str = ""  # the file's
    folder: str = ""  # what its paths are relative to

    def container_name(self, service: Service, number: int) -> str:
        return service.container_name or f"{self.name}-{service.name}-{number}"

    def only(self, wanted: list[str]) -> Project:
        """Without the services that these do not need, and without what only those use."""
        services = {service.name: service for service in self.in_order(wanted)}
        networks = {key for service in services.values() for key in service.networks}
        volumes = {mount.source for service in services.values() for mount in service.mounts if mount.kind == VOLUME}
        return self._replace(
            services={name: service for name, service in self.services.items() if name in services},
            networks={key: spec for key, spec in self.networks.items() if key in networks},
            volumes={key: spec for key, spec in self.volumes.items() if key in volumes})

    def layers(self, names: Iterable[str], *, backwards: bool = False) -> list[list[str]]:
        """The services of these names: each behind what it needs, or backwards before it; a layer goes at once."""
        left = [name for name in self.services if name in set(names)]
        waits = {name: {other for other in left if (name in self.services[other].needs if backwards else
                                                    other in self.services[name].needs)} for name in left}
        layers: list[list[str]] = []
        while left:
            layers.append([name for name in left if not waits[name] & {*left}] or left)
            left = [name for name in left if name not in layers[-1]]
        return layers

    def with_dependents(self, wanted: list[str]) -> list[str]:
        """The services that are wanted, and those that restart with them (WithSelectedServices, IncludeDependents)."""
        found = list(wanted)
        for name in found:  # grows as it goes
            found += [other for other, service in self.services.items()
                      if name in service.restarts_with and other not in found]
        return found

    def in_order(self, wanted: list[str]) -> list[Service]:
        """The services that are wanted, and what they need, each behind what it needs."""
        found: dict[str, Service] = {}
        waiting = [(name, False) for name in reversed(wanted)]
        while waiting:
            name, is_ready = waiting.pop()
            if name in found:
                continue
            service = self.services[name]
            if is_ready:
                found[name] = service
                continue
            waiting.append((name, True))
            waiting += [(other, False) for other in reversed(service.needs) if other not in found]
        return list(found.values())
