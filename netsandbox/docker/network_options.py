"""What `docker network create -o` can say of a bridge network (libnetwork/drivers/bridge, labels.go)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address
from typing import NamedTuple

from netsandbox.docker.errors import daemon_error
from netsandbox.docker.profiles import Profile

BRIDGE = "com.docker.network.bridge."
NAME = BRIDGE + "name"
MTU = "com.docker.network.driver.mtu"
PREFIX = "com.docker.network.container_iface_prefix"
TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
GATEWAY_MODES = ("nat", "nat-unprotected", "routed", "isolated")
LEAST_MTU, MOST_MTU = 68, 65535


class BridgeOptions(NamedTuple):
    """The options that the sandbox models."""

    name: str = ""  # the bridge's; empty for one made of the network's id
    mtu: int = 0  # of bridge and interfaces in bytes; 0 for the usual one
    icc: bool = True  # whether its containers reach each other
    masquerade: bool = True  # whether they leave by the host's address
    host_binding: str = ""  # the host's address that -p without one takes; empty for all
    gateway_mode: str = "nat"  # nat, nat-unprotected, routed or isolated
    has_gateway: bool = True  # whether the bridge gets the gateway's address (inhibit_ipv4 is off)
    prefix: str = "eth"  # of the interfaces' names in containers
    snat: str = ""  # the host's address by which they leave, instead of that of the interface
    trusted: tuple[str, ...] = ()  # interfaces of the host by which who routes to a container by himself is let through


def _wrong(key: str, text: str, why: str) -> Exception:
    return daemon_error(f"failed to parse {key} value: {text} ({why})")


def _boolean(key: str, text: str) -> bool:
    if text not in TRUE | FALSE:
        raise _wrong(key, text, f'strconv.ParseBool: parsing "{text}": invalid syntax')
    return text in TRUE


def _mtu(key: str, text: str) -> int:
    if not text.lstrip("+-").isdecimal() or not text.isascii():
        raise _wrong(key, text, f'strconv.Atoi: parsing "{text}": invalid syntax')
    if not int(text) >= 0:
        raise daemon_error(f"invalid MTU number: {text}")
    return int(text)


def _address(key: str, text: str) -> str:
    try:
        return str(IPv4Address(text))
    except ValueError:
        raise _wrong(key, text, "nil ip") from None


def _gateway_mode(key: str, text: str) -> str:
    if text not in GATEWAY_MODES:
        raise _wrong(key, text, f"unknown gateway mode {text}")
    return text


def _text(_key: str, text: str) -> str:
    return text


def _names(_key: str, text: str) -> tuple[str, ...]:
    return tuple(text.split(":"))


READERS: dict[str, tuple[str, Callable[[str, str], str | int | bool | tuple[str, ...]]]] = {
    NAME: ("name", _text), MTU: ("mtu", _mtu), PREFIX: ("prefix", _text),
    BRIDGE + "enable_icc": ("icc", _boolean), BRIDGE + "enable_ip_masquerade": ("masquerade", _boolean),
    BRIDGE + "host_binding_ipv4": ("host_binding", _address),
    BRIDGE + "gateway_mode_ipv4": ("gateway_mode", _gateway_mode),
    BRIDGE + "inhibit_ipv4": ("inhibits", _boolean), "com.docker.network.host_ipv4": ("snat", _address),
    BRIDGE + "trusted_host_interfaces": ("trusted", _names)}
SINCE = {BRIDGE + "gateway_mode_ipv4": (27,), BRIDGE + "trusted_host_interfaces": (28, 2)}
"""The releases that brought options which were not always there."""


def bridge_options(options: Mapping[str, str], profile: Profile, *, internal: bool = False) -> BridgeOptions:
    """The options that a person gave, as far as the release knows them (DockerError: one has a value that Docker
    refuses)."""
    found: dict[str, str | int | bool | tuple[str, ...]] = {}
    for key, text in options.items():
        if key in READERS and profile.since(*SINCE.get(key, ())):
            field, read = READERS[key]
            found[field] = read(key, text)
    if "inhibits" in found:
        found["has_gateway"] = not found.pop("inhibits")
    if found.get("gateway_mode") == "isolated" and not internal:
        raise daemon_error("gateway mode 'isolated' can only be used for an internal network")
    return BridgeOptions(**found)  # type: ignore[arg-type]  # each reader gives the type of its field


def without_effect(options: Mapping[str, str], profile: Profile) -> list[str]:
    """The options that do nothing in the sandbox: IPv6's, and those that Docker itself does not know."""
    return [key for key in options if key not in READERS or not profile.since(*SINCE.get(key, ()))]
