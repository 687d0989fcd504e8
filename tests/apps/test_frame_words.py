"""What tcpdump says of frames that few labs have: IGMP, cut headers, what is not decoded behind a tag or a tunnel;
and of messages of DNS, NTP, DHCP and spanning tree and of odd TCP options, well-formed and broken.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netsandbox.apps.tap import HOST, Seen
from netsandbox.apps.tcpdump.lines import Lines
from netsandbox.apps.tcpdump.options import parse
from netsandbox.linux.place import Place
from netsandbox.wire.ethernet import Frame
from tests.apps import real

KEPT = [row for name in ("frame", "message")
        for row in json.loads((Path(__file__).parent / f"{name}_words.json").read_text(encoding="utf-8"))]
"""Of the real tcpdump 4.99.5: frame, options besides -tn, what it prints."""


@pytest.mark.parametrize("row", KEPT, ids=lambda row: f"{row[0][28:]}{row[1]}")
def test_as_the_real_one(row: list[str], tmp_path: Path) -> None:
    data, options, expected = bytes.fromhex(row[0]), row[1], row[2]
    seen = Seen(0, Place("n", "?", "veth", 4242, 2, 1), HOST, Frame.parse(data))
    assert Lines(parse(["-tn", *options.split()]), False, {}).of(seen) == expected
    if real.version()[:2] == (4, 99):
        real.write_pcap(tmp_path / "one.pcap", [(0, data)])
        assert expected + "\n" == real.run(tmp_path / "one.pcap", "-tn", *options.split())[1]
