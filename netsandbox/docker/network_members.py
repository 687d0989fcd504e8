"""Who is on a network: docker network connect and disconnect."""

from __future__ import annotations

from netsandbox.docker import history, name_server, ports
from netsandbox.docker.config_network import NO_ENDPOINT, ConfigNetwork
from netsandbox.docker.container import Container, Wish
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.events import NetworkConnected, NetworkDisconnected
from netsandbox.docker.network import BridgeNetwork, DockerNetwork
from netsandbox.docker.sandbox import NOT_BESIDE, choose_gateway, gateway_of, note_joined

NOT_TO_HOST = "cannot connect container to host network - container must be created in host network mode"
OLD_NOT_TO_HOST = "container cannot be disconnected from host network or connected to host network"


def connect(engine: DockerEngine, network: DockerNetwork, container: Container, wish: Wish) -> None:
    """`docker network connect`: at once if the container runs, else when it starts (DockerError: the modes do not go
    together, or the network refuses)."""
    if container.is_running or not container.joined:
        _check_modes(network, container)
    if network.name == "none":
        container.is_private = True
        return
    network = _joinable(engine, network, container)
    network.check(wish)
    before, gateway = container.networks, gateway_of(container)
    container.networks = {**before, network.name: wish}
    if container.namespace is None or not container.is_running:
        engine.namespace.record(NetworkConnected(engine.namespace.name, network.name, container.name, "", 0, 0))
        return
    try:
        endpoint = network.attach(container, container.namespace, wish)
    except Exception:
        container.networks = before
        raise
    note_joined(container, network, wish)
    engine.namespace.record(NetworkConnected(engine.namespace.name, network.name, container.name, endpoint.inside.name,
                                             endpoint.address, endpoint.mac))
    history.of_network(engine, network, "connect", container)
    choose_gateway(container)
    name_server.serve(engine, container)
    ports.follow_gateway(engine, container, gateway)


def note(container: Container, name: str, wish: Wish) -> None:
    """The same of one that does not run, to a network that there is none of yet: it is looked for at the start."""
    container.networks = {**container.networks, name: wish}


def _joinable(engine: DockerEngine, network: DockerNetwork, container: Container) -> BridgeNetwork:
    """Raises DockerError: nobody can be on it, or the container is already."""
    if isinstance(network, ConfigNetwork):
        raise daemon_error(NO_ENDPOINT)
    if not isinstance(network, BridgeNetwork):
        raise daemon_error(NOT_TO_HOST if engine.profile.since(28) else OLD_NOT_TO_HOST)
    if network.name in container.endpoints:
        raise daemon_error(f"endpoint with name {container.name} already exists in network {network.name}")
    return network


def _check_modes(network: DockerNetwork, container: Container) -> None:
    if network.name == "host" and container.mode == "host":
        raise daemon_error(f"endpoint with name {container.name} already exists in network host")
    if container.joined or container.mode == "host":
        raise daemon_error(NOT_BESIDE["host"])
    if container.is_private or (network.name == "none" and container.networks):
        raise daemon_error(NOT_BESIDE["none"])


def disconnect(engine: DockerEngine, network: DockerNetwork, container: Container) -> None:
    """`docker network disconnect` (DockerError: it is not connected)."""
    if network.name == "host" and container.mode == "host" and container.is_running:
        raise daemon_error("cannot disconnect container from host network - container was created in host network mode"
                           if engine.profile.since(28) else OLD_NOT_TO_HOST)
    if network.name == "none" and container.is_private:
        container.is_private = False
        engine.namespace.record(NetworkDisconnected(engine.namespace.name, network.name, container.name))
        return
    if network.name not in container.networks:
        raise _not_connected(container, network.name, is_running=container.is_running)
    gateway = gateway_of(container)
    container.networks = {name: wish for name, wish in container.networks.items() if name != network.name}
    engine.namespace.record(NetworkDisconnected(engine.namespace.name, network.name, container.name))
    if isinstance(network, BridgeNetwork):
        network.detach(container)
    history.of_network(engine, network, "disconnect", container)
    choose_gateway(container)
    ports.follow_gateway(engine, container, gateway)


def forget(container: Container, name: str) -> None:
    """`docker network disconnect` of one that does not run, or by force: from a network that may be gone (DockerError:
    it is not connected)."""
    if name not in container.networks:
        raise _not_connected(container, name, is_running=False)
    container.networks = {key: wish for key, wish in container.networks.items() if key != name}


def _not_connected(container: Container, name: str, *, is_running: bool) -> DockerError:
    the = "" if is_running else "the "
    return daemon_error(f"container {container.identity} is not connected to {the}network {name}")
