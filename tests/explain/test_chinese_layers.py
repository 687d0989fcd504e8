"""The layers of a frame, each in its line: in Chinese for who reads Chinese."""

from __future__ import annotations

import re

import pytest

from netsandbox.commands.verbs.branch import WORDS as BRANCHES
from netsandbox.explain.chinese_layers import FIELDS, field_words, layer_name, layer_words
from netsandbox.session.keeping import KeptSession
from netsandbox.wire import dissect as dissect_module
from netsandbox.wire import dissect_ip, dissect_tag
from netsandbox.wire.dissect import dissect
from netsandbox.wire.names import ICMP_CODES, ICMP_TYPES

ETHERNET = bytes.fromhex("0200000000020200000000010806")
ARP = bytes.fromhex("0001080006040001020000000001 0a000001 000000000000 0a000002")
"""pc1 asks who has 10.0.0.2."""


@pytest.mark.parametrize(("english", "chinese"), [
    ("172.17.0.3 announces 46:0c:cd:e6:f7:1b", "172.17.0.3 通告 46:0c:cd:e6:f7:1b"),
    ("probe: who has 10.0.0.1?", "探测：谁有 10.0.0.1？"),
    ("reply: 10.0.0.1 is at 02:00:00:00:00:01", "应答：10.0.0.1 在 02:00:00:00:00:01"),
    ("Echo reply, id 1013, seq 1", "回显应答，标识符 1013，序号 1"),
    ("Destination unreachable: Port unreachable", "目的不可达：端口不可达"),
    ("Time exceeded, code 7", "超时，代码 7"),
    ("53 → 57260, 25 bytes", "53 → 57260，25 字节"), ("25 bytes", "25 字节"),
    ("10.0.0.1 → 10.0.0.2, UDP, TTL 64, fragment at 1480, the last",
     "10.0.0.1 → 10.0.0.2, UDP, TTL 64，从 1480 起的分片，是最后一片"),
    ("56856 → 8080, SYN", "56856 → 8080, SYN"), ("cut off after 3 bytes", "只到第 3 字节，被截断"),
])
def test_a_layer_is_told_in_the_readers_language(english: str, chinese: str) -> None:
    assert layer_words(english, "zh") == chinese
    assert layer_words(english, "en") == english


def test_what_is_read_of_a_frame_is_what_has_words() -> None:
    assert layer_words(dissect(ETHERNET + ARP).layers[1].summary, "zh") == "请求：谁有 10.0.0.2？告诉 10.0.0.1"
    cut = [dissect((ETHERNET + ARP)[:length]).layers for length in range(1, len(ETHERNET + ARP))]
    assert all(not re.search("bytes|cut", layer_words(layer.summary, "zh")) for layers in cut for layer in layers)


@pytest.mark.parametrize("name", ["Data", "Fragment data", "Padding", "Trailer"])
def test_bytes_that_are_no_protocols_are_named_in_the_readers_language(name: str) -> None:
    """They stood as Data above 数据."""
    assert re.fullmatch("[\u4e00-\u9fff]+", layer_name(name, "zh"))
    assert (layer_name(name, "en"), layer_name("ARP", "zh")) == (name, "ARP")


def test_each_field_of_a_header_has_a_chinese_name() -> None:
    """They were English in a Chinese pane."""
    rows = [row for module in (dissect_module, dissect_ip, dissect_tag) for group in vars(module).values()
            if isinstance(group, tuple) for row in group if isinstance(row, tuple) and len(row) == 4]
    names = {str(row[2]) for row in rows} | {"Identifier", "Sequence Number", "Unused", "MTU of next hop", "Pointer"}
    assert len(names) > 40
    for name in names:
        assert name in FIELDS, name
    told = [field_words(field.name, field.value, "zh") for layer in dissect(ETHERNET + ARP).layers
            for field in layer.fields]
    assert ("操作", "请求（1）") in told
    assert ("目标 IP 地址", "10.0.0.2") in told
    assert field_words("Checksum", "0x1234 (should be 0x4321)", "zh") == ("校验和", "0x1234（应为 0x4321）")
    for english, chinese in (
            ("0x0100 (query, recursion desired)", "0x0100（查询、请求递归）"), ("7 (multiply by 128)", "7（乘以 128）"),
            ("0x8180 (response, recursion desired, NOERROR)", "0x8180（应答、请求递归、NOERROR）"),
            ("ff:ff:ff:ff:ff:ff (broadcast)", "ff:ff:ff:ff:ff:ff（广播）"), ("0x2 (Don't fragment)", "0x2（不可分片）"),
            ("0x012 (SYN, ACK)", "0x012（SYN, ACK）"), ("priority 0, DEI 0, VLAN 10", "优先级 0，DEI 0, VLAN 10"),
            ("length 38 (IEEE 802.3)", "长度 38（IEEE 802.3）"), ("Configuration (0x00)", "配置（0x00）")):
        assert field_words("Flags", english, "zh")[1] == chinese
    assert field_words("Checksum", "0x1234 (correct)", "en") == ("Checksum", "0x1234 (correct)")


def test_each_kind_of_icmp_has_chinese_words() -> None:
    assert field_words("Type", "Destination unreachable (3)", "zh") == ("类型", "目的不可达（3）")
    assert field_words("Code", "Network unreachable (0)", "zh") == ("代码", "网络不可达（0）")
    assert field_words("Type", "Echo reply (0)", "zh") == ("类型", "回显应答（0）")
    for kind, name in ICMP_TYPES.items():
        told = [layer_words(f"{name}: {code}", "zh") for code in ICMP_CODES.get(kind, ())]
        for text in (*told, layer_words(f"{name}, code 99", "zh"), layer_words(f"{name}, id 1, seq 2", "zh")):
            assert not re.search("[a-z]{3}", text), text


@pytest.mark.parametrize(("language", "asked"), [
    ("zh", ("10 个帧：10 个偷听到", "偷听到    pc1 → pc2")),
    ("en", ("10 frames: 10 overheard", "overheard     pc1 → pc2"))])
def test_a_goal_asks_for_what_the_reader_sees(language: str, asked: tuple[str, str]) -> None:
    """`sniff` had said it in Chinese, and the goal quoted what nobody had seen."""
    session = KeptSession()
    session.shell.language = language
    for text, seen in zip(("10 frames: 10 overheard", "overheard     pc1 → pc2"), asked, strict=True):
        job = session.execute(f"expect output of 'sniff pc4' contains '{text}'")
        assert seen in job.out + job.err


@pytest.mark.parametrize(("parent", "told"), [("main", "main 的第 12 条之后"), ("断网实验", "断网实验的第 12 条之后")])
def test_a_chinese_name_has_no_space_behind_it(parent: str, told: str) -> None:
    """A Latin one has; what is in a name stays as it is."""
    assert BRANCHES.say("left", "zh", parent=parent, line=12) == told
    assert BRANCHES.say("left", "zh", parent="集线器 实验", line=12) == "集线器 实验的第 12 条之后"
    assert BRANCHES.say("left", "en", parent=parent, line=12) == f"{parent} after line 12"
