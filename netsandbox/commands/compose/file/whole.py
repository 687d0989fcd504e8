"""A Compose file as one tree: with the files that it includes, and each service with what it extends (compose-go)."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import dirname, join, normpath

from netsandbox.commands.compose.file import merging
from netsandbox.commands.compose.file.anchoring import anchored
from netsandbox.commands.compose.file.filling import filled
from netsandbox.commands.compose.file.interpolate import VariableError, env_file, more_of
from netsandbox.commands.compose.file.schema import fault, kind_of
from netsandbox.commands.compose.file.values import Values, is_null
from netsandbox.commands.compose.file.yaml_faults import NO_MAP, NOT_NAMED
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.commands.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode, compose, line_of
from netsandbox.linux.core.files.inode import FileError

Read = Callable[[str], str | None]  # A file's text; None where there is none. It raises FileError for a folder
SECTIONS = ("services", "networks", "volumes", "configs", "secrets")
OBSOLETE = ("the attribute `version` is obsolete, it will be ignored, please remove it to avoid potential confusion")
DEEPEST = 20  # Services that extend one another, or files that include one another


def nothing(_path: str) -> str | None:
    """There are no other files."""
    return None


class Whole:
    """Puts one file together.

    Args:
        values: reads its nodes; of `path` and other files alike.
        folder: what paths in it are relative to, if not to the file.
        fills: variables have their values.
    """

    def __init__(self, values: Values, read: Read, folder: str = "", *, fills: bool = True) -> None:
        self._fills = fills
        self._folder = folder
        self._own: set[str] = set()
        self._values = values
        self._read = read
        self._roots: dict[str, MappingNode] = {}
        self._services: dict[tuple[str, str], MappingNode] = {}
        self.notes: list[tuple[int, str]] = []  # (line, key) of what the sandbox does not model

    def _check_list(self, included: Node) -> None:
        if isinstance(included, MappingNode) or kind_of(included) == "string":
            shown = included.value if isinstance(included, ScalarNode) else "map[" + " ".join(
                f"{key.value}:{value.value}" for key, value in included.value) + "]"
            raise self._values.error(included, f"`include` must be a list, got {shown}")

    def of(self, text: str, path: str, chain: tuple[str, ...] = ()) -> Node:
        """A file's tree; what is no mapping is left to who reads it (ScenarioError: a file or a service that is not
        there, or that needs itself)."""
        self._own.add(path)
        tree = self._tree(text, path)
        services, included = merging.find(tree, "services"), merging.find(tree, "include")
        if services is not None:
            if not isinstance(services, MappingNode):
                raise self._values.error(services, "services must be a mapping")
            services.value = [(key, self._service(path, key, node, ())) for key, node in services.value]
        if included is not None:
            self._check_list(included)
        root = merging.without_doubles(self._values, tree)
        wrong = fault(root)
        if wrong is not None:
            raise self._values.error(wrong.node, f"validating {path}: {'.'.join(wrong.path)} {wrong.message}")
        assert isinstance(root, MappingNode)
        if merging.find(root, "version") is not None:
            self._values.warn(f"{path}: {OBSOLETE}")
        if included is not None:
            root.value = [(key, node) for key, node in root.value if key.value != "include"]
            for item in self._values.items(included, "include"):
                self._include(root, item, path, (*chain, path))
        return root

    def _tree(self, text: str, path: str) -> MappingNode:
        is_empty = all(not row.strip() or row.lstrip().startswith("#") for row in text.splitlines())
        root = compose("{}" if is_empty else text, path, takes_anchors=True, tags=(merging.RESET, merging.OVERRIDE))
        if not isinstance(root, MappingNode):
            raise ScenarioError(path, line_of(root), _no_file(root))
        whole = filled(self._values, root) if self._fills else root
        assert isinstance(whole, MappingNode)
        self._roots[path] = whole
        return whole

    def with_overrides(self, root: Node, paths: tuple[str, ...]) -> Node:
        """A tree with what further files say more, or otherwise (-f FILE -f FILE, compose.override.yaml)."""
        for path in paths:
            tree = self.of(self._text(path, root), path)
            root = merging.without_doubles(self._values, merging.merged(self._values, root, tree))
        return merging.plain(root)

    # -- include

    def _include(self, root: MappingNode, item: Node, path: str, chain: tuple[str, ...]) -> None:
        fields = {key: value for key, (_key, value) in self._values.map(item, "include").items()} if isinstance(
            item, MappingNode) else {"path": item}
        beside = self._beside(path)
        first, *others = [normpath(join(beside, name)) for name in self._values.texts(fields["path"], "include.path")]
        if first in chain or len(chain) > DEEPEST:
            raise self._values.error(item, "include cycle detected:\n" + chain[0] + "".join(
                f"\n include {each}" for each in (*chain[1:], first)))
        folder = normpath(join(beside, self._values.text(fields["project_directory"], "include"))) if (
            "project_directory" in fields) else dirname(first)
        more = self._variables(item, fields.get("env_file"), folder, beside)
        inside = Whole(self._values.with_more(more), self._read, fills=self._fills)
        other = inside.with_overrides(inside.of(self._text(first, item), first, chain), tuple(others))
        self.notes += inside.notes
        other = anchored(other, folder)
        for section in SECTIONS if isinstance(other, MappingNode) else ():
            self._import(root, other, section)

    def _variables(self, item: Node, named: Node | None, folder: str, beside: str) -> dict[str, str]:
        """What an included file knows more: of its env_file, or else of `.env` in its folder, if there is one."""
        paths = [normpath(join(beside, name)) for name in self._values.texts(named, "include.env_file")
                 if name != "/dev/null"] if named is not None else [normpath(join(folder, ".env"))]
        found: dict[str, str] = {}
        for path in paths:
            try:
                text = self._read(path)
            except FileError:
                if named is not None:
                    raise self._values.error(item, f"{path} is not a file") from None
                continue
            if text is None and named is not None:
                raise self._values.error(item, f"couldn't find env file: {path}" if path in self._values.texts(
                    named, "include.env_file") else f"stat {path}: no such file or directory")
            try:
                found |= env_file(text or "", more_of(self._values.variables, found))
            except VariableError as error:
                raise self._values.error(item, f"failed to read {path}: {error}") from None
        return found

    def _import(self, root: MappingNode, other: Node, section: str) -> None:
        own, theirs = merging.find(root, section), merging.find(other, section)
        if theirs is None or is_null(theirs):
            return
        if own is None or is_null(own):
            root.value = [pair for pair in root.value if pair[0].value != section]
            root.value.append((merging.text_node(section, theirs), theirs))
            return
        known = {key.value: node for key, node in own.value}
        for key, node in theirs.value:
            if key.value in known and merging.comparable(known[key.value]) != merging.comparable(node):
                raise self._values.error(key, f"{section}.{key.value} conflicts with imported resource")
        own.value = [*own.value, *(pair for pair in theirs.value if pair[0].value not in known)]

    # -- extends

    def _service(self, path: str, key: Node, node: Node, chain: tuple[tuple[str, str], ...]) -> Node:
        """A service with what it extends."""
        name, wanted = str(key.value), merging.find(node, "extends")
        if not isinstance(node, MappingNode) and not is_null(node) and node.tag != merging.RESET:
            raise self._values.error(node, f"services.{name} must be a mapping")
        if wanted is None or not isinstance(node, MappingNode):
            return node
        if (path, name) in self._services:
            return self._services[path, name]
        if (path, name) in chain or len(chain) > DEEPEST:
            first, *others = [f"{each} in {where}" for where, each in (*chain, (path, name))]
            raise self._values.error(key, "Circular reference:\n  " + "\n  extends ".join([first, *others]))
        where, found = self._extended(path, key, wanted)
        base = self._service(where, found[0], found[1], (*chain, (path, name)))
        if where != path and dirname(where) != self._beside(path):
            base = anchored(base, dirname(where), ("services", name))
        own = MappingNode(node.tag, [pair for pair in node.value if pair[0].value != "extends"], node.start_mark)
        whole = merging.merged(self._values, base, own, ("services", name))
        assert isinstance(whole, MappingNode)
        self._services[path, name] = whole
        return whole

    def _extended(self, path: str, key: Node, wanted: Node) -> tuple[str, tuple[Node, Node]]:
        """The file and the service that an `extends` means."""
        name, what = str(key.value), f"services.{key.value}.extends"
        fields = {field: self._values.text(value, f"{what}.{field}") for field, (_field, value) in self._values.map(
            wanted, what).items()} if isinstance(wanted, MappingNode) else {
            "service": str(wanted.value) if kind_of(wanted) == "string" else ""}
        if not fields.get("service") and isinstance(wanted, MappingNode):
            raise self._values.error(wanted, f"extends.{name}.service is required")
        where = normpath(join(self._beside(path), fields["file"])) if fields.get("file") else path
        if where not in self._roots:
            self._tree(self._text(where, wanted), where)
        services = merging.find(self._roots[where], "services")
        found = next((pair for pair in services.value if pair[0].value == fields.get("service")), None) if isinstance(
            services, MappingNode) else None
        if found is None:
            why = "no services section" if services is None else f'service "{fields.get("service", "")}" not found'
            raise self._values.error(key, f'cannot extend service "{name}" in {where}: {why}')
        return where, found

    # -- files

    def _beside(self, path: str) -> str:
        """What paths in a file are relative to."""
        return self._folder if self._folder and path in self._own else dirname(path)

    def _text(self, path: str, node: Node) -> str:
        try:
            text = self._read(path)
        except FileError as error:
            raise self._values.error(node, f"read {path}: {str(error).lower()}") from None
        if text is None:
            raise self._values.error(node, f"open {path}: no such file or directory")
        return text


SHOWN = 10  # Characters of a text that is no Compose file; of a longer one, all but three


def _no_file(node: Node) -> str:
    """What Go's decoder says of a document that is no map."""
    if kind_of(node) == "null":
        return NO_MAP
    text = str(node.value)
    short = text if len(text) <= SHOWN else f"{text[:SHOWN - 3]}..."
    what = "!!seq" if isinstance(node, SequenceNode) else f"!!{node.tag.rpartition(':')[2]} `{short}`"
    return f"{NOT_NAMED}\n  line {line_of(node)}: cannot unmarshal {what} into cli.named"
