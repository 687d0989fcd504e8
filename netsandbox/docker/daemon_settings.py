"""What dockerd reads in /etc/docker/daemon.json when it starts, and what it does not start with."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import NamedTuple

from netsandbox.docker.daemon_keys import (
    ADDRESS,
    ADDRESSES,
    BOOL,
    INT,
    KEPT_WHOLE,
    KEYS,
    MAP,
    NOTED,
    POOLS,
    REFUSED,
    STRING,
)
from netsandbox.docker.go_json import GoJsonError, Json, kind, loads
from netsandbox.docker.log_drivers import JSON_FILE
from netsandbox.docker.network_options import LEAST_MTU, MOST_MTU
from netsandbox.docker.profiles import Profile
from netsandbox.docker.resolv_conf import is_domain
from netsandbox.wire.addresses import AddressError, Network, format_ipv4, parse_ipv4, parse_network

PATH = "/etc/docker/daemon.json"
BAD_FILE = f"unable to configure the Docker daemon with file {PATH}: "
BAD_VALUE = f"{BAD_FILE}merged configuration validation from file and command line flags failed: "
FAILED = "failed to start daemon: "
FAILED_TO_LISTEN = "failed to load listeners: "
NO_NETWORK = f"{FAILED}Error initializing network controller: "
NO_BRIDGE = f'{NO_NETWORK}error creating default "bridge" network: '
LEVELS = ("trace", "debug", "info", "warn", "warning", "error", "fatal", "panic")
PROXIES = ("/usr/bin/docker-proxy", "/usr/libexec/docker/docker-proxy", "/usr/sbin/docker-proxy")
SOCKET = "unix:///var/run/docker.sock"


class DaemonError(Exception):
    """dockerd does not start (is_ours: it is the sandbox that does not model something)."""

    def __init__(self, message: str, is_ours: bool = False) -> None:
        super().__init__(message)
        self.is_ours = is_ours


class DaemonSettings(NamedTuple):
    """The keys that are modelled, by their names in the file."""

    userland_proxy: bool = True
    iptables: bool = True
    ip_forward: bool = True
    ip_forward_no_drop: bool = False
    ip_masq: bool = True
    icc: bool = True
    allow_direct_routing: bool = False
    live_restore: bool = False
    bip: str = ""
    bridge: str = ""
    fixed_cidr: str = ""
    mtu: int = 0
    dns: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    dns_opts: tuple[str, ...] = ()
    ip: str = ""  # the host's address at which -p without one is bound, on the default bridge; empty for all
    default_gateway: str = ""
    host_gateway_ip: str = ""
    # networks, each with the length of the subnets that are cut from it; empty for Docker's
    default_address_pools: tuple[tuple[Network, int], ...] = ()
    default_network_opts: Mapping[str, Mapping[str, str]] = {}  # -o of networks that are made later, by driver
    # log_driver, log_opts: of containers that are made later and do not say
    log_driver: str = JSON_FILE
    log_opts: Mapping[str, str] = {}
    hosts: tuple[str, ...] = (SOCKET,)
    userland_proxy_path: str = ""
    noted: tuple[str, ...] = ()  # the keys in the file that do nothing here


def read_settings(text: str, profile: Profile) -> DaemonSettings:
    """The file's settings; an empty file has none (DaemonError: dockerd does not start with it)."""
    found = _typed(_object(text), profile)
    settings = DaemonSettings(noted=tuple(key for key in found if KEYS[key].effect == NOTED))
    for key, value in found.items():
        if KEYS[key].effect == REFUSED and value not in (None, False, "", 0, []):
            raise DaemonError(f"{PATH}: {key!r} is not modelled in the sandbox", is_ours=True)
        field = key.replace("-", "_")
        if field in DaemonSettings._fields and value is not None:
            settings = settings._replace(**{field: value})  # type: ignore[arg-type]  # _value gives the field's type
    _validate(settings, found)
    return settings


