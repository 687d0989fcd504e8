"""env_file and .env: variables of a service out of files, as Compose reads them, and what it says of such files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsandbox.commands.compose.file.interpolate import VariableError, env_file
from netsandbox.session.keeping import KeptSession
from netsandbox.session.scenario import load_scenario
from tests.lines import said

FILE = """cat > compose.yaml <<'EOF'
name: demo
services:
  web:
    image: nginx
    env_file: [./a.env, {path: no.env, required: false}]
    environment: {B: own}
EOF"""


@pytest.fixture
def session() -> KeptSession:
    session = KeptSession()
    session.run(FILE)
    return session


@pytest.mark.parametrize(("text", "found"), {
    "plain": ("A=1\nB = two words # no\n#C=3\n\n", {"A": "1", "B": "two words"}),
    "quotes": ("A=\"a # b\" # c\nB='$X'\nC=\"$X\\n\"\n", {"A": "a # b", "B": "$X", "C": "out\n"}),
    "several lines": ("A='1\n2' # no\nB=3\n", {"A": "1\n2", "B": "3"}),
    "of others": ("A=1\nB=${A}${X}${NO:-z}\n", {"A": "1", "B": "1outz"}),
    "inherited": ("X\nNO\nexport A=1\n", {"X": "out", "A": "1"}),
}.values())
def test_lines_are_read_as_dotenv_has_them(text: str, found: dict[str, str]) -> None:
    assert env_file(text, {"X": "out"}) == found


@pytest.mark.parametrize(("text", "why"), {
    "space": ("A B=1", "line 1: key cannot contain a space"),
    "sign": ("A=1\nB%=2", 'line 2: unexpected character "%" in variable name "B%=2"'),
    "quote": ("A='1\n2", "line 3: unterminated quoted value '1"),
}.values())
def test_a_line_that_cannot_be_read_is_named(text: str, why: str) -> None:
    with pytest.raises(VariableError, match=re.escape(why)):
        env_file(text, {})


def test_a_services_own_variables_win_and_config_shows_all(session: KeptSession) -> None:
    said(session, "printf 'A=1\\nB=file\\nC=$A\\n' > a.env")
    said(session, "docker compose up -d")
    assert said(session, "docker exec demo-web-1 sh -c 'echo $A $B $C'") == "1 own 1\n"
    text = said(session, "docker compose config")
    assert '    environment:\n      A: "1"\n      B: own\n      C: "1"\n' in text
    assert "env_file" not in text


def test_config_writes_a_dollar_twice(session: KeptSession) -> None:
    said(session, "echo \"A='\\$x'\" > a.env")
    assert "      A: $$x\n" in said(session, "docker compose config")


def test_a_container_is_made_anew_when_its_file_changes(session: KeptSession) -> None:
    said(session, "echo A=1 > a.env; docker compose up -d")
    assert said(session, "docker compose up -d") == " Container demo-web-1  Running\n"
    assert " Recreated\n" in said(session, "echo A=2 > a.env; docker compose up -d")


def test_a_missing_file_hinders_up_and_nothing_that_only_looks(session: KeptSession) -> None:
    assert said(session, "docker compose up -d") == (
        "env file /root/a.env not found: stat /root/a.env: no such file or directory\n")
    assert said(session, "docker compose ps").startswith("NAME ")
    said(session, "echo 'A B' > a.env")
    assert said(session, "docker compose up -d") == "failed to read /root/a.env: line 1: key cannot contain a space\n"


@pytest.mark.parametrize(("value", "why"), {
    "no path": ("[{required: true}]", "environment path attribute services.a.env_file.[0] is missing"),
    "unknown": ("[{path: a, x: 1}]", "'x' not allowed"),
    "format": ("[{path: a, format: raw}]", "format is not modelled in the sandbox"),
}.values())
def test_a_wrong_env_file_is_refused(session: KeptSession, value: str, why: str) -> None:
    said(session, f"echo 'services: {{a: {{image: nginx, env_file: {value}}}}}' > compose.yaml")
    assert why in said(session, "docker compose up -d")


def test_the_files_go_along_when_a_compose_file_is_opened(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "a.env").write_text("A=${B}\n")
    (tmp_path / ".env").write_text("B=dot\nIMAGE=nginx\n")
    (tmp_path / "compose.yaml").write_text(
        "name: demo\nservices: {web: {image: '${IMAGE:?}', env_file: conf/a.env}}\n")
    session = KeptSession()
    session.open(load_scenario(tmp_path / "compose.yaml"))
    assert said(session, "docker exec demo-web-1 sh -c 'echo $A'") == "dot\n"
