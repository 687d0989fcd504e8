"""Containers and networks as the engine's API gives them: what `inspect` prints, in the order of the API's fields."""

from __future__ import annotations

from typing import Any

from netsandbox.commands.docker.inspect.host_config import host_config, mount_points, wanted_volumes
from netsandbox.commands.docker.printing.sizes import bytes_in, size_of
from netsandbox.commands.docker.printing.words import short_timestamp
from netsandbox.docker.config_network import ConfigNetwork
from netsandbox.docker.container import PAUSED, RESTARTING, Container, Endpoint, Wish
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.files import hostname
from netsandbox.docker.health import Health, HealthCheck
from netsandbox.docker.image_store import NO_NAME
from netsandbox.docker.images import Image
from netsandbox.docker.ipam import AddressPool
from netsandbox.docker.links import linked
from netsandbox.docker.log_drivers import JSON_FILE
from netsandbox.docker.network import BridgeNetwork, DockerNetwork
from netsandbox.docker.ports import are_known
from netsandbox.docker.service_names import dns_names
from netsandbox.docker.user_networks import NetworkPlan
from netsandbox.docker.volumes import Volume
from netsandbox.wire.addresses import format_ipv4, format_mac

Json = dict[str, Any]
NEVER = "0001-01-01T00:00:00Z"
ROOT = "/var/lib/docker/containers"
DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def container(engine: DockerEngine, it: Container, has_size: bool = False) -> Json:
    """GET /containers/ID/json."""
    written = bytes_in(it.files) if has_size else 0
    argv = it.argv or [""]
    path = f"{ROOT}/{it.identity}"
    return {
        "Id": it.identity, "Created": short_timestamp(it.created), "Path": argv[0], "Args": argv[1:],
        "State": _state(it), "Image": f"sha256:{it.image.identity}",
        "ResolvConfPath": f"{path}/resolv.conf", "HostnamePath": f"{path}/hostname", "HostsPath": f"{path}/hosts",
        "LogPath": f"{path}/{it.identity}-json.log" if _has_file(it) else "", "Name": f"/{it.name}",
        "RestartCount": it.restarts,
        "Driver": engine.profile.storage_driver, "Platform": "linux", "MountLabel": "", "ProcessLabel": "",
        "AppArmorProfile": "docker-default", "ExecIDs": [one.identity for one in it.execs] or None,
        "HostConfig": host_config(engine, it),
        **({"SizeRw": written, "SizeRootFs": written + size_of(it.image)} if has_size else {}),
        "Mounts": mount_points(it), "Config": _config(engine, it), "NetworkSettings": _settings(engine, it)}


def _has_file(it: Container) -> bool:
    """Whether it has begun to log into a file, which another driver has of its own."""
    return it.has_run and it.host_config.resources.get("LogConfig", {"Type": JSON_FILE})["Type"] == JSON_FILE


def image(engine: DockerEngine, it: Image) -> Json:
    """GET /images/NAME/json, what a lesson can need of it."""
    config: Json = {"Cmd": list(it.cmd) or None, "Entrypoint": list(it.entrypoint) or None,
                    "Env": [DEFAULT_PATH, *it.environment]}
    made: Json = {"WorkingDir": it.workdir, "Labels": dict(it.labels), "User": it.user,
            "Volumes": {path: {} for path in it.volumes},
            "Healthcheck": _health_check(it.health_check) if it.health_check is not None else None}
    config |= {name: value for name, value in made.items() if value}
    if it.exposed:
        config["ExposedPorts"] = {port: {} for port in it.exposed}
    if it.stop_signal != "SIGTERM":
        config["StopSignal"] = it.stop_signal
    names = sorted({f"{one.name}:{one.tag}" for one in (it, *engine.images.all())
                    if one.identity == it.identity and one.name != NO_NAME})
    created = "2025-12-18T00:00:00Z" if it.created is None else short_timestamp(it.created)
    return {"Id": f"sha256:{it.identity}", "RepoTags": names, "RepoDigests": [], "Parent": "",
            "Comment": it.comment, "Created": created, "DockerVersion": "", "Author": it.author, "Config": config,
            "Architecture": "amd64", "Os": "linux", "Size": size_of(it),
            "RootFS": {"Type": "layers", "Layers": [f"sha256:{it.identity[::-1]}"]},
            "Metadata": {"LastTagTime": NEVER if it.created is None else created}}


