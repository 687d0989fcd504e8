"""A container's network stack, which Docker calls its sandbox: whose namespace it is, its endpoints, its gateway."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from netsandbox.docker import history
from netsandbox.docker.config_network import NO_ENDPOINT, ConfigNetwork
from netsandbox.docker.container import Container, Endpoint, Wish
from netsandbox.docker.errors import DAEMON, NOT_CREATED, DockerError, daemon_error
from netsandbox.docker.events import ContainerRenamed
from netsandbox.docker.network import DEFAULT_BRIDGE, BridgeNetwork
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import FIRST_INODE, NetworkNamespace
from netsandbox.linux.core.sysctl.table import SysctlError
from netsandbox.linux.netlink import route as routes
from netsandbox.linux.netlink.credentials import ROOT, acting_with
from netsandbox.linux.netlink.route import RouteRequest
from netsandbox.linux.stack import create_namespace
from netsandbox.linux.tcp.connection import Connection
from netsandbox.wire.addresses import Network

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine

FAILED = "failed to set up container networking"
NOT_BESIDE = {
    "host": "container sharing network namespace with another container or host cannot be connected to any other "
            "network",
    "none": "container cannot be connected to multiple networks with one of the networks in private (none) mode"}
"""Why there can be no network beside one of these."""
CONTAINER_INODES = 352  # From here on they are counted by PID, as each start has a new one
DEFAULT_ROUTE = Network(0, 0)
MAX_HOSTNAME = 64
UNPRIVILEGED = (("net.ipv4.ping_group_range", "0\t2147483647"), ("net.ipv4.ip_unprivileged_port_start", 0))
"""What a namespace of Docker's own has, so that programs without rights may ping and have any port."""


def namespace_for(engine: DockerEngine, container: Container) -> NetworkNamespace:
    """The host's, another container's, or a new one (DockerError: the other container is not there, or does not
    run)."""
    if container.mode == "host":
        return engine.namespace
    if not container.joined:
        return _new_namespace(engine, container)
    try:
        other = engine.find(container.owner_identity or container.joined)
    except DockerError:
        before = "joining network namespace of container: " if engine.profile.since(28) else ""
        raise daemon_error(f"{before}No such container: {container.owner_identity or container.joined}") from None
    if other is container:
        raise daemon_error("cannot join own network" + " namespace" * engine.profile.since(28))
    if other.namespace is None or not other.is_running:
        raise daemon_error("cannot join network namespace of a non running container: container "
                           f"{other.name} is {other.state}" if engine.profile.since(28) else
                           f"cannot join network of a non running container: {other.identity}")
    return other.namespace


def _new_namespace(engine: DockerEngine, container: Container) -> NetworkNamespace:
    namespace = create_namespace(container.name, engine.scheduler, engine.chance)
    namespace.inode = FIRST_INODE + CONTAINER_INODES + container.pid
    namespace.kernel = engine.namespace.kernel
    namespace.inherit_settings(engine.namespace)
    namespace.neighbours.is_classic = engine.namespace.neighbours.is_classic
    return namespace


def attach_all(engine: DockerEngine, container: Container, namespace: NetworkNamespace) -> None:
    """Give the container an endpoint on each of its networks, and a default route.

    Raises:
        DockerError: a network is not there or refuses; some endpoints may have been made.
    """
    container.prefixes = ()
    if container.joined and not engine.profile.since(28):
        return
    before = f"{FAILED}: " if engine.profile.since(28) else ""
    refusal = _refusal_of_mode(engine, container) or (_refusal_of_modes(container) if engine.profile.since(28) else "")
    if refusal:
        raise daemon_error(before + refusal)
    for name, wish in _in_order(engine, container):
        if name in NOT_BESIDE:
            continue
        network = _network(engine, name, wish, before)
        if network is None:
            continue  # the default one is switched off, and its containers have no network
        try:
            network.check(wish)
            network.attach(container, namespace, wish)
            note_joined(container, network, wish)
            history.of_network(engine, network, "connect", container)
        except DockerError as error:
            reason = str(error).removeprefix(DAEMON)
            raise daemon_error(before + reason) from None
    note_without_endpoint(engine, container, "connect")
    choose_gateway(container)


def _network(engine: DockerEngine, name: str, wish: Wish, before: str) -> BridgeNetwork | None:
    """The one that is meant, which may be another one of that name by now; None where it may be missing."""
    network = engine.networks.get(name)
    if network is None and name == DEFAULT_BRIDGE and engine.default is None:
        return None
    if isinstance(network, ConfigNetwork):
        raise daemon_error(before + NO_ENDPOINT)
    if not isinstance(network, BridgeNetwork) or wish.joined not in ("", network.identity):
        raise daemon_error(f"{before}network {wish.joined or name} not found")
    return network


def note_joined(container: Container, network: BridgeNetwork, wish: Wish) -> None:
    """It belongs to this network from now on; only the default bridge is a new one at each start of dockerd."""
    if not network.is_default and wish.joined != network.identity:
        container.networks = {**container.networks, network.name: wish._replace(joined=network.identity)}


def _refusal_of_modes(container: Container) -> str:
    """Why two of its networks do not go together, or empty: a bridge beside the host's is refused by its route."""
    if container.joined:
        return NOT_BESIDE["host"] if container.networks else ""
    if container.mode == "host" and "none" not in container.networks:
        return ""
    return next((why for name, why in NOT_BESIDE.items() if name in container.networks), "")


