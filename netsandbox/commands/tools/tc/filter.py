"""`tc filter` on prio and htb: u32, matchall and fw (tc/tc_filter.c, f_u32.c, f_fw.c; net/sched/cls_api.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.rights import check_net_admin
from netsandbox.commands.tools.tc import filter_words
from netsandbox.commands.tools.tc.filter_rows import filter_rows
from netsandbox.commands.tools.words import Words
from netsandbox.linux.core.queueing.discipline import Discipline
from netsandbox.linux.core.queueing.fifo import Fifo
from netsandbox.linux.ipv4.classful import ANY_PROTOCOL, Classful, Filter, FilterGroup
from netsandbox.linux.ipv4.htb import Htb

if TYPE_CHECKING:
    from netsandbox.commands.tools.tc.options import Options

FIRST_NODE = 0x800  # Of a filter without a number; the table of the first group has the same
LAST_PREF = 0xC000  # The first that the kernel chooses itself (tcf_auto_prio); the next are lower by one each
CHOSEN = 0x8000


class Block(NamedTuple):
    """Where filters stand: at a discipline, or within one of its classes (struct tcf_block)."""

    root: Classful
    number: int = 0

    @property
    def parent(self) -> int:
        """The handle of what they stand at."""
        return self.root.handle << 16 | self.number

    @property
    def groups(self) -> list[FilterGroup]:
        return self.root.blocks.get(self.number, [])

    def keep(self, groups: list[FilterGroup]) -> None:
        """From now on there are these."""
        self.root.blocks[self.number] = sorted(groups, key=lambda one: one.pref)


def refused(why: str) -> ToolError:
    """What the kernel answers, or that it has no words for it."""
    return ToolError(2, f"{why}\nWe have an error talking to the kernel")


def run(context: ToolContext, command: str, words: Words, options: Options) -> ToolResult:
    if command == "show":
        return _show(context, filter_words.wanted_filter(words, is_shown=True), options)
    wanted = filter_words.wanted_filter(words)
    if command == "get":
        filter_words.check_asked(wanted)
    root = interface_named(context.namespace, wanted.device, 1).shaper if wanted.device is not None else None
    if wanted.handle is not None and not wanted.kind:
        raise ToolError(255, 'Must specify filter type when using "handle"')
    handle, classid, keys = filter_words.options_of(wanted, words)
    _check_request(wanted, command, handle)
    block = _parent(root if isinstance(root, Discipline) else None, wanted.parent or 0)
    if command == "get":
        return ToolResult(0, _got(block, wanted, handle, options), "")
    if command == "delete":
        _delete(block, wanted, handle)
    else:
        _put(block, wanted._replace(protocol=ANY_PROTOCOL if wanted.protocol is None else wanted.protocol), handle,
             Filter(0, classid or 0, keys or (), classid is not None), command, keys is not None)
    return ToolResult(0, "", "")


def _check_request(wanted: filter_words.Wanted, command: str, handle: int) -> None:
    """What tc_new_tfilter, tc_del_tfilter and tc_get_tfilter refuse before they look for a discipline."""
    if command == "delete" and not wanted.pref and (wanted.protocol or handle or wanted.kind):
        raise refused("Error: Cannot flush filters with protocol, handle or kind set.")
    if not wanted.pref and command not in ("add", "replace", "delete"):
        raise refused("Error: Invalid filter command with priority of zero.")
    if wanted.device is None:
        raise refused("RTNETLINK answers: No such device")
    if command != "get":
        check_net_admin(2, "\nWe have an error talking to the kernel")


def _got(block: Block, wanted: filter_words.Wanted, handle: int, options: Options) -> str:
    """One filter as it is shown (tc_get_tfilter)."""
    group = _group(block, wanted)
    one = _found(group, handle) if group is not None else None
    if group is None or one is None:
        raise refused(NOT_FOUND if group is None else "Error: Specified filter handle not found.")
    return filter_rows(block.parent, group, [one], options.statistics, filter_words.Wanted())


def _parent(root: Discipline | None, parent: int) -> Block:
    """__tcf_qdisc_find, __tcf_qdisc_cl_find, __tcf_block_find: the root is meant where nothing is said."""
    if root is None or parent >> 16 not in ((0, root.handle) if not parent else (root.handle,)):
        raise refused("Error: Parent Qdisc doesn't exists.")
    if not isinstance(root, Classful):
        is_classful = not isinstance(root, Fifo)
        raise refused("Error: Class doesn't support blocks." if is_classful else "Error: Qdisc not classful.")
    if parent & 0xFFFF and not root.has_class(parent & 0xFFFF):
        raise refused("Error: Specified class doesn't exist.")
    if parent & 0xFFFF and not isinstance(root, Htb):
        raise refused("RTNETLINK answers: Invalid argument")
    return Block(root, parent & 0xFFFF)


NOT_FOUND = "Error: Filter with specified priority/protocol not found."


def _group(block: Block, wanted: filter_words.Wanted) -> FilterGroup | None:
    """tcf_chain_tp_find: of that preference there is one protocol and one kind."""
    found = next((one for one in block.groups if one.pref == wanted.pref), None)
    if found is not None and wanted.protocol not in (None, 0, found.protocol):
        raise refused(NOT_FOUND)
    if found is not None and wanted.kind not in ("", found.kind):
        raise refused("Error: Specified filter kind does not match existing one.")
    return found


def _found(group: FilterGroup, handle: int) -> Filter | None:
    """u32_get, mall_get."""
    if group.kind == "u32":
        handle = handle & 0xFFF if handle >> 12 == group.table << 8 else 0
    return next((one for one in group.filters if one.handle == handle), None)


def _put(block: Block, wanted: filter_words.Wanted, handle: int, new: Filter, command: str, has_keys: bool) -> None:
    """tc_new_tfilter, u32_change, mall_change; what a u32 filter looks for does not change."""
    group = _group(block, wanted) if wanted.pref else None
    is_new = group is None
    if group is None:
        group = _new_group(block, wanted, command)
    same = _found(group, handle) if handle else None
    _check_same(group, handle, same, command)
    if not has_keys and same is None and (group.kind == "matchall" or new.is_terminal):
        is_u32 = group.kind == "u32"
        raise refused("Error: cls_u32: Selector not specified." if is_u32 else "RTNETLINK answers: Invalid argument")
    if group.kind == "matchall" and group.filters:
        raise refused("RTNETLINK answers: File exists")
    if group.kind == "fw":
        mask = filter_words.EVERY_BIT if wanted.handle is None else filter_words.mark_of(wanted.handle)[1]
        _check_mark(group, handle, mask, has_keys)
    if same is not None:
        same.classid = new.classid
        return
    if has_keys:
        new.handle = _numbered(group, handle)
        group.filters = sorted([new, *group.filters], key=lambda one: _bucket(group, one.handle))
    if is_new:
        block.keep([*block.groups, group])
        block.root.table = max(block.root.table, group.table)


def _check_same(group: FilterGroup, handle: int, same: Filter | None, command: str) -> None:
    """`change` needs one that is there, `add` one that is not; a u32 table has a handle as well."""
    if same is None and command == "change":
        raise refused("Error: Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter.")
    is_table = group.kind == "u32" and handle and handle == group.table << 20
    if (same is not None or is_table) and command == "add":
        raise refused("Error: Filter already exists.")


def _check_mark(group: FilterGroup, handle: int, mask: int, has_keys: bool) -> None:
    """fw_change, fw_set_parms: one mask for all of a group; none of them, and a mark is a class."""
    if bool(handle) is not has_keys or (has_keys and group.mask not in (None, mask)):
        raise refused("RTNETLINK answers: Invalid argument")
    if has_keys:
        group.mask = mask


def _bucket(group: FilterGroup, handle: int) -> int:
    """By what filters are listed: those of fw by fw_hash, of one bucket the last comes first."""
    if group.kind != "fw":
        return handle
    handle ^= handle >> 16
    return (handle ^ handle >> 8) & 0xFF


def _new_group(block: Block, wanted: filter_words.Wanted, command: str) -> FilterGroup:
    if not wanted.kind or not wanted.protocol:
        raise refused("Error: Filter kind and protocol must be specified.")
    if command == "change":
        raise refused("Error: Need both RTM_NEWTFILTER and NLM_F_CREATE to create a new filter.")
    if wanted.kind not in filter_words.KINDS:
        raise refused("Error: TC classifier not found.")
    chosen = [one.pref for one in block.groups if one.pref > CHOSEN]
    pref = wanted.pref or min([LAST_PREF + 1, *chosen]) - 1
    return FilterGroup(pref, wanted.protocol, wanted.kind, max(block.root.table, FIRST_NODE - 1) + 1
                       if wanted.kind == "u32" else 0)


def _numbered(group: FilterGroup, handle: int) -> int:
    """The handle that was asked for, or the first that is free (gen_new_kid)."""
    if group.kind != "u32":
        return handle or 1
    if handle >> 20 not in (0, group.table):
        raise refused("Error: cls_u32: Handle specified hash table address mismatch.")
    taken = {one.handle for one in group.filters}
    return handle & 0xFFF or next(number for number in [*range(FIRST_NODE, 0x1000), *range(1, FIRST_NODE)]
                                  if number not in taken)


def _delete(block: Block, wanted: filter_words.Wanted, handle: int) -> None:
    """tc_del_tfilter, u32_delete: the last filter takes its group along, and the last group the tables' numbers."""
    group = _group(block, wanted) if wanted.pref else None
    if group is None and wanted.pref:
        raise refused(NOT_FOUND)
    gone = block.groups if group is None else [group]
    if group is not None and handle:
        if group.kind == "u32" and handle == group.table << 20:
            raise refused("Error: cls_u32: Not allowed to delete root node.")
        one = _found(group, handle)
        if one is None:
            raise refused("Error: Specified filter handle not found.")
        group.filters.remove(one)
        others = [other for other in block.root.groups if other.kind == "u32" and other is not group]
        gone = [] if group.filters or (group.kind == "u32" and others) else [group]
    block.keep([other for other in block.groups if other not in gone])
    if not any(other.kind == "u32" for other in block.root.groups):
        block.root.table = 0


def _show(context: ToolContext, wanted: filter_words.Wanted, options: Options) -> ToolResult:
    """tc_filter_list, tc_dump_tfilter."""
    root = interface_named(context.namespace, wanted.device, 1).shaper if wanted.device else None
    parent = wanted.parent or 0
    if not isinstance(root, Classful) or parent >> 16 not in (0, root.handle):
        return ToolResult(0, "[]\n" * options.json, "")
    block = Block(root, parent & 0xFFFF)
    if (options.json or options.pretty) and block.groups:
        raise ToolError(1, f"netsandbox: `tc -{'j' if options.json else 'p'} filter` is not modelled")
    text = "[]\n" * options.json
    for group in block.groups:
        if wanted.pref in (None, 0, group.pref) and wanted.protocol in (None, 0, group.protocol):
            text += filter_rows(block.parent, group, None, options.statistics, wanted)
            if group.kind == "fw" and group.mask is None:
                return ToolResult(1, text, "Error: Buffer too small for object.\nDump terminated\n")  # fw_walk
    return ToolResult(0, text, "")
