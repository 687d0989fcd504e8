"""The options of `tc` that stand before its object: how something is shown, and in which namespace (tc/tc.c)."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError
from netsandbox.commands.tools.ip.netns import named
from netsandbox.commands.tools.notes import note
from netsandbox.commands.tools.output import General, json_text
from netsandbox.commands.tools.words import Words

NAMES = ("statistics", "stats", "details", "raw", "pretty", "batch", "netns", "nm", "names", "json", "color",
         "oneline", "timestamp", "tshort", "iec", "force", "graph", "conf", "cf", "br", "brief")


class Options(NamedTuple):
    """How something is shown; `is_version`: nothing but tc's version is asked for."""

    statistics: bool = False
    json: bool = False
    details: bool = False
    is_version: bool = False
    pretty: bool = False  # JSON in lines; a filter's numbers as names, which is not modelled

    def json_of(self, rows: list[dict[str, Any]]) -> str:
        """What --json prints, with numbers as %g has them."""
        return json_text(json.loads(json.dumps(rows), parse_float=General), self.pretty)


def read(context: ToolContext, words: Words) -> tuple[ToolContext, Options]:
    """The options, and where to be."""
    options = Options()
    while words and words.peek().startswith("-") and not options.is_version:
        option = words.next().lstrip("-")
        if option in ("n", "net", "netns"):
            context = context.inside(named(context, words.next()))
        elif option and "Version".startswith(option):
            options = options._replace(is_version=True)
        else:
            options = _with(options, option)
    return context, options


def _with(options: Options, option: str) -> Options:
    if not any(one.startswith(option) for one in NAMES) or not option:
        raise ToolError(255, f'Option "-{option}" is unknown, try "tc -help".')
    if "statistics".startswith(option):
        return options._replace(statistics=True)
    if "json".startswith(option):
        return options._replace(json=True)
    if "details".startswith(option):
        return options._replace(details=True)
    if "pretty".startswith(option):
        return options._replace(pretty=True)
    if option.startswith("col"):
        note("tc -color")
        return options
    raise ToolError(1, f"netsandbox: `tc -{option}` is not modelled")
