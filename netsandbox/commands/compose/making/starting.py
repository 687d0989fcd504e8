"""How `docker compose up` starts services: each once what it needs is as it is to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netsandbox.commands.compose.file.model import COMPLETED, IS_HEALTHY, STARTED, Project, Service
from netsandbox.commands.compose.progress import say
from netsandbox.commands.compose.project import containers_of
from netsandbox.commands.docker.client.client import Client
from netsandbox.docker.container import Container
from netsandbox.docker.errors import DockerError
from netsandbox.docker.health import HEALTHY, UNHEALTHY
from netsandbox.engine.units import MILLISECOND

EITHER = "running_or_healthy"  # What `up --wait` waits for; a program that has ended well is enough for it too
WORDS = {IS_HEALTHY: "Healthy", COMPLETED: "Exited", EITHER: "Healthy"}
LOOKS = 500 * MILLISECOND  # Between two looks at what is waited for
Wanted = tuple["Container", str, str]  # A container, its service, and how it is to be


def start_all(client: Client, stopped: list[Container], *, is_told: bool = True) -> None:
    """As Compose tells of it; nothing for those that run."""
    stopped = [container for container in stopped if not container.is_running]
    for container in stopped if is_told else ():
        say(client, "Container", container.name, "Starting")
    for container in stopped:
        start_one(client, container, is_told=is_told)


def start_one(client: Client, container: Container, *, is_told: bool = True) -> None:
    """Raises DockerError: it cannot be started, whose exit status is Compose's own."""
    try:
        client.engine.start(container)
    except DockerError as error:
        raise DockerError(str(error), 1, note=error.note) from None
    if is_told:
        say(client, "Container", container.name, "Started")


class Starting:
    """Services that are started, those that do not need each other at once.

    Args:
        services: (service, its containers).
        waits: at the end for all of them.
        is_told: whether it is told.
        then: what comes when all have been started; its status is the command's.
    """

    def __init__(self, client: Client, project: Project, services: list[tuple[Service, list[Container]]], *,
                 waits: bool, is_told: bool = True, then: Callable[[], int | None]) -> None:
        self.client = client
        self.project = project
        by_name = {service.name: (service, made) for service, made in services}
        self.layers = [[by_name[name] for name in layer] for layer in project.layers(by_name)]
        self.waits = waits
        self.is_told = self.tells_waits = is_told
        self.then = then
        self.patience = 0  # nanoseconds that it waits at the end, or 0 for as long as it takes
        self.until: int | None = None
        self.wanted: list[Wanted] = []
        self.everything = [container for _service, made in services for container in made]
        self.ready: list[Container] = []

    def begin(self) -> int | None:
        """Go on as far as nothing is to be waited for; the command's status, or None."""
        while True:
            if self.wanted:
                self.client.scheduler.after(LOOKS, self._look, None, foreground=True)
                return None
            start_all(self.client, self.ready, is_told=self.is_told)
            if not self.layers:
                break
            layer = self.layers.pop(0)
            self.ready = [container for _service, made in layer for container in made]
            self._want(list(dict.fromkeys(wanted for service, _made in layer for wanted in self._needed(service))))
        if not self.waits:
            return self.then()
        self.waits, self.ready = False, []
        self.until = self.client.scheduler.clock + self.patience if self.patience else None
        self._want([(one, one.name, EITHER) for one in self.everything])
        return self.begin()

    def _look(self, _argument: object) -> None:
        code = self.client.guarded(self._looked)
        if code is not None:
            self.client.exit(code)

    def _looked(self) -> int | None:
        self._look_at_all()
        if self.until is not None and self.client.scheduler.clock >= self.until:
            return self.then()
        return self.begin()

    def _want(self, wanted: list[Wanted]) -> None:
        for container, _service, _how in wanted if self.tells_waits else ():
            say(self.client, "Container", container.name, "Waiting")
        self.wanted = wanted

    def _needed(self, service: Service) -> Iterator[Wanted]:
        for name, how in service.conditions.items():
            for container in containers_of(self.client, self.project, name) if how != STARTED else ():
                yield container, name, how

    def _look_at_all(self) -> None:
        """See what is not yet as it is to be (DockerError: it will never be)."""
        left = []
        for container, service, how in self.wanted:
            word = self._word(container, service, how)
            if word and self.tells_waits:
                say(self.client, "Container", container.name, word)
            if not word:
                left.append((container, service, how))
        self.wanted = left

    def _word(self, container: Container, service: str, how: str) -> str:
        """How a container has come to be what it is to be; empty while it has not."""
        status = container.health.status if container.health is not None else ""
        if how == COMPLETED or (how == EITHER and container.has_ended and not container.is_running):
            if container.is_running or not container.has_ended:
                return ""
            if container.code and how == EITHER:
                raise DockerError(f"container {container.name} exited ({container.code})")
            if container.code:
                why = f'service "{service}" didn\'t complete successfully: exit {container.code}'
                self._fail(container, why, why)
            return WORDS[COMPLETED]
        if not container.is_running:
            self._fail(container, "Error", f"dependency failed to start: container {container.name} exited "
                       f"({container.code})")
        if status == UNHEALTHY and how == EITHER:
            raise DockerError(f"container {container.name} is unhealthy")
        if status == UNHEALTHY or (how == IS_HEALTHY and not status):
            why = "is unhealthy" if status else "has no healthcheck configured"
            self._fail(container, "Error", f"dependency failed to start: container {container.name} {why}")
        return WORDS[how] if status in ("", HEALTHY) else ""

    def _fail(self, container: Container, word: str, why: str) -> None:
        if self.tells_waits:
            say(self.client, "Container", container.name, word)
        raise DockerError(why, 1)
