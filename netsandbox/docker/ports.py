"""Ports of the host that containers publish (-p): who has which, docker-proxy, which holds them, and their rules."""

from __future__ import annotations

from collections.abc import Set
from contextlib import suppress
from ipaddress import IPv6Address
from itertools import cycle, islice
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps import docker_proxy
from netsandbox.apps.held_port import HeldPort
from netsandbox.docker.config import Published
from netsandbox.docker.container import Container, Endpoint
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.port_choice import EVERYWHERE, EVERYWHERE_V6, Taken, all_taken, choice_of, free, note_taken
from netsandbox.docker.profiles import Profile
from netsandbox.docker.rules import PortRule
from netsandbox.docker.sandbox import gateway_of
from netsandbox.engine.budget import Use, spend
from netsandbox.linux.core.socket import ANY, Process, SocketError
from netsandbox.wire.addresses import format_ipv4, parse_ipv4

if TYPE_CHECKING:

    from netsandbox.docker.engine import DockerEngine

NO_PROTOCOL = "protocol not supported"
PROTOCOLS = {"tcp": 6, "udp": 17, "sctp": 132}
Proxy = docker_proxy.Proxy | HeldPort
CONTAINERD_PID, DOCKERD_PID = 587, 612
PORT_WORK = 100  # Pieces of work that a published port is: sockets of its docker-proxies, rules
ATTEMPTS = 10  # Ports of a range that are tried, round and round (maxAllocatePortAttempts)
REASONS = {"EADDRINUSE": "address already in use", "EADDRNOTAVAIL": "cannot assign requested address"}


class Binding(NamedTuple):
    """One port of the host's that leads to a container."""

    host: str  # the host's address, 0.0.0.0 or :: for all
    host_port: int
    port: int
    protocol: str
    # the docker-proxy that holds it, or dockerd where there is none; None for SCTP, and while dockerd is down
    proxy: Proxy | None


def publish(engine: DockerEngine, container: Container, before: str = "") -> None:
    """Take the host's ports that a container asks for.

    Args:
        before: what a refusal begins with.

    Raises:
        DockerError: a port is taken; those that were taken before it are still to be released.
        OverBudgetError: there are more of them than a line may ask for.
    """
    endpoint = gateway_of(container)
    if endpoint is None or not endpoint.network.is_filtered:
        return
    wishes = in_order(container.wanted_ports, engine.profile)
    taken = all_taken(engine) if wishes else {}
    spend(Use.WORK, PORT_WORK * len(wishes))
    try:
        for wish in wishes:
            _publish_one(engine, container, wish, taken)
        set_rules(engine, container)
    except DockerError as error:
        raise daemon_error(f"{before}driver failed programming external connectivity on endpoint {container.name} "
                           f"({endpoint.identity}): {error}") from None
    _forget_flows(engine, endpoint, {binding.host_port for binding in container.bindings if binding.protocol == "udp"})


def _forget_flows(engine: DockerEngine, endpoint: Endpoint, ports: Set[int] = frozenset()) -> None:
    """Connections that led elsewhere before an endpoint had its rules, or to one that is gone (clearConntrackEntries)
    (ports: the host's, of UDP)."""
    table = engine.namespace.netfilter.connections
    for connection in table.entries() if table is not None else ():
        flow, back = connection.original, connection.reply
        is_asked_for = flow.protocol == PROTOCOLS["udp"] and flow.dport in ports
        if table is not None and (is_asked_for or endpoint.address in (back.src, back.dst)):
            table.forget(connection, "deleted")


def are_known(container: Container) -> bool:
    """Whether the Engine tells of its ports: a bridge network leads out, and they could be had."""
    endpoint = gateway_of(container)
    is_lost = bool(container.wanted_ports) and not container.bindings
    return endpoint is not None and endpoint.network.is_filtered and not is_lost


def in_order(wishes: list[Published], profile: Profile) -> list[Published]:
    """The order in which ports are taken and get their rules: certain ones, then the container's lowest.

    Releases before 28 begin with the highest (nat.SortPortMap), and of one port of the container's with the last.
    """
    if not profile.since(28):
        highest: dict[tuple[int, str], int] = {}
        for it in wishes:
            highest[it.port, it.protocol] = max(it.first_host_port, highest.get((it.port, it.protocol), 0))
        backwards = list(reversed(wishes))
        return sorted(backwards, key=lambda it: (-highest[it.port, it.protocol], -it.port, it.protocol != "tcp"))
    return sorted(wishes, key=lambda it: (not it.is_certain, it.port, PROTOCOLS.get(it.protocol, 0),
                                          it.first_host_port))


def follow_gateway(engine: DockerEngine, container: Container, before: Endpoint | None) -> None:
    """The ports lead to the endpoint that gives the default route; where it is another one, they are taken anew.

    Args:
        before: the endpoint that gave it until now.

    Raises:
        DockerError: a port was taken meanwhile.
    """
    if gateway_of(container) is not before:
        release(engine, container, before)
        publish(engine, container)


