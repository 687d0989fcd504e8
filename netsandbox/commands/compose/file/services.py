"""The keys of a service: what each becomes on `docker create`, and which do nothing in the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from netsandbox.commands.compose.file.build_keys import WITHOUT_EFFECT as OF_BUILD
from netsandbox.commands.compose.file.build_keys import read_build
from netsandbox.commands.compose.file.flag_keys import KEPT, Change, Key, repeated, resources, single, switch
from netsandbox.commands.compose.file.merging import find
from netsandbox.commands.compose.file.model import Attachment, Service
from netsandbox.commands.compose.file.mounting import read_mount
from netsandbox.commands.compose.file.values import Values, is_null
from netsandbox.commands.docker.run.publish import parse_publish
from netsandbox.commands.strict_yaml import MappingNode, Node, SequenceNode, line_of
from netsandbox.docker.errors import DockerError
from netsandbox.docker.health import HealthCheck

HEALTH_TIMES = ("interval", "timeout", "start_period", "start_interval")  # Lengths of time, and fields of a HealthCheck


def _field(field: str, read: Callable[[Values, Node, str], Any]) -> Key:
    def change(values: Values, node: Node, what: str) -> Change:
        return {field: read(values, node, what)}
    return change


def _ports(values: Values, node: Node, what: str) -> Change:
    """Each as -p takes it."""
    found = []
    for item in values.items(node, what):
        if isinstance(item, MappingNode):
            found += ["-p", _long_port(values, item, what)]
            continue
        try:
            parse_publish(values.text(item, what))
        except DockerError as error:
            raise values.error(item, str(error)) from None
        found += ["-p", values.text(item, what)]
    return {"flags": tuple(found)}


def _long_port(values: Values, node: Node, what: str) -> str:
    fields = {key: values.text(value, f"{what}.{key}") for key, (_key, value) in values.map(node, what).items()}
    host, published = fields.get("host_ip", ""), fields.get("published", "")
    try:
        ip_address(host or "::")
    except ValueError:
        raise values.error(node, f"{what}.[]: invalid ip address: {host}") from None
    before = f"{host}:{published}:" if host else f"{published}:" if published else ""
    return f"{before}{fields['target']}/{fields.get('protocol') or 'tcp'}"


def _volumes(values: Values, node: Node, what: str) -> Change:
    return {"mounts": tuple(read_mount(values, item, what) for item in values.items(node, what))}


def _networks(values: Values, node: Node, what: str) -> Change:
    if isinstance(node, SequenceNode):
        return {"networks": {values.text(item, what): Attachment() for item in values.items(node, what)}}
    return {"networks": {key: _attachment(values, value, f"{what}.{key}")
                         for key, (_key, value) in values.map(node, what).items()}}


def _attachment(values: Values, node: Node, what: str) -> Attachment:
    found: dict[str, Any] = {}
    for key, (_where, value) in values.map(node, what).items():
        if key in ("aliases", "link_local_ips"):
            found[OF_ATTACHMENT.get(key, key)] = values.texts(value, f"{what}.{key}")
        elif key == "driver_opts":
            found["options"] = values.pairs(value, f"{what}.{key}")
        elif key in ("priority", "gw_priority"):
            found[key] = values.number(value, f"{what}.{key}")
        elif key in OF_ATTACHMENT:
            found[OF_ATTACHMENT[key]] = values.text(value, f"{what}.{key}")
    return Attachment(**found)


OF_ATTACHMENT = {"ipv4_address": "address", "ipv6_address": "address_6", "mac_address": "mac",
                 "link_local_ips": "local", "interface_name": "interface"}
"""By key, the field of an Attachment."""


def _extra_hosts(values: Values, node: Node, what: str) -> Change:
    pairs = [text.replace("=", ":", 1) for text in values.pairs(node, what)]
    return {"flags": tuple(word for text in pairs for word in ("--add-host", text))}


def _depends_on(values: Values, node: Node, what: str) -> Change:
    if not isinstance(node, MappingNode):
        return {"needs": values.texts(node, what)}
    found, restarts, optional = {}, [], []
    for name, (_where, inner) in values.map(node, what).items():
        fields = values.map(inner, f"{what}.{name}")
        if "restart" in fields and values.boolean(fields["restart"][1], f"{what}.{name}.restart"):
            restarts.append(name)
        if "required" in fields and not values.boolean(fields["required"][1], f"{what}.{name}.required"):
            optional.append(name)
        found[name] = values.text(fields["condition"][1], f"{what}.{name}.condition")
    return {"needs": tuple(found), "conditions": found, "restarts_with": tuple(restarts), "optional": tuple(optional)}


def _health_check(values: Values, node: Node, what: str) -> Change:
    fields = {key: value for key, (_key, value) in values.map(node, what).items()}
    if "disable" in fields and values.boolean(fields["disable"], f"{what}.disable"):
        return {"health_check": HealthCheck(("NONE",))}
    times = {key: values.duration(fields[key], f"{what}.{key}") for key in HEALTH_TIMES if key in fields}
    retries = values.number(fields["retries"], f"{what}.retries") if "retries" in fields else 0
    test = fields.get("test")
    words = values.texts(test, f"{what}.test") if test is not None else ()
    if isinstance(test, SequenceNode) and words[:1] not in ((), ("NONE",), ("CMD",), ("CMD-SHELL",)):
        raise values.error(test, 'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"')
    words = words if isinstance(test, SequenceNode) or not words else ("CMD-SHELL", *words)
    return {"health_check": HealthCheck(words, **times, retries=retries)}


def _deploy(values: Values, node: Node, what: str) -> Change:
    replicas, limits = find(node, "replicas"), find(node, "resources")
    scaled = {} if replicas is None else {"scale": values.number(replicas, f"{what}.replicas")}
    return scaled | {"flags": tuple(resources(values, limits, what)) if limits is not None else ()}


def _environment(values: Values, node: Node, what: str) -> Change:
    return {"flags": tuple(word for text in values.known_pairs(node, what) for word in ("-e", text))}


def _env_file(values: Values, node: Node, what: str) -> Change:
    """A path, a list of them, or `path:` and `required:` of each."""
    found = []
    for item in values.items(node, what) if isinstance(node, SequenceNode) else [node]:
        fields = values.map(item, what) if isinstance(item, MappingNode) else {"path": (item, item)}
        if "format" in fields:
            raise values.error(fields["format"][0], f"{what}.format is not modelled in the sandbox")
        path = values.path(values.text(fields["path"][1], what))
        found.append((path, "required" not in fields or values.boolean(fields["required"][1], what)))
    return {"env_files": tuple(found)}


def _label_file(values: Values, node: Node, what: str) -> Change:
    return {"label_files": tuple(map(values.path, values.texts(node, what)))}


def _build(values: Values, node: Node, what: str) -> Change:
    return {"build": read_build(values, node, what)}


def _restart(values: Values, node: Node, what: str) -> Change:
    """What is no number behind the colon is none (Compose, getRestartPolicy)."""
    text = values.text(node, what)
    how, _colon, count = text.partition(":")
    return {"flags": ("--restart", text if count.lstrip("+-").isdecimal() else how)}


def _labels(values: Values, node: Node, what: str) -> tuple[str, ...]:
    return tuple(text for text in values.pairs(node, what) if text)


def _grace(values: Values, node: Node, what: str) -> Change:
    return {"flags": ("--stop-timeout", str(values.seconds(node, what)))}


KEYS: dict[str, Key] = {
    "image": _field("image", Values.text), "build": _build, "command": _field("command", Values.words),
    "entrypoint": _field("entrypoint", Values.words), "container_name": _field("container_name", Values.text),
    "network_mode": _field("network_mode", Values.text), "networks": _networks,
    "links": _field("links", Values.texts), "volumes_from": _field("volumes_from", Values.texts),
    "depends_on": _depends_on, "scale": _field("scale", Values.number),
    "deploy": _deploy, "profiles": _field("profiles", Values.texts), "ports": _ports,
    "expose": repeated("--expose", Values.texts), "environment": _environment, "env_file": _env_file,
    "extra_hosts": _extra_hosts, "healthcheck": _health_check, "dns": repeated("--dns", Values.texts),
    "dns_search": repeated("--dns-search", Values.texts),
    "dns_opt": repeated("--dns-option", Values.texts), "cap_add": repeated("--cap-add", Values.texts),
    "cap_drop": repeated("--cap-drop", Values.texts), "sysctls": repeated("--sysctl", Values.pairs),
    "labels": repeated("--label", _labels), "hostname": single("--hostname"),
    "domainname": single("--domainname"), "mac_address": single("--mac-address"), "restart": _restart,
    "stop_signal": single("--stop-signal"), "stop_grace_period": _grace, "privileged": switch("--privileged"),
    "volumes": _volumes, "working_dir": single("--workdir"), "tmpfs": repeated("--tmpfs", Values.texts),
    "tty": switch("-t"), "stdin_open": switch("-i"), "init": switch("--init"),
    "read_only": switch("--read-only"),
    "user": single("--user"), "uts": single("--uts"), "pid": _field("pid", Values.text), "label_file": _label_file}
"""The keys that are modelled; of all others that the specification has the lines are listed."""


def read_service(values: Values, name: str, where: Node, node: Node) -> tuple[Service, list[tuple[int, str]]]:
    """A service, and what of it the sandbox does not model (ScenarioError: a key that the specification does not have,
    or a value that it refuses)."""
    service, notes = Service(name, line_of(where)), list[tuple[int, str]]()
    for key, (place, value) in values.map(node, f"services.{name}").items():
        what = f"services.{name}.{key}"
        read = KEYS.get(key) or KEPT.get(key)
        if read is not None and not is_null(value):
            change = read(values, value, what)
            change["flags"] = (*service.flags, *change.get("flags", ()))
            service = service._replace(**change)
        notes += _inner_notes(values, key, value, what)
        if key not in KEYS and not key.startswith("x-"):
            notes.append((line_of(place), what))
            if key in ("configs", "secrets"):
                service = service._replace(files=(*service.files, *_files(values, key, value, what)))
        if key in ("ipc", "pid") and str(value.value).startswith("service:"):
            service = service._replace(shares=(*service.shares, str(value.value).removeprefix("service:")))
    values.check(bool(service.image) or service.build is not None, where,
                 f'service "{name}" has neither an image nor a build context specified')
    return service, notes


def _files(values: Values, kind: str, node: Node, what: str) -> list[tuple[str, str]]:
    sources = [find(item, "source") if isinstance(item, MappingNode) else item for item in values.items(node, what)]
    return [(kind, "" if source is None else str(source.value)) for source in sources]


def _inner_notes(values: Values, key: str, value: Node, what: str) -> list[tuple[int, str]]:
    """Of keys that are modelled in part."""
    if key == "deploy":
        return [(line_of(where), f"{what}.{inner}") for inner, (where, _value) in values.map(value, what).items()
                if inner != "replicas"]
    if key == "build" and isinstance(value, MappingNode):
        return [(line_of(where), f"{what}.{inner}") for inner, (where, _value) in values.map(value, what).items()
                if inner in OF_BUILD]
    if key == "volumes":
        return [(line_of(where), f"{what}.{inner}") for item in value.value if isinstance(item, MappingNode)
                for inner, (where, _value) in values.map(item, what).items() if inner == "consistency"]
    return []
