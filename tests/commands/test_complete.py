"""How a line may go on, also where it is several commands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.commands.complete import FILTERS, TOOL_SUMMARIES, complete, hint
from netsandbox.commands.programs import OF_SYSTEMD, PROGRAMS
from netsandbox.commands.tools.registry import TOOLS
from netsandbox.session.keeping import KeptSession

SESSION = KeptSession()
for _line in ("add-container aa", "add-container bb", "docker network create front", "docker volume create data"):
    SESSION.run(_line)


def offered(line: str) -> list[str]:
    return [line[:candidate.start] + candidate.text for candidate in complete(SESSION.shell, line, len(line))]


@pytest.mark.parametrize(("line", "one"), [
    ("sho", "show"), ("show arp a", "show arp aa"), ("ip addr; sho", "ip addr; show"),
    ("ip addr && show arp b", "ip addr && show arp bb"), ("ip addr | gr", "ip addr | grep"),
    ("ip addr|", "ip addr|grep"), ("sudo docker st", "sudo docker stop"),
    ("echo 'a;b' ; docker exec a", "echo 'a;b' ; docker exec aa"),
    ("ip link set dev do", "ip link set dev docker0"), ("nstat -", "nstat -as"), ("netstat -", "netstat -s")])
def test_the_last_command_is_what_goes_on(line: str, one: str) -> None:
    assert one in offered(line)


@pytest.mark.parametrize(("line", "names"), [
    ("docker network inspect ", {"bridge", "host", "none", "front"}), ("docker network inspect front ", {"front"}),
    ("docker network rm ", {"front"}), ("docker network connect ", {"front"}),
    ("docker network connect --alias x front ", {"aa", "bb"}), ("docker network create -o ", set()),
    ("docker network create ", set()), ("docker rmi ", {"nginx"}), ("docker volume rm ", {"data"}),
    ("docker run --network ", {"front", "host", "container:aa"}), ("docker run --name ", set()),
    ("docker run -d ", {"nginx"}), ("docker rm -f aa ", {"bb"}), ("docker rename aa ", set()),
    ("docker cp ", {"aa"}), ("tcpdump -i ", {"docker0", "lo"})])
def test_dockers_commands_are_offered_what_their_usage_asks_for(line: str, names: set[str]) -> None:
    words = {text.removeprefix(line) for text in offered(line)}
    assert names <= words
    assert bool(words) == bool(names)
    assert names & {"aa", "bb"} or not words & {"aa", "bb"}, "no container where none can stand"


@pytest.mark.parametrize("line", ["ip addr | grep a", "ip addr | grep a b", "echo 'a; sho", "# sho"])
def test_nothing_is_offered_where_nothing_is_known(line: str) -> None:
    assert not [text for text in offered(line) if text.endswith(("show", "aa"))]


@pytest.mark.parametrize(("line", "said"), [
    ("ip addr; connect a", "connect "), ("sudo docker stop", "docker stop"), ("ip addr | grep x", ""),
    ("true; ip", "ip runs in"), ("  ", ""), ("# show", "")])
def test_the_hint_is_about_the_last_command(line: str, said: str) -> None:
    assert hint(SESSION.shell, line).startswith(said)
    assert bool(hint(SESSION.shell, line)) == bool(said)


PARTS = ["ip", "docker", "show", "|", ";", "&&", "'", '"', "$(", "`", "\\", "aa", " ", "sudo", "-", "grep"]


@given(st.text(max_size=40) | st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
def test_whatever_is_typed_it_is_no_error(line: str) -> None:
    complete(SESSION.shell, line, len(line))
    hint(SESSION.shell, line)


def notes(line: str, language: str) -> dict[str, str]:
    SESSION.shell.language = language
    try:
        return {found.text: found.note for found in complete(SESSION.shell, line, len(line))}
    finally:
        SESSION.shell.language = "en"


@pytest.mark.parametrize(("line", "text", "english", "chinese"), [
    ("docker logs ", "aa", "container", "容器"), ("docker network rm ", "front", "network", "网络"),
    ("load publ", "publish", "scenario", "场景"), ("docker run --network ", "none", "no network", "不接网络"),
    ("docker run --network ", "container:aa", "the interfaces of that container", "共用那个容器的接口"),
    ("docker run --network ", "front", "network", "网络"), ("tcpdump -i ", "docker0", "interface", "接口"),
    ("show ", "mac", "MAC tables of bridges: behind which port a MAC is", "网桥的 MAC 表：某个 MAC 在哪个端口后面"),
    ("why ", "arp", "a neighbour row: arp NODE ADDRESS", "一条邻居表项：arp NODE ADDRESS"),
    ("connt", "conntrack", "tracked connections", "连接跟踪表"),
    ("ip addr | cu", "cut", "columns of each line", "取出每行的某几列"),
    ("expect ", "no", "that it is not so", "要求不成立"), ("link aa ", "up", "", "")])
def test_beside_each_word_stands_what_it_is_in_the_readers_language(
        line: str, text: str, english: str, chinese: str) -> None:
    """Kinds were in English whatever the language, a tool was “a tool”, and of a choice each row had the whole list."""
    assert (notes(line, "en")[text], notes(line, "zh")[text]) == (english, chinese)


def test_a_word_that_is_whole_is_offered_before_longer_ones() -> None:
    """`load publish` showed -localhost behind it, as if that were what enter would load."""
    assert offered("load publish")[:2] == ["load publish", "load publish-localhost"]
    assert offered("load publish-localhost") == []


def test_each_tool_and_program_has_its_words_and_nothing_else_has() -> None:
    assert set(TOOL_SUMMARIES) == {*TOOLS, *PROGRAMS, *OF_SYSTEMD, *FILTERS}
    assert all(english.isascii() and len(chinese) <= 22 for english, chinese in TOOL_SUMMARIES.values())


def test_what_why_can_be_asked_comes_first_and_its_usage_says_so() -> None:
    assert offered("why ")[:6] == [f"why {word}" for word in ("arp", "fdb", "port", "rule", "connection", "aa")]
    assert offered("why arp ")[:1] == ["why arp aa"]
    assert hint(SESSION.shell, "why").startswith("why [N|NODE NODE|arp|fdb|port|rule|connection …]")


@pytest.mark.parametrize("line", ["ip link set ", "ip -d link show ", "ip l del ", "ip addr show ", "ifconfig "])
def test_an_interface_is_offered_where_its_name_comes_without_a_word_before_it(line: str) -> None:
    assert f"{line}docker0" in offered(line)
    assert f"{line}docker0" not in offered("ip route add ")