def volume(it: Volume) -> Json:
    """GET /volumes/NAME."""
    return {"CreatedAt": short_timestamp(it.created), "Driver": "local", "Labels": it.labels or None,
            "Mountpoint": it.mountpoint, "Name": it.name, "Options": it.options or None, "Scope": "local"}


def _state(it: Container) -> Json:
    return {
        "Status": it.state, "Running": it.is_running or it.state == RESTARTING, "Paused": it.state == PAUSED,
        "Restarting": it.state == RESTARTING, "OOMKilled": False, "Dead": False, "Pid": it.pid if it.is_running else 0,
        "ExitCode": it.code, "Error": it.error,
        "StartedAt": short_timestamp(it.started) if it.has_run else NEVER,
        "FinishedAt": short_timestamp(it.finished) if it.has_ended else NEVER,
        **({"Health": _health(it.health)} if it.health is not None else {})}


def _health(it: Health) -> Json:
    return {"Status": it.status, "FailingStreak": it.streak, "Log": [
        {"Start": short_timestamp(found.began), "End": short_timestamp(found.ended), "ExitCode": found.code,
         "Output": found.output} for found in it.results]}


def _health_check(it: HealthCheck) -> Json:
    found = {"Test": list(it.test), "Interval": it.interval, "Timeout": it.timeout, "StartPeriod": it.start_period,
             "StartInterval": it.start_interval, "Retries": it.retries}
    return {name: value for name, value in found.items() if value}


def _config(engine: DockerEngine, it: Container) -> Json:
    image, own = it.image, it.config
    entrypoint = list(image.entrypoint) if own.entrypoint is None else own.entrypoint
    config: Json = {
        "Hostname": it.short_identity if it.joined and not it.has_run else hostname(engine, it),
        "Domainname": own.domainname,
        "User": own.user,
        **{f"Attach{name.capitalize()}": name in own.attached for name in ("stdin", "stdout", "stderr")}}
    if image.exposed or own.exposed or it.host_config.published:
        config["ExposedPorts"] = {port: {} for port in sorted(it.exposed_ports)}
    config |= {
        "Tty": own.tty, "OpenStdin": own.stdin, "StdinOnce": "stdin" in own.attached and own.stdin,
        "Env": [*own.environment, DEFAULT_PATH],
        "Cmd": it.arguments or (list(image.cmd) if own.entrypoint is None else None) or None, "Image": it.reference,
        "Volumes": wanted_volumes(it), "WorkingDir": own.workdir, "Entrypoint": entrypoint or None, "OnBuild": None,
        "Labels": it.labels}
    if own.health_check is not None:
        config = _put_before(config, "Image", {"Healthcheck": _health_check(own.health_check)})
    if own.wanted_mac and not engine.profile.since(29):
        config = _put_before(config, "OnBuild", {"MacAddress": own.wanted_mac})
    return config | _stopping(own.stop_signal or image.stop_signal, own.stop_timeout)


def _stopping(signal: str, timeout: int | None) -> Json:
    """What is not as usual."""
    return {**({"StopSignal": signal} if signal != "SIGTERM" else {}),
            **({"StopTimeout": timeout} if timeout is not None else {})}


def _put_before(fields: Json, name: str, more: Json) -> Json:
    """With more fields in front of one."""
    at = list(fields).index(name)
    return dict(list(fields.items())[:at]) | more | dict(list(fields.items())[at:])


