"""What happened, in Simplified Chinese: the same keys and fields as english.py has."""

from __future__ import annotations

Words = tuple[str, ...]

FRAMES: dict[str, Words] = {
    "FrameSent": ("{where}发出{frame}。", "目的 MAC {dst}", "源 MAC {src}", "{size}字节"),
    "FrameSent.arp-request": (
        "{where}向链路上的所有站点询问{tpa}的 MAC 地址，并要求把应答发给{spa}。",
        "目的 MAC {dst}", "请求中待查的 MAC 地址填零"),
    "FrameSent.arp-check": (
        "{where}以单播只询问{tpa}：它的 MAC 地址是否仍是{dst}。", "目的 MAC {dst}，不是广播"),
    "FrameSent.arp-announcement": (
        "{where}告知链路上的所有站点：{spa}的 MAC 地址是{sha}。", "发送方与目标地址都是{spa}", "目的 MAC {dst}"),
    "FrameSent.arp-detection": (
        "{where}询问链路上的所有站点：{tpa}是否已被占用。", "发送方地址为 0.0.0.0，谁也不会据此学习", "目的 MAC {dst}"),
    "FrameSent.arp-reply": ("{where}应答{tpa}：{spa}的 MAC 地址是{sha}。", "目的 MAC {dst}，单播"),
    "FrameReceived": ("{where}收到{frame}。", "目的 MAC {dst}", "源 MAC {src}"),
    "FrameReceived.dropped": ("{where}丢弃{frame}：{why}。",),
    "SendFailed": ("{where}无法发出{frame}：{why}。",),
    "PacketDropped": ("{where}丢弃{packet}：{why}。",),
    "FrameBridged": ("{bridge}把{frame}转发到{ports}。", "来自端口{port}"),
    "Forwarding.KNOWN": (
        "{bridge}已知{station}在{ports}后面，因此只从这个端口转发{frame}。",
        "MAC 表项：{dst}，{ports}", "来自端口{port}"),
    "Forwarding.UNKNOWN": (
        "{bridge}不知道{station}在哪个端口后面，因此把{frame}泛洪到其余所有端口：{ports}。",
        "MAC 表：没有{dst}的表项", "来自端口{port}"),
    "Forwarding.BROADCAST": (
        "{frame}是发给所有站点的，{bridge}把它泛洪到其余所有端口：{ports}。",
        "目的 MAC {address}，即广播地址", "来自端口{port}", "{host}"),
    "Forwarding.MULTICAST": (
        "{frame}发往一个组播地址，{bridge}把它泛洪到其余所有端口：{ports}。",
        "目的 MAC {address}，即组播地址", "来自端口{port}", "{host}"),
    "Forwarding.GROUP": (
        "{bridge}知道谁要收这个组，因此只从这些端口转发{frame}：{ports}。",
        "组播表（mdb），以及有查询者的端口", "来自端口{port}"),
    "Forwarding.LOCAL": (
        "{bridge}把{frame}上交给本机，因为目的 MAC 地址属于网桥自身或其某个端口。",
        "MAC 表：{dst}是永久（permanent）表项", "来自端口{port}"),
    "Forwarding.REPEAT": (
        "{bridge}是集线器：不看任何地址，把{frame}原样转发到其余所有端口：{ports}。",
        "没有 MAC 表，也不看地址：集线器只处理比特", "来自端口{port}"),
    "Outcome.ACCEPTED": ("{where}接收{frame}。", "目的 MAC {dst}"),
    "Outcome.ACCEPTED.arp": (
        "{where}接收{frame}，因为邻居表中有{spa}的表项。", "邻居表：{spa}的表项"),
    "Outcome.ACCEPTED.echo-reply": (
        "{where}接收{frame}，交给正在等待它的 ping。", "ICMP 类型 0，标识符{ident}"),
    "Outcome.ACCEPTED.icmp-error": (
        "{where}接收{frame}，并通知发出原数据包的程序。", "差错报文中引用的是谁发的包"),
    "Outcome.ACCEPTED.udp": ("{where}接收{frame}，交给套接字。", "目的端口{dport}"),
    "Outcome.ANSWERED": ("{where}接收{frame}并作出应答。", "目的 MAC {dst}"),
    "Outcome.ANSWERED.arp": (
        "{where}应答{frame}，因为这个地址由它来应答。", "目标地址{tpa}：属于本机，或由本机代答（proxy_arp）"),
    "Outcome.ANSWERED.echo-request": (
        "{where}接收{frame}，对调两个地址后回一个回显应答。",
        "目的地址{ip_dst}属于本机", "icmp_echo_ignore_all 为 0"),
    "Outcome.IGNORED": ("{where}听到{frame}，但用不着它。", "目的 MAC {dst}"),
    "Outcome.IGNORED.arp-request": (
        "{where}听到{frame}，不作应答：问的不是它。", "目标地址{tpa}", "问别人的请求不会新建{spa}的表项"),
    "Outcome.IGNORED.arp-announcement": (
        "{where}听到{frame}，但没有学到新东西：邻居表中没有{spa}的表项，或者表项本来就是这样。",
        "邻居表：没有需要修改的{spa}表项", "arp_accept 为 0，不会新建表项"),
    "Outcome.IGNORED.arp-reply": (
        "{where}听到{frame}，但它并没有问过，因此不为{spa}新建表项。",
        "邻居表：没有{spa}的表项", "arp_accept 为 0，不会新建表项"),
    "Outcome.BRIDGED": ("{where}是网桥的端口，由网桥转发{frame}。", "目的 MAC {dst}"),
    "Outcome.FORWARDED": (
        "{where}不是{frame}的终点，因此由本机路由转发，TTL 减一。",
        "目的地址{ip_dst}", "到达时 TTL 为{ttl}", "ip_forward 为 1"),
    "Outcome.QUEUED": ("{where}暂存{frame}，留待以后处理。",),
    "Outcome.QUEUED.fragment": (
        "{where}暂存{frame}，等待其余分片到齐。", "偏移{offset}", "后面还有分片：{more}"),
    "Outcome.QUEUED.held": (
        "{where}暂存{frame}，到可以继续时为止：正在询问它的新地址的 MAC，或者它的程序还在使用套接字。",),
    "Outcome.QUEUED.arp": ("{where}将在一段随机延时之后代替另一台主机应答{frame}。", "proxy_arp 为 1"),
    "Outcome.QUEUED.cable": ("{frame}正在一根长网线上传输。",),
    "Outcome.REPEATED": ("{where}是集线器的端口，集线器把{frame}原样转发到其余所有端口。",),
}

