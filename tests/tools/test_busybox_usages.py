"""What BusyBox's applets say of themselves, as BusyBox 1.37 did on a real machine."""

from __future__ import annotations

import pytest

from netsandbox.apps.busybox.usages import HEAD, TEXTS, reworded, usage
from netsandbox.session.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session()
    session.run("docker run -d --name box busybox top")
    return session


@pytest.mark.parametrize("name", ["ping", "wget", "ls", "ip", "nslookup", "kill", "xargs", "env", "httpd", "ifconfig"])
def test_help_is_the_usage_and_no_failure(session: Session, name: str) -> None:
    job = session.run(f"docker exec box {name} --help")
    assert (job.code, job.out, job.err) == (0, "", usage(name) + "\n")
    assert job.err.startswith(f"{HEAD}Usage: {name} [")


def test_in_a_shell_that_was_entered_too(session: Session) -> None:
    session.run("docker exec -it box sh")
    assert session.run("ping --help").err == usage("ping") + "\n"
    assert session.run("mkdir").err == usage("mkdir") + "\n"
    assert session.run("exit").code == 1


@pytest.mark.parametrize(("line", "complaint", "code"), [
    ("ping", "", 1), ("wget", "", 1), ("mkdir", "", 1), ("cp a", "", 1), ("ip", "", 1), ("ip bogus", "", 1),
    ("grep", "", 2), ("brctl", "", 1), ("telnet", "", 1), ("ls -Z", "ls: invalid option -- 'Z'\n", 1),
    ("ls --foo", "ls: unrecognized option '--foo'\n", 1), ("route -Z", "route: invalid option -- 'Z'\n", 1),
    ("date -Z", "date: invalid option -- 'Z'\n", 1), ("sort -Z", "sort: invalid option -- 'Z'\n", 2),
    ("head -n", "head: option requires an argument -- 'n'\n", 1), ("ping -Z x", "ping: invalid option -- 'Z'\n", 1)])
def test_what_is_not_understood_is_answered_with_the_usage(
        session: Session, line: str, complaint: str, code: int) -> None:
    job = session.run(f"docker exec box {line}")
    assert (job.code, job.out, job.err) == (code, "", f"{complaint}{usage(line.split()[0])}\n")


@pytest.mark.parametrize(("line", "says", "code"), [
    ("ip addr help", "ip: invalid argument 'help' to 'ip'\n", 1),
    ("ip link help", "ip: invalid argument 'help' to 'ip'\n", 2),
    ("cat nosuch", "cat: can't open 'nosuch': No such file or directory\n", 1),
    ("grep x nosuch", "grep: nosuch: No such file or directory\n", 2)])
def test_other_complaints_stay(session: Session, line: str, says: str, code: int) -> None:
    job = session.run(f"docker exec box {line}")
    assert (job.code, job.err) == (code, says)


def test_an_option_that_busybox_has_and_the_sandbox_has_not_is_still_named(session: Session) -> None:
    assert session.run("docker exec box ls -S").err == "note: ls -S changes nothing in the sandbox\n"
    assert reworded("ls", "netsandbox: ls -S is not modelled\n") == ""
    assert "nosuch" not in TEXTS
    assert reworded("nosuch", "usage: nosuch\n") == ""
