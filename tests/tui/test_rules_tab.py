"""The tabs of netfilter: a device's rules with their counters, and the connections that it tracks."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import DataTable

from netsandbox.lab.tables import ConnectionRow, RuleRow
from netsandbox.session.keeping import KeptSession
from netsandbox.session.ready import READY
from netsandbox.tui.device.rows import Table, news
from netsandbox.tui.device.tables import MOST_ROWS, table_of
from netsandbox.tui.device.tabs import tabs_of
from netsandbox.tui.glyphs import UNICODE
from netsandbox.tui.i18n import set_language
from netsandbox.tui.panes.device import DevicePane
from netsandbox.tui.session.lab_view import LabView
from netsandbox.tui.topology.model import Place
from tests.tui.app_harness import stage
from tests.tui.fake_source import SECOND, FakeSource, pinged
from tests.tui.harness import Harness, screen_text

DROP = "exec nginx-1 iptables -A OUTPUT -d 172.17.0.3/32 -p icmp -j DROP"


@pytest.fixture
def view() -> LabView:
    session = KeptSession()
    session.open(READY)
    return LabView(session)


def run(view: LabView, *lines: str) -> None:
    for line in lines:
        view.session.run(line)


def rule(number: int, packets: int = 0, text: str = "-j ACCEPT") -> RuleRow:
    return RuleRow(("nginx-1",), "filter", "INPUT", number, packets, 84 * packets, text, 7)


def connection(port: int, made_at: int = 5) -> ConnectionRow:
    ends = f"172.17.0.2:{port}", "8.8.8.8:53"
    return ConnectionRow(("nginx-1",), "udp", "[UNREPLIED]", ends, ends[::-1], 0, 30 * SECOND, made_at, f"udp {port}")


def shown(view: LabView, tab: str, node: str = "nginx-1") -> Table:
    source = FakeSource()
    source.now = source.now._replace(at=view.session.clock)
    source.rule_rows[node] = list(view.rules(node))
    source.connection_rows[node] = list(view.connections(node, MOST_ROWS + 1))
    return table_of(source, Place(node), tab, UNICODE)


def test_the_tabs_are_there_where_there_is_something_to_show(view: LabView) -> None:
    assert (view.has_rules("nginx-1"), view.is_tracking("nginx-1")) == (False, False)
    assert (view.has_rules("host"), view.is_tracking("host")) == (True, True), "Docker has made rules"
    assert (view.has_rules("gone"), view.is_tracking("gone")) == (False, False)
    assert (list(view.rules("gone")), list(view.connections("gone", 9))) == ([], [])
    run(view, DROP)
    assert (view.has_rules("nginx-1"), view.is_tracking("nginx-1")) == (True, False)
    run(view, "exec nginx-1 iptables -A INPUT -m conntrack --ctstate INVALID -j DROP")
    assert view.is_tracking("nginx-1")
    run(view, "exec nginx-1 nft flush ruleset")
    assert (view.has_rules("nginx-1"), view.is_tracking("nginx-1")) == (False, False)
    source = pinged()
    assert tabs_of(source, Place("host"))[-2:] == ["routes", "sockets"]
    source.rule_rows["host"], source.connection_rows["host"] = [rule(1)], []
    assert tabs_of(source, Place("host"))[-3:] == ["sockets", "rules", "connections"]
    source.rule_rows["nginx-1"] = [rule(1)]
    assert tabs_of(source, Place("nginx-1"))[-3:] == ["rules", "endpoints", "log"]


def test_the_rules_are_those_of_iptables_with_policies_and_counters(view: LabView) -> None:
    run(view, DROP, "exec nginx-1 iptables -N MINE", "exec nginx-1 iptables -A MINE -j RETURN",
        "exec nginx-1 iptables -P FORWARD DROP", "ping nginx-1 nginx-2 -c 2")
    assert [row.cells for row in shown(view, "rules").rows] == [
        ("", "0", "0", "▾ filter INPUT (policy ACCEPT)"),
        ("", "0", "0", "▾ filter FORWARD (policy DROP)"),
        ("", "0", "0", "▾ filter OUTPUT (policy ACCEPT)"),
        ("1", "2", "168", "  -d 172.17.0.3/32 -p icmp -j DROP"),
        ("", "", "", "▾ filter MINE"),
        ("1", "0", "0", "  -j RETURN"),
    ]


def test_a_rule_that_counted_is_news_and_no_other(view: LabView) -> None:
    run(view, DROP)
    before = shown(view, "rules")
    run(view, "ping nginx-1 nginx-2 -c 1")
    assert news(before, shown(view, "rules")) == {"filter OUTPUT 1"}


def test_a_connection_has_both_tuples_and_counts_down(view: LabView) -> None:
    run(view, "exec nginx-1 ping -c 1 8.8.8.8")
    (row,) = view.connections("host", 9)
    assert (row.protocol, row.state) == ("icmp", "")
    assert row.original[0] == "172.17.0.2"
    assert row.original[1].startswith("8.8.8.8 type=8 code=0 id=")
    assert row.reply[1].startswith("192.168.1.10 type=0"), "the answer goes to the masqueraded address"
    assert row.deadline - row.since == 30 * SECOND
    before = shown(view, "connections", "host")
    run(view, "wait 10s")
    after = shown(view, "connections", "host")
    assert before.rows[0].cells[2] != after.rows[0].cells[2]
    assert news(before, after) is None, "a clock is no news"
    events = view.session.trace.end
    run(view, "wait 1m")
    assert list(view.connections("host", 9)) == []
    assert view.session.trace.end >= events


def test_a_tcp_connection_says_its_state(view: LabView) -> None:
    run(view, "docker run -d --name web -p 8080:80 nginx", "exec nginx-1 curl -s http://192.168.1.10:8080/")
    row = next(row for row in view.connections("host", 9) if row.original[1] == "192.168.1.10:8080")
    assert (row.protocol, row.state) == ("tcp", "TIME_WAIT [ASSURED]")
    assert row.reply == row.original[::-1]


def test_looking_changes_nothing(view: LabView) -> None:
    run(view, "exec nginx-1 ping -c 1 8.8.8.8", "wait 1m")
    end = view.session.trace.end
    view.connections("host", 9)
    view.rules("host")
    assert view.session.trace.end == end


def test_very_many_rows_are_not_all_listed() -> None:
    source = pinged()
    source.rule_rows["nginx-1"] = [rule(number) for number in range(1, MOST_ROWS + 2)]
    source.connection_rows["nginx-1"] = [connection(port) for port in range(1, 2 * MOST_ROWS)]
    for tab, command in (("rules", "iptables -S"), ("connections", "conntrack -L")):
        table = table_of(source, Place("nginx-1"), tab, UNICODE)
        assert len(table.rows) == MOST_ROWS + 1
        assert command in table.rows[-1].cells[0]
        assert len({row.key for row in table.rows}) == len(table.rows)
        assert {len(row.cells) for row in table.rows} == {len(table.columns)}


def test_why_names_the_line_that_made_a_rule_and_the_packets_it_took(view: LabView) -> None:
    run(view, DROP, "ping nginx-1 nginx-2 -c 1")
    row = next(row for row in view.rules("nginx-1") if row.number)
    seq, why = view.why_row(row)
    assert seq is not None
    assert "-d 172.17.0.3/32 -p icmp -j DROP" in why.decision
    assert DROP in why.causes[-1].text
    assert any("from nginx-1 to nginx-2" in line for line in why.operands)


def test_why_names_the_packet_that_made_a_connection(view: LabView) -> None:
    run(view, "exec nginx-1 ping -c 1 8.8.8.8")
    (row,) = view.connections("host", 9)
    seq, why = view.why_row(row)
    assert seq is not None
    assert seq >= row.made_at
    assert any("icmp" in line for line in why.operands)
    assert "ping -c 1 8.8.8.8" in why.causes[-1].text


async def test_tabs_come_and_go_while_the_device_is_shown() -> None:
    source = pinged()
    pane = DevicePane(source)
    app = Harness(pane)
    async with app.run_test(size=(100, 10)) as pilot:
        pane.show(Place("nginx-1"))
        source.rule_rows["nginx-1"] = [rule(1), rule(2, text="-j DROP")]
        pane.refresh_rows()
        pane.show_tab("rules")
        source.rule_rows["nginx-1"][1] = rule(2, 3, "-j DROP")
        pane.refresh_rows()
        await pilot.pause()
        lines = screen_text(app).splitlines()
        assert not lines[1].startswith("✱")
        assert lines[2].startswith("✱")
        assert "252" in lines[2]
        del source.rule_rows["nginx-1"]
        pane.refresh_rows()
        await pilot.pause()
        assert pane.tab == "arp"
        assert "REACHABLE" in screen_text(app)


@pytest.mark.parametrize(("size", "lines"), [
    ((46, 10), ["✱1   3       252     -d 172.17.0.2/32", " " * 23 + "! -i docker0", " " * 23 + "-o docker0 -p tcp",
                " " * 23 + "-m tcp --dport 80"]),
    ((60, 10), ["✱1   3       252     -d 172.17.0.2/32 ! -i docker0", " " * 23 + "-o docker0 -p tcp -m tcp --dport 80",
                " " * 23 + "-j ACCEPT"]),
    ((100, 10), ["✱1   3       252     -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT"]),
])
async def test_a_rule_is_seen_whole_in_a_narrow_pane(size: tuple[int, int], lines: list[str]) -> None:
    """Seven letters of it were seen beside its chain's name; what goes on below belongs to the rule."""
    source = pinged()
    text = "-d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT"
    source.rule_rows["nginx-1"] = [rule(0, text="-N INPUT"), rule(1, text=text)]
    pane = DevicePane(source)
    app = Harness(pane)
    async with app.run_test(size=size) as pilot:
        pane.show(Place("nginx-1"), "rules")
        source.rule_rows["nginx-1"][1] = rule(1, 3, text)
        pane.refresh_rows()
        await pilot.pause()
        shown = [line.rstrip(" ▁▂▃▄▅▆▇█") for line in screen_text(app).splitlines()]
        assert shown[2:2 + len(lines)] == lines
        assert sum("✱" in line for line in shown) == 1, "the rule is news once"
        pane._data.move_cursor(row=pane._data.row_count - 1)
        assert pane._origin == source.rule_rows["nginx-1"][1]