def _object(text: str) -> dict[str, Json]:
    try:
        value = loads(text.strip()) if text.strip() else {}
    except GoJsonError as error:
        raise DaemonError(f"{BAD_FILE}invalid JSON: {error}") from None
    if not isinstance(value, dict):
        raise DaemonError(f"{BAD_FILE}invalid JSON: json: cannot unmarshal {kind(value)} into Go value of type "
                          "map[string]interface {}")
    return value


def _typed(found: dict[str, Json], profile: Profile) -> dict[str, object]:
    """The same values as the settings have them (DaemonError: a key that there is not, or a value of another type)."""
    flat = [inner for key, value in found.items() for inner in (
        value if isinstance(value, dict) and key not in KEPT_WHOLE else (key,))]
    unknown = [key for key in flat if key not in KEYS or not profile.since(*KEYS[key].since)]
    if unknown:
        raise DaemonError(f"{BAD_FILE}the following directives don't match any configuration option: "
                          + ", ".join(unknown))
    return {key: _value(key, value) for key, value in found.items()}


def _value(key: str, value: Json) -> object:
    wanted = KEYS[key].kind
    if value is None:
        return None
    is_right = {BOOL: isinstance(value, bool), INT: isinstance(value, int) and not isinstance(value, bool),
                STRING: isinstance(value, str), ADDRESS: isinstance(value, str), MAP: isinstance(value, dict)}
    if not is_right.get(wanted, isinstance(value, list)):
        raise _unmarshal(key, value, wanted)
    if isinstance(value, list):
        return _pools(key, value) if wanted == POOLS else tuple(_texts(key, value, wanted == ADDRESSES))
    if wanted == ADDRESS and isinstance(value, str):
        return _address(value)
    if isinstance(value, dict) and key == "log-opts":
        return _map_of_texts(key, value)
    return _network_options(key, value) if isinstance(value, dict) and key == "default-network-opts" else value


def _unmarshal(key: str, value: Json, wanted: str) -> DaemonError:
    what = f"number {value}" if isinstance(value, float) and wanted == INT else kind(value)
    return DaemonError(f"{BAD_FILE}invalid JSON: json: cannot unmarshal {what} into Go struct field "
                       f"Config.{key} of type {wanted}")


def _address(text: str) -> str:
    try:
        return format_ipv4(parse_ipv4(text))
    except AddressError:
        raise DaemonError(f"{BAD_FILE}invalid JSON: invalid IP address: {text}") from None


def _texts(key: str, value: list[Json], are_addresses: bool) -> list[str]:
    texts: list[str] = []
    for each in value:
        if not isinstance(each, str) and are_addresses:
            raise DaemonError(f"{BAD_FILE}invalid JSON: json: cannot unmarshal {kind(each)} into "
                              f"Config.{key}.{len(texts)} of type net.IP: JSON value must be string type")
        if not isinstance(each, str):
            raise _unmarshal(key, each, STRING)
        texts.append(_address(each) if are_addresses else each)
    return texts


def _pools(key: str, value: list[Json]) -> tuple[tuple[Network, int], ...]:
    pools = []
    for number, each in enumerate(value):
        base, size = (each.get("base"), each.get("size", 0)) if isinstance(each, dict) else (None, None)
        if not isinstance(each, dict):
            raise DaemonError(f"{BAD_FILE}invalid JSON: json: cannot unmarshal {kind(each)} into .{number} of type "
                              "ipamutils.NetworkToSplit")
        if not isinstance(base, str | None) or not isinstance(size, int):
            raise _unmarshal(f"{key}.{number}", base if isinstance(size, int) else size, STRING)
        network = _prefix(base) if base is not None else None
        before = (f"{NO_NETWORK}error obtaining controller instance: could not construct local address space: network "
                  f"at index {number} (&{{{base or 'invalid Prefix'} {size}}}) ")
        if size <= 0 or network is None:
            raise DaemonError(before + "is not in canonical form")
        if size < network.length:
            raise DaemonError(f"{before}has a smaller prefix (/{network.length}) than the target size of that pool "
                              f"(/{size})")
        if size > 32:
            raise DaemonError(f"{NO_BRIDGE}all predefined address pools have been fully subnetted")
        pools.append((Network(network.network, network.length), size))
    return tuple(pools)


