"""The texts of `docker COMMAND --help`, which options.txt has beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

FORMATS = {"{format of a table}": "\\n'table':            Print output in table format with column headers (default)"
           "\\n'table TEMPLATE':   Print output in table format using the given Go template", "{format}": ""}
FORMAT = ("Format output using a custom template:{}\\n'json':             Print in JSON format\\n'TEMPLATE':         "
          "Print output using the given Go template.\\nRefer to https://docs.docker.com/go/formatting/ for more "
          "information about formatting output with templates")
SAME = {"container ls": "ps", "image ls": "images", "image rm": "rmi"}
"""What is in a group by another name than outside of it."""


class Texts(NamedTuple):
    """Of one command."""

    summary: str
    aliases: str
    # as they are listed, `-a, --all` or `--last int`, what each does, and whether it is new in 28
    options: tuple[tuple[str, str, bool], ...]
    behind: str  # what follows them


def texts_of(path: str) -> Texts | None:
    """Of `docker network ls`; None where there are none."""
    words = path.removeprefix("docker ")
    group, _space, name = words.partition(" ")
    known = _all()
    outside = SAME.get(words, name) if group in ("container", "image", "system") else words
    return known.get(words) or known.get(outside)


@cache
def _all() -> dict[str, Texts]:
    text = Path(__file__).with_name("options.txt").read_text(encoding="utf-8")
    for mark, rows in FORMATS.items():
        text = text.replace(mark, FORMAT.format(rows))
    blocks = (block.partition("\n") for block in text.split("\n# ")[1:])
    return {name: _read(rest.split("\n")) for name, _end, rest in blocks}


def _read(rows: list[str]) -> Texts:
    def marked(mark: str) -> list[str]:
        return [row[2:] for row in rows if row.startswith(f"{mark} ") or row == mark]

    options = ((row[0] == "+", row[2:].partition("\t")) for row in rows if row[:2] in ("- ", "+ "))
    about = [row[2:] for row in rows if row.startswith("  ") or not row]
    return Texts("\n".join(about).strip("\n"), "".join(marked("~")),
                 tuple(
        (name, usage.replace("\\n", "\n"), is_new) for is_new, (name, _tab, usage) in options), "\n".join(marked(">")))
