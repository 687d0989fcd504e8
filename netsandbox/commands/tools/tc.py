"""`tc qdisc` (tc/tc_qdisc.c, q_netem.c, q_tbf.c): how an interface lets its frames go."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.commands.tools import tc_fifo, tc_filter, tc_htb, tc_netem, tc_prio, tc_tbf
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip_netns import named
from netsandbox.commands.tools.names import find_interface, in_order, interface_named
from netsandbox.commands.tools.tc_numbers import ROOT, classid_of
from netsandbox.commands.tools.words import Words, choose, no_device, wrong
from netsandbox.linux.core.discipline import Discipline
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.fifo import Fifo, FqCodel
from netsandbox.linux.core.netem import Netem
from netsandbox.linux.core.tbf import Tbf
from netsandbox.linux.ipv4.classful import Classful
from netsandbox.linux.ipv4.htb import Htb
from netsandbox.linux.ipv4.prio import Prio

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.linux.core.interface import Interface

COMMANDS = ("add*", "change*", "replace*", "delete*", "show*", "list*", "lst*", "help*")
OF_OBJECTS = {"qdisc": ("link*",), "class": (), "filter": ("get*",)}
"""What each has besides."""
OBJECTS = ("qdisc*", "class*", "filter*", "chain*", "actions*", "monitor*", "exec*", "help*")
OPTIONS = ("statistics", "stats", "details", "raw", "pretty", "batch", "netns", "nm", "names", "json", "color",
           "oneline", "timestamp", "tshort", "iec", "force", "graph", "conf", "cf", "br", "brief")
LONGEST_KIND = 15
KERNEL = 2
"""The status where the kernel refused."""
VERSION = "tc utility, iproute2-6.15.0, libbpf 1.5.0\n"
OTHER_KINDS = ("cake", "cbs", "choke", "clsact", "codel", "drr", "etf", "ets", "fq", "fq_pie", "hfsc", "hhf",
               "ingress", "mq", "mqprio", "multiq", "pie", "plug", "qfq", "red", "sfb", "sfq", "skbprio",
               "taprio", "teql0")
"""What a real kernel has as well."""
KINDS: dict[str, type[Discipline]] = {"netem": Netem, "tbf": Tbf, "prio": Prio, "htb": Htb, **tc_fifo.KINDS}
QUEUES = {"bond": 16}
"""Of a device that has more than one; each counts as a user of its discipline."""


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    words, counted, as_json, in_detail = Words(arguments), False, False, False
    while words and words.peek().startswith("-"):
        option = words.next().lstrip("-")
        if option in ("n", "net", "netns"):
            context = context.inside(named(context, words.next()))
            continue
        if option and "Version".startswith(option):
            return ToolResult(0, VERSION, "")
        if not any(one.startswith(option) for one in OPTIONS) or not option:
            raise ToolError(255, f'Option "-{option}" is unknown, try "tc -help".')
        if not any(name.startswith(option) for name in ("statistics", "details", "json")):
            raise ToolError(1, f'netsandbox: `tc -{option}` is not modelled')
        counted, as_json = counted or "statistics".startswith(option), as_json or "json".startswith(option)
        in_detail = in_detail or "details".startswith(option)
    thing = words.next() if words else "help"
    found = choose(thing, OBJECTS)
    if found is None:
        raise ToolError(255, f'Object "{thing}" is unknown, try "tc help".')
    if found == "help":
        raise usage("tc", 0)
    if found not in OF_OBJECTS:
        raise ToolError(1, f"netsandbox: `tc {found}` is not modelled; there are {', '.join(OF_OBJECTS)}")
    asked = words.next() if words else "show"
    command = choose(asked, (*COMMANDS, *OF_OBJECTS[found]))
    if command is None:
        raise ToolError(255, f'Command "{asked}" is unknown, try "tc {found} help".')
    if command == "help":
        raise usage("tc", 0)
    if found == "filter":
        return tc_filter.run(context, command, words, counted, as_json)
    if found == "class" and command in ("show", "list", "lst"):
        return tc_prio.show_classes(context, words, counted, as_json, in_detail)
    if found == "class":
        return tc_prio.modify_class(context, command, words)
    if command in ("show", "list", "lst"):
        return _show(context, words, counted, as_json, in_detail)
    _modify(context, command, words)
    return ToolResult(0, "", "")


class Place(NamedTuple):
    """Where a discipline is to be, and of which kind."""

    device: str = ""
    kind: str = ""
    handle: int = 0
    at_root: bool = False
    parent: str = ""


def _place(words: Words) -> Place:
    """What stands before a kind's own options."""
    place = Place()
    while words:
        word = words.next()
        if word == "dev":
            place = place._replace(device=words.next())
        elif word == "root":
            place = place._replace(at_root=True)
        elif word == "handle":
            place = place._replace(handle=_handle(words.next()))
        elif word == "parent":
            place = place._replace(parent=words.next())
        elif word == "help":
            raise usage("tc", KERNEL)
        elif word in ("ingress", "clsact", "stab", "estimator", "ingress_block", "egress_block"):
            raise ToolError(1, f"netsandbox: {word} of a queueing discipline is not modelled")
        else:
            return place._replace(kind=word[:LONGEST_KIND])
    return place


