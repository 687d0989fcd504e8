"""Tags, tunnels' headers and spanning tree messages: what is emitted is parsed as the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.wire import stp
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.gre import GrePacket
from netsandbox.wire.vlan import VlanTag
from netsandbox.wire.vxlan import HEADER, VxlanPacket

WORD, HALF = st.integers(0, (1 << 32) - 1), st.integers(0, 0xFFFF)
DATA = st.binary(max_size=60)


@given(st.integers(1, 4094), st.integers(0, 7), st.sampled_from((0x8100, 0x88A8)), st.binary(min_size=46, max_size=60))
def test_a_tag_comes_off_as_it_went_on(vid: int, priority: int, tpid: int, data: bytes) -> None:
    plain = Frame.parse(bytes(12) + b"\x88\xb5" + data)
    tagged = Frame.parse(plain.tagged(vid, tpid, priority).wire())
    assert isinstance(tagged.payload, VlanTag)
    assert (tagged.ethertype, tagged.payload.vid, tagged.payload.priority) == (tpid, vid, priority)
    assert tagged.untagged().wire() == plain.wire()


@given(HALF, DATA, st.none() | WORD, st.none() | WORD, st.booleans())
def test_gre(ethertype: int, data: bytes, key: int | None, sequence: int | None, has_checksum: bool) -> None:
    packet = GrePacket(ethertype, data, key, sequence, has_checksum)
    assert GrePacket.parse(packet.emit()) == packet
    assert packet.size == len(packet.emit())


@given(st.integers(0, (1 << 24) - 1), DATA)
def test_vxlan(vni: int, data: bytes) -> None:
    packet = VxlanPacket(vni, data)
    assert VxlanPacket.parse(packet.emit()) == packet


@given(st.binary(max_size=HEADER - 1))
def test_a_short_vxlan_header_is_refused(data: bytes) -> None:
    with pytest.raises(ParseError):
        VxlanPacket.parse(data)


@given(st.builds(stp.ConfigBpdu, st.integers(0, 255), st.integers(0, (1 << 64) - 1), WORD,
                 st.integers(0, (1 << 64) - 1), HALF, HALF, HALF, HALF, HALF))
def test_a_bridges_message(message: stp.ConfigBpdu) -> None:
    assert stp.parse(message.emit()) == message
    assert stp.parse(stp.emit_tcn()) is None


@given(st.binary(max_size=50))
def test_any_bytes_are_a_message_or_refused(data: bytes) -> None:
    for parse in (stp.parse, GrePacket.parse, VxlanPacket.parse):
        try:
            parse(data)
        except ParseError:
            continue
