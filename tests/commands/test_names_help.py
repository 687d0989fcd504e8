"""What helps somebody who mistypes or asks for a name: the nearest node, the resolver's failure, who has a port."""

from __future__ import annotations

import pytest

from netsandbox.commands.prompt.near_names import near_note
from netsandbox.explain.refusals import noted, translated
from netsandbox.lab.uplink import DEFAULT_LAN
from netsandbox.session.session import Session


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session(uplink=DEFAULT_LAN)
    for line in ("add-container nginx-1", "add-container nginx-2", "docker run -d --name web -p 8080:80 nginx",
                 "docker run -d --name hn --network host nginx"):
        made.run(line)
    return made


def said(session: Session, line: str) -> str:
    return "".join(text for _stream, text in session.run(line).output)


@pytest.mark.parametrize(
    "line",
    ["ping ngnix-1 nginx-2", "ping nginx-2 ngnix-1", "arping ngnix-1 nginx-2", "traceroute ngnix-1 nginx-2",
     "exec ngnix-1 ip addr", "enter ngnix-1", "sniff ngnix-1", "link ngnix-1 down", "show arp ngnix-1",
     "why arp ngnix-1 172.17.0.3", "trace ngnix-1 nginx-2", "serve-http ngnix-1", "remove ngnix-1",
     "set-ip ngnix-1 10.0.0.1/24", "connect ngnix-1 nginx-2"],
)
def test_a_node_that_is_nearly_there(session: Session, line: str) -> None:
    """The nearest name is told, and no program runs."""
    assert said(session, line).endswith("'ngnix-1'; did you mean 'nginx-1'?\n")


def test_a_program_that_finds_no_name_is_told_the_nearest(session: Session) -> None:
    assert near_note(session.lab, session.run("ping -c 1 ngnix-1")) == "note: did you mean 'nginx-1'?"
    assert "note" not in said(session, "ping -c 1 -W 1 127.0.0.9")


@pytest.mark.parametrize(("line", "meant"), [
    ("ip netns exec mine ip neigh flush all", "exec mine ip neigh flush all"),
    ("sudo ip netns exec nginx-1 ping -c 1 127.0.0.1", "exec nginx-1 ping -c 1 127.0.0.1"),
    ("ip -n mine addr", "exec mine ip addr")])
def test_a_node_that_is_no_namespace_is_entered_otherwise(session: Session, line: str, meant: str) -> None:
    """Tutorials have `ip netns exec`; the tool's own error stays."""
    session.run("add-host mine")
    told = said(session, line)
    assert told.startswith('Cannot open network namespace "')
    assert told.endswith(f"\nTry:  {meant}\n")
    assert "Try" not in said(session, "ip netns exec nobody ip addr")
    session.run("ip netns add own")
    assert "Try" not in said(session, "ip netns exec own false")


@pytest.mark.parametrize(("line", "own", "near"), [
    ("docker exec ngnix-1 ls", "Error response from daemon: No such container: ngnix-1", "nginx-1"),
    ("docker rm nginx1", "Error response from daemon: No such container: nginx1", "nginx-1"),
    ("iptables -A DOCKER-USR -p icmp -j DROP", "iptables: No chain/target/match by that name.", "DOCKER-USER"),
    ("iptables -A INPUT -j DROPP", (
        "iptables v1.8.11 (nf_tables): Chain 'DROPP' does not exist\n"
        "Try `iptables -h' or 'iptables --help' for more information."), "DROP"),
    ("ip link set dokcer0 up", 'Cannot find device "dokcer0"', "docker0"),
    ("exec nginx-1 ip link set eht0 up", 'Cannot find device "eht0"', "eth0"),
    ("ip -n bleu addr", 'Cannot open network namespace "bleu": No such file or directory', "blue"),
    ("curl nginx1", "curl: (6) Could not resolve host: nginx1", "nginx-1"),
    ("sysctl net.ipv4.ip_forwad",
     "sysctl: cannot stat /proc/sys/net/ipv4/ip_forwad: No such file or directory", "net.ipv4.ip_forward"),
    ("ip neigh flsh all", 'Command "flsh" is unknown, try "ip neigh help".', "flush"),
    ("bridge fbd show", 'Object "fbd" is unknown, try "bridge help".', "fdb"),
    ("docker run -d -net=host nginx", (
        "unknown shorthand flag: 'n' in -net=host\n\n"
        "Usage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker run --help' for more information"),
     "--net=host"),
    ("ls; lear", "bash: lear: command not found", "clear")])