def set_rules(engine: DockerEngine, container: Container) -> None:
    """The rules that lead from the host's ports to the endpoint that gives the default route; those before go."""
    engine.firewall.take_back(container.port_rules)
    endpoint = gateway_of(container)
    container.port_rules = ()
    if endpoint is None or not endpoint.network.is_filtered:
        return
    wanted = [PortRule(binding.host, binding.host_port, endpoint.address, binding.port, binding.protocol)
              for binding in container.bindings if ":" not in binding.host]
    for binding in container.bindings:
        if binding.proxy is not None:
            binding.proxy.target = (endpoint.address, binding.port)
    container.port_rules = tuple(engine.firewall.rules.ports(endpoint.network, wanted))
    engine.firewall.set(container.port_rules)


def release(engine: DockerEngine, container: Container, before: Endpoint | None = None) -> None:
    """Give all of a container's ports back (before: the endpoint that they led to, where it is not the one that gives
    the default route)."""
    engine.firewall.take_back(container.port_rules)
    container.port_rules = ()
    for binding in container.bindings:
        if binding.proxy is not None:
            binding.proxy.close()
    container.bindings = ()
    endpoint = before or gateway_of(container)
    if endpoint is not None:
        _forget_flows(engine, endpoint)


DAEMONS = {CONTAINERD_PID: "/usr/bin/containerd",
           DOCKERD_PID: "/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock"}


def daemon_processes(engine: DockerEngine) -> list[tuple[int, str]]:
    """(PID, command line) of what the Engine itself runs on its host."""
    if not engine.is_up:
        return [(CONTAINERD_PID, DAEMONS[CONTAINERD_PID])]
    proxies = [(container, binding, binding.proxy) for container in engine.containers.values()
               for binding in container.bindings]
    return [*DAEMONS.items(), *(
        (proxy.process.pid, _proxy_command(engine, container, binding)) for container, binding, proxy in proxies
        if isinstance(proxy, docker_proxy.StreamProxy | docker_proxy.DatagramProxy))]


def _proxy_command(engine: DockerEngine, container: Container, binding: Binding) -> str:
    endpoint = gateway_of(container)
    target = format_ipv4(endpoint.address) if endpoint is not None else ""
    listens = " -use-listen-fd" if engine.profile.since(28) else ""
    return (f"/usr/bin/docker-proxy -proto {binding.protocol} -host-ip {binding.host} -host-port {binding.host_port} "
            f"-container-ip {target} -container-port {binding.port}{listens}")


def let_go(container: Container) -> None:
    """dockerd ends, and with it its docker-proxies; the container and its rules stay (live-restore)."""
    for binding in container.bindings:
        if binding.proxy is not None:
            binding.proxy.close()
    container.bindings = tuple(binding._replace(proxy=None) for binding in container.bindings)


def hold(engine: DockerEngine, container: Container) -> None:
    """The same when dockerd is back: it sets the rules and holds the ports of a container that ran on."""
    for endpoint in container.endpoints.values():
        engine.firewall.set(engine.firewall.rules.endpoint(endpoint.network, endpoint.address))
    bindings, container.bindings = container.bindings, ()
    for binding in bindings:
        if binding.proxy is not None or binding.protocol == "sctp":
            container.bindings += (binding,)
            continue
        with suppress(SocketError):  # a port that another program has taken meanwhile is lost
            proxy = _proxy(engine, container, binding, binding.host, binding.host_port)
            container.bindings += (binding._replace(proxy=proxy),)
    set_rules(engine, container)


def _publish_one(engine: DockerEngine, container: Container, wish: Published, taken: Taken) -> None:
    if engine.profile.since(28) and _is_said_twice(container, wish):
        if wish.protocol == "tcp":
            raise DockerError("failed to listen on TCP socket: address already in use")
        return  # sockets of UDP may share a port
    hosts = [_written(wish.host)] if wish.host else _default_hosts(engine, container)
    if ":" in hosts[0] and not engine.settings.userland_proxy and engine.profile.since(28):
        return  # a container of IPv4 is reached from IPv6 by a docker-proxy alone
    for family in [hosts] if engine.profile.since(28) else [[host] for host in hosts]:
        _publish_on(engine, container, wish, family, taken)


def _written(host: str) -> str:
    """An address as it is told of: an IPv6 one as short as it can be, and one that is of IPv4 behind it as that."""
    if ":" not in host:
        return host
    address = IPv6Address(host)
    return str(address.ipv4_mapped or address)


def _publish_on(engine: DockerEngine, container: Container, wish: Published, hosts: list[str], taken: Taken) -> None:
    """On addresses that get the same port; releases before 28 choose one for each family."""
    attempts = ATTEMPTS if engine.profile.since(28) or not wish.first_host_port else 1
    refusal = ""
    for number in islice(cycle(free(engine, container, wish, hosts, taken)), attempts):
        refusal = _bind(engine, container, wish, hosts, number)
        for host in hosts:
            engine.last_ports[choice_of(engine, wish, host)] = number
        if not refusal:
            note_taken(taken, container, container.bindings[-len(hosts):])
            return
        if wish.first_host_port == wish.last_host_port != 0:
            break
    raise DockerError(refusal or "all ports are allocated")


