"""`ip tuntap` (ip/iptuntap.c): tun and tap devices that stay without a program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.names import name_reader
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.words import USAGE, Words, asking, bare, choose, flag, key, parse, refused_flag
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import STRERROR, KernelError
from netsandbox.linux.core.files.device_nodes import TUN
from netsandbox.linux.netlink import link as requests
from netsandbox.linux.netlink.link import LinkRequest

COMMANDS = ("add*", "delete*", "show*", "lst*", "list*", "help*")
SHOWN_FLAGS = {0x1: "tun", 0x2: "tap", 0x4000: "vnet_hdr", 0x800: "persist"}
"""IFF_*, in the order in which they are told."""
NO_PI = 0x1000
FLAGS = ("pi", "one_queue", "vnet_hdr")


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("ip tuntap", arguments, COMMANDS)
    if command == "show":
        return _show(context, style)
    found = _read(words)
    if "mode" not in found:
        raise ToolError(1, "You failed to specify a tunnel mode")
    if context.files is not None and not context.files.exists(TUN):
        raise ToolError(1, f"open: {STRERROR['ENOENT']}")
    name = found.get("dev", "")
    existing = context.namespace.interfaces.get(name)
    if command == "delete":
        if existing is not None:  # what is not there is made, and goes with the program (TUNSETPERSIST 0)
            _delete(existing, found["mode"])
        return ToolResult(0, "", "")
    if existing is not None:
        raise _failed("EBUSY" if existing.kind == "tun" else "EINVAL")
    request = LinkRequest(name or context.namespace.free_name(found["mode"]), "tun")
    request.settings = {"tuntap": found["mode"], **{name: name in found for name in ("pi", "vnet_hdr")},
                        **{name: found[name] for name in ("user", "group") if name in found}}
    try:
        requests.add(context.namespace, request, context.machine.new_mac)
    except KernelError as error:
        raise _failed(error.errno) from None
    return ToolResult(0, "", "")


def _failed(errno: str) -> ToolError:
    return ToolError(1, f"ioctl(TUNSETIFF): {STRERROR[errno]}")


def _delete(existing: Interface, mode: str) -> None:
    if existing.kind != "tun" or (existing.hardware == "ether") != (mode == "tap"):
        raise _failed("EINVAL")
    requests.delete(existing)


def _read(words: Words) -> dict[str, Any]:
    """parse_args; one_queue is read, and the kernel has long not looked at it."""
    return parse(words, (
        key("mode*", read=_mode), key("user*", read=_owner("user")), key("group*", read=_owner("group")),
        key("dev*", read=name_reader("dev")), *(flag(name) for name in FLAGS),
        refused_flag("multi_queue", of="a tun device"), asking(usage("ip tuntap"))),
        bare("name", name_reader("name"), name="dev"))


def _mode(words: Words) -> str:
    word = words.next()
    found = choose(word, ("tun*", "tap*"))
    if found is None:
        raise ToolError(USAGE, f'Unknown tunnel mode "{word}"')
    return found


def _owner(what: str) -> Callable[[Words], str]:
    """A user or group; the sandbox's machines have one of each that has a name."""
    def read(words: Words) -> str:
        word = words.next()
        if not (word.isdecimal() and word.isascii()) and word != "root":
            raise ToolError(USAGE, f'invalid {what} "{word}"')
        return "root" if word.strip("0") == "" else word
    return read


def _show(context: ToolContext, style: Style) -> ToolResult:
    """print_tuntap, from /sys; the labs' own kernel shows it no device there."""
    files, rows, err = context.files, [], ""
    for one in context.namespace.interfaces.values():
        if one.kind != "tun":
            continue
        folder = f"/sys/class/net/{one.name}"
        if files is None or not files.exists(f"{folder}/tun_flags"):
            err += f"fopen {folder}/tun_flags: No such file or directory\n"
            continue
        number, user, group = (int(files.read(f"{folder}/{name}"), 0) for name in ("tun_flags", "owner", "group"))
        words = [name for bit, name in SHOWN_FLAGS.items() if number & bit]
        words = words if number & NO_PI else [words[0], "pi", *words[1:], "filter"]  # IFF_NOFILTER is the same bit
        row = Row(style)
        row.put("ifname", one.name, f"{one.name}:")
        row.put("flags", words, f" {' '.join(words)}")
        for name, number in (("user", user), ("group", group)):
            if number >= 0:
                row.put(name, number, f" {name} {number}")
        row.say("\n")
        rows.append(row)
    return ToolResult(0, render(rows, style), err)
