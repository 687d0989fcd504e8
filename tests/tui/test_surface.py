"""What the surface says: pictures to a path, filters by which nothing passes, what `p` means, the pace."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual.widgets import Input, OptionList

from netsandbox.lab.log_match import Names, strangers
from netsandbox.session.shelf import names
from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.screens.browser import BrowserScreen
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


@pytest.mark.parametrize(("key", "said"), [
    ("K", "K does nothing here: ? tells what does"), ("exclamation_mark", "! does nothing here: ? tells what does"),
    ("d", "d does nothing here: it is for the pane Topology, which 1 shows"),
])
async def test_a_key_that_means_nothing_says_so(tmp_path: Path, key: str, said: str) -> None:
    async with stage(tmp_path) as on:
        await on.press("6", key)
        assert on.app.main.status.message == said
        await on.press("down")
        assert on.app.main.status.message == "", "to scroll what is whole is no mistake, and the other one is over"


async def test_a_picture_is_written_to_a_path_of_ones_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    async with stage(tmp_path / "state") as on:
        await on.press("S", "enter")
        assert "Written to netsandbox.svg" in shown(on)
        svg = (tmp_path / "netsandbox.svg").read_text(encoding="utf-8")
        assert svg.startswith("<svg ")
        assert "nginx-1" in svg
        await on.press("S", "ctrl+u", *"a.png", "enter")
        assert "A PNG needs resvg" in shown(on)
        drawn = SimpleNamespace(svg_to_bytes=lambda svg_string: b"\x89PNG")
        monkeypatch.setitem(sys.modules, "resvg_py", drawn)
        await on.press("enter")
        assert "No font here has the letters" in shown(on), "it would be all boxes, or nothing"
        drawn.svg_to_bytes = lambda svg_string: b"\x89PNG" + svg_string.encode()
        await on.press("enter")
        assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
        await on.press("S", "ctrl+u", *"a.jpg", "enter")
        assert "No picture is written as .jpg" in shown(on)
        assert not (tmp_path / "a.jpg").exists()
        await on.press("ctrl+u", *"nowhere/x.svg", "enter")
        assert "or directory" in shown(on)
        await on.press("ctrl+u", *"netsandbox.svg", "escape")
        (tmp_path / "mine.svg").write_text("mine", encoding="utf-8")
        await on.press("S", "ctrl+u", *"mine.svg", "enter")
        assert "There is such a file already" in shown(on)
        assert (tmp_path / "mine.svg").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("line", "unknown"), [
    ("host nginx-", ["nginx-"]), ("host nginx-1", []), ("host 10.9.9.9", []), ("host everyone", []),
    ("at nope", ["nope"]),
    ("not (host a or dev eth9)", ["a", "eth9"]), ("dev docker0 or dev host:docker0 or dev veth1 or dev host:veth1", []),
    ("arp and port 80", []), ("", []), ("host 1a:2b:3c:4d:5e:6f", []), ("host NGINX-1", [])])
def test_names_that_nothing_has(line: str, unknown: list[str]) -> None:
    names = Names({"nginx-1": frozenset(), "host": frozenset()}, {("host", "veth1"): "docker0"},
                  ("eth0", "docker0", "veth1"))
    assert [name for name, _there in strangers(line, names)] == unknown


async def test_a_filter_by_which_nothing_passes_says_so_and_names_the_nearest(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.press("slash", *"host nginx-")
        assert "Nothing here is called nginx-: nothing passes by it.  Did you mean nginx-1?" in shown(on)
        await on.press("1")
        assert "Nothing here is called" not in shown(on)


LESSON = """netsandbox: 2
title: {en: A lesson, zh: 一课}
setup:
  - add-host a
  - add-host b
  - connect a b
steps:
  - say: {en: One., zh: 一。}
    run: [set-ip a 10.0.0.1/24]
    expect: ["interface b:eth0 address 10.0.0.2/24"]