async def test_in_a_narrow_pane_a_connection_has_its_reply_below() -> None:
    """Where NAT had led it was beyond the pane's edge."""
    source = pinged()
    source.rule_rows["nginx-1"] = [rule(1)]
    source.connection_rows["nginx-1"] = [connection(4000), connection(4001)]
    pane = DevicePane(source)
    app = Harness(pane)
    async with app.run_test(size=(58, 10)) as pilot:
        pane.show(Place("nginx-1"), "connections")
        await pilot.pause()
        assert [line.strip() for line in screen_text(app).splitlines()[:4]] == [
            "connection: original, reply", "udp [UNREPLIED] 30 s ⟵5", "172.17.0.2:4000 → 8.8.8.8:53",
            "8.8.8.8:53 → 172.17.0.2:4000"]
        pane._data.move_cursor(row=5)
        assert pane._origin == source.connection_rows["nginx-1"][1], "its last line is the connection too"
        source.now = source.now._replace(at=source.now.at + SECOND)
        pane.refresh_rows()
        assert not pane.changed


@pytest.mark.parametrize(("language", "titles"), [("en", ("Rules", "packets", "Connections", "original")),
                                                  ("zh", ("规则", "字节", "连接", "原方向"))])
async def test_both_languages(language: str, titles: tuple[str, ...]) -> None:
    set_language(language)
    source = pinged()
    source.rule_rows["nginx-1"], source.connection_rows["nginx-1"] = [rule(1)], [connection(4000)]
    pane = DevicePane(source)
    pane.styles.border = ("round", "white")
    app = Harness(pane)
    async with app.run_test(size=(120, 10)) as pilot:
        pane.show(Place("nginx-1"), "rules")
        await pilot.pause()
        text = screen_text(app)
        pane.show_tab("connections")
        await pilot.pause()
        text += screen_text(app)
        assert all(title in text for title in titles)
        assert "172.17.0.2:4000 → 8.8.8.8:53" in text
        assert "30 s" in text


