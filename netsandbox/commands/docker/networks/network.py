"""docker network: ls, inspect, create, rm, connect and disconnect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import FALSE, TRUE, Command, Flag, Parsed
from netsandbox.commands.docker.inspect import describe
from netsandbox.commands.docker.inspect.inspect import FORMAT, NETWORK, inspect
from netsandbox.commands.docker.printing.listing import (
    Column,
    Listing,
    bad_filter,
    grouped,
    is_named,
    no_filter,
    with_label,
)
from netsandbox.commands.docker.printing.words import created_at, has_label, named_values
from netsandbox.commands.docker.run.conflicts import is_ipv6
from netsandbox.commands.docker.run.settings import bad_label
from netsandbox.commands.natural import natural
from netsandbox.docker import config_network, user_networks
from netsandbox.docker.errors import NOT_FOUND, DockerError, daemon_error
from netsandbox.docker.network import DockerNetwork
from netsandbox.docker.network_options import without_effect
from netsandbox.wire.addresses import AddressError, Network, format_ipv4, parse_ipv4, parse_network

ID_LENGTH = 12
LISTING = Listing(
    "*network.networkContext",
    (Column("ID", "NETWORK ID"), Column("Name", "NAME"), Column("Driver", "DRIVER"), Column("Scope", "SCOPE")),
    {"IPv4": "IPV4", "IPv6": "IPV6", "Internal": "INTERNAL", "Labels": "LABELS", "CreatedAt": "CREATED AT"},
    raw="network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n")


def listing(client: Client, parsed: Parsed) -> int:
    networks = sorted(client.engine.networks.values(), key=lambda network: natural(network.name))
    for key, values in grouped(parsed.all("filter")).items():
        every = all if key == "label" else any
        networks = [network for network in networks if every(_matches(network, key, value) for value in values)]
    rows = [_row(network, not parsed.on("no-trunc")) for network in networks]
    if not client.engine.profile.since(28):
        rows = [{key: value for key, value in row.items() if key != "IPv4"} for row in rows]
    LISTING.show(client, parsed, rows)
    return 0


def _row(network: DockerNetwork, short: bool) -> dict[str, Any]:
    return with_label({
            "ID": network.identity[:ID_LENGTH] if short else network.identity, "Name": network.name,
            "Driver": network.driver, "Scope": network.scope, "IPv4": "true", "IPv6": "false",
            "Internal": "true" if network.internal else "false", "Labels": ",".join(
                f"{key}={value}" for key, value in sorted(network.labels.items())),
            "CreatedAt": created_at(network.created)}, network.labels)


def _matches(network: DockerNetwork, key: str, value: str) -> bool:
    is_built_in = network.name in user_networks.PREDEFINED
    wanted: dict[str, Callable[[], bool]] = {
        "name": lambda: is_named(network.name, value), "driver": lambda: value == network.driver,
        "id": lambda: network.identity.startswith(value), "scope": lambda: value == network.scope,
        "type": lambda: (value == "builtin") == is_built_in, "label": lambda: has_label(network.labels, value),
        # the daemon does not look for containers here, so that all that a person made count
        "dangling": lambda: is_built_in != (value in TRUE)}
    if key not in wanted:
        raise no_filter(key)
    if key == "type" and value not in ("builtin", "custom"):
        raise daemon_error(f"invalid filter: 'type'='{value}'")
    if key == "dangling" and value not in TRUE | FALSE:
        raise daemon_error("invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or \"0\")")
    return wanted[key]()


def inspect_networks(client: Client, parsed: Parsed) -> int:
    return inspect(client, parsed, lambda name: (describe.network(client.engine, _found(client, name)), NETWORK))


def _found(client: Client, name: str) -> DockerNetwork:
    """Raises DockerError: there is none; a client before 28 knows by itself that none has an empty name."""
    if not name and not client.engine.profile.since(28):
        raise DockerError("Error: No such network: ")
    return client.engine.network(name)


def create(client: Client, parsed: Parsed) -> int:
    if parsed.on("config-only"):
        return _configure(client, parsed)
    plan = planned(client, parsed)
    if parsed.text("config-from"):
        plan = config_network.filled(client.engine, plan, parsed.text("config-from"))
    network = client.engine.create_network(plan)
    client.print(network.identity)
    if parsed.on("ipv6"):
        client.complain("note: --ipv6: the network has IPv4 alone, as no machine of the sandbox speaks IPv6")
    for key in without_effect(plan.options, client.engine.profile) if network.driver == "bridge" else ():
        client.complain(f"note: the option {key} does nothing in the sandbox")
    return 0


def _configure(client: Client, parsed: Parsed) -> int:
    """--config-only."""
    if any(parsed.on(name) for name in ("internal", "attachable", "ingress")) or parsed.text("scope"):
        raise daemon_error(config_network.FIELDS_ALONE)
    plan = planned(client, parsed)
    user_networks.check_name(client.engine, plan.name)
    if parsed.text("config-from"):
        raise daemon_error("a configuration network cannot depend on another configuration network")
    client.print(config_network.create(client.engine, plan).identity)
    return 0


def planned(client: Client, parsed: Parsed) -> user_networks.NetworkPlan:
    """What the flags of `network create` ask for (DockerError: the client refuses it)."""
    _check_scope(parsed)
    plan = user_networks.NetworkPlan(
        parsed.operands[0], parsed.text("driver") or "bridge", internal=parsed.on("internal"),
        attachable=parsed.on("attachable"), scope=parsed.text("scope") or "local",
        ipam_options=named_values(parsed.all("ipam-opt")),
        options=named_values(parsed.all("opt")), labels=named_values(parsed.all("label")))
    return _with_addresses(client, plan, parsed)


def _check_scope(parsed: Parsed) -> None:
    """Raises DockerError: what only a swarm has, or an address manager that is not there."""
    if parsed.on("ingress") and parsed.text("driver") != "overlay":
        raise daemon_error("Ingress network can only be global scope network")
    if parsed.text("scope") == "swarm":
        raise daemon_error("cannot create a swarm scoped network when swarm is not active")
    if not parsed.values.get("ipv4", True):
        if parsed.on("ipv6"):
            raise DockerError("docker network create --ipv4=false is not modelled in the sandbox")
        raise daemon_error("IPv4 or IPv6 must be enabled")
    manager = parsed.text("ipam-driver") or "default"
    if manager == "null":
        raise daemon_error("ipv4 pool is empty")
    if manager != "default":
        raise daemon_error(f'plugin "{manager}" not found')


def _with_addresses(client: Client, plan: user_networks.NetworkPlan, parsed: Parsed) -> user_networks.NetworkPlan:
    """--subnet, --gateway, --ip-range and --aux-address, which the client brings together."""
    subnets = [_network(client, text, "subnet") for text in parsed.all("subnet")]
    gateways = [_gateway(client, text) for text in parsed.all("gateway")]
    parts = [_part(client, text, subnets) for text in parsed.all("ip-range")]
    if len(subnets) < len(gateways) or len(subnets) < len(parts):
        raise DockerError("every ip-range or gateway must have a corresponding subnet")
    if any(one.network in other or other.network in one for at, one in enumerate(subnets) for other in subnets[:at]):
        raise DockerError("multiple overlapping subnet configuration is not supported")
    for gateway in gateways:
        if not any(gateway in subnet for subnet in subnets):
            raise DockerError(f"no matching subnet for gateway {format_ipv4(gateway)}")
    for part in parts:
        if not any(part.network in subnet for subnet in subnets):
            raise DockerError(f"no matching subnet for range {part}")
    reserved = {name: _reserved(text, subnets) for name, text in named_values(parsed.all("aux-address")).items()}
    if len(subnets) > 1 and plan.driver == "bridge":
        raise daemon_error("bridge driver doesn't support multiple subnets")
    plans = [_of_subnet(plan, subnet, gateways, parts, reserved) for subnet in subnets]
    return plans[0]._replace(more=tuple(plans[1:]), reserved=reserved) if plans else plan._replace(reserved=reserved)


def _of_subnet(plan: user_networks.NetworkPlan, subnet: Network, gateways: list[int], parts: list[Network],
               reserved: dict[str, int]) -> user_networks.NetworkPlan:
    """What of the addresses is one subnet's."""
    own = [gateway for gateway in gateways if gateway in subnet]
    ranges = [part for part in parts if part.network in subnet]
    if len(own) > 1:
        raise DockerError(f"cannot configure multiple gateways ({format_ipv4(own[1])}, {format_ipv4(own[0])}) for the "
                          f"same subnet ({subnet})")
    if len(ranges) > 1:
        raise DockerError(f"cannot configure multiple ranges ({ranges[1]}, {ranges[0]}) on the same subnet ({subnet})")
    return plan._replace(subnet=subnet, gateway=own[0] if own else None, part=ranges[0] if ranges else None,
                         reserved={name: address for name, address in reserved.items() if address in subnet})


