"""How a container of a service is made anew, as Compose 2.40.3 was seen to do it."""

from __future__ import annotations

import re

from netsandbox.session.keeping import KeptSession

FILE = """cat > compose.yaml <<'EOF'
name: demo
services:
  app: {image: busybox, command: sleep 1000, init: true}
  deaf: {image: busybox, command: sleep 1000}
EOF"""
EVENTS = ("docker events --since 1h --until 0s --filter type=container "
          "--format '{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.signal}}'")


def events(session: KeptSession, name: str) -> list[str]:
    session.run("wait 1s")
    found = re.sub("[0-9a-f]{12}_", "SHORT_", session.run(EVENTS).out).splitlines()
    return [row.removesuffix(" <no value>") for row in found if name in row]


def test_the_old_one_is_stopped_before_the_new_one_has_its_name() -> None:
    session = KeptSession()
    for line in (FILE, "docker compose up -d", "docker compose up -d --force-recreate"):
        assert session.run(line).code == 0
    assert events(session, "demo-app-1") == [
        "create demo-app-1", "start demo-app-1", "create SHORT_demo-app-1", "kill demo-app-1 15", "stop demo-app-1",
        "die demo-app-1", "destroy demo-app-1", "rename demo-app-1", "start demo-app-1"]
    assert events(session, "demo-deaf-1")[3:6] == [
        "kill demo-deaf-1 15", "kill demo-deaf-1 9", "stop demo-deaf-1"]


def test_one_too_many_is_sent_its_stop_signal() -> None:
    session = KeptSession()
    for line in (FILE, "docker compose up -d --scale app=2", "docker compose up -d --scale app=1"):
        assert session.run(line).code == 0
    assert events(session, "demo-app-2")[2:] == [
        "kill demo-app-2 15", "stop demo-app-2", "die demo-app-2", "destroy demo-app-2"]