def test_below_a_tools_own_words_a_note_tells_the_near_name(session: Session, line: str, own: str, near: str) -> None:
    session.run("ip netns add blue")
    job = session.run(line)
    assert job.code
    meant = near_note(session.lab, job)
    assert (job.err, meant) == (f"{own}\n", f"note: did you mean {near!r}?"), "the tool says nothing else"
    assert noted(meant, "zh") == f"提示：是不是“{near}”？"


def test_a_command_that_is_none_is_noted_though_the_line_s_last_one_did_well(session: Session) -> None:
    assert near_note(session.lab, session.run("lear; true")) == "note: did you mean 'clear'?"
    assert said(session, "nsneter -t 1 -n ip a") == "unknown command 'nsneter'; did you mean 'nsenter'?\n"


def test_a_node_that_stands_first_is_told_how_a_line_runs_in_it(session: Session) -> None:
    told = said(session, "nginx-1 arp -n")
    assert told == "unknown command 'nginx-1'; `exec nginx-1 …` runs a line in it\n"
    assert translated(told.rstrip(), "zh") == "没有命令“nginx-1”；`exec nginx-1 …` 在里面运行命令"


def test_the_value_of_an_option_is_no_misspelt_node() -> None:
    """Of `-c 1` it was asked whether w1 was meant, where why should have been named."""
    session = Session()
    session.run("add-host w1")
    job = session.run("ping w1 10.0.0.77 -c 1")
    assert job.code
    assert (job.err, near_note(session.lab, job)) == ("ping: connect: Network is unreachable\n", "")


IPV6 = "note: IPv6 is not modelled"


@pytest.mark.parametrize("line", [
    "ip -6 addr", "ip -6 route", "ip -6 neigh", "ip -f inet6 rule", "ss -6", "ss -f inet6", "netstat -6",
    "conntrack -L -f ipv6", "docker exec nginx-1 ip -6 addr"])
def test_an_empty_table_of_ipv6_says_that_there_is_none(session: Session, line: str) -> None:
    """A reader took it for a host without addresses."""
    assert near_note(session.lab, session.run(line)) == IPV6
    assert near_note(session.lab, session.run(line.replace("inet6", "inet").replace("6", "4"))) == ""


@pytest.mark.parametrize("line", ["ping -6 ::1", "ping ::1", "ip addr add fd00::1/64 dev eth0",
                                  "sysctl net.ipv6.conf.all.forwarding", "tracepath ::1"])
def test_below_what_a_tool_says_of_an_address_of_ipv6_stands_that_there_is_none(session: Session, line: str) -> None:
    assert near_note(session.lab, session.run(line)) == IPV6


@pytest.mark.parametrize("line", ["nc -6 localhost 80", "curl -6 localhost", "dig -6 localhost", "wget -6 localhost",
                                  "traceroute -6 ::1", "mtr -6 ::1", "fping -6 ::1", "iperf3 -6 -s", "telnet -6 ::1"])
def test_a_program_that_is_asked_for_ipv6_says_that_there_is_none(session: Session, line: str) -> None:
    job = session.run(line)
    assert job.err.endswith(f"{line.split()[0]}: -6 is not modelled: the sandbox has no IPv6\n")
    assert near_note(session.lab, job) == ""
    assert translated(job.err.rstrip(), "zh").endswith("没有模拟 -6：沙盒没有 IPv6")


def test_sockets_that_take_both_families_are_listed_without_a_note(session: Session) -> None:
    told = session.run("exec hn ss -6 -ltn")
    assert "*:80" in told.out or "[::]:80" in told.out
    assert near_note(session.lab, told) == ""