def _modify(context: ToolContext, command: str, words: Words) -> None:
    """tc_qdisc_modify: tc reads a kind's options before it looks for the device."""
    place = _place(words)
    interface = find_interface(context.namespace, place.device)
    options = words.rest()
    _check_words(interface or context.namespace.interfaces["lo"], place, options)
    if not place.device:
        raise ToolError(KERNEL, "RTNETLINK answers: No such device")
    if interface is None:
        raise no_device(place.device)
    root = interface.shaper if isinstance(interface.shaper, Discipline) else None
    if command == "delete":
        _delete(root, place)
        return
    if not place.at_root and not place.parent and not place.handle:
        raise ToolError(KERNEL, "Error: Handle cannot be zero.")
    _put(context, command, interface, root, place, options)


def _put(context: ToolContext, command: str, interface: Interface, root: Discipline | None, place: Place,
         options: list[str]) -> None:
    """A discipline for the device, or within another one (tc_modify_qdisc, qdisc_graft)."""
    if place.parent and root is None:
        raise ToolError(KERNEL, "Error: Failed to find specified qdisc.")
    if place.at_root or place.parent:
        old = root if not place.parent else _within(root, place.parent) if root is not None else None
    else:
        old = next((one for one in _all(root) if one.handle == place.handle), None)
        if old is None:
            raise ToolError(KERNEL, "Error: Specified qdisc not found.")
    old = old if old is not None and old.handle else None
    if _is_to_change(command, root, old, place):
        assert old is not None
        if isinstance(old, Htb):
            raise ToolError(KERNEL, "Error: Change operation not supported by specified qdisc.")
        _take_over(old, _new(interface, place._replace(kind=place.kind or old.kind), Words(options), old))
        return
    if command == "link" or (command == "change" and old is None):
        raise ToolError(KERNEL, "Error: Qdisc not found. To create specify NLM_F_CREATE flag.")
    new = _new(interface, place, Words(options))
    if not place.parent:
        new.handle = place.handle or context.namespace.kernel.next_handle()
        new.attach()
        return
    if not isinstance(root, (Netem, Tbf, Classful)):
        inside = root.kind if root is not None else ""
        raise ToolError(1, f"netsandbox: a queueing discipline within a {inside} is not modelled "
                           "(netem, tbf, prio, htb)")
    if isinstance(new, Classful) or (isinstance(root, Htb) and isinstance(new, FqCodel)):
        raise ToolError(1, f"netsandbox: {new.kind} within another queueing discipline is not modelled")
    if old is not None:
        old.detach()
    new.handle = place.handle or context.namespace.kernel.next_handle()
    try:
        root.adopt(new, place.parent)
    except KernelError as error:
        raise ToolError(KERNEL, str(error)) from None


def _all(root: Discipline | None) -> list[Discipline]:
    return [root, *root.children] if root is not None else []


def _is_to_change(command: str, root: Discipline | None, old: Discipline | None, place: Place) -> bool:
    """Whether what is there gets other settings; else a new one is made (the flags of tc_modify_qdisc)."""
    if place.handle and (old is None or old.handle != place.handle):
        if old is not None and command in ("add", "change"):
            raise ToolError(KERNEL, "Error: NLM_F_REPLACE needed to override.")
        if any(one.handle == place.handle and (place.parent or one is not root) for one in _all(root)):
            raise ToolError(KERNEL, "Error: Cannot move an existing qdisc to a different parent.")
        return False
    if old is None or (not place.handle and old.kind != place.kind and command != "link"):
        return False
    if command == "add":
        raise ToolError(KERNEL, "Error: Exclusivity flag on, cannot modify.")
    if place.kind and old.kind != place.kind:
        raise ToolError(KERNEL, "Error: Invalid qdisc name.")
    return True


