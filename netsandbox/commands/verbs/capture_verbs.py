"""The verbs that capture: `sniff` listens, `export` writes what passed as pcapng."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

from netsandbox.apps.sniffer import Sniffer
from netsandbox.apps.tcpdump.pcap_error import FilterError
from netsandbox.apps.tcpdump.pcap_filter import Filter
from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.job import Job
from netsandbox.commands.shell import Shell
from netsandbox.commands.verb import Effect, Parameter, verb
from netsandbox.commands.verbs.comments import commenter
from netsandbox.lab.errors import LabError
from netsandbox.lab.export import CaptureFile
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import Namer

if TYPE_CHECKING:
    from netsandbox.linux.core.capture import Passing

Values = dict[str, Any]
MOST_FRAMES = 999_999_999
VARIABLE = re.compile(r"[A-Za-z_]\w*=")  # What a shell's own `export` would be given
FILTER = kinds.Kind("FILTER", lambda _lab, text: text, lambda _lab: (
    "arp", "icmp", "ip", "udp", "tcp", "host", "net", "port", "src", "dst", "ether", "broadcast", "multicast", "not"))


@verb("sniff", ("Listen to everything that an interface hears", "监听一个接口听到的一切"), Parameter("end", kinds.END),
      Parameter("count", kinds.COUNT, "-c"), Parameter("filter", FILTER, rest=True, required=False, default=()),
      details=(("sniff NODE[:IFACE] [FILTER] [-c N]: promiscuous, as an eavesdropper would: each frame with whom it "
                "is for, and at the end how many were overheard, their destination being another station's MAC "
                "address. Behind a hub that is all traffic, behind a switch only what it floods. FILTER is "
                "tcpdump's: arp, icmp, host nginx-1, not port 80 …; names of nodes are addresses. Without -c it "
                "listens until ctrl+c; with & behind the line other lines can follow."),
               ("sniff NODE[:IFACE] [FILTER] [-c N]：混杂模式，如同窃听者：列出每个帧是发给谁的，最后说明偷听到多少，"
                "也就是目的 MAC 属于别的站点的帧。在集线器后面是全部通信，在交换机后面只有它泛洪的帧。FILTER 是 "
                "tcpdump 的：arp、icmp、host nginx-1、not port 80 …；节点的名称就是它的地址。不写 -c 就一直监听，直到"
                " ctrl+c；行尾加 & 则可以继续输入别的行。")),
      examples=(("sniff pc3 &", "listen while others talk", "在别人通信时监听"),
                ("sniff pc3 icmp -c 4", "the first four of ping's frames", "ping 的前四个帧"),
                ("sniff host:docker0 arp", "what docker0 carries", "docker0 上经过什么")), group="program")
def sniff(shell: Shell, job: Job, values: Values) -> None:
    words, count = list(values["filter"]), values["count"]
    if "-c" in words:
        at = words.index("-c")
        if at + 1 == len(words):
            raise CommandError("sniff: -c needs N")
        count = kinds.COUNT.parse(shell.lab, words[at + 1])
        del words[at:at + 2]
    if count is not None and not 0 < count <= MOST_FRAMES:
        raise CommandError("sniff: -c counts from 1")
    interface = shell.lab.interface(values["end"])
    if not interface.up:
        raise CommandError(f"sniff: {interface.label} is down; `link {interface.label} up` brings it up", 1)
    mask = interface.addresses[0].network.mask if interface.addresses else 0
    job.follow(Sniffer(interface, _filter("sniff", " ".join(words), shell.lab, mask), count, Namer(shell.lab).of_mac,
                       shell.lab.next_pid()))


@verb("export", ("Write the frames so far as a pcapng file", "把到目前为止的帧写成 pcapng 文件"),
      Parameter("file", kinds.FILE),
      Parameter("filter", FILTER, "--filter", default=""), Parameter("end", kinds.END, "--at"),
      Parameter("since", kinds.COUNT, "--since", default=0),
      Parameter("force", option="--force", is_flag=True, default=False),
      details=(("Every frame at every interface that it passed, as tcpdump and Wireshark read it; the comment of a "
                "packet says what became of it. --filter takes a tcpdump filter in quotes, --at one interface, "
                "--since the number of a frame in `show frames`. What Wireshark says of TCP is right with --at: "
                "of everything it takes each hop of a segment for a retransmission. A file that this session did not "
                "write is replaced only with --force."),
               ("每个帧在它经过的每个接口上都写一次，tcpdump 和 Wireshark 可以读取；包的注释说明它的结果。--filter 后"
                "面是引号里的 tcpdump 过滤条件，--at 是一个接口，--since 是 `show frames` 中帧的编号。要看 Wireshark "
                "对 TCP 的分析，就用 --at：全部写入时，它会把一个报文段经过的每一跳当成重传。不是本次会话写的文件，只有"
                "加 --force 才会被替换。")),
      examples=(("export lab.pcapng", "everything", "全部"),
                ('export arp.pcapng --filter "arp or icmp"', "some protocols", "某些协议"),
                ("export eth0.pcapng --at nginx-1:eth0", "one interface", "一个接口")),
      group="session", effect=Effect.SESSION)
def export(shell: Shell, job: Job, values: Values) -> None:
    if shell.write_file is None:
        raise CommandError("export: there is no session here that could write files", 1)
    if VARIABLE.match(values["file"]):
        raise CommandError(f"export: {values['file'][:40]!r} on a line of its own sets a variable; `export FILE` "
                           "writes the frames")
    lab, trace = shell.lab, shell.lab.trace
    wanted = _filter("export", values["filter"], lab, 0)
    interface = lab.interface(values["end"]) if values["end"] else None

    def is_wanted(passing: Passing) -> bool:
        return (interface is None or passing.interface.id == interface.id) and wanted.matches(passing.frame.wire(),
                                                                                        passing.is_out)
    stream = BytesIO()
    capture = CaptureFile(stream, trace, commenter(shell.language, Namer(lab)), is_wanted)
    count = capture.write(trace.since(values["since"]))
    shell.write_file(values["file"], stream.getvalue(), values["force"])
    written = f"{count} {'frame' if count == 1 else 'frames'} written to {values['file']}"
    job.print(shell.say(written))
    if values["since"] < trace.first:
        job.print(shell.say(f"the lab has forgotten what happened before frame {trace.first}"))
    job.finish()


def _filter(name: str, text: str, lab: Lab, mask: int) -> Filter:
    try:
        return Filter(text, _addresses(lab), mask)
    except FilterError as error:
        near = f" at {error.near!r}" if error.near else ""
        raise CommandError(f"{name}: {error.message}{near}") from None


def _addresses(lab: Lab) -> Mapping[str, Sequence[int]]:
    """The addresses of every node that runs, by its name; those of lo aside."""
    found = {}
    for name in lab.names():
        with suppress(LabError):
            found[name] = [own.local for interface in lab.namespace(name).interfaces.values()
                           if not interface.is_loopback for own in interface.addresses]
    return found
