"""dockerd's own life on a host: what its start sets up, what its end leaves, and what a restart makes anew.

At its end the containers stop, and with them their rules and interfaces; bridges and the networks' rules stay.  At its
start it sets its rules anew, the networks that a person made first and docker0 last, and starts the containers that
their restart policy or live-restore wants.  moby, daemon/daemon.go, daemon_unix.go, bridge_linux.go.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from netsandbox.docker import api, default_bridge, name_server, ports, restarts
from netsandbox.docker.container import EXITED, RESTARTING, Container
from netsandbox.docker.daemon_settings import PATH, DaemonError, DaemonSettings, check, read_settings
from netsandbox.docker.errors import DAEMON, DockerError
from netsandbox.docker.events import DaemonFailed, DaemonStarted, DaemonStopped
from netsandbox.docker.network import DEFAULT_BRIDGE, BridgeNetwork, DockerNetwork, random_identity
from netsandbox.docker.rules import rules_of
from netsandbox.linux.core.files.inode import RegularFile
from netsandbox.linux.netfilter import bridged

if TYPE_CHECKING:

    from netsandbox.docker.engine import DockerEngine


def settings_of(engine: DockerEngine) -> DaemonSettings:
    """What the host's /etc/docker/daemon.json says now (DaemonError: dockerd does not start with it)."""
    found = engine.files.find(PATH) if engine.files is not None and engine.files.is_made else None
    settings = read_settings(found.text if isinstance(found, RegularFile) else "", engine.profile)
    check(settings)
    return settings


def start(engine: DockerEngine, done: Callable[[], None] = lambda: None) -> None:
    """dockerd starts; harmless when it runs.

    Args:
        done: called when it runs. Containers that ran on without it, and are not to, are stopped before.

    Raises:
        DaemonError: it does not, and has changed nothing.
    """
    if engine.is_up:
        done()
        return
    _prepare(engine)
    left = [] if engine.settings.live_restore else _running(engine)
    _end(engine, left, partial(_begin, engine, done), is_remembered=True)


def _begin(engine: DockerEngine, done: Callable[[], None]) -> None:
    settings, is_first, engine.maker.last_subnet = engine.settings, not engine.networks, None
    engine.is_up, engine.has_failed, engine.changed_at = True, False, engine.scheduler.clock
    forward(engine)
    engine.firewall.begin(rules_of(engine.profile, settings.userland_proxy, settings.allow_direct_routing),
                          settings.iptables, engine.default)
    if not default_bridge.is_kept(engine):
        _restore_networks(engine)
        _make_predefined(engine)
    else:
        _make_predefined(engine)
        _restore_networks(engine)
        engine.firewall.set(engine.firewall.rules.kept())
    engine.forwards = bool(engine.namespace.sysctls.all.forwarding)
    if not is_first:
        engine.namespace.record(DaemonStarted(engine.namespace.name))
    _restore_containers(engine)
    done()


def _prepare(engine: DockerEngine) -> None:
    """All that can go wrong (DaemonError: something does)."""
    try:
        engine.settings = settings_of(engine)
        default_bridge.check(engine)
        api.listen(engine)
    except DaemonError as error:
        engine.has_failed, engine.changed_at = True, engine.scheduler.clock
        engine.journal.append((engine.scheduler.clock, str(error)))
        engine.namespace.record(DaemonFailed(engine.namespace.name))
        raise


def _restore_networks(engine: DockerEngine) -> None:
    """Those that a person made, by their identifiers, as dockerd's store has them."""
    for network in sorted(engine.networks.values(), key=lambda network: network.identity):
        if isinstance(network, BridgeNetwork) and not network.is_default:
            _restore(engine, network)


def forward(engine: DockerEngine) -> None:
    """Let the host forward; and where it did not before, nothing that no rule allows.

    Since 28 that is looked at whenever a bridge is made.
    """
    if engine.settings.ip_forward and not engine.namespace.sysctls.all.forwarding:
        engine.namespace.write_sysctl("net.ipv4.ip_forward", 1)
        if engine.settings.iptables and not engine.settings.ip_forward_no_drop:
            engine.firewall.drop_forwarded()


