"""The timed actions of a kernel lab, each with the result that the rig writes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from typing import Any

from netsandbox.apps import arping, ping_options
from netsandbox.apps.arping import Arping
from netsandbox.apps.ping import Ping
from netsandbox.apps.program import Program, UsageError
from netsandbox.commands.tools.bridge_fdb import fdb_json
from netsandbox.commands.tools.ip_neighbour import neighbour_json
from netsandbox.commands.tools.registry import TOOLS
from netsandbox.engine.units import MILLISECOND, seconds
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.interface import HARD_HEADER, VLAN_HEADER
from netsandbox.linux.core.socket import Process, Socket, SocketError
from netsandbox.linux.ipv4.udp import PMTU_MODES, UdpSocket
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.rig import building, snapshot, tcp
from netsandbox.rig.building import RMEM_MAX
from netsandbox.rig.format import FORMAT, KernelLabError
from netsandbox.rig.lab import KernelLab
from netsandbox.rig.udp import UdpSender
from netsandbox.wire.addresses import format_ipv4, parse_ipv4
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import Frame

Action = dict[str, Any]
Result = dict[str, Any]
Finish = Callable[[Result], None]
CLOSE_TAP = 10 * MILLISECOND
"""How long the kernel takes to close a packet socket: it waits until no processor can still be using it."""
PROCESS = Process("python3", 1)
BACKLOG = 16
"""Of a server that does not say."""
KILLED = -15
"""The status of a program that SIGTERM ended."""


def simulate(spec: dict[str, Any], seed: int = 0) -> Result:
    """Run a lab and return what the rig would have written.

    Raises:
        KernelLabError: the lab is wrong or names what is not simulated.
    """
    return Performance(KernelLab(spec, seed)).perform()


class Performance:
    """The one thread that does a lab's actions, and the background ones it started."""

    def __init__(self, lab: KernelLab) -> None:
        self.lab = lab
        self.scheduler = lab.scheduler
        self.background: list[Result] = []
        self.sockets: list[Socket] = []

    def perform(self) -> Result:
        lab, spec = self.lab, self.lab.spec
        lab.snapshots["start"] = snapshot.take(lab)
        outcomes: list[Result] = []
        for index, action in enumerate(spec.get("actions", [])):
            outcome = {"i": index, **action}
            outcomes.append(outcome)
            if "at" in action:
                lab.run_until(max(self.scheduler.now, lab.start + seconds(action["at"])))
            self._act(outcome)
            if action.get("bg"):
                self.background.append(outcome)
                self._drain_queue()
            else:
                self.wait_for([outcome])
        self.wait_for(self.background)
        lab.run_until(self.scheduler.clock + seconds(spec.get("linger", 0.3)))
        lab.snapshots["end"] = snapshot.take(lab)
        labels = [f"{node}:{name}" for node in lab.owners() for name in ("lo", *lab.ifaces(node))]
        lab.tap.closes_at(labels, self.scheduler.clock + snapshot_time(lab), lab.pace)
        lab.run_until(self.scheduler.clock + snapshot_time(lab) + len(labels) * lab.pace.close_ring)
        lab.tap.drain()
        return {"format": FORMAT, "name": spec.get("name", ""), "about": spec.get("about", ""), "kernel": "netsandbox",
                "env": {"net.core.rmem_max": RMEM_MAX}, "started": "2026-01-01T00:00:00Z", "lab": spec,
                "interfaces": lab.interfaces, "actions": outcomes, "early_stamps": 0,
                "frames": lab.tap.frames(), "frames_total": lab.tap.totals(),
                "snapshots": lab.snapshots}

    def wait_for(self, outcomes: list[Result]) -> None:
        """Run until all have a result and the queue is empty: then the process goes on."""
        def goes_on() -> bool:
            self.lab.tap.drain(only_if_long=True)
            return any("end" not in outcome.get("_", {}) for outcome in outcomes if "_" in outcome)
        self.scheduler.run_while(goes_on)
        for outcome in outcomes:
            outcome.pop("_", None)
        self._drain_queue()

    def _drain_queue(self) -> None:
        scheduler, steps = self.scheduler, 0
        while not scheduler.is_idle and steps < 5000:
            scheduler.step()
            steps += 1

    def _act(self, outcome: Result) -> None:
        start = self.lab.seconds
        state: Result = {}
        outcome["_"] = state
        outcome["result"] = {}

        def finish(result: Result) -> None:
            state["end"] = True
            stamps = [round(start, 6), round(self.lab.seconds, 6)]
            outcome["result"].update({"t": stamps, **{k: v for k, v in result.items() if k != "t"}})

        self.scheduler.begin()
        try:
            HANDLERS[outcome["do"]](self, outcome, finish)
        except SocketError as error:
            finish({"errno": error.name})


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


