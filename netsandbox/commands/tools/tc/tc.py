"""`tc` (tc/tc.c): which of its objects a line is about."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.looks import SHOWS, looks
from netsandbox.commands.tools.tc import classes, qdisc
from netsandbox.commands.tools.tc import filter as tc_filter
from netsandbox.commands.tools.tc import options as tc_options
from netsandbox.commands.tools.words import Words, choose

COMMANDS = ("add*", "change*", "replace*", "delete*", "show*", "list*", "lst*", "help*")
OF_OBJECTS = {"qdisc": ("link*",), "class": (), "filter": ("get*",)}  # What each has besides
RUNS = {"qdisc": qdisc.run, "class": classes.run, "filter": tc_filter.run}
OBJECTS = ("qdisc*", "class*", "filter*", "chain*", "actions*", "monitor*", "exec*", "help*")
VERSION = "tc utility, iproute2-6.15.0, libbpf 1.5.0\n"


@looks(rf"(?:-\S+ )*(?:qdisc|class|filter){SHOWS}")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    words = Words(arguments)
    context, options = tc_options.read(context, words)
    if options.is_version:
        return ToolResult(0, VERSION, "")
    thing = words.next() if words else "help"
    found = choose(thing, OBJECTS)
    if found is None:
        raise ToolError(255, f'Object "{thing}" is unknown, try "tc help".')
    if found == "help":
        raise usage("tc", 0)
    if found not in RUNS:
        raise ToolError(1, f"netsandbox: `tc {found}` is not modelled; there are {', '.join(RUNS)}")
    asked = words.next() if words else "show"
    command = choose(asked, (*COMMANDS, *OF_OBJECTS[found]))
    if command is None:
        raise ToolError(255, f'Command "{asked}" is unknown, try "tc {found} help".')
    if command == "help":
        raise usage("tc", 0)
    return RUNS[found](context, "show" if command in ("list", "lst") else command, words, options)
