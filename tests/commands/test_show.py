"""`show`: its columns, and what it does not look at."""

from __future__ import annotations

import pytest

from netsandbox.commands.verbs.show import columns_of, table
from netsandbox.lab import views
from netsandbox.session.session import Session


def test_columns_are_as_wide_as_what_a_terminal_shows_of_their_longest_cell() -> None:
    text = table(("NAME", "主机", "X"), [("a", "甲乙丙", "1"), ("longest", "b", "")])
    assert text.splitlines() == ["NAME     主机    X", "a        甲乙丙  1", "longest  b"]
    assert {columns_of(line[:line.rindex(last)]) for line, last in zip(text.splitlines(), "X1", strict=False)} == {17}
    with pytest.raises(ValueError, match="zip"):
        table(("NAME", "HOST"), [("a",)])


def test_the_nodes_and_their_addresses_are_told_without_a_look_at_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    session.run("docker run -d --name one nginx")
    session.run("docker run -d --name two --network none nginx")
    session.run("ip netns add bare")
    monkeypatch.setattr(views, "_interface", None)
    rows = dict(line.split(maxsplit=1) for line in session.run("show nodes").out.splitlines()[1:])
    assert rows["one"].split()[-1] == "172.17.0.2/16"
    assert "/" not in rows["two"].removeprefix("container")
    assert rows["host"].endswith("172.17.0.1/16")
    assert rows["bare"].split()[-1] == "up"


def test_a_docker_networks_bridge_has_its_name_in_every_table_and_a_kind_its_word() -> None:
    session = Session()
    for line in ("docker network create app", "docker run -d --name web --network app nginx", "wait",
                 "ping -c 1 172.18.0.2"):
        session.run(line)
    for what in ("arp host", "mac", "interfaces host"):
        rows = [row for row in session.run(f"show {what}").out.splitlines() if "br-" in row]
        assert rows, what
        assert all(" (app)" in row for row in rows), what
    bridge = next(one for one in session.run("show interfaces host").out.split() if one.startswith("br-"))
    assert " (app)" in session.run(f"show mac {bridge}").out
    session.shell.language = "zh"
    assert [row.split()[1] for row in session.run("show nodes").out.splitlines()[1:3]] == ["主机", "容器"]


def test_a_mac_that_is_known_in_several_vlans_has_its_vlan_beside_it() -> None:
    """The same MAC stood at the same port once for each VLAN, and nothing told the rows apart."""
    session = Session()
    for line in ("add-host pc1", "add-switch sw", "connect pc1 sw"):
        session.run(line)
    assert session.run("show mac sw").out.splitlines()[1].split() == ["BRIDGE", "MAC", "PORT", "AGES", "IN"]
    for line in ("exec sw ip link set br0 type bridge vlan_filtering 1", "exec sw bridge vlan add dev p1 vid 20"):
        assert session.run(line).code == 0
    head, *rows = (line.split() for line in session.run("show mac sw").out.splitlines()[1:])
    assert head == ["BRIDGE", "MAC", "VLAN", "PORT", "AGES", "IN"]
    assert {row[2] for row in rows if row[3] == "p1"} >= {"1", "20"}


def test_a_hub_has_ports_and_no_addresses() -> None:
    """It only repeats: an lo with 127.0.0.1/8 stood among its ports."""
    session = Session()
    for line in ("add-hub hub1", "add-host pc1", "connect pc1 hub1"):
        session.run(line)
    assert [line.split()[0] for line in session.run("show interfaces hub1").out.splitlines()[2:]] == ["p1"]
    assert "127.0.0.1" not in session.run("show interfaces hub1").out
    assert "127.0.0.1" in session.run("show interfaces pc1").out
