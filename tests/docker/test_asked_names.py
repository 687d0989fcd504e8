"""Docker's name server, asked by packets: dig, host, getent and ping, as in a container of a real Engine 28.5."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.session.session import Session

LAB = (Path(__file__).parent / "lab.txt").read_text().splitlines()
LINES = ("docker network create net1", "docker run -d --name web --network net1 --network-alias www nginx",
         "docker run -d --name web2 --network net1 --network-alias www nginx",
         "docker run -d --name db nginx",
         "docker run -d --name app --link db:database nicolaka/netshoot sleep infinity",
         ("docker run -d --name box --network net1 --add-host foo:10.0.0.1 --add-host foo:10.0.0.2 "
          "nicolaka/netshoot sleep infinity"), "wait")
CHANGES = (re.compile(r"id: \d+"), re.compile(r"time: \d+ msec"), re.compile(r"WHEN: .*"), re.compile(r"time=\S+ ms"))
SHORT = {
    "dig +short web": "172.18.0.2\n", "dig +short WEB.net1": "172.18.0.2\n", "dig +short AAAA web": "",
    "dig +short web +tcp": "172.18.0.2\n", "dig @127.0.0.11 web +short": "172.18.0.2\n",
    "dig +short -x 172.18.0.2": "web.net1.\n", "dig +short example.com": "203.0.113.9\n",
    "dig +noall +answer web web2": "web.\t\t\t600\tIN\tA\t172.18.0.2\nweb2.\t\t\t600\tIN\tA\t172.18.0.3\n",
    "dig +domain=net1 +short web": "172.18.0.2\n",
    "getent hosts 172.18.0.2": "172.18.0.2      web.net1\n", "getent hosts 10.9.9.9": "",
    "getent hosts foo": "10.0.0.1        foo\n10.0.0.2        foo\n",
    "getent hosts localhost nosuch": "::1             localhost ip6-localhost ip6-loopback\n",
    "host web": "web has address 172.18.0.2\nHost web not found: 3(NXDOMAIN)\n",
    "host -t A web": "web has address 172.18.0.2\n"}
HEADERS = {   # what of a response is Docker's: status, flags, answers, by what, size
    "dig web": ("NOERROR", "qr rd ra", 1, "UDP", 40), "dig +tcp web": ("NOERROR", "qr rd ra", 1, "TCP", 40),
    "dig WEB.net1": ("NOERROR", "qr rd ra", 1, "UDP", 50), "dig MX web": ("NOERROR", "qr rd ra", 0, "UDP", 21),
    "dig TXT web": ("NXDOMAIN", "qr rd ra", 0, "UDP", 21), "dig ANY web": ("SERVFAIL", "qr rd", 0, "TCP", 21),
    "dig nosuch": ("NXDOMAIN", "qr rd ra", 0, "UDP", 24), "dig example.com": ("NOERROR", "qr rd ra", 1, "UDP", 45),
    "dig +tcp example.com": ("SERVFAIL", "qr rd", 0, "TCP", 29), "dig www": ("NOERROR", "qr rd ra", 2, "UDP", 59)}


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session(profile="docker-28", uplink=False)
    for line in (*LAB, *LINES):
        assert session.run(line).code == 0, line
    return session


def said(session: Session, line: str) -> str:
    text = session.run(f"docker exec box {line}").out
    for pattern in CHANGES:
        text = pattern.sub("", text)
    return text


@pytest.mark.parametrize("line", sorted(SHORT))
def test_what_is_found(session: Session, line: str) -> None:
    assert said(session, line) == SHORT[line]


@pytest.mark.parametrize("line", sorted(HEADERS))
def test_responses(session: Session, line: str) -> None:
    """Docker's own answers repeat the names; what it has asked elsewhere comes as it came."""
    status, flags, answers, way, size = HEADERS[line]
    text = said(session, line)
    assert f"status: {status}, " in text
    assert f";; flags: {flags}; QUERY: 1, ANSWER: {answers}, AUTHORITY: 0, ADDITIONAL: 0" in text
    assert f"(127.0.0.11) ({way})" in text
    assert f";; MSG SIZE  rcvd: {size}\n" in text
    assert ("recursion requested but not available" in text) == (flags == "qr rd")


def test_comments_are_titles_and_empty_lines_too(session: Session) -> None:
    text = said(session, "dig +nocomments +nocmd +nostats web")
    assert text == ";web.\t\t\t\tIN\tA\nweb.\t\t\t600\tIN\tA\t172.18.0.2\n"


@pytest.mark.parametrize(("server", "why"), [("172.18.0.2", "connection refused"), ("10.99.99.99", "timed out")])
def test_nobody_answers(session: Session, server: str, why: str) -> None:
    job = session.run(f"docker exec box dig @{server} +time=1 +tries=2 web")
    assert job.out.startswith(f";; communications error to {server}#53: {why}\n" * 2)
    assert job.out.endswith("; (1 server found)\n;; global options: +cmd\n;; no servers could be reached\n")
    assert job.code == 9


@pytest.mark.parametrize(("line", "code", "text"), [
    ("dig +nosuch web", 1, "Invalid option: +nosuch"), ("dig -k key web", 1, "dig: -k is not modelled"),
    ("dig +edns=1 web", 1, "dig: +edns=1 is not modelled"),
    ("dig -t FOO web", 0, ";; Warning, ignoring invalid type FOO"),
    ("getent hosts nosuch", 2, "")])
def test_what_is_refused(session: Session, line: str, code: int, text: str) -> None:
    job = session.run(f"docker exec box {line}")
    assert job.code == code
    assert job.err.startswith(text)


def test_without_its_rules_the_server_is_not_reached(session: Session) -> None:
    lines = "iptables -t nat -F; dig +time=1 +tries=1 web; iptables -t nat -S | grep -c DNAT; getent hosts web"
    session.run("docker run -d --name lone --network net1 nicolaka/netshoot sleep infinity")
    out = session.run(f"docker exec --privileged lone sh -c '{lines}'").out
    assert out.startswith(";; communications error to 127.0.0.11#53: connection refused\n")
    assert out.endswith("no servers could be reached\n0\n")


def test_ping_says_the_first_name_of_the_line(session: Session) -> None:
    """/etc/hosts has `172.17.0.2 database ID db`, and comes before the name server."""
    for name in ("db", "database"):
        out = session.run(f"docker exec app ping -c 1 {name}").out
        assert out.startswith("PING database (172.17.0.2) 56(84) bytes of data.\n64 bytes from database (172.17.0.2): ")
    assert "64 bytes from web.net1 (172.18.0.2): " in session.run("docker exec box ping -c 1 web").out
