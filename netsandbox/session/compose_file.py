"""`netsandbox compose.yaml`: a Compose file as a scenario, which writes it into the host's files and brings it up."""

from __future__ import annotations

import shlex
from pathlib import Path

from netsandbox.commands.compose.reader import project_name, read_project
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.steps import Scenario, Step

LINES_AT_ONCE = 20
"""How many of the file's lines one command line writes."""


def is_compose(keys: list[str]) -> bool:
    """Whether a file with these keys at its top is a Compose file and no scenario."""
    return "services" in keys and "netsandbox" not in keys


def compose_scenario(text: str, name: str) -> Scenario:
    """The scenario of a Compose file.

    Raises:
        ScenarioError: Compose would refuse it.
    """
    path = Path(name).absolute()
    project = read_project(text, name, project_name(path.parent.name) or "project", {}).name
    folder, file = f"/root/{project}", path.name
    lines = text.splitlines()
    written = [f"printf '%s\\n' {shlex.join(lines[at:at + LINES_AT_ONCE])} >> {folder}/{file}"
               for at in range(0, len(lines), LINES_AT_ONCE)]
    setup = (f"mkdir -p {folder}", *written, f"cd {folder}", f"docker compose -f {file} up -d")
    title = f"docker compose: {project}"
    return Scenario({"en": title, "zh": title}, uplink=DEFAULT_LAN, name=name,
                    setup=tuple(Step(run=(line,), run_lines=(0,)) for line in setup))