TABLES: dict[str, Words] = {
    "FdbLearned": (
        "{bridge}学到{mac}在{port}后面，因为这个 MAC 地址刚从该端口发来了帧。", "源 MAC {mac}", "来自端口{port}"),
    "FdbLearned.moved": (
        "{bridge}发现{mac}换了位置：现在从{port}发送，不再从{previous}发送。", "源 MAC {mac}", "原表项指向{previous}"),
    "FdbLearned.static": ("有人把{mac}手工写入{bridge}的 MAC 表，指向{port}。", "没有查看任何帧"),
    "FdbForgotten": ("{bridge}删除了{port}后面的{mac}。", "{mac}的表项"),
    "FdbForgotten.aged": (
        "{bridge}删除{port}后面的{mac}：在整个老化时间内它没有发送过任何帧。", "{mac}的表项"),
    "FdbForgotten.port": ("{bridge}删除{port}后面的{mac}，因为该端口不再转发。", "{mac}的表项"),
    "FdbForgotten.vlan": ("{bridge}删除{port}后面的{mac}，因为该端口离开了它的 VLAN。", "{mac}的表项"),
    "FdbForgotten.deleted": ("有人从{bridge}的 MAC 表中删除了{port}后面的{mac}。", "{mac}的表项"),
    "FdbForgotten.flushed": ("有人清空了{bridge}的 MAC 表，{port}后面的{mac}随之消失。", "{mac}的表项"),
    "NeighbourChanged": ("{where}上{address}的邻居表项由{old}变为{new}。", "MAC {mac}"),
    "NeighbourChanged.gone": ("{where}上{address}的邻居表项被删除。", "原状态{old}", "MAC {mac}"),
    "NeighbourChanged.asked": (
        "{where}不知道{address}的 MAC 地址，于是发 ARP 请求询问，数据包在此期间排队等待。", "{old} → {new}"),
    "NeighbourChanged.used": (
        "{where}再次使用{address}的旧 MAC 地址；若不久之内没有它的消息，就去核实。",
        "{old} → {new}", "MAC {mac}", "delay_first_probe_time，默认 5 秒"),
    "NeighbourChanged.confirmed": (
        "{where}及时得到了{address}的消息，表项重新可信。", "{old} → {new}", "MAC {mac}"),
    "NeighbourChanged.unconfirmed": (
        "{where}没有及时得到{address}的消息，于是以单播询问它是否还在。",
        "{old} → {new}", "MAC {mac}", "ucast_solicit，默认询问 3 次"),
    "NeighbourChanged.unanswered": (
        "没有人应答对{address}的询问，{where}放弃解析。",
        "{old} → {new}", "mcast_solicit 与 ucast_solicit，默认各询问 3 次"),
    "ArpWithheld.arp_ignore": (
        "{sender}用 ARP 询问{address}，{where}有这个地址，却保持沉默：arp_ignore 这样规定。", "arp_ignore"),
    "ArpWithheld.arp_filter": (
        "{sender}用 ARP 询问{address}，{where}有这个地址，却保持沉默：去往{sender}的包不从这块网卡走（arp_filter）。",
        "arp_filter", "回到{sender}的路由"),
    "ArpWithheld.source": (
        "{sender}用 ARP 询问{address}，{where}有这个地址，却保持沉默：从这块网卡来自{sender}的包会被丢弃（{reason}）。",
        "回到{sender}的路由"),
    "NeighbourChanged.no probes": (
        "{where}连一次也不能询问{address}，表项立即失败。", "{old} → {new}", "mcast_solicit 为 0"),
    "NeighbourChanged.expired": (
        "{where}上{address}的确认已经过时：表项保留，仍可使用，只是不再可信。",
        "{old} → {new}", "MAC {mac}", "base_reachable_time_ms，默认实际为 15 至 45 秒"),
    "NeighbourChanged.expired in use": (
        "{where}上{address}的确认已经过时，而表项正在使用，很快就要核实。",
        "{old} → {new}", "MAC {mac}", "base_reachable_time_ms、delay_first_probe_time"),
    "NeighbourChanged.it asked": (
        "{where}记下发问者{address}的 MAC 地址{mac}；它是否可达尚未证实。", "{old} → {new}", "ARP 请求的发送方字段"),
    "NeighbourChanged.it answered": (
        "{address}已经应答：{where}现在知道它的 MAC 地址是{mac}。", "{old} → {new}", "ARP 应答的发送方字段"),
    "NeighbourChanged.it was heard": (
        "{where}听到{address}的 MAC 地址是{mac}，于是修改已有的表项。", "{old} → {new}", "ARP 报文的发送方字段"),
    "NeighbourChanged.by hand": ("有人手工设置了{where}上{address}的邻居表项。", "{old} → {new}", "MAC {mac}"),
    "NeighbourChanged.deleted": (
        "有人要删除{where}上{address}的邻居表项，先回应等待它的数据包。", "{old} → {new}"),
    "NeighbourChanged.gone.deleted": ("有人删除了{where}上{address}的邻居表项。", "原状态{old}"),
    "NeighbourChanged.gone.expired": (
        "{where}上{address}的邻居表项已经到期，经典模型将其删除。",
        "原状态{old}", "MAC {mac}", "base_reachable_time_ms"),
    "NeighbourChanged.gone.link down": (
        "{where}被停用，{address}的邻居表项随之消失。", "原状态{old}", "MAC {mac}"),
    "NeighbourChanged.gone.no carrier": (
        "{where}失去载波，{address}的邻居表项随之消失。", "原状态{old}", "MAC {mac}", "arp_evict_nocarrier 为 1"),
    "NeighbourChanged.gone.new MAC": (
        "{where}换了 MAC 地址，因此忘掉所有邻居，包括{address}。", "原状态{old}", "MAC {mac}"),
    "NeighbourChanged.gone.link removed": (
        "{where}被删除，{address}的邻居表项随之消失。", "原状态{old}", "MAC {mac}"),
    "NeighbourChanged.gone.no address": (
        "{where}已经没有地址，因此忘掉所有邻居，包括{address}。", "原状态{old}", "MAC {mac}"),
    "NeighbourChanged.gone.arp on": ("{where}启用了 ARP，{address}的邻居表项因此被删除。", "原状态{old}"),
    "NeighbourChanged.gone.arp off": ("{where}停用了 ARP，{address}的邻居表项因此被删除。", "原状态{old}"),
    "NeighbourChanged.gone.garbage collected": (
        "邻居表过于拥挤，而{where}上{address}的表项久未使用，因此被回收。", "原状态{old}", "gc_thresh1、gc_stale_time"),
    "AddressChanged.added": ("{where}得到地址{network}。", "前缀长度{length}"),
    "AddressChanged.removed": ("{where}失去地址{network}。", "前缀长度{length}"),
    "RouteChanged.added": ("{ns}增加路由{route}。", "路由表{table}", "度量值{metric}"),
    "RouteChanged.removed": ("{ns}删除路由{route}。", "路由表{table}", "度量值{metric}"),
}

