"""What BuildKit warns of in a Dockerfile that it builds all the same (frontend/dockerfile/linter)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netsandbox.commands.docker.building.dockerfile import Dockerfile, Instruction, Stage
from netsandbox.commands.docker.images.config import list_of

MAINTAINER = "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label"
NO_LIST = ("JSONArgsRecommended: JSON arguments recommended for {name} to prevent unintended behavior related to OS "
           "signals")
LEGACY = 'LegacyKeyValueFormat: "{name} key=value" should be used instead of legacy "{name} key value" format'
CASING = "FromAsCasing: '{second}' and '{first}' keywords' casing do not match"
MULTIPLE = ("MultipleInstructionsDisallowed: Multiple {name} instructions should not be used in the same stage because "
            "only the last one will be used")
RELATIVE = 'WorkdirRelativePath: Relative workdir "{path}" can have unexpected results if the base image changes'
SECRET = 'SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data ({name} "{variable}")'
SECRETS = re.compile(r"(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)",
                     re.IGNORECASE | re.ASCII)


def warnings(recipe: Dockerfile, text: str) -> tuple[str, ...]:
    """Each with its line: of how it is written first; `text` is the file."""
    lines = text.split("\n")
    rules = (lambda stage: _of_words(stage, lines), _of_legacy, _of_meaning)
    return tuple(f"{said} (line {one.first})" for rule in rules for stage in recipe.stages for one, said in rule(stage))


def _of_words(stage: Stage, lines: list[str]) -> Iterator[tuple[Instruction, str]]:
    for one in stage.body:
        first, words = lines[one.first - 1].split()[0], one.text.split()
        if one.name == "FROM" and len(words) == 3 and first.isupper() != words[1].isupper():
            yield one, CASING.format(first=first, second=words[1])
        if one.name == "MAINTAINER":
            yield one, MAINTAINER


def _of_legacy(stage: Stage) -> Iterator[tuple[Instruction, str]]:
    for one in stage.body:
        if one.name in ("ENV", "LABEL") and "=" not in one.text.split()[0]:
            yield one, LEGACY.format(name=one.name)


def _of_meaning(stage: Stage) -> Iterator[tuple[Instruction, str]]:
    names = [one.name for one in stage.body]
    is_placed = False
    for at, one in enumerate(stage.body):
        if one.name in ("ARG", "ENV"):
            variable = re.split("[= ]", one.text)[0]
            if SECRETS.search(variable) and "public" not in variable.lower():
                yield one, SECRET.format(name=one.name, variable=variable)
        if one.name in ("CMD", "ENTRYPOINT"):
            if list_of(one.text) is None and "SHELL" not in names:
                yield one, NO_LIST.format(name=one.name)
            if one.name in names[at + 1:]:
                yield one, MULTIPLE.format(name=one.name)
        if one.name == "WORKDIR":
            if not is_placed and not one.text.startswith(("/", "$")):
                yield one, RELATIVE.format(path=one.text)
            is_placed = True
