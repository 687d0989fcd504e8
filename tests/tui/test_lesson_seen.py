"""While somebody works at a lesson's task, its goals are seen: beside what lines print, or on that one's edge."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.i18n import set_language
from netsandbox.tui.options import Options
from netsandbox.tui.panes.lesson import LessonPane, lesson_lines
from netsandbox.tui.session.lesson import Stand
from tests.tui.app_harness import Stage, stage
from tests.tui.harness import screen_text

LESSON = """netsandbox: 2
title: {en: A lesson, zh: 一课}
setup: [add-host a, add-host b, connect a b, set-ip a 10.0.0.1/24]
steps:
  - task: {en: Give b an address., zh: 给 b 一个地址。}
    run: [set-ip b 10.0.0.2/24]
    say: {en: Now it has one., zh: 现在有了。}
    expect: ["interface b:eth0 address 10.0.0.2/24"]
  - say: {en: The end., zh: 结束。}
    run: [show nodes]
"""


def shown(on: Stage) -> str:
    return screen_text(on.app)  # type: ignore[arg-type]


def lesson(tmp_path: Path, text: str = LESSON) -> Options:
    path = tmp_path / "one.yaml"
    path.write_text(text, encoding="utf-8")
    return Options(str(path), tour=False)


@pytest.mark.parametrize("size", [(120, 40), (200, 50)])
async def test_what_fits_beside_the_lesson_leaves_it_there(tmp_path: Path, size: tuple[int, int]) -> None:
    async with stage(tmp_path / "state", lesson(tmp_path), size=size) as on:
        await on.press("p")
        await on.quiet()
        for line in ("help journal", "exec a ip route"):
            await on.line(line)
            await on.quiet()
            assert on.app.main.view == "lesson"
            assert "Goals: 0 of 1" in shown(on)
            assert ", p twice shows how" in shown(on)
        assert "10.0.0.0/24 dev eth0" in shown(on)
        await on.press("escape", "p")
        await on.quiet()
        assert ", p again shows how" in shown(on)


async def test_that_a_task_is_done_is_seen_above_a_long_text_about_it(tmp_path: Path) -> None:
    """It stood below the edge, and what was said looked like an answer to who had failed."""
    text = LESSON.replace("Now it has one.", "Now it has one and so on. " * 40)
    async with stage(tmp_path / "state", lesson(tmp_path, text), size=(120, 40)) as on:
        await on.press("p")
        await on.quiet()
        await on.line("set-ip b 10.0.0.2/24")
        await on.quiet()
        seen = shown(on)
        assert seen.index("✓ Goals: 1 of 1") < seen.index("Now it has one")
        assert "▼ more" in seen


async def test_what_to_press_for_a_task_is_seen_above_many_goals(tmp_path: Path) -> None:
    """It stood below the edge, behind what each goal still wants."""
    goals = ", ".join(f'"interface b:eth0 address 10.0.0.{last}/24"' for last in range(2, 9))
    text = LESSON.replace('"interface b:eth0 address 10.0.0.2/24"', goals)
    async with stage(tmp_path / "state", lesson(tmp_path, text), size=(120, 40)) as on:
        await on.press("p")
        await on.quiet()
        seen = shown(on)
        assert seen.index(": types a line, p twice") < seen.index("Goals: 0 of 7")
        assert "▼ more" in seen


def test_keys_that_are_named_are_those_there_are() -> None:
    stand = Stand("t", 1, 2, "", (), "", (), (), 1, is_finished=False, learned="", after="", task="Do.", is_open=True)

    def told(one: Stand) -> str:
        return " ".join(str(text) for text, _style in lesson_lines(one, UNICODE, 100))

    assert ": types a line, h gives a hint, p twice" in told(stand)
    assert ": types a line, p twice" in told(stand._replace(more_hints=0))
    assert "One way to do it: ❯ ls" in told(stand._replace(is_open=False, lines=("ls",))), "I typed another"
    asked = stand._replace(task="", is_open=False, ask="Who?", answers=("a", "b"))
    set_language("zh")
    assert "按 A 或 B 作答" in told(asked)
    assert "按 A 到 C 作答" in told(asked._replace(answers=("a", "b", "c")))


async def test_a_wide_table_takes_the_lesson_s_room_and_tells_of_its_goals_and_escape_brings_it_back(
        tmp_path: Path) -> None:
    async with stage(tmp_path / "state", lesson(tmp_path), size=(120, 40)) as on:
        await on.press("p")
        await on.quiet()
        await on.line("iptables -L -v -n")
        await on.quiet()
        assert on.app.main.view == "output"
        assert "✗ goals 0 of 1 (6): b has eth0: address 10.0.0.2/24" in shown(on)
        await on.line("set-ip b 10.0.0.2/24")
        await on.quiet()
        assert "✓ goals 1 of 1 (6)" in shown(on)
        await on.press("escape")
        assert "esc lesson" in shown(on).splitlines()[-1]
        await on.press("escape")
        assert on.app.main.view == "lesson"
        assert "Goals: 1 of 1" in shown(on)
        assert "(6)" not in shown(on)
        await on.press("o")
        assert on.app.main.view == "output"
        await on.press("o")
        assert on.app.main.view == "lesson"
        await on.press("escape")
        assert on.app.main.view == "log"


async def test_at_80x24_the_output_tells_of_the_goals_it_hides(tmp_path: Path) -> None:
    async with stage(tmp_path / "state", lesson(tmp_path), size=(80, 24)) as on:
        await on.press("p")
        await on.quiet()
        await on.press("7")
        assert "─ Output ── ✗ goals 0 of 1 (6): b has eth0: address 10.0.0.2/24" in shown(on)
        await on.press("escape")
        assert on.app.main.view == "log", "there the lesson has no place beside it"


async def test_at_80x24_the_key_of_the_output_that_the_lesson_hides_is_named(tmp_path: Path) -> None:
    async with stage(tmp_path / "state", lesson(tmp_path), size=(80, 24)) as on:
        await on.press("6")
        assert " o output " in shown(on).splitlines()[-1]
        await on.press("o")
        assert on.app.main.view == "output"
        assert " o output " not in shown(on).splitlines()[-1]


@pytest.mark.parametrize("size", [(120, 40), (200, 50)])
async def test_what_a_step_says_stands_once(tmp_path: Path, size: tuple[int, int]) -> None:
    async with stage(tmp_path / "state", Options("arp-basics", tour=False), size=size) as on:
        await on.press("p")
        await on.quiet()
        text = "Nobody knows anybody yet."
        assert shown(on).count(text) == 1
        await on.press("7", "z")
        assert shown(on).count(text) == 1, "it is in the whole of what was said"
        await on.press("z", "6")
        assert shown(on).count(text) == 1
        await on.pilot.resize_terminal(100, 30)
        await on.pilot.pause()
        assert shown(on).count(text) == 1, "in a terminal of fewer rows too"


async def test_p_amid_a_step_that_stands_goes_on_and_the_footer_says_so(tmp_path: Path) -> None:
    """The header said that time is paused, the footer “p next”, and p that the step is under way."""
    async with stage(tmp_path, Options("arp-basics", tour=False), size=(120, 40)) as on:
        await on.press("p")
        await on.quiet()
        await on.press("space", "p")
        live = on.app.live
        assert live.is_at_step
        assert on.app.main.status.message == "Paused: p goes on, n goes one step"
        assert "p go on" in shown(on).splitlines()[-1]
        await on.press("n", "n")
        assert live.held
        await on.press("p")
        assert "pause" in shown(on).splitlines()[-1]
        assert not live.held
        await on.quiet()
        stand = live.lesson.stand()
        assert stand is not None
        assert (stand.number, stand.unmet) == (2, 0)
        assert "p next" in shown(on).splitlines()[-1]


async def test_p_amid_a_step_that_one_went_back_into_goes_on_to_the_present(tmp_path: Path) -> None:
    async with stage(tmp_path, Options("arp-basics", tour=False), size=(120, 40)) as on:
        for _step in range(2):
            await on.press("p")
            await on.quiet()
        await on.press("b", "b", "b")
        assert "p go on" in shown(on).splitlines()[-1]
        await on.press("p")
        await on.quiet()
        assert not on.app.live.held
        assert "p next" in shown(on).splitlines()[-1]
        await on.press("p")
        await on.quiet()
        stand = on.app.live.lesson.stand()
        assert stand is not None
        assert (stand.number, stand.unmet) == (3, 0), "its lines did not wait for a key"


@pytest.mark.parametrize(("language", "checked", "held"), [
    ("en", "Looked again: goals 0 of 1", "Paused: goals are looked at when time goes on (space plays)"),
    ("zh", "已重新检查：目标 0/1", "已暂停：时间继续走以后才检查目标（空格继续）")])
async def test_r_says_that_it_has_looked_or_why_it_cannot(
        tmp_path: Path, language: str, checked: str, held: str) -> None:
    set_language(language)
    async with stage(tmp_path / "state", lesson(tmp_path), size=(120, 40)) as on:
        await on.press("p")
        await on.quiet()
        await on.press("6", "r")
        assert on.app.main.status.message == checked
        await on.press("space")
        await on.line("ping -c 1 -W 1 a 10.0.0.2")
        await on.press("escape", "6", "r")
        assert on.app.main.status.message == held


SHOP = """netsandbox: 2
title: {en: A shop, zh: 商店}
uplink: true
steps:
  - task: {en: Start shop., zh: 启动 shop。}
    run: [docker run -d --name shop -p 8080:80 nginx]
    say: {en: The fix., zh: 解决办法。}
    expect: ["exit 0 of 'docker run'", state shop running, port host 8080 held by docker-proxy]
  - say: {en: The end., zh: 结束。}
    run: [show nodes]
