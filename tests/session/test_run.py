"""`netsandbox run`: the transcript, exit statuses, captures, and going back in time without a screen."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from netsandbox.cli import main
from netsandbox.commands.verbs.show import columns_of
from tests.wire.pcapng_reader import read_pcapng

TWO = ["add-container nginx-1", "add-container nginx-2"]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Run some lines from standard input; returns the exit status."""
    def run(lines: list[str], *options: str) -> int:
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
        return main(["run", "-", *options])
    return run


def packets(path: Path) -> list[tuple[int, bytes]]:
    return [(packet.at_ns or 0, packet.data) for packet in read_pcapng(path.read_bytes()).packets]


def test_a_scenario_gives_its_transcript(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "docker0-ping"]) == 0
    out = capsys.readouterr().out
    places = [out.index(text) for text in ("❯ docker run", "64 bytes from 172.17.0.3", "Frames\n", "ARP table of")]
    assert places == sorted(places)


def test_a_question_is_printed_and_answered(
        capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["run", "one-cable"]) == 0
    out = capsys.readouterr().out
    places = [out.index(text) for text in ("What do you think? The cable is", "  A. No, an address", "  B. Yes",
                                           "Answer: A. No, an address is missing", "A cable alone is not enough")]
    assert places == sorted(places)
    for typed, told in (("a\n", "Right: A. No"), ("d\nA\n", "Right: A. No"), ("bc\nabc\na\n", "Right: A. No"),
                        ("No, an address is missing\n", "Right: A. No"),
                        ("c\n", "You thought “C. No, a switch"), ("", "Answer: A. No")):
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert main(["run", "one-cable", "--ask"]) == 0
        assert told in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("A"))
    assert main(["run", "one-cable", "--ask", "--json"]) == 0
    question = json.loads(capsys.readouterr().out)["questions"][0]
    assert question["answer"] == question["right"]
    assert main(["run", "-", "--ask", "--lang", "zh"]) == 2
    assert "标准输入里是命令，不能再从中读取回答" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "told"), [
    ("en", ("In two\n\nparagraphs", "Your turn: Mend it.", "Hint: One.", "Hint: Two.", "One way to do it:",
            "❯ add-host b", "✓ b has an interface", "That was it.", "What stays.")),
    ("zh", ("In two\n\nparagraphs", "轮到你：修好它。", "提示：One.", "提示：Two.", "一种做法：", "❯ add-host b", "✓ b",
            "That was it.", "留下的。"))])
def test_a_task_stands_in_the_transcript_before_what_does_it(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, told: tuple[str, ...]) -> None:
    """A handout had the solution alone; and a text in one language only was blank in the other."""
    path = tmp_path / "task.yaml"
    path.write_text("""netsandbox: 2
about: |
  In two

  paragraphs
learned: {zh: 留下的。, en: What stays.}
steps:
  - task: {en: Mend it., zh: 修好它。}
    hints: [One., {zh: Two.}]
    run: add-host b
    say: {zh: That was it.}
    expect: interface b:lo
""", encoding="utf-8")
    assert main(["run", str(path), "--lang", language]) == 0
    out = capsys.readouterr().out
    places = [out.index(text.replace("an interface", "lo")) for text in told]
    assert places == sorted(places)


def test_a_line_that_is_wrong_fails_the_run_and_the_rest_goes_on(typed, capsys) -> None:  # type: ignore[no-untyped-def]
    assert typed(["add-contianer a", *TWO]) == 1
    out = capsys.readouterr().out
    assert "did you mean 'add-container'?" in out
    assert "nginx-2: nginx, 172.17.0.3" in out


def test_a_near_name_is_noted_below_a_tools_own_words(typed, capsys) -> None:  # type: ignore[no-untyped-def]
    """As in the app."""
    typed(["docker run -d --name web nginx", "docker exec wb ls"], "--lang", "zh")
    assert "Error response from daemon: No such container: wb\n提示：是不是“web”？\n" in capsys.readouterr().out


def test_an_empty_line_of_what_was_printed_stays(typed, capsys) -> None:  # type: ignore[no-untyped-def]
    assert typed(["echo a; echo; printf 'b\\n\\nc\\n'"]) == 0
    assert "a\n\nb\n\nc\n" in capsys.readouterr().out


def test_what_is_printed_in_pieces_is_one_line(typed, capsys) -> None:  # type: ignore[no-untyped-def]
    typed(["printf '%s %s\\n' a b; printf c && echo d", "printf e; ls nowhere; printf f", "hostname"])
    out = capsys.readouterr().out
    assert "\na b\ncd\n" in out
    assert "\nels: cannot access 'nowhere': No such file or directory\nf\n\n❯ hostname\n" in out


