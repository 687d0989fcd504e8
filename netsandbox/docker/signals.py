"""Signals, and which of them a container's first process heeds.

The kernel does not give the first process of a PID namespace a signal that it has no handler for, except SIGKILL:
`sleep` and shells are stopped only by the kill that follows after ten seconds (pid_namespaces(7)).
"""

from __future__ import annotations

from netsandbox.apps.server import Server, Sleeper
from netsandbox.docker.container import Container
from netsandbox.docker.errors import daemon_error

SIGNALS = {"HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "BUS": 7, "FPE": 8, "KILL": 9, "USR1": 10,
           "SEGV": 11, "USR2": 12, "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CONT": 18,
           "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23, "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27,
           "WINCH": 28, "IO": 29, "PWR": 30, "SYS": 31}
LAST_SIGNAL = 64
KILLED = 128 + SIGNALS["KILL"]
UNKNOWN = 128  # Exit status of a container that could not be started
IGNORED = frozenset({SIGNALS["CHLD"], SIGNALS["CONT"], SIGNALS["URG"], SIGNALS["WINCH"]})
"""Without a handler nothing happens."""

SERVER_ENDS: dict[str, tuple[str, ...]] = {"nginx": ("TERM", "INT", "QUIT"), "httpd": ("TERM", "INT", "WINCH")}
"""What ends a server in good order; others heed TERM, INT and QUIT."""


def signal_number(text: str) -> int:
    """SIGTERM, TERM or 15 (DockerError: no such signal)."""
    name = text.upper().removeprefix("SIG")
    if name in SIGNALS:
        return SIGNALS[name]
    if text.isascii() and text.isdecimal() and 0 < int(text) <= LAST_SIGNAL:
        return int(text)
    raise daemon_error(f"invalid signal: {text}")


def known_signal(text: str) -> int:
    """The signal that docker kill is to send (DockerError: there is none of that name, or the kernel has none of that
    number)."""
    if text.isascii() and text.isdecimal() and int(text) > LAST_SIGNAL:
        raise daemon_error(f"the linux daemon does not support signal {text}")
    return signal_number(text)


def signal_name(number: int) -> str:
    """TERM for 15; a number without a name stays one."""
    return next((name for name, known in SIGNALS.items() if known == number), str(number))


def status_after(container: Container, number: int) -> int | None:
    """The exit status that a signal ends the program with, or None if it goes on."""
    program = container.program
    if number == SIGNALS["KILL"]:
        return KILLED
    if isinstance(program, Server):
        ends = SERVER_ENDS.get(program.kind, ("TERM", "INT", "QUIT"))
        return 0 if number in {SIGNALS[name] for name in ends} else None
    if isinstance(program, Sleeper) and program.name == "pause":
        return 0 if number in (SIGNALS["TERM"], SIGNALS["INT"]) else None
    if container.host_config.init and number not in IGNORED:
        return 128 + number
    return None
