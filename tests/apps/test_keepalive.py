"""Programs that ask the kernel whether their peers are still there, as `ss -o` tells of it."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

LINES = """\
docker run -d --name web nginx
docker run -d --name c1 nicolaka/netshoot sleep infinity
docker exec -d c1 socat TCP-LISTEN:9,fork,keepalive,keepidle=3,keepintvl=1,keepcnt=2 EXEC:cat
docker exec -d c1 nc -kl 8
docker exec web ss
wait 1s
"""
"""What the image has no ss for is told once, and the bridge takes frames a moment after its carrier came."""


def run(session: Session, line: str) -> tuple[int | None, str]:
    job = session.execute(line)
    session.lab.scheduler.run_while(lambda: not job.is_done)
    return job.code, "".join(text for _stream, text in job.output)


@pytest.fixture
def lab() -> Session:
    session = Session()
    for line in LINES.splitlines():
        run(session, line)
    return session


@pytest.mark.parametrize(("container", "line", "port", "timer"), [
    ("c1", "docker exec -d web nc 172.17.0.3 9", 9, "timer:(keepalive,2."),
    ("web", "docker exec -d web curl 172.17.0.3:8", 8, "timer:(keepalive,59sec,0)"),
    ("web", "docker exec -d web curl --keepalive-time 20 172.17.0.3:8", 8, "timer:(keepalive,19sec,0)"),
    ("web", "docker exec -d web curl --no-keepalive 172.17.0.3:8", 8, ""),
    ("web", "docker exec -d web nc 172.17.0.3 9", 9, ""),
    ("c1", "docker exec -d c1 socat TCP:172.17.0.2:80,keepidle=4 EXEC:cat", 80, ""),
])
def test_who_asks_and_how_often(lab: Session, container: str, line: str, port: int, timer: str) -> None:
    run(lab, line)
    run(lab, "wait 100ms")
    [new] = shown(lab, container, port)
    assert timer in new
    assert ("timer" in new) is bool(timer)


def shown(lab: Session, container: str, port: int) -> list[str]:
    return run(lab, f"docker exec {container} ss -Htno '( sport = :{port} or dport = :{port} )'")[1].splitlines()


def test_nginx_takes_so_keepalive_and_says_what_it_is_not(lab: Session) -> None:
    change = "docker exec web sed -i 's/listen  *80.*;/listen 80 so_keepalive={};/' /etc/nginx/conf.d/default.conf"
    for wish, timer in (("5s:2s:2", "timer:(keepalive,4."), ("on", "timer:(keepalive,119min")):
        run(lab, change.format(wish))
        run(lab, "docker exec web nginx -s reload")
        run(lab, "docker exec -d c1 nc 172.17.0.2 80")
        run(lab, "wait 100ms")
        assert timer in "".join(shown(lab, "web", 80))
    run(lab, change.format("often"))
    code, text = run(lab, "docker exec web nginx -t")
    assert code == 1
    assert 'invalid so_keepalive value: "often"' in text


@pytest.mark.parametrize(("line", "says"), [
    ("socat - TCP:172.17.0.2:80,keepidle=0", "setsockopt(5, 6, 4, {0}, 4): Invalid argument"),
    ("socat - TCP:172.17.0.2:80,keepcnt=x", 'parseopts(): missing numerical value of option "keepcnt=x"'),
    ("curl --keepalive-time x web", "curl: option --keepalive-time: expected a proper numerical parameter"),
    ("curl --keepalive-cnt -5 web", "curl: option --keepalive-cnt: expected a positive numerical parameter"),
])
def test_numbers_that_are_none(lab: Session, line: str, says: str) -> None:
    code, text = run(lab, f"docker exec c1 {line}")
    assert code
    assert says in text


def test_a_peer_that_has_gone_is_given_up(lab: Session) -> None:
    run(lab, "docker exec -d web nc 172.17.0.3 9")
    run(lab, "wait 100ms")
    assert shown(lab, "c1", 9)
    run(lab, "ip link set docker0 down")
    run(lab, "wait 6s")
    assert not shown(lab, "c1", 9)


def test_a_line_that_waits_for_a_silent_server_ends() -> None:
    session = Session()
    session.run("nc -l -p 80 &")
    job = session.run("curl -s http://127.0.0.1")
    assert (job.code, job.err) == (1, "stopped: it waits, and nothing is under way that could end that\n")
    assert session.position.step < 5_000


REQUEST = r"""docker exec c1 sh -c 'printf "GET / HTTP/1.1\r\nHost: w\r\n\r\n" > /tmp/q'"""
ASKS = "docker exec -d c1 sh -c '(cat /tmp/q; sleep 10; cat /tmp/q; sleep 999) | nc 172.17.0.2 80 > /tmp/got'"


@pytest.mark.parametrize(("time", "gone_at"), [(65, 75), (20, 30), (8, 8)])
def test_nginx_ends_a_connection_that_asks_no_more(lab: Session, time: int, gone_at: int) -> None:
    """The second request comes after ten seconds, and the time begins anew with its answer."""
    run(lab, f"docker exec web sed -i 's/keepalive_timeout .*/keepalive_timeout {time};/' /etc/nginx/nginx.conf")
    run(lab, "docker exec web nginx -s reload")
    run(lab, REQUEST)
    run(lab, ASKS)
    run(lab, f"wait {gone_at - 1}s")
    assert "ESTAB" in run(lab, "docker exec c1 ss -Htn state all dport = :80")[1]
    run(lab, "wait 2s")
    assert "ESTAB" not in run(lab, "docker exec c1 ss -Htn state all dport = :80")[1]
    answers = run(lab, "docker exec c1 cat /tmp/got")[1]
    assert answers.count("HTTP/1.1 200 OK") == answers.count("Connection: keep-alive") == 1 + (time > 10)


def test_nginx_keeps_none_with_a_time_of_zero(lab: Session) -> None:
    run(lab, "docker exec web sed -i 's/keepalive_timeout .*/keepalive_timeout 0;/' /etc/nginx/nginx.conf")
    run(lab, "docker exec web nginx -s reload")
    assert "Connection: close" in run(lab, "docker exec c1 curl -si 172.17.0.2")[1]
    run(lab, "docker exec web sed -i 's/keepalive_timeout .*/keepalive_timeout 9 9;/' /etc/nginx/nginx.conf")
    assert "not modelled" in run(lab, "docker exec web nginx -t")[1]
