"""Conditions on a lab: what holds, what does not and what is said then; and that looking changes nothing."""

from __future__ import annotations

import pytest

from netsandbox.commands.expect import Verdict
from netsandbox.commands.job import Job
from netsandbox.session.runner import Runner
from tests.lab.test_copy import tables
from tests.scenarios.flips import turned_round

SETUP = ("docker run -d --name nginx-1 nginx", "docker run -d --name nginx-2 nginx", "add-switch sw1", "add-hub hub1",
         "add-host pc1", "add-host pc2", "add-host pc3", "connect pc1 sw1", "connect pc2 sw1", "connect pc3 hub1",
         "connect hub1 sw1", "set-ip pc1 10.0.0.1/24", "set-ip pc2 10.0.0.2/24", "set-ip pc3 10.0.0.3/24",
         "set-mac pc1 02:00:00:00:00:01", "set-mac pc2 02:00:00:00:00:02", "docker run -d --net=host --name web nginx",
         "docker run -d --net=host --name late nginx", "ip netns add blue", "wait")
PING = "exec nginx-1 ping -c 1 172.17.0.3"


def lab(*lines: str) -> Runner:
    """A lab with the set-up and then some lines."""
    runner = Runner(1)
    for line in (*SETUP, *lines):
        runner.line(line)
    return runner


def expect(runner: Runner, text: str) -> Job:
    return runner.line(f"expect {text}", is_expect=True).job


@pytest.fixture(scope="module")
def pinged() -> Runner:
    """After a ping from nginx-1 to nginx-2; the tests that share it only look."""
    return lab(PING)


HOLDS = [
    "frames 4 in on ports of docker0",
    "frames 2 in on nginx-2",
    "frames 1 in on host:docker0 where arp",
    "frames 1 in on docker0 where arp",
    "frames 2..3 out on nginx-1:eth0",
    "frames >= 2 out on nginx-1:eth0 where icmp or arp",
    "frames != 0",
    "no frames on pc1",
    "no frames on ports of sw1",
    "no frames on hub1",
    "frames 1 in on nginx-1:eth0 from nginx-2 to nginx-1 where arp",
    "frames 1 out on nginx-1:eth0 to everyone",
    "frames 1 out on nginx-1 bytes 12 '08 06 00 01' where arp",
    "no frames bytes 12 86dd",
    "frames 1 out on nginx-1 saying 'echo request'",
    "frames 4 out on nginx-1:eth0 since start where arp",
    "frames 2 out on nginx-1:eth0 since 1 line",
    "frames > 2 out on nginx-1 since 21 lines",
    "frame at 0 ± 1ms out on nginx-1:eth0 where arp",
    "order on nginx-1:eth0 where arp and out then arp and in then icmp",
    "no order on nginx-1:eth0 where icmp then arp",
    "no drop",
    "no drop OTHERHOST since start",
    "arp nginx-1 172.17.0.3 nginx-2 REACHABLE",
    "arp nginx-1 nginx-2 any REACHABLE|STALE",
    "arp nginx-1 nginx-2 REACHABLE",
    "arp nginx-1 nginx-2 nginx-2:eth0",
    "arp nginx-1",
    "no arp nginx-1 172.17.0.3 STALE",
    "no arp nginx-1 172.17.0.3 nginx-1",
    "no arp pc1",
    "mac docker0 nginx-1 on nginx-1",
    "mac host:docker0 nginx-1",
    "fdb docker0 nginx-2 on nginx-2:eth0",
    "mac docker0",
    "no mac sw1",
    "no mac docker0 nginx-1 on nginx-2",
    "no mac docker0 docker0",
    "route nginx-1 'default via 172.17.0.1'",
    "route nginx-1 'local 172.17.0.2'",
    "no route nginx-1 'default via 172.17.0'",
    "no route blue",
    "output contains '0% packet loss'",
    "output matches '^rtt min/avg/max'",
    "output",
    "no output contains 'Unreachable'",
    "exit 0",
    "exit < 1",
    "state nginx-1 running",
    "state late exited 1",
    "state late exited",
    "state nobody absent",
    "no state nginx-1 absent",
    "log late contains 'Address already in use'",
    "log late matches 'bind.. to .* failed'",
    "no log nginx-1 contains emerg",
    "port host 80 held by web",
    "port host 80/tcp held by nginx",
    "no port host 80 held by late",
    "port host 81 free",
    "port host 80/udp free",
    "interface nginx-1:eth0 up carrier state UP kind veth mtu 1500 address 172.17.0.2/16 joins docker0 peer host",
    "interface nginx-1",
    "interface nginx-1 mtu >= 1500 no-master",
    "interface host:docker0 kind bridge address 172.17.0.1",
    "interface sw1:p1 master br0 port forwarding peer pc1:eth0",
    "interface pc1:eth0 mac 02:00:00:00:00:01 joins sw1",
    "no interface pc1:eth0 down",
    "no interface pc1:eth7",
    "no interface blue",
    "counter rx nginx-1:eth0 > 1",
    "counter rx_dropped pc1 0",
    "namespace web is host",
    "no namespace nginx-1 is nginx-2",
    "sysctl host net.ipv4.ip_forward 1",
    "no sysctl pc1 net.ipv4.ip_forward 1",
]


