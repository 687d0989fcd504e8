"""redis, memcached and mysql over real connections, byte by byte; and DNS messages and servers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.apps.name_server import Names, NameServer
from netsandbox.apps.query import DatagramQuery
from netsandbox.apps.resolv_conf import Settings, read_settings
from netsandbox.apps.server import Server
from netsandbox.apps.stream import Stream
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileSystem
from netsandbox.wire import dns
from netsandbox.wire.errors import ParseError
from tests.tcp.net import PROCESS, RIGHT, Collector, Net


def talk(kind: str, port: int, said: bytes) -> bytes:
    """What a server answers to some bytes."""
    net = Net()
    Server(net.right, kind, kind, (port,), 16, False, 1).start()
    client = Collector(said)
    Stream(net.connect(net.left, RIGHT, port), client)
    net.run(2)
    return client.data


@pytest.mark.parametrize(("said", "answer"), [
    (b"PING\r\n", b"+PONG\r\n"), (b"*1\r\n$4\r\nPING\r\n", b"+PONG\r\n"),
    (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nhello\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", b"+OK\r\n$5\r\nhello\r\n"),
    (b"GET nothing\r\n", b"$-1\r\n"), (b"INCR n\r\nINCRBY n 5\r\nGET n\r\n", b":1\r\n:6\r\n$1\r\n6\r\n"),
    (b"SET a x\r\nINCR a\r\n", b"+OK\r\n-ERR value is not an integer or out of range\r\n"),
    (b"FLY away\r\n", b"-ERR unknown command 'FLY', with args beginning with: 'away' \r\n"),
    (b"GET\r\n", b"-ERR wrong number of arguments for 'get' command\r\n"),
    (b"*1\r\nPING\r\n", b"-ERR Protocol error: expected '$', got 'P'\r\n"),
    (b"*x\r\n", b"-ERR Protocol error: invalid multibulk length\r\n"), (b"*1\r\n$400000", b""),
])
def test_redis(said: bytes, answer: bytes) -> None:
    assert talk("redis", 6379, said) == answer


def test_memcached() -> None:
    said = b"version\r\nset k 0 0 5\r\nhello\r\nget k\r\ndelete k\r\nget k\r\nfly\r\nset k 0 0 x\r\n"
    assert talk("memcached", 11211, said) == (
        b"VERSION 1.6.39\r\nSTORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\nDELETED\r\nEND\r\nERROR\r\n"
        b"CLIENT_ERROR bad command line format\r\n")


def test_mysql_greets_first_and_refuses() -> None:
    answer = talk("mysql", 3306, b"\x24\0\0\x01" + bytes(32) + b"root")
    assert answer[4:5] == b"\x0a"
    assert b"9.6.0\0" in answer
    assert b"Access denied for user 'root'@'10.0.0.1' (using password: NO)" in answer


@given(st.binary(max_size=300), st.sampled_from(["redis", "memcached", "mysql", "nginx", "httpd"]))
def test_no_bytes_upset_a_server(said: bytes, kind: str) -> None:
    talk(kind, 7000, said)


# -- DNS

LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=20)
NAMES = st.lists(LABELS, min_size=1, max_size=5).map(".".join)
RECORDS = st.builds(lambda name, address, ttl: dns.Answer(name, dns.A, ttl, address), NAMES,
                    st.binary(min_size=4, max_size=4), st.integers(0, 1 << 31))


@given(NAMES, st.lists(RECORDS, max_size=5), st.integers(0, 65535))
def test_a_message_is_read_as_it_was_written(name: str, records: list[dns.Answer], ident: int) -> None:
    message = dns.Message(ident, dns.RESPONSE, (dns.Question(name),), tuple(records), (
        dns.Answer(name, dns.CNAME, 60, b"", f"other.{name}"),))
    found = dns.parse(message.emit())
    assert (found.ident, found.questions, found.answers) == (ident, message.questions, message.answers)
    assert found.authority[0].text == f"other.{name}"


@given(st.binary(max_size=80), st.binary(max_size=20))
def test_no_bytes_upset_the_reader(data: bytes, tail: bytes) -> None:
    for text in (data, dns.Message(1, 0, (dns.Question("a.b"),)).emit()[:12] + data, data + b"\xc0\x0c" + tail):
        try:
            dns.parse(text)
        except ParseError:
            continue


def ask(name: str, kind: int = dns.A, upstreams: tuple[int, ...] = ()) -> dns.Message | None:
    """A question from the left host to a server on the right one."""
    net = Net()
    NameServer(net.right, "named", 1, Names({"web.lan": 0x0A000007}), upstreams=upstreams, ttl=60).start()
    answers: list[dns.Message | None] = []
    net.scheduler.begin()
    DatagramQuery(net.left, PROCESS, Settings((RIGHT,), (), 1, 1, 2), name, (kind,),
                  lambda found, _server: answers.append(next(iter(found.values())) if found else None)).start()
    net.run(30)
    assert len(answers) == 1
    return answers[0]


def test_a_server_answers_for_its_zone() -> None:
    known, reverse, unknown, other = (ask("web.lan"), ask("7.0.0.10.in-addr.arpa", dns.PTR), ask("nobody.lan"),
                                      ask("web.lan", dns.AAAA))
    assert known is not None
    assert [record.data for record in known.answers] == [b"\x0a\0\0\x07"]
    assert reverse is not None
    assert [record.text for record in reverse.answers] == ["web.lan"]
    assert unknown is not None
    assert unknown.rcode == dns.NXDOMAIN
    assert other is not None
    assert (other.rcode, other.answers) == (dns.NOERROR, ())


def test_what_it_does_not_know_it_asks_others_and_says_when_they_are_silent() -> None:
    found = ask("nobody.lan", upstreams=(0x0A000063,))
    assert found is None or found.rcode == dns.SERVFAIL


def test_resolv_conf_is_read_as_the_library_reads_it() -> None:
    files = Files(FileSystem(Net().scheduler), {})
    files.make_directory("/etc") if not files.exists("/etc") else None
    files.write("/etc/resolv.conf", "# mine\nnameserver 10.0.0.1\nnameserver nonsense\nnameserver 10.0.0.2\n"
                                    "search a.lan b.lan\noptions ndots:3 timeout:2 attempts:9 edns0\n")
    assert read_settings(files) == Settings((0x0A000001, 0x0A000002), ("a.lan", "b.lan"), 3, 2, 5)
    assert read_settings(None).servers == (0x7F000001,)
