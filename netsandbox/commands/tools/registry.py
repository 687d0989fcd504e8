"""All tools by name, and how a command line runs one."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.program import UsageError
from netsandbox.commands.late import Late, places
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.notes import notes
from netsandbox.linux.core.errors import KernelError, NotModelledError

INSTALLERS = ("apt", "apt-get", "apk", "dnf", "microdnf", "yum")
Tool = Callable[["ToolContext", list[str]], ToolResult]
RUNS = {
    "bridge": "bridge", "firewall": "conntrack nft ufw", "ip": "ip", "sockets": "fuser lsof ss", "tc": "tc",
    "older": "arp brctl ifconfig netstat route tunctl vconfig"}
"""By their room the tools with a module of their name, whose one way in is `run`."""
TOOLS: Late[str, Tool] = Late(places("netsandbox.commands.tools", {
    **{f"{room}.{name}": f"{name}=run" for room, names in RUNS.items() for name in names.split()},
    **{name: f"{name}=run" for name in ("dmesg", "ethtool", "nstat", "sysctl")},
    **{f"files.{name}": name for name in ("awk", "dd", "find", "jq", "mktemp", "od", "sed", "stat", "tar", "tree")},
    "files.text": "cat column head less=pager more=pager nl rev tac tail tee tr wc", "files.fields": "cut sort uniq",
    "files.diff": "cmp comm diff paste", "files.grep": "egrep fgrep grep", "files.ls": "ll ls",
    "files.truncate": "fallocate truncate", "files.gzip": "gzip gunzip zcat",
    "files.digests": "base64 md5sum sha1sum sha256sum sha512sum",
    "files.file_tools": "basename chgrp chmod chown cp dirname ln mkdir mv pwd readlink realpath rm rmdir touch "
                        "unlink",
    "expr": "expr", "tput": "tput", "mount": "mount umount", "hostname": "hostname hostnamectl", "namespaces": "lsns",
    "firewall.rule_trace": "xtables-monitor=monitor",
    "firewall.iptables": " ".join(
        f"ip{six}tables{kind}{name}=" + ("no_ipv6" if six else function) + kind.replace("-", "_")
        for six in ("", "6") for kind in ("", "-nft", "-legacy")
        for name, function in (("", "run"), ("-save", "save"), ("-restore", "restore"))),
    "system": "date getenforce groups id=identity lsmod modprobe sestatus setenforce",
    "processes": "killall pgrep pidof pkill ps",
    "small": "arch clear echo false nproc printenv reset seq test true tty uname uptime uuidgen whoami [=bracket "
             + " ".join(f"{name}=install" for name in INSTALLERS)}))
NOT_FOUND = 127


def run_tool(context: ToolContext, argv: list[str], tool: Tool | None = None) -> ToolResult:
    """Run a tool to its end.

    Args:
        argv: its name (a path's last part counts) and its arguments.
        tool: the one that is meant, if another has the name.
    """
    if not argv:
        return ToolResult(0, "", "")
    tool = tool or TOOLS.get(argv[0].rpartition("/")[2])
    if tool is None:
        return ToolResult(NOT_FOUND, "", f"sh: 1: {argv[0]}: not found\n")
    if context.run is None:
        context = context._replace(run=run_tool)
    with notes() as said:
        result = _result(tool, context, argv[1:])
    context.namespace.scheduler.look()
    return result._replace(err=result.err + "".join(said)) if said else result


def _result(tool: Tool, context: ToolContext, arguments: list[str]) -> ToolResult:
    try:
        return tool(context, arguments)
    except KernelError as error:
        return ToolResult(1, "", f"{error}\n")
    except NotModelledError as error:
        return ToolResult(1, "", f"netsandbox: {error}\n")
    except UsageError as error:
        return ToolResult(error.code, error.out, f"{error}\n")
    except ToolError as error:
        return ToolResult(error.code, "", error.message + "\n" if error.message else "")