@pytest.mark.parametrize("text", HOLDS)
def test_a_condition_holds_and_its_opposite_does_not(pinged: Runner, text: str) -> None:
    job = expect(pinged, text)
    assert (job.code, job.err) == (0, "")
    assert job.out.startswith("holds: ")
    opposite = turned_round(text)
    job = expect(pinged, opposite)
    assert (job.code, job.out) == (1, "")
    lines = job.err.splitlines()
    assert lines[0].startswith("expected: ")
    assert lines[1].startswith("found:    ")
    assert len(lines[0]) > len("expected: ")
    assert len(lines[1]) > len("found:    ")


FOUND = [
    ("frames 5 in on ports of docker0 where arp",
     ["expected: exactly 5 frames received on the ports of docker0 where arp since the last command",
      "found:    2 such frames", "Request who-has 172.17.0.3 tell 172.17.0.2", "Reply 172.17.0.3 is-at"]),
    ("frames 1 on pc1 where icmp", ["found:    none\n"]),
    ("frame at 5s ± 1s out on nginx-1 where arp", ["a frame at 5 s ± 1 s (sent on nginx-1", "the nearest is at 0 s"]),
    ("frame at 5s on pc1", ["found:    no frame at all (on pc1"]),
    ("order on nginx-1 where icmp then arp", ["1 of 2 in order; then none where `arp`"]),
    ("drop NEIGH_FAILED",
     ["something was dropped: nobody answers the ARP request, NEIGH_FAILED", "found:    nothing was dropped"]),
    ("arp nginx-1 172.17.0.3 nginx-2 STALE",
     ["expected: nginx-1's ARP table has 172.17.0.3 with nginx-2's MAC (", "STALE", "(nginx-2) REACHABLE, since +",
      "frame:    #", "Reply 172.17.0.3 is-at", "why:      172.17.0.3 (nginx-2) has answered: nginx-1:eth0 now knows"]),
    ("arp nginx-1 172.17.0.9", ["no row for 172.17.0.9 in nginx-1's ARP table; it has 172.17.0.3 dev eth0"]),
    ("arp pc1 pc2", ["no row for 10.0.0.2 in pc1's ARP table; it is empty"]),
    ("mac docker0 nginx-1 on nginx-2",
     ["docker0's MAC table has nginx-1's MAC (", "on the port to nginx-2", "(nginx-1) on port veth", "frame:    #",
      "why:      host:docker0 learns that"]),
    ("mac sw1 pc1", ["no row for pc1's MAC (02:00:00:00:00:01); it has learned nothing"]),
    ("route nginx-1 'default via 172.17.0.9'", ["nginx-1's routes: default via 172.17.0.1 dev eth0; 172.17.0.0/16"]),
    ("output contains '1% packet lost'", ["printed “1% packet lost”", "the nearest line is “1 packets transmitted"]),
    ("no output contains '64 bytes'", ["did not print “64 bytes”", "found:    it printed “64 bytes from 172.17.0.3"]),
    ("no output", ["printed nothing", "found:    it printed “PING 172.17.0.3"]),
    ("frames 9 saying '172.17.0.2 > 172.17.0.3'", ["9 frames from 172.17.0.2 to 172.17.0.3 since"]),
    ("frames 1 saying '> 172.17.0.3.80: Flags [S]'",
     ["exactly one frame asking 172.17.0.3 for a TCP connection to port 80 since"]),
    ("frames 1 saying 'Flags [R.]'", ["saying “Flags [R.]”"]),
    ("exit 2", ["`exec nginx-1 ping -c 1 172.17.0.3` ended with exit status 2", "found:    exit status 0"]),
    ("state late running", ["found:    container late has exited, exit status 1"]),
    ("log nginx-1 contains emergency",
     ["found:    it is not there: it printed “/docker-entrypoint.sh: ", "configuration …”"]),
    ("port host 80 free", ["found:    nginx (web) holds it"]),
    ("port nginx-1 8080 held by nginx", ["nobody holds it; others are held: 80"]),
    ("port pc1 8080 held by nginx", ["nobody holds it, nor any other port"]),
    ("interface nginx-1:eth0 down mtu 9000", ["nginx-1 has eth0: down, MTU = 9000", "nginx-1:eth0: up, MTU 1500\n"]),
    ("interface pc1:lo address 10.0.0.9/24", ["pc1 has lo: address 10.0.0.9/24", "address 127.0.0.1/8"]),
    ("interface sw1:p1 address 10.0.0.9/24", ["sw1:p1: no address\n"]),
    ("interface nginx-1:eth0 master docker0 no-carrier joins sw1",
     ["nginx-1 has eth0: master docker0, no carrier, its other end is a port of sw1", "nginx-1:eth0: carrier, "]),
    ("no interface nginx-1:eth0 up", ["expected: nginx-1's eth0 is not: up", "nginx-1:eth0: up, carrier"]),
    ("interface pc1:eth1 up", ["found:    pc1 has lo, eth0"]),
    ("counter overheard pc1:eth0 > 5", ["overheard of pc1:eth0 is more than 5", "found:    0 so far"]),
    ("namespace nginx-1 is host", ["nginx-1 is in the namespace of nginx-1, host in that of host"]),
    ("sysctl pc1 net.ipv4.ip_forward 1", ["net.ipv4.ip_forward of pc1 is 1", "found:    it is 0"]),
]


