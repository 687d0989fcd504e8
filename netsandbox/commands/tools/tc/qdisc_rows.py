"""`tc qdisc show` (tc/tc_qdisc.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.names import in_order, interface_named
from netsandbox.commands.tools.tc.counters import stats
from netsandbox.commands.tools.tc.counters import text as counters
from netsandbox.commands.tools.tc.kinds import KINDS, of_device
from netsandbox.commands.tools.tc.numbers import ROOT, classid_of, qdisc_handle
from netsandbox.commands.tools.word_values import reader
from netsandbox.commands.tools.words import Words
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.queueing.discipline import Discipline

if TYPE_CHECKING:
    from netsandbox.commands.tools.tc.options import Options

QUEUES = {"bond": 16}
"""Of a device that has more than one; each counts as a user of its discipline, and has a noqueue of its own."""


def show(context: ToolContext, words: Words, options: Options) -> ToolResult:
    """tc_qdisc_list."""
    wanted = _wanted(context, words)
    rows = [row for interface in in_order(context.namespace) for row in _rows(interface, wanted)]
    if options.json:
        return ToolResult(0, options.json_of([row.members(options.statistics) for row in rows]), "")
    return ToolResult(0, "".join(row.text(options.statistics, options.details) for row in rows), "")


class _Wanted(NamedTuple):
    """Of which device, and where; None: of all."""

    device: Interface | None = None
    handle: int | None = None
    parent: int = 0


def _wanted(context: ToolContext, words: Words) -> _Wanted:
    wanted = _Wanted()
    while words:
        word = words.next()
        if word == "dev":
            wanted = wanted._replace(device=interface_named(context.namespace, words.next()))
        elif word == "handle":
            wanted = wanted._replace(handle=qdisc_handle(words.next(), "handle ID"))
        elif word == "parent":
            wanted = wanted._replace(parent=reader(classid_of, "invalid parent ID")(words))
        elif word == "root":
            wanted = wanted._replace(parent=ROOT)
        elif word == "invisible":
            raise ToolError(1, "netsandbox: `tc qdisc show invisible` is not modelled")
        else:
            raise ToolError(255, f'What is "{word}"? Try "tc qdisc help".')
    return wanted


def _rows(interface: Interface, wanted: _Wanted) -> list[_Row]:
    if wanted.device not in (None, interface) or interface.qdisc == "noop":
        return []
    root = interface.shaper if isinstance(interface.shaper, Discipline) else None
    found = [of_device(interface)] if root is None else [root, *root.children]
    rows = [_Row(interface, one, wanted.device is None) for one in found]
    return [row for row in rows if wanted.handle in (None, row.handle) and wanted.parent in (0, row.parent)]


class _Row(NamedTuple):
    """One discipline as it is listed (print_qdisc)."""

    interface: Interface
    found: Discipline
    with_device: bool

    def text(self, counted: bool, in_detail: bool) -> str:
        one, found = self.interface, self.found
        device = f"dev {one.name} " if self.with_device else ""
        at = f"parent {found.parent_class}" if found.parent is not None else f"root refcnt {self.users}"
        return (f"qdisc {found.kind} {found.handle:x}: {device}{at} {KINDS[found.kind].text(found, in_detail)}\n"
                f"{counters(stats(found)) + self._more if counted else ''}")

    @property
    def _more(self) -> str:
        """What its kind counts besides."""
        return "".join(f"  {' '.join(f'{name} {value}' for name, value in line.items())}\n"
                       for line in KINDS[self.found.kind].counts(self.found))

    @property
    def handle(self) -> int:
        return self.found.handle

    @property
    def parent(self) -> int:
        return classid_of(self.found.parent_class or "root") or 0

    @property
    def users(self) -> int:
        return 2 if self.found.kind == "noqueue" else 1 + QUEUES.get(self.interface.kind, 1)

    def members(self, counted: bool) -> dict[str, Any]:
        one, found = self.interface, self.found
        device = {"dev": one.name} if self.with_device else {}
        at = {"parent": found.parent_class} if found.parent is not None else {"root": True, "refcnt": self.users}
        row: dict[str, Any] = {"kind": found.kind, "handle": f"{found.handle:x}:", **device, **at,
                               "options": KINDS[found.kind].members(found)}
        if counted:
            row |= stats(found)
            for line in KINDS[found.kind].counts(found):
                row |= line
        return row
