"""Random and damaged frames into the interfaces of a whole lab, by hand and for as long as one likes.

    python -m tests.lab.fuzz 1000000 [--seed 1]

Each frame is put on the wire of a host, a container, a bridge's port or a hub's port; the lab must neither raise nor
leave a frame without a verdict.  Afterwards, its tables forgotten, it still answers a ping.
"""

from __future__ import annotations

import argparse
import random
import sys

from netsandbox.commands.shell import Shell
from netsandbox.engine.units import SECOND
from netsandbox.lab.lab import Lab
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.drop import Dropped, Outcome
from netsandbox.linux.events import FrameReceived
from netsandbox.wire.ethernet import Frame
from tests.wire.fuzz import damaged_frame, random_frame
from tests.wire.samples import SAMPLES

BUILD = ["add-container a", "add-container b --image redis", "add-host h1", "add-host h2", "add-host h3",
         "add-switch s", "add-hub u", "connect h1 s", "connect h2 s", "connect s u", "connect h3 u",
         *(f"set-ip h{number} 10.0.0.{number}/24" for number in (1, 2, 3)), "wait 3s",
         "ping a b", "ping h1 h2", "ping h3 h1", "ping h1 h3 -c 1 -s 4000", "exec h2 traceroute 10.0.0.1"]
INTERFACES = ["a:eth0", "b:eth0", "h1:eth0", "h2:eth0", "h3:eth0", "s:p1", "s:p3", "u:p1"]
PINGS = ["ping a b", "ping b 172.17.0.1", "ping h1 h2", "ping h2 h3", "ping h3 h1"]


class Fuzzed:
    """A lab, frames of its own to damage, and where to throw them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.lab = Lab(trace_cap=20_000)
        self.shell = Shell(self.lab)
        for line in BUILD:
            self.run(line)
        events = (record.event for record in self.lab.trace.since(0))
        own = {event.frame.wire() for event in events if isinstance(event, FrameReceived)}
        self.valid = [*sorted(own), *(frame.wire() for frame in SAMPLES.values())]
        names = INTERFACES + [i.label for i in self.lab.namespace("host").interfaces.values() if i.port is not None]
        self.interfaces: list[Interface] = [self.lab.interface(name) for name in names]

    def run(self, line: str) -> int:
        job = self.shell.execute(line)
        self.lab.scheduler.run_while(lambda: not job.is_done)
        assert job.crash is None, f"{line}: {job.crash!r}"
        assert job.code is not None
        return job.code

    def frame(self, interface: Interface) -> bytes:
        """Random, damaged, or valid; mostly to an address at which the interface listens."""
        kind = self.chance.randrange(8)
        data = random_frame(self.chance) if kind < 2 else damaged_frame(self.chance, self.valid)
        if kind > 4:
            data = interface.mac.to_bytes(6, "big") + data[6:]
        return data

    def throw(self, interface: Interface, data: bytes) -> None:
        """Deliver it, and everything that comes of it at the same instant."""
        scheduler, trace = self.lab.scheduler, self.lab.trace
        mark = trace.end
        frame = Frame.parse(data)
        scheduler.begin()
        scheduler.transmit((interface,), frame)
        scheduler.run_while(lambda: not scheduler.is_idle)
        found = [r.event for r in trace.since(mark) if isinstance(r.event, FrameReceived)]
        assert any(event.frame is frame and event.interface is interface.place for event in found), "no record"
        assert all(isinstance(event.verdict, Outcome | Dropped) for event in found), "no verdict"

    def recover(self) -> None:
        """What strangers taught the tables is forgotten."""
        self.lab.scheduler.run_until(self.lab.scheduler.clock + 1200 * SECOND)
        for name in ("a", "b", "host", "h1", "h2", "h3"):
            self.run(f"flush-arp {name}")


def run(count: int, seed: int) -> bytes | None:
    """The first frame that fails, already reported; None when all hold and the lab still answers."""
    lab = Fuzzed(seed)
    for number in range(1, count + 1):
        interface = lab.chance.choice(lab.interfaces)
        data = lab.frame(interface)
        try:
            lab.throw(interface, data)
            if number % 50 == 0:
                lab.lab.scheduler.run_until(lab.lab.scheduler.clock + lab.chance.randrange(5 * SECOND))
        except Exception as error:  # noqa: BLE001 - to find any is what this is for
            print(f"frame {number} of seed {seed} at {interface}: {type(error).__name__}: {error}\n{data.hex()}")
            return data
    lab.recover()
    for line in PINGS:
        assert lab.run(line) == 0, f"{line} has no answer after {count} frames of seed {seed}"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description="Random frames into every kind of interface.")
    parser.add_argument("count", type=int, help="how many frames")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if run(arguments.count, arguments.seed) is not None:
        return 1
    print(f"{arguments.count:,} frames of seed {arguments.seed}: each has a verdict, and the lab still answers pings")
    return 0


if __name__ == "__main__":
    sys.exit(main())
