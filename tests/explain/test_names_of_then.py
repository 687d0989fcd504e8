"""A record is told with the names of when it was made, and `why` says whether it is about the last line."""

from __future__ import annotations

import pytest

from netsandbox.commands.shell import Shell
from netsandbox.lab import frame_log
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import Namer
from netsandbox.session.keeping import KeptSession


class Typed:
    """A lab, and lines typed into it."""

    def __init__(self, *lines: str) -> None:
        self.shell = Shell(Lab())
        for line in lines:
            self.run(line)

    def run(self, line: str) -> str:
        job = self.shell.execute(line)
        scheduler = self.shell.lab.scheduler
        scheduler.run_while(lambda: not job.is_done)
        scheduler.run_until_quiet()
        return "".join(text for _stream, text in job.output)

    def log(self, line: str) -> list[tuple[str, str]]:
        """Who sent and who was meant, of each frame of a line."""
        first = self.shell.lab.trace.end
        self.run(line)
        return self.ends(first)

    def ends(self, first: int) -> list[tuple[str, str]]:
        return [(row.source, row.destination) for row in frame_log.rows(self.shell.lab, first)]


@pytest.fixture
def pair() -> Typed:
    return Typed("add-container aa", "add-container bb")


def test_addresses_that_change_hands(pair: Typed) -> None:
    pair.run("exec aa ping -c 1 8.8.8.8")
    told = pair.run("why")
    assert "the ICMP echo request 1 from aa to 8.8.8.8" in told
    pair.run("set-ip aa 172.17.0.3/16")
    pair.run("set-ip bb 172.17.0.2/16")
    assert pair.run("why").splitlines()[1:] == told.splitlines()


def test_the_log_keeps_the_names_of_who_is_gone(pair: Typed) -> None:
    first = pair.shell.lab.trace.end
    ends = pair.log("ping aa bb")
    assert ("aa", "bb") in ends
    pair.run("docker rm -f bb")
    pair.run("ip link set docker0 address 02:00:00:00:00:99")
    assert pair.ends(first)[:len(ends)] == ends


def test_a_mac_that_is_set_anew(pair: Typed) -> None:
    lab = pair.shell.lab
    mac, before = lab.interface("aa:eth0").mac, lab.trace.end
    pair.run("set-mac aa 02:00:00:00:00:07")
    pair.run("set-mac bb " + ":".join(f"{byte:02x}" for byte in mac.to_bytes(6, "big")))
    namer = Namer(lab)
    assert (namer.of_mac(mac, before), namer.of_mac(mac, lab.trace.end), namer.of_mac(mac)) == ("aa", "bb", "bb")


def test_two_who_have_one_address() -> None:
    two = Typed("add-host h1", "add-host h2", "connect h1 h2", "set-ip h1 10.0.0.1/24", "set-ip h2 10.0.0.1/24")
    lab = two.shell.lab
    assert Namer(lab).of_address(0x0A000001, lab.trace.end) == "h1/h2"
    two.run("set-ip h1 10.0.0.2/24")
    assert Namer(lab).of_address(0x0A000001, lab.trace.end) == "h2"


def test_broadcasts_and_what_nobody_has(pair: Typed) -> None:
    namer, end = Namer(pair.shell.lab), pair.shell.lab.trace.end
    assert namer(0xFFFFFFFFFFFF, end) == "everyone"
    assert namer(0xAC11FFFF, end) == "everyone"
    assert namer(0x01005E000001, end) == "group"
    assert namer(0x08080808, end) == "8.8.8.8"


def test_a_drop_of_an_earlier_line_is_said_to_be_one(pair: Typed) -> None:
    pair.run("exec aa ping -c 1 8.8.8.8")
    assert pair.run("why").startswith("host:docker0 drops")
    pair.run("ping aa bb")
    assert pair.run("why").startswith("The last line met no drop and no refusal. The last one before it:\nhost:docker0")
    assert pair.run("why --lang zh").startswith("上一行命令没有遇到丢弃或拒绝。")


def test_a_line_that_failed_by_itself_is_told_of(pair: Typed) -> None:
    pair.run("docker run -d -net=host nginx")
    failed, nothing = pair.run("why").splitlines()
    assert failed == ("The last line failed (exit status 125): “unknown shorthand flag: 'n' in -net=host”. It met no "
                      "drop and no refusal.")
    assert nothing == "Nothing has been dropped or refused so far."
    pair.run("exec aa ping -c 1 8.8.8.8")
    pair.run("add-host aa")
    failed, before, story, *_ = pair.run("why --lang zh").splitlines()
    assert failed == "上一行命令失败了（退出码 1）：“there is already a node 'aa'”；它没有发出过被丢弃或拒绝的包。"
    assert before == "在它之前最近的一次丢弃或拒绝："
    assert story.startswith("host:docker0")
    pair.run("exec aa false")
    assert pair.run("why").startswith("The last line met no drop and no refusal."), "it said nothing"


