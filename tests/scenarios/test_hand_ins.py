"""Hand-ins of strangers: whatever one of them does, the others are judged, and the report says what happened."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from netsandbox.cli import main
from netsandbox.grading import check
from netsandbox.grading.apart import EndedError, Limits, apart
from netsandbox.session.keeping import KeptSession
from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.scenario import load_scenario


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("goal.yaml").write_text("netsandbox: 1\nsteps:\n  - expect: interface a:lo up\n", encoding="utf-8")
    Path("ok.yaml").write_text("netsandbox: 1\nsetup:\n  - add-host a\n", encoding="utf-8")


HOSTILE = [
    "echo " + "a" * 40 + " | grep -E '(a|aa){1,40}X'", "echo " + "a" * 40 + " | awk '/(a{1,30}){1,30}X/ {print}'",
    "expect output matches '.*.*.*.*.*.*.*.*X'", "load pipe", "load bad.yaml", "save goal.yaml --force",
    "for i in {1..9999}; do for j in {1..9999}; do true; done; done", "until 900000000000",
]


@pytest.mark.parametrize("line", HOSTILE)
def test_a_hostile_hand_in_leaves_the_others_to_be_judged(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe")
    goal = Path("goal.yaml").read_bytes()
    Path("bad.yaml").write_text(f'netsandbox: 1\nsetup:\n  - "{line}"\n', encoding="utf-8")
    assert main(["check", "goal.yaml", "--session", "bad.yaml", "ok.yaml"]) in (1, 2)
    out = capsys.readouterr().out
    assert out.count("session: ") == 2
    assert "a mistake of netsandbox" not in out
    assert "✓ a has lo: up" in out.partition("session: ok.yaml")[2]
    assert Path("goal.yaml").read_bytes() == goal


def never() -> None:
    while True:
        pass


def hungry() -> int:
    return len("x" * (4 << 30))


def waits() -> None:
    signal.pause()


def dies() -> None:
    os.kill(os.getpid(), 9)


def leaves() -> None:
    os._exit(3)


def fails() -> None:
    raise ZeroDivisionError("a slip")


@pytest.mark.parametrize(("work", "why"), [
    (never, "it took more than 1 s of CPU time"), (hungry, "it needed more than 1024 MiB of memory"),
    (waits, "it had not come to its end after 2 s"), (dies, "its process was ended by SIGKILL"),
    (leaves, "its process ended with status 3"), (fails, "a mistake of netsandbox itself, ZeroDivisionError: a slip")])
def test_a_process_of_its_own_ends_with_a_reason(work: Callable[[], object], why: str) -> None:
    with pytest.raises(EndedError) as ended:
        apart(work, Limits(cpu=1, wall=2 if work is waits else 60, memory=1 << 30))
    assert str(ended.value) == why


def test_what_cannot_be_judged_is_told_and_the_rest_judged(monkeypatch: pytest.MonkeyPatch,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    judge = check.judge

    def sometimes(name: str, saved: str, language: str) -> check.Report:
        if saved == "bad.yaml":
            dies()
        return judge(name, saved, language)
    monkeypatch.setattr(check, "judge", sometimes)
    assert main(["check", "goal.yaml", "--session", "bad.yaml", "ok.yaml"]) == 2
    out = capsys.readouterr().out
    assert "bad.yaml: not judged to the end: its process was ended by SIGKILL" in out
    assert "✓ a has lo: up" in out


def test_a_result_comes_back() -> None:
    assert apart(lambda: {"a": (1, "é")}, Limits()) == {"a": (1, "é")}


LESSON = """netsandbox: 1
setup:
  - add-host pc1
  - add-host pc2
  - connect pc1 pc2
  - set-ip pc1 10.0.0.1/24
  - set-ip pc2 10.0.0.2/24
  - link pc2:eth0 down
steps:
  - run: ping pc1 pc2 -c 1 -W 1
    expect: [no reach pc1 pc2, exit 1]
  - task: {en: Mend it.}
    run: link pc2:eth0 up
    expect: [reach pc1 pc2, "output contains ', 0% packet loss'"]
