"""What a person types who is here for the first time, and what is then said."""

from __future__ import annotations

import pytest

from netsandbox.cli import main
from netsandbox.linux.core.devices.kind import all_kinds
from netsandbox.session.session import Session


@pytest.fixture
def lab() -> Session:
    session = Session()
    session.run("docker run -d --name web nginx")
    session.run("docker run -dit --name ad alpine")
    session.run("wait")
    return session


@pytest.mark.parametrize(("line", "code", "error"), [
    ("docker exec ad wget http://web", 1, "wget: bad address 'web'\n"),
    ("docker exec web curl http://ad", 6, "curl: (6) Could not resolve host: ad\n"),
    ("docker exec ad sh -c 'nc -z web 80'", 1, "nc: bad address 'web'\n"),
    ("ip link add t0 type geneve id 10 remote 10.0.0.9", 1, (
        "netsandbox: interfaces of type geneve are not modelled "
        f"(these are: {', '.join(kind.name for kind in all_kinds())})\n")),
    ("ping", 2, "ping: usage error: Destination address required\n"),
    ("ageing web 1s", 1, "'web' is not one bridge; there are: host:docker0\n"),
    ("show arp docker0", 2, (
        "'docker0' is a bridge, of which there is only `show mac docker0`; the others take its node\n"))])
def test_refusals(lab: Session, line: str, code: int, error: str) -> None:
    job = lab.run(line)
    assert (job.code, job.err) == (code, error)


@pytest.mark.parametrize(("typed", "near"), [("dokcer ps", "docker"), ("pign web", "ping"), ("hlep", "help"),
                                             ("show-", "show"), ("brige fdb", "bridge")])
def test_a_slip_of_the_pen_is_answered_with_the_word(lab: Session, typed: str, near: str) -> None:
    assert f"did you mean '{near}'?" in lab.run(typed).err


@pytest.mark.parametrize("typed", ["done", "lsof", "do", "make", "python", "xyzzy"])
def test_what_is_like_no_word_is_not_guessed(lab: Session, typed: str) -> None:
    job = lab.run(typed)
    assert job.code != 0
    assert "did you mean" not in job.err


def test_who_one_is(lab: Session) -> None:
    assert lab.run("whoami").out == lab.run("docker exec web whoami").out == "root\n"


def test_a_bridge_is_named_as_people_name_it(lab: Session) -> None:
    whole = lab.run("show mac host").out.splitlines()
    for name in ("docker0", "host:docker0"):
        assert lab.run(f"show mac {name}").out.splitlines() == ["host:docker0", *whole[1:]]
    assert lab.run("ageing docker0 1s").code == 0
    lab.run("wait 3s")
    assert len(lab.run("show mac docker0").out.splitlines()) < len(whole)
    lab.run("ip link add br0 type bridge")
    assert "br0" not in lab.run("show mac docker0").out
    assert Session().run("ageing docker0 1s").code == 0



def test_options_of_the_terminal_interface_need_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--recover"]) == 2
    assert capsys.readouterr().err == ("netsandbox: --recover is for the terminal UI, which needs a terminal; "
                                       "`netsandbox run NAME` prints a transcript\n")
