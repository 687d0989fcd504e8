"""The files that Docker writes for a container: /etc/hostname, /etc/hosts, /etc/resolv.conf (libnetwork's sandbox)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.hosts import addresses_of, host_records, text_of
from netsandbox.docker import links
from netsandbox.docker.container import Container
from netsandbox.docker.image_files import furnish, release
from netsandbox.docker.images import Image
from netsandbox.docker.resolv_conf import FALLBACK, ResolvConf, copied, internal, legacy
from netsandbox.linux.core.files.device_nodes import given
from netsandbox.linux.core.files.file_system import Files, Generator
from netsandbox.linux.core.files.inode import FileSystem, RegularFile
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.engine.scheduler import Scheduler

HOST_GATEWAY = "host-gateway"  # In --add-host: docker0's address, unless daemon.json has another one
LOCAL = (("127.0.0.1", "localhost"), ("::1", "localhost ip6-localhost ip6-loopback"), ("fe00::", "ip6-localnet"),
         ("ff00::", "ip6-mcastprefix"), ("ff02::1", "ip6-allnodes"), ("ff02::2", "ip6-allrouters"))
OLD_LOCAL = (*LOCAL[:2], ("fe00::0", "ip6-localnet"), ("ff00::0", "ip6-mcastprefix"), *LOCAL[4:])
"""How releases before 28 wrote the same."""
WRITTEN = ("/etc/hostname", "/etc/hosts", "/etc/resolv.conf")
OF_HOST = "nameserver 127.0.0.53\noptions edns0 trust-ad\n"


def hostname(engine: DockerEngine, container: Container) -> str:
    """--hostname, else its short id; the host's with its network or --uts host, with another's network that one's."""
    owner = _owner(engine, container)
    if owner.config.hostname:
        return owner.config.hostname
    is_hosts = owner.mode == "host" or container.host_config.resources.get("UTSMode") == "host"
    return engine.namespace.name if is_hosts else owner.short_identity


def files(engine: DockerEngine, container: Container) -> dict[str, str]:
    """Texts by path, as the container sees them now."""
    return {"/etc/hostname": hostname(engine, container) + "\n", "/etc/hosts": _hosts(engine, container),
            "/etc/resolv.conf": _resolv_conf(engine, container)}


class ContainerEtc(Generator):
    """The same as generated files, until somebody writes to one: then it is an ordinary file, which Docker leaves
    alone.
    """

    is_mount = True

    def __init__(self, engine: DockerEngine, container: Container) -> None:
        self._engine = engine
        self._container = container

    def read(self, path: str) -> str | None:
        return files(self._engine, self._container).get(path)


def system_of(image: Image, scheduler: Scheduler, made: int | None = None) -> FileSystem:
    """A file system as an image has it; a new one, or as old as it is told."""
    system = FileSystem(scheduler, made=made)
    if image.layer is not None:
        system.begin_from(image.layer)
    else:
        furnish(image, Files(system, {}))
    return system


def files_of(engine: DockerEngine, container: Container) -> Files:
    """A container's files as its programs see them, as old as the container however late somebody looks."""
    if container.files is None:
        container.files = system_of(container.image, engine.namespace.scheduler, container.created)
        container.files.devices = _devices(container)
    written = dict.fromkeys(WRITTEN, ContainerEtc(engine, container))
    return Files(container.files, {**release(container.image, container.reference), **written})


def _devices(container: Container) -> dict[str, str] | None:
    """What it is given of the host's: all with --privileged."""
    asked, found = container.host_config, dict[str, str]()
    for one in asked.resources.get("Devices") or ():
        found |= given(one["PathInContainer"], one["PathOnHost"])
    return None if asked.privileged else found


def renew(engine: DockerEngine, container: Container) -> None:
    """A container starts: the three files are written anew, whatever was made of them, after the host's as they are."""
    container.host_dns = _host_dns_now(engine)
    system = container.files
    if system is None:
        return
    system.read_only = False
    for path in WRITTEN:
        if path not in system.grafts and system.find(path) is not None:
            system.drop(path)


def own_names(engine: DockerEngine, container: Container) -> dict[str, int]:
    """What its /etc/hosts has."""
    own = container.files.find("/etc/hosts") if container.files is not None else None
    return addresses_of(host_records(own.text if isinstance(own, RegularFile) else _hosts(engine, container)))


