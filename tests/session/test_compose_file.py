"""`netsandbox compose.yaml`: a Compose file is opened as a lab in which it is up."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.session.runner import Runner
from netsandbox.session.scenario import ScenarioError, dump_scenario, load_scenario, parse_scenario

TEXT = "services:\n" + "  web:\n    image: nginx\n    hostname: \"it's web\"\n" + "# padding\n" * 40


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "My Shop"
    folder.mkdir()
    path = folder / "compose.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_it_is_up_and_its_file_is_there(file: Path) -> None:
    runner = Runner.of(load_scenario(file))
    list(runner.scenario(load_scenario(file)))
    assert not runner.failed
    assert runner.session.run("docker compose ps --services").out == "web\n"
    assert runner.session.run("docker ps --format '{{.Names}}'").out == "myshop-web-1\n"
    assert runner.session.run("cat /root/myshop/compose.yaml").out == TEXT


def test_saved_it_is_a_scenario(file: Path) -> None:
    scenario = load_scenario(file)
    assert parse_scenario(dump_scenario(scenario), "x").setup[0].run == ("mkdir -p /root/myshop",)


def test_what_compose_refuses_names_the_line(file: Path) -> None:
    file.write_text("services:\n  web: {imag: nginx}\n", encoding="utf-8")
    refusal = r"compose\.yaml:2: validating .*: services\.web additional properties 'imag' not allowed"
    with pytest.raises(ScenarioError, match=refusal):
        load_scenario(file)
