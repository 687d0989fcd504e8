"""What a container's program is to be started with (daemon/oci_linux.go), as far as the machine may not have it."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING

from netsandbox.docker.container import Container
from netsandbox.docker.errors import NOT_CREATED, daemon_error
from netsandbox.docker.files import HOST_GATEWAY, WRITTEN
from netsandbox.docker.log_drivers import size_fault
from netsandbox.linux.core.files.accounts import Account, UnknownAccountError, account

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine

DEVICES = frozenset(f"/dev/{name}".rstrip("/") for name in (
    "", "console", "full", "fuse", "kmsg", "loop-control", "net", "net/tun", "null", "ptmx", "random", "tty", "urandom",
    "zero"))
"""What every machine has, and folders of such: the sandbox takes them as if it had, and has no others."""
NODES = "error creating device nodes"
TERMINAL_NODE = f"configuring container /dev: {NODES}: create device inode /dev/pts/0: openat 0: permission denied"


def check(engine: DockerEngine, container: Container) -> None:
    """Find the user, the groups and what else was asked for (DockerError: the machine or the image has not that)."""
    wanted = container.host_config.resources
    try:
        container.account = account_of(container, container.config.user)
    except UnknownAccountError as error:
        raise daemon_error(str(error)) from None
    for device in wanted.get("Devices") or ():
        _check_device(engine, container, str(device["PathOnHost"]))
    names_host = any(address == HOST_GATEWAY for address, _name in container.host_config.extra_hosts)
    if names_host and engine.default is None and not engine.settings.host_gateway_ip:
        raise daemon_error("unable to derive the IP value for host-gateway")
    if wanted.get("DeviceRequests"):
        raise daemon_error('could not select device driver "" with capabilities: [[gpu]]')
    _kind, is_of_other, other = str(wanted.get("PidMode", "")).partition("container:")
    if is_of_other and not any(one.identity == other and one.is_running for one in engine.containers.values()):
        is_there = any(one.identity == other for one in engine.containers.values())
        raise daemon_error("failed to join PID namespace: " + (
            f"container {other} is not running" if is_there else f"No such container: {other}"))
    wrong = size_fault(wanted.get("LogConfig") or {})
    if wrong:
        before = NOT_CREATED.partition(": failed to create shim")[0]
        raise daemon_error(f"{before}: failed to initialize logging driver: {wrong}")


def account_of(container: Container, user: str) -> Account:
    """Whom a program of a container's runs as: in the groups of --group-add as well (UnknownAccountError: there is no
    such user or group)."""
    own = account(user)
    added = [account(f"0:{group}").gid for group in container.host_config.resources.get("GroupAdd") or ()]
    return own._replace(groups=tuple(sorted({*added} - {own.gid})))


def _check_device(engine: DockerEngine, container: Container, path: str) -> None:
    if normpath(path) == "/dev":  # runc makes each node that is in it, and a terminal's is nobody's to make
        old = f"{NODES}: open /var/lib/docker/overlay2/{container.identity}/merged/dev/pts/0: permission denied"
        raise daemon_error(f"{NOT_CREATED}: {TERMINAL_NODE if engine.profile.since(28) else old}", 126)
    if normpath(path) in DEVICES:
        return
    is_there = normpath(path) in WRITTEN or engine.host_files.find(normpath(path)) is not None
    why, code = ("not a device node", 125) if is_there else ("no such file or directory", 127)
    raise daemon_error(f'error gathering device information while adding custom device "{path}": {why}', code)


def of_its_processes(engine: DockerEngine, container: Container) -> list[Container]:
    """The running containers that have its PID namespace, which ends with its first process (pid_namespaces(7))."""
    return [one for one in engine.containers.values() if one.is_running and
            one.host_config.resources.get("PidMode") == f"container:{container.identity}"]

