"""What was read of a lab and what it is now: through steps back, undone lines and branches they agree."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from netsandbox.lab.tables import LogRow
from netsandbox.session.keeping import KeptSession
from netsandbox.tui.session.lab_view import LabView

SETUP = ("add-host a", "add-host b", "add-switch sw", "connect a sw", "connect b sw", "set-ip a 10.0.0.1/24",
         "set-ip b 10.0.0.2/24")
LINES = ("ping a b -c 1", "ping a 10.0.0.9 -c 1 -W 1", "wait 1s", "link sw:p2 down", "link sw:p2 up", "add-host c")
TRAVELS = ("back 1", "back 7", "step 3", "undo", "redo", "branch main", "branch b2", "branch b3")


class Reader:
    """Rows as the screen keeps them: read once, and thrown away from where a history turns out to be another."""

    def __init__(self, session: KeptSession) -> None:
        self.session = session
        self.view = LabView(session)
        self.epoch = -1
        self.rows: list[LogRow] = []
        self.read_again = 0

    def look(self) -> None:
        view, trace = self.view, self.session.trace
        if view.epoch() != self.epoch:
            self.epoch = view.epoch()
            kept = view.resync()
            self.read_again += trace.end - kept
            self.rows = [row for row in self.rows if row.seq < kept]
        view.version()
        self.rows += view.log(self.rows[-1].seq + 1 if self.rows else 0, trace.end)

    def told(self) -> tuple[object, ...]:
        """The rows, and what is marked up to now; of what was stepped back over a fresh one knows nothing."""
        trace = self.session.trace
        marks = sorted(mark for mark in self.view.marks() if mark.step < trace.step_count)
        drops = [self.view.drop_beside(seq, -1) for seq in range(trace.end)]
        return [row._replace(journey=0) for row in self.rows], marks, drops


def made() -> KeptSession:
    session = KeptSession()
    for line in SETUP:
        do(session, line)
    return session


def do(session: KeptSession, line: str) -> None:
    session.execute(line)
    if line not in TRAVELS:
        session.settle()


@given(st.lists(st.sampled_from(LINES + TRAVELS), min_size=4, max_size=14))
@example(["ping a b -c 1", "undo", "link sw:p2 down", "ping a b -c 1", "branch main", "branch b2"])
@settings(max_examples=20)
def test_what_was_kept_is_what_is_read_anew(lines: list[str]) -> None:
    session = made()
    reader = Reader(session)
    reader.look()
    for line in lines:
        do(session, line)
        reader.look()
        fresh = Reader(session)
        fresh.look()
        assert reader.told() == fresh.told(), line


def test_a_branch_that_is_left_is_no_reason_to_read_all_again() -> None:
    session = made()
    reader = Reader(session)
    for line in ("ping a b -c 1", "undo", "ping b a -c 1", "undo"):
        reader.look()
        do(session, line)
    again = reader.read_again
    reader.look()
    assert session.branches.present.name == "main"
    assert reader.read_again - again < 20
