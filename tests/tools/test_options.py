"""Every letter of a tool's option table is modelled, refused by name, noted, or what is done anyway: none is silent."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

import netsandbox.apps as programs_room
import netsandbox.commands.tools as room
from netsandbox.apps import idle as programs
from netsandbox.apps.option_table import Option, OptionTable
from netsandbox.apps.program import UsageError
from netsandbox.commands.tools.notes import notes
from netsandbox.commands.tools.options import read
from netsandbox.session.keeping import KeptSession
from tests.syntax import nodes_of, text_of, tree_of, walk

SHARED = {"ncat": set("luzvnswp")}
"""What another module reads for one: usual_options of nc."""


class Table(NamedTuple):
    """One call that reads options: the tool, its letters, and those that its module asks for."""

    tool: str
    letters: str
    asked: frozenset[str]


def calls_of(tree: ast.AST, name: str) -> list[ast.Call]:
    return [node for node in nodes_of(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name]


def tables() -> Iterator[tuple[ModuleType, OptionTable]]:
    """Those of the tools, each with its module."""
    for path in sorted(Path(room.__file__).parent.glob("*.py")):
        if "able(\n" in (text := path.read_text(encoding="utf-8")) or "able(\"" in text:
            module = import_module(f"{room.__name__}.{path.stem}")
            yield from ((module, found) for found in vars(module).values() if isinstance(found, OptionTable))


def options_by(role: str) -> list[tuple[OptionTable, Option]]:
    return [(table, option) for _module, table in tables()
            for option in dict.fromkeys([*table.letters.values(), *table.names.values()]) if option.role == role]


@cache
def program_tables() -> tuple[Table, ...]:
    """Those of the programs that read their options with getopt: in netsandbox/apps, and around them."""
    return tuple(_program_tables())


def _program_tables() -> Iterator[Table]:
    rooms = [*sorted(Path(programs_room.__file__).parent.glob("*.py")),
             Path(programs_room.__file__).parent.parent / "shell/probes.py"]
    for path in rooms:
        if "getopt(" not in path.read_text(encoding="utf-8"):
            continue
        tree = tree_of(path)
        for part in [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]:
            for call in calls_of(part, "getopt"):
                letters = "".join(text_of(word) for word in call.args[2:4])
                tool = (programs.BUSYBOX if "busybox" in path.stem else "") + text_of(call.args[0])
                asked = set(_asked(tree if path.stem != "probes" else part, call)) | SHARED.get(path.stem, set())
                yield Table(tool, letters, frozenset(asked))


def _asked(tree: ast.AST, call: ast.Call) -> Iterator[str]:
    """The letters that a module's code names, but for the tables themselves."""
    inner = set(walk(call))
    for node in _naming(tree):
        if node in inner:
            continue
        if isinstance(node, ast.For | ast.comprehension):
            yield from text_of(node.iter)
        else:
            yield text_of(node)


@cache
def _naming(tree: ast.AST) -> list[ast.AST]:
    """Where outside of tables from letter to name a letter stands, or a loop over some."""
    tables = {node for node in nodes_of(tree) if isinstance(node, ast.Dict)
              and all(len(text_of(value)) == 1 for value in node.values)}
    return [node for node in walk(tree, without=tables)
            if isinstance(node, ast.For | ast.comprehension) or len(text_of(node)) == 1]


OTHERWISE = {"brctl": {"version"}, "netstat": {"4"}}
"""What a tool asks for as one of a set, or as what is left."""


@pytest.mark.parametrize(("module", "table"), tables(), ids=lambda value: getattr(value, "program", ""))
def test_no_option_is_taken_in_silence(module: ModuleType, table: OptionTable) -> None:
    tree = tree_of(Path(str(module.__file__)))
    own = {node for statement in tree.body if isinstance(statement, ast.Assign) for node in walk(statement.value)
           if calls_of(statement.value, "table") or calls_of(statement.value, "OptionTable")}
    asked = {text_of(node) for node in nodes_of(tree) if node not in own} | OTHERWISE.get(table.program, set())
    asked |= {letter for node in nodes_of(tree) if isinstance(node, ast.For | ast.comprehension)
              for part in walk(node.iter) for letter in text_of(part)}
    silent = [option.name for option in {*table.letters.values(), *table.names.values()}
              if option.role == "acts" and option.name not in asked]
    assert not silent, f"nothing reads {table.program} {silent}, and its table says that they act"


