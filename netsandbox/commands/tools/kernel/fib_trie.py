"""/proc/net/fib_trie: the tree in which the kernel keeps the routes of a table (net/ipv4/fib_trie.c).

It is built anew when somebody reads it, of the routes in the order of their prefixes; one that grew in another order
may be a level higher or lower here and there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netsandbox.commands.tools.ip.route_words import table_number
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.route import Route
from netsandbox.wire.addresses import format_ipv4

BITS = 32
LOCAL, MAIN = "local", "main"
MOST_STEPS = 10  # MAX_WORK: how often one look at a node doubles or halves it
INFLATE, HALVE = (50, 30), (25, 15)
"""How full a node shall be once it is doubled, and how empty for it to be halved, in per cent; of the root second."""


class Leaf:
    """The routes of one network number."""

    pos = 0

    def __init__(self, key: int) -> None:
        self.key = key
        self.routes: list[Route] = []


class Node:
    """An inner node (struct tnode), told apart by `bits` bits of an address from `pos` on; the trie itself has none."""

    def __init__(self, key: int, pos: int, bits: int) -> None:
        shift = pos + bits
        self.key = key >> shift << shift
        self.pos, self.bits = pos, bits
        self.children: list[Node | Leaf | None] = [None] * (1 << bits)
        self.parent: Node | None = None

    def index(self, key: int) -> int:
        """get_index, which is beyond the children for a key that is not of this node."""
        return (key ^ self.key) >> self.pos if self.parent is not None else 0

    def put(self, at: int, child: Node | Leaf | None) -> None:
        self.children[at] = child
        if isinstance(child, Node):
            child.parent = self

    def place(self, key: int, child: Node | Leaf | None) -> None:
        self.put(self.index(key), child)

    def is_full(self, child: Node | Leaf | None) -> bool:
        """tnode_full: an inner node that skips no bit."""
        return isinstance(child, Node) and child.pos + child.bits == self.pos

    @property
    def empty(self) -> int:
        return self.children.count(None)

    @property
    def full(self) -> int:
        return sum(map(self.is_full, self.children))

    @property
    def is_root(self) -> bool:
        return self.parent is not None and self.parent.parent is None


class Trie:
    """The tree of one table."""

    def __init__(self) -> None:
        self.top = Node(0, BITS, 0)

    def add(self, route: Route) -> None:
        """fib_table_insert, fib_insert_node."""
        key, parent, found = route.destination.network, self.top, self.top.children[0]
        while isinstance(found, Node) and found.index(key) < len(found.children):
            parent, found = found, found.children[found.index(key)]
        if isinstance(found, Leaf) and found.key == key:
            found.routes.append(route)
            return
        leaf = Leaf(key)
        leaf.routes.append(route)
        if found is not None:
            between = Node(key, (key ^ found.key).bit_length() - 1, 1)
            parent.place(key, between)
            between.put(between.index(key) ^ 1, found)
            parent = between
        parent.place(key, leaf)
        node: Node | None = parent
        while node is not None and node.parent is not None:
            node = _resize(node)

    def rows(self) -> Iterator[str]:
        """fib_trie_seq_show."""
        if self.top.children[0] is not None:
            yield from _rows(self.top.children[0], 0)


def _resize(node: Node) -> Node:
    """Double it, halve it or drop it, as it is filled (resize); what is above it then."""
    parent = node.parent
    assert parent is not None
    at, steps = parent.index(node.key), MOST_STEPS
    while steps and _should_inflate(node):
        node, steps = _replace(node, _inflated(node), at), steps - 1
    if steps < MOST_STEPS:
        return parent
    while steps and _should_halve(node):
        node, steps = _replace(node, _halved(node), at), steps - 1
    if len(node.children) - node.empty < 2:
        parent.put(at, next((child for child in node.children if child is not None), None))
    return parent


def _should_inflate(node: Node) -> bool:
    used = len(node.children) - node.empty + node.full
    return used > 1 and node.pos > 0 and 50 * used >= len(node.children) * INFLATE[node.is_root]


def _should_halve(node: Node) -> bool:
    used = len(node.children) - node.empty
    return used > 1 and node.bits > 1 and 100 * used < len(node.children) * HALVE[node.is_root]


def _replace(old: Node, new: Node, at: int) -> Node:
    """Put a node in the place of another, and look at its children; what stands there then."""
    parent = old.parent
    assert parent is not None
    parent.put(at, new)
    for child in reversed(new.children):
        if isinstance(child, Node) and new.is_full(child):
            _resize(child)
    found = parent.children[at]
    assert isinstance(found, Node)
    return found


def _inflated(old: Node) -> Node:
    new = Node(old.key, old.pos - 1, old.bits + 1)
    new.parent = old.parent
    for at, child in enumerate(old.children):
        if child is None:
            continue
        if not isinstance(child, Node) or not old.is_full(child):
            new.place(child.key, child)
            continue
        half = len(child.children) // 2
        for side, part in enumerate((child.children[:half], child.children[half:])):
            if half == 1:
                new.put(2 * at + side, part[0])
                continue
            one = Node(child.key | side << new.pos, child.pos, child.bits - 1)
            for inner, grandchild in enumerate(part):
                one.put(inner, grandchild)
            new.put(2 * at + side, one)
    return new


def _halved(old: Node) -> Node:
    new = Node(old.key, old.pos + 1, old.bits - 1)
    for at in range(len(new.children)):
        left, right = old.children[2 * at:2 * at + 2]
        if left is None or right is None:
            new.put(at, left or right)
            continue
        pair = Node(left.key, old.pos, 1)
        pair.put(0, left)
        pair.put(1, right)
        new.put(at, pair)
    return new


def _rows(node: Node | Leaf, depth: int) -> Iterator[str]:
    indent = "   " * depth
    if isinstance(node, Leaf):
        yield f"{indent}  |-- {format_ipv4(node.key)}\n"
        for route in sorted(node.routes, key=lambda route: -route.destination.length):
            scope = {"global": "universe"}.get(route.scope, route.scope)
            tos = f" tos={route.tos}" if route.tos else ""
            yield f"{indent}     /{route.destination.length} {scope} {route.type.upper()}{tos}\n"
        return
    yield f"{indent}  +-- {format_ipv4(node.key)}/{BITS - node.pos - node.bits} {node.bits} {node.full} {node.empty}\n"
    for child in node.children:
        if child is not None:
            yield from _rows(child, depth + 1)


def fib_trie(namespace: NetworkNamespace) -> str:
    """Each table, by its number but for the last digits of it; main and local are one until a rule parts them."""
    tables: dict[str, list[Route]] = {}
    for route in namespace.routes.all(None):
        tables.setdefault(route.table, []).append(route)
    if not namespace.routes.is_policed:
        both = [*tables.get(LOCAL, ()), *tables.get(MAIN, ())]
        tables |= {MAIN: both, LOCAL: both} if both else {}
    return "".join(_table(name, tables[name]) for name in sorted(tables, key=lambda name: table_number(name) & 255))


def _table(name: str, routes: Iterable[Route]) -> str:
    trie = Trie()
    for route in routes:
        trie.add(route)
    title = {LOCAL: "Local:\n", MAIN: "Main:\n"}.get(name, f"Id {name}:\n")
    return title + "".join(trie.rows())
