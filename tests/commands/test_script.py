"""Several commands in one line, pipes, and /dev/null."""

from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest

from netsandbox.commands.errors import CommandError
from netsandbox.commands.filters import filtered, named
from netsandbox.commands.operators import commands_of, expanded, first_words, is_compound, plain
from netsandbox.commands.words import quote
from netsandbox.session.keeping import KeptSession
from tests.session.lines import built, state

TEXT = "inet 10.0.0.1/24\nether aa:bb\n\ninet 10.0.0.2/24\ninet 10.0.0.2/24\n  b 10\n  a 9\nEther (x+)\n"
FILTERS = ["grep inet", "grep -c inet", "grep -v inet", "grep -i ether", "grep -n ether", "grep -o '10[.0-9]*'",
           r"grep 'inet\|ether'", "grep -E 'inet|ether'", "grep -F '(x+)'", "grep '(x+)'", "grep -w b",
           "grep -A1 ether", "grep '^[[:alpha:]]*[[:space:]]'", "grep -E '[[:digit:]]{2}$'",
           "grep -B1 ether", "grep -C 1 ether", "grep -m 1 inet", "grep -x ''", "grep nothing", "grep -q inet",
           "head -2", "head -n 1", "head -n0", "head", "tail -1", "tail -n 2", "tail -n 0", "wc -l", "wc -w", "wc -c",
           "wc", "sort", "sort -r", "sort -u", "uniq", "uniq -c", "cat", "egrep 'a|b'",
           "cut -d. -f1", "cut -d ' ' -f 2-", "cut -c1-4,6", "cut -d. -f2,4 -s", "awk '{print $2}'",
           "awk '/inet/ {print $2, $1}'", "awk -F/ '{ print $NF }'", "awk '{print}'", "awk '{print $1,$9}'"]


@pytest.fixture
def two() -> KeptSession:
    return built("add-container aa", "add-container bb", "wait")


