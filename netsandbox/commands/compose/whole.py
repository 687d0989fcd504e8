"""A Compose file as one tree: with the files that it includes, and each service with what it extends (compose-go)."""

from __future__ import annotations

import re
from collections.abc import Callable
from posixpath import dirname, join, normpath

from netsandbox.commands.compose.values import Values, is_null
from netsandbox.commands.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode, compose, line_of

Read = Callable[[str], str | None]
"""A file's text; None where there is none."""
Pair = tuple[Node, Node]
SECTIONS = ("services", "networks", "volumes", "configs", "secrets")
REPLACED = ("command", "entrypoint", "test")
"""Lists of which the later one counts alone."""
BY_NAME = ("environment", "labels", "sysctls", "depends_on", "networks", "annotations", "extra_hosts")
"""What may be a list or a map, and is the same as a map."""
VARIABLE = re.compile(r"\$\{[^}]*\}")
DEEPEST = 20
"""Services that extend one another, or files that include one another."""
NULL, TEXT = "tag:yaml.org,2002:null", "tag:yaml.org,2002:str"


def nothing(_path: str) -> str | None:
    """There are no other files."""
    return None


class Whole:
    """Puts one file together.

    Args:
        values: reads its nodes; of `path` and other files alike.
    """

    def __init__(self, values: Values, read: Read) -> None:
        self._values = values
        self._read = read
        self._roots: dict[str, MappingNode] = {}
        self._services: dict[tuple[str, str], MappingNode] = {}
        self.notes: list[tuple[int, str]] = []
        """(line, key) of what the sandbox does not model."""

    def of(self, text: str, path: str, chain: tuple[str, ...] = ()) -> Node:
        """A file's tree; what is no mapping is left to who reads it.

        Raises:
            ScenarioError: a file or a service that is not there, or that needs itself.
        """
        root = compose(text, path, takes_anchors=True)
        if not isinstance(root, MappingNode):
            return root
        self._roots[path] = root
        top = self._values.map(root, "a Compose file")
        services = top["services"][1] if "services" in top else None
        if isinstance(services, MappingNode):
            services.value = [(key, self._service(path, key, node, ())) for key, node in services.value]
        if "include" in top:
            root.value = [(key, node) for key, node in root.value if key.value != "include"]
            for item in self._values.items(top["include"][1], "include"):
                self._include(root, item, path, (*chain, path))
        return root

    def with_overrides(self, root: Node, paths: tuple[str, ...]) -> Node:
        """A tree with what further files say more, or otherwise (-f FILE -f FILE, compose.override.yaml)."""
        for path in paths:
            root = _merged("", root, self.of(self._text(path, root), path))
        return root

    # -- include

    def _include(self, root: MappingNode, item: Node, path: str, chain: tuple[str, ...]) -> None:
        fields = {key: value for key, (_key, value) in self._values.map(item, "include").items()} if isinstance(
            item, MappingNode) else {"path": item}
        for key, node in fields.items():
            if key not in ("path", "project_directory", "env_file"):
                raise self._values.invalid(node, f"include additional properties '{key}' not allowed")
            if key == "env_file":
                self.notes.append((line_of(node), "include.env_file"))
        if "path" not in fields:
            raise self._values.invalid(item, "include path is required")
        for name in self._values.texts(fields["path"], "include.path"):
            where = self._beside(name, path, item)
            if where in chain or len(chain) > DEEPEST:
                raise self._values.error(item, "include cycle detected:\n" + chain[0] + "".join(
                    f"\n include {each}" for each in (*chain[1:], where)))
            other = self.of(self._text(where, item), where, chain)
            for section in SECTIONS if isinstance(other, MappingNode) else ():
                self._import(root, other, section)

    def _import(self, root: MappingNode, other: Node, section: str) -> None:
        own, theirs = _find(root, section), _find(other, section)
        if theirs is None or is_null(theirs):
            return
        if own is None or is_null(own):
            root.value = [pair for pair in root.value if pair[0].value != section]
            root.value.append((_text(section, theirs), theirs))
            return
        known = {key.value: node for key, node in own.value}
        for key, node in theirs.value:
            if key.value in known and _plain(known[key.value]) != _plain(node):
                raise self._values.error(key, f"{section}.{key.value} conflicts with imported resource")
        own.value = [*own.value, *(pair for pair in theirs.value if pair[0].value not in known)]

    # -- extends

    def _service(self, path: str, key: Node, node: Node, chain: tuple[tuple[str, str], ...]) -> Node:
        """A service with what it extends."""
        name, wanted = str(key.value), _find(node, "extends")
        if wanted is None or not isinstance(node, MappingNode):
            return node
        if (path, name) in self._services:
            return self._services[path, name]
        if (path, name) in chain or len(chain) > DEEPEST:
            first, *others = [f"{each} in {where}" for where, each in (*chain, (path, name))]
            raise self._values.error(key, "Circular reference:\n  " + "\n  extends ".join([first, *others]))
        what = f"services.{name}.extends"
        fields = {field: self._values.text(value, f"{what}.{field}") for field, (_field, value) in self._values.map(
            wanted, what).items()} if isinstance(wanted, MappingNode) else {"service": self._values.text(wanted, what)}
        where = self._beside(fields["file"], path, wanted) if fields.get("file") else path
        if where not in self._roots:
            root = compose(self._text(where, wanted), where, takes_anchors=True)
            self._roots[where] = root if isinstance(root, MappingNode) else MappingNode("", [])
        services = _find(self._roots[where], "services")
        found = next((pair for pair in services.value if pair[0].value == fields.get("service")), None) if isinstance(
            services, MappingNode) else None
        if found is None:
            raise self._values.error(key, f'cannot extend service "{name}" in {where}: service '
                                          f'"{fields.get("service", "")}" not found')
        base = self._service(where, found[0], found[1], (*chain, (path, name)))
        own = MappingNode(node.tag, [pair for pair in node.value if pair[0].value != "extends"], node.start_mark)
        merged = _merged("", base, own)
        assert isinstance(merged, MappingNode)
        self._services[path, name] = merged
        return merged

    # -- files

    def _beside(self, name: str, path: str, node: Node) -> str:
        """The path of another file, in the same folder: what is relative in it means the same there."""
        where = normpath(join(dirname(path), name))
        if dirname(where) != dirname(path):
            raise self._values.error(node, f"{where}: a Compose file of another folder is not modelled in the sandbox")
        return where

    def _text(self, path: str, node: Node) -> str:
        text = self._read(path)
        if text is None:
            raise self._values.error(node, f"open {path}: no such file or directory")
        return text