@pytest.mark.parametrize(("text", "parts"), FOUND, ids=[case[0] for case in FOUND])
def test_a_failure_says_what_is_there_instead(pinged: Runner, text: str, parts: list[str]) -> None:
    job = expect(pinged, text)
    assert job.code == 1
    for part in parts:
        assert part in job.err


UNFOUNDED = [
    ("arp ngnix-1 172.17.0.3", "there is no node ngnix-1; did you mean nginx-1?"),
    ("arp nginx-1 ngnix-2", "ngnix-2 is neither an address nor a node; did you mean nginx-2?"),
    ("arp nginx-1 172.17.0.3 ngnix-2", "ngnix-2 is neither"),
    ("arp nginx-1 blue", "blue has no IP address"),
    ("arp late", "container late does not run"),
    ("mac dokcer0 nginx-1", "there is no bridge or switch dokcer0; did you mean docker0?"),
    ("mac docker0 nginx-1 on veth9", "docker0 has no port veth9; did you mean veth"),
    ("frames 0 on ngnix-1", "there is no node"),
    ("frames 0 on dokcer0", "there is no"),
    ("frames 0 on nginx-1:eth1", "nginx-1 has no interface eth1; did you mean eth0?"),
    ("frames 0 on ports of sw2", "there is no bridge or switch sw2; did you mean sw1?"),
    ("frames 0 from ngnix-1", "did you mean nginx-1?"),
    ("frames 0 where src ngnix-1", "ngnix-1 is neither an address nor a node; did you mean nginx-1?"),
    ("frames 0 where at web", "there is no node web"),
    ("frames 0 where dev eth9", "no interface is called eth9"),
    ("frames 0 since 99999999", "there is no record #99999999 yet"),
    ("frames 0 since 99 lines", "only "),
    ("state ngnix-1 running", "there is no container ngnix-1; did you mean nginx-1?"),
    ("log ngnix-1 contains x", "there is no container ngnix-1"),
    ("port nobody 80 free", "there is no node nobody"),
    ("interface nobody:eth0", "there is no node nobody"),
    ("interface host up", "host has no interface"),
    ("counter rx nginx-1:eth1 0", "did you mean eth0?"),
    ("namespace nginx-1 is nginx-9", "there is no node nginx-9"),
    ("sysctl host net.ipv4.ip_forwrd 1", "did you mean net.ipv4.ip_forward?"),
    ("reach ngnix-1 nginx-2", "there is no node ngnix-1; did you mean nginx-1?"),
    ("reach nginx-1 ngnix-2", "ngnix-2 is neither"),
]


