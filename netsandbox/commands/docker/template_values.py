"""What a template works on, as Go has it: structs, maps and slices that were never made, pointers to nothing."""

from __future__ import annotations

import json
from typing import Any


class Nil(list[Any]):
    """A slice that was never made: JSON has null for it, and a text `[]`."""


NIL = Nil()
SLICES = frozenset({
    "Aliases", "Binds", "CapAdd", "CapDrop", "Cmd", "DNSNames", "DeviceCgroupRules", "DeviceRequests", "Dns",
    "DnsOptions", "DnsSearch", "Entrypoint", "ExtraHosts", "GroupAdd", "Links", "Peers", "SecondaryIPAddresses",
    "SecondaryIPv6Addresses", "SecurityOpt", "VolumesFrom"})
"""Fields of the API that are slices."""


class Map(dict[str, Any]):
    """A map of the API's, which has no value for a key that is not there; of a struct that is an error.

    Attributes:
        zero: what `index` gives for such a key.
        is_nil: it was never made: JSON has null for it.
    """

    def __init__(self, items: dict[str, Any], name: str, *, is_nil: bool = False) -> None:
        super().__init__(items)
        self.zero: Any = MAPS[name]
        self.is_nil = is_nil


class Missing:
    """No value."""

    def __bool__(self) -> bool:
        return False


MISSING = Missing()


class Null:
    """A pointer to nothing."""

    def __bool__(self) -> bool:
        return False


NULL = Null()
EMPTY: dict[str, Any] = {}
"""A struct without fields."""
MAPS: dict[str, Any] = {
    "Networks": NULL, "Ports": MISSING, "ExposedPorts": EMPTY, "Volumes": EMPTY, "PortBindings": MISSING,
    "Services": EMPTY, "Containers": {}, **dict.fromkeys((
        "Attributes", "AuxAddress", "AuxiliaryAddresses", "DriverOpts", "Labels", "Options", "Sysctls", "Tmpfs"), "")}
"""Fields of the API that are maps, and the zero of their values."""
OMITTED = {"Healthcheck": "Cmd", "Health": "Pid", **dict.fromkeys(("Sysctls", "Tmpfs"), "Binds"),
           **dict.fromkeys(("Peers", "Services"), "IPAM"),
           **dict.fromkeys(("IPRange", "Gateway", "AuxiliaryAddresses", "AuxAddress"), "Subnet")}
"""Fields that JSON leaves out where they are empty, and one that tells that they would stand beside it."""
ALIASES = {"DNS": "Dns", "DNSSearch": "DnsSearch", "DNSOptions": "DnsOptions", "ID": "Id",
           "AuxAddress": "AuxiliaryAddresses", "CPUShares": "CpuShares", "CPUPeriod": "CpuPeriod",
           "CPUQuota": "CpuQuota", "NanoCPUs": "NanoCpus"}
"""Fields that JSON names otherwise."""
SUBNET = ("Subnet", "IPRange", "Gateway", "AuxiliaryAddresses")
TEXTS = frozenset({"IPRange", "Gateway"})
POINTERS = frozenset({"Health", "Healthcheck", "IPAMConfig", "Init", "MemorySwappiness", "OomKillDisable", "PidsLimit",
                      "StopTimeout"})


def typed(name: str, value: Any) -> Any:
    """A field's value as its Go type has it: JSON has null and {} for several."""
    if name in MAPS and (value is None or isinstance(value, dict)):
        return Map(value or {}, name, is_nil=value is None)
    if value is None:
        value = NIL if name in SLICES else "" if name in TEXTS else NULL if name in POINTERS else None
    return value


def is_true(value: Any) -> bool:
    """Go's truth: not zero, not empty."""
    return bool(value)


def show(value: Any) -> str:
    """As Go's fmt prints it."""
    if value is None or value is MISSING:
        return "<no value>"
    if value is NULL:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is EMPTY:
        return "{}"
    if isinstance(value, Map) or value == {}:
        value = dict.fromkeys(value, EMPTY) if isinstance(value, Map) and value.zero is EMPTY else value
        return "map[" + " ".join(f"{key}:{show(item)}" for key, item in sorted(value.items())) + "]"
    if isinstance(value, dict):  # a struct
        found = {name: value.get(name, "") for name in SUBNET} if "Subnet" in value else value
        return "{" + " ".join(show(typed(name, item)) for name, item in found.items()) + "}"
    if isinstance(value, list):
        return "[" + " ".join(show(item) for item in value) + "]"
    return str(value)


def to_json(value: Any) -> str:
    if value is NIL or value is MISSING or value is NULL or (isinstance(value, Map) and value.is_nil):
        return "null"
    if isinstance(value, dict):
        value = {key: item for key, item in value.items() if not callable(item)}
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
