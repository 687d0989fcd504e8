"""The checksum by big-integer arithmetic against the word loop of RFC 1071, and known values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsandbox.wire.checksum import internet_checksum, pseudo_header


def word_loop(data: bytes) -> int:
    """RFC 1071, section 4.1, as it stands there: add words, fold the carries, take the complement."""
    total = 0
    for at in range(0, len(data) - 1, 2):
        total += data[at] << 8 | data[at + 1]
    if len(data) % 2:
        total += data[-1] << 8
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@given(st.binary(max_size=300) | st.integers(0, 70).map(bytes) | st.integers(0, 70).map(lambda size: b"\xff" * size))
def test_arithmetic_equals_the_word_loop(data: bytes) -> None:
    assert internet_checksum(data) == word_loop(data)


@given(st.binary(max_size=100).filter(lambda data: len(data) % 2 == 0))
def test_data_with_its_checksum_is_valid_and_with_another_is_not(data: bytes) -> None:
    right = internet_checksum(data)
    whole = data + right.to_bytes(2, "big")
    assert internet_checksum(whole) == 0
    assert internet_checksum(whole) == 0
    assert internet_checksum(data + (right ^ 0x0100).to_bytes(2, "big")) != 0


@pytest.mark.parametrize(("data", "checksum"), [
    ("", 0xFFFF),
    ("00", 0xFFFF),
    ("0001f203f4f5f6f7", 0x220D),
    ("4500003c1c4640004006 0000 ac100a63ac100a0c", 0xB1E6),
    ("ffff", 0x0000),
    ("01", 0xFEFF),
], ids=["nothing", "a zero", "RFC 1071, section 3", "an IPv4 header", "all ones", "an odd byte"])
def test_known_checksums(data: str, checksum: int) -> None:
    assert internet_checksum(bytes.fromhex(data)) == checksum


def test_all_zero_bytes_are_not_valid() -> None:
    assert internet_checksum(bytes(20)) != 0


def test_pseudo_header_has_the_fields_of_rfc_768() -> None:
    assert pseudo_header(0x0A000001, 0x0A000002, 17, 13).hex(" ", 4) == "0a000001 0a000002 0011000d"