def test_what_runs_in_the_background_is_heard_behind_the_line_that_made_it_speak(  # type: ignore[no-untyped-def]
        typed, capsys) -> None:
    assert typed([*TWO, "tcpdump -i docker0 icmp &", "ping nginx-1 nginx-2", "show nodes"]) == 0
    out = capsys.readouterr().out
    heard = out.index("[tcpdump -i docker0 icmp &]\n")
    assert out.index("❯ ping") < heard < out.index("ICMP echo request", heard) < out.index("❯ show nodes")
    assert typed([*TWO, "tcpdump -i docker0 icmp &", "ping nginx-1 nginx-2"], "--json") == 0
    listened = json.loads(capsys.readouterr().out)["lines"][2]
    assert "ICMP echo reply" in listened["out"]


SERVE = "python3 -m http.server 8080"


@pytest.mark.parametrize(("lines", "heard", "code"), [
    ([SERVE, "curl -sI localhost:8080"], ((0, "HEAD / HTTP/1.1"), (1, "200 OK")), None),
    (["docker run -p 8080:80 nginx", "curl -sI localhost:8080"], ((1, "200 OK"),), None),
    (["nc -l 8080", "echo hi | nc -N localhost 8080"], ((0, "hi"),), 0),
    (["tcpdump -ni lo icmp", "ping -c 1 127.0.0.1"], ((0, "ICMP echo reply"), (0, "note: it goes on")), None),
    (["docker events", "docker network create n1"], ((0, "network create"),), None),
    (["docker run -d --name c1 alpine sleep 1d", "docker logs -f c1", "docker ps"], ((2, "Up 3 seconds"),), 0),
    ([SERVE, SERVE, "curl -sI localhost:8080"], ((0, "Keyboard interrupt received"), (2, "200 OK")), 0),
    ([SERVE], ((0, "note: stopped, as nobody is there"),), 0),
    (["tcpdump -ni lo icmp &", "ping -c 1 127.0.0.1", "fg", "echo"], ((0, "2 packets captured"),), 0),
    (["ping 127.0.0.1 > /dev/null &", "tcpdump -ni lo icmp", "echo"], ((1, "packets captured"),), None)],
    ids=lambda what: what[0] if isinstance(what, list) else "")
def test_a_server_that_other_lines_follow_goes_on_beside_them(  # type: ignore[no-untyped-def]
        lines: list[str], heard: tuple[tuple[int, str], ...], code: int | None, typed, capsys) -> None:
    """As in a second terminal; one that prints of itself, the last one, and what `fg` brings forward are stopped."""
    assert typed(lines, "--json") == 0
    answers = json.loads(capsys.readouterr().out)["lines"]
    assert answers[0]["code"] == code
    for place, text in heard:
        assert text in answers[place]["out"] + answers[place]["err"]


def test_a_command_with_a_slip_of_the_pen_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lsit"]) == 2
    assert "did you mean `netsandbox list`?" in capsys.readouterr().err


def test_a_scenario_that_is_not_there_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "docker0-pin"]) == 2
    assert "docker0-ping" in capsys.readouterr().err


def test_lines_move_in_time_and_are_saved(typed, capsys, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    saved = tmp_path / "saved.yaml"
    lines = [*TWO, "ping nginx-1 nginx-2", "undo", "redo", "back 2", "redo", f"save {saved}"]
    assert typed(lines, "--json", "--allow-writes", str(tmp_path)) == 0
    before = capsys.readouterr().out
    assert main(["run", str(saved), "--json"]) == 0
    after = capsys.readouterr().out
    digest = [line for line in before.splitlines() if '"digest"' in line]
    assert len(digest) == 1
    assert digest == [line for line in after.splitlines() if '"digest"' in line]


def test_a_capture_holds_only_what_was_not_taken_back(typed, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    straight, rewound = tmp_path / "straight.pcapng", tmp_path / "rewound.pcapng"
    assert typed([*TWO, "ping nginx-2 nginx-1"], "--pcapng", str(straight)) == 0
    assert typed([*TWO, "ping nginx-1 172.17.0.99", "undo", "ping nginx-2 nginx-1"], "--pcapng", str(rewound)) == 0
    assert len(packets(straight)) > 8
    assert packets(straight) == packets(rewound)


def test_the_transcripts_own_words_follow_the_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "docker0-ping", "--lang", "zh"]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("帧")
    assert lines[at + 1] == "=="
    assert any(line.split() == ["#", "时间", "位置", "来源", "→", "目的", "内容", "结果"] for line in lines[at:at + 5])
    assert "nginx-1 的 ARP 表" in lines
    head, first = next((lines[i + 2], lines[i + 3]) for i, line in enumerate(lines) if line == "nginx-1 的 ARP 表")
    assert columns_of(head[:head.index("网卡")]) == first.index("eth0")
    assert "permanent" not in "\n".join(lines[lines.index("host 的 MAC 表"):])
