"""Lines that would take ages or all memory: each ends with one line of reason, and leaves the lab as it was."""

from __future__ import annotations

from time import process_time

import pytest

from netsandbox.commands.job import Job
from netsandbox.engine.budget import Use
from netsandbox.session.keeping import KeptSession
from tests.campaigns.sessions import quick
from tests.session.lines import built, state

MOST = 12
"""CPU seconds that none of them may take; what stops them is counted, this only tells that it was counted well."""
DOUBLED = '{{$x := printf "%s%s" $x $x}}'
STOPPED = [
    "for i in {1..9999}; do for j in {1..9999}; do true; done; done", "while true; do :; done",
    "while :; do x=a$x$x; done", "f() { f | f; }; f", "awk 'BEGIN{while(1){}}'",
    "awk 'BEGIN{x=\"a\"; while(1) x = x x}'",
    "x=" + "a" * 3000 + "; echo ${x//*a*a*a*a*a*a*b/z}",
    "docker inspect -f '{{$x := \"aaaaaaaaaaaaaaaa\"}}" + DOUBLED * 40 + "' aa",
    "docker inspect -f '{{printf \"%99999999d\" 1}}' aa", "echo 'sh /tmp/a' > /tmp/a; sh /tmp/a",
    "seq 99999999999 > /dev/null",
    "a=({1..9999}); b=(${a[@]} ${a[@]} ${a[@]}); b=(${b[@]} ${b[@]} ${b[@]} ${b[@]} ${b[@]} ${b[@]} ${b[@]})",
    "a=({1..9999}); for i in {1..9999}; do eval \"b$i=(\\${a[@]})\"; done",
    "docker run -p 1-65535:1-65535 -d nginx",
    "echo 'sudo sh /tmp/a &' > /tmp/a; sh /tmp/a", "echo 'watch sh /tmp/a' > /tmp/a; sh /tmp/a",
]
SHORT = [
    "echo " + "a" * 60 + " | grep -E '(a{1,30}){1,30}X'", "echo " + "a" * 60 + " | grep -E '(a|aa){1,40}X'",
    "echo " + "a" * 60 + " | awk '/(a{1,30}){1,30}X/ {print}'", "expect output matches '(a{1,30}){1,30}X'",
    "expect output matches '.*.*.*.*.*.*.*.*X'", "sysctl -a -r '(a|aa){1,40}X'",
]


def timed(session: KeptSession, line: str) -> Job:
    began = process_time()
    job = session.run(line)
    assert process_time() - began < MOST
    return job


@pytest.mark.parametrize("line", STOPPED, ids=lambda line: line[:30])
def test_a_line_without_end_ends_with_a_reason(line: str) -> None:
    session = built("add-container aa")
    before, journal = state(session), list(session.journal)
    job = timed(session, line)
    assert job.code == 1
    assert job.err.splitlines()[-1].endswith("in one line")
    assert "stopped: more than " in job.err
    assert (state(session), session.journal) == (before, journal)
    assert list(session.lab.copy().nodes) == list(session.lab.nodes)


@pytest.mark.parametrize("line", SHORT, ids=lambda line: line[-30:])
def test_a_pattern_that_explodes_elsewhere_is_short_work(line: str) -> None:
    session = built("add-container aa", "echo " + "a" * 60)
    assert not timed(session, line).budget.exceeded


DIGITS = "9" * 4500
"""More than Python reads as a number unless it is told to."""


@pytest.mark.parametrize(("line", "said"), [
    ("echo " + "{a," * 2400 + "b" + "}" * 2400, "brace expansion: more than 30 braces"),
    ("echo " + "{a,b}" * 1600, "brace expansion: more than 10000 words"), ("echo " + "{" * 9990, ""),
    ("echo " + "{a..a}" * 1600, ""), ("echo " + "{{{{" * 2400 + "a" + "}" * 300, ""),
    (f"ping -c {DIGITS} 127.0.0.1", "invalid argument"), (f"head -n {DIGITS} /etc/hostname", ""),
    (f"conntrack -p {DIGITS}", "conntrack"), (f"mtr -c {DIGITS} 127.0.0.1", ""), (f"pkill -{DIGITS}", "pkill"),
    (f"dig -p {DIGITS}", "dig"), (f"tc qdisc add dev docker0 root netem delay {DIGITS}ms", 'Illegal "latency"'),
    (f"curl -m {DIGITS} 127.0.0.1", "Failed to connect"), (f"socat -t{DIGITS} - UDP:127.0.0.1:7", ""),
    ("watch -q nan true", "failed to parse argument"),
    (f"X={DIGITS}; X=$X$X$X$X$X; ping -c $X 127.0.0.1", "invalid argument"),
    (f"X={DIGITS}; X=$X$X$X$X$X$X; X=$X$X$X$X$X; echo [$X > x; X=; jq . x", ""),
    ("echo 1 | jq '" + "|".join(["[.,.]"] * 200) + "'", "makes so much of its input"),
    ("echo '\"a\"' | jq '" + "|".join([".+."] * 400) + "'", "makes so much of its input"),
    ("echo '\"a\"' | jq '" + "|".join(["tojson"] * 200) + "'", "makes so much of its input"),
    ("docker inspect -f '{{printf \"%1000000000d|\" 1}}' aa", ""),
    ("fping -g 10.0.0.0/8", "more than 1024 addresses"), ("grep -r nothing /sys /proc", "Invalid argument"),
    ("ss '" + "(" * 4000 + "'", "a filter of more than 200 words"), ("ss '" + "not " * 2000 + "'", "more than 200"),
    (f"docker run -m {'9' * 40} -d nginx", "Minimum memory limit allowed is 6MB"),
    (f"docker run --shm-size {'9' * 40} -d nginx", "SHM size can not be less than 0")])
