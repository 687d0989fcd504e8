"""What BusyBox's applets say when they are asked for help, or do not understand (bb_show_usage)."""

from __future__ import annotations

import re
from pathlib import Path

HEAD = "BusyBox v1.37.0 multi-call binary.\n\n"
COMPLAINT = re.compile(r"(?P<name>\S+): (?:invalid option -- '.'|unrecognized option '[^']*'|option requires an "
                       r"argument -- '.')(?=\n)")
TOO_FEW = re.compile(r'\S+: missing (?:\w+ )*operand|[Uu]sage: |Object ".*" is unknown')
REFUSED = re.compile(r"\w+: `?(?P<name>\S+) (?:-(?P<letter>\w)|(?P<long>--[\w-]+))`? is no\w model\w+\n")
"""How the sandbox refuses an option of the tool by name."""


def _texts() -> dict[str, str]:
    text = Path(__file__).with_name("usages.txt").read_text(encoding="utf-8")
    blocks = (block.partition("\n") for block in text.rstrip("\n").split("\n# ")[1:])
    return {name: usage for name, _end, usage in blocks}


TEXTS = _texts()


def usage(name: str) -> str:
    """An applet's usage without the last line's end; empty for one whose text is not here."""
    return HEAD + TEXTS[name] if name in TEXTS else ""


def reworded(name: str, said: str) -> str:
    """What an applet says where a tool of its name complains of its words; empty where that is no such complaint."""
    if name not in TEXTS:
        return ""
    if TOO_FEW.match(said):
        return usage(name) + "\n"
    foreign = REFUSED.match(said)
    if foreign is not None and foreign["name"] == name:
        if foreign["long"] is not None and foreign["long"] not in TEXTS[name]:
            return f"{name}: unrecognized option '{foreign['long']}'\n{usage(name)}\n"
        if foreign["letter"] is not None and not re.search(
                rf"\[-\w*{foreign['letter']}|[\s,]-{foreign['letter']}\b", TEXTS[name]):
            return f"{name}: invalid option -- '{foreign['letter']}'\n{usage(name)}\n"
    complaint = COMPLAINT.match(said)
    return f"{complaint[0]}\n{usage(name)}\n" if complaint is not None and complaint["name"] == name else ""