def host_files(engine: DockerEngine) -> dict[str, str]:
    """The same of the host itself; /etc/hosts and /etc/resolv.conf as a person wrote them, if one did."""
    name = engine.namespace.name
    own = _lines((LOCAL[0], ("127.0.1.1", name), *LOCAL[1:]))
    hosts = _written(engine, "/etc/hosts")
    return {"/etc/hostname": name + "\n", "/etc/hosts": own if hosts is None else hosts,
            "/etc/resolv.conf": host_resolv_conf(engine)}


def _written(engine: DockerEngine, path: str) -> str | None:
    """What a person made of one of the host's files, empty where it was taken away; None where nobody touched it."""
    system = engine.files
    if system is None or (path not in system.gone and system.find(path) is None):
        return None
    return text_of(Files(system, {}), path)


def _owner(engine: DockerEngine, container: Container) -> Container:
    """Whose namespace it uses, over any number of hops."""
    for _hop in range(len(engine.containers)):
        other = engine.containers.get(container.joined) if container.joined else None
        if other is None or other is container:
            break
        container = other
    return container


def _hosts(engine: DockerEngine, container: Container) -> str:
    owner = _owner(engine, container)
    if owner.mode == "host" and not owner.host_config.extra_hosts:
        return host_files(engine)["/etc/hosts"]
    name = hostname(engine, owner)
    bare = name.partition(".")[0]
    name = f"{name}.{owner.config.domainname}" if owner.config.domainname else name
    names = name if bare == name else f"{name} {bare}"
    own = [(format_ipv4(endpoint.address), names) for endpoint in owner.endpoints.values()]
    local = LOCAL if engine.profile.since(28) else OLD_LOCAL
    gateway = engine.settings.host_gateway_ip or format_ipv4(
        engine.default.pool.gateway if engine.default is not None else 0)
    extra = [(gateway if address == HOST_GATEWAY else address, name) for address, name in owner.host_config.extra_hosts]
    return _lines((*local, *extra, *links.hosts(engine, owner), *own))


def _lines(records: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"{address}\t{names}\n" for address, names in records)


def _resolv_conf(engine: DockerEngine, container: Container) -> str:
    """Only networks that a person made have Docker's own name server; leaving the last of them changes nothing."""
    owner = _owner(engine, container)
    host, own = host_dns(engine, owner), dns_of(engine, owner)
    if owner.mode == "host":
        return copied(host, own)
    if owner.name_server is None and all(name == "bridge" for name in owner.networks):
        return legacy(host, own)
    return internal(host, own, engine.profile.since(28))


def asks_from_host(engine: DockerEngine, container: Container) -> bool:
    """Whether what Docker's name server does not know is asked by the host, and not by the container."""
    host = host_dns(engine, container)
    return not dns_of(engine, container).servers and (engine.profile.since(28) or bool(host.servers and host.is_local))


def external_servers(engine: DockerEngine, container: Container) -> tuple[str, ...]:
    """Whom Docker's name server asks about what it does not know."""
    return (dns_of(engine, container).servers or host_dns(engine, container).servers
            or (() if engine.profile.since(28) else FALLBACK))


def sets_ndots(engine: DockerEngine, container: Container) -> bool:
    """Whether the host's file or the container's settings say how many dots a name needs to be asked as it is."""
    return host_dns(engine, container).overridden(dns_of(engine, container)).has_ndots


def host_dns(engine: DockerEngine, container: Container) -> ResolvConf:
    """What the host's file said when the container started."""
    return _host_dns_now(engine) if container.host_dns is None else container.host_dns


def _host_dns_now(engine: DockerEngine) -> ResolvConf:
    found, system = ResolvConf.parse(host_resolv_conf(engine)), engine.files
    is_gone = system is not None and found.path in system.gone and not Files(system, {}).exists(found.path)
    return found._replace(path="") if is_gone else found


def dns_of(engine: DockerEngine, container: Container) -> ResolvConf:
    """What it was told of name servers; what it was not told, dockerd was ("dns" in daemon.json)."""
    settings = engine.settings
    return ResolvConf(settings.dns, settings.dns_search, settings.dns_opts).overridden(container.host_config.dns)


def host_resolv_conf(engine: DockerEngine) -> str:
    """What a person wrote there; else with an uplink the router is asked, without a resolver of the host's own."""
    written = _written(engine, "/etc/resolv.conf")
    if written is not None:
        return written
    return "".join(f"nameserver {format_ipv4(server)}\n" for server in engine.name_servers) or OF_HOST