def test_what_is_too_long_or_too_deep_is_told_at_once(line: str, said: str) -> None:
    job = timed(built("add-container aa"), line)
    assert said in job.err
    assert job.is_done


def test_a_wait_for_what_never_comes_to_rest_keeps_nothing_of_the_lab_that_was_taken_back() -> None:
    session = built("docker run -d --name aa nginx", "ping -f 172.17.0.2 &")
    with quick():
        assert session.run("wait").budget.exceeded
    assert list(session.lab.copy().nodes) == list(session.lab.nodes)


@pytest.mark.parametrize("line", ["tcpdump -i any -X &", "{ tcpdump -i any; } &"])
def test_a_line_in_the_background_that_prints_without_end_is_stopped(
        line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Use.OUTPUT, "limit", 20_000)
    with quick():
        session = built("docker run -d --name aa nginx", "ping -f 172.17.0.2 &")
        job = session.run(line)
    session.run_to(session.position.step + 300, None)
    assert (job.code, job.is_done, job.program is None or job.program.is_running) == (1, True, False)
    assert job.err.endswith("\nstopped: more than 20,000 characters of output in one line\n")
    assert 20_000 < job.size < 30_000
    here = state(session)
    session.go_to(session.position.step - 100)
    session.go_to(*session.end)
    assert state(session) == here
    assert not session.lab.copy().scheduler.is_idle


def test_a_script_that_prints_without_end_is_stopped_and_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Use.OUTPUT, "limit", 20_000)
    session = built("add-container aa")
    before = state(session)
    job = session.run("for i in {1..500}; do printf '%100s' $i; done; touch /tmp/a")
    assert (job.code, state(session)) == (1, before)
    assert job.err == "stopped: more than 20,000 characters of output in one line\n"


def test_all_that_was_printed_and_is_kept_has_one_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Use.OUTPUT, "limit", 20_000)
    session = built("docker run -d --name aa busybox ping -i 0.1 127.0.0.1", "sleep 60")
    for _ in range(5):
        assert session.run("seq 1 2000").code == 0
    assert sum(job.size for job in session.shell.recent) <= 20_000
    job = session.run("docker logs aa")
    assert "note: the log has no more room for its first " in job.err
    assert 5_000 < job.size < 21_000
    assert session.run("docker logs --tail 1 aa").out.count("\n") == 1


def test_a_pipe_that_nobody_empties_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Use.OUTPUT, "limit", 20_000)
    with quick():
        session = built("docker run -d --name aa nginx", "ping -f 172.17.0.2 &")
        job = session.run("tcpdump -c 60 -i any -X | sort > /tmp/a")
    assert "tcpdump: write error: No space left on device" in job.err


def test_a_variable_doubles_only_so_often() -> None:
    session = built("X=" + "a" * 60)
    for _ in range(30):
        job = timed(session, "X=$X$X")
    assert "characters in variables and arguments" in job.err
    assert session.run("echo $X | wc -c").out.strip() == str(60 * 2 ** 11 + 1)


def test_what_was_stopped_is_not_recovered_into() -> None:
    """The journal is written before a line is run; one that was stopped leaves it."""
    session = built("add-container aa", "while true; do :; done", "add-host h1")
    assert [entry.line for entry in session.journal] == ["add-container aa", "add-host h1"]


def test_what_the_kernel_refuses_a_verb_is_one_line() -> None:
    session = built("add-host h1", "docker run -d --name aa nginx", "docker exec -it aa sh")
    job = session.run("set-ip h1 10.0.0.8/24")
    assert (job.code, job.err.count("\n")) == (1, 1)
