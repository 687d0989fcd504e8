"""Lines that real Engines (28.5.2 and 26.1.5) were asked, of networks that come and go, links, addresses and filters.

`tests/docker/asked/NAME-RELEASE.txt` has a session: a line behind `$ ` was answered alike (output and exit status; what
`docker compose` tells at once stands in any order there), and below it stands what is said here; one behind `> ` is
only run. `python -m tests.docker.test_asked_lines` writes the answers anew: look at what changes, for the Engine has
not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsandbox.session.session import Session

ASKED = Path(__file__).parent / "asked"
LAB = (Path(__file__).parent / "lab.txt").read_text(encoding="utf-8").splitlines()
FRESH = LAB.index("docker network create before")
"""Up to here the lab has made no network: 26.1.5 goes on behind the last subnet, whoever made it."""
CHANCE = ((r"\b[0-9a-f]{64}\b", "ID"), (r"\bbr-[0-9a-f]{12}\b", "BRIDGE"), (r"\bveth[0-9a-f]{7}\b", "VETH"),
          (r"\b(?=[0-9a-f]*\d)[0-9a-f]{12}\b", "SHORT"), (r"\b(?!02:42:|ff:)(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b", "MAC"),
          (r"\d{4}-\d\d-\d\d[T ][\d:.]+", "DATE"), (r"(?:Less than a second|About an? \w+|\d+ \w+) ago", "AGE"),
          (r"Up [\w ]+?(?=$|\s{2}|\||\")", "Up AGE"), (r"[\d.]+ ms", "T ms"), (r"@if\d+ +", "@ifN "),
          (r"@if\d+", "@ifN"), (r"after \d+", "after T"))


def normal(text: str) -> str:
    for pattern, word in CHANCE:
        text = re.sub(pattern, word, text, flags=re.MULTILINE)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def answers(path: Path) -> Iterator[tuple[str, str]]:
    """(line with its mark, answer) of a session that is run now; an answer is empty where it is not compared."""
    release = path.stem.rpartition("-")[2]
    session = Session(profile=f"docker-{release}")
    session.checkpoints.is_on = False  # it only goes forward
    for line in LAB[:FRESH] if release == "26" else LAB:
        assert session.run(line).code == 0, line
    for line in asked(path):
        job = session.run(line[2:])
        end = f"[exit {job.code}]\n" if job.code else ""
        yield line, normal(job.out + job.err) + end if line.startswith("$") else ""
        if line[2:].startswith("docker"):
            session.run("wait 0.5s")


def asked(path: Path) -> list[str]:
    return [row for row in path.read_text(encoding="utf-8").splitlines() if row.startswith(("$ ", "> "))]


@pytest.mark.parametrize("name", sorted(path.stem for path in ASKED.glob("*.txt")))
def test_lines_that_the_engine_was_asked(name: str) -> None:
    path = ASKED / f"{name}.txt"
    assert "".join(f"{line}\n{answer}" for line, answer in answers(path)) == path.read_text(encoding="utf-8")


if __name__ == "__main__":
    for one in sorted(ASKED.glob("*.txt")):
        told = "".join(f"{line}\n{answer}" for line, answer in answers(one))
        one.write_text(told, encoding="utf-8")
