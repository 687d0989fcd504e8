"""The rows behind the log, and its columns: bounded, filtered in slices, never too wide."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from netsandbox.explain.frame_words import shortened
from netsandbox.explain.verdicts import DROPS
from netsandbox.explain.words import said
from netsandbox.lab.log_match import compile_filter
from netsandbox.lab.tables import LogRow
from netsandbox.linux.drop import DropReason
from netsandbox.tui.glyphs import ASCII, UNICODE
from netsandbox.tui.i18n import language, set_language
from netsandbox.tui.log.columns import (
    Needs,
    columns,
    contains,
    format_time,
    header,
    needs_of,
    plain,
    row_runs,
    verdict_text,
    where_text,
)
from netsandbox.tui.log.store import LogStore
from netsandbox.tui.panes.log_lines import LEAST
from netsandbox.tui.text import cell_len
from tests.tui.rows import PING, Written, many


class StoreMachine(RuleBasedStateMachine):
    """The store against a plain list that is filtered anew each time."""

    def __init__(self) -> None:
        super().__init__()
        self.written = Written()
        self.store = LogStore(self.written, capacity=40)
        self.rows: list[LogRow] = []
        self.next = 0
        self.filter = ""
        self.folded = False

    @rule(count=st.integers(0, 60), scanned=st.booleans())
    def extend(self, count: int, scanned: bool) -> None:
        rows = [row._replace(journey=row.seq - row.seq % 3) for row in many(count, self.next)]
        self.next += count
        self.rows += rows
        self.store.extend(self.written.write(rows))
        if len(self.rows) - 40 > 40 * 0.12:
            self.rows = self.rows[-40:]
        if scanned:
            self.store.scan(1000)

    @rule(text=st.sampled_from(["", "arp", "drop", "not arp", "frame 0-20"]))
    def set_filter(self, text: str) -> None:
        self.filter = text
        self.store.set_filter(compile_filter(text) if text else None)

    @rule()
    def fold(self) -> None:
        self.folded = not self.folded
        self.store.fold(self.folded)

    @rule(limit=st.sampled_from([5, 30, 1000]))
    def scan(self, limit: int) -> None:
        self.store.scan(limit)

    @rule(back=st.integers(1, 30))
    def truncate(self, back: int) -> None:
        self.next = max(self.next - back, 0)
        self.rows = [row for row in self.rows if row.seq < self.next]
        self.store.truncate(self.next)

    @rule()
    def clear(self) -> None:
        self.rows = []
        self.store.clear()

    @rule(data=st.data())
    def find(self, data: st.DataObject) -> None:
        if len(self.store):
            start = data.draw(st.integers(0, len(self.store) - 1))
            wanted = contains(str(data.draw(st.integers(0, self.next))))
            found, _ = self.store.find(wanted, start, 1, 10_000)
            shown = [self.store.row(at) for at in range(start, len(self.store))]
            assert found == next((start + at for at, row in enumerate(shown) if wanted(row)), None)

    @invariant()
    def shows_what_it_should(self) -> None:
        assert self.store.total == len(self.rows)
        is_whole = self.store.complete
        seen = self.rows if is_whole else self.rows[: self.store._scanned - self.store.rows.first]
        passing = [row for row in seen if compile_filter(self.filter)(row)]
        journeys = {row.journey for row in passing}
        wanted = [row for row in seen if row.seq in journeys] if self.folded else passing
        shown = [self.store.row(at) for at in range(len(self.store))]
        assert shown == wanted
        if is_whole:
            for at, row in enumerate(shown):
                hops = sum(one.journey == row.seq for one in self.rows) if self.folded else 1
                assert self.store.shown(at).hops == (hops if hops > 1 else 0)
        for at in range(len(shown)):
            assert self.store.position(self.store.absolute(at)) == at
            assert self.store.position_of_seq(shown[at].seq) == at
        for seq in (0, self.next // 2, self.next):
            before = [at for at, row in enumerate(shown) if row.seq <= seq]
            assert self.store.position_of_seq(seq) == (before[-1] if before else None)


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=150, stateful_step_count=30)


def test_a_cursor_stays_on_its_row_when_old_ones_go() -> None:
    written = Written()
    store = LogStore(written, capacity=100)
    store.extend(written.write(many(100)))
    cursor = store.absolute(90)
    assert store.extend(written.write(many(50, 100))) == 50
    assert store.row(store.position(cursor)).seq == 90
    assert store.position(0) == 0, "a row that is gone: the oldest"


def test_a_filter_sees_the_rows_that_come_after_going_back() -> None:
    written = Written()
    store = LogStore(written)
    store.set_filter(compile_filter("not arp"))
    store.extend(written.write(many(30)))
    store.scan(1000)
    store.truncate(15)
    store.extend(written.write(many(10, 15)))
    store.scan(1000)
    assert [store.row(at).seq for at in range(len(store))] == [seq for seq in range(25) if seq % 10]


def test_a_flood_is_one_record_and_several_rows() -> None:
    written = Written()
    store = LogStore(written)
    store.extend(written.write(row._replace(seq=row.seq // 3) for row in many(30)))
    assert [store.row(at).info for at in range(30)] == [row.info for row in many(30)]
    assert store.position_of_seq(4) == 12, "its first row"
    assert store.position_of_seq(99) == 29
    store.set_filter(compile_filter("frame 2-6"))
    store.scan(1000)
    assert store.position_of_seq(4) == 6
    assert store.position_of_seq(8) == 14
    assert store.position_of_seq(1) is None
    store.truncate(4)
    assert len(store) == 6


def test_memory_is_bounded() -> None:
    store = LogStore(Written(), capacity=1000)
    for start in range(0, 100_000, 500):
        store.extend(range(start, start + 500))
        assert store.total <= 1120


@pytest.mark.parametrize("width", [40, 60, 80, 98, 120, 160, 200])
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_a_row_is_as_wide_as_its_pane(width: int, glyphs: object) -> None:
    assert glyphs in (UNICODE, ASCII)
    chosen = UNICODE if glyphs == UNICODE else ASCII
    widths = columns(width, 123_456)
    for row in PING:
        text = "".join(run.text for run in row_runs(row, widths, chosen))
        assert cell_len(text) + 1 <= width
        assert text.startswith("     ")
    assert cell_len(header(widths, chosen)) <= width


@given(st.integers(10, 250), st.integers(0, 10**7), st.text(max_size=60), st.text(max_size=20))
def test_hostile_rows_fit_too(width: int, last: int, info: str, name: str) -> None:
    row = PING[0]._replace(info=info, source=name, node=name, interface=name, protocol=name, verdict=name)
    runs = row_runs(row, columns(width, last), UNICODE, needle=info[:2].lower())
    text = "".join(run.text for run in runs)
    assert text.isprintable()
    wide = columns(width, last)
    assert cell_len(text) == sum(wide) + sum(1 for column in wide if column)


def test_wider_panes_show_more() -> None:
    assert columns(40).who == 0
    assert 0 < columns(80).where < columns(120).where
    assert columns(200).verdict >= len("✗ NEIGH_FAILED")
    assert columns(80, 123_456).number == 6


def test_a_port_is_shown_with_its_bridge() -> None:
    port, alone = PING[0], PING[0]._replace(master="")
    assert where_text(port, UNICODE) == "⇐ docker0:veth0000005"
    assert where_text(alone, UNICODE) == "⇐ host:veth0000005"
    assert where_text(PING[5], UNICODE) == "⇒ nginx-1:eth0"
    assert where_text(alone._replace(interface="docker0"), ASCII) == "< host:docker0"
    assert where_text(port._replace(master="br-358d65ef3b14", title="app"), ASCII) == "< app:veth0000005"
    assert where_text(alone._replace(interface="br-358d65ef3b14", title="app"), ASCII) == "< host:app"
    switch = alone._replace(node="sw1", interface="br0", title="sw1")
    assert where_text(switch, UNICODE) == "⇐ sw1"
    narrow = "".join(run.text for run in row_runs(switch, columns(76), UNICODE))
    assert "⇐sw1 " in narrow, "it is br0 in no column"
    two = PING[0]._replace(node="sw2", interface="p1", master="br0", title="sw2")
    for room, text in ((columns(76), "⇐sw2:p1 "), (columns(76)._replace(where=6), "⇐p1 ")):
        assert text in "".join(run.text for run in row_runs(two, room, UNICODE)), "of which switch, if it fits"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_why_a_frame_was_dropped_is_two_words_in_the_readers_language(language: str) -> None:
    """The kernel's names widened the column for all rows, and a Chinese reader could not read them."""
    set_language(language)
    assert set(DROPS) == {reason.name for reason in DropReason}
    for name, words in DROPS.items():
        text = verdict_text(PING[5]._replace(reason=name), UNICODE)
        assert text == f"✗ {said(words, language)}"
        assert cell_len(text) <= 15
        assert language == "en" or any("一" <= letter <= "鿿" for letter in text)
        assert contains(text[2:])(PING[5]._replace(reason=name)), "what is seen is found"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_search_finds_every_word_that_a_row_shows(language: str) -> None:
    set_language(language)
    for row in (*PING, PING[0]._replace(destination="everyone", node="sw1", interface="br0", title="sw1"),
                PING[0]._replace(info="Request who-has 172.18.0.3 tell 172.18.0.3, length 28")):
        for width in (48, 76, 99, 120, 200):
            widths = columns(width)._replace(where=40, who=40, info=max(columns(width).info, 24), verdict=40)
            for run in row_runs(row, widths, UNICODE):
                for word in run.text.split():
                    assert "…" in word or contains(word.lstrip("⇐⇒▸▾"))(row), (word, width)