def _settings(engine: DockerEngine, it: Container) -> Json:
    """NetworkSettings; up to 28 with the flat fields, which only speak of docker0."""
    networks = _networks(engine, it)
    ports: Json = dict.fromkeys(it.exposed_ports) if are_known(it) else {}
    for binding in sorted(it.bindings, key=lambda binding: binding.port):
        key = f"{binding.port}/{binding.protocol}"
        ports[key] = [*(ports.get(key) or ()), {"HostIp": binding.host, "HostPort": str(binding.host_port or "")}]
    ports = dict(sorted(ports.items()))
    sandbox = it.sandbox if (it.is_running or not engine.profile.since(28)) and not it.joined else ""
    name = "default" if it.mode == "host" else sandbox[:12]
    path = f"/var/run/docker/netns/{name}" if sandbox else ""
    head: Json = {"SandboxID": sandbox, "SandboxKey": path, "Ports": ports}
    if engine.profile.since(29):
        return {**head, "Networks": networks}
    flat = it.endpoints.get("bridge")
    return {
        "Bridge": "", **head, "HairpinMode": False, "LinkLocalIPv6Address": "", "LinkLocalIPv6PrefixLen": 0,
        "SecondaryIPAddresses": None, "SecondaryIPv6Addresses": None, "EndpointID": flat.identity if flat else "",
        "Gateway": format_ipv4(flat.network.way_out(flat.network.pool)) if flat else "", "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0, "IPAddress": format_ipv4(flat.address) if flat else "",
        "IPPrefixLen": flat.network.pool.subnet.length if flat else 0, "IPv6Gateway": "",
        "MacAddress": format_mac(flat.mac) if flat else "", "Networks": networks}


def _networks(engine: DockerEngine, it: Container) -> Json:
    return {name: _endpoint_settings(engine, it, name) for name in it.network_names}


def _endpoint_settings(engine: DockerEngine, it: Container, name: str) -> Json:
    endpoint, network, wish = it.endpoints.get(name), engine.networks.get(name), it.networks.get(name) or Wish()
    address: Json = {"IPv4Address": format_ipv4(wish.address)} if wish.address is not None else {}
    address |= {"LinkLocalIPs": list(wish.local)} if wish.local else {}
    head: Json = {"IPAMConfig": address or ({} if wish.is_connected else None), "Links": _links(engine, it, name),
                  "Aliases": list(wish.aliases) or ([] if wish.is_connected else None)}
    mac = {"MacAddress": format_mac(endpoint.mac) if endpoint else ""}
    if not engine.profile.since(29):
        head |= mac
    options: Json = {"DriverOpts": dict(wish.options) or ({} if wish.is_connected else None)}
    if engine.profile.since(28):
        head |= options | {"GwPriority": wish.priority}
    head |= {"NetworkID": wish.joined or (network.identity if network is not None and it.has_run else ""),
             **_operational(it, endpoint)}
    if engine.profile.since(29):
        return _with_mac_after_address(head, mac) | _tail(it, name)
    tail = _tail(it, name)
    if not engine.profile.since(28):
        names = tail.pop("DNSNames")
        tail |= options | {"DNSNames": names}
    return head | tail


def _links(engine: DockerEngine, it: Container, network: str) -> list[str] | None:
    """Of --link on a network that a person made."""
    if network in ("bridge", "host", "none"):
        return None
    return [f"{link.name}:{link.alias}" for link, _other in linked(engine, it, network)] or None


def _operational(it: Container, endpoint: Endpoint | None) -> Json:
    if endpoint is None:
        own = it.sandbox[::-1] if it.is_running and it.mode in ("host", "none") else ""
        return {"EndpointID": own, "Gateway": "", "IPAddress": "", "IPPrefixLen": 0}
    return {"EndpointID": endpoint.identity, "Gateway": "" if endpoint.network.internal else format_ipv4(
        endpoint.network.way_out(endpoint.pool)), "IPAddress": format_ipv4(endpoint.address),
        "IPPrefixLen": endpoint.pool.subnet.length}


def _with_mac_after_address(fields: Json, mac: Json) -> Json:
    result: Json = {}
    for name, value in fields.items():
        result[name] = value
        if name == "IPAddress":
            result |= mac
    return result


