"""What the browser's search line finds among the bundled scenarios."""

from __future__ import annotations

from functools import cache

import pytest

from netsandbox.session import shelf
from netsandbox.session.search import found, tokens


@cache
def works() -> list[shelf.Work]:
    return [shelf.read(name, kind) for name, kind in shelf.names()]


def names(query: str) -> list[str]:
    return [work.name for work in found(works(), query)]


@pytest.mark.parametrize(("query", "one_of_the_first"), [
    ("为什么容器 ping 不通", "isolation"), ("容器ping不通", "isolation"),
    ("why can't my container ping", "rules-no-internet"),
    ("Why can’t containers talk to each other?", "icc"),
    ("端口被占用", "port-clash"), ("port already in use", "port-clash"),
    ("怎么看 ARP 表", "arp-cache"), ("ufw 不管用", "ufw-bypass"), ("container has no internet", "rules-no-internet"),
])
def test_a_question_finds_what_answers_it_in_either_language(query: str, one_of_the_first: str) -> None:
    assert one_of_the_first in names(query)[:6]
    assert len(names(query)) <= 14, "a list to choose from"


def test_a_word_finds_those_that_are_named_by_it_alone() -> None:
    assert names("hub") == ["hub", "one-cable"]
    assert names("") == [work.name for work in works()]
    assert names("zzzz") == names("???") == []
    assert names("ＤＮＳ") == names("dns"), "full width is no other word"


def test_a_topic_finds_what_it_stands_nowhere_in_behind_what_is_named_by_it() -> None:
    """Who looked for dns found one lesson of three, and for iptables none of Docker's own chains."""
    assert names("dns") == ["docker-dns", "names", "host-resolver", "host-docker-internal", "stale-address"]
    assert names("conntr") == names("conntrack")
    for word, some in {"iptables": {"docker-user", "rules-forward-drop", "rules-stale-connection", "icc", "rules-ufw"},
                       "tcp": {"lossy-line", "mtu", "publish", "docker-user"}, "nat": {"gateway-nat", "publish"},
                       "stp": {"spanning-tree"}, "firewall": {"docker-user", "icc"}}.items():
        assert some <= {*names(word)}, word


def test_a_word_goes_before_letters_within_one() -> None:
    """db is a word of a title, and three letters of missing-fdb-row."""
    assert names("db")[0] == "names"
    assert "missing-fdb-row" in names("db")


def test_a_word_in_the_title_goes_before_one_in_the_summary() -> None:
    titled = ["端口" in " ".join(work.title.values()) for work in found(works(), "端口")]
    assert 0 < sum(titled) < len(titled)
    assert titled == sorted(titled, reverse=True)
    assert names("端口")[0] != "two-port-bridge"


def test_all_words_in_the_title_go_before_some_in_the_text() -> None:
    assert names("no internet")[0] == "rules-no-internet"


def test_chinese_is_cut_into_pairs_and_what_asks_is_left_out() -> None:
    assert list(tokens("为什么容器 ping 不通？")) == ["容器", "ping", "不通"]
    assert list(tokens("MAC表")) == ["mac", "表"]
