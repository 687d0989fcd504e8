"""What a Compose file takes of others, and how a service waits for what it needs: as Compose 2.40 answered."""

from __future__ import annotations

import pytest
from yaml import serialize

from netsandbox.commands.compose.file.merging import OVERRIDE, RESET
from netsandbox.commands.strict_yaml import compose
from netsandbox.linux.core.files.inode import RegularFile
from netsandbox.session.session import Session

BASE = """\
services:
  base:
    image: nginx
    environment: {A: "1", B: "2"}
    ports: ["8080:80"]
    labels: {x: "1"}
"""
EXTENDS = """\
services:
  web:
    extends: {file: base.yaml, service: base}
    environment: [B=3]
    ports: ["8081:81", "8080:80"]
  two:
    image: busybox
    extends: three
    command: sleep 2
    environment: [C=4]
  three:
    image: nginx
    command: sleep 1
    environment: [D=5]
"""
CONDITION = """\
services:
  db:
    image: nginx
    healthcheck: {test: [CMD, CHECK], interval: 1s, retries: 1}
  init:
    image: busybox
    command: sh -c "sleep 1; exit STATUS"
  web:
    image: nginx
    depends_on:
      db: {condition: service_healthy}
      init: {condition: service_completed_successfully}
"""


def with_files(**texts: str) -> Session:
    session = Session()
    for name, text in texts.items():
        session.lab.host().files.add(f"/root/demo/{name}.yaml", RegularFile(0, text))
    session.run("cd /root/demo")
    return session


def test_a_service_has_what_it_extends_and_what_it_says_itself() -> None:
    session = with_files(compose=EXTENDS, base=BASE)
    said = session.run("docker compose config").out
    assert 'environment:\n      C: "4"\n      D: "5"\n    image: busybox\n' in said
    assert "    command:\n      - sleep\n      - \"2\"\n" in said
    assert 'environment:\n      A: "1"\n      B: "3"\n    image: nginx\n    labels:\n      x: "1"\n' in said
    assert said.count("published:") == 2
    assert session.run("docker compose up -d").code == 0
    assert session.run("docker exec demo-web-1 printenv B").out == "3\n"


def test_of_two_mounts_at_one_place_the_later_one_counts() -> None:
    session = with_files(compose="services:\n  base: {image: nginx, volumes: ['aa:/data', 'aa:/x']}\n  web:\n"
                         "    extends: base\n    volumes: ['${V:-bb}:/data:ro', {type: volume, source: cc, "
                         "target: /x}]\n"
                         "volumes: {aa: {}, bb: {}, cc: {}}\n")
    assert session.run("docker compose up -d").code == 0
    assert session.run("docker inspect -f '{{range .Mounts}}{{.Name}} {{.Destination}}{{println}}{{end}}' demo-web-1"
                       ).out.split() == ["demo_bb", "/data", "demo_cc", "/x"]


def test_an_included_file_s_services_are_the_project_s() -> None:
    text = "include: [base.yaml]\nservices:\n  web: {image: nginx, depends_on: [base]}\n"
    session = with_files(compose=text, base=BASE)
    assert session.run("docker compose up -d").code == 0
    assert session.run("docker compose ps --services").out == "base\nweb\n"


def test_a_second_file_says_more() -> None:
    session = with_files(**{"compose": BASE, "compose.override": "services:\n  base: {environment: {B: other}}\n",
                            "third": "services:\n  base: {image: httpd}\n"})
    assert 'A: "1"\n      B: other\n    image: nginx\n' in session.run("docker compose config").out
    said = session.run("docker compose -f compose.yaml -f third.yaml config").out
    assert 'B: "2"\n    image: httpd\n' in said


WRONG = {
    "no such service": ("services:\n  web: {image: nginx, extends: nosuch}\n", ("cannot extend service \"web\" in "
                        "/root/demo/compose.yaml: service \"nosuch\" not found\n")),
    "no such file": ("services:\n  web: {extends: {file: nosuch.yaml, service: base}}\n",
                     "open /root/demo/nosuch.yaml: no such file or directory\n"),
    "itself": ("services:\n  web: {image: nginx, extends: web}\n", (
        "Circular reference:\n  web in /root/demo/compose.yaml\n  extends web in /root/demo/compose.yaml\n")),
    "nothing to include": ("include: [nosuch.yaml]\nservices:\n  web: {image: nginx}\n",
                           "open /root/demo/nosuch.yaml: no such file or directory\n"),
    "included twice, otherwise": ("include: [base.yaml]\nservices:\n  base: {image: busybox}\n",
                                  "services.base conflicts with imported resource\n"),
    "includes itself": ("include: [compose.yaml]\nservices:\n  web: {image: nginx}\n", ("include cycle detected:\n"
                        "/root/demo/compose.yaml\n include /root/demo/compose.yaml\n")),
    "of another folder": ("include: [../x.yaml]\nservices:\n  web: {image: nginx}\n",
                          "open /root/x.yaml: no such file or directory\n"),
    "needs what is off": ("services:\n  web: {image: nginx, profiles: [a]}\n  two: {image: nginx, depends_on: [web]}\n",
                          "service \"two\" depends on undefined service \"web\": invalid compose project\n"),
    "a lone brace": ("services:\n  web: {image: \"${IMG\"}\n", ("invalid interpolation format for services.web.image.\n"
                     "You may need to escape any $ with another $.\n${IMG\n")),
    "no condition": ("services:\n  web: {image: nginx, depends_on: {db: {condition: x}}}\n  db: {image: nginx}\n",
                     "value must be one of 'service_started', 'service_healthy', 'service_completed_successfully'\n"),
    "no check": ("services:\n  web: {image: nginx, healthcheck: {test: ['true']}}\n", 'must start either by "CMD"'),
    "no duration": ("services:\n  web: {image: nginx, healthcheck: {test: x, interval: 5x}}\n",
                    'unknown unit "x" in duration "5x"')}


