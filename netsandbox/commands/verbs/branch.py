"""`branch`: the ways that things went, listed, gone to, named, and held side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.shell import Shell
from netsandbox.commands.verb import Effect, Parameter, verb
from netsandbox.commands.verbs.session_protocol import SessionProtocol
from netsandbox.commands.verbs.show import columns_of, table
from netsandbox.engine.units import format_time
from netsandbox.explain.words import Words
from netsandbox.lab.compare import Difference, differences, tables_of

WORDS = Words({
    "branches": ("|BRANCH|LINES|STEPS|TIME|LEFT|LAST LINE", "|分支|命令|步|时间|离开处|最后一条"),
    "left": ("{parent} after line {line}", "{parent} 的第 {line} 条之后"),
    "nodes": ("nodes", "节点"), "links": ("links", "接口"), "arp": ("arp", "ARP 表"), "mac": ("mac", "MAC"),
    "routes": ("routes", "路由"), "sockets": ("sockets", "套接字"), "rules": ("rules", "规则"),
    "connections": ("connections", "连接"),
    "there": ("there", "有"),
    "compared": ("NODE|TABLE|ROW|{here} (here)|{which} (its end)", "节点|表|表项|{here}（这里）|{which}（末尾）"),
})
MOST = 32
"""Characters in a line of a cell of what is compared, so that both sides are seen at 120 columns; in fewer fewer."""
LEAST, GAP = 12, 2
LEARNED = ("sockets", "arp", "mac", "connections")  # Tables that fill by themselves


@verb("branch", ("The ways that things went: list them, go to one, compare", "走过的各条分支：列出、切换、比较"),
      Parameter("which", kinds.BRANCH, required=False),
      Parameter("with", option="--compare", is_flag=True, default=False),
      Parameter("node", kinds.PLACE, "--node"),
      Parameter("rename", kinds.NEW_NAME, "--rename"),
      details=(("A line typed in the past begins a branch; what came after stays in the one that is left. branch lists "
                "them, branch NAME goes to the end of one, and with --rename it gets another name. branch NAME "
                "--compare puts the tables of the lab as it stands beside those at the end of that branch, by what "
                "they differ in; --node keeps to one node. `undo` of a branch's first line leads back to where it was "
                "typed."),
               ("在过去输入命令会开始一个分支；之后的内容留在离开的分支里。branch 列出各分支，branch NAME 去到一个分支"
                "的末尾，加 --rename 则改名。branch NAME --compare 把实验网络现在的表与那个分支末尾的表并排，只列不同之"
                "处；--node 只看一个节点。对分支的第一行 `undo`，会回到输入它的地方。")),
      examples=(("branch", "the list", "列表"), ("branch main", "go to where that one ended", "去到那个分支的末尾"),
                ("branch b2 --rename try-nat", "call it by a name", "给它起名"),
                ("branch main --compare", "what is different there", "那里有什么不同")),
      group="session", effect=Effect.SESSION)
def branch(shell: Shell, job: Job, values: dict[str, Any]) -> None:
    session, which = shell.session, values["which"]
    if session is None:
        raise CommandError("there is no session here that could have branches")
    if which is None and (values["with"] or values["rename"] or values["node"]):
        raise CommandError("branch: which one? `branch` lists them")
    if values["rename"] is not None:
        session.rename(which, values["rename"])
    if values["with"]:
        job.print(_side_by_side(shell, session, which, values["node"]))
    elif values["node"] is not None:
        raise CommandError("branch: --node goes with --compare")
    elif which is None or values["rename"] is not None:
        job.print(_listing(session, shell.language))
    else:
        session.switch(which)
        job.print(shell.say(f"on {which}: step {session.position.step}, {format_time(session.position.at)}"))
    job.finish()


def _listing(session: SessionProtocol, language: str) -> str:
    rows = [("*" if row.is_present else "", row.name, str(row.lines), str(row.step), format_time(row.at),
             WORDS.say("left", language, parent=row.parent, line=row.shared) if row.parent else "", row.last)
            for row in session.branch_rows()]
    return table(tuple(WORDS.say("branches", language).split("|")), rows)


def _side_by_side(shell: Shell, session: SessionProtocol, which: str, node: str | None) -> str:
    here = next(row.name for row in session.branch_rows() if row.is_present)
    one, other = tables_of(shell.lab), session.tables_at_end_of(which)
    found = [row for row in differences(one, other) if node in (None, row.node)]
    if not found:
        return shell.say(f"no table differs from the end of {which}")
    there = WORDS.say("there", shell.language)
    rows: list[tuple[str, ...]] = [(row.node, WORDS.say(row.table, shell.language), row.key,
             *("—" if text is None else text or there for text in (row.one, row.other)))
            for row in sorted(found, key=_rank)]
    head = tuple(WORDS.say("compared", shell.language, here=here, which=which).split("|"))
    most = _widths([head, *rows], shell.width)
    return table(head, [part for row in rows for part in _folded(row, most)])


def _rank(row: Difference) -> tuple[bool, bool]:
    """What a person sets comes before what is learned, and of both what only one side has."""
    return row.table in LEARNED, row.one is not None and row.other is not None


def _widths(rows: list[tuple[str, ...]], width: int) -> list[int]:
    """How long a line of each cell may be in so many columns: the two sides share what the others leave."""
    node, kind, key, *_sides = (max(map(columns_of, cells)) for cells in zip(*rows, strict=True))
    room = width - node - kind - GAP * 4
    key = min(key, MOST, max(room // 3, LEAST)) if width else MOST
    return [MOST, MOST, key, *[max(min((room - key) // 2, MOST), LEAST) if width else MOST] * 2]


def _folded(row: tuple[str, ...], most: list[int]) -> Iterator[tuple[str, ...]]:
    """A row, in several where a cell is long, so that each stands below its head and nothing is cut."""
    cells = (wrap(cell, width, break_on_hyphens=False) for cell, width in zip(row, most, strict=True))
    return zip_longest(*cells, fillvalue="")
