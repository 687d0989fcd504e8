"""What a container's main program is: a server, something that waits, or a tool that the shell provides."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from json import dumps
from sys import intern

from netsandbox.apps.nginx.nginx import VERSION_TEXT, NginxErrand, NginxServer
from netsandbox.apps.program import Task
from netsandbox.apps.server import Server, Sleeper, Speaker, sleep_inside
from netsandbox.docker.container import Container
from netsandbox.docker.errors import NOT_CREATED, DockerError, daemon_error
from netsandbox.docker.images import Image
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import SKELETON
from netsandbox.linux.core.namespace import NetworkNamespace

Runner = Callable[["Container", "NetworkNamespace", list[str]], "Task | None"]
"""Makes the program that words name, or None if there is none of that name."""

SHELLS = frozenset({"sh", "bash", "ash", "zsh"})
EXECS = {"nginx": 47}
"""By server: the line of its image's entrypoint that is `exec "$@"`, whatever that is, so that the shell complains."""
FIRST_CHILD = 7  # The PID in the container of what docker-init starts, as nearly always seen
FOR_EVER = frozenset({"top", "pause"})
TAILS = (["-f"], ["-F"], ["--follow"])
SIMPLE = re.compile(r"""(?:[^;&|<>$`()\\\n*?~#'"]|'[^']*'|"[^"$`\\]*")*""")
"""One simple command, with nothing that a shell would expand."""
PORT_OPTIONS = {"redis": ("--port",), "memcached": ("-p", "--port"), "mysql": ("--port",),
                "whoami": ("-port", "--port"), "http-echo": ("-listen", "--listen")}
SCRIPTS = ("docker-entrypoint.sh", "docker-php-entrypoint")  # Entrypoints that end with `exec "$@"`
VARIABLES = {"whoami": {"WHOAMI_PORT_NUMBER": "--port", "WHOAMI_NAME": "--name"}, "http-echo": {"ECHO_TEXT": "-text"}}
"""By server: options that a variable stands for where they are not given."""


def main_program(container: Container, namespace: NetworkNamespace, run: Runner, files_of: Callable[[], Files]) -> Task:
    """The program that a container's words name, not started yet; a server reads the container's files.

    Args:
        files_of: makes these, which one that only waits never looks at.

    Raises:
        DockerError: there is no such program in the image.
    """
    argv = program_words(container)
    name = intern(argv[0].rpartition("/")[2]) if argv else ""
    image = container.image
    if is_server(container, name):
        return server(container, namespace, argv, files_of(), container.pid)
    if image.says and argv == list(image.cmd):
        return Speaker(namespace, name, [("out", line) for line in image.says], container.pid)
    waits = _waiting(container, namespace, name, argv)
    if waits is not None:
        return waits
    by_shell = container.image.server in EXECS and container.argv[:1] != argv[:1]
    if argv and argv[0].rstrip("/") in SKELETON and not by_shell and not container.host_config.init:
        raise daemon_error(f'{NOT_CREATED}: exec: {dumps(argv[0])}: is a directory: permission denied', 126)
    made = run(container, namespace, argv) if argv else None
    if made is None and by_shell:
        return _refused_by_shell(container, namespace, argv[0], files_of)
    if made is None and argv and container.host_config.init:
        return _not_executed(container, namespace, argv[0], files_of())
    if made is None:
        raise _no_program(argv[0] if argv else "", files_of)
    return made


def _refused_by_shell(container: Container, namespace: NetworkNamespace, name: str,
                      files_of: Callable[[], Files]) -> Task:
    """What an image's entrypoint, a script that ends with exec, says of it."""
    why, code = ("Permission denied", 126) if "/" in name and files_of().exists(name) else ("not found", 127)
    line = f"/docker-entrypoint.sh: {EXECS[container.image.server]}: exec: {name}: {why}"
    return Speaker(namespace, name, [("err", line)], container.pid, code)


def _not_executed(container: Container, namespace: NetworkNamespace, name: str, files: Files) -> Task:
    """What docker-init, which is tini and does start, says of it: a path may be one from the working directory."""
    is_denied = "/" in name and files.is_denied(name)
    why, code = ("Permission denied", 126) if is_denied else ("No such file or directory", 127)
    line = f"[FATAL tini ({FIRST_CHILD})] exec {name} failed: {why}"
    return Speaker(namespace, name, [("err", line)], container.pid, code)


