"""One script of command lines, run on the real kernel and on the simulated one.

A script names its namespaces in the first line (`@ h c1`); each further line
is `NAMESPACE$ command …`, `wait SECONDS` or a comment.  The command
`hold tcp|udp ADDRESS PORT [PEER PORT]` keeps a socket of a program `python3`.  The real run makes
namespaces of its own, with a prefix that is taken out of what is printed, and
deletes them at the end.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, NamedTuple

from netsandbox.apps.pipe import Pipe
from netsandbox.apps.program import Context
from netsandbox.commands.programs import PROGRAMS
from netsandbox.commands.tools.context import Tenant, ToolContext
from netsandbox.commands.tools.registry import run_tool
from netsandbox.engine.chance import Chance
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.trace import Trace
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileSystem
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process, Socket
from netsandbox.linux.events import FrameReceived
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.stack import create_namespace
from netsandbox.wire.addresses import Network, parse_ipv4

HERE = Path(__file__).parent
SCRIPTS = HERE / "scripts"
GOLDEN = HERE / "golden"
SETTINGS = ["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1",
            "net.ipv4.conf.all.promote_secondaries=0", "net.ipv4.conf.default.promote_secondaries=0",
            "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0"]
"""What a distribution may have changed, and a namespace inherits."""


HOLD = """
import socket, sys
kind, address, port, *peer = sys.argv[1:]
held = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
held.bind((address, int(port)))
if kind == "tcp":
    held.listen(5)
elif peer:
    held.connect((peer[0], int(peer[1])))
print("ready", flush=True)
sys.stdin.read()
"""


UNORDERED = (["ip", "netns"], ["cat", "/proc/net/arp"])
"""Command lines whose rows come in the order of a hash table or a directory."""


class Line(NamedTuple):
    """One command line: where, and its words; or a wait, when the words are empty."""

    namespace: str
    argv: list[str]
    wait: float


class Outcome(NamedTuple):
    """What a command line did."""

    code: int
    out: str
    err: str


def script_names() -> list[str]:
    return sorted(path.stem for path in SCRIPTS.glob("*.txt"))


def read_script(name: str) -> tuple[list[str], list[Line]]:
    """(namespaces, lines) of a script."""
    namespaces: list[str] = []
    lines = []
    for text in (SCRIPTS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if text.startswith("@"):
            namespaces = text[1:].split()
        elif text.startswith("wait "):
            lines.append(Line("", [], float(text[5:])))
        elif text.strip() and not text.startswith("#"):
            where, _, command = text.partition("$ ")
            lines.append(Line(where, shlex.split(command), 0.0))
    return namespaces, lines


def golden(name: str) -> list[dict[str, Any]]:
    """What the real tools did with a script: a list of {in, argv, code, out, err}."""
    rows: list[dict[str, Any]] = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    return rows


# -- the real one

def plain_environment() -> dict[str, str]:
    """Without what changes a tool's layout: a language, and the width that ss fills."""
    return {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"LC_ALL": "C"}