"""


def kept(name: str, path: str, steps: int, *lines: str) -> str:
    """The file of a session in which so many steps of a scenario were done, and then lines typed."""
    scenario = load_scenario(find_scenario(name))
    session = KeptSession(scenario.seed, uplink=scenario.uplink)
    session.open(scenario)
    for _ in range(steps):
        session.next_step()
    for line in lines:
        session.run(line)
    session.save(path)
    return path


@pytest.mark.parametrize("name", bundled())
def test_a_bundled_lesson_that_was_solved_passes_and_one_that_was_only_opened_fails(name: str) -> None:
    solved = check.judge(name, kept(name, "solved.yaml", 99))
    assert solved.status == "held", [one for one in solved.outcomes if one.status != "held"]
    assert check.judge(name, kept(name, "opened.yaml", 0)).status == "failed"


def test_each_session_of_a_scenario_is_told_of_under_its_title(capsys: pytest.CaptureFixture[str],
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    """One that could not be read, or was not judged to its end, stood under the file's name."""
    kept("which-veth", "mine.yaml", 0)

    def ends(work: Callable[[], check.Report], _limits: Limits) -> check.Report:
        if "long.yaml" in str(work):
            raise EndedError("too long")
        return work()

    monkeypatch.setattr(check, "apart", ends)
    main(["check", "which-veth", "--session", "mine.yaml", "nosuch.yaml", "long.yaml"])
    out = capsys.readouterr().out
    assert out.count("Which veth is whose?\n  session: ") == 3
    assert "which-veth\n" not in out


def lesson_told(steps: int, *lines: str) -> list[tuple[str, str]]:
    """How the end of LESSON's session is judged, after so many steps and then lines: by condition."""
    Path("lesson.yaml").write_text(LESSON, encoding="utf-8")
    found = check.judge("lesson.yaml", kept("lesson.yaml", f"{len(lines)}{steps}.yaml", steps, *lines))
    return [(one.text, one.status) for one in found.outcomes]


def test_a_hand_in_is_judged_by_its_tasks_and_not_by_what_a_demonstration_shows() -> None:
    """Who mended the fault before the lesson had shown it lost the marks of the showing."""
    reach, output = "reach pc1 pc2", "output contains ', 0% packet loss'"
    solved = [(reach, "held"), (output, "held")]
    assert lesson_told(0, "link pc2:eth0 up", "ping pc1 pc2 -c 1") == solved
    assert lesson_told(1, "link pc2:eth0 up", "ping pc1 pc2 -c 1") == solved
    assert lesson_told(1, "lnk pc2:eth0 up") == [(reach, "failed"), (output, "failed")]
    two = LESSON.replace("  - run: ping", "  - task: {en: Break it more.}\n    run: ping")
    Path("two.yaml").write_text(two, encoding="utf-8")
    early = check.judge("two.yaml", kept("two.yaml", "early.yaml", 0, "link pc2:eth0 up", "ping pc1 pc2 -c 1"))
    assert [one.step for one in early.outcomes if one.status == "failed"] == [1, 1], "a task that is left out counts"


FIREWALL = """netsandbox: 2
setup:
  - docker run -d --name web -p 8080:80 nginx
  - add-switch lan
  - add-host admin
  - add-host guest
  - connect host:eth1 lan
  - connect admin lan
  - connect guest lan
  - set-ip host:eth1 10.9.0.1/24
  - set-ip admin 10.9.0.10/24
  - set-ip guest 10.9.0.66/24
  - wait
steps:
  - task: {en: Shut web for the guest alone.}
    run: iptables -I DOCKER-USER -s 10.9.0.66 -p tcp --dport 80 -j DROP
    expect:
      - fetch admin http://10.9.0.1:8080/ from web
      - no reach guest host tcp 8080
      - reach guest host
      - rule host filter DOCKER-USER '-s 10.9.0.66'
"""
RULE = "iptables -I DOCKER-USER -s 10.9.0.66 -p tcp --dport 80 -j DROP"


