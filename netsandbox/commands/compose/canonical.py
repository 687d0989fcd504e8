"""docker compose config: a Compose file in its canonical form (compose-go): short forms long, names filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from posixpath import normpath
from typing import TYPE_CHECKING

from netsandbox.commands.compose.build_keys import read_build
from netsandbox.commands.compose.values import Values, is_null, mount_parts
from netsandbox.commands.compose.whole import Read, Whole
from netsandbox.commands.docker.publish import parse_publish
from netsandbox.commands.docker.words import duration, go_duration
from netsandbox.commands.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode
from netsandbox.docker.errors import DockerError
from netsandbox.engine.units import SECOND

if TYPE_CHECKING:
    from netsandbox.commands.compose.model import Project
    from netsandbox.commands.compose.yaml_text import Plain

Tree = dict[str, "Plain"]
Shape = Callable[[Values, Node, str], "Plain"]
ATTACHMENT = ("aliases", "driver_opts", "gw_priority", "interface_name", "ipv4_address", "ipv6_address",
              "link_local_ips", "mac_address", "priority")
NETWORK = ("name", "driver", "driver_opts", "ipam", "external", "internal", "attachable", "labels", "enable_ipv4",
           "enable_ipv6")
HEALTHCHECK = ("test", "timeout", "interval", "retries", "start_period", "start_interval", "disable")
BUILD = ("context", "dockerfile", "args", "labels", "cache_from", "cache_to", "no_cache", "pull", "shm_size", "network",
         "target", "platforms", "privileged", "tags", "ulimits")
SUBNET = ("subnet", "gateway", "ip_range", "aux_addresses")
DEFAULT = "default"
BYTES = re.compile(r"(\d{1,15})([bkmgt]?)b?", re.ASCII)


def _text(values: Values, node: Node, what: str) -> Plain:
    return values.text(node, what)


def _texts(values: Values, node: Node, what: str) -> Plain:
    return list(values.texts(node, what))


def _words(values: Values, node: Node, what: str) -> Plain:
    return list(values.words(node, what) or ())


def _boolean(values: Values, node: Node, what: str) -> Plain:
    return values.boolean(node, what)


def _number(values: Values, node: Node, what: str) -> Plain:
    return values.number(node, what)


def _decimal(values: Values, node: Node, what: str) -> Plain:
    text = values.text(node, what)
    try:
        return float(text)
    except ValueError:
        raise values.error(node, f"{what} must be a number") from None


def _bytes(values: Values, node: Node, what: str) -> Plain:
    """`64m` as a number of bytes."""
    match = BYTES.fullmatch(values.text(node, what).lower())
    if match is None:
        raise values.error(node, f"{what}: invalid size")
    return str(int(match[1]) << 10 * "bkmgt".index(match[2] or "b"))


def _integer(values: Values, node: Node, what: str) -> str:
    """A scalar as a text: YAML reads 0x10 as a number before Compose makes a text of it."""
    text = values.text(node, what)
    is_number = isinstance(node, ScalarNode) and node.tag.endswith(":int")
    try:
        return str(int(text, 0)) if is_number else text
    except ValueError:
        return text


def _map(values: Values, node: Node, what: str, missing: Plain = None) -> Tree:
    """NAME: value, of a list or of a map, in the order of the names."""
    if isinstance(node, MappingNode):
        found: Tree = {key: missing if is_null(value) else _integer(values, value, what)
                       for key, (_key, value) in values.map(node, what).items()}
    else:
        found = {name: value if equals else missing for name, equals, value in (
            text.partition("=") for text in values.texts(node, what))}
    return dict(sorted(found.items()))


def _labels(values: Values, node: Node, what: str) -> Plain:
    return _map(values, node, what, "")


def _hosts(values: Values, node: Node, what: str) -> Plain:
    pairs = [text if "=" in text else text.replace(":", "=", 1) for text in values.pairs(node, what)]
    return sorted(pairs)


def _depends_on(values: Values, node: Node, what: str) -> Plain:
    usual: Tree = {"condition": "service_started", "required": True}
    if not isinstance(node, MappingNode):
        return dict.fromkeys(sorted(values.texts(node, what)), usual)
    found: Tree = {}
    for name, (_key, inner) in sorted(values.map(node, what).items()):
        given = {key: value for key, (_where, value) in values.map(inner, what).items()}
        own: Tree = {"condition": values.text(given["condition"], what) if "condition" in given else "service_started"}
        own |= {"restart": True} if "restart" in given and values.boolean(given["restart"], what) else {}
        found[name] = own | {"required": "required" not in given or values.boolean(given["required"], what)}
    return found


def _ports(values: Values, node: Node, what: str) -> Plain:
    found: list[Plain] = []
    for item in values.items(node, what):
        if isinstance(item, MappingNode):
            fields = {key: values.text(value, what) for key, (_key, value) in values.map(item, what).items()}
            found.append(_port(fields.get("mode", "ingress"), fields.get("host_ip", ""), int(fields["target"]),
                               fields.get("published", ""), fields.get("protocol", "tcp"), fields.get("name", "")))
        else:
            found += [_port("ingress", port.host, port.port, port.host_port, port.protocol)
                      for port in parse_publish(values.text(item, what))]
    return found


def _port(mode: str, host: str, target: int, published: str, protocol: str, name: str = "") -> Tree:
    fields: Tree = {"name": name, "mode": mode, "host_ip": host, "target": target, "published": published,
                    "protocol": protocol}
    return {key: value for key, value in fields.items() if value != ""}


def _networks(values: Values, node: Node, what: str) -> Plain:
    if isinstance(node, SequenceNode):
        return dict.fromkeys(sorted(values.texts(node, what)))
    return {name: None if is_null(value) else _in_order(ATTACHMENT, _plain_map(values, value, what))
            for name, (_key, value) in sorted(values.map(node, what).items())}


def _in_order(order: tuple[str, ...], fields: Tree) -> Tree:
    return {key: fields[key] for key in order if key in fields}


def _plain_map(values: Values, node: Node, what: str) -> Tree:
    return {key: _plain(values, value, f"{what}.{key}") for key, (_key, value) in values.map(node, what).items()}


def _plain(values: Values, node: Node, what: str) -> Plain:
    """As it is, with its variables filled in."""
    if is_null(node):
        return None
    if isinstance(node, MappingNode):
        return _plain_map(values, node, what)
    if isinstance(node, SequenceNode):
        return [_plain(values, item, what) for item in values.items(node, what)]
    if node.tag.endswith(":bool"):
        return values.boolean(node, what)
    return int(_integer(values, node, what)) if node.tag.endswith(":int") else values.text(node, what)


def _duration(values: Values, node: Node, what: str) -> Plain:
    """As Go writes it: 90s is 1m30s."""
    text = values.text(node, what)
    length = duration(text) or 0
    return text if length % SECOND or length < SECOND else go_duration(length)


def _volumes(values: Values, node: Node, what: str) -> Plain:
    found: list[Plain] = []
    for item in values.items(node, what):
        if isinstance(item, MappingNode):
            found.append(_plain_map(values, item, what))
            continue
        source, rest = mount_parts(values.text(item, what))
        target, _colon, options = rest.partition(":")
        is_path = source.startswith(("/", ".", "~"))
        own: Tree = {"type": "bind" if is_path else "volume"}
        if source:
            folder = values.name.rpartition("/")[0]
            own |= {"source": normpath(f"{folder}/{source}") if source.startswith(".") else source}
        own |= {"target": target} | ({"read_only": True} if "ro" in options.split(",") else {})
        found.append(own | ({"bind": {"create_host_path": True}} if is_path else {"volume": {}}))
    return found


def _healthcheck(values: Values, node: Node, what: str) -> Plain:
    fields = _plain_map(values, node, what)
    test = fields.get("test")
    if isinstance(test, str):
        fields["test"] = ["CMD-SHELL", test]
    return _in_order(HEALTHCHECK, fields)


def _build(values: Values, node: Node, what: str) -> Plain:
    """The folder's whole path, the Dockerfile's name, and the rest as it is."""
    fields = _plain_map(values, node, what) if isinstance(node, MappingNode) else {"context": values.text(node, what)}
    inner = values.map(node, what) if isinstance(node, MappingNode) else {}
    fields["context"] = read_build(values, node, what).context
    fields.setdefault("dockerfile", "Dockerfile")
    return _in_order(BUILD, fields | {key: _map(values, inner[key][1], f"{what}.{key}", None if key == "args" else "")
                                      for key in ("args", "labels") if key in inner})


SHAPES: dict[str, Shape] = {
    "attach": _boolean, "build": _build, "cap_add": _texts, "cap_drop": _texts, "cpus": _decimal, "command": _words,
    "container_name": _text, "depends_on": _depends_on, "deploy": _plain, "dns": _texts, "dns_opt": _texts,
    "dns_search": _texts, "domainname": _text, "entrypoint": _words, "environment": _map, "expose": _texts,
    "extra_hosts": _hosts, "hostname": _text, "healthcheck": _healthcheck, "image": _text, "init": _boolean,
    "labels": _labels, "links": _texts, "logging": _plain, "mem_limit": _bytes, "mac_address": _text,
    "network_mode": _text, "networks": _networks, "platform": _text, "ports": _ports, "privileged": _boolean,
    "pull_policy": _text, "read_only": _boolean, "restart": _text, "scale": _number, "stdin_open": _boolean,
    "stop_grace_period": _duration, "stop_signal": _text, "sysctls": _map, "tmpfs": _texts, "tty": _boolean,
    "ulimits": _plain, "user": _text, "volumes": _volumes, "working_dir": _text}
"""The keys of a service in the order in which Compose writes them, behind its profiles."""


def canonical(project: Project, text: str, variables: Mapping[str, str], names: list[str],
              read: Read) -> Tree:
    """The project as Compose writes it: the services of these names, and the networks that they use.

    Raises:
        DockerError: it has a key of which the canonical form is not modelled.
    """
    values = Values(project.path, variables)
    whole = Whole(values, read)
    root = whole.with_overrides(whole.of(text, project.path), project.overrides)
    top = {key: node for key, (_where, node) in values.map(root, "a Compose file").items()}
    nodes = {key: node for key, (_where, node) in values.map(top["services"], "services").items()}
    wanted = sorted(names)
    services: Tree = {name: _service(values, project, name, nodes[name]) for name in wanted}
    used = sorted({key for name in wanted for key in project.services[name].networks})
    given = values.map(top["networks"], "networks") if "networks" in top else {}
    networks: Tree = {key: _network(values, project, key, given[key][1] if key in given else None) for key in used}
    volumes: Tree = {key: {"name": spec.name} for key, spec in project.volumes.items()}
    extensions: Tree = {key: _plain(values, node, key) for key, node in sorted(top.items()) if key.startswith("x-")}
    return {"name": project.name, "services": services, **({"networks": networks} if networks else {}),
            **({"volumes": volumes} if volumes else {}), **extensions}


def _service(values: Values, project: Project, name: str, node: Node) -> Tree:
    service, what = project.services[name], f"services.{name}"
    given = {key: value for key, (_where, value) in values.map(node, what).items()}
    for key in given:
        if key not in (*SHAPES, "profiles", "env_file") and not key.startswith("x-"):
            raise DockerError(f"docker compose config of {what}.{key} is not modelled in the sandbox")
    found: Tree = {"profiles": list(service.profiles)} if service.profiles else {}
    for key, shape in SHAPES.items():
        if key in given and (not is_null(given[key]) or key == "networks"):
            found[key] = shape(values, given[key], f"{what}.{key}")
        elif key == "environment" and service.variables:
            found[key] = {}
        elif key == "networks" and not service.network_mode:
            found[key] = {DEFAULT: None}
        elif key == "depends_on" and service.restarts_with:
            found[key] = {}
    if service.variables:
        own = found["environment"]
        of_files: Tree = {name: value for name, _equals, value in (text.partition("=") for text in service.variables)}
        found["environment"] = dict(sorted((of_files | (own if isinstance(own, dict) else {})).items()))
    if service.restarts_with:
        linked: Tree = {other: {"condition": "service_started", "restart": True, "required": True}
                        for other in service.restarts_with}
        before = found["depends_on"]
        linked |= before if isinstance(before, dict) else {}
        found["depends_on"] = {other: linked[other] for other in sorted(linked)}
    return found


def _network(values: Values, project: Project, key: str, node: Node | None) -> Tree:
    fields = _plain_map(values, node, f"networks.{key}") if node is not None else {}
    fields["name"] = project.networks[key].name
    for name in ("driver_opts", "labels"):
        if node is not None and name in fields:
            inner = values.map(node, key)[name][1]
            fields[name] = _map(values, inner, f"networks.{key}.{name}", "")
    ipam = fields.get("ipam")
    if isinstance(ipam, dict) and isinstance(ipam.get("config"), list):
        subnets: list[Plain] = [_in_order(SUBNET, item) for item in ipam["config"] if isinstance(item, dict)]
        fields["ipam"] = _in_order(("driver", "config"), ipam | {"config": subnets})
    return _in_order(NETWORK, {name: value for name, value in fields.items() if value not in (False, None)
                               or name.startswith("enable_")})


def to_json(data: Tree) -> str:
    """The same as Compose's JSON has it: networks first, and what is not there as null."""
    services, networks = data["services"], data.get("networks", {})
    assert isinstance(services, dict)
    assert isinstance(networks, dict)
    named: Tree = {name: {"command": None, "entrypoint": None} | service
                   for name, service in services.items() if isinstance(service, dict)}
    linked: Tree = {name: network | {"ipam": network.get("ipam", {})}
                    for name, network in networks.items() if isinstance(network, dict)}
    rest = {key: value for key, value in data.items() if key not in ("name", "services", "networks")}
    return json.dumps({"name": data["name"], "networks": linked, "services": named, **rest}, indent=2,
                      ensure_ascii=False) + "\n"
