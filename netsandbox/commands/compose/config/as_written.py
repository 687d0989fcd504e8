"""docker compose config --no-interpolate: the file's own tree, short forms long where they can be read (compose-go,
transform and Normalize)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.compose.config.shapes import SHAPES, Tree, plain, plain_map
from netsandbox.commands.compose.file.merging import find
from netsandbox.commands.compose.file.reader import own_name
from netsandbox.commands.compose.file.values import Values
from netsandbox.commands.compose.file.whole import Read, Whole
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.commands.strict_yaml import MappingNode, Node
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.compose.config.yaml_text import Plain

LONG = ("build", "configs", "depends_on", "devices", "dns", "networks", "ports", "secrets", "volumes")
"""Keys of a service that are made long, unless a variable stands where something has to be read."""
USUAL: Tree = {"default": None}  # The networks of a service that names none
NAMED = ("networks", "volumes", "configs", "secrets")


class Source(NamedTuple):
    """What is read: a file's text and path, the paths of further files, -p and the folder of its paths."""

    text: str
    path: str
    overrides: tuple[str, ...]
    name: str
    folder: str


def as_written(source: Source, read: Read, *, is_normal: bool = True, has_whole_paths: bool = True) -> Tree:
    """Every service, network and volume of the file, by name, with ${…} as it stands.

    Args:
        is_normal: with names, and with the network of a service that names none.
        has_whole_paths: paths of its folder are whole ones.

    Raises:
        ScenarioError: it is no Compose file.
    """
    values = Values(source.path, {}, source.folder)
    whole = Whole(values, read, source.folder, fills=False)
    root = whole.with_overrides(whole.of(source.text, source.path), source.overrides)
    values = values if has_whole_paths else Values("", {})
    top = values.map(root, "a Compose file")
    name = source.name or own_name(Values(source.path, {}, source.folder), top)
    services: Tree = {key: _service(values, node, f"services.{key}", is_normal)
                      for key, (_key, node) in values.map(top["services"][1], "services").items()
                      } if "services" in top else {}
    found: Tree = {"services": services}
    found |= {key: plain(values, node, key) for key, (_key, node) in top.items() if key.startswith("x-")}
    for kind in NAMED:
        section = _named(values, f"{name}_" if is_normal else "", kind, top[kind][1] if kind in top else None, services)
        found |= {kind: section} if section else {}
    head: Tree = {"name": name} if is_normal else {}
    return head | _by_name(found)


def _by_name(data: Tree) -> Tree:
    """Every map in the order of its keys."""
    return {key: _in_it(value) for key, value in sorted(data.items())}


def _in_it(data: Plain) -> Plain:
    if isinstance(data, dict):
        return _by_name(data)
    return [_in_it(each) for each in data] if isinstance(data, list) else data


def _service(values: Values, node: Node, what: str, is_normal: bool) -> Tree:
    given = {key: value for key, (_key, value) in values.map(node, what).items()}
    found: Tree = {key: _value(values, key, value, f"{what}.{key}") for key, value in given.items()}
    build, written = found.get("build"), given.get("build")
    if isinstance(build, dict) and not is_normal and (
            not isinstance(written, MappingNode) or find(written, "dockerfile") is None):
        found["build"] = {key: value for key, value in build.items() if key != "dockerfile"}
    if is_normal and not given.keys() & {"networks", "network_mode"}:
        found["networks"] = dict(USUAL)
    return found


def _value(values: Values, key: str, node: Node, what: str) -> Plain:
    if key == "env_file":
        return [plain_map(values, item, what) if isinstance(item, MappingNode) else
                {"path": values.path(values.text(item, what)), "required": True}
                for item in ([node] if not isinstance(node.value, list) else node.value)]
    if key in LONG:
        try:
            return SHAPES[key](values, node, what)
        except (DockerError, ScenarioError, ValueError):
            pass  # a variable is in the way
    return plain(values, node, what)


def _named(values: Values, before: str, kind: str, node: Node | None, services: Tree) -> Tree:
    """A section, each part of which has the name that it goes by, unless nothing is put before its own."""
    given = values.map(node, kind) if node is not None else {}
    is_used = kind == "networks" and any(service["networks"] == USUAL for service in services.values()
                                         if isinstance(service, dict) and "networks" in service)
    found: Tree = {}
    for key in (*given, *(USUAL.keys() - given.keys() if is_used else ())):
        fields = plain_map(values, given[key][1], f"{kind}.{key}") if key in given else {}
        if "file" in fields:
            fields["file"] = values.path(str(fields["file"]))
        named: Tree = {"name": key if fields.get("external") else f"{before}{key}"} if before else {}
        found[key] = named | fields
    return found
