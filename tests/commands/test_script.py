"""Several commands in one line, pipes, and /dev/null."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from netsandbox.commands.errors import CommandError
from netsandbox.commands.line import read_line
from netsandbox.commands.verb import Effect
from netsandbox.session.keeping import KeptSession
from tests.session.lines import built, state

TEXT = "inet 10.0.0.1/24\nether aa:bb\n\ninet 10.0.0.2/24\ninet 10.0.0.2/24\n  b 10\n  a 9\nEther (x+)\n"
FILTERS = [
    "grep inet",
    "grep -c inet",
    "grep -v inet",
    "grep -i ether",
    "grep -n ether",
    "grep -o '10[.0-9]*'",
    r"grep 'inet\|ether'",
    "grep -E 'inet|ether'",
    "grep -F '(x+)'",
    "grep '(x+)'",
    "grep -w b",
    "grep -A1 ether",
    "grep '^[[:alpha:]]*[[:space:]]'",
    "grep -E '[[:digit:]]{2}$'",
    "grep -B1 ether",
    "grep -C 1 ether",
    "grep -m 1 inet",
    "grep -x ''",
    "grep nothing",
    "grep -q inet",
    "head -2",
    "head -n 1",
    "head -n0",
    "head",
    "tail -1",
    "tail -n 2",
    "tail -n 0",
    "wc -l",
    "wc -w",
    "wc -c",
    "wc",
    "sort",
    "sort -r",
    "sort -u",
    "uniq",
    "uniq -c",
    "cat",
    "egrep 'a|b'",
    "cut -d. -f1",
    "cut -d ' ' -f 2-",
    "cut -c1-4,6",
    "cut -d. -f2,4 -s",
    "awk '{print $2}'",
    "awk '/inet/ {print $2, $1}'",
    "awk -F/ '{ print $NF }'",
    "awk '{print}'",
    "awk '{print $1,$9}'",
]


@pytest.fixture
def two() -> KeptSession:
    return built("add-container aa", "add-container bb", "wait")


@pytest.mark.parametrize("command", FILTERS)
def test_a_filter_is_what_the_real_one_is(command: str) -> None:
    if shutil.which("sh") is None or shutil.which(command.split()[0]) is None:
        pytest.skip("no such program here")
    real = subprocess.run(["sh", "-c", command], input=TEXT, capture_output=True, text=True, check=False,
                          env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    job = KeptSession().run(f"{command} <<'END'\n{TEXT}END")
    assert (job.out, job.code) == (real.stdout, real.returncode)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x &;", "near unexpected token `;'"),
        ("x 'y", "unexpected EOF while looking for matching `''"),
        ('x "y', "unexpected EOF"),
        ("x; \x1b[31m", "control characters"),
        ("x;" * 6000, "10000 are the most"),
        ("x > | y", "near unexpected token `|'"),
        ("x >", "near unexpected token `newline'"),
        ("| x", "token `|'"),
    ],
)
def test_what_is_no_line(line: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        read_line(line)


@pytest.mark.parametrize(
    ("line", "heads"),
    [
        ("undo", ["undo"]),
        (" 'un'do | cat", ["undo"]),
        ("sudo undo", ["undo"]),
        ("a b;c|d && sudo e", ["a", "c", "d", "e"]),
        ("a|grep -i b|c|sed -i d", ["a", "c", "sed"]),
        ("", []),
        ("# a; b", []),
        ("'a;b' c", ["a;b"]),
        ("if a; then b; fi", ["a", "b"]),
        ("$(a) b", ["", "a"]),
        ("x=1", [""]),
        ("f() { a; }", ["", "a"]),
        ("case x in y) a $(b);; esac", ["a", "b"]),
    ],
)
def test_what_a_lines_commands_begin_with(line: str, heads: list[str]) -> None:
    assert list(read_line(line).survey.heads) == heads


@pytest.mark.parametrize(
    ("line", "effect"),
    [
        ("show nodes", Effect.LOOK),
        ("show nodes; help", Effect.LOOK),
        ("show nodes; wait", Effect.ACT),
        ("undo", Effect.SESSION),
        ("for i in 1; do show nodes; done", Effect.LOOK),
        ("x=$(show nodes)", Effect.ACT),
        ("expect no drop", Effect.LOOK),
        ("ip addr", Effect.ACT),
        ("", Effect.LOOK),
        ("if", Effect.ACT),
    ],
)
def test_what_a_line_does_to_the_lab(line: str, effect: Effect) -> None:
    try:
        assert read_line(line).effect is effect
    except CommandError:
        assert line == "if"


@pytest.mark.parametrize(
    ("line", "text", "background"),
    [
        ("a &", "a", True),
        ("a& # b", "a # b", True),
        ("a && b", "a && b", False),
        ("a; b &", "a; b &", False),
        ("{ a; b; } &", "{ a; b; }", True),
        ("a '&'", "a '&'", False),
        ("a & b", "a & b", False),
        ("wait 1s &", "wait 1s", True),
        ("expect x &", "expect x", True),
    ],
)
def test_what_is_only_begun(line: str, text: str, background: bool) -> None:
    found = read_line(line)
    assert (found.text, found.background) == (text, background)


def test_commands_inside_of_a_command(two: KeptSession) -> None:
    address = "$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' bb)"
    assert "0% packet loss" in two.run(f"docker exec aa ping -c 1 {address} | grep loss").out
    assert two.run("echo $(ping -c 2 172.17.0.2 | grep -c ttl=)").out == "2\n"
    assert two.run("echo $(echo $(hostname))").out == "host\n"
    assert two.run("hostname $(docker inspect nope)").err.startswith("Error: No such object: nope")
    assert len(two.run("docker rm -f $(docker ps -aq); docker ps -q").out.split()) == 2
    assert two.run("docker ps -aq").out == ""
    here = state(two)
    two.go_to(0)
    two.go_to(*two.end)
    assert state(two) == here


def test_variables_and_loops(two: KeptSession) -> None:
    assert (
        two.run("for i in 1 2 3; do ping -c 1 172.17.0.$i | grep -c ttl=64; done; echo end").out == "1\n1\n1\nend\n"
    )
    two.run("PID=$(docker inspect -f '{{.State.Pid}}' aa)")
    assert "172.17.0.2" in two.run("nsenter -t $PID -n ip -br addr").out
    assert (
        two.run("for i in {1..2} $(seq 8 9); do for j in a b; do echo -n $i$j; done; done").out == "1a1b2a2b8a8b9a9b"
    )
    assert two.run("A=1 B=x; echo ${A}$B $NOPE; false || for x in y; do echo $x; done").out == "1x\ny\n"
    found = two.run("ip link | grep ^$(docker exec aa cat /sys/class/net/eth0/iflink): | cut -d ' ' -f 2").out
    assert found.startswith("veth")
    assert two.run("X=inet; ip addr | grep $X | grep -c $X").out == "2\n"
    assert two.run("ip addr | $X").err == "bash: inet: command not found\n"
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


@pytest.mark.parametrize(
    "line",
    [
        "while true; do done",
        "if true; then x; fi",
        "for i in 1 2; do echo",
        "for i; do ; done",
        "for i in 1; echo; done",
        "for 1 in 1; do x; done",
        "true; done",
        "for i in 1; do; done x",
        "for i in {1..9999}; do for j in {1..9999}; do true; done; done",
        "for",
        "done",
    ],
)
def test_what_is_no_loop_is_one_line(two: KeptSession, line: str) -> None:
    job = two.run(line)
    assert job.code
    assert len(job.err.splitlines()) == 1


def test_loops_within_loops_are_stopped(two: KeptSession) -> None:
    job = two.run("for i in {1..200}; do for j in {1..200}; do true; done; done; hostname")
    assert (job.out, job.err) == ("", "bash: stopped: more than 10,000 commands in one line\n")


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


@pytest.mark.parametrize(
    "line",
    [
        "undo; remove aa",
        "remove aa; undo",
        "enter aa; remove aa",
        "exec aa hostname && save x; remove aa",
        "remove aa; expect no drop",
        "docker exec -it aa sh && remove aa",
    ],
)
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


REFUSED = [
    "| grep x",
    " | docker rm -f $(docker ps -aq)",
    "ip addr |",
    "ip addr &&",
    "ip addr; && ip addr",
    "|",
    "||",
    "ip addr | nosuch",
    "ip addr | cat | nosuch x",
    "docker rm -f $(docker ps -aq) | nosuch",
]
WRONG_FILTERS = [
    "grep",
    "grep '('  -E",
    "grep -E '(a)\\1'",
    "head -n x",
    "cut",
    "cut -f x",
    "cut -f1 -d ab",
    "awk",
    "awk 'BEGIN {'",
    "awk '/(a/ {print}'",
    "sed",
    "sed s/a",
    "sed k",
    "sort -k x",
    "tr",
    "tr a",
    "wc -y",
    "xargs nosuch",
]


@pytest.mark.parametrize("line", REFUSED)
def test_what_the_shell_has_not_is_one_line_and_nothing_is_done(two: KeptSession, line: str) -> None:
    before = two.lab.trace.digest()
    job = two.run(line)
    assert job.code
    assert len(job.err.splitlines()) == 1
    assert two.lab.trace.digest() == before


@pytest.mark.parametrize("words", WRONG_FILTERS)
def test_a_filter_with_wrong_words_says_so(two: KeptSession, words: str) -> None:
    job = two.run(f"ip addr | {words}")
    assert job.code
    assert 1 <= len(job.err.splitlines()) <= 3
    assert job.out == ""


@pytest.mark.parametrize(("line", "said"), [
    ("echo b | sort -o /nx/y", "sort: open failed: /nx/y: No such file or directory\n"),
    ("echo b | sort -o /tmp", "sort: open failed: /tmp: Is a directory\n"),
    ("echo b | sort -o ''", "sort: open failed: '': No such file or directory\n"),
    ("grep -s x /nx", ""),
])
def test_files_that_cannot_be_written_or_read(two: KeptSession, line: str, said: str) -> None:
    job = two.run(line)
    assert (job.code, job.out, job.err) == (2, "", said)


def test_a_quote_that_nothing_closes_is_junk_to_nft(two: KeptSession) -> None:
    job = two.run("nft 'list \"x y'")
    assert (job.code, job.err) == (1, 'Error: syntax error, unexpected junk\nlist "x y\n     ^\n')


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
    job = two.run("{ exec aa tcpdump -c 1 -n icmp; exec aa ping -c 9 172.17.0.3 | grep -c ttl; } &")
    assert job.code is None
    two.run("exec bb ping -c 1 172.17.0.2")
    two.run("wait 20s")
    assert job.out.endswith("\n9\n")


def test_of_a_longer_line_only_what_stands_before_the_sign_is_begun(two: KeptSession) -> None:
    before = two.clock
    job = two.run("sleep 3; sleep 2 && echo late &")
    assert (job.is_done, job.out, job.goes_on) == (True, "", True)
    assert 3 <= (two.clock - before) / 1e9 < 4
    assert "Running                 sleep 2 && echo late &" in two.run("jobs").out
    two.run("wait")
    assert (job.out, job.goes_on) == ("late\n", False)


def test_what_runs_beside_a_line_prints_after_it(two: KeptSession) -> None:
    job = two.run("echo a; (sleep 1; echo c) & echo b")
    assert (job.out, job.is_done) == ("a\nb\n", True)
    two.run("wait")
    assert job.out == "a\nb\nc\n"


def test_the_shell_of_a_container_reads_the_same(two: KeptSession) -> None:
    job = two.run("docker exec aa sh -c 'ping -c 1 172.17.0.3 | grep -c ttl && ip neigh > /dev/null; exit 3'")
    assert (job.out, job.code) == ("1\n", 3)
    assert two.run("expect exit 3").code == 0


def test_expect_sees_what_the_pipe_let_through(two: KeptSession) -> None:
    two.run("ip addr | grep docker0")
    assert two.run("expect output contains docker0").code == 0
    assert two.run("expect output contains LOOPBACK").code == 1


@pytest.mark.parametrize(
    "line",
    [
        "wait 1s",
        "show nodes | grep x",
        "journal | tail -1",
        "show arp | ] x",
        "undo | x",
        "wait 1s; wait 1s",
        "show $(docker ps -q)",
        "why | wc -l",
        "help; help",
        "show arp host",
        "show interfaces host | wc -l",
        "why arp host 10.0.0.1",
        "expect arp host 10.0.0.1 aa",
        "expect sysctl host net.ipv4.ip_forward 1",
    ],
)
def test_what_does_nothing_to_the_lab_makes_no_host(line: str) -> None:
    session = KeptSession()
    session.run(line)
    assert session.lab.names() == []


@pytest.mark.parametrize(
    "line",
    [
        "$(echo undo)",
        "true; $(echo undo)",
        "show nodes $(docker ps -q)",
        "journal `true`",
        "$(echo step 3)",
        "true && $(echo expect no drop)",
    ],
)
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
