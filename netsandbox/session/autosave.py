"""The journal on disk: written line by line, so that a crash or a closed terminal loses nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count, takewhile
from pathlib import Path
from typing import Any

from netsandbox.engine.budget import look, undisturbed
from netsandbox.session.files import FileError, reason, write_atomically
from netsandbox.session.journal import Entry
from netsandbox.session.keeping import KeptSession
from netsandbox.session.kept_branches import restore, told
from netsandbox.session.owner import Owner
from netsandbox.session.steps import Note, Scenario, Step

FORMAT = "netsandbox-journal/1"
SOME_STEPS = 10_000  # After so many steps of a replay a person's key is heard
DAMAGED = "this is no journal of netsandbox, or it is damaged"
DID_NOT_END = "did not end"
"""Stands behind a line that was at work for so long that nobody knows whether it would have ended."""


class Autosave:
    """Keeps a session's journal in a file, always whole.

    A file that cannot be written is given up with a reason; the session goes on.  The lines of the scenario that are
    still to come are kept as well.
    """

    def __init__(self, session: KeptSession, directory: Path) -> None:
        self.path, self._owner = _free_name(directory)
        self.problem = ""
        self.is_marked = False  # It says that a line did not end
        self.follow(session)

    def follow(self, session: KeptSession) -> None:
        """Keep this session from now on."""
        self.session = session
        session.on_execute = self.write

    def write(self, journal: list[Entry]) -> None:
        """Write the journal as it is now."""
        if self.problem:
            return
        session = self.session
        head = {"format": FORMAT, "seed": session.seed, "profile": session.profile, "uplink": session.uplink,
                "scenario": _rest(session), "branches": told(session.branches),
                "set_up": session.lines_of_set_up}
        rows = [json.dumps(head), *(json.dumps(entry, ensure_ascii=False) for entry in journal)]
        self.is_marked = False
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._owner.take()
            write_atomically(self.path, "\n".join(rows) + "\n")
        except (FileError, OSError) as error:
            self.problem = str(error)

    def mark(self) -> None:
        """Write that the line at work did not end, should the process be killed now; another thread may call this."""
        if not self.problem:
            job = self.session.running
            number = job.number if job is not None and not job.is_done else 0
            try:
                mark(self.path, number or self.session.done)
            except (FileError, OSError):
                return
            self.is_marked = True

    def unmark(self) -> None:
        """It did end."""
        if self.is_marked:
            self.write(self.session.journal)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Write once when it is over instead of after every line: a scenario's set-up has many, and can be repeated."""
        self.session.on_execute = lambda _journal: None
        try:
            yield
        finally:
            self.session.on_execute = self.write
            self.write(self.session.journal)

    def forget(self) -> None:
        """The session ended as it should: nothing is left to recover."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            self.problem = str(error)
        self.leave()

    def leave(self) -> None:
        """The process ends before its session did: whoever recovers may have the journal."""
        self._owner.release()


def _free_name(directory: Path) -> tuple[Path, Owner]:
    """A name for a journal that nobody has, nor has left behind: processes of two containers may have one number."""
    for attempt in count():
        path = directory / f"journal-{os.getpid()}{f'-{attempt}' if attempt else ''}.jsonl"
        owner = Owner(path)
        if owner.take():
            if not path.exists():
                return path, owner
            owner.release()
    raise AssertionError("count has no end")


def _rest(session: KeptSession) -> dict[str, Any] | None:
    """What is known of the session's scenario, and its steps; which of them were taken, each branch knows."""
    scenario = session.scenario
    if scenario is None:
        return None
    steps = [{"run": step.run, "say": dict(step.say), "expect": step.expect, "ask": dict(step.ask),
              "hints": list(map(dict, step.hints)), "task": dict(step.task), "answers": list(map(dict, step.answers)),
              "right": step.right} for step in scenario.steps]
    return {"name": scenario.name, "title": dict(scenario.title), "about": dict(scenario.about), "steps": steps,
            "learned": dict(scenario.learned), "next": scenario.after, "topics": scenario.topics,
            "notes": session.notes}


