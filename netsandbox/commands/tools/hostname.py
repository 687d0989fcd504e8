"""`hostname` and what `hostnamectl` does with it."""

from __future__ import annotations

import re

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import read, table
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.kernel import RELEASE
from netsandbox.linux.netlink.credentials import RIGHTS
from netsandbox.wire.addresses import format_ipv4

HOSTNAME = table(
    "hostname", 255, acts="s|short f|fqdn f|long d|domain i|ip-address I|all-ip-addresses F|file=",
    refused="a|alias A|all-fqdns b|boot y|yp y|nis h|help V|version")
MAX_NAME = 64  # Bytes: __NEW_UTS_LEN
NAME = re.compile(r"(?!.*(?:\.\.|-\.|\.-))[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
"""RFC 1035, as Debian's hostname reads it (check_hostname)."""
SETS = ("set-hostname", "hostname")


@looks("-[A-Za-z]+|")
def hostname(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`hostname`: the name, a part of it, or the addresses; what /etc/hosts says of it counts."""
    told = read(HOSTNAME, arguments)
    asked = told.given[-1].option.name if told.given else ""
    if len(told.operands) > (not asked):
        raise ToolError(255, f"netsandbox: `hostname {' '.join(arguments)[:60]}` is not modelled; there are NAME, "
                             "-F FILE, -s, -f, -d, -i and -I")
    if told.operands or asked == "F":
        return _set(context, _first_line(context, told.values["F"]) if asked else told.operands[0])
    name = context.machine.hostname(context.namespace, context.files)
    if asked in ("", "s"):
        return ToolResult(0, (name.partition(".")[0] if asked else name) + "\n", "")
    if asked == "I":
        others = [a for i in context.namespace.interfaces.values() if not i.is_loopback for a in i.addresses]
        return ToolResult(0, "".join(f"{format_ipv4(a.local)} " for a in others) + "\n", "")
    found = _found(context, name)
    whole = found[0][1]
    domain = whole.partition(".")[2]
    return ToolResult(0, {"i": " ".join(address for address, _whole in found) + "\n", "f": f"{whole}\n",
                          "d": f"{domain}\n" if domain else ""}[asked], "")


OS_RELEASE = "/etc/os-release"


@looks("(?:status)?")
def hostnamectl(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`hostnamectl set-hostname NAME`: /etc/hostname says so too; `hostnamectl` alone tells what there is."""
    if arguments in ([], ["status"]):
        files = context.files  # an image may say nothing of its system
        release = files.read(OS_RELEASE) if files is not None and files.exists(OS_RELEASE) else ""
        system = release.partition('PRETTY_NAME="')[2].partition('"')[0]
        rows = {"Static hostname": context.machine.hostname(context.namespace, context.files),
                "Operating System": system, "Kernel": f"Linux {RELEASE}", "Architecture": "x86-64"}
        return ToolResult(0, "".join(f"{name:>16}: {value}\n" for name, value in rows.items()), "")
    if len(arguments) != 2 or arguments[0] not in SETS or context.files is None:
        raise ToolError(1, "netsandbox: of hostnamectl there are `hostnamectl` and `hostnamectl set-hostname NAME`")
    done = _set(context, arguments[1])
    context.files.write("/etc/hostname", f"{arguments[1]}\n")
    return done


def _set(context: ToolContext, name: str) -> ToolResult:
    """Raises ToolError: it is none, or the program may not."""
    if not NAME.fullmatch(name):
        raise ToolError(1, "hostname: the specified hostname is invalid")
    if not RIGHTS.get().sys_admin:
        raise ToolError(1, "hostname: you must be root to change the host name")
    if len(name) > MAX_NAME:
        raise ToolError(1, "hostname: name too long")
    context.machine.set_hostname(context.namespace, name, context.files)
    return ToolResult(0, "", "")


def _first_line(context: ToolContext, path: str) -> str:
    """The name in a file, behind comments and empty lines."""
    try:
        text = context.files.read(path) if context.files is not None else ""
    except FileError as error:
        raise ToolError(1, f"hostname: {error}") from None
    return next((line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")), "")


def _found(context: ToolContext, name: str) -> list[tuple[str, str]]:
    """The address and the first name of each line of /etc/hosts that has the name (ToolError: there is none)."""
    text = context.files.read("/etc/hosts") if context.files is not None else ""
    lines = [line.partition("#")[0].split() for line in text.splitlines()]
    found = [(line[0], line[1]) for line in lines if name in line[1:] and ":" not in line[0]]
    if not found:
        raise ToolError(1, "hostname: Name or service not known")
    return found
