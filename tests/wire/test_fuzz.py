"""A short run of the fuzzer with every test run; the long ones are by hand (tests/wire/fuzz.py)."""

from __future__ import annotations

import random

import pytest

from netsandbox.wire import ethernet
from tests.wire import fuzz


def test_some_thousand_frames_hold() -> None:
    assert fuzz.run(4000, seed=random.SystemRandom().randrange(1 << 32)) is None


def test_a_fault_is_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    whole = ethernet.Frame.encode

    def forgetful(frame: ethernet.Frame) -> bytes:
        data = whole(frame)
        return data[:-1] + b"\x00"

    monkeypatch.setattr(ethernet.Frame, "encode", forgetful)
    found = fuzz.run(100, seed=1)
    assert found is not None
    output = capsys.readouterr().out
    assert "AssertionError: other bytes" in output
    assert found.hex() in output