def _tail(it: Container, name: str) -> Json:
    is_known = it.has_run or (name in it.networks and it.networks[name].is_connected)
    names = dns_names(it, name) if name not in ("bridge", "host", "none") and is_known else None
    return {"IPv6Gateway": "", "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0, "DNSNames": names}


def network(engine: DockerEngine, it: DockerNetwork) -> Json:
    """GET /networks/ID: since 29 the containers come last, and the status after them."""
    members = {"Containers": _members(engine, it)}
    head: Json = {
        "Name": it.name, "Id": it.identity, "Created": short_timestamp(it.created), "Scope": it.scope,
        "Driver": it.driver}
    if engine.profile.since(28):
        head["EnableIPv4"] = True
    head |= {"EnableIPv6": False, "IPAM": _ipam(it), "Internal": it.internal, "Attachable": it.attachable,
             "Ingress": False,
             "ConfigFrom": {"Network": it.config_from}, "ConfigOnly": isinstance(it, ConfigNetwork)}
    tail: Json = {"Options": _options(it), "Labels": dict(sorted(it.labels.items()))}
    if not engine.profile.since(29):
        return head | members | tail
    return head | tail | members | {"Status": _status(it)}


def _ipam(it: DockerNetwork) -> Json:
    if isinstance(it, ConfigNetwork):
        return {"Driver": "default", "Options": {}, "Config": [
            _planned(plan) for plan in (it.plan, *it.plan.more) if plan.subnet is not None]}
    if not isinstance(it, BridgeNetwork):
        return {"Driver": "default", "Options": None, "Config": None}
    return {"Driver": "default", "Options": None if it.is_default or it.ipam_options is None else dict(it.ipam_options),
            "Config": [_pool(it, pool) for pool in it.pools]}


def _planned(plan: NetworkPlan) -> Json:
    config: Json = {"Subnet": str(plan.subnet)}
    if plan.part is not None:
        config["IPRange"] = str(plan.part)
    if plan.gateway is not None:
        config["Gateway"] = format_ipv4(plan.gateway)
    reserved = {name: format_ipv4(address) for name, address in sorted(plan.reserved.items())}
    return config | {"AuxiliaryAddresses": reserved} if reserved else config


def _pool(it: BridgeNetwork, pool: AddressPool) -> Json:
    config: Json = {"Subnet": str(pool.subnet)}
    if pool.part is not None:
        config["IPRange"] = str(pool.part)
    if (it.is_default or pool.has_given_gateway or not it.has_own_subnet) and it.settings.gateway_mode != "isolated":
        config["Gateway"] = format_ipv4(pool.gateway)
    reserved = {name: format_ipv4(address) for name, address in sorted(it.reserved.items()) if address in pool.subnet}
    return config | {"AuxiliaryAddresses": reserved} if reserved else config


def _options(it: DockerNetwork) -> Json:
    if isinstance(it, BridgeNetwork) and it.is_default:
        prefix, settings = "com.docker.network", it.settings
        return {f"{prefix}.bridge.default_bridge": "true", f"{prefix}.bridge.enable_icc": _word(settings.icc),
                f"{prefix}.bridge.enable_ip_masquerade": _word(settings.masquerade),
                f"{prefix}.bridge.host_binding_ipv4": settings.host_binding or "0.0.0.0",
                f"{prefix}.bridge.name": it.ifname, f"{prefix}.driver.mtu": str(it.mtu)}
    return dict(sorted(it.options.items()))


def _word(value: bool) -> str:
    return "true" if value else "false"


def _members(engine: DockerEngine, it: DockerNetwork) -> Json:
    if isinstance(it, BridgeNetwork):
        found = {}
        for identity, member in it.members.items():
            endpoint = member.endpoints[it.name]
            found[identity] = {
                "Name": member.name, "EndpointID": endpoint.identity, "MacAddress": format_mac(endpoint.mac),
                "IPv4Address": f"{format_ipv4(endpoint.address)}/{endpoint.pool.subnet.length}", "IPv6Address": ""}
        return dict(sorted(found.items()))
    users = [c for c in engine.containers.values() if c.is_running and c.mode == it.name]
    return {c.identity: {"Name": c.name, "EndpointID": c.sandbox[::-1], "MacAddress": "", "IPv4Address": "",
                         "IPv6Address": ""} for c in sorted(users, key=lambda c: c.identity)}


def _status(it: DockerNetwork) -> Json:
    if not isinstance(it, BridgeNetwork):
        return {"IPAM": {}}
    return {"IPAM": {"Subnets": {str(pool.subnet): _use(pool) for pool in it.pools}}}


def _use(pool: AddressPool) -> Json:
    total = 1 << 32 - pool.subnet.length
    usable = pool.part or pool.subnet
    free = (1 << 32 - usable.length) - sum(address in usable for address in pool.used)
    return {"IPsInUse": min(len(pool.used), total), "DynamicIPsAvailable": free}
