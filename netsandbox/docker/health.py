"""Health checks: a program that now and then runs in a container, and whose status is its health (daemon/health.go)."""

from __future__ import annotations

from functools import partial
from json import dumps
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps.output import Kept
from netsandbox.apps.program import Task
from netsandbox.docker import execs, history
from netsandbox.docker.container import RUNNING, Container
from netsandbox.docker.signals import KILLED
from netsandbox.engine.units import SECOND

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.engine.timers import Timer

STARTING, HEALTHY, UNHEALTHY = "starting", "healthy", "unhealthy"
INTERVAL, TIMEOUT, START_INTERVAL, RETRIES = 30 * SECOND, 30 * SECOND, 5 * SECOND, 3  # What holds where 0 was given
MOST_RESULTS, MOST_OUTPUT = 5, 4096
FAILED = -1  # The status of a check that took too long or could not begin


class HealthCheck(NamedTuple):
    """What was asked for; times in nanoseconds, 0 for the usual."""

    # CMD-SHELL and a line, CMD and words, or NONE; empty where only times were given, and nothing is checked
    test: tuple[str, ...] = ()
    interval: int = 0
    timeout: int = 0
    start_period: int = 0  # how long failures do not count
    start_interval: int = 0  # between checks as long
    retries: int = 0  # how many failures one after another are too many

    @property
    def argv(self) -> list[str]:
        """The program's words, empty for none."""
        how, rest = self.test[:1], self.test[1:]
        return ["/bin/sh", "-c", " ".join(rest)] if how == ("CMD-SHELL",) else list(rest) if how == ("CMD",) else []


class Result(NamedTuple):
    """What one check came to; times are virtual nanoseconds."""

    began: int
    ended: int
    code: int
    output: str


class Health:
    """How a container does."""

    __slots__ = ("began", "program", "results", "status", "streak", "timer")

    def __init__(self) -> None:
        self.status = STARTING
        self.streak = 0  # failures one after another
        self.results: tuple[Result, ...] = ()  # the last ones
        self.timer: Timer | None = None  # the next check, or the end of the patience with the one that runs
        self.program: Task | None = None
        self.began = 0


def begin(engine: DockerEngine, container: Container) -> None:
    """The container has been started."""
    if container.config.health_check is None or not container.config.health_check.argv:
        return
    container.health = health = container.health or Health()
    health.status, health.streak = STARTING, 0
    go_on(engine, container)


def go_on(engine: DockerEngine, container: Container) -> None:
    """Wait for the next check."""
    health, check = container.health, container.config.health_check
    if health is None or check is None or container.state != RUNNING:
        return
    is_young = engine.scheduler.clock - container.started < check.start_period and health.status == STARTING
    pause = check.start_interval or START_INTERVAL if is_young else check.interval or INTERVAL
    health.timer = engine.scheduler.after(pause, _check, (engine, container))


def cease(engine: DockerEngine, container: Container) -> None:
    """Nobody looks after it any more: it has ended or is paused, and counts as unhealthy."""
    health = container.health
    if health is None or health.timer is None:
        return
    engine.scheduler.cancel(health.timer)
    program, health.program, health.timer, health.status = health.program, None, None, UNHEALTHY
    if program is not None:
        program.exit(KILLED)


def _check(what: tuple[DockerEngine, Container]) -> None:
    engine, container = what
    health, check, namespace = container.health, container.config.health_check, container.namespace
    if health is None or check is None or namespace is None:
        return
    health.began, argv = engine.scheduler.clock, check.argv
    program = engine.run(container, namespace, argv)
    if program is None:
        _take(engine, container, FAILED, "OCI runtime exec failed: exec failed: unable to start container process: "
              f'exec: {dumps(argv[0])}: executable file not found in $PATH: unknown')
        return
    health.program, program.output, program.foreground = program, Kept(), False
    health.timer = engine.scheduler.after(check.timeout or TIMEOUT, _lose_patience, (engine, container))
    execs.begin(engine, container, program, argv)
    program.on_exit += (partial(_ended, engine, container, program),)
    program.start()


def _ended(engine: DockerEngine, container: Container, program: Task) -> None:
    health = container.health
    if health is not None and health.program is program:
        engine.scheduler.cancel(health.timer)
        _take(engine, container, program.code or 0, "".join(text for _stream, text in program.output)[:MOST_OUTPUT])


def _lose_patience(what: tuple[DockerEngine, Container]) -> None:
    engine, container = what
    health, check = container.health, container.config.health_check
    if health is None or check is None or health.program is None:
        return
    program, health.program = health.program, None
    program.exit(KILLED)
    seconds = (check.timeout or TIMEOUT) / SECOND
    _take(engine, container, FAILED, f"Health check exceeded timeout ({seconds:g}s)")


def _take(engine: DockerEngine, container: Container, code: int, output: str) -> None:
    """Note how a check ended, and what the container's state is by it."""
    health, check = container.health, container.config.health_check
    if health is None or check is None:
        return
    before, health.program = health.status, None
    result = Result(health.began, engine.scheduler.clock, code, output)
    health.results = (*health.results, result)[-MOST_RESULTS:]
    is_young = before == STARTING and result.began - container.started < check.start_period
    if code == 0:
        health.status, health.streak = HEALTHY, 0
    elif not is_young:
        health.streak += 1
        health.status = UNHEALTHY if health.streak >= (check.retries or RETRIES) else health.status
    if health.status != before:
        history.of_container(engine, container, f"health_status: {health.status}")
    go_on(engine, container)