@pytest.mark.parametrize(("text", "message"), UNFOUNDED, ids=[case[0] for case in UNFOUNDED])
def test_a_wrong_name_fails_with_no_and_without(pinged: Runner, text: str, message: str) -> None:
    for line in (text, f"no {text}"):
        job = expect(pinged, line)
        assert job.code == 1
        assert f"expected: {line}\n" not in job.err, "what is expected is said before the name is known"
        assert message in job.err


def test_a_name_that_can_mean_two_bridges_is_asked_about() -> None:
    runner = Runner(1)
    for line in ("add-host a --docker", "add-host b --docker"):
        runner.line(line)
    job = expect(runner, "no mac docker0")
    assert job.code == 1
    assert "docker0 can mean several bridges: a:docker0, b:docker0" in job.err
    assert expect(runner, "no mac a:docker0").code == 0


def test_a_switch_s_own_bridge_is_not_what_a_bridge_s_name_means() -> None:
    runner = Runner(1)
    for line in ("add-switch sw", "add-host r", "exec r ip link add br0 type bridge", "add-host q", "connect q sw",
                 "connect r sw", "exec r ip link set br0 up"):
        runner.line(line)
    assert expect(runner, "no mac br0").code == 0
    assert expect(runner, "no mac sw").code == expect(runner, "no mac sw:br0").code == 0


def test_failures_are_told_in_chinese_too(pinged: Runner) -> None:
    pinged.language = "zh"
    try:
        job = expect(pinged, "arp nginx-1 172.17.0.3 nginx-2 STALE")
        held = expect(pinged, "no arp pc1")
        link = expect(pinged, "interface pc1:eth0 down").err
    finally:
        pinged.language = "en"
    lines = job.err.splitlines()
    assert lines[0].startswith("期望：nginx-1 的 ARP 表中有 172.17.0.3")
    assert lines[1].startswith("实际：172.17.0.3 dev eth0")
    assert lines[2].startswith("相关帧：#")
    assert lines[3].startswith("原因：172.17.0.3")
    assert held.out == "成立：表是空的\n"
    assert "期望：pc1 的 eth0：已停用" in link
    assert link.endswith("实际：pc1:eth0：已启用\n"), "what differs alone"


@pytest.mark.parametrize("text", ["arp {}", "frames 0 on {}", "frames 0 where host {}", "mac {}", "state {} running",
                                  "output contains {}", "output of {}", "interface {}", "port {} 80 free",
                                  "reach {} a"])
def test_a_word_without_end_gives_a_message_that_has_one(pinged: Runner, text: str) -> None:
    job = expect(pinged, text.format("x" * 9000))
    assert job.code == 1
    assert len(job.err) < 5000


@pytest.mark.parametrize(("text", "wished"), [
    ("mac br9", "br9 的 MAC 表中有学到的表项"), ("no mac br9", "br9 的 MAC 表没有学到任何地址"),
    ("mac br9 pc1 on pc2", "br9 的 MAC 表中，通向 pc2 的端口后面有 pc1"),
    ("arp nobody", "nobody 的 ARP 表中有表项"),
    ("arp nobody 10.0.0.1 pc1", "nobody 的 ARP 表中有 10.0.0.1，MAC 为 pc1"),
    ("route nobody", "nobody 的 main 表中有路由"),
    ("sysctl nobody net.ipv4.ip_forward 1", "nobody 的 net.ipv4.ip_forward 是 1"),
])
def test_a_goal_on_what_is_missing_is_a_sentence_too(text: str, wished: str) -> None:
    runner = lab(PING)
    runner.language = "zh"
    assert expect(runner, text).err.splitlines()[0] == f"期望：{wished}"


