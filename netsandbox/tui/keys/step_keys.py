"""The key that goes on: the lesson's next step, a look at its goals, the next lesson; and a ping without a lesson."""

from __future__ import annotations

from netsandbox.tui.i18n import tr
from netsandbox.tui.lab_app import LabApp
from netsandbox.tui.panes.lesson import LessonPane
from netsandbox.tui.session.lesson import Stand


class StepKeys(LabApp):
    """What `p` does."""

    def browse(self, first: str = "") -> None:
        """Choose among lessons, scenarios and files: a hook for the app that has a browser."""

    def _tell_held(self, hint: str) -> None:
        """Say why nothing happens, when what was begun waits: a person has stopped time, or a line runs."""
        waiting = sum(not one.unattended for one in self.live.jobs.waiting)
        if self.live.held and not self.live.session.is_quiet:
            self.main.status.say(tr("held.lines", hint=hint, count=waiting) if waiting else hint)
        elif waiting and (holder := self.live.jobs.holder) is not None:
            self._told_waiting = tr("waiting", count=waiting, line=holder.text)
            self.main.status.say(self._told_waiting)

    def action_next_or_ping(self) -> None:
        """The scenario's next step; without one, a ping between two."""
        self.main.status.say("")
        lesson = self.live.lesson
        stand = lesson.stand()
        pending = self.live.session.pending
        if self.live.is_amid_step:
            self._finish_step()
        elif stand is not None and stand.number and self.live.is_at_step:
            self.main.status.say(tr("lesson.at-step"))
            self._told_of_step = True
        elif stand is not None and stand.is_open and lesson.insists and self.live.solve():
            lesson.insists = False
        elif stand is not None and stand.number and stand.unmet and not (lesson.insists and pending):
            self._insist(stand, has_more=bool(pending))
        elif pending:
            lesson.insists = False
            self._next_step()
        elif stand is not None and stand.is_finished:
            self.browse(stand.after)
            return
        elif not self._ping():
            return
        self._tell_held(tr("held.step" if self.live.is_amid_step else "held"))
        self.sync()

    def _insist(self, stand: Stand, has_more: bool) -> None:
        """Goals are not reached: it says so, and goes on only when it is asked once more."""
        self.live.lesson.insists = True
        self.live.check_goals()
        hint, or_hint = (tr("lesson.h-hints"), tr("lesson.or-hint")) if stand.more_hints else ("", "")
        if stand.is_open:
            told = tr("lesson.unmet-task", count=stand.unmet, hint=hint)
        elif line := self._left_for_own(stand.number):
            told = tr("lesson.unmet-own", count=stand.unmet, line=line)
        else:
            told = tr("lesson.unmet" if has_more else "lesson.unmet-last", count=stand.unmet, or_hint=or_hint)
        self.main.status.say(told)

    def _left_for_own(self, number: int) -> str:
        """The lesson's own line behind which a person did something else, from which a step that only looks counts now;
        empty where the last line is the lesson's."""
        session = self.live.session
        steps = session.scenario.steps[:number] if session.scenario is not None else ()
        own = {line for step in steps for line in step.run}
        done = [entry.line for entry in session.journal[:session.done]]
        return "" if done[-1:] and done[-1] in own else next((line for line in reversed(done) if line in own), "")

    def _finish_step(self) -> None:
        """Do the rest of a step that stands: time plays on from its end, unless that is the past still."""
        live = self.live
        if live.is_at_step:
            live.play()
            return
        live.move(live.session.finish_step)
        self._moved()
        if not live.session.has_future:
            live.play()

    def _ping(self) -> bool:
        """A ping between two, if there are two."""
        self.live.lesson.insists = False
        pair = self._pair()
        if pair is None:
            self.main.status.say(tr("ping.nobody"), trouble=True)
            return False
        self.main.say.say("")
        outcome = self.live.execute(self._ping_line(*pair))
        if outcome.error:
            self.main.status.say(outcome.error, trouble=True)
        return True

    def on_lesson_pane_answered(self, event: LessonPane.Answered) -> None:
        """An answer to a lesson's question was chosen: show what is so."""
        if not self.live.lesson.answer(event.number, self.live.session):
            self.main.status.say(tr("lesson.nothing-asked"))
            return
        self.live.lesson.insists = False
        self._next_step()
        self._tell_held(tr("held.step" if self.live.is_amid_step else "held"))
        self.sync()

    def on_lesson_pane_conditions(self, event: LessonPane.Conditions) -> None:
        """Say what the key has done, and what takes it back."""
        self.main.status.say(event.told)

    def _next_step(self) -> None:
        """Begin the scenario's next step, and show what it is about: the frames, or what was printed."""
        live, main = self.live, self.main
        if live.lesson.ask():
            main.set_view("lesson")
            return
        said = live.jobs.said
        live.next_step()
        main.log_pane.action_follow()  # the step is about what comes now
        printed = [one for one in live.jobs.since(said) if one.kind in ("out", "err")]
        stand = live.lesson.stand()
        is_read = main.view == "lesson" and main.panes["lesson"].has_focus_within  # a person went there
        if not main.has_class("-short") or is_read or (stand is not None and stand.is_open):
            main.set_view("lesson")
        elif printed and live.jobs.running is None:
            main.set_view("output")
        else:
            main.set_view("log" if len(main.log_pane.store) or not live.session.is_quiet else "lesson")

    def _ping_line(self, one: str, other: str) -> str:
        """A line that pings from one to the other, also in a namespace's shell."""
        if self.live.session.shell.where is not None:
            address = self.live.address_of(other)
            return f"exec {one} ping -c 1 {address}"
        return f"ping {one} {other}"

    def _pair(self) -> tuple[str, str] | None:
        """Who pings whom: the selected and the pinned device, else the selected and the first other container."""
        main = self.main
        able = [row.name for row in self.live.nodes() if row.kind in ("container", "host") and row.state in
                ("running", "up")]
        containers = [row.name for row in self.live.nodes() if row.kind == "container" and row.state == "running"]
        chosen = [place.node for place in (main.topology.selected, main.topology.pinned)
                  if place is not None and not place.interface and place.node in able]
        ends = list(dict.fromkeys([*chosen, *containers, *able]))
        return (ends[0], ends[1]) if len(ends) > 1 else None
