"""What the tools print when they are asked for help, or do not understand: in our own words, what is modelled."""

from __future__ import annotations

from pathlib import Path

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.words import USAGE


def _texts() -> dict[str, str]:
    text = Path(__file__).with_name("usages.txt").read_text(encoding="utf-8")
    blocks = (block.partition("\n") for block in text.rstrip().split("\n# ")[1:])
    return {topic: usage for topic, _end, usage in blocks}


TEXTS = _texts()


def usage(topic: str, code: int = USAGE) -> ToolError:
    """The usage text of an object, on standard error; most tools end with status 255."""
    return ToolError(code, TEXTS[topic])
