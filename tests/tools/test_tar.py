"""tar: its lines beside what GNU tar 1.35 printed for them, in a directory with a file, a link and a directory."""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path

import pytest

from netsandbox.session.keeping import KeptSession

CASES = re.findall(r"(?ms)^\$ (.*?)\n\[(\d+)\]\n(.*?)(?=^\$ |\Z)",
                   (Path(__file__).parent / "real_tar.txt").read_text(encoding="utf-8"))
MADE = "cd /tmp; rm -rf w; mkdir w; cd w; echo hello > a; mkdir d; echo bb > d/b; ln -s a l"


@pytest.fixture(scope="module")
def one() -> KeptSession:
    return KeptSession()


@pytest.mark.parametrize(("line", "code", "said"), CASES, ids=[line for line, _code, _said in CASES])
def test_as_the_real_one(one: KeptSession, line: str, code: str, said: str) -> None:
    one.run(MADE)
    job = one.run(line)
    shown = re.sub(r"2\d{3}-\d\d-\d\d \d\d:\d\d", "DATE", job.out + job.err).replace("‘", "'").replace("’", "'")
    assert (job.code, shown) == (int(code), said)


def test_an_archive_is_one_for_other_programs(one: KeptSession) -> None:
    one.run(MADE)
    one.run("echo 中文 > d/c")
    body = one.run("tar cf - a d l").out.encode()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        assert archive.getnames() == ["a", "d", "d/b", "d/c", "l"]
        found = archive.extractfile("d/c")
        assert found is not None
        assert found.read().decode() == "中文\n"


def test_a_volume_is_kept_in_an_archive_and_put_back(one: KeptSession) -> None:
    for line in ("docker run --name store -v data:/data alpine sh -c 'echo kept > /data/f'", "mkdir -p /root/b",
                 "docker run --rm --volumes-from store -v /root/b:/b ubuntu tar cvf /b/b.tar /data",
                 "docker run --rm -v other:/data -v /root/b:/b ubuntu bash -c 'cd /data && tar xf /b/b.tar --strip 1'"):
        assert one.run(line).code == 0
    assert one.run("docker run --rm -v other:/x alpine cat /x/f").out == "kept\n"


def test_nothing_is_compressed_and_it_says_so(one: KeptSession) -> None:
    one.run(MADE)
    assert one.run("tar czf a.tgz a").err == "note: tar -z changes nothing in the sandbox\n"
    assert one.run("tar xzf a.tgz --to-stdout").out == "hello\n"
    assert one.run("tar -u -f a.tgz a").err == "tar: -u is not modelled: `-c` packs all anew\n"


def test_a_file_has_its_date_back_unless_it_is_to_be_new(one: KeptSession) -> None:
    one.run(MADE)
    one.run("tar cf x.tar a")
    made = one.run("ls -l a").out
    one.run("wait 2h")
    one.run("echo more >> a; tar xf x.tar")
    assert one.run("ls -l a").out == made
    one.run("tar xmf x.tar")
    assert one.run("ls -l a").out != made


def test_what_is_no_archive_gets_nothing_appended(one: KeptSession) -> None:
    one.run(MADE)
    assert one.run("tar rf a d").err.startswith("tar: This does not look like a tar archive\n")
    assert one.run("cat a").out == "hello\n"


def test_no_archive_climbs_out_of_its_directory(one: KeptSession) -> None:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("../../evil"))
    assert one.lab.host().files is not None
    one.run(MADE)
    one.shell.files_at(one.shell.place).write("/tmp/w/evil.tar", kept.getvalue().decode())
    assert "Member name contains '..'" in one.run("tar xf evil.tar").err
    assert one.run("ls /evil").code