@pytest.mark.parametrize(("lines", "unmet"), [
    ([RULE], 0), (["docker stop web", RULE], 1), ([RULE, "iptables -F DOCKER-USER"], 2),
    (["exec guest iptables -A OUTPUT -p tcp -j DROP"], 1), (["exec guest curl -m 1 10.9.0.1:9"], 2)])
def test_a_firewall_exercise_is_judged_by_what_is_open_and_what_is_shut(lines: list[str], unmet: int) -> None:
    """It was judged by the curl that was typed: a right rule without one failed, and a curl to nowhere passed."""
    Path("wall.yaml").write_text(FIREWALL, encoding="utf-8")
    found = check.judge("wall.yaml", kept("wall.yaml", "done.yaml", 0, *lines))
    assert sum(one.status != "held" for one in found.outcomes) == unmet, found.outcomes


def test_a_session_that_went_back_amid_the_last_line_of_the_set_up_is_the_lesson_s() -> None:
    """It was saved as `ping … &`, and looked like another lab's."""
    down = "  - link pc2:eth0 down\n"
    Path("ping.yaml").write_text(LESSON.replace(down, f"{down}  - ping pc1 pc2 -c 1 -W 1\n"), encoding="utf-8")
    saved = kept("ping.yaml", "back.yaml", 0, "back 2", "link pc2:eth0 up", "ping pc1 pc2 -c 1")
    assert "- \"ping pc1 pc2 -c 1 -W 1 &\"" in Path(saved).read_text("utf-8")
    assert check.judge("ping.yaml", saved).status == "held"


def test_of_several_exercises_a_session_is_judged_by_that_from_which_it_was_begun(
        capsys: pytest.CaptureFixture[str]) -> None:
    Path("lesson.yaml").write_text(LESSON, encoding="utf-8")
    Path("other.yaml").write_text(LESSON.replace("pc2", "pc3"), encoding="utf-8")
    ours, others = (kept(f"{name}.yaml", f"of-{name}.yaml", 2, f"link {pc}:eth0 up", f"ping pc1 {pc} -c 1")
                    for name, pc in (("lesson", "pc2"), ("other", "pc3")))
    assert main(["check", "lesson.yaml", "other.yaml", "--session", ours, others]) == 0
    out = capsys.readouterr().out
    assert out.endswith(f"  ✓ {ours}, lesson.yaml  2 of 2 hold\n  ✓ {others}, other.yaml  2 of 2 hold\n"
                        "scenarios: 2; expectations: 4, all hold\n")
    assert main(["check", "lesson.yaml", "goal.yaml", "--session", others]) == 1


@pytest.mark.parametrize("where", ["setup", "steps"])
def test_what_the_last_expectations_of_all_say_has_to_be_so_at_the_end(where: str) -> None:
    head = "netsandbox: 2\nsetup:\n  - add-host a\n" + "steps:\n" * (where == "steps")
    Path("end.yaml").write_text(f"{head}  - {{run: add-host b, expect: no interface a:d0}}\n", encoding="utf-8")
    assert check.judge("end.yaml", kept("end.yaml", "idle.yaml", 1)).status == "held"
    bad = kept("end.yaml", "bad.yaml", 1, "exec a ip link add d0 type dummy")
    assert check.judge("end.yaml", bad).status == "failed"


QUIZ = LESSON.replace("  - run: ping", """  - ask: {en: "Will it answer?", zh: "会有回答吗？"}
    answers: [{en: "Yes", zh: 会}, {en: "No", zh: 不会}]
    right: 2
    run: ping""").replace("  - task:", "  - hints: [Look., Look well.]\n    task:")


@pytest.mark.parametrize(("language", "told"), [
    ("en", ["step 1, the question: You thought “A. Yes”; right is “B. No”.", "step 2: hint 1 of 2 was asked for",
            "step 2: the solution was shown and done by the app"]),
    ("zh", ["第 1 步的问题：你答的是“A. 会”，正确答案是“B. 不会”。", "第 2 步：要了第 1 个提示（共 2 个）",
            "第 2 步：看了做法，由界面做完"])])
