"""curl at once and curl that asks first: what curl 8.14.1 sent to nginx 1.26 on a real kernel, and said of it."""

from __future__ import annotations

import re

import pytest

from netsandbox.session.session import Session

SIZE_OF_MEG = 1048577


@pytest.fixture
def session() -> Session:
    session = Session()
    assert not session.run("docker run -d --name web nginx").code
    return session


def segments(session: Session, line: str) -> list[str]:
    """(port of the client counted from 0, direction, what) of each segment that is no mere ACK."""
    out = session.run(f"tcpdump -nt -i docker0 tcp & {line}; sleep 0.1; kill %1").out
    ports: dict[str, int] = {}
    found = []
    for sender, receiver, flags, length in re.findall(
            r"IP ([\d.]+) > ([\d.]+): Flags \[(\S+)\], .*length (\d+)", out):
        port = ports.setdefault((receiver if sender.endswith(".80") else sender).rpartition(".")[2], len(ports))
        what = "data" if int(length) else flags
        if what != ".":
            found.append(f"{port}{'<' if sender.endswith('.80') else '>'}{what}")
    return found


def test_transfers_to_one_server_wait_for_the_first_and_are_parallel_then(session: Session) -> None:
    assert segments(session, "curl -sZo a -o b -o c 172.17.0.2/[a-c]") == [
        "0>S", "0<S.", "0>data", "0<data", "0>data", "1>S", "1<S.", "0<data", "1>data", "1<data",
        "0>F.", "1>F.", "0<F.", "1<F."]


def test_immediate_ones_have_each_a_connection_at_once(session: Session) -> None:
    found = segments(session, "curl -sZ --parallel-immediate -o a -o b -o c 172.17.0.2/[a-c]")
    assert found[:6] == ["0>S", "0<S.", "1>S", "1<S.", "2>S", "2<S."]
    assert {"0>data", "1>data", "2>data"} <= set(found)


def test_so_many_at_a_time_and_no_more(session: Session) -> None:
    line = "curl -sZ --parallel-immediate --parallel-max 2 -o a -o b -o c -o d 172.17.0.2/[a-d]"
    assert {word[0] for word in segments(session, line)} == {"0", "1"}


def test_what_is_said_of_them(session: Session) -> None:
    told = session.run("curl -Zsv -o a -o b 172.17.0.2/[a-b]").err
    assert told.startswith(
        "*   Trying 172.17.0.2:80...\n* Connection #0 is not open enough, cannot reuse\n"
        "* Found pending candidate for reuse and CURLOPT_PIPEWAIT is set\n"
        "* Waiting on connection to negotiate possible multiplexing.\n* Connected to 172.17.0.2 (172.17.0.2) port 80\n")
    assert "* Re-using existing http: connection with host 172.17.0.2\n" in told
    head, line = session.run("curl -Z -o a -o b 172.17.0.2 172.17.0.2/b").err.splitlines()
    assert head == "DL% UL%  Dled  Uled  Xfers  Live Total     Current  Left    Speed"
    assert line.startswith("100 --    768     0     2     0  --:--:-- --:--:-- --:--:-- ")
    assert line.endswith("     ")
    assert session.run("cat a").out.startswith("<!DOCTYPE html>")


def test_those_that_fail_are_told_each_and_the_last_one_says_how_it_ends(session: Session) -> None:
    job = session.run("curl -Z 172.17.0.2:81/[a-b]")
    words = "curl: (7) Failed to connect to 172.17.0.2 port 81 after 0 ms: Could not connect to server\n"
    assert (job.code, job.err) == (7, words * 2)
    assert session.run("curl -sSZ -o x -o y 172.17.0.2:81/a 172.17.0.2/b").code == 0
    early = session.run("curl -sSZ --fail-early --parallel-max 1 172.17.0.2:81/a 172.17.0.2/")
    assert (early.code, early.out) == (7, "")


def test_ctrl_c_ends_all_of_them(session: Session) -> None:
    session.run("docker pause web")
    job = session.run("timeout 2 curl -sZ --parallel-immediate 172.17.0.2/[a-c]")
    assert job.code == 124
    assert "ESTAB" not in session.run("ss -tnH state established dst 172.17.0.2").out


def test_a_long_body_is_asked_for_first(session: Session) -> None:
    session.run(f"head -c {SIZE_OF_MEG} /dev/zero | tr '\\0' x > big; head -c {SIZE_OF_MEG - 1} big > small")
    told = session.run("curl -sv -o /dev/null --data-binary @big 172.17.0.2").err
    assert "> Expect: 100-continue\n> \n< HTTP/1.1 413 Request Entity Too Large\n" in told
    assert told.endswith("* we are done reading and this is set to close, stop send\n* abort upload\n"
                         "* shutting down connection #0\n")
    for line in ("--data-binary @small", "-H Expect: --data-binary @big", "-0 --data-binary @big"):
        assert "100-continue" not in session.run(f"curl -sv -o /dev/null {line} 172.17.0.2").err


@pytest.mark.parametrize(("more", "limit", "sent"), [
    ("", 0.9, 0), ("", 1.1, 2), ("--expect100-timeout 0.3", 0.2, 0), ("--expect100-timeout 0.3", 0.4, 2)])
def test_who_asks_waits_a_second_and_no_longer(session: Session, more: str, limit: float, sent: int) -> None:
    session.run("nc -l 9000 > /dev/null &")
    job = session.run(f"curl -sv -m {limit} -w %{{size_upload}} -d hi -H 'Expect: 100-continue' {more} 127.0.0.1:9000")
    assert job.out == str(sent)
    assert ("* Done waiting for 100-continue\n* upload completely sent off: 2 bytes\n" in job.err) == bool(sent)


def test_the_server_says_whether_it_wants_the_body(session: Session) -> None:
    asked = "curl -sv -d hi -H 'Expect: 100-continue'"
    told = session.run(f"{asked} 172.17.0.2").err
    assert "upload completely" not in told
    assert "< Connection: keep-alive\n* HTTP error before end of send, stop sending\n* abort upload\n< \n" in told
    session.run("docker run -d --name ap httpd")
    assert "< HTTP/1.1 100 Continue\n< \n* upload completely sent off: 2 bytes\n< HTTP/1.1 200 OK\n" in session.run(
        f"{asked} 172.17.0.3").err
    assert "} [2 bytes data]\n* upload completely" in session.run(f"{asked} -o /dev/null 172.17.0.3").err
    text = "server { listen 81; location / { return 200 yes; } client_max_body_size 1; }"
    session.run(f"docker exec web sh -c 'echo \"{text}\" > /etc/nginx/conf.d/b.conf; nginx -s reload'")
    assert session.run("curl -s -d hi 172.17.0.2:81").out.startswith("<html>\r\n<head><title>413".replace("\r", ""))
    assert session.run("curl -s -d h 172.17.0.2:81").out == "yes"
