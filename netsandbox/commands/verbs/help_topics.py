"""Pages of `help` on what is neither a verb nor a tool: the filters, the way out of the lab, the app's keys."""

from __future__ import annotations

from netsandbox.commands.verb import Example
from netsandbox.explain.words import Both

FILTER = """\
filter
    The frame log's filters: behind `/` in the terminal UI, and behind `where` in
    expect. They are like tcpdump's, with words for what only a sandbox knows.

    arp  icmp  tcp  udp  ip  dns …        the protocol
    [src|dst] [host] NAME or ADDRESS      who sent it, whom it is for
    [src|dst] net 172.17.0.0/16           an address in the network
    [src|dst] port 80   portrange 1-1023  TCP and UDP ports
    dev docker0   at nginx-1              where it was seen: interface, node
    in  out  broadcast                    its direction; whether it is for everyone
    syn  rst  fin …                       TCP's flags; tcp[tcpflags] & tcp-syn != 0 too
    vlan 10   greater 1000   less 64      its tag; its length
    drop  reason NEIGH_FAILED             what became of it: dropped, and why
    verdict bridged                       … or another verdict
    step 12   frame 40-60                 by number
    and  or  not  ( )                     as && || ! too

    `sniff`, `tcpdump` and `export --filter` take tcpdump's own filters instead,
    in which names of nodes are addresses: pcap-filter(7).

Examples
    arp or icmp                            what a first ping takes
    host nginx-1 and not port 80           all with nginx-1 but its web server
    drop and at nginx-2                    what nginx-2 would not have"""
FILTER_ZH = """\
filter
    帧列表的过滤条件：在终端界面里写在 `/` 后面，在 expect 里写在 `where`
    后面。写法与 tcpdump 相同，另有一些只有沙盒才知道的词。

    arp  icmp  tcp  udp  ip  dns …        协议
    [src|dst] [host] NAME 或 ADDRESS      谁发的，发给谁
    [src|dst] net 172.17.0.0/16           网络中的地址
    [src|dst] port 80   portrange 1-1023  TCP 和 UDP 端口
    dev docker0   at nginx-1              在哪里看到：接口、节点
    in  out  broadcast                    方向；是否发给所有人
    syn  rst  fin …                       TCP 标志；也可以写 tcp[tcpflags] & tcp-syn != 0
    vlan 10   greater 1000   less 64      VLAN 标签；帧长
    drop  reason NEIGH_FAILED             结果：被丢弃，以及原因
    verdict bridged                       … 或其他结果
    step 12   frame 40-60                 按编号
    and  or  not  ( )                     也可以写 && || !

    `sniff`、`tcpdump` 和 `export --filter` 用 tcpdump 自己的过滤条件，其中节点的名称
    就是它的地址：见 pcap-filter(7)。

例子
    arp or icmp                            第一次 ping 的全部帧
    host nginx-1 and not port 80           nginx-1 的全部帧，除了网页
    drop and at nginx-2                    nginx-2 不要的帧"""
UPLINK = """\
uplink
    The default host's way out. Its eth0 is cabled to the LAN 192.168.1.0/24, where
    the node uplink is the router: it has 192.168.1.1, answers DNS, and masquerades
    towards an internet of a few hosts with real names.

    exec uplink COMMAND            a machine of the LAN: who asks the host from outside
    ping host 8.8.8.8              out to the internet, also from a container
    ip route                       the host's default route leads there
    netsandbox --uplink NETWORK    another LAN; --no-uplink a host on its own
    uplink: NETWORK or false       the same in a scenario's file

Examples
    exec uplink curl 192.168.1.10:8080     a published port, asked from the LAN
    show arp uplink                        whom the router knows
    traceroute 8.8.8.8                     the routers on the way out"""
