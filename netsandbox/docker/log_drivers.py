"""Where containers log to: drivers and their options (daemon/logger)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from netsandbox.docker.errors import daemon_error

JSON_FILE = "json-file"
DRIVERS = ("awslogs", "fluentd", "gcplogs", "gelf", "journald", JSON_FILE, "local", "none", "splunk", "syslog")
OPTIONS = {JSON_FILE: ("max-file", "max-size", "compress", "labels", "labels-regex", "env", "env-regex", "tag"),
           "local": ("max-file", "max-size", "compress")}
OF_ALL = ("mode", "max-buffer-size")
SIZE = re.compile(r"\d+(\.\d+)?[kKmMgG]?[bB]?|-1", re.ASCII)


def merged(driver: str, options: Mapping[str, str], default: str, defaults: Mapping[str, str]) -> dict[str, Any]:
    """A container's LogConfig: what it says, and else dockerd's (DockerError: there is no such driver, or it has no
    such option)."""
    driver = driver or default
    if driver not in DRIVERS:
        raise daemon_error(f'error looking up logging plugin {driver}: plugin "{driver}" not found')
    known = OPTIONS.get(driver)
    for name in options:
        if known is not None and name not in (*known, *OF_ALL):
            raise daemon_error(f"unknown log opt '{name}' for " + (
                f"{driver} log driver" if driver == JSON_FILE else f"log driver {driver}"))
    whole = {**defaults, **options} if driver == default else options
    return {"Type": driver, "Config": dict(sorted(whole.items()))}


def size_fault(log: Mapping[str, Any]) -> str:
    """Why a LogConfig's max-size is none, which is found when the log is begun or read; else empty."""
    size = log.get("Config", {}).get("max-size", "-1")
    return "" if SIZE.fullmatch(size) else f"invalid size: '{size}'"
