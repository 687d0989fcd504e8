"""Options that a tool takes and does nothing about: refused by name, answered with a note, or what is done anyway.

`tests/tools/test_options.py` reads each tool's table, and finds the letters that nothing reads: each stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError

if TYPE_CHECKING:
    from netsandbox.apps.option_table import Given

REFUSED = {
    "base64": "i", "rm": "d", "touch": "drt", "readlink": "eqvz", "lsns": "urP", "route": "V6",
    "ss": "m0DFEBT", "sort": "MdmgRziST", "nl": "pdfhilnv", "stat": "ft", "date": "rfs", "uniq": "z", "cut": "zn",
    "tail": "F", "head": "fF", "arp": "pAHtV", "jq": "M", "sed": "z", "grep": "bzT", "netstat": "gocMCNSUZ",
    "nstat": "d",
}
"""They ask for something that is not modelled."""
NOTED = {
    "mkdir": "vm", "rmdir": "v", "rm": "iv", "cp": "ivL", "mv": "iv", "ln": "v", "ls": "tFSinogxsC",
    "jq": "C", "grep": "IU", "ss": "eb", "tail": "f",
}
"""They ask for what leaves no trace here: rights, questions to a person, colours, a word for each file."""
USUAL = {
    "grep": "a", "ls": "1", "sed": "u", "tee": "pi", "lsns": "lh", "route": "vF4N", "netstat": "WvF", "arp": "neh",
    "cat": "u", "sysctl": "hoxd", "wc": "lwmL", "touch": "am", "diff": "a",
}
"""They ask for what is done anyway, or are read as a set."""

_NOTES: ContextVar[list[str] | None] = ContextVar("notes", default=None)


def judge(tool: str, given: Iterable[Given]) -> None:
    """Refuse what is not modelled, and note what means nothing.

    Raises:
        ToolError: it is not modelled.
    """
    for one in given:
        if one.option.name in REFUSED.get(tool, ""):
            raise ToolError(1, f"netsandbox: {tool} {one.spelled} is not modelled")
        if one.option.name in NOTED.get(tool, "") or one.option.role == "idle":
            note(f"{tool} {one.spelled}")


def note(option: str) -> None:
    """Say of an option, once the tool has ended, that it changes nothing."""
    say(f"note: {option} changes nothing in the sandbox\n")


def say(sentence: str) -> None:
    """Say something once the tool has ended, and say it once."""
    said = _NOTES.get()
    if said is not None and sentence not in said:
        said.append(sentence)


@contextmanager
def notes() -> Iterator[list[str]]:
    """What is noted while a tool runs."""
    said: list[str] = []
    token = _NOTES.set(said)
    try:
        yield said
    finally:
        _NOTES.reset(token)
