"""The project's source as syntax trees, for the tests that read it: a file is parsed and walked once a process."""

from __future__ import annotations

import ast
from collections.abc import Container
from functools import cache
from pathlib import Path


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(tree: ast.AST) -> tuple[ast.AST, ...]:
    """All nodes of a tree, in the order of `ast.walk`."""
    return tuple(walk(tree))


def forget() -> None:
    """Gives back all trees and nodes that are kept."""
    tree_of.cache_clear()
    nodes_of.cache_clear()


def walk(root: ast.AST, without: Container[ast.AST] = ()) -> list[ast.AST]:
    """The nodes of a tree but for contexts, in the order of `ast.walk`, which takes longer.

    Args:
        without: nodes to leave out, with all below them.
    """
    found = [root]
    for node in found:
        found += children_of(node, without)
    return found


def children_of(node: ast.AST, without: Container[ast.AST] = ()) -> list[ast.AST]:
    """The nodes right below one, but for its context."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None) if name != "ctx" else None
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST) and one not in without]
        elif isinstance(value, ast.AST) and value not in without:
            found.append(value)
    return found


def text_of(node: ast.AST) -> str:
    """What a written-out string says; empty for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
