"""-p: [IP:][HOST-PORT[-LAST]:]CONTAINER-PORT[-LAST][/PROTOCOL], checked as the client checks it (go-connections)."""

from __future__ import annotations

from ipaddress import ip_address

from netsandbox.docker.container import Published
from netsandbox.docker.errors import DockerError

PROTOCOLS = ("tcp", "udp", "sctp")
MAX_PORT = 65535


def parse_publish(text: str) -> list[Published]:
    """One -p, a port of it each.

    Raises:
        DockerError: with the client's reason.
    """
    host, host_ports, rest = _split(text)
    ports, _slash, protocol = rest.partition("/")
    if not ports:
        raise DockerError(f"no port specified: {text}<empty>")
    protocol = (protocol or "tcp").lower()
    if protocol not in PROTOCOLS:
        raise DockerError(f"invalid proto: {protocol}")
    if host and not _is_address(host):
        raise DockerError(f"invalid IP address: {host}")
    first, last = _range(ports, "containerPort")
    if not host_ports:
        return [Published(host, "", port, protocol) for port in range(first, last + 1)]
    low, high = _range(host_ports, "hostPort")
    if high - low != last - first and first != last:
        raise DockerError(f"invalid ranges specified for container and host Ports: {ports} and {host_ports}")
    if first == last and low != high:
        return [Published(host, f"{low}-{high}", first, protocol)]
    return [Published(host, str(low + step), first + step, protocol) for step in range(last - first + 1)]


def _split(text: str) -> tuple[str, str, str]:
    parts = text.split(":")
    if len(parts) == 1:
        return "", "", text
    if len(parts) == 2:
        return "", parts[0], parts[1]
    host = ":".join(parts[:-2])
    return host.removeprefix("[").removesuffix("]"), parts[-2], parts[-1]


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _range(text: str, what: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    low = _port(first, text, what)
    high = _port(last, text, what) if dash else low
    if high < low:
        raise DockerError(f"invalid {what}: {text}")
    return low, high


def _port(text: str, whole: str, what: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= MAX_PORT):
        raise DockerError(f"invalid {what}: {whole}")
    return int(text)
