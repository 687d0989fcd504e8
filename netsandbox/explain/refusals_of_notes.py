"""What netsandbox adds to a tool's own words: the lines that begin with `note: `, and what to try, in 简体中文."""

from __future__ import annotations

OF_NOTES: dict[str, str] = {
    "of dockerd's journal only what it complains of is kept": "dockerd 的日志在这里只保留它报告的错误",
    "the line has a dash ({dash}) where Docker expects a hyphen (-). A word that begins with a dash is no option, so "
    "Docker takes it for the image's name.":
        "这一行里有破折号（{dash}），而 Docker 要的是连字符（-）。以破折号开头的词不算选项，"
        "所以 Docker 把它当成了镜像名。",
    "`nsenter -t PID -n ip addr` takes the PID of docker inspect -f '{format}'":
        "`nsenter -t PID -n ip addr` 里的 PID 可以这样查：docker inspect -f '{format}'",
    "the sandbox downloads nothing; did you mean {near}?": "沙盒不下载任何东西；是不是 {near}？",
    "the sandbox downloads nothing; the sandbox has: {names}": "沙盒不下载任何东西；现有的镜像：{names}",
    "the {image} image has no {name}; the sandbox lends its own": "镜像 {image} 里没有 {name}；沙盒借给它一个",
    "BusyBox's ip has no {word}; the sandbox lends iproute2's": "BusyBox 的 ip 没有 {word}；沙盒借给它 iproute2 的",
    "bash is not installed; the image's own shell, `sh`, is what it has":
        "没有安装 bash；镜像自己的 shell 是 `sh`",
    "the sandbox has no {name}": "沙盒没有 {name}",
    "{image} stands for {reference}, of which the sandbox knows nothing more":
        "{image} 代替 {reference}，沙盒对后者一无所知",
    "the sandbox has no {path} to mount; {target} is left as the image has it":
        "沙盒里没有可以挂载的 {path}；{target} 保持镜像里的样子",
    "nobody answers here, so nothing is changed; `ufw --force {command}` asks nothing":
        "这里没有人回答，所以什么都没有改；`ufw --force {command}` 不会询问",
    "nobody answers here, so nothing is removed; `docker {command} --force` asks nothing":
        "这里没有人回答，所以什么也没有删除；`docker {command} --force` 不询问",
    "the sandbox installs no {name}: `FROM {image}` brings it": "沙盒不能安装 {name}：`FROM {image}` 里有它",
    "of {name} the sandbox knows what it says of its program; the files are one layer":
        "对 {name}，沙盒只知道它的程序是什么；所有文件算作一层",
    "these are the sandbox's own files; `load FILE` opens a Compose file of yours as a lab":
        "这里是沙盒自己的文件；`load 文件` 把你自己的 Compose 文件作为实验网络打开",
    "did you mean 'docker {near}'?": "是不是 'docker {near}'？",
    "did you mean {near}?": "是不是 {near}？",
    "{name} is a node of the lab, and no namespace that `ip netns add` made: exec runs a line in it":
        "{name} 是实验网络里的节点，不是 `ip netns add` 建立的命名空间；用 exec 在里面运行命令",
    "the log has no more room for its first {count} lines": "日志放不下了，最早的 {count} 行已经丢掉",
    "one look, as with --no-stream; Docker would go on until Ctrl-C":
        "只看一次，就像加了 --no-stream；真正的 Docker 会一直显示，直到按 Ctrl-C",
    "a file system of the sandbox holds {size} MiB": "沙盒的一个文件系统最多放 {size} MiB",
    "{name} is seen from the host and from other containers too, whose /run/netns would not have it":
        "{name} 从宿主机和别的容器里也看得到；真机上它们的 /run/netns 里没有它",
    "the sandbox's images have no files of programs, so neither has the archive":
        "沙盒的镜像里没有程序文件，归档里也没有",
    "the sandbox's own images stay": "沙盒自己的镜像都留着",
    "what happened is later than --until, of which docker counts whole seconds only; `wait 1s` first":
        "发生的事晚于 --until（docker 只按整秒计算）；请先 `wait 1s`",
    "the option {key} of a volume does nothing in the sandbox": "卷的选项 {key} 在沙盒里不起作用",
    "the option {name} of a tmpfs does nothing in the sandbox": "tmpfs 的选项 {name} 在沙盒里不起作用",
    "{name} of --mount does nothing in the sandbox": "--mount 的 {name} 在沙盒里不起作用",
    "{word} of -v does nothing in the sandbox": "-v 的 {word} 在沙盒里不起作用",
    "with --read-only the sandbox's own server starts all the same; a real one may want to write a file, for which "
    "--tmpfs makes room":
        "有 --read-only 时，沙盒自带的服务器仍会启动；真实的服务器可能要写文件，要用 --tmpfs 给它留地方",
    "--user decides whose a program is, and its capabilities; files in the sandbox belong to nobody, so that all can "
    "be written": "--user 决定程序属于谁、有哪些 capability；沙盒里的文件没有主人，所以都可以写",
    "the option {key} does nothing in the sandbox": "选项 {key} 在沙盒里不起作用",
    "what {path} says of {keys} does nothing in the sandbox": "{path} 里的 {keys} 在沙盒里不起作用",
    "the sandbox's images are for linux/amd64 alone, and not for {platform}":
        "沙盒的镜像只有 linux/amd64 的，没有 {platform} 的",
    "the sandbox tells limits, and sets none": "沙盒只显示限制，不能修改",
    "--ipv6: the network has IPv4 alone, as no machine of the sandbox speaks IPv6":
        "--ipv6：沙盒没有模拟 IPv6，所以这个网络只有 IPv4",
    "-p [{host}]:…: nobody can ask there, as no machine of the sandbox speaks IPv6":
        "-p [{host}]:…：沙盒没有模拟 IPv6，所以没有人能在那里访问",
    "what was printed stays in the sandbox": "已打印的内容在沙盒里会保留",
    "{name} does nothing in the sandbox": "{name} 在沙盒里不起作用",
    "{name} changes nothing in the sandbox": "{name} 在沙盒里不改变任何东西",
    "{name} stays: the sandbox's kernel has it built in": "{name} 留着：沙盒的内核里本来就有它",
    "nothing is installed: ip, ping, arping, tcpdump and the other tools are there already":
        "什么都没有安装：ip、ping、arping、tcpdump 等工具本来就在",
    "the sandbox's devices offload nothing: each frame is as it is on the wire":
        "沙盒的网卡不做卸载：每个帧都与线路上的一样",
    "a test ends after {most} MBytes, as a cable here has no rate of its own; `tc qdisc add dev DEV root tbf rate "
    "10mbit burst 32kbit latency 50ms` gives it one":
        "一次测试最多发送 {most} MBytes，因为这里的网线本身没有速率；`tc qdisc add dev DEV root tbf rate 10mbit burst "
        "32kbit latency 50ms` 可以给它一个",
    "of the namespaces that unshare makes the sandbox has only net": "unshare 能建立的命名空间，沙盒里只有 net",
    "{name} went to another namespace; the message of that is not modelled":
        "{name} 到了另一个命名空间；没有模拟与此有关的消息",
    "/proc/sys is read-only in a container; `docker run --sysctl NAME=VALUE` sets it at the start, and with "
    "--privileged it can be written":
        "容器里的 /proc/sys 是只读的；`docker run --sysctl NAME=VALUE` 在启动时设置它，加上 --privileged 就可以写",
    "a container may not change its network unless it was run with --privileged or --cap-add NET_ADMIN; the lab's own "
    "`exec NODE …` and `enter NODE` are nsenter by root on the host, who may":
        "容器不能改自己的网络，除非启动时带 --privileged 或 --cap-add NET_ADMIN；实验网络自己的 `exec NODE …` 和 "
        "`enter NODE` 相当于宿主机上的 root 用 nsenter，可以改",
    "a container may not change its host name unless it was run with --privileged or --cap-add SYS_ADMIN; "
    "`docker run --hostname NAME` gives it one at the start":
        "容器不能改自己的主机名，除非启动时带 --privileged 或 --cap-add SYS_ADMIN；"
        "`docker run --hostname NAME` 可以在启动时给它取名",
    "Docker 29 has no such field any more; the networks have it: {form}":
        "Docker 29 已经没有这个字段；它在各网络之下：{form}",
    "-r reads what -w wrote in this lab; files of the disk stay outside":
        "-r 读的是 -w 在这个实验网络里写的；磁盘上的文件不在其中",
    "{file} is kept in the lab, for tcpdump -r; `export FILE` writes to the disk":
        "{file} 保存在实验网络里，供 tcpdump -r 读取；`export FILE` 才写到磁盘",
    "the card of the sandbox's uplink had this name; it is {name} now, as on a machine without an eth0 (`--uplink "
    "NETWORK` keeps eth0)":
        "沙盒上行链路的网卡原来叫这个名字；现在它叫 {name}，就像没有 eth0 的机器（`--uplink NETWORK` 保留 eth0）",
    "{before} was the LAN of the sandbox's uplink; to be out of the way it is {lan} now (`--uplink NETWORK` keeps one "
    "in its place)":
        "{before} 原来是沙盒上行链路的局域网；为了让开，现在改成 {lan}（`--uplink NETWORK` 让它不动）",
    "watch looked {count} times and ends here, as nobody stops it": "watch 看了 {count} 次就结束，因为没有人停下它",
    "the sandbox's shell does what is trapped in scripts, and not where lines are typed":
        "沙盒的 shell 只在脚本里执行 trap 的命令，在逐行输入的地方不执行",
    "the sandbox's shell traps signals and EXIT, and no {word}": "沙盒的 shell 只能 trap 信号和 EXIT，不能 trap {word}",
    "the sandbox's shell has functions, and no aliases": "沙盒的 shell 有函数，没有别名",
    "nothing is done with it in the sandbox": "沙盒不会用到它",
    "nothing is done with it in the sandbox: {words}": "沙盒不会用到它：{words}",
    "stopped, as nobody is there to press Ctrl-C; with & behind it, it goes on while the next lines run":
        "已停止，因为没有人按 Ctrl-C；行尾加 & 则在后面的行运行时继续",
    "stopped, as nobody is there to press Ctrl-C; the command ends with its $(…), and what that printed is lost":
        "已停止，因为没有人按 Ctrl-C；命令随它的 $(…) 一起结束，$(…) 打印的内容丢失",
    "the name goes with what runs there; a real mount would keep the namespace":
        "这个名称随那里运行的程序一起消失；真正的 mount 会保留这个命名空间",
    "{name} has no docker: this is the host's, as in a second terminal; `exit` leaves the container":
        "{name} 里没有 docker：这一行由宿主机执行，就像在第二个终端里；`exit` 离开这个容器",
    "mtr shows its report at the end here, as with -r": "mtr 在这里到最后才显示报告，就像加了 -r",
    "it goes on while the next lines run, as in a terminal of its own": "后面的行运行时它继续，就像在另一个终端里",
    "DOCKER_BUILDKIT changes nothing here: the sandbox builds, and tells of it, as BuildKit does":
        "DOCKER_BUILDKIT 在这里没有作用：沙盒按 BuildKit 的方式构建并输出",
}
"""English -> Chinese, without the `note: ` before it."""
