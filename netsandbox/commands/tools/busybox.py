"""ip, ifconfig, arp and route as BusyBox 1.37 prints them in the images busybox and alpine.

What they do is what the others do; these only show. An option that BusyBox
has not is iproute2's, which the sandbox lends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from netsandbox.apps.busybox.usages import usage
from netsandbox.apps.option_table import OptionTable
from netsandbox.commands.tools import hostname as hostname_tool
from netsandbox.commands.tools import small as small_tools
from netsandbox.commands.tools import sysctl as sysctl_tool
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.ip import ip as ip_tool
from netsandbox.commands.tools.kernel.sysfs import device_flags
from netsandbox.commands.tools.older import arp as arp_tool
from netsandbox.commands.tools.older import ifconfig as ifconfig_tool
from netsandbox.commands.tools.older import netstat as netstat_tool
from netsandbox.commands.tools.older import route as route_tool
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.interface_address import InterfaceAddress
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.netlink.credentials import RIGHTS
from netsandbox.wire.addresses import format_ipv4, format_mac

IOCTLS = {"up": "SIOCSIFFLAGS", "down": "SIOCSIFFLAGS", "mtu": "SIOCSIFMTU", "name": "SIOCSIFNAME",
          "address": "SIOCSIFHWADDR"}
"""By which its `ip link set` changes an interface."""
BusyBox = Callable[["ToolContext", list[str]], ToolResult]
DENIED_KEY = re.compile(r'sysctl: permission denied on key "([^"]*)"')
OPTIONS = frozenset({"-4", "-6", "-0", "-o", "-oneline", "-f", "-family"})
TOPICS = ("address", "route", "link", "tunnel", "neigh", "neighbour", "rule")
LENT = "note: BusyBox's ip has no {}; the sandbox lends iproute2's\n"
LINK = re.compile(r"^(\d+: \S+?)(?:@if(\d+))?: <([^>]*)>(.*)", re.MULTILINE)
STATE = re.compile(r" (?:state|mode|group) \S+")
GROUP = re.compile(r" (?:mode|group) \S+")
"""Alpine's BusyBox shows the state; that of the image busybox was built against older headers."""
NETNS = re.compile(r" link-netns(?:id)? \S+")
PROTOCOL = re.compile(r" proto \S+")
SPACED = re.compile(r" (src|metric) ")
CACHE = re.compile(r"\n    cache[^\n]*")
NEIGHBOUR = re.compile(r"^(.*? lladdr \S+ |.* ) (ref \d+ )?used \S+?probes (\d+) (\S+) $", re.MULTILINE)
ENTRY = re.compile(r"^(\? \(\S+\) at \S+)( \[\w+\])?( PERM)?(?: PUB)? on (\S+)$", re.MULTILINE)
FLAGS = {0x1: "UP", 0x2: "BROADCAST", 0x8: "LOOPBACK", 0x40: "RUNNING", 0x80: "NOARP", 0x1000: "MULTICAST"}
RUNNING = 0x40
NETSTAT_ROW = re.compile(r"^(tcp|udp)[6 ] (.{74})(.*)$")
NETSTAT_WIDTH = 99  # Of a row, of which 19 are `PID/program` (PROGNAME_WIDTH)
NETSTAT = OptionTable("netstat", 1, usage("netstat"), acts="l a e n t u w x r p", usual="W")
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def _in_its_words(name: str, code: int) -> Callable[[BusyBox], BusyBox]:
    """What is refused for want of a right, as BusyBox says it: the applet's name goes before it."""
    def mended(tool: BusyBox) -> BusyBox:
        def run(context: ToolContext, arguments: list[str]) -> ToolResult:
            try:
                return tool(context, arguments)
            except (KernelError, ToolError) as error:
                text = str(error)
                if "Operation not permitted" not in text:
                    raise
                raise ToolError(1 if "flush" in text else code, f"{name}: {_reworded(text, arguments)}") from None
        return run
    return mended


def _reworded(text: str, arguments: list[str]) -> str:
    ioctl = next((IOCTLS[word] for word in arguments if word in IOCTLS), "") if "set" in arguments else ""
    words = {"RTNETLINK answers": ioctl or "RTNETLINK answers", "Failed to send": "can't send", "(dontpub)": "(priv)"}
    for theirs, own in words.items():
        text = text.replace(theirs, own)
    return text