@pytest.mark.parametrize("command", FILTERS)
def test_a_filter_is_what_the_real_one_is(command: str) -> None:
    if shutil.which("sh") is None or shutil.which(command.split()[0]) is None:
        pytest.skip("no such program here")
    real = subprocess.run(["sh", "-c", command], input=TEXT, capture_output=True, text=True, check=False,
                          env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    printed, code = filtered(named(shlex.split(command)), [("out", TEXT)])
    assert ("".join(text for _stream, text in printed), code) == (real.stdout, real.returncode)


@pytest.mark.parametrize(("line", "parts"), [
    ("a; b", ["", "a", ";", "b"]), ("a&&b||c", ["", "a", "&&", "b", "||", "c"]), ("a | b", ["", "a", "|", "b"]),
    ("a '|;' \"&&\" \\| '>' x\"> \"'&'", ["", "a '|;' '&&' '|' '>' 'x> &'"]), ("", ["", ""]),
    ("a '' # b; c", ["", "a ''"]), ("a #b", ["", "a '#b'"])])
def test_operators_stand_outside_of_quotes(line: str, parts: list[str]) -> None:
    found = [(command.joint, [plain(word) for word in command.words]) for command in commands_of(line)]
    assert [part for joint, words in found for part in (joint, quote(words))] == parts


@pytest.mark.parametrize(("line", "words", "out", "err"), [
    ("x > /dev/null", "x", None, "err"), ("x >/dev/null y", "x y", None, "err"), ("x 2>/dev/null", "x", "out", None),
    ("x &>/dev/null", "x", None, None), ("x >/dev/null 2>&1", "x", None, None), ("x 2>&1", "x", "out", "out"),
    ("x 2>&1 >/dev/null", "x", None, "out"), ("x >&2", "x", "err", "err"), ("x2 >>/dev/null", "x2", None, "err")])
def test_what_goes_to_dev_null(line: str, words: str, out: str | None, err: str | None) -> None:
    command, = commands_of(line)
    assert (command.words, command.streams) == (words.split(), {"out": out, "err": err})


@pytest.mark.parametrize(("line", "said"), [
    ("x > file", "writes no files"), ("x 2> /etc/passwd", "writes no files"), ("x >> y", "writes no files"),
    ("x >", "nothing stands behind >"), ("x > | y", "nothing stands behind >"), ("x < y", "has no <"),
    ("x & y", "only at the end"), ("x 'y", "a quote is not closed"), ('x "y', "a quote is not closed"),
    ("x | y\\", "nothing follows the last backslash"), ("x; \x1b[31m", "control characters"),
    ("x;" * 6000, "10000 are the most")])
def test_what_is_no_line(line: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        commands_of(line)


@pytest.mark.parametrize(("line", "words"), [
    ("undo", ["undo"]), (" 'un'do | cat", ["undo"]), ("sudo undo", ["undo"]), ("a b;c|d && sudo e", ["a", "c", "e"]),
    ("", []), ("# a; b", []), ("sudo", []), ("'a;b' c", ["a;b"])])
def test_what_a_line_begins_with(line: str, words: list[str]) -> None:
    assert first_words(line) == words


@pytest.mark.parametrize(("line", "expected"), [("a 'b;c|d>'", False), ("a b", False), ("a;b", True), ("a >x", True),
                                                ("a&b", True), ("a $(b)", True), ('a "x`b`"', True),
                                                ("a '$(b)' $b", False)])
def test_whether_a_line_is_more_than_a_command(line: str, expected: bool) -> None:
    assert is_compound(line) == expected


@pytest.mark.parametrize(("line", "words"), [
    ("x$(a b)y", "xon y tw oy"), ('"$(a)" z', "'one  two' z"), ("'$(a)'", "'$(a)'"), ("\"'$(a)'\"", "\"'one  two'\""),
    ("'\"'$(a)", "'\"one' two"), ("\"`a`$(b)\"", "'one  two\"q\\ $'"), ("$(b)", "'\"q\\' '$'"), ("$(c) $(c)", ""),
    ("$(grep '(x)' | y)", "grep"), ("\\$x", "'$x'"), ("a$v", "a1 2"), ('"${v}b"', "'1 2b'"), ("'$v'", "'$v'"),
    ("$w", ""), ("$nope$v.x", "'$nope1' 2.x"), ('"\\$v \\`a\\`"', "'$v `a`'"), ("\\$v", "'$v'")])
def test_what_a_command_prints_becomes_words(line: str, words: str) -> None:
    said = {"a": "one  two\n", "a b": "on\ny tw\no\n", "b": '"q\\ $\n', "c": "\n", "grep '(x)' | y": "grep"}
    command, = commands_of(line)
    assert expanded(command.words, said.__getitem__, {"v": "1 2", "w": ""}) == shlex.split(words)


def test_commands_inside_of_a_command(two: KeptSession) -> None:
    address = "$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' bb)"
    assert "0% packet loss" in two.run(f"docker exec aa ping -c 1 {address} | grep loss").out
    assert "only what ends at once" in two.run("ping $(ping 172.17.0.2)").err
    assert "no $(…) inside of another" in two.run("hostname $(hostname $(hostname))").err
    assert two.run("hostname $(docker inspect nope)").err.startswith("error: no such object: nope")
    assert len(two.run("docker rm -f $(docker ps -aq); docker ps -q").out.split()) == 2
    assert two.run("docker ps -aq").out == ""
    here = state(two)
    two.go_to(0)
    two.go_to(*two.end)
    assert state(two) == here


def test_variables_and_loops(two: KeptSession) -> None:
    assert two.run("for i in 1 2 3; do ping -c 1 172.17.0.$i | grep -c ttl=64; done; echo end").out == "1\n1\n1\nend\n"
    two.run("PID=$(docker inspect -f '{{.State.Pid}}' aa)")
    assert "172.17.0.2" in two.run("nsenter -t $PID -n ip -br addr").out
    assert two.run("for i in {1..2} $(seq 8 9); do for j in a b; do echo -n $i$j; done; done").out == "1a1b2a2b8a8b9a9b"
    assert two.run("A=1 B=x; echo ${A}$B $NOPE; false || for x in y; do echo $x; done").out == "1x $NOPE\ny\n"
    found = two.run("ip link | grep ^$(docker exec aa cat /sys/class/net/eth0/iflink): | cut -d ' ' -f 2").out
    assert found.startswith("veth")
    assert two.run("X=inet; ip addr | grep $X | grep -c $X").out == "2\n"
    assert two.run("ip addr | $X").err.startswith("sh: the sandbox's shell has no 'inet' behind the pipe")
    assert two.run("ping -c 1 172.17.0.99 >/dev/null; echo $?; echo $?").out == "1\n0\n"
    two.run("ping -c 1 -W 1 172.17.0.99")
    assert [two.run("echo $? '$?'").out for _line in range(2)] == ["1 $?\n", "0 $?\n"]
    assert two.run("docker exec aa sh -c 'echo $?; false; echo $?'").out == "0\n1\n"
    assert two.run("docker exec aa sh -c 'for i in 1; do echo $i $HOSTNAME; done'").out.startswith("1 ")
    names = "{{range \\$k, \\$v := .NetworkSettings.Networks}}{{\\$k}}{{end}}"
    assert two.run(f'docker inspect -f "{names}" aa').out == "bridge\n"
    here = state(two)
    two.go_to(0)
    two.go_to(*two.end)
    assert state(two) == here
    assert two.run("echo $A").out == "1\n"


def test_what_a_loop_sets_off_goes_on_step_by_step(two: KeptSession) -> None:
    begun = two.position.at
    two.run("for i in 1 2; do wait 1s; docker run -d --name w$i nginx; done")
    assert two.position.at - begun >= 2_000_000_000
    assert two.run("docker ps --format '{{.Names}}' | head -2").out == "w2\nw1\n"
    two.undo()
    two.undo()
    assert two.run("docker ps -q | wc -l").out == "2\n"


@pytest.mark.parametrize("line", ["while true; do x; done", "if true; then x; fi", "for i in 1 2; do echo",
                                  "for i; do x; done", "for i in 1; echo; done", "for 1 in 1; do x; done",
                                  "true; done", "for i in 1; do; done x",
                                  "for i in {1..9999}; do for j in {1..9999}; do true; done; done", "for", "done"])
def test_what_is_no_loop_is_one_line(two: KeptSession, line: str) -> None:
    job = two.run(line)
    assert job.code
    assert len(job.err.splitlines()) == 1


def test_loops_within_loops_are_stopped(two: KeptSession) -> None:
    job = two.run("for i in {1..200}; do for j in {1..200}; do true; done; done; hostname")
    assert (job.out, job.err) == ("", "sh: stopped: more than 10,000 commands in one line\n")


def test_a_pipe_behind_a_tool_a_verb_and_docker(two: KeptSession) -> None:
    assert two.run("ip -br addr | grep docker0 | wc -l").out == "1\n"
    assert two.run("exec aa ip addr | grep 'inet 172'").out.split()[1] == "172.17.0.2/16"
    assert two.run("docker ps | wc -l").out == "3\n"
    assert two.run("ping aa bb -c 3 | tail -2").out.startswith("3 packets transmitted, 3 received")
    assert two.run("ip addr | grep nothing-like-it").code == 1


def test_what_follows_depends_on_how_it_went(two: KeptSession) -> None:
    assert two.run("exec aa ping -c 1 172.17.0.3 > /dev/null && hostname || ip neigh").out == "host\n"
    assert two.run("exec aa ping -c 1 -W 1 172.17.0.99 &> /dev/null && hostname || docker ps -q | wc -l").out == "2\n"
    job = two.run("ip link set nothing up; hostname")
    assert (job.code, job.out) == (0, "host\n")
    assert "Cannot find device" in job.err
    assert two.run("ip link set nothing up 2>&1 | grep -c Cannot").out == "1\n"
    assert two.run("ip link set nothing up 2> /dev/null").err == ""


def test_verbs_of_the_lab_in_one_line() -> None:
    session = built("add-host pc1; add-host pc2; connect pc1 pc2; set-ip pc1 10.0.0.1/24; set-ip pc2 10.0.0.2/24")
    assert session.run("ping pc1 pc2").code == 0


@pytest.mark.parametrize("line", ["undo; remove aa", "remove aa; undo", "wait && remove aa", "enter aa; remove aa",
                                  "exec aa hostname && save x; remove aa", "remove aa; expect no drop",
                                  "docker exec -it aa sh && remove aa"])
def test_what_needs_a_line_of_its_own(two: KeptSession, line: str) -> None:
    job = two.run(line)
    assert "needs a line of its own" in job.err
    assert job.code
    assert two.run("docker ps -q | wc -l").out == "2\n"
    assert two.shell.where is None


def test_what_only_looks_is_not_journaled(two: KeptSession) -> None:
    before = len(two.journal)
    assert "172.17.0.2" in two.run("show nodes; show arp aa | wc -l").out
    assert two.run("journal | tail -1").out.endswith("wait\n")
    assert len(two.journal) == before
    two.run("show nodes; flush-arp aa")
    assert len(two.journal) == before + 1
    two.run("sudo 'undo'")
    assert two.done == before


REFUSED = ["| grep x", " | docker rm -f $(docker ps -aq)",
           "ip addr |", "ip addr &&", "ip addr; && ip addr", "|", "||", "ip addr > file",
           "ip addr > $(hostname)"]
REFUSED_FILTERS = ["grep", "grep '('  -E", "grep -E '(a)\\1'", "grep x > file", "head -n x",
                   "sort -k2", "cut", "cut -f x", "cut -f1 -d ab", "awk", "awk 'BEGIN {}'", "awk '/(a/ {print}'",
                   "sed s/a/b/", "xargs"]


@pytest.mark.parametrize("line", [*REFUSED, *(f"ip addr | {words}" for words in REFUSED_FILTERS)])
def test_what_the_shell_has_not_is_one_line(two: KeptSession, line: str) -> None:
    before = two.lab.trace.digest()
    job = two.run(line)
    assert job.code
    assert len(job.err.splitlines()) == 1
    assert two.lab.trace.digest() == before


def test_a_script_replays(two: KeptSession) -> None:
    two.run("exec aa ping -c 2 172.17.0.3 | tail -1; exec aa ip neigh && ping bb aa > /dev/null; flush-arp aa")
    here, end = state(two), two.end
    for step in range(two.journal[-1].step, end.step):
        two.go_to(step)
        two.go_to(*end)
        assert state(two) == here


def test_one_program_after_another_that_has_no_end(two: KeptSession) -> None:
    job = two.run("exec aa ping -c 1 172.17.0.3 > /dev/null; exec aa ping 172.17.0.3 | grep -c ttl; hostname")
    assert (job.is_done, job.out) == (True, "4\n")
    assert two.run("tcpdump -c 1 -i docker0 & ").code is None


def test_what_listens_lets_the_next_command_begin_when_it_has_enough(two: KeptSession) -> None:
    job = two.run("exec aa tcpdump -c 1 -n icmp; exec aa ping -c 9 172.17.0.3 | grep -c ttl &")
    assert job.code is None
    two.run("exec bb ping -c 1 172.17.0.2")
    two.run("wait 20s")
    assert job.out.endswith("\n9\n")


def test_the_shell_of_a_container_reads_the_same(two: KeptSession) -> None:
    job = two.run("docker exec aa sh -c 'ping -c 1 172.17.0.3 | grep -c ttl && ip neigh > /dev/null; exit 3'")
    assert (job.out, job.code) == ("1\n", 3)
    assert two.run("expect exit 3").code == 0


def test_expect_sees_what_the_pipe_let_through(two: KeptSession) -> None:
    two.run("ip addr | grep docker0")
    assert two.run("expect output contains docker0").code == 0
    assert two.run("expect output contains LOOPBACK").code == 1


@pytest.mark.parametrize("line", ["wait 1s", "show nodes | grep x", "journal | tail -1", "show arp | ] x", "undo | x",
                                  "wait 1s; wait 1s", "show $(docker ps -q)", "why | wc -l", "help; help",
                                  "show arp host", "show interfaces host | wc -l", "why arp host 10.0.0.1",
                                  "expect arp host 10.0.0.1 aa", "expect sysctl host net.ipv4.ip_forward 1"])
def test_what_does_nothing_to_the_lab_makes_no_host(line: str) -> None:
    session = KeptSession()
    session.run(line)
    assert session.lab.names() == []


@pytest.mark.parametrize("line", ["$(echo undo)", "true; $(echo undo)", "show nodes $(docker ps -q)", "journal `true`",
                                  "$(echo step 3)", "true && $(echo expect no drop)"])
def test_a_verb_that_is_no_action_does_not_come_in_by_a_substitution(two: KeptSession, line: str) -> None:
    position = two.position.at
    job = two.run(line)
    assert job.code
    assert "of its own" in job.err or "only looks" in job.err
    assert two.position.at == position
    assert not two.has_future


def test_expect_reads_all_of_its_line(two: KeptSession) -> None:
    steps = two.position.step
    two.run("expect output contains docker0 || ip addr flush dev docker0; remove aa")
    assert (two.position.step, len(two.journal)) == (steps, 3)
    assert "172.17.0.1" in two.run("ip addr").out


def test_ctrl_c_ends_all_of_it(two: KeptSession) -> None:
    job = two.run("exec aa ping 172.17.0.3 | grep -c ttl; hostname")
    assert (job.is_done, job.out) == (True, "4\n")


def test_listening_without_a_screen_says_how_to_go_on(two: KeptSession) -> None:
    assert "with & behind it" in two.run("tcpdump -c 2 -i docker0 icmp").err
    assert "with & behind it" not in two.run("exec aa ping 172.17.0.3").err


def test_sudo_is_no_hindrance(two: KeptSession) -> None:
    assert two.run("sudo hostname").out == "host\n"
    assert two.run("sudo docker ps -q | wc -l").out == "2\n"
    assert two.run("sudo ip link set docker0 down && sudo ip -br link show docker0 | grep -c DOWN").out == "1\n"
