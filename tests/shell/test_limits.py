"""`ulimit`, as bash, dash and BusyBox' ash tell what a machine and a container have."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

OF_BASH = """\
real-time non-blocking time  (microseconds, -R) unlimited
core file size              (blocks, -c) 0
data seg size               (kbytes, -d) unlimited
scheduling priority                 (-e) 0
file size                   (blocks, -f) unlimited
pending signals                     (-i) 15364
max locked memory           (kbytes, -l) 8192
max memory size             (kbytes, -m) unlimited
open files                          (-n) 1024
pipe size                (512 bytes, -p) 8
POSIX message queues         (bytes, -q) 819200
real-time priority                  (-r) 0
stack size                  (kbytes, -s) 8192
cpu time                   (seconds, -t) unlimited
max user processes                  (-u) 15364
virtual memory              (kbytes, -v) unlimited
file locks                          (-x) unlimited
"""
OF_DASH = """\
time(seconds)        unlimited
file(blocks)         unlimited
data(kbytes)         unlimited
stack(kbytes)        8192
coredump(blocks)     unlimited
memory(kbytes)       unlimited
locked memory(kbytes) 8192
process              unlimited
nofiles              50
vmemory(kbytes)      unlimited
locks                unlimited
rtprio               0
"""
OF_ASH = """\
core file size (blocks)         (-c) unlimited
data seg size (kb)              (-d) unlimited
scheduling priority             (-e) 0
"""


@pytest.mark.parametrize(("line", "told"), [
    ("ulimit -n", "1024\n"), ("ulimit -Hn", "1048576\n"), ("ulimit", "unlimited\n"), ("ulimit -a", OF_BASH),
    ("ulimit -n -s", "open files                          (-n) 1024\nstack size                  (kbytes, -s) 8192\n"),
    ("docker run --rm nginx sh -c 'ulimit -n; ulimit -Hn'", "1048576\n1048576\n"),
    ("docker run --rm --ulimit nofile=50:60 nginx sh -c 'ulimit -n; ulimit -Hn; ulimit -p'", "50\n60\nunlimited\n"),
    ("docker run --rm --ulimit nofile=50:60 nginx sh -c 'ulimit -a'", OF_DASH),
    ("docker run --rm alpine sh -c 'ulimit -a' | head -3", OF_ASH),
    ("docker run --rm alpine sh -c 'ulimit -n -u'", "unlimited\n")])
def test_limits_are_told(line: str, told: str) -> None:
    assert Session().run(line).out == told


@pytest.mark.parametrize(("line", "told", "code"), [
    ("ulimit -Z", "bash: ulimit: -Z: invalid option\nulimit: usage: ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]\n", 2),
    ("ulimit -n x", "bash: ulimit: x: invalid number\n", 1),
    ("sh -c 'ulimit -Z'", "sh: 1: ulimit: Illegal option -Z\n", 2),
    ("sh -c 'ulimit -n x'", "sh: 1: ulimit: bad number\n", 2),
    ("sh -c 'ulimit -n 5 6'", "sh: 1: ulimit: too many arguments\n", 2)])
def test_what_is_wrong(line: str, told: str, code: int) -> None:
    job = Session().run(line)
    assert (job.err, job.code) == (told, code)


def test_docker_says_of_a_limit_that_it_is_told_and_not_kept_to() -> None:
    job = Session().run("docker run --rm --ulimit nofile=50:60 nginx sh -c 'ulimit -n'")
    assert (job.out, job.err) == ("50\n", "note: the sandbox tells limits, and sets none\n")
