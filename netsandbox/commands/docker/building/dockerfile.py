"""A Dockerfile as data: its instructions with their lines, and the stages that they make (BuildKit's parser)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from netsandbox.linux.spelling import edit_distance

INSTRUCTIONS = frozenset({
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})
STEPS = frozenset({"ADD", "COPY", "FROM", "RUN", "WORKDIR"})
"""Those that BuildKit counts; the others only say something of the image."""
HERE_DOCUMENT = re.compile(r"<<-?\s*['\"]?\w")
ARGUMENTS = (dict.fromkeys(("ARG", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "VOLUME"), "at least one argument")
             | dict.fromkeys(("MAINTAINER", "ONBUILD", "STOPSIGNAL", "USER", "WORKDIR"), "exactly one argument")
             | dict.fromkeys(("ADD", "COPY"), "at least two arguments, but only one was provided. Destination could "
                                              "not be determined")
             | {"FROM": "either one or three arguments"})
"""What an instruction wants that has none."""
AROUND = 2  # Lines that are shown around the one at which a build stopped
FAR = 3  # Letters by which a word is another one


class DockerfileError(Exception):
    """Where and why a build stops; `first` and `last` are lines, 0 for none."""

    def __init__(self, message: str, first: int = 0, last: int = 0) -> None:
        super().__init__(message)
        self.first = first
        self.last = last


class Instruction(NamedTuple):
    """One instruction."""

    name: str
    flags: tuple[tuple[str, str], ...]  # `--from=build`, as pairs
    text: str  # what follows them, its lines joined
    # first, last: its lines
    first: int
    last: int

    @property
    def shown(self) -> str:
        """As BuildKit names its step."""
        return " ".join((self.name, *(f"--{name}={value}" if value else f"--{name}" for name, value in self.flags),
                         self.text))

    def error(self, message: str) -> DockerfileError:
        return DockerfileError(message, self.first, self.last)


class Stage(NamedTuple):
    """What one FROM begins."""

    name: str
    number: int
    base: str  # the image or the earlier stage that it begins with, as it is written
    body: tuple[Instruction, ...]  # its instructions, FROM first


class Planned(NamedTuple):
    """An instruction of a build, with the label of its step: `[2/3]`, or `[web 2/3]` where there are several stages."""

    instruction: Instruction
    stage: Stage
    label: str


class Dockerfile(NamedTuple):
    """Attributes: before: the ARGs in front of the first FROM."""

    before: tuple[Instruction, ...]
    stages: tuple[Stage, ...]


def read(text: str) -> Dockerfile:
    """Raises DockerfileError: it is none, or has something that is not modelled."""
    found = _instructions(text.split("\n"))
    if not found:
        raise DockerfileError("the Dockerfile cannot be empty")
    starts = [at for at, one in enumerate(found) if one.name == "FROM"]
    early = next((one for one in found[:starts[0] if starts else None] if one.name != "ARG"), None)
    if early is not None or not starts:
        one = early or found[0]
        raise one.error("no build stage in current context")
    ends = [*starts[1:], len(found)]
    return Dockerfile(tuple(found[:starts[0]]), tuple(
        _stage(number, tuple(found[start:end])) for number, (start, end) in enumerate(zip(starts, ends, strict=True))))


def _stage(number: int, body: tuple[Instruction, ...]) -> Stage:
    words = body[0].text.split()
    if len(words) not in (1, 3) or (len(words) == 3 and words[1].upper() != "AS"):
        raise body[0].error(f"dockerfile parse error on line {body[0].first}: FROM requires either one or three "
                            "arguments")
    return Stage(words[2].lower() if len(words) == 3 else str(number), number, words[0], body)


def _instructions(lines: list[str]) -> list[Instruction]:
    found, at = list[Instruction](), 0
    while at < len(lines):
        line = lines[at].strip()
        first = at = at + 1
        if not line or line.startswith("#"):
            continue
        while line.endswith("\\"):
            line = line[:-1].rstrip()
            while at < len(lines) and (not lines[at].strip() or lines[at].strip().startswith("#")):
                at += 1  # a comment, and an empty line, may stand between
            if at >= len(lines):
                break
            line, at = f"{line} {lines[at].strip()}", at + 1
        found.append(_instruction(line, first, at))
    return found


def _instruction(line: str, first: int, last: int) -> Instruction:
    word, _space, text = line.partition(" ")
    name, text, flags = word.upper(), text.strip(), list[tuple[str, str]]()
    if name not in INSTRUCTIONS:
        raise DockerfileError(f"dockerfile parse error on line {first}: unknown instruction: {word}"
                              f"{did_you_mean(word, INSTRUCTIONS)}", first, last)
    while text.startswith("--") and name not in ("HEALTHCHECK", "CMD", "ENTRYPOINT"):
        flag, _space, text = text.partition(" ")
        key, _equals, value = flag[2:].partition("=")
        flags.append((key, value))
        text = text.strip()
    made = Instruction(name, tuple(flags), text, first, last)
    count = len(text.split())
    if (name in ARGUMENTS and not text) or (name in ("ADD", "COPY") and count == 1 and not text.startswith("[")):
        raise made.error(f"dockerfile parse error on line {first}: {name} requires {ARGUMENTS[name]}")
    if name in ("RUN", "COPY", "ADD") and HERE_DOCUMENT.search(text):
        raise made.error(f"a here-document of {name} is not modelled in the sandbox; `&&` and \\ join commands")
    if name == "ONBUILD":
        raise made.error("ONBUILD is not modelled in the sandbox")
    return made


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest of the words that there are, if no more than two letters are others (BuildKit's util/suggest)."""
    found = min(((edit_distance(word.lower(), name.lower()), name) for name in sorted(known)), default=(FAR, ""))
    return f" (did you mean {found[1]}?)" if found[0] < FAR else ""


