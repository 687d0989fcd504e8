"""The same seed and the same lines give the same bytes, whatever Python hashes strings to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HASH_SEEDS = ("0", "1", "4242")
LAB = """\
add-container a
add-container b --image redis
add-host pc1
add-host pc2
add-host pc3
add-host pc4
add-switch sw1
add-switch sw2
add-hub hub1
connect pc1 sw1
connect pc2 sw1
connect sw1 hub1
connect hub1 sw2
connect pc3 sw2
connect pc4 hub1 --latency 3ms
set-ip pc1 10.0.0.1/24
set-ip pc2 10.0.0.2/24
set-ip pc3 10.0.0.3/24
set-ip pc4 10.0.0.4/24
ping pc1 pc2
ping pc1 pc3 -c 2 &
ping pc2 pc4 -c 1 -s 4000
ping a b
toggle-host-net a
ping pc1 10.0.0.77
exec pc1 ip neigh
exec sw1 bridge fdb show
show frames
remove pc3
wait 6s
exec host iptables -S
exec host sysctl -a
show topology
"""


def run(arguments: list[str], hash_seed: str, pcapng: Path) -> tuple[bytes, bytes]:
    """What a run prints, and the capture that it writes."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "netsandbox", "run", *arguments, "--json", "--trace", "--pcapng", str(pcapng)]
    done = subprocess.run(command, env=environment, cwd=pcapng.parent, capture_output=True, check=False,
                          input=LAB.encode())
    assert not done.stderr, done.stderr.decode()
    assert done.stdout.startswith(b"{")
    return done.stdout, pcapng.read_bytes()


@pytest.mark.parametrize("scenario", ["docker0-ping", "switch-learning", "two-port-bridge", "-"])
def test_output_and_capture_are_the_same_under_any_hash_seed(tmp_path: Path, scenario: str) -> None:
    runs = {seed: run([scenario], seed, tmp_path / "all.pcapng") for seed in HASH_SEEDS}
    output, capture = runs["0"]
    assert len(output) > 1000
    assert len(capture) > 1000
    assert set(runs.values()) == {(output, capture)}


def test_another_lab_seed_makes_another_lab(tmp_path: Path) -> None:
    """So that sameness above is not for want of chance."""
    one, other = (run(["-", "--seed", seed], "0", tmp_path / "all.pcapng") for seed in ("1", "2"))
    assert one[0] != other[0]
    assert one[1] != other[1]
