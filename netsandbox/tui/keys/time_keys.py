"""The keys that move in time: play, step, speed, go to a command, a drop or a frame, undo."""

from __future__ import annotations

from textual import on

from netsandbox.tui.i18n import language, tr
from netsandbox.tui.lab_app import LabApp
from netsandbox.tui.panes.branches import BranchesPane
from netsandbox.tui.panes.timeline import Timeline

SPEEDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 0.0)  # Paces from slow to as fast as it can


class TimeKeys(LabApp):
    """The actions of those keys."""

    def action_play_pause(self) -> None:
        """Stop time, or let it go on."""
        self.main.status.say("")
        if self.live.player.is_playing:
            self.live.pause()
        else:
            self.live.play()
        self.sync()

    def action_step(self) -> None:
        """One step on."""
        self.main.status.say("")
        self.live.move(self.live.player.step)
        self.sync()

    def action_step_back(self) -> None:
        """One step back."""
        self.live.move(self.live.session.back)
        self._moved()

    def action_speed(self, change: int) -> None:
        """Another pace."""
        at = SPEEDS.index(self.live.player.speed) if self.live.player.speed in SPEEDS else SPEEDS.index(1.0)
        self.live.player.set_speed(SPEEDS[min(max(at + change, 0), len(SPEEDS) - 1)])
        self.sync()

    def action_command_beside(self, direction: int) -> None:
        """Go to the next command, or the one before."""
        status = self.live.status()
        steps = [mark.step for mark in self.live.marks() if mark.kind == "command"]
        if direction > 0:
            self.live.seek(min((step for step in steps if step > status.step), default=status.last_step))
        else:
            self.live.seek(max((step for step in steps if step < status.step), default=0))
        self._moved()

    def action_drop_beside(self, direction: int) -> None:
        """Go to the next drop, or the one before, and select it."""
        main = self.main
        status = self.live.status()
        steps = sorted({mark.step + 1 for mark in self.live.marks() if mark.kind == "drop"})
        if direction > 0:
            step = min((step for step in steps if step > status.step), default=None)
        else:
            step = max((step for step in steps if step < status.step), default=None)
        if step is None:
            main.status.say(tr("drop.none"))
            return
        self.live.seek(step)
        self._moved()
        seq = self.live.drop_beside(self.live.session.trace.end, -1)
        if seq is not None:
            main.go_to_record(seq)

    def action_travel(self) -> None:
        """Go to the time of the selected frame."""
        row = self.main.log_pane.current
        if row is not None:
            self.live.seek(row.step + 1)
            self._moved()

    def action_undo(self) -> None:
        """Take the last line back."""
        self._session_line("undo")

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self._session_line("redo")

    def _session_line(self, line: str) -> int:
        """Carry out a line that moves in time; how many lines it printed. One that does something then plays on."""
        self.live.player.pause()
        self.live.jobs.waiting.clear()
        outcome = self.live.execute(line)
        self._said = self.live.jobs.said  # the status tells it
        self.sync()
        told = outcome.lines[:2] if line == "undo" and len(outcome.lines) > 2 else outcome.lines[:1]
        stop = "；" if language() == "zh" else "; "
        self.main.status.say(outcome.error or stop.join(told), trouble=bool(outcome.error))
        return len(outcome.lines)

    # -- what the panes ask for

    @on(Timeline.Seek)
    def _seek(self, event: Timeline.Seek) -> None:
        self.live.seek(event.step)
        self._moved()

    @on(BranchesPane.Wanted)
    def _branch_wanted(self, event: BranchesPane.Wanted) -> None:
        if event.is_begun:
            self.main.command.open(event.line)
        elif self._session_line(event.line) > 1:
            self.main.status.say("")  # the head of a table is no message
            self.main.command.follow("", error=False)
            self.main.set_view("output")
