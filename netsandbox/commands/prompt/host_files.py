"""The files of /etc that a host of the lab has from the start, as they lie in etc/ beside this module."""

from __future__ import annotations

from pathlib import Path

from netsandbox.commands.tools.ip.table_names import PATH


def _etc(name: str) -> str:
    return (Path(__file__).with_name("etc") / name).read_text(encoding="utf-8")


SYSCTL_CONF = _etc("sysctl.conf")
ALONE = {"/etc/sysctl.conf": SYSCTL_CONF, PATH: _etc("rt_tables"), "/etc/os-release": _etc("os-release")}