PACKETS: dict[str, Words] = {
    "RouteChosen": (
        "{ns}从{where}发送去往{destination}的数据包。",
        "{considered}中的{prefix}", "路由：{route}", "源地址{source}", "MTU {mtu}"),
    "RouteChosen.direct": (
        "{destination}就在{where}所在的链路上，因此{ns}需要的是{destination}本身的 MAC 地址。",
        "{considered}中的{prefix}", "路由：{route}", "源地址{source}", "MTU {mtu}"),
    "RouteChosen.gateway": (
        "{destination}不在{ns}的任何链路上，因此需要经{where}到达的网关{gateway}的 MAC 地址。",
        "{considered}中的{prefix}", "路由：{route}", "源地址{source}", "MTU {mtu}"),
    "RouteChosen.local": (
        "{destination}是{ns}自己的地址，因此数据包不出本机，走{where}。",
        "{considered}中的{prefix}", "路由：{route}", "源地址{source}"),
    "RouteChosen.group": (
        "{destination}是发给多个站点的地址，因此{ns}从{where}发送，不必询问 MAC 地址。",
        "路由：{route}", "源地址{source}", "MTU {mtu}"),
    "RouteMissing": ("{ns}没有去往{destination}的路由，因此什么也不发送。", "{ns}没有匹配的路由", "{error}"),
    "RouteMissing.route": ("{ns}不得向{destination}发送：路由“{route}”如此规定。", "路由：{route}", "{error}"),
    "RouteMissing.rule": (
        "{ns}不得向{destination}发送：某条策略规则选定的路由表中的路由“{route}”如此规定。",
        "规则 {rule}", "路由：{route}", "{error}"),
    "PacketQueued": ("{packet}在{where}排队，等待得知{next_hop}的 MAC 地址。", "邻居表：没有{next_hop}的 MAC 地址"),
    "PacketFragmented": (
        "{ns}把{packet}切成{pieces}个分片，因为它超过了 MTU。", "{size}字节", "MTU {mtu}", "允许分片（未设置 DF）"),
    "FragmentHeld": ("{ns}暂存{packet}，等待其余分片到齐。", "已有{have}字节", "ipfrag_time，默认 30 秒"),
    "PacketReassembled": ("最后一个分片已到：{ns}重组出{packet}。", "{size}字节"),
    "IcmpErrorSent": (
        "{ns}用 ICMP 告知{to}：{packet}的结果是“{name}”。", "ICMP 类型{type}，代码{code}", "引用{packet}"),
    "IcmpSuppressed": ("{ns}不为{packet}发送 ICMP 差错。", "{name}"),
    "IcmpSuppressed.rate": (
        "{ns}不为{packet}发送 ICMP 差错：最近已经发得太多。", "{name}", "icmp_ratelimit、icmp_msgs_per_sec"),
    "IcmpSuppressed.broadcast": ("{ns}不为{packet}发送 ICMP 差错，因为它发给了多个站点。", "{name}"),
    "IcmpSuppressed.busy": ("{ns}不为{packet}发送 ICMP 差错，因为它的 ICMP 套接字正忙于发送这个应答。", "{name}"),
    "IcmpSuppressed.error": ("{ns}不为{packet}发送 ICMP 差错，因为它本身就是 ICMP 差错。", "{name}"),
    "IcmpSuppressed.fragment": ("{ns}不为{packet}发送 ICMP 差错，因为只有首个分片才可引起差错。", "{name}"),
    "PathMtuLearned": (
        "{ns}得知去往{destination}的路上只能通过{mtu}字节。", "ICMP 差错中的 MTU 字段", "MTU {mtu}"),
    "RedirectTaken": ("{ns}得知经{gateway}去往{destination}的路更短。", "当前网关发来的 ICMP 重定向"),
    "SocketMatched": (
        "{ns}上的{process}占有{address}的{protocol}端口{port}，因此由它接收。",
        "套接字表：{address}的{protocol}端口{port}"),
    "SocketBound": ("{process}在{ns}上绑定{address}的{protocol}端口{port}。", "套接字表：此前无人占用"),
    "SocketClosed": ("{process}在{ns}上释放{address}的{protocol}端口{port}。",),
    "NameUnknown": (
        "{ns}上的程序要找名字{name}的地址，没有找到：{error}。", "/etc/hosts 中没有这个名字",
        "/etc/resolv.conf 中没有域名服务器"),
    "NameUnknown.docker": (
        "{ns}上的程序要找名字{name}的地址，没有找到：{error}。", "/etc/hosts 中没有这个名字",
        "域名服务器{servers}：它是 Docker 的，知道{ns}所在网络中的容器，其余的去问宿主机的域名服务器"),
    "NameUnknown.desktop": (
        "{ns}上的程序要找名字{name}的地址，没有找到：{error}。",
        ("/etc/hosts 中没有这个名字：Docker Desktop 里到处都能解析它，Linux 上的 Engine 只在以 "
         "--add-host {name}:host-gateway 运行的容器中写入"),
        "域名服务器{servers}"),
    "NameUnknown.others": (
        "{ns}上的程序要找名字{name}的地址，没有找到：{error}。", "/etc/hosts 中没有这个名字",
        "域名服务器{servers}：其中没有 Docker 的；Docker 只在自建的网络中为容器解析名字，docker0 上不行"),
    "BindRefused": ("{ns}上的{process}未能绑定{protocol}端口{port}（{address}）。", "{error}"),
    "BindRefused.EADDRINUSE": (
        "{ns}上的{process}未能绑定{protocol}端口{port}（{address}）：已被{holder}占用。",
        "套接字表：{holder}占用{protocol}端口{port}", "{error}"),
    "BindRefused.EADDRNOTAVAIL": (
        "{ns}上的{process}未能绑定{protocol}端口{port}，因为{address}不属于本机。",
        "{error}", "ip_nonlocal_bind 为 0"),
}

