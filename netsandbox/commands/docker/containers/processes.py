"""The processes of a container, as `docker top` and the host's ps see them."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.program import Task
from netsandbox.commands.tools.kernel.process_namespaces import OF_CONTAINERS
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.freezer import family
from netsandbox.docker.signals import SIGNALS

INIT = 1
FROM_OUTSIDE = (SIGNALS["KILL"], SIGNALS["STOP"])
"""What reaches the first process of a PID namespace from above alone (pid_namespaces(7))."""


class Process(NamedTuple):
    """One process, as the host's ps sees it."""

    pid: int
    parent: int
    command: str
    task: Task | None = None


def processes(engine: DockerEngine, container: Container) -> list[Process]:
    """Its first one, those of docker exec, and the programs that a shell waits for."""
    found: list[Process] = []
    if container.child:
        found.append(Process(container.pid, INIT, f"/sbin/docker-init -- {container.process}"))
    first, *children = _process(engine, container.child or container.pid, container.process, container.program)
    found += [first._replace(parent=container.pid if found else INIT, task=None), *children]
    for each in container.execs:
        each.pid = each.pid or engine.next_pid()
        found += _process(engine, each.pid, " ".join(each.words), each.program)
    return found


def owned(container: Container, running: dict[str, int]) -> dict[str, int]:
    """By kind the PID of whom a container has its namespaces from: itself, or another one by its id; not the host."""
    found = dict.fromkeys(OF_CONTAINERS, container.pid)
    for kind, key in (("pid", "PidMode"), ("uts", "UTSMode"), ("ipc", "IpcMode")):
        mode = str(container.host_config.resources.get(key, ""))
        if mode == "host":
            del found[kind]
        elif mode.startswith("container:"):
            found[kind] = running.get(mode.removeprefix("container:"), container.pid)
    return found


def sharing(engine: DockerEngine, container: Container) -> tuple[int, list[Container]]:
    """How far the numbers that a container sees are from the host's, and of which containers it sees the processes."""
    running = [one for one in engine.containers.values() if one.is_running]
    pids = {one.identity: one.pid for one in running}
    first = owned(container, pids).get("pid", 0)
    return (first - 1, [one for one in running if owned(one, pids).get("pid") == first]) if first else (0, running)


def send(engine: DockerEngine, container: Container, pid: int, number: int) -> bool:
    """Send a signal to what a container sees by a number; whether there is such a process. 0 sends none."""
    beyond, seen = sharing(engine, container)
    for other in seen:
        for one in processes(engine, other):
            if one.pid - beyond == pid:
                if one.task is not None and number:
                    engine.scheduler.soon(one.task.signal, number)  # who sends it goes on first
                elif number and (beyond + 1 != one.pid or number not in FROM_OUTSIDE):
                    engine.scheduler.soon(_signal_first, (engine, other, number))
                return True
    return False


def _signal_first(what: tuple[DockerEngine, Container, int]) -> None:
    engine, container, number = what
    engine.signal(container, number)


def _process(engine: DockerEngine, pid: int, command: str, program: Task | None) -> list[Process]:
    """One of those that dockerd has begun, as what it has executed since, and its children."""
    inner = program.becomes if program is not None else None
    if inner is not None:
        return _process(engine, pid, " ".join(inner.words) or command, inner)
    return [Process(pid, INIT, command, program), *(_children(engine, program, pid) if program is not None else [])]


def _children(engine: DockerEngine, program: Task, parent: int) -> list[Process]:
    """A shell's child may have no number of its own yet; it gets one when somebody asks."""
    found = []
    for task in family(program)[1:]:
        if not task.words:  # a shell's own part
            continue
        process = task.process
        pid = process.pid if process is not None and process.pid != INIT else engine.next_pid()
        found.append(Process(pid, parent, " ".join(task.words), task))
    return found
