"""`ip tuntap` (ip/iptuntap.c): tun and tap devices that stay without a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.names import interface_named
from netsandbox.commands.tools.words import USAGE, Words, choose, flag, garbage, key, parse, wrong
from netsandbox.linux.core.errors import STRERROR, KernelError
from netsandbox.linux.netlink import link as requests
from netsandbox.linux.netlink.link import LinkRequest

if TYPE_CHECKING:
    from typing import Any

    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.commands.tools.output import Style

COMMANDS = ("add*", "delete*", "show*", "lst*", "list*", "help*")
FLAGS = ("pi", "one_queue", "vnet_hdr", "multi_queue")


def run(context: ToolContext, arguments: list[str], _style: Style) -> ToolResult:
    command = choose(arguments[0], COMMANDS) if arguments else "show"
    if command == "help":
        raise usage("tuntap")
    if command is None:
        raise ToolError(USAGE, f'Command "{arguments[0]}" is unknown, try "ip tuntap help".')
    if command in ("show", "lst", "list"):
        return _show(context)
    found = _read(Words(arguments[1:]))
    if "mode" not in found:
        raise ToolError(USAGE, "You failed to specify a tunnel mode")
    name = found.get("dev", "")
    existing = context.namespace.interfaces.get(name)
    if command == "delete":
        device = interface_named(context.namespace, name) if name else None
        if device is None or device.kind != "tun":
            raise _failed("EINVAL")
        requests.delete(device)
        return ToolResult(0, "", "")
    if existing is not None:
        raise _failed("EBUSY" if existing.kind == "tun" else "EINVAL")
    request = LinkRequest(name, "tun")
    request.settings = {"tuntap": found["mode"]}
    try:
        requests.add(context.namespace, request, context.machine.new_mac)
    except KernelError as error:
        raise _failed(error.errno) from None
    return ToolResult(0, "", "")


def _failed(errno: str) -> ToolError:
    return ToolError(1, f"ioctl(TUNSETIFF): {STRERROR[errno]}")


def _read(words: Words) -> dict[str, Any]:
    """parse_args."""
    named = ""

    def other(word: str, rest: Words) -> None:
        nonlocal named
        if word == "name":
            word = rest.next()
        if named:
            raise garbage("name", word)
        named = word

    found = parse(words, (
        key("mode", read=_mode), key("user", "group", read=_owner), key("dev", read=lambda rest: rest.next()),
        *(flag(name) for name in FLAGS)), other)
    if named:
        found.setdefault("dev", named)
    return found


def _mode(words: Words) -> str:
    word = words.next()
    if word not in ("tun", "tap"):
        raise wrong(word, "invalid tunnel mode")
    return word


def _owner(words: Words) -> str:
    word = words.next()
    if not word.isdecimal() and word != "root":
        raise wrong(word, "invalid user or group")
    return word


def _show(context: ToolContext) -> ToolResult:
    """What the kernel of the labs answers: iproute2 does not find the files it reads flags from in /sys."""
    lines = [f"fopen /sys/class/net/{one.name}/tun_flags: No such file or directory\n"
             for one in context.namespace.interfaces.values() if one.kind == "tun"]
    return ToolResult(0, "", "".join(lines))
