"""netfilter 的决定，中文。"""

from __future__ import annotations

from netsandbox.explain.english import Words

SENTENCES: dict[str, Words] = {
    "VerdictGiven": ("{ns}的{hook}放行{packet}。", "钩子{hook}", "从{entered}进入", "从{leaves}发出",
                     "连接：{connection}", "随后改写：{changed}"),
    "VerdictGiven.dropped": ("{ns}的{hook}丢弃{packet}。", "钩子{hook}", "从{entered}进入", "从{leaves}发出",
                             "连接：{connection}", "{rule}"),
    "VerdictGiven.taken": ("{ns}的{hook}留住{packet}，直到其余部分到齐。", "钩子{hook}"),
    "ConnectionChanged.new": ("{ns}把一个连接记入连接表。", "{text}"),
    "ConnectionChanged.state": ("{ns}的一个连接进入另一状态。", "{text}"),
    "ConnectionChanged.gone": ("{ns}忘掉一个连接。", "{why}", "{text}"),
    "PacketLogged": ("{ns}的 LOG 规则把{packet}写入内核日志。", "{line}"),
    "RulesGone": ("{ns}的 {table} 表少了规则。", "{rules}"),
}
REASONS: dict[str, Words] = {
    "NETFILTER_DROP.table full": ("跟踪的连接已达上限，又没有可以让位的", "nf_conntrack_max 为 {most}"),
    "NETFILTER_DROP.clash": ("NAT 没有剩余的端口可用：另一个连接等着同样的应答", "连接表"),
    "NETFILTER_DROP.cut short": ("规则要读的报文头不完整", "tcp、icmp、multiport 或 tcpmss 匹配"),
    "NETFILTER_DROP.moved": ("它的连接借用了别的网卡的地址，而不是现在要发出的网卡", "MASQUERADE", "路由"),
    "NETFILTER_DROP.icmp error": ("NAT 无法转换没有意义的 ICMP 差错", "ICMP 校验和"),
    "NETFILTER_DROP.redirect": ("对经 NAT 转换的连接，重定向没有意义", "NAT"),
    "NETFILTER_DROP.no address": ("该网卡没有可供 NAT 使用的地址", "网卡的地址"),
    "NETFILTER_DROP.all over": ("它的连接已经结束，规则没有别的连接可数", "connlimit 匹配"),
    "NETFILTER_DROP.no way": ("OUTPUT 改动之后，没有路由通往它现在的目的地", "路由表"),
}
PHRASES: dict[str, str] = {
    "forgotten.expired": "时限已过",
    "forgotten.reset": "RST 结束了它",
    "forgotten.reopened": "SYN 重新开始了它",
    "forgotten.deleted": "有人把它删除了",
    "forgotten.early drop": "连接表已满（early drop）",
    "forgotten.address gone": "它借用的地址没有了",
    "forgotten.another way out": "它现在从另一个接口出去，而借用的是原接口的地址",
    "forgotten.succeeded": "它已经结束，另一个连接需要它的端口",
    "rules.other": "另一个包，{packet}：",
    "rules.made": "这条规则由 #{seq} 加入：❯ {line}",
    "rules.made.policy": "这一默认策略由 #{seq} 设定：❯ {line}",
    "rules.gone": "{ns}自 #{seq}起不再有：{rule} ← ❯ {line}",
    "rules.hook": "钩子 {hook}：", "rules.connection": "连接：{connection}", "rules.changed": "随后改写：{changed}",
    "rules.untracked": "连接：UNTRACKED：raw 表的一条规则让它不被跟踪",
    "rules.invalid": "连接：INVALID：它不属于任何已知的连接，也不能用来新建连接",
    "rules.invalid.of": "连接：INVALID：它与已知的连接不符：{connection}",
    "rules.invalid.unanswered": "连接：INVALID：这个连接的应答没有经过这里，也许应答走了别的路：{connection}",
    "rules.chain": "表 {table}，链 {chain}：",
    "rules.hidden": "在此之前另有 {count} 条规则不匹配",
    "rules.taken": "{chain} 第 {number} 条匹配（至今共 {packets} 个包）：{text}",
    "rules.passed": "{chain} 第 {number} 条不匹配：{failed}，规则：{text}",
    "rules.passed.seen": "{chain} 第 {number} 条不匹配：{failed}，实际是 {seen}；规则：{text}",
    "rules.policy": "到达 {chain} 末尾：默认策略 {verdict}",
    "rules.row": "{ns} 的表 {table} 链 {chain} 第 {number} 条规则：{text}。",
    "rules.counted": "至今匹配 {packets} 个包，共 {bytes} 字节",
    "rules.packet": "#{seq}：{packet}，在 {hook}",
    "rules.unfit": "#{seq}：{packet}，在 {hook}，不匹配：{failed}，而它是 {seen}",
    "rules.unfit.nat": "#{seq}：{packet}，在 {hook}，不匹配：{failed}，而它是 {seen}；它原本发往 {was}，"
                       "要匹配原目标请用 -m conntrack --ctorigdst 和 --ctorigdstport",
    "rules.before": "#{seq}：{packet}，在 {hook}，没有到达这条规则：第 {number} 条先匹配了它，{text}",
    "rules.unmet": "这条规则建立以来没有包到达过它的链",
    "rules.now": "表项现在是：{text}",
    "trace.answered": "⇒ {time} 后收到应答：{packet}",
    "trace.dropped": "⇒ 没有应答：{why}",
    "trace.delivered": "⇒ 它已到达；程序是否应答由程序自己决定",
    "trace.unanswered": "⇒ 没有应答",
}
