"""Every script's command lines on the simulated kernel, against what the real tools printed."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable

import pytest

from tests.tools.twin import (
    GOLDEN,
    Line,
    Outcome,
    RealTwin,
    SimulatedTwin,
    can_run_for_real,
    golden,
    normal,
    read_script,
    script_names,
    versions,
)

WITHOUT_VLANS = {"options"}
"""Scripts in which a kernel without VLAN filtering listed none for its bridges; tests/linux/test_vlan_options.py has
what one with it prints of the same options."""


def saved(name: str) -> list[tuple[list[str], Outcome]]:
    return [(row["argv"], Outcome(row["code"], row["out"], row["err"])) for row in golden(name)]


def not_installed(tools: Iterable[str]) -> str:
    missing = sorted({tool for tool in tools if tool != "hold" and shutil.which(tool) is None})
    return f"not installed: {', '.join(missing)}" if missing else ""


def test_each_script_has_been_captured_as_it_stands() -> None:
    assert len(script_names()) > 5
    for name in script_names():
        written = [line.argv for line in read_script(name)[1] if line.argv]
        assert written == [argv for argv, _outcome in saved(name)], name


@pytest.mark.parametrize("name", script_names())
def test_the_simulated_tools_print_what_the_real_ones_printed(name: str) -> None:
    namespaces, lines = read_script(name)
    simulated, expected = SimulatedTwin(namespaces), iter(saved(name))
    wrong = []
    for line in lines:
        found = simulated.run(line)
        if line.argv:
            wanted = normal(line, next(expected)[1])
            if name in WITHOUT_VLANS and line.argv[0] == "bridge" and line.argv[-1] == "vlan":
                continue
            if normal(line, found) != wanted:
                wrong.append(f"{line.namespace}$ {' '.join(line.argv)}\nreal: {wanted}\nours: {normal(line, found)}")
    assert not wrong, f"{len(wrong)} of {len(lines)} lines differ\n" + "\n\n".join(wrong)


def timeless(line: Line, outcome: Outcome) -> Outcome:
    """As `normal`, and without how long ago a row was used: a busy machine takes a second more."""
    found = normal(line, outcome)
    return found._replace(out=re.sub(r"used \d+/\d+(/\d+)?|\"(used|updated|confirmed)\":\d+", "N", found.out))


@pytest.mark.campaign
@pytest.mark.slow
@pytest.mark.parametrize("name", script_names())
def test_the_captures_are_what_this_kernel_prints(name: str) -> None:
    """Live, where root and the tools are there: a new kernel or iproute2 shows itself here."""
    namespaces, lines = read_script(name)
    reason = can_run_for_real() or not_installed(line.argv[0] for line in lines if line.argv)
    if reason:
        pytest.skip(reason)
    captured_with = json.loads((GOLDEN / "versions.json").read_text(encoding="utf-8"))
    if versions() != captured_with:
        pytest.skip(f"captured with {captured_with}, and this is {versions()}")
    with RealTwin(namespaces) as real:
        found = [(line, real.run(line)) for line in lines]
    wrong = [f"{' '.join(line.argv)}\nsaved: {normal(line, outcome)}\nlive:  {normal(line, live)}"
             for (line, live), (_argv, outcome) in zip(((line, live) for line, live in found if line.argv), saved(name),
                                                        strict=True)
             if timeless(line, live) != timeless(line, outcome)]
    assert not wrong, "\n\n".join(wrong)
