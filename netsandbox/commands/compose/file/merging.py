"""Two trees of Compose files as one, and lists in which no two items are about the same (compose-go, override)."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.compose.file.filling import Path, place_of
from netsandbox.commands.compose.file.schema import kind_of
from netsandbox.commands.compose.file.values import Values, is_null, mount_target
from netsandbox.commands.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode

Pair = tuple[Node, Node]
RESET, OVERRIDE = "!reset", "!override"  # Tags: what the earlier file said goes, or makes room for this
NULL, TEXT = "tag:yaml.org,2002:null", "tag:yaml.org,2002:str"
OF_BUILD = ("build.args", "build.additional_contexts", "build.labels")
REPLACED = frozenset({"services.command", "services.entrypoint", "services.healthcheck.test"})
"""Of which the later one counts alone."""
AS_LIST = frozenset({"networks.labels", "volumes.labels", *(f"services.{key}" for key in (
    "annotations", *OF_BUILD, "build.extra_hosts", "deploy.labels", "dns", "dns_opt", "dns_search", "env_file",
    "environment", "extra_hosts", "label_file", "labels", "sysctls", "tmpfs"))})
"""What may be a text, a list or a map: they are joined as lists."""
AS_MAP = frozenset({"services.depends_on", "services.networks", "services.models"})
"""A list of names is the map of them."""


def merged(values: Values, base: Node, own: Node, path: Path = ()) -> Node:
    """Two values of one key, of which the second one counts more (ScenarioError: they are of two kinds)."""
    place = place_of(path) if path else ""
    if place in REPLACED or own.tag in (RESET, OVERRIDE):
        return own
    if place in AS_LIST:
        base, own = _as_list(base), _as_list(own)
    elif place in AS_MAP:
        base, own = _as_map(base, place), _as_map(own, place)
    elif place == "services.build":
        base, own = _as_build(base), _as_build(own)
    elif place == "services.logging" and _is_other_driver(base, own):
        return own
    if isinstance(base, MappingNode) and isinstance(own, MappingNode):
        return _both(values, base, own, path)
    if isinstance(base, SequenceNode) and isinstance(own, SequenceNode):
        return SequenceNode(own.tag, [*base.value, *own.value], own.start_mark, own.end_mark)
    if not isinstance(base, ScalarNode) and not place.startswith("services.ulimits.") and not is_null(own):
        raise values.error(own, f"cannot override {'.'.join(path)}")
    return base if is_null(own) else own


def _both(values: Values, base: MappingNode, own: MappingNode, path: Path) -> MappingNode:
    known = {str(name.value): value for name, value in own.value}
    both: list[Pair] = []
    for name, value in base.value:
        key = str(name.value)
        both.append((name, merged(values, value, known.pop(key), (*path, key)) if key in known else value))
    return MappingNode(own.tag, both + [pair for pair in own.value if str(pair[0].value) in known], own.start_mark,
                       own.end_mark)


def plain(node: Node) -> Node:
    """A tree without what is reset, and without tags."""
    if not isinstance(node, MappingNode):
        return text_node(node.value, node) if isinstance(node, ScalarNode) and node.tag == OVERRIDE else node
    return MappingNode(node.tag, [(key, plain(value)) for key, value in node.value if value.tag != RESET],
                       node.start_mark, node.end_mark)


def comparable(node: Node) -> object:
    """What is compared of a node."""
    if isinstance(node, MappingNode):
        return {str(key.value): comparable(value) for key, value in node.value}
    return [comparable(item) for item in node.value] if isinstance(node, SequenceNode) else (node.tag, node.value)


def text_node(text: str, at: Node, tag: str = TEXT) -> ScalarNode:
    return ScalarNode(tag, text, at.start_mark, at.end_mark)


def find(node: Node, name: str) -> Node | None:
    return next((value for key, value in node.value if key.value == name), None) if isinstance(
        node, MappingNode) else None


def _as_list(node: Node) -> Node:
    if isinstance(node, MappingNode):
        texts = sorted(str(key.value) if is_null(value) else f"{key.value}={value.value}" for key, value in node.value)
        return SequenceNode(node.tag, [text_node(text, node) for text in texts], node.start_mark, node.end_mark)
    return SequenceNode(node.tag, [node], node.start_mark, node.end_mark) if isinstance(
        node, ScalarNode) and not is_null(node) else node


def _as_map(node: Node, place: str) -> Node:
    if not isinstance(node, SequenceNode) or not all(isinstance(item, ScalarNode) for item in node.value):
        return node
    return MappingNode(node.tag, [(item, MappingNode("", [
        (text_node("condition", item), text_node("service_started", item))], item.start_mark)
        if place == "services.depends_on" else text_node("", item, NULL)) for item in node.value], node.start_mark)


def _as_build(node: Node) -> Node:
    return MappingNode("", [(text_node("context", node), node)], node.start_mark) if isinstance(
        node, ScalarNode) and not is_null(node) else node


def _is_other_driver(base: Node, own: Node) -> bool:
    before, after = find(base, "driver"), find(own, "driver")
    return before is not None and after is not None and before.value != after.value


# -- lists in which no two items are about the same

Indexer = Callable[[Values, Node, str], str | None]  # What an item is about; None where nothing is to be compared
TYPES = {"integer": "int", "number": "float64", "boolean": "bool", "null": "<nil>", "array": "[]interface {}",
         "mapping": "map[string]interface {}"}


def _name(values: Values, item: Node, what: str) -> str:
    if kind_of(item) != "string":
        raise values.error(item, f"{what}: unexpected type {TYPES[kind_of(item)]}")
    return str(item.value).partition("=")[0]


def _word(_values: Values, item: Node, _what: str) -> str | None:
    return str(item.value) if isinstance(item, ScalarNode) else None


def _port(values: Values, item: Node, what: str) -> str | None:
    if not isinstance(item, MappingNode):
        return str(item.value) if isinstance(item, ScalarNode) else None
    fields = {str(key.value): str(value.value) for key, value in item.value}
    if "target" not in fields:
        raise values.error(item, f"service ports {what} is missing a target port")
    usual = {"host_ip": "0.0.0.0", "published": "", "protocol": "tcp"}
    return "{host_ip}:{published}:{target}/{protocol}".format(**usual | fields)


def _mount(values: Values, item: Node, what: str) -> str | None:
    if isinstance(item, MappingNode):
        target = find(item, "target")
        if target is None:
            raise values.error(item, f"service volume {what} is missing a mount target")
        return str(target.value)
    if kind_of(item) != "string":
        return None
    return mount_target(str(item.value))


def _file(_values: Values, item: Node, _what: str) -> str | None:
    place = find(item, "target") or find(item, "source") if isinstance(item, MappingNode) else item
    return str(place.value) if isinstance(place, ScalarNode) else None


def _env_file(values: Values, item: Node, what: str) -> str | None:
    path = find(item, "path") if isinstance(item, MappingNode) else item
    if path is None:
        raise values.error(item, f"environment path attribute {what} is missing")
    return str(path.value) if isinstance(path, ScalarNode) else None


INDEXERS: dict[str, Indexer] = {
    **dict.fromkeys(("networks.labels", "networks.ipam.options", "volumes.labels", *(f"services.{key}" for key in (
        "annotations", *OF_BUILD, "build.tags", "cap_add", "cap_drop", "deploy.labels", "dns", "dns_opt", "dns_search",
        "environment", "labels", "links", "networks.*.aliases", "networks.*.link_local_ips", "profiles", "sysctls",
        "tmpfs"))), _name),
    "services.expose": _word, "services.ports": _port, "services.volumes": _mount, "services.configs": _file,
    "services.secrets": _file, "services.env_file": _env_file}
"""By place: how an item is known. Of two that are about the same the later one counts, in the earlier one's place."""


def without_doubles(values: Values, node: Node, path: Path = ()) -> Node:
    """A tree in whose lists no two items are about the same (ScenarioError: an item that is about nothing)."""
    if isinstance(node, MappingNode):
        return MappingNode(node.tag, [(key, without_doubles(values, value, (*path, str(key.value))))
                                      for key, value in node.value], node.start_mark, node.end_mark)
    indexer = INDEXERS.get(place_of(path)) if path else None
    if not isinstance(node, SequenceNode) or indexer is None:
        return node
    found: dict[object, Node] = {}
    for at, item in enumerate(node.value):
        key = indexer(values, item, f"{'.'.join(path)}.[{at}]")
        found[at if key is None else key] = item
    return SequenceNode(node.tag, list(found.values()), node.start_mark, node.end_mark)
