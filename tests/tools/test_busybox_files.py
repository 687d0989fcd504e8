"""File tools in the images busybox and alpine, as BusyBox 1.37 was seen to answer; elsewhere coreutils' words stay."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

GONE, TAKEN = "No such file or directory", "File exists"


@pytest.fixture(scope="module")
def box() -> Session:
    session = Session()
    session.run("docker run -d --name box alpine sleep 1000")
    session.run("docker exec box sh -c 'mkdir -p /t/d/e; cd /t; echo hi > f; ln -s f l; echo x > d/g'")
    return session


@pytest.mark.parametrize(("line", "code", "said"), [
    ("ls /nope", 1, f"ls: /nope: {GONE}"), ("cat /nope", 1, f"cat: can't open '/nope': {GONE}"),
    ("cat d", 1, "cat: read error: Is a directory"), ("cp /nope x", 1, f"cp: can't stat '/nope': {GONE}"),
    ("cp f /nope/x", 1, f"cp: can't create '/nope/x': {GONE}"), ("cp d x", 1, "cp: omitting directory 'd'"),
    ("mv /nope x", 1, f"mv: can't rename '/nope': {GONE}"), ("mv f /nope/x", 1, f"mv: can't rename 'f': {GONE}"),
    ("rm /nope", 1, f"rm: can't remove '/nope': {GONE}"), ("rm d", 1, "rm: 'd' is a directory"), ("rm -f /nope", 0, ""),
    ("mkdir d", 1, f"mkdir: can't create directory 'd': {TAKEN}"),
    ("mkdir /nope/a", 1, f"mkdir: can't create directory '/nope/a': {GONE}"),
    ("rmdir d", 1, "rmdir: 'd': Directory not empty"), ("rmdir f", 1, "rmdir: 'f': Not a directory"),
    ("touch /nope/x", 1, f"touch: /nope/x: {GONE}"), ("head /nope", 1, f"head: /nope: {GONE}"),
    ("tail /nope", 1, f"tail: can't open '/nope': {GONE}\ntail: no files"),
    ("sort /nope", 2, f"sort: /nope: {GONE}"), ("sed s/a/b/ /nope", 1, f"sed: /nope: {GONE}"),
    ("find /nope", 1, f"find: /nope: {GONE}"), ("ln -s f l", 1, f"ln: l: {TAKEN}"),
    ("ln /nope x", 1, f"ln: /nope: {GONE}"), ("uniq /nope", 1, f"uniq: can't open '/nope': {GONE}"),
    ("md5sum /nope", 1, f"md5sum: can't open '/nope': {GONE}")])
def test_what_fails_is_said_as_busybox_says_it(box: Session, line: str, code: int, said: str) -> None:
    job = box.run(f"docker exec -w /t box {line}")
    assert (job.code, job.err.rstrip("\n")) == (code, said)


def test_a_long_list_has_columns_of_one_width_and_no_quotes(box: Session) -> None:
    rows = [row.partition(" Jan")[0] for row in box.run("docker exec -w /t box ls -l d f").out.splitlines()]
    assert "-rw-r--r--    1 root     root             3" in rows
    assert "drwxr-xr-x    1 root     root             0" in rows
    assert box.run("docker exec -w /t box ls -lh f").out.startswith("-rw-r--r--    1 root     root           3 Jan")
    assert " -> net:[" in box.run("docker exec box ls -l /proc/1/ns").out


def test_pipes_and_files_that_grow_are_read_as_ever(box: Session) -> None:
    assert box.run("docker exec box sh -c 'echo b; echo a' | sort").out == "a\nb\n"
    assert box.run("docker exec box sh -c 'echo hi | cat; (echo b; echo a) | sort | head -n 1'").out == "hi\na\n"


def test_an_image_with_coreutils_has_their_words() -> None:
    assert Session().run("docker run --rm debian ls /nope").err == f"ls: cannot access '/nope': {GONE}\n"


def test_a_directory_is_not_copied_into_its_copy_and_links_stay_links() -> None:
    session = Session()
    session.run("mkdir -p d; echo x > d/f; ln -s /etc d/l")
    copied = session.run("cp -r d d/e")
    assert (copied.code, copied.err) == (1, "cp: cannot copy a directory, 'd', into itself, 'd/e'\n")
    assert session.run("find d").out == "d\nd/e\nd/e/f\nd/e/l\nd/f\nd/l\n"
    assert session.run("readlink d/e/l; cp -r d/l y; readlink y").out == "/etc\n/etc\n"
    session.run("docker run -d --name box alpine sleep 1000")
    assert session.run("docker exec box sh -c 'mkdir d; cp -r d d/e'").err == (
        "cp: recursion detected, omitting directory 'd/e'\n")


def test_the_directory_that_one_is_in_and_the_one_above_are_not_removed() -> None:
    session = Session()
    session.run("mkdir -p t/u; docker run -d --name box alpine sleep 1000; docker exec box mkdir -p /t/u")
    for path in (".", "..", "u/.", "u/../"):
        refused = session.run(f"cd t; rm -rf {path}; cd ..")
        assert refused.err == f"rm: refusing to remove '.' or '..' directory: skipping '{path}'\n"
        for options in ("-r", ""):
            refused = session.run(f"docker exec -w /t box rm {options} {path}")
            assert (refused.code, refused.err) == (1, "rm: can't remove '.' or '..'\n")
    assert session.run("ls t; docker exec box ls /t").out == "u\nu\n"