@pytest.mark.parametrize("line", ["docker compose up -d", "docker compose -f compose.yaml up -d"])
def test_of_a_compose_file_that_is_not_in_the_sandbox_it_is_told_how_one_s_own_is_opened(
        session: Session, line: str) -> None:
    note = near_note(session.lab, session.run(line))
    assert note == "note: these are the sandbox's own files; `load FILE` opens a Compose file of yours as a lab"
    assert noted(note, "zh").startswith("注意：这里是沙盒自己的文件；")
    assert "load compose.yaml" in said(session, "help compose")


@pytest.mark.parametrize("line", ["docker exec zzzzz ls", "ip link set zzz9 up", "ip -n zzz addr", "docker ps",
                                  "docker exec nginx-1 ip link set zzz9 up", "iptables -F ZZZZ", "ping zzz"])
def test_of_what_is_near_no_name_nothing_is_noted(session: Session, line: str) -> None:
    assert near_note(session.lab, session.run(line)) == ""


def test_help_knows_the_near_names_of_tools_too(session: Session) -> None:
    assert said(session, "help iptabels") == "no help on 'iptabels'; did you mean 'iptables'?\n"
    assert said(session, "help tcpdmp") == "no help on 'tcpdmp'; did you mean 'tcpdump'?\n"


def test_what_one_made_is_named_before_the_hosts_of_the_internet(session: Session) -> None:
    """They were more than are told of, and stood first."""
    session.run("add-host mine")
    told = said(session, "exec zzz ip addr")
    assert told.index("mine") < told.index("uplink")
    session.run("remove mine")


def test_options_may_stand_before_from_and_to(session: Session) -> None:
    assert "2 packets transmitted, 2 received" in said(session, "ping -i 0.1 -c 2 nginx-1 nginx-2")
    assert "did you mean 'nginx-1'?" in said(session, "ping -c 2 nginx-2 ngnix-1")


def test_hops_and_hosts_are_still_pings_own(session: Session) -> None:
    """Two operands that are no names of nodes are ping's: a hop and a target; a name that is near none is looked up."""
    assert "did you mean" not in said(session, "ping -c 1 -W 1 172.17.0.2 172.17.0.3")
    assert said(session, "ping ngnix1 ngnix2") == "no host or container 'ngnix1'; did you mean 'nginx-1'?\n"
    assert said(session, "ping -c 1 example.nowhere") == "ping: example.nowhere: Name or service not known\n"


@pytest.mark.parametrize("line", ["exec nginx-1 ping -c 1 nginx-2", "docker exec nginx-1 curl http://nginx-2/"])
def test_why_tells_of_a_name_without_an_address(session: Session, line: str) -> None:
    said(session, line)
    told = said(session, "why")
    assert told.startswith("A program on nginx-1 wants the address of nginx-2 and gets none: no such name is known.\n")
    assert "none of them is Docker's" in told
    assert told.rstrip().endswith(f"❯ {line}")


def test_why_tells_on_which_networks_the_two_are_whom_no_name_joins() -> None:
    session = Session()
    for line in ("docker network create front", "docker run -d --name web --net front nginx",
                 "docker network create back", "docker run -d --name db --net back redis", "wait",
                 "docker exec web curl -m 2 db:6379"):
        session.run(line)
    assert "\n  db is on back, web on front: " in said(session, "why")
    assert "\n  db 在网络 back 上，web 在网络 front 上：" in said(session, "why --lang zh")
    said(session, "docker exec web curl -m 2 nowhere")
    assert "is on" not in said(session, "why").partition("networks that web is on")[2], "no container has that name"
    session.run("docker network connect back web")
    said(session, "docker exec web curl -m 2 db:6379")
    assert "on front" not in said(session, "why"), "it is found"


def test_why_of_two_nodes_is_the_last_that_ended_between_them() -> None:
    session = Session()
    for line in ("docker network create front", "docker run -d --name web --net front nginx",
                 "docker network create back", "docker run -d --name db --net back redis", "wait",
                 "docker exec web curl -m 2 db:6379"):
        session.run(line)
    assert said(session, "why web db").startswith("A program on web wants the address of db and gets none")
    said(session, "docker exec web ping -c 1 -W 1 172.19.0.2")
    said(session, "docker exec web ping -c 1 -W 1 10.99.0.1")
    assert "echo request 1 from web to db" in said(session, "why db web").partition("\n")[0]
    assert said(session, "why can db not reach web?") == said(session, "why db web")
    assert said(session, "why web host").startswith("nothing between web and host was dropped or refused")
    assert said(session, "why web nowhere") == "no host or container 'nowhere'; there are: web, db, host\n"