def _no_program(name: str, files_of: Callable[[], Files]) -> DockerError:
    """What runc says of it."""
    if "/" in name and files_of().is_denied(name):
        return daemon_error(f'{NOT_CREATED}: exec: {dumps(name)}: permission denied', 126)
    why = f"stat {name}: no such file or directory" if "/" in name else "executable file not found in $PATH"
    return daemon_error(f'{NOT_CREATED}: exec: {dumps(name)}: {why}', 127)


def program_words(container: Container) -> list[str]:
    """The official images' entrypoint scripts end in `exec "$@"`, with the server's name put before an option."""
    argv = container.argv
    if argv and argv[0].rpartition("/")[2] in SCRIPTS and container.config.entrypoint is None:
        argv = argv[1:]
        if argv and argv[0].startswith("-") and container.image.server not in EXECS:
            argv = [container.image.process, *argv]
    if len(argv) == 3 and argv[0].rpartition("/")[2] in SHELLS and argv[1] == "-c" and SIMPLE.fullmatch(argv[2]):
        words = shlex.split(argv[2])
        words = words[1:] if words[:1] == ["exec"] else words
        argv = words if words and is_server(container, words[0]) else argv  # a shell's last command takes its place
    return argv


def is_server(container: Container, name: str) -> bool:
    """Whether a word names the server of the container's image."""
    process = container.image.process.rpartition("/")[2]
    return bool(process) and name.rpartition("/")[2] == process


def server(container: Container, namespace: NetworkNamespace, argv: list[str], files: Files, pid: int) -> Task:
    """The server of the image, not started yet, or what it is asked and ends."""
    image = container.image
    greeting = image.greeting if container.config.entrypoint is None else ()
    if image.server == "nginx":
        return nginx_errand(namespace, argv, files) or NginxServer(namespace, image.process, image.backlog, pid,
                                                                  greeting, image.ready, files)
    given = dict(text.partition("=")[::2] for text in container.config.environment)
    words = (*argv, *(f"{option}={given[name]}" for name, option in VARIABLES.get(image.server, {}).items()
                      if name in given))
    made = Server(namespace, image.process, image.server, _wanted_ports(image, words), image.backlog,
                  image.dual_stack, pid, greeting, image.ready, files)
    made.words = words
    return made


def nginx_errand(namespace: NetworkNamespace, argv: list[str], files: Files) -> Task | None:
    """nginx -v and -t say something and end; nginx without `daemon off;` leaves a child and ends, which ends all."""
    if "-v" in argv or "-V" in argv:
        return Speaker(namespace, "nginx", [("err", VERSION_TEXT)], 1)
    if "-T" in argv:
        return Speaker(namespace, "nginx", [("err", "nginx: netsandbox: -T is not modelled; -t is, and cat")], 1, 1)
    if "-t" in argv:
        return NginxErrand(namespace, files, None)
    directives = [argv[i + 1] for i, word in enumerate(argv[:-1]) if word == "-g"]
    return None if any("daemon off" in text for text in directives) else Speaker(namespace, "nginx", [], 1)


def _wanted_ports(image: Image, argv: Sequence[str]) -> tuple[int, ...]:
    names = PORT_OPTIONS.get(image.server, ())
    for index, word in enumerate(argv):
        name, _equals, value = word.partition("=")
        if name in names:
            value = (value or (argv[index + 1] if index + 1 < len(argv) else "")).rpartition(":")[2]
            if value.isascii() and value.isdecimal() and 0 < int(value) < 65536:
                return (int(value), *image.ports[1:])
    return image.ports


def _waiting(container: Container, namespace: NetworkNamespace, name: str, argv: list[str]) -> Task | None:
    """A program that only takes time, or a shell without a script."""
    pid = container.pid
    if name == "sleep":
        return sleep_inside(namespace, argv, pid, container.image.has_busybox)
    if name in FOR_EVER or (name == "tail" and argv[1:2] in TAILS):
        return Sleeper(namespace, name, None, pid)
    if (name in SHELLS or name == "cat") and len(argv) == 1 and container.input is None:
        return Sleeper(namespace, name, None if container.stays_open else 0, pid)
    return None