"""


def goals(on: Stage) -> list[tuple[bool | None, str]]:
    stand = on.app.live.lesson.stand()
    assert stand is not None
    return [(goal.met, goal.wrong) for goal in stand.goals]


async def test_a_goal_of_what_is_so_is_not_met_when_it_is_so_no_more_and_what_happened_stays(tmp_path: Path) -> None:
    """“container shop is running” had its mark when the container was gone, and r left it."""
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    async with stage(tmp_path / "state", Options(str(path), tour=False)) as on:
        await on.press("p")
        await on.quiet()
        await on.line("docker run -d --name shop nginx")
        await on.quiet()
        assert [met for met, _wrong in goals(on)] == [True, True, False]
        await on.line("docker rm -f shop")
        await on.quiet()
        assert goals(on)[:2] == [(True, ""), (False, "there is no container shop")]
        await on.press("escape", "u")
        assert [met for met, _wrong in goals(on)] == [True, True, False], "it runs again"
        await on.line("docker rm -f shop")
        await on.line("docker run -d --name shop -p 8080:80 nginx")
        await on.quiet()
        assert [met for met, _wrong in goals(on)] == [True] * 3
        await on.line("docker rm -f shop")
        await on.quiet()
        assert [met for met, _wrong in goals(on)] == [True] * 3, "what is done is done"


@pytest.mark.parametrize(("language", "waits", "told"), [
    ("en", "Paused: F5 plays. Branch b2", "Paused: goals are looked at when time goes on (space plays)"),
    ("zh", "已暂停：F5 继续。开始新分支 b2", "已暂停：时间继续走以后才检查目标（空格继续）")])
async def test_what_goals_say_is_of_the_moment_that_is_shown(
        tmp_path: Path, language: str, waits: str, told: str) -> None:
    """Stepped back amid a line, a goal said that there is no node, which was there; and a line typed there
    changed nothing in them."""
    set_language(language)
    async with stage(tmp_path / "state", Options("host-net", tour=False)) as on:
        for _step in range(2):
            await on.press("p")
            await on.quiet()
        before = goals(on)
        for line in ("docker run -d --name nginx-host nginx", "docker rm -f nginx-host",
                     "docker run -d --net=host --name nginx-host nginx"):
            await on.line(line)
            await on.quiet()
        assert [met for met, _wrong in goals(on)] == [True] * 3
        await on.press("escape")
        for _back in range(9):
            await on.press("b")
            there = "nginx-host" in {row.name for row in on.app.live.nodes()}
            state, namespace = goals(on)[1:]
            assert state[0] is there
            assert namespace[1].startswith(before[2][1]) is not there
            stand = on.app.live.lesson.stand()
            assert stand is not None
            assert not stand.text, "of what is not done yet"
        await on.line("docker run -d --name nginx-host nginx")
        state, namespace = goals(on)[1:]
        assert state[0]
        assert not on.app.live.session.is_quiet
        assert on.app.main.status.message.startswith(waits), "what is typed after b stands"
        await on.press("escape", "6", "r")
        assert on.app.main.status.message == told


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_footer_names_each_answer(tmp_path: Path, size: tuple[int, int]) -> None:
    async with stage(tmp_path, Options("publish", tour=False), size=size) as on:
        await on.press("p", "6")
        assert "a b c answer" in shown(on).splitlines()[-1]
        assert "c conditions" not in shown(on)
        await on.press("c")
        await on.quiet()
        assert "You thought “C." in shown(on)


SKIPPED = """netsandbox: 2
title: {en: A, zh: 甲}
steps:
  - {run: hostname, expect: exit 1}
  - {run: hostname, expect: exit 0}
