"""The command line's help and complaints, in both languages."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from netsandbox.arguments import asked_language
from netsandbox.cli import COMMANDS, main, parser
from netsandbox.session.library import bundled

CHINESE = re.compile(r"[一-鿿]")
ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}")


@pytest.fixture(autouse=True)
def _no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_in_the_language_of_the_locale_or_of_lang(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each option and section in Chinese, no English sentence left, no line wider than the screen."""
    for more, language in (([], "zh"), (["--lang", "en"], "en")):
        with pytest.raises(SystemExit) as ended:
            main([*([name] if name else []), "--help", *more])
        assert ended.value.code == 0
        told = capsys.readouterr().out
        if language == "en":
            assert told.startswith("usage: ")
            assert not CHINESE.search(told)
            continue
        assert told.startswith("用法：")
        assert "\n选项：\n" in told
        about = told[told.index("\n\n"):]
        assert not ENGLISH.search(re.sub(r"netsandbox .*? {2}|echo .*|[a-z]+ --name.*|\{[^}]*\}", "", about)), about
        assert all(sum(1 + bool(CHINESE.match(c)) for c in line) <= 80 for line in told.splitlines()
                   if "  netsandbox" not in line and "{w1," not in line)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_each_argument_is_told_in_both_languages(name: str) -> None:
    english, chinese = parser(name, "en"), parser(name, "zh")
    for one, other in zip(english._actions, chinese._actions, strict=True):
        if one.help != argparse.SUPPRESS:
            assert re.match(r"[ -~]+$", one.help or "")
            assert CHINESE.search(other.help or "")
    english_summary, chinese_summary = COMMANDS[name].summary
    assert english_summary.isascii()
    assert CHINESE.search(chinese_summary)


@pytest.mark.parametrize(("words", "said"), [
    (["check"], "netsandbox check：错误：缺少参数 FILE\n"),
    (["run", "x", "y"], "netsandbox run：错误：看不懂的参数：y\n"),
    (["run", "x", "--seed", "k"], "netsandbox run：错误：参数 --seed：“k”不能作种子（应为从 0 起的整数）\n"),
    (["run", "x", "--seed"], "netsandbox run：错误：参数 --seed 后面要有一个值\n"),
    (["run", "x", "--uplink", "1.2.3"],
     "netsandbox run：错误：参数 --uplink：“1.2.3”不是 IPv4 地址（应为四个小于 256 的数，例如 172.17.0.2）\n"),
    (["bench", "w9"], "netsandbox bench：错误：参数 workload：没有“w9”；可选 w1、w2、"),
    (["serve", "--port", "0"], "netsandbox serve：错误：参数 --port：“0”不是 1 到 65535 的端口\n"),
    (["run", "x", "--lang", "fr"], "netsandbox run：错误：参数 --lang：没有“fr”；可选 en、zh\n"),
    (["run", "x", "--s", "1", "--no-uplink=3"], "netsandbox run：错误：参数 --no-uplink 不带值，多了“3”\n"),
])
def test_what_is_wrong_with_a_line_is_said_in_chinese(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert told.startswith("用法：netsandbox ")
    assert said in told


@pytest.mark.parametrize(("words", "said"), [
    (["chekc"], "netsandbox: chekc：没有这个命令、文件或场景；是不是 `netsandbox check`？\n"),
    ([], "netsandbox: 终端界面需要终端；`netsandbox run NAME` 打印场景的经过，"),
    (["--recover"], "netsandbox: --recover 用于终端界面，它需要终端；"),
    (["open"], "netsandbox: 终端界面需要终端，而标准输入不是；`netsandbox run SCENARIO` 不需要这些\n"),
    (["simulate", "/nowhere.json"], "netsandbox: /nowhere.json：无法读取：没有这个文件或目录\n"),
])
def test_what_cannot_be_done_is_said_in_chinese(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("words", "language"), [
    ([], "zh"), (["run", "--lang", "en"], "en"), (["--lang=en"], "en"), (["--lang"], "zh"), (["--lang", "fr"], "zh"),
])
def test_the_language_that_a_line_asks_for(words: list[str], language: str) -> None:
    assert asked_language(words) == language


def test_a_person_sees_what_each_scenario_is_about_and_a_script_its_name(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["list"]) == 0
    names = capsys.readouterr().out.split("\n")[:-1]
    assert names == bundled()
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["list"]) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.split(maxsplit=1) == ["one-cable", "两台主机，一根网线"]
    assert sorted(line.split()[0] for line in (first, *others)) == names
    assert all(len(line.split(maxsplit=1)) == 2 for line in others)
    for words in (["list", "--lang", "en"], ["--lang", "en", "list"]):
        assert main(words) == 0
        assert capsys.readouterr().out.split("\n")[0].split(maxsplit=1) == ["one-cable", "Two hosts, one cable"]


@pytest.mark.parametrize(("lab", "told"), [
    ("{}", "实验网络是一个 JSON 对象，要有键“nodes”"),
    ('{"nodes": {}, "name": 5}', "lab.name：5 不是文字"),
    ('{"nodes": {}, "bogus": 5}', "lab：没有键“bogus”；可用的有：about、"),
    ('{"nodes": {"a": {"ifaces": {"e": {"mac": "x"}}}}}', "不是 MAC 地址")])
def test_what_is_wrong_with_a_kernel_lab_is_said_in_chinese(
        lab: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lab.json"
    path.write_text(lab, encoding="utf-8")
    assert main(["simulate", str(path)]) == 2
    assert told in capsys.readouterr().err


def test_the_prompts_verb_for_a_file_is_answered_with_the_command_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "mine.yaml"]) == 2
    assert "`netsandbox open`" in capsys.readouterr().err