def can_run_for_real() -> str:
    """Empty if it can, else why not."""
    if os.name != "posix" or os.geteuid() != 0:
        return "needs root to make network namespaces"
    missing = [tool for tool in ("ip", "bridge", "sysctl") if shutil.which(tool) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    probe = subprocess.run(["ip", "netns", "add", f"nst{os.getpid()}-probe"], capture_output=True, check=False)
    if probe.returncode != 0:
        return "cannot make a network namespace here"
    subprocess.run(["ip", "netns", "del", f"nst{os.getpid()}-probe"], check=True)
    return ""


def versions() -> dict[str, str]:
    """What the captures depend on: the kernel's series and iproute2."""
    shown = subprocess.run(["ip", "-V"], capture_output=True, text=True, check=True).stdout
    return {"kernel": ".".join(os.uname().release.split(".")[:2]), "ip": shown.split(",")[1].strip()}


class RealTwin:
    """The machine that the test runs on; use as a context manager."""

    def __init__(self, namespaces: list[str]) -> None:
        self.prefix = f"nst{os.getpid()}-"
        self.namespaces = namespaces
        self.holders: list[subprocess.Popen[str]] = []

    def __enter__(self) -> RealTwin:
        for name in self.namespaces:
            subprocess.run(["ip", "netns", "add", self.prefix + name], check=True)
            subprocess.run(["ip", "netns", "exec", self.prefix + name, *SETTINGS], check=True)
        return self

    def __exit__(self, *_exc: object) -> None:
        for holder in self.holders:
            holder.communicate("")
        for entry in sorted(Path("/var/run/netns").glob(f"{self.prefix}*")):
            subprocess.run(["ip", "netns", "del", entry.name], check=False)

    def run(self, line: Line) -> Outcome:
        if line.wait:
            time.sleep(line.wait)
            return Outcome(0, "", "")
        if line.argv[0] == "hold":
            self._hold(line)
            return Outcome(0, "", "")
        argv = [re.sub(r"^%", self.prefix, word) for word in line.argv]
        done = subprocess.run(["ip", "netns", "exec", self.prefix + line.namespace, *argv], capture_output=True,
                              text=True, check=False, timeout=30, env=plain_environment())
        out = done.stdout.replace(self.prefix, "%")
        if argv == ["ip", "netns"]:  # other people's namespaces are there as well
            out = "".join(name for name in out.splitlines(keepends=True) if name.startswith("%"))
        return Outcome(done.returncode, out, done.stderr.replace(self.prefix, "%"))


    def _context(self, namespace: NetworkNamespace, argv: list[str]) -> Context:
        files = Files(FileSystem(self.scheduler), {})
        return Context(namespace, argv, files, lambda: 1, {}, {}, Pipe(is_closed=True), {})

    def _hold(self, line: Line) -> None:
        holder = subprocess.Popen(["ip", "netns", "exec", self.prefix + line.namespace, "python3", "-c", HOLD,
                                   *line.argv[1:]], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        self.holders.append(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"


# -- the simulated one

class SimulatedTwin:
    """A machine of simulated namespaces (commands.tools.context.Machine)."""

    def __init__(self, namespaces: list[str]) -> None:
        self.trace = Trace()
        self.scheduler = Scheduler(self.trace, FrameReceived)
        self.chance = Chance(1)
        self.named: dict[str, NetworkNamespace] = {}
        self.pid = 100
        self._macs = self.chance.stream("mac")
        for name in namespaces:
            self.add_namespace("%" + name)

    def namespace_named(self, name: str) -> NetworkNamespace | None:
        return self.named.get(name)

    def pid_seen(self, _namespace: NetworkNamespace, _files: Files, pid: int) -> int:
        return pid

    def namespace_owners(self, _namespace: NetworkNamespace, _files: Files, _pid: int | None) -> dict[str, int]:
        return {}

    def namespace_of_pid(self, _pid: int) -> NetworkNamespace | None:
        return None

    def processes_inside(self, namespace: NetworkNamespace, files: Files) -> list[tuple[int, int, str]]:
        return []

    def processes(self, namespace: NetworkNamespace) -> list[tuple[int, str, int]]:
        return [(1, "/sbin/init", namespace.inode)]

    def tenants(self, namespace: NetworkNamespace) -> list[Tenant]:
        return [Tenant(namespace, 1, 1, "/sbin/init", "")]

    def add_namespace(self, name: str) -> NetworkNamespace:
        self.named[name] = create_namespace(name, self.scheduler, self.chance, lo_up=False)
        self.named[name].inode += len(self.named)
        return self.named[name]

    def remove_namespace(self, name: str) -> None:
        namespace = self.named.pop(name)
        for interface in list(namespace.interfaces.values()):
            if not interface.is_loopback and interface.name in namespace.interfaces:
                link.delete(interface)

    def namespace_names(self) -> list[str]:
        return list(reversed(self.named))

    def new_mac(self) -> int:
        return self._macs.bits(48) & 0xFCFFFFFFFFFF | 0x020000000000

    def hostname(self, namespace: NetworkNamespace, _seen: Files | None) -> str:
        return namespace.uts_name or namespace.name

    def set_hostname(self, namespace: NetworkNamespace, name: str, _seen: Files | None) -> None:
        namespace.uts_name = name

    def make_room(self, _namespace: NetworkNamespace, _name: str, _network: Network | None,
                  _gateway: int | None = None) -> str:
        return ""

    def advance(self, seconds: float) -> None:
        """Let everything happen that is due."""
        scheduler = self.scheduler
        end = scheduler.now + int(seconds * SECOND)
        scheduler.after(end - scheduler.now, lambda _nothing: None, foreground=True)
        while scheduler.now < end and scheduler.step():
            pass
        while not scheduler.is_idle:
            scheduler.step()

    def run(self, line: Line) -> Outcome:
        self.advance(line.wait or 0.001)
        if not line.argv:
            return Outcome(0, "", "")
        if line.argv[0] == "hold":
            self._hold(line)
            return Outcome(0, "", "")
        namespace = self.named["%" + line.namespace]
        if line.argv[0] in PROGRAMS:
            program = PROGRAMS[line.argv[0]](self._context(namespace, line.argv))
            program.start()
            self.scheduler.run_while(lambda: program.is_running)
            return Outcome(program.code or 0, program.out, program.err)
        result = run_tool(ToolContext(namespace, self), line.argv)
        self.advance(0.001)
        return Outcome(*result)

    def _context(self, namespace: NetworkNamespace, argv: list[str]) -> Context:
        files = Files(FileSystem(self.scheduler), {})
        return Context(namespace, argv, files, lambda: 1, {}, {}, Pipe(is_closed=True), {})

    def _hold(self, line: Line) -> None:
        kind, address, port, *peer = line.argv[1:]
        self.pid += 1
        process, namespace = Process("python3", self.pid), self.named["%" + line.namespace]
        if kind == "tcp":
            server = Socket(namespace, process)
            server.bind(parse_ipv4(address), int(port))
            server.listen(5)
            return
        client = UdpSocket(namespace, process)
        client.bind(parse_ipv4(address), int(port))
        if peer:
            client.connect(parse_ipv4(peer[0]), int(peer[1]))


def normal(line: Line, outcome: Outcome) -> Outcome:
    """Without ages, dates, process numbers, timers that no simulated bridge has, and usage texts, which are our own.

    Nor with what `ip` complains of when somebody else on the machine deletes a namespace while it looks for a peer's.
    """
    def clean(text: str) -> str:
        text = text.replace("Error: Peer netns reference is invalid.\n", "")
        text = re.sub(r"Process *", "Process", text)
        text = re.sub(r"(?m)time \d+ms$|^rtt .*$|(?<= on ).*:.*$", "N", text)
        text = re.sub(r"expires \d+sec", "expires Nsec", text)
        text = re.sub(r"(forward_delay_timer|gc_timer)( +|\":)[0-9.]+", r"\1 N", text)
        text = re.sub(r"pid=\d+,fd=\d+\)\) *", "pid=N,fd=N))", text)
        text = re.sub(r"\d+/python3 *", "N/python3", text)
        return re.sub(r"(?s)Usage:\s.*", "Usage: …", text)

    out = clean(outcome.out)
    if line.argv[0] in ("arp", "ss", "netstat") or line.argv in UNORDERED:
        out = "\n".join(sorted(out.splitlines()))
    return Outcome(outcome.code, out, clean(outcome.err))
