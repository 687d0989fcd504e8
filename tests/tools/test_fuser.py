"""fuser, as psmisc 23.7 answered on a real machine; the numbers are the lab's."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session()
    session.run("docker run -d --name web -p 8080:80 nginx")
    session.run("python3 -m http.server 9000 &")
    return session


def test_a_name_is_told_on_the_error_output_and_the_processes_on_the_other(session: Session) -> None:
    job = session.run("fuser 9000/tcp")
    pid = int(job.out)
    assert (job.code, job.out, job.err) == (0, f" {pid:>5}", "9000/tcp:           \n")
    assert "".join(text for _stream, text in job.output) == f"9000/tcp:            {pid:>5}\n"
    assert session.run("fuser -n tcp 9000").err == "9000/tcp:           \n"
    assert session.run("fuser -u 9000/tcp").err == "9000/tcp:           (root)\n"
    assert session.run(f"ps -p {pid} -o comm=").out.startswith("python3")


def test_verbose_is_a_table(session: Session) -> None:
    first, second = session.run("fuser 8080/tcp 2>/dev/null").out.split()
    assert session.run("fuser -v 8080/tcp").err == (
        "                     USER        PID ACCESS COMMAND\n"
        f"8080/tcp:            root     {first:>7} F.... docker-proxy\n"
        f"                     root     {second:>7} F.... docker-proxy\n")
    assert session.run("fuser -4 8080/tcp").out.split() == [first]


@pytest.mark.parametrize(("line", "code", "err"), [
    ("fuser 8081/tcp", 1, ""), ("fuser 9000/udp", 1, ""), ("fuser -a 1/tcp", 1, "1/tcp:\n"),
    ("fuser -s 9000/tcp", 0, ""), ("fuser nosuch", 1, "Specified filename nosuch does not exist.\n"),
    ("fuser x/tcp", 1, "Cannot resolve local port x: Servname not supported for ai_socktype\n"),
    ("fuser -m /", 1, "netsandbox: fuser -m is not modelled\n"),
    ("fuser 80,1.2.3.4/tcp", 1, "netsandbox: fuser 80,1.2.3.4/tcp is not modelled; PORT/tcp is\n"),
    ("fuser /etc/hosts", 1, "netsandbox: fuser /etc/hosts is not modelled; PORT/tcp is\n")])
def test_what_nobody_has_and_what_is_no_port(session: Session, line: str, code: int, err: str) -> None:
    job = session.run(line)
    assert (job.code, job.err) == (code, err)


def test_without_a_name_it_tells_how_it_is_used(session: Session) -> None:
    assert session.run("fuser").err.startswith("No process specification given\nUsage: fuser [-fIMuvw] [-a|-s] ")
    assert session.run("fuser -n bogus 1").err.startswith("Invalid namespace name\nUsage: ")


def test_what_has_a_port_is_ended(session: Session) -> None:
    session.run("python3 -m http.server 9001 &")
    assert session.run("fuser -k -TERM 9001/tcp").code == 0
    assert session.run("fuser 9001/tcp").code == 1
    assert "fuser ends what lines have begun; `kill " in session.run("fuser -k 8080/tcp").err