def test_a_goal_quotes_a_refusal_in_the_words_that_were_read() -> None:
    runner = lab("add-bridge br1", "add-host a", "add-host b", "add-host c", "connect a br1", "connect b br1")
    runner.language = "zh"
    assert "“br1”有 2 个端口，都已占用" in runner.line("connect c br1").job.err
    job = expect(runner, "output contains \"'br1' has 2 ports and all are used\"")
    assert job.code == 0
    missed = expect(runner, "no output contains \"'br1' has 2 ports and all are used\"")
    assert missed.err.splitlines()[0] == "期望：`connect c br1` 的输出中没有“‘br1’有 2 个端口，都已占用”"


def test_a_ping_that_waits_behind_an_earlier_question_is_told_why_it_ended() -> None:
    """The first ping's question was open still: what became of the second was nobody's."""
    runner = lab("connect pc2 pc3", "exec pc1 ping -c 1 -W 1 10.0.0.99")
    job = expect(runner, "reach pc1 10.0.0.99")
    assert job.code == 1
    assert "why:      pc1 drops the ICMP echo request 1 from pc1 to 10.0.0.99: nobody answered" in job.err


def test_before_any_command_there_is_nothing_to_expect() -> None:
    runner = Runner(1)
    for text in ("exit 0", "output", "frames 0", "no drop"):
        job = expect(runner, text)
        assert (job.code, "no command line was carried out yet" in job.err) == (1, True)
    assert runner.session.lab.nodes == {}
    assert expect(runner, "interface host:lo").code == 1
    assert runner.session.lab.nodes == {}, "a look makes no host"


def test_a_refused_line_is_the_last_one_too() -> None:
    runner = lab(PING, "nonsense here", "# a comment")
    assert expect(runner, "exit 2").code == 0
    assert expect(runner, "output contains 'unknown command'").code == 0
    runner.line("show nodes")
    assert expect(runner, "exit 2").code == 0, "looking does not count"
    alone = Runner(1)
    alone.line("add-host pc1")
    assert "so far; the last one was `add-host pc1`\n" in expect(alone, "output of 'wget -q'").err


def test_an_earlier_line_can_be_asked_about() -> None:
    runner = lab("ping pc1 pc2 -c 3 &", PING)
    job = expect(runner, "exit 0 of 'ping pc1'")
    assert (job.code, "`ping pc1 pc2 -c 3 &` has not ended yet" in job.err) == (1, True)
    assert expect(runner, "output of 'ping pc1' contains icmp_seq=1").code == 0
    assert expect(runner, "no output of 'ping pc1' contains icmp_seq=3").code == 0
    runner.line("wait 5s")
    assert expect(runner, "output of 'ping pc1' matches '^3 packets'").code == 0
    assert expect(runner, "exit 0 of 'ping pc1'").code == 0
    assert expect(runner, "no output").code == 0
    job = expect(runner, "exit 0 of 'pign pc1'")
    assert "`pign pc1 …` succeeded (exit status 0)" in job.err, "what is expected is a sentence before there is a line"
    job = expect(runner, "no output of 'pign pc1'")
    assert (job.code, "no line begins with `pign pc1` so far; did you mean" in job.err) == (1, True)
    assert "did you mean" not in expect(runner, "no output of 'arp pc1 pc2 -c 3'").err, "that is another program"
    job = expect(runner, "output of 'wget -q'")
    assert f"so far; the last were `ping pc1 pc2 -c 3 &`, `{PING}`, `wait 5s`\n" in job.err
    runner.line("exec nginx-1 ping -c 1 -W 1 -s 100 172.17.0.99")
    assert "`exec nginx-1 ping -c 1 -W 1 -s 100 172.1…`" in expect(runner, "exit 0 of 'wget -q'").err, "it goes on"