def _delete(root: Discipline | None, place: Place) -> None:
    """tc_get_qdisc."""
    if place.at_root:
        found = root
    elif place.parent:
        major, _colon, _minor = place.parent.partition(":")
        if root is None or _handle(f"{major}:") != root.handle:
            raise ToolError(KERNEL, "Error: Failed to find qdisc with specified classid.")
        found = _within(root, place.parent)
        if found is None:
            raise ToolError(KERNEL, "Error: Failed to find qdisc with specified classid.")
    elif any(one.handle == place.handle for one in _all(root)):
        raise ToolError(KERNEL, "Error: Classid cannot be zero.")
    else:
        raise ToolError(KERNEL, "Error: Failed to find qdisc with specified handle.")
    if place.handle and place.handle != (found.handle if found is not None else 0):
        raise ToolError(KERNEL, "Error: Invalid handle.")
    if place.kind and found is not None and place.kind != found.kind:
        raise ToolError(KERNEL, "Error: Invalid qdisc name.")
    if found is None or not found.handle:
        raise ToolError(KERNEL, "Error: Cannot delete qdisc with handle of zero.")
    found.detach()


def _within(root: Discipline, parent: str) -> Discipline | None:
    """What the class `1:1` of a discipline has, if there is that class and something in it."""
    major, _colon, minor = parent.partition(":")
    number = int(minor or "1", 16) if re.fullmatch("[0-9a-fA-F]{0,4}", minor) else 0
    if _handle(f"{major}:") != root.handle:
        raise ToolError(KERNEL, "Error: Failed to find specified qdisc.")
    if isinstance(root, Classful) and not root.has_class(number):
        raise ToolError(KERNEL, "Error: Specified class not found.")
    if isinstance(root, Htb):
        return one.leaf if (one := root.find(number)) is not None else None
    if isinstance(root, Prio):
        return root.bands[number - 1]
    return root.child if number in (0, 1) else None


def _new(interface: Interface, place: Place, words: Words, old: Discipline | None = None) -> Discipline:
    """A discipline with the options that follow, not attached yet.

    Args:
        old: the one of the same kind that is changed, or None.
    """
    kind = place.kind
    _refuse_unknown(kind, words)
    if not kind:
        raise ToolError(KERNEL, "Error: Specified qdisc kind is unknown.")
    if kind not in KINDS:
        raise ToolError(1, f"netsandbox: the queueing discipline {kind!r} is not modelled ({', '.join(KINDS)} are)")
    new = KINDS[kind](interface, 0)
    if isinstance(new, Netem):
        tc_netem.read(new, words, old if isinstance(old, Netem) else None)
    elif isinstance(new, Tbf):
        tc_tbf.read(new, words)
    elif isinstance(new, Prio):
        tc_prio.read(new, words)
    elif isinstance(new, Htb):
        tc_htb.read(new, words)
    elif isinstance(new, Fifo):
        tc_fifo.read(new, words)
    return new


def _check_words(interface: Interface, place: Place, options: list[str]) -> None:
    """What tc itself says of a kind's options."""
    try:
        if place.kind:
            _new(interface, place, Words(options))
    except ToolError as error:
        if error.code != KERNEL:
            raise


def _refuse_unknown(kind: str, words: Words) -> None:
    """A kind that no kernel has; tc itself cannot read what stands behind it."""
    if kind and kind not in KINDS and kind not in OTHER_KINDS:
        if words:
            raise ToolError(1, f'Unknown qdisc "{kind}", hence option "{words.next()}" is unparsable')
        raise ToolError(KERNEL, "Error: Specified qdisc kind is unknown.")


def _take_over(old: Discipline, new: Discipline) -> None:
    """`change`: the queue, the handle and what was counted stay."""
    if isinstance(old, Prio) and isinstance(new, Prio):
        old.priomap = new.priomap
        old.resize(len(new.bands))
        return
    for name in ("handle", "limit", "waiting", "serial", "bytes", "packets", "dropped", "overlimits", "requeues",
                 "child", "parent", "parent_class"):
        setattr(new, name, getattr(old, name))
    kept = {name: value for name, value in vars(new).items() if name != "interface"}
    vars(old).update(kept)


