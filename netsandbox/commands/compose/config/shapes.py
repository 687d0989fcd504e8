"""The canonical form of what a service has: short forms long, sizes in bytes, lists of pairs as maps (compose-go)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.commands.compose.file.build_keys import read_build
from netsandbox.commands.compose.file.model import BIND, TMPFS, VOLUME
from netsandbox.commands.compose.file.mounting import SHORTEST, read_mount, source_path
from netsandbox.commands.compose.file.schema import kind_of
from netsandbox.commands.compose.file.values import Values, is_null
from netsandbox.commands.docker.printing.words import duration, go_duration
from netsandbox.commands.docker.run.publish import parse_publish
from netsandbox.commands.docker.run.resources import size
from netsandbox.commands.strict_yaml import MappingNode, Node, SequenceNode
from netsandbox.engine.units import SECOND

if TYPE_CHECKING:
    from netsandbox.commands.compose.config.yaml_text import Plain

Tree = dict[str, "Plain"]
Shape = Callable[[Values, Node, str], "Plain"]
ATTACHMENT = ("aliases", "driver_opts", "gw_priority", "interface_name", "ipv4_address", "ipv6_address",
              "link_local_ips", "mac_address", "priority")
HEALTHCHECK = ("test", "timeout", "interval", "retries", "start_period", "start_interval", "disable")
BUILD = ("context", "dockerfile", "args", "labels", "cache_from", "cache_to", "no_cache", "pull", "shm_size", "network",
         "target", "platforms", "privileged", "tags", "ulimits")
DEPLOY = ("mode", "replicas", "labels", "update_config", "rollback_config", "resources", "restart_policy", "placement",
          "endpoint_mode")
RESOURCES = ("cpus", "memory", "pids", "generic_resources", "devices")


def _text(values: Values, node: Node, what: str) -> Plain:
    return values.text(node, what)


def _texts(values: Values, node: Node, what: str) -> Plain:
    return list(values.texts(node, what))


def _words(values: Values, node: Node, what: str) -> Plain:
    return list(values.words(node, what) or ())


def _boolean(values: Values, node: Node, what: str) -> Plain:
    return values.boolean(node, what)


def _switch(values: Values, node: Node, what: str) -> Plain:
    """What is off is not written."""
    return values.boolean(node, what) or None


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
    text = values.text(node, what)
    return str(size(text) if size(text) is not None else text)


def _integer(values: Values, node: Node, what: str) -> str:
    """A scalar as a text: YAML reads 0x10 as a number before Compose makes a text of it."""
    text = values.text(node, what)
    try:
        return {"integer": lambda: str(int(text, 0)), "number": lambda: f"{float(text):g}"}.get(
            kind_of(node), lambda: text)()
    except ValueError:
        return text


def map_of(values: Values, node: Node, what: str, missing: Plain = None) -> Tree:
    """NAME: value, of a list or of a map, in the order of the names."""
    if isinstance(node, MappingNode):
        found: Tree = {key: missing if is_null(value) else _integer(values, value, what)
                       for key, (_key, value) in values.map(node, what).items()}
    else:
        found = {name: value if equals else missing for name, equals, value in (
            text.partition("=") for text in values.texts(node, what))}
    return dict(sorted(found.items()))


def _environment(values: Values, node: Node, what: str) -> Plain:
    """A name alone has the variable's value, if there is one."""
    return {name: values.variables.get(name) if value is None else value
            for name, value in map_of(values, node, what).items()}


def _labels(values: Values, node: Node, what: str) -> Plain:
    return map_of(values, node, what, "")


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


def _devices(values: Values, node: Node, what: str) -> Plain:
    found: list[Plain] = []
    for item in values.items(node, what):
        if isinstance(item, MappingNode):
            found.append(plain_map(values, item, what))
            continue
        source, *rest = values.text(item, what).split(":")
        target, permissions = [*rest, source, "rwm"][:2] if rest else (source, "rwm")
        found.append({"source": source, "target": target, "permissions": permissions if rest[1:] else "rwm"})
    return found


def _deploy(values: Values, node: Node, what: str) -> Plain:
    fields = plain_map(values, node, what)
    given = {key: value for key, (_key, value) in values.map(node, what).items()}
    if "labels" in given:
        fields["labels"] = _labels(values, given["labels"], what)
    if "resources" in given:
        fields["resources"] = {kind: in_order(RESOURCES, plain_map(values, inner, what) | {
            key: (_decimal if key == "cpus" else _bytes)(values, value, what)
            for key, (_key, value) in values.map(inner, what).items() if key in ("cpus", "memory")})
            for kind, (_kind, inner) in values.map(given["resources"], what).items()}
    return in_order(DEPLOY, fields)


