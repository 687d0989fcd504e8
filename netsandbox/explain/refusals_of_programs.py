"""What is said of programs that the sandbox has not, and of conditions that cannot be read, in 简体中文."""

from __future__ import annotations

OF_PROGRAMS: dict[str, str] = {
    "unknown words: {words}": "看不懂的词：{words}",
    "the sandbox has no {name}: {why}": "沙盒没有 {name}：{why}",
    "the shell takes {characters} for letters, as any other":
        "shell 把 {characters} 当作普通字符（全角字符、弯引号和长破折号不是 shell 的符号）",
    "the sandbox's own images stay": "沙盒自带的镜像保留不动",
    "nobody answers here, so nothing is removed; `docker {command} --force` asks nothing":
        "这里没有人回答，所以什么也没有删除；`docker {command} --force` 不询问",
    "no service {name} runs in the sandbox: {why}": "沙盒里没有运行 {name} 服务：{why}",
    "what `ip` and `ifconfig` set up counts at once": "用 `ip` 和 `ifconfig` 做的设置立即生效",
    "its only rules are iptables'": "它的规则只有 iptables 的",
    "its rules count at once, and are kept with the lab": "规则立即生效，并与实验网络一起保存",
    "no program of the sandbox has a UNIX domain socket": "沙盒里没有程序使用 UNIX 域套接字",
    "a database takes connections here and keeps no tables; `nc -zv HOST PORT` shows that it is reached":
        "这里的数据库只接受连接，不存表；用 `nc -zv HOST PORT` 看它能不能连上",
    "cables here are as fast as one likes, so a load test would measure this machine; `iperf3` and `curl` connect":
        "这里的网线要多快有多快，压力测试测到的只是这台机器；`iperf3` 和 `curl` 可以建立连接",
    "there is no encryption; `nc` and `telnet` connect": "没有加密；`nc` 和 `telnet` 可以连接",
    "`ls` lists files, and `cat > FILE`, `tee` and `sed -i` write them":
        "`ls` 列出文件，`cat > FILE`、`tee` 和 `sed -i` 写文件",
    "`cat > FILE` (until a line `EOF` with `<< EOF`), `tee` and `sed -i` write files":
        "用 `cat > FILE`（加 `<< EOF` 时写到 `EOF` 一行为止）、`tee` 和 `sed -i` 写文件",
    "there are no disks: a machine's files are kept with the lab": "没有磁盘：机器的文件和实验网络存在一起",
    "programs take neither memory nor processors here; `ps aux` and `docker top NAME` list them":
        "这里的程序不占内存和处理器；`ps aux` 和 `docker top NAME` 列出它们",
    "`ip -s link` counts what passes, and `tcpdump` shows it": "`ip -s link` 统计经过的流量，`tcpdump` 显示它们",
    "nobody else is here: the lab is yours": "这里没有别人：实验网络只属于你",
    "`cat /etc/os-release` and `uname -a` tell it": "用 `cat /etc/os-release` 和 `uname -a` 查看",
    "`ip -4 -br addr` and `ip route get ADDRESS` tell what a prefix holds":
        "`ip -4 -br addr` 和 `ip route get ADDRESS` 说明前缀包含什么",
    "`docker ps` and `ss -ltnp` show what runs": "`docker ps` 和 `ss -ltnp` 显示正在运行的程序",
    "what is modelled is loaded": "模拟的模块都已加载",
    "`ip -s link` and `tc -s qdisc` count what passes, and `why` tells what was dropped":
        "`ip -s link` 和 `tc -s qdisc` 统计经过的流量，`why` 说明丢弃了什么",
    "the rules are iptables'": "规则由 iptables 管理",
    "nmap {word} is not modelled; there are `nmap -sn NETWORK` and `nmap -p PORTS HOST`":
        "没有模拟 nmap {word}；可以用 `nmap -sn NETWORK` 和 `nmap -p PORTS HOST`",
    "nmap's own choice of ports is not modelled; `nmap -p 1-1000 HOST` says which":
        "没有模拟 nmap 自选的端口；请用 `nmap -p 1-1000 HOST` 写明端口",
    "nmap -oG is modelled with -sn alone": "nmap -oG 只能和 -sn 一起用",
    "nmap -sn takes addresses and networks here, not the name {name}":
        "nmap -sn 在这里只接受地址和网络，不接受名称 {name}",
    "nmap -sn looks for hosts of its own segment alone; {address} is not on it, and `fping` asks it":
        "nmap -sn 只找本网段的主机；{address} 不在本网段，可以用 `fping` 探测",
    "nmap of more than {count} addresses is not modelled": "没有模拟超过 {count} 个地址的 nmap 扫描",
    "nmap of more than {count} ports is not modelled": "没有模拟超过 {count} 个端口的 nmap 扫描",
    "ss -K of a socket of {protocol} in state {state} is not modelled":
        "没有模拟用 ss -K 关闭 {state} 状态的 {protocol} 套接字",
    "IPv6 is not modelled": "没有模拟 IPv6",
    "nginx is a container's: `docker run -d nginx`, whose configuration may have `upstream` and `proxy_pass`":
        "nginx 在容器里：`docker run -d nginx`，它的配置可以有 `upstream` 和 `proxy_pass`",
    "routes are set by `ip route`; no program tells others of them": "路由用 `ip route` 设置；没有程序把它们告诉别人",
    "`ip -d link` and `cat /sys/class/net/DEV/…` tell what there is":
        "`ip -d link` 和 `cat /sys/class/net/DEV/…` 显示现有的接口",
    "`help` tells what there is, and `ip help`, `bridge help` …": "`help` 说明有什么，还有 `ip help`、`bridge help` 等",
    "`nc -zv HOST PORTS`, `fping`, `arping` and `ping` find who is there":
        "`nc -zv HOST PORTS`、`fping`、`arping` 和 `ping` 可以找出谁在那里",
    "`tcpdump` is there, and `export FILE` writes a capture for it": "有 `tcpdump`，`export FILE` 可以写出抓包文件",
    "of Python there is `python3 -m http.server`": "Python 只有 `python3 -m http.server`",
    "the sandbox has `python3 -m http.server [PORT] [-b ADDRESS] [-d DIRECTORY]` and `python3 -m json.tool` alone":
        "沙盒只有 `python3 -m http.server [PORT] [-b ADDRESS] [-d DIRECTORY]` 和 `python3 -m json.tool`",
    "`help` lists what there is": "`help` 列出所有命令",
    "`ss -ltnp` shows who has which port": "`ss -ltnp` 显示谁占用哪个端口",
    # -- conditions of expect
    "this quote is not closed": "这个引号没有结束",
    "nothing follows the backslash": "反斜杠后面没有内容",
    "{noun} is missing here": "这里缺少 {noun}",
    "expected a number after {word}, found {found}": "{word} 后面应为数字，实际是 {found}",
    "the range {word} runs backwards": "范围 {word} 颠倒了",
    "expected {noun} such as 4, > 0 or 1..3; found {found}": "应为 {noun}，例如 4、> 0 或 1..3；实际是 {found}",
    "expected an offset in bytes, found {found}": "应为以字节计的偏移，实际是 {found}",
    "expected bytes as hex digits, found {found}": "应为十六进制的字节，实际是 {found}",
    "expected `start`, a frame's number, or a number of `lines`; found {found}":
        "应为 `start`、帧的编号，或 `lines` 的数目；实际是 {found}",
    "a filter such as `arp and broadcast` is missing here": "这里缺少过滤条件，例如 `arp and broadcast`",
    "no state {name}": "没有状态 {name}",
    "no drop reason {name}": "没有丢弃原因 {name}",
    "{text} is no port; write 80, 80/tcp or 53/udp": "{text} 不是端口；可以写 80、80/tcp 或 53/udp",
    "expected {noun}, found {found}": "应为 {noun}，实际是 {found}",
    "expected {noun}, one of {names}; found {found}": "应为 {noun}，即 {names} 之一；实际是 {found}",
    "{word} is one word too many; write: {usage}": "多了 {word}；写法：{usage}",
    "{word} is no condition": "没有条件 {word}",
}
"""English -> Chinese."""

