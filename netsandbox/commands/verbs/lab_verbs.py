"""The verbs that build and change a lab."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from netsandbox.apps.program import Task
from netsandbox.commands import kinds
from netsandbox.commands.errors import CommandError
from netsandbox.commands.prompt.place import Place
from netsandbox.commands.verb import Parameter, verb
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.timers import Timer
from netsandbox.lab.errors import LabError
from netsandbox.lab.names import DEFAULT_HOST
from netsandbox.lab.nearest import nearest_address
from netsandbox.linux.core.neighbours.nud import NOARP, PERMANENT
from netsandbox.linux.core.queueing.netem import make_line
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell

Values = dict[str, Any]
MOST_STEPS = 100_000


@verb("add-host", ("Add a machine with a network namespace of its own", "添加一台有自己网络命名空间的主机"),
      Parameter("name", kinds.NEW_NAME), Parameter("docker", option="--docker", is_flag=True, default=False),
      details=(("The host has `lo` and nothing else until it is connected. With --docker it gets docker0 at once; "
                "without, as soon as a container is started on it. The host named `host` always has Docker."),
               ("主机连接之前只有 `lo`。加 --docker 则马上有 docker0；不加则在它上面启动第一个容器时才有。名为 "
                "`host` 的主机总是有 Docker。")),
      examples=(("add-host pc1", "a machine", "一台机器"),
                ("add-host server --docker", "a machine with Docker Engine", "一台装有 Docker Engine 的机器")))
def add_host(shell: Shell, job: Job, values: Values) -> None:
    shell.lab.add_host(values["name"], values["docker"] or values["name"] == DEFAULT_HOST)
    job.finish()


@verb("add-container", ("Start a container", "启动一个容器"),
      Parameter("name", kinds.NEW_NAME), Parameter("image", kinds.IMAGE, "--image", default="nginx"),
      Parameter("network", kinds.MODE, "--network", default="bridge"),
      Parameter("host", kinds.HOST, "--on", default=DEFAULT_HOST),
      details=(("As `docker run -d --name NAME --network MODE IMAGE` does it: a namespace, a veth pair, the lowest "
                "free address on docker0, and three unsolicited ARP requests. NAME may be a single letter, of which "
                "docker itself wants two."),
               ("与 `docker run -d --name NAME --network MODE IMAGE` 的做法相同：一个命名空间、一对 veth、docker0 上"
                "最小的空闲地址，以及三个主动发出的 ARP 请求。NAME 可以只有一个字母，docker 自己要求两个。")),
      examples=(("add-container nginx-1", "nginx on docker0", "docker0 上的 nginx"),
                ("add-container web --image httpd --network host",
                 "httpd in the host's own namespace",
                 "在宿主机自己的命名空间中运行的 httpd"),
                ("add-container sidecar --image busybox --network container:nginx-1",
                 "in nginx-1's namespace",
                 "在 nginx-1 的命名空间中")))
def add_container(shell: Shell, job: Job, values: Values) -> None:
    container = shell.lab.add_container(values["name"], values["image"], values["network"], values["host"])
    where = format_ipv4(container.endpoint.address) if container.endpoint else container.mode
    job.print(f"{container.name}: {container.image.name}, {where}")
    job.finish()


@verb("add-hub", ("Add a hub: every frame goes out of every other port", "添加集线器：每个帧从其他所有端口出去"),
      Parameter("name", kinds.NEW_NAME),
      examples=(("add-hub hub1", "an empty hub; `connect` makes its ports", "空的集线器；`connect` 给它端口"),))
def add_hub(shell: Shell, job: Job, values: Values) -> None:
    shell.lab.add_hub(values["name"])
    job.finish()


@verb("add-switch", ("Add a learning switch", "添加会学习 MAC 地址的交换机"), Parameter("name", kinds.NEW_NAME),
      examples=(("add-switch sw1", "an empty switch; `connect` makes its ports", "空的交换机；`connect` 给它端口"),))
def add_switch(shell: Shell, job: Job, values: Values) -> None:
    shell.lab.add_switch(values["name"])
    job.finish()


@verb("add-bridge", ("Add an old-style bridge: a switch with two ports", "添加老式网桥：只有两个端口的交换机"),
      Parameter("name", kinds.NEW_NAME),
      examples=(("add-bridge br1",
                 "joins two hubs into one network with two collision domains",
                 "把两个集线器连成一个网络，仍是两个冲突域"),))
def add_bridge(shell: Shell, job: Job, values: Values) -> None:
    shell.lab.add_switch(values["name"], port_limit=2)
    job.finish()


@verb("connect", ("Join two nodes by a cable", "用网线连接两个节点"),
      Parameter("a", kinds.END), Parameter("b", kinds.END),
      Parameter("latency", kinds.DURATION, "--latency", default=0),
      Parameter("loss", kinds.PERCENT, "--loss", default=0.0), Parameter("rate", kinds.RATE, "--rate", default=0),
      details=(("Without :IFACE a free interface is used, or the next one made (eth0, eth1 … on a host, p1, p2 … on "
                "a hub or switch). Both ends are brought up."),
               ("不写 :IFACE 时使用空闲的接口，没有则新建（主机上是 eth0、eth1 …，集线器和交换机上是 p1、p2 …）。两端"
                "都会启用。")),
      examples=(("connect pc1 pc2", "one cable, two hosts", "一根网线，两台主机"),
                ("connect pc1:eth0 sw1:p3", "a port of your choice", "自己选择端口"),
                ("connect a b --latency 20ms", "a long cable", "一根长线"),
                ("connect a b --loss 5% --rate 1mbit",
                 "a bad line (tc qdisc: netem on both ends)",
                 "一条质量差的线路（两端各有 tc qdisc 的 netem）")))
def connect(shell: Shell, job: Job, values: Values) -> None:
    cable = shell.lab.connect(values["a"], values["b"], values["latency"])
    if values["loss"] or values["rate"]:
        for number, end in enumerate((cable.left, cable.right)):
            make_line(end, values["loss"], values["rate"], number)
    job.print(f"{cable.left.label} — {cable.right.label}")
    job.finish()


@verb("disconnect", ("Pull a cable out", "拔掉网线"),
      Parameter("a", kinds.END), Parameter("b", kinds.END, required=False),
      examples=(("disconnect pc1:eth0", "both ends stay, without a carrier", "两端的接口留着，没有载波"),
                ("disconnect pc1 sw1", "by its two ends", "用两端指明")))
def disconnect(shell: Shell, job: Job, values: Values) -> None:
    shell.lab.disconnect(values["a"], values["b"])
    job.finish()


@verb("remove", ("Take a node or container out of the lab", "从实验网络中移走一个节点或容器"),
      Parameter("name", kinds.NAME),
      examples=(("remove pc1", "with its cables", "连同它的网线"),), aliases=("rm",))
def remove(shell: Shell, job: Job, values: Values) -> None:
    shell.lab.remove(values["name"])
    if shell.where == values["name"]:
        shell.leave()
    job.finish()


@verb("set-ip", ("Give an interface this address in place of those it has", "用这个地址替换接口原有的地址"),
      Parameter("end", kinds.END),
      Parameter("address", kinds.NETWORK),
      examples=(("set-ip pc1 10.0.0.1/24", "pc1 has one interface", "pc1 只有一个接口"),
                ("set-ip r:eth1 10.0.1.1/24", "it has several", "它有几个接口")))
def set_ip(shell: Shell, job: Job, values: Values) -> None:
    shell.lab.set_ip(values["end"], values["address"])
    job.finish()


@verb("set-mac", ("Change an interface's MAC address", "更改接口的 MAC 地址"),
      Parameter("end", kinds.END), Parameter("mac", kinds.MAC),
      examples=(("set-mac pc1:eth0 02:00:00:00:00:01",
                 "neighbours that knew the old one must ask again",
                 "记得旧地址的邻居必须重新询问"),))
def set_mac(shell: Shell, job: Job, values: Values) -> None:
    shell.lab.set_mac(values["end"], values["mac"])
    job.finish()


@verb("link", ("Set an interface up or down", "启用或停用接口"), Parameter("end", kinds.END),
      Parameter("state", kinds.choice("up", "down")),
      examples=(("link pc1:eth0 down",
                 "its routes go, and its peer loses the carrier",
                 "它的路由消失，对端失去载波"),))
def link(shell: Shell, job: Job, values: Values) -> None:
    shell.lab.set_link(values["end"], values["state"])
    job.finish()


@verb("toggle-host-net", ("Move a container into the host's namespace, or back to docker0",
                          "把容器移入宿主机的命名空间，或移回 docker0"),
      Parameter("container", kinds.CONTAINER),
      details=(("The container is stopped, which releases its endpoint and address, and started again: in the host's "
                "namespace, or on docker0 with the first free address and a new MAC. Its server binds again, so a "
                "port that is taken on the host makes it exit with 1."),
               ("容器先停止，释放端点和地址，再重新启动：在宿主机的命名空间里，或在 docker0 上用第一个空闲地址和新的 "
                "MAC。它的服务器重新绑定端口，所以端口在宿主机上已被占用时，它会以 1 退出。")),
      examples=(("toggle-host-net nginx-1", "as if run with --network host", "如同用 --network host 启动"),))
def toggle_host_net(shell: Shell, job: Job, values: Values) -> None:
    mode = shell.lab.toggle_host_network(values["container"])
    _engine, container = shell.lab.container(values["container"])
    where = format_ipv4(container.endpoint.address) if container.endpoint else "the host's namespace"
    job.print(shell.say(f"{container.name}: network {mode}, {where}"))
    job.finish()


@verb("flush-arp", ("Empty a node's neighbour table", "清空节点的邻居表"), Parameter("node", kinds.NAMESPACE),
      examples=(("flush-arp nginx-1", "the next packet asks again", "下一个包要重新询问"),))
def flush_arp(shell: Shell, job: Job, values: Values) -> None:
    namespace = shell.lab.namespace(values["node"])
    for interface in namespace.interfaces.values():
        for entry in list(interface.neighbours.values()):
            if entry.state not in (PERMANENT, NOARP):
                namespace.neighbours.delete(entry)
    job.finish()


@verb("arp-model", ("How neighbour entries end: as in Linux, or as in textbooks",
                    "邻居表项怎样结束：像 Linux 那样，或像教科书那样"),
      Parameter("model", kinds.choice("linux", "classic")),
      details=(("linux: REACHABLE turns STALE, stays in use and is verified by unicast. classic: an entry is deleted "
                "when its time is over, and the next packet asks by broadcast."),
               "linux：REACHABLE 变为 STALE 后继续使用，再用单播验证。classic：到期就删除表项，下一个包用广播询问。"),
      examples=(("arp-model classic", "what the textbook says", "教科书的说法"),))
def arp_model(shell: Shell, job: Job, values: Values) -> None:
    shell.lab.set_arp_model(values["model"])
    job.finish()


@verb("ageing", ("How long a bridge keeps what it learned", "网桥学到的地址保留多久"), Parameter("bridge", kinds.NAME),
      Parameter("time", kinds.DURATION),
      details=(("NAME is a switch, or a bridge as docker0 or host:docker0. 0 learns nothing: the bridge is then a "
                "hub."),
               "NAME 是交换机，或者 docker0、host:docker0 这样的网桥。0 表示什么都不学：网桥就成了集线器。"),
      examples=(("ageing sw1 10s", "rows go 10 s after their last frame", "表项在最后一个帧之后 10 秒消失"),
                ("ageing docker0 0", "a hub", "成了集线器")))
def ageing(shell: Shell, job: Job, values: Values) -> None:
    if values["bridge"] in ("docker0", f"{DEFAULT_HOST}:docker0"):
        shell.lab.docker()  # The default host is made when it is first needed.
    kinds.bridge_named(shell.lab, values["bridge"]).fdb.set_ageing(values["time"])
    job.finish()


class Pause(Task):
    """So much virtual time passes."""

    name = "wait"

    def __init__(self, scheduler: Scheduler, time: int) -> None:
        super().__init__(scheduler)
        self._time = time
        self._timer: Timer | None = None

    def start(self) -> None:
        self._timer = self.scheduler.after(self._time, self.exit, 0, foreground=self.foreground)

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)


@verb("wait", ("Let virtual time pass", "让虚拟时间流逝"), Parameter("time", kinds.DURATION, required=False),
      details=(("Without a time: until nothing is under way any more (frames, programs, ARP retries). The time "
                                                                      "passes at once when nobody watches."),
               "不写时间：直到没有任何事情在进行（帧、程序、ARP 重试）。没有人观看时，时间一下子就过去。"),
      examples=(("wait", "until the lab is quiet", "直到实验网络空闲"),
                ("wait 6s", "exactly six seconds", "恰好六秒"),
                ("wait 30d", "thirty days", "三十天")))
def wait(shell: Shell, job: Job, values: Values) -> None:
    scheduler = shell.lab.scheduler
    if values["time"] is None:
        job.finish_when(partial(_is_quiet, scheduler, job, shell.lab.trace.step_count + MOST_STEPS))
    else:
        job.follow(Pause(scheduler, values["time"]))


def _is_quiet(scheduler: Scheduler, job: Job, last: int) -> bool:
    """Whether a wait is over; it is given up after many steps, not after much time."""
    if scheduler.trace.step_count < last:
        return scheduler.is_quiet
    job.complain(f"wait: the lab is not quiet after {MOST_STEPS:,} steps: some program goes on for ever; give a time, "
                 "as wait 10s")
    job.finish(1)
    return True


@verb("enter", ("Open a shell in a node's namespace", "在节点的命名空间里打开 shell"),
      Parameter("node", kinds.NAMESPACE),
      details=(("Tools and programs then run there, until `exit`. The sandbox brings the tools along, as nsenter "
                "from the host would: the nginx image itself has neither ip nor ping."),
               ("之后工具和程序都在那里运行，直到 `exit`。沙盒把工具带进去，如同在宿主机上用 nsenter：nginx 镜像本身既"
                "没有 ip 也没有 ping。")),
      examples=(("enter nginx-1", "then: ip addr, ping 172.17.0.3, exit", "然后：ip addr、ping 172.17.0.3、exit"),),
      group="shell", alone=True)
def enter(shell: Shell, job: Job, values: Values) -> None:
    shell.go_in(Place(values["node"]))
    job.finish()


@verb("exit", ("Leave the shell that was entered", "离开用 enter 进入的 shell"),
      Parameter("status", kinds.COUNT, required=False), group="shell", alone=True, aliases=("leave",))
def leave(shell: Shell, job: Job, values: Values) -> None:
    told, last = values["status"], shell.ended
    status = (told if told is not None else last.code or 0 if last is not None else 0) & 255
    if shell.shells_within and shell.shells_within[-1] == shell.where:
        shell.shells_within.pop()
    elif shell.where is None:
        raise CommandError("no shell was entered; ctrl+q or `quit` ends netsandbox")
    else:
        shell.leave(status)
    job.finish(status)


@verb("detach", ("Leave a container's shell, which goes on", "离开容器的 shell，让它继续运行"),
      details=(("What Ctrl-P Ctrl-Q does in a terminal: `exit` would end the shell, and with it a container whose "
                "program it is. `docker attach` goes in again."),
               ("相当于终端里的 Ctrl-P Ctrl-Q：`exit` 会结束这个 shell，如果它就是容器的程序，容器也随之结束。"
                "`docker attach` 可以再进去。")),
      examples=(("docker run -it --name box alpine",
                 "then: detach, docker attach box",
                 "然后：detach、docker attach box"),), group="shell", alone=True)
def detach(shell: Shell, job: Job, _values: Values) -> None:
    if shell.entered_by is None:
        raise CommandError("no container's shell was entered; `exit` leaves what `enter` opened")
    shell.detach()
    job.finish()


def address_for(shell: Shell, name: str, source: str | None) -> str:
    """A node's IPv4 address in a subnet of the source's, else its first; the word itself if it names no node."""
    if not shell.lab.is_named(name):
        return name
    asks = shell.lab.namespace(source) if source is not None else shell.namespace
    found = nearest_address(shell.lab.namespace(name), asks)
    if found is None:
        raise LabError(f"{name!r} has no address yet; `set-ip {name} 10.0.0.1/24` gives it one")
    return found


