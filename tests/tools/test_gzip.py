"""gzip, gunzip and zcat: files get and lose their ending, and what goes through a pipe is what it was."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

NOTE = "note: gzip's compression changes nothing in the sandbox\n"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


@pytest.mark.parametrize(("line", "code", "out", "err"), [
    ("gzip f; ls f*", 0, "f.gz\n", ""), ("gzip f; gunzip f; cat f", 0, "hi\n", ""),
    ("gzip f; gzip -d f.gz; ls f*", 0, "f\n", ""), ("gzip -k f; ls f*", 0, "f  f.gz\n", ""),
    ("gzip -c f | gunzip", 0, "hi\n", ""), ("gzip f; zcat f.gz", 0, "hi\n", ""),
    ("cat f | gzip | zcat", 0, "hi\n", ""),
    ("mv f f.tgz; gunzip f.tgz; ls f*", 0, "f.tar\n", ""),
    ("gzip f.gz", 1, "", "gzip: f.gz: No such file or directory\n"),
    ("gunzip nosuch", 1, "", "gzip: nosuch.gz: No such file or directory\n"),
    ("gunzip f", 2, "", "gzip: f: unknown suffix -- ignored\n"),
    ("mkdir -p d; gzip d", 2, "", "gzip: d is a directory -- ignored\n"),
    ("cp f f.gz; gzip f.gz", 2, "", "gzip: f.gz already has .gz suffix -- unchanged\n"),
    ("cp f f.gz; gzip f", 2, "", "gzip: f.gz already exists;\tnot overwritten\n"),
    ("cp f f.gz; gzip -f f; ls f*", 0, "f.gz\n", ""), ("gzip nosuch f; ls f*", 0, "f.gz\n",
                                                       "gzip: nosuch: No such file or directory\n")])
def test_files_are_packed_and_unpacked(session: Session, line: str, code: int, out: str, err: str) -> None:
    """In the words of gzip 1.13, asked on a real machine."""
    session.run("rm -rf f f.gz f.tgz f.tar d; echo hi > f")
    job = session.run(line)
    assert (job.code, job.out, job.err.replace(NOTE, "")) == (code, out, err)
    assert NOTE in job.err


def test_an_image_that_was_saved_is_packed_and_loaded(session: Session) -> None:
    for line in ("docker tag alpine mine:1", "docker save mine:1 | gzip > mine.tar.gz", "docker rmi mine:1"):
        assert session.run(line).code == 0
    assert session.run("gunzip -c mine.tar.gz | docker load").out == "Loaded image: mine:1\n"
    assert session.run("gzip --list mine.tar.gz").err.startswith("netsandbox: gzip --list is not modelled")