def _tool(performance: Performance, action: Action, argv: list[str], finish: Finish) -> None:
    def begin() -> None:
        result = performance.lab.tool(action["in"], argv)
        ended({"rc": result.code, "out": result.out, "err": without_notes(result.err)})
    ended = _spawn(performance, begin, finish, argv[0])


def do_ip(performance: Performance, action: Action, finish: Finish) -> None:
    _tool(performance, action, ["ip", *action["args"].split()], finish)


def do_bridge(performance: Performance, action: Action, finish: Finish) -> None:
    _tool(performance, action, ["bridge", *action["args"].split()], finish)


def do_iptables(performance: Performance, action: Action, finish: Finish) -> None:
    _tool(performance, action, ["iptables", *shlex.split(action["args"])], finish)


def do_conntrack(performance: Performance, action: Action, finish: Finish) -> None:
    _tool(performance, action, ["conntrack", *shlex.split(action.get("args", "-L"))], finish)


def do_exec(performance: Performance, action: Action, finish: Finish) -> None:
    if action["argv"][0] not in TOOLS:
        raise KernelLabError(f"exec {action['argv'][0]!r} is not simulated")
    _tool(performance, action, action["argv"], finish)


def do_link(performance: Performance, action: Action, finish: Finish) -> None:
    _tool(performance, action, ["ip", "link", "set", action["iface"], action["state"]], finish)


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
    lab.scheduler.wake_after(snapshot_time(lab), lambda _argument: finish({}))


def snapshot_time(lab: KernelLab) -> int:
    commands = sum(3 + sum(body.get("type") == "bridge" for body in lab.ifaces(node).values()) for node in lab.owners())
    return int(commands) * lab.pace.command


def do_send_frame(performance: Performance, action: Action, finish: Finish) -> None:
    """Raw bytes from a packet socket; each send is a system call of its own."""
    namespace = performance.lab.namespace(action["in"])
    interface = namespace.interfaces.get(action["iface"])
    if interface is None:
        raise SocketError("ENODEV")
    try:
        data = bytes.fromhex(action["hex"])
        frame = Frame.parse(data)
    except (ValueError, ParseError):
        raise SocketError("EINVAL") from None
    if not interface.up:
        raise SocketError("ENETDOWN")
    if len(data) > interface.mtu + HARD_HEADER + VLAN_HEADER:
        raise SocketError("EMSGSIZE")

    def send(left: int) -> None:
        if not left:
            performance.scheduler.wake_after(CLOSE_TAP, lambda _argument: finish({}))
            return
        if interface.transmit(frame):
            performance.scheduler.soon(send, left - 1)
        else:
            finish({"errno": "ENOBUFS"})
    send(action.get("count", 1))


def do_watch(performance: Performance, action: Action, finish: Finish) -> None:
    """Poll a table and record each change as [t, key, old, new]."""
    lab, every = performance.lab, seconds(action.get("every", 0.1))
    namespace, end = lab.namespace(action["in"]), lab.scheduler.now + seconds(action["for"])
    seen: dict[str, str] = {}
    changes: list[list[Any]] = []

    def look() -> dict[str, str]:
        if action["what"] == "neigh":
            return {f"{e['dst']} {e['dev']}": f"{'/'.join(e.get('state', []))} {e.get('lladdr', '-')}"
                    for e in neighbour_json(namespace, statistics=False)}
        if action["what"] == "stp":
            return {port.interface.name: port.state for bridge in namespace.interfaces.values()
                    if isinstance(bridge, Bridge) for port in bridge.ports}
        return {e["mac"]: e["ifname"] for bridge in namespace.interfaces.values() if isinstance(bridge, Bridge)
                for e in fdb_json(bridge) if "master" in e and e.get("state") != "permanent"}

    def poll(_argument: object) -> None:
        nonlocal seen
        if lab.scheduler.now >= end:
            finish({"changes": changes})
            return
        now = look()
        changes.extend([round(lab.seconds, 3), key, seen.get(key), now.get(key)]
                       for key in sorted(seen.keys() | now.keys()) if seen.get(key) != now.get(key))
        seen = now
        lab.scheduler.wake_after(every, poll)
    poll(None)


