"""`bridge` (bridge/bridge.c): its global options, and its objects."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.late import Late, places
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip import netns
from netsandbox.commands.tools.looks import SHOWS, looks
from netsandbox.commands.tools.notes import note
from netsandbox.commands.tools.output import Style
from netsandbox.commands.tools.words import USAGE, choose
from netsandbox.linux.core.errors import KernelError

VERSION = "bridge utility, 6.15.0"
OBJECTS: Late[str, Callable[[ToolContext, list[str], Style], ToolResult]] = Late(places("netsandbox.commands.tools", {
    **{f"bridge.{name}": f"{name}=run" for name in ("link", "fdb", "mdb", "vlan")}, "monitor": "monitor=bridge"}))
ALL_OBJECTS = ("link*", "fdb*", "mdb*", "mst*", "vlan*", "vni*", "monitor*", "help*")
OPTIONS = ("help*", "Version*", "stats*", "statistics*", "details*", "oneline*", "timestamp*", "family*", "4", "6",
           "netns*", "color*", "compressvlans*", "force*", "json*", "pretty*", "batch*")


@looks(rf"(?:-\S+ )*(?:fdb|link|mdb|vlan|vni){SHOWS}")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    """One `bridge` command line; whatever goes wrong, its status is 255."""
    style, words = Style(), list(arguments)
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option == "--":
            break
        name = choose(option.lstrip("-").removesuffix("=auto").removesuffix("=never").removesuffix("=always"), OPTIONS)
        if style.takes(name):
            continue
        if name == "Version":
            return ToolResult(0, VERSION + "\n", "")
        if name == "netns":
            if not words:
                raise ToolError(USAGE, 'Command line is not complete. Try option "help"')
            context = context.inside(netns.named(context, words.pop(0)))
        elif name == "help" or (name == "family" and not words):
            raise usage("bridge")
        elif name == "family":
            words.pop(0)
        elif name == "color" and "=never" not in option and "=auto" not in option:
            note("bridge -color")
        elif name == "batch":
            raise ToolError(1, "netsandbox: `bridge -batch` is not modelled")
        elif name is None:
            raise ToolError(USAGE, f'Option "{option[option.startswith("--"):]}" is unknown, try "bridge help".')
    return _dispatch(context, words, style)


def _dispatch(context: ToolContext, words: list[str], style: Style) -> ToolResult:
    if not words:
        raise usage("bridge")
    name = choose(words[0], ALL_OBJECTS)
    if name is None:
        raise ToolError(USAGE, f'Object "{words[0]}" is unknown, try "bridge help".')
    if name == "help":
        raise usage("bridge")
    if name not in OBJECTS:
        raise ToolError(1, f"netsandbox: `bridge {name}` is not modelled")
    try:
        return OBJECTS[name](context, words[1:], style)
    except KernelError as error:
        raise ToolError(USAGE, str(error)) from None