def test_an_address_that_is_announced_is_no_question() -> None:
    line = "Request who-has 172.18.0.3 tell 172.18.0.3, length 28"
    assert shortened(line, 24, language()) == "172.18.0.3 announced"
    assert shortened(line.replace("tell 172.18.0.3", "tell 172.18.0.2"), 24, language()) == "172.18.0.3?"
    set_language("zh")
    asked = line.replace("tell 172.18.0.3", "tell 172.18.0.30")
    assert shortened(asked, 24, language()) == "问 172.18.0.3"
    assert shortened(asked, 40, language()) == "谁有 172.18.0.3？172.18.0.30 问"


ASKED = "vlan 10, Request who-has 10.0.10.2 tell 10.0.10.1, length 28"
ANSWERED = "10.0.0.1.8080 > 10.0.0.2.56856: Flags [S.], seq 1, ack 2, win 3, options [mss 1460], length 0"


@pytest.mark.parametrize(("info", "width", "told"), [
    (ASKED, 54, "vlan 10, Request who-has 10.0.10.2 tell 10.0.10.1"),
    (ASKED, 46, "vlan 10, who-has 10.0.10.2 tell 10.0.10.1"),
    (ASKED, 40, "v10 10.0.10.2?"),
    (ANSWERED, 30, "[S.] 8080 > 56856, mss 1460"),
    (ANSWERED, 20, "[S.] 8080>56856"),
    (ANSWERED, 15, "[S.] 8080>56856")])
