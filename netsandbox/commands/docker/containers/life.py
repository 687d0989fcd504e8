"""docker start, stop, restart, kill, rm, rename and wait: the life of containers that there are already."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.docker import containers, history, links, pausing, restarts
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import DAEMON, NOT_FOUND, DockerError, daemon_error
from netsandbox.docker.signals import SIGNALS, known_signal, signal_number

MAX_NAME = 64
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", re.ASCII)


class Batch:
    """One request for each of several containers; it is over when all are answered."""

    def __init__(self, client: Client, names: list[str], echoes: bool = True) -> None:
        self.client = client
        self.names = names
        self.echoes = echoes
        self.errors: list[DockerError] = []
        self._waiting = len(names)

    def run(self, request: Callable[[Container, Callable[[int], None]], None], force: bool = False) -> int | None:
        """Send the requests; the exit status, or None if some take time."""
        for name in self.names:
            try:
                request(self.client.engine.find(name), partial(self._answered, name))
            except DockerError as error:
                if not (force and error.kind == NOT_FOUND):
                    self.errors.append(error)
                self._waiting -= 1
        return self._status() if not self._waiting and self.client.is_running else None

    def _answered(self, name: str, _code: int) -> None:
        if self.echoes:
            self.client.print(name)
        self._waiting -= 1
        if not self._waiting:
            self.client.exit(self._status())

    def _status(self) -> int:
        for error in self.errors:
            self.client.complain(str(error))
        return 1 if self.errors else 0


def each(client: Client, names: list[str], work: Callable[[Container], None], force: bool = False,
         before: str = "", wrong: DockerError | None = None) -> int:
    """Do something at once with each of several containers, and print its name.

    Args:
        wrong: why nothing can be done with any, whether it is there or not.
        before: what a refusal begins with, the container's name behind it.
    """
    refused = []
    for name in names:
        try:
            if wrong is not None:
                raise wrong
            work(client.engine.find(name))
            client.print(name)
        except DockerError as error:
            if force and error.kind == NOT_FOUND:
                client.complain(str(error))
            elif before:
                refused.append(f"{DAEMON}{before}{name}: {str(error).removeprefix(DAEMON)}")
            else:
                refused.append(str(error))
    for text in refused:
        client.complain(text)
    return 1 if refused else 0


def _timeout(parsed: Parsed) -> int | None:
    for name in ("timeout", "time"):
        if name in parsed.values:
            return parsed.number(name, 0)
    return None


def _tell_of_time(client: Client, parsed: Parsed) -> None:
    if "time" in parsed.values and client.engine.profile.since(28):
        client.complain("Flag --time has been deprecated, use --timeout instead")


def stop(client: Client, parsed: Parsed) -> int | None:
    _tell_of_time(client, parsed)

    def request(container: Container, done: Callable[[int], None]) -> None:
        try:
            signal_number((container.is_running and parsed.text("signal")) or "TERM")
        except DockerError as error:
            raise daemon_error(f"cannot stop container: {container.name}: {str(error).removeprefix(DAEMON)}") from None
        client.engine.stop(container, _timeout(parsed), parsed.text("signal"), done)
    return Batch(client, parsed.operands).run(request)


def restart(client: Client, parsed: Parsed) -> None:
    """One after the other; what is refused is printed at the end."""
    _tell_of_time(client, parsed)
    Restarting(client, list(parsed.operands), _timeout(parsed), parsed.text("signal")).go_on()


class Restarting:
    """`docker restart` under way."""

    def __init__(self, client: Client, names: list[str], timeout: int | None, signal: str) -> None:
        self.client = client
        self.names = names
        self.timeout = timeout
        self.signal = signal
        self.refused: list[str] = []

    def go_on(self, _argument: object = None) -> None:
        if self.names:
            self._stop_one(self.names.pop(0))
            return
        for text in self.refused:
            self.client.complain(text)
        self.client.exit(1 if self.refused else 0)

    def _stop_one(self, name: str) -> None:
        engine = self.client.engine
        try:
            container = engine.find(name)
            self._check_signal(name)
        except DockerError as error:
            self.refused.append(str(error))
            self.client.scheduler.soon(self.go_on)
            return
        removes, container.removes_itself = container.removes_itself, False
        engine.stop(container, self.timeout, self.signal, partial(self._start_again, container, name, removes))

    def _check_signal(self, name: str) -> None:
        """Raises: DockerError: there is no such signal."""
        try:
            signal_number(self.signal or "TERM")
        except DockerError as error:
            raise daemon_error(f"Cannot restart container {name}: {str(error).removeprefix(DAEMON)}") from None

    def _start_again(self, container: Container, name: str, removes: bool, _code: int) -> None:
        container.removes_itself = removes
        try:
            self.client.engine.start(container)
            history.of_container(self.client.engine, container, "restart")
            self.client.print(name)
        except DockerError as error:
            self.refused.append(f"{DAEMON}Cannot restart container {name}: {str(error).removeprefix(DAEMON)}")
        self.client.scheduler.soon(self.go_on)


def kill(client: Client, parsed: Parsed) -> int:
    text = parsed.text("signal") or "KILL"
    try:
        number, wrong = known_signal(text), None
    except DockerError as error:
        number, wrong = 0, error

    def work(container: Container) -> None:
        if not container.is_running:
            raise daemon_error(f"container {container.identity} is not running")
        send(client.engine, container, number)
    return each(client, parsed.operands, work, before="cannot kill container: ", wrong=wrong)


def send(engine: DockerEngine, container: Container, number: int) -> None:
    """A signal that a person sends."""
    history.of_container(engine, container, "kill", signal=number)
    restarts.note_signal(container, number)
    if number == SIGNALS["KILL"]:
        engine.kill(container)
    else:
        engine.signal(container, number)


def remove(client: Client, parsed: Parsed) -> int:
    force = parsed.on("force")
    if parsed.on("link"):
        return _remove_links(client, parsed.operands)
    if "" in parsed.operands:
        raise DockerError(f"{'c' if client.engine.profile.since(28) else 'C'}ontainer name cannot be empty")
    again = [name for at, name in enumerate(parsed.operands) if name in parsed.operands[:at]]
    code = each(client, list(dict.fromkeys(parsed.operands)), lambda container: containers.remove(
        client.engine, container, force, parsed.on("volumes")), force)
    for name in again if not code else ():  # all are asked for at once
        client.complain(f"{DAEMON}removal of container {name} is already in progress")
    return 1 if again else code


def _remove_links(client: Client, names: list[str]) -> int:
    refused = []
    for name in names:
        try:
            links.remove(client.engine, name)
            client.print(name)
        except DockerError as error:
            refused.append(str(error))
    for text in refused:
        client.complain(text)
    return 1 if refused else 0


def pause(client: Client, parsed: Parsed) -> int:
    return each(client, parsed.operands, lambda container: pausing.pause(client.engine, container))


def unpause(client: Client, parsed: Parsed) -> int:
    return each(client, parsed.operands, lambda container: pausing.unpause(client.engine, container))


def rename(client: Client, parsed: Parsed) -> int:
    old, new = parsed.operands
    if not new.strip():
        raise DockerError("Error: Neither old nor new names may be empty")
    try:
        container = client.engine.find(old)
        _rename(client, container, new.strip().removeprefix("/"))
    except DockerError as error:
        raise DockerError(f"{error}\nError: failed to rename container named {old}", error.code) from None
    return 0


def _rename(client: Client, container: Container, name: str) -> None:
    if name == container.name:
        raise daemon_error("Renaming a container with the same name as its current name")
    try:
        check_name(client, name, "/")
        containers.rename(client.engine, container, name)
    except DockerError as error:
        raise daemon_error(f"Error when allocating new name: {str(error).removeprefix(DAEMON)}") from None


def wait(client: Client, parsed: Parsed) -> int | None:
    def request(container: Container, done: Callable[[int], None]) -> None:
        if container.program is not None and (client.watched is None or container.program.is_endless):
            client.watched = container.program
        client.engine.when_ended(container, partial(_tell_code, client, done))
    return Batch(client, parsed.operands, echoes=False).run(request)


def _tell_code(client: Client, done: Callable[[int], None], code: int) -> None:
    client.print(str(code))
    done(code)


def check_name(client: Client, name: str, before: str = "") -> None:
    """Raises DockerError: no container may be called so, or something else in the lab is."""
    if not NAME.fullmatch(name):
        raise daemon_error(f"Invalid container name ({before}{name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
    if len(name) > MAX_NAME:
        raise daemon_error(f"Invalid container name ({name[:MAX_NAME]}...): the sandbox takes up to {MAX_NAME} "
                           "characters")
    if name not in client.engine.containers and client.machine.name_in_use(name):
        raise daemon_error(f"Conflict. The name \"/{name}\" is already in use by another node of this lab, where every "
                           "host, switch and container has a name of its own.")


TIME = (
    Flag("signal", "s", "string"),
    Flag("timeout", "t", "int", since=28),
    Flag("time", "", "int", since=28),
    Flag("time", "t", "int", until=28),
)
MANY = "[OPTIONS] CONTAINER [CONTAINER...]"

STOP = Command("docker stop", MANY, "Stop one or more running containers", stop, TIME, 1)
RESTART = Command("docker restart", MANY, "Restart one or more containers", restart, TIME, 1)
KILL = Command("docker kill", MANY, "Kill one or more running containers", kill, TIME[:1], 1)
REMOVE = Command("docker rm", MANY, "Remove one or more containers", remove, (
    Flag("force", "f"),
    Flag("link", "l"),
    Flag("volumes", "v")), 1)
PAUSE = Command("docker pause", "CONTAINER [CONTAINER...]", "Pause all processes within one or more containers", pause,
                (), 1)
UNPAUSE = Command("docker unpause", "CONTAINER [CONTAINER...]",
                  "Unpause all processes within one or more containers", unpause, (), 1)
RENAME = Command("docker rename", "CONTAINER NEW_NAME", "Rename a container", rename, (), 2, 2)
WAIT = Command("docker wait", "CONTAINER [CONTAINER...]", "Block until one or more containers stop, then print their "
               "exit codes", wait, (), 1)