def _part(client: Client, text: str, subnets: list[Network]) -> Network:
    """--ip-range, which the client looks at itself where there are subnets to hold it against."""
    try:
        return parse_network(text if "/" in text else "")
    except AddressError:
        if not subnets:
            raise DockerError("every ip-range or gateway must have a corresponding subnet") from None
        if client.engine.profile.since(29):
            return _network(client, text, "ip-range")
        raise DockerError(f"invalid CIDR address: {text}" if client.engine.profile.since(28) and not is_ipv6(text)
                          else f"no matching subnet for range {text}") from None


def _reserved(text: str, subnets: list[Network]) -> int:
    try:
        address = parse_ipv4(text)
    except AddressError:
        raise DockerError(f"no matching subnet for aux-address {text}") from None
    if not any(address in subnet for subnet in subnets):
        raise DockerError(f"no matching subnet for aux-address {text}")
    return address


def _network(client: Client, text: str, what: str) -> Network:
    try:
        if "/" in text:
            return parse_network(text)
    except AddressError:
        pass
    if "/" in text and is_ipv6(text):
        raise DockerError(f"docker network create --{what} {text}: IPv6 is not modelled in the sandbox")
    if client.engine.profile.since(29):
        raise DockerError(f'netip.ParsePrefix("{text}"): no \'/\'' if "/" not in text else
                          f'netip.ParsePrefix("{text}"): ParseAddr("{text.partition("/")[0]}"): unable to parse IP')
    raise daemon_error(f"invalid network config:\ninvalid {what} {text}: invalid CIDR block notation")