@_in_its_words("ip", 2)
def ip(context: ToolContext, arguments: list[str]) -> ToolResult:
    """The same lines with less in them."""
    words = [word for word in arguments if not word.startswith("-")]
    foreign = next((word for word in arguments if word.startswith("-") and word not in OPTIONS), "") or next(
        (word for word in words[:1] if not any(topic.startswith(word) for topic in TOPICS)), "")
    if foreign:
        done = ip_tool.run(context, arguments)
        is_known = not done.err.startswith("Object ")
        return done._replace(err=LENT.format(foreign[:40]) * is_known + done.err)
    topic = words[0][:1] if words else ""
    if words[1:] == ["help"]:
        raise ToolError(2 if topic == "l" else 1, "ip: invalid argument 'help' to 'ip'")
    shows = len(words) < 2 or words[1] in ("show", "list", "sh", "s", "l", "ls", "lst", "get", "g")
    if topic == "n" and shows:
        done = ip_tool.run(context, ["-s", *arguments])
        return done._replace(out=NEIGHBOUR.sub(_neighbour, done.out))
    done = ip_tool.run(context, arguments)
    if words and "rule".startswith(words[0]) and words[0] != "r":
        return done._replace(out=done.out.replace("\n", " \n"))
    if topic == "r":
        return done._replace(out=SPACED.sub(r"  \1 ", PROTOCOL.sub("", CACHE.sub("", done.out))).replace(" uid 0", ""))
    return done._replace(out=_links(context, done.out)) if topic in ("a", "l") else done


def _neighbour(match: re.Match[str]) -> str:
    """Its times are always 0: it divides them by the wrong unit."""
    begin = match[1] if "lladdr" in match[1] else match[1] + " "
    return f"{begin}{match[2] or ''}used 0/0/0 probes {match[3]} {match[4]}"


def _links(context: ToolContext, text: str) -> str:
    names = {interface.index: interface.name for interface in context.namespace.interfaces.values()}

    def line(match: re.Match[str]) -> str:
        head, peer, flags, rest = match.groups()
        below = "" if peer is None else f"@{names.get(int(peer), f'if{peer}')}"
        flags += ",M-DOWN" if peer is not None and int(peer) not in names else ""
        return f"{head}{below}: <{flags}>{(GROUP if is_alpine else STATE).sub('', rest)}"
    is_alpine = context.files is not None and context.files.is_directory("/etc/apk")
    return NETNS.sub("", LINK.sub(line, text))