def _make_predefined(engine: DockerEngine) -> None:
    """The three networks that are always there; bridge is a new one at each start, of another id."""
    names = (DEFAULT_BRIDGE, "host", "none")
    others = {name: network for name, network in engine.networks.items() if name not in names}
    identities = {name: random_identity(engine.random) for name in names if name == DEFAULT_BRIDGE or
                  name not in engine.networks}
    now, before = engine.scheduler.clock, engine.networks
    engine.default = default_bridge.make(engine, identities[DEFAULT_BRIDGE])
    engine.networks = {
        **({DEFAULT_BRIDGE: engine.default} if engine.default is not None else {}),
        **{name: before.get(name) or DockerNetwork(name, identities[name], now, "host" if name == "host" else "null")
           for name in names[1:]}, **others}
    if engine.default is not None:
        use_settings(engine, engine.default)
        engine.firewall.add_network(engine.default)
    if filters_bridged(engine):
        filter_bridged(engine)


def _restore(engine: DockerEngine, network: BridgeNetwork) -> None:
    """A network that a person made is still there, and its bridge too, or it is made again."""
    if not network.is_filtered:
        return
    engine.maker.restore(network)
    use_settings(engine, network)
    engine.firewall.add_network(network)


def use_settings(engine: DockerEngine, network: BridgeNetwork) -> None:
    """Without docker-proxy, packets turn back at the port that they came by, and 127.0.0.1 leads to containers."""
    network.has_hairpin = not engine.settings.userland_proxy
    if network.has_hairpin and network.is_filtered:
        engine.namespace.write_sysctl(f"net.ipv4.conf.{network.ifname}.route_localnet", 1)


def filters_bridged(engine: DockerEngine) -> bool:
    """Whether dockerd loads br_netfilter: up to 27 always, later where it needs it."""
    settings = engine.settings
    return not engine.profile.since(28) or (settings.iptables and not (settings.icc and settings.userland_proxy))


def filter_bridged(engine: DockerEngine) -> None:
    """br_netfilter, which makes iptables see what a bridge passes on."""
    bridged.load(engine.namespace.kernel, [engine.namespace])
    engine.namespace.write_sysctl("net.bridge.bridge-nf-call-iptables", 1)


# -- containers


def _restore_containers(engine: DockerEngine) -> None:
    """Those that ran on get what dockerd itself holds for them; others start if their policy says so."""
    for container in list(engine.containers.values()):
        if container.is_running:
            name_server.serve(engine, container)
            ports.hold(engine, container)
        elif restarts.begins_with_daemon(container):
            container.restarts = 0
            try:
                engine.start(container)
            except DockerError as error:
                container.console.append(("err", f"{error}\n"))
                engine.journal.append((engine.scheduler.clock, str(error).removeprefix(DAEMON)))


def stop(engine: DockerEngine, done: Callable[[], None]) -> None:
    """dockerd ends: at once, or when its containers have (done: called when it has ended)."""
    if not engine.is_up:
        done()
        return
    api.close(engine)
    engine.is_up, engine.changed_at = False, engine.scheduler.clock
    for container in engine.containers.values():
        engine.scheduler.cancel(container.restart_timer)
        container.state = EXITED if container.state == RESTARTING else container.state
    running = _running(engine)
    if engine.settings.live_restore:
        for container in running:
            name_server.end(container)
            ports.let_go(container)
        running = []
    _end(engine, running, partial(_has_stopped, engine, done), is_remembered=False)


def _has_stopped(engine: DockerEngine, done: Callable[[], None]) -> None:
    engine.namespace.record(DaemonStopped(engine.namespace.name))
    done()


def _running(engine: DockerEngine) -> list[Container]:
    return [container for container in engine.containers.values() if container.is_running]


def _end(engine: DockerEngine, running: list[Container], done: Callable[[], None], is_remembered: bool) -> None:
    """Stop containers, and wait for them (is_remembered: as if a person had stopped them: unless-stopped does not start
    them again)."""
    waiting = Ending(len(running), done)
    for container in running:
        engine.stop(container, done=partial(waiting.one_has, container, is_remembered or container.was_stopped))
    if not running:
        done()


class Ending:
    """dockerd waits for its containers."""

    def __init__(self, count: int, done: Callable[[], None]) -> None:
        self.count = count
        self.done = done

    def one_has(self, container: Container, was_stopped: bool, _code: int) -> None:
        """Has ended."""
        container.was_stopped = was_stopped
        self.count -= 1
        if not self.count:
            self.done()
