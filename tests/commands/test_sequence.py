"""Sequence diagrams: who sends what to whom, of a connection and of any frames, in characters and as SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.commands.verbs import sequence_text
from netsandbox.commands.verbs.sequence_svg import svg
from netsandbox.commands.verbs.show import columns_of
from netsandbox.explain.refusals import translated
from netsandbox.lab.sequence import Arrow, Sequence, of_rows
from netsandbox.lab.tables import LogRow
from netsandbox.session.keeping import KeptSession

PARTIES = ("a", "nginx-1", "a-very-long-name-indeed", "b")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def lab() -> KeptSession:
    session = KeptSession(seed=1)
    for line in ("docker run -d --name web nginx", "docker run -d --name b1 busybox sleep 1d", "ping b1 web",
                 "curl -sI http://172.17.0.2/"):
        session.run(line)
    return session


def row(seq: int, source: str, to: str, journey: int, at: str = "", verdict: str = "dropped",
        reason: str = "") -> LogRow:
    """A frame as it leaves, or as it comes in at a node."""
    return LogRow(seq, 1000 * seq, seq, at or source, "eth0", "in" if at else "out", source, to, "ICMP",
                  "10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64", verdict if at else "sent",
                  bool(reason), reason, journey)


def ends(*rows: LogRow) -> list[tuple[str, tuple[str, ...], bool, str]]:
    return [(one.source, one.targets, one.dropped, one.marks) for one in of_rows(rows, str.lower).arrows]


def test_frames_are_an_arrow_for_the_way_of_each(lab: KeptSession) -> None:
    head, *lines = lab.run('flow --frames "arp or icmp"').out.splitlines()
    assert head.split() == ["web", "b1", "host"]
    requests = [line for line in lines if "echo request" in line]
    assert len(requests) == 1
    assert requests[0].split("│")[1].startswith("◀─"), "b1 sends it to web"
    reply = next(line for line in lines if "echo reply" in line)
    assert "▶│" in reply.split("#")[0]
    assert [line.split()[0] for line in lines] == sorted(line.split()[0] for line in lines)


def test_rows_of_one_way_are_one_arrow_and_a_drop_is_marked() -> None:
    found = of_rows([row(1, "a", "b", 1), row(2, "a", "b", 1, "sw", "bridged"), row(3, "b", "everyone", 3),
                     row(4, "a", "b", 1, "b", reason="NO_SOCKET"), row(5, "b", "everyone", 3, "a", "answered")])
    assert found.parties == ("a", "b")
    assert [(one.seq, one.targets, one.dropped, one.marks) for one in found.arrows] == [
        (1, ("b",), True, "NO_SOCKET"), (3, ("a",), False, "")]
    assert found.arrows[0].label == "ICMP echo request, id 1, seq 1"
    lines = sequence_text.text(found)
    assert "✗│" in lines[1]
    assert lines[1].endswith("#1  NO_SOCKET")


def test_an_arrow_ends_where_its_frame_did() -> None:
    sent = row(1, "a", "b", 1)
    bystander = row(4, "a", "b", 1, "c", reason="OTHERHOST")
    assert ends(sent, row(2, "a", "b", 1, "b", "answered"), bystander) == [("a", ("b",), False, "")]
    assert ends(sent, row(2, "a", "b", 1, "sw", reason="VLAN_UNKNOWN"), bystander) == [
        ("a", ("sw",), True, "vlan_unknown")]
    assert ends(sent, row(2, "a", "b", 1, "sw", "repeated"), bystander) == [("a", ("sw",), False, "")], "under way"
    assert ends(sent, row(2, "a", "b", 1, "b", reason="OTHERHOST"), bystander) == [("a", ("b",), True, "otherhost")]
    broadcast = [row(1, "a", "everyone", 1), row(2, "a", "everyone", 1, "b", "ignored"),
                 row(3, "a", "everyone", 1, "c", "ignored")]
    assert ends(*broadcast) == [("a", ("b", "c"), False, "")]
    assert ends(*broadcast, row(4, "a", "everyone", 1, "d", "answered")) == [("a", ("d",), False, "")]


def test_on_lo_an_answer_goes_back_to_who_asked() -> None:
    def on_lo(seq: int, source: str, to: str, info: str = "") -> LogRow:
        return row(seq, source, to, seq)._replace(node="bob", info=info)

    found = of_rows([on_lo(1, "127.0.0.1", "127.0.0.11"), on_lo(2, "127.0.0.11", "127.0.0.1")])
    assert found.parties == ("bob", "bob 127.0.0.11")
    assert [(one.source, one.targets) for one in found.arrows] == [
        ("bob", ("bob 127.0.0.11",)), ("bob 127.0.0.11", ("bob",))]
    there, back = "127.0.0.1.40 > 127.0.0.1.80: Flags [S]", "127.0.0.1.80 > 127.0.0.1.40: Flags [R.]"
    assert ends(*(on_lo(at, "127.0.0.1", "127.0.0.1", info) for at, info in enumerate((there, back, there)))) == [
        ("bob", ("bob 127.0.0.1",), False, ""), ("bob 127.0.0.1", ("bob",), False, ""),
        ("bob", ("bob 127.0.0.1",), False, "")]


def test_an_address_that_is_no_station_has_no_column() -> None:
    assert of_rows([row(1, "a", "10.0.0.99", 1)._replace(dropped=True, reason="NEIGH_FAILED")]).parties == ("a",)
    assert of_rows([row(1, "10.9.9.9", "b", 1)._replace(node="a"), row(2, "10.9.9.9", "b", 1, "b", "accepted")]
                   ).parties == ("a", "b"), "a made up who sent it"


def test_a_broadcast_has_a_head_at_each_who_took_it() -> None:
    line = sequence_text.text(of_rows([row(1, "a", "everyone", 1), row(2, "a", "everyone", 1, "b", "ignored"),
                                       row(3, "a", "everyone", 1, "c", "ignored")]))[1]
    assert line.count("▶│") == 2
    assert " ICMP echo request, id 1, seq 1 " in line.split("▶│")[0]


def test_a_tag_that_a_switch_puts_on_makes_no_second_arrow() -> None:
    session = KeptSession(seed=1)
    for line in ("add-host a", "add-host b", "add-switch s1", "add-switch s2", "connect a s1", "connect s1 s2",
                 "connect b s2", "set-ip a 10.0.0.1/24", "set-ip b 10.0.0.2/24",
                 *(f"exec {sw} ip link set br0 type bridge vlan_filtering 1" for sw in ("s1", "s2")),
                 *(f"exec {sw} bridge vlan add vid 1 dev {port}" for sw, port in (("s1", "p2"), ("s2", "p1"))),
                 "ping a b -c 1"):
        assert session.run(line).code == 0, line
    head, *lines = session.run('flow --frames "arp or icmp"').out.splitlines()
    assert head.split() == ["a", "b"]
    assert len(lines) == 4
    assert not any("✗" in line for line in lines)


def test_where_nat_gives_a_frame_another_end_its_way_goes_on_as_another_arrow() -> None:
    assert ends(row(1, "lan", "host", 1), row(2, "lan", "host", 1, "host", "routed"),
                row(3, "lan", "web", 1)._replace(node="host"), row(4, "lan", "web", 1, "web", reason="NO_SOCKET")) == [
        ("lan", ("host",), False, ""), ("lan", ("web",), True, "no_socket")]


@given(st.lists(st.builds(Arrow, st.integers(0, 10**6), st.integers(0, 10**12), st.sampled_from(PARTIES),
                          st.lists(st.sampled_from(PARTIES), min_size=1, unique=True).map(tuple),
                          st.text(max_size=90), st.booleans(), st.text(max_size=10)), max_size=12))
def test_any_diagram_is_drawn_with_its_lines_straight_and_is_xml(arrows: list[Arrow]) -> None:
    arrows = [one._replace(label="".join(c for c in one.label if c.isprintable() and c not in "│✗"),
                           marks="".join(c for c in one.marks if c.isprintable())) for one in arrows]
    sequence = Sequence(PARTIES, tuple(arrows))
    lines = sequence_text.text(sequence)
    root = ET.fromstring(svg(sequence, "a <b> & \x00 title"))
    assert len(root.findall(f"{SVG}line[@class='life']")) == len(PARTIES)
    if arrows:
        places = sequence_text._columns(sequence)
        for arrow, text in zip(arrows, lines[1:], strict=True):
            line = [cell for char in text for cell in char.ljust(columns_of(char))]
            assert line[places[arrow.source]] == "│"
            assert all(line[places[name]] == "│" for name in arrow.targets)
        assert len(lines) == len(arrows) + 1
    else:
        assert lines == ["no frame was sent"]


def test_a_picture_and_a_text_are_written_and_nothing_of_somebody_elses(lab: KeptSession, tmp_path: Path) -> None:
    picture, text = tmp_path / "h.svg", tmp_path / "h.txt"
    assert lab.run(f"flow 1 --svg {picture} --text {text}").out.splitlines() == [
        f"written to {picture}", f"written to {text}"]
    labels = [one.text for one in ET.fromstring(picture.read_text(encoding="utf-8")).iter(f"{SVG}text")]
    assert {"SYN", "SYN ACK 0", "web 172.17.0.2:80"} <= set(labels)
    assert text.read_text(encoding="utf-8") == lab.run("flow 1").out
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    assert "there is such a file already" in lab.run(f"flow 1 --svg {tmp_path / 'mine'}").err
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"
    assert lab.run(f"flow 1 text --text {tmp_path / 'mine'} --force").code == 0
    assert (tmp_path / "mine").read_text(encoding="utf-8").startswith("> HEAD")


@pytest.mark.parametrize(("line", "told"), [
    ("flow --svg x.svg", "a picture of what?"), ("flow 1 --frames arp", "either a connection or --frames"),
    ('flow --frames "foo bar"', "no keyword `foo`"), ("flow --frames", "--frames needs"), ("flow 7 --svg x.svg", "'7'"),
    ("flow 1 --svg /nowhere/x.svg", "/nowhere/x.svg")])
def test_what_flow_is_told_wrongly_is_one_line(lab: KeptSession, line: str, told: str) -> None:
    job = lab.run(line)
    assert job.code
    assert told in job.err
    assert job.err.count("\n") == 1


def test_parties_are_nodes_also_where_an_address_is_all_that_a_frame_has(lab: KeptSession) -> None:
    """A connection's ends were addresses alone, and 127.0.0.1 might be anybody's."""
    head, syn = lab.run("flow 1").out.splitlines()[:2]
    assert head.split()[::2] == ["host", "web"]
    assert "─ SYN ─" in syn
    lab.run("exec web nc -z 127.0.0.1 80")
    told = lab.run("flow --frames tcp").out
    assert "web 127.0.0.1" in told.splitlines()[0]
    assert "options [" not in told, "only the log has room for it"


@pytest.mark.parametrize(("line", "english", "chinese"), [
    ("flow --frames \"port 9\" --svg none.svg", "no frame passes the filter", "没有帧符合过滤条件"),
    ("flow --frames \"port 9\" --text none.txt", "no frame passes the filter", "没有帧符合过滤条件"),
    ("flow 1 --svg flow.png", "flow.svg", "可以写成 flow.svg")])
def test_a_picture_of_nothing_and_one_by_another_kinds_name_are_refused_in_a_line(
        lab: KeptSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, english: str,
        chinese: str) -> None:
    monkeypatch.chdir(tmp_path)
    job = lab.run(line)
    assert job.code
    assert english in job.err
    assert chinese in translated(job.err.strip(), "zh")
    assert len(job.err.splitlines()) == 1
    assert not list(tmp_path.iterdir())
