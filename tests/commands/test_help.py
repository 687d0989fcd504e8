"""`help`: on verbs, docker, Linux tools, conditions and filters, with headings in two languages."""

from __future__ import annotations

import re

import pytest

from netsandbox.commands.catalogue import VERBS
from netsandbox.commands.verbs.help_topics import EXAMPLES
from netsandbox.lab.log_filter import KEYWORDS, parse
from netsandbox.session.runner import Runner
from netsandbox.session.session import Session


def said(line: str, language: str = "en") -> str:
    session = Session()
    session.shell.language = language
    job = session.run(line)
    assert job.code == 0, job.err
    return job.out


def test_the_list_has_every_verb_and_points_at_the_rest() -> None:
    text = said("help")
    assert all(f"  {name} " in text or f"  {name}\n" in text for name in {verb.name for verb in VERBS.values()})
    for word in ("docker run", "ip route", "filter"):
        assert f"`help {word}`" in text


@pytest.mark.parametrize("name", sorted(VERBS))
def test_every_verb_has_a_page(name: str) -> None:
    text = said(f"help {name}")
    assert text.startswith(VERBS[name].usage)
    assert "?." not in text


@pytest.mark.parametrize(("line", "part"), [
    ("help docker", "Usage:  docker [OPTIONS] COMMAND"), ("help docker run", "Usage:  docker run [OPTIONS] IMAGE"),
    ("help docker network", "  disconnect  Disconnect a container"), ("help ip", "Usage: ip [ OPTIONS ] OBJECT"),
    ("help docker network create", "Usage:  docker network create"), ("help ip addr", "Usage: ip address {"),
    ("help ip r", "Usage: ip route [ show ]"), ("help ip neigh", "Usage: ip neigh"),
    ("help bridge fdb", "Usage: bridge fdb {"), ("help bridge", "`help bridge fdb`"), ("help ss", "Usage: ss "),
    ("help tcpdump", "A program of Linux"), ("help expect reach", "  reach NODE NODE|ADDRESS"),
    ("help expect no exit", "`exit` is still about the line before them"),
    ("help lan", "the node uplink is the router"), ("help uplink", "exec uplink curl 192.168.1.10:8080"),
    ("help keys", "? lists them"), ("help settings", "--theme NAME"),
    ("help hping3", "nc -zv HOST PORTS"),
    ("help exec", "`docker exec` is the other way"), ("help add-container", "NAME may be a single letter")])
def test_pages_on_what_is_no_verb(line: str, part: str) -> None:
    assert part in said(line)


@pytest.mark.parametrize(("line", "part"), [("help lan", "节点 uplink"), ("help keys", "? 列出它们")])
def test_pages_on_what_is_no_verb_in_chinese(line: str, part: str) -> None:
    assert part in said(line, "zh")


def test_the_lines_of_the_page_on_the_uplink_do_well() -> None:
    runner = Runner(1, "docker-29", "192.168.1.0/24")
    runner.line("docker run -d -p 8080:80 nginx")
    lines = said("help uplink").partition("Examples\n")[2].splitlines()
    assert len(lines) == 3
    for line in lines:
        job = runner.line(line.strip().partition("   ")[0]).job
        assert job.code == 0, job.err


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_examples_of_a_program_do_well(name: str) -> None:
    runner = Runner(1, "docker-29", "192.168.1.0/24")
    for line in ("docker run -d nginx", "wait"):
        runner.line(line)
    text = said(f"help {name}")
    assert "A program of Linux" in text
    assert "例子" in said(f"help {name}", "zh")
    for line, english, _chinese in EXAMPLES[name]:
        assert f"    {line} " in text
        assert english in text
        job = runner.line(line).job
        assert job.code in (0, None), (line, job.err)


def test_the_filters_page_has_only_filters() -> None:
    text = said("help filter")
    assert {word for word in KEYWORDS if f" {word} " in text.replace("\n", " ").replace("[", " ").replace("|", " ")} > {
        "arp", "host", "net", "port", "dev", "at", "drop", "reason", "verdict", "step", "frame", "not"}
    examples = text.partition("Examples\n")[2].splitlines()
    assert len(examples) == 3
    for example in examples:
        parse(example.strip().partition("   ")[0])


@pytest.mark.parametrize(("line", "error"), [
    ("help nope", "no help on 'nope'; `help` lists what there is\n"),
    ("help pin", "no help on 'pin'; did you mean 'ping'?\n"),
    ("help iptabels", "no help on 'iptabels'; did you mean 'iptables'?\n"),
    ("help 连接", "no help on '连接'; did you mean 'connect'?\n"),
    ("help expect nope", "no help on 'expect nope'; `help` lists what there is\n"),
    ("help ip nope", "no help on 'ip nope'; `help` lists what there is\n"),
    ("help connect pc1", "no help on 'connect pc1'; `help` lists what there is\n")])
def test_no_such_page(line: str, error: str) -> None:
    job = Session().run(line)
    assert (job.code != 0, job.err) == (True, error)


def test_headings_follow_the_language() -> None:
    assert "查看\n" in said("help", "zh")
    assert "\n例子\n" in said("help why", "zh")
    assert "\nExamples\n" in said("help why")


def test_what_a_page_explains_is_called_as_in_its_usage() -> None:
    """`ageing NAME TIME` spoke of BRIDGE, `goto WORD` of WHERE."""
    for one in VERBS.values():
        for text in one.details:
            begins = re.match(r"[A-Z]{3,}\b", text)
            assert begins is None or begins[0] in one.usage, (one.name, begins)


def test_the_page_of_expect_is_broken_where_the_page_ends() -> None:
    """The lines of its source were broken once more."""
    first, second, *_conditions = said("help expect").split("\n\n")[1:]
    for paragraph in (first, second):
        assert all(len(line) > 60 for line in paragraph.splitlines()[:-1]), paragraph


@pytest.mark.parametrize(("language", "words"), [
    ("en", "1 to 3, from a nudge to the line"), ("zh", "1 到 3 个，从提醒到整行命令")])
def test_how_a_scenario_is_written_has_a_page(language: str, words: str) -> None:
    """Limits and places of questions, answers and hints were met by mistakes."""
    session = Session(1)
    session.shell.language = language
    assert words in session.run("help scenario").out
    assert session.run("help task").out == session.run("help scenario").out
