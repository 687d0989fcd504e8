"""systemctl, service, journalctl and dockerd: what looks after the Docker Engine of a host.

The unit runs dockerd without `-H fd://`, so that "hosts" may stand in daemon.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from difflib import get_close_matches

from netsandbox.apps.calendar import civil_date
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.commands.shell import Shell
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.system import MONTHS
from netsandbox.docker import daemon
from netsandbox.docker.daemon_keys import ADDRESSES, BOOL, INT, KEYS, STRINGS
from netsandbox.docker.daemon_settings import PATH, DaemonError, read_settings
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.ports import DOCKERD_PID
from netsandbox.engine.units import EPOCH, SECOND

NAMES = {"docker": "Docker Application Container Engine", "containerd": "containerd container runtime"}
ENDING, BEGINNING = ("stop", "disable", "mask"), ("start", "restart", "reload", "enable")
AS_TYPED = "what `ip` and `ifconfig` set up counts at once"
OTHERS = {**dict.fromkeys(("network", "networking", "NetworkManager", "systemd-networkd"), AS_TYPED),
          "firewalld": "its only rules are iptables'", "iptables": "its rules count at once, and are kept with the lab"}
"""Services of other machines with which tutorials begin, and how it is without them."""
ABOUT_UNITS = frozenset({
    "start", "stop", "restart", "try-restart", "reload", "reload-or-restart", "try-reload-or-restart", "status", "show",
    "is-active", "is-failed", "is-enabled", "enable", "disable", "reenable", "mask", "unmask", "preset", "kill",
    "cat", "edit", "revert", "isolate", "clean", "freeze", "thaw", "set-property", "list-dependencies", "reset-failed",
    "help", "add-wants", "add-requires", "save"})
"""What is asked about a unit; `save` is that of older scripts (service iptables save)."""
ABOUT_ALL = frozenset({
    "list-units", "list-unit-files", "list-timers", "list-sockets", "list-automounts", "list-paths", "list-jobs",
    "list-machines", "get-default", "set-default", "show-environment", "set-environment", "unset-environment",
    "import-environment", "daemon-reexec", "log-level", "log-target", "service-watchdogs", "is-system-running",
    "default", "rescue", "emergency", "halt", "poweroff", "reboot", "kexec", "soft-reboot", "exit", "switch-root",
    "suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate", "link", "cancel", "bind", "mount-image",
    "whoami"})
NO_SYSTEMD = ("System has not been booted with systemd as init system (PID 1). Can't operate.\n"
              "Failed to connect to system scope bus via local transport: Host is down")
MODELLED = "start, stop, restart and status of docker are"
FAILED = ('Job for docker.service failed because the control process exited with error code.\n'
          'See "systemctl status docker.service" and "journalctl -xeu docker.service" for details.')
NOTE = "note: {line} does nothing in the sandbox"
DAEMON_FLAGS = {"-H": "hosts", "-b": "bridge", "-D": "debug", "-l": "log-level", "-s": "storage-driver",
                "-g": "data-root", "-G": "group", "--insecure-registry": "insecure-registries"}
"""dockerd's options that daemon.json calls otherwise; of lists it has the plural."""
USAGE = "Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]"
DAYS = ("Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed")
RECENT = 10  # Lines of the journal that `systemctl status` shows
INACTIVE, NOT_FOUND, NO_UNIT = 3, 5, 4


@looks("(?:status|is-active|is-enabled|list-units)(?: .*)?")
def systemctl(shell: Shell, context: Context) -> Program:
    words = [word for word in context.arguments if not word.startswith("-")]
    return Service(shell, context, words[0] if words else "", words[1] if len(words) > 1 else "")


def service(shell: Shell, context: Context) -> Program:
    """service NAME COMMAND, which here is systemctl's."""
    words = context.arguments
    if len(words) < 2:
        return Told(shell, context, USAGE, 1)
    return Service(shell, context, "restart" if words[1] == "--full-restart" else words[1], words[0])


@looks(r"(?!.*(?:-\w*f|--follow|--vacuum|--rotate)).*")
def journalctl(shell: Shell, context: Context) -> Program:
    """journalctl -u docker: what dockerd has complained about."""
    return Journal(shell, context)


def dockerd(shell: Shell, context: Context) -> Program:
    """dockerd --validate; dockerd itself is a service."""
    if "--validate" in context.arguments:
        return Validation(shell, context)
    said = settings_text(context.arguments)
    asked = f"; `echo '{said}' > {PATH}` and `systemctl restart docker` give it these options" if said else ""
    return Told(shell, context, "netsandbox: `systemctl start docker` runs dockerd; `dockerd --validate` only reads "
                f"{PATH}{asked}", 1)


