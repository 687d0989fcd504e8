"""What is done with single services of a project: cp, wait, top and down, and what stays then."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

FILE = """cat > compose.yaml <<'EOF'
name: demo
services:
  web: {image: nginx, depends_on: [db], networks: [front, back]}
  db:
    image: postgres
    networks: [back]
    volumes: ["data:/data"]
    scale: 2
  job: {image: busybox, command: sh -c 'sleep 5; exit 3'}
  rare: {image: nginx, profiles: [rare]}
networks: {front: , back: }
volumes: {data: , never: }
EOF"""


NO_FILE = """\
 demo-db-1 copy nosuch to demo-db-1:/a Copying
 demo-db-2 copy nosuch to demo-db-2:/a Copying
lstat /root/nosuch: no such file or directory"""
PUBLISH = "docker compose publish is not modelled in the sandbox: it has no registry to push to"
WATCH = "none of the selected services is configured for watch, consider setting a 'develop' section"


@pytest.fixture
def session() -> KeptSession:
    session = KeptSession()
    for line in ("echo hello > f.txt", FILE, "docker compose up -d"):
        assert session.run(line).code in (0, None), line
    return session


def said(session: KeptSession, line: str) -> str:
    job = session.run(line)
    return job.out + job.err + f"[{job.code}]" * bool(job.code)


def told(kind: str, *events: str) -> str:
    return "".join(f" {kind} {event}\n" for event in events)


def test_a_file_goes_into_every_container_of_a_service_and_comes_out_of_the_first(session: KeptSession) -> None:
    assert said(session, "docker compose cp f.txt db:/tmp/") == "".join(
        f" demo-db-{number} copy f.txt to demo-db-{number}:/tmp/ {state}\n"
        for state in ("Copying", "Copied") for number in (1, 2))
    assert said(session, "docker compose exec -T --index 2 db cat /tmp/f.txt") == "hello\n"
    assert said(session, "docker compose cp db:/tmp/f.txt g.txt && cat g.txt").endswith("Copied\n")
    assert said(session, "cat g.txt") == "hello\n"
    said(session, "docker compose cp --index 1 g.txt db:/only")
    assert said(session, "docker exec demo-db-2 cat /only").startswith("cat: ")


@pytest.mark.parametrize(("line", "words"), {
    "no service": ("docker compose cp a b", "unknown copy direction"),
    "two": ("docker compose cp web:/a db:/b", "copying between services is not supported"),
    "unknown": ("docker compose cp nosuch:/a .", 'no container found for service "nosuch"'),
    "no such number": ("docker compose cp --index 3 f.txt db:/a", 'service "db" is not running container #3'),
    "no such file": ("docker compose cp nosuch db:/a", NO_FILE),
    "logs of no such number": ("docker compose logs --index 3 db", 'service "db" is not running container #3'),
    "export": ("docker compose export web", "output option is required when exporting to terminal"),
    "export of nothing": ("docker compose export nosuch", 'service "nosuch" is not running'),
    "publish": ("docker compose publish x/y", PUBLISH),
    "watch": ("docker compose watch --no-up web", WATCH),
    "wait for nothing": ("docker compose wait nosuch", 'no containers for project "demo"'),
    "down": ("docker compose down nosuch", "no such service: nosuch"),
}.values())
def test_what_cannot_be_done_is_refused(session: KeptSession, line: str, words: str) -> None:
    assert said(session, line) == f"{words}\n[1]"


def test_top_is_one_table(session: KeptSession) -> None:
    rows = [line.split() for line in said(session, "docker compose top").splitlines()]
    assert rows[0] == ["SERVICE", "#", "UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    assert [row[:2] for row in rows[1:]] == [["db", "1"], ["db", "2"], ["job", "1"], ["job", "1"], ["web", "1"]]
    assert said(session, "docker compose top nosuch") == ""


def test_wait_ends_with_the_containers_status(session: KeptSession) -> None:
    text = said(session, "docker compose wait job")
    assert text.startswith('container "')
    assert text.endswith('" exited with status code 3\n[3]')


def test_wait_can_take_the_project_down(session: KeptSession) -> None:
    text = said(session, "docker compose wait --down-project job")
    assert " Network demo_default  Removed\n" in text
    assert text.endswith("[3]")
    assert said(session, "docker ps -aq") == ""


def test_down_of_a_service_leaves_what_it_needs_and_its_network(session: KeptSession) -> None:
    assert said(session, "docker compose down -t 0 web") == told(
        "Container", *(f"demo-web-1  {state}" for state in ("Stopping", "Stopped", "Removing", "Removed"))) + told(
        "Network", "demo_front  Removing", "demo_front  Removed", "demo_back  Removing",
        "demo_back  Resource is still in use")
    assert said(session, "docker compose ps --services") == "db\njob\n"


def test_a_volume_that_no_service_mounts_is_never_made(session: KeptSession) -> None:
    assert said(session, "docker volume ls -q -f name=demo") == "demo_data\n"


def test_down_leaves_what_a_profile_brought_up_and_what_the_file_no_longer_has(session: KeptSession) -> None:
    said(session, "docker compose --profile rare up -d rare")
    said(session, "sed -i 's/^  web: /  other: /' compose.yaml")
    said(session, "docker compose down -t 0")
    assert said(session, "docker ps --format '{{.Names}}'").split() == ["demo-rare-1", "demo-web-1"]
    said(session, "docker compose --profile rare down -t 0 --remove-orphans")
    assert said(session, "docker ps -aq") == ""
