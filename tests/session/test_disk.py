"""Which files lines may read and write: a person's where the person may, a scenario's only where it was allowed to."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from netsandbox.cli import _interrupted, main
from netsandbox.commands.scenario_error import ScenarioError
from netsandbox.session import leftovers
from netsandbox.session.files import FileError, read_bytes, refuse_inputs, write_atomically
from netsandbox.session.keeping import KeptSession
from netsandbox.session.leftovers import begin, sweep_at_start
from netsandbox.session.own_files import OwnFiles
from netsandbox.session.scenario import load_scenario
from tests.session.lines import built, state

PRECIOUS = "what a person wrote in a night\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of our own, also for what the program keeps between runs."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("precious.txt").write_text(PRECIOUS, encoding="utf-8")
    return tmp_path / "here"


def scenario(name: str, *lines: str, key: str = "setup") -> str:
    Path(name).write_text("netsandbox: 1\n" + f"{key}:\n" + "".join(f"  - '{line}'\n" for line in lines),
                          encoding="utf-8")
    return name


def names() -> set[str]:
    return {path.name for path in Path().iterdir()}


WRITES = ["save precious.txt --force", "export precious.txt --force", "save new.yaml", "export new.pcapng",
          "save ../precious.txt --force"]


@pytest.mark.parametrize("line", WRITES)
@pytest.mark.parametrize("key", ["setup", "steps"])
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_scenario_writes_nothing_unless_it_was_allowed_to(
        line: str, key: str, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    scenario("bad.yaml", "add-host a", line, key=key)
    before = names()
    assert main([command, "bad.yaml"]) == (1 if command == "run" else 2)
    assert names() == before
    assert Path("precious.txt").read_text(encoding="utf-8") == PRECIOUS
    assert "a scenario may not write files unless netsandbox is started with --allow-writes DIR" in " ".join(
        capsys.readouterr().out.split())


def test_a_scenario_that_is_loaded_by_a_person_writes_nothing_and_the_person_does() -> None:
    session = built(f"load {scenario('bad.yaml', 'add-host a', 'save precious.txt --force')}")
    assert Path("precious.txt").read_text(encoding="utf-8") == PRECIOUS
    assert session.run("save mine.yaml").code == 0
    assert session.run("save precious.txt").code != 0
    assert session.run("save precious.txt --force").code == 0


def test_where_it_is_allowed_a_scenario_writes_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    Path("out").mkdir()
    Path("link").symlink_to("..")
    lines = ["add-host a", "save out/a.yaml", "export out/a.pcapng", "save b.yaml", "save out/../c.yaml",
             "save link/d.yaml"]
    assert main(["run", scenario("good.yaml", *lines), "--allow-writes", "out"]) == 1
    assert {path.name for path in Path("out").iterdir()} == {"a.yaml", "a.pcapng"}
    assert names() == {"out", "link", "good.yaml", "precious.txt"}
    out = capsys.readouterr().out
    assert "saved 1 lines to out/a.yaml" in out
    assert out.count("not written: only files below out are") == 3


@pytest.mark.parametrize("name", ["self.yaml", "./self.yaml", "hard.yaml", "soft.yaml"])
def test_no_run_writes_over_its_input(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    scenario("self.yaml", "add-host a", f"save {name} --force")
    os.link("self.yaml", "hard.yaml")
    Path("soft.yaml").symlink_to("self.yaml")
    before = Path("self.yaml").read_bytes()
    assert main(["run", "self.yaml", "--pcapng", name]) == 2
    assert main(["run", "self.yaml", "--allow-writes", "."]) == 1
    assert main(["check", "self.yaml", "--junit", name]) == 2
    Path("lab.json").write_text("{}", encoding="utf-8")
    assert main(["simulate", "lab.json", "-o", "lab.json"]) == 2
    assert Path("self.yaml").read_bytes() == before
    assert "an input of the same run" in " ".join(capsys.readouterr())


def test_a_capture_that_cannot_be_whole_is_none(monkeypatch: pytest.MonkeyPatch,
                                                capsys: pytest.CaptureFixture[str]) -> None:
    Path("old.pcapng").write_text("old", encoding="utf-8")
    scenario("run.yaml", "docker run -d --name aa nginx", "docker run -d --name bb nginx", "ping aa bb")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert main(["run", "run.yaml", "--pcapng", "old.pcapng"]) == 2
    assert "old.pcapng: cannot be written: no space left on the disk" in capsys.readouterr().err
    assert Path("old.pcapng").read_text(encoding="utf-8") == "old"
    assert names() == {"old.pcapng", "run.yaml", "precious.txt"}
    assert main(["run", "run.yaml", "--pcapng", "old.pcapng"]) == 0
    assert Path("old.pcapng").stat().st_size > 1000


@pytest.fixture
def pipe() -> str:
    os.mkfifo("pipe")
    return "pipe"


@pytest.mark.usefixtures("pipe")
@pytest.mark.parametrize("name", ["pipe", "/dev/null", "/dev/zero"])
def test_what_is_no_regular_file_is_neither_read_nor_written(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for line in (f"load {name}", f"save {name} --force", f"export {name} --force"):
        job = built("add-host a").run(line)
        assert (bool(job.code), "not a regular file" in job.err, job.err.count("\n")) == (True, True, 1)
    for words in (["run", name], ["check", name], ["check", "docker0-ping", "--session", name], ["simulate", name],
                  ["run", "docker0-ping", "--pcapng", name]):
        assert main(words) == 2
        assert "not a regular file" in " ".join(capsys.readouterr())


SECRETS = ["root:x:0:0:root:/root:/bin/sh\n", "{'token': 'root-of-all', ", "!!python/object root",
           "- root\n- root: &a\n", "\troot", "root\xff", "x: [root\n", "seed: root\n"]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_file_that_is_no_scenario_is_not_quoted(secret: str) -> None:
    Path("secret").write_bytes(secret.encode("latin-1"))
    with pytest.raises(ScenarioError) as refused:
        load_scenario("secret")
    assert "root" not in str(refused.value)
    assert str(refused.value).startswith("secret: ")


def test_whose_directory_is_a_root_reads_and_writes_nothing_else(tmp_path: Path) -> None:
    Path("room").mkdir()
    os.chdir("room")
    session = KeptSession()
    session.use_files(OwnFiles(root="."))
    scenario("../other.yaml", "add-host a")
    Path("out.yaml").symlink_to("../other.yaml")
    for line in ("load ../other.yaml", "load out.yaml", f"load {tmp_path}/here/other.yaml", "load ../not-there",
                 "save ../mine.yaml", "save ../precious.txt --force", "export /tmp/x.pcapng", "save out.yaml --force"):
        job = session.run(line)
        assert (job.code, "only files below . are" in job.err) == (1, True), line
    for line in ("add-host b", "save mine.yaml", "load mine.yaml", "export mine.pcapng", "load docker0-ping"):
        assert session.run(line).code == 0, line


def test_loads_without_end_leave_the_session_as_it_was() -> None:
    scenario("self.yaml", "add-host a", "load self.yaml", "load self.yaml")
    scenario("one.yaml", "load two.yaml", "load two.yaml")
    scenario("two.yaml", "load one.yaml", "load one.yaml")
    session = built("docker run -d --name web nginx", "wait 3s")
    session.undo()
    before, journal, lab = state(session), session.journal, session.lab
    for name in ("self.yaml", "one.yaml"):
        job = session.run(f"load {name}")
        assert (job.code, job.err) == (1, "stopped: more than 16 levels within each other in one line\n")
        assert (state(session), session.journal) == (before, journal)
        assert session.lab is lab
    assert session.redo() == "wait 3s"


def test_what_a_killed_process_left_goes_with_the_next_write_or_start(tmp_path: Path) -> None:
    for directory in (tmp_path / "there", tmp_path / "here"):
        directory.mkdir(exist_ok=True)
        child = os.fork()
        if child == 0:
            begin(str(directory))
            os._exit(0)
        os.waitpid(child, 0)
        assert any(path.name.endswith(".tmp") for path in directory.iterdir())
    write_atomically("new.yaml", "x")
    assert names() == {"precious.txt", "new.yaml"}
    sweep_at_start()
    assert list((tmp_path / "there").iterdir()) == []
    assert list((tmp_path / "state" / "netsandbox" / "unfinished").iterdir()) == []


def test_without_locks_nothing_is_noted_and_no_process_is_asked(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "HAS_LOCKS", False)
    (tmp_path / "there").mkdir()
    begin(str(tmp_path / "there")).end()
    begin(str(tmp_path / "there"))
    monkeypatch.setattr(os, "kill", lambda process, number: pytest.fail("signal 0 ends a process on Windows"))
    sweep_at_start()


def test_an_interrupt_while_a_module_is_loaded_leaves_no_file() -> None:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, _interrupted)
        begin(".")
        exec(compile("import os, signal; os.kill(os.getpid(), signal.SIGINT)", "<frozen importlib._bootstrap>", "exec"))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGINT
    assert names() == {"precious.txt"}


def test_what_somebody_writes_is_left_alone() -> None:
    temporary = begin(".")
    sweep_at_start()
    write_atomically("new.yaml", "x")
    assert os.path.exists(temporary.path)
    temporary.end()
    assert names() == {"precious.txt", "new.yaml"}


def test_inputs_are_told_by_what_they_are() -> None:
    refuse_inputs("new", ["precious.txt", "not-there", "a\x00b"])
    with pytest.raises(FileError, match="an input"):
        refuse_inputs("precious.txt", ["x", "../here/precious.txt"])
    with pytest.raises(FileError, match="too large"):
        read_bytes("precious.txt", 3)
