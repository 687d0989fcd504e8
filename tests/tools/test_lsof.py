"""lsof -i: who has which port, in the columns of lsof 4.99."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

HEADINGS = "COMMAND    PID USER FD   TYPE  DEVICE SIZE/OFF NODE NAME\n"
BOTH = ("docker-pr 1002 root 3u   IPv4 1046051      0t0  TCP *:{0} (LISTEN)\n"
        "docker-pr 1003 root 3u   IPv6 1047075      0t0  TCP *:{0} (LISTEN)\n")


@pytest.fixture(scope="module")
def session() -> KeptSession:
    session = KeptSession()
    session.run("docker run -d --name web -p 8080:80 nginx")
    session.run("ip netns add a")
    session.run("ip -n a link set lo up")
    session.run("ip netns exec a python3 -m http.server 9000 &")
    return session


@pytest.mark.parametrize(("words", "out", "code"), [
    ("-i :8080", HEADINGS + BOTH.format("http-alt"), 0), ("-Pan -i tcp -p 1002,1003", HEADINGS + BOTH.format(8080), 0),
    ("-a -nP -c docker-pr -i4 -i6", HEADINGS + BOTH.format(8080), 0), ("-a -p 99 -i", "", 1),
    ("-nP -iTCP:8080 -sTCP:LISTEN", HEADINGS + BOTH.format(8080), 0),
    ("-nPi :8000-8100", HEADINGS + BOTH.format(8080), 0), ("-i :http-alt -P", HEADINGS + BOTH.format(8080), 0),
    ("-P -i4:8080", HEADINGS + BOTH.format(8080).partition("\n")[0] + "\n", 0), ("-t -i :8080", "1002\n1003\n", 0),
    ("-i :9", "", 1), ("-i udp", "", 1), ("-i @10.0.0.1", "", 1)])
def test_who_has_a_port(session: KeptSession, words: str, out: str, code: int) -> None:
    job = session.run(f"lsof {words}")
    assert (job.out, job.err, job.code) == (out, "", code)


def test_l_tells_a_user_s_number(session: KeptSession) -> None:
    assert session.run("lsof -l -i :8080").out.splitlines()[1].split()[2] == "0"


def test_each_namespace_has_its_own(session: KeptSession) -> None:
    assert session.run("ip netns exec a lsof -i").out.splitlines()[1].startswith("python3")
    job = session.run("docker exec web lsof -ti")
    assert "8080" not in job.out


@pytest.mark.parametrize(("words", "expected"), [
    ("", "without -i is not modelled"), ("-p 1", "lsof without -i is not modelled"),
    ("-p 1 -i", "`lsof -p` without -a is not modelled"), ("-c docker -i", "`lsof -p` without -a is not modelled"),
    ("/etc/hosts", "lsof /etc/hosts is not modelled"),
    ("-i :nosuch", "unknown service nosuch"), ("-i nosuch", "unknown protocol name (nosuch) in: -i nosuch\nlsof 4"),
    ("-i tcp:nosuch", "unknown service nosuch for tcp in: -i tcp:nosuch\nlsof 4"),
    ("-i 1.2.3.4:80", "unknown protocol name (1.2.3.4) in: -i 1.2.3.4:80")])
def test_what_it_does_not_take_is_refused(session: KeptSession, words: str, expected: str) -> None:
    job = session.run(f"lsof {words}")
    assert expected in job.err
    assert job.code == 1
