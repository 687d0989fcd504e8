"""What may stand where in a Compose file, and what Compose says of what may not (compose-spec.json)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from netsandbox.commands.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode

Schema: TypeAlias = "str | OneOf | ListOf | MapOf | Texts | Whole"  # A text names the kinds that a value may have


class OneOf(NamedTuple):
    """Whatever one of these takes."""

    choices: tuple[Schema, ...]


class ListOf(NamedTuple):
    """A list; no two of its items may be equal where it is a set."""

    item: Schema
    is_set: bool = False


class MapOf(NamedTuple):
    """A map."""

    fields: Mapping[str, Schema] = {}  # what its keys may be; one that begins with x- may always be
    rest: Schema | None = None  # of what any other key may be, if there may be one
    required: tuple[str, ...] = ()  # keys that have to be there
    may_be_null: bool = False
    is_closed: bool = False  # a key that is no name is refused, as one is that no field has


class Texts(NamedTuple):
    """One of some words, or a text that looks like this."""

    words: tuple[str, ...] = ()
    pattern: str = ""


class Whole(NamedTuple):
    """A number within bounds; a text as well."""

    least: int
    most: int


class Wrong(NamedTuple):
    """What is wrong, and where: the deeper, the likelier it is what was meant."""

    path: tuple[str, ...]
    message: str
    node: Node


TRUTH, NUMBER, INTEGER = "boolean string", "number string", "integer string"
PLAIN = "boolean null number string"
TEXTS, SET = ListOf("string"), ListOf("string", is_set=True)
TEXT_OR_TEXTS = OneOf(("string", SET))
PAIRS = OneOf((MapOf(rest=PLAIN), SET))
WORDS = OneOf(("null", "string", TEXTS))
OPTIONS = MapOf(rest="number string")
HOSTS = OneOf((MapOf(rest=OneOf(("string", TEXTS))), SET))
LIMITS = MapOf(rest=OneOf((INTEGER, MapOf({"hard": INTEGER, "soft": INTEGER}, required=("soft", "hard")))))
FILES = ListOf(OneOf(("string", MapOf({
    "source": "string", "target": "string", "uid": "string", "gid": "string", "mode": NUMBER}))))
DEVICES = ListOf(MapOf({"capabilities": SET, "count": INTEGER, "device_ids": SET, "driver": "string",
                        "options": PAIRS}))
HOOKS = ListOf(MapOf({"command": WORDS, "user": "string", "privileged": TRUTH, "working_dir": "string",
                      "environment": PAIRS}, required=("command",)))
BUILD = MapOf({
    **dict.fromkeys(("context", "dockerfile", "dockerfile_inline", "network", "target", "isolation"), "string"),
    **dict.fromkeys(("args", "ssh", "labels", "additional_contexts"), PAIRS),
    **dict.fromkeys(("cache_from", "cache_to", "entitlements", "tags", "platforms"), TEXTS),
    **dict.fromkeys(("no_cache", "provenance", "sbom", "pull", "privileged"), TRUTH),
    "shm_size": INTEGER, "extra_hosts": HOSTS, "secrets": FILES, "ulimits": LIMITS})
HEALTH = MapOf({"disable": TRUTH, "retries": NUMBER, "test": OneOf(("string", TEXTS)),
                **dict.fromkeys(("interval", "timeout", "start_period", "start_interval"), "string")})
CHANGES = MapOf({"parallelism": INTEGER, "delay": "string", "failure_action": "string", "monitor": "string",
                 "max_failure_ratio": NUMBER, "order": Texts(("start-first", "stop-first"))})
DEPLOY = MapOf({
    "mode": "string", "endpoint_mode": "string", "replicas": INTEGER, "labels": PAIRS, "rollback_config": CHANGES,
    "update_config": CHANGES, "resources": MapOf({
        "limits": MapOf({"cpus": NUMBER, "memory": "string", "pids": INTEGER}),
        "reservations": MapOf({"cpus": NUMBER, "memory": "string", "generic_resources": ListOf(MapOf(rest=None)),
                               "devices": DEVICES})}),
    "restart_policy": MapOf({"condition": "string", "delay": "string", "max_attempts": INTEGER, "window": "string"}),
    "placement": MapOf({"constraints": TEXTS, "preferences": ListOf(MapOf({"spread": "string"})),
                        "max_replicas_per_node": INTEGER})}, may_be_null=True)
PORT = MapOf({**dict.fromkeys(("name", "mode", "host_ip", "protocol", "app_protocol"), "string"),
              "target": INTEGER, "published": INTEGER})
MOUNT = MapOf({
    "type": Texts(("bind", "volume", "tmpfs", "cluster", "npipe", "image")), "source": "string", "target": "string",
    "read_only": TRUTH, "consistency": "string",
    "bind": MapOf({"propagation": "string", "create_host_path": TRUTH, "selinux": Texts(("z", "Z")),
                   "recursive": Texts(("enabled", "disabled", "writable", "readonly"))}),
    "volume": MapOf({"labels": PAIRS, "nocopy": TRUTH, "subpath": "string"}),
    "tmpfs": MapOf({"size": INTEGER, "mode": NUMBER}), "image": MapOf({"subpath": "string"})}, required=("type",))
ATTACHMENT = MapOf({"aliases": SET, "interface_name": "string", "ipv4_address": "string", "ipv6_address": "string",
                    "link_local_ips": SET, "mac_address": "string", "driver_opts": OPTIONS, "priority": "number",
                    "gw_priority": "number"})
CONDITION = MapOf({"restart": TRUTH, "required": "boolean", "condition": Texts((
    "service_started", "service_healthy", "service_completed_successfully"))}, required=("condition",))
WATCH = MapOf({"path": "string", "action": Texts(("rebuild", "sync", "restart", "sync+restart", "sync+exec")),
               "ignore": TEXT_OR_TEXTS, "include": TEXT_OR_TEXTS, "target": "string", "exec": MapOf({
                   "command": WORDS, "user": "string", "privileged": TRUTH, "working_dir": "string",
                   "environment": PAIRS}), "initial_sync": "boolean"}, required=("path", "action"))
RATES = ListOf(MapOf({"path": "string", "rate": INTEGER}))
SERVICE = MapOf({
    **dict.fromkeys((
        "cgroup_parent", "cpuset", "domainname", "hostname", "image", "ipc", "isolation", "mac_address",
        "mem_reservation", "network_mode", "platform", "pull_refresh_after", "restart", "runtime",
        "stop_grace_period", "stop_signal", "user", "userns_mode", "uts", "working_dir"), "string"),
    **dict.fromkeys(("attach", "init", "oom_kill_disable", "privileged", "read_only", "stdin_open", "tty"), TRUTH),
    **dict.fromkeys(("cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpus", "mem_limit",
                     "memswap_limit", "pids_limit", "shm_size"), NUMBER),
    **dict.fromkeys(("mem_reservation", "mem_swappiness", "scale"), INTEGER),
    **dict.fromkeys(("annotations", "environment", "labels", "sysctls"), PAIRS),
    **dict.fromkeys(("cap_add", "cap_drop", "device_cgroup_rules", "dns_opt", "external_links", "links", "profiles",
                     "security_opt", "volumes_from"), SET),
    **dict.fromkeys(("dns", "dns_search", "tmpfs", "label_file"), TEXT_OR_TEXTS),
    **dict.fromkeys(("configs", "secrets"), FILES), **dict.fromkeys(("post_start", "pre_stop"), HOOKS),
    "command": WORDS, "entrypoint": WORDS, "build": OneOf(("string", BUILD)), "healthcheck": HEALTH, "deploy": DEPLOY,
    "blkio_config": MapOf({"weight": INTEGER, "weight_device": ListOf(MapOf({"path": "string", "weight": INTEGER})),
                           **dict.fromkeys(("device_read_bps", "device_read_iops", "device_write_bps",
                                            "device_write_iops"), RATES)}),
    "cgroup": Texts(("host", "private")), "container_name": Texts(pattern="[a-zA-Z0-9][a-zA-Z0-9_.-]+"),
    "cpu_count": OneOf(("string", "integer")), "cpu_percent": OneOf(("string", "number")),
    "credential_spec": MapOf(dict.fromkeys(("config", "file", "registry"), "string")),
    "depends_on": OneOf((SET, MapOf(rest=CONDITION))), "develop": MapOf({"watch": ListOf(WATCH)}, may_be_null=True),
    "devices": ListOf(OneOf(("string", MapOf(dict.fromkeys(("source", "target", "permissions"), "string"),
                                             required=("source",))))),
    "env_file": OneOf(("string", ListOf(OneOf(("string", MapOf({"path": "string", "format": "string",
                                                                "required": TRUTH}, required=("path",))))))),
    "expose": ListOf(NUMBER, is_set=True), "extends": OneOf(("string", MapOf({"service": "string", "file": "string"}))),
    "extra_hosts": HOSTS, "gpus": OneOf((Texts(("all",)), DEVICES)), "group_add": ListOf(NUMBER, is_set=True),
    "logging": MapOf({"driver": "string", "options": MapOf(rest="null number string")}),
    "models": OneOf((SET, MapOf(rest=MapOf({"endpoint_var": "string", "model_var": "string"}, may_be_null=True)))),
    "networks": OneOf((SET, MapOf(rest=OneOf((ATTACHMENT, "null"))))), "oom_score_adj": OneOf(("string", Whole(
        -1000, 1000))), "ports": ListOf(OneOf(("number", "string", PORT)), is_set=True),
    "pid": "null string", "provider": MapOf({"type": "string", "options": MapOf(rest=PLAIN)}, required=("type",)),
    "pull_policy": Texts(pattern="always|never|build|if_not_present|missing|refresh|daily|weekly|"
                                 "every_([0-9]+[wdhms])+"),
    "storage_opt": MapOf(rest=PLAIN), "ulimits": LIMITS, "use_api_socket": "boolean",
    "volumes": ListOf(OneOf(("string", MOUNT)), is_set=True)})
EXTERNAL: Schema = OneOf(("boolean mapping string",))
IPAM = MapOf({"driver": "string", "options": MapOf(rest="string"), "config": ListOf(MapOf({
    "subnet": "string", "ip_range": "string", "gateway": "string", "aux_addresses": MapOf(rest="string")}))})
NETWORK = MapOf({"name": "string", "driver": "string", "driver_opts": OPTIONS, "ipam": IPAM, "external": EXTERNAL,
                 **dict.fromkeys(("internal", "enable_ipv4", "enable_ipv6", "attachable"), TRUTH), "labels": PAIRS},
                may_be_null=True)
VOLUME = MapOf({"name": "string", "driver": "string", "driver_opts": OPTIONS, "external": EXTERNAL, "labels": PAIRS},
               may_be_null=True)
SECRET = MapOf({**dict.fromkeys(("name", "environment", "file", "driver", "template_driver"), "string"),
                "external": EXTERNAL, "labels": PAIRS, "driver_opts": OPTIONS})
CONFIG = MapOf({**dict.fromkeys(("name", "content", "environment", "file", "template_driver"), "string"),
                "external": EXTERNAL, "labels": PAIRS})
MODEL = MapOf({"name": "string", "model": "string", "context_size": "integer", "runtime_flags": TEXTS})
NAME = re.compile(r"[a-zA-Z0-9._-]+")
FILE = MapOf({
    "version": "string", "name": "string", "include": ListOf(OneOf(("string", MapOf({
        "path": TEXT_OR_TEXTS, "env_file": TEXT_OR_TEXTS, "project_directory": "string"})))),
    "services": MapOf(rest=SERVICE, is_closed=True), "networks": MapOf(rest=NETWORK), "volumes": MapOf(rest=VOLUME),
    "secrets": MapOf(rest=SECRET), "configs": MapOf(rest=CONFIG), "models": MapOf(rest=MODEL)})
"""A whole file."""
KINDS = {"int": "integer", "float": "number", "bool": "boolean", "null": "null"}
BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
"""What YAML 1.2 takes for a truth value; YAML 1.1 knows yes, no, on and off as well."""


def kind_of(node: Node) -> str:
    """What a value is called in a schema."""
    if isinstance(node, MappingNode):
        return "mapping"
    if isinstance(node, SequenceNode):
        return "array"
    kind = KINDS.get(node.tag.rpartition(":")[2], "string")
    return "string" if kind == "boolean" and not BOOLEAN.fullmatch(node.value) else kind


def fault(node: Node) -> Wrong | None:
    """What is wrong with a file: of several faults the deepest, and rather what should not be there (compose-go)."""
    return max(_faults(node, FILE, ()), default=None, key=lambda wrong: (
        len(wrong.path), wrong.message.startswith("additional")))


def _faults(node: Node, schema: Schema, path: tuple[str, ...]) -> Iterator[Wrong]:
    if node.tag == "!reset":
        return
    if isinstance(schema, OneOf):
        each = [list(_faults(node, choice, path)) for choice in schema.choices]
        if all(each):
            yield from (wrong for faults in each for wrong in faults)
    elif isinstance(schema, MapOf):
        yield from _faults_of_map(node, schema, path)
    elif isinstance(schema, ListOf):
        yield from _faults_of_list(node, schema, path)
    elif isinstance(schema, Texts):
        yield from _faults_of_text(node, schema, path)
    elif isinstance(schema, Whole):
        if kind_of(node) != "integer" or not schema.least <= int(node.value, 0) <= schema.most:
            yield Wrong(path, "must be a integer", node)
    else:
        kinds = schema.split()
        if not {kind_of(node), "number" if kind_of(node) == "integer" else ""} & set(kinds):
            yield Wrong(path, f"must be a {', '.join(kinds[:-1])}{' or ' if kinds[1:] else ''}{kinds[-1]}", node)


def _faults_of_map(node: Node, schema: MapOf, path: tuple[str, ...]) -> Iterator[Wrong]:
    if not isinstance(node, MappingNode):
        if not (schema.may_be_null and kind_of(node) == "null"):
            yield Wrong(path, "must be a mapping" + " or null" * schema.may_be_null, node)
        return
    others = []
    for key, value in node.value:
        inner = schema.fields.get(key.value, schema.rest if NAME.fullmatch(key.value) or not schema.is_closed else None)
        if inner is not None:
            yield from _faults(value, inner, (*path, key.value))
        elif not key.value.startswith("x-") and (schema.fields or schema.is_closed):
            others.append(key)
    if others:
        names = ", ".join(f"'{key.value}'" for key in others)
        yield Wrong(path, f"additional properties {names} not allowed", others[0])
    given = {key.value for key, _value in node.value}
    for name in schema.required:
        if name not in given:
            yield Wrong(path, f"missing property '{name}'", node)


def _faults_of_list(node: Node, schema: ListOf, path: tuple[str, ...]) -> Iterator[Wrong]:
    if not isinstance(node, SequenceNode):
        yield Wrong(path, "must be a array", node)
        return
    seen: dict[str, int] = {}
    for at, item in enumerate(node.value):
        yield from _faults(item, schema.item, (*path, str(at)))
        before = seen.setdefault(f"{item.tag}{item.value}", at) if isinstance(item, ScalarNode) else at
        if schema.is_set and before != at:
            yield Wrong(path, f"items at {before} and {at} are equal", item)


def _faults_of_text(node: Node, schema: Texts, path: tuple[str, ...]) -> Iterator[Wrong]:
    if kind_of(node) != "string":
        yield Wrong(path, "must be a string", node)
    elif schema.words and node.value not in schema.words:
        words = "', '".join(schema.words)
        yield Wrong(path, f"value must be {'one of ' * (len(schema.words) > 1)}'{words}'", node)
    elif schema.pattern and not re.search(schema.pattern, node.value):
        yield Wrong(path, f"'{node.value}' does not match pattern '{schema.pattern}'", node)