def settings_text(words: list[str]) -> str:
    """What daemon.json would say for dockerd's options, as far as they can stand there; empty where none can."""
    found, lists, rest = dict[str, object](), dict[str, list[str]](), list(words)
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        name = DAEMON_FLAGS.get(name, name.removeprefix("--"))
        key = KEYS.get(name) or KEYS.get(f"{name}s")
        if key is None:
            continue
        name = name if name in KEYS else f"{name}s"
        if key.kind == BOOL:
            found[name] = value != "false"
            continue
        value = value if equals else rest.pop(0) if rest else ""
        if key.kind in (STRINGS, ADDRESSES):
            found[name] = lists.setdefault(name, [])
            lists[name].append(value)
        else:
            found[name] = int(value) if key.kind == INT and value.isdecimal() else value
    return json.dumps(found) if found else ""


class OfHost(Program):
    """A program about the Engine of the host that it runs on."""

    def __init__(self, shell: Shell, context: Context) -> None:
        super().__init__(context.namespace, 1)
        self.name = context.argv[0]
        self._shell = shell
        self._context = context

    @property
    def engine(self) -> DockerEngine | None:
        """None in a container, and on a machine without Docker."""
        return self._shell.machine.engine_of(self.namespace)

    def when(self, at: int) -> str:
        """A virtual time as systemd writes it."""
        days, rest = divmod((EPOCH + at) // SECOND, 86400)
        year, month, day = civil_date(days)
        return (f"{DAYS[days % 7]} {year}-{month:02d}-{day:02d} {rest // 3600:02d}:{rest // 60 % 60:02d}:"
                f"{rest % 60:02d} UTC")

    def journal(self, engine: DockerEngine, count: int) -> list[str]:
        """The last lines, as syslog writes them."""
        return self.written(engine.journal[len(engine.journal) - min(count, len(engine.journal)):],
                            f"dockerd[{DOCKERD_PID}]")

    def written(self, entries: Iterable[tuple[int, str]], who: str) -> list[str]:
        """What was said at a time, with the date, the host and who it was."""
        lines = []
        for at, text in entries:
            days, rest = divmod((EPOCH + at) // SECOND, 86400)
            _year, month, day = civil_date(days)
            stamp = f"{MONTHS[month - 1][:3]} {day:02d} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
            lines += [f"{stamp} {self.namespace.name} {who}: {line}" for line in text.split("\n")]
        return lines


class Told(OfHost):
    """A refusal."""

    def __init__(self, shell: Shell, context: Context, text: str, status: int) -> None:
        super().__init__(shell, context)
        self._text = text
        self._status = status

    def start(self) -> None:
        self.complain(self._text)
        self.exit(self._status)


class Validation(OfHost):
    """dockerd --validate."""

    def start(self) -> None:
        path, words = PATH, self._context.arguments
        for index, word in enumerate(words):
            name, equals, value = word.partition("=")
            if name == "--config-file":
                path = value if equals else (words[index + 1] if index + 1 < len(words) else "")
        engine, files = self.engine, self._context.files
        if path != PATH and not files.exists(path):
            self.complain(f"unable to configure the Docker daemon with file {path}: open {path}: no such file or "
                          "directory")
            self.exit(1)
            return
        try:
            if engine is not None:
                read_settings(files.read(path) if files.exists(path) else "", engine.profile)
        except DaemonError as error:
            self.complain(str(error).replace(PATH, path))
            self.exit(1)
            return
        self.complain("configuration OK")
        self.exit(0)


JOURNAL = OptionTable("journalctl", 1, "", acts="r|reverse u|unit= n|lines= k|dmesg",
                      usual="x|catalog e|pager-end q|no-pager q|quiet a|all b|boot")
ONLY_COMPLAINTS = "note: of dockerd's journal only what it complains of is kept"


class Journal(OfHost):
    """journalctl."""

    def start(self) -> None:
        try:
            read = JOURNAL.read(self._context.arguments)
        except UsageError as error:
            self._refuse(str(error))
            return
        told = read.values.get("lines", "all")
        if read.operands or (told != "all" and not told.isdecimal()):
            self._refuse(f"unknown words: {' '.join(self._context.arguments)[:60]}")
            return
        count = int(told) if told.isdecimal() else 1 << 30
        engine = self.engine if read.values.get("unit", "docker").removesuffix(".service") == "docker" else None
        lines = self.journal(engine, count) if engine is not None else []
        if "dmesg" in read:
            lines = self.written(self.namespace.netfilter.log or (), "kernel")[-count:]
        self.print("\n".join(lines[::-1 if "reverse" in read else 1]) if lines else "-- No entries --")
        if "dmesg" not in read:
            self.complain(ONLY_COMPLAINTS)
        self.exit(0)

    def _refuse(self, what: str) -> None:
        self.complain(f"netsandbox: {what}; there is `journalctl -u docker [-n N] [-r]`, and `journalctl -k` of the "
                      "kernel")
        self.exit(1)


class Service(OfHost):
    """One request about a unit."""

    def __init__(self, shell: Shell, context: Context, command: str, unit: str) -> None:
        super().__init__(shell, context)
        self._command = command
        self._unit = unit.removesuffix(".service").removesuffix(".socket")

    def start(self) -> None:
        if self._shell.machine.is_container(self.namespace):
            self._end(NO_SYSTEMD, 1)
        elif self._command in ("daemon-reload", ""):
            self._end(NOTE.format(line=f"{self.name} {self._command}") if self._command else "", 0)
        elif self._command not in ABOUT_UNITS and self.name == "systemctl":
            self._no_verb()
        elif self._unit not in NAMES or self.engine is None:
            self._no_unit()
        else:
            self._ask(self.engine)

    def _end(self, text: str, status: int) -> None:
        if text:
            self.complain(text)
        self.exit(status)

    def _no_verb(self) -> None:
        """One that is not about a unit, or none at all (dispatch_verb)."""
        if self._command in ABOUT_ALL:
            self._end(f"netsandbox: `systemctl {self._command}` is not modelled; {MODELLED}", 1)
            return
        near = get_close_matches(self._command, sorted(ABOUT_UNITS | ABOUT_ALL), 1)
        self._end(f"Unknown command verb '{self._command}'" + (f", did you mean '{near[0]}'?" if near else "."), 1)

    def _no_unit(self) -> None:
        unit = f"{self._unit or 'docker'}.service"
        if self._command in ("status", "show"):
            self._end(f"Unit {unit} could not be found.", NO_UNIT)
        elif self._command == "is-active":
            self.print("inactive")
            self.exit(INACTIVE)
        elif self._unit in OTHERS and self._command in (*ENDING, *BEGINNING, "save"):
            self._end(f"note: no service {self._unit} runs in the sandbox: {OTHERS[self._unit]}", 0)
        else:
            self._end(f"Failed to {self._command} {unit}: Unit {unit} not found.", NOT_FOUND)

    def _ask(self, engine: DockerEngine) -> None:
        if self._command in ("status", "is-active", "is-enabled", "is-failed"):
            self._tell(engine)
        elif self._command in ("start", "stop", "restart") and self._unit == "docker":
            if self._command == "start":
                self._start_engine()
            else:
                daemon.stop(engine, self._stopped)
        elif self._command in ("enable", "disable", "start", "restart"):
            self._end(NOTE.format(line=f"{self.name} {self._command} {self._unit}"), 0)
        else:
            self._end(f"netsandbox: `{self.name} {self._command[:40]} {self._unit}` is not modelled; {MODELLED}", 1)

    def _stopped(self) -> None:
        if self._command == "restart":
            self.scheduler.soon(self._start_engine)
        else:
            self.scheduler.soon(self.exit, 0)

    def _start_engine(self, _argument: object = None) -> None:
        engine = self.engine
        assert engine is not None
        try:
            daemon.start(engine, self._started)
        except DaemonError as error:
            self._end(f"netsandbox: {error}" if error.is_ours else FAILED, 1)

    def _started(self) -> None:
        engine = self.engine
        assert engine is not None
        if engine.settings.noted:
            told = ", ".join(engine.settings.noted)
            self.complain(f"note: what {PATH} says of {told} does nothing in the sandbox")
        self.exit(0)

    # -- what it is like

    def _tell(self, engine: DockerEngine) -> None:
        is_up = engine.is_up or self._unit != "docker"
        state = "active" if is_up else "failed" if engine.has_failed else "inactive"
        if self._command == "is-enabled":
            self.print("enabled")
            self.exit(0)
        elif self._command in ("is-active", "is-failed"):
            self.print(state)
            self.exit((0 if is_up else INACTIVE) if self._command == "is-active" else int(state != "failed"))
        else:
            self._tell_all(engine, state)
            self.exit(0 if is_up else INACTIVE)

    def _tell_all(self, engine: DockerEngine, state: str) -> None:
        mark, active = {"active": ("●", "active (running)"), "inactive": ("○", "inactive (dead)"),
                        "failed": ("×", "failed (Result: exit-code)")}[state]
        ago = (self.scheduler.clock - engine.changed_at) // SECOND
        lines = [f"{mark} {self._unit}.service - {NAMES[self._unit]}",
                 f"     Loaded: loaded (/usr/lib/systemd/system/{self._unit}.service; enabled; preset: enabled)",
                 f"     Active: {active} since {self.when(engine.changed_at)}; {ago}s ago"]
        if self._unit == "docker" and engine.journal:
            lines += ["", *self.journal(engine, RECENT)]
        self.print("\n".join(lines))
