"""Programs that run in a container beside its first one: docker exec's, and those that check its health."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from netsandbox.apps.program import Task
from netsandbox.docker import history
from netsandbox.docker.container import Container, Exec
from netsandbox.docker.network import random_identity

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine


def announce(engine: DockerEngine, container: Container, argv: list[str]) -> str:
    """A program is to run there, which may yet be found missing; its identity."""
    identity = random_identity(engine.exec_random)
    for action in ("exec_create", "exec_start"):
        history.of_container(engine, container, f"{action}: {argv[0]} {' '.join(argv[1:])}", execID=identity)
    return identity


def begin(engine: DockerEngine, container: Container, program: Task, argv: list[str], identity: str = "") -> None:
    """The container has one program more, as docker top tells (identity: of one that was announced)."""
    entry = Exec(identity or announce(engine, container, argv), program, tuple(argv))
    container.execs += (entry,)
    program.on_exit += (partial(_end, engine, container, entry),)


def _end(engine: DockerEngine, container: Container, entry: Exec) -> None:
    container.execs = tuple(other for other in container.execs if other is not entry)
    history.of_container(engine, container, "exec_die", execID=entry.identity, exitCode=entry.program.code or 0)