async def test_the_app_marks_what_counts_and_goes_to_what_made_a_row(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(160, 50)) as on:
        main = on.app.main
        await on.press("p")
        await on.quiet()
        main.pin(Place("host"))  # which stays, whoever speaks
        main.pinned.show_tab("rules")
        await on.line("exec nginx-1 ping -c 1 8.8.8.8")
        await on.quiet()
        assert any(key.startswith("filter FORWARD") for key in main.pinned.changed)
        main.pinned.show_tab("connections")
        data = main.pinned.query_one(DataTable)
        assert main.pinned.table is not None
        at, row = next((at, row) for at, row in enumerate(main.pinned.table.rows) if " 8.8.8.8" in row.key)
        data.move_cursor(row=at)
        data.focus()
        await on.press("w")
        assert main.why.why is not None
        assert main.why.why.causes[-1].text == "❯ exec nginx-1 ping -c 1 8.8.8.8"
        data.focus()
        await on.press("enter")
        assert row.seq is not None
        assert main.log_pane.current is not None
        assert main.log_pane.current.seq <= row.seq
        main.pinned.show_tab("rules")
        at = next(at for at, row in enumerate(main.pinned.table.rows) if row.key == "raw PREROUTING 1")
        data.move_cursor(row=at)
        data.focus()
        await on.press("w")
        assert "172.17.0.2/32" in main.why.why.decision
        assert main.why.why.causes[-1].text == "❯ docker run -d --name nginx-1 nginx"
        data.focus()
        await on.press("enter")
        assert "docker run -d --name nginx-1 nginx" in main.why.why.decision, "the record of the line itself"


