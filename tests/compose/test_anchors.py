"""YAML anchors, merge keys and x- keys in a Compose file; .env, and the warning of a variable that is not set."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession

FILE = r"""x-common: &common
  image: nginx
  restart: always
  labels: {a: one}
services:
  web:
    <<: *common
    ports: ["8080:80"]
  api:
    <<: [*common, {hostname: h}]
    image: ${IMAGE}
    environment:
      TAG: "${TAG}"
"""


@pytest.fixture
def session() -> KeptSession:
    session = KeptSession(profile="docker-28")
    session.run("mkdir /root/demo")
    session.run("cd /root/demo")
    session.run("echo '# images' > .env; echo \"IMAGE='busybox'  # small\" >> .env")
    return session


def write(session: KeptSession, text: str) -> None:
    session.run("printf '" + text.replace("\n", "\\n") + "' > compose.yaml")


def test_a_merge_key_takes_what_the_map_has_not_itself(session: KeptSession) -> None:
    write(session, FILE)
    said = session.run("docker compose config")
    assert said.out.partition("networks:\n  default:\n    name")[0] == """name: demo
services:
  api:
    environment:
      TAG: ""
    hostname: h
    image: busybox
    labels:
      a: one
    networks:
      default: null
    restart: always
  web:
    image: nginx
    labels:
      a: one
    networks:
      default: null
    ports:
      - mode: ingress
        target: 80
        published: "8080"
        protocol: tcp
    restart: always
"""
    assert session.run("docker compose up -d").code == 0
    assert session.run("docker compose port web 80").out == "0.0.0.0:8080\n"


def test_a_variable_that_is_not_set_is_warned_of(session: KeptSession) -> None:
    write(session, FILE)
    assert session.run("docker compose config --services").err == (
        'time="2026-01-01T00:00:00Z" level=warning msg="The \\"TAG\\" variable is not set. Defaulting to a blank '
        'string."\n')
    session.run("export TAG=1 IMAGE=redis")
    assert session.run("docker compose config --services").err == ""
    assert "image: redis\n" in session.run("docker compose config").out


@pytest.mark.parametrize(("text", "err"), [
    ("a: &a [x, *a]\n", "the alias '*a' stands within its own anchor"),
    ("a: &a {b: *a}\n", "the alias '*a' stands within its own anchor"),
    ("services: {web: {<<: text}}\n",
     "failed to parse /root/demo/compose.yaml: yaml: map merge requires map or sequence of maps as the value"),
    ("services: {web: *nosuch}\n", "yaml: unknown anchor 'nosuch' referenced"),
    ("", "empty compose file"),
    ("services:\n  a:\n    image: x\n    image: y\n",
     'failed to parse /root/demo/compose.yaml: line 4: mapping key "image" already defined at line 3'),
    ("services:\n\ta:\n", "yaml: line 2: found character that cannot start any token"),
    ("a: &a [1,2,3,4,5,6,7,8,9]\n" + "".join(
        f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcde", "bcdef", strict=True)),
     "with its aliases written out it is more than 20000 values, or nested more than 8 deep")])
def test_what_is_wrong_is_refused(session: KeptSession, text: str, err: str) -> None:
    session.run(f'printf "{text}"'.replace("\n", "\\n") + " > compose.yaml")
    said = session.run("docker compose config")
    assert (said.err.splitlines()[0], said.code) == (err, 1)
