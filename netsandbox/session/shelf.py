"""What there is to open: the bundled scenarios, the files of the present directory, and those opened before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.session.library import bundled, directory, find_scenario
from netsandbox.session.ready import READY, scenario_named
from netsandbox.session.steps import Scenario

MARK = b"netsandbox:"  # A file that begins like this, comments aside, is a scenario
PEEK = 4096
NEXT = re.compile(rb"^next: *([\w-]+)$", re.MULTILINE)
SUFFIXES = (".yaml", ".yml")
MOST_FILES = 200  # Files of a directory that are looked at
BUNDLED, HERE, RECENT = "bundled", "here", "recent"


class Work(NamedTuple):
    """One thing to open."""

    name: str  # what `load` takes
    kind: str  # bundled, here or recent
    # title, about: map a language to a text
    title: Mapping[str, str] = {}
    about: Mapping[str, str] = {}
    steps: int = 0  # of the lesson; 0 for a lab that is only opened
    # asks, goals: questions and conditions in it
    asks: int = 0
    goals: int = 0
    uplink: bool = False
    problem: str = ""  # what is wrong with the file; all else is empty then
    text: str = ""  # all that it says beside title and summary, in both languages, and its lines
    topics: tuple[str, ...] = ()  # words by which it is found though they stand nowhere in title and summary

    def __hash__(self) -> int:
        return hash((self.name, self.kind))


def names(recent: Sequence[str] = ()) -> list[tuple[str, str]]:
    """(name, kind) of all there is, each once: bundled, then files here, then recent ones that are still there."""
    found = [(name, BUNDLED) for name in (READY.name, *path(bundled()))]
    found += [(name, HERE) for name in _here()]
    known = {name for name, _kind in found}
    old = (name for name in dict.fromkeys(reversed(recent)) if name not in known and Path(name).is_file())
    return found + [(name, RECENT) for name in old]


def path(bundled_names: Sequence[str]) -> list[str]:
    """The bundled ones in the order of a learner: each before the one that it names as the next, then all others."""
    follows = dict(filter(None, map(_next_of, bundled_names)))
    first = next((name for name in follows if name not in follows.values()), "")
    found: dict[str, None] = {}
    while first in bundled_names and first not in found:
        found[first] = None
        first = follows.get(first, "")
    return [*found, *(name for name in bundled_names if name not in found)]


def _next_of(name: str) -> tuple[str, str] | None:
    """(name, what comes after it), read without parsing the file."""
    try:
        match = NEXT.search((directory() / f"{name}.yaml").read_bytes())
    except OSError:
        return None
    return (name, match[1].decode()) if match else None


def loadable(typed: str, root: str = "") -> list[str]:
    """What `load` may be told that begins like this: names, files here, and what a directory holds that is named.

    Args:
        root: the directory outside of which nothing is looked at; empty for no such bound.
    """
    head = typed[:typed.rfind("/") + 1]
    if not head:
        return [name for name, _kind in names()]
    try:
        at = Path(head).expanduser().resolve()
        if root and not at.is_relative_to(Path(root).resolve()):
            return []
        found = sorted(at.iterdir())[:MOST_FILES]
        return [f"{head}{path.name}/" if path.is_dir() else head + path.name for path in found
                if path.suffix in SUFFIXES or (path.is_dir() and not path.name.startswith("."))]
    except (OSError, ValueError, RuntimeError):
        return []


def read(name: str, kind: str) -> Work:
    """What the file says of itself; a mistake in it is its `problem`, with line and nearest right name."""
    try:
        path = find_scenario(name).absolute()
        stat = path.stat()
    except (ScenarioError, OSError):
        return _read(name, kind)
    return _known(name, kind, path, stat.st_mtime_ns, stat.st_size)


def some(unread: list[tuple[str, str]], most: int) -> list[Work]:
    """The next of those that are unread, until so many files had to be parsed; they are taken from the list."""
    found, last = list[Work](), _known.cache_info().misses + most
    while unread and _known.cache_info().misses < last:
        found.append(read(*unread.pop(0)))
    return found


@lru_cache(MOST_FILES)
def _known(name: str, kind: str, _path: Path, _changed: int, _size: int) -> Work:
    """It takes a hundredth of a second a file, and the browser shows dozens whenever it is opened."""
    return _read(name, kind)


def _read(name: str, kind: str) -> Work:
    try:
        scenario = scenario_named(name)
    except ScenarioError as error:
        return Work(name, kind, problem=str(error))
    steps = scenario.steps
    title = scenario.about if scenario is READY else scenario.title  # which is its name once more
    return Work(name, kind, title, scenario.about, len(steps), sum(bool(step.ask) for step in steps),
                sum(len(step.expect) for step in steps), bool(scenario.uplink), text=_text(scenario),
                topics=scenario.topics)


def _text(scenario: Scenario) -> str:
    told = [scenario.learned, *(text for step in scenario.steps for text in (step.ask, step.task, step.say))]
    lines = [line for step in (*scenario.setup, *scenario.steps) for line in step.run]
    return "\n".join([*(one for text in told for one in text.values()), *lines])


def short_name(path: str) -> str:
    """What `load` takes for a file that was read: a bundled one's own name, else the path."""
    return Path(path).stem if Path(path).parent == directory() else path


def _here() -> Iterator[str]:
    try:
        files = sorted(path for path in Path().iterdir() if path.suffix in ("", *SUFFIXES))[:MOST_FILES]
    except OSError:
        return
    for path in files:
        try:
            if path.is_file():
                with path.open("rb") as file:
                    lines = file.read(PEEK).splitlines()
                if next((line for line in lines if line.strip() and not line.startswith(b"#")), b"").startswith(MARK):
                    yield path.name
        except OSError:
            continue
