"""`show`: the lab's tables as text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.verb import Effect, Parameter, verb
from netsandbox.commands.verbs import frame_rows
from netsandbox.engine.units import seconds_left
from netsandbox.explain.words import Both, Words
from netsandbox.lab import frame_log, views
from netsandbox.lab.names import called

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell

WHAT: dict[str, Both] = {
    "nodes": ("hosts, containers, hubs, switches", "主机、容器、集线器、交换机"),
    "interfaces": ("network cards, addresses, counters", "接口、地址、计数"),
    "links": ("cables and who is at each end", "网线和它的两端"),
    "arp": ("neighbour tables: the MAC of an address", "邻居表：某个地址的 MAC"),
    "mac": ("MAC tables of bridges: behind which port a MAC is", "网桥的 MAC 表：某个 MAC 在哪个端口后面"),
    "routes": ("routing tables", "路由表"), "sockets": ("open ports and connections", "打开的端口和连接"),
    "frames": ("the newest frames of the log", "帧列表里最新的帧")}
"""The tables that there are."""


def table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Columns as wide as their longest cell, two spaces between."""
    forms, columns = zip(*map(_written, zip(header, *rows, strict=True)), strict=True)
    write = "  ".join(forms).__mod__
    return "\n".join(map(str.rstrip, map(write, zip(*columns, strict=True))))


def _written(cells: tuple[str, ...]) -> tuple[str, Sequence[str]]:
    """How `%` writes the cells of a column as wide as the longest; it counts Chinese characters as one column each."""
    if "".join(cells).isascii():
        return f"%-{max(map(len, cells))}s", cells
    width = max(map(columns_of, cells))
    return "%s", [cell + " " * (width - columns_of(cell)) for cell in cells]


