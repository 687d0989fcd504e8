"""docker compose logs, and what `up` without -d shows: each line behind the name of who wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.compose.found import chosen, containers_of, project_of
from netsandbox.commands.compose.options import GLOBAL
from netsandbox.commands.docker.flags import Command, Flag, Parsed, refused
from netsandbox.commands.docker.words import timestamp

if TYPE_CHECKING:
    from netsandbox.commands.compose.model import Project
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.container import Container

INTERRUPTED = 130


class Follower:
    """Shows what some containers write, until all have ended or Ctrl-C.

    Args:
        stops: Ctrl-C stops the containers, as with `up`.
    """

    def __init__(self, client: Client, project: Project, containers: list[Container], stops: bool) -> None:
        self.client = client
        self.project = project
        self.containers = containers
        self.stops = stops
        self.has_names = True
        self.width = max((len(_short(project, container)) for container in containers), default=0)
        self.voices = [Voice(self, container) for container in containers]
        self.left = len(containers)

    def begin(self) -> None:
        self.client.on_interrupt = self.interrupt
        for voice in self.voices:
            voice.begin()
        if not self.left:
            self.client.exit(0)

    def line(self, container: Container, stream: str, text: str) -> None:
        name = f"{_short(self.project, container).ljust(self.width)}  | " if self.has_names else ""
        self.client.output.append((stream, f"{name}{text}\n"))

    def ended(self, voice: Voice, code: int) -> None:
        """One of the programs is over; with the last one the client is."""
        if self.stops:
            self.client.print(f"{voice.container.name} exited with code {code}")
        self.left -= 1
        if not self.left and self.client.is_running:
            self.client.exit(0)

    def interrupt(self) -> None:
        for voice in self.voices:
            voice.end()
        if self.stops:
            self.client.complain("Gracefully stopping... (press Ctrl+C again to force)")
            for container in self.containers:
                self.client.engine.stop(container)
        self.client.exit(INTERRUPTED if self.stops else 0)


class Voice:
    """One container that is listened to."""

    def __init__(self, follower: Follower, container: Container) -> None:
        self.follower = follower
        self.container = container

    def begin(self) -> None:
        if self.follower.client.watched is None:
            self.follower.client.watched = self.container.program
        self.container.console.readers += (self.heard,)
        self.follower.client.engine.when_ended(self.container, self.over)

    def heard(self, item: tuple[str, str]) -> None:
        stream, text = item
        for line in text.splitlines():
            self.follower.line(self.container, stream, line)

    def end(self) -> None:
        self.container.console.readers = tuple(one for one in self.container.console.readers if one != self.heard)

    def over(self, code: int) -> None:
        self.end()
        if self.follower.client.is_running:
            self.follower.ended(self, code)


def _short(project: Project, container: Container) -> str:
    return container.name.removeprefix(f"{project.name}-")


def run(client: Client, parsed: Parsed) -> int | None:
    project = project_of(client, parsed)
    names = chosen(project, parsed.operands, ["*"])
    containers = [container for container in containers_of(client, project)
                  if container.labels["com.docker.compose.service"] in names]
    follower = Follower(client, project, containers, stops=False)
    follower.has_names = not parsed.on("no-log-prefix")
    lines = sorted(((line.at, container.name, line.stream, line.text, container) for container in containers
                    for line in container.log), key=lambda item: item[:2])
    for at, _name, stream, text, container in _last(lines, parsed.text("tail") or "all"):
        follower.line(container, stream, f"{timestamp(at)} {text}" if parsed.on("timestamps") else text)
    if not parsed.on("follow"):
        return 0
    follower.begin()
    return None


Line = tuple[int, str, str, str, "Container"]


def _last(lines: list[Line], tail: str) -> list[Line]:
    """So many of each container's."""
    if not (tail.isascii() and tail.isdecimal()):
        return lines
    kept, counts = list[Line](), dict[str, int]()
    for line in reversed(lines):
        counts[line[1]] = counts.get(line[1], 0) + 1
        kept += [line] if counts[line[1]] <= int(tail) else []
    return kept[::-1]


LOGS = Command("docker compose logs", "[OPTIONS] [SERVICE...]", "View output from containers", run, (
    *GLOBAL, Flag("follow", "f", usage="Follow log output"),
    Flag("tail", "n", "string", "Number of lines to show from the end of the logs for each container", value="string"),
    Flag("timestamps", "t", usage="Show timestamps"),
    Flag("no-log-prefix", usage="Don't print prefix in logs"),
    Flag("no-color", usage="Produce monochrome output", ignored=True),
    *refused("since", "until", kind="string"), *refused("index", kind="int")))
