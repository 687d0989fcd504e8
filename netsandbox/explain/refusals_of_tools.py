"""What netsandbox says in a tool's place where the tool would do more than the sandbox has, in 简体中文.

Such a line begins with `netsandbox: `, or names the tool and says `… is not modelled`; all else that a tool prints is
the tool's own, and stays.
"""

from __future__ import annotations

OF_TOOLS: dict[str, str] = {
    "docker {verb} reads an archive (-) from a pipe or a file in the sandbox: nobody types one":
        "`docker {verb}` 在沙盒里从管道或文件读取归档（-）：没有人能用键盘输入归档",
    "docker import of a URL is not modelled in the sandbox: a file is, and - with a pipe":
        "沙盒没有模拟从 URL 做 `docker import`：可以用文件，或者用管道和 -",
    "docker load reads here what docker save of this lab has written: the sandbox's images have no files of programs":
        "这里的 `docker load` 只读这个实验网络里 `docker save` 写的归档：沙盒的镜像里没有程序文件",
    "{what} is not modelled": "没有模拟 {what}",
    "{what} are not modelled": "没有模拟 {what}",
    "a file of several documents is not modelled in the sandbox": "沙盒没有模拟含多个文档的文件",
    "{what} is not modelled in the sandbox": "沙盒没有模拟 {what}",
    "{what} is not modelled: {why}": "没有模拟 {what}：{why}",
    "{what} is not modelled in the sandbox: {why}": "沙盒没有模拟 {what}：{why}",
    "{what} is not modelled in the sandbox, {why}": "沙盒没有模拟 {what}：{why}",
    "{what} is not modelled, {why}": "没有模拟 {what}：{why}",
    "{what} is not modelled; {why}": "没有模拟 {what}；{why}",
    "{what} are not modelled; {why}": "没有模拟 {what}；{why}",
    "{what} is not modelled in the sandbox; {why}": "沙盒没有模拟 {what}；{why}",
    "{what} is not modelled ({names} are)": "没有模拟 {what}（有 {names}）",
    "{what} is not modelled ({name} is)": "没有模拟 {what}（有 {name}）",
    "{what} are not modelled ({names} are)": "没有模拟 {what}（有 {names}）",
    "{what} are not modelled ({name} is)": "没有模拟 {what}（有 {name}）",
    "{what} is not modelled ({names})": "没有模拟 {what}（{names}）",
    "{what} are not modelled ({names})": "没有模拟 {what}（{names}）",
    "{what} is not modelled (these are: {names})": "没有模拟 {what}（有：{names}）",
    "{what} are not modelled (these are: {names})": "没有模拟 {what}（有：{names}）",
    "{what} is not modelled (it is {value})": "没有模拟 {what}（总是 {value}）",
    "{what} is not modelled (a frame begins at {place})": "没有模拟 {what}（帧从 {place} 开始）",
    "{what} is not modelled, in {file}": "没有模拟 {what}，见 {file}",
    "{what} are not modelled, in {file}": "没有模拟 {what}，见 {file}",
    "{what} is not modelled: it takes http:// and a host, no variables, in {file}":
        "没有模拟 {what}：它只接受 http:// 加主机，不接受变量，见 {file}",
    "{what} is not modelled but for every second, as it is without": "{what} 只模拟了每秒一次，不写也是这样",
    "{what} is not modelled here; a program can be run so at a prompt, such as ping, curl, nc":
        "没有模拟 {what}；在提示符下可以这样运行程序，例如 ping、curl、nc",
    "functions of one's own are not modelled in awk": "没有模拟 awk 的自定义函数",
    "{what} is not modelled, but for a name": "没有模拟 {what}，名称除外",
    "{what} is not modelled: {names} are": "没有模拟 {what}：有 {names}",
    "only network namespaces are modelled ({form})": "只模拟了网络命名空间（{form}）",
    "only network namespaces are modelled ({form}), not {name}": "只模拟了网络命名空间（{form}），没有 {name}",
    "stat is modelled with -c FORMAT alone: files here have no blocks and no inodes":
        "只模拟了 stat -c FORMAT：这里的文件没有块和 inode",
    "commands are given in nft's own words here; -j list is modelled": "这里的命令要用 nft 自己的写法；可以用 -j list",
    "events are lines here: output 'xml' or 'save' is not modelled":
        "这里的事件是一行行文字：没有模拟输出 'xml' 或 'save'",
    # -- what is no such sentence
    "{what}; there is {one}, and {two} of the kernel": "{what}；有 {one}，内核的日志用 {two}",
    "a bridge has {most} ports, so -n can be no more containers than that":
        "一个网桥有 {most} 个端口，所以 -n 不能更大",
    "{name} is one of the sandbox's own images, which stay": "{name} 是沙盒自带的镜像，不能删除",
    "it goes on in the background with {form} alone": "只有 {form} 才能在后台继续运行",
    "the sandbox has no prompt of it; {one} asks, or {two}": "沙盒没有它的提示符；用 {one} 或 {two} 提问",
    "all that is typed has root's rights here, and cannot have {user}'s":
        "这里输入的命令都有 root 的权限，不能换成 {user} 的",
    "the sandbox makes 0 to {most} containers of a service": "沙盒为一个服务启动 0 到 {most} 个容器",
    "no stage and no image of the sandbox has that name": "没有叫这个名字的构建阶段，沙盒里也没有这个镜像",
    "the sandbox has no {name}": "沙盒没有 {name}",
    "Invalid container name ({name}...): the sandbox takes up to {most} characters":
        "容器名称无效（{name}...）：沙盒最多允许 {most} 个字符",
    "invalid network name {name}: the sandbox takes up to {most} characters":
        "网络名称 {name} 无效：沙盒最多允许 {most} 个字符",
    "dockerd takes no signals here; there is {form}": "这里不能给 dockerd 发信号；可以用 {form}",
    "of namespaces that nsenter enters the network's (-n) is needed here": "nsenter 在这里必须进入网络命名空间（-n）",
    "{start} runs dockerd; {check} only reads {file}": "{start} 启动 dockerd；{check} 只检查 {file}",
    "{start} runs dockerd; {check} only reads {file}; {one} and {two} give it these options":
        "{start} 启动 dockerd；{check} 只检查 {file}；用 {one} 和 {two} 设置这些选项",
    "use `{form}` for published entries": "发布的表项请用 `{form}`",
    "{name} has no end; `count=` says how much": "{name} 没有尽头；用 `count=` 写明读多少",
    "{name} has no end; {one} and {two} read so much of it": "{name} 没有尽头；用 {one} 或 {two} 读一部分",
    "{count} lines are not compared with {other} others": "不比较 {count} 行和另外 {other} 行：太多了",
    "more than {most} operands within others": "嵌套的操作数超过 {most} 个",
    "of hostnamectl there are {one} and {two}": "hostnamectl 只有 {one} 和 {two}",
    "{form} reads its input, and nobody types here: give it a file or a pipe":
        "{form} 要读输入，而这里没有人打字：请给它文件或管道",
    "jq needs the Python package jq: pip install 'netsandbox[jq]'":
        "jq 需要 Python 包 jq：pip install 'netsandbox[jq]'",
    "a jq program has {most} characters at most here": "这里的 jq 程序最多 {most} 个字符",
    "mount lists what is mounted, and {form} names a namespace; nothing else is mounted here":
        "mount 列出挂载的内容，{form} 给命名空间取名；这里不能挂载别的东西",
    "only what `mount --bind` has put into /run/netns is taken away by umount":
        "umount 只能取下 `mount --bind` 放进 /run/netns 的东西",
    "lsns lists namespaces, not the processes of one ({word})": "lsns 列出命名空间，不列出其中的进程（{word}）",
    "{name} ends what lines have begun; {form} sends the signal": "{name} 结束命令启动的程序；发信号用 {form}",
    "the routing cache is shown by {form}": "路由缓存用 {form} 查看",
    "kernel.hostname is only read here; {form} sets it": "kernel.hostname 在这里只能读；用 {form} 设置",
    "nobody types here: `read` gets its input from a pipe, a file or a here-document":
        "这里没有人打字：`read` 的输入来自管道、文件或 here-document",
    "more than {most} names match {pattern}": "匹配 {pattern} 的名称超过 {most} 个",
    "nobody types into this {name}": "没有人在这个 {name} 里打字",
    "the sandbox's shell has it as a word of its own, and behind a `<` as in {form}":
        "沙盒的 shell 只允许它单独作一个词，或跟在 `<` 后面，例如 {form}",
    "the sandbox's shell has no {word}": "沙盒的 shell 没有 {word}",
    # -- programs that there are not
    "of text there are grep, sed, awk, sort, uniq, cut, tr, diff, head, tail, wc and jq":
        "处理文本有 grep、sed、awk、sort、uniq、cut、tr、diff、head、tail、wc 和 jq",
    "`nft list ruleset` shows what iptables made": "`nft list ruleset` 显示 iptables 建立的规则",
    "`iptables-save` and `iptables-restore` keep and load rules":
        "用 `iptables-save` 和 `iptables-restore` 保存和载入规则",
    "services are reached by their addresses and published ports; there is no IPVS":
        "服务通过自己的地址和发布的端口访问；没有 IPVS",
    "`ip` sets up interfaces, and {one} and {two} tell what there is": "`ip` 设置接口，{one} 和 {two} 显示现有的接口",
    "the host's address stands still, and its router gives out none": "主机的地址是固定的，它的路由器不分配地址",
    "`cat /etc/resolv.conf` and `hostname` tell it": "用 `cat /etc/resolv.conf` 和 `hostname` 查看",
    "`trace` and `why` tell what became of a packet": "`trace` 和 `why` 说明数据包的去向",
    "network namespaces are `ip netns` and links to /proc/PID/ns/net in /run/netns; nothing else is mounted":
        "网络命名空间用 `ip netns`，或在 /run/netns 里链接 /proc/PID/ns/net；没有挂载别的东西",
    "all runs with root's rights": "一切都以 root 的权限运行",
    "what a package brings is there already": "软件包里的东西本来就在",
    "the bridges are Linux's: `ip link add br0 type bridge`, VLANs by `bridge vlan`":
        "网桥是 Linux 的：`ip link add br0 type bridge`，VLAN 用 `bridge vlan`",
    "its steps can be typed: a veth pair, {one}, {two}": "它的步骤可以自己输入：一对 veth、{one}、{two}",
    "there is no Kubernetes; pods are containers that share a namespace, `{form}`":
        "没有 Kubernetes；pod 就是共用命名空间的容器：`{form}`",
    "containers are Docker's": "容器用 Docker",
    "programs are the images' and the sandbox's own": "只有镜像里的和沙盒自带的程序",
    "time here is the lab's; `wait 10s` lets it pass": "这里的时间是实验网络的；用 `wait 10s` 让它流逝",
    "`dig` and `nslookup` ask, and `serve-dns` answers": "用 `dig` 和 `nslookup` 查询，`serve-dns` 回答",
    "services are `systemctl status docker`; what else runs is in `ps`":
        "服务用 `systemctl status docker` 查看；其他正在运行的用 `ps` 查看",
}
"""English -> Chinese, without the tool's name before it."""

