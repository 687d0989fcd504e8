"""-p and --expose, checked as the client checks them (go-connections).

-p is [IP:][HOST-PORT[-LAST]:]CONTAINER-PORT[-LAST][/PROTOCOL], or published=…,target=…,protocol=….
"""

from __future__ import annotations

from ipaddress import ip_address

from netsandbox.docker.config import Published
from netsandbox.docker.errors import DockerError

PROTOCOLS = ("tcp", "udp", "sctp")
MAX_PORT = 65535


def parse_publish(text: str) -> list[Published]:
    """One -p, a port of it each (DockerError: with the client's reason)."""
    text = _standard(text) if "=" in text else text
    host, host_ports, rest = _split(text)
    ports, protocol, *_ignored = [*rest.split("/"), ""]
    _check_address(host)
    if not ports:
        raise DockerError(f"No port specified: {text}<empty>")
    protocol = (protocol or "tcp").lower()
    if protocol not in PROTOCOLS:
        raise DockerError(f"invalid proto: {protocol}")
    host = host.removeprefix("[").removesuffix("]")
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
    return ":".join(parts[:-2]), parts[-2], parts[-1]


def _standard(text: str) -> str:
    """The long form in the words of the short one (convertToStandardNotation); what it does not know it leaves out."""
    found = {"protocol": "tcp"}
    for field in text.split(","):
        key, equals, value = field.partition("=")
        if not equals or not key:
            raise DockerError(f"invalid publish opts format (should be name=value but got '{field}')")
        found[key] = value
    return f"{found.get('published', '')}:{found.get('target', '')}/{found['protocol']}"


def _check_address(host: str) -> None:
    bare = host.removeprefix("[").removesuffix("]")
    why = _no_host(host)
    if why:
        raise DockerError(f"invalid IP address {host}: address {host}:: {why}")
    try:
        ip_address(bare or "0.0.0.0")
    except ValueError:
        raise DockerError(f"invalid IP address: {bare}") from None


def _no_host(host: str) -> str:
    """Why Go finds no address in front of a port there, or empty (net.SplitHostPort)."""
    if not host.startswith("["):
        return "too many colons in address" if ":" in host else ""
    _inside, bracket, behind = host.partition("]")
    if not bracket:
        return "missing ']' in address"
    return "" if not behind else f"{'too many colons' if behind.startswith(':') else 'missing port'} in address"


def parse_expose(texts: list[str]) -> tuple[str, ...]:
    """--expose: `80`, `53/udp`, `8000-8002`, each as `80/tcp`; whether there is such a protocol nobody asks
    (DockerError: no port)."""
    found: list[str] = []
    for text in texts:
        if ":" in text:
            raise DockerError(f"invalid port format for --expose: {text}")
        span, _slash, protocol = text.partition("/")
        first, dash, last = span.partition("-")
        numbers = []
        for word in (first, last if dash else first):
            if not (word.isascii() and word.isdecimal()):
                raise _bad_range(text, f'strconv.ParseUint: parsing "{word}": invalid syntax')
            if int(word) > MAX_PORT:
                raise _bad_range(text, f'strconv.ParseUint: parsing "{word}": value out of range')
            numbers.append(int(word))
        if numbers[1] < numbers[0]:
            raise _bad_range(text, f"Invalid range specified for the Port: {span}")
        found += [f"{number}/{protocol or 'tcp'}" for number in range(numbers[0], numbers[1] + 1)]
    return tuple(found)


def _bad_range(text: str, why: str) -> DockerError:
    return DockerError(f"invalid range format for --expose: {text}, error: {why}")


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
