"""The architecture's rules, read off the source: imports go one way, time and chance have one door each, nothing
recurses across a cable, events never change, and no headless path loads a user-interface library.

Each rule is a function from one module's syntax tree to the complaints about it. Every rule is tried on the project,
and on a few lines that break it, so that a rule which has gone blind fails too.
"""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.syntax import children_of, forget, nodes_of, walk

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "netsandbox"

BELOW: dict[str, frozenset[str]] = {"wire": frozenset(), "engine": frozenset()}
"""Which rooms a room may import; `top` is cli.py and the other modules beside it."""
for _room in ("linux", "apps", "docker", "lab", "shell", "commands", "session", "rig"):
    BELOW[_room] = frozenset(BELOW)
BELOW["bench"], BELOW["grading"] = BELOW["rig"], BELOW["rig"] | {"explain"}
BELOW["top"] = frozenset(BELOW) | {"explain"}
BELOW["explain"] = frozenset({"wire", "engine"})
BELOW["commands"] |= {"explain"}
BELOW["tui"] = BELOW["top"]

IN_LINUX: dict[str, frozenset[str]] = {
    "core": frozenset(),
    "bridge": frozenset({"core"}),
    "ipv4": frozenset({"core"}),
    "drivers": frozenset({"core", "bridge", "ipv4"}),
    "netfilter": frozenset({"core", "bridge", "ipv4"}),
    "tcp": frozenset({"core", "ipv4"}),
    "mib": frozenset({"core", "ipv4", "tcp"}),
    "stack": frozenset({"core", "bridge", "ipv4", "drivers", "netfilter", "tcp", "mib"}),
    "netlink": frozenset({"core", "bridge", "ipv4", "drivers", "netfilter", "tcp", "stack"}),
}
"""The same of the rooms inside linux, of which events and other values beside them are below all. A second family
stands beside ipv4; core hears nothing of either, but by core.notifier, and by what stack.py plugs into a namespace."""
WITH_EVENTS = {"linux", "apps", "docker", "lab"}
VALUES = re.compile("event|reason|drop|place|route_value|nud")
"""Modules of events, and of the values that these hold."""
UI_LIBRARIES = {"textual", "textual_serve", "rich"}
CHANCE = {"random", "secrets", "uuid", "numpy"}
BENCH_CLOCKS = {"process_time", "process_time_ns", "perf_counter", "perf_counter_ns"}
"""The bench prints CPU seconds and, beside them, the wall's."""


class Module(NamedTuple):
    """One source file: its dotted name, its room, and its syntax tree."""

    name: str
    room: str
    tree: ast.Module


class Import(NamedTuple):
    """One imported thing: `from a.b import c` is target a.b and name c; lazy is inside a function."""

    target: str
    name: str | None
    lazy: bool
    typing_only: bool
    line: int


Rule = Callable[[Module], Iterator[str]]


def read(name: str, source: str) -> Module:
    room = name.split(".")[1] if name.count(".") >= 1 else "root"
    if room not in BELOW and name.count(".") == 1:
        room = "root" if name == "netsandbox" else "top"
    return Module(name, room, ast.parse(source))


@cache
def project() -> list[Module]:
    """The whole source; not before a test needs it, as every process that runs tests imports this file."""
    modules = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules.append(read(name, path.read_text(encoding="utf-8")))
    return modules


@pytest.fixture(scope="module", autouse=True)
def source_is_forgotten() -> Iterator[None]:
    """Its trees are millions of objects, through which each later look for garbage would go."""
    yield
    project.cache_clear()
    imports_of.cache_clear()
    forget()


@cache
def module_names() -> frozenset[str]:
    return frozenset(module.name for module in project())


LATE = re.compile(r"(netsandbox(?:\.\w+)+):(\w+)")
"""A place in a `Late` table (commands/late.py): an import like any other, only later."""