def test_a_row_that_its_column_would_cut_is_told_in_a_shorter_form(info: str, width: int, told: str) -> None:
    widths = columns(120)._replace(info=width)
    row = "".join(run.text for run in row_runs(PING[0]._replace(info=info), widths, UNICODE))
    assert f" {told} " in row


@pytest.mark.parametrize(("line", "told"), [
    ("Request who-has 172.18.0.3 tell 172.18.0.3, length 28", "172.18.0.3 通告"),
    ("172.17.0.2 > 172.17.0.3: ICMP echo request, id 1003, seq 1, length 64", "回显请求 1"),
    ("172.17.0.2 > 172.17.0.3: ICMP echo reply, id 1003, seq 1, length 64", "回显应答 1"),
    ("10.0.0.1 > 10.0.0.2: ICMP host 10.0.0.9 unreachable, length 92", "主机 10.0.0.9 不可达"),
    ("10.0.0.1 > 10.0.0.2: ICMP net 10.0.0.9 unreachable, length 92", "网络 10.0.0.9 不可达"),
    ("10.0.0.1 > 10.0.0.2: ICMP 10.0.0.9 udp port 33434 unreachable, length 92", "10.0.0.9 udp 端口 33434 不可达"),
    ("10.0.0.1 > 10.0.0.2: ICMP time exceeded in-transit, length 92", "TTL 用尽")])
