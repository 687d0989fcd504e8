"""The bundled scenarios are found by name: in a checkout, in a package laid out as a wheel, and once installed."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.session import library
from netsandbox.session.library import bundled, find_scenario
from netsandbox.session.scenario import LANGUAGES, load_scenario, parse_scenario
from netsandbox.session.scenario_text import dump_scenario
from tests.session.contents import content

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"), key=lambda path: path.stem)


def test_the_top_level_folder_is_the_library() -> None:
    assert bundled() == [path.stem for path in SHIPPED]
    assert "docker0-ping" in bundled()


def test_a_name_is_found_from_any_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = find_scenario("docker0-ping")
    assert found.name == "docker0-ping.yaml"
    assert found.is_file()


def test_a_path_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("netsandbox: 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert find_scenario(mine) == mine
    assert find_scenario("mine.yaml") == Path("mine.yaml")
    assert find_scenario(str(tmp_path)) == tmp_path, "that it is a directory is for the reader to say"


def test_a_bundled_name_goes_before_a_file_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docker0-ping").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert find_scenario("docker0-ping").suffix == ".yaml"
    assert find_scenario("./docker0-ping") == Path("docker0-ping")


@pytest.mark.parametrize("wrong", ["docker0-pnig", "DOCKER0-PING", "docker0ping", "scenarios/docker0-pin.yaml"])
def test_an_unknown_name_gets_the_nearest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        find_scenario(wrong)
    assert str(caught.value).startswith(f"{wrong}: no such file")
    assert "did you mean 'docker0-ping'?" in caught.value.message


@pytest.mark.parametrize(("wrong", "meant"), [
    ("docker0", "did you mean 'docker0-by-hand' or 'docker0-ping'?"),
    ("arp", "did you mean 'arp-basics' or 'arp-cache' or 'stale-arp'?")])
def test_a_part_of_names_gets_all_that_have_it(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, meant: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        find_scenario(wrong)
    assert caught.value.message.endswith(meant)


@pytest.mark.parametrize(("wrong", "meant"), [
    ("labs/nofile.yaml", ""), ("nofile.yaml", ""), ("labs/mnie.yaml", "did you mean 'labs/mine.yaml'?")])
def test_of_files_only_what_is_near_is_named(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str, meant: str) -> None:
    """Of nofile.yaml a reader was asked whether bond-failover was meant."""
    (tmp_path / "labs").mkdir()
    (tmp_path / "labs" / "mine.yaml").write_text("netsandbox: 2\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        find_scenario(wrong)
    listed = "`netsandbox list` names those that there are, `new` begins an empty lab"
    assert caught.value.message.endswith(meant or listed)


@pytest.mark.parametrize("wrong", ["", "zzzz", "../../etc", "a\0b", "x" * 5_000, "a\x1b[31m\n"])
def test_a_hopeless_name_gets_the_list_or_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(find_scenario(wrong))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_reads_and_is_told_in_both_languages(path: Path) -> None:
    scenario = load_scenario(path)
    assert content(parse_scenario(dump_scenario(scenario), path.name)) == content(scenario)
    assert list(scenario.title) == list(LANGUAGES)
    assert scenario.steps
    for step in scenario.setup + scenario.steps:
        assert not step.say or list(step.say) == list(LANGUAGES), f"line {step.line}: say lacks a language"


def test_the_wheel_gets_the_folder_that_the_library_looks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {"scenarios": "netsandbox/scenarios"}


def test_package_data_is_found_where_there_is_no_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "netsandbox"
    (package / "scenarios").mkdir(parents=True)
    (package / "scenarios" / "only-here.yaml").write_text("netsandbox: 1\n", encoding="utf-8")
    (tmp_path / "site" / "scenarios").mkdir()
    monkeypatch.setattr(library, "_PACKAGE", package)
    assert bundled() == ["only-here"]
    assert find_scenario("only-here") == package / "scenarios" / "only-here.yaml"


def test_the_installed_package_finds_them(tmp_path: Path) -> None:
    """Isolated mode leaves the checkout off the path: what is imported is what pip installed, if it did."""
    code = "from netsandbox.session import library as l; print(l.__file__); print(l.find_scenario('docker0-ping'))"
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    if done.returncode and "No module named 'netsandbox'" in done.stderr:
        pytest.skip("netsandbox is not installed in this environment, only imported from the checkout")
    assert done.returncode == 0, done.stderr
    module, found = map(Path, done.stdout.splitlines())
    if (module.parents[2] / "pyproject.toml").exists():
        pytest.skip("netsandbox is installed in editable mode")
    assert found.is_file()
    assert found.parent == module.parents[1] / "scenarios"