"""


@pytest.mark.parametrize(("language", "told"), [
    ("en", "Finished; left with goals unmet: step 1"), ("zh", "完成；目标没有全部达成的：第 1 步")])
async def test_the_end_names_the_steps_whose_goals_were_left(tmp_path: Path, language: str, told: str) -> None:
    """“Every goal is met” stood at the end of a lesson whose step before was left unmet."""
    set_language(language)
    path = tmp_path / "skipped.yaml"
    path.write_text(SKIPPED, encoding="utf-8")
    async with stage(tmp_path / "state", Options(str(path), tour=False)) as on:
        for _key in range(3):
            await on.press("p")
            await on.quiet()
        assert told in shown(on)
        assert "every goal" not in shown(on)


@pytest.mark.parametrize(("language", "told"), [("en", "your turn, :"), ("zh", "轮到你，按 :")])
async def test_a_task_that_is_the_last_step_says_whose_turn_it_is(tmp_path: Path, language: str, told: str) -> None:
    set_language(language)
    path = tmp_path / "last.yaml"
    path.write_text(LESSON.partition("  - say: {en: The end.")[0], encoding="utf-8")
    async with stage(tmp_path / "state", Options(str(path), tour=False)) as on:
        await on.press("p")
        await on.quiet()
        assert told in shown(on).splitlines()[0]
        await on.line("set-ip b 10.0.0.2/24")
        await on.quiet()
        assert told not in shown(on).splitlines()[0]


async def test_a_task_of_names_takes_its_containers_in_either_order_and_asks_for_the_alias(tmp_path: Path) -> None:
    async with stage(tmp_path / "state", Options("names", tour=False)) as on:
        for _key in range(6):
            await on.press("p")
            await on.quiet()
        await on.line("docker network create app")
        await on.line("docker network connect app web")
        await on.line("docker network connect app db")
        await on.line("docker exec web ping -c 1 db")
        await on.quiet()
        await on.line("docker exec db ping -c 1 www")
        await on.quiet()
        found = goals(on)
        assert [met for met, _wrong in found] == [True, True, False]
        assert "ping: www: Name or service not known" in found[2][1], "and not the note before it"
        await on.line("docker network disconnect app web")
        await on.line("docker network connect --alias www app web")
        await on.line("docker exec db ping -c 1 www")
        await on.quiet()
        assert [met for met, _wrong in goals(on)] == [True] * 3


TWO = """netsandbox: 2
title: {en: A, zh: 甲}
setup: [add-host a, add-host b, connect a b, set-ip a 10.0.0.1/24, set-ip b 10.0.0.2/24]
steps:
  - {run: [ping -c 1 a b, wait 1s], expect: [interface b:eth0 address 10.0.0.2/24, output of 'ping' contains ttl]}
  - {run: exec a ip neigh, expect: output contains lladdr}