def needed(recipe: Dockerfile, target: str) -> list[Stage]:
    """The stages that a build of one needs, in order; the last where none is named (DockerfileError: there is no such
    stage)."""
    stages = recipe.stages
    known = {stage.name: at for at, stage in enumerate(stages)} | {str(at): at for at in range(len(stages))}
    if target and target.lower() not in known:
        names = [stage.name for stage in stages if not stage.name.isdecimal()]
        raise DockerfileError(f"target stage {json.dumps(target)} could not be found{did_you_mean(target, names)}")
    waiting = [known[target.lower()] if target else len(stages) - 1]
    wanted = set[int]()
    for at in waiting:  # which grows meanwhile
        wanted.add(at)
        names = [stages[at].base.lower(), *(value.lower() for one in stages[at].body for key, value in one.flags
                                            if key == "from")]
        waiting += [known[name] for name in names if name in known and known[name] < at]
    return [stages[at] for at in sorted(wanted)]


def planned(recipe: Dockerfile, target: str) -> list[Planned]:
    """What a build of a stage is to do, in order (DockerfileError: there is no such stage)."""
    found = list[Planned]()
    is_named = len(recipe.stages) > 1 or any("from" in dict(one.flags) for one in recipe.stages[0].body)
    for stage in needed(recipe, target):
        name = f"stage-{stage.name}" if stage.name.isdecimal() else stage.name
        before = f"{name} " if is_named else ""
        many, done = sum(one.name in STEPS for one in stage.body), 0
        for one in stage.body:
            done += one.name in STEPS
            found.append(Planned(one, stage, f"[{before}{done}/{many}]"))
    return found


def excerpt(text: str, path: str, error: DockerfileError) -> str:
    """The lines at which it stopped (buildkit solver/errdefs/source.go)."""
    lines = text.split("\n")
    start, end, shown = error.first, error.last, 0
    most = 2 * AROUND if start == end else AROUND
    while shown < most:
        if start > 1:
            start, shown = start - 1, shown + 1
        if end < len(lines):
            end, shown = end + 1, shown + 1
        shown += 1
    rows = [f" {at:3d} | {'>>>' if error.first <= at <= error.last else '   '} {lines[at - 1]}"
            for at in range(start, end + 1)]
    rule = "-" * 20
    return "\n".join([f"{path}:{error.first}", rule, *rows, rule])