OF_COMMAND_LINE: dict[str, str] = {
    "unrecognized arguments: {words}": "看不懂的参数：{words}",
    "the following arguments are required: {names}": "缺少参数 {names}",
    "argument {name}: invalid choice: {word} (choose from {names})": "参数 {name}：没有 {word}；可选 {names}",
    "argument {name}: expected one argument": "参数 {name} 后面要有一个值",
    "argument {name}: expected at least one argument": "参数 {name} 后面至少要有一个值",
    "argument {name}: ignored explicit argument {word}": "参数 {name} 不带值，多了 {word}",
    "argument {name}: {why}": "参数 {name}：{why}",
    "ambiguous option: {word} could match {names}": "选项 {word} 不明确，可能是 {names}",
    "{what} is not a port from 1 to 65535": "{what} 不是 1 到 65535 的端口",
    "{what} is not a seed (a whole number from 0)": "{what} 不能作种子（应为从 0 起的整数）",
    "{what} is not a number from 1 to 10000000": "{what} 不是 1 到 10000000 的数",
    "no such command, file or scenario": "没有这个命令、文件或场景",
    "the terminal UI needs a terminal; `netsandbox run NAME` prints a transcript, `netsandbox list` the names, and "
    "`netsandbox --help` what else there is":
        "终端界面需要终端；`netsandbox run NAME` 打印场景的经过，`netsandbox list` 列出名称，"
        "`netsandbox --help` 说明其余的",
    "{option} is for the terminal UI, which needs a terminal; `netsandbox run NAME` prints a transcript":
        "{option} 用于终端界面，它需要终端；`netsandbox run NAME` 打印场景的经过",
    "a mistake of netsandbox itself, {kind}: {text} ({file})": "netsandbox 自身出错，{kind}：{text}（{file}）",
    "not JSON: {text}": "不是 JSON：{text}",
    "cannot listen at {place}: {why}": "无法在 {place} 监听：{why}",
    "serve needs textual-serve: pip install 'netsandbox[web]'":
        "serve 需要 textual-serve：pip install 'netsandbox[web]'",
    "the terminal UI needs a terminal, which standard input is not": "终端界面需要终端，而标准输入不是",
    "the terminal UI needs a terminal, which standard output is not": "终端界面需要终端，而标准输出不是",
    "the terminal UI needs a terminal, which standard error is not": "终端界面需要终端，而标准错误输出不是",
    "the terminal UI needs a terminal that can move its cursor, which TERM={term} cannot":
        "终端界面需要能移动光标的终端，而 TERM={term} 不能",
    "{why}; `netsandbox run SCENARIO` needs none of this": "{why}；`netsandbox run SCENARIO` 不需要这些",
}
"""English -> Chinese: what the command line is refused for, argparse's own complaints among it."""