@pytest.mark.parametrize("typed", ["exec pc1 ip neigh flush all", "exec pc2 tc qdisc show dev eth0"])
def test_an_unrelated_line_is_no_misspelling(typed: str) -> None:
    runner = lab(typed)
    assert "did you mean" not in expect(runner, "exit 0 of 'exec pc1 ping'").err


def test_a_related_frame_that_was_dropped_says_why_in_words() -> None:
    runner = lab("exec pc1 ip neigh replace 10.0.0.9 lladdr 02:00:00:00:00:99 dev eth0",
                 "exec pc1 ping -c 1 -W 1 10.0.0.9")
    assert "✗ not for it (OTHERHOST)" in expect(runner, "no frames on pc2:eth0 where icmp").err
    runner.language = "zh"
    assert "✗ 给别人的 (OTHERHOST)" in expect(runner, "no frames on pc2:eth0 where icmp").err


@pytest.mark.parametrize(("line", "told"), [
    ("no frames on pc2", "自上一条命令起，在 pc2 上的帧：一个也没有"),
    ("frames 4 in on ports of sw1", "自上一条命令起，在 sw1 的端口上收到的帧：恰好 4 个"),
    ("drop OTHERHOST at pc2:eth0",
     "有帧或包被丢弃：目的 MAC 是别的站点的，OTHERHOST（自上一条命令起，在 pc2:eth0 上）"),
    ("frame at 5s on pc2", "时有一个帧（自上一条命令起，在 pc2 上）"), ("order where arp then icmp", "帧按此顺序出现"),
    ("no output", "你输入的命令没有输出"), ("output contains lost", "你输入的命令的输出中有“lost”"),
    ("exit 0", "你输入的命令成功（退出码 0）")])
def test_a_goal_is_a_sentence_before_anything_was_typed(line: str, told: str) -> None:
    runner = lab()
    runner.language = "zh"
    runner.session.shell.counts_from = runner.session.lab.trace.end
    job = expect(runner, line)
    assert "你还没有输入命令" in job.err
    assert told in job.err


def test_looking_changes_nothing_and_takes_no_time(pinged: Runner) -> None:
    lab_ = pinged.session.lab
    before = (lab_.trace.digest(), lab_.scheduler.clock, lab_.trace.step_count, len(pinged.session.journal))
    for text in HOLDS:
        expect(pinged, text)
        expect(pinged, turned_round(text))
    assert (lab_.trace.digest(), lab_.scheduler.clock, lab_.trace.step_count, len(pinged.session.journal)) == before


def state(runner: Runner) -> tuple[object, ...]:
    """All that a condition must leave as it is."""
    session = runner.session
    own = session.lab
    return (own.trace.digest(), own.trace.step_count, own.scheduler.clock, own.last_pid, len(session.journal),
            tables(own))


@pytest.mark.parametrize("text", ["reach pc1 pc2", "no reach pc1 10.0.0.99", "reach nginx-2 nginx-1"])
def test_reach_is_tried_in_a_copy_and_leaves_nothing(text: str) -> None:
    runner = lab(PING)
    before = state(runner)
    assert expect(runner, text).code == 0
    assert expect(runner, turned_round(text)).code == 1
    assert state(runner) == before


def test_reach_makes_no_machine_for_whoever_pings() -> None:
    runner = Runner(1)
    for line in ("add-host a", "add-host b", "connect a b", "set-ip a 10.0.0.1/24", "set-ip b 10.0.0.2/24"):
        runner.line(line)
    assert expect(runner, "reach a b").code == 0
    assert list(runner.session.lab.nodes) == ["a", "b"]


def test_a_reach_that_fails_shows_why() -> None:
    runner = lab(PING)
    job = expect(runner, "reach pc1 10.0.0.99")
    assert job.code == 1
    assert "found:    no answer from 10.0.0.99: From 10.0.0.1 icmp_seq=1 Destination Host Unreachable" in job.err
    assert "why:      pc1 drops the ICMP echo request 1" in job.err
    assert expect(runner, "no reach pc1 10.0.0.99").code == 0
    job = expect(runner, "reach blue 10.0.0.1")
    assert "no answer from 10.0.0.1: ping: connect: Network is unreachable" in job.err


