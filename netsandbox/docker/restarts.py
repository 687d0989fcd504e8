"""Restart policies: what ended is started again, each time after twice the pause (daemon/restartmanager)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.container import EXITED, RESTARTING, Container
from netsandbox.docker.errors import DockerError
from netsandbox.docker.signals import SIGNALS, signal_number
from netsandbox.engine.units import MILLISECOND, SECOND

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine

USUAL_STOP = "SIGTERM"  # Of an image that says none
FIRST_PAUSE, LAST_PAUSE = 100 * MILLISECOND, 60 * SECOND


def plan(engine: DockerEngine, container: Container) -> None:
    """Start it again later, if its policy wants that."""
    policy = container.host_config.policy
    wanted = {"always": True, "unless-stopped": not container.was_signalled,
              "on-failure": container.code != 0}.get(policy.name, False)
    is_over = policy.attempts and container.restarts >= policy.attempts
    if not engine.is_up or not wanted or container.was_stopped or is_over:
        return
    pause = min(FIRST_PAUSE << min(container.restarts, 20), LAST_PAUSE)
    container.state = RESTARTING
    container.restart_timer = engine.scheduler.after(pause, _restart, (engine, container))


def note_signal(container: Container, number: int) -> None:
    """`docker kill`: a person wants it to end, whatever the signal does.

    It ends for good unless it has a signal of its own to stop and this is another one (daemon/kill.go).
    """
    own = container.config.stop_signal or container.image.stop_signal
    container.was_signalled = True
    if number == SIGNALS["KILL"] or own == USUAL_STOP or signal_number(own) == number:
        container.was_stopped = True


def begins_with_daemon(container: Container) -> bool:
    """Whether dockerd starts it when it starts itself: also one that a person stopped, if its policy is always."""
    policy = container.host_config.policy
    if not container.has_run or container.removes_itself:
        return False
    return {"always": True, "unless-stopped": not (container.was_stopped or container.was_signalled),
            "on-failure": container.code != 0 and (not policy.attempts or container.restarts < policy.attempts),
            }.get(policy.name, False)


def _restart(what: tuple[DockerEngine, Container]) -> None:
    engine, container = what
    if container.state != RESTARTING or engine.containers.get(container.name) is not container:
        return
    container.restarts += 1
    container.state = EXITED
    try:
        engine.start(container)
    except DockerError as error:
        container.console.append(("err", f"{error}\n"))
