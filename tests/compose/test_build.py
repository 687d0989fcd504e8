"""docker compose build, and what `up` builds before it makes containers."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

FILE = """services:
  web:
    build:
      context: ./web
      args: {V: "7", UNSET: }
      labels: {team: a}
  app:
    build: .
    image: my/app:1
    command: sleep 100
    depends_on: [web]
  db:
    image: redis
"""
STAGES = "FROM nginx AS one\nARG V=1\nRUN echo $V > /usr/share/nginx/html/v\nFROM alpine AS two\n"


@pytest.fixture
def project() -> KeptSession:
    made = KeptSession(profile="docker-28")
    for path, text in (("shop/compose.yaml", FILE), ("shop/web/Dockerfile", STAGES.partition("FROM alpine")[0]),
                       ("shop/Dockerfile", "FROM alpine\nRUN true\n")):
        made.run(f"mkdir -p $(dirname {path}); cat > {path} <<'EOF'\n{text}EOF")
    made.run("cd shop")
    return made


def test_what_is_not_there_is_built_before_and_only_then(project: KeptSession) -> None:
    up = project.run("docker compose up -d app")
    assert up.code == 0
    order = ["[web 2/2] RUN", "naming to docker.io/library/shop-web", " web  Built", "[app 2/2] RUN true",
             "naming to docker.io/my/app:1", " app  Built", "Network shop_default  Creating", "shop-app-1  Started"]
    assert [up.err.index(text) for text in order] == sorted(up.err.index(text) for text in order)
    assert project.run("docker exec shop-web-1 cat /usr/share/nginx/html/v").out == "7\n"
    assert project.run("docker inspect -f '{{.Config.Image}} {{.Config.Labels.team}}' shop-web-1").out == "shop-web a\n"
    again = project.run("docker compose up -d app")
    assert "Built" not in again.err
    assert " Container shop-app-1  Running" in again.err


def test_with_build_what_has_changed_is_made_anew(project: KeptSession) -> None:
    project.run("docker compose up -d")
    project.run("echo 'RUN echo new > /new' >> web/Dockerfile")
    up = project.run("docker compose up -d --build --quiet-build")
    assert "Built" not in up.err
    assert "Container shop-web-1  Recreated" in up.err
    assert "Container shop-app-1  Running" in up.err
    assert project.run("docker compose exec web cat /new").out == "new\n"
    assert project.run("docker compose up -d --no-build").code == 0


def test_build_alone_makes_images_and_no_containers(project: KeptSession) -> None:
    assert project.run("docker compose build -q --build-arg V=8 web").err == ""
    assert project.run("docker run --rm shop-web cat /usr/share/nginx/html/v").out == "8\n"
    assert project.run("docker compose build db").err == ""
    assert project.run("docker compose build nope").err == "no such service: nope\n"
    assert "web  Built" in project.run("docker compose build --with-dependencies app").err
    assert "web Skipped" in project.run("docker compose pull").err
    assert project.run("docker ps -aq").out == ""
    assert project.run("docker compose run --rm --build app echo hi").out == "hi\n"


def test_config_has_the_folder_s_whole_path(project: KeptSession) -> None:
    shown = project.run("docker compose config web").out
    assert ("    build:\n      context: /root/shop/web\n      dockerfile: Dockerfile\n      args:\n"
            '        V: "7"\n      labels:\n        team: a\n') in shown


def test_variables_are_of_the_file_that_is_named(project: KeptSession) -> None:
    for line in ("echo I=alpine > .env", "echo I=busybox > other.env",
                 "printf 'services:\\n  a:\\n    image: $I\\n' > compose.yaml"):
        project.run(line)
    assert project.run("docker compose config --images").out == "alpine\n"
    assert project.run("docker compose --env-file other.env config --images").out == "busybox\n"
    assert project.run("docker compose --env-file x/no up").err == "couldn't find env file: /root/shop/x/no\n"


@pytest.mark.parametrize(("change", "said"), [
    ("rm web/Dockerfile", "failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory"),
    ("rm -r web", 'unable to prepare context: path "/root/shop/web" not found'),
    ("echo 'RUN exit 3' >> web/Dockerfile",
     'failed to solve: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3'),
    ("sed -i 's/args/target: nope\\n      args/' compose.yaml", 'target stage "nope" could not be found'),
])
def test_where_a_build_fails_nothing_is_made(project: KeptSession, change: str, said: str) -> None:
    project.run(change)
    up = project.run("docker compose up -d")
    assert (up.code, said in up.err) == (1, True), up.err
    assert project.run("docker ps -aq; docker network ls -q --filter name=shop").out == ""


def test_a_target_is_the_stage_that_is_built(project: KeptSession) -> None:
    project.run(f"printf '{STAGES}' > web/Dockerfile")
    project.run("sed -i 's/args/target: one\\n      args/' compose.yaml")
    assert "[web one 2/2] RUN" in project.run("docker compose build --progress plain web").err
