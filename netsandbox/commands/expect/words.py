"""What `expect` says of what it expected and found, in each language; conditions themselves are written in English."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.explain.catalogue import fill
from netsandbox.explain.words import LANGUAGES, Both

Say = Callable[..., str]

LONGEST = 1000
"""Characters of a name or a text that a message repeats."""

PHRASES: dict[str, Both] = {
    # -- the report
    "expected": ("expected", "期望"),
    "found": ("found", "实际"),
    "frame": ("frame", "相关帧"),
    "why": ("why", "原因"),
    "holds": ("holds: {found}", "成立：{found}"),
    "asked": ("{text}", "{text}"),
    "more": ("… and {count} more", "……另有 {count} 个"),
    # -- comparisons
    "compare.=": ("exactly {number}", "恰好 {number} 个"),
    "compare.!=": ("not {number}", "不是 {number} 个"),
    "compare.<": ("fewer than {number}", "少于 {number} 个"),
    "compare.>=": ("at least {number}", "至少 {number} 个"),
    "compare.<=": ("at most {number}", "至多 {number} 个"),
    "compare...": ("{number} to {high}", "{number} 到 {high} 个"),
    # -- names that are not there
    "no-node": ("there is no node {name}{near}", "没有名为 {name} 的节点{near}"),
    "no-container": ("there is no container {name}{near}", "没有名为 {name} 的容器{near}"),
    "no-port": ("{bridge} has no port {name}{near}", "{bridge} 没有端口 {name}{near}"),
    "no-interface": ("{node} has no interface {name}{near}", "{node} 没有接口 {name}{near}"),
    "no-bridge": ("there is no bridge or switch {name}{near}", "没有名为 {name} 的网桥或交换机{near}"),
    "no-device": ("no interface is called {name}{near}", "没有名为 {name} 的接口{near}"),
    "no-owner": ("{name} is neither an address nor a node{near}", "{name} 既不是地址也不是节点{near}"),
    "not-running": ("container {name} does not run: it has no network now", "容器 {name} 没有运行，现在没有网络"),
    "no-address": ("{name} has no IP address", "{name} 没有 IP 地址"),
    "several-bridges": ("{name} can mean several bridges: {names}", "{name} 可以指多个网桥：{names}"),
    "near": ("; did you mean {name}?", "；是不是 {name}？"),
    "known": ("; there are: {names}", "；现有：{names}"),
    # -- the last command line
    "no-command": ("no command line was carried out yet", "这之前没有执行过命令"),
    "no-command.yours": ("you have typed no line yet", "你还没有输入命令"),
    "no-command.of": ("type a line that begins with `{line}`", "请输入以 `{line}` 开头的命令"),
    "no-line": ("no line begins with `{line}` so far{near}", "还没有以 `{line}` 开头的命令{near}"),
    "lines": ("; the last were {lines}", "；最近的命令：{lines}"),
    "line": ("; the last one was {lines}", "；最近的命令：{lines}"),
    "still-running": ("`{line}` has not ended yet", "`{line}` 还没有结束"),
    "forgotten": ("the trace has forgotten what was then", "记录中已经没有那时的内容"),
    "no-record": ("there is no record #{number} yet", "还没有 #{number} 这条记录"),
    "few-commands": ("only {count} command lines were carried out", "一共只执行了 {count} 条命令"),
    # -- arp
    "arp": ("{node}'s ARP table has {address}{mac}{state}", "{node} 的 ARP 表中有 {address}{mac}{state}"),
    "no arp": ("{node}'s ARP table has no row for {address}{mac}{state}",
        "{node} 的 ARP 表中没有 {address}{mac}{state}"),
    "arp.any": ("{node}'s ARP table has a row", "{node} 的 ARP 表中有表项"),
    "no arp.any": ("{node}'s ARP table is empty", "{node} 的 ARP 表是空的"),
    "arp.mac": (" with {mac}", "，MAC 为 {mac}"),
    "arp.state": (", {state}", "，状态 {state}"),
    "arp.none": ("no row for {address} in {node}'s ARP table; {rows}", "{node} 的 ARP 表中没有 {address}；{rows}"),
    "arp.row": ("{address} dev {interface} {mac} {state}, since {since}",
        "{address} dev {interface} {mac}，{state}，自 {since} 起"),
    "rows.none": ("it is empty", "表是空的"),
    "rows.are": ("it has {rows}", "表中有 {rows}"),
    "of": ("{mac} ({name})", "{mac}（{name}）"),
    "no-mac": ("without a MAC", "没有 MAC"),
    "mac-of": ("{name}'s MAC ({macs})", "{name} 的 MAC（{macs}）"),
    # -- mac table
    "mac": ("{bridge}'s MAC table has {mac}{port}", "{bridge} 的 MAC 表中{port}有 {mac}"),
    "no mac": ("{bridge}'s MAC table does not have {mac}{port}", "{bridge} 的 MAC 表中{port}没有 {mac}"),
    "mac.any": ("{bridge}'s MAC table has a learned row", "{bridge} 的 MAC 表中有学到的表项"),
    "no mac.any": ("{bridge}'s MAC table has learned nothing", "{bridge} 的 MAC 表没有学到任何地址"),
    "mac.port": (" on port {port}", "，端口{port}后面"),
    "mac.towards": (" on the port to {port}", "，通向 {port} 的端口后面"),
    "mac.none": ("no row for {mac}; {rows}", "没有 {mac} 的表项；{rows}"),
    "mac.row": ("{mac} on port {port}", "{mac}在端口{port}后面"),
        "rows.gap": ("; ", "；"), "names.gap": (", ", "、"),
    "learned": ("it has learned {rows}", "已学到：{rows}"),
    "learned.nothing": ("it has learned nothing", "没有学到任何地址"),
    # -- routes, sysctls
    "route": ("{node} has the route `{text}`", "{node} 有路由 `{text}`"),
    "no route": ("{node} has no route `{text}`", "{node} 没有路由 `{text}`"),
    "route.any": ("{node} has a route in its main table", "{node} 的 main 表中有路由"),
    "no route.any": ("{node} has no route in its main table", "{node} 的 main 表中没有路由"),
    "route.found": ("`{text}`", "`{text}`"),
    "route.none": ("{node}'s routes: {routes}", "{node} 的路由：{routes}"),
    "route.nothing": ("{node} has no route", "{node} 没有路由"),
    "sysctl": ("{key} of {node} is {value}", "{node} 的 {key} 是 {value}"),
    "no sysctl": ("{key} of {node} is not {value}", "{node} 的 {key} 不是 {value}"),
    "sysctl.found": ("it is {value}", "是 {value}"),
    # -- frames
    "frames": ("{count} frames {which}", "{which}的帧：{count}"),
    "no frames": ("not {count} frames {which}", "{which}的帧：不是{count}"),
    "frames.1": ("exactly one frame {which}", "{which}的帧：恰好 1 个"),
    "no frames.1": ("not exactly one frame {which}", "{which}的帧：不是恰好 1 个"),
    "frames.0": ("no frame {which}", "{which}的帧：一个也没有"),
    "no frames.0": ("at least one frame {which}", "{which}的帧：至少 1 个"),
    "frames.some": ("at least one frame {which}", "{which}的帧：至少 1 个"),
    "no frames.some": ("no frame {which}", "{which}的帧：一个也没有"),
    "frames.found": ("{count} such frames", "这样的帧有 {count} 个"),
    "frames.found.1": ("1 such frame", "这样的帧有 1 个"),
    "frames.none": ("none", "没有这样的帧"),
    "frames.others": ("none; without the filter there are {count}", "没有这样的帧；不加过滤条件则有 {count} 个"),
    "which.on": ("on {place}", "在{place}上"),
    "which.in": ("received", "收到"), "which.in.on": ("received on {place}", "在{place}上收到"),
    "which.out": ("sent", "发出"), "which.out.on": ("sent on {place}", "在{place}上发出"),
    "which.from": ("from the MAC of {name}", "源 MAC 属于 {name}"),
    "which.to": ("to the MAC of {name}", "目的 MAC 属于 {name}"),
    "which.everyone": ("to everyone", "发给所有人"),
    "which.bytes": ("with the bytes {octets} at {offset}", "第 {offset} 字节起为 {octets}"),
    "which.opens": ("asking {one} for a TCP connection to port {other}", "请求与 {one} 的 TCP 端口 {other} 建立连接"),
    "which.way": ("from {one} to {other}", "从 {one} 到 {other}"),
    "which.saying": ("saying “{text}”", "内容含“{text}”"),
    "which.where": ("where {filter}", "符合“{filter}”"),
    "which.any": ("anywhere", "任何地方"),
    "which.gap": (" ", "、"), "which.since": ("{which} {since}", "{since}，{which}"),
    "since.last": ("since the last command", "自上一条命令起"),
    "since.start": ("since the start", "自开始起"),
    "since.record": ("since #{number}", "自 #{number} 起"),
    "since.lines": ("in the last {count} command lines", "在最近 {count} 条命令中"),
    "ports-of": ("the ports of {bridge}", "{bridge} 的端口"),
    "frame.at": ("a frame at {time} ± {tolerance} ({which})", "在 {time} ± {tolerance} 时有一个帧（{which}）"),
    "no frame.at": ("no frame at {time} ± {tolerance} ({which})", "在 {time} ± {tolerance} 时没有帧（{which}）"),
    "frame.near": ("the nearest is at {time}", "最近的一个在 {time}"),
    "frame.none": ("no frame at all ({which})", "一个帧也没有（{which}）"),
    "order": ("frames in this order ({which}): {filters}", "帧按此顺序出现（{which}）：{filters}"),
    "no order": ("no frames in this order ({which}): {filters}", "没有帧按此顺序出现（{which}）：{filters}"),
    "order.stops": ("{done} of {count} in order; then none where `{filter}`",
        "按顺序找到 {done}/{count} 个；之后没有符合 `{filter}` 的帧"),
    "order.found": ("all {count} in order", "{count} 个全部按顺序出现"),
    "then": (", then ", "，然后 "),
    "drop": ("something was dropped{reason} ({which})", "有帧或包被丢弃{reason}（{which}）"),
    "no drop": ("nothing was dropped{reason} ({which})", "没有帧或包被丢弃{reason}（{which}）"),
    "drop.reason": (" for {reason}", "，原因 {reason}"),
    "reason.OTHERHOST": ("another station's MAC is on it", "目的 MAC 是别的站点的"),
    "reason.NETFILTER_DROP": ("a firewall rule or policy drops it", "防火墙规则或默认策略不放行"),
    "reason.IP_INADDRERRORS": ("its address is none of this host's", "目的地址不是本机的"),
    "reason.IP_INNOROUTES": ("no route leads to its address", "没有通往目的地址的路由"),
    "reason.IP_RPFILTER": ("the way back leads by another interface", "回去的路由走别的接口"),
    "reason.NEIGH_FAILED": ("nobody answers the ARP request", "ARP 请求没有人应答"),
    "reason.BRIDGE_NO_EGRESS_PORT": ("the bridge has no port to send it out of", "网桥没有可以送出它的端口"),
    "reason.NO_TX_TARGET": ("the interface has nowhere to send it", "接口不知道该送往哪里"),
    "reason.PKT_TOO_BIG": ("it is too long for the next link", "对下一段链路来说太长"),
    "reason.QDISC_DROP": ("the queue drops it", "被队列丢弃"),
    "drop.named": (": {words}, {reason}", "：{words}，{reason}"),
    "drop.none": ("nothing was dropped", "没有丢弃"),
    "drop.others": ("none for this reason; dropped for others: {reasons}", "没有因此丢弃的；其他原因：{reasons}"),
    "drop.found": ("{count} dropped: {reasons}", "丢弃了 {count} 个：{reasons}"),
    "no-reason": ("{name} is no reason in a filter{near}", "过滤条件中没有原因 {name}{near}"),
    # -- interfaces
    "interface": ("{node} has {name}", "{node} 有接口 {name}"),
    "no interface": ("{node} has no {name}", "{node} 没有接口 {name}"),
    "interface.so": ("{node} has {name}: {wishes}", "{node} 的 {name}：{wishes}"),
    "no interface.so": ("{node}'s {name} is not: {wishes}", "{node} 的 {name} 不是这样：{wishes}"),
    "interface.any": ("{node} has an interface beside lo", "{node} 除 lo 外还有接口"),
    "no interface.any": ("{node} has no interface beside lo", "{node} 除 lo 外没有接口"),
    "interface.none": ("{node} has {names}", "{node} 有 {names}"),
    "property.gap": (", ", "，"),
    "property.up": ("up", "已启用"), "property.down": ("down", "已停用"),
    "property.carrier": ("carrier", "有载波"), "property.no-carrier": ("no carrier", "无载波"),
    "property.state": ("state {value}", "状态 {value}"), "property.kind": ("kind {value}", "类型 {value}"),
    "property.mac": ("MAC {value}", "MAC {value}"), "property.mtu": ("MTU {value}", "MTU {value}"),
    "property.no-address": ("no address", "没有地址"),
    "property.address": ("address {value}", "地址 {value}"), "property.peer": ("peer {value}", "对端 {value}"),
    "property.no-peer": ("no peer", "没有对端"),
    "property.master": ("master {value}", "属于 {value}"), "property.no-master": ("no master", "不属于任何网桥"),
    "property.port": ("port state {value}", "端口状态 {value}"),
    "property.joins": ("its other end is a port of {value}", "另一端接在 {value} 上"),
    "interface.found": ("{name}: {facts}", "{name}：{facts}"),
    "counter": ("the counter {name} of {interface} is {count}", "{interface} 的计数器 {name} {count}"),
    "no counter": ("the counter {name} of {interface} is not {count}", "{interface} 的计数器 {name} 不是{count}"),
    "counter.found": ("{count} so far", "到现在是 {count}"),
    "namespace": ("{left} and {right} share one network namespace", "{left} 与 {right} 共用一个网络命名空间"),
    "no namespace": ("{left} and {right} do not share a network namespace", "{left} 与 {right} 不共用网络命名空间"),
    "namespace.found": ("{left} is in the namespace of {one}, {right} in that of {other}",
        "{left} 在 {one} 的命名空间，{right} 在 {other} 的命名空间"),
    # -- programs and containers
    "output.contains": ("{line} printed “{text}”", "{line} 的输出中有“{text}”"),
    "no output.contains": ("{line} did not print “{text}”", "{line} 的输出中没有“{text}”"),
    "output.matches": ("{line} printed a line like {text}", "{line} 的输出中有形如{text}的一行"),
    "no output.matches": ("{line} printed no line like {text}", "{line} 的输出中没有形如{text}的行"),
    "output.digits": ("{count} hexadecimal digits", " {count} 位十六进制数字"),
    "output.pattern": ("`{text}`", " `{text}` "),
    "output.any": ("{line} printed something", "{line} 有输出"),
    "no output.any": ("{line} printed nothing", "{line} 没有输出"),
    "output.line": ("it printed “{text}”", "输出中有“{text}”"),
    "output.text": ("it printed “{text}”", "输出是“{text}”"),
    "output.nearest": ("not there; the nearest line is “{text}”", "没有；最接近的一行是“{text}”"),
    "output.other": ("it is not there: it printed “{text}”", "没有：输出是“{text}”"),
    "output.yours": ("your line", "你输入的命令"),
    "output.empty": ("it printed nothing", "没有任何输出"),
    "exit.0": ("{line} succeeded (exit status 0)", "{line} 成功（退出码 0）"),
    "no exit.0": ("{line} failed (an exit status other than 0)", "{line} 失败（退出码不是 0）"),
    "exit": ("{line} ended with exit status {count}", "{line} 的退出码{count}"),
    "no exit": ("{line} ended with an exit status that is not {count}", "{line} 的退出码不是{count}"),
    "exit.found": ("exit status {code}", "退出码 {code}"),
    "exit.failed": ("it failed: {found}", "它失败了：{found}"),
    "exit.said": ("exit status {code}: {text}", "退出码 {code}：{text}"),
    "code.=": ("{number}", "等于 {number}"),
    "code.!=": ("other than {number}", "不等于 {number}"),
    "code.>": ("more than {number}", "大于 {number}"),
    "code.<": ("less than {number}", "小于 {number}"),
    "code.>=": ("{number} or more", "不小于 {number}"),
    "code.<=": ("{number} or less", "不大于 {number}"),
    "code...": ("{number} to {high}", "在 {number} 到 {high} 之间"),
    "state": ("container {name} {state}{code}", "容器 {name} {state}{code}"),
    "no state": ("not so: container {name} {state}{code}", "不是这样：容器 {name} {state}{code}"),
    "state.running": ("is running", "正在运行"), "state.exited": ("has exited", "已退出"),
    "state.created": ("is created, but does not run", "已创建，没有运行"),
    "state.restarting": ("is restarting", "正在重启"), "state.paused": ("is paused", "已暂停"),
    "state.code": (", exit status {code}", "，退出码{code}"),
    "state.absent": ("there is no container {name}", "没有容器 {name}"),
    "no state.absent": ("there is a container {name}", "有容器 {name}"),
    "log.contains": ("the log of {name} says “{text}”", "{name} 的日志中有“{text}”"),
    "no log.contains": ("the log of {name} does not say “{text}”", "{name} 的日志中没有“{text}”"),
    "log.matches": ("{name}'s log has a line like {text}", "{name} 的日志中有形如{text}的一行"),
    "no log.matches": ("{name}'s log has no line like {text}", "{name} 的日志中没有形如{text}的行"),
    "log.empty": ("its log is empty", "日志是空的"),
    "port.held": ("port {port} of {node} is held by {name}", "{node} 的端口 {port} 由 {name} 占用"),
    "no port.held": ("port {port} of {node} is not held by {name}", "{node} 的端口 {port} 不由 {name} 占用"),
    "port.free": ("port {port} of {node} is free", "{node} 的端口 {port} 空闲"),
    "no port.free": ("port {port} of {node} is not free", "{node} 的端口 {port} 不空闲"),
    "port.holder": ("{name}{container} holds it", "由 {name}{container} 占用"),
    "port.nobody": ("nobody holds it; others are held: {ports}", "没有人占用；占用着的端口有：{ports}"),
    "port.none": ("nobody holds it, nor any other port", "没有人占用，其他端口也没有"),
    # -- reach
    "reach": ("{source} gets an answer from {target} (one ping)", "{source} 能得到 {target} 的回答（一次 ping）"),
    "no reach": ("{source} gets no answer from {target} (one ping)", "{source} 得不到 {target} 的回答（一次 ping）"),
    "reach.yes": ("{target} answered: {text}", "{target} 回答了：{text}"),
    "reach.no": ("no answer from {address}: {text}", "{address} 没有回答：{text}"),
    "reach.silent": ("no answer from {address} within 4 seconds", "{address} 在 4 秒内没有回答"),
}
"""Key -> the phrase in English and in Chinese, with the same fields; `no KEY` is what is expected turned round."""


INNER = str.maketrans("“”", "‘’")
"""Quotes within quotes."""


def _short(text: str) -> str:
    """A field that is not longer than anybody reads."""
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"


def speaker(language: str) -> Say:
    """What puts a key and its fields into words of a language.

    Raises:
        ValueError: no such language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}: expected one of {', '.join(LANGUAGES)}")
    index = LANGUAGES.index(language)

    def say(key: str, /, **fields: str) -> str:
        phrase = PHRASES[key][index]
        return fill(phrase, {name: _short(text).translate(INNER) if f"“{{{name}}}”" in phrase else _short(text)
                             for name, text in fields.items()})
    return say
