"""Each keyword that a tool of iproute2's kind reads is asked for by its module, or refused by name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import netsandbox.commands.tools as room
import netsandbox.linux.netlink as netlink
from netsandbox.session.keeping import KeptSession
from tests.syntax import nodes_of, text_of, tree_of, walk

BUILDERS = {"key", "flag", "on_or_off", "switch"}
USUAL = {("ip/route_get.py", "uid"): "it is shown, and no rule of a user has a part in a way",
         ("bridge/link.py", "nobackup_port"): "no port has one", ("ip/nexthop.py", "type"): "its reader judges it",
         **{("older/route.py", name): "it is so, or the kernel does not look at it" for name in (
             "-net", "mod", "dyn", "reinstate")},
         ("ip/address.py", "novf"): "there are no virtual functions", ("ip/tuntap.py", "one_queue"): "nothing reads it"}
"""What is so anyway."""


def loops(tree: ast.Module) -> dict[int, list[str]]:
    """What a name stands for within a comprehension over a written-out tuple."""
    found: dict[int, list[str]] = {}
    for node in nodes_of(tree):
        for part in getattr(node, "generators", []) if isinstance(node, ast.GeneratorExp | ast.ListComp) else []:
            if isinstance(part.target, ast.Name) and isinstance(part.iter, ast.Tuple):
                found |= {id(inner): [text_of(one) for one in part.iter.elts] for inner in walk(node)
                          if isinstance(inner, ast.Name) and inner.id == part.target.id}
    return found


def built(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """(call, name) of each keyword."""
    variables = loops(tree)
    refused = {id(node.value) for node in nodes_of(tree) if isinstance(node, ast.Attribute) and node.attr == "_replace"}
    for node in nodes_of(tree):
        if id(node) in refused:
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILDERS and node.args:
            named = next((text_of(word.value) for word in node.keywords if word.arg == "name"), "")
            names = [named] if named else variables.get(id(node.args[0]), [text_of(node.args[0])])
            yield from ((node, name.rstrip("*")) for name in names if name)


def acts(call: ast.Call) -> bool:
    """Its reader does something with the value itself."""
    read = next((word.value for word in call.keywords if word.arg == "read"), None)
    inner = walk(read) if read is not None else []
    return any((isinstance(node, ast.Attribute) and node.attr in ("append", "_read_table", "_read_state", "_read_vrf",
                                                                 "_flags")) or (
        isinstance(node, ast.Name) and node.id.startswith("_refuse")) for node in inner)


@cache
def requests() -> set[str]:
    return {text_of(node) for path in Path(netlink.__file__).parent.glob("*.py") for node in nodes_of(tree_of(path))}


MAY_BUILD = re.compile(rf"\b({'|'.join(BUILDERS)})\(")
ROOM = Path(room.__file__).parent
FILES = [path for path in sorted(ROOM.rglob("*.py"))
         if MAY_BUILD.search(path.read_text(encoding="utf-8")) and any(built(tree_of(path)))]


def place(path: Path) -> str:
    return path.relative_to(ROOM).as_posix()


@pytest.mark.parametrize("path", FILES, ids=place)
def test_no_keyword_is_taken_in_silence(path: Path) -> None:
    found = list(built(tree_of(path)))
    asked = requests() | {text_of(node) for node in walk(tree_of(path), without={call for call, _name in found})}
    silent = [name for call, name in found
              if name not in asked and not acts(call) and (place(path), name) not in USUAL]
    assert not silent, f"{path.name} reads {silent} and does nothing about them"


def test_there_are_such_tables() -> None:
    assert {"ip/link_request.py", "ip/route.py", "ip/rule.py", "ip/address.py", "ip/neighbour.py",
            "older/route.py"} <= set(map(place, FILES))
    assert sum(len(list(built(tree_of(path)))) for path in FILES) > 100


@pytest.mark.parametrize(("line", "what"), [
    ("ip route add 10.6.0.0/16 dev lo fastopen_no_cookie 1", "fastopen_no_cookie of a route"),
    ("ip link set lo mode dormant", "mode of a device"), ("ip link set lo vf 0", "vf of a device"),
    ("ip rule add dscp 5 table 5", "dscp of a rule"), ("ip addr add 10.0.0.1 dev lo proto 5", "proto of an address"),
    ("ip neigh add 10.0.0.1 dev lo protocol 5", "protocol of a neighbour"),
    ("route add -net 10.6.0.0/16 dev lo mss 100", "mss of a route")])
def test_what_is_read_and_not_modelled_is_refused_by_name_behind_all_words(line: str, what: str) -> None:
    session = KeptSession()
    job = session.run(line)
    assert (job.code, job.err) == (1, f"netsandbox: {what} is not modelled\n")
    if line.startswith("ip") and " vf " not in line:
        assert "netsandbox" not in session.run(f"{line} nonsense").err


@pytest.mark.parametrize(("line", "note"), [
    ("ip link set lo addrgenmode none", "note: addrgenmode of a device changes nothing in the sandbox\n"),
    ("ip route add 10.9.0.0/16 dev lo expires 5", "note: expires of a route changes nothing in the sandbox\n"),
    ("ip route add 10.9.0.0/16 dev lo pref high", "note: pref of a route changes nothing in the sandbox\n"),
    ("ip route add 10.9.0.0/16 dev lo ttl-propagate enabled",
     "note: ttl-propagate of a route changes nothing in the sandbox\n")])
def test_words_of_what_there_is_none_of_change_nothing(line: str, note: str) -> None:
    """Of IPv4 the kernel itself looks at none of them."""
    job = KeptSession().run(line)
    assert (job.code, job.err) == (0, note)


@pytest.mark.parametrize(("line", "says"), [
    ("ip link set lo addrgenmode foo", "Invalid address generation mode"),
    ("ip route add 10.9.0.0/16 dev lo expires x", '"expires" value is invalid'),
    ("ip route add 10.9.0.0/16 dev lo pref x", '"pref" value is invalid')])
def test_their_values_are_read(line: str, says: str) -> None:
    job = KeptSession().run(line)
    assert (job.code, says in job.err) == (255, True)
