"""find, stat and date, beside the real ones."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from netsandbox.commands.tools.system import dated
from netsandbox.engine.units import SECOND
from netsandbox.session.keeping import KeptSession

MAKE = "mkdir -p t/conf.d t/empty; printf 'abc' > t/a.conf; printf '' > t/conf.d/b.CONF; ln -s a.conf t/link"
LINES = (
    "find t", "find t -name '*.conf'", "find t -iname '*.conf'", "find t -type d", "find t -type f", "find t -type l",
    "find t -type f,l -name 'a*'", "find t -maxdepth 1", "find t -mindepth 1 -maxdepth 1 -type d", "find t ! -type d",
    "find t -not -name '*.conf' -type f", "find t -name a.conf -o -name link", "find t/a.conf", "find t/link",
    "find t -path '*conf.d*'", "find t nope -name link", "find t -foo", "find t -name", "find t -type x", "find t x y",
    "find t -maxdepth x", "find t -type f -exec wc -c {} \\;", "find t -name 'a*' -exec basename {} +", "find t -exec",
    "stat -c '%n %s %F %a %A' t/a.conf t/conf.d/b.CONF", "stat -c %F t t/link", "stat -L -c '%F %s' t/link",
    "stat -c '%N %U %u%%' t/link", "stat -c %n t/nope", "stat", "stat -c %s t/link", "stat --format=%F t",
    "find t -name '[ab].conf' | xargs -n1 basename",
    "find t \\( -name a.conf -o -type d \\) -print", "find t \\( -name a.conf -o -type l \\) ! -path '*conf.d*'",
    "find -L t", "find -L t -type f", "find -P t/link -type l", "find -H -L t -name link",
    "ln -s nope t/gone; ln -s .. t/conf.d/up; find -L t -type l; find -L t -type l -delete; ls -1 t; rm -f t/conf.d/up",
    "find t -size +0", "find t -type f -size -2", "find t -type f -size 1",
    "find t -type f -size +1c -print -name a.conf",
    "find t -empty", "find t -depth", "find t -name conf.d -prune -o -print",
    "find t -type f -print0 | xargs -0 -n1 echo",
    "basename -a t/a.conf t/link/", "basename -s .conf t/a.conf .conf", "basename t/a.conf .conf", "basename a b c",
    "basename", "basename ''", "basename -q x", "basename -- -a", "basename -az / //",
    "find t \\(", "find t \\( -name x", "find t -size x", "find t -o -name x", "find t -false -o -type l",
    "find t -ipath '*CONF.D*'", "find t -type f -name '*.conf' -delete; find t", "find t -delete -name x; ls -1 t",
    "find t -name 'a*' -exec false \\; -print", "find t ! \\( -type d -o -type l \\)")
ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "/usr/bin:/bin")}
"""Quotes as in a terminal of today."""


@pytest.mark.skipif(shutil.which("find") is None or os.getuid() != 0, reason="needs findutils, and files of root's")
def test_find_and_stat_are_as_the_real_ones(tmp_path: Path) -> None:
    session = KeptSession()
    for line in MAKE.split("; "):
        session.run(line)
    subprocess.run(["bash", "-c", f"umask 022; {MAKE}"], cwd=tmp_path, check=True)
    for line in LINES:
        real = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False,
                              env=ENVIRONMENT)
        job = session.run(line)
        assert (sorted(job.out.splitlines()), job.err, job.code) == (
            sorted(real.stdout.splitlines()), real.stderr, real.returncode), line


BULK = (
    "dd if=/dev/zero of=a bs=1k count=3", "wc -c < a", "dd if=a of=b bs=512 count=3 skip=1", "dd if=a of=b bs=1000",
    "dd if=/dev/zero bs=7 count=1 | wc -c", "printf hello | dd", "printf hello | dd bs=2", "printf hi | dd status=none",
    "printf hi | dd status=noxfer", "dd foo", "dd if=nope", "dd bs=x", "dd bs=0 if=a",
    *(f"dd if=/dev/zero of=c bs={size} count=1" for size in (
        1, 999, 1000, 1023, 1024, 9949, 9950, 9999, 10239, 99999, 999499, 999500, 1023999, "2MB")),
    "printf 12345 > s; printf ab | dd of=s bs=1 seek=3; cat s | tr '\\0' .", "head -c 100 /dev/urandom | wc -c",
    "head -c 5 /dev/zero | wc -c", "truncate -s 10 t; wc -c < t", "truncate -s +5 t; wc -c < t",
    "truncate -s -1 t; wc -c < t", "truncate -s 1k t; wc -c < t", "truncate t", "truncate -s", "truncate -s x t",
    "truncate -s 5", "truncate -c -s 5 none; ls none", "fallocate -l 1K f; wc -c < f", "printf abc | md5sum",
    "printf abc > x; md5sum x x", "sha256sum x nope", "sha1sum < x", "printf abc | base64", "seq 100 | base64",
    "seq 100 | base64 -w0", "seq 5 | base64 | base64 -d", "echo '!!' | base64 -d", "base64 -w x x", "sha512sum -b x")


@pytest.mark.skipif(shutil.which("dd") is None or shutil.which("fallocate") is None, reason="needs coreutils")
def test_bytes_are_made_and_summed_as_the_real_tools_do(tmp_path: Path) -> None:
    session = KeptSession()
    for line in BULK:
        real = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False,
                              env=ENVIRONMENT)
        job = session.run(line)
        said = [re.sub("copied, .*", "copied", text.translate(str.maketrans("‘’", "''"))) for text in (
            job.err, real.stderr)]
        assert (job.out, said[0], job.code) == (real.stdout, said[1], real.returncode), line


def test_what_does_not_fit_is_told() -> None:
    session = KeptSession()
    job = session.run("dd if=/dev/zero of=/tmp/a bs=1M count=20")
    assert job.err.startswith("dd: error writing '/tmp/a': No space left on device\n")
    assert job.err.endswith("note: a file system of the sandbox holds 4 MiB\n")
    for line, said in {"cat /dev/zero": "/dev/zero has no end", "dd if=/dev/zero of=x": "/dev/zero has no end",
                       "truncate -s 1G /tmp/b": "No space left", "fallocate -l 1G /tmp/b": "No space left",
                       "md5sum -c x": "-c is not modelled"}.items():
        job = session.run(line)
        assert job.code == 1, line
        assert said in job.err


def test_what_is_not_modelled_is_refused_by_name() -> None:
    session = KeptSession()
    for line, what in {"find /etc -mtime +3": "find -mtime", "find /tmp -perm 644": "find -perm",
                       "stat -c %b /etc/hosts": "stat %b", "date -d tomorrow": "date -d 'tomorrow'"}.items():
        job = session.run(line)
        assert job.code == 1, line
        assert job.err.startswith(f"netsandbox: {what} is not modelled"), line
    assert session.run("stat /etc/hosts").err.startswith("netsandbox: stat is modelled with -c FORMAT alone")
    session.run("ip netns add blue")
    assert session.run("stat -Lc %i /run/netns/blue").out == session.run(
        "ip netns exec blue stat -Lc %i /proc/self/ns/net").out != ""


@pytest.mark.skipif(shutil.which("date") is None, reason="needs coreutils")
def test_date_writes_an_instant_as_the_real_one() -> None:
    chance = random.Random(7)
    fields = ["%" + flag + letter for flag in ("", "-", "_", "0", "^", "4") for letter in "YmdeHMSyaAbBsIklCpuwjFTDRcr"]
    for _ in range(12):
        at, form = chance.randrange(4_000_000_000), " ".join(chance.sample(fields, 40)) + " %3N %N %-d"
        real = subprocess.run(["date", "-u", "-d", f"@{at}", f"+{form}"], capture_output=True, text=True, check=True,
                              env=ENVIRONMENT)
        assert dated(at * SECOND, form) + "\n" == real.stdout


@pytest.mark.skipif(shutil.which("date") is None, reason="needs coreutils")
@pytest.mark.parametrize("form", ["-I", "-Is", "-Isec", "-Iho", "-Im", "-Id", "-In", "--iso-8601=h", "--iso-8601=ns"])
def test_a_form_of_iso_8601_may_be_cut_short(form: str) -> None:
    real = subprocess.run(["date", "-u", "-d", "@86399", form], capture_output=True, text=True, check=True)
    assert KeptSession().run(f"date -u -d @86399 {form}").out == real.stdout
