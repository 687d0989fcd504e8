"""The verbs that run programs: between two named nodes, or in a node."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from netsandbox.commands import kinds, programs
from netsandbox.commands.errors import CommandError
from netsandbox.commands.verb import Parameter, verb
from netsandbox.commands.verbs.lab_verbs import address_for
from netsandbox.lab.errors import unknown
from netsandbox.lab.uplink import NAMES

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell

Values = dict[str, Any]


def _from_and_words(shell: Shell, words: Sequence[str]) -> tuple[str | None, list[str]]:
    """FROM, if the first operand names a node and another follows; and the rest with names as addresses."""
    operands = [word for before, word in zip(["", *words], words, strict=False)
                if not word.startswith("-") and not (_may_take_value(before) and not _is_target(shell, word))]
    begins = len(operands) > 1 and words[0] == operands[0]
    named = len(operands) > 1 and shell.lab.is_named(operands[0])
    is_pair = begins and (_is_target(shell, operands[1]) or _is_nearly(shell, operands[1]))
    for word in operands if named else operands[:1] if is_pair else ():
        _check_name(shell, word)
    source, rest = operands[0] if named else None, list(words)
    if named:
        rest.remove(operands[0])
    return source, [word if word in NAMES else address_for(shell, word, source) for word in rest]


def _check_name(shell: Shell, word: str) -> None:
    """Refuse what is nearly a node's name, before the program looks for a host of that name."""
    if not _is_target(shell, word) and _is_nearly(shell, word):
        raise unknown("host or container", word, shell.lab.names())


def _is_nearly(shell: Shell, word: str) -> bool:
    return word not in NAMES and bool(get_close_matches(word, shell.lab.names(), 1))


def _may_take_value(word: str) -> bool:
    """`-c`, but not `-c2` or `--long`."""
    return len(word) == 2 and word.startswith("-")


def _is_target(shell: Shell, word: str) -> bool:
    return shell.lab.is_named(word) or word.count(".") == 3


def _follow(shell: Shell, job: Job, source: str | None, words: list[str]) -> None:
    """Run a program in a node, or where the person is."""
    namespace = shell.lab.namespace(source) if source else shell.namespace
    context = programs.context(shell, namespace, words, shell.machine.files(source), shell.machine.names(source))
    job.follow(programs.program(shell, context))


@verb("ping", ("Send echo requests from a node to another", "从一个节点向另一个节点发送回显请求"),
      Parameter("words", rest=True, required=False, default=()),
      details=(("ping FROM TO [ping's options]: TO is a name or an address; of a name's several addresses the one on a "
                "network of FROM's is asked. One request unless -c says otherwise. With one operand it is the program "
                "ping on the default host, as it is inside a namespace."),
               ("ping FROM TO [ping 的选项]：TO 是名称或地址；一个名称有多个地址时，问与 FROM 同网络的那个。不写 -c 就"
                "只发一个请求。只有一个操作数时，就是默认主机上的 ping 程序，在命名空间里也一样。")),
      examples=(("ping nginx-1 nginx-2", "one request", "一个请求"),
                ("ping pc1 10.0.0.2 -c 3 -i 0.5", "three", "三个"),
                ("ping nginx-1 172.17.0.1 -M do -s 1473", "too big to go unfragmented", "太大，不分片就过不去")),
      group="program")
def ping(shell: Shell, job: Job, values: Values) -> None:
    source, words = _from_and_words(shell, values["words"])
    if source is not None and not any(word.startswith("-c") for word in words):
        words = ["-c", "1", *words]
    _follow(shell, job, source, ["ping", *words])


@verb("arping", ("Ask for a MAC address by ARP", "用 ARP 询问 MAC 地址"),
      Parameter("words", rest=True, required=False, default=()),
      details=("arping FROM TO [arping's options]: three probes unless -c says otherwise.",
               "arping FROM TO [arping 的选项]：不写 -c 就发三个探测。"),
      examples=(("arping nginx-1 172.17.0.3", "who has it?", "谁有这个地址？"),
                ("arping pc1 10.0.0.2 -D -c 2", "is it taken?", "地址被占用了吗？")),
      group="program")
def arping(shell: Shell, job: Job, values: Values) -> None:
    source, words = _from_and_words(shell, values["words"])
    if source is not None and not any(word.startswith("-c") for word in words):
        words = ["-c", "3", *words]
    _follow(shell, job, source, ["arping", *words])


@verb("traceroute", ("Find the routers between a node and another", "找出两个节点之间的路由器"),
      Parameter("words", rest=True, required=False, default=()),
      details=(("traceroute FROM TO [traceroute's options]: addresses only, as with -n. Probes with a growing TTL: "
                "the router at which one runs out says so (Time Exceeded), and the target that nobody listens at the "
                "port."),
               ("traceroute FROM TO [traceroute 的选项]：只显示地址，如同 -n。探测包的 TTL 逐个增大：TTL 在哪个路由器"
                "用完，那个路由器就会说出来（Time Exceeded）；目标则回答端口上没有人监听。")),
      examples=(("traceroute pc1 pc2", "every hop, three probes each", "每一跳，各三个探测"),
                ("traceroute pc1 10.0.3.2 -I", "with echo requests", "用回显请求"),
                ("traceroute pc1 pc2 -q 1 -N 1", "one probe at a time", "一次一个探测")), group="program")
def traceroute(shell: Shell, job: Job, values: Values) -> None:
    source, words = _from_and_words(shell, values["words"])
    _follow(shell, job, source, ["traceroute", *(["-n"] if source else []), *words])


@verb("exec", ("Run a tool or program in a node", "在节点里运行工具或程序"),
      Parameter("node", kinds.NAMESPACE), Parameter("words", rest=True),
      details=(("As nsenter by root on the host: the host's own tools (iputils' ping, iproute2's ip, Linux' "
                "traceroute) in the node's namespace, whatever its image has, and they may change everything. "
                "`docker exec` is the other way in: the image's own programs, BusyBox's in busybox and alpine, with "
                "the container's rights, which do not reach to its network unless it has --privileged or --cap-add "
                "NET_ADMIN."),
               ("如同 root 在宿主机上用 nsenter：宿主机自己的工具（iputils 的 ping、iproute2 的 ip、Linux 的 "
                "traceroute）在节点的命名空间里运行，不管镜像里有什么，而且什么都可以改。`docker exec` 是另一种进去的方"
                "式：运行镜像自己的程序（busybox 和 alpine 里是 BusyBox 的），用容器的权限；没有 --privileged 或 "
                "--cap-add NET_ADMIN 就不能改动它的网络。")),
      examples=(("exec nginx-1 ip addr", "its interfaces", "它的接口"),
                ("exec nginx-1 ping -c 3 172.17.0.3", "from inside", "从里面发出"),
                ("on h2 docker ps", "a further Docker host's containers", "另一台 Docker 主机上的容器")),
      group="program", aliases=("on",))
def execute(shell: Shell, job: Job, values: Values) -> None:
    words = values["words"]
    if words[0] in ("exec", "on", "enter", "exit"):
        raise CommandError(f"{words[0]!r} is a verb of the lab, not a program")
    node = values["node"]
    seen = job.holder.files if job.holder is not None else None
    job.follow(shell.program_at(node, list(words), job.stdin, seen))