def columns_of(text: str) -> int:
    """How wide a text is on a terminal: Chinese characters take two columns."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def by_vlan(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """A MAC table below its head, with the VLANs, its third column, if a bridge filters by them."""
    return rows if any(row[2] for row in rows[1:]) else [row[:2] + row[3:] for row in rows]


HEADS = Words({
    "nodes": ("NAME|KIND|HOST|NETWORK|IMAGE|STATE|ADDRESSES", "名称|类型|主机|网络|镜像|状态|地址"),
    "links": ("FROM|TO|KIND|STATE", "从|到|类型|状态"),
    "arp": ("ADDRESS|DEV|MAC|STATE|FOR", "地址|接口|MAC|状态|剩余"),
    "mac": ("BRIDGE|MAC|VLAN|PORT|AGES IN", "网桥|MAC|VLAN|端口|剩余"), "permanent": ("permanent", "永久"),
    "kind.host": ("host", "主机"), "kind.container": ("container", "容器"), "kind.hub": ("hub", "集线器"),
    "kind.switch": ("switch", "交换机"), "kind.bridge": ("bridge", "网桥"), "kind.namespace": ("namespace", "命名空间"),
    "routes": ("TABLE|ROUTE", "表|路由"),
    "sockets": ("PROTO|STATE|LOCAL|PEER|PROCESS", "协议|状态|本地|远端|进程"),
    "interfaces": ("NAME|STATE|MAC|MTU|MASTER|ADDRESSES|RX|TX|OVERHEARD", "名称|状态|MAC|MTU|网桥|地址|收|发|偷听"),
})
"""The heads of the tables, a column between two strokes."""


@verb("show", ("Show a table", "显示一张表"), Parameter("what", kinds.choice(*WHAT, notes=WHAT), required=False),
      Parameter("node", kinds.PLACE, required=False),
      Parameter("last", kinds.COUNT, "--last", default=20),
      details=("show nodes | interfaces | links | arp | mac | routes | sockets [NODE], show frames [--last N].",
               "show nodes | interfaces | links | arp | mac | routes | sockets [NODE]，show frames [--last N]。"),
      examples=(("show", "the nodes and how they are linked", "节点以及它们怎样连接"),
                ("show arp nginx-1", "one neighbour table", "一张邻居表"),
                ("show mac", "every MAC table", "所有 MAC 表"),
                ("show mac docker0", "one", "其中一张"),
                ("show frames --last 10", "the end of the frame log", "帧列表的末尾")),
      group="look", effect=Effect.LOOK)
def show(shell: Shell, job: Job, values: dict[str, Any]) -> None:
    what, node = values["what"], values["node"]
    if node is not None and not shell.lab.is_named(node):
        job.print(_of_bridge(shell, what, node))
    elif what is None:
        job.print(_nodes(shell) + "\n\n" + _links(shell))
    elif what == "frames":
        job.print(_frames(shell, values["last"], node))
    elif what in ("nodes", "links"):
        job.print(_nodes(shell) if what == "nodes" else _links(shell))
    else:
        job.print(_per_node(shell, what, node))
    job.finish()


def _head(shell: Shell, what: str) -> tuple[str, ...]:
    return tuple(HEADS.say(what, shell.language).split("|"))


def _nodes(shell: Shell) -> str:
    @cache
    def said(kind: str) -> str:
        return HEADS.say(f"kind.{kind}", shell.language) if f"kind.{kind}" in HEADS else kind

    rows = [(row.name, said(row.kind), row.host or "", row.network or "", row.image or "", row.state,
             ", ".join(row.addresses))
            for row in views.nodes(shell.lab)]
    if not rows:
        empty = "The lab is empty. `add-container nginx-1` or `add-host pc1` begins one; `help` lists the rest."
        return shell.say(empty)
    return table(_head(shell, "nodes"), rows)


def _links(shell: Shell) -> str:
    rows = [(":".join(row.a), ":".join(row.b), row.kind, "up" if row.up else "down") for row in views.links(shell.lab)]
    return table(_head(shell, "links"), rows)


def _per_node(shell: Shell, what: str, node: str | None) -> str:
    names = [node] if node else list(dict.fromkeys(row.namespace for row in views.nodes(shell.lab) if row.namespace))
    blocks = [(name, rows) for name in names for rows in [_rows(shell, what, name)] if len(rows) > 1 or node]
    if not blocks:
        return shell.say(f"no {what} yet")
    return "\n\n".join(f"{name}\n{table(rows[0], rows[1:])}" for name, rows in blocks)


def _of_bridge(shell: Shell, what: str, name: str) -> str:
    if what != "mac":
        raise CommandError(f"{name!r} is a bridge, of which there is only `show mac {name}`; the others take its node")
    bridge = kinds.bridge_named(shell.lab, name)
    head, *rows = _rows(shell, "mac", bridge.namespace.name)
    own = called(shell.lab, bridge.namespace.name, bridge.name)
    return f"{bridge.label}\n{table(head, [row for row in rows if row[0] == own])}"


def _rows(shell: Shell, what: str, node: str) -> list[tuple[str, ...]]:
    lab, now = shell.lab, shell.lab.scheduler.clock
    permanent = HEADS.say("permanent", shell.language)

    def left(deadline: int | None) -> str:
        return "" if deadline is None else f"{seconds_left(deadline - now)} s"

    def named(interface: str) -> str:
        return called(lab, node, interface)
    if what == "arp":
        return [_head(shell, what), *((r.address, named(r.interface), r.mac or "", r.state,
                left(r.deadline)) for r in views.neighbours(lab, node))]
    if what == "mac":
        return by_vlan([_head(shell, what), *((named(r.bridge), r.mac, str(r.vlan or ""), named(r.port),
                       permanent if r.permanent else left(r.deadline)) for r in views.fdb(lab, node))])
    if what == "routes":
        return [_head(shell, what), *((r.table, r.text) for r in views.routes(lab, node))]
    if what == "sockets":
        return [_head(shell, what),
                *((r.protocol, r.state, r.local, r.peer, r.process) for r in views.sockets(lab, node))]
    if what == "interfaces":
        return [_head(shell, what),
                *((named(r.name), r.state, r.mac, str(r.mtu), named(r.master or ""), ", ".join(r.addresses),
                   str(r.rx_packets), str(r.tx_packets), str(r.overheard)) for r in views.interfaces(lab, node))]
    raise CommandError(f"nothing to show for {what!r}")


def _frames(shell: Shell, count: int, node: str | None) -> str:
    lab = shell.lab
    if node is None:
        rows, _all = frame_log.last(lab, count)
    else:
        rows = [row for row in frame_log.rows(lab, lab.trace.first) if row.node == node][-count:]
    head, language = frame_rows.columns(shell.language), shell.language
    found = [frame_rows.cells(row, language) for row in rows]
    excess = _wide([head, *found]) - shell.width if shell.width else 0
    if excess > 0:  # in fewer words, and at last without the time, so that what became of the frame is seen
        room = max((columns_of(cells[-2]) - len(row.protocol) - 1 for cells, row in zip(found, rows, strict=True)),
                   default=0) - excess
        found = [frame_rows.cells(row, language, max(room, 0)) for row in rows]
        if _wide([head, *found]) > shell.width:
            head, *found = (row[:1] + row[2:] for row in (head, *found))
    return table(head, found)


def _wide(rows: list[tuple[str, ...]]) -> int:
    """How many columns a table takes."""
    columns = list(zip(*rows, strict=True))
    return sum(max(map(columns_of, column)) for column in columns) + 2 * (len(columns) - 1)
