"""`netsandbox compose.yaml`: a Compose file is opened as a lab in which it is up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.session.runner import Line, Runner
from netsandbox.session.scenario import load_scenario, parse_scenario
from netsandbox.session.scenario_text import dump_scenario

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


def test_it_may_have_anchors(file: Path) -> None:
    file.write_text("x-all: &all {image: nginx}\nservices:\n  a: *all\n  b: {<<: *all, hostname: h}\n", "utf-8")
    assert "docker compose" in load_scenario(file).setup[-1].run[0]
    file.write_text("netsandbox: 2\nsteps: &a [x]\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="anchors are not allowed"):
        load_scenario(file)


def test_what_compose_refuses_names_the_line(file: Path) -> None:
    file.write_text("services:\n  web: {imag: nginx}\n", encoding="utf-8")
    refusal = r"compose\.yaml:2: validating .*: services\.web additional properties 'imag' not allowed"
    with pytest.raises(ScenarioError, match=refusal):
        load_scenario(file)


@pytest.mark.parametrize("how", ["env_file: ../precious", "env_file: x/../../precious", "env_file: link",
                                 "env_file: fifo", "extends: {file: link, service: a}",
                                 "extends: {file: fifo, service: a}", "extends: {file: ../precious, service: a}"])
def test_of_files_elsewhere_it_learns_nothing_and_a_pipe_is_not_opened(file: Path, how: str) -> None:
    """Wherever `..` and links lead."""
    (file.parent.parent / "precious").write_text("services: secret\n", encoding="utf-8")
    (file.parent / "link").symlink_to(file.parent.parent / "precious")
    os.mkfifo(file.parent / "fifo")
    file.write_text(f"services:\n  web:\n    image: nginx\n    {how}\n", encoding="utf-8")
    try:
        said = str(load_scenario(file).setup)
    except ScenarioError as error:
        said = str(error)
    assert "secret" not in said


def test_what_its_images_are_built_from_goes_along(file: Path) -> None:
    folder = file.parent / "web"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("x", encoding="utf-8")
    (folder / ".dockerignore").write_text("*.png\nold\n", encoding="utf-8")
    (folder / "Dockerfile").write_text("FROM nginx\nCOPY . /usr/share/nginx/html\n", encoding="utf-8")
    (folder / "sub" / "empty").touch()
    (folder / "a.png").write_bytes(b"\xff\xfe")
    (folder / "old").symlink_to("/etc")
    file.write_text("services:\n  web:\n    build: web\n", encoding="utf-8")
    scenario = load_scenario(file)
    runner = Runner.of(scenario)
    list(runner.scenario(scenario))
    assert not runner.failed
    inside = runner.session.run("docker exec myshop-web-1 sh -c 'cd /usr/share/nginx/html && ls -A . sub'").out.split()
    assert inside == [".:", ".dockerignore", "50x.html", "Dockerfile", "index.html", "sub", "sub:", "empty"]


def test_a_folder_without_a_dockerfile_is_told_by_the_build(file: Path) -> None:
    """A capture in it was complained of, as if that was what is wrong."""
    (file.parent / "lab.pcap").write_bytes(b"\xd4\xc3\xb2\xa1")
    file.write_text("services:\n  web:\n    build: .\n", encoding="utf-8")
    scenario = load_scenario(file)
    runner = Runner.of(scenario)
    said = "".join(str(one.job.err) for one in runner.scenario(scenario) if isinstance(one, Line))
    assert "failed to read dockerfile: open Dockerfile: no such file or directory" in said


@pytest.mark.parametrize(("build", "said"), [
    ("..", "is not in the Compose file's folder"), ("x/../../elsewhere", "is not in the Compose file's folder"),
    ("out", "is not in the Compose file's folder"), ("of-link", "'link' is no regular file of text"),
    ("of-fifo", "'fifo' is no regular file of text"), ("of-bytes", "'bytes' is no regular file of text"),
    ("of-folder", "'etc' is no regular file of text"), ("of-many", "has more than 500 files or 1 MB")])
def test_an_image_is_built_from_texts_of_the_file_s_folder_alone(file: Path, build: str, said: str) -> None:
    """What is elsewhere, wherever `..` and links lead, is refused by its line, and a pipe is not opened."""
    folder = file.parent
    (folder.parent / "elsewhere").mkdir()
    (folder.parent / "elsewhere" / "precious").write_text("secret", encoding="utf-8")
    (folder / "out").symlink_to(folder.parent / "elsewhere")
    for name in ("link", "fifo", "bytes", "folder", "many"):
        (folder / f"of-{name}").mkdir()
        (folder / f"of-{name}" / "Dockerfile").write_text("FROM nginx\n", encoding="utf-8")
    (folder / "of-link" / "link").symlink_to(folder.parent / "elsewhere" / "precious")
    os.mkfifo(folder / "of-fifo" / "fifo")
    (folder / "of-bytes" / "bytes").write_bytes(b"\xff\xfe")
    (folder / "of-folder" / "etc").symlink_to("/etc")
    for name in ("a", "b", "c") if build == "of-many" else ():
        (folder / "of-many" / name).write_text("x" * 400_000, encoding="utf-8")
    file.write_text(f"services:\n  web:\n    build: {build}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    assert (caught.value.line, said in caught.value.message) == (3, True), caught.value.message
    assert "secret" not in caught.value.message


def test_a_time_that_no_number_holds_is_refused(file: Path) -> None:
    file.write_text(f"services:\n  web:\n    image: nginx\n    stop_grace_period: {'9' * 400}s\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"compose\.yaml:4: .*stop_grace_period' time: invalid duration"):
        load_scenario(file)
