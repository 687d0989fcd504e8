"""The timed actions of a kernel lab, each with the result that the rig writes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from netsandbox.apps import arping
from netsandbox.apps.arping import Arping
from netsandbox.apps.ping import options as ping_options
from netsandbox.apps.ping.ping import Ping
from netsandbox.apps.program import Program, UsageError
from netsandbox.commands.tools.bridge.fdb import fdb_json
from netsandbox.commands.tools.ip.neighbour import neighbour_json
from netsandbox.commands.tools.registry import TOOLS
from netsandbox.engine.units import seconds
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.rig import building, snapshot
from netsandbox.rig.format import Action, Finish, KernelLabError, Result
from netsandbox.rig.socket_actions import do_bind, do_send_frame, do_tcp_client, do_tcp_serve, do_udp_send, do_udp_serve

if TYPE_CHECKING:
    from netsandbox.rig.performance import Performance

KILLED = -15  # The status of a program that SIGTERM ended


def _spawn(performance: Performance, begin: Callable[[], None], finish: Finish, tool: str = "") -> Finish:
    """Start a process: it takes the rig a moment until it does anything, and another until its end is noticed."""
    scheduler, pace = performance.scheduler, performance.lab.pace
    scheduler.wake_after(pace.until_begin(tool), lambda _argument: begin())

    def ended(result: Result) -> None:
        scheduler.wake_after(pace.reap, lambda _argument: finish(result))
    return ended


def _run_program(performance: Performance, program: Program, timeout: float, finish: Finish,
                 more: Callable[[Result], None]) -> None:
    def report() -> None:
        killed = f"\nkernel_lab: killed after {timeout} s" if program.code == KILLED else ""
        result: Result = {"rc": program.code, "out": program.out, "err": without_notes(program.err) + killed}
        more(result)
        finish(result)

    def kill(_argument: object) -> None:
        if program.is_running:
            program.exit(KILLED)
    program.on_exit += (report,)
    performance.scheduler.after(seconds(timeout), kill)
    finish = _spawn(performance, program.start, finish)


def without_notes(err: str) -> str:
    """What the real program would have said: that an option changes nothing is the sandbox's own word."""
    return "".join(line for line in err.splitlines(keepends=True) if not line.startswith("note: "))


def do_ping(performance: Performance, action: Action, finish: Finish) -> None:
    argv = ["-n", "-U", "-c", str(action.get("count", 1)), "-e", str(action.get("id", 0x1000 + action["i"])),
            *action.get("args", []), action["to"]]

    def more(result: Result) -> None:
        match = re.search(r"(\d+) packets transmitted, (\d+) received(?:, \+(\d+) errors)?", result["out"])
        if match:
            result["sent"], result["received"], result["errors"] = (int(group or 0) for group in match.groups())
        result["rtt_ms"] = [float(value) for value in re.findall(r"time[=<]([\d.]+) ms", result["out"])]
    try:
        program = Ping(performance.lab.namespace(action["in"]), ping_options.parse(argv), 0)
    except UsageError as error:
        finish({"rc": error.code, "out": "", "err": f"{error}\n", "rtt_ms": []})
        return
    _run_program(performance, program, action.get("timeout", 60), finish, more)


def do_arping(performance: Performance, action: Action, finish: Finish) -> None:
    argv = ["-c", str(action.get("count", 1)), "-I", action["iface"], *action.get("args", []), action["to"]]
    try:
        program = Arping(performance.lab.namespace(action["in"]), arping.parse(argv))
    except UsageError as error:
        finish({"rc": error.code, "out": "", "err": f"{error}\n"})
        return
    _run_program(performance, program, action.get("timeout", 30), finish, lambda _result: None)


ARGUMENTS: dict[str, Callable[[Action], list[str]]] = {
    "ip": lambda action: ["ip", *shlex.split(action["args"])],
    "bridge": lambda action: ["bridge", *shlex.split(action["args"])],
    "iptables": lambda action: ["iptables", *shlex.split(action["args"])],
    "conntrack": lambda action: ["conntrack", *shlex.split(action.get("args", "-L"))],
    "link": lambda action: ["ip", "link", "set", action["iface"], action["state"]],
    "exec": itemgetter("argv"),
}
"""Actions that are a command line of one of the tools."""


