"""`ip`: its global options, and which object a command line is about (ip/ip.c)."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.late import Late, places
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.ip import netns
from netsandbox.commands.tools.ip.table_names import table_names
from netsandbox.commands.tools.looks import SHOWS, looks
from netsandbox.commands.tools.notes import note
from netsandbox.commands.tools.output import Style
from netsandbox.commands.tools.word_values import number_of
from netsandbox.commands.tools.words import USAGE, choose, wrong
from netsandbox.linux.core.errors import KernelError

VERSION = "ip utility, iproute2-6.15.0, libbpf 1.5.0"
Object = Callable[[ToolContext, list[str], Style], ToolResult]
OBJECTS: Late[str, Object] = Late(places("netsandbox.commands.tools", {
    **{f"ip.{name}": f"{name}=run" for name in (
        "address", "link", "maddress", "netconf", "netns", "nexthop", "route", "rule", "tuntap", "vrf")},
    "ip.neighbour": "neighbor=run neighbour=run", "ip.tunnel": "tunnel=run tunl=run",
    "ip.ntable": "ntable=run ntbl=run", "ip.unused": "mroute=mroute mrule=mrule xfrm=xfrm",
    "ip.tcp_metrics": "tcp_metrics=run tcpmetrics=run", "monitor": "monitor=ip"}))
ALL_OBJECTS = (
    "address", "addrlabel", "maddress", "route", "rule", "neighbor", "neighbour", "ntable", "ntbl", "link", "l2tp",
    "fou", "ila", "macsec", "tunnel", "tunl", "tuntap", "tap", "token", "tcpmetrics", "tcp_metrics", "monitor", "xfrm",
    "mroute", "mrule", "netns", "netconf", "vrf", "sr", "nexthop", "mptcp", "ioam", "help", "stats")
"""In iproute2's order, which decides what an abbreviation means."""
OPTIONS = (
    "loops*", "family*", "4", "6", "0", "M", "B", "human*", "human-readable*", "iec*", "stats*", "statistics*",
    "details*", "resolve*", "oneline*", "timestamp*", "tshort*", "Version*", "force*", "batch*", "brief*", "json*",
    "pretty*", "rcvbuf*", "color*", "help*", "netns*", "Numeric*", "all*", "echo")
UNMODELLED = frozenset({"batch", "resolve", "Numeric", "echo", "M", "B"})
"""Options that would change what is printed or done."""
FAMILIES = {"4": "inet", "6": "inet6", "0": "link"}


@looks(r"(?:-(?:n|netns|f|family) \S+ |-\S+ )*(?:a|ad|addr|address|l|li|link|n|ne|nei|neigh|neighbou?r|r|ro|route"
       rf"|ru|rule|netns|maddr|maddress|tunnel|nexthop|netconf|ntable){SHOWS}")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    """One `ip` command line."""
    style, words = Style(), list(arguments)
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option == "--":
            break
        context, done = _option(context, option, words, style)
        if done is not None:
            return done
    if not words:
        raise usage("ip")
    name = choose(words[0], [f"{known}*" for known in ALL_OBJECTS])
    if name is None:
        raise ToolError(1, f'Object "{words[0]}" is unknown, try "ip help".')
    if name == "help":
        raise usage("ip")
    if name not in OBJECTS:
        raise ToolError(1, f"netsandbox: `ip {name}` is not modelled")
    try:
        with table_names(context.files):
            return OBJECTS[name](context, words[1:], style)
    except KernelError as error:
        raise ToolError(2, str(error)) from None


def _option(context: ToolContext, option: str, words: list[str], style: Style) -> tuple[ToolContext, ToolResult | None]:
    word = option[2:] if option.startswith("--") else option[1:]
    is_colour = word.startswith("c") and "color".startswith(word.partition("=")[0]) and (
        word.partition("=")[2] in ("never", "auto", "always") or "=" not in word)
    name = "color" if is_colour else (
        choose(word, OPTIONS) if word else "loops")  # an empty word is the beginning of each
    if style.takes(name):
        return context, None
    if name in FAMILIES:
        style.family = FAMILIES[name]
    elif name == "Version":
        return context, ToolResult(0, VERSION + "\n", "")
    elif name == "help":
        raise usage("ip")
    elif name in ("family", "loops", "rcvbuf"):
        _take_value(name, words, style)
    elif name == "netns":
        return _switch(context, words), None
    elif name == "color":
        if word.partition("=")[2] not in ("never", "auto"):
            note("ip -color")
    elif name in UNMODELLED:  # -force, which is left, is about -batch alone
        raise ToolError(1, f"netsandbox: `ip -{name}` is not modelled")
    elif name is None:
        raise ToolError(USAGE, f'Option "{option if not option.startswith("--") else option[1:]}" is unknown, '
                               'try "ip -help".')
    return context, None


def _take_value(name: str, words: list[str], style: Style) -> None:
    """Of an option that has one: only a family changes what is printed."""
    if name == "family":
        style.family = _family(_value(words, "family type"))
    elif name == "loops":
        _value(words, "loop count")  # of `flush`, which is over after one here as there
    else:
        size = _value(words, "rcvbuf size")
        if not 0 <= (number_of(size) or -1) < 1 << 32:
            raise ToolError(USAGE, f"Invalid rcvbuf size '{size}'")


def _value(words: list[str], what: str) -> str:
    if not words:
        raise ToolError(USAGE, f'Error: argument "{what}" is required')
    return words.pop(0)


def _family(word: str) -> str:
    if word not in ("inet", "inet6", "link", "bridge", "mpls"):
        raise wrong(word, "invalid protocol family")
    return word


def _switch(context: ToolContext, words: list[str]) -> ToolContext:
    if not words:
        raise ToolError(USAGE, 'Cannot open network namespace "(null)": No such file or directory')
    name = words.pop(0)
    return context.inside(netns.named(context, name))
