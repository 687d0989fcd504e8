"""A kernel lab as it is performed: the one thread that does its actions, and the background ones that it starts."""

from __future__ import annotations

from typing import Any

from netsandbox.engine.units import seconds
from netsandbox.linux.core.socket import Socket, SocketError
from netsandbox.rig import snapshot
from netsandbox.rig.actions import HANDLERS
from netsandbox.rig.building import RMEM_MAX
from netsandbox.rig.format import FORMAT, Result
from netsandbox.rig.lab import KernelLab


def simulate(spec: dict[str, Any], seed: int = 0) -> Result:
    """Run a lab and return what the rig would have written (KernelLabError: the lab is wrong or names what is not
    simulated)."""
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
        self._linger()
        return {"format": FORMAT, "name": spec.get("name", ""), "about": spec.get("about", ""), "kernel": "netsandbox",
                "env": {"net.core.rmem_max": RMEM_MAX}, "started": "2026-01-01T00:00:00Z", "lab": spec,
                "interfaces": lab.interfaces, "actions": outcomes, "early_stamps": 0,
                "frames": lab.tap.frames(), "frames_total": lab.tap.totals(),
                "snapshots": lab.snapshots}

    def _linger(self) -> None:
        """The rig waits for what may still come, takes the last snapshot, and closes its taps one after the other."""
        lab = self.lab
        lab.run_until(self.scheduler.clock + seconds(lab.spec.get("linger", 0.3)))
        lab.snapshots["end"] = snapshot.take(lab)
        labels = [f"{node}:{name}" for node in lab.owners() for name in ("lo", *lab.ifaces(node))]
        lab.tap.closes_at(labels, self.scheduler.clock + snapshot.time_taken(lab), lab.pace)
        lab.run_until(self.scheduler.clock + snapshot.time_taken(lab) + len(labels) * lab.pace.close_ring)
        lab.tap.drain()

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