def _find(node: Node, name: str) -> Node | None:
    return next((value for key, value in node.value if key.value == name), None) if isinstance(
        node, MappingNode) else None


def _text(text: str, at: Node, tag: str = TEXT) -> ScalarNode:
    return ScalarNode(tag, text, at.start_mark, at.end_mark)


def _merged(key: str, base: Node, own: Node) -> Node:
    """Two values of one key, of which the second one counts more."""
    if key in BY_NAME:
        base, own = _by_name(key, base), _by_name(key, own)
    if isinstance(base, MappingNode) and isinstance(own, MappingNode):
        known = {str(name.value): value for name, value in own.value}
        both: list[Pair] = [(name, _merged(str(name.value), value, known.pop(str(name.value)))
                             if str(name.value) in known else value) for name, value in base.value]
        return MappingNode(own.tag, both + [pair for pair in own.value if str(pair[0].value) in known], own.start_mark)
    if isinstance(base, SequenceNode) and isinstance(own, SequenceNode) and key not in REPLACED:
        both_lists = {_identity(key, item): item for item in (*base.value, *own.value)}
        return SequenceNode(own.tag, list(both_lists.values()), own.start_mark)
    return own


def _identity(key: str, item: Node) -> str:
    """Two items of a list are one where it is the same: a mount's place in the container, all that others say."""
    if key == "volumes" and isinstance(item, MappingNode):
        return str(_plain(_find(item, "target") or item))
    if key == "volumes" and isinstance(item, ScalarNode):
        source, mark, rest = VARIABLE.sub("", item.value).partition(":")
        return str((TEXT, rest.partition(":")[0] if mark else source))
    return str(_plain(item))


def _by_name(key: str, node: Node) -> Node:
    """NAME=value of a list as a map; the names alone of `depends_on` and `networks`."""
    if not isinstance(node, SequenceNode) or not all(isinstance(item, ScalarNode) for item in node.value):
        return node
    found = dict[str, Pair]()
    for item in node.value:
        name, mark, value = str(item.value).partition("=")
        if key == "extra_hosts" and not mark:
            name, mark, value = str(item.value).partition(":")
        inner: Node = _text(value, item) if mark else _text("", item, NULL)
        if key == "depends_on":
            inner = MappingNode("", [(_text("condition", item), _text("service_started", item))], item.start_mark)
        found[name] = _text(name, item), inner
    return MappingNode("", list(found.values()), node.start_mark)


def _plain(node: Node) -> object:
    """What is compared of a node."""
    if isinstance(node, MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    return [_plain(item) for item in node.value] if isinstance(node, SequenceNode) else (node.tag, node.value)
