"""`netsandbox compose.yaml`: a Compose file as a scenario, which writes it into the host's files and brings it up.

`.env` beside it, each env_file in its folder, what its images are built from, and the files that it includes or extends
go along.
"""

from __future__ import annotations

import shlex
from functools import partial
from os.path import normpath
from pathlib import Path
from posixpath import dirname

from netsandbox.commands.compose.file.interpolate import VariableError, env_file
from netsandbox.commands.compose.file.model import Project
from netsandbox.commands.compose.file.reader import project_name, read_project
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.compose_folder import LARGEST, contexts, is_below
from netsandbox.session.files import read_bytes
from netsandbox.session.steps import Scenario, Step

LINES_AT_ONCE = 20  # How many of the file's lines one command line writes


def compose_scenario(text: str, name: str) -> Scenario:
    """The scenario of a Compose file (ScenarioError: Compose would refuse it)."""
    path = Path(name).absolute()
    env = path.parent / ".env"
    own = _text(env, path.parent) or ""
    try:
        variables = env_file(own, {})
    except VariableError as error:
        raise ScenarioError(str(env), 1, str(error)) from None
    others: dict[str, str] = {}
    read = read_project(text, name, project_name(path.parent.name) or "project", variables,
                        partial(_other, others, path.parent))
    folder = f"/root/{read.name}"
    texts = {**contexts(read, path.parent), path.name: text, **({".env": own} if own else {}), **others,
             **_env_files(read, path.parent)}
    written = [line for place, content in texts.items() for line in _writing(f"{folder}/{place}", content)]
    setup = (*written, f"cd {folder}", f"docker compose -f {path.name} up -d")
    title = f"docker compose: {read.name}"
    return Scenario({"en": title, "zh": title}, uplink=DEFAULT_LAN, name=name,
                    setup=tuple(Step(run=(line,), run_lines=(0,)) for line in setup))


def _other(read: dict[str, str], folder: Path, name: str) -> str | None:
    """A file that the Compose file takes something of, which goes along."""
    where = Path(normpath(Path(name).absolute()))
    text = _text(where, folder) if where.is_relative_to(folder) else None
    if text is not None:
        read[str(where.relative_to(folder))] = text
    return text


def _text(path: Path, folder: Path) -> str | None:
    """Of a regular file in the Compose file's folder, or below, wherever links lead; None where it is none (FileError:
    it cannot be read, or is too large)."""
    if not path.is_file() or not is_below(path, folder):
        return None
    return read_bytes(path, LARGEST).decode("utf-8", "replace")


def _env_files(project: Project, folder: Path) -> dict[str, str]:
    """Those in the Compose file's folder, or below, by their paths from there."""
    paths = [Path(normpath(Path(path).absolute())) for service in project.services.values()
             for path, _required in service.env_files]
    texts = {path: _text(path, folder) for path in paths if path.is_relative_to(folder)}
    return {str(path.relative_to(folder)): text for path, text in texts.items() if text is not None}


def _writing(path: str, text: str) -> list[str]:
    """The command lines that write a file."""
    lines = text.splitlines()
    return [f"mkdir -p {shlex.quote(dirname(path))}", *([] if lines else [f"touch {shlex.quote(path)}"]),
            *(f"printf '%s\\n' {shlex.join(lines[at:at + LINES_AT_ONCE])} >> {shlex.quote(path)}"
              for at in range(0, len(lines), LINES_AT_ONCE))]
