"""The README's transcripts: its console blocks, and what their lines print.

`python -m tests.readme` writes them anew.  A block's lines are given to
`netsandbox run -`, and the block is what that prints before its tables.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"(?<=<!-- transcript -->\n```console\n).*?(?=```\n)", re.DOTALL)
PROMPT = "❯ "
TABLES = "\nFrames\n======\n"


def blocks(text: str) -> list[str]:
    return BLOCK.findall(text)


def written_anew(block: str) -> str:
    """A block whose lines stay, with what they print."""
    lines = [line.removeprefix(PROMPT) for line in block.splitlines() if line.startswith(PROMPT)]
    done = subprocess.run([sys.executable, "-m", "netsandbox", "run", "-"], input="\n".join(lines), check=False,
                          capture_output=True, encoding="utf-8", cwd=README.parent)
    transcript, tables, _rest = done.stdout.partition(TABLES)
    assert tables, done.stderr
    return transcript[transcript.index(PROMPT):].rstrip("\n") + "\n"


def main() -> None:
    text = README.read_text(encoding="utf-8")
    README.write_text(BLOCK.sub(lambda found: written_anew(found[0]), text), encoding="utf-8")


if __name__ == "__main__":
    main()
