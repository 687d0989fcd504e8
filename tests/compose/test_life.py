"""What is done with a project once it is up: docker compose start, stop, restart, run, port, logs and the like."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession
from tests.lines import said

FILE = """cat > compose.yaml <<'EOF'
name: demo
services:
  web:
    image: nginx
    ports: ["8080:80"]
    volumes: ["./html:/usr/share/nginx/html:ro"]
    depends_on: [db]
  db:
    image: postgres
    volumes:
      - data:/var/lib/postgresql/data
      - {type: volume, source: data, target: /other, read_only: true}
volumes:
  data:
EOF"""


@pytest.fixture
def session() -> KeptSession:
    session = KeptSession()
    for line in ("mkdir html", "echo hello > html/index.html", FILE, "docker compose up -d"):
        assert session.run(line).code in (0, None), line
    return session


def states(session: KeptSession) -> str:
    return said(session, "docker compose ps -a --format '{{.Name}} {{.State}}'")


def test_its_volumes_are_mounted_and_go_with_down_v(session: KeptSession) -> None:
    assert said(session, "curl -s localhost:8080") == "hello\n"
    assert said(session, "docker volume ls -q") == "demo_data\n"
    said(session, "docker exec demo-db-1 sh -c 'echo kept > /var/lib/postgresql/data/f'")
    assert said(session, "docker exec demo-db-1 cat /other/f") == "kept\n"
    assert "Removed" in said(session, "docker compose down")
    said(session, "docker compose up -d")
    assert said(session, "docker exec demo-db-1 cat /other/f") == "kept\n"
    assert " Volume demo_data  Removed\n" in said(session, "docker compose down -v")
    assert said(session, "docker volume ls -q") == ""


def test_one_service_is_stopped_and_started(session: KeptSession) -> None:
    assert said(session, "docker compose stop web") == (
        " Container demo-web-1  Stopping\n Container demo-web-1  Stopped\n")
    assert states(session) == "demo-db-1 running\ndemo-web-1 exited\n"
    assert said(session, "docker compose start web") == (
        " Container demo-web-1  Starting\n Container demo-web-1  Started\n")
    assert said(session, "docker compose restart web") == (
        " Container demo-web-1  Restarting\n Container demo-web-1  Started\n")
    assert states(session) == "demo-db-1 running\ndemo-web-1 running\n"
    assert said(session, "curl -s localhost:8080") == "hello\n"


SHARED = """cat > compose.yaml <<'EOF'
services:
  vpn: {image: redis}
  web: {image: nginx, network_mode: "service:vpn"}
  last: {image: redis, depends_on: {web: {condition: service_started, restart: true}}}
  apart: {image: redis, depends_on: [vpn]}
EOF"""


def test_what_stands_on_a_network_restarts_with_it_and_sees_its_own_programs_only() -> None:
    session = KeptSession()
    for line in (SHARED, "docker compose -p d up -d"):
        assert session.run(line).code in (0, None), line
    again = "".join(f" Container d-{name}-1  Restarting\n Container d-{name}-1  Started\n" for name in (
        "vpn", "web", "last"))
    assert said(session, "docker compose -p d restart -t 0 vpn") == again
    assert said(session, "docker compose -p d restart -t 0 --no-deps vpn") == again[:again.index(" Container d-web")]
    said(session, "docker compose -p d restart -t 0 web")
    assert said(session, "docker exec d-web-1 ip -br addr show eth0")
    sockets = session.run("docker exec d-web-1 ss -ltnpH").out
    assert '"nginx",pid=1,' in sockets
    assert ":6379" in sockets
    assert "redis" not in sockets
    assert said(session, "docker inspect -f '{{json .Config.Labels}}' d-web-1").count("vpn:service_started:true") == 1


def test_it_is_paused_killed_and_removed(session: KeptSession) -> None:
    assert said(session, "docker compose pause") == " Container demo-db-1  Paused\n Container demo-web-1  Paused\n"
    assert states(session).count("paused") == 2
    said(session, "docker compose unpause")
    assert said(session, "docker compose kill db") == " Container demo-db-1  Killing\n Container demo-db-1  Killed\n"
    assert "nobody answers here" in said(session, "docker compose rm")
    assert said(session, "docker compose rm -f").endswith(" Container demo-db-1  Removed\n")
    assert states(session) == "demo-web-1 running\n"
    assert said(session, "docker compose rm -fs web").endswith(" Container demo-web-1  Removed\n")
    assert said(session, "docker compose rm -f") == "No stopped containers\n"


def test_one_command_of_a_service_has_a_container_of_its_own(session: KeptSession) -> None:
    assert said(session, "docker compose run --rm web cat /usr/share/nginx/html/index.html") == (
        "hello\n Container demo-db-1  Running\n")
    assert said(session, "docker compose run --rm --no-deps db getent hosts web").split() == ["172.18.0.3", "web"]
    assert states(session) == "demo-db-1 running\ndemo-web-1 running\n"
    name = said(session, "docker compose run -d --no-deps web sleep 100").strip()
    assert said(session, f"docker port {name}") == ""


def test_what_only_looks(session: KeptSession) -> None:
    assert said(session, "docker compose port web 80") == "0.0.0.0:8080\n"
    assert said(session, "docker compose top web").startswith("SERVICE  #   UID   PID   PPID  C   STIME  TTY  TIME ")
    assert said(session, "docker compose images").splitlines()[1].split()[:3] == ["demo-db-1", "postgres", "latest"]
    assert said(session, "docker compose ls").splitlines()[1].split() == ["demo", "running(2)", "/root/compose.yaml"]
    assert said(session, "docker compose config --services") == "db\nweb\n"
    assert said(session, "docker compose config -q") == ""
    assert said(session, "docker-compose --version") == "Docker Compose version v2.40.3\n"
    assert said(session, "docker compose logs --tail 1 web").endswith("start worker process 29\n")
    assert said(session, "docker compose logs -t db").startswith("db-1  | 2026-01-01T00:00:00.")


@pytest.mark.parametrize(("line", "expected"), [
    ("docker compose stop nosuch", "no such service: nosuch"), ("docker compose port web 81", "no port 81/tcp"),
    ("docker compose run nosuch", "no such service: nosuch"), ("docker compose kill -s NONE", "NONE"),
    ("docker compose alpha", "docker compose alpha is not modelled"),
    ("docker compose run --env-from-file nosuch web", "open nosuch: no such file or directory"),
    ("docker compose frob", 'unknown docker command: "compose frob"')])
def test_what_is_wrong_is_refused(session: KeptSession, line: str, expected: str) -> None:
    assert expected in said(session, line)


def test_a_volume_that_the_file_does_not_have_is_refused() -> None:
    session = KeptSession()
    session.run("cat > compose.yaml <<'EOF'\nservices: {web: {image: nginx, volumes: ['data:/d']}}\nEOF")
    assert "refers to undefined volume data" in said(session, "docker compose -p demo up -d")


def test_a_volume_of_the_home_directory_is_found_from_anywhere() -> None:
    session = KeptSession()
    for line in ("mkdir site", "echo mine > site/index.html", "mkdir other", "cd other", (
            "cat > compose.yaml <<'EOF'\nservices: {web: {image: nginx, "
            "volumes: ['~/site:/usr/share/nginx/html']}}\nEOF"),
            "docker compose up -d"):
        session.run(line)
    assert said(session, "docker compose exec web cat /usr/share/nginx/html/index.html") == "mine\n"