def _refusal_of_mode(engine: DockerEngine, container: Container) -> str:
    """Why the network that `--network` named is none, where the container has left it; or empty."""
    mode = container.mode
    if mode in (DEFAULT_BRIDGE, "host", *container.networks) or container.joined or mode in engine.networks:
        return ""
    return f"could not find a network matching network mode {mode}: network {mode} not found"


def _in_order(engine: DockerEngine, container: Container) -> list[tuple[str, Wish]]:
    """The networks as they are joined; releases before 28 number the interfaces by their names, internal ones last
    (epHeap).
    """
    if engine.profile.since(28):
        return list(container.networks.items())
    internal = {name for name, network in engine.networks.items() if network.internal}
    return sorted(container.networks.items(), key=lambda item: (item[0] in internal, item[0]))


def apply_settings(engine: DockerEngine, container: Container, namespace: NetworkNamespace) -> None:
    """--hostname, and --sysctl of those that a namespace has (DockerError: the kernel takes no such name, has no such
    setting, or not that value)."""
    if len(container.config.hostname) > MAX_HOSTNAME:
        raise daemon_error(f"{NOT_CREATED}: sethostname: invalid argument")
    if not container.joined and container.mode != "host":
        namespace.sysctls.begin_with(UNPRIVILEGED)
    for key, value in container.host_config.sysctls if not container.joined else ():
        if not key.startswith("net."):
            continue
        if container.mode == "host":  # runc itself refuses it, from 26 on
            raise daemon_error(f"{NOT_CREATED.rpartition(': unable')[0]}: sysctl \"{key}\" not allowed in host network "
                               "namespace")
        try:
            namespace.set_sysctl(key.replace(".", "/"), value)
        except SysctlError:
            raise _not_set(namespace, key, value, engine.profile.since(28)) from None


def _not_set(namespace: NetworkNamespace, key: str, value: str, is_new: bool) -> DockerError:
    """What runc says, of a newer release or an older one, of a setting that is not there or takes no such value."""
    path = f"{'fsmount:fscontext:proc/.' if is_new else '/proc'}/sys/{key.replace('.', '/')}"
    if key in list(namespace.sysctls.keys()):
        before = f'failed to write sysctl {key} = "{value}": ' if is_new else ""
        return daemon_error(f"{NOT_CREATED}: {before}write {path}: invalid argument", 125)
    before = f"open sysctl {key} file: unsafe procfs detected: openat2" if is_new else "open"
    return daemon_error(f"{NOT_CREATED}: {before} {path}: no such file or directory", 127)


def leave_networks(engine: DockerEngine, container: Container) -> None:
    for endpoint in list(container.endpoints.values()):
        endpoint.network.detach(container)
        history.of_network(engine, endpoint.network, "disconnect", container)
    note_without_endpoint(engine, container, "disconnect")


def note_without_endpoint(engine: DockerEngine, container: Container, action: str) -> None:
    """The networks host and none have members as well, though no endpoints."""
    if container.mode in ("host", "none") and container.mode in engine.networks:
        history.of_network(engine, engine.networks[container.mode], action, container)


def choose_gateway(container: Container) -> None:
    """Let the default route go over the network that is to give it; asked anew with each one that comes or goes."""
    namespace = container.namespace
    if namespace is None or not container.endpoints:
        return
    for route in [route for route in namespace.routes.all("main") if route.destination.length == 0]:
        with acting_with(ROOT):
            routes.remove(namespace, route)
    chosen = gateway_of(container)
    if chosen is not None:
        gateway = chosen.network.way_out(chosen.pool) if chosen.network.has_gateway_address else None
        request = RouteRequest(DEFAULT_ROUTE, gateway=gateway, interface=chosen.inside,
                               scope=None if gateway is not None else "link")
        with acting_with(ROOT), suppress(KernelError):  # a gateway that is not on the link gives no default route
            routes.put(namespace, request, "add")


def in_gateway_order(container: Container) -> list[Endpoint]:
    """Highest priority, not internal, then the smallest network name (libnetwork's Endpoint.Less)."""
    return sorted(container.endpoints.values(), key=lambda it: (
        -container.networks[it.network.name].priority, not it.network.gives_gateway, it.network.name))


def gateway_of(container: Container) -> Endpoint | None:
    return next((endpoint for endpoint in in_gateway_order(container) if endpoint.network.gives_gateway), None)


def says_goodbye(engine: DockerEngine, container: Container) -> bool:
    """Whether connections of a namespace that goes with its container have not come to their end."""
    namespace = container.namespace
    return namespace is not None and namespace is not engine.namespace and namespace.name == container.name and any(
        isinstance(connection, Connection) for connection in namespace.sockets.connections.values())


def pass_on_namespace(engine: DockerEngine, container: Container) -> None:
    """A namespace lives as long as a program is in it: a container that joined keeps it, without eth0. With it go the
    interfaces that a person has put there, but for a machine's own card, which goes back (default_device_exit_net).
    """
    namespace = container.namespace
    if namespace is None or namespace is engine.namespace or namespace.name != container.name:
        return
    heir = next((c for c in engine.containers.values() if c is not container and c.namespace is namespace), None)
    if heir is not None:
        namespace.record(ContainerRenamed(engine.namespace.name, container.name, heir.name))
        namespace.rename(heir.name)
        return
    for left in [one for one in namespace.interfaces.values() if not one.is_loopback]:
        if left.wire if left.peer is None else left.peer.namespace.kernel is not namespace.kernel:
            taken = left.name in engine.namespace.interfaces
            link.move(left, engine.namespace, engine.namespace.free_name("dev") if taken else left.name)
        elif namespace.interfaces.get(left.name) is left:
            link.delete(left)