def imports(root: ast.AST) -> Iterator[Import]:
    waiting = [(root, False, False)]
    for node, lazy, typing_only in waiting:
        for child in children_of(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(alias.name, None, lazy, typing_only, child.lineno)
            elif isinstance(child, ast.ImportFrom):
                for alias in child.names:
                    yield Import(child.module or ".", alias.name, lazy, typing_only, child.lineno)
            elif isinstance(child, ast.Constant) and (place := LATE.fullmatch(str(child.value))):
                yield Import(place[1], place[2], lazy, typing_only, child.lineno)
            else:
                inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                guard = isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")
                waiting.append((child, lazy or inside, typing_only or guard))


@cache
def imports_of(tree: ast.Module) -> tuple[Import, ...]:
    """All of a file, looked for once for all rules."""
    return tuple(imports(tree))


def source_of(imported: Import) -> str:
    """The module that an import reads: `from netsandbox.wire import arp` reads netsandbox.wire.arp."""
    longer = f"{imported.target}.{imported.name}"
    return longer if longer in module_names() else imported.target


# --- rule 1: imports go one way ---------------------------------------------------------------------------------------


def imports_go_one_way(module: Module) -> Iterator[str]:
    if module.room not in BELOW and module.room != "root":
        yield f"{module.name}: no such room; the architecture has {', '.join(BELOW)}"
        return
    for imported in imports_of(module.tree):
        target = source_of(imported)
        parts = target.split(".")
        if parts[0] != "netsandbox" or len(parts) == 1:
            continue
        room = parts[1] if parts[1] in BELOW else "top"
        events = room in WITH_EVENTS and VALUES.search(".".join(parts[2:])) is not None
        tui_branch = room == "tui" and module.name.startswith("netsandbox.cli") and imported.lazy
        explain_reads = module.room == "explain" and events
        if room == module.room or room in BELOW.get(module.room, ()) or tui_branch or explain_reads:
            continue
        yield f"{module.name}:{imported.line}: {module.room} must not import {target}"


def rooms_of_linux_keep_their_order(module: Module) -> Iterator[str]:
    """What is imported for its type alone may be anybody's: a core that names a class of a family calls nothing."""
    here = _room_in_linux(module.name)
    for imported in imports_of(module.tree):
        there = _room_in_linux(source_of(imported))
        if here and there and there != here and there not in IN_LINUX[here] and not imported.typing_only:
            yield f"{module.name}:{imported.line}: linux/{here} must not import {source_of(imported)}"


def _room_in_linux(name: str) -> str:
    """Empty for what is elsewhere, or a value."""
    parts = name.split(".")
    return parts[2] if parts[:2] == ["netsandbox", "linux"] and len(parts) > 2 and parts[2] in IN_LINUX else ""


YAML = ("netsandbox.commands.strict_yaml", "netsandbox.commands.compose.config.yaml_text")
"""What reads it strictly, and what writes it as Compose does."""


def libraries_stay_in_their_room(module: Module) -> Iterator[str]:
    """wire to lab and explain know the standard library alone; YAML is read in session; Rich and Textual as told;
    what a user writes as a regular expression runs in RE2, which apps.pattern alone knows."""
    for imported in imports_of(module.tree):
        library = imported.target.partition(".")[0]
        if library in sys.stdlib_module_names or library == "netsandbox" or imported.typing_only:
            continue
        allowed = (
            module.room == "tui"
            or (library == "yaml" and (module.room == "session" or module.name in YAML))
            or (library == "re2" and imported.lazy and module.name == "netsandbox.apps.pattern")
            or (library == "jq" and imported.lazy and module.name == "netsandbox.commands.tools.files.jq")
            or (library == "rich" and imported.lazy and module.room in {"commands", "session", "grading", "top"})
            or (library.startswith("textual") and imported.lazy and module.name.startswith("netsandbox.cli"))
        )
        if not allowed:
            yield f"{module.name}:{imported.line}: {library} must not be imported here"


def rooms_hide_no_import_in_a_function(module: Module) -> Iterator[str]:
    """A late import of our own would hide a cycle. cli and its like may be late, to start quickly."""
    for imported in imports_of(module.tree):
        if imported.lazy and imported.target.startswith("netsandbox") and module.room not in {"top", "tui"}:
            yield f"{module.name}:{imported.line}: import {imported.target} at the top of the file"


def cycle_in(modules: list[Module]) -> list[str] | None:
    """A ring of modules that import each other, or None. What only a type checker reads does not count."""
    names = {module.name for module in modules}
    graph: dict[str, set[str]] = {}
    for module in modules:
        needed: set[str] = set()
        for imported in imports_of(module.tree):
            longer = f"{imported.target}.{imported.name}"
            if not imported.typing_only:
                needed.add(longer if longer in names else imported.target)
        graph[module.name] = (needed & names) - {module.name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return None


# --- rule 2: one door to time, one to chance --------------------------------------------------------------------------


def time_has_one_door(module: Module) -> Iterator[str]:
    if module.room == "tui":
        return
    for imported in imports_of(module.tree):
        top = imported.target.partition(".")[0]
        clocks = BENCH_CLOCKS if module.name == "netsandbox.bench.measured" else set()
        reads = top == "time" and imported.name not in clocks and module.name != "netsandbox.engine.player"
        if top in {"asyncio", "sched", "threading"} or reads:
            yield f"{module.name}:{imported.line}: {imported.target} belongs to tui, and time to engine.player"
    for node in nodes_of(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
            owner = ast.unparse(node.value)
            if owner.rpartition(".")[2] in {"datetime", "date"}:
                yield f"{module.name}:{node.lineno}: {owner}.{node.attr} reads the wall clock"


def chance_has_one_door(module: Module) -> Iterator[str]:
    if module.name == "netsandbox.engine.chance":
        return
    for imported in imports_of(module.tree):
        if imported.target.partition(".")[0] in CHANCE or imported.name in {"urandom", "getrandom"}:
            yield f"{module.name}:{imported.line}: {imported.target} belongs to engine.chance"
    for node in nodes_of(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"urandom", "getrandom"}:
            yield f"{module.name}:{node.lineno}: {node.attr} belongs to engine.chance"
    methods = (node for node in nodes_of(module.tree) if isinstance(node, ast.FunctionDef) and node.name == "__hash__")
    inside = {node for method in methods for node in walk(method)}
    calls = (node for node in nodes_of(module.tree) if isinstance(node, ast.Call) and node not in inside)
    for node in calls:
        if isinstance(node.func, ast.Name) and node.func.id == "hash":
            yield f"{module.name}:{node.lineno}: hash() of a text differs from process to process"


# --- rule 3: only the scheduler delivers across a cable ---------------------------------------------------------------


def nothing_reaches_across_a_cable(module: Module) -> Iterator[str]:
    """No device delivers to another, whatever the variable is called: it hands the scheduler its frame and is done."""
    if module.room not in {"linux", "apps", "docker", "lab"}:
        return
    for node in nodes_of(module.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "receive":
            continue
        if ast.unparse(node.func.value) not in {"self", "super()"}:
            yield f"{module.name}:{node.lineno}: {ast.unparse(node.func)}() may recurse across a cable; schedule it"


# --- rule 4: decide, record, act --------------------------------------------------------------------------------------


def no_prose_below_explain(module: Module) -> Iterator[str]:
    """What is checkable of it: a text in Chinese was written for a person to read."""
    if module.room in {"explain", "commands", "session", "grading", "tui", "top"}:
        return
    for node in nodes_of(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"[\u4e00-\u9fff]", node.value):
            yield f"{module.name}:{node.lineno}: words for people belong to explain"


def no_error_is_made_beforehand(module: Module) -> Iterator[str]:
    """One that is raised time and again keeps the frames that it went through, and so the lab that they worked on."""
    statements = (node for node in module.tree.body if isinstance(node, ast.Assign | ast.AnnAssign))
    for node in (node for statement in statements for node in walk(statement)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Error", "_error")):
            yield f"{module.name}:{node.lineno}: {ast.unparse(node.func)}() is made as the module is loaded"


def changeable_events(name: str) -> list[str]:
    """The public classes of an events module whose instances could be changed after they were recorded."""
    module = importlib.import_module(name)
    own = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == name]
    return [cls.__name__ for cls in own if not cls.__name__.startswith("_") and not is_frozen(cls)]


def is_frozen(cls: type) -> bool:
    dataclass_parameters = getattr(cls, "__dataclass_params__", None)
    return issubclass(cls, tuple | Enum) or bool(dataclass_parameters and dataclass_parameters.frozen)


# --- the rules on the project, and on what breaks them ----------------------------------------------------------------

RULES: tuple[Rule, ...] = (
    imports_go_one_way,
    rooms_of_linux_keep_their_order,
    libraries_stay_in_their_room,
    rooms_hide_no_import_in_a_function,
    time_has_one_door,
    chance_has_one_door,
    nothing_reaches_across_a_cable,
    no_prose_below_explain,
    no_error_is_made_beforehand,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_the_rule(rule: Rule) -> None:
    assert len(project()) > len(BELOW)
    assert [complaint for module in project() for complaint in rule(module)] == []


def test_no_modules_import_each_other() -> None:
    assert cycle_in(project()) is None


def test_recorded_events_cannot_change() -> None:
    events = re.compile(r"netsandbox\.\w+\.(\w+\.)?(\w*events?|events\.\w+)")
    names = sorted(filter(events.fullmatch, module_names()))
    assert {name: changeable_events(name) for name in names if changeable_events(name)} == {}


BROKEN = [
    (imports_go_one_way, "netsandbox.wire.arp", "from netsandbox.engine import units"),
    (imports_go_one_way, "netsandbox.engine.trace", "import netsandbox.wire.arp"),
    (imports_go_one_way, "netsandbox.linux.ipv4.arp", "def f():\n    from netsandbox.lab import lab"),
    (imports_go_one_way, "netsandbox.linux.ipv4.arp", "if TYPE_CHECKING:\n    from netsandbox.docker import engine"),
    (imports_go_one_way, "netsandbox.lab.lab", "from netsandbox.explain import words"),
    (imports_go_one_way, "netsandbox.apps.ping.ping", "PLACES = {'run': 'netsandbox.commands.shell:run'}"),
    (imports_go_one_way, "netsandbox.explain.words", "from netsandbox.linux.bridge.bridge import Bridge"),
    (imports_go_one_way, "netsandbox.session.journal", "from netsandbox.cli import main"),
    (imports_go_one_way, "netsandbox.cli", "from netsandbox.tui.app import App"),
    (imports_go_one_way, "netsandbox.bench.workloads", "def f():\n    from netsandbox.tui import app"),
    (imports_go_one_way, "netsandbox.cellar.things", ""),
    (rooms_of_linux_keep_their_order, "netsandbox.linux.core.devices.link", "from netsandbox.linux.ipv4 import arp"),
    (rooms_of_linux_keep_their_order, "netsandbox.linux.ipv4.arp", "import netsandbox.linux.netfilter.nat"),
    (rooms_of_linux_keep_their_order, "netsandbox.linux.tcp.receiving.input",
     "def f():\n    from netsandbox.linux import stack"),
    (libraries_stay_in_their_room, "netsandbox.lab.lab", "import yaml"),
    (libraries_stay_in_their_room, "netsandbox.cli", "from rich.table import Table"),
    (libraries_stay_in_their_room, "netsandbox.linux.ipv4.arp", "def f():\n    import rich"),
    (libraries_stay_in_their_room, "netsandbox.commands.verbs.show", "def f():\n    import textual"),
    (libraries_stay_in_their_room, "netsandbox.wire.arp", "import dpkt"),
    (libraries_stay_in_their_room, "netsandbox.apps.pattern", "import re2"),
    (libraries_stay_in_their_room, "netsandbox.commands.tools.files.grep", "def f():\n    import re2"),
    (rooms_hide_no_import_in_a_function, "netsandbox.lab.lab", "def f():\n    import netsandbox.linux.ipv4.arp"),
    (time_has_one_door, "netsandbox.engine.scheduler", "import time"),
    (time_has_one_door, "netsandbox.linux.ipv4.arp", "from time import monotonic"),
    (time_has_one_door, "netsandbox.cli", "import asyncio.events"),
    (time_has_one_door, "netsandbox.engine.player", "import asyncio"),
    (time_has_one_door, "netsandbox.bench.measured", "from time import time"),
    (time_has_one_door, "netsandbox.wire.pcapng", "import datetime\nx = datetime.datetime.now()"),
    (time_has_one_door, "netsandbox.wire.pcapng", "from datetime import date\nx = date.today()"),
    (chance_has_one_door, "netsandbox.linux.ipv4.arp", "from random import randint"),
    (chance_has_one_door, "netsandbox.docker.ids", "import os\nx = os.urandom(4)"),
    (chance_has_one_door, "netsandbox.docker.ids", "from os import urandom"),
    (chance_has_one_door, "netsandbox.docker.ids", "x = hash('name')"),
    (nothing_reaches_across_a_cable, "netsandbox.linux.drivers.hub", "def f(s, frame):\n    s.peer.receive(frame)"),
    (nothing_reaches_across_a_cable, "netsandbox.linux.drivers.veth", "def f(peer, frame):\n    peer.receive(frame)"),
    (nothing_reaches_across_a_cable, "netsandbox.lab.cable", "def f(self):\n    far = self.far\n    far.receive(1)"),
    (no_prose_below_explain, "netsandbox.linux.ipv4.arp", "reason = '没有路由'"),
    (no_error_is_made_beforehand, "netsandbox.docker.ids", "SAID = {'ca': DockerError('no')}"),
]


@pytest.mark.parametrize(("rule", "name", "source"), BROKEN, ids=[f"{case[0].__name__}-{case[1]}" for case in BROKEN])
def test_a_rule_sees_what_breaks_it(rule: Rule, name: str, source: str) -> None:
    assert list(rule(read(name, source)))


KEPT = [
    (imports_go_one_way, "netsandbox.explain.words", "from netsandbox.linux.events import FrameSent"),
    (imports_go_one_way, "netsandbox.cli", "def f():\n    from netsandbox.tui.app import App"),
    (imports_go_one_way, "netsandbox.cli", "from netsandbox import __version__"),
    (rooms_of_linux_keep_their_order, "netsandbox.linux.core.devices.link",
     "from netsandbox.linux.events import LinkChanged"),
    (rooms_of_linux_keep_their_order, "netsandbox.linux.core.devices.link",
     "if TYPE_CHECKING:\n    from netsandbox.linux.ipv4.route import Route"),
    (libraries_stay_in_their_room, "netsandbox.cli", "def f():\n    from rich.table import Table"),
    (time_has_one_door, "netsandbox.bench.measured", "from time import process_time, perf_counter"),
    (time_has_one_door, "netsandbox.engine.player", "import time"),
    (time_has_one_door, "netsandbox.wire.pcapng", "import datetime\nx = datetime.datetime(2026, 1, 1)"),
    (chance_has_one_door, "netsandbox.engine.chance", "import random"),
    (chance_has_one_door, "netsandbox.wire.arp", "class A:\n    def __hash__(self):\n        return hash((1, 2))"),
    (nothing_reaches_across_a_cable, "netsandbox.linux.drivers.veth", "def f(s, frame):\n    s.send((s.peer,), frame)"),
    (nothing_reaches_across_a_cable, "netsandbox.linux.bridge.bridge", "def f(self):\n    super().receive(1)"),
    (no_error_is_made_beforehand, "netsandbox.docker.ids",
     "KINDS = {'ca': DockerError}\ndef f():\n    raise A_Error()"),
]


@pytest.mark.parametrize(("rule", "name", "source"), KEPT, ids=[f"{case[0].__name__}-{case[1]}" for case in KEPT])
def test_a_rule_lets_pass_what_keeps_it(rule: Rule, name: str, source: str) -> None:
    assert list(rule(read(name, source))) == []


def test_a_ring_is_seen_even_when_one_import_is_late() -> None:
    one = read("netsandbox.lab.one", "from netsandbox.lab import two")
    late = read("netsandbox.lab.two", "def f():\n    from netsandbox.lab.one import x")
    typing_only = read("netsandbox.lab.two", "if TYPE_CHECKING:\n    from netsandbox.lab.one import x")
    assert cycle_in([one, late]) is not None
    assert cycle_in([one, typing_only]) is None


def test_every_place_of_a_late_table_is_there() -> None:
    places = {place for module in project() for node in nodes_of(module.tree) if isinstance(node, ast.Constant)
              and (place := LATE.fullmatch(str(node.value)))}
    assert places
    assert [place[0] for place in places if not hasattr(importlib.import_module(place[1]), place[2])] == []


def test_changeable_classes_are_told_from_frozen_ones() -> None:
    class Loose:
        pass

    assert not is_frozen(Loose)
    assert is_frozen(Module)


# --- what a running process loads -------------------------------------------------------------------------------------


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded once it has run the code."""
    program = f"import sys\n{code}\nprint('\\nLOADED', *sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("LOADED")[2].split())


def test_importing_everything_but_the_tui_loads_no_interface_library() -> None:
    headless = sorted(module.name for module in project() if module.room != "tui")
    code = "".join(f"import {name}\n" for name in headless if not name.endswith("__main__"))
    assert not loaded_after(code) & UI_LIBRARIES


def test_a_headless_run_never_loads_textual() -> None:
    code = """
from netsandbox.cli import main
try:
    status = main(["run", "docker0-ping"])
except SystemExit as stop:
    status = stop.code
assert not status, status
"""
    loaded = loaded_after(code)
    assert "netsandbox" in loaded
    assert "textual" not in loaded


def test_the_command_line_loads_rich_only_to_print() -> None:
    assert not loaded_after("import netsandbox.cli") & (UI_LIBRARIES | {"dpkt", "scapy"})