WHY_OF_TOOLS: dict[str, str] = {
    "exit status {code}": "退出码 {code}",
    "{names} are": "有 {names}", "{name} is": "有 {name}", "there are {names}": "有 {names}",
    "there is {name}": "有 {name}", "-t is, and cat": "可以用 -t 和 cat", "-f and a signal are": "可以用 -f 和信号",
    "now and @SECONDS are": "可以用 now 和 @SECONDS",
    "give NAME=VALUE": "请写 NAME=VALUE", "give a name": "请写名称", "nothing was changed": "什么也没有改变",
    "the sandbox speaks http:// alone": "沙盒只会 http://",
    "there is no TLS; http:// works": "没有 TLS；可以用 http://",
    "there is no pipe of bytes; give a name": "没有传字节的管道；请写文件名",
    "cp keeps it one": "用 cp 可以保持抓包文件的原样", "iptables cannot say it": "iptables 没有这种写法",
    "as iptables cannot say it": "iptables 没有这种写法",
    "there are no rules and none can be made; {name} is there": "没有规则，也不能建立规则；请用 {name}",
    "groups are of type mpath here": "这里的组都是 mpath 类型", "there are no open files": "没有打开的文件",
    "time is virtual, and cannot be set": "时间是虚拟的，不能设置",
    "rules and chains are, as iptables has them": "规则和链可以用，与 iptables 相同",
    "the shell's is": "shell 的可以用", "it has no registry to push to": "没有可以推送的镜像仓库",
    "it has no tar archives of a whole system": "没有整个系统的 tar 归档",
    "`{form}` lists what is": "`{form}` 列出有哪些",
    "`{form}` runs one": "`{form}` 运行其中一个", "`{form}` tells": "用 `{form}` 查看",
    "`{form}` makes a symbolic one": "`{form}` 建立符号链接", "{names} show a device": "{names} 显示网卡的信息",
    "{one} and {two} join commands": "{one} 和 {two} 可以把命令连起来",
    "{form} does what there is": "{form} 可以做现有的事",
    "the Dockerfile and its files are the lab's": "Dockerfile 和它的文件都在实验网络里",
    "the sandbox downloads nothing": "沙盒不下载任何东西", "the sandbox has no tar": "沙盒没有 tar",
    "of /proc/sys the sandbox has what is below net": "/proc/sys 中只有 net 下面的部分",
    "whose programs are those of its images": "它的程序都来自镜像",
    "the internet here has no root servers; each of its name servers answers for all names":
        "这里的互联网没有根服务器；每个域名服务器都能回答所有的名字",
    "there is no encryption; `{form}` reaches an Engine whose daemon.json has it in \"hosts\"":
        "没有加密；daemon.json 的 \"hosts\" 里写了这个地址的 Engine，用 `{form}` 访问",
    "\"hosts\": {hosts} in the other one's daemon.json lets `{form}` in":
        "在对方的 daemon.json 里写 \"hosts\": {hosts}，就可以用 `{form}` 访问",
    "start, stop, restart and status of docker are": "docker 的 start、stop、restart 和 status 可以用",
    "`ip tuntap add`, {one} and {two} make tunnels": "隧道用 `ip tuntap add`、{one} 和 {two} 建立",
}
"""Why it is not modelled, or what there is instead."""