UPLINK_ZH = """\
uplink
    默认主机通往外面的路。它的 eth0 接在局域网 192.168.1.0/24 上，节点 uplink 是那里的
    路由器：地址是 192.168.1.1，回答 DNS，对外做地址伪装；外面是一个小互联网，有几台用
    真实域名的主机。

    exec uplink 命令               局域网里的一台机器：从外面访问主机
    ping host 8.8.8.8              访问互联网，容器里也一样
    ip route                       主机的默认路由通到那里
    netsandbox --uplink 网络       换一个局域网；--no-uplink 让主机独自一台
    uplink: NETWORK 或 false       场景文件里的同样设置

例子
    exec uplink curl 192.168.1.10:8080     从局域网访问发布的端口
    show arp uplink                        路由器认识谁
    traceroute 8.8.8.8                     出去的路上有哪些路由器"""
COMPOSE = """\
compose
    `docker compose` reads files of the lab: `cat > compose.yaml << EOF` and
    the lines of a file, typed or pasted, write one there; `ls` and `cat` show it.

    A Compose file of the directory that netsandbox was started in is opened as a lab
    of its own, with its services up and the file in that lab: by `load`, by ctrl+o
    in the terminal UI, or from the shell by netsandbox FILE.

Examples
    load compose.yaml              the services of that file, up
    docker compose ps              how they are
    docker compose --help          all that there is"""
COMPOSE_ZH = """\
compose
    `docker compose` 读的是沙盒自己的文件：`cat > compose.yaml << EOF` 加上文件的各行
    （手工输入或粘贴）在那里写出一个；`ls` 和 `cat` 可以查看。

    启动 netsandbox 时所在目录里的 Compose 文件，可以作为单独的实验网络打开，其中的服务
    都已启动，文件也在沙盒里：用 `load`，在终端界面里用 ctrl+o，或在 shell 里用
    netsandbox 文件名。

例子
    load compose.yaml              打开这个文件，启动其中的服务
    docker compose ps              查看它们的状态
    docker compose --help          列出全部子命令"""
KEYS = """\
keys
    The terminal UI's keys depend on the pane with the focus: ? lists them, and
    the footer names those that matter now. tab goes to the next pane, 1 to 9 to one
    of them, ctrl+p finds every command, ctrl+o opens lessons, scenarios and files.

    tour                           the welcome pages again, typed as a line
    ctrl+p, then Theme             other colours, as with netsandbox --theme NAME
    netsandbox --lang zh           the other language, also by LANG
    netsandbox --ascii             without lines and arrows of Unicode"""
KEYS_ZH = """\
keys
    终端界面的按键取决于焦点在哪个窗格：? 列出它们，底栏写着此刻最有用的。tab 到下一个
    窗格，1 到 9 到其中一个，ctrl+p 查找所有命令，ctrl+o 打开课程、场景和文件。

    tour                           作为一行输入：再看一遍欢迎页
    ctrl+p，再选“主题”             换颜色，也可以 netsandbox --theme 名称
    netsandbox --lang en           换语言，也可以用 LANG
    netsandbox --ascii             不用 Unicode 的线条和箭头"""
SCENARIO = """\
scenario
    A file with a lab, what is done in it, questions and tasks. `netsandbox FILE`
    or `load FILE` opens it, `netsandbox check FILE` judges it, and
    `check FILE --session SAVED` what somebody handed in.

    netsandbox: 2                     the form of the file
    title: {en: Two prefixes}         what it is called
    setup:                            lines, done at once
      - add-host pc1                  a host
    steps:                            one after the other, by p
      - ask: {en: Will pc2 answer?}   before its lines; 2 to 4 answers
        answers: [{en: Yes}, {en: No}]  those to choose among
        right: 2                      the first is 1
        run: ping pc1 pc2 -c 1        a line, or a list of them
        say: {en: No route.}          shown behind them, as the answer is
        expect: [exit 2]              goals: `help expect`
      - task: {en: Let pc1 reach pc2}  somebody else is to do it
        hints: [{en: Look at both}]   1 to 3, from a nudge to the line
        run: set-ip pc2 10.0.0.2/24   how it is done; for check and p p
        expect: [reach pc1 pc2]       when it is done

    A text is {en: …, zh: …}, or one of them; `|` keeps its lines."""