"""


async def test_p_means_what_the_footer_says(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(LESSON, encoding="utf-8")
    async with stage(tmp_path / "state", Options(str(path), tour=False)) as on:
        assert " p next " in shown(on)
        await on.press("p")
        await on.quiet()
        assert " p check " in shown(on)
        for _ in range(3):
            await on.press("p")
            await on.quiet()
        assert not any(entry.line.startswith("ping") for entry in on.app.live.session.journal)
        await on.line("set-ip b 10.0.0.2/24")
        await on.quiet()
        await on.press("escape")
        assert " p lessons " in shown(on)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_pace_is_in_the_footer(tmp_path: Path, size: tuple[int, int]) -> None:
    async with stage(tmp_path, size=size) as on:
        await on.press("minus", "minus", "minus")
        assert "+- ×0.1" in shown(on).splitlines()[-1]


async def test_a_key_of_the_lesson_says_that_none_is_open(tmp_path: Path) -> None:
    """c, r and h were said to be for a pane that had nothing in it."""
    async with stage(tmp_path) as on:
        await on.press("h")
        assert on.app.main.status.message == "h is for a lesson, and none is open: ctrl+o shows what there is"
        await on.press("c")
        assert on.app.main.status.message.startswith("c does nothing here: it is for the pane Branches")
        await on.line("load hub")
        await on.quiet()
        await on.press("c")
        assert "does nothing" not in on.app.main.status.message


async def test_what_went_wrong_is_told_until_the_next_key(tmp_path: Path) -> None:
    """It stood over all that was done afterwards, as if that had gone wrong."""
    async with stage(tmp_path) as on:
        await on.press("v")
        assert on.app.main.status.message == "No tunnel's packet is selected: VXLAN, GRE or IP in IP"
        await on.pass_time(1)
        assert on.app.main.status.trouble
        await on.press("up")
        assert (on.app.main.status.message, on.app.main.status.trouble) == ("", False)
        await on.press("v", "v")
        assert on.app.main.status.trouble, "said again where it is so again"


async def test_the_footer_names_the_keys_of_a_place(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(120, 40)) as on:
        assert "←→" not in footer(on)
        await on.press("2")
        await on.pilot.pause()
        assert " ←→ tab " in footer(on)
        await on.press("z")
        await on.pilot.pause()
        assert " z restore  ←→ tab " in footer(on)
        await on.press("z")
        await on.pilot.pause()
        assert "restore" not in footer(on)
        await on.press("z")
        await on.pilot.pause()
        await on.press("escape")
        await on.pilot.pause()
        assert "restore" not in footer(on), "by whatever key"


async def test_what_nobody_saw_is_not_opened_and_what_was_named_is(tmp_path: Path) -> None:
    """ctrl+o and enter in one burst opened a lesson that nobody had seen, over the lab."""
    async with stage(tmp_path) as on:
        on.app.action_browse()
        screen = BrowserScreen(on.app.glyphs, [], {}, on.app.main.command.open)
        await on.app.push_screen(screen)
        screen._is_seen = False
        opened: list[object] = []
        screen.dismiss = opened.append  # type: ignore[method-assign, assignment]
        screen.action_open()
        assert opened == []
        screen.query_one(Input).value = "vxlan-by"
        screen._unread = [one for one in names() if one[0] == "vxlan-by-hand"]
        screen.works = []
        screen.action_open()
        assert opened == [], "it is not read yet"
        screen._read_on()
        assert opened == ["vxlan-by-hand"]


async def test_the_browser_begins_at_the_lesson_one_is_in_and_goes_to_its_ends(tmp_path: Path) -> None:
    """It began at the first lesson not done, End did nothing, and a page was a third of what is seen."""
    async with stage(tmp_path, Options("publish", tour=False)) as on:
        await on.press("ctrl+o")
        await on.pilot.pause()
        screen = on.app.screen
        assert isinstance(screen, BrowserScreen)
        assert screen.chosen is not None
        assert screen.chosen.name == "publish"
        options = screen.query_one(OptionList)
        await on.press("end")
        assert options.highlighted == options.option_count - 1
        await on.press("home")
        assert options.highlighted == 0
        page = options.size.height - 1
        await on.press("pagedown")
        assert options.highlighted == page


@pytest.mark.parametrize(("language", "copied", "none"), [
    ("en", "Copied: lines ", "Nothing is selected or seen here"), ("zh", "已复制 ", "这里没有可以复制的内容")])
async def test_y_copies_what_is_selected_or_seen_in_each_pane_and_says_so(
        tmp_path: Path, language: str, copied: str, none: str) -> None:
    set_language(language)
    async with stage(tmp_path) as on:
        status = on.app.main.status
        await on.press("6", "y")
        assert status.message.startswith(none)
        await on.press("1", "y")
        assert on.app.clipboard == "nginx-1\n"
        await on.line("ping nginx-1 nginx-2 -c 1")
        await on.quiet()
        await on.press("escape", "7", "y")
        assert on.app.clipboard.startswith("host ❯ ping nginx-1 nginx-2 -c 1\nPING 172.17.0.3")
        assert status.message.startswith(copied)
        await on.press("2", "y")
        assert on.app.clipboard.startswith("172.17.0.3  ")
        assert "█" not in on.app.clipboard
        assert on.app.clipboard.strip() in status.message
        await on.press("3", "up", "5", "y")
        why = on.app.main.why.why
        assert why is not None
        assert on.app.clipboard.replace("\n", "").startswith(why.decision.replace("\n", ""))
        assert why.causes[-1].text in on.app.clipboard, "also what is folded"
        await on.press("4", "y")
        assert on.app.clipboard.startswith(("ICMP", "ARP"))


def footer(on: Stage) -> str:
    return screen_text(on.app).splitlines()[-1]  # type: ignore[arg-type]
