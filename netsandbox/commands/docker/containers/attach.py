"""docker start, attach and logs: what a container's program writes, as it writes it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from netsandbox.apps.output import HandedOn
from netsandbox.apps.pattern import compile_pattern
from netsandbox.commands.docker.client.flags import Command, Flag, Parsed, refused
from netsandbox.commands.docker.printing.instants import instant
from netsandbox.commands.docker.printing.words import named_values, timestamp
from netsandbox.docker import history
from netsandbox.docker.container import Container, LogLine
from netsandbox.docker.errors import DockerError, daemon_error
from netsandbox.docker.launch import SHELLS, program_words
from netsandbox.docker.log_drivers import size_fault
from netsandbox.docker.signals import SIGNALS

if TYPE_CHECKING:
    from netsandbox.commands.docker.client.client import Client


STREAMS = ("stdout", "stderr")
NO_LINE = "a shell in a container needs a line of its own"


def start(client: Client, parsed: Parsed) -> int | None:
    if parsed.on("attach") or parsed.on("interactive"):
        if len(parsed.operands) > 1:
            raise DockerError("you cannot start and attach multiple containers at once")
        try:
            attach(client, client.engine.find(parsed.operands[0]))
        except DockerError as error:
            raise DockerError(str(error), 1, note=error.note) from None
        return None
    failed = []
    for name in parsed.operands:
        try:
            client.engine.start(client.engine.find(name))
            client.print(name)
        except DockerError as error:
            client.complain(str(error))
            failed.append(name)
    if failed:
        client.complain(f"Error: failed to start containers: {', '.join(failed)}")
    return 1 if failed else 0


def check_terminal(client: Client, parsed: Parsed) -> None:
    """Raises DockerError: a terminal is asked for, and what is read comes from a file or a pipe (streams.CheckTty)."""
    wants = parsed.on("tty") and not parsed.on("detach") and (
        "stdin" in parsed.all("attach") if parsed.all("attach") else parsed.on("interactive"))
    if wants and not client.stdin.is_terminal:
        raise DockerError("the input device is not a TTY")


def attach(client: Client, container: Container, streams: Sequence[str] = STREAMS) -> None:
    """Start a container and stay with it until its program ends; then its status is the client's.

    Args:
        streams: those that are shown.

    Raises:
        DockerError: it cannot be started.
    """
    engine, reader = client.engine, partial(_pass_on, client, streams, container.config.tty)
    container.is_attached = True
    container.input = client.stdin if container.config.stdin and not client.stdin.is_terminal else None
    container.console.readers += (reader,)
    history.of_container(engine, container, "attach")
    try:
        engine.start(container)
    except DockerError:
        release(container, reader)
        raise
    client.on_interrupt = partial(interrupt, client, container)
    client.watched = container.program
    _enter_shell(client, container, reader)
    engine.when_ended(container, partial(_let_go, client, container, reader))


def _pass_on(client: Client, streams: Sequence[str], has_terminal: bool, item: tuple[str, str]) -> None:
    if f"std{item[0]}" in streams:
        HandedOn(client.output, has_terminal).append(item)


def _enter_shell(client: Client, container: Container, reader: object) -> None:
    """A person types into what waits for it."""
    if _waits_for_a_person(container):
        client.enter(container, partial(client.engine.end_program, container),
                     partial(_let_go, client, container, reader, 0))


def _waits_for_a_person(container: Container) -> bool:
    words = program_words(container)
    has_script = container.input is not None or any(word in ("-c", "-ec", "-lc") for word in words)
    return container.stays_open and not has_script and bool(words) and words[0].rpartition("/")[2] in SHELLS


def _let_go(client: Client, container: Container, reader: object, code: int) -> None:
    """The client ends; the container goes on, or has ended."""
    release(container, reader)
    client.exit(code)


def attach_again(client: Client, parsed: Parsed) -> None:
    """docker attach: from now on."""
    container = client.engine.find(parsed.operands[0])
    if not container.is_running:
        raise DockerError("You cannot attach to a stopped container, start it first")
    types = not parsed.on("no-stdin") and (client.may_enter or container.config.tty)
    if types and not client.may_enter and _waits_for_a_person(container):
        raise DockerError(NO_LINE, 2)
    history.of_container(client.engine, container, "attach")
    reader = partial(_pass_on, client, STREAMS, container.config.tty)
    container.console.readers += (reader,)
    _stay(client, container, reader)
    client.on_interrupt = partial(interrupt, client, container)
    if types:
        _enter_shell(client, container, reader)


def release(container: Container, reader: object) -> None:
    """Stop showing what the container writes; nobody watching, it goes on in the background."""
    console = container.console
    console.readers = tuple(other for other in console.readers if other is not reader)
    console.line_readers = tuple(other for other in console.line_readers if other is not reader)
    container.is_attached = bool(container.console.readers)
    if container.program is not None:
        container.program.foreground = container.is_attached


def interrupt(client: Client, container: Container) -> None:
    """Ctrl-C goes on to the program; one that does not heed it is left running, and the client lets go."""
    if client.engine.signal(container, SIGNALS["INT"]):
        return
    client.complain(f"^C (the program in {container.name} does not heed SIGINT; `docker stop {container.name}` "
                    "ends it. The client lets go, as with Ctrl-P Ctrl-Q.)")
    container.console.readers = ()
    container.is_attached = False
    client.exit(0)


def logs(client: Client, parsed: Parsed) -> int | None:
    container = client.engine.find(parsed.operands[0])
    kept = container.host_config.resources.get("LogConfig", {})
    wrong = "configured logging driver does not support reading" if kept.get("Type") == "none" else size_fault(kept)
    if wrong:
        raise daemon_error(wrong)
    tail = parsed.text("tail") or "all"
    if tail != "all" and not (tail.lstrip("-").isascii() and tail.lstrip("-").isdecimal()):
        if client.engine.profile.since(29):
            raise daemon_error(f'invalid value for "tail": value must be a number or "all": {tail}')
        tail = "all"  # whatever it says
    show = partial(_show, client, parsed.on("timestamps"), _details(container) if parsed.on("details") else "")
    wanted = between(client, container, parsed)
    if container.console.dropped:
        client.complain(f"note: the log has no more room for its first {container.console.dropped:,} lines")
    count = len(wanted) if tail == "all" or int(tail) < 0 else int(tail)
    for line in wanted[len(wanted) - min(count, len(wanted)):]:
        show(line)
    if not parsed.on("follow") or not container.is_running:
        return 0
    container.console.line_readers += (show,)
    _stay(client, container, show)
    client.waits_for_ever = True
    return None


def _details(container: Container) -> str:
    """What --details puts before each line: the labels and variables that --log-opt names (moby's loginfo.go)."""
    told = container.host_config.resources.get("LogConfig", {}).get("Config", {})
    found = dict[str, str]()
    for kind, values in (("labels", container.labels), ("env", named_values(container.config.environment))):
        names, pattern = str(told.get(kind, "")).split(","), told.get(f"{kind}-regex")
        found |= {name: value for name, value in values.items()
                  if name in names or (pattern and compile_pattern(pattern).matches(name))}
    found |= {name: value for name, value in told.items() if name == "tag"}
    return ",".join(f"{name}={value}" for name, value in sorted(found.items())) + " "


def between(client: Client, container: Container, parsed: Parsed) -> list[LogLine]:
    """The lines of --since and --until (DockerError: that is no time)."""
    now, ends = client.scheduler.clock, list[int]()
    for name, text in (("since", parsed.text("since")), ("until", parsed.text("until"))):
        try:
            ends.append(instant(text, now) if text else -1 if name == "since" else now)
        except DockerError as error:
            raise DockerError(f'invalid value for "{name}": {error}') from None
    return [line for line in container.log if ends[0] <= line.at <= ends[1]]


def _stay(client: Client, container: Container, reader: object) -> None:
    """What it writes is read from now on, until its program ends or Ctrl-C."""
    client.watched = container.program
    client.on_interrupt = partial(_let_go, client, container, reader, 130)
    client.engine.when_ended(container, partial(_stop_following, client, container, reader))


def _show(client: Client, with_time: bool, details: str, line: LogLine) -> None:
    at = f"{timestamp(line.at)} " if with_time else ""
    client.output.append((line.stream, f"{at}{details}{line.text}{line.end}"))


def _stop_following(client: Client, container: Container, reader: object, _code: int) -> None:
    """To follow a container's end is no failure, however it ended."""
    _let_go(client, container, reader, 0)


ATTACH = Command("docker attach", "[OPTIONS] CONTAINER",
                 "Attach local standard input, output, and error streams to a running container", attach_again, (
                     Flag("detach-keys", "", "string", ignored=True),
                     Flag("no-stdin"), Flag("sig-proxy", ignored=True)), 1, 1)
START = Command("docker start", "[OPTIONS] CONTAINER [CONTAINER...]", "Start one or more stopped containers", start, (
    Flag("attach", "a"),
    Flag("interactive", "i"),
    Flag("detach-keys", "", "string", ignored=True),
    *refused("checkpoint", "checkpoint-dir", kind="string")), 1)
LOGS = Command("docker logs", "[OPTIONS] CONTAINER", "Fetch the logs of a container", logs, (
    Flag("follow", "f"),
    Flag("since", "", "string"),
    Flag("tail", "n", "string"),
    Flag("timestamps", "t"),
    Flag("details"),
    Flag("until", "", "string")), 1, 1)
