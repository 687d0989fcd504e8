"""Branches: begun by a line in the past, listed, gone to, named, compared; redo leads back to where undo began."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsandbox.commands.verbs.show import columns_of
from netsandbox.session.branches import MOST, Branches
from netsandbox.session.journal import Position
from netsandbox.session.keeping import KeptSession
from tests.session.lines import built, state

TWO = ("docker run -d --name a1 nginx", "docker run -d --name b1 nginx")
LINES = ["ping a1 b1", "flush-arp a1", "wait 2s", "nope", "ip link set docker0 mtu 1400"]


def names(session: KeptSession) -> list[str]:
    return [row.name for row in session.branch_rows()]


def present(session: KeptSession) -> str:
    return next(row.name for row in session.branch_rows() if row.is_present)


def test_undo_of_the_line_that_began_a_branch_leads_to_the_old_future_and_redo_back() -> None:
    session = built(*TWO, "ping a1 b1")
    whole = state(session)
    session.run("undo")
    past = state(session)
    session.run("flush-arp a1")
    other = state(session)
    assert (names(session), present(session)) == (["main", "b2"], "b2")
    assert session.run("redo").out.startswith("nothing to do again")
    assert session.undo() == "flush-arp a1"
    assert (present(session), state(session), session.has_future) == ("main", past, True)
    session.go_to(*session.end)
    assert state(session) == whole
    session.undo()
    session.undo()
    for line in ("docker run -d --name b1 nginx", "ping a1 b1", "flush-arp a1"):
        assert session.redo() == line
    assert (present(session), state(session)) == ("b2", other)


def test_what_is_no_command_begins_no_branch() -> None:
    session = built(*TWO, "ping a1 b1")
    session.run("undo")
    session.run("undo")
    session.redo()
    past = state(session)
    job = session.run("filter arp and host a1")
    assert job.err == "unknown command 'filter'; the app's key / filters the frame log (`help filter`)\n"
    assert (names(session), state(session), session.has_future) == (["main"], past, True)
    assert session.redo() == "ping a1 b1", "what was undone is to be done again as before"
    session.undo()
    session.run("flush-arp nobody")
    assert names(session) == ["main", "b2"], "a command that is refused is kept"


@settings(max_examples=25, deadline=None)
@given(moves=st.lists(st.one_of(st.sampled_from(LINES), st.integers(1, 12), st.just("undo")), min_size=1, max_size=8),
       count=st.integers(1, 4))
def test_redo_is_the_inverse_of_undo_whatever_branches_there_are(moves: list[str | int], count: int) -> None:
    session = built(*TWO)
    for move in moves:
        if isinstance(move, int):
            session.back(move)
        else:
            session.run(move)
    seen = []
    for _ in range(count):
        seen.append((present(session), state(session)))
        if session.undo() is None:
            seen.pop()
            break
    for before in reversed(seen):
        session.redo()
        assert (present(session), state(session)) == before


def test_a_line_forgets_what_was_undone() -> None:
    session = built(*TWO, "ping a1 b1")
    session.run("undo")
    session.run("flush-arp a1")
    assert session.redo() is None
    assert present(session) == "b2"


def test_an_mtu_that_differs_is_told_with_the_link() -> None:
    session = built(*TWO, "ping a1 b1", "undo", "exec a1 ip link set eth0 mtu 900")
    rows = session.run("branch main --compare --node a1").out.splitlines()[1:]
    link = next(row for row in rows if row.split()[1:3] == ["links", "eth0"])
    assert "mtu 900 " in link
    assert "mtu 1500 " in link


def test_tables_are_compared_and_nothing_moves() -> None:
    session = built(*TWO, "ping a1 b1", "undo", "docker run -d --name c1 nginx")
    before = state(session)
    out = session.run("branch main --compare").out
    assert state(session) == before
    head, *rows = out.splitlines()
    assert "b2 (here)" in head
    assert "main (its end)" in head
    assert any(row.split()[:2] == ["a1", "arp"] and row.split()[4:] == ["—", *row.split()[5:]] for row in rows)
    assert any(row.split()[:2] == ["c1", "nodes"] for row in rows)
    assert {row.split()[0] for row in session.run("branch main --compare --node b1").out.splitlines()[1:]} == {"b1"}
    assert session.run("branch b2 --compare").out == "no table differs from the end of b2\n"


def test_rules_that_counted_otherwise_are_no_other_rules() -> None:
    """The one rule that differed came fifteenth, behind those that had counted more."""
    session = built("docker run -d --name a1 nginx", "wait", "iptables -I INPUT -p icmp -j DROP", "ping a1 host -W 1",
                    "undo", "undo", "ping a1 host -W 1")
    rows = [row.split() for row in session.run("branch main --compare").out.splitlines() if " rules " in row]
    assert [row[2:] for row in rows] == [["filter", "INPUT", "1", "—", "-p", "icmp", "-j", "DROP"]]


def test_rules_are_the_same_by_what_they_say_and_not_by_their_numbers() -> None:
    """One that was put before the others made each of them another."""
    session = built("iptables -A INPUT -s 10.0.0.1 -j DROP", "iptables -A INPUT -s 10.0.0.2 -j DROP", "undo",
                    "iptables -I INPUT -i lo -j ACCEPT", "iptables -A INPUT -s 10.0.0.3 -j DROP")
    rows = [row.split() for row in session.run("branch main --compare").out.splitlines()[1:]]
    assert [row[2:] for row in rows] == [
        ["filter", "INPUT", "1", "-i", "lo", "-j", "ACCEPT", "—"],
        ["filter", "INPUT", "3", "-s", "10.0.0.3/32", "-j", "DROP", "—"],
        ["filter", "INPUT", "2", "—", "-s", "10.0.0.2/32", "-j", "DROP"]]


def test_a_row_that_says_nothing_but_is_there_is_told_from_one_that_is_not() -> None:
    """A ping that was tracked has no state in the table of connections."""
    session = built("docker run -d --name a1 nginx", "ping -c 1 172.17.0.2", "undo", "flush-arp a1")
    rows = session.run("branch main --compare").out.splitlines()
    assert [row.split()[-2:] for row in rows if " icmp " in row] == [["—", "there"]]


@pytest.mark.parametrize(("line", "told"), [
    ("branch nope", "no branch 'nope'; there are: main"), ("branch --compare", "which one"),
    ("branch main --rename b!", "no branch can be called 'b!'"), ("branch main --rename", "needs NAME"),
    ("branch main --node host", "--node goes with --compare"), ("branch main b2", "one word too many"),
    ("branch main --compare --node zz", "zz")])
def test_what_branch_is_told_wrongly_is_one_line(line: str, told: str) -> None:
    session = built(*TWO)
    before = state(session)
    job = session.run(line)
    assert job.code
    assert told in job.err
    assert (job.err.count("\n"), state(session)) == (1, before)


def test_a_branch_gets_a_name_that_no_other_has() -> None:
    session = built(*TWO, "undo", "add-host h")
    assert session.run("branch b2 --rename try-1").code == 0
    assert names(session) == ["main", "try-1"]
    assert session.run("branch try-1 --rename main").code
    session.run("branch main")
    assert present(session) == "main"
    session.run("undo")
    session.run("add-host k")
    assert names(session) == ["main", "try-1", "b3"]


def test_another_scenario_has_one_branch(tmp_path: Path) -> None:
    session = built(*TWO, "undo", "add-host h", f"save {tmp_path / 'x.yaml'}", f"load {tmp_path / 'x.yaml'}")
    assert names(session) == ["main"]


def test_no_more_branches_are_kept_than_a_person_can_want() -> None:
    branches = Branches()
    for _ in range(3 * MOST):
        branches.begin(0, Position(0, 0))
    assert len(branches.all) == MOST
    assert branches.present is branches.all[-1]
    assert branches.all[0].name == "main"
    assert all(one.parent is None or one.parent in branches.all for one in branches.all)


def test_ctrl_c_ends_the_line_that_it_names_and_replays() -> None:
    session = built(*TWO)
    one, other = session.execute("exec a1 ping 172.17.0.3"), session.execute("exec b1 ping 172.17.0.2")
    session.run_while(lambda: session.position.step < 40)
    session.execute("^C 1")
    assert (one.is_done, other.is_done) == (True, False)
    session.run_while(lambda: session.position.step < 60)
    session.execute("^C")
    assert other.is_done
    session.execute("^C 7")
    here = state(session)
    session.back(30)
    session.go_to(*session.end)
    assert state(session) == here


def test_load_and_branch_complete_what_the_session_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from netsandbox.commands.complete import complete

    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "own.yaml").write_text("netsandbox: 2\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("netsandbox: 2\n", encoding="utf-8")
    (tmp_path / "no.txt").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    session = built(*TWO, "undo", "add-host h")

    def found(line: str) -> list[str]:
        return [one.text for one in complete(session.shell, line, len(line))]
    assert "arp-cache" in found("load arp")
    assert found("load mine") == ["mine.yaml"]
    assert found("load sub/") == ["sub/own.yaml"]
    assert found("load ./") == ["./mine.yaml", "./sub/"]
    assert found("load /nowhere/") == []
    assert found("branch ") == ["main", "b2", "--compare", "--node", "--rename"]
    session.files.root = str(tmp_path / "sub")
    assert found("load ../") == []
    assert "b2" in found("branch b")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_sides_are_seen_though_a_row_has_a_long_name(language: str) -> None:
    """A connection's name made the column so wide that the other branch's was cut away at 120 columns."""
    session = built("docker run -d --name a1 -p 8080:80 nginx", "wait", "curl 127.0.0.1:8080", "undo",
                    "iptables -I DOCKER-USER -p tcp -m tcp --dport 80 -m comment --comment 'a long one that goes on' "
                    "-j DROP")
    session.shell.language = language
    head, *rows = session.run("branch main --compare").out.splitlines()
    assert max(map(len, (head, *rows))) <= 120
    head, *rows = ["".join(letter + "~" * (columns_of(letter) - 1) for letter in row) for row in (head, *rows)]
    second, third = head.index("b2"), head.index("main")
    assert all(row[at - 2:at].strip() == "" for row in rows for at in (second, third)), "each stands below its head"
    assert all(row[second:third].strip() and row[third:].strip() for row in rows if row[0] != " ")
    assert " ".join(" ".join(row[second:third].split()) for row in rows).count("--comment") == 1
    assert head.index("main") < 90


def test_what_a_person_set_comes_before_what_is_learned() -> None:
    session = built("docker run -d --name a1 nginx", "wait", "ping a1", "undo", "docker network create app",
                    "ip link set docker0 down", "iptables -I DOCKER-USER -p icmp -j DROP")
    rows = [row.split() for row in session.run("branch main --compare").out.splitlines()[1:] if row[0] != " "]
    tables = [row[1] for row in rows]
    first = min(tables.index(table) for table in ("arp", "mac") if table in tables)
    assert {"rules", "links"} <= set(tables[:first])
    assert not {"rules", "links", "routes"} & set(tables[first:])
    sides = ["—" in row for row in rows[:first]]
    assert sides == sorted(sides, reverse=True)


@pytest.mark.parametrize(("language", "told"), [
    ("en", "saved 2 lines to one.yaml; a file holds one branch: b2, not main"),
    ("zh", "已把 2 行保存到“one.yaml”；一个文件只装一个分支：b2，不含 main")])
def test_save_says_which_branch_the_file_has(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, told: str) -> None:
    monkeypatch.chdir(tmp_path)
    session = KeptSession(seed=1)
    session.shell.language = language
    session.run("add-host a")
    assert "branch" not in session.run("save zero.yaml").out
    for line in ("add-host b", "undo", "add-host c"):
        session.run(line)
    assert session.run("save one.yaml").out.strip() == told


def test_who_wants_a_branch_that_is_not_there_is_told_how_one_begins() -> None:
    session = built("add-host a")
    assert session.run("branch fix").err.strip() == (
        "there is no branch 'fix'; there are: main (a line typed in the past begins one, and `branch NAME --rename "
        "NEW` names it)")
    session.shell.language = "zh"
    assert session.run("branch fix").err.strip() == (
        "没有分支“fix”；现有：main（在过去输入一行命令就会开始一个分支，`branch NAME --rename NEW` 给它改名）")
