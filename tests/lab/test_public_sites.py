"""The web servers behind the uplink: each name has its own page, or sends to https."""

from __future__ import annotations

import pytest

from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.keeping import KeptSession

ADDRESS = "203.0.113.10"


@pytest.fixture(scope="module")
def session() -> KeptSession:
    return KeptSession(uplink=DEFAULT_LAN)


@pytest.mark.parametrize(("line", "expected"), [
    ("curl -s example.com", "<h1>Example Domain</h1>"), ("curl -s http://www.example.com/", "<h1>Example Domain</h1>"),
    ("curl -s -o /dev/null -w %{http_code} example.com/nothing", "404"),
    ("curl -s google.com", '<A HREF="http://www.google.com/">here</A>'), ("curl -sL google.com", "<title>Google"),
    ("curl -s baidu.com", "url=http://www.baidu.com/"), ("curl -s www.baidu.com", "百度一下"),
    ("curl -sI http://github.com", "Location: https://github.com/"), ("curl -s ifconfig.io", ADDRESS),
    ("curl -sI 1.1.1.1", "Location: https://1.1.1.1/"), ("curl -s google.com:443", "sent to HTTPS port"),
    ("nc -zv google.com 443 2>&1", "443 port [tcp/https] succeeded"),
    ("nc -zv 8.8.8.8 53 2>&1", "53 port [tcp/domain] succeeded"),
    ("dig +tcp @1.1.1.1 example.com", "#53(1.1.1.1) (TCP)"),
    ("docker run --rm alpine ping -c 1 www.docker.com", " 0% packet loss"),
    ("docker run --rm curlimages/curl -s icanhazip.com", ADDRESS)])
def test_a_name_of_the_internet_answers(session: KeptSession, line: str, expected: str) -> None:
    job = session.run(line)
    assert expected in job.out, job.err


@pytest.mark.parametrize(("words", "shown"), [
    ("", [";; Sending:", ";; flags: rd ad; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1",
          ";; OPT PSEUDOSECTION:", "; EDNS: version: 0, flags:; udp: 1232", ";; QUESTION SECTION:",
          ";example.com.\t\t\tIN\tA", ";; QUERY SIZE: 52"]),
    ("+noedns +nocomments", [";example.com.\t\t\tIN\tA", ";; QUERY SIZE: 29", ";example.com.\t\t\tIN\tA"]),
    ("+noall +nsid +comments", [";; Sending:", ";; flags: rd ad; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1",
                                ";; OPT PSEUDOSECTION:", "; EDNS: version: 0, flags:; udp: 1232", "; NSID:"]),
    ("+noall +tcp +stats", [";; QUERY SIZE: 52"]), ("+short", [])])
def test_dig_shows_its_question(session: KeptSession, words: str, shown: list[str]) -> None:
    """As the real one: +qr, with what the other options leave of it."""
    text = session.run(f"dig +qr +nocmd {words} example.com").out
    asked = text.split(";; Got answer")[0].split("example.com.\t\t600")[0].split("\n;; Query time")[0].splitlines()
    assert [line for line in asked if line[:1] == ";" and line[:5] not in ("; COO", ";; ->", ";; AN")] == shown


def test_a_name_that_nobody_has_is_unknown(session: KeptSession) -> None:
    assert "Name or service not known" in session.run("ping -c 1 nosuch.example.com").err
