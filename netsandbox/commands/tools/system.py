"""date, id, groups, modprobe, lsmod: what a tutorial asks of the machine around its network."""

from __future__ import annotations

import re
from collections.abc import Mapping

from netsandbox.apps.calendar import civil_date, days_before
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import options_of, table
from netsandbox.engine.units import EPOCH, SECOND
from netsandbox.linux.core.files.accounts import GROUPS, USERS, Account, group_name
from netsandbox.linux.core.kernel import RELEASE
from netsandbox.linux.netfilter import bridged
from netsandbox.linux.netlink.credentials import RIGHTS

DAYS = ("Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")
PLAIN_DATE = "%a %b %e %H:%M:%S %Z %Y"
FORMATS = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "D": "%m/%d/%y", "R": "%H:%M", "c": "%a %b %e %H:%M:%S %Y",
           "r": "%I:%M:%S %p", "x": "%m/%d/%y", "X": "%H:%M:%S"}
ISO = {"date": "%F", "hours": "%FT%H+00:00", "minutes": "%FT%R+00:00", "seconds": "%FT%T+00:00",
       "ns": "%FT%T,%N+00:00"}
DATES = {"-I": "%F", "--iso-8601": "%F",
         **{f"{option}{name[:size]}": form for name, form in ISO.items() for size in range(1, len(name) + 1)
            for option in ("-I", "--iso-8601=")},
         "--rfc-3339=seconds": "%F %T+00:00", "--rfc-3339=date": "%F", "--rfc-3339=ns": "%F %T.%N+00:00"}
FIELD = re.compile(r"%([-_0^#]*)(\d{0,2})(:{1,3}z|[EO][a-zA-Z]|.)")
SINCE_1970 = re.compile(r"@(\d{1,11})")
MODULES = (
    "8021q", "bonding", "br_netfilter", "bridge", "cls_u32", "dummy", "ip_gre", "ip_tables", "ip_tunnel", "ipip",
    "iptable_filter", "iptable_mangle", "iptable_nat", "iptable_raw", "ipvlan", "macvlan", "nf_conntrack",
    "nf_conntrack_netlink", "nf_nat", "nf_log_syslog", "nf_tables", "overlay", "sch_htb", "sch_netem", "sch_tbf", "tun",
    "veth", "vrf", "vxlan", "x_tables", "xt_LOG", "xt_MASQUERADE", "xt_addrtype", "xt_comment", "xt_conntrack",
    "xt_limit", "xt_mark", "xt_multiport", "xt_nat", "xt_state", "xt_tcpudp")
"""What the kernel of the sandbox has, loaded or built in."""


ALIASES = {"gre": "ip_gre", "ip_conntrack": "nf_conntrack", "nf_conntrack_ipv4": "nf_conntrack", "nf_log_ipv4":
           "nf_log_syslog", "nf_nat_ipv4": "nf_nat", "ipt_MASQUERADE": "xt_MASQUERADE", "bond": "bonding",
           "ip_nat": "nf_nat", "ipt_LOG": "xt_LOG"}
"""Other names of theirs, and older ones."""
NOT_MODELLED = frozenset({
    "act_mirred", "ebtables", "esp4", "ifb", "ip6_tables", "ip6table_filter", "ip6table_nat", "ip_set",
    "ip_vs", "ip_vs_rr", "ip_vs_sh", "ip_vs_wrr", "ipv6", "kvm", "macvtap", "openvswitch", "pktgen",
    "sctp", "sit", "vhost_net", "wireguard", "xfrm_user"})
"""A machine's kernel has them, and the sandbox's has not."""
DATE = table(
    "date", acts="u|utc u|universal R|rfc-email d|date=",
    refused="r|reference= f|file= s|set= I|iso-8601? debug resolution rfc-3339=")


@looks("(?!.*(?:-s|--set)).*")
def date(context: ToolContext, arguments: list[str]) -> ToolResult:
    """The virtual time, or one that is told (-d); `+FORMAT` as strftime has it."""
    options, words = options_of(DATE, [word for word in arguments if word not in DATES])
    form = next((DATES[word] for word in arguments if word in DATES), "%a, %d %b %Y %T +0000" if "R" in options else "")
    if len(words) > 1:
        raise ToolError(1, f"date: extra operand '{words[1][:40]}'\nTry 'date --help' for more information.")
    if words and not words[0].startswith("+"):
        raise ToolError(1, f"netsandbox: `date {words[0][:40]}` is not modelled: time is virtual, and cannot be set")
    at = EPOCH + context.namespace.scheduler.clock
    if options.get("d", "now") != "now":
        found = SINCE_1970.fullmatch(options["d"])
        if found is None:
            raise ToolError(1, f"netsandbox: date -d '{options['d'][:40]}' is not modelled: now and @SECONDS are")
        at = int(found[1]) * SECOND
    return ToolResult(0, dated(at, form or (words[0][1:] if words else PLAIN_DATE)) + "\n", "")