@pytest.mark.parametrize("table", program_tables(), ids=lambda table: table.tool)
def test_no_option_of_a_program_is_taken_in_silence(table: Table) -> None:
    known = "".join(found.get(table.tool, "") for found in (programs.REFUSED, programs.NOTED, programs.USUAL))
    silent = [letter for letter in table.letters if letter not in table.asked and letter not in known]
    assert not silent, f"nothing reads {table.tool} -{' -'.join(silent)}, and apps/idle.py does not know it"


@pytest.mark.parametrize(("program", "letter"), [(program, letter) for program, named in programs.REFUSED.items()
                                                 for letter in named])
def test_what_a_program_does_not_model_is_refused_by_name(program: str, letter: str) -> None:
    assert letter in "".join(table.letters for table in program_tables() if table.tool == program)
    name = program.removeprefix(programs.BUSYBOX)
    with pytest.raises(UsageError, match=f"^{name}: -{letter} is not modelled$"):
        programs.judge(program, [letter])


@pytest.mark.parametrize(("line", "says"), [
    ("ping -c 1 -a 127.0.0.1", "note: ping -a changes nothing in the sandbox"),
    ("mtr -r -e -c 1 127.0.0.1", "note: mtr -e changes nothing in the sandbox"),
    ("ping -L 127.0.0.1", "ping: -L is not modelled"), ("ping -N name 127.0.0.1", "ping: -N is not modelled"),
    ("nc -6 127.0.0.1 80", "nc: -6 is not modelled"), ("nc -C 127.0.0.1 80", "nc: -C is not modelled"),
    ("ncat -C 127.0.0.1 80", "ncat: -C is not modelled"), ("telnet -E 127.0.0.1", "telnet: -E is not modelled"),
    ("arping -V", "arping: -V is not modelled"), ("fping -n 127.0.0.1", "fping: -n is not modelled"),
    ("fping -o 127.0.0.1", "fping: -o is not modelled"),
    ("fping -au 127.0.0.1", "fping: specify only one of a, u"),
    ("fping -b 70000 127.0.0.1", "fping: data size 70000 not valid, must be lower than 65488"),
    ("fping -Z", "fping: invalid option -- 'Z'\nsee 'fping -h' for usage information"),
    ("mtr -z 127.0.0.1", "mtr: -z is not modelled"),
])
def test_programs_say_so(line: str, says: str) -> None:
    job = KeptSession().run(line)
    assert job.err.strip() == says
    assert (job.code == 0) is says.startswith("note: ")


def test_ping_3_does_not_round_and_fping_q_is_quiet() -> None:
    session = KeptSession()
    for line in ("ip netns add a", "ip link add e0 type veth peer name e1 netns a", "ip addr add 10.9.0.1/24 dev e0",
                 "ip link set e0 up", "ip -n a addr add 10.9.0.2/24 dev e1", "ip -n a link set e1 up",
                 "tc qdisc add dev e0 root netem delay 30ms"):
        assert session.run(line).code == 0, line
    assert re.search(r"time=[0-9]+\.[0-9]{3} ms", session.run("ping -3 -c 2 10.9.0.2").out.splitlines()[-5])
    assert re.search(r"time=[0-9]+\.[0-9] ms", session.run("ping -c 2 10.9.0.2").out.splitlines()[-5])
    assert session.run("fping -4g 10.9.0.2 10.9.0.2").out == "10.9.0.2 is alive\n"
    quiet = session.run("fping -q 10.9.0.2")
    assert (quiet.code, quiet.out) == (0, "")
    assert session.run("fping -aq 10.9.0.2").out == "10.9.0.2\n"


T = r"[0-9.]+"
ANSWERS = (rf"10.9.0.2 : \[0\], 64 bytes, ({T}) ms \(\1 avg, 0% loss\)\n"
           rf"10.9.0.2 : \[1\], 64 bytes, {T} ms \({T} avg, 0% loss\)\n")
STATISTICS = (r"10.9.0.2  : xmt/rcv/%loss = 2/2/0%, .*\n10.9.0.30 : xmt/rcv/%loss = 2/0/100%\n\n       2 targets\n"
              r"       1 alive\n       1 unreachable\n       0 unknown addresses\n\n       2 timeouts \(waiting for "
              r"response\)\n       4 ICMP Echos sent\n       2 ICMP Echo Replies received\n       0 other ICMP "
              rf"received\n\n {T} ms \(min round trip time\)\n(?s:.*)  0.210 sec \(elapsed real time\)\n\n")


