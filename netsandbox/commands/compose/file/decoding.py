"""Lengths of time, sizes and the like in a Compose file: whether Compose understands them, once the file's shape is
right (compose-go, loader and validation)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator

from netsandbox.commands.compose.file.filling import FALSE, TRUE, Path, place_of
from netsandbox.commands.compose.file.merging import find
from netsandbox.commands.compose.file.schema import kind_of
from netsandbox.commands.compose.file.values import OCTAL, Values
from netsandbox.commands.docker.printing.words import bad_duration
from netsandbox.commands.docker.run.resources import size
from netsandbox.commands.strict_yaml import MappingNode, Node, ScalarNode, SequenceNode

Fault = Callable[[Node], str]  # Why a value is not understood, or empty
HOSTS = "services.extra_hosts"
FILES = {"configs": ("file", "environment", "content"), "secrets": ("file", "environment")}
"""Sections of which each has one of these."""
TWICE = (("scale", "deploy.replicas"), ("cpus", "deploy.resources.limits.cpus"),
         ("mem_limit", "deploy.resources.limits.memory"), ("mem_reservation", "deploy.resources.reservations.memory"),
         ("pids_limit", "deploy.resources.limits.pids"))
"""Two places of a service that say one thing."""


def _bad_length(node: Node) -> str:
    return bad_duration(str(node.value))


def _bad_size(node: Node) -> str:
    text = str(node.value)
    if kind_of(node) == "integer" or size(text) is not None:
        return ""
    return f"invalid suffix: '{text.lstrip('0123456789. ')}'" if text[:1].isdigit() else f"invalid size: '{text}'"


def _bad_truth(node: Node) -> str:
    is_one = str(node.value).lower() in (*TRUE, *FALSE, "true", "false")
    return "" if is_one else f"invalid boolean: {node.value}"


def _bad_decimal(node: Node) -> str:
    try:
        float(str(node.value))
    except ValueError:
        return f'strconv.ParseFloat: parsing "{node.value}": invalid syntax'
    return ""


def _bad_host(node: Node) -> str:
    return "" if {"=", ":"} & {*str(node.value)} else f"invalid additional host, missing IP: {node.value}"


def _bad_words(node: Node) -> str:
    try:
        shlex.split(str(node.value))
    except ValueError:
        return "invalid command line string"
    return ""


def _bad_count(node: Node) -> str:
    is_below = str(node.value).startswith("-")
    return f"cannot parse value as 'uint64': {node.value} overflows uint" if is_below else ""


def _bad_mode(node: Node) -> str:
    is_octal = isinstance(node, ScalarNode) and not node.style and OCTAL.fullmatch(node.value)
    kind = kind_of(node)
    return "" if is_octal or kind == "integer" else f"expected type 'uint32', got unconvertible type '{kind}'"


FAULTS: dict[str, Fault] = {
    "services.volumes.[].tmpfs.mode": _bad_mode,
    "services.command": _bad_words, "services.entrypoint": _bad_words, "services.healthcheck.retries": _bad_count,
    **dict.fromkeys((f"services.{key}" for key in (
        "stop_grace_period", "healthcheck.interval", "healthcheck.timeout", "healthcheck.start_period",
        "healthcheck.start_interval", "deploy.restart_policy.delay", "deploy.restart_policy.window",
        "deploy.update_config.delay", "deploy.update_config.monitor", "deploy.rollback_config.delay",
        "deploy.rollback_config.monitor")), _bad_length),
    **dict.fromkeys((f"services.{key}" for key in (
        "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit", "shm_size", "build.shm_size",
        "deploy.resources.limits.memory", "deploy.resources.reservations.memory", "volumes.[].tmpfs.size")), _bad_size),
    **dict.fromkeys((f"services.{key}" for key in (
        "attach", "depends_on.*.restart", "build.no_cache", "build.pull", "build.privileged",
        "env_file.[].required")), _bad_truth),
    **dict.fromkeys((f"services.deploy.resources.{key}.cpus" for key in ("limits", "reservations")), _bad_decimal),
    f"{HOSTS}.[]": _bad_host}
"""By place: what is to be understood there."""


def check(values: Values, root: Node) -> None:
    """Raises ScenarioError: what Compose says of what it does not understand, or of what contradicts itself."""
    faults = list(_faults(root, ()))
    if faults:
        raise values.error(faults[0][0], "decoding failed due to the following error(s):\n\n" + "\n".join(
            text for _node, text in faults))
    for section, keys in FILES.items():
        for key, node in _items(find(root, section)):
            given = [each for each in keys if find(node, each)]
            if not given and not find(node, "external"):
                raise values.error(key, f"{section}.{key.value}: one of {'|'.join(keys)} must be set")
            if len(given) > 1:
                raise values.error(key, f"{section}.{key.value}: {'|'.join(keys)} attributes are mutually exclusive")
    for key, node in _items(find(root, "volumes")):
        external, others = find(node, "external"), [each for each in ("driver", "driver_opts", "labels")
                                                   if find(node, each)]
        if external is not None and external.value == "true" and others:
            raise values.error(key, f'volumes.{key.value}: conflicting parameters "external" and "{others[0]}" '
                                    "specified")
    for key, node in _items(find(root, "services")):
        _check_service(values, key, node)


def _items(node: Node | None) -> list[tuple[Node, Node]]:
    return list(node.value) if isinstance(node, MappingNode) else []


def _faults(node: Node, path: Path) -> Iterator[tuple[Node, str]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield from _faults(value, (*path, str(key.value)))
    elif isinstance(node, SequenceNode):
        for at, item in enumerate(node.value):
            yield from _faults(item, (*path, f"[{at}]"))
    elif path and isinstance(node, ScalarNode):
        fault = FAULTS.get(re.sub(r"\[\d+\]", "[]", place_of(path)))
        why = fault(node) if fault is not None else ""
        if why:
            yield node, f"'{_named(path)}' {why}"


def _named(path: Path) -> str:
    """As Go names it: services[web].depends_on[db].restart; a text of a list by its list."""
    section, name, *rest = path[:-1] if path[-1].startswith("[") else path
    keys = [part if part.startswith("[") else f"[{part}]" if at and place_of((section, name, *rest[:at + 1])).endswith(
        "*") else f".{part}" for at, part in enumerate(rest)]
    return f"{section}[{name}]{''.join(keys)}"


def _check_service(values: Values, key: Node, node: Node) -> None:
    for here, there in TWICE:
        one, other = _below(node, here), _below(node, there)
        if one is not None and other is not None and str(one.value) != str(other.value):
            raise values.error(one, f"services.{key.value}: can't set distinct values on '{here}' and '{there}': "
                                    "invalid compose project")
    for place in ("scale", "deploy.replicas"):
        count = _below(node, place)
        if count is not None and str(count.value).startswith("-"):
            raise values.error(count, f"services.{key.value}.{place}: must be greater than or equal to 0")


def _below(node: Node, place: str) -> Node | None:
    found: Node | None = node
    for key in place.split("."):
        found = find(found, key) if found is not None else None
    return found
