"""Why, on real labs: the chain back to the command, drops, table rows, and what a trace has forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from netsandbox.apps.ping.options import parse
from netsandbox.apps.ping.ping import Ping
from netsandbox.commands.shell import Shell
from netsandbox.commands.verbs import why
from netsandbox.docker.events import NetworkRemoved
from netsandbox.engine.trace import Record, Trace
from netsandbox.explain.story import MOST_CAUSES, Story, why_drop, why_row, why_seq
from netsandbox.lab import frame_log
from netsandbox.lab.events import CommandRun
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import Namer
from netsandbox.linux import events
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.socket import Process
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.ipv4 import ip_output
from netsandbox.linux.ipv4.route import Route
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.session.session import Session
from netsandbox.wire.addresses import Network, parse_ipv4
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet

ENGLISH_RUN = re.compile(r"\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b")


def command(lab: Lab, line: str) -> None:
    """Open a step as the shell does."""
    lab.scheduler.begin()
    lab.trace.record(CommandRun(line))


def ping(lab: Lab, name: str, *arguments: str) -> Ping:
    command(lab, f"ping {name} {' '.join(arguments)}")
    program = Ping(lab.namespace(name), parse(["-c", "1", *arguments]), 7)
    program.start()
    lab.scheduler.current = None
    lab.scheduler.run_until_quiet()
    return program


def two_containers(cap: int = 100_000) -> Lab:
    lab = Lab(1, trace_cap=cap)
    command(lab, "docker run")
    lab.add_container("nginx-1")
    lab.add_container("nginx-2")
    lab.scheduler.run_until_quiet()
    return lab


def hub_of_three() -> Lab:
    lab = Lab(1)
    command(lab, "build")
    lab.add_hub("hub1")
    for number in (1, 2, 3):
        lab.add_host(f"pc{number}")
        lab.connect(f"pc{number}", "hub1")
        lab.set_ip(f"pc{number}", f"10.0.0.{number}/24")
    lab.scheduler.run_until_quiet()
    return lab


def routed() -> Lab:
    """pc1 and pc2 in two subnets, r1 between them."""
    lab = Lab(1)
    command(lab, "build")
    for name in ("pc1", "pc2", "r1"):
        lab.add_host(name)
    for number in (1, 2):
        lab.connect(f"pc{number}:eth0", f"r1:eth{number}")
        lab.set_ip(f"pc{number}:eth0", f"10.0.{number}.2/24")
        lab.set_ip(f"r1:eth{number}", f"10.0.{number}.1/24")
        lab.namespace(f"pc{number}").routes.add(default_route(lab, number))
    lab.namespace("r1").write_sysctl("net.ipv4.ip_forward", 1)
    lab.scheduler.run_until_quiet()
    return lab


def default_route(lab: Lab, number: int) -> Route:
    return Route(Network(0, 0), gateway=parse_ipv4(f"10.0.{number}.1"), interface=lab.interface(f"pc{number}:eth0"))


def names(lab: Lab) -> Namer:
    return Namer(lab)


def find(trace: Trace, matches: Callable[[Any], bool]) -> Record:
    """The last record whose event matches."""
    return [record for record in trace.since(0) if matches(record.event)][-1]


def is_reply(event: Any) -> bool:
    payload = getattr(getattr(event, "frame", None), "payload", None)
    return (isinstance(event, events.FrameReceived) and event.verdict is Outcome.ACCEPTED
            and isinstance(payload, IPv4Packet) and isinstance(payload.payload, IcmpMessage))


# -- the docker0 ping


def test_the_echo_reply_goes_back_to_the_ping() -> None:
    lab = two_containers()
    first = lab.trace.end
    ping(lab, "nginx-1", "172.17.0.3")
    reply = find(lab.trace, is_reply)
    story = why_seq(lab.trace, reply.seq, "en", names(lab))
    assert story.decision == ("nginx-1:eth0 takes the ICMP echo reply 1 from nginx-2 to nginx-1; "
                              "the ping that waits for it gets it.")
    assert story.causes[-1].seq == first
    assert story.causes[-1].command == "ping nginx-1 172.17.0.3"
    told = [cause.text for cause in story.causes[:-1]]
    patterns = (r"docker0 knows that nginx-1 is behind .*, so the ICMP echo reply 1 from nginx-2 to nginx-1 leaves",
                r"nginx-2:eth0 takes the ICMP echo request 1 from nginx-1 to nginx-2 and answers with an echo reply",
                r"docker0 knows that nginx-2 is behind .*, so the ICMP echo request 1",
                r"172\.17\.0\.3 \(nginx-2\) has answered: nginx-1:eth0 now knows that it is at",
                r"docker0 knows that nginx-1 is behind .*, so the ARP reply that 172\.17\.0\.3 is at",
                r"nginx-2:eth0 answers the ARP request of nginx-1 for 172\.17\.0\.3",
                r"docker0 floods the ARP request of nginx-1 for 172\.17\.0\.3, which is for everyone")
    assert len(told) == len(patterns)
    for text, pattern in zip(told, patterns, strict=True):
        assert re.search(pattern, text), text


def test_the_same_in_chinese() -> None:
    lab = two_containers()
    ping(lab, "nginx-1", "172.17.0.3")
    reply = find(lab.trace, is_reply)
    story = why_seq(lab.trace, reply.seq, "zh", names(lab))
    assert story.decision == ("nginx-1:eth0 接收从 nginx-2 到 nginx-1 的 ICMP 回显应答（序号 1），"
                              "交给正在等待它的 ping。")
    assert "泛洪到其余所有端口" in story.causes[-2].text


def test_a_story_in_lines_says_everything() -> None:
    lab = two_containers()
    ping(lab, "nginx-1", "172.17.0.3")
    request = find(lab.trace, lambda event: isinstance(event, events.FrameSent))
    story = why_seq(lab.trace, request.seq)
    lines = why.text(story).splitlines()
    assert lines[:1 + len(story.looked_at)] == [story.decision, *(f"  {operand}" for operand in story.looked_at)]
    assert f"  [{story.reference}]" in lines
    assert lines[-1] == f"  ← #{story.causes[-1].seq} ❯ ping nginx-1 172.17.0.3"


def test_a_sent_frame_looked_at_route_and_neighbour() -> None:
    lab = two_containers()
    ping(lab, "nginx-1", "172.17.0.3")
    asked = find(lab.trace, lambda e: isinstance(e, events.FrameSent) and e.interface.label == "nginx-1:eth0"
                 and e.frame.ethertype == 0x0806)
    story = why_seq(lab.trace, asked.seq)
    assert story.looked_at[0].startswith("172.17.0.3 is on the link of nginx-1:eth0")
    assert story.looked_at[1].startswith("nginx-1:eth0 does not know the MAC of 172.17.0.3")
    assert [cause.command for cause in story.causes] == ["ping nginx-1 172.17.0.3"]


def test_a_forwarded_frame_names_the_record_that_taught_the_bridge() -> None:
    lab = two_containers()
    ping(lab, "nginx-1", "172.17.0.3")
    bridged = find(lab.trace, lambda e: isinstance(e, events.FrameBridged))
    learned = find(lab.trace, lambda e: isinstance(e, events.FdbLearned) and e.mac == bridged.event.frame.dst)
    assert f"the row is from #{learned.seq}" in why_seq(lab.trace, bridged.seq).looked_at


def test_what_came_in_by_a_bridge_is_told_of_and_not_what_its_host_sent_because_of_it() -> None:
    lab = two_containers()
    ping(lab, "host", "172.17.0.2")
    bridge = lab.docker().bridge
    taken = [why_seq(lab.trace, record.seq) for record in lab.trace.since(0)
             if isinstance(record.event, events.FrameReceived) and record.event.interface == bridge.place][-2:]
    assert [story.decision.split(":", 1)[0] for story in taken] == ["172.17.0.2 has answered", "host"]
    assert "takes the ICMP echo reply 1" in taken[1].decision
    assert taken[0].decision in [cause.text for cause in taken[1].causes]  # as what led to the echo request


def test_the_probe_five_seconds_later_goes_back_to_the_ping() -> None:
    lab = two_containers()
    ping(lab, "nginx-1", "172.17.0.3")
    lab.scheduler.run_until(lab.scheduler.now + 6_000_000_000)
    probe = find(lab.trace, lambda e: isinstance(e, events.NeighbourChanged) and e.why == "unconfirmed")
    story = why_seq(lab.trace, probe.seq)
    assert "so it asks it by unicast whether it is still there" in story.decision
    assert story.causes[-1].command == "ping nginx-1 172.17.0.3"
    sent = why_seq(lab.trace, probe.seq + 1)
    assert "asks 172.17.0.2 alone, by unicast" in sent.decision
    assert sent.causes[0].seq == probe.seq


# -- every record


def sessions() -> list[Lab]:
    labs = [two_containers(), hub_of_three(), routed()]
    ping(labs[0], "nginx-1", "172.17.0.3")
    ping(labs[0], "nginx-1", "172.17.0.99")
    ping(labs[1], "pc1", "10.0.0.2")
    ping(labs[2], "pc1", "10.0.2.2", "-t", "1")
    ping(labs[2], "pc1", "10.0.2.2", "-s", "4000")
    for lab in labs:
        command(lab, "wait")
        lab.scheduler.run_until(lab.scheduler.now + 400_000_000_000)
    return labs


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_record_has_a_story_that_ends_at_a_command(language: str) -> None:
    for lab in sessions():
        for record in lab.trace.since(0):
            check_story(record, why_seq(lab.trace, record.seq, language, names(lab)))


def whole(story: Story) -> str:
    """What the command and the pane show."""
    return "\n".join([why.text(story), *story.effects])


def check_story(record: Record, story: Story) -> None:
    assert story.decision
    assert "#None" not in why.text(story)
    if isinstance(record.event, CommandRun):
        assert story.causes == ()
        return
    assert story.causes[-1].command, (record, story)
    seqs = [cause.seq for cause in story.causes if cause.seq is not None]
    assert all(seq < record.seq for seq in seqs), (record, story)
    assert seqs == sorted(seqs, reverse=True)
    assert len(set(seqs)) == len(seqs)
    if story.language == "zh":
        told = re.sub(r"\w+ via \S+ dev|\S+ dev eth\d|Command: .*|命令：.*|❯ .*", "", whole(story))
        told = "\n".join(line for line in told.splitlines() if not line.startswith("  ["))
        assert not ENGLISH_RUN.search(told), told


# -- drops


def test_nothing_dropped_says_so() -> None:
    assert why_drop(two_containers().trace).decision == "Nothing has been dropped or refused so far."
    assert why_drop(two_containers().trace, "zh").seq is None


def test_a_port_that_is_taken() -> None:
    lab = Lab()
    lab.add_container("web", network="host")
    command(lab, "run web-2")
    lab.add_container("web-2", network="host")
    lab.scheduler.run_until_quiet()
    story = why_drop(lab.trace, "en", names(lab))
    assert story.decision == "nginx on host does not get TCP port 80 of every address: nginx has it."
    assert "EADDRINUSE" in " ".join(story.looked_at)
    again, line = story.causes
    assert again.seq is not None
    steps = sorted({record.step for record in lab.trace.since(again.seq)
                    if isinstance(record.event, events.BindRefused)})
    assert again.step == steps[0]
    assert again.text == f"the same {len(steps) - 1} times before, one after another", "the headline is said once"
    assert line.command == "run web-2"


def test_a_hub_makes_a_network_card_drop_what_is_for_another() -> None:
    lab = hub_of_three()
    ping(lab, "pc1", "10.0.0.2")
    story = why_drop(lab.trace, "en", names(lab))
    assert story.decision == ("pc3:eth0 drops the ICMP echo reply 1 from pc2 to pc1: its destination MAC is that of "
                              "another station, so the network card filters it out.")
    assert story.reference.startswith("skb_drop_reason OTHERHOST; net/ethernet/eth.c")
    assert "hub1 is a hub: it repeats" in story.causes[0].text
    assert story.causes[-1].command.startswith("ping pc1")


@pytest.mark.parametrize("begin", ["exec pc3 ip link set eth0 promisc on", "sniff pc3 icmp -c 9 &",
                                   "exec pc3 tcpdump -i eth0 &"])
def test_a_card_that_takes_every_frame_filters_nothing(begin: str) -> None:
    shell = Shell(hub_of_three())
    shell.execute(begin)
    ping(shell.lab, "pc1", "10.0.0.2")
    story = why_drop(shell.lab.trace, "en", names(shell.lab))
    assert story.decision.startswith("pc3:eth0 drops the ICMP echo reply 1")
    assert story.decision.endswith("the promiscuous card hands it to who listens in, and the IP stack drops it.")
    row = next(row for row in frame_log.rows(shell.lab, 0) if row.seq == story.seq)
    assert (row.verdict, row.reason) == ("overheard", "OTHERHOST"), "the log does not say that it was not for it"
    assert "混杂模式" in why_drop(shell.lab.trace, "zh").decision


def test_who_does_not_listen_any_more_has_its_card_filter_again() -> None:
    shell = Shell(hub_of_three())
    job = shell.execute("exec pc3 tcpdump -i eth0 -c 1 &")
    ping(shell.lab, "pc1", "10.0.0.2")
    assert job.is_done
    ping(shell.lab, "pc1", "10.0.0.2")
    assert why_drop(shell.lab.trace).decision.endswith("so the network card filters it out.")
    details = shell.execute("exec pc3 ip -d link show eth0")
    assert "promiscuity 0" in "".join(text for _stream, text in details.output)


def test_no_route() -> None:
    lab = hub_of_three()
    ping(lab, "pc1", "192.168.9.9")
    story = why_drop(lab.trace)
    assert story.decision == "pc1 has no route to 192.168.9.9, so nothing is sent."
    assert "the program gets ENETUNREACH, “Network is unreachable”" in story.looked_at
    assert why_drop(lab.trace, "zh").decision == "pc1 没有去往 192.168.9.9 的路由，因此什么也不发送。"


def test_nobody_answers_arp() -> None:
    lab = two_containers()
    ping(lab, "nginx-1", "172.17.0.99")
    drop = find(lab.trace, lambda e: isinstance(e, events.PacketDropped))
    story = why_seq(lab.trace, drop.seq)
    assert story.decision.endswith("from 172.17.0.2 to 172.17.0.99: nobody answered the ARP requests for 172.17.0.99.")
    assert story.causes[0].text == "Nobody answered for 172.17.0.99, so nginx-1:eth0 gives it up."
    assert "neighbour table: 172.17.0.99 FAILED" in story.looked_at
    assert "RFC 1122, 2.3.2.2" in story.reference
    assert story.causes[-1].command == "ping nginx-1 172.17.0.99"


def test_the_ttl_is_used_up() -> None:
    lab = routed()
    ping(lab, "pc1", "10.0.2.2", "-t", "1")
    story = why_drop(lab.trace)
    assert story.decision == ("r1:eth1 drops the ICMP echo request 1 from 10.0.1.2 to 10.0.2.2: its TTL is used up, so "
                              "it must not be forwarded.")
    assert story.looked_at == ("TTL 1 on arrival",)
    assert any("TTL used up on the way" in effect for effect in story.effects)
    assert why_drop(lab.trace, "zh").decision.endswith("TTL 已经用尽，不得再转发。")


def test_a_host_does_not_forward() -> None:
    lab = routed()
    lab.namespace("r1").write_sysctl("net.ipv4.ip_forward", 0)
    ping(lab, "pc1", "10.0.2.2")
    story = why_drop(lab.trace)
    assert story.decision.endswith("10.0.2.2 is no address of this host, and it forwards nothing for others.")
    assert "ip_forward is 0" in story.looked_at


def test_no_socket() -> None:
    lab = two_containers()
    command(lab, "udp")
    socket = UdpSocket(lab.namespace("nginx-1"), Process("nc", 1))
    socket.send(b"hello", parse_ipv4("172.17.0.3"), 53)
    lab.scheduler.run_until_quiet()
    story = why_drop(lab.trace)
    assert story.decision.startswith("nginx-2:eth0 drops the UDP datagram from 172.17.0.2 port ")
    assert story.decision.endswith(" to 172.17.0.3 port 53: no program has UDP port 53 open.")
    assert any("port unreachable" in effect for effect in story.effects)


def test_a_link_that_is_down() -> None:
    lab = two_containers()
    eth0 = lab.interface("nginx-1:eth0")
    route = ip_output.find_route(eth0.namespace, parse_ipv4("172.17.0.3"))
    assert not isinstance(route, str)
    command(lab, "ip link set eth0 down")
    link.set_down(eth0)
    eth0.transmit(find(lab.trace, lambda e: isinstance(e, events.FrameSent)).event.frame)
    story = why_drop(lab.trace)
    assert "cannot send" in story.decision
    assert story.decision.endswith("the interface is down, or the other end of its link is.")


def test_a_drop_before_a_record_can_be_asked_for() -> None:
    lab = hub_of_three()
    ping(lab, "pc1", "10.0.0.2")
    last = why_drop(lab.trace).seq
    assert last is not None
    earlier = why_drop(lab.trace, end=last).seq
    assert earlier is not None
    assert earlier < last


# -- table rows


def test_what_made_a_row() -> None:
    lab = two_containers()
    ping(lab, "nginx-1", "172.17.0.3")
    eth0 = lab.interface("nginx-1:eth0")
    entry = eth0.neighbours[parse_ipv4("172.17.0.3")]
    story = why_row(lab.trace, entry.seq, entry.address)
    assert story.decision.startswith("172.17.0.3 has answered: nginx-1:eth0 now knows that it is at")
    fdb = lab.docker().bridge.fdb.entries[eth0.mac]
    story = why_row(lab.trace, fdb.seq, eth0.mac)
    assert "host:docker0 learns that" in story.decision
    assert "the announcement that 172.17.0.2 is at" in story.causes[0].text
    assert story.causes[1].text.startswith("Docker announces 172.17.0.2 of nginx-1")
    named = why_row(lab.trace, fdb.seq, eth0.mac, "zh", Namer(lab)).causes[1].text
    assert named.startswith("Docker 通告 nginx-1 的地址 172.17.0.2，"), "its name stands there once"
    assert story.causes[-1].command == "docker run"


def test_a_forwarding_row_by_hand() -> None:
    lab = two_containers()
    bridge = lab.docker().bridge
    command(lab, "bridge fdb add")
    bridge.fdb.add_static(0x0A0000000001, bridge.ports[0], local=False, static=True)
    story = why_row(lab.trace, bridge.fdb.entries[0x0A0000000001].seq, 0x0A0000000001)
    assert story.decision.startswith("Somebody put 0a:00:00:00:00:01 into the table of host:docker0")
    assert [cause.command for cause in story.causes] == ["bridge fdb add"]


def test_every_row_finds_the_record_that_made_it() -> None:
    lab = two_containers()
    ping(lab, "nginx-1", "172.17.0.1")
    bridge = lab.docker().bridge
    for interface in (bridge, lab.interface("nginx-1:eth0")):
        for entry in interface.neighbours.values():
            seq = why_row(lab.trace, entry.seq, entry.address).seq
            assert seq is not None
            record = lab.trace.get(seq)
            assert record is not None
            assert record.event.new is entry.state
    for row in bridge.fdb.entries.values():
        story = why_row(lab.trace, row.seq, row.mac)
        assert ("was not learned" in story.decision) == row.local
        assert ("learns that" in story.decision) != row.local


def test_a_row_older_than_the_trace_says_so() -> None:
    lab = two_containers(cap=20)
    ping(lab, "nginx-1", "172.17.0.3")
    for seq in (3, None):
        assert why_row(lab.trace, seq, 1).decision == "What made this row is older than what the trace keeps."


# -- what is not there


def test_records_that_are_not_there() -> None:
    lab = two_containers()
    unmade = why_seq(lab.trace, lab.trace.end)
    assert unmade == Story(None, "en", f"There is no record #{lab.trace.end} yet.")
    assert why_seq(lab.trace, -1, "zh").decision == "还没有记录 #-1。"
    small = two_containers(cap=20)
    ping(small, "nginx-1", "172.17.0.3")
    assert why_seq(small.trace, 0).decision == "Record #0 is older than what the trace keeps."


def test_a_cause_older_than_the_trace_says_so() -> None:
    lab = two_containers(cap=20)
    ping(lab, "nginx-1", "172.17.0.3")
    lab.trace.trim()
    story = why_seq(lab.trace, find(lab.trace, is_reply).seq)
    assert story.causes[-1].seq is None
    assert story.causes[-1].text == "an earlier step, older than what the trace keeps"


def test_a_lab_built_without_a_command_has_causes_as_far_as_they_go() -> None:
    lab = Lab(1)
    lab.add_container("nginx-1")
    assert why_seq(lab.trace, 0).causes == ()
    lab.scheduler.run_until_quiet()
    for record_seq in range(lab.trace.end):
        assert why_seq(lab.trace, record_seq).decision


def test_a_long_chain_is_told_in_part() -> None:
    lab = two_containers()
    ping(lab, "nginx-1", "172.17.0.3", "-c", "100")
    story = why_seq(lab.trace, find(lab.trace, is_reply).seq)
    assert 20 < len(story.causes) <= MOST_CAUSES + 1
    assert re.fullmatch(r"\d+ more steps between", story.causes[-2].text)
    assert story.causes[-1].command.startswith("ping nginx-1")


def test_a_storm_is_explained_without_delay() -> None:
    lab = Lab(1)
    command(lab, "build a loop")
    for name in ("sw1", "sw2"):
        lab.add_switch(name)
    lab.connect("sw1", "sw2")
    lab.connect("sw1", "sw2")
    lab.add_host("pc1")
    lab.connect("pc1", "sw1")
    lab.set_ip("pc1", "10.0.0.1/24")
    lab.scheduler.run_until_quiet()
    command(lab, "ping")
    Ping(lab.namespace("pc1"), parse(["-c", "1", "10.0.0.2"]), 7).start()
    for _step in range(20_000):
        lab.scheduler.step()
    story = why_seq(lab.trace, lab.trace.end - 1)
    assert int(re.fullmatch(r"(\d+) more steps between", story.causes[-2].text)[1]) > 5_000  # type: ignore[index]
    assert story.causes[-1].command == "ping"


# -- hostile texts


def test_names_and_lines_bring_no_control_characters_and_no_end() -> None:
    lab = two_containers()
    command(lab, "echo \x1b[31m\u202e {x} {0}" + "y" * 100_000)
    lab.trace.record(NetworkRemoved("host\n", "{a}\x07"))
    story = why_seq(lab.trace, lab.trace.end - 1, "en", lambda _number, _at: "\x1b]0;evil\x07")
    for line in whole(story).splitlines():
        assert line.isprintable()
        assert len(line) < 1000
    assert "{a}" in story.decision
    told = why_seq(lab.trace, 60, "zh", lambda _number, _at: "\x1b]0;evil\x07{y}")
    assert all(line.isprintable() for line in whole(told).splitlines())


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no language 'fr'"):
        why_drop(two_containers().trace, "fr")


def test_drops_of_all_verdicts_are_found() -> None:
    lab = two_containers()
    command(lab, "nothing")
    frame = find(lab.trace, lambda e: isinstance(e, events.FrameSent)).event.frame
    verdict = Dropped(DropReason.DEV_READY)
    for event in (events.SendFailed(lab.interface("nginx-1:eth0"), frame, verdict),
                  (events.FrameReceived, lab.interface("nginx-1:eth0"), frame, verdict)):
        lab.trace.record(event)
        assert why_drop(lab.trace).seq == lab.trace.end - 1


@pytest.mark.parametrize(("language", "told"), [
    ("en", "drops the spanning tree's message from"), ("zh", "生成树消息")])
def test_a_host_that_hears_a_spanning_tree_is_not_told_of_an_ethertype(language: str, told: str) -> None:
    """“Type 0x0026” was the length of the frame."""
    session = Session(1)
    for line in ("add-host a", "add-switch s1", "connect a s1", "exec s1 ip link set br0 type bridge stp_state 1",
                 "wait 5s"):
        job = session.execute(line)
        session.run_while(lambda job=job: not job.is_done)  # type: ignore[misc]
    session.shell.language = language
    text = session.execute("why 27").out
    assert "0x0026" not in text
    assert told in text, text


def test_what_a_hook_did_stands_below_its_name() -> None:
    """A line that ended in a colon, with others beside it, read as if there was nothing behind."""
    session = Session()
    for line in ("docker run -d --name web nginx", "iptables -I DOCKER-USER -d 172.17.0.2 -j DROP", "add-host away",
                 "connect away host", "exec away ip addr add 10.9.0.2/24 dev eth0", "ip addr add 10.9.0.1/24 dev eth0",
                 "exec away ip route add default via 10.9.0.1", "iptables -t raw -F",
                 "exec away ping -c 1 -W 1 172.17.0.2"):
        session.run(line)
    lines = why_drop(session.lab.trace).looked_at
    at = next(at for at, line in enumerate(lines) if line.startswith("hook FORWARD"))
    assert lines[at + 1].startswith("  ")