def do_tool(performance: Performance, action: Action, finish: Finish) -> None:
    argv = ARGUMENTS[action["do"]](action)
    if argv[0] not in TOOLS:
        raise KernelLabError(f"exec {argv[0]!r} is not simulated")

    def begin() -> None:
        result = performance.lab.tool(action["in"], argv)
        ended({"rc": result.code, "out": result.out, "err": without_notes(result.err)})
    ended = _spawn(performance, begin, finish, argv[0])


def do_sysctl(performance: Performance, action: Action, finish: Finish) -> None:
    building.write_sysctl(performance.lab.namespace(action["in"]), action["key"], action["value"])
    finish({})


def do_wait(performance: Performance, action: Action, finish: Finish) -> None:
    performance.scheduler.wake_after(seconds(action["for"]), lambda _argument: finish({}))


def do_join(performance: Performance, _action: Action, finish: Finish) -> None:
    performance.wait_for(performance.background)
    performance.background.clear()
    finish({})


def do_snapshot(performance: Performance, action: Action, finish: Finish) -> None:
    lab = performance.lab
    lab.snapshots[action["as"]] = snapshot.take(lab)
    lab.scheduler.wake_after(snapshot.time_taken(lab), lambda _argument: finish({}))


def _neighbours(namespace: NetworkNamespace) -> dict[str, str]:
    return {f"{entry['dst']} {entry['dev']}": f"{'/'.join(entry.get('state', []))} {entry.get('lladdr', '-')}"
            for entry in neighbour_json(namespace, statistics=False)}


def _bridges(namespace: NetworkNamespace) -> list[Bridge]:
    return [interface for interface in namespace.interfaces.values() if isinstance(interface, Bridge)]


def _learned(namespace: NetworkNamespace) -> dict[str, str]:
    return {entry["mac"]: entry["ifname"] for bridge in _bridges(namespace) for entry in fdb_json(bridge)
            if "master" in entry and entry.get("state") != "permanent"}


def _port_states(namespace: NetworkNamespace) -> dict[str, str]:
    return {port.interface.name: port.state for bridge in _bridges(namespace) for port in bridge.ports}


WATCHED: dict[str, Callable[[NetworkNamespace], dict[str, str]]] = {
    "neigh": _neighbours, "fdb": _learned, "stp": _port_states}


def do_watch(performance: Performance, action: Action, finish: Finish) -> None:
    """Poll a table and record each change as [t, key, old, new]."""
    lab, every, look = performance.lab, seconds(action.get("every", 0.1)), WATCHED[action["what"]]
    namespace, end = lab.namespace(action["in"]), lab.scheduler.now + seconds(action["for"])
    seen: dict[str, str] = {}
    changes: list[list[Any]] = []

    def poll(_argument: object) -> None:
        nonlocal seen
        if lab.scheduler.now >= end:
            finish({"changes": changes})
            return
        now = look(namespace)
        changes.extend([round(lab.seconds, 3), key, seen.get(key), now.get(key)]
                       for key in sorted(seen.keys() | now.keys()) if seen.get(key) != now.get(key))
        seen = now
        lab.scheduler.wake_after(every, poll)
    poll(None)


HANDLERS: dict[str, Callable[[Performance, Action, Finish], None]] = {
    **dict.fromkeys(ARGUMENTS, do_tool), "ping": do_ping, "arping": do_arping, "sysctl": do_sysctl,
    "send_frame": do_send_frame, "udp_serve": do_udp_serve, "udp_send": do_udp_send, "tcp_serve": do_tcp_serve,
    "tcp_client": do_tcp_client, "bind": do_bind, "watch": do_watch, "snapshot": do_snapshot, "wait": do_wait,
    "join": do_join}
