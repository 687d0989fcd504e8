"""Every letter of a tool's option table is modelled, refused by name, noted, or what is done anyway: none is silent."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import netsandbox.apps as programs_room
import netsandbox.commands.tools as tools_room
from netsandbox.apps.option_table import Option, OptionTable
from netsandbox.apps.program import UsageError
from netsandbox.commands.tools.notes import notes
from netsandbox.commands.tools.options import read
from netsandbox.session.keeping import KeptSession
from tests.syntax import nodes_of, text_of, tree_of, walk

READERS = {"ncat": ("ncat*.py", "nc_options.py"), "busybox": ("busybox.py", "older/netstat.py")}
"""Modules that ask for a module's options, where it is not those of its name."""
OTHERWISE = {"brctl": {"version"}, "netstat": {"4"}, "curl": {"data-binary"},
             "tracepath": {"V"}}
"""What a tool asks for as one of a set, or as what is left."""


def tables(room: ModuleType) -> Iterator[tuple[Path, OptionTable]]:
    """Those of a room, each with its module's file."""
    for path in sorted(Path(str(room.__file__)).parent.rglob("*.py")):
        if "able(\n" in (text := path.read_text(encoding="utf-8")) or 'able("' in text:
            inside = path.relative_to(Path(str(room.__file__)).parent).with_suffix("")
            module = import_module(".".join((room.__name__, *inside.parts)))
            yield from ((path, found) for found in vars(module).values() if isinstance(found, OptionTable))


def options_by(role: str, room: ModuleType) -> list[tuple[OptionTable, Option]]:
    return [(table, option) for _path, table in tables(room)
            for option in dict.fromkeys([*table.letters.values(), *table.names.values()]) if option.role == role]


def name_of(value: object) -> str:
    return getattr(value, "program", getattr(value, "name", getattr(value, "stem", "")))


def spelled(table: OptionTable, option: Option) -> tuple[str, str]:
    """(how it is spelled, with a value behind it if it may have one)."""
    letter = next((letter for letter, one in table.letters.items() if one is option), "")
    name = next((name for name, one in table.names.items() if one is option), "")
    return (f"-{letter}", f"-{letter}{'x' * bool(option.value)}") if letter else (
        f"--{name}", f"--{name}{'=x' * bool(option.value)}")


def _asked(path: Path) -> Iterator[str]:
    """The words that a module's code names, and the letters of what it loops over, but for the tables themselves."""
    tree = tree_of(path)
    declared = {node for statement in tree.body if isinstance(statement, ast.Assign)
                for call in walk(statement) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
                and call.func.id in ("table", "OptionTable") for node in walk(call)}
    for node in nodes_of(tree):
        if node not in declared:
            yield text_of(node).lstrip("-")
        if isinstance(node, ast.For | ast.comprehension):
            yield from (letter for part in walk(node.iter) for letter in text_of(part))


@pytest.mark.parametrize(("path", "table"), [*tables(tools_room), *tables(programs_room)], ids=name_of)
def test_no_option_is_taken_in_silence(path: Path, table: OptionTable) -> None:
    has_room = path.stem in ("options", path.parent.name)
    readers = READERS.get(path.stem, ("*.py" if has_room else f"{path.stem.removesuffix('_options')}*.py",))
    asked = {word for pattern in readers for reader in path.parent.glob(pattern) for word in _asked(reader)}
    asked |= OTHERWISE.get(table.program, set())
    silent = [option.name for option in {*table.letters.values(), *table.names.values()}
              if option.role == "acts" and option.name not in asked]
    assert not silent, f"nothing reads {table.program} {silent}, and its table says that they act"


@pytest.mark.parametrize(("table", "option"), options_by("refused", programs_room), ids=name_of)
def test_what_a_program_does_not_model_is_refused_by_name(table: OptionTable, option: Option) -> None:
    name, word = spelled(table, option)
    with pytest.raises(UsageError, match=rf"^{table.program}: {name} is not modelled"):
        table.read([word])


@pytest.mark.parametrize(("line", "says"), [
    ("ping -c 1 -a 127.0.0.1", "note: ping -a changes nothing in the sandbox"),
    ("mtr -r -e -c 1 127.0.0.1", "note: mtr -e changes nothing in the sandbox"),
    ("ping -c 1 -N name 127.0.0.1", "note: ping -N changes nothing in the sandbox"),
    ("ping -L 127.0.0.1", "ping: -L is not modelled"),
    ("nc -6 127.0.0.1 80", "nc: -6 is not modelled: the sandbox has no IPv6"),
    ("nc -C 127.0.0.1 80", "nc: -C is not modelled"),
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


@pytest.mark.parametrize(("table", "option"), options_by("refused", tools_room), ids=name_of)
def test_what_is_not_modelled_is_refused_by_name(table: OptionTable, option: Option) -> None:
    name, word = spelled(table, option)
    job = KeptSession().run(f"{table.program} {word} x")
    assert job.code
    assert re.match(rf"(netsandbox: {table.program}|{table.program}:) {name} is not modelled(: .*)?\n", job.err)


@pytest.mark.parametrize(("table", "option"), options_by("idle", tools_room), ids=name_of)
def test_what_leaves_no_trace_is_noted(table: OptionTable, option: Option) -> None:
    name, word = spelled(table, option)
    with notes() as said:
        read(table, [word])
    assert said == [f"note: {table.program} {name} changes nothing in the sandbox\n"]


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


def test_column_sets_words_or_what_stands_between_separators() -> None:
    session = KeptSession()
    assert session.run("printf 'a bb c\\naaa d\\n' | column -t").out == "a    bb  c\naaa  d\n"
    assert session.run("printf 'a:bb:c\\naaa::d\\n' | column -t -s:").out == "a    bb  c\naaa      d\n"
    assert session.run("echo a | column").err == "netsandbox: `column` is not modelled; there is `column -t`\n"