@_in_its_words("route", 1)
def route(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Without -n, `*` where there is no gateway."""
    done = route_tool.run(context, arguments)
    if any("n" in word for word in arguments if word.startswith("-")):
        return done
    return done._replace(out=_starred(done.out))


def netstat(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Both families of a protocol have one name, a program's is what it calls itself, and there are no counters."""
    options = NETSTAT.read(arguments).values
    done = netstat_tool.run(context, [f"-{letter}" for letter in options if letter not in "We"])
    if "r" in options:
        return done if "n" in options else done._replace(out=_starred(done.out))
    commands = {pid: command for pid, _parent, command, _whose in context.machine.processes_inside(
        context.namespace, context.files)} if context.files is not None else {}
    rows = [NETSTAT_ROW.sub(partial(_netstat_row, commands), row) for row in done.out.splitlines()]
    rows = [f"{row} " if row.endswith("State      ") else row for row in rows]
    return done._replace(out="".join(f"{row.replace('I-Node   ', 'I-Node ')}\n" for row in rows))


def _netstat_row(commands: dict[int, str], match: re.Match[str]) -> str:
    protocol, rest, owner = match.groups()
    pid, slash, name = owner.strip().partition("/")
    if slash:
        words = commands.get(int(pid), name)
        title = words if words.partition(" ")[0].endswith(":") else words.partition(" ")[0]
        return f"{protocol}  {rest} {pid}/{title.rpartition('/')[2]}"[:NETSTAT_WIDTH]
    return f"{protocol}  {rest} {pid}"


def _starred(table: str) -> str:
    """Where there is no gateway stands `*`."""
    return re.sub(r"^(\S+ +)0\.0\.0\.0 {9}", r"\1*               ", table, flags=re.MULTILINE)


def uname(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Alpine's system has no GNU in it."""
    done = small_tools.uname(context, arguments)
    is_alpine = context.files is not None and context.files.is_directory("/etc/apk")
    return done._replace(out=done.out.replace("GNU/Linux", "Linux")) if is_alpine else done


@_in_its_words("arp", 1)
def arp(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Always in the manner of `arp -a`."""
    if any(word[:2] in ("-s", "-d", "-S") for word in arguments):
        return arp_tool.run(context, arguments)
    rest = [word for word in arguments if word not in ("-n", "-a", "-an", "-na", "-e", "-v")]
    done = arp_tool.run(context, ["-a", "-n", *rest])
    return done._replace(out=ENTRY.sub(
        lambda match: f"{match[1]}{match[2] or ''}{match[3] or ' '} on {match[4]}", done.out))


def hostname(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Any name is one."""
    if arguments[:1] and not arguments[0].startswith("-"):
        if not RIGHTS.get().sys_admin:
            raise ToolError(1, "hostname: sethostname: Operation not permitted")
        if len(to_bytes(arguments[0])) > hostname_tool.MAX_NAME:
            raise ToolError(1, "hostname: sethostname: Invalid argument")
        context.machine.set_hostname(context.namespace, arguments[0], context.files)
        return ToolResult(0, "", "")
    return hostname_tool.hostname(context, arguments)


@_in_its_words("ifconfig", 1)
def ifconfig(context: ToolContext, arguments: list[str]) -> ToolResult:
    words = [word for word in arguments if word != "-a"]
    interfaces = context.namespace.interfaces
    if len(words) > 1:
        return ifconfig_tool.run(context, arguments)
    if words and words[0] not in interfaces:
        raise ToolError(1, f"ifconfig: {words[0]}: error fetching interface information: Device not found")
    if words:
        return ToolResult(0, _block(interfaces[words[0]]), "")
    shown = (it for it in sorted(interfaces.values(), key=lambda it: it.name) if it.up or "-a" in arguments)
    return ToolResult(0, "".join(_block(it) + _aliases(it) for it in shown), "")


def _block(interface: Interface) -> str:
    plain = [own for own in interface.addresses if own.label in ("", interface.name)]
    it, indent = interface, " " * 10
    return (_heading(it, it.name, plain[:1])
            + f"{indent}RX packets:{it.rx_packets} errors:0 dropped:{it.rx_dropped} overruns:0 frame:0\n"
            + f"{indent}TX packets:{it.tx_packets} errors:0 dropped:{it.tx_dropped} overruns:0 carrier:0\n"
            + f"{indent}collisions:0 txqueuelen:{interface.queue_length} \n"
            + f"{indent}RX bytes:{_scaled(it.rx_bytes)}  TX bytes:{_scaled(it.tx_bytes)}\n\n")


def _aliases(interface: Interface) -> str:
    """The addresses that have a label of their own."""
    return "".join(_heading(interface, own.label, [own]) + "\n" for own in interface.addresses
                   if own.label not in ("", interface.name))


def _heading(interface: Interface, name: str, addresses: list[InterfaceAddress]) -> str:
    number = device_flags(interface) | (RUNNING if interface.running else 0)
    names = " ".join(text for bit, text in FLAGS.items() if number & bit)
    kind = "Local Loopback  " if interface.is_loopback else f"Ethernet  HWaddr {format_mac(interface.mac).upper()}  "
    text = f"{name:<10}Link encap:{kind}\n"
    for own in addresses:
        broadcast = "" if interface.is_loopback else f"  Bcast:{format_ipv4(own.broadcast or 0)}"
        text += f"          inet addr:{format_ipv4(own.local)}{broadcast}  Mask:{format_ipv4(own.network.mask)}\n"
    return text + f"          {names}  MTU:{interface.mtu}  Metric:1\n"


def _scaled(count: int) -> str:
    """`1633 (1.5 KiB)`: by 1024, cut off after one digit."""
    tenths, unit = count * 10, 0
    while tenths >= 10240 and unit < len(UNITS) - 1:
        tenths, unit = tenths // 1024, unit + 1
    return f"{count} ({tenths // 10}.{tenths % 10} {UNITS[unit]})"


def sysctl(context: ToolContext, arguments: list[str]) -> ToolResult:
    """The same, but for the words of a refusal."""
    done = sysctl_tool.run(context, arguments)
    return done._replace(err=DENIED_KEY.sub(r"sysctl: error setting key '\1': Read-only file system", done.err))
