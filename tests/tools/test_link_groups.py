"""`ip link`'s alias and group, as iproute2 6.15 on a real kernel."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

INVALID = 'Error: argument "{}" is wrong: Invalid "group" value\n\n'


@pytest.fixture
def lab() -> Session:
    session = Session(uplink=False)
    for line in ("ip netns add t", "ip -n t link add v0 type veth peer name p0"):
        assert session.run(line).code == 0
    return session


def test_an_alias_is_shown_below_the_device_and_in_sysfs(lab: Session) -> None:
    assert lab.run("ip -n t link set v0 alias 'hello world'").code == 0
    assert lab.run("ip -n t link show v0").out.endswith("brd ff:ff:ff:ff:ff:ff\n    alias hello world\n")
    assert lab.run("ip -n t -o link show v0").out.endswith("\\    alias hello world\n")
    assert '"ifalias":"hello world"' in lab.run("ip -n t -j link show v0").out
    assert "alias" in lab.run("ip -n t -d addr show v0").out
    assert "alias" not in lab.run("ip -n t addr show v0").out + lab.run("ip -n t -br link").out
    assert lab.run("ip netns exec t cat /sys/class/net/v0/ifalias").out == "hello world\n"
    lab.run("ip -n t link set v0 alias ''")
    assert "alias" not in lab.run("ip -n t link show v0").out
    assert lab.run("ip netns exec t cat /sys/class/net/v0/ifalias").out == ""
    assert lab.run("ip netns exec t sh -c 'echo two > /sys/class/net/v0/ifalias'").code == 0
    assert "    alias two\n" in lab.run("ip -n t link show v0").out


def test_an_alias_has_255_bytes_at_most(lab: Session) -> None:
    assert lab.run(f"ip -n t link set v0 alias {'x' * 255}").code == 0
    said = lab.run(f"ip -n t link set v0 alias {'y' * 256}")
    assert said.code == 255
    assert said.err.endswith("is wrong: alias too long\n\n")
    assert lab.run("ip netns exec t cat /sys/class/net/v0/ifalias").out == f"{'x' * 255}\n"


def test_a_group_is_shown_changed_and_deleted_as_one(lab: Session) -> None:
    for line in ("link add v1 group 5 type veth peer name p1", "link set v0 group 5", "link set group 5 up mtu 1400"):
        assert lab.run(f"ip -n t {line}").code == 0
    shown = lab.run("ip -n t -o link show group 5").out.splitlines()
    assert [line.split()[1] for line in shown] == ["v0@p0:", "v1@p1:"]
    assert all("mtu 1400" in line and "group 5 " in line for line in shown)
    assert lab.run("ip netns exec t cat /sys/class/net/v1/netdev_group").out == "5\n"
    assert "p0" in lab.run("ip -n t link show group default").out
    assert lab.run("ip -n t link del group 5").code == 0
    assert [line.split()[1] for line in lab.run("ip -n t -o link").out.splitlines()] == ["lo:"]


def test_the_other_end_of_a_pair_is_in_the_group_unless_it_is_described(lab: Session) -> None:
    lab.run("ip -n t link add v2 group 7 type veth")
    assert lab.run("ip -n t -o link show group 7").out.count("group 7") == 2


@pytest.mark.parametrize(("line", "code", "err"), [
    ("set v0 group dormant", 255, INVALID.format("dormant")), ("set v0 group -1", 255, INVALID.format("-1")),
    ("set v0 group 4294967295", 255, INVALID.format("4294967295")), ("set v0 group 4294967296", 0, ""),
    ("set v0 group 1 group 2", 255, 'Error: duplicate "group": "2" is the second value.\n'),
    ("set v0 alias", 255, 'Command line is not complete. Try option "help"\n'),
    ("set alias x", 255, 'Not enough information: "dev" argument is required.\n'),
    ("set a down", 255, 'Not enough information: "dev" argument is required.\n'),
    ("set b down", 255, 'Not enough information: "dev" argument is required.\n'),
    ("set group 9 down", 0, ""), ("set group 9 nope down", 1, 'Cannot find device "nope"\n'),
    ("del group 9", 2, "RTNETLINK answers: No such device\n"),
    ("del group default", 2, "RTNETLINK answers: Operation not permitted\n"),
    ("add group 4 type veth", 255, "group cannot be used when creating devices.\n")])
def test_what_is_refused_changes_nothing(lab: Session, line: str, code: int, err: str) -> None:
    before = lab.run("ip -n t link").out
    said = lab.run(f"ip -n t link {line}")
    assert (said.code, said.err) == (code, err)
    assert lab.run("ip -n t link").out == before


def test_lo_cannot_be_deleted_with_its_group(lab: Session) -> None:
    lab.run("ip -n t link set lo group 3")
    assert lab.run("ip -n t link del group 3").err == "RTNETLINK answers: Operation not supported\n"