def mark(path: Path, number: int) -> None:
    """Write into a journal that one of its lines, the first is 1, did not end (FileError: it cannot be read or
    written)."""
    rows = _rows(path)
    if 0 < number < len(rows):
        rows[number] = json.dumps([*json.loads(rows[number])[:3], DID_NOT_END], ensure_ascii=False)
        write_atomically(path, "\n".join(rows) + "\n")


def lines_of(path: Path) -> int:
    """How many lines somebody typed that a journal has; 0 where it cannot be read."""
    with suppress(FileError, ValueError, IndexError, AttributeError, TypeError):
        head, *lines = _rows(path)
        return len(lines) - int(json.loads(head).get("set_up", 0))
    return 0


def marked(path: Path) -> str:
    """The line of a journal that did not end, or empty."""
    with suppress(FileError, ValueError, IndexError):
        return next((str(row[2]) for row in map(json.loads, _rows(path)[1:]) if len(row) > 3), "")
    return ""


def _rows(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise FileError(str(path), reason(error)) from None


def recover(path: Path, before: Callable[[int], object] = lambda _number: None) -> KeptSession:
    """The session that a journal tells of, at its end, or before the line that did not end.

    Args:
        before: told the number of each line that is done again, before it is.

    Raises:
        FileError: the file cannot be read or is no journal.
        ReplayStoppedError: a person has stopped it.
    """
    head, entries = _parse(path, _rows(path))
    session = KeptSession(head["seed"], head["profile"], head.get("uplink", ""))
    scenario = head["scenario"]
    _do_again(session, entries, before)
    session.scenario, session.notes = scenario, list(scenario.notes if scenario is not None else ())
    session.set_up = session.journal[:head["set_up"]]
    try:
        restore(session.branches, head.get("branches") or told(session.branches))
    except (ValueError, KeyError, TypeError):
        raise FileError(str(path), DAMAGED) from None
    session.find_pending()
    return session


def _do_again(session: KeptSession, entries: Iterable[Entry], before: Callable[[int], object]) -> None:
    with undisturbed():
        for number, entry in enumerate(entries, 1):
            before(number)
            for step in range(session.position.step, entry.step, SOME_STEPS):
                look()
                session.run_to(step, None)
            look()
            session.run_to(entry.step, entry.at)
            session.execute(entry.line)
        session.settle()


def _parse(path: Path, lines: list[str]) -> tuple[dict[str, Any], list[Entry]]:
    try:
        head = json.loads(lines[0])
        if head["format"] != FORMAT or not isinstance(head["seed"], int):
            raise ValueError
        head["scenario"] = _scenario(head)
        head["set_up"] = int(head.get("set_up", 0))
        rows = takewhile(lambda row: len(row) == 3, map(json.loads, lines[1:]))
        entries = [Entry(int(step), int(at), str(line)) for step, at, line in rows]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise FileError(str(path), DAMAGED) from None
    return head, entries


def _scenario(head: dict[str, Any]) -> Scenario | None:
    """The scenario that the journal's head tells of, with its steps, or with those that are left in an older journal
    (ValueError, KeyError, TypeError, AttributeError: it tells nonsense)."""
    told = head.get("scenario")
    if told is None:
        return None
    steps = [Step(_lines(one["run"]), _texts(one["say"]), _lines(one["expect"]), ask=_texts(one.get("ask", {})),
                  hints=tuple(map(_texts, one.get("hints", ()))), task=_texts(one.get("task", {})),
                  answers=tuple(map(_texts, one.get("answers", ()))), right=int(one.get("right", 0)))
             for one in told["steps"]]
    return Scenario(_texts(told["title"]), _texts(told["about"]), head["seed"], head["profile"], (), tuple(steps),
                    str(told["name"]), head.get("uplink", ""), _texts(told.get("learned", {})),
                    str(told.get("next", "")), _lines(told.get("topics", ())),
                    tuple(Note(str(kind), int(number), int(left)) for kind, number, left in told.get("notes", ())))


def _lines(told: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(str, told))


def _texts(told: dict[Any, Any]) -> dict[str, str]:
    return {str(language): str(text) for language, text in told.items()}
