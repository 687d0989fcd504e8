"""All tools by name, and how a command line runs one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from netsandbox.commands.late import Late
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.notes import notes
from netsandbox.linux.core.errors import KernelError, NotModelledError

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext

INSTALLERS = ("apt", "apt-get", "apk", "dnf", "microdnf", "yum")
Tool = Callable[["ToolContext", list[str]], ToolResult]
TOOLS: Late[str, Tool] = Late({
    "arp": "netsandbox.commands.tools.arp:run", "brctl": "netsandbox.commands.tools.brctl:run",
    "bridge": "netsandbox.commands.tools.bridge:run", **{name: f"netsandbox.commands.tools.text:{name}" for name in (
        "cat", "column", "head", "nl", "rev", "tac", "tail", "tee", "tr", "wc")},
    **{name: f"netsandbox.commands.tools.fields:{name}" for name in ("cut", "sort", "uniq")},
    **{name: f"netsandbox.commands.tools.diff:{name}" for name in ("cmp", "comm", "diff", "paste")},
    **dict.fromkeys(("less", "more"), "netsandbox.commands.tools.text:pager"),
    **{name: f"netsandbox.commands.tools.grep:{name}" for name in ("egrep", "fgrep", "grep")},
    **{name: f"netsandbox.commands.tools.file_tools:{name}" for name in (
        "basename", "chgrp", "chmod", "chown", "cp", "dirname", "ln", "mkdir", "mv", "pwd", "readlink", "realpath",
        "rm", "rmdir", "touch")},
    "dd": "netsandbox.commands.tools.dd:dd",
    **{name: f"netsandbox.commands.tools.truncate:{name}" for name in ("fallocate", "truncate")},
    **{name: f"netsandbox.commands.tools.digests:{name}" for name in (
        "base64", "md5sum", "sha1sum", "sha256sum", "sha512sum")},
    "awk": "netsandbox.commands.tools.awk:awk", "find": "netsandbox.commands.tools.find:find",
    "stat": "netsandbox.commands.tools.stat:stat", "expr": "netsandbox.commands.tools.expr:expr",
    "tar": "netsandbox.commands.tools.tar:tar", "tree": "netsandbox.commands.tools.tree:tree",
    **{name: f"netsandbox.commands.tools.ls:{name}" for name in ("ll", "ls")},
    "sed": "netsandbox.commands.tools.sed:sed",
    "hostname": "netsandbox.commands.tools.hostname:hostname",
    "hostnamectl": "netsandbox.commands.tools.hostname:hostnamectl",
    "ifconfig": "netsandbox.commands.tools.ifconfig:run",
    "conntrack": "netsandbox.commands.tools.conntrack:run", "dmesg": "netsandbox.commands.tools.dmesg:run",
    "ip": "netsandbox.commands.tools.ip:run",
    "ip6tables": "netsandbox.commands.tools.iptables:no_ipv6", "nft": "netsandbox.commands.tools.nft:run",
    "xtables-monitor": "netsandbox.commands.tools.rule_trace:monitor",
    **{f"iptables{kind}{name}": f"netsandbox.commands.tools.iptables:{function}{suffix}"
       for kind, suffix in (("", ""), ("-nft", "_nft"), ("-legacy", "_legacy"))
       for name, function in (("", "run"), ("-save", "save"), ("-restore", "restore"))},
    "nstat": "netsandbox.commands.tools.nstat:run",
    "tc": "netsandbox.commands.tools.tc:run", "netstat": "netsandbox.commands.tools.netstat:run",
    "vconfig": "netsandbox.commands.tools.vconfig:run", "tunctl": "netsandbox.commands.tools.tunctl:run",
    "route": "netsandbox.commands.tools.route:run", "ss": "netsandbox.commands.tools.ss:run",
    "sysctl": "netsandbox.commands.tools.sysctl:run", "ufw": "netsandbox.commands.tools.ufw:run",
    "lsof": "netsandbox.commands.tools.lsof:run",
    "lsns": "netsandbox.commands.tools.namespaces:lsns",
    **{name: f"netsandbox.commands.tools.mount:{name}" for name in ("mount", "umount")},
    "ethtool": "netsandbox.commands.tools.ethtool:run",
    "jq": "netsandbox.commands.tools.jq:jq", "id": "netsandbox.commands.tools.system:identity",
    **{name: f"netsandbox.commands.tools.system:{name}" for name in (
        "date", "getenforce", "groups", "lsmod", "modprobe", "sestatus", "setenforce")},
    **{name: f"netsandbox.commands.tools.processes:{name}" for name in (
        "killall", "pgrep", "pidof", "pkill", "ps")},
    **{name: f"netsandbox.commands.tools.small:{name}" for name in (
        "arch", "clear", "echo", "false", "nproc", "printenv", "reset", "seq", "test", "true", "tty", "uname", "uptime",
        "uuidgen", "whoami")},
    "[": "netsandbox.commands.tools.small:bracket",
    **dict.fromkeys(INSTALLERS, "netsandbox.commands.tools.small:install")})
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
    return result._replace(err=result.err + "".join(said)) if said else result


def _result(tool: Tool, context: ToolContext, arguments: list[str]) -> ToolResult:
    try:
        return tool(context, arguments)
    except KernelError as error:
        return ToolResult(1, "", f"{error}\n")
    except NotModelledError as error:
        return ToolResult(1, "", f"netsandbox: {error}\n")
    except ToolError as error:
        return ToolResult(error.code, "", error.message + "\n" if error.message else "")
