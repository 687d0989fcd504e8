"""What the tools print when they are asked for help, or do not understand."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.words import USAGE

TEXTS: dict[str, str] = {}


def usage(topic: str) -> ToolError:
    """The usage text of an object, as the tool prints it: on standard error, with exit status 255."""
    return ToolError(USAGE, TEXTS.get(topic, f"netsandbox: no help text for {topic}"))
