"""What `ip`, `bridge` and `cat` printed in the labs of tests/kernel, against the same labs on the simulated kernel."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from netsandbox.linux.core.devices.kind import all_kinds
from netsandbox.rig.actions import HANDLERS
from netsandbox.rig.performance import simulate

CASES = Path(__file__).resolve().parents[1] / "kernel" / "cases"
KINDS = {kind.name for kind in all_kinds()} | {"tap"}
MAC = r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"
TOOLS = ("ip", "bridge", "exec")
MOMENTARY = {
    "bridge_down": "the kernel notices a bridge's carrier up to a second after it came",
    "bridges_one_host": "which end of a veth pair inside one namespace the rig made first",
    "neigh_stays": "how long REACHABLE lasts is drawn at random",
}
"""Cases with a line that depends on the moment, or on chance."""


PORT_TIMERS = {"stp_cost_kinds"}
"""The machine took a second to make all the devices before it looked at a port's timers."""
RANDOM_MACS = {"vx_errors"}
WITHOUT_VLANS = {"bridge_link_text"}
"""Its kernel has no VLAN filtering, and lists no VLAN of a bridge."""


def without_random_macs(result: tuple[int, str, str], lab: dict[str, Any]) -> tuple[int, str, str]:
    known = {*re.findall(MAC, json.dumps(lab)), "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00"}
    return result[0], re.sub(MAC, lambda found: found[0] if found[0] in known else "MAC", result[1]), result[2]


def is_simulated(case: dict[str, Any]) -> bool:
    lab = case["lab"]
    kinds = {interface.get("type", "veth") for node in lab["nodes"].values()
             for interface in node.get("ifaces", {}).values()}
    filtered = any("iptables" in node for node in lab["nodes"].values()) or "iptables" in str(lab.get("setup", ""))
    return kinds <= KINDS and not filtered and all(a["do"] in HANDLERS for a in case["actions"]) and all(
        a["argv"][0] in ("cat", "ip") for a in case["actions"] if a["do"] == "exec")


def cases_with_tools() -> list[str]:
    found = []
    for path in sorted(CASES.glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        if any(action["do"] in TOOLS for action in case["actions"]) and is_simulated(case):
            found.append(path.stem)
    return found


def normal(words: str, result: dict[str, Any], lacks_vlans: bool = False) -> tuple[int, str, str]:
    """Without the rig's prefix, ages, the number of processors and of other namespaces, what a kernel without VLAN
    filtering does not print, and the order of a hash table."""
    out = re.sub(r"kl\d+-", "", result["out"])
    out = re.sub(r"expires \d+sec", "expires Nsec", out)
    out = re.sub(r"used \d+/\d+(/\d+)?", "used N", out)
    out = re.sub(r"(gc_timer|message_age_timer) +[\d.]+", r"\1 N", out)
    out = re.sub(r"num([tr])xqueues \d+", r"num\1xqueues N", out)
    out = re.sub(r"vlan_protocol 802.1Q bridge_id|vlan_default_pvid 1 vlan_stats_enabled 0 vlan_stats_per_port 0 group",
                 lambda found: found[0].rpartition(" ")[2], out)
    out = re.sub(r"(?m)^\S+ (dev \S+ )?vlan 1 master \S+ permanent\n?", "", out)
    if lacks_vlans:
        out = re.sub(r"(?m)^\S+ +1 PVID Egress Untagged\n", "", out)
    out = re.sub(r"link-netnsid \d+", "link-netnsid N", out)
    if "neigh" in words or words == "route show cache" or re.search(r"(?m)^\S+ dst ", out):
        out = "\n".join(sorted(out.splitlines()))
    return result["rc"], out, result["err"]


def without_port_timers(said: tuple[int, str, str]) -> tuple[int, str, str]:
    return said[0], re.sub(r"(hold_timer|forward_delay_timer) +[\d.]+", r"\1 N", said[1]), said[2]


def test_the_cases_are_there() -> None:
    assert len(cases_with_tools()) > 40


@pytest.mark.parametrize("name", cases_with_tools())
def test_each_line_prints_what_it_printed_on_the_kernel(name: str) -> None:
    case = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    ours = simulate(case["lab"])
    wrong = []
    for real, found in zip(case["actions"], ours["actions"], strict=True):
        if real["do"] in TOOLS:
            words = real.get("args") or " ".join(real.get("argv", []))
            lacks_vlans = name in WITHOUT_VLANS
            wanted, got = (normal(words, one["result"], lacks_vlans) for one in (real, found))
            if name in PORT_TIMERS:
                wanted, got = without_port_timers(wanted), without_port_timers(got)
            if name in RANDOM_MACS:
                wanted, got = without_random_macs(wanted, case["lab"]), without_random_macs(got, case["lab"])
            if wanted != got:
                wrong.append(f"{real['do']} {words}\nreal: {wanted}\nours: {got}")
    if name in MOMENTARY:
        assert len(wrong) <= 1, "\n\n".join(wrong)
    else:
        assert not wrong, "\n\n".join(wrong)
