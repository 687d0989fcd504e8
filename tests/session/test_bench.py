"""`netsandbox bench`: what it prints is of the workload that was asked for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from netsandbox.bench import Pinger, build, moments, w1
from netsandbox.bench.workloads import Ends
from netsandbox.cli import main
from netsandbox.engine import collector
from netsandbox.lab.lab import Lab

KEYS = ["workload", "n", "deliveries", "records", "cpu_s", "wall_s", "max_rss_kb"]


def bench(*words: str) -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, "-m", "netsandbox", "bench", *words, "--json"], capture_output=True,
                          text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_all_prints_a_line_for_each_promised_workload() -> None:
    results = bench("all", "-n", "4")
    assert [list(result) for result in results] == [KEYS] * 4
    assert [(result["workload"], result["n"]) for result in results] == [("w1", 4), ("w2", 4), ("w3", 4), ("w4", 4)]
    pairs, hops, both_ways = 4 * 3, 2, 2
    assert results[0]["deliveries"] > pairs * hops * both_ways, "ARP as well"
    assert results[1]["deliveries"] >= 1000 * 4
    assert results[2]["deliveries"] >= 4 * hops * both_ways
    segments = 10
    assert results[3]["deliveries"] >= 4 * segments * hops
    assert all(result["cpu_s"] > 0 for result in results)


def test_more_containers_than_a_bridge_has_ports_are_refused() -> None:
    for words in (["w2", "-n", "1024"], ["w1", "-n", "2000"], ["all", "-n", "1024"]):
        done = subprocess.run([sys.executable, "-m", "netsandbox", "bench", *words], check=False, capture_output=True,
                              text=True)
        assert (done.returncode, done.stdout) == (2, "")
        assert "1023 ports" in done.stderr
        assert "Traceback" not in done.stderr


def test_rows_and_refusals_are_told_in_chinese_too(monkeypatch: pytest.MonkeyPatch,
                                                   capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(["bench", "w2", "-n", "3"]) == 0
    assert re.fullmatch(r"w2  n 3  送达 [\d,]+  记录 [\d,]+  CPU \d+ ms（每个 [\d.]+ µs）  内存峰值 [\d,]+ MiB\n",
                        capsys.readouterr().out)
    assert main(["bench", "w2", "-n", "5000"]) == 2
    assert "网桥" in capsys.readouterr().err


def test_build_makes_containers_and_sends_nothing() -> None:
    result, = bench("build", "-n", "5")
    assert (result["workload"], result["n"], result["deliveries"]) == ("build", 5, 0)
    assert result["records"] > 5


def test_build_goes_on_with_another_network_when_a_bridge_is_full() -> None:
    result, = bench("build", "-n", "1030")
    assert (result["n"], result["deliveries"]) == (1030, 0)


@pytest.mark.parametrize("workload", ["lines", "cold", "full"])
def test_lines_tells_of_each_line(workload: str) -> None:
    results = bench(workload, "-n", "5")
    assert [result["workload"] for result in results] == ["docker run", "wait", "ip link", "why", "show"]
    assert {result["n"] for result in results} == {5}
    assert [result["deliveries"] > 0 for result in results] == [True, True, False, False, False]


def test_bulk_sends_much_over_one_connection() -> None:
    result, = bench("bulk", "-n", "1")
    assert (result["workload"], result["n"]) == ("bulk", 1)
    assert result["deliveries"] > 1_000_000 / 1448 * 2


def test_segments_are_made_and_then_pinged_through() -> None:
    made, pinged = bench("vteps", "-n", "3")
    assert (made["workload"], pinged["workload"], pinged["n"]) == ("vteps made", "vteps", 3)
    assert pinged["deliveries"] > 3 * 2 * 2 * 2
    made, pinged = bench("vlans", "-n", "2")
    ports, networks, both_ways = 50, 2, 2
    assert made["deliveries"] == 0
    assert pinged["deliveries"] > networks * ports * (ports - 1) * both_ways


def test_what_takes_a_moment_is_measured_once_or_by_so_many() -> None:
    told = {name: bench(name, "-n", "3")[0] for name in ("ports", "copy", "log", "floor")}
    assert {name: result["n"] for name, result in told.items() if name != "log"} == {"ports": 1, "copy": 1, "floor": 3}
    assert told["log"]["n"] > 3 * 2, "a row for each request and reply"
    assert told["ports"]["records"] > told["copy"]["records"] == told["log"]["records"] == 0


def test_steps_back_are_measured_though_the_lab_before_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "MANY_LEFT", 0)
    monkeypatch.setattr(moments, "STEPS", 40)
    result, = moments.back(2)
    assert result["n"] == moments.STEPS_BACK


def test_programs_that_measure_beside_it_find_the_workloads_where_the_room_says() -> None:
    lab, ends = Lab(), Ends()
    build(lab, ends, 3)
    lab.scheduler.run_until_quiet()
    w1(lab, ends, 3)
    pinger = Pinger(ends[0][0], [ends[1][1]])
    pinger.send()
    lab.scheduler.run_until_quiet()
    assert pinger.replies == 1