def _logging(values: Values, node: Node, what: str) -> Plain:
    given = {key: value for key, (_key, value) in values.map(node, what).items()}
    return in_order(("driver", "options"), plain_map(values, node, what) | (
        {"options": map_of(values, given["options"], what)} if "options" in given else {}))


def _ulimits(values: Values, node: Node, what: str) -> Plain:
    return {name: in_order(("soft", "hard"), plain_map(values, value, what)) if isinstance(value, MappingNode) else
            values.number(value, what) for name, (_key, value) in sorted(values.map(node, what).items())}


def _secrets(values: Values, node: Node, what: str) -> Plain:
    return [{**item, **({} if "target" in item else {"target": f"/run/secrets/{item['source']}"})}
            for item in _files(values, node, what)]


def _configs(values: Values, node: Node, what: str) -> Plain:
    return list(_files(values, node, what))


def _files(values: Values, node: Node, what: str) -> list[Tree]:
    """Of configs or secrets."""
    found: list[Tree] = []
    for item in values.items(node, what):
        if not isinstance(item, MappingNode):
            found.append({"source": values.text(item, what)})
            continue
        fields = plain_map(values, item, what)
        mode = values.map(item, what).get("mode")
        fields |= {"mode": values.text(mode[1], what)} if mode is not None else {}
        found.append(in_order(("source", "target", "uid", "gid", "mode"), fields))
    return found


def _ports(values: Values, node: Node, what: str) -> Plain:
    found: list[Plain] = []
    for item in values.items(node, what):
        if isinstance(item, MappingNode):
            fields = {key: values.text(value, what) for key, (_key, value) in values.map(item, what).items()}
            found.append(_port(fields.get("mode", "ingress"), fields.get("host_ip", ""), int(fields["target"]),
                               fields.get("published", ""), fields.get("protocol", "tcp"), fields.get("name", ""),
                               fields.get("app_protocol", "")))
        else:
            found += [_port("ingress", port.host, port.port, port.host_port, port.protocol)
                      for port in parse_publish(values.text(item, what))]
    return found


def _port(mode: str, host: str, target: int, published: str, protocol: str, name: str = "",
          app_protocol: str = "") -> Tree:
    fields: Tree = {"name": name, "mode": mode, "host_ip": host, "target": target, "published": published,
                    "protocol": protocol, "app_protocol": app_protocol}
    return {key: value for key, value in fields.items() if value != ""}


def _networks(values: Values, node: Node, what: str) -> Plain:
    if isinstance(node, SequenceNode):
        return dict.fromkeys(sorted(values.texts(node, what)))
    return {name: None if is_null(value) else in_order(ATTACHMENT, plain_map(values, value, what))
            for name, (_key, value) in sorted(values.map(node, what).items())}


def in_order(order: tuple[str, ...], fields: Tree) -> Tree:
    return {key: fields[key] for key in order if key in fields}


def plain_map(values: Values, node: Node, what: str) -> Tree:
    return {key: plain(values, value, f"{what}.{key}") for key, (_key, value) in sorted(
        values.map(node, what).items(), key=lambda item: item[0])}


def plain(values: Values, node: Node, what: str) -> Plain:
    """As it is, with its variables filled in."""
    if is_null(node):
        return None
    if isinstance(node, MappingNode):
        return plain_map(values, node, what)
    if isinstance(node, SequenceNode):
        return [plain(values, item, what) for item in values.items(node, what)]
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
            found.append(_mount(values, item, what))
            continue
        mount, text = read_mount(values, item, what), values.text(item, what)
        bind: Tree = {"selinux": mount.label, "propagation": mount.spread, "create_host_path": mount.kind == BIND}
        own: Tree = {
            "type": mount.kind, "target": mount.target, "read_only": mount.read_only,
            "source": source_path(values, mount.source) if mount.kind == BIND else mount.source,
            "bind": {key: value for key, value in bind.items() if value},
            "volume": {"nocopy": True} if mount.keeps_empty else {}}
        has = {"bind": BIND in mount.sections,
               "volume": VOLUME in mount.sections or (not mount.source and len(text) >= SHORTEST)}
        found.append(in_order(MOUNT, {key: value for key, value in own.items() if has.get(key, bool(value))}))
    return found


