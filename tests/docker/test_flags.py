"""No flag is taken in silence: each is read by its command, or refused, or a note says that it does nothing here."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from netsandbox.commands.docker.client.registry import COMMANDS
from tests.docker.machine import Machine

BY_TABLE = {"cap-add", "cap-drop", "group-add", "timeout", "time", "health-interval", "health-timeout", "images",
            "health-start-period", "health-start-interval", "models", "device", "pid", "networks", "profiles",
            "services", "volumes"}
"""Flags that are asked for by a name out of a table."""
TRUE_ALREADY = {"all", "verbose", "profile"}
"""There are no intermediate images, nothing more to say of a network, and Compose's other commands are
about all containers that there are: the answer is the same."""
READ = re.compile(r"""\.(?:on|text|all|number|values\.get)\(\s*"([\w-]+)"|"([\w-]+)" in parsed\.values""")
IMPORTED = re.compile(r"^from (netsandbox\.commands\.(?:docker|compose)\.[\w.]+) import", re.MULTILINE)
WHOLE = re.compile(r"^from (netsandbox\.commands\.docker\.\w+) import ([\w, ]+)$", re.MULTILINE)


def flags_read_in(module: str) -> set[str]:
    """The names that a command's module asks for, and those that it imports."""
    text = source(module)
    whole = [f"{room}.{name.split()[0]}" for room, names in WHOLE.findall(text) for name in names.split(", ")]
    texts = [text, *map(source, [*IMPORTED.findall(text), *whole])]
    return {one or other for text in texts for one, other in READ.findall(text)}


def source(module: str) -> str:
    return Path(str(import_module(module).__file__)).read_text(encoding="utf-8")


def test_every_flag_is_read_or_says_that_it_does_nothing() -> None:
    silent = set()
    for words in COMMANDS:
        command = COMMANDS[words]
        read = flags_read_in(command.run.__module__) | BY_TABLE | TRUE_ALREADY
        silent |= {f"{command.path} --{flag.name}" for flag in command.flags
                   if not flag.ignored and not flag.refused and (flag.onto or flag.name) not in read}
    assert not silent


def test_a_flag_without_effect_says_so_once(docker: Machine) -> None:
    said = docker("run -d --name aa --memory 1g --cpus 1 nginx")
    assert said.err == ("note: --cpus does nothing in the sandbox\nnote: --memory does nothing in the sandbox\n")
    assert docker("run -d --name bb --memory 1g nginx").err == ""


def test_an_option_of_a_network_without_effect_says_so(docker: Machine) -> None:
    said = docker("network create -o com.docker.network.bridge.gateway_mode_ipv6=routed -o x.y=1 mynet")
    assert said.err == ("note: the option com.docker.network.bridge.gateway_mode_ipv6 does nothing in the sandbox\n"
                        "note: the option x.y does nothing in the sandbox\n")
    assert docker("network create --ipv6 n6").err == (
        "note: --ipv6: the network has IPv4 alone, as no machine of the sandbox speaks IPv6\n")
