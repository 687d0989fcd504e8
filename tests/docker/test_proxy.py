"""Published ports: what comes to them reaches the container, from the host by docker-proxy or the rules."""

from __future__ import annotations

from netsandbox.lab.docker_rows import published_by
from netsandbox.session.session import Session


def said(session: Session, line: str) -> tuple[int, str]:
    """(exit status, what was printed) of a line."""
    job = session.run(line)
    return job.code or 0, job.out


def test_a_page_comes_through_each_address_of_the_host() -> None:
    session = Session()
    said(session, "docker run -d --name web -p 8080:80 nginx")
    for address in ("127.0.0.1", "172.17.0.1", "localhost"):
        _code, out = said(session, f"curl -s {address}:8080")
        assert "Welcome to nginx!" in out, address
    assert '"GET / HTTP/1.1" 200 615' in said(session, "docker logs web")[1]


def test_a_container_without_a_server_is_a_connection_that_ends() -> None:
    session = Session()
    said(session, "docker run -d --name quiet -p 8080:80 busybox sleep 3600")
    code, _out = said(session, "curl -s -m 5 127.0.0.1:8080")
    assert code in (52, 56)


def test_datagrams_go_there_and_back() -> None:
    session = Session()
    said(session, "docker run -d --name echo -p 5353:53/udp nicolaka/netshoot sleep 3600")
    said(session, "docker exec -d echo socat UDP-LISTEN:53,fork EXEC:cat")
    assert said(session, "echo hello | nc -u -w 1 127.0.0.1 5353") == (0, "hello\n")


def test_datagrams_to_any_address_go_through_the_ipv4_proxy_and_a_box_is_drawn() -> None:
    session = Session()
    said(session, "docker run -d --name echo -p 5353:53/udp nicolaka/netshoot sleep 3600")
    said(session, "docker exec -d echo socat UDP-LISTEN:53,fork EXEC:cat")
    said(session, "echo hello | nc -u -w 1 127.0.0.1 5353")
    assert [row.proxy_bridge for row in published_by(session.lab.host().docker)] == ["docker0"]


def test_datagrams_are_answered_from_the_address_that_was_asked() -> None:
    """Since 28; before, they came from the bridge's address, and a container that had asked another one heard none."""
    for profile, heard in (("docker-28", "hello\n"), ("docker-26", "")):
        session = Session(profile=profile)
        said(session, "ip link add d0 type dummy")
        said(session, "ip addr add 10.1.1.1/24 dev d0")
        said(session, "ip link set d0 up")
        said(session, "docker run -d --name echo -p 5353:53/udp nicolaka/netshoot sleep 3600")
        said(session, "docker exec -d echo socat UDP-LISTEN:53,fork EXEC:cat")
        said(session, "docker run -d --name ask nicolaka/netshoot sleep 3600")
        line = "docker exec ask sh -c 'echo hello | nc -u -w 1 10.1.1.1 5353'"
        assert said(session, line)[1] == heard, profile


def test_the_port_is_free_when_the_container_is_gone() -> None:
    session = Session()
    said(session, "docker run -d --name web -p 8080:80 nginx")
    said(session, "curl -s 127.0.0.1:8080")
    said(session, "docker rm -f web")
    assert said(session, "curl -s 127.0.0.1:8080")[0] == 7
    assert said(session, "docker run -d -p 8080:80 nginx")[0] == 0
