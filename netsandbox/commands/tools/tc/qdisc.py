"""`tc qdisc add`, `change`, `replace`, `link`, `delete` (tc/tc_qdisc.c; net/sched/sch_api.c): how an interface lets its
frames go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.names import find_interface
from netsandbox.commands.tools.rights import check_net_admin
from netsandbox.commands.tools.tc import kinds, qdisc_rows
from netsandbox.commands.tools.tc.kinds import KERNEL
from netsandbox.commands.tools.tc.numbers import qdisc_handle
from netsandbox.commands.tools.words import Words, no_device
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.queueing.discipline import Discipline
from netsandbox.linux.core.queueing.fifo import NoQueue
from netsandbox.linux.core.queueing.netem import Netem
from netsandbox.linux.core.queueing.sfq import Sfq
from netsandbox.linux.core.queueing.tbf import Tbf
from netsandbox.linux.ipv4.classful import Classful
from netsandbox.linux.ipv4.htb import Htb
from netsandbox.linux.ipv4.prio import Prio

if TYPE_CHECKING:
    from netsandbox.commands.tools.tc.options import Options

LONGEST_KIND = 15


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
            place = place._replace(handle=qdisc_handle(words.next()))
        elif word == "parent":
            place = place._replace(parent=words.next())
        elif word == "help":
            raise usage("tc", KERNEL)
        elif word in ("ingress", "clsact", "stab", "estimator", "ingress_block", "egress_block"):
            raise ToolError(1, f"netsandbox: {word} of a queueing discipline is not modelled")
        else:
            return place._replace(kind=word[:LONGEST_KIND])
    return place


def run(context: ToolContext, command: str, words: Words, options: Options) -> ToolResult:
    if command == "show":
        return qdisc_rows.show(context, words, options)
    _modify(context, command, words)
    return ToolResult(0, "", "")


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
    check_net_admin(KERNEL)
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
    old = _at(root, place)
    old = old if old is not None and old.handle else None
    if _is_to_change(command, root, old, place):
        assert old is not None
        _change(old, kinds.new(interface, place.kind or old.kind, Words(options), old))
        return
    if command == "link" or (command == "change" and old is None):
        raise ToolError(KERNEL, "Error: Qdisc not found. To create specify NLM_F_CREATE flag.")
    new = kinds.new(interface, place.kind, Words(options))
    if place.parent:
        _check_graft(root, new)
        if old is not None:
            old.detach()
    new.handle = place.handle or context.namespace.kernel.next_handle()
    if not place.parent:
        new.attach()
    elif root is not None:
        _graft(root, new, place.parent)


def _at(root: Discipline | None, place: Place) -> Discipline | None:
    """What is at a place, if anything."""
    if place.parent and root is None:
        raise ToolError(KERNEL, "Error: Failed to find specified qdisc.")
    if place.parent and root is not None:
        return _within(root, place.parent)
    if place.at_root:
        return root
    old = next((one for one in _all(root) if one.handle == place.handle), None)
    if old is None:
        raise ToolError(KERNEL, "Error: Specified qdisc not found.")
    return old


def _check_graft(root: Discipline | None, new: Discipline) -> None:
    if not isinstance(root, (Netem, Tbf, Classful)):
        inside = root.kind if root is not None else ""
        raise ToolError(1, f"netsandbox: a queueing discipline within a {inside} is not modelled "
                           "(netem, tbf, prio, htb)")
    if isinstance(new, NoQueue):
        raise ToolError(KERNEL, "Error: Cannot assign noqueue to a class.")
    if isinstance(new, Classful):
        raise ToolError(1, f"netsandbox: {new.kind} within another queueing discipline is not modelled")


def _graft(root: Discipline, new: Discipline, parent: str) -> None:
    try:
        root.adopt(new, parent)
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
        if root is None or qdisc_handle(f"{major}:") != root.handle:
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
    if place.kind and place.kind != (found.kind if found is not None else "noqueue"):
        raise ToolError(KERNEL, "Error: Invalid qdisc name.")
    if found is None or not found.handle:
        raise ToolError(KERNEL, "Error: Cannot delete qdisc with handle of zero.")
    found.detach()


def _within(root: Discipline, parent: str) -> Discipline | None:
    """What the class `1:1` of a discipline has, if there is that class and something in it."""
    major, _colon, minor = parent.partition(":")
    number = int(minor or "1", 16) if re.fullmatch("[0-9a-fA-F]{0,4}", minor) else 0
    if qdisc_handle(f"{major}:") != root.handle:
        raise ToolError(KERNEL, "Error: Failed to find specified qdisc.")
    if isinstance(root, Classful) and not root.has_class(number):
        raise ToolError(KERNEL, "Error: Specified class not found.")
    if isinstance(root, Htb):
        return one.leaf.discipline if (one := root.find(number)) is not None else None
    if isinstance(root, Prio):
        return root.bands[number - 1]
    return root.child if number in (0, 1) else None


def _check_words(interface: Interface, place: Place, options: list[str]) -> None:
    """What tc itself says of a kind's options."""
    try:
        if place.kind:
            kinds.new(interface, place.kind, Words(options))
    except ToolError as error:
        if error.code != KERNEL:
            raise


def _change(old: Discipline, new: Discipline) -> None:
    """The queue, the handle and what was counted stay."""
    if isinstance(old, (Htb, Sfq)):
        raise ToolError(KERNEL, "Error: Change operation not supported by specified qdisc.")
    if isinstance(old, Prio) and isinstance(new, Prio):
        old.priomap = new.priomap
        old.resize(len(new.bands))
        return
    for name, value in vars(new).items():
        if name != "interface" and name not in old.state:
            setattr(old, name, value)
