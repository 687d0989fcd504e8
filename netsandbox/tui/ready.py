"""The lab that is there when no scenario is named: a host with Docker, and two containers on docker0."""

from __future__ import annotations

from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.steps import Scenario, Step

READY = Scenario(
    title={"en": "docker0", "zh": "docker0"},
    seed=1,
    uplink=DEFAULT_LAN,
    setup=(
        Step(run=("docker run -d --name nginx-1 nginx",)),
        Step(run=("docker run -d --name nginx-2 nginx",)),
        Step(run=("wait",)),
    ),
)
