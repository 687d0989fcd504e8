"""What each key costs in a lab with many containers: CPU of the app's process, and time until it is painted.

A key is pressed in a state in which it does something; what leads there and back is not measured.  CPU is all that the
app uses until it rests, so that nothing is put off unseen; the time ends with the last that is painted, without the
frames' travel.  On a busy machine only the CPU tells something.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

from tests.tui.measure import Terminal, app, row

ROUNDS = 6
"""An even number: what a key switches on it switches off again."""
HEARD = 0.0003
"""Seconds of CPU that every key takes: an app that has used less waits for a core still."""
REST = 0.06
"""Seconds in which an app that rests paints nothing and hardly uses any CPU."""
HARDLY = 0.004
PAUSE = 1.5
"""Seconds after which a person has paused (tui.memory)."""
ESC, UP, DOWN, RIGHT, LEFT, UNDO, REDO = "\x1b", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "u", "\x12"
DROPPED = "exec c0 ping -c 1 -W 1 172.17.250.250"
"""Nobody has the address: a drop for the keys that look for one."""


class Pressed(NamedTuple):
    """A key, by the name that the table of keys gives it, with what is pressed before and after it."""

    name: str
    key: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


APP = (
    Pressed("app.step", "n"),
    Pressed("app.back", "b"),
    Pressed("app.step", RIGHT, ("3",)),
    Pressed("app.back", LEFT, ("3",)),
    Pressed("app.faster", "+"),
    Pressed("app.slower", "-"),
    Pressed("app.command-before", "[", (), ("]",)),
    Pressed("app.next-command", "]", ("[",)),
    Pressed("app.drop-before", ",", ("]",), ("]",)),
    Pressed("app.next-drop", ".", ("]", ","), ("]",)),
    Pressed("app.travel", "t", ("3", UP, UP), ("]",)),
    Pressed("app.next", "p", (), (UNDO,)),
    Pressed("app.undo", UNDO, (), (REDO,)),
    Pressed("app.redo", REDO, (UNDO,)),
    Pressed("app.command", ":", (), (ESC,)),
    Pressed("a letter of a command", "d", (":",), (ESC,)),
    Pressed("prompt.complete", "\t", (":", "exec c1"), (ESC,)),
    Pressed("a command", "\r", (":", "docker ps"), (ESC,)),
    Pressed("app.filter", "/", (), (ESC,)),
    Pressed("app.repaint", "\x0c"),
    Pressed("a letter of a filter", "p", ("/", "ic"), (ESC,)),
    Pressed("app.search", "\x06", (), (ESC,)),
    Pressed("app.why", "w", (), (ESC,)),
    Pressed("app.tunnel", "v", ("3",)),
    Pressed("app.stream", "s", ("3",), (ESC,)),
    Pressed("app.output", "o", (), (ESC,)),
    Pressed("app.shell", "e", ("1",), (ESC, ":", "exit\r", ESC)),
    Pressed("app.pin", "i", ("1", DOWN)),
    Pressed("app.first", "g", ("1",)),
    Pressed("app.follow", "G", ("1", "g")),
    Pressed("app.mark", "m", ("3",)),
    Pressed("app.next-mark", "'", ("3",)),
    Pressed("app.export", "x", ("3",), (ESC,)),
    Pressed("app.screenshot", "S", (), (ESC,)),
    Pressed("app.copy", "y", ("2",)),
    Pressed("app.zoom", "z", ("3",)),
    Pressed("app.edge-left", "\x1b[1;5D", ("1",), ("\x1b[1;5C",)),
    Pressed("app.edge-right", "\x1b[1;5C", ("1",), ("\x1b[1;5D",)),
    Pressed("app.edge-up", "\x1b[1;5A", ("1",), ("\x1b[1;5B",)),
    Pressed("app.edge-down", "\x1b[1;5B", ("1",), ("\x1b[1;5A",)),
    Pressed("app.pane.topology", "1", ("3",)),
    Pressed("app.pane.device", "2", ("3",)),
    Pressed("app.pane.log", "3", ("6",)),
    Pressed("app.pane.detail", "4", ("3",)),
    Pressed("app.pane.why", "5", ("3",)),
    Pressed("app.pane.lesson", "6", ("3",)),
    Pressed("app.pane.output", "7", ("3",)),
    Pressed("app.pane.jobs", "8", ("3",)),
    Pressed("app.pane.branches", "9", ("3",)),
    Pressed("app.browse", "\x0f", (), (ESC,)),
    Pressed("app.help", "?", (), (ESC,)),
    Pressed("the palette", "\x10", (), (ESC, ESC)),
    Pressed("a letter of the palette", "d", ("\x10",), (ESC, ESC)),
    Pressed("app.interrupt", "\x03"),
    Pressed("app.end-of-input", "\x04"),
    Pressed("app.tell-quit", "q"),
    Pressed("app.play", " "),
)
PANES = (
    Pressed("topology.up", UP, ("1",)),
    Pressed("topology.down", DOWN, ("1",)),
    Pressed("topology.left", LEFT, ("1",)),
    Pressed("topology.right", RIGHT, ("1",)),
    Pressed("topology.inspect", "\r", ("1", DOWN), (ESC,)),
    Pressed("topology.zoom-in", ">", ("1",)),
    Pressed("topology.zoom-out", "<", ("1",)),
    Pressed("topology.detail", "d", ("1",)),
    Pressed("topology.pan-down", "\x1b[1;2B", ("1",)),
    Pressed("device.left", LEFT, ("2",)),
    Pressed("device.right", RIGHT, ("2",)),
    Pressed("device.pin", "i", ("2",)),
    Pressed("device.filter", "f", ("2",)),
    Pressed("device.why", "w", ("2",), (ESC,)),
    Pressed("log.up", UP, ("3",)),
    Pressed("log.down", DOWN, ("3",)),
    Pressed("log.page-up", "\x1b[5~", ("3",)),
    Pressed("log.page-down", "\x1b[6~", ("3",)),
    Pressed("log.choose", "\r", ("3",), (ESC,)),
    Pressed("log.fold", "f", ("3",)),
    Pressed("log.copy", "y", ("3",)),
    Pressed("log.find-next", "\x1bOR", ("3",)),
    Pressed("why.right", RIGHT, ("5",)),
    Pressed("why.follow", "\r", ("5", RIGHT), (ESC,)),
    Pressed("branches.compare", "c", ("9",), (ESC,)),
)


class Cost(NamedTuple):
    """Milliseconds of CPU until the app rests, and from the key until the last that is painted."""

    cpu: float
    painted: float


def pressed(one: Terminal, keys: str, patience: float = 20) -> Cost:
    """Press and let the app come to rest."""
    before, began = one.used(), time.monotonic()
    painted = 0.0
    one.press(keys)
    looked = one.used()
    while time.monotonic() - began < patience:
        if one.read(REST):
            painted = time.monotonic() - began
            continue
        now = one.used()
        is_heard = now.cpu - before.cpu > HEARD or time.monotonic() - began > PAUSE
        if is_heard and sum(now) - sum(looked) < HARDLY:
            break
        looked = now
    return Cost((one.used().cpu - before.cpu) * 1000, painted * 1000)


def every_key(state: Path, containers: int = 300) -> None:
    """All keys with so many containers on one bridge."""
    one = opened(state, containers)
    print(f"{'with ' + str(containers) + ' containers':32} {'ms of CPU: p50':>14} {'p95':>5} {'max':>5}"
          f"   {'ms until painted:':>17} {'p50':>4} {'p95':>5} {'max':>5}")
    costs: dict[str, list[Cost]] = {}
    for key in (*APP, *PANES):
        name = f"{key.name} {key.key if key.key.isprintable() else ''}"
        costs[name] = [_round(one, key) for _ in range(ROUNDS)]
        _tell(name, costs[name])
    costs["a pause after a step back"] = [_pause_after(one) for _ in range(3)]
    _tell("a pause after a step back", costs["a pause after a step back"])
    slow = [name for name, found in costs.items() if row([cost.cpu for cost in found])[1] > 100]
    print(f"p95 above 100 ms of CPU: {', '.join(slow) or 'none'}")
    one.close()


def _round(one: Terminal, key: Pressed) -> Cost:
    for other in key.before:
        pressed(one, other)
    cost = pressed(one, key.key)
    for other in key.after:
        pressed(one, other)
    return cost


def _pause_after(one: Terminal) -> Cost:
    """What a key would wait for that is pressed in the pause."""
    pressed(one, "b")
    before = one.cpu()
    one.drain(PAUSE)
    return Cost((one.cpu() - before) * 1000, 0)


def opened(state: Path, containers: int) -> Terminal:
    """The app, paused within a ping, with frames behind it, a drop among them."""
    path = state / "many.yaml"
    lines = [f"docker run -d --name c{number} nginx" for number in range(containers)]
    lines += ["wait", DROPPED, "exec c0 ping -c 2 -i 0.01 172.17.0.3", "wait"]
    path.write_text("netsandbox: 1\nsetup:\n" + "".join(f"  - {line}\n" for line in lines))
    one = app(state, "--reduced-motion", str(path))
    one.until("(c0)")  # the bridge's table: the lab is there
    one.drain(2)
    for key in (" ", "p", *"nnnnnnnnnnnn"):
        pressed(one, key)
    return one


def _tell(name: str, found: list[Cost]) -> None:
    cpu, painted = row([cost.cpu for cost in found]), row([cost.painted for cost in found])
    print(f"{name:32} {cpu[0]:14.0f} {cpu[1]:5.0f} {cpu[2]:5.0f}   {'':17} {painted[0]:4.0f} {painted[1]:5.0f} "
          f"{painted[2]:5.0f}", flush=True)
