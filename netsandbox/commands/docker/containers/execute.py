"""docker exec."""

from __future__ import annotations

import re
from functools import partial
from json import dumps

from netsandbox.apps.output import HandedOn
from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Task
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed
from netsandbox.commands.docker.containers.attach import check_terminal
from netsandbox.commands.docker.containers.machine import NONE, Inside, rights_of
from netsandbox.commands.docker.run.env_file import given
from netsandbox.commands.docker.run.rights import tell_of_owners
from netsandbox.commands.prompt.unmodelled import reason
from netsandbox.docker import execs, links
from netsandbox.docker.container import PAUSED, Container
from netsandbox.docker.errors import HINT, DockerError, daemon_error, with_unknown
from netsandbox.docker.launch import SHELLS
from netsandbox.docker.signals import KILLED
from netsandbox.docker.spec import account_of
from netsandbox.linux.core.files.accounts import UnknownAccountError
from netsandbox.linux.netlink.credentials import Rights

KEY = re.compile(r"[ -~]|ctrl-[a-z@\[\\\]^_]", re.ASCII)  # One of --detach-keys


def _inside(client: Client, parsed: Parsed) -> Inside:
    """Where it is to run (DockerError: there is no such container, or it does not run)."""
    if not parsed.operands[0]:
        raise DockerError("invalid container name or ID: value is empty" if client.engine.profile.since(28) else
                          "Error: No such container: ")
    container = client.engine.find(parsed.operands[0])
    namespace = container.namespace
    if namespace is None or not container.is_running:
        raise daemon_error(f"container {container.identity} is not running")
    if container.state == PAUSED:
        raise daemon_error(f"Container {parsed.operands[0]} is paused, unpause the container before exec")
    links.check(client.engine, container)
    _check_keys(parsed.text("detach-keys"))
    return Inside(client.context, container, namespace, _rights(client, container, parsed),
                  _environment(client, parsed), parsed.text("workdir") or container.config.workdir or "/")


def run(client: Client, parsed: Parsed) -> int | None:
    inside = _inside(client, parsed)
    check_terminal(client, parsed)
    container, argv = inside.container, parsed.operands[1:]
    if _is_entered(client, parsed, inside):
        client.enter(container, client.exit, partial(client.exit, 0))
        client.engine.when_ended(container, partial(_kill, client))
        return None
    is_typed = client.stdin.is_terminal
    stdin = Pipe(is_closed=not parsed.on("tty"), is_terminal=parsed.on("tty")) if is_typed or not (
        parsed.on("interactive")) else client.stdin
    identity = execs.announce(client.engine, container, argv)
    _check_directory(client, parsed, inside)
    program = inside.found(argv, inside.call(argv, stdin))
    if program is None:
        raise _no_program(client, parsed, inside)
    note = inside.lent(argv)
    if note:
        client.complain(note)
    execs.begin(client.engine, container, program, argv, identity)
    if parsed.on("detach"):
        program.foreground = False
        client.engine.when_ended(container, partial(_kill, program))
        program.start()
        return 0
    follow(client, container, program, parsed.on("tty"))
    return None


def _is_entered(client: Client, parsed: Parsed, inside: Inside) -> bool:
    """A shell for a person, whose next lines are typed there."""
    name = parsed.operands[1].rpartition("/")[2]
    return name in SHELLS and inside.is_in_image(name) and len(parsed.operands) == 2 and (
        parsed.on("interactive") and client.stdin.is_terminal)


def _check_directory(client: Client, parsed: Parsed, inside: Inside) -> None:
    """Raises DockerError: --workdir is none."""
    if not inside.cwd.startswith("/"):
        raise _refusal(client, parsed, "Cwd must be an absolute path", code=128)
    if not inside.files().is_directory(inside.cwd):
        why = "not a directory" if inside.files().exists(inside.cwd) else "no such file or directory"
        raise _refusal(client, parsed, f'{START}chdir to cwd ("{inside.cwd}") set in config.json failed: {why}')


