"""Relative paths in a Compose file of another folder, which mean what is beside that file (compose-go, paths)."""

from __future__ import annotations

from posixpath import join, normpath

from netsandbox.commands.compose.file.filling import Path, place_of
from netsandbox.commands.compose.file.merging import text_node
from netsandbox.commands.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode

PATHS = frozenset({"configs.file", "secrets.file", "services.build", "services.build.context", "services.env_file",
                   "services.env_file.[]", "services.env_file.[].path", "services.extends.file", "services.label_file",
                   "services.label_file.[]"})
"""By place: texts that are paths."""
MOUNTS = frozenset({"services.volumes.[]", "services.volumes.[].source"})  # Those that are where they begin like one


def anchored(node: Node, folder: str, path: Path = ()) -> Node:
    """A tree with the paths that are relative to a folder made whole."""
    if isinstance(node, MappingNode):
        return MappingNode(node.tag, [(key, anchored(value, folder, (*path, str(key.value))))
                                      for key, value in node.value], node.start_mark, node.end_mark)
    if isinstance(node, SequenceNode):
        return SequenceNode(node.tag, [anchored(item, folder, (*path, "[]")) for item in node.value], node.start_mark,
                            node.end_mark)
    if not isinstance(node, ScalarNode) or not path:
        return node
    source, colon, rest = str(node.value).partition(":")
    if place_of(path) in MOUNTS and source.startswith("."):
        return text_node(f"{normpath(join(folder, source))}{colon}{rest}", node)
    is_path = place_of(path) in PATHS and "://" not in node.value
    return text_node(normpath(join(folder, node.value)), node) if is_path else node
