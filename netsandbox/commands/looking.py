"""What only looks: the words with which tools, docker's client and filters change nothing in the lab."""

from __future__ import annotations

import re
from collections.abc import Sequence

from netsandbox.commands.catalogue import VERBS
from netsandbox.commands.verb import Effect

_SHOWS = r"(?: (?:show|sho|sh|list|lis|lst|ls|get)(?: .*)?)?"
_OBJECTS = ("a|ad|addr|address|l|li|link|n|ne|nei|neigh|neighbou?r|r|ro|route|ru|rule|netns|maddr|maddress|tunnel"
            "|nexthop|netconf|ntable")
FILTERS: dict[str, str] = dict.fromkeys(
    ("cat", "column", "cut", "egrep", "fgrep", "fold", "grep", "head", "jq", "less", "more", "nl", "rev", "tac", "tail",
     "tr", "wc"), "(?!)") | {
         "awk": ".*(>|[|]|sys)", "sed": "-[A-Za-z]*i|--in-place|.*w ", "sort": "-[A-Za-z]*o|--output", "uniq": "[^-]"}
"""What may stand behind a pipe, and with which of its words it does change something."""
TOOLS: dict[str, str] = dict.fromkeys(
    ("arch", "cmp", "comm", "diff", "dirname", "basename", "du", "file", "getenforce", "groups", "help", "id", "jobs",
     "ll", "ls", "lsmod", "lsns", "lsof", "md5sum", "netstat", "nproc", "od", "pgrep", "pidof", "printenv", "ps", "pwd",
     "readlink", "realpath", "sestatus", "sha1sum", "sha256sum", "sha512sum", "ss", "stat", "tree", "tty", "type",
     "uname", "uptime", "whoami", "which"), ".*") | {
    "arp": r"(?:-[aenv]+|\S+\.\S+| )*",
    "brctl": "show(?:macs|stp)?(?: .*)?",
    "bridge": rf"(?:-\S+ )*(?:fdb|link|mdb|vlan|vni){_SHOWS}",
    "conntrack": r"(?:-[LSC]|--(?:list|stats|count))(?!.*(?: -z| --zero)).*",
    "date": r"(?!.*(?:-s|--set)).*",
    "dmesg": r"(?!.*-\w*[cC]).*",
    "docker": r"(?:ps|images|inspect|port|top|version|info|history|diff|search)(?: .*)?"
              r"|logs (?!.*(?:-f|--follow)\b).*"
              r"|(?:container|image|network|volume|context|builder|buildx) (?:ls|list|inspect|ps|port|top|diff)(?: .*)?"
              r"|system (?:df|info)(?: .*)?"
              r"|compose (?:-[fp] \S+ )*(?:ps|ls|config|images|port|top|version|logs(?!.*(?:-f|--follow)\b))(?: .*)?",
    "ethtool": r"(?:-[iSkgca] )?\S+",
    "find": r"(?!.*-(?:delete|exec|ok|fprint|fls)).*",
    "hostname": r"-[A-Za-z]+|",
    "hostnamectl": "(?:status)?",
    "ifconfig": r"(?:-a)?|\S+",
    "ip": rf"(?:-(?:n|netns|f|family) \S+ |-\S+ )*(?:{_OBJECTS}){_SHOWS}",
    "iptables": r"(?:-t \w+ )?(?:-[nvx]*[LS][nvx]*|--list\S*)(?!.* -\w*Z)(?: .*)?|(?:-[nvx]+ |-t \w+ )+-[LS](?: .*)?",
    "iptables-save": ".*",
    "journalctl": r"(?!.*(?:-\w*f|--follow|--vacuum|--rotate)).*",
    "nft": r"(?:-\S+ )*list .*",
    "route": r"(?:-[ne]+)?",
    "sysctl": r"(?!.*(?:=|-w|-p|--load|--write|--system)).*",
    "systemctl": "(?:status|is-active|is-enabled|list-units)(?: .*)?",
    "tc": rf"(?:-\S+ )*(?:qdisc|class|filter){_SHOWS}",
    "ufw": "status(?: .*)?",
}
"""By its name the words behind it, all of them, with which a tool only looks."""
TOOLS |= {"iptables-nft": TOOLS["iptables"], "iptables-legacy": TOOLS["iptables"], "iptables-nft-save": ".*",
          "iptables-legacy-save": ".*"}
CARRIERS = re.compile(
    r"(?:sudo (?:-\S+ )*|exec (?!-)\S+ |ip netns exec \S+ |ip -n(?:etns)? \S+ (?=ip )|nsenter (?:-[tn] ?\S+ )+"
    r"|docker (?:container |compose )?exec (?:-[itT]+ |-[eu] \S+ )*[^-\s]\S* )+")
"""Before the command of another node or person."""


def changes_behind_pipe(words: Sequence[str | None]) -> bool:
    """Whether a command behind a pipe may do anything but change what comes through."""
    changing = FILTERS.get(words[0] or "") if words else None
    return changing is None or any(re.match(changing, word or "", re.DOTALL) for word in words[1:])


def only_looks(words: Sequence[str | None]) -> bool:
    """Whether a command changes nothing; None is a word that is known only when it is read."""
    text = " ".join("?" if word is None else word for word in words)
    carried = CARRIERS.match(text)
    text = text[carried.end():] if carried else text
    name, _blank, rest = text.partition(" ")
    if name in VERBS:
        return VERBS[name].effect is not Effect.ACT
    if name in FILTERS:
        return not changes_behind_pipe(text.split(" "))
    return name in TOOLS and re.fullmatch(TOOLS[name], rest, re.DOTALL) is not None
