"""What keys cost with many containers, counted and not timed; `tests.tui.measure every` times them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from rich.console import Console
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.binding import Binding
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen

from netsandbox.commands.catalogue import verbs
from netsandbox.engine.trace import Trace
from netsandbox.explain import fate, history
from netsandbox.explain.story import why_seq
from netsandbox.lab import frame_log
from netsandbox.lab.name_history import NameHistory
from netsandbox.linux.events import LinkChanged
from netsandbox.session import checkpoints, shelf
from netsandbox.session.checkpoints import Checkpoints
from netsandbox.session.keeping import KeptSession
from netsandbox.tui import streams, warm
from netsandbox.tui.app import NetsandboxApp
from netsandbox.tui.painting import memory
from netsandbox.tui.painting.settling import Below
from netsandbox.tui.panes import output
from netsandbox.tui.panes.output import hanging
from netsandbox.tui.session.lab_view import LabView
from netsandbox.tui.topology.model import Place
from tests.tui.app_harness import stage
from tests.tui.in_no_time import painting
from tests.tui.key_costs import APP

CONTAINERS = 12


@pytest.fixture(autouse=True)
def painted() -> Iterator[None]:
    """Painting is much of what a key costs."""
    with painting():
        yield


@pytest.fixture(scope="module")
def many() -> KeptSession:
    """Containers, an address that nobody has asked for, and an address that went."""
    session = KeptSession()
    for number in range(CONTAINERS):
        session.run(f"docker run -d --name c{number} nginx")
    session.run("exec c0 ping -c 1 -W 1 172.17.0.99")
    session.run("docker stop c3")
    session.run("exec c0 ping -c 100 -i 0.01 172.17.0.3")
    session.run("wait")
    return session


def test_every_key_of_the_app_is_measured() -> None:
    names = {one.id for one in NetsandboxApp.BINDINGS if isinstance(one, Binding)}
    assert names - {one.name for one in APP} == {"app.quit", "app.suspend"}


async def test_of_a_long_table_only_what_is_seen_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        await on.line(f"for i in {' '.join('abcdefghijklmnop')}; do docker run -d --name c$i nginx; done")
        await on.quiet()
        on.app.main._follows = False
        pane, made = on.app.main.device, list[int]()
        pane.show(Place("host", "docker0"), "links")
        await on.pilot.pause()
        cells = pane._data._cells
        monkeypatch.setattr(pane._data, "_cells", lambda number: made.append(number) or cells(number))
        await on.line("ping ca cb")
        await on.quiet()
        assert pane._data.row_count > 16
        assert made
        assert max(made) < pane._data.size.height


def test_of_who_hears_a_question_no_more_are_looked_at_than_are_told(
    many: KeptSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[int]()
    read = list[object]()
    of, back_to = history.BridgesLeft.of, Trace.back_to
    monkeypatch.setattr(history.BridgesLeft, "of", lambda *what: asked.append(what[1]) or of(*what))
    monkeypatch.setattr(Trace, "back_to", lambda *what: read.append(what[2] == (LinkChanged,)) or back_to(*what))
    lost = next(record for record in many.trace.since(0) if "FAILED" in str(record.event))
    assert len([line for line in why_seq(many.trace, lost.seq, "en").looked_at if "#" in line]) >= fate.MOST
    assert 1 < len(asked) <= fate.MOST
    assert sum(read) == 1, "for all of them the trace is read once"


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 1.0])
def test_names_of_a_time_before_are_those_that_one_reads_up_to_there(many: KeptSession, part: float) -> None:
    whole = NameHistory()
    whole.read(many.trace)
    end = round(many.trace.end * part)
    early, past = whole.until(end), many.trace.until(end, many.trace.step_of(end - 1) + 1)
    early.read(past)
    fresh = NameHistory()
    fresh.read(past)
    for one in "_held", "_everyone", "_cursor":
        assert getattr(early, one) == getattr(fresh, one)
    assert early.bridges._called == fresh.bridges._called


def test_a_branch_is_compared_from_a_checkpoint_on(many: KeptSession, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = list[int]()
    begin = KeptSession._begin_at
    monkeypatch.setattr("netsandbox.session.timeline.Timeline._begin_at",
                        lambda self, kept, before: begun.append(kept.step) or begin(self, kept, before))
    taken = list[object]()
    monkeypatch.setattr(Checkpoints, "_take", lambda *what: taken.append(what))
    assert many.lab_at_end_of("main").trace.digest() == many.trace.digest()
    assert begun
    assert not taken, "nobody goes back in that one"


def test_who_sends_what_to_whom_reads_each_frame_without_its_step(
        many: KeptSession, monkeypatch: pytest.MonkeyPatch) -> None:
    view, asked = LabView(many), list[int]()
    rows = [row for row in frame_log.rows(many.lab, 0) if row.protocol == "ICMP"]
    get = Trace.get
    monkeypatch.setattr(Trace, "get", lambda self, seq: asked.append(seq) or get(self, seq))
    stream = streams.of_exchange(view, rows[0], rows)
    assert len(rows) > 100
    assert len(stream.views["diagram"]()) > 100
    assert not asked, "to look for the step of each takes longer than to read it"


def test_where_a_branch_ends_is_gone_to_once_as_long_as_it_ends_there() -> None:
    session, gone = KeptSession(1), list[str]()
    ends = session.lab_at_end_of
    session.lab_at_end_of = lambda name: gone.append(name) or ends(name)  # type: ignore[method-assign,func-returns-value]
    for line in ("add-host a", "exec a ip link add d0 type dummy", "undo", "exec a ip link add d1 type dummy"):
        session.run(line)
    told = [session.run("branch main --compare").out for _ in range(2)]
    assert gone == ["main"]
    assert told[0] == told[1]
    for line in ("branch main", "exec a ip link add d2 type dummy", "branch b2"):
        session.run(line)
    assert "d2" in session.run("branch main --compare").out
    assert gone == ["main", "main"]


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("netsandbox: 1\ntitle: First\n")
    assert shelf.read(str(path), shelf.HERE).title["en"] == "First"
    with monkeypatch.context() as other:
        other.setattr(shelf, "scenario_named", None)
        assert shelf.read(str(path), shelf.HERE).title["en"] == "First"
    path.write_text("netsandbox: 1\ntitle: Second one\n")
    assert shelf.read(str(path), shelf.HERE).title["en"] == "Second one"


async def test_who_tells_the_log_knows_the_names_from_before(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.quiet()
        live, tellers = on.app.live, list[frame_log.Teller]()
        for key in ("p", "space", "n", "n"):
            await on.press(key)
            live.log(0, 10)
            assert live._teller is not None
            tellers.append(live._teller[1])
        assert tellers[-1] is tellers[-2]
        await on.line("docker run -d --name later nginx")
        live.log(0, 10)
        assert live._teller[1] is not tellers[-1]


async def test_a_picture_after_a_layout_waits_for_what_the_panes_make_of_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        painted, main = list[object](), on.app.main
        on.app._display = lambda *what: painted.append(what)  # type: ignore[method-assign]
        main._refresh_layout()
        assert not painted
        main._on_timer_update()
        assert len(painted) == 1
        main._refresh_layout()
        main._refresh_layout()
        assert len(painted) == 2, "once is enough"


async def test_who_goes_back_and_forth_over_a_line_has_the_same_picture_s_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as on:
        await on.line("docker run -d --name later nginx")
        await on.quiet()
        for key in ("left_square_bracket", "right_square_bracket") * 2:
            await on.press("escape", key)
        live, looked, all_of_them = on.app.live, list[object](), list[object]()
        interfaces = live.interfaces
        monkeypatch.setattr(live, "nodes", lambda: looked.append(1) or [])
        monkeypatch.setattr(live, "interfaces", lambda node=None: (node or all_of_them.append(1)) or interfaces(node))
        here = len(live.drawn()[0])
        await on.press("left_square_bracket")
        assert not all_of_them, "who pins a bridge, or names things, has the picture's"
        before = len(live.drawn()[0])
        assert here - before == 1
        await on.press("slash", *"nam", "escape")
        assert not all_of_them
        monkeypatch.undo()
        assert live.drawn()[0] == live.nodes()


def test_what_keys_need_is_imported_while_nobody_presses_any(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pump:
        """Runs what waits at once."""

        def set_timer(self, _seconds: float, what: Callable[[], None]) -> None:
            waiting.append(what)

    waiting, imported, read, busy = list[Callable[[], None]](), list[str](), list[int](), [True, True]
    monkeypatch.delitem(sys.modules, "netsandbox.tui.device.row_story", raising=False)
    monkeypatch.setattr(warm, "import_module", imported.append)
    monkeypatch.setattr(shelf, "some", lambda unread, most: read.append(len(unread[:most])) or unread.clear())
    monkeypatch.setattr(warm, "NEEDED", ("netsandbox.tui.device.row_story", "netsandbox.lab", "netsandbox.not.yet"))
    warm.Warming(Pump(), lambda: bool(busy and busy.pop())).begin()  # type: ignore[arg-type]
    looks = 0
    while waiting:
        waiting.pop()()
        looks += 1
    assert (imported, read, looks) == (["netsandbox.tui.device.row_story", "netsandbox.not.yet"], [warm.AT_ONCE], 6)
    monkeypatch.undo()
    assert all(map(find_spec, warm.NEEDED)), "one that has moved is an error over the first picture"
    assert {verb.handler.__module__ for verb in verbs()} <= set(warm.NEEDED), "a letter of a command needs all verbs"


def test_a_screen_below_a_page_has_the_tints_of_textual() -> None:
    styles = (None, Style(color="red", bold=True), Style(bgcolor="#123456", link="x"), Style(dim=True))
    segments = [*(Segment("ab", style) for style in styles), Segment("", control=[(ControlType.BELL,)])]
    for color in (Color(0, 0, 0, 0.6), Color(10, 20, 30, 0)):
        assert list(Below.process_segments(segments, color)) == list(BackgroundScreen.process_segments(segments, color))


async def test_a_page_leaves_the_layout_of_the_screen_below_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(tmp_path) as on:
        main, laid_out = on.app.main, list[object]()
        monkeypatch.setattr(main._compositor, "reflow", lambda *_size: laid_out.append(_size) or (set(), set(), set()))
        await on.press("question_mark")
        assert (on.app.screen is main, laid_out) == (False, [])
        monkeypatch.undo()
        await on.pilot.resize_terminal(90, 30)
        assert main._compositor.size == on.app.screen.size == (90, 30)


def test_works_that_are_known_are_listed_at_once() -> None:
    def listed() -> list[int]:
        unread, sizes = shelf.names(), list[int]()
        while unread:
            sizes.append(len(shelf.some(unread, 4)))
        return sizes

    first = listed()
    assert listed() == [sum(first)]


async def test_no_picture_is_drawn_for_who_leaves_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(tmp_path) as on:
        drawn = list[object]()
        monkeypatch.setattr(Console, "export_svg", lambda *_what, **_how: drawn.append(1) or "<svg/>")
        await on.press("S", "escape")
        assert not drawn
        monkeypatch.chdir(tmp_path)
        await on.press("S", "enter")
        assert drawn == [1]
        assert (tmp_path / "netsandbox.svg").read_text() == "<svg/>"


async def test_what_is_said_is_broken_into_rows_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(tmp_path) as on:
        await on.press("7")
        broken = list[str]()
        monkeypatch.setattr(output, "hanging", lambda text, width: broken.append(text) or hanging(text, width))
        await on.line("for i in {1..40}; do echo line $i; done")
        await on.press("escape", "7")
        assert [text for text in broken if text.startswith("line")] == [f"line {number}" for number in range(1, 41)]


async def test_a_lab_is_copied_when_nobody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "FEWEST", 600)
    monkeypatch.setattr(memory, "PAUSED", 10)
    async with stage(tmp_path) as on:
        kept = on.app.live.session.checkpoints
        kept._due = on.app.live.session.trace.step_count
        await on.line("true")
        assert kept.is_owed
        before = len(kept._kept)
        await on.pilot.pause(11)
        assert (kept.is_owed, len(kept._kept)) == (False, before + 1)
