"""What docker run is told about a container's ports, kernel settings and names: --expose, --sysctl, --link, --dns."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.resolv_conf import ResolvConf
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.commands.docker.flags import Parsed
    from netsandbox.docker.engine import DockerEngine

PROTOCOLS = ("tcp", "udp", "sctp")
MAX_PORT = 65535
ALLOWED = ("net.", "fs.mqueue.", "kernel.msg", "kernel.sem", "kernel.shm")
"""Settings that a container has of its own."""


def exposed_ports(texts: list[str]) -> tuple[str, ...]:
    """--expose: `80`, `53/udp`, `8000-8002`, each as `80/tcp`.

    Raises:
        DockerError: no port.
    """
    found: list[str] = []
    for text in texts:
        span, _slash, protocol = text.partition("/")
        first, dash, last = span.partition("-")
        numbers = [int(word) for word in (first, last if dash else first) if word.isascii() and word.isdecimal()
                   and len(word) < 6]
        if len(numbers) < 2 or not 0 < numbers[0] <= numbers[1] <= MAX_PORT:
            raise DockerError(f"invalid range format for --expose: {text}")
        if protocol and protocol not in PROTOCOLS:
            raise DockerError(f"invalid proto: {protocol}")
        found += [f"{number}/{protocol or 'tcp'}" for number in range(numbers[0], numbers[1] + 1)]
    return tuple(found)


def settings(texts: list[str], mode: str) -> tuple[tuple[str, str], ...]:
    """--sysctl KEY=VALUE.

    Raises:
        DockerError: a setting that is not the container's own.
    """
    found = []
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.startswith(ALLOWED):
            raise DockerError(f'invalid argument "{text}" for "--sysctl" flag: sysctl \'{text}\' is not allowed', 125)
        if mode == "host" and key.startswith("net."):
            raise daemon_error(f"sysctl '{key}' not allowed in host network namespace")
        found.append((key, value))
    return tuple(found)


def linked_hosts(engine: DockerEngine, texts: list[str]) -> list[tuple[str, str]]:
    """--link NAME[:ALIAS], the older way to names: (address, names) for /etc/hosts.

    Raises:
        DockerError: no such container, or it does not run.
    """
    found = []
    for text in texts:
        name, _colon, alias = text.partition(":")
        try:
            other = engine.find(name)
        except DockerError as error:
            raise daemon_error(f"could not get container for {name}: "
                               f"{str(error).removeprefix('Error response from daemon: ')}") from None
        endpoint = other.endpoint
        if endpoint is None:
            raise daemon_error(f"Cannot link to a non running container: /{other.name} AS /{alias or other.name}")
        names = [alias or other.name, other.short_identity, other.name]
        found.append((format_ipv4(endpoint.address), " ".join(dict.fromkeys(names))))
    return found


def resolv_conf(parsed: Parsed) -> ResolvConf:
    """--dns, --dns-search and --dns-option.

    Raises:
        DockerError: a server is no address.
    """
    for text in parsed.all("dns"):
        try:
            ip_address(text)
        except ValueError:
            raise DockerError(f'invalid argument "{text}" for "--dns" flag: {text} is not an ip address', 125) from None
    options = (*parsed.all("dns-opt"), *parsed.all("dns-option"))
    return ResolvConf(tuple(parsed.all("dns")), tuple(parsed.all("dns-search")), options)
