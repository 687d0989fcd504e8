"""How the words of `ip link add` and `ip link set` are read, and those that are not modelled (ip/iplink.c)."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.commands.tools.context import ToolContext, ToolError
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.word_values import number, number_of, reader
from netsandbox.commands.tools.words import Key, Words, idle, key, on_or_off, refused, wrong
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink.link import MAX_ALIAS

A_DEVICE = "a device"
EINVAL = 22


def _index(word: str) -> int | None:
    value = number_of(word) or 0
    return value if value > 0 else None


def _alias(word: str) -> str | None:
    return word if len(to_bytes(word)) <= MAX_ALIAS else None


read_index = reader(_index, 'Invalid "index" value')
read_alias = reader(_alias, "alias too long\n")


def switch(spelling: str) -> Key:
    return on_or_off(spelling, 1, '"on" or "off"')


def lower_reader(namespace: NetworkNamespace) -> Callable[[Words], Interface]:
    """Reads the device that a new one stands on."""
    return lambda words: interface_named(namespace, words.next())


def namespace_reader(context: ToolContext) -> Callable[[Words], NetworkNamespace]:
    def find(word: str) -> NetworkNamespace | None:
        pid = int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else 0
        return context.machine.namespace_named(word) or context.machine.namespace_of_pid(pid)
    return reader(find, 'Invalid "netns" value\n')


# -- what is read, and not modelled

def _number(spelling: str, *others: str) -> Key:
    name = spelling.rstrip("*")
    return refused(spelling, *others, of=A_DEVICE, read=number(f'Invalid "{name}" value\n'))


def _one_of(complaint: str, *choices: str) -> Callable[[Words], str]:
    def read(words: Words) -> str:
        word = words.next()
        if word.lower() not in choices and not number_of(word):
            raise wrong(word, complaint)
        return word
    return read


def _reason(words: Words) -> tuple[int, bool]:
    word = words.next()
    bit = number_of(word)
    if bit is None or not 0 <= bit < 32:
        raise wrong(word, "invalid protodown reason\n")
    return bit, switch("protodown_reason").read(words)


def _immediately(name: str) -> Key:
    """What has a grammar of its own."""
    def read(_words: Words) -> None:
        raise ToolError(1, f"netsandbox: {name} of {A_DEVICE} is not modelled")
    return key(name, read=read)


NOT_MODELLED = (
    _number("numtxqueues*"), _number("numrxqueues*"),
    *(_number(name) for name in ("gso_max_size", "gso_max_segs", "gro_max_size", "gso_ipv4_max_size",
                                 "gro_ipv4_max_size")),
    refused("protodown_reason", of=A_DEVICE, read=_reason),
    refused("mode", of=A_DEVICE, read=_one_of("Invalid link mode\n", "default", "dormant")),
    refused("state", of=A_DEVICE, read=_one_of("Invalid operstate\n", "unknown", "notpresent", "down",
                                               "lowerlayerdown", "testing", "dormant", "up")),
    idle("addrgenmode*", of=A_DEVICE, read=_one_of("Invalid address generation mode\n", "eui64", "none",
                                                   "stable_secret", "random")),
    refused("link-netns*", of=A_DEVICE), refused("link-netnsid*", of=A_DEVICE), refused("parentdev", of=A_DEVICE),
    *(_immediately(name) for name in ("vf", "xdp", "xdpgeneric", "xdpdrv", "xdpoffload")))
"""Words of iplink_parse that change nothing here, and say so."""