MOUNT = ("type", "source", "target", "read_only", "consistency", "bind", "volume", "tmpfs", "image")
PARTS = ("selinux", "propagation", "create_host_path", "recursive", "labels", "nocopy", "subpath", "size", "mode")


def _mount(values: Values, node: Node, what: str) -> Tree:
    """The long form, with whole paths and sizes in bytes."""
    fields = plain_map(values, node, what)
    if fields.get("type") == BIND:
        fields["source"] = source_path(values, str(fields.get("source", "")))
    given = {key: value for key, (_key, value) in values.map(node, what).items()}
    for section in (BIND, VOLUME, TMPFS):
        if section in given:
            shapes: dict[str, Shape] = {"size": _bytes, "mode": Values.file_mode, "labels": _labels}
            inner = {key: shapes.get(key, plain)(values, value, what)
                     for key, (_key, value) in values.map(given[section], what).items()}
            fields[section] = in_order(PARTS, {key: value for key, value in inner.items() if value not in (False, "")})
    return in_order(MOUNT, {key: value for key, value in fields.items() if value is not False})


def _healthcheck(values: Values, node: Node, what: str) -> Plain:
    fields = plain_map(values, node, what)
    test = fields.get("test")
    if isinstance(test, str):
        fields["test"] = ["CMD-SHELL", test]
    return in_order(HEALTHCHECK, fields)


def _build(values: Values, node: Node, what: str) -> Plain:
    """The folder's whole path, the Dockerfile's name, and the rest as it is."""
    fields: Tree = plain_map(values, node, what) if isinstance(node, MappingNode) else {}
    inner = values.map(node, what) if isinstance(node, MappingNode) else {}
    fields["context"] = read_build(values, node, what).context
    fields.setdefault("dockerfile", "Dockerfile")
    fields |= {"labels": map_of(values, inner["labels"][1], what, "")} if "labels" in inner else {}
    if "args" in inner:
        given = map_of(values, inner["args"][1], what)
        given = {key: values.variables.get(key) if value is None else value for key, value in given.items()}
        fields["args"] = {key: value for key, value in given.items() if value is not None}
    return in_order(BUILD, fields)


SHAPES: dict[str, Shape] = {
    "annotations": _labels, "attach": _boolean, "build": _build, "cap_add": _texts, "cap_drop": _texts,
    "cgroup_parent": _text, "cgroup": _text, "cpu_percent": _decimal, "cpu_period": _bytes, "cpu_quota": _bytes,
    "cpus": _decimal, "cpuset": _text, "cpu_shares": _number, "command": _words, "configs": _configs,
    "container_name": _text, "depends_on": _depends_on, "deploy": _deploy, "device_cgroup_rules": _texts,
    "devices": _devices, "dns": _texts, "dns_opt": _texts, "dns_search": _texts, "domainname": _text,
    "entrypoint": _words, "environment": _environment, "expose": _texts, "external_links": _texts,
    "extra_hosts": _hosts, "group_add": _texts, "hostname": _text, "healthcheck": _healthcheck, "image": _text,
    "init": _boolean, "ipc": _text, "isolation": _text, "labels": _labels, "links": _texts, "logging": _logging,
    "mem_limit": _bytes, "mem_reservation": _bytes, "memswap_limit": _bytes, "mem_swappiness": _bytes,
    "mac_address": _text, "network_mode": _text, "networks": _networks, "oom_kill_disable": _switch,
    "oom_score_adj": _number, "pid": _text, "pids_limit": _number, "platform": _text, "ports": _ports,
    "privileged": _switch, "pull_policy": _text, "read_only": _switch, "restart": _text, "runtime": _text,
    "scale": _number, "secrets": _secrets, "security_opt": _texts, "shm_size": _bytes, "stdin_open": _switch,
    "stop_grace_period": _duration, "stop_signal": _text, "storage_opt": map_of, "sysctls": map_of, "tmpfs": _texts,
    "tty": _switch, "ulimits": _ulimits, "user": _text, "userns_mode": _text, "uts": _text, "volumes": _volumes,
    "volumes_from": _texts, "working_dir": _text}
"""The keys of a service in the order in which Compose writes them, behind its profiles."""
