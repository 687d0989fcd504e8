"""A short run of the lab's fuzzer with every test run; the long ones are by hand (tests/lab/fuzz.py)."""

from __future__ import annotations

import pytest

from netsandbox.linux.core.devices import interface
from netsandbox.linux.drop import NOT_READY
from tests.lab import fuzz


@pytest.mark.parametrize("seed", [1, 2])
def test_some_thousand_frames_raise_nothing_and_the_lab_still_answers(seed: int) -> None:
    assert fuzz.run(2500, seed) is None


def test_an_exception_is_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fragile(_ethertype: int) -> object:
        raise KeyError("no handler")
    monkeypatch.setattr(interface, "unhandled", fragile)
    assert fuzz.run(500, seed=1) is not None
    assert "KeyError" in capsys.readouterr().out


def test_a_frame_without_a_verdict_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interface, "OTHERHOST", None)
    assert NOT_READY is interface.NOT_READY
    assert fuzz.run(500, seed=1) is not None
