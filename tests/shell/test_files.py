"""The small file system: paths, links, generated files, and its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.apps.pipe import Pipe
from netsandbox.lab.lab import Lab
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import MOST_BYTES, MOST_NODES, FileError, FileSystem
from netsandbox.session.session import Session
from netsandbox.shell.errors import RefusedError
from netsandbox.shell.globbing import MOST_NAMES, file_names


class Uptime:
    """A generated folder with one file that can be read, and one that can be written."""

    def __init__(self) -> None:
        self.taken = ""

    def read(self, path: str) -> str | None:
        return {"/proc/uptime": "7\n", "/proc/knob": self.taken}.get(path)

    def write(self, path: str, text: str) -> bool:
        if path != "/proc/knob":
            raise FileError("EACCES")
        self.taken = text
        return True

    def names(self, path: str) -> list[str] | None:
        return ["knob", "self", "uptime"] if path == "/proc" else None

    def link(self, path: str) -> str | None:
        return "/proc" if path == "/proc/self" else None


def fresh() -> Files:
    return Files(FileSystem(Lab().scheduler), {"/proc": Uptime()}, "/root")


def refused(name: str, call: object, *arguments: object) -> None:
    assert callable(call)
    with pytest.raises(FileError) as error:
        call(*arguments)
    assert error.value.name == name


def test_a_file_is_written_read_moved_and_removed() -> None:
    files = fresh()
    files.write("notes", "one\n")
    files.write("/root/notes", "two\n", append=True)
    assert files.read("./notes") == "one\ntwo\n"
    assert files.names(".") == ["notes"]
    files.make_directory("/tmp/a")
    files.rename("notes", "/tmp/a/kept")
    assert files.read("/tmp/../tmp/a/kept") == "one\ntwo\n"
    assert not files.exists("notes")
    refused("ENOTEMPTY", files.remove_directory, "/tmp/a")
    files.remove("/tmp/a/kept")
    files.remove_directory("/tmp/a")
    assert files.names("/tmp") == []
    assert files.system.size == 0


def test_links_are_followed_and_a_ring_of_them_is_refused() -> None:
    files = fresh()
    files.write("/run/netns", "here\n")
    assert files.read("/var/run/netns") == "here\n"
    assert files.link("/var/run") == "/run"
    files.make_link("/tmp/a", "b")
    refused("ENOENT", files.read, "/tmp/a")
    files.make_link("/tmp/b", "a")
    refused("ELOOP", files.read, "/tmp/a")
    files.remove("/tmp/a")
    files.write("/tmp/b", "through the link\n")
    assert files.read("/tmp/a") == "through the link\n"


@pytest.mark.parametrize(("error", "path"), [
    ("ENOENT", "/nowhere/at/all"), ("ENOENT", ""), ("EISDIR", "/etc"), ("ENOTDIR", "/dev/null/more"),
    ("ENAMETOOLONG", "/" + "x/" * 3000), ("ENOENT", "/proc/nothing")])
def test_a_path_that_cannot_be_read_says_why(error: str, path: str) -> None:
    refused(error, fresh().read, path)


def test_generated_files_are_read_listed_written_and_hidden_by_real_ones() -> None:
    files = fresh()
    assert files.read("/proc/self/uptime") == "7\n"
    assert "proc" in files.names("/")
    assert files.names("/proc") == ["knob", "self", "uptime"]
    files.write("/proc/knob", "1")
    assert files.read("/proc/knob") == "1"
    refused("EACCES", files.write, "/proc/uptime", "0")
    refused("EPERM", files.remove, "/proc/uptime")


def test_a_file_system_has_an_end() -> None:
    files = fresh()
    refused("ENOSPC", files.write, "big", "x" * (MOST_BYTES + 1))
    refused("ENAMETOOLONG", files.write, "n" * 256, "")
    while files.system.nodes < MOST_NODES:
        files.write(f"{files.system.nodes}", "")
    refused("ENOSPC", files.write, "one more", "")
    files.remove("4000")
    files.write("again", "")


@given(st.lists(st.sampled_from(["", ".", "..", "etc", "hosts", "tmp", "a"]), max_size=8))
def test_a_canonical_path_is_absolute_and_its_own_canonical_path(parts: list[str]) -> None:
    files = fresh()
    try:
        where = files.canonical("/" + "/".join(parts))
    except FileError:
        return
    assert where.startswith("/")
    assert ".." not in where.split("/")
    assert files.canonical(where) == where


def test_a_pipe_gives_lines_and_then_its_end() -> None:
    pipe = Pipe("one\ntw")
    assert pipe.read_line() == "one\n"
    assert pipe.read_line() is None
    pipe.write("o\nlast")
    assert (pipe.read_line(), pipe.read_line(), pipe.is_at_end) == ("two\n", None, False)
    pipe.close()
    assert pipe.read_line() == "last"
    assert pipe.is_at_end
    assert pipe.read_line() is None


class Crowd:
    """A folder with too many files for a pattern."""

    def read(self, _path: str) -> str | None:
        return ""

    def write(self, _path: str, _text: str) -> bool:
        return False

    def names(self, path: str) -> list[str] | None:
        return [str(number) for number in range(MOST_NAMES + 1)] if path == "/proc" else None

    def link(self, _path: str) -> str | None:
        return None


def test_a_pattern_that_too_many_names_match_is_refused() -> None:
    files = Files(FileSystem(Lab().scheduler), {"/proc": Crowd()})
    assert file_names(files, "/proc/1000*") == ["/proc/1000", "/proc/10000"]
    with pytest.raises(RefusedError, match="more than 10000 names match"):
        file_names(files, "/proc/*")


@pytest.mark.parametrize(("line", "out", "err"), [
    ("echo a > /dev/stdout", "a\n", ""), ("echo a >> /dev/stdout", "a\n", ""), ("echo a > /dev/stderr", "", "a\n"),
    ("echo a > /dev/fd/1", "a\n", ""), ("echo a > /dev/fd/2", "", "a\n"),
    ("x=$(echo a > /dev/stdout); echo [$x]", "[a]\n", ""),
    ("{ echo a; echo b >&2; } > f 2> /dev/stdout; cat f", "a\nb\n", ""), ("echo a &> /dev/stderr", "", "a\n"),
    ("echo a | cat /dev/stdin", "a\n", ""), ("echo a | cat < /dev/stdin", "a\n", ""),
    ("echo a | cat /dev/fd/0", "a\n", ""),
    ("echo a | tee /dev/stderr f; cat f", "a\na\n", "a\n"), ("echo a | tee /dev/stdout f; cat f", "a\na\na\n", ""),
    ("cat < /dev/fd/7", "", "bash: /dev/fd/7: No such file or directory\n"),
    ("docker run --rm nginx sh -c 'echo a > /dev/stdout; echo b > /dev/stderr'", "a\n", "b\n")])
def test_descriptors_have_paths(line: str, out: str, err: str) -> None:
    job = Session().run(line)
    assert (job.out, job.err) == (out, err)
