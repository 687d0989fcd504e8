"""`hostname` and what `hostnamectl` does with it."""

from __future__ import annotations

import re

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.linux.core.inode import FileError
from netsandbox.linux.core.release import RELEASE
from netsandbox.linux.netlink.credentials import RIGHTS
from netsandbox.wire.addresses import format_ipv4

SHORT, LONG, DOMAIN, ADDRESS = ("-s", "--short"), ("-f", "--fqdn", "--long"), ("-d", "--domain"), ("-i", "--ip-address")
ALL_ADDRESSES = ("-I", "--all-ip-addresses")
FILE = ("-F", "--file")
MAX_NAME = 64
"""Bytes: __NEW_UTS_LEN."""
NAME = re.compile(r"(?!.*(?:\.\.|-\.|\.-))[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
"""RFC 1035, as Debian's hostname reads it (check_hostname)."""
SETS = ("set-hostname", "hostname")


def hostname(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`hostname`: the name, a part of it, or the addresses; what /etc/hosts says of it counts."""
    name = context.machine.hostname(context.namespace, context.files)
    asked = arguments[0] if arguments else ""
    if not arguments or asked in SHORT:
        return ToolResult(0, (name.partition(".")[0] if asked else name) + "\n", "")
    if asked in ALL_ADDRESSES:
        from_lo = [a for i in context.namespace.interfaces.values() if not i.is_loopback for a in i.addresses]
        return ToolResult(0, "".join(f"{format_ipv4(a.local)} " for a in from_lo) + "\n", "")
    if asked in FILE and len(arguments) == 2:
        return _set(context, _first_line(context, arguments[1]))
    if len(arguments) == 1 and not asked.startswith("-"):
        return _set(context, asked)
    if len(arguments) > 1 or asked not in (*LONG, *DOMAIN, *ADDRESS):
        raise ToolError(255, f"netsandbox: `hostname {' '.join(arguments)[:60]}` is not modelled; there are NAME, "
                             "-F FILE, -s, -f, -d, -i and -I")
    found = _found(context, name)
    if asked in ADDRESS:
        return ToolResult(0, " ".join(address for address, _whole in found) + "\n", "")
    whole = found[0][1]
    domain = whole.partition(".")[2]
    return ToolResult(0, f"{whole}\n" if asked in LONG else f"{domain}\n" if domain else "", "")


def hostnamectl(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`hostnamectl set-hostname NAME`: /etc/hostname says so too; `hostnamectl` alone tells what there is."""
    if arguments in ([], ["status"]):
        release = context.files.read("/etc/os-release") if context.files is not None else ""
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
    """The address and the first name of each line of /etc/hosts that has the name.

    Raises:
        ToolError: there is none.
    """
    text = context.files.read("/etc/hosts") if context.files is not None else ""
    lines = [line.partition("#")[0].split() for line in text.splitlines()]
    found = [(line[0], line[1]) for line in lines if name in line[1:] and ":" not in line[0]]
    if not found:
        raise ToolError(1, "hostname: Name or service not known")
    return found