THINGS_OF_TOOLS: dict[str, str] = {
    "IPv6": "IPv6", "TLS": "TLS", "SELinux": "SELinux", "this": "这种写法",
    "the option {word}": "选项 {word}", "option {word}": "选项 {word}", "awk's option {word}": "awk 的选项 {word}",
    "the address {word}": "地址 {word}", "enumerating {word}": "列出全部 {word}",
    "nginx's directive {word}": "nginx 的指令 {word}", "nginx's variable {word}": "nginx 的变量 {word}",
    "nginx's listen … {word}": "nginx 的 listen … {word}",
    "names by a regular expression": "用正则表达式写的名称",
    "listen on a socket of the file system": "监听文件系统中的套接字",
    "locations by a regular expression or a name": "用正则表达式或名称写的 location",
    "ping's source routes (several hosts)": "ping 的源路由（多台主机）",
    "two listening addresses": "两个监听的地址",
    "tcpdump -r of a capture that went through a pipe": "tcpdump -r 读经过管道的抓包文件",
    "what such a server sends": "这种服务器发送的内容", "a context that is fetched": "要下载的构建上下文",
    "docker compose {command} --dry-run of {name}, whose image is built,":
        "对要构建镜像的 {name} 用 `docker compose {command} --dry-run`",
    "docker compose {command} --dry-run of {name}, which waits for a condition,":
        "对要等待条件的 {name} 用 `docker compose {command} --dry-run`",
    "the registry {name}": "镜像仓库 {name}",
    "a mount of type {kind}": "{kind} 类型的挂载",
    "docker compose push of an image that is built here": "对这里构建的镜像用 `docker compose push`",
    "docker compose watch of {name}": "对 {name} 用 `docker compose watch`",
    "docker compose config of {name}": "`docker compose config` 中的 {name}",
    "docker system df --verbose --format": "`docker system df --verbose --format`",
    "docker compose export": "`docker compose export`", "docker compose publish": "`docker compose publish`",
    "docker {command}": "`docker {command}`", "ADD of a URL": "ADD 网址", "ADD of an archive": "ADD 归档文件",
    "FROM scratch": "`FROM scratch`", "a here-document of {name}": "{name} 的 here-document",
        "BusyBox's list of applets": "BusyBox 的 applet 列表",
    "a host name of its own in a network that is another's": "在别人的网络里用自己的主机名",
    "awk's {word}": "awk 的 {word}", "sed's command {word}": "sed 的命令 {word}",
    "sed's addresses within {braces}": "sed 的 {braces} 里的地址", "sed's address {word}": "sed 的地址 {word}",
    "sed's {word} in a replacement": "sed 替换文本里的 {word}", "{word} in a jq program": "jq 程序里的 {word}",
    "{word} of a forwarding entry": "MAC 表项的 {word}", "{word} of a bridge port": "网桥端口的 {word}",
    "the flag {word} of a bridge port": "网桥端口的标志 {word}", "{word} of a bridge": "网桥的 {word}",
    "an empty {word} of a bond": "空的 bond {word}",
    "{word} of a bond": "bond 的 {word}", "mode {mode} of a bond": "bond 的模式 {mode}",
    "xmit_hash_policy {word} of a bond": "bond 的 xmit_hash_policy {word}",
    "groups of other families than IPv4": "IPv4 以外的组", "expectations": "expectation 表项",
    "security marks": "安全标记", "identifiers": "标识",
    "base64 -d of what is no text": "base64 -d 解码非文本的内容", "hard links": "硬链接",
    "find with so many parentheses in each other": "find 里嵌套这么多层括号",
    "ifconfig's {word}": "ifconfig 的 {word}", "vconfig's {word}": "vconfig 的 {word}",
    "broadcast of {kind}": "{kind} 的 broadcast", "groups of type {kind}": "{kind} 类型的组",
    "{word} of a next hop": "下一跳的 {word}", "routes of type {kind}": "{kind} 类型的路由",
    "routing by TOS": "按 TOS 选路", "rules of type {kind}": "{kind} 类型的规则", "rules of IPv6": "IPv6 的规则",
    "tunnels of mode {mode}": "{mode} 模式的隧道", "{word} of {form}": "{form} 的 {word}",
    "lsof without -i": "不带 -i 的 lsof", "encap of a route": "路由的 encap",
    "what is mounted in a container": "容器里挂载了什么",
    "a filter of more than {most} words": "超过 {most} 个词的过滤条件",
    "{word} of a filter": "过滤器的 {word}", "the filter {word}": "过滤器 {word}",
    "which users an image has": "镜像里有哪些用户", "module {name}": "模块 {name}",
    "the queueing discipline {name}": "排队规则 {name}", "match at {place}": "匹配位置 {place}",
    "match {word} of u32": "u32 的匹配 {word}", "distribution {word} of netem": "netem 的分布 {word}",
    "a queueing discipline within a {name}": "{name} 里的排队规则",
    "{word} within another queueing discipline": "另一个排队规则里的 {word}",
    "{word} of a queueing discipline": "排队规则的 {word}", "{word} of a class of htb": "htb 类的 {word}",
    "scope {name}": "作用域 {name}", "interfaces of type {kind}": "{kind} 类型的接口",
    "a container of the host's network on {name} too": "使用宿主机网络的容器同时接入 {name}",
    "measuring a rate (rate-match)": "按速率匹配（rate-match）", "a mask with holes": "不连续的掩码",
    "nft monitor of changes": "用 `nft monitor` 监视改动", "nft include": "`nft include`", "hook {word}": "钩子 {word}",
    "nft {word}": "`nft {word}`", "nft -j list {word}": "`nft -j list {word}`", "family {name}": "协议族 {name}",
    "a chain's comment": "链的注释", "a chain's {word}": "链的 {word}", "what this says": "这里写的内容",
    "sets and maps": "集合与映射",
    "a chain without a name": "没有名称的链",
    "a field of more than {most} characters": "超过 {most} 个字符的字段",
    "more than {most} characters at once": "一次超过 {most} 个字符",
}
"""What is not modelled: a thing that has words here, or a name as it is typed."""
