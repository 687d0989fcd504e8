"""The processes of a container, as `docker top` and the host's ps see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.docker.freezer import family

if TYPE_CHECKING:
    from netsandbox.apps.program import Task
    from netsandbox.docker.container import Container
    from netsandbox.docker.engine import DockerEngine

INIT = 1


class Process(NamedTuple):
    """One process, as the host's ps sees it."""

    pid: int
    parent: int
    command: str


def processes(engine: DockerEngine, container: Container) -> list[Process]:
    """Its first one, those of docker exec, and the programs that a shell waits for."""
    found = [Process(container.pid, INIT, container.process)]
    if container.program is not None:
        found += _children(engine, container.program, container.pid)
    for each in container.execs:
        each.pid = each.pid or engine.next_pid()
        found.append(Process(each.pid, INIT, " ".join(each.words)))
        found += _children(engine, each.program, each.pid)
    return found


def _children(engine: DockerEngine, program: Task, parent: int) -> list[Process]:
    """A shell's child may have no number of its own yet; it gets one when somebody asks."""
    found = []
    for task in family(program)[1:]:
        if not task.words:  # a shell's own part
            continue
        process = getattr(task, "process", None)
        pid = process.pid if process is not None and process.pid != INIT else engine.next_pid()
        found.append(Process(pid, parent, " ".join(task.words)))
    return found
