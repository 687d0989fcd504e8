"""Keys of a service that `docker create` is told by flags; of some the Engine checks and keeps the value, and in the
sandbox they have no effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from netsandbox.commands.compose.file.merging import find
from netsandbox.commands.compose.file.values import Values
from netsandbox.commands.strict_yaml import MappingNode, Node

Change = dict[str, Any]  # Fields of a Service; `flags` are added to those that are there
Key = Callable[[Values, Node, str], Change]


def repeated(flag: str, read: Callable[[Values, Node, str], tuple[str, ...]]) -> Key:
    def change(values: Values, node: Node, what: str) -> Change:
        return {"flags": tuple(word for text in read(values, node, what) for word in (flag, text))}
    return change


def single(flag: str) -> Key:
    def change(values: Values, node: Node, what: str) -> Change:
        return {"flags": (flag, values.text(node, what))}
    return change


def switch(flag: str) -> Key:
    def change(values: Values, node: Node, what: str) -> Change:
        return {"flags": (flag,) if values.boolean(node, what) else ()}
    return change


def _ipc(values: Values, node: Node, what: str) -> Change:
    text = values.text(node, what)
    return {} if text.startswith("service:") else {"flags": ("--ipc", text)}


def _users(values: Values, node: Node, what: str) -> Change:
    """The Engine lets pass what the client would refuse."""
    return {"flags": ("--userns", "host")} if values.text(node, what) == "host" else {}


def _devices(values: Values, node: Node, what: str) -> tuple[str, ...]:
    """SOURCE:TARGET:PERMISSIONS, in the long form as well."""
    fields = [[find(item, key) for key in ("source", "target", "permissions")] if isinstance(item, MappingNode) else
              [item] for item in values.items(node, what)]
    return tuple(":".join(values.text(part, what) for part in parts if part is not None) for parts in fields)


def _ulimits(values: Values, node: Node, what: str) -> tuple[str, ...]:
    """NAME=SOFT:HARD, or NAME=BOTH."""
    limits = {name: [find(value, "soft"), find(value, "hard")] if isinstance(value, MappingNode) else [value]
              for name, (_key, value) in values.map(node, what).items()}
    return tuple(f"{name}=" + ":".join(values.text(part, what) for part in parts if part is not None)
                 for name, parts in limits.items())


def _logging(values: Values, node: Node, what: str) -> Change:
    driver, options = find(node, "driver"), find(node, "options")
    flags = ["--log-driver", values.text(driver, what)] if driver is not None else []
    told = values.pairs(options, what) if options is not None else ()
    return {"flags": (*flags, *(word for text in told for word in ("--log-opt", text)))}


def resources(values: Values, node: Node, what: str) -> Iterator[str]:
    """What `deploy.resources` says."""
    flags = {"limits": {"memory": "--memory", "cpus": "--cpus", "pids": "--pids-limit"},
             "reservations": {"memory": "--memory-reservation"}}
    for section, known in flags.items():
        inner = find(node, section)
        for key, flag in known.items():
            value = find(inner, key) if inner is not None else None
            yield from (flag, values.text(value, what)) if value is not None else ()


KEPT: dict[str, Key] = {
    "annotations": repeated("--annotation", Values.pairs), "cgroup": single("--cgroupns"),
    "cgroup_parent": single("--cgroup-parent"), "cpu_period": single("--cpu-period"),
    "cpu_quota": single("--cpu-quota"), "cpu_shares": single("--cpu-shares"), "cpus": single("--cpus"),
    "cpuset": single("--cpuset-cpus"),
    "device_cgroup_rules": repeated("--device-cgroup-rule", Values.texts), "devices": repeated("--device", _devices),
    "group_add": repeated("--group-add", Values.texts), "ipc": _ipc, "isolation": single("--isolation"),
    "logging": _logging, "mem_limit": single("--memory"), "mem_reservation": single("--memory-reservation"),
    "mem_swappiness": single("--memory-swappiness"), "memswap_limit": single("--memory-swap"),
    "oom_kill_disable": switch("--oom-kill-disable"), "oom_score_adj": single("--oom-score-adj"),
    "pids_limit": single("--pids-limit"), "runtime": single("--runtime"),
    "security_opt": repeated("--security-opt", Values.texts), "shm_size": single("--shm-size"),
    "storage_opt": repeated("--storage-opt", Values.pairs), "ulimits": repeated("--ulimit", _ulimits),
    "userns_mode": _users}
"""The keys that are kept, and listed with their lines."""