def _is_said_twice(container: Container, wish: Published) -> bool:
    """What is the same but for its address is allocated at once (needSamePort), so that the kernel alone refuses it."""
    host = wish.host or EVERYWHERE
    return any((own.port, own.protocol) == (wish.port, wish.protocol)
               and 0 < wish.first_host_port <= own.host_port <= wish.last_host_port
               and (own.host == host or EVERYWHERE in (own.host, host)) for own in container.bindings)


def _default_hosts(engine: DockerEngine, container: Container) -> list[str]:
    """Where -p without an address binds: what the network was told (host_binding_ipv4), else everywhere.

    An IPv6 address leads to a container that has none only by a docker-proxy.
    """
    endpoint = gateway_of(container)
    own = endpoint.network.settings.host_binding if endpoint is not None else ""
    if own and own != EVERYWHERE:
        return [own]
    return [EVERYWHERE, EVERYWHERE_V6] if engine.settings.userland_proxy else [EVERYWHERE]


def is_routed(container: Container) -> bool:
    """In gateway mode routed no port of the host's leads to the container: it is reached by its own address."""
    endpoint = gateway_of(container)
    return endpoint is not None and endpoint.network.settings.gateway_mode == "routed"


def _bind(engine: DockerEngine, container: Container, wish: Published, hosts: list[str], number: int) -> str:
    """Let a docker-proxy for each address hold the port; why it cannot, or empty."""
    made: list[Binding] = []
    for host in hosts:
        if ":" not in host and is_routed(container):
            made.append(Binding(host, 0, wish.port, wish.protocol, None))
            continue
        if wish.protocol == "sctp":
            return _no_sctp(engine, container, wish, (host, number))
        try:
            proxy = _proxy(engine, container, wish, host, number)
        except SocketError as error:
            for binding in made:
                if binding.proxy is not None:
                    binding.proxy.close()
            return _refusal(engine, container, wish, (host, number), REASONS.get(error.name, error.name))
        made.append(Binding(host, number, wish.port, wish.protocol, proxy))
    container.bindings += tuple(made)
    return ""


def _proxy(engine: DockerEngine, container: Container, wish: Published | Binding, host: str, number: int) -> Proxy:
    """What holds a port of the host's (SocketError: it cannot be had)."""
    endpoint = gateway_of(container)
    target = endpoint.address if endpoint is not None else ANY
    own = ANY if host in (EVERYWHERE, EVERYWHERE_V6) or ":" in host else parse_ipv4(host)
    if not engine.settings.userland_proxy:
        process = Process("dockerd", DOCKERD_PID)
        return HeldPort(engine.namespace, process, wish.protocol, own, number, (target, wish.port),
                        engine.profile.since(28))
    make = docker_proxy.DatagramProxy if wish.protocol == "udp" else docker_proxy.StreamProxy
    proxy = make(engine.namespace, Process("docker-proxy", engine.next_pid()), (target, wish.port),
                 host if ":" in host else "", own, number)
    if isinstance(proxy, docker_proxy.DatagramProxy):
        proxy.answers_as_asked = engine.profile.since(28)
    return proxy


def _no_sctp(engine: DockerEngine, container: Container, wish: Published, tried: tuple[str, int]) -> str:
    """The sandbox's kernel has no SCTP, as one is that was built without it."""
    if not engine.profile.since(28):
        return f"{'Error starting userland proxy: ' * engine.settings.userland_proxy}{NO_PROTOCOL}"
    if engine.settings.userland_proxy:
        return f"error starting userland proxy: failed to listen on {_joined(*tried)}: {NO_PROTOCOL}"
    endpoint = gateway_of(container)
    target = format_ipv4(endpoint.address) if endpoint is not None else ""
    return f"failed to create socket for userland proxy for {_joined(*tried)}:{target}:{wish.port}/sctp: {NO_PROTOCOL}"


def _refusal(engine: DockerEngine, container: Container, wish: Published, tried: tuple[str, int], why: str) -> str:
    """The words of each release for a port that a process of the host's holds."""
    where = _joined(*tried)
    if not engine.profile.since(28):
        family = "6" if where.startswith("[") else "4"
        before = "Error starting userland proxy: " if engine.settings.userland_proxy else ""
        return f"{before}listen {wish.protocol}{family} {where}: bind: {why}"
    if not engine.profile.since(29):
        endpoint = gateway_of(container)
        target = format_ipv4(endpoint.address) if endpoint is not None else ""
        is_range = wish.first_host_port != wish.last_host_port
        asked = f"{wish.first_host_port or ''}" + f"-{wish.last_host_port}" * is_range
        chosen = f" {tried[1]}" * is_range
        target = f"{target}:{wish.port}/{wish.protocol}"
        return f"failed to bind host port{chosen} for {_joined(tried[0], asked)}:{target}: {why}"
    return f"failed to bind host port {where}/{wish.protocol}: {why}"


def _joined(host: str, number: int | str) -> str:
    return f"[{host}]:{number}" if ":" in host else f"{host}:{number}"