def dated(at: int, form: str) -> str:
    """An instant in a format: nanoseconds since 1970; what is no field stays as it is written."""
    days, rest = divmod(at // SECOND, 86400)
    year, month, day = civil_date(days)
    hour, day_of_year, weekday = rest // 3600, days - days_before(year), (days + 4) % 7
    thursday = days - (weekday + 6) % 7 + 3
    week_year = civil_date(thursday)[0]
    values = {"Y": str(year), "m": f"{month:02d}", "d": f"{day:02d}", "e": f"{day:2d}", "H": f"{hour:02d}",
              "M": f"{rest // 60 % 60:02d}", "S": f"{rest % 60:02d}", "y": f"{year % 100:02d}", "Z": "UTC",
              "z": "+0000", "a": DAYS[days % 7][:3], "A": DAYS[days % 7], "b": MONTHS[month - 1][:3],
              "h": MONTHS[month - 1][:3], "B": MONTHS[month - 1], "s": str(at // SECOND), "N": f"{at % SECOND:09d}",
              "I": f"{hour % 12 or 12:02d}", "k": f"{hour:2d}", "l": f"{hour % 12 or 12:2d}", "C": f"{year // 100:02d}",
              "p": "AM" if hour < 12 else "PM", "P": "am" if hour < 12 else "pm", "u": str(weekday or 7),
              "w": str(weekday), "j": f"{day_of_year + 1:03d}", "U": f"{(day_of_year + 7 - weekday) // 7:02d}",
              "W": f"{(day_of_year + 7 - (weekday + 6) % 7) // 7:02d}", "G": str(week_year),
              "g": f"{week_year % 100:02d}", "V": f"{(thursday - days_before(week_year)) // 7 + 1:02d}",
              ":z": "+00:00", "::z": "+00:00:00", ":::z": "+00", "q": str((month + 2) // 3),
              "n": "\n", "t": "\t", "%": "%"}
    values |= {letter: dated(at, FORMATS[letter]) for letter in FORMATS if letter in form}
    return FIELD.sub(lambda found: _field(found, values), form)


def _field(found: re.Match[str], values: dict[str, str]) -> str:
    """With GNU's flags: `-` no padding, `_` blanks, `0` zeros, `^` capitals; digits: how wide, of %N how many."""
    flags, width, letter = found.groups()
    letter = letter if letter[0] not in "EO" else letter[1:] or letter
    if letter not in values or (letter == "%" and flags + width):
        return found[0]
    text = values[letter]
    if letter == "N":
        text = text[:int(width or 9)].ljust(int(width or 0), "0")
        return text.rstrip("0") if "-" in flags else text
    if letter in "demHMSIklyjCYsqwuUWGgV":
        number = text.strip().lstrip("0") or "0"
        fill = {"_": " ", "0": "0"}.get(flags[-1:], " " if letter in "ekl" else "0")
        return number if flags[-1:] == "-" else number.rjust(int(width or len(text)), fill)
    text = text.upper() if "^" in flags else text
    return text.rjust(int(width or 0), "0" if flags[-1:] == "0" else " ")


ID = table("id", acts="u|user g|group G|groups n|name r|real", usual="a", refused="Z|context z|zero")


@looks()
def identity(_context: ToolContext, arguments: list[str]) -> ToolResult:
    """id, of whose program it is, or of each user that is named."""
    options, names = options_of(ID, arguments)
    chosen = options.keys() & {"u", "g", "G"}
    if len(chosen) > 1:
        raise ToolError(1, 'id: cannot print "only" of more than one choice')
    if not chosen and options.keys() & {"n", "r"}:
        raise ToolError(1, "id: printing only names or real IDs requires -u, -g, or -G")
    found = [_identity_of(name, options) for name in names or [""]]
    return ToolResult(max(one.code for one in found), "".join(one.out for one in found),
                      "".join(one.err for one in found))


def _identity_of(name: str, options: Mapping[str, str]) -> ToolResult:
    own = RIGHTS.get().account
    try:
        if name:
            own = own._replace(groups=()) if name == own.user else _account(name)
    except ToolError as error:
        return ToolResult(error.code, "", f"{error}\n")
    groups = [own.gid, *own.groups]
    if not options.keys() & {"u", "g", "G"}:
        user, *shown = (f"{number}({name})" if name else str(number)
                        for number, name in ((own.uid, own.user), *((gid, group_name(gid)) for gid in groups)))
        return ToolResult(0, f"uid={user} gid={shown[0]} groups={','.join(shown)}\n", "")
    if "u" in options:
        return _told("id", "user", {own.uid: own.user}, "n" in options)
    return _told("id", "group", {gid: group_name(gid) for gid in (groups if "G" in options else groups[:1])},
                 "n" in options)


def _account(name: str) -> Account:
    """Of somebody else (ToolError: there is none of that name; which ones an image has is not modelled)."""
    if RIGHTS.get().contained:
        raise ToolError(1, f"netsandbox: which users an image has is not modelled (id {name[:40]})")
    if name not in USERS:
        raise ToolError(1, f"id: ‘{name[:60]}’: no such user")
    uid, group, _home = USERS[name]
    return Account(uid, GROUPS[group])


@looks()
def groups(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    own = RIGHTS.get().account
    return _told("groups", "group", {gid: group_name(gid) for gid in (own.gid, *own.groups)}, by_name=True)


def _told(tool: str, what: str, names: dict[int, str], by_name: bool) -> ToolResult:
    """Names by number in one line; without a name the number, and a complaint."""
    missing = [number for number, name in names.items() if by_name and not name]
    return ToolResult(int(bool(missing)),
                      " ".join((by_name and name) or str(number) for number, name in names.items()) + "\n",
                      "".join(f"{tool}: cannot find name for {what} ID {number}\n" for number in missing))


MODPROBE = table(
    "modprobe", acts="r|remove q|quiet", usual="b|use-blacklist i|ignore-install ignore-remove s|syslog f|force",
    refused="a|all C|config= c|showconfig D|show-depends d|dirname= n|dry-run R|resolve-alias S|set-version= v|verbose "
            "first-time dump-modversions force-modversion force-vermagic show-config show-exports")


def modprobe(context: ToolContext, arguments: list[str]) -> ToolResult:
    """What is modelled is there already, but for br_netfilter: bridges pass by iptables until it is loaded."""
    options, operands = options_of(MODPROBE, arguments)
    names = [word.replace("-", "_") for word in operands]
    if not names:
        raise ToolError(1, "modprobe: ERROR: missing parameters. See -h.")
    if not RIGHTS.get().sysctls:
        raise ToolError(1, f"modprobe: ERROR: could not insert '{names[0]}': Operation not permitted")
    name = ALIASES.get(names[0], names[0])
    if name in NOT_MODELLED:
        raise ToolError(1, f"netsandbox: module {name} is not modelled; `lsmod` lists what is")
    known = {one.lower() for one in MODULES}
    if "r" in options:
        return ToolResult(0, "", f"note: {names[0][:40]} stays: the sandbox's kernel has it built in\n")
    if name.lower() not in known and "q" in options:
        return ToolResult(1, "", "")
    if name.lower() not in known:
        raise ToolError(1, f"modprobe: FATAL: Module {names[0][:40]} not found in directory /lib/modules/{RELEASE}")
    if name == bridged.MODULE:
        found = context.machine.tenants(context.namespace)
        bridged.load(context.namespace.kernel, [tenant.namespace for tenant in found])
    return ToolResult(0, "", "")


@looks()
def getenforce(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    """There is no SELinux."""
    return ToolResult(0, "Disabled\n", "")


def setenforce(_context: ToolContext, arguments: list[str]) -> ToolResult:
    if len(arguments) != 1:
        raise ToolError(1, "usage:  setenforce [ Enforcing | Permissive | 1 | 0 ]")
    raise ToolError(1, "setenforce: SELinux is disabled")


@looks()
def sestatus(_context: ToolContext, _arguments: list[str]) -> ToolResult:
    return ToolResult(0, "SELinux status:                 disabled\n", "")


@looks()
def lsmod(context: ToolContext, _arguments: list[str]) -> ToolResult:
    loaded = [name for name in MODULES if name != bridged.MODULE or name in context.namespace.kernel.modules]
    rows = "".join(f"{name:<23} {16384:>7}  0\n" for name in sorted(loaded, key=str.lower))
    return ToolResult(0, "Module                  Size  Used by\n" + rows, "")
