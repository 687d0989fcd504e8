"""What the spanning tree keeps of each port, and its timers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from netsandbox.engine.units import MILLISECOND, SECOND

if TYPE_CHECKING:
    from netsandbox.engine.scheduler import Scheduler
    from netsandbox.engine.timers import Timer
    from netsandbox.linux.bridge.port import BridgePort
    from netsandbox.linux.bridge.stp import SpanningTree


PHASE = 830 * MILLISECOND
"""When the seconds of jiffies begin: any value is as right as another, since a machine can boot at any time."""


def identifier(priority: int, mac: int) -> int:
    """A bridge's: the lowest is the root."""
    return priority << 48 | mac

class TimerSet:
    """Timers by name, of which each runs at most once: those of a bridge, or of one of its ports."""

    __slots__ = ("_ends", "_scheduler", "_timers")

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._timers: dict[str, Timer] = {}
        self._ends: dict[str, int] = {}  # When each is to fire; the timer wheel may let it wait a little longer

    def start(self, name: str, delay: int, callback: Callable[[Any], object], argument: Any = None) -> None:
        """Start, or start anew (mod_timer)."""
        self._scheduler.cancel(self._timers.get(name))
        self._timers[name] = self._scheduler.kernel_timer(delay, callback, argument)
        self._ends[name] = self._scheduler.now + delay

    def start_at_second(self, name: str, delay: int, callback: Callable[[Any], object], argument: Any = None) -> None:
        """Start one that fires with others at a whole second, up to a quarter of one early (round_jiffies)."""
        now = self._scheduler.now
        rest = (now + delay - PHASE) % SECOND
        self.start(name, delay - rest if rest < SECOND // 4 else delay + SECOND - rest, callback, argument)

    def stop(self, name: str) -> None:
        self._scheduler.cancel(self._timers.pop(name, None))

    def stop_all(self) -> None:
        for name in list(self._timers):
            self.stop(name)

    def is_running(self, name: str) -> bool:
        timer = self._timers.get(name)
        return timer is not None and timer.callback is not None

    def left(self, name: str) -> int:
        """Nanoseconds until it fires; 0 when it does not run."""
        return max(self._ends[name] - self._scheduler.now, 0) if self.is_running(name) else 0


class PortTree:
    """What the spanning tree knows about one port (part of struct net_bridge_port)."""

    __slots__ = ("ack", "age", "bridge", "config_pending", "cost", "port", "root", "timers")

    def __init__(self, tree: SpanningTree, port: BridgePort) -> None:
        self.root = self.bridge = tree.bridge_id
        self.cost = 0
        self.port = port.port_id
        self.ack = self.config_pending = False
        self.age = 0  # When the message that it has would be new, in virtual nanoseconds (designated_age)
        self.timers = TimerSet(tree.bridge.namespace.scheduler)

    def vector(self) -> tuple[int, int, int, int]:
        """What is compared, the lower being the better: root, cost, bridge, port."""
        return self.root, self.cost, self.bridge, self.port
