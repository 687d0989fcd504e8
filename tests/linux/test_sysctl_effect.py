"""A setting is modelled, or writing it says that it changes nothing: the table is held against the source."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import netsandbox
from netsandbox.linux.core.neighbours.parameters import NEIGHBOUR_KEYS
from netsandbox.linux.core.sysctl.defaults import GLOBALS, RESERVED
from netsandbox.linux.core.sysctl.effect import changes_nothing
from netsandbox.linux.core.sysctl.interface_conf import InterfaceConf
from netsandbox.linux.netfilter import settings
from netsandbox.session.session import Session

ROOMS = ("linux", "apps", "docker", "lab")
TABLES = {"linux/stack.py", "sysctl/table.py", "sysctl/interface_conf.py", "sysctl/defaults.py", "sysctl/effect.py",
          "sysctl/ranges.py", "neighbours/parameters.py", "netfilter/settings.py", "docker/sandbox.py"}
READ_BY_THE_TABLE = {RESERVED, "net.ipv4.icmp_echo_ignore_all", "net.ipv4.ip_local_port_range", "net.ipv4.ip_forward",
                     "net.core.devconf_inherit_init_net"}
"""What linux/core/sysctl/table.py reads itself, or works out."""
SAME_AS_ANOTHER = {"base_reachable_time", "retrans_time_ms", "unres_qlen", "delay_first_probe_time", "locktime"}
"""Keys of neighbours that are read in another unit."""


@cache
def read_in_source() -> tuple[list[re.Pattern[str]], set[str]]:
    """What strings, f-strings and attributes below ROOMS could name."""
    patterns, names = [], set()
    for room in ROOMS:
        for path in (Path(netsandbox.__file__).parent / room).rglob("*.py"):
            if f"{path.parent.name}/{path.name}" in TABLES:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    names.add(node.value)
                elif isinstance(node, ast.Attribute):
                    names.add(node.attr)
                elif isinstance(node, ast.JoinedStr):
                    text = "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.]+"
                                   for part in node.values)
                    if text.startswith("net"):
                        patterns.append(re.compile(text))
    return patterns, names


def is_read(key: str) -> bool:
    patterns, names = read_in_source()
    return key in names or key in READ_BY_THE_TABLE or any(pattern.fullmatch(key) for pattern in patterns)


@pytest.mark.parametrize("key", sorted(key for key in GLOBALS if not key.startswith("net.netfilter.")))
def test_a_setting_is_read_or_says_that_it_is_not(key: str) -> None:
    assert is_read(key) is not changes_nothing(key)


def test_what_tracking_only_keeps_is_known_there() -> None:
    kept = {key for key in GLOBALS if key.startswith("net.netfilter.") and changes_nothing(key)}
    assert kept == {f"net.netfilter.{name}" for name in settings.UNUSED}


def test_what_an_interface_has_is_read_or_says_that_it_is_not() -> None:
    _patterns, names = read_in_source()
    for name in InterfaceConf.__slots__:
        assert name in names or changes_nothing(f"net.ipv4.conf.eth0.{name}"), name
    for name in NEIGHBOUR_KEYS:
        assert name in names | SAME_AS_ANOTHER or changes_nothing(f"net.ipv4.neigh.eth0.{name}"), name


@pytest.mark.parametrize(("line", "says"), [
    ("sysctl -w net.ipv4.conf.all.tag=1", "note: net.ipv4.conf.all.tag changes nothing in the sandbox"),
    ("sysctl -w net/ipv4/igmp_qrv=3", "note: net.ipv4.igmp_qrv changes nothing in the sandbox"),
    ("sysctl -w net.ipv4.fib_multipath_hash_fields=16", ""),
    ("sh -c 'echo 2 > /proc/sys/net/ipv4/fib_notify_on_flag_change'",
     "note: net.ipv4.fib_notify_on_flag_change changes nothing in the sandbox"),
    ("sysctl -w net.ipv4.tcp_stdurg=1", "note: net.ipv4.tcp_stdurg changes nothing in the sandbox"),
    ("sysctl -w net.ipv4.tcp_shrink_window=1", ""),
    ("sysctl -w net.ipv4.tcp_congestion_control=reno", ""),
    ("sysctl -e -w net.ipv4.tcp_congestion_control=bbr",
     'sysctl: setting key "net.ipv4.tcp_congestion_control": No such file or directory'),
    ("sysctl -w net.core.default_qdisc=nonsense",
     'sysctl: setting key "net.core.default_qdisc": No such file or directory'),
    ("sysctl -w net.core.default_qdisc=fq", "note: net.core.default_qdisc changes nothing in the sandbox"),
    ("sysctl -w net.ipv4.ip_forward=1", ""), ("sysctl net.ipv4.conf.all.tag", ""),
])
def test_who_writes_in_vain_is_told(line: str, says: str) -> None:
    session = Session()
    session.execute("add-host pc1")
    job = session.execute(f"exec pc1 {line}")
    session.lab.scheduler.run_while(lambda: not job.is_done)
    assert job.code == int(says.startswith("sysctl:"))
    assert "".join(text for stream, text in job.output if stream == "err").strip() == says