LINKS: dict[str, Words] = {
    "LinkChanged": ("链路{where}发生了变化。", "{detail}"),
    "LinkChanged.added": ("新建网卡{where}。",),
    "LinkChanged.removed": ("网卡{where}被删除，其地址、路由和邻居表项一并消失。",),
    "LinkChanged.up": ("{where}被启用，通往其自身子网的路由随之生效。",),
    "LinkChanged.down": ("{where}被停用，其路由和邻居表项消失。",),
    "LinkChanged.carrier": ("{where}有了载波，因为链路两端都已启用。",),
    "LinkChanged.carrier.bridge": ("{where}有了载波，因为至少一个端口在转发。",),
    "LinkChanged.no-carrier": ("{where}失去载波，因为对端已停用或不存在。",),
    "LinkChanged.carrier.bond": ("{where}有了载波，因为至少一个成员有链路。",),
    "LinkChanged.no-carrier.bond": ("{where}失去载波，因为没有成员有链路。",),
    "LinkChanged.no-carrier.bridge": ("{where}失去载波，因为没有端口在转发。",),
    "LinkChanged.name": ("{where}从现在起用这个名称。",),
    "LinkChanged.mac": ("{where}的 MAC 地址现在是{detail}。",),
    "LinkChanged.mtu": ("{where}的 MTU 现在是{detail}。",),
    "LinkChanged.master": ("{where}成为网桥{detail}的端口，收到的帧都交给网桥。",),
    "LinkChanged.nomaster": ("{where}不再是网桥{detail}的端口。",),
    "SettingChanged": ("{namespace}的{key}现在是{value}。", "原值{previous}"),
    "PortStateChanged": ("{bridge}的端口{port}变为{state}状态。", "{port}的链路"),
    "ContainerStarted": (
        "{host}上的 Docker 以镜像{image}启动容器{container}，网络为{network}。", "网络模式{network}"),
    "ContainerStarted.bridge": (
        "{host}上的 Docker 以镜像{image}启动容器{container}，地址为{address}。",
        "网络{network}：最小的空闲地址", "MAC {mac}"),
    "ContainerExited": ("{host}上的容器{container}已退出，退出码{code}。", "其首个进程的退出码"),
    "DaemonStarted": ("{host}上的 dockerd 启动，重新设置它的规则。", "/etc/docker/daemon.json"),
    "DaemonStopped": ("{host}上的 dockerd 已结束；网桥和网络的规则留着。", "dockerd"),
    "DaemonFailed": ("{host}上的 dockerd 无法启动；`journalctl -u docker` 会说明原因。", "/etc/docker/daemon.json"),
    "ContainerPaused": ("{host}上的 Docker 暂停容器{container}：程序停住，网络协议栈照常工作。", "freezer cgroup"),
    "ContainerUnpaused": ("{host}上的 Docker 让容器{container}的程序继续运行。", "freezer cgroup"),
    "AddressAnnounced": (
        "Docker 通告{container}的地址{address}，让旧的邻居表项更新为新的 MAC 地址。",
        "MAC {mac}", "3 次通告中的第{number}次"),
    "ContainerRenamed": ("{host}上的容器{container}现在改名为{name}。", "docker rename"),
    "AddressReleased": (
        "{host}上的 Docker 从{container}收回{address}，下一个容器可能得到它。", "该网络的地址池"),
    "NetworkCreated": (
        "{host}上的 Docker 创建网络{network}：网桥{bridge}，子网{subnet}。", "未指定时取与其他网络不重叠的最小子网"),
    "PublishRefused": (
        "{host}上的 Docker 没有为{container}发布{protocol}端口{port}：已被{holder}占用。",
        "docker ps：{holder}发布了{port}", "宿主机的一个端口只通向一个容器"),
    "PoolRefused": (
        "{host}上的 Docker 找不到给新网络用的子网：预定义的地址池全都与现有网络或宿主机的路由重叠。",
        "已有{networks}个网络占着子网", "/etc/docker/daemon.json 中的 default-address-pools"),
    "SubnetRefused": (
        "{host}上的 Docker 没有创建子网为{subnet}的网络：它与网络{network}重叠。", "网络{network}的子网"),
    "NetworkRemoved": ("{host}上的 Docker 删除网络{network}及其网桥。", "没有容器连接在它上面"),
    "NetworkConnected": (
        "{host}上的 Docker 把容器{container}连接到网络{network}：{interface}的地址现在是{address}。",
        "未指定时取最小的空闲地址", "MAC {mac}"),
    "NetworkConnected.later": (
        "{host}上的 Docker 记下容器{container}属于网络{network}，启动时才会得到接口。", "{container}没有运行"),
    "NetworkDisconnected": ("{host}上的 Docker 把容器{container}从网络{network}断开。", "它在那里的接口被删除"),
    "CommandRun": ("命令：{line}",),
    "NodeAdded": ("实验网络中新增{kind} {name}。",),
    "NodeRemoved": ("{kind} {name}从实验网络中移除。",),
    "CableConnected": ("一根网线连接了{left}与{right}。",),
    "CableDisconnected": ("{left}与{right}之间的网线被拔掉。",),
    "Storm": (
        "一次连锁反应已经持续了{steps}步，多半是出现了环路；定时器在此期间穿插执行。", "连续{steps}步没有停顿"),
    "QueueDropped": ("连锁反应没有尽头，仍在途中的{frames}个帧被丢弃。", "{frames}个帧"),
    "Unknown": ("记录了{event}。",),
}

SENTENCES: dict[str, Words] = FRAMES | TABLES | PACKETS | LINKS
