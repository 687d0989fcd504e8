"""docker compose logs, and what `up` without -d shows: each line behind the name of who wrote it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from netsandbox.commands.compose.down import Stopping
from netsandbox.commands.compose.options import DRY
from netsandbox.commands.compose.project import chosen, containers_of, number_of, profiles_of, project_of, service_of
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers.attach import between
from netsandbox.commands.docker.printing.words import timestamp
from netsandbox.docker.container import Container, LogLine
from netsandbox.docker.errors import DockerError

if TYPE_CHECKING:
    from netsandbox.commands.compose.file.model import Project

INTERRUPTED = 130


class Follower:
    """Shows what some containers write, until all have ended or Ctrl-C.

    Args:
        stops: Ctrl-C stops the containers, as with `up`, which also keeps their errors apart: `logs` does not.

    Attributes:
        ends_with: "any" end of one, or one that "failed", stops all the others; empty for neither.
        code_from: the service whose exit status is the client's then; empty for that of the one.
    """

    def __init__(self, client: Client, project: Project, containers: list[Container], stops: bool) -> None:
        self.client = client
        self.project = project
        self.containers = containers
        self.stops = stops
        self.has_names, self.has_times = True, False
        self.ends_with, self.code_from = "", ""
        self.is_ending = False
        self.width = max((len(short(project, container)) for container in containers), default=0)
        self.voices = [Voice(self, container) for container in containers]
        self.left = len(containers)

    def begin(self) -> None:
        self.client.on_interrupt = self.interrupt
        for voice in self.voices:
            voice.begin()
        if not self.left:
            self.client.exit(0)

    def line(self, container: Container, stream: str, text: str, at: int) -> None:
        text = f"{timestamp(at)} {text}" if self.has_times else text
        name = f"{short(self.project, container).ljust(self.width)}  | " if self.has_names else ""
        self.client.output.append((stream if self.stops else "out", f"{name}{text}\n"))

    def ended(self, voice: Voice, code: int) -> None:
        """One of the programs is over; with the last one the client is."""
        if self.stops:
            self.client.print(f"{short(self.project, voice.container)} exited with code {code}")
        self.left -= 1
        if self.ends_with == "any" or (self.ends_with and code):
            self.ends_with, self.is_ending = "", True
            self.client.complain("Aborting on container exit...")
            found = containers_of(self.client, self.project)
            self.client.scheduler.soon(Stopping(self.client, self.project, None, found, then=partial(
                self._code, code)).go_on)
        elif not self.left and self.client.is_running and not self.is_ending:
            self.client.exit(0)

    def _code(self, code: int) -> int:
        """The client's status, once all have been stopped."""
        return next((one.code for one in containers_of(self.client, self.project, self.code_from)), code
                    ) if self.code_from else code

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
        self.container.console.line_readers += (self.heard,)
        self.follower.client.engine.when_ended(self.container, self.over)

    def heard(self, line: LogLine) -> None:
        self.follower.line(self.container, line.stream, line.text, line.at)

    def end(self) -> None:
        console = self.container.console
        console.line_readers = tuple(one for one in console.line_readers if one != self.heard)

    def over(self, code: int) -> None:
        self.end()
        if self.follower.client.is_running:
            self.follower.ended(self, code)


def short(project: Project, container: Container) -> str:
    return container.name.removeprefix(f"{project.name}-")


def run(client: Client, parsed: Parsed) -> int | None:
    project = project_of(client, parsed, enables=False)
    names = chosen(project, parsed.operands, profiles_of(client, parsed))
    index = parsed.number("index", 0)
    if index and len(parsed.operands) != 1:
        raise DockerError("--index requires one service to be selected")
    containers = [container for container in containers_of(client, project)
                  if service_of(container) in names and index in (0, number_of(container))]
    if index and not containers:
        raise DockerError(f'service "{names[0]}" is not running container #{index}')
    follower = Follower(client, project, containers, stops=False)
    follower.has_names, follower.has_times = not parsed.on("no-log-prefix"), parsed.on("timestamps")
    lines = sorted(((line.at, container.name, line.stream, line.text, container) for container in containers
                    for line in between(client, container, parsed)), key=lambda item: item[:2])
    for at, _name, stream, text, container in _last(lines, parsed.text("tail") or "all"):
        follower.line(container, stream, text, at)
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
    *DRY, Flag("follow", "f", usage="Follow log output"),
    Flag("tail", "n", "string",
         'Number of lines to show from the end of the logs for each container (default "all")', value="string"),
    Flag("timestamps", "t", usage="Show timestamps"),
    Flag("no-log-prefix", usage="Don't print prefix in logs"),
    Flag("no-color", usage="Produce monochrome output", ignored=True),
    Flag("index", "", "int", "index of the container if service has multiple replicas", value="int"),
    Flag("since", "", "string", "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 "
         "minutes)", value="string"),
    Flag("until", "", "string", "Show logs before a timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 "
         "minutes)", value="string")))
