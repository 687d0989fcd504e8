"""`x`: the chosen frames of the log as a capture file."""

from __future__ import annotations

from pathlib import Path

import dpkt
import pytest

from netsandbox.lab.tables import LogRow
from netsandbox.session.keeping import KeptSession
from netsandbox.session.ready import READY
from netsandbox.tui.session.lab_view import LabView
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def packets(path: Path) -> list[bytes]:
    with path.open("rb") as file:
        return [data for _at, data in dpkt.pcapng.Reader(file)]


async def export_to(on: Stage, path: Path) -> None:
    await on.press("x")
    on.app.main.export.input.value = str(path)
    await on.press("enter")


def frame_of(on: Stage, row: LogRow) -> bytes:
    frame = on.app.live.frame(row.seq)
    assert frame is not None
    return frame.data


async def test_the_selected_frames_are_written_and_no_others(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        log = on.app.main.log_pane
        await on.press("p")
        await on.quiet()
        log.focus()
        await on.press("shift+up", "shift+up")
        rows = log.selected_rows()
        assert len(rows) == 3
        await export_to(on, tmp_path / "some.pcapng")
        assert packets(tmp_path / "some.pcapng") == [frame_of(on, row) for row in rows]
        assert on.app.main.status.message.endswith("some.pcapng, frames: 3")
        assert log.has_focus


async def test_one_port_of_a_flood_is_one_packet(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("docker run -d --name nginx-3 nginx")
        await on.press("escape", "p")
        await on.quiet()
        log = on.app.main.log_pane
        copies = [row for row in map(log.store.row, range(len(log.store))) if row.verdict == "flooded"]
        last = copies[-1].seq
        assert [row.seq for row in copies].count(last) == 2
        log.go_to_seq(last)
        await export_to(on, tmp_path / "one.pcapng")
        assert len(packets(tmp_path / "one.pcapng")) == 1


async def test_marks_are_written_where_nothing_is_selected(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        log = on.app.main.log_pane
        await on.press("p")
        await on.quiet()
        for seq in (log.store.row(len(log.store) - 5).seq, log.store.row(len(log.store) - 2).seq):
            log.go_to_seq(seq)
            await on.press("m")
        log.action_first()
        rows = log.chosen_rows()
        assert {row.seq for row in rows} == log.marks
        await export_to(on, tmp_path / "marks.pcapng")
        assert packets(tmp_path / "marks.pcapng") == [frame_of(on, row) for row in rows]


async def test_a_path_that_cannot_be_written_stays_to_be_mended(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        await export_to(on, tmp_path / "no" / "such" / "\x1b[31m.pcapng")
        assert "no such file" in screen_text(on.app)  # type: ignore[arg-type]
        assert on.app.main.export.input.has_focus
        on.app.main.export.input.value = str(tmp_path / "good.pcapng")
        await on.press("enter")
        assert packets(tmp_path / "good.pcapng")


async def test_a_file_that_was_there_is_spared(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    async with stage(tmp_path) as on:
        await on.press("p")
        await on.quiet()
        await export_to(on, tmp_path / "notes.txt")
        assert "There is such a file already" in screen_text(on.app)  # type: ignore[arg-type]
        assert (tmp_path / "notes.txt").read_text() == "mine"
        on.app.main.export.input.value = str(tmp_path / "own.pcapng")
        await on.press("enter")
        await export_to(on, tmp_path / "own.pcapng")
        assert on.app.main.status.message.endswith("own.pcapng, frames: 1")


async def test_without_frames_it_says_so(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        on.app.main.log_pane.clear()
        await on.press("x")
        assert not on.app.main.export.input.has_focus
        assert on.app.main.status.trouble


@pytest.fixture
def view() -> LabView:
    session = KeptSession()
    session.open(READY)
    session.run("ping nginx-1 nginx-2")
    return LabView(session)


def test_what_is_forgotten_meanwhile_is_told(view: LabView, tmp_path: Path) -> None:
    trace, rows = view.session.trace, list(view.log(0, 10_000))
    trace.cap = 10
    trace.trim()
    kept = [row for row in rows if row.seq >= trace.first]
    told = view.export(rows, str(tmp_path / "rest.pcapng"))
    assert f": {len(kept)} of {len(rows)};" in told.lines[0]
    assert len(packets(tmp_path / "rest.pcapng")) == len(kept)
    gone = view.export([row for row in rows if row.seq < trace.first], str(tmp_path / "none.pcapng"))
    assert gone.error
    assert not (tmp_path / "none.pcapng").exists()
