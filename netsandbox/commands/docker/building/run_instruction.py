"""RUN of a Dockerfile: a command in a container of its own, of which no list tells; and what it installs: programs that
the sandbox has anyhow, which are the image's from then on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from netsandbox.commands.docker.building.output import Step
from netsandbox.docker.config import HostConfig, with_image
from netsandbox.docker.container import NO_WISH, Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.history import BUILDER
from netsandbox.docker.images import Image
from netsandbox.docker.network import random_identity

if TYPE_CHECKING:

    from netsandbox.commands.docker.building.dockerfile import Instruction


INSTALLS = re.compile(r"\b(?:apt-get|apt|apk|yum|dnf|microdnf)\b[^;&|]*?\b(?:install|add)\b([^;&|]*)")
PROGRAMS = {
    **dict.fromkeys(("iputils-ping", "iputils", "inetutils-ping"), "ping"), "iputils-arping": "arping",
    **dict.fromkeys(("iproute2", "iproute"), "ip ss bridge tc"), "net-tools": "ifconfig netstat route arp",
    **dict.fromkeys(("dnsutils", "bind9-dnsutils", "bind-tools", "bind-utils"), "dig nslookup host"),
    **dict.fromkeys(("netcat", "netcat-openbsd", "netcat-traditional", "nmap-ncat"), "nc"), "bridge-utils": "brctl",
    **dict.fromkeys(("procps", "procps-ng"), "ps pgrep pkill sysctl"), "redis-tools": "redis-cli"}
"""Of packages that are not called as their programs."""
SERVERS = {"nginx": "nginx", "apache2": "httpd", "httpd": "httpd", "redis": "redis", "redis-server": "redis",
           "memcached": "memcached", "mysql-server": "mysql", "mariadb-server": "mariadb", "postgresql": "postgres"}
"""What is a server of its own image here."""


def installed(image: Image, text: str, has_program: Callable[[str], bool]) -> tuple[Image, list[str]]:
    """The image with what a command line installs, and what there is to say of the rest."""
    words = [word for found in INSTALLS.findall(text) for word in found.split() if not word.startswith("-")]
    programs = [name for word in words for name in PROGRAMS.get(word, word).split() if has_program(name)]
    notes = [f"note: the sandbox installs no {word}: `FROM {SERVERS[word]}` brings it" for word in words
             if word in SERVERS and image.server != SERVERS[word]]
    return image._replace(tools=tuple(dict.fromkeys((*image.tools, *programs)))), notes


class Run:
    """One RUN under way."""

    def __init__(self, instruction: Instruction, label: str, key: str, container: Container) -> None:
        self.instruction = instruction
        self.label = label
        self.key = key  # what its outcome is kept by
        self.container = container
        self.output: list[str] = []  # the lines that its program wrote
        self.code = 0  # its exit status, once it has ended
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
    """Where the words run; --network of the instruction comes before the build's (DockerfileError: another flag, none
    of which is modelled)."""
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