@pytest.mark.parametrize("name", sorted(WRONG))
def test_what_is_refused(name: str) -> None:
    text, words = WRONG[name]
    job = with_files(compose=text, base=BASE).run("docker compose config")
    assert (job.code, words in job.err) == (1, True), job.err


@pytest.mark.parametrize(("check", "status", "last"), [
    ("\"true\"", "0", " Container demo-web-1  Started\n"),
    ("\"false\"", "0", " Container demo-db-1  Error\ndependency failed to start: container demo-db-1 is unhealthy\n"),
    ("\"true\"", "3", (" Container demo-init-1  service \"init\" didn't complete successfully: exit 3\n"
     "service \"init\" didn't complete successfully: exit 3\n"))])
def test_a_service_waits_for_what_it_needs(check: str, status: str, last: str) -> None:
    session = with_files(compose=CONDITION.replace("CHECK", check).replace("STATUS", status))
    job = session.run("docker compose up -d")
    assert job.err.endswith(last)
    assert job.code == (0 if last.endswith("Started\n") else 1)
    states = session.run("docker compose ps -a --format '{{.Service}} {{.State}}'").out
    assert f"web {'created' if job.code else 'running'}\n" in states


def test_up_waits_when_it_is_asked_to() -> None:
    session = with_files(compose=CONDITION.replace("CHECK", '"true"').replace("STATUS", "0"))
    job = session.run("docker compose up --wait")
    assert job.code == 0
    assert [line.split()[1:] for line in job.err.splitlines() if line.endswith(("Healthy", "Exited"))][-3:] == [
        ["demo-db-1", "Healthy"], ["demo-init-1", "Exited"], ["demo-web-1", "Healthy"]]


def test_what_is_no_service_any_more_is_told_of_and_goes_when_that_is_asked() -> None:
    session = with_files(compose="services:\n  web: {image: nginx}\n  old: {image: nginx}\n")
    session.run("docker compose up -d")
    session.run("sed -i /old/d compose.yaml")
    assert "Found orphan containers ([demo-old-1]) for this project." in session.run("docker compose up -d").err
    assert session.run("docker compose ps --services").out == "old\nweb\n"
    assert "Container demo-old-1  Removed\n" in session.run("docker compose up -d --remove-orphans").err


def test_paths_in_a_file_of_another_folder_are_relative_to_it() -> None:
    session = with_files(compose="include: [sub/inc.yaml]\nservices:\n  web: {extends: {file: sub/inc.yaml, service: "
                                 "base}}\n")
    other = "services:\\n  base:\\n    image: nginx\\n    env_file: a.env\\n    volumes: [\"./d:/d\"]\\n"
    for line in ("mkdir sub", "echo 'V=1' > sub/a.env", f"printf '{other}' > sub/inc.yaml"):
        assert session.run(line).code == 0
    shown = session.run("docker compose config").out
    assert shown.count("source: /root/demo/sub/d\n") == 2
    assert shown.count('V: "1"\n') == 2


INCLUDED = """services:
  in: {image: nginx, command: ["${A} ${B} ${C-none} ${D-none}"]}
"""
MORE = """services:
  in: {labels: {c: "${C}"}}
"""


@pytest.mark.parametrize(("how", "words"), [
    ("sub/inc.yaml", "outer outer-b inner-c none"),
    ("{path: sub/inc.yaml, env_file: x.env}", "outer outer-b named-c named-c-outer"),
    ("{path: sub/inc.yaml, env_file: [x.env, sub/.env]}", "outer outer-b inner-c named-c-outer"),
    ("{path: sub/inc.yaml, env_file: /dev/null}", "outer outer-b none none"),
    ("{path: sub/inc.yaml, project_directory: .}", "outer outer-b none none"),
    ("{path: [sub/inc.yaml, sub/more.yaml]}", "labels:\n      c: inner-c\n"),
    ("{path: sub/inc.yaml, env_file: no.env}", "stat /root/demo/no.env: no such file or directory\n"),
    ("{path: sub/inc.yaml, env_file: /no.env}", "couldn't find env file: /no.env\n")])
def test_an_included_file_has_variables_of_its_own_which_the_project_s_outdo(how: str, words: str) -> None:
    """As Compose 2.40 answered."""
    session = with_files(compose=f"include: [{how}]\nservices:\n  web: {{image: nginx, command: ['${{C-none}}']}}\n")
    files = session.lab.host().files
    session.run("mkdir sub")
    for name, text in {".env": "A=outer\nB=outer-b\n", "sub/.env": "A=inner\nC=inner-c\n",
                       "x.env": "A=named\nC=named-c\nD=${C}-${A}\n", "sub/inc.yaml": INCLUDED,
                       "sub/more.yaml": MORE}.items():
        files.add(f"/root/demo/{name}", RegularFile(0, text))
    said = session.run("docker compose config")
    assert words in said.out + said.err
    assert said.code or "  web:\n    command:\n      - none\n" in said.out


def test_a_file_is_parsed_once_for_all_commands_and_none_changes_its_tree() -> None:
    session = with_files(compose=EXTENDS, base=BASE)
    compose.cache_clear()
    first = session.run("docker compose config").out
    assert compose.cache_info().misses == 2
    tree = compose(EXTENDS, "/root/demo/compose.yaml", takes_anchors=True, tags=(RESET, OVERRIDE))
    before = serialize(tree)
    session.run("docker compose up -d")
    assert session.run("docker compose config").out == first
    assert compose.cache_info().misses == 2
    assert serialize(tree) == before
