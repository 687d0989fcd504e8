"""The judge of fidelity: every lab that was captured on a real kernel, run here, must give the same.

Frames byte for byte at every interface, their order over the whole lab, times
within the kernel's own jitter, tables, and the outcome of each action.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from netsandbox.cli import main
from netsandbox.rig.actions import HANDLERS
from netsandbox.rig.performance import simulate
from tests.kernel import canon

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
MAY_DIFFER = {
    "vx_multicast_up": {"times"},
    "neigh_confirm_ping": {"order", "tables"},
    "neigh_default_ageing": {"times", "actions"},
    "neigh_long_ping": {"frames", "order", "times", "tables", "actions"},
    "neigh_probe_fails": {"times", "actions"},
    "neigh_probe_fails_sending": {"frames", "order", "times", "tables", "actions"},
    "neigh_states": {"times", "actions"},
    "neigh_stays": {"frames", "order", "times", "tables"},
    "arp_proxy": {"times", "order"},
    "fact_nat_ports": {"order", "tables", "actions"},
}
"""What a lab's `jitter` text names: it differs between two runs on the kernel as well."""
UNTIMED = {"addr_del_traffic": {"order"}}
"""Two of the rig's own threads race for the processor: which sends first is no matter of the kernel's."""


def load(path: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(path.read_text())
    return result


def is_simulated(lab: dict[str, Any]) -> bool:
    return all(action["do"] in HANDLERS for action in lab["actions"])


SIMULATED = [path for path in CASES if is_simulated(load(path)["lab"])]


@pytest.mark.parametrize("path", SIMULATED, ids=lambda path: path.stem)
def test_a_lab_gives_what_the_kernel_gave(path: Path) -> None:
    expected = load(path)
    found = json.loads(json.dumps(simulate(expected["lab"])))
    report = canon.compare(expected, found)
    allowed = MAY_DIFFER.get(path.stem, set()) | UNTIMED.get(path.stem, set())
    wrong = {kind: lines[:5] for kind, lines in report.items() if lines and kind not in allowed}
    assert not wrong, json.dumps(wrong, indent=1)


def test_enough_labs_are_simulated() -> None:
    assert len(SIMULATED) >= 190


def test_a_lab_with_a_device_that_is_not_modelled_is_refused_by_name(tmp_path: Path,
                                                                     capsys: pytest.CaptureFixture[str]) -> None:
    lab = tmp_path / "lab.json"
    lab.write_text(json.dumps({"name": "x", "nodes": {"h1": {"ifaces": {"t0": {"type": "team"}}}}, "links": [],
                               "actions": []}))
    assert main(["simulate", str(lab), "-o", str(tmp_path / "result.json")]) == 2
    assert "team" in capsys.readouterr().err
    assert not (tmp_path / "result.json").exists()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_seed_gives_the_same_frames(seed: int) -> None:
    expected = load(Path(__file__).parent / "cases" / "ping_cold.json")
    assert not any(canon.compare(expected, json.loads(json.dumps(simulate(expected["lab"], seed)))).values())


def test_the_comparison_sees_a_missing_frame() -> None:
    expected = load(Path(__file__).parent / "cases" / "ping_cold.json")
    found = json.loads(json.dumps(simulate(expected["lab"])))
    found["frames"]["c1:eth0"].pop()
    assert canon.compare(expected, found)["frames"]


@pytest.mark.parametrize(("lab", "word"), [
    ({}, "nodes"), ([], "nodes"), ({"nodes": {}, "action": []}, "action"), ({"nodes": {"a": 1}}, "nodes.a"),
    ({"nodes": {"a": {"iface": {}}}}, "'iface'"), ({"nodes": {"a": {"ifaces": {"e": {"typ": "veth"}}}}}, "'typ'"),
    ({"nodes": {"a": {"netns_of": "b"}}}, "'b'"), ({"nodes": {"a": {}}, "links": [["a:e", "a:f"]]}, "a:e"),
    ({"nodes": {"a": {"sysctl": {"net.ipv4.foo": 1}}}}, "net.ipv4.foo"),
    ({"nodes": {"a": {}}, "actions": [{"do": "fly"}]}, "'fly'"),
    ({"nodes": {"a": {}}, "actions": [{"do": "ping", "in": "b", "to": "10.0.0.1"}]}, "'b'"),
    ({"nodes": {"a": {}}, "actions": [{"do": "ping", "in": "a"}]}, "'to'"),
    ({"nodes": {"a": {}}, "actions": [{"do": ["ping"]}]}, "actions[0]"),
    ({"nodes": {"a": {}}, "actions": [{"do": "join"}, 7]}, "actions[1]"),
    ({"nodes": {"a": {}}, "actions": [{"do": "wait", "for": -1}]}, "actions[0].for"),
    ({"nodes": {"a": {}}, "actions": [{"do": "wait", "for": float("inf")}]}, "actions[0].for"),
    ({"nodes": {"a": {}}, "actions": [{"do": "exec", "in": "a", "argv": []}]}, "actions[0].argv"),
    ({"nodes": {"a": {}}, "actions": [{"do": "bind", "in": "a", "proto": "tcp", "port": 65536}]}, "65536"),
    ({"nodes": {"a": {}}, "actions": [{"do": "udp_send", "in": "a", "to": "10.0.0", "port": 1}]}, "'10.0.0'"),
    ({"nodes": {"a": {}}, "actions": 5}, "lab.actions"), ({"nodes": {"a": {}}, "linger": "long"}, "lab.linger"),
    ({"nodes": {"a": {}}, "setup": [["a"]]}, "setup[0]"), ({"nodes": {"a": {}}, "setup": [["b", "ip"]]}, "'b'"),
    ({"nodes": {"a": {"routes": "default"}}}, "nodes.a.routes"), ({"nodes": {"a": {"ifaces": []}}}, "nodes.a.ifaces"),
    ({"nodes": {"a": {"ifaces": {"e": {"mac": "02:00"}}}}}, "'02:00'"),
    ({"nodes": {"a": {"ifaces": {"sixteen-letters-": {}}}}}, "'sixteen-letters-'"),
    ({"nodes": {"a": {"netns_of": "a"}}}, "netns_of"),
    ({"nodes": {"a": {"iptables": ["-N X", "-t mangle -A POSTROUTING -j LED --led-trigger-id x"]}}}, "LED"),
    ({"nodes": {"a": {"sysctl": {"net.ipv4.ip_forward": []}}}}, "[]"),
    ({"nodes": {"a": {"ifaces": {"e": {}, "f": {}}}}, "links": [["a:e", "a:f"], ["a:e", "a:f"]]}, "in two links"),
    ({"nodes": {"a": {"ifaces": {"e": {}}}}, "links": [["a:e"]]}, "links[0]"),
    ({"nodes": {"a": {"ifaces": {"e": {}}}}, "links": [["a:e", {}]]}, "links[0]"),
    *(({"nodes": {"a": {"ifaces": {"e": {"type": kind}}}}}, "nodes.a.ifaces.e.type") for kind in (None, 1.5, [], {})),
    ({"nodes": {"a": {"ifaces": {"e": {"type": "vlan", "link": "b:e", "args": "id 1"}}}}}, "nodes.a.ifaces.e.link"),
    *(({"nodes": {"a": {}}, "actions": [{"do": "tcp_serve", "in": "a", "port": 1, "script": [step]}]}, "script")
      for step in ([[]], [{}, 1], ["sleep", []], [])),
    ({"nodes": {"a": {"ifaces": {"e": {"ip": ["x" * 9000]}, "f": {}}}}, "links": [["a:e", "a:f"]]}, "xxx"),
])
def test_a_wrong_lab_is_named(lab: Any, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lab.json"
    path.write_text(json.dumps(lab))
    assert main(["simulate", str(path)]) == 2
    error = capsys.readouterr().err
    assert word in error
    assert error.count("\n") == 1
    assert len(error) < 500 + len(str(path))


def test_what_is_no_json_or_no_file_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.json").write_text("{")
    assert main(["simulate", str(tmp_path / "broken.json")]) == 2
    assert "JSON" in capsys.readouterr().err
    assert main(["simulate", str(tmp_path / "absent.json")]) == 2
    assert "absent.json" in capsys.readouterr().err


def test_the_second_end_of_a_link_is_registered_first() -> None:
    ifaces: dict[str, Any] = {"x": {}, "y": {}}
    found = simulate({"nodes": {"a": {"ifaces": ifaces}}, "links": [["a:x", "a:y"]]})["interfaces"]
    assert found["a:y"]["ifindex"] < found["a:x"]["ifindex"]


def test_counters_of_lo_and_of_what_a_bridge_takes_leave_the_ethernet_header_out() -> None:
    expected = load(Path(__file__).parent / "cases" / "ping_self.json")["lab"]
    lab = {**expected, "actions": [{"do": "ping", "in": "c1", "to": "127.0.0.1"},
                                   {"do": "exec", "in": "c1", "argv": ["cat", "/proc/net/dev"]}]}
    out = simulate(lab)["actions"][1]["result"]["out"]
    assert [line.split()[1] for line in out.splitlines() if " lo:" in line] == ["168"]