FIREWALL = ("docker run -d --name web -p 8080:80 nginx", "add-switch lan", "add-host admin", "add-host guest",
            "connect host:eth1 lan", "connect admin lan", "connect guest lan", "set-ip host:eth1 10.9.0.1/24",
            "set-ip admin 10.9.0.10/24", "set-ip guest 10.9.0.66/24", "docker run -d --name bb busybox sleep 1d",
            "docker run -d --net=host --name front nginx", "docker network create n",
            "docker run -d --name shop --network n nginx", "docker run -d --name db --network n redis", "wait")
OPEN = ("reach guest host tcp 8080", "fetch guest http://10.9.0.1:8080/", "reach guest 10.9.0.1 tcp 80")


@pytest.fixture(scope="module")
def shut() -> Runner:
    """A published port that a rule shuts for one of two."""
    runner = Runner(1)
    for line in FIREWALL:
        assert not runner.line(line).failed, line
    for text in OPEN:
        assert expect(runner, text).code == 0, text
    runner.line("iptables -I DOCKER-USER -s 10.9.0.66 -p tcp --dport 80 -j DROP")
    return runner


@pytest.mark.parametrize("text", [
    "no reach guest host tcp 8080", "reach guest 10.9.0.1 tcp 80", "no reach guest 10.9.0.1 tcp 81",
    "reach guest host", "reach admin host tcp 8080", "no fetch guest http://10.9.0.1:8080/",
    "fetch admin http://10.9.0.1:8080/ from web", "fetch admin http://10.9.0.1:8080 matches '^<title>Welcome'",
    "no fetch admin http://10.9.0.1:8080/ contains apache", "no fetch admin http://10.9.0.1:8080/none",
    "no fetch admin http://10.9.0.1:8080/ from shop", "fetch host http://localhost:8080/ from web",
    "fetch shop http://shop/ from shop", "no fetch bb http://shop/", "resolve shop db", "resolve shop db db",
    "resolve shop db 172.18.0.3", "no resolve shop db web", "no resolve bb web",
    "rule host filter DOCKER-USER '-s 10.9.0.66 --dport 80 -j DROP'", "rule host filter DOCKER-USER",
    "no rule host filter DOCKER-USER '-s 10.9.0.6 -j DROP'", "no rule host filter DOCKER-USER '-j DROP -s 10.9.0.66'",
    "no rule host filter INPUT", "rule host filter INPUT '-P INPUT ACCEPT'", "no rule guest nat OUTPUT"])
def test_what_is_open_and_what_a_rule_shuts_needs_nobody_s_curl(shut: Runner, text: str) -> None:
    before = state(shut)
    job = expect(shut, text)
    assert job.code == 0, job.err
    assert expect(shut, turned_round(text)).code == 1
    assert state(shut) == before


@pytest.mark.parametrize(("text", "found"), [
    ("reach guest host tcp 8080", "no answer from 10.9.0.1: nc: connect to 10.9.0.1 port 8080 (tcp) timed out"),
    ("fetch guest http://10.9.0.1:8080/", "curl: (28)"), ("fetch shop http://db:6379/", "curl: (52) Empty reply"),
    ("resolve bb web", "web was not found"), ("resolve shop db web", "db is 172.18.0.3"),
    ("fetch admin http://10.9.0.1:8080/ from shop", "shop has not seen the request: host answered"),
    ("rule host filter DOCKER-USER '-j ACCEPT'", "--dport 80 -j DROP`"), ("rule host filter INPUT", "it is empty")])
def test_what_was_found_instead_is_told(shut: Runner, text: str, found: str) -> None:
    assert found in expect(shut, text).err
    if "guest" in text:
        assert "why:      host:eth1 drops the TCP segment [SYN] from guest" in expect(shut, text).err


@pytest.mark.parametrize(("text", "why"), [
    ("rule host fliter INPUT", "no table fliter; did you mean filter?"), ("rule hots filter INPUT", "no node hots"),
    ("rule host filter DOCKER-USR", "no chain DOCKER-USR; did you mean DOCKER-USER?"),
    ("fetch shop htpp://db/", 'Protocol "htpp" not supported'), ("resolve shop db bd", "bd is neither"),
    ("fetch shop http://db/ from bd", "no node bd"), ("fetch shp http://db/", "no node shp")])
