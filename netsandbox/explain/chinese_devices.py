"""叠加设备、隧道、按 VLAN 过滤的网桥和策略路由规则的决定，简体中文。"""

from __future__ import annotations

Words = tuple[str, ...]

DEVICES: dict[str, Words] = {
    "Outcome.DECAPSULATED": ("{where}的隧道取出{frame}里承载的内容。", "目的 MAC {dst}"),
    "Outcome.PASSED_UP": ("{where}之上的设备收下{frame}。", "目的 MAC {dst}"),
    "TagPushed": (
        "{place}给帧加上 VLAN {vlan} 的标签，交给{below}。",
        "{place}是{below}的 VLAN {vlan}", "{protocol} 标签：源 MAC 之后的 4 字节"),
    "VlanEntered": (
        "{bridge}把帧归入 VLAN {vlan}：它没有标签，而这是{port}的 PVID。", "{port}的 PVID：{vlan}"),
    "VlanEntered.tagged": (
        "{bridge}按标签把帧归入 VLAN {vlan}，并取下标签。", "标签：VLAN {vlan}", "{port}属于 VLAN {vlan}"),
    "VlanLeft": ("VLAN {vlan} 的帧从{ports}发出时不带标签。", "{ports}：VLAN {vlan} 标为 Egress Untagged"),
    "VlanLeft.tagged": (
        "帧从{ports}发出时带 VLAN {vlan} 的标签。", "{ports}：VLAN {vlan} 没有标为 Egress Untagged"),
    "ArpAnswered": (
        "{bridge}代替地址的主人应答对{address}的询问，免得询问穿过隧道。",
        "{bridge}的邻居表：{address}的 MAC 是{mac}", "{mac}的表项指向带 neigh_suppress 的端口"),
    "BpduTaken": (
        "{port}从网桥{sender}得知根是{root}，开销{cost}，这比它原来知道的更好或更新。",
        "根：优先级{priority}，MAC {root}", "开销{cost}", "来自{sender}"),
    "RootChosen": (
        "{bridge}得知生成树的根是{root}，自己通往根的端口是{port}。",
        "优先级最低，其次 MAC 最低：{priority}，{root}", "开销{cost}"),
    "RootChosen.itself": ("{bridge}得知自己就是生成树的根。", "优先级最低，其次 MAC 最低：{priority}，{root}"),
    "TopologyChanged": ("{bridge}发现生成树变了：它的 MAC 表项暂时老化得更快。", "根的消息中的拓扑变化标志"),
    "TopologyChanged.over": ("对{bridge}来说生成树的变化结束了：表项的老化时间恢复原样。", "根的消息中的拓扑变化标志"),
    "Encapsulated": ("{place}把要发的内容装进发往{remote}的 {kind} 包。", "{kind} 设备{place}：对端{remote}"),
    "Encapsulated.flood": (
        "{place}不知道该 MAC 在哪个对端后面，或者帧发给所有人：一份副本发往{remote}，VNI {number}。",
        "MAC 表：00:00:00:00:00:00 的表项指向{remote}"),
    "Encapsulated.row": (
        "{place}知道该 MAC 在{remote}后面，把帧装进发往它的 UDP 包，VNI {number}。",
        "MAC 表：该 MAC 的表项指向{remote}"),
    "Encapsulated.local": (
        "{place}的对端就在本机，VNI {number} 的帧直接交给它，外面不再封装。", "外层目的地址：本机的地址"),
    "Decapsulated": ("{place}收下来自{remote}的 {kind} 包，继续处理其中的内容。", "{kind} 设备{place}", "编号{number}"),
    "VtepLearned": (
        "{place}学到{mac}在{remote}后面，因为刚有该 MAC 的帧从那里来。", "内层源 MAC {mac}", "外层源地址{remote}"),
    "VtepLearned.moved": (
        "{place}发现{mac}搬了家：现在在{remote}后面，不再在{previous}后面。",
        "内层源 MAC {mac}", "外层源地址{remote}", "原来的表项指向{previous}"),
    "VtepMissing": (
        "{place}不知道{mac}在哪个对端后面，向监视本机邻居的程序询问（l2miss）。",
        "MAC 表：没有该 MAC 的表项，也没有 00:00:00:00:00:00 的表项"),
    "VtepMissing.address": (
        "{place}不知道{address}的 MAC，向监视本机邻居的程序询问（l3miss）。", "{place}的邻居表：没有该地址的表项"),
    "ChildChosen": ("{parent}把帧交给{child}，目的 MAC 是它的。", "目的 MAC"),
    "ChildChosen.address": ("{parent}把帧交给{child}，目的 IP 是它的：所有子接口共用一个 MAC。", "目的地址"),
    "ChildChosen.sibling": ("{child}也在{parent}之上，帧直接到它那里，从不出现在线上。", "目的 MAC 或地址"),
    "ChildChosen.broadcast": ("帧发给所有人，{parent}给{child}一份副本。", "目的 MAC"),
    "ChildChosen.source": ("{child}收取{parent}上来自该源 MAC 的帧。", "源 MAC"),
    "ChildChosen.passthru": ("{child}独占{parent}，收取每一帧。", "passthru 模式"),
    "SlaveChosen": ("{bond}从当前活动的成员{slave}发出。", "active-backup 模式"),
    "SlaveChosen.all": ("{bond}从每个成员都发出：{slave}。", "broadcast 模式"),
    "SlaveChosen.layer2": (
        "{bond}从{slave}发出：由 MAC 地址和类型算出是哪个成员。", "balance-xor 模式", "xmit_hash_policy layer2"),
    "SlaveChosen.layer2+3": (
        "{bond}从{slave}发出：由 MAC 地址和 IP 地址算出是哪个成员。", "balance-xor 模式", "xmit_hash_policy layer2+3"),
    "SlaveChosen.layer3+4": (
        "{bond}从{slave}发出：由 IP 地址和端口算出是哪个成员。", "balance-xor 模式", "xmit_hash_policy layer3+4"),
    "SlaveChosen.turn": ("{bond}轮到从{slave}发出。", "balance-rr 模式"),
    "ActiveSlaveChanged": ("{bond}从现在起用{slave}收发，不再用{previous}。", "{why}"),
    "ActiveSlaveChanged.none": ("{bond}已没有链路正常的成员，最后一个是{previous}。", "{why}"),
    "FrameShaped": ("{place}上的 {discipline} 把帧扣留{time}。", "{place}上的 tc qdisc"),
    "FrameShaped.waited": ("{place}上的 {discipline} 已把帧扣留了{time}。", "{place}上的 tc -s class"),
    "FrameShaped.duplicated": ("{place}上的 {discipline} 把帧发两次。", "{place}上的 tc qdisc：duplicate"),
    "FrameShaped.corrupted": ("{place}上的 {discipline} 把帧的一个比特翻转。", "{place}上的 tc qdisc：corrupt"),
    "FrameShaped.sorted": ("{place}上的 {discipline} 是这一帧要走的类。", "{place}上的 tc class"),
    "FrameShaped.reordered": ("{place}上的 {discipline} 让帧越过排队的帧先走。", "{place}上的 tc qdisc：reorder"),
    "RuleMatched": (
        "在{namespace}中，规则{priority}适用于发往{destination}的包：{rule}。",
        "规则按编号依次检查", "规则{priority}：{rule}"),
    "PathChosen": (
        "到{destination}的路由有{paths}个下一跳，包的哈希值选中了{path}。", "fib_multipath_hash_policy {policy}"),
    "GroupJoined": ("{bridge}记下：{port}后面有站点要收组播组{group}。", "组播表（mdb）"),
    "GroupLeft": ("{bridge}记下：{port}后面不再有站点要收组播组{group}。", "组播表（mdb）"),
    "NextHopChanged": ("{namespace}有下一跳 {hop}；按编号引用它的路由随之改变。", "ip nexthop"),
    "NextHopChanged.gone": ("{namespace}不再有下一跳 {hop}，只引用它的路由也随之消失。", "ip nexthop"),
}
REASONS: dict[str, Words] = {
    "BRIDGE_INGRESS_VLAN": ("端口{port}不属于它的标签所说的 VLAN {vlan}", "{port}的 VLAN：没有{vlan}"),
    "BRIDGE_INGRESS_VLAN.none": ("它没有标签，而端口{port}没有 PVID 说明它属于哪个 VLAN", "{port}的 PVID：无"),
    "BRIDGE_EGRESS_VLAN": ("它在 VLAN {vlan} 中，而要发出它的{port}不在其中", "{port}的 VLAN：没有{vlan}"),
    "IGMP_INVALID": ("它不是有意义的 IGMP 消息，而{port}会检查 IGMP", "消息的校验和与长度"),
    "BPDU_INVALID": ("它不是网桥接受的生成树消息", "LLC 42 42 03，版本 0"),
    "BPDU_INVALID.guard": ("{port}后面不该有网桥（guard），而这是网桥的消息", "{port}的 guard：on"),
    "VLAN_UNKNOWN": ("它带 VLAN {vlan} 的标签，而本机在{port}上没有该 VLAN 的设备", "标签：VLAN {vlan}"),
    "DEV_NULL": ("{port}是 dummy 设备：它不向任何地方发送", "类型 dummy"),
    "VXLAN_VNI_NOT_FOUND": ("这里没有 VNI 为{vlan}的 VXLAN 设备", "VXLAN 头中的 VNI {vlan}"),
    "VXLAN_INVALID_HDR": ("到达{port}的 VXLAN 端口的数据没有 VXLAN 头", "VXLAN 头的标志 I"),
    "VXLAN_ENTRY_EXISTS": ("有人手工告诉过{port}该 MAC 在哪一端，而帧来自另一端", "{port}的 MAC 表（bridge fdb）"),
    "LOCAL_MAC": ("它的源 MAC 就是{port}自己的", "{port}的 MAC"),
    "NO_TX_TARGET": (
        "{port}没有该 MAC 的表项，也没有 00:00:00:00:00:00 的表项指明泛洪到哪里", "{port}的 MAC 表（bridge fdb）"),
    "TUNNEL_UNKNOWN": ("这里没有具有这些地址和密钥{vlan}的隧道设备", "隧道的地址和密钥"),
    "TUNNEL_INVALID": ("隧道头部没有意义，或缺少{port}所要求的：配置了才有且必须有的校验和、递增的序号", "隧道头部"),
    "RECURSION_LIMIT": ("{port}经由又从{port}发送的设备发送：隧道成环", "至多 8 层设备相套"),
    "QDISC_DROP": ("{port}的排队规则丢弃了它：{rule}", "{port}的排队规则（tc -s qdisc）"),
    "BOND_INACTIVE": ("它从{port}的非活动成员进来", "{port}的活动成员"),
    "MACVLAN_FOREIGN": ("在这种模式下同一父接口的子接口互相隔离", "private 或 vepa 模式"),
    "TUN_NO_READER": ("没有程序从{port}读取", "{port}的载波：无"),
}
