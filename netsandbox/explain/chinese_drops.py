"""Why a frame or packet ended, in Simplified Chinese: a clause for behind the colon, then the operands."""

from __future__ import annotations

Words = tuple[str, ...]

REASONS: dict[str, Words] = {
    "OTHERHOST": ("目的 MAC 地址是别的站点的，网卡将其过滤", "目的 MAC {dst}"),
    "OTHERHOST.promiscuous": (
        "目的 MAC 地址是别的站点的；网卡处于混杂模式，把它交给了监听的程序，然后由 IP 协议栈丢弃", "目的 MAC {dst}"),
    "OTHERHOST.TCP": ("TCP 报文段不会装在广播帧里", "目的 MAC {dst}"),
    "NO_SOCKET": ("没有程序打开{protocol}端口{port}", "套接字表：{protocol}端口{port}无人占用"),
    "NO_SOCKET.elsewhere": (
        "{holder}只占用{other}的{protocol}端口{port}，而它发往{address}",
        "套接字表：{other}的{protocol}端口{port}：{holder}"),
    "NO_SOCKET.peer": (
        "{protocol}端口{port}连接的是{other}，而它来自{address}",
        "套接字表：{protocol}端口{port}连接{other}"),
    "PKT_TOO_SMALL": ("它比首部所声称的要短", "{size}字节"),
    "TCP_CSUM": ("TCP 校验和错误", "校验和{found}"),
    "UDP_CSUM": ("UDP 校验和错误", "校验和{found}"),
    "SOCKET_RCVBUFF": ("套接字的接收缓冲区已满", "rmem_default"),
    "IP_CSUM": ("IPv4 首部校验和错误", "校验和{found}"),
    "IP_INHDR": ("IPv4 首部不合理", "版本、首部长度、总长度"),
    "IP_INHDR.TTL": ("TTL 已经用尽，不得再转发", "到达时 TTL 为{number}"),
    "IP_INHDR.empty": ("该分片不含任何数据", "偏移{number}"),
    "IP_INHDR.overlap": ("该分片与已有的分片重叠", "偏移{number}"),
    "IP_INHDR.options": ("IPv4 选项不合理", "首部第{number}字节"),
    "IP_INHDR.source route": ("带有不被接受或无处可去的源路由选项", "accept_source_route", "其中列出的站点"),
    "IP_INHDR.beyond the end": ("该分片超出了数据包的末尾", "结束于第{number}字节"),
    "IP_RPFILTER": (
        "发往其源地址{source}的数据包不会从这块网卡离开（rp_filter）", "回到{source}的路由", "rp_filter 为{mode}"),
    "IP_OUTNOROUTES": ("没有去往{destination}的路由", "没有路由匹配{destination}"),
    "IP_INNOROUTES": ("没有去往{destination}的路由", "没有路由匹配{destination}", "ip_forward 为 1"),
    "IP_INNOROUTES.route": ("它的路由不通向任何地方：{route}", "路由：{route}"),
    "IP_INNOROUTES.rule": ("一条路由规则拒绝了它：{route}", "规则：{route}"),
    "NOT_JOINED": ("本机不是组{destination}的成员", "组成员关系"),
    "IP_INADDRERRORS": ("{destination}不是本机的地址", "本机地址"),
    "IP_INADDRERRORS.ip_forward": (
        "{destination}不是本机的地址，而本机不为他人转发", "本机地址", "ip_forward 为 0"),
    "IP_INADDRERRORS.broadcast frame": (
        "{destination}不是本机的地址，而以广播帧到来的数据包不予转发", "目的 MAC {dst}"),
    "IP_INADDRERRORS.multicast frame": (
        "{destination}不是本机的地址，而装在组播帧里的数据包不会被转发", "目的 MAC {dst}"),
    "UNICAST_IN_L2_MULTICAST": (
        "只发给{destination}的数据包却装在发给多个站点的帧里", "目的 MAC {dst}", "drop_unicast_in_l2_multicast 为 1"),
    "IP_LOCALNET": ("{address}只能用于主机内部，不得出现在线路上", "127.0.0.0/8", "route_localnet 为 0"),
    "IP_LOCAL_SOURCE": ("它的源地址{source}正是本机的地址", "本机地址", "accept_local 为 0"),
    "IP_INVALID_SOURCE": ("没有主机可以使用它的源地址{source}", "源地址{source}"),
    "IP_INVALID_DEST": ("没有主机可以使用它的目的地址{destination}", "目的地址{destination}"),
    "IP_NOPROTO": ("本机没有处理 IP 协议{number}的程序", "IP 协议{number}"),
    "ICMP_CSUM": ("ICMP 校验和错误", "校验和{found}", "正确的值是{right}"),
    "INVALID_PROTO": ("主机不接受类型为{number}的 ICMP 报文", "ICMP 类型{number}"),
    "INVALID_PROTO.broadcast": ("不接受发给多个站点的类型{number}的 ICMP 报文", "ICMP 类型{number}"),
    "UNHANDLED_PROTO.length": ("本机不接收带 LLC 首部的帧（如生成树消息），那是网桥的事", "长度{length}"),
    "UNHANDLED_PROTO": ("本机没有处理以太网类型{type}的程序", "以太网类型{type}"),
    "PKT_TOO_BIG": ("对它应走的每个端口来说都太长", "{size}字节"),
    "PKT_TOO_BIG.packet": ("它有 {size} 字节，超过 MTU {limit}，又不允许分片", "已设置 DF"),
    "PKT_TOO_BIG.frame": (
        "它超过了这条链路上帧的最大长度", "{size}字节", "上限{limit}：两端较小的 MTU 加首部与一个 VLAN 标签"),
    "NEIGH_CREATEFAIL": ("邻居表已满，容不下{address}", "gc_thresh3"),
    "NEIGH_FAILED": (
        "没有人应答对{address}的 ARP 请求", "邻居表：{address}为 FAILED", "mcast_solicit，默认询问 3 次"),
    "NEIGH_FAILED.above": (
        "没有人应答对{address}的 ARP 请求",
        "该地址属于 {owner}，在 {device} 的 macvlan 或 ipvlan 上：{device} 自己发出的帧只到它的网线上，不会到这些设备",
        "邻居表：{address}为 FAILED"),
    "NEIGH_FAILED.below": (
        "没有人应答对{address}的 ARP 请求",
        ("该地址属于 {owner}，就在这个 macvlan 或 ipvlan 的父接口 {device} 上："
         "子接口发出的帧只到 {device} 的网线上，不会到 {device} 自己"),
        "邻居表：{address}为 FAILED"),
    "NEIGH_FAILED.ended": (
        "对{address}的 ARP 请求还没有人应答，它的邻居表项就被删除或设成了 FAILED", "到那时问过的次数：{owner}",
        "邻居表：{address}为 FAILED"),
    "NEIGH_FAILED.link": (
        "没有人应答对{address}的 ARP 请求", "按路由 {owner}，该地址就在 {device} 自己的链路上，中间没有路由器",
        "邻居表：{address}为 FAILED", "mcast_solicit，默认询问 3 次"),
    "NEIGH_QUEUEFULL": ("等待{address}的 MAC 地址的数据包太多，而它是最早的一个", "unres_qlen_bytes"),
    "NEIGH_DEAD": ("等待 MAC 地址期间，{address}的邻居表项被删除", "邻居表：没有表项"),
    "DUP_FRAG": ("该分片已经有了", "偏移{number}"),
    "FRAG_REASM_TIMEOUT": ("其余分片没有及时到齐", "已有{number}字节", "ipfrag_time，默认 30 秒"),
    "FRAG_TOO_FAR": ("加上该分片，数据包将超过 65535 字节", "结束于第{number}字节"),
    "FRAG_TOO_FAR.distance": ("其间到来了同一发送方太多的其他分片", "偏移{number}", "ipfrag_max_dist，默认 64"),
    "FRAG_TOO_FAR.memory": ("等待中的分片占用的内存太多", "ipfrag_high_thresh 为 {number} 字节"),
    "DEV_READY": ("网卡已停用，或链路的另一端已停用", "两端的状态"),
    "NETFILTER_DROP": ("防火墙规则或默认策略如此规定", "{rule}"),
    "NETFILTER_DROP.docker": (
        "Docker 把各个网络彼此隔开：来自别处的不得进入这个网络", "{rule}",
        "这是 Docker 自带的规则，`iptables -S` 会把它和其他规则一起列出"),
    "NETFILTER_DROP.icc": ("该网络的容器之间不许互通（enable_icc=false）", "{rule}"),
    "NETFILTER_DROP.internal": ("该网络是内部网络：出不去，别处也进不来（--internal）", "{rule}"),
    "NETFILTER_DROP.own address": (
        "容器自己的地址只对自己的网桥和宿主机开放；从别处要走宿主机发布的端口", "{rule}",
        "这是 Docker 从 28 版起自带的规则，`iptables -t raw -S` 会列出"),
    "NETFILTER_DROP.localhost": ("该端口发布在 127.0.0.1 上，来自外部的不得以这个地址为目的", "{rule}"),
    "BRIDGE_INGRESS_STP_STATE": ("该网桥端口处于{state}状态，不转发", "端口状态：{state}"),
    "BRIDGE_INGRESS_STP_STATE.locked": (
        "该网桥端口已锁定，而源 MAC 不在它的 MAC 表项中", "locked 标志", "MAC 表：该端口没有源 MAC 的表项"),
    "BRIDGE_NO_EGRESS_PORT": ("网桥没有可以发送它的端口", "目的 MAC {dst}"),
    "BRIDGE_NO_EGRESS_PORT.same port": (
        "{dst}就在帧进来的那个端口后面，帧已经到过那里", "MAC 表：{dst}在该端口后面"),
    "BRIDGE_NO_EGRESS_PORT.state": (
        "{dst}所在的端口处于{state}状态，不转发", "MAC 表：{dst}的表项", "端口状态：{state}"),
    "BRIDGE_NO_EGRESS_PORT.isolated": (
        "两个端口互相隔离", "MAC 表：{dst}的表项", "两个端口的 isolated 标志"),
    "BRIDGE_NO_EGRESS_PORT.nobody": (
        "没有人知道 {dst} 在哪里，也没有别的端口在转发", "MAC 表：没有 {dst} 的表项", "所有端口的状态"),
    "BRIDGE_NO_EGRESS_PORT.hub": ("集线器没有别的端口连着设备", "所有端口的链路"),
    "MAC_INVALID_SOURCE": ("它的源 MAC 地址{address}是组播地址或零，没有站点会这样", "源 MAC {address}"),
    "ARP_INVALID": ("它不是合理的以太网 IPv4 ARP 报文", "硬件类型与协议类型"),
    "ARP_INVALID.NOARP": ("这块网卡停用了 ARP", "NOARP 标志"),
    "ARP_INVALID.op": ("ARP 操作码{number}既不是请求也不是应答", "操作码{number}"),
    "ARP_INVALID.target": ("不得用 ARP 询问{address}", "目标地址{address}"),
    "ARP_INVALID.gratuitous": ("本机不相信 ARP 通告，而它通告的是{address}", "drop_gratuitous_arp 为 1"),
    "ICMP_IGNORED": ("本机设置为忽略这类 ICMP 报文", "{rule}"),
    "ICMP_IGNORED.icmp_echo_ignore_broadcasts": (
        "本机不应答发给多个站点的 ping", "icmp_echo_ignore_broadcasts 为 1"),
    "ICMP_IGNORED.icmp_echo_ignore_all": ("本机不应答任何 ping", "icmp_echo_ignore_all 为 1"),
    "ICMP_IGNORED.redirect": ("只有正在使用的网关才可以重定向，而{address}不是", "发送方{address}"),
    "ICMP_IGNORED.accept_redirects": ("本机不接受重定向", "accept_redirects 为 0"),
    "CASCADE_TOO_LONG": ("网络中有环路：连锁反应持续了一百万步，被强行截断", "1,000,000 步"),
    "LINK_GONE": ("它还在途中时链路就被删除了", "没有链路"),
}
