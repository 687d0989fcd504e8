"""With -t a container's program has a terminal, without it a pipe: what curl, redis-cli and others make of it."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session()
    for line in ("docker run -d --name web nginx", "docker run -d --name kv redis",
                 "docker run -d --name box busybox top", "docker exec kv redis-cli set greeting hello"):
        assert session.run(line).code == 0, line
    return session


def test_curl_shows_its_meter_where_it_has_no_terminal(session: Session) -> None:
    """The client's terminal is not the program's: dockerd hands on a pipe."""
    assert "% Total" in session.run("docker exec web curl http://localhost").err
    assert "% Total" in session.run("docker run --rm --network container:web curlimages/curl localhost").err
    assert session.run("docker exec -t web curl http://localhost").err == ""
    assert session.run("docker exec web curl -s http://localhost").err == ""


def test_redis_cli_words_its_answers_for_a_terminal_alone(session: Session) -> None:
    assert session.run("docker exec kv redis-cli get greeting").out == "hello\n"
    assert session.run("docker exec -it kv redis-cli get greeting").out == '"hello"\n'
    assert session.run("docker exec -it kv redis-cli get greeting | cat").out == '"hello"\r\n'


@pytest.mark.parametrize(("flags", "says"), [
    ("exec box", "1\n1\nnot a tty\n"), ("exec -i box", "1\n1\nnot a tty\n"), ("exec -t box", "0\n0\n/dev/pts/0\n"),
    ("exec -it box", "0\n0\n/dev/pts/0\n"), ("run --rm busybox", "1\n1\nnot a tty\n"),
    ("run --rm -it busybox", "0\n0\n/dev/pts/0\n")])
def test_a_program_can_ask(session: Session, flags: str, says: str) -> None:
    line = f"docker {flags} sh -c 'test -t 0; echo $?; test -t 1; echo $?; tty'"
    assert session.run(line).out == says


def test_at_the_prompt_a_person_sits_unless_the_output_goes_elsewhere(session: Session) -> None:
    assert session.run("[ -t 0 ] && [[ -t 1 ]] && echo yes").out == "yes\n"
    assert session.run("{ [ -t 1 ] || [[ -t 1 ]] || echo no; } | cat").out == "no\n"
    assert session.run("echo | [ -t 0 ]").code == 1
    assert session.run("[ -t x ]").code == 2


def test_a_terminal_is_one_stream_and_its_lines_end_with_cr_elsewhere(session: Session) -> None:
    line = "docker exec {} box sh -c 'echo out; echo err >&2' 2>/dev/null | cat"
    assert session.run(line.format("")).out == "out\n"
    assert session.run(line.format("-t")).out == "out\r\nerr\r\n"
    assert session.run(line.replace("exec", "run --rm").replace("box", "busybox").format("-t")).out == "out\r\nerr\r\n"
    job = session.run("docker exec -t box sh -c 'echo out; echo err >&2'")
    assert (job.out, job.err) == ("out\nerr\n", "")


def test_the_log_of_a_container_with_a_terminal_has_one_stream(session: Session) -> None:
    session.run("docker run --name said -t busybox sh -c 'echo out; echo err >&2'")
    job = session.run("docker logs said")
    assert (job.out, job.err) == ("out\nerr\n", "")
    session.run("docker rm said")


@pytest.mark.parametrize("enter", ["docker exec -it box sh", "docker run -it --rm busybox", "ip netns exec blue bash",
                                   "enter box", "sudo -i"])
def test_exit_ends_a_shell_with_its_last_status(session: Session, enter: str) -> None:
    session.run("ip netns add blue")
    for line, status in (("exit", 1), ("exit 7", 7)):
        assert session.run(enter).code == 0
        assert session.run("false").code == 1
        assert session.run(line).code == status
        assert session.run("echo $?").out == f"{status}\n"


def test_an_unknown_program_is_told_by_the_shell_that_was_entered(session: Session) -> None:
    for line, says in (("docker run -it --rm ubuntu bash", "bash: nosuch: command not found"),
                       ("docker exec -it box sh", "sh: 1: nosuch: not found")):
        session.run(line)
        assert session.run("nosuch").err.startswith(says)
        session.run("exit")