"""


async def test_a_lesson_that_was_recovered_has_goals_in_its_language_and_p_leads_on_from_the_past(
        tmp_path: Path) -> None:
    """The goals were English above Chinese, and one b later each p only said that p goes on."""
    set_language("zh")
    path = tmp_path / "two.yaml"
    path.write_text(TWO, encoding="utf-8")
    async with stage(tmp_path / "state", Options(str(path), tour=False)) as on:
        await on.to_step(2)
        on.app.exit(143)
        on.app.autosave.leave()
    async with stage(tmp_path / "state", Options(recover=True, tour=False)) as on:
        await on.quiet()
        live = on.app.live
        assert "第 2 步，共 2 步" in shown(on)
        assert "exec a ip neigh` 的输出中有" in shown(on)
        await on.press("b")
        assert "第 1 步，共 2 步" in shown(on)
        assert [met for met, _wrong in goals(on)] == [True, True]
        await on.press("p")
        await on.press("space")
        await on.quiet()
        stand = live.lesson.stand()
        assert stand is not None
        assert (stand.number, stand.unmet) == (2, 0)
        on.app.action_quit_now()


async def test_a_task_on_a_vlan_is_not_done_by_leaving_it(tmp_path: Path) -> None:
    """Both hosts put into VLAN 1 met as well, and that was the lesson's end."""
    async with stage(tmp_path / "state", Options("vlan-trunk", tour=False)) as on:
        for _key in range(4):
            await on.press("p")
            await on.quiet()
        for line, met in (("exec sw1 bridge vlan add dev p1 vid 1 pvid untagged", False),
                          ("exec sw1 bridge vlan add dev p1 vid 10 pvid untagged", False),
                          ("exec sw2 bridge vlan add dev p1 vid 10 pvid untagged", True)):
            await on.line(line)
            await on.line("exec pc1 ping -c 1 -W 1 10.0.10.2")
            await on.quiet()
            assert all(goal[0] for goal in goals(on)) is met, goals(on)