def _prefix(text: str) -> Network:
    """netip.ParsePrefix."""
    address, slash, length = text.partition("/")
    if not slash:
        raise DaemonError(f'{BAD_FILE}invalid JSON: netip.ParsePrefix("{text}"): no \'/\'')
    try:
        parse_ipv4(address)
        return parse_network(text)
    except AddressError:
        why = "prefix length out of range" if length.isdecimal() else f'bad bits after slash: "{length}"'
        try:
            parse_ipv4(address)
        except AddressError:
            why = f'ParseAddr("{address}"): unable to parse IP'
        raise DaemonError(f'{BAD_FILE}invalid JSON: netip.ParsePrefix("{text}"): {why}') from None


def _network_options(key: str, value: dict[str, Json]) -> dict[str, dict[str, str]]:
    for driver, options in value.items():
        if not isinstance(options, dict):
            raise _unmarshal(f"{key}.{driver}", options, MAP)
    return {driver: _map_of_texts(f"{key}.{driver}", options) for driver, options in value.items()
            if isinstance(options, dict)}


def _map_of_texts(key: str, value: dict[str, Json]) -> dict[str, str]:
    for option in value.values():
        if not isinstance(option, str):
            raise _unmarshal(key, option, STRING)
    return {name: str(text) for name, text in value.items()}


def _validate(settings: DaemonSettings, found: dict[str, object]) -> None:
    """What dockerd asks of values before it does anything (config.Validate) (DaemonError: it does not take one)."""
    level, labels, path = found.get("log-level"), found.get("labels"), settings.userland_proxy_path
    wrong = ""
    if isinstance(level, str) and level not in LEVELS:
        wrong = f"invalid logging level: {level}"
    for domain in settings.dns_search:
        if not is_domain(domain):
            wrong = wrong or f"{domain} is not a valid domain"
    for host in settings.hosts:
        scheme, separator, _rest = host.partition("://")
        if separator and scheme not in ("tcp", "unix", "fd", "npipe"):
            wrong = wrong or f"invalid bind address ({host}): unsupported proto '{scheme}'"
    for label in labels if isinstance(labels, tuple) else ():
        if "=" not in label:
            wrong = wrong or f"bad attribute format: {label}"
    if settings.mtu < 0:
        wrong = wrong or f"invalid default MTU: {settings.mtu}"
    if path and not path.startswith("/"):
        wrong = wrong or f"invalid userland-proxy-path: must be an absolute path: {path}"
    elif path and path not in PROXIES:
        wrong = wrong or f'invalid userland-proxy-path: exec: "{path}": stat {path}: no such file or directory'
    if wrong:
        raise DaemonError(BAD_VALUE + wrong)


def check(settings: DaemonSettings) -> None:
    """What dockerd finds wrong when it sets up the network (DaemonError: it ends)."""
    if not settings.iptables and not settings.icc:
        raise DaemonError(f"{FAILED}You specified --iptables=false with --icc=false. ICC=false uses iptables to "
                          "function. Please set --icc or --iptables to true")
    if settings.bridge and settings.bip:
        raise DaemonError(f"{FAILED}You specified -b & --bip, mutually exclusive options. Please specify only one")
    for name, text in (("fixed-cidr", settings.fixed_cidr), ("bip", settings.bip)):
        if text:
            _cidr(name, text)
    own = parse_network(settings.bip) if settings.bip else None
    if own is not None and own.length < 31 and own.address in (own.network, own.broadcast):
        raise DaemonError(f"{NO_BRIDGE}failed to allocate gateway ({format_ipv4(own.address)}): Address already in use")
    if settings.mtu and not LEAST_MTU <= settings.mtu <= MOST_MTU:
        raise DaemonError(f"{NO_BRIDGE}invalid argument")


def _cidr(name: str, text: str) -> None:
    try:
        IPv4Network(text, strict=False)
        is_right = "/" in text
    except ValueError:
        is_right = False
    if not is_right:
        raise DaemonError(f"{NO_NETWORK}parse {name} failed: invalid CIDR address: {text}")
