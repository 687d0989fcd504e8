"""RUN of a Dockerfile: a command in a container of its own, of which no list tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.docker.building.output import Step
from netsandbox.docker.config import HostConfig, with_image
from netsandbox.docker.container import NO_WISH, Container
from netsandbox.docker.history import BUILDER
from netsandbox.docker.network import random_identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netsandbox.commands.docker.building.dockerfile import Instruction
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.docker.images import Image


class Run:
    """One RUN under way.

    Attributes:
        key: what its outcome is kept by.
        output: the lines that its program wrote.
        code: its exit status, once it has ended.
    """

    def __init__(self, instruction: Instruction, label: str, key: str, container: Container) -> None:
        self.instruction = instruction
        self.label = label
        self.key = key
        self.container = container
        self.output: list[str] = []
        self.code = 0
        container.console.readers = (self._read,)

    def _read(self, item: tuple[str, str]) -> None:
        self.output += item[1].splitlines()

    def step(self) -> Step:
        took = max(self.container.finished - self.container.started, 0)
        return Step(self.label, took, (), tuple(self.output), error=self.error)

    @property
    def error(self) -> str:
        words = " ".join(self.container.arguments)
        return f'process "{words}" did not complete successfully: exit code: {self.code}' if self.code else ""


def container_for(engine: DockerEngine, image: Image, instruction: Instruction, words: tuple[str, ...],
                  variables: Mapping[str, str], network: str) -> Container:
    """Where the words run; --network of the instruction comes before the build's.

    Raises:
        DockerfileError: another flag, none of which is modelled.
    """
    flags = dict(instruction.flags)
    mode = flags.pop("network", network or "default")
    if flags:
        raise instruction.error(f"RUN --{next(iter(flags))} is not modelled in the sandbox")
    mode = "bridge" if mode == "default" else mode
    made = Container(BUILDER, random_identity(engine.random), image, mode, list(words), engine.scheduler)
    environment = tuple(f"{name}={value}" for name, value in variables.items())
    config = made.config._replace(entrypoint=[], environment=environment, attached=())
    made.config = with_image(config, image)._replace(health_check=None)
    made.host_config = HostConfig()
    made.networks = {mode: NO_WISH} if mode not in ("host", "none") else {}
    made.is_attached = True
    return made
