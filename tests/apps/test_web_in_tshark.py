"""What Wireshark makes of a page that was fetched: one handshake, HTTP, and nothing to complain about."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from netsandbox.session.session import Session

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(TSHARK is None, reason="not installed: tshark")


def fields(capture: Path, kept: str, *names: str) -> list[list[str]]:
    """The values of fields, a row for each packet that a display filter keeps."""
    words = [word for name in names for word in ("-e", name)]
    done = subprocess.run([TSHARK or "", "-r", str(capture), "-Y", kept, "-T", "fields", *words],
                          capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    session = Session(seed=1)
    path = tmp_path_factory.mktemp("capture") / "page.pcapng"
    for line in ("docker run -d --name web nginx", "curl -s 172.17.0.2", "wait 2s"):
        assert not session.run(line).code, line
    job = session.run(f"export {path} --at web:eth0")
    assert not job.code, job.output
    return path


def test_the_handshake_is_one(capture: Path) -> None:
    rows = fields(capture, "tcp.flags.syn == 1", "tcp.flags.ack", "tcp.options.mss_val", "tcp.options.wscale.shift")
    assert {tuple(row) for row in rows} == {("False", "1460", "7"), ("True", "1460", "7")}


def test_http_is_seen(capture: Path) -> None:
    assert {row[0] for row in fields(capture, "http.request", "http.request.uri")} == {"/"}
    assert {row[0] for row in fields(capture, "http.response", "http.response.code")} == {"200"}


def test_nothing_is_odd(capture: Path) -> None:
    assert fields(capture, "_ws.malformed or tcp.checksum.status == 0", "frame.number") == []
    assert fields(capture, "tcp.analysis.flags", "frame.number") == []
    assert len(fields(capture, "tcp", "frame.number")) == 12