def test_a_slip_of_the_pen_fails_with_no_and_without(shut: Runner, text: str, why: str) -> None:
    for asked in (text, f"no {text}"):
        job = expect(shut, asked)
        assert job.code == 1
        assert why in job.err


@pytest.mark.parametrize(("own", "other"), [("exec pc1 ip addr add 10.0.0.2/32 dev lo", "pc1"),
                                            ("exec pc3 ip addr add 10.0.0.2/24 dev eth0", "pc3")])
def test_an_answer_of_another_than_was_meant_is_none(own: str, other: str) -> None:
    """Who gave itself the other's address got an answer from itself."""
    runner = lab("connect pc2 pc3", "exec pc2 nc -lk -p 80 &", f"exec {other} nc -lk -p 80 &")
    assert expect(runner, "reach pc1 pc2").code == expect(runner, "reach pc1 pc2 tcp 80").code == 0
    for line in ("link pc2:eth0 down", own):
        runner.line(line)
    assert expect(runner, "reach pc1 10.0.0.2").code == 0, "an address is whoever's"
    for text in ("reach pc1 pc2", "reach pc1 pc2 tcp 80"):
        assert f"pc2 has not seen the request: {other} answered" in expect(runner, text).err
        assert expect(runner, f"no {text}").code == 0


def test_the_verdict_is_there_for_reports(pinged: Runner) -> None:
    verdict = expect(pinged, "arp nginx-1 172.17.0.3 nginx-2 STALE").result
    assert isinstance(verdict, Verdict)
    assert not verdict.holds
    assert [row.interface for row in verdict.rows] == ["eth0"]
    assert verdict.why


def test_frames_of_interfaces_that_are_gone_can_be_counted() -> None:
    runner = lab(PING)
    runner.line("docker stop nginx-2")
    assert expect(runner, "frames 2 in on nginx-2:eth0 since 2 lines").code == 0
    assert expect(runner, "frames 2 in on nginx-2 since 2 lines").code == 0


def test_a_trace_that_has_forgotten_says_so() -> None:
    runner = lab(PING)
    trace = runner.session.lab.trace
    trace.cap = trace.limit = 10
    trace.trim()
    for text in ("frames 4 in on ports of docker0", "frames 0 since start", "no drop"):
        job = expect(runner, text)
        assert (job.code, "the trace has forgotten" in job.err) == (1, True)


@pytest.mark.parametrize(("text", "told"), [
    ("output matches 'veth1@.* master docker0'", "有形如“veth1@… master docker0”的一行"),
    (r"output matches '172\.17\.0\.1\s+host\.docker\.internal'", "有形如“172.17.0.1 host.docker.internal”的一行"),
    ("output matches '^[0-9a-f]{64}$'", "有形如 64 位十六进制数字的一行"),
    ("output matches '^[0-9]+$'", "有形如 `^[0-9]+$` 的一行"),
    ("output matches 'link/ether [0-9a-f][26ae]:'", "有形如“link/ether …:”的一行"),
    (r"output matches '1  \*'", "有形如“1  *”的一行"),
    ("output of 'docker ps' contains x", "请输入以 `docker ps` 开头的命令")])
def test_a_goal_tells_what_to_look_for_in_words(text: str, told: str) -> None:
    runner = Runner(1)
    runner.language = "zh"
    assert told in expect(runner, text).err


def test_of_a_line_that_was_to_succeed_it_is_said_that_it_failed() -> None:
    """`ping …` succeeded stood above exit status 1."""
    runner = Runner(1)
    runner.line("false")
    assert "found:    it failed: exit status 1" in expect(runner, "exit 0").err
    assert "found:    exit status 1" in expect(runner, "exit 2").err


def test_the_host_that_no_line_has_needed_yet_is_told_of_as_such() -> None:
    assert "host is made by the first line that needs it" in expect(Runner(1), "reach host 1.1.1.1").err
