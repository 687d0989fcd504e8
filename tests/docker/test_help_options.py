"""Each option that `--help` of Docker 28.5 or Compose 2.40 lists is there, and each is read, refused or noted."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path

import pytest

import netsandbox.commands
from netsandbox.commands.compose.options import BEFORE
from netsandbox.commands.docker.client.flags import Command, Flag
from netsandbox.commands.docker.client.registry import COMMANDS
from netsandbox.session.keeping import KeptSession
from tests.syntax import text_of, walk

LISTED: dict[str, str] = json.loads(Path(__file__).with_name("help-28.json").read_text(encoding="utf-8"))
"""By command: its options, with their letters, as the real client lists them."""
OF_COMMANDS = Path(netsandbox.commands.__file__).parent
ROOMS = [path for room in ("docker", "compose") for path in sorted((OF_COMMANDS / room).rglob("*.py"))]
USUAL = {"interactive", "quiet", "force", "volumes", "no-trunc", "verbose"}
"""Of some commands, what is done in any case: there are no anonymous volumes, and nobody to ask."""


@cache
def named() -> set[str]:
    """The texts in the client's modules, but for those that declare a flag."""
    found: set[str] = set()
    for path in ROOMS:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        declared = {node for node in walk(tree) if isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name) and node.func.id in ("Flag", "refused", "_ignored")}
        found |= {text_of(node) for node in walk(tree, without=declared)}
    return found


@pytest.mark.parametrize("path", sorted(LISTED))
def test_every_option_of_the_real_client_is_known(path: str) -> None:
    known = BEFORE if path == "compose" else COMMANDS[tuple(path.split())].flags
    flags: dict[str, Flag] = {flag.name: flag for flag in known}
    missing = [option for option in LISTED[path].split()
               if option.partition("/")[0] not in flags
               or option.partition("/")[2] != flags[option.partition("/")[0]].short]
    assert not missing, f"docker {path} does not know {missing}"


@pytest.mark.parametrize("command", {COMMANDS[words].path: COMMANDS[words] for words in COMMANDS}.values(),
                         ids=lambda command: command.path)
def test_no_option_is_taken_in_silence(command: Command) -> None:
    silent = [flag.name for flag in command.flags
              if not (flag.ignored or flag.refused or (flag.onto or flag.name) in named() or flag.name in USUAL)]
    assert not silent, f"{command.path}: nothing reads --{' --'.join(silent)}"


def test_what_is_not_modelled_is_refused_by_name_and_does_nothing() -> None:
    session = KeptSession()
    for line, said in (("docker images --tree", "docker images --tree"),
                       ("docker start --checkpoint x c", "docker start --checkpoint"),
                       ("docker push nginx", "docker push"), ("docker search nginx", "docker search")):
        job = session.run(line)
        assert job.code == 1
        assert f"{said} is not modelled in the sandbox" in job.err