def _no_program(client: Client, parsed: Parsed, inside: Inside) -> DockerError:
    """Why the container has nothing that the words could run."""
    wanted = parsed.operands[1]
    name, is_path = wanted.rpartition("/")[2], "/" in wanted
    if inside.container.image.really_has(name):
        return DockerError(reason(name) or NONE.format(name), 127)
    if is_path and inside.files().is_directory(wanted):
        return _refusal(client, parsed, f'{START}exec: {dumps(wanted)}: is a directory: permission denied', code=126)
    if is_path and inside.files().is_denied(wanted):
        return _refusal(client, parsed, f'{START}exec: {dumps(wanted)}: permission denied', code=126)
    why = f"stat {wanted}: no such file or directory" if is_path else "executable file not found in $PATH"
    return _refusal(client, parsed, f'{START}exec: {dumps(wanted)}: {why}', reason(name))


def _check_keys(text: str) -> None:
    """Raises DockerError: --detach-keys are no keys."""
    if text and not all(KEY.fullmatch(key) for key in text.split(",")):
        raise daemon_error(f"Invalid escape keys ({text}) provided")


def _rights(client: Client, container: Container, parsed: Parsed) -> Rights:
    """What the program may do: --user, else the container's own, and --privileged (DockerError: there is no such
    user)."""
    rights = rights_of(container)
    if parsed.on("privileged"):
        rights = rights._replace(net_admin=True)
    if not parsed.text("user"):
        return rights
    tell_of_owners(client, parsed)
    try:
        return rights.of(account_of(container, parsed.text("user")))
    except UnknownAccountError as error:
        if client.engine.profile.since(28) or parsed.on("detach"):
            raise daemon_error(str(error)) from None
        raise DockerError(str(error), 126) from None  # a client before 28 is already attached when it hears of it


START = "unable to start container process: "


def _refusal(client: Client, parsed: Parsed, why: str, note: str = "", code: int = 127) -> DockerError:
    """runc does not start it; a client that does not wait hears of it from the daemon."""
    is_old = not client.engine.profile.since(28)
    text = f"OCI runtime exec failed: exec failed: {why}"
    text += HINT * text.endswith(": not a directory")
    text = with_unknown(text) if is_old else text
    if parsed.on("detach"):
        return daemon_error(text)
    return DockerError(text, 126 if is_old else code, note=note)


def _environment(client: Client, parsed: Parsed) -> list[str]:
    """What -e, --env-file and -t add."""
    terminal = ["TERM=xterm"] if parsed.on("tty") else []
    try:
        return [*terminal, *given(client, parsed, parsed.all("env"))]
    except DockerError as error:
        raise DockerError(str(error)) from None  # with 1, where docker run ends with 125


def follow(client: Client, container: Container, program: Task, has_terminal: bool) -> None:
    """Show what a program prints, and end with it; the container's end kills it."""
    program.output = HandedOn(client.output, has_terminal)
    client.on_interrupt = program.interrupt
    client.watched = program
    program.on_exit += (partial(_end_with, client, program),)
    client.engine.when_ended(container, partial(_kill, program))
    program.start()


def _end_with(client: Client, program: Task) -> None:
    client.exit(program.code or 0)


def _kill(program: Task, _code: int) -> None:
    program.exit(KILLED)


EXEC = Command("docker exec", "[OPTIONS] CONTAINER COMMAND [ARG...]", "Execute a command in a running container", run, (
    Flag("detach", "d"),
    Flag("detach-keys", "", "string", ignored=True),
    Flag("env", "e", "list"),
    Flag("env-file", "", "list"),
    Flag("interactive", "i"),
    Flag("privileged"),
    Flag("tty", "t"),
    Flag("user", "u", "string"),
    Flag("workdir", "w", "string")), 2, mixed=False)