SCENARIO_ZH = """\
scenario
    一个文件，写着实验网络、在其中做的事、问题和任务。`netsandbox 文件` 或
    `load 文件` 打开它，`netsandbox check 文件` 检查它，
    `check 文件 --session 存档` 检查别人交来的存档。

    netsandbox: 2                     文件的格式
    title: {zh: 两个前缀}             标题
    setup:                            命令，打开时马上执行
      - add-host pc1                  一台主机
    steps:                            按 p 一步一步做
      - ask: {zh: pc2 会回答吗？}     在这一步的命令之前；2 到 4 个答案
        answers: [{zh: 会}, {zh: 不会}]  可选的答案
        right: 2                      从 1 数起
        run: ping pc1 pc2 -c 1        一行，或一个列表
        say: {zh: 没有路由。}         显示在命令之后，答案也是
        expect: [exit 2]              目标：`help expect`
      - task: {zh: 让 pc1 连到 pc2}   由别人来做
        hints: [{zh: 看看两边}]       1 到 3 个，从提醒到整行命令
        run: set-ip pc2 10.0.0.2/24   做法；check 和 p p 用
        expect: [reach pc1 pc2]       做到的标志

    文字写成 {en: …, zh: …}，或只写一种；`|` 保留换行。"""
EXAMPLES: dict[str, tuple[Example, ...]] = {
    "tcpdump": (("tcpdump -i docker0 -n icmp &", "what crosses docker0, while other lines run",
                 "docker0 上经过的帧，其他命令照常运行"),
                ("tcpdump --help", "its options", "它的选项")),
    "iptables": (("iptables -t nat -nvL", "the rules of a table, with what they have counted", "一张表的规则及其计数"),
                 ("iptables -S FORWARD", "the rules of a chain as they are typed", "一条链的规则，按输入的写法"),
                 ("iptables -h", "its options", "它的选项")),
    "conntrack": (("conntrack -L", "the connections that are tracked, and where NAT led them",
                   "跟踪着的连接，以及 NAT 的去向"),),
    "curl": (("curl -v http://172.17.0.2/", "what both sides say", "双方说了什么"),
             ("curl --help", "its options", "它的选项")),
    "nc": (("nc -zv 172.17.0.2 80", "whether a port answers", "一个端口是否应答"),),
    "nstat": (("nstat", "what a stack has counted since it was asked last", "协议栈自上次询问以来的计数"),
              ("nstat -as 'TcpExtListen*'", "connections that a full queue turned away", "因队列已满而被拒绝的连接")),
    "netstat": (("netstat -tulpn", "who listens", "谁在监听"),
                ("netstat -s", "what a stack has counted, in words", "协议栈的计数，用文字说明")),
    "nmap": (("nmap -p 80,443 172.17.0.2", "which of these ports are open", "这些端口中哪些开着"),),
}
"""Of programs that have no page of their own: a line each, what it shows."""
TOPICS: dict[str, Both] = {
    **dict.fromkeys(("filter", "filters"), (FILTER, FILTER_ZH)),
    **dict.fromkeys(("uplink", "lan", "internet"), (UPLINK, UPLINK_ZH)),
    **dict.fromkeys(("compose", "docker-compose"), (COMPOSE, COMPOSE_ZH)),
    **dict.fromkeys(("scenario", "scenarios", "exercise", "lesson", "task", "check"), (SCENARIO, SCENARIO_ZH)),
    **dict.fromkeys(("keys", "key", "theme", "lang", "language", "settings", "tour"), (KEYS, KEYS_ZH)),
}
"""By each word that a person may look it up by."""