async def test_an_error_of_several_rows_leaves_the_lesson_its_rows_with_the_next_key_and_messages_go(
        tmp_path: Path) -> None:
    """What to press stood below the error for as long as no other line was typed, and a message over the pace."""
    text = LESSON.replace("[show nodes]", "[\"exec a sh -c 'echo " + "wrong " * 20 + ">&2; exit 1'\"]")
    async with stage(tmp_path / "state", lesson(tmp_path, text), size=(80, 24)) as on:
        await on.to_step(2)
        assert shown(on).splitlines()[-4].startswith(" ✗ wrong"), "it takes two"
        await on.press("6")
        *_others, above, row, _prompt, _keys = shown(on).splitlines()
        assert (row[:8], row[-1]) == (" ✗ wrong", "…")
        assert "✗" not in above
        await on.press("K")
        assert "K does nothing here" in shown(on).splitlines()[0]
        await on.press("plus")
        assert "×2" in shown(on).splitlines()[0]


async def test_that_there_is_more_to_read_is_told_of_the_room_that_there_is(tmp_path: Path) -> None:
    """A lower edge went when there were no keys to name on it, and the title went on to point below."""
    text = LESSON.split("steps:", maxsplit=1)[0] + "steps: [{say: {en: " + ("w" * 70 + " ") * 11 + "}}]\n"
    async with stage(tmp_path / "state", lesson(tmp_path, text), size=(80, 24)) as on:
        await on.press("p", "6")
        pane = on.app.main.query_one(LessonPane)
        assert pane.virtual_size.height == pane.size.height == 12
        for edge, is_more in (("round", True), ("none", False)):
            pane.styles.border_bottom = (edge, "red")  # type: ignore[assignment]
            for _ in range(3):
                await on.pilot.pause()
            assert ("▼ more" in shown(on)) is is_more, edge
