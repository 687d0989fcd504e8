"""What docker run is told about a container's kernel settings and names: --sysctl, --link, --dns."""

from __future__ import annotations

from ipaddress import ip_address

from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import DAEMON, DockerError, daemon_error
from netsandbox.docker.links import Link
from netsandbox.docker.network import SYSCTLS
from netsandbox.docker.profiles import Profile
from netsandbox.docker.resolv_conf import ResolvConf, is_domain

ALLOWED = ("net.", "fs.mqueue.", "kernel.msg", "kernel.sem", "kernel.shm")  # Settings that a container has of its own


def bad_setting(text: str) -> str:
    """Why --sysctl is refused, or empty."""
    key, equals, _value = text.partition("=")
    return "" if equals and key.startswith(ALLOWED) else f"sysctl '{text}' is not allowed"


def settings(texts: list[str], profile: Profile) -> tuple[tuple[str, str], ...]:
    """--sysctl KEY=VALUE.

    Raises:
        DockerError: a setting that is not the container's own, or that of an interface (since 28).
    """
    found = []
    for text in texts:
        key, _equals, value = text.partition("=")
        parts = key.split(".", 4)
        if profile.since(28) and len(parts) > 4 and parts[0] == "net" and parts[3].startswith("eth"):
            raise daemon_error(f'interface specific sysctl setting "{key}" must be supplied using driver option '
                               f"'{SYSCTLS}'")
        found.append((key, value))
    return tuple(found)


def links(engine: DockerEngine, texts: list[str], *, is_named: bool) -> tuple[Link, ...]:
    """--link NAME[:ALIAS], the older way to names.

    Args:
        is_named: on a network that a person made the other need not be there.

    Raises:
        DockerError: no such container.
    """
    found = []
    for text in texts:
        name, _colon, alias = text.partition(":")
        try:
            other = engine.find(name)
            found.append(Link(other.identity, alias or other.name, other.name))
        except DockerError as error:
            if not is_named:
                why = str(error).removeprefix(DAEMON) if name else 'invalid name or ID supplied: ""'
                raise daemon_error(f"could not get container for {name}: {why}") from None
            found.append(Link("", alias or name, name))
    return tuple(found)


def bad_link(text: str) -> str:
    """Why --link is refused, or empty: NAME or NAME:ALIAS."""
    if not text:
        return "empty string specified for links"
    return f"bad format for links: {text}" if text.count(":") > 1 else ""


def bad_variable(text: str) -> str:
    return f"invalid environment variable: {text}" if text[:1] in ("", "=") else ""


def bad_label(text: str) -> str:
    name = text.partition("=")[0].lstrip(" ")
    if not name:
        return f"invalid label '{text}': empty name"
    return f"label '{name}' contains whitespaces" if " " in name else ""


def bad_domain(text: str) -> str:
    """Why --dns-search is refused, or empty."""
    return "" if is_domain(text.strip(" ")) else f"{text.strip(' ')} is not a valid domain"


def bad_server(text: str) -> str:
    """Why --dns is refused, or empty."""
    try:
        ip_address(text.strip().replace("%", "/"))  # without a zone
    except ValueError:
        return f"IP address is not correctly formatted: {text}"
    return ""


def resolv_conf(parsed: Parsed) -> ResolvConf:
    """--dns, --dns-search and --dns-option."""
    return ResolvConf(tuple(parsed.all("dns")), tuple(parsed.all("dns-search")), tuple(parsed.all("dns-opt")))
