"""How a line may go on, also where it is several commands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.commands.complete import complete, hint
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
