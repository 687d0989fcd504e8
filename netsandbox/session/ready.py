"""The lab that is there when no scenario is named, and has a name by which one comes back to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netsandbox.commands.late import Late
from netsandbox.lab.errors import LabError
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.files import read_bytes
from netsandbox.session.library import READY_NAME, find_scenario
from netsandbox.session.steps import Scenario, Step

READ: Late[str, Callable[[Path, Callable[[str, int], bytes]], Scenario]] = Late({
    "read": "netsandbox.session.scenario:load_scenario"})
"""What needs YAML: to import it takes longer than to make a lab."""
READY = Scenario(
    name=READY_NAME,
    title={"en": "docker0", "zh": "docker0"},
    about={"en": "A host with Docker, two containers on docker0, and an uplink",
           "zh": "有 Docker 的宿主机，docker0 上有两个容器，连着互联网"},
    seed=1,
    uplink=DEFAULT_LAN,
    setup=(
        Step(run=("docker run -d --name nginx-1 nginx",)),
        Step(run=("docker run -d --name nginx-2 nginx",)),
        Step(run=("wait",)),
    ),
)


def is_there(name: str) -> bool:
    """Whether a scenario has this name, or a file is there, be it wrong."""
    try:
        return name == READY.name or find_scenario(name).exists()
    except LabError:
        return False


def scenario_named(name: str) -> Scenario:
    """A scenario by its name or path; what reads files is imported only then (ScenarioError: it cannot be found or
    read, or is wrong)."""
    if name == READY.name:
        return READY
    return READ["read"](find_scenario(name), read_bytes)
