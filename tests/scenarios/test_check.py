"""`netsandbox check`: its exit status, its report, its JSON and its JUnit XML."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from netsandbox.cli import main
from netsandbox.grading import check
from netsandbox.session.keeping import KeptSession
from netsandbox.session.library import bundled
from netsandbox.session.steps import judges_exit
from tests.scenarios.flips import NAMES, expectations, load

GOOD = """\
netsandbox: 1
title: {en: a cable, zh: 一根网线}
setup: [add-host pc1, add-host pc2, connect pc1 pc2]
steps:
  - run: set-ip pc1 10.0.0.1/24
    say: an address
    expect:
      - interface pc1:eth0 address 10.0.0.1/24
      - no arp pc1
"""


def written(folder: Path, text: str, name: str = "s.yaml") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_lesson_s_texts_have_the_same_numbers_in_both_languages() -> None:
    """In Chinese a datagram went to port 9001, and on the screen to 9000."""
    for name in NAMES:
        lesson = load(name)
        texts = [lesson.about, lesson.learned, *(
            text for step in lesson.steps for text in (step.say, step.ask, step.task, *step.answers, *step.hints))]
        for text in texts:
            english, chinese = (set(re.findall(r"\d{2,}", words)) for words in (text.get("en", ""), text.get("zh", "")))
            assert english == chinese or "zh" not in text, (name, text)


@pytest.mark.parametrize("name", NAMES)
def test_every_bundled_scenario_holds(name: str) -> None:
    report = check.check(name)
    assert report.error == ""
    assert [outcome for outcome in report.outcomes if outcome.status != check.HELD] == []
    assert len(report.outcomes) == len(expectations(load(name)))


def test_all_of_them_are_the_tutorials_sections() -> None:
    assert set(bundled()) >= {"netns-tour", "host-net", "mac-ip", "one-cable", "arp-basics", "arp-cache", "hub",
                              "switch-learning", "two-port-bridge", "veth", "docker0-by-hand", "docker0-ping"}


@pytest.mark.parametrize("name", NAMES)
def test_each_speaks_both_languages(name: str) -> None:
    scenario = load(name)
    texts = [scenario.title, scenario.about, scenario.learned, *(step.say for step in scenario.steps if step.say)]
    assert len(texts) > 5
    texts += [text for step in scenario.steps for text in (step.ask, step.task, *step.hints) if text]
    for text in texts:
        assert set(text) == {"en", "zh"}
        assert any("\u4e00" <= char <= "\u9fff" for char in text["zh"])
        assert not any("\u4e00" <= char <= "\u9fff" for char in text["en"])


def test_a_good_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", written(tmp_path, GOOD)]) == 0
    assert capsys.readouterr().out == (
        "a cable\n  ✓ pc1 has eth0: address 10.0.0.1/24\n  ✓ pc1's ARP table is empty\n"
        "scenarios: 1; expectations: 2, all hold\n")


@pytest.mark.parametrize(("options", "locale"), [(("--lang", "zh"), "C"), ((), "zh_CN.UTF-8")])
def test_a_good_file_in_chinese(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
                                options: tuple[str, ...], locale: str) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert main(["check", written(tmp_path, GOOD), *options]) == 0
    out = capsys.readouterr().out
    assert out.startswith("一根网线\n  ✓ pc1 的 eth0：地址 10.0.0.1/24\n  ✓ pc1 的 ARP 表是空的\n"), "no bare condition"
    assert out.endswith("场景：1 个；期望：2 条，全部成立\n")


def test_run_tells_what_holds_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for language, told in (("zh", "pc1 的 ARP 表是空的"), ("en", "pc1's ARP table is empty")):
        assert main(["run", written(tmp_path, GOOD), "--lang", language]) == 0
        assert f"\n  ✓ {told}\n" in capsys.readouterr().out
    assert main(["run", written(tmp_path, GOOD.replace("no arp pc1", "arp pc1 10.0.0.9"))]) == 1
    assert "\n  ✗ expect arp pc1 10.0.0.9\n    expected: " in capsys.readouterr().out


def test_what_does_not_hold_is_shown_with_what_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, GOOD.replace("address 10.0.0.1/24\n", "address 10.0.0.9/24\n"))
    assert main(["check", path]) == 1
    out = capsys.readouterr().out
    assert "  ✗ interface pc1:eth0 address 10.0.0.9/24\n      expected: pc1 has eth0: address 10.0.0.9/24\n" in out
    assert "      found:    pc1:eth0: address 10.0.0.1/24\n" in out
    assert f"      after: set-ip pc1 10.0.0.1/24\n      {path}:8\n" in out
    assert out.endswith("scenarios: 1; expectations: 2, of which 1 failed\n")


def test_what_cannot_be_read_is_shown_before_anything_is_run(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, GOOD.replace("no arp pc1", "no apr pc1"))
    assert main(["check", path]) == 2
    out = capsys.readouterr().out
    assert "  ✗ no apr pc1\n      character 4: 'apr' is no condition; did you mean 'arp'?\n" in out
    assert "        no apr pc1\n           ^^^\n" in out
    assert f"{path}:9\n" in out
    assert "✓" not in out
    assert main(["check", path, "--lang", "zh"]) == 2
    assert "      第 4 个字符：没有条件“apr”；是不是“arp”？\n" in capsys.readouterr().out


@pytest.mark.parametrize(("language", "odd"), [
    ("en", ("10: this task is done before anybody has done anything", "12: this task has no `run`")),
    ("zh", ("10：这个任务在做任何事之前就已完成", "12：这个任务没有 `run`"))])
def test_what_is_odd_about_a_task_is_told(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, odd: tuple[str, str]) -> None:
    """In the app such a task was finished at once, and its solution shown."""
    tasks = """  - task: {en: Look.}
    expect: [interface pc1:eth0 address 10.0.0.1/24, no arp pc1]
  - {task: {en: Bring pc2.}, expect: interface pc2:eth0 address 10.0.0.2/24}
  - {task: {en: Do.}, run: link pc1:eth0 down, expect: interface pc1:eth0 down}