def test_short_forms_that_are_no_tool_s_are_told_in_the_reader_s_language(line: str, told: str) -> None:
    assert not re.search("[一-鿿]", shortened(line, 24, language()))
    set_language("zh")
    assert shortened(line, 24, language()) == told
    wide = shortened(line, 80, language())
    assert re.search("[一-鿿]", wide), "where there is room it is no less Chinese"
    assert not re.search("[a-z]{5}", wide)


@pytest.mark.parametrize(("line", "told"), [
    ("Request who-has 172.18.0.3 tell 172.18.0.3, length 28", "172.18.0.3 通告"),
    ("Request who-has 172.18.0.3 (ff:ff:ff:ff:ff:ff) tell 172.18.0.2, length 28", "谁有 172.18.0.3？172.18.0.2 问"),
    ("Reply 172.18.0.3 is-at 46:0c:cd:e6:f7:1b, length 28", "172.18.0.3 在 46:0c:cd:e6:f7:1b"),
    ("172.17.0.2 > 172.17.0.3: ICMP echo request, id 1003, seq 1, length 64", "回显请求，序号 1"),
    ("172.17.0.2 > 172.17.0.3: ICMP echo reply, id 1003, seq 1, length 64", "回显应答，序号 1"),
    ("10.0.0.1 > 10.0.0.2: ICMP time exceeded in-transit, length 92", "TTL 用尽")])
def test_a_column_that_is_a_little_wider_is_in_the_reader_s_language_too(line: str, told: str) -> None:
    """At 120 columns the longest name of a host made out whether the log was in English or in Chinese."""
    set_language("zh")
    assert shortened(line, 38, language()) == shortened(line, 63, language()) == told


def test_in_the_narrowest_column_what_matters_is_not_what_is_cut() -> None:
    set_language("zh")
    line = "10.0.0.1 > 10.0.0.2: ICMP host 10.0.0.9 unreachable, length 92"
    assert shortened(line, 14, language()) == "不可达：10.0.0.9"
    assert shortened(line, 20, language()) == "主机 10.0.0.9 不可达"


def test_a_small_pane_tells_two_containers_apart() -> None:
    """Both were ⇒nginx…:eth0, with cells to spare beside them."""
    needs = Needs(*map(max, LEAST, needs_of(PING[4], UNICODE)))
    row = "".join(run.text for run in row_runs(PING[4], columns(76, 12, needs, 12_345_678_901), UNICODE))
    assert "⇐nginx-2:eth0" in row


def test_a_drop_is_a_mark_and_a_reason() -> None:
    text = "".join(run.text for run in row_runs(PING[5], columns(200), UNICODE))
    assert "✗ no ARP reply" in text
    assert ("✗", "dropped") in {(run.text[:1], run.style) for run in row_runs(PING[5], columns(200), UNICODE)}


def test_times_keep_their_microseconds() -> None:
    assert format_time(3_000) == "0.000003"
    assert format_time(12_345_678_901) == "12.345678"
    assert format_time(123_456_789_000_000_000) == "123456789.0"
    assert len(format_time(2**62)) <= 11


def test_matches_of_a_search_are_marked() -> None:
    runs = row_runs(PING[0], columns(160), UNICODE, needle="who-has")
    assert [run.text for run in runs if run.style == "match"] == ["who-has"]


def test_a_copied_row_is_whole() -> None:
    line = plain(PING[3], UNICODE)
    assert line.count("\t") == 6
    assert PING[3].info in line


SEGMENT = ("172.17.0.2.40001 > 172.17.0.3.80: Flags [P.], seq 3253303082:3253303156, ack 1, win 502, "
           "options [nop,nop,TS val 1 ecr 2], length 74: HTTP: GET / HTTP/1.1")


