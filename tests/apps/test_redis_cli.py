"""redis-cli against the redis server: what it asks, and how it shows the answers."""

from __future__ import annotations

import re

import pytest

from netsandbox.apps.redis_cli import read_reply
from netsandbox.session.keeping import KeptSession
from netsandbox.wire.errors import ParseError


@pytest.fixture(scope="module")
def session() -> KeptSession:
    session = KeptSession()
    session.run("docker run -d --name store redis")
    session.run("redis-cli -h 172.17.0.2 set a 'b c'; redis-cli -h 172.17.0.2 set x 1")
    return session


@pytest.mark.parametrize(("line", "expected", "code"), [
    ("docker exec store redis-cli ping", "PONG\n", 0), ("redis-cli -h 172.17.0.2 set a 'b c'", "OK\n", 0),
    ("docker exec store redis-cli get a", "b c\n", 0), ("redis-cli -h 172.17.0.2 get a", '"b c"\n', 0),
    ("redis-cli --raw -h 172.17.0.2 get a", "b c\n", 0), ("redis-cli -h 172.17.0.2 get none", "(nil)\n", 0),
    ("redis-cli -h 172.17.0.2 incr n", "(integer) 1\n", 0),
    ("printf 'set y 1\\nget y\\n' | redis-cli -h 172.17.0.2", 'OK\n"1"\n', 0),  # its output is a person's
    ("printf 'set y 1\\nget y\\n' | redis-cli -h 172.17.0.2 | cat", "OK\n1\n", 0),
    ("printf 'set x \"2\nget x\n' | redis-cli -h 172.17.0.2 | cat", "Invalid argument(s)\n1\n", 0),
    ("redis-cli -h 172.17.0.2 -p 1 ping", "Could not connect to Redis at 172.17.0.2:1: Connection refused\n", 1),
    ("printf 'ping\nquit\nping\n' | redis-cli -h 172.17.0.2", "PONG\n", 0),
    ("redis-cli -h 172.17.0.2 foo", "(error) ERR unknown command 'foo', with args beginning with: \n", 0),
    ("redis-cli -h 172.17.0.2 foo a b", "(error) ERR unknown command 'foo', with args beginning with: 'a' 'b' \n", 0),
    ("redis-cli --raw -h 172.17.0.2 get", "ERR wrong number of arguments for 'get' command\n\n", 0),
    ("redis-cli -h 172.17.0.2 lpush a b", "(error) ERR netsandbox: LPUSH is not modelled\n", 0),
    ("curl -sS 172.17.0.2:6379", "curl: (52) Empty reply from server\n", 52),
    ("redis-cli -p 0 ping", "Invalid server port.\n", 1),
    ("redis-cli --nope ping", "Unrecognized option or bad number of args for: '--nope'\n", 1),
    ("redis-cli -c ping", "netsandbox: redis-cli -c is not modelled; -h, -p and --raw are\n", 1)])
def test_a_command_is_asked_and_the_answer_shown(session: KeptSession, line: str, expected: str, code: int) -> None:
    job = session.run(line)
    assert (job.out + job.err, job.code) == (expected, code)


@pytest.mark.parametrize(("line", "sizes"), [
    ("printf 'PING\\r\\nPING\\r\\nQUIT\\r\\n' | nc 172.17.0.2 6379", [18, 19]),
    ("printf 'PING\nSET x 5\nQUIT\n' | redis-cli -h 172.17.0.2", [14, 7, 27, 5])])
def test_what_comes_together_is_answered_together(session: KeptSession, line: str, sizes: list[int]) -> None:
    session.run("tcpdump -lni docker0 port 6379 > /tmp/seen &")
    session.run(line)
    session.run("sleep 1; kill %1; sleep 0.1")
    seen = session.run("cat /tmp/seen").out
    assert [int(size) for size in re.findall(r"Flags \[P\.\], seq .*, length (\d+)", seen)] == sizes


def test_a_name_that_nobody_has_is_no_server(session: KeptSession) -> None:
    job = session.run("docker exec store redis-cli -h nobody ping")
    assert job.err.startswith("Could not connect to Redis at nobody:6379: ")
    assert job.code == 1


def test_there_is_no_prompt_of_it(session: KeptSession) -> None:
    assert "no prompt of it" in session.run("redis-cli").err


@pytest.mark.parametrize(("data", "expected"), [
    (b"+OK\r\n", "OK"), (b"-ERR bad\r\n", "(error) ERR bad"), (b"*0\r\n", "(empty array)"),
    (b"*2\r\n$1\r\na\r\n$-1\r\n", '1) "a"\n2) (nil)'), (b"$2\r\nab\r\n", '"ab"'), (b":7\r\n", "(integer) 7")])
def test_a_reply_is_read_when_it_is_whole(data: bytes, expected: str) -> None:
    assert read_reply(data + b"+next", True) == (expected, b"+next")
    for end in range(len(data)):
        assert read_reply(data[:end], True) is None


@pytest.mark.parametrize(("data", "says"), [
    (b"HTTP/1.1 400 Bad Request\r\n", 'Protocol error, got "H" as reply type byte'), (b":x\r\n", "Bad integer value"),
    (b"$x\r\n", "Bad bulk string length"), (b"*1\r\n" * 30, "No support for nested multi bulk replies")])
def test_what_is_no_reply_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(ParseError, match=re.escape(says)):
        read_reply(data, True)


def test_another_server_is_no_redis(session: KeptSession) -> None:
    session.run("docker run -d --name page nginx")
    job = session.run("docker exec store redis-cli -h 172.17.0.3 -p 80 ping")
    assert (job.err, job.code) == ('Error: Protocol error, got "H" as reply type byte\n', 1)