"""
    path = written(tmp_path, GOOD + tasks)
    assert main(["check", path, "--lang", language]) == 1
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  · ")]
    assert len(told) == 2
    assert all(f"{path}:{mark}" in line for line, mark in zip(told, odd, strict=True))


@pytest.mark.parametrize(("language", "told"), [
    ("en", ("next: there is no scenario nowhere", "ended with exit status 1: docker: unknown command")),
    ("zh", ("next：没有名为 nowhere 的场景", "以退出码 1 结束：docker: unknown command"))])
def test_a_lesson_that_leads_nowhere_and_a_line_that_failed_are_told(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, told: tuple[str, str]) -> None:
    """A teacher whose own line had a slip of the pen looked for the mistake in the network."""
    slip = GOOD.replace("run: set-ip pc1 10.0.0.1/24", "run: docker network conect a b")
    path = written(tmp_path, slip + "next: nowhere\n")
    assert main(["check", path, "--lang", language]) == 1
    out = capsys.readouterr().out
    assert told[0] in out
    assert out.count(told[1]) == 1


def test_a_scenario_without_expectations_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, GOOD[:GOOD.index("    expect:")])
    assert main(["check", path]) == 2
    assert f"✗ {path}: no expect line: nothing was checked" in capsys.readouterr().out
    assert check.check(path, "zh").error == f"{path}：没有 expect 行，什么也没有检查"


@pytest.mark.parametrize(("text", "message"), [
    ("netsandbox: 1\nsteps: {}\n", ":2: steps: expected a list"),
    ("netsandbox: 1\nsteps: [!!python/object:os.system x]\n", "tags are not allowed"),
    ("netsandbox: 1 \x00", "not allowed in YAML"),
])
def test_a_wrong_file(tmp_path: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, text)
    assert main(["check", path]) == 2
    assert message in capsys.readouterr().out


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "docker0-pign"]) == 2
    assert "did you mean 'docker0-ping'?" in capsys.readouterr().out


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = written(tmp_path, "netsandbox: 2\n", "bad.yaml")
    assert main(["check", bad, written(tmp_path, GOOD)]) == 2
    out = capsys.readouterr().out
    assert "  ✓ pc1's ARP table is empty" in out
    assert out.endswith("scenarios: 2; expectations: 2, all hold; wrong files: 1\n")


def test_a_command_line_that_fails_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, GOOD.replace("connect pc1 pc2]", "connect pc1 pc2, conect pc1 pc2]"))
    assert main(["check", path]) == 1
    out = capsys.readouterr().out
    assert "  ✗ ❯ conect pc1 pc2\n      the command line failed\n      unknown command 'conect'; did you mean" in out
    assert f"{path}:3" in out
    assert out.endswith("scenarios: 1; expectations: 2, all hold; command lines that failed: 1\n")


def test_a_failure_that_is_expected_is_none(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD + "  - run: connect pc1:eth0 pc9\n    expect: [exit 1, output contains already]\n")
    assert main(["check", path]) == 0


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = written(tmp_path, GOOD.replace("no arp pc1", "frames 3 on pc1:eth0 since start"))
    assert main(["check", "docker0-ping", bad, "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert result["status"] == "failed"
    counted = len(expectations(load("docker0-ping"))) + 2
    assert result["summary"] == {"files": 2, "expectations": counted, "held": counted - 1, "failed": 1, "wrong": 0}
    good, failed = result["files"]
    assert (good["status"], failed["status"]) == ("held", "failed")
    assert failed["title"] == {"en": "a cable", "zh": "一根网线"}
    row = next(one for one in good["expectations"] if one["condition"].startswith("arp nginx-1"))
    assert row["frames"][0]["node"] == "nginx-1"
    assert "nginx-1:eth0 now knows" in row["why"]
    wrong = failed["expectations"][1]
    assert (wrong["line"], wrong["status"], wrong["after"]) == (9, "failed", "set-ip pc1 10.0.0.1/24")
    assert wrong["expected"].startswith("exactly 3 frames on pc1:eth0 since the start")
    assert wrong["found"] == "none"


def test_json_of_a_wrong_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "nowhere.yaml", "--json"]) == 2
    result = json.loads(capsys.readouterr().out)
    assert result["status"] == "wrong"
    assert "nowhere.yaml" in result["files"][0]["error"]


def test_junit(tmp_path: Path) -> None:
    bad = written(tmp_path, GOOD.replace("no arp pc1", "output contains '<&\"\u0430'"), "bad.yaml")
    unread = written(tmp_path, GOOD.replace("no arp pc1", "apr pc1"), "unread.yaml")
    out = tmp_path / "report.xml"
    assert main(["check", "one-cable", bad, unread, "nowhere", "--junit", str(out)]) == 2
    root = ET.fromstring(out.read_text(encoding="utf-8"))
    assert root.tag == "testsuites"
    assert (root.get("failures"), root.get("errors")) == ("1", "2")
    suites = root.findall("testsuite")
    assert [suite.get("failures") for suite in suites] == ["0", "1", "0", "0"]
    assert [suite.get("errors") for suite in suites] == ["0", "0", "1", "1"]
    assert root.get("tests") == str(len(list(root.iter("testcase"))))
    assert [suite.get("tests") for suite in suites] == [str(len(suite.findall("testcase"))) for suite in suites]
    failure = suites[1].findall("testcase")[1].find("failure")
    assert failure is not None
    assert "printed “<&\"\u0430”" in failure.get("message", "")
    assert "it printed nothing" in (failure.text or "")
    assert suites[1].findall("testcase")[1].get("line") == "9"
    error = suites[2].find("testcase/error")
    assert error is not None
    assert error.get("message", "").startswith("character 1: 'apr' is no condition")


def test_a_junit_file_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "one-cable", "--junit", str(tmp_path)]) == 2
    assert "it is a directory" in capsys.readouterr().err


def test_names_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, GOOD, "a\x1b[31m.yaml")
    out = tmp_path / "report.xml"
    assert main(["check", path + "\x1b[0m", path, "--junit", str(out)]) == 2
    captured = capsys.readouterr()
    assert "\x1b" not in captured.out + captured.err
    assert ET.fromstring(out.read_text(encoding="utf-8")).tag == "testsuites"


LESSON = """\
netsandbox: 1
title: {en: a cable to be mended}
setup: [add-host pc1, add-host pc2, connect pc1 pc2, set-ip pc1 10.0.0.1/24, set-ip pc2 10.0.0.2/24, link pc2:eth0 down]
steps:
  - run: expect reach pc1 pc2
  - run: link pc2:eth0 up
    expect:
      - no arp pc1
      - interface pc1:eth0 carrier