def _gateway(client: Client, text: str) -> int:
    try:
        return parse_ipv4(text)
    except AddressError:
        if not client.engine.profile.since(29):
            raise DockerError(f"no matching subnet for gateway {text}") from None
        raise DockerError(f'invalid argument "{text}" for "--gateway" flag: invalid string being converted to IP '
                          f"address: {text}", 125) from None


def remove(client: Client, parsed: Parsed) -> int:
    status = 0
    for name in parsed.operands:
        try:
            user_networks.remove(client.engine, client.engine.network(name))
            client.print(name)
        except DockerError as error:
            if parsed.on("force") and error.kind == NOT_FOUND:
                continue
            client.complain(str(error))
            status = 1
    if status and client.engine.profile.since(28):
        client.complain("exit status 1")
    return status


LIST = Command("docker network ls", "[OPTIONS]", "List networks", listing, (
    Flag("filter", "f", "list", check=bad_filter),
    Flag("format", "", "string"),
    Flag("no-trunc"),
    Flag("quiet", "q")), 0, 0)
INSPECT = Command("docker network inspect", "[OPTIONS] NETWORK [NETWORK...]",
                  "Display detailed information on one or more networks", inspect_networks, (
                      FORMAT, Flag("verbose", "v")), 1)
CREATE = Command("docker network create", "[OPTIONS] NETWORK", "Create a network", create, (
    Flag("attachable"),
    Flag("aux-address", "", "list"),
    Flag("config-from", "", "string"),
    Flag("config-only"),
    Flag("driver", "d", "string"),
    Flag("gateway", "", "list"),
    Flag("ingress"),
    Flag("internal"),
    Flag("ipam-driver", "", "string"),
    Flag("ipam-opt", "", "list"),
    Flag("ipv4", since=28),
    Flag("ipv6"),
    Flag("ip-range", "", "list"),
    Flag("label", "", "list", check=bad_label),
    Flag("opt", "o", "list"),
    Flag("scope", "", "string"),
    Flag("subnet", "", "list")), 1, 1)
REMOVE = Command("docker network rm", "NETWORK [NETWORK...]", "Remove one or more networks", remove, (
    Flag("force", "f"),), 1)