def test_how_questions_were_answered_and_that_the_solution_was_asked_for_is_told(
        language: str, told: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("quiz.yaml").write_text(QUIZ, encoding="utf-8")
    saved = kept("quiz.yaml", "helped.yaml", 2, "link pc2:eth0 up", "ping pc1 pc2 -c 1")
    notes = "answer 1, 1", "hint 1, 0", "solution 0, 0", "answer 4, 1", "hint 1, 7"
    head = "".join(["notes:\n", *(f"  - {note} to go\n" for note in notes), "setup:"])
    Path(saved).write_text(Path(saved).read_text("utf-8").replace("setup:", head, 1), encoding="utf-8")
    options = ["check", "quiz.yaml", "--lang", language, "--junit", "out.xml", "--session", saved]
    assert main(options) == 0
    out = capsys.readouterr().out
    assert [line[4:] for line in out.splitlines() if line.startswith("  · ")] == told
    assert ET.parse("out.xml").findtext(".//system-out") == "; ".join(told)


@pytest.mark.parametrize(("language", "told"), [("en", "so before anything was done"), ("zh", "做任何事之前就是这样")])
def test_a_task_that_was_done_before_anything_was_counts_once_it_was_otherwise(language: str, told: str) -> None:
    Path("flush.yaml").write_text("""netsandbox: 2
setup: [add-host a, add-host b, connect a b, set-ip a 10.0.0.1/24, set-ip b 10.0.0.2/24]
steps:
  - {run: ping a b -c 1, expect: arp a}
  - {task: {en: Empty the cache.}, expect: no arp a}
""", encoding="utf-8")
    saved = kept("flush.yaml", "idle.yaml", 0, "exec a ip addr add 10.9.9.9/32 dev lo")
    idle = check.judge("flush.yaml", saved, language)
    assert [(one.status, told in one.message) for one in idle.outcomes] == [("failed", True)]
    done = check.judge("flush.yaml", kept("flush.yaml", "done.yaml", 0, "ping a b -c 1", "exec a ip neigh flush all"))
    assert done.status == "held"


@pytest.mark.parametrize(("language", "told"), [
    ("en", "at step 2, after: ping pc1 pc2 -c 1"), ("zh", "在第 2 步成立，在此之后：ping pc1 pc2 -c 1")])
def test_what_was_met_on_the_way_counts_and_is_told(language: str, told: str,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    Path("lesson.yaml").write_text(LESSON, encoding="utf-8")
    good = kept("lesson.yaml", "good.yaml", 1, "link pc2:eth0 up", "ping pc1 pc2 -c 1", "echo done")
    assert main(["check", "lesson.yaml", "--lang", language, "--session", good]) == 0
    assert capsys.readouterr().out.count(told) == 1


@pytest.mark.parametrize(("steps", "lines"), [
    (1, ()), (1, ("link pc2:eth0 up", "ping pc1 pc2 -c 1", "link pc2:eth0 down"))])
def test_a_task_that_was_left_out_and_an_end_that_is_not_so_fail(steps: int, lines: tuple[str, ...]) -> None:
    Path("lesson.yaml").write_text(LESSON, encoding="utf-8")
    found = check.judge("lesson.yaml", kept("lesson.yaml", "bad.yaml", steps, *lines))
    assert found.status == "failed"
    assert {one.step for one in found.outcomes if one.status == "failed"} == {2}


def test_the_usage_names_the_scenario_before_the_sessions(capsys: pytest.CaptureFixture[str]) -> None:
    """`--session` takes all words behind it, and the usage had it first."""
    with pytest.raises(SystemExit):
        main(["check", "--session", "ada.yaml", "goal.yaml"])
    assert "check [-h] FILE [FILE ...] [--session" in capsys.readouterr().err