def _open_udp(performance: Performance, action: Action) -> UdpSocket:
    socket = UdpSocket(performance.lab.namespace(action["in"]), PROCESS, bool(action.get("reuse")))
    socket.ttl = action.get("ttl")
    if socket.ttl == 0:
        raise SocketError("EINVAL")
    socket.tos = action.get("tos", 0)
    if "pmtudisc" in action:
        socket.pmtudisc = PMTU_MODES[action["pmtudisc"]]
    socket.broadcast = bool(action.get("broadcast"))
    performance.sockets.append(socket)
    return socket


def do_bind(performance: Performance, action: Action, finish: Finish) -> None:
    """Keeps the socket (listening, for TCP) until the lab ends."""
    socket = (_open_tcp if action["proto"] == "tcp" else _open_udp)(performance, action)
    socket.bind(parse_ipv4(action.get("addr", "0.0.0.0")), action["port"])
    if isinstance(socket, StreamSocket):
        socket.listen(BACKLOG)
    finish({"ok": True})


def _open_tcp(performance: Performance, action: Action) -> Socket:
    socket = StreamSocket(performance.lab.namespace(action["in"]), PROCESS, bool(action.get("reuse", True)))
    socket.ttl = action.get("ttl")
    if socket.ttl == 0:
        raise SocketError("EINVAL")
    socket.tos = action.get("tos", 0)
    performance.sockets.append(socket)
    return socket


def do_tcp_serve(performance: Performance, action: Action, finish: Finish) -> None:
    """A server until the lab ends; with `accept` false it never takes a connection from its queue."""
    lab, socket = performance.lab, _open_tcp(performance, action)
    assert isinstance(socket, StreamSocket)
    socket.bind(parse_ipv4(action.get("addr", "0.0.0.0")), action["port"])
    socket.listen(action.get("backlog", BACKLOG))
    if not action.get("accept", True):
        finish({"accepted": []})
        return
    server = tcp.Listener(lab, socket, action.get("script", []), action.get("timeout", tcp.SERVER_TIMEOUT))
    finish({"accepted": server.accepted})


def do_tcp_client(performance: Performance, action: Action, finish: Finish) -> None:
    socket = _open_tcp(performance, action)
    assert isinstance(socket, StreamSocket)
    socket.bind(parse_ipv4(action.get("from", "0.0.0.0")), action.get("sport", 0))
    tcp.Client(performance.lab, socket, action, finish).start(parse_ipv4(action["to"]))


def do_udp_serve(performance: Performance, action: Action, finish: Finish) -> None:
    """An echo server until the lab ends."""
    lab, socket = performance.lab, _open_udp(performance, action)
    socket.bind(parse_ipv4(action.get("addr", "0.0.0.0")), action["port"])
    received: list[list[Any]] = []

    def serve() -> None:
        try:
            datagram = socket.recv()
            if datagram is None:
                return
            received.append([round(lab.seconds, 6), format_ipv4(datagram.source), datagram.port, len(datagram.data)])
            if action.get("echo", True):
                socket.send(datagram.data, datagram.source, datagram.port)
        except SocketError:
            return
    socket.on_event = serve
    finish({"received": received})


def do_udp_send(performance: Performance, action: Action, finish: Finish) -> None:
    UdpSender(_open_udp(performance, action), performance.scheduler, action, finish).start()


HANDLERS: dict[str, Callable[[Performance, Action, Finish], None]] = {
    "ping": do_ping, "arping": do_arping, "ip": do_ip, "bridge": do_bridge, "exec": do_exec, "link": do_link,
    "sysctl": do_sysctl, "send_frame": do_send_frame, "udp_serve": do_udp_serve, "udp_send": do_udp_send,
    "tcp_serve": do_tcp_serve, "tcp_client": do_tcp_client, "bind": do_bind, "watch": do_watch,
    "iptables": do_iptables, "conntrack": do_conntrack,
    "snapshot": do_snapshot, "wait": do_wait, "join": do_join}