NOUNS_OF_CONDITIONS: dict[str, str] = {
    "a condition such as `reach pc1 pc2`": "条件，例如 `reach pc1 pc2`", "a count": "次数", "a filter": "过滤条件",
    "a reason": "原因", "a state": "状态", "a kind": "类型", "a MAC address": "MAC 地址", "an MTU": "MTU 值",
    "a bridge": "网桥", "a port's state": "端口状态", "a bridge or switch": "网桥或交换机", "a property": "属性",
    "a counter": "计数器", "contains or matches": "contains 或 matches", "held or free": "held 或 free",
    "how a command line begins": "命令行的开头", "an exit status": "退出码", "an offset in bytes": "以字节计的偏移",
    "a text that the frame says": "帧内容中的文字", "bytes as hex digits": "十六进制的字节",
    "the text of a route": "路由的文字", "NODE or ADDRESS": "NODE 或 ADDRESS",
    "NODE or NODE:IFACE": "NODE 或 NODE:IFACE",
    "ADDRESS or ADDRESS/LEN": "ADDRESS 或 ADDRESS/LEN", "MAC, NODE or any": "MAC、NODE 或 any",
    "MAC or NODE": "MAC 或 NODE", "PORT or NODE": "PORT 或 NODE",
    "MAC, NODE, NODE:IFACE or everyone": "MAC、NODE、NODE:IFACE 或 everyone",
    "NODE, NODE:IFACE or `ports of BRIDGE`": "NODE、NODE:IFACE 或 `ports of BRIDGE`",
}
"""What a condition lacks, or has something else in the place of."""