def _handle(word: str, what: str = "qdisc ID") -> int:
    """get_qdisc_handle; what stands behind the colon is not looked at."""
    text = "0" if word == "none" else word.partition(":")[0]
    if not re.fullmatch(r"(0x)?0*[0-9a-fA-F]{1,4}", text):
        raise wrong(word, f"invalid {what}")
    return int(text, 16)


def _show(context: ToolContext, words: Words, counted: bool, as_json: bool, in_detail: bool) -> ToolResult:
    only, handle, parent = None, None, 0
    while words:
        word = words.next()
        if word == "dev":
            only = interface_named(context.namespace, words.next())
        elif word == "handle":
            handle = _handle(words.next(), "handle ID")
        elif word == "parent":
            text = words.next()
            found = classid_of(text)
            if found is None:
                raise wrong(text, "invalid parent ID")
            parent = found
        elif word == "root":
            parent = ROOT
        elif word == "invisible":
            raise ToolError(1, "netsandbox: `tc qdisc show invisible` is not modelled")
        else:
            raise ToolError(255, f'What is "{word}"? Try "tc qdisc help".')
    rows = []
    for interface in in_order(context.namespace):
        if only in (None, interface) and interface.qdisc != "noop":
            root = interface.shaper if isinstance(interface.shaper, Discipline) else None
            rows.append(_Row(interface, root, only is None))
            rows += [_Row(interface, child, only is None) for child in (root.children if root is not None else ())]
    rows = [row for row in rows if (handle is None or row.handle == handle)
            and parent in (0, classid_of(row.found.parent_class or "root") if row.found is not None else ROOT)]
    if as_json:
        members = [row.members(counted) for row in rows]
        return ToolResult(0, json.dumps(members, separators=(",", ":")) + "\n", "")
    return ToolResult(0, "".join(row.text(counted, in_detail) for row in rows), "")


class _Row(NamedTuple):
    """One discipline as it is listed (print_qdisc); None is what a device has from the start."""

    interface: Interface
    found: Discipline | None
    with_device: bool

    def text(self, counted: bool, in_detail: bool) -> str:
        one, found = self.interface, self.found
        device = f"dev {one.name} " if self.with_device else ""
        if found is None:
            return f"qdisc {one.qdisc} 0: {device}root refcnt 2 \n{tc_prio.counters(found) if counted else ''}"
        at = f"parent {found.parent_class}" if found.parent is not None else f"root refcnt {self.users}"
        return (f"qdisc {found.kind} {found.handle:x}: {device}{at} {_settings(found, in_detail)}\n"
                f"{tc_prio.counters(found) if counted else ''}")

    @property
    def handle(self) -> int:
        return self.found.handle if self.found is not None else 0

    @property
    def users(self) -> int:
        return 1 + QUEUES.get(self.interface.kind, 1)

    def members(self, counted: bool) -> dict[str, Any]:
        one, found = self.interface, self.found
        device = {"dev": one.name} if self.with_device else {}
        if found is None:
            row: dict[str, Any] = {"kind": one.qdisc, "handle": "0:", **device, "root": True, "refcnt": 2}
        else:
            at = {"parent": found.parent_class} if found.parent is not None else {"root": True, "refcnt": self.users}
            row = {"kind": found.kind, "handle": f"{found.handle:x}:", **device, **at}
        row["options"] = _members(found)
        if counted:
            names = ("bytes", "packets", "dropped", "overlimits", "requeues")
            row |= {"drops" if name == "dropped" else name: getattr(found, name, 0) for name in names}
            row |= {"backlog": tc_prio.held(found), "qlen": len(found.waiting) if found is not None else 0}
        return row


def _settings(found: Discipline, in_detail: bool) -> str:
    if isinstance(found, Netem):
        return tc_netem.said(found)
    if isinstance(found, Prio):
        return tc_prio.said(found)
    if isinstance(found, Htb):
        return tc_htb.said(found, in_detail)
    if isinstance(found, Tbf):
        return tc_tbf.said(found, in_detail)
    return tc_fifo.said(found) if isinstance(found, Fifo) else ""


def _members(found: Discipline | None) -> dict[str, Any]:
    if isinstance(found, Netem):
        return tc_netem.members(found)
    if isinstance(found, Prio):
        return tc_prio.members(found)
    if isinstance(found, Htb):
        return tc_htb.members(found)
    if found is None or found.kind == "noqueue":
        return {}
    raise ToolError(1, f"netsandbox: `tc -j` of {found.kind} is not modelled")