@pytest.mark.parametrize(
    ("line", "width", "told"),
    [
        ("172.17.0.2 > 172.17.0.3: ICMP echo request, id 1003, seq 1, length 64", 80,
         "172.17.0.2 > 172.17.0.3: ICMP echo request, id 1003, seq 1, length 64"),
        ("172.17.0.2 > 172.17.0.3: ICMP echo request, id 1003, seq 1, length 64", 45, "echo request, seq 1"),
        ("172.17.0.2 > 172.17.0.3: ICMP echo reply, id 1003, seq 1, length 64", 18, "echo reply 1"),
        ("172.17.0.2 > 172.17.0.3: ICMP echo reply, id 1003, seq 1, length 64", 15, "echo reply 1"),
        ("172.17.0.2 > 172.17.0.3: ICMP echo reply, id 1003, seq 1, length 64", 13, "reply 1"),
        ("10.0.0.1 > 10.0.0.2: ICMP host 10.0.0.9 unreachable, length 92", 24, "host 10.0.0.9 unreachable"),
        ("10.0.0.1 > 10.0.0.2: ICMP host 10.0.0.9 unreachable, length 92", 19, "unreachable: 10.0.0.9"),
        ("Request who-has 172.17.0.3 tell 172.17.0.2, length 28", 44, "Request who-has 172.17.0.3 tell 172.17.0.2"),
        ("Request who-has 172.17.0.3 (46:0c:cd:e6:f7:1b) tell 172.17.0.2, length 28", 18, "172.17.0.3?"),
        ("Request who-has 172.17.0.3 tell 172.17.0.2, length 28", 16, "172.17.0.3?"),
        ("Reply 172.17.0.3 is-at 46:0c:cd:e6:f7:1b, length 28", 20, "172.17.0.3 is-at 46:0c:cd:e6:f7:1b"),
        ("172.17.0.2.40001 > 172.17.0.3.80: Flags [S], seq 1, win 64240, length 0", 30,
         "[S] 40001 > 80"),  # where the column cuts it, what is new is there still
        ("172.17.0.2.40001 > 172.17.0.3.80: Flags [F.], seq 1, win 64240, length 0", 13, "[F.] 40001>80"),
        (SEGMENT, 40, "GET /, 40001 > 80"),
        (SEGMENT.replace(": HTTP: GET / HTTP/1.1", ": HTTP"), 40, "length 74, 40001 > 80"),
        (SEGMENT, 100,
         "40001 > 80: Flags [P.], seq 3253303082:3253303156, ack 1, win 502, length 74: HTTP: GET / HTTP/1.1"),
        (SEGMENT, 160, SEGMENT),
        (SEGMENT.partition(": HTTP")[0], 40, "40001 > 80: Flags [P.], length 74"),
        ("172.17.0.2.40001 > 172.17.0.3.80: Flags [S], seq 1, win 64240, options [mss 1460,sackOK], length 0", 40,
         "40001 > 80: Flags [S], mss 1460"),
        ("192.168.1.1 > 192.168.1.10: ICMP 203.0.113.10 unreachable - need to frag (mtu 1400), length 556", 40,
         "need to frag (mtu 1400): 203.0.113.10"),
        ("10.0.1.1 > 10.0.1.2: ICMP host 10.0.2.2 unreachable - admin prohibited filter, length 92", 38,
         "admin prohibited filter: host 10.0.2.2"),
        ("172.17.0.2.40001 > 172.17.0.3.53: 4711+ A? web. (21)", 30, "A? web"),
        ("172.17.0.3.53 > 172.17.0.2.40001: 4711 q: A? web. 1/0/0 A 172.17.0.3 (37)", 30, "web 172.17.0.3"),
        ("172.17.0.3.53 > 172.17.0.2.40001: 4711 NXDomain* q: A? web. 0/0/0 (21)", 30, "web: NXDomain"),
        ("172.17.0.3.53 > 172.17.0.2.40001: 4711 q: AAAA? web. 0/0/0 (21)", 30, "web no AAAA"),
        ("vlan 10, Request who-has 172.17.0.3 tell 172.17.0.2, length 28", 18, "v10 172.17.0.3?"),
        ("172.17.0.1 > 224.0.0.22: igmp v3 report, 1 group record(s)", 18, "v3 report, 1 group"),
        ("who-has \u202e > tell", 3, "who-has \u202e > tell"),
    ],
)
def test_a_frame_s_line_gives_up_first_what_other_columns_say(line: str, width: int, told: str) -> None:
    assert shortened(line, width, language()) == told


def test_at_80_columns_a_row_says_which_way_at_which_port() -> None:
    widths = columns(78, 12, Needs(21, 18, 8), 12_000)
    text = "".join(run.text for run in row_runs(PING[0], widths, UNICODE))
    assert "\u21d0veth0000005 " in text
    assert " 172.17.0.3? " in text
    assert "\u2026" not in text