async def test_what_is_told_of_a_rule_is_not_told_of_a_time_that_was_taken_back(tmp_path: Path) -> None:
    async with stage(tmp_path, size=(160, 50)) as on:
        main = on.app.main
        main.pin(Place("host"))
        main.pinned.show_tab("rules")
        await on.line("exec nginx-1 ping -c 1 8.8.8.8")
        await on.quiet()
        main.go_to_record(main.log_pane.store.row(0).seq)  # the log stays where it is
        data = main.pinned.query_one(DataTable)
        data.move_cursor(row=3)
        data.focus()
        await on.press("w")
        told = main.why.why
        assert told is not None
        assert told.decision.startswith("Rule ")
        data.focus()
        await on.press("u")
        await on.quiet()
        assert main.why.why is None, "its counts are those of packets that were taken back"


async def test_a_rule_is_lit_while_a_packet_passes_it_and_no_longer(tmp_path: Path) -> None:
    async with stage(tmp_path) as on:
        await on.line("exec nginx-1 iptables -A OUTPUT -p icmp -j ACCEPT")
        await on.quiet()
        pane = on.app.main.device
        pane.show(Place("nginx-1"), "rules")
        await on.press("escape", "space", "p")
        lit = {pane._lit}
        for _ in range(30):
            await on.press("n")
            lit.add(pane._lit)
            if pane._lit:
                key, row = next(iter(pane._lit)), pane._data.cursor_row
                style = str(pane._data.get_row_at(row)[-1].style)
                assert (style, pane.table.rows[row].key) == ("bold reverse", key)  # type: ignore[union-attr]
                assert [len(cell.plain) for cell in pane._data.get_row_at(row)] == pane._widths, "the whole row"
        assert any(any(" OUTPUT 1" in key for key in keys) for keys in lit), "its rule was lit"
        assert not pane._lit, "and is no longer, once the packet is elsewhere"
        assert all("reverse" not in str(cell.style) for row in range(pane._data.row_count)
                   for cell in pane._data.get_row_at(row))


async def test_in_a_pane_of_three_rows_the_rule_that_decides_is_in_view() -> None:
    """Of five rules that a packet passed the first was shown, which leads on to the others."""
    texts = ["-j DOCKER-USER", "-j DOCKER-FORWARD", "-i docker0 -j ACCEPT", "-i br-quiet -o br-quiet -j DROP",
             "-i br-quiet -j ACCEPT"]
    source = pinged()
    source.rule_rows["nginx-1"] = [rule(number, text=text) for number, text in enumerate(texts, 1)]
    pane = DevicePane(source)
    app = Harness(pane)
    async with app.run_test(size=(100, 4)) as pilot:
        pane.show(Place("nginx-1"), "rules")
        await pilot.pause()
        app.set_focus(None)
        await pilot.pause()
        source.rule_rows["nginx-1"] = [rule(at, 3 if at in (1, 2, 4) else 0, text) for at, text in enumerate(texts, 1)]
        source.now = source.now._replace(step=source.now.step + 1)
        pane.refresh_rows()
        await pilot.pause()
        assert texts[3] in screen_text(app)
        assert texts[0] not in screen_text(app)
