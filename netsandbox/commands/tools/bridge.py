"""`bridge` (bridge/bridge.c): ports and forwarding databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    raise ToolError(1, "soon")
