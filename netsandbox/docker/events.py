"""What the Docker engine does, as events."""

from __future__ import annotations

from typing import NamedTuple


class ContainerStarted(NamedTuple):
    host: str
    container: str
    image: str
    network: str
    address: int  # 0 where the container has no address of its own
    mac: int


class ContainerExited(NamedTuple):
    host: str
    container: str
    code: int


class DaemonStarted(NamedTuple):
    """dockerd runs again; its very first start is part of its host."""

    host: str


class DaemonStopped(NamedTuple):
    host: str


class DaemonFailed(NamedTuple):
    """dockerd could not start."""

    host: str


class ContainerPaused(NamedTuple):
    """Its programs stand still; its network stack does not."""

    host: str
    container: str


class ContainerUnpaused(NamedTuple):
    host: str
    container: str


class AddressAnnounced(NamedTuple):
    """An unsolicited ARP request of Docker's, so that old neighbour entries learn the new MAC."""

    container: str
    address: int
    mac: int
    number: int


class AddressReleased(NamedTuple):
    host: str
    container: str
    address: int


class NetworkCreated(NamedTuple):
    host: str
    network: str
    subnet: str
    bridge: str
    is_internal: bool = False


class PublishRefused(NamedTuple):
    """`-p`: the host's port is another container's already."""

    host: str
    container: str
    port: int
    protocol: str
    holder: str


class PoolRefused(NamedTuple):
    """`docker network create` without a subnet: each of the predefined ones overlaps with something."""

    host: str
    networks: int


class SubnetRefused(NamedTuple):
    """`docker network create --subnet`: another network's overlaps."""

    host: str
    subnet: str
    network: str


class NetworkRemoved(NamedTuple):
    host: str
    network: str


class NetworkConnected(NamedTuple):
    """`docker network connect`; address, MAC and interface only of a container that runs."""

    host: str
    network: str
    container: str
    interface: str
    address: int
    mac: int


class NetworkDisconnected(NamedTuple):
    host: str
    network: str
    container: str


class ContainerRenamed(NamedTuple):
    """`docker rename`, or what is left of a container's namespace goes on under its heir's name."""

    host: str
    container: str
    name: str
