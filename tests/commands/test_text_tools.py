"""Programs that take lines and give lines, beside the real ones."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from netsandbox.session.keeping import KeptSession

FILES = {
    "a": "one two three\nfoo:bar:baz\n\nalpha  beta\n10 apples\n9 pears\n100 plums\none two three\n",
    "b": "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/usr/sbin:/usr/sbin/nologin\nwww:x:33:33:w w:/var:/bin/sh\n",
    "d": "x\ty\tz\n1\t2\t3\nno newline at end"}
LINES = (
    "printf 'a\\n\\n\\n\\nb\\n\\n\\n' | cat -s", "printf '\\001é\\t\\177x\\n' | cat -A", "printf 'é\\t\\r\\n' | cat -v",
    "head -n -1 a", "head -n 2 a d", "tail -n -1 a", "tail -n -1 b d", "tail -c -3 d", "tail -n 0 a d",
    "tail -n +3 a", "head -c -3 b", "tac d", "tac d | head -2", "rev d", "nl a", "nl -ba a", "nl -w3 -s: b",
    "cat -n d", "wc -L a d", "sort -V a", "sort -t: -k3n b", "sort -t: -k3,3nr -k1 b", "sort -k2 -r a",
    "sort -u -k1,1 a", "sort -c b", "sort -c a d", "sort -n a", "sort -rn a", "sort -h a", "sort -k x a",
    "sort -k 0 a", "sort -k1.2,1.3 a", "sort -f a", "sort a | uniq -D", "sort a | uniq -f1 -c", "sort b | uniq -w3",
    "sort a | uniq -s2 -d", "sort a | uniq -u", "cut -d: -f0 b", "cut -d: -f3-1 b",
    "cut -d: -f1,3 --output-delimiter=, b", "cut --complement -d: -f2- b", "cut -c1,3-4 --output-delimiter=+ b",
    "cut -d: -f2 -s a", "seq -s, 5", "seq -w 8 11", "seq 1 .5 3", "seq 2 -1 -1", "seq -s ' ' 1 3", "seq 5 1",
    "seq 1 x", "seq -w -1 1", "cat b | tr z-a x", "grep -L x a b", "grep -L o a b", "grep -C1 pears a b",
    "grep -A1 daemon b a", "grep -E -F x a", "sed '1,+1d' a", "sed -n '0~3p' a", "sed '2~3d' a", "sed '2i\\ new' a",
    "sed '1a new' d", "sed '$a new' d", "sed '2,3c new' b", "sed '/one/,/foo/c x' a", "sed -n '$p' d", "sed -n p d b",
    "sed -s '1d' a b", "sed = d", "sed '2!d' d", "sed 's/x/\\1/' a", "sed -n 's/e/E/p' d", "sed 2q d", "expr 1 + 2",
    "expr 2 \\* 3 - 1", "expr -7 % 2", "expr -7 / 2", "expr 1 = 1", "expr 1 \\> 2", "expr a \\< b", "expr",
    "expr abc : 'a.'", "expr abc : 'a\\(.\\)'", "expr 1 +", "expr x + 1", "expr 1 2", "expr \\( 1 + 2 \\) \\* 3",
    "expr length abc", "expr 1 / 0", "expr 0 \\| 5", "expr 3 \\& 0", "expr 5 - 5", "expr \\( 1", "expr b : a",
    "expr 1 \\| 1 / 0", "expr 0 \\& \\( 1 / 0 \\)", "expr 00 \\| 5", "expr '' \\| 00", "expr ' '", "expr -0",
    "expr match abc 'b\\|a'", "expr xb : 'a\\|b'", "expr abc : '\\\\(a'", "expr substr abcdef 2 3",
    "expr substr abc 0 2", "expr index abc xc", "expr + length", "expr -- 1 + 1", "expr \\)", "expr 1 \\| \\( 2",
    "sort -t '' a", "sort -t ab a", "sort -k 1,0 a", "sort -k2.0 a", "sort -hn a", "sort -k1nV a", "sort a nosuch",
    "sort -cu a", "sort -C a", "printf '1500\\n1.5k\\n1K\\n' | sort -h", "uniq a x; cat x", "uniq a x y",
    "uniq a /nope/x", "uniq -cD a", "uniq -f x a", "uniq -f2 -c a", "cut -f1 -c1 b", "cut -d: -c1 b", "cut -s -c1 b",
    "cut -f - b", "cut -f 1-2-3 b", "cut -c x b", "cut -f '1 3' d", "head -n1 a nosuch", "tail nosuch", "tac nosuch",
    "sed p nosuch", "rev nosuch", "head /", "stat --printf '%s\\n' a",
    "date -ud @1609459200 '+%U %W %V %G %g %:z %::z %Ey'")


@pytest.mark.skipif(shutil.which("sort") is None or shutil.which("sed") is None, reason="needs coreutils and sed")
def test_each_line_is_answered_as_by_the_real_program(tmp_path: Path) -> None:
    session = KeptSession()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
        session.shell.machine.files(None).write(f"/root/{name}", text)
    environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "/usr/bin:/bin")}
    for line in LINES:
        real = subprocess.run(["bash", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=False,
                              env=environment)
        job = session.run(line)
        assert (job.out, job.err, job.code) == (real.stdout, real.stderr, real.returncode), line


@pytest.mark.parametrize(("line", "what"), [
    ("sed 's/a/\\U&/' a", "sed's \\U in a replacement is not modelled"), ("grep -b x a", "grep -b is not modelled"),
    ("sort -d a", "sort -d is not modelled"), ("sort --version", "`sort --version` is not modelled"),
    ("find . -perm 644", "find -perm is not modelled"), ("find . -daystart", "find -daystart is not modelled"),
    ("awk 'function f(x){return x}{print f($1)}' a", "functions of one's own are not modelled in awk"),
    ("nl -bp^a a", "nl -b p^a is not modelled"), ("cut -z -f1 a", "cut -z is not modelled"),
    ("realpath -e a", "realpath -e is not modelled"), ("less -o log a", "less -o is not modelled")])
def test_what_is_not_modelled_is_refused_by_name(line: str, what: str) -> None:
    job = KeptSession().run(line)
    assert (job.out, job.err, job.code != 0) == ("", f"netsandbox: {what}\n", True)


@pytest.mark.parametrize(("line", "says"), [
    ("realpath --nosuch a", "realpath: unrecognized option '--nosuch'\n"), ("realpath", "realpath: missing operand\n"),
    ("less --nosuch a", "less: unrecognized option '--nosuch'\n"),
    ("killall", "Usage: killall [OPTION]... [--] NAME...\n")])
def test_words_that_nobody_knows_are_told(line: str, says: str) -> None:
    """They were passed over, and a killall of nothing failed without a word."""
    job = KeptSession().run(line)
    assert job.err.startswith(says)
    assert (job.out, job.code) == ("", 1)


def test_realpath_ends_with_a_zero_byte_and_says_nothing_if_it_is_asked() -> None:
    session = KeptSession()
    assert session.run("realpath -z /tmp /etc").out == "/tmp\0/etc\0"
    quiet = session.run("realpath -q /nosuch/x")
    assert (quiet.out, quiet.err, quiet.code) == ("", "", 1)
