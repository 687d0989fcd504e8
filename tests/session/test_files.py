"""Atomic writes: all or nothing whatever fails, and an error that says which file and why."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from netsandbox.commands.words import printable
from netsandbox.session.files import FileError, read_bytes, write_atomically

OLD = "the old content\n"
NEW = "the new content, 新的内容\n"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "lab.yaml"
    path.write_text(OLD, encoding="utf-8")
    return path


def assert_untouched(target: Path) -> None:
    assert target.read_text(encoding="utf-8") == OLD
    assert [path.name for path in target.parent.iterdir()] == [target.name], "a temporary file is left"


def test_a_new_file_and_an_old_one_get_the_content(tmp_path: Path, target: Path) -> None:
    for path in (tmp_path / "new.yaml", target):
        write_atomically(path, NEW)
        assert path.read_bytes() == NEW.encode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lab.yaml", "new.yaml"]


def test_bytes_and_text_names_are_accepted(target: Path) -> None:
    write_atomically(str(target), b"\x00\xff")
    assert target.read_bytes() == b"\x00\xff"


@pytest.mark.parametrize("function", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "no space left"), (errno.EACCES, "no permission"), (errno.EROFS, "read-only"), (errno.EIO, "")],
)
def test_a_failure_of_any_step_leaves_the_old_file(
    target: Path, monkeypatch: pytest.MonkeyPatch, function: str, number: int, words: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, function, fail)
        with pytest.raises(FileError) as caught:
            write_atomically(target, NEW)
    assert str(caught.value).startswith(f"{target}: cannot be written: ")
    assert words in caught.value.message
    assert_untouched(target)


def test_a_disk_that_fills_up_in_the_middle_leaves_the_old_file(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    calls = 0

    def partial(descriptor: int, data: bytes) -> int:
        nonlocal calls
        calls += 1
        return write(descriptor, data[:5]) if calls < 3 else 0

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", partial)
        with pytest.raises(FileError, match="no space left on the disk"):
            write_atomically(target, NEW)
    assert_untouched(target)


def test_short_writes_are_continued(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:3]))
    write_atomically(target, NEW)
    assert target.read_bytes() == NEW.encode()


def test_an_interrupt_leaves_the_old_file(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(target, NEW)
    assert_untouched(target)


def test_the_content_is_on_the_disk_before_it_gets_the_name(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    fsync, replace = os.fsync, os.replace

    def recorded_fsync(descriptor: int) -> None:
        kind = "directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        order.append(f"fsync {kind}")
        fsync(descriptor)

    def recorded_replace(source: str, destination: str) -> None:
        order.append("replace")
        assert os.path.dirname(source) == os.path.dirname(destination), "a rename across file systems is no step"
        assert Path(source).read_bytes() == NEW.encode()
        replace(source, destination)

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(os, "replace", recorded_replace)
    write_atomically(target, NEW)
    assert order == ["fsync file", "replace", "fsync directory"]


def test_a_directory_that_cannot_be_forced_to_disk_is_no_failure(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def no_directories(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not supported")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", no_directories)
    write_atomically(target, NEW)
    assert target.read_bytes() == NEW.encode()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_permissions_are_kept_and_new_files_follow_the_umask(tmp_path: Path, target: Path) -> None:
    target.chmod(0o640)
    write_atomically(target, NEW)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    umask = os.umask(0o027)
    try:
        write_atomically(tmp_path / "new.yaml", NEW)
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "new.yaml").stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")
def test_a_symbolic_link_stays_a_link(tmp_path: Path, target: Path) -> None:
    link = tmp_path / "link.yaml"
    link.symlink_to(target.name)
    write_atomically(link, NEW)
    assert link.is_symlink()
    assert target.read_bytes() == NEW.encode()


def test_a_directory_and_a_missing_directory_are_errors(tmp_path: Path, target: Path) -> None:
    for path, words in (
        (tmp_path, "it is a directory"),
        (tmp_path / "none" / "lab.yaml", "no such file or directory"),
        (target / "lab.yaml", "a part of the path is not a directory"),
        (tmp_path / ("x" * 300), "the name is too long"),
        (f"{tmp_path}/a\0b", "cannot contain"),
    ):
        with pytest.raises(FileError) as caught:
            write_atomically(path, NEW)
        assert words in caught.value.message
    assert_untouched(target)


def test_text_that_cannot_be_stored_is_an_error_before_anything_is_touched(target: Path) -> None:
    with pytest.raises(FileError, match=r"the character U\+D800 cannot be stored"):
        write_atomically(target, "a\ud800")
    assert_untouched(target)


def test_reading_is_bounded(target: Path) -> None:
    size = target.stat().st_size
    assert read_bytes(target, size) == OLD.encode()
    with pytest.raises(FileError, match=f"too large: more than {size - 1} bytes"):
        read_bytes(target, size - 1)


def test_an_error_cannot_steer_the_terminal() -> None:
    assert str(FileError("a\x1b]0;x\x07", "words")) == "a\\x1b]0;x\\x07: words"
    assert printable("名字 🦊") == "名字 🦊"
    assert printable("a\u202eb\n") == "a\\u202eb\\n"