def test_why_takes_an_address_for_one_of_the_two_and_names_what_is_none() -> None:
    session = Session()
    for line in ("add-container one", "ping one 172.17.0.9"):
        session.run(line)
    assert "nobody answered the ARP requests for 172.17.0.9" in said(session, "why one 172.17.0.9")
    assert said(session, "why one 8.8.8.8") == (
        "nothing between one and 8.8.8.8 was dropped or refused, in all that the trace keeps\n")
    assert said(session, "why one tow").startswith("no host or container 'tow'")


def test_why_of_one_address_or_node_alone_is_of_all_that_it_sent_or_was_to_get() -> None:
    session = Session()
    for line in ("add-container one", "add-container two", "ping one 172.17.0.9"):
        session.run(line)
    assert said(session, "why 172.17.0.9") == said(session, "why one") == said(session, "why one 172.17.0.9")
    assert said(session, "why two") == "nothing of two was dropped or refused, in all that the trace keeps\n"
    assert said(session, "why tow").startswith("why takes nothing, a record's number, one or two nodes")


def test_why_of_a_row_that_has_gone_tells_what_took_it() -> None:
    session = Session()
    for line in ("add-container one", "add-container two", "arp-model classic", "ping one two", "wait 6m"):
        session.run(line)
    assert said(session, "why arp one two").startswith("The time of the row for 172.17.0.3 (two) on one:eth0 is over")
    assert "← #" in said(session, "why arp one 172.17.0.3")
    assert "forgets" in said(session, "why fdb docker0 two").split("\n")[0]
    assert said(session, "why arp one 172.17.0.9") == "one has no neighbour row for 172.17.0.9; it has none\n"


def test_why_tells_what_a_line_still_waits_for() -> None:
    """Of a ping that gives up before ARP does, the drop comes later."""
    session = Session()
    for line in ("add-host a", "add-host b", "connect a b", "set-ip a 10.0.0.1/24", "ping a 10.0.0.2 -W 1"):
        session.run(line)
    assert session.run("why").out.startswith("The last line met no drop and no refusal so far. It waits for")
    session.run("wait 5s")
    session.run("why")
    assert "NEIGH_FAILED" in session.run("why").out


def test_why_tells_of_dockers_own_name_server() -> None:
    made = Session(uplink=DEFAULT_LAN)
    for line in ("docker network create app", "docker run -d --name aa --network app nginx"):
        made.run(line)
    made.run("docker exec aa curl http://nobody/")
    assert "name server 127.0.0.11: Docker's" in said(made, "why")


@pytest.mark.parametrize(("port", "process", "container"), [(80, "nginx", "hn"), (8080, "docker-proxy", "web")])
def test_why_port_names_the_container(session: Session, port: int, process: str, container: str) -> None:
    told = said(session, f"why port host {port}")
    assert told.startswith(f"{process} takes TCP port {port}")
    assert f"  the container that has it: {container}\n" in told


def test_why_alone_names_the_container_that_has_the_port() -> None:
    """Of a fight between two programs of one name, whichever way it is asked about."""
    made = Session(uplink=DEFAULT_LAN)
    for line in ("docker run -d --net=host --name h1 nginx", "docker run -d --net=host --name h2 nginx", "wait"):
        made.run(line)
    assert "nginx has it.\n" in said(made, "why")
    assert "  the container that has it: h1\n" in said(made, "why")
    made.run("docker rm -f h1")
    assert "has it:" not in said(made, "why")


def test_a_bridge_is_no_node_and_says_on_which_one_it_is() -> None:
    made = Session()
    made.run("docker run -d --name web nginx")
    job = made.run("sniff docker0 -c 1")
    assert (job.code, job.err) == (1, "no host or container 'docker0'; did you mean 'host:docker0'?\n")
    made.run("add-host other")
    made.run("exec other ip link add docker0 type bridge")
    assert "did you mean 'host:docker0'" not in made.run("sniff docker0 -c 1").err, "there are two"
