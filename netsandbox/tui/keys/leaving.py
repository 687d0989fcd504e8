"""The keys that leave the app: for good, not without a word when lines were typed that no file has; or to the shell."""

from __future__ import annotations

import shlex

from textual.events import Event, Key

from netsandbox.tui.i18n import tr
from netsandbox.tui.lab_app import LabApp
from netsandbox.tui.session.source import QUIT, Outcome

SEVERAL = frozenset(";&|\n")  # What stands between commands


def _leads_somewhere(line: str) -> bool:
    """Whether the scenario that is to be loaded is there: of one that is not the lab stays anyhow."""
    from netsandbox.session.ready import is_there

    try:
        words = shlex.split(line)
    except ValueError:
        return False
    return words[0] == "new" or (len(words) > 1 and is_there(words[1]))


class Leaving(LabApp):
    """What ctrl+q, ctrl+z and q do, and lines that lead to another lab."""

    _is_asked = False  # The key before asked whether that is to go

    def note_typed(self, line: str, outcome: Outcome) -> None:
        """A line was typed: what only looks or moves in time stands in no journal, and one command
        that failed did mostly nothing; of several the first may have."""
        session, words = self.live.session, line.split()
        waits = any(not one.unattended for one in self.live.jobs.waiting)
        if outcome.error and SEVERAL.isdisjoint(line) and not self._has_left_something:
            return
        present = session.branches.present
        if words[:1] in (["save"], ["保存"]):
            self._unsaved.discard(present)
            self.is_unsaved = bool(self._unsaved_branches())
        elif waits or (session.done and session.journal[session.done - 1].line in line):
            self._unsaved.add(present)
            self.is_unsaved = True

    def _unsaved_branches(self) -> list[str]:
        """Those that are still there and have lines that no file has: a file holds one."""
        return [one.name for one in self.live.session.branches.all if one in self._unsaved]

    def _not_saved(self, quits: bool) -> str:
        """What is told before all is left: where the present branch is in a file, which others are not."""
        others = self._unsaved_branches()
        if others and self.live.session.branches.present.name not in others:
            return tr("quit.branches" if quits else "load.branches", names=", ".join(others))
        return tr("quit.unsaved" if quits else "load.unsaved")

    @property
    def _has_left_something(self) -> bool:
        """The last line has made something before it failed, as docker run does a container."""
        from netsandbox.lab.events import CommandRun

        session = self.live.session
        return any(type(record.event) is not CommandRun for record in session.trace.since(session.shell.last_seq))

    def lost_by(self, line: str) -> str:
        """What is told of a line that leaves a lab that no file has; a finished lesson is left at once, and so is
        all by q!, as in vi."""
        if self.is_unsaved and line.strip().removeprefix(":") in QUIT - {"q!"}:
            return tr("load.unsaved")
        leaves = self.is_unsaved and line.split()[:1] in (["load"], ["new"]) and not self.main.is_finished
        return self._not_saved(quits=False) if leaves and _leads_somewhere(line) else ""

    async def on_event(self, event: Event) -> None:
        """With any other key one has not asked to leave."""
        if isinstance(event, Key) and event.key != "ctrl+q":
            self._is_asked = False
        await super().on_event(event)

    async def action_quit(self) -> None:
        """Leave; where there are lines that no file has, only when it is asked for again, if that can be read."""
        if self.is_unsaved and not self._is_asked and not self.main.has_no_room:
            self._is_asked = True
            self.main.status.say(self._not_saved(quits=True))
        else:
            self.action_quit_now()

    def action_quit_now(self) -> None:
        """Leave at once: nothing is left to recover."""
        self.autosave.forget()
        self.exit(0)

    def action_tell_quit(self) -> None:
        """Say how the app is left: not by a key that a finger finds by itself, for a lab would be gone."""
        self.main.status.say(tr("quit.how"))

    def action_suspend(self) -> None:
        """To the shell that began the app; `fg` leads back."""
        if self._driver is not None and self._driver.can_suspend:
            self.action_suspend_process()
        else:
            self.main.status.say(tr("suspend.none"), trouble=True)