@pytest.mark.parametrize(("words", "code", "out", "err"), [
    ("-e 10.9.0.2 10.9.0.9", 1, rf"10.9.0.2 is alive \({T} ms\)\n10.9.0.9 is unreachable\n",
     "(ICMP Host Unreachable from 10.9.0.1 for ICMP Echo sent to 10.9.0.9\n){3,4}"),
    ("-qu 10.9.0.2 10.9.0.9", 1, "10.9.0.9\n", ""),
    ("-c 2 -p 100 10.9.0.2", 0, ANSWERS, rf"\n10.9.0.2 : xmt/rcv/%loss = 2/2/0%, min/avg/max = {T}/{T}/{T}\n"),
    ("-C 1 -p 50 -b 10 10.9.0.9", 1, r"10.9.0.9 : \[0\], timed out \(NaN avg, 100% loss\)\n", "\n10.9.0.9 : -\n"),
    ("-qs -c 2 -p 100 10.9.0.2 10.9.0.30", 1, "", STATISTICS),
    ("-r 0 8.8.8.8", 1, "8.8.8.8 is unreachable\n", "8.8.8.8: error while sending ping: Network is unreachable\n"),
    ("no.such", 2, "", "no.such: Temporary failure in name resolution\n"),
    ("-c 0 10.9.0.2", 1, "", r"Usage: fping \[options\] \[targets...\]\n(?s:.*)"),
    ("10.9.0.255", 1, "10.9.0.255 is unreachable\n", "10.9.0.255: error while sending ping: Permission denied\n"),
    ("-c x 10.9.0.2", 1, "", r"Usage: fping (?s:.*)"), ("-g", 1, "", r"Usage: fping (?s:.*)"),
    ("-h", 0, r"Usage: fping (?s:.*)", ""), ("-v", 0, "fping: Version 5.1\n", "")])
def test_fping_counts_and_sums_up(words: str, code: int, out: str, err: str) -> None:
    session = KeptSession()
    for line in ("ip netns add a", "ip link add e0 type veth peer name e1 netns a", "ip addr add 10.9.0.1/24 dev e0",
                 "ip link set e0 up", "ip -n a addr add 10.9.0.2/24 dev e1", "ip -n a link set e1 up"):
        assert session.run(line).code == 0, line
    job = session.run(f"fping {words}")
    assert job.code == code
    assert re.fullmatch(out, job.out)
    assert re.fullmatch(err, job.err)


def test_nc_d_does_not_read_its_input() -> None:
    session = KeptSession()
    session.run("nc -l 9000 > heard &")
    session.run("echo hello | timeout 2 nc -d 127.0.0.1 9000")
    assert session.run("cat heard").out == ""
    session.run("nc -l 9001 > heard &")
    session.run("echo hello | timeout 2 nc 127.0.0.1 9001")
    assert session.run("cat heard").out == "hello\n"


def spelling(table: OptionTable, option: Option) -> str:
    return next((f"-{letter}" for letter, one in table.letters.items() if one is option), f"--{option.name}")


@pytest.mark.parametrize(("table", "option"), options_by("refused"),
                         ids=lambda value: getattr(value, "program", getattr(value, "name", "")))
def test_what_is_not_modelled_is_refused_by_name(table: OptionTable, option: Option) -> None:
    spelled = spelling(table, option)
    value = {"": "", "=": " x", "?": "x" if spelled[1] != "-" else "=x"}[option.value]
    job = KeptSession().run(f"{table.program} {spelled}{value} x")
    assert job.code
    assert re.match(rf"(netsandbox: {table.program}|{table.program}:) {spelled} is not modelled(: .*)?\n", job.err)


@pytest.mark.parametrize(("table", "option"), options_by("idle"),
                         ids=lambda value: getattr(value, "program", getattr(value, "name", "")))
def test_what_leaves_no_trace_is_noted(table: OptionTable, option: Option) -> None:
    spelled = spelling(table, option)
    with notes() as said:
        read(table, [spelled, *["x"] * (option.value == "=")])
    assert said == [f"note: {table.program} {spelled} changes nothing in the sandbox\n"]


@pytest.mark.parametrize("line", ["mkdir -v d", "rm -i f", "cp -v f g", "ln -sv f h", "echo a | grep -I a"])
def test_what_means_nothing_here_is_noted(line: str) -> None:
    session = KeptSession()
    session.run("touch f")
    job = session.run(line)
    assert job.code == 0
    assert job.err.startswith("note: ")
    assert "changes nothing in the sandbox" in job.err


def test_grep_names_files_without_a_match_and_touch_makes_none_with_c() -> None:
    session = KeptSession()
    session.run("echo a > f; echo b > g; touch -c h")
    assert session.run("grep -L a f g").out == "g\n"
    assert session.run("ls").out.split()[-2:] == ["f", "g"]
