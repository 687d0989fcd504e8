"""What docker run is told about networks: --network, --ip, --mac-address, --network-alias, --add-host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.csv_fields import CsvError, csv_fields
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.docker.container import Wish
from netsandbox.docker.errors import DockerError
from netsandbox.docker.files import HOST_GATEWAY
from netsandbox.docker.network import ENDPOINT_OPTIONS
from netsandbox.docker.profiles import Profile
from netsandbox.wire.addresses import AddressError, parse_ipv4, parse_mac

BUILT_IN = ("bridge", "host", "none")
LONG_FORM = re.compile(r"\w=\w", re.ASCII)
MAC = re.compile(r"[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}", re.ASCII | re.IGNORECASE)
"""As Go's net.ParseMAC has it; `ip link` takes one digit for two."""


def is_user_defined(mode: str) -> bool:
    return mode not in BUILT_IN and not mode.startswith("container:")


def wanted_networks(parsed: Parsed) -> dict[str, Wish]:
    """The networks by name, the first of which is the mode; --ip and the like are about the first (DockerError: what
    does not go together)."""
    given = parsed.all("network") or ["bridge"]
    found: dict[str, Wish] = {}
    for index, text in enumerate(given):
        name, wish = _long(text) if LONG_FORM.search(text) else (text, Wish())
        if not name.strip():
            raise DockerError("no name set for network")
        name = "bridge" if name == "default" else name
        if index == 0:
            wish = _with_flags(parsed, wish)
        if wish.aliases and not is_user_defined(name):
            raise DockerError("network-scoped aliases are only supported for user-defined networks")
        if name in found:
            raise DockerError(f'network "{name}" is specified multiple times')
        found[name] = wish
    if len({is_user_defined(name) for name in found}) > 1:
        raise DockerError("conflicting options: cannot attach both user-defined and non-user-defined network-modes")
    return found


def _long(text: str) -> tuple[str, Wish]:
    """`name=mynet,ip=172.18.0.9,alias=web`."""
    name, wish = "", Wish()
    for field in csv_fields(text):
        key, _equals, value = field.partition("=")
        key, option = key.strip().lower(), value.strip()
        value = option.lower()
        if key == "name":
            name = value
        elif key == "alias":
            wish = wish._replace(aliases=(*wish.aliases, value))
        elif key == "ip":
            wish = with_address(wish, value)
        elif key == "mac-address":
            wish = wish._replace(mac=parse_mac_address(value))
        elif key == "gw-priority":
            wish = wish._replace(priority=int(value))
        elif key == "ip6":
            wish = wish._replace(address_6=value)
        elif key == "link-local-ip":
            wish = wish._replace(local=(*wish.local, value))
        elif key == "driver-opt":
            setting, _equals, value = option.partition("=")
            wish = wish._replace(options=(*wish.options, (setting.strip(), value.strip())))
    return name, wish


FIELDS = frozenset({"name", "alias", "ip", "ip6", "mac-address", "link-local-ip", "driver-opt", "gw-priority"})


def bad_network(text: str, profile: Profile) -> str:
    """Why a long --network is refused by the client, or empty (opts.NetworkOpt)."""
    named = False
    try:
        fields = csv_fields(text) if LONG_FORM.search(text) else []
    except CsvError as error:
        return str(error)
    for field in fields:
        key, equals, value = field.lower().partition("=")
        key, value = key.strip(), value.strip()
        if not equals or not key:
            return f"invalid field {field}".rstrip()
        if key not in FIELDS or (key == "gw-priority" and not profile.since(28)):
            return f"invalid field key {key}"
        if key == "gw-priority" and not (value.lstrip("+-").isdecimal() and value.isascii()):
            return f"invalid gw-priority ({value}): invalid syntax"
        if key == "driver-opt" and "=" not in value:
            return "invalid key value pair format in driver options"
        named = named or key == "name"
    return "" if named or not LONG_FORM.search(text) else "network name/id is not specified"


def with_address(wish: Wish, text: str) -> Wish:
    """--ip, which the daemon reads."""
    try:
        return wish._replace(address=parse_ipv4(text)) if text else wish
    except AddressError:
        return wish._replace(wrong_address=text)


def _with_flags(parsed: Parsed, wish: Wish) -> Wish:
    aliases = tuple(parsed.all("network-alias"))
    address, mac = parsed.text("ip").strip(), parsed.text("mac-address").strip()
    if aliases and wish.aliases:
        raise DockerError("conflicting options: cannot specify both --network-alias and per-network alias")
    if address and wish.address is not None:
        raise DockerError("conflicting options: cannot specify both --ip and per-network IPv4 address")
    if mac and wish.mac is not None:
        raise DockerError("conflicting options: cannot specify both --mac-address and per-network MAC address")
    local = tuple(address for text in parsed.all("link-local-ip") for address in text.split(","))
    wish = wish._replace(aliases=aliases or wish.aliases, local=local or wish.local)
    wish = wish._replace(mac=parse_mac_address(mac) if mac else wish.mac)
    return with_address(wish, address)


def say_without_effect(client: Client, wishes: Iterable[Wish]) -> None:
    """A note about each --driver-opt that does nothing in the sandbox."""
    for wish in wishes:
        for key, _value in wish.options:
            if key not in ENDPOINT_OPTIONS or not client.engine.profile.since(28):
                client.complain(f"note: the option {key} does nothing in the sandbox")


def parse_mac_address(text: str) -> int:
    """Raises DockerError: no MAC address."""
    if not MAC.fullmatch(text):
        raise DockerError(f"{text} is not a valid mac address")
    return parse_mac(text.replace("-", ":"))


def bad_extra_host(text: str) -> str:
    """Why --add-host is refused, or empty: it is NAME:ADDRESS, or NAME=ADDRESS."""
    name, mark, address = _split_host(text)
    if not mark or not name or ":" in name:
        return f'bad format for add-host: "{text}"'
    try:
        ip_address(address if address != HOST_GATEWAY else "0.0.0.0")
    except ValueError:
        return f'invalid IP address in add-host: "{address}"'
    return ""


def _split_host(text: str) -> tuple[str, str, str]:
    name, mark, address = text.partition("=") if "=" in text else text.partition(":")
    return name, mark, address.removeprefix("[").removesuffix("]")


def extra_host(text: str) -> tuple[str, str]:
    """(address, name) of an --add-host."""
    name, _mark, address = _split_host(text)
    return address, name
