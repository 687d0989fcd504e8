"""What tcpdump says of messages whose bytes make no sense."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netsandbox.wire.describe_dhcp import dhcp_text
from netsandbox.wire.describe_dns import describe_dns
from netsandbox.wire.describe_ntp import ntp_text


@given(st.binary(max_size=300), st.integers(0, 3))
def test_no_bytes_are_too_odd(data: bytes, verbose: int) -> None:
    assert describe_dns(data, len(data), verbose)
    assert ntp_text(data, verbose)
    assert dhcp_text(data, verbose)
    cookie = bytes([1, 1, 6, 0]) + bytes(232) + bytes.fromhex("63825363")
    assert dhcp_text(cookie + data, verbose).startswith("BOOTP/DHCP, Request from")