"""


def handed_in(folder: Path, name: str, *lines: str) -> str:
    session = KeptSession()
    session.load(written(folder, LESSON, "lesson.yaml"))
    for line in lines:
        session.run(line)
    path = folder / name
    session.save(str(path))
    return str(path)


def test_saved_sessions_are_judged_by_a_teachers_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lesson = written(tmp_path, LESSON, "lesson.yaml")
    good = handed_in(tmp_path, "good.yaml", "lnk pc2", "exec pc1 ip addr", "link pc2:eth0 up")
    idle = handed_in(tmp_path, "idle.yaml", "exec pc2 ip addr")
    assert main(["check", lesson, "--session", good]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a cable to be mended", f"  session: {good}", "  ✓ pc1 gets an answer from pc2 (one ping)",
        "  ✓ pc1's ARP table is empty", "  ✓ pc1 has eth0: carrier", "scenarios: 1; expectations: 3, all hold"]
    assert main(["check", lesson, "--json", "--session", good, idle]) == 1
    files = json.loads(capsys.readouterr().out)["files"]
    assert [(file["session"], file["status"]) for file in files] == [(good, "held"), (idle, "failed")]
    assert [one["status"] for one in files[1]["expectations"]] == ["failed", "held", "failed"]
    assert files[1]["failed_lines"] == []


@pytest.mark.parametrize(("language", "briefly"), [
    ("en", "  0 of 3 hold (of another lab)"), ("zh", "  成立 0/3 条（另一个实验网络）")])
def test_of_a_session_of_another_lab_nothing_counts_and_it_is_said_why(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, briefly: str) -> None:
    lesson, out = written(tmp_path, LESSON, "lesson.yaml"), tmp_path / "out.xml"
    good = handed_in(tmp_path, "good.yaml", "link pc2:eth0 up")
    lines = Path(good).read_text("utf-8").replace("setup:\n", "setup:\n  - add-host pc3\n")
    other = written(tmp_path, lines, "other.yaml")
    assert main(["check", lesson, "--lang", language, "--junit", str(out), "--session", good, other]) == 1
    told = capsys.readouterr().out
    why = {"en": f"{other} was not begun from {lesson}, whose set-up is another: nothing counts",
           "zh": f"{other} 不是从 {lesson} 开始的，两者的开头不同：都不算"}[language]
    assert told.count(why) == 1
    assert f"{other}{briefly}\n" in told
    assert told.count(briefly[-4:] + "\n") == 1
    first, second = ET.fromstring(out.read_text("utf-8"))
    assert {case.get("classname") for case in second.iter("testcase")} == {f"{lesson} {other}"}
    assert first.get("failures") == "0"
    assert [failure.get("message") for failure in second.iter("failure")] == [why] * 3


@pytest.mark.parametrize(("lines", "why"), [
    (["new", "add-host pc1"], "another, by the line `new`"), (["load docker0"], "by the line `load docker0`"),
    (["load mended.yaml"], "by the line `load mended.yaml`"), (["back 99"], "by the line `back 99`"),
    (["profile: docker-26"], "its profile is docker-26, and not docker-29"), (["seed: 9"], "its seed is 9, and not 0"),
    (["uplink: true"], "its uplink is 192.168.1.0/24, and not false")])
def test_a_session_that_is_not_in_the_scenario_s_own_lab_counts_for_nothing(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str], why: str) -> None:
    """Another profile made a hand-in pass that had done nothing; so did a lab that was loaded or made anew."""
    monkeypatch.chdir(tmp_path)
    mended = LESSON.replace("link pc2:eth0 down", "link pc2:eth0 up")
    written(tmp_path, mended, "mended.yaml")
    good = Path(handed_in(tmp_path, "good.yaml", "link pc2:eth0 up")).read_text("utf-8")
    if ": " in lines[0]:
        key = lines[0].partition(":")[0]
        bad = "\n".join(lines[0] if line.startswith(f"{key}:") else line for line in good.splitlines())
    else:
        bad = good.replace("steps:\n", "".join(f"  - {line}\n" for line in lines) + "steps:\n")
    report = check.judge("lesson.yaml", written(tmp_path, bad, "bad.yaml"))
    assert why in report.note
    assert report.status == "failed"
    assert {one.status for one in report.outcomes} == {"failed"}
    assert check.judge("lesson.yaml", "good.yaml").status == "held"


@pytest.mark.parametrize(("language", "told"), [
    ("en", ("Sessions\n  ✓ {}  2 of 2 hold\n  ✗ {}  1 of 2 hold\n  ✗ {}  not judged\n"
            "scenarios: 3; expectations: 4, of which 1 failed; wrong files: 1\n")),
    ("zh", ("会话一览\n  ✓ {}  成立 2/2 条\n  ✗ {}  成立 1/2 条\n  ✗ {}  未能评判\n"
            "场景：3 个；期望：4 条，其中 1 条不成立；有误的文件：1 个\n"))])
def test_how_each_of_several_sessions_did_is_told_in_a_line(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, told: str) -> None:
    """A teacher with thirty of them had to read all lines of each."""
    goal = written(tmp_path, "netsandbox: 2\nsteps: [{expect: [interface a:lo up, interface b:lo up]}]\n", "goal.yaml")
    saved = [written(tmp_path, f"netsandbox: 2\nsetup: [{lines}]\n", f"{number}.yaml") for number, lines in enumerate(
        ("add-host a, add-host b", "add-host a", "{"))]
    assert main(["check", goal, "--lang", language, "--session", *saved]) == 2
    assert capsys.readouterr().out.endswith(told.format(*saved))


def test_of_a_file_that_cannot_be_read_no_expectations_are_counted(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", written(tmp_path, "netsandbox: 2\nstpes: []\n")]) == 2
    assert capsys.readouterr().out.endswith("did you mean 'steps'?\nscenarios: 1; wrong files: 1\n")


def test_a_judged_session_writes_no_file(tmp_path: Path) -> None:
    target = tmp_path / "stolen.txt"
    bad = written(tmp_path, f"netsandbox: 1\nsetup: [export {target}, save {target}, add-host pc1]\n", "bad.yaml")
    goal = written(tmp_path, "netsandbox: 1\nsteps: [expect no arp pc1]\n")
    assert main(["check", goal, "--session", bad]) == 0
    assert not target.exists()


@pytest.mark.parametrize(("goal", "saved"), [("netsandbox: 1\nsteps: [add-host a]\n", "netsandbox: 1\n"),
                                             ("netsandbox: 1\nsteps: [expect no arp]\n", "netsandbox: 2\n"),
                                             ("netsandbox: 1\nsteps: [{expect: foo}]\n", "netsandbox: 1\n")])
def test_nothing_to_judge_is_wrong(tmp_path: Path, goal: str, saved: str) -> None:
    files = written(tmp_path, goal, "goal.yaml"), written(tmp_path, saved, "saved.yaml")
    assert main(["check", files[0], "--session", files[1]]) == 2


def test_expect_as_a_line_counts_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", written(tmp_path, "netsandbox: 1\nsetup: [add-host a, expect no arp a]\n")]) == 0
    assert "  ✓ a's ARP table is empty\n" in capsys.readouterr().out
    assert main(["check", written(tmp_path, "netsandbox: 1\nsetup: [add-host a, expect arp a 1.2.3.4]\n")]) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_step_of_these_lessons_is_a_bare_line(name: str) -> None:
    """A reader asked what the cache has to be emptied for, and what docker port is to show: 45 steps said nothing."""
    for step in load(name).steps:
        assert {"en", "zh"} <= (step.say or step.task).keys(), step.run


@pytest.mark.parametrize("name", NAMES)
def test_how_a_line_of_a_task_ended_is_asked_of_that_line(name: str) -> None:
    """A first line that was of no use met the goals that were about any line."""
    for step in load(name).steps:
        for line in step.expect if step.task else ():
            assert not judges_exit(line) or " of " in line, line
            assert line not in ("output", "no output")


FOR_NOBODY = ("iptables -I DOCKER-USER -p tcp -m conntrack --ctorigdstport 8080 --ctdir ORIGINAL -j DROP; "
              "exec uplink curl -sS -m 2 -o /dev/null --interface 192.168.1.70 192.168.1.10:8080")


@pytest.mark.parametrize(("name", "other"), [
    ("vlan-trunk", "exec sw1 bridge vlan add dev p1 vid 1 pvid untagged"),
    ("native-vlan", "exec sw2 bridge vlan add dev p1 vid 20 pvid untagged"),
    ("lossy-line", ""),
    ("ipvlan-dhcp", "exec server iptables -F"),
    ("duplicate-mac", "exec aa ping -c 1 172.17.0.4"),
    ("rules-host-firewall", "iptables -P INPUT ACCEPT"),
    ("rules-forward-drop", "iptables -D DOCKER-USER -i docker0 -j DROP"),
    ("docker-user", FOR_NOBODY),
    ("daemon-restart", "docker start web")])
def test_another_deed_than_the_task_asks_for_does_not_meet_its_goals(name: str, other: str) -> None:
    """Both ports in VLAN 1 instead of 10, a lucky ping over the bad line, an open door: the last ping was answered. A
    door that is shut for those too who may come in, a container that runs until the next restart."""
    lesson = load(name)
    task = next(step for step in lesson.steps if step.task)
    before = lesson.steps[:lesson.steps.index(task)]
    for deeds, met in (((other, task.run[-1]), False), (task.run, True)):
        session = KeptSession(lesson.seed, uplink=lesson.uplink)
        for line in (*(line for step in (*lesson.setup, *before) for line in step.run), *filter(None, deeds)):
            for one in line.split("; "):
                session.run(one)
        assert all(session.run(f"expect {line}").code == 0 for line in task.expect) is met, deeds


@pytest.mark.parametrize(("language", "offered"), [("en", "Try:  "), ("zh", "可以输入：")])
def test_of_a_condition_with_curly_quotes_the_straight_ones_are_offered(tmp_path: Path, language: str,
                                                                        offered: str) -> None:
    wrong = written(tmp_path, "netsandbox: 1\nsteps:\n  - expect: route pc2 “default via 10.2.0.1”\n", "curly.yaml")
    found = check.check(wrong, language).outcomes[0]
    assert found.message.splitlines()[-1] == offered + "route pc2 \"default via 10.2.0.1\""