@pytest.mark.parametrize("line", ["ip link set docker0 down", "bridge link set dev VETH state 0"])
def test_a_closed_port_names_the_line_that_closed_it(pair: Typed, line: str) -> None:
    pair.run("ping aa bb")
    veth = pair.shell.lab.interface("aa:eth0").peer
    assert veth is not None
    line = line.replace("VETH", veth.name)
    pair.run(line)
    pair.run("exec aa ping -c 1 -W 1 172.17.0.3")
    told = pair.run("why")
    assert f"Port {veth.name} of host:docker0 is disabled now ← ❯ {line}" in told


def test_a_frame_that_would_be_flooded_to_nobody(pair: Typed) -> None:
    pair.run("ping aa bb")
    pair.run("link bb:eth0 down")
    pair.run("exec aa ping -c 1 -W 1 172.17.0.3")
    assert "nobody knows where" in pair.run("why")


def test_a_switch_whose_other_port_is_down_says_which_line_closed_it() -> None:
    two = Typed("add-switch sw", "add-host aa", "add-host bb", "connect aa sw", "connect bb sw",
                "set-ip aa 10.0.0.1/24", "set-ip bb 10.0.0.2/24", "ping aa bb", "link sw:p2 down", "ping aa bb -W 1")
    told = two.run("why")
    assert "no other port forwards" in told
    assert "Port p2 of sw is disabled now ← ❯ link sw:p2 down" in told


def test_an_interface_that_is_down() -> None:
    two = Typed("add-host h1", "add-host h2", "connect h1 h2", "set-ip h1 10.0.0.1/24", "set-ip h2 10.0.0.2/24",
                "ping h1 h2", "exec h1 ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:77 dev eth0",
                "link h2 down", "exec h1 ip route add 10.0.0.0/24 dev eth0", "exec h1 ping -c 1 -W 1 10.0.0.2")
    told = two.run("why")
    assert "has no carrier any more, because the other end is down or gone ← ❯ link h2 down" in told


def test_names_do_where_numbers_do(pair: Typed) -> None:
    pair.run("ping aa bb")
    lab = pair.shell.lab
    mac = ":".join(f"{byte:02x}" for byte in lab.interface("bb:eth0").mac.to_bytes(6, "big"))
    assert pair.run("why arp aa bb") == pair.run("why arp aa 172.17.0.3")
    assert pair.run("why fdb docker0 bb") == pair.run(f"why fdb docker0 {mac}")
    assert "it has 172.17.0.3" in pair.run("why arp aa cc")
    assert "has no row for cc" in pair.run("why fdb docker0 cc")


def test_a_network_that_docker_named_has_its_own_name_beside_it() -> None:
    app = Typed("docker network create app", "docker run -d --name aa --network app nginx",
                "docker run -d --name bb --network app nginx", "wait", "ping aa bb -c 1")
    bridge = app.shell.lab.host("host").docker.networks["app"].bridge.name
    assert f"host:{bridge} (app) floods the ARP request" in app.run("why arp aa bb")


def test_who_has_a_port(pair: Typed) -> None:
    assert pair.run("why port aa 80").startswith("nginx takes TCP port 80")
    assert pair.run("why port host 80") == (
        "nobody on host has taken port 80, or was refused it, in all that the trace keeps\n")
    assert pair.run("why port host 99999") == "'99999' is no port: a number from 0 to 65535\n"
    pair.run("docker run -d --net=host --name web nginx")
    pair.run("docker run -d --net=host --name web-2 nginx")
    assert pair.run("why port host 80").startswith("nginx on host does not get TCP port 80 of every address: nginx has")


def test_a_locked_port_was_not_closed(pair: Typed) -> None:
    pair.run("link aa:eth0 down")
    pair.run("link aa:eth0 up")
    veth = pair.shell.lab.interface("aa:eth0").peer
    assert veth is not None
    pair.run(f"bridge link set dev {veth.name} locked on")
    pair.run("ping aa bb -c 1 -W 1")
    *_rows, last = (row for row in frame_log.rows(pair.shell.lab, 0) if row.dropped)
    told = pair.run(f"why {last.seq}")
    assert "the bridge port is locked" in told
    assert "since #" not in told


def test_the_networks_that_part_a_container_from_an_alias_are_named() -> None:
    """A service of Compose's is asked for by its alias, and of that no network was told."""
    session = KeptSession(1)
    for line in ("docker network create n1", "docker network create n2",
                 "docker run -d --name web-1 --network n1 --network-alias web nginx",
                 "docker run -d --name api --network n2 alpine sleep 1d", "docker exec api ping -c 1 web"):
        session.run(line)
    assert "web is on n1, api on n2" in session.run("why").out
