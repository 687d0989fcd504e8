"""The words of the app around the panes: key -> English, 简体中文."""

from __future__ import annotations

from netsandbox.explain.words import Both

TABLE: dict[str, Both] = {
    "small": (
        "netsandbox needs {width} columns and {height} rows.\nThis terminal has {has_width} and {has_height}.",
        "netsandbox 需要 {width} 列、{height} 行。\n这个终端只有 {has_width} 列、{has_height} 行。",
    ),
    "next.lesson": ("p", "按 p"),
    "next.task": ("your turn, :", "轮到你，按 :"),
    "next.flood": ("{what} reaches {count} interfaces", "{what}到达 {count} 个接口"),
    "next.frame": ("{what} reaches {where}", "{what}到达 {where}"),
    "next.program": ("{program} goes on", "{program} 继续"),
    "next.timer": ("a timer in {time}", "{time} 后定时器到期"),
    "next.some": ("a program", "某个程序"),
    "output.title": ("Output", "输出"),
    "output.wide": ("7 {arrows} goes along", "右边还有：按 7，再按 {arrows}"),
    "output.empty": ("What commands print is shown here", "命令的输出显示在这里"),
    "output.more": ("(pgup: {count} lines)  {last}", "（pgup：共 {count} 行）{last}"),
    "held": ("Paused: space plays, n goes one step", "已暂停：空格继续，n 走一步"),
    "held.step": ("Paused: p goes on, n goes one step", "已暂停：p 继续，n 走一步"),
    "held.goals": ("Paused: goals are looked at when time goes on (space plays)",
                   "已暂停：时间继续走以后才检查目标（空格继续）"),
    "held.typed": ("Paused: F5 plays, F7 goes one step", "已暂停：F5 继续，F7 走一步"),
    "held.branched": ("Paused: F5 plays. {branched}", "已暂停：F5 继续。{branched}"),
    "held.lines": ("{hint}; lines waiting: {count}", "{hint}；还有 {count} 行在等"),
    "waiting": ("lines waiting: {count}; runs (^C ends it): {line}",
                "还有 {count} 行在等；运行中（^C 结束它）：{line}"),
    "line.waits": ("waits, time is paused (F5 plays): {line}", "在等，时间已暂停（F5 继续）：{line}"),
    "line.runs": ("runs (^C ends it): {line}", "运行中（^C 结束它）：{line}"),
    "line.how": ("Here each letter is a key: press : first, then type {word}",
                 "这里每个字母都是按键：先按 :，再输入 {word}"),
    "line.begun": ("{word} goes to the command line; the letters before were keys. With : first none is",
                   "“{word}”转到命令行；前面的字母已当作按键处理。先按 : 就不会这样"),
    "output.why": ("{last} (why says more)", "{last}（输入 why 查看原因）"),
    "line.no-key": ("{typed} does nothing here: ? tells what does", "这里按 {typed} 没有作用：按 ? 查看可用的键"),
    "line.no-lesson": ("{typed} is for a lesson, and none is open: ctrl+o shows what there is",
                       "{typed} 是课程的键，现在没有打开课程：ctrl+o 列出可选的课程"),
    "line.nothing": ("{typed} has nothing to act on in this pane: ? tells what it is for",
                     "这个窗格里现在没有可以用 {typed} 的内容：按 ? 查看它的用处"),
    "line.elsewhere": ("{typed} does nothing here: it is for the pane {pane}, which {number} shows",
                      "这里按 {typed} 没有作用：它是“{pane}”窗格（按 {number}）的键"),
    "suspend.none": ("There is no shell here to go to", "这里没有可以回到的 shell"),
    "quit.how": ("ctrl+q quits", "按 ctrl+q 退出"),
    "quit.unsaved": (
        "Not saved: ctrl+q again quits, : save FILE keeps it",
        "还没有保存：再按 ctrl+q 退出，或用“:save 文件名”保存",
    ),
    "quit.branches": (
        "Not saved: branch {names}; ctrl+q again quits, : branch NAME, then : save FILE keeps one",
        "分支 {names} 还没有保存：再按 ctrl+q 退出，或先用“:branch 分支名”，再用“:save 文件名”保存",
    ),
    "load.unsaved": ("Not saved: enter again leaves this lab; esc, then : save FILE keeps it",
                     "还没有保存：再按 enter 就丢下这个实验网络；esc 后用“:save 文件名”保存"),
    "page.quit": ("ctrl+q quits, esc closes this page", "ctrl+q 退出，esc 关闭本页"),
    "lesson.no-goals": ("This step has no goals", "这一步没有目标"),
    "lesson.at-step": ("This step is still under way: + makes time go faster", "这一步还在进行：按 + 加快时间"),
    "lesson.checked": ("Looked again: goals {met} of {count}", "已重新检查：目标 {met}/{count}"),
    "lesson.unmet": (
        "Goals not met: {count}; r looks again, p again goes on",
        "还有 {count} 个目标没有达成：r 重新检查，再按 p 继续",
    ),
    "lesson.unmet-own": ("{count} goals unmet, as a line of yours came between: type {line} again",
                         "还有 {count} 个目标没有达成，因为中间有你自己的命令：再输入一次 {line}"),
    "lesson.unmet-last": (
        "Goals not met: {count}; mend what is wrong{or_hint}",
        "还有 {count} 个目标没有达成：改正它{or_hint}",
    ),
    "lesson.unmet-task": (
        "Goals not met: {count}; {hint}p again shows how",
        "还有 {count} 个目标没有达成：{hint}再按 p 看做法",
    ),
    "browser.title": ("Open", "打开"),
    "browser.keys": ("type to search, enter opens, esc closes, : command",
                     "输入文字搜索，enter 打开，esc 关闭，: 输入命令"),
    "browser.typing": ("enter opens, ctrl+u empties the line, esc closes", "enter 打开，ctrl+u 清空这一行，esc 关闭"),
    "browser.goes-on": ("p or enter opens, type to search, esc closes, : command",
                        "p 或 enter 打开，输入文字搜索，esc 关闭，: 输入命令"),
    "browser.search": ("search", "搜索"),
    "browser.ipv6": ("IPv6 is not modelled, so no lesson is about it; ctrl+u empties the line",
                     "沙盒没有模拟 IPv6，所以没有讲它的课程；ctrl+u 清空这一行"),
    "browser.none": ("Nothing has these words; ctrl+u empties the line", "没有相符的课程或文件；ctrl+u 清空这一行"),
    "browser.finished": ("done", "完成"),
    "browser.wrong": ("(a mistake in the file)", "（文件有错）"),
    "browser.size": ("steps: {steps}, goals: {goals}", "{steps} 步，{goals} 个目标"),
    "browser.asks": (", questions: {asks}", "，{asks} 个提问"),
    "browser.lab": ("a lab without steps", "没有步骤的实验网络"),
    "browser.uplink": (", with an uplink", "，连着互联网"),
    "prompt.search": ("older line with", "查找历史命令"),
    "prompt.nothing": ("no older line holds this", "没有包含它的历史命令"),
    "branched": (
        "Branch {name} begins; {left} stays as it was: u leads back, 9 lists",
        "开始新分支 {name}；{left} 保持原样：u 回去，9 列出",
    ),
    "branched.other": ("Branch {name} begins amid the set-up: it is none of the lesson's lab; u leads back to {left}",
                       "新分支 {name} 从准备部分中间开始，已不是课程的实验网络；u 回到 {left}"),
    "scenario.done": ("The scenario has no further step", "这个场景没有下一步了"),
    "command.failed": ("It ended with status {code}", "退出码 {code}"),
    "failed.command": ("{what}. The lab is as before; details in {where}", "{what}。实验网络保持原样；详情见 {where}"),
    "failed.key": ("{what}. The lab lives; details in {where}", "{what}。实验网络不受影响；详情见 {where}"),
    "failed.step": ("{what}. The lab is stopped; details in {where}", "{what}。实验网络已停住；详情见 {where}"),
    "opening": ("Opening", "正在打开"),
    "stopped.move": ("Stopped on the way", "中途停止"),
    "recover.there": (
        "An earlier session was not ended: netsandbox --recover brings its lines back ({count})",
        "之前的会话没有正常结束：netsandbox --recover 可恢复它的命令（{count} 行）",
    ),
    "recover.stopped": (
        "Stopped; the journal stays: netsandbox --recover begins again",
        "已停止；操作记录还在：netsandbox --recover 可重新开始",
    ),
    "palette.search": ("Search for commands", "搜索命令"),
    "palette.theme": ("Theme", "主题"), "palette.theme.tip": ("Change the colours", "换一种配色"),
    "palette.none": ("Nothing matches", "没有相符的命令"),
    "theme.unknown": ("No theme is called {name}; did you mean {near}?", "没有名为 {name} 的主题；是不是 {near}？"),
    "recover.unended": ("the line that did not end was left out: {line}", "没有执行完的那一行已略去：{line}"),
    "recover.none": ("no session to recover in {where}", "{where} 中没有可恢复的会话"),
    "recover.older": ("older ones left: {count}", "还有 {count} 次更早的会话"),
    "recover.done": ("Recovered: {count} lines", "已恢复：{count} 行"),
    "recover.pending": ("{count} steps left, p goes on", "还剩 {count} 步，按 p 继续"),
    "autosave.problem": ("The journal is not kept: {why}", "操作记录无法保存：{why}"),
    "ready.hint": (
        "Press p: nginx-1 pings nginx-2.  ctrl+o: lessons.  : help lists all commands.",
        "按 p 让 nginx-1 ping nginx-2；按 ctrl+o 选课程；按 : 再输入 help 看所有命令。",
    ),
    "ready.typed": (
        "Type a line: ping nginx-1 nginx-2, or help.  esc, then keys: p pings, ? help.",
        "输入命令：ping nginx-1 nginx-2，或 help。按 esc 之后，p 发 ping，? 列出所有键。",
    ),
    "drop.none": ("No drop in that direction", "那个方向没有丢弃"),
    "ping.nobody": ("A ping needs two running containers or hosts", "ping 需要两个正在运行的容器或主机"),
    "tunnel.title": ("A tunnel, opened", "打开隧道"),
    "tunnel.outer": ("Outside: the packet on the way", "外层：路上的包"),
    "tunnel.inner": ("Inside: what it carries", "内层：它携带的内容"),
    "tunnel.none": (
        "No tunnel's packet is selected: VXLAN, GRE or IP in IP",
        "没有选中隧道的包：VXLAN、GRE 或 IP in IP",
    ),
    "page.title": ("Help", "帮助"),
    "page.close": ("esc closes", "esc 关闭"),
    "page.everywhere": ("Everywhere", "随处可用"),
    "page.more": (
        "ctrl+p lists every command; type  help VERB  for its manual. Hold shift to select text with the mouse.",
        "ctrl+p 列出所有命令；输入“help 命令名”查看手册。按住 shift 可用鼠标选择文字。",
    ),
    "help.output": (
        ("What the commands printed. Arrows scroll, left and right along a table wider than the pane; `z` gives "
         "it the whole screen, `escape` goes back to the log."),
        "命令的输出。上下方向键滚动，左右方向键沿着比窗格宽的表移动；`z` 让它占满屏幕，`escape` 回到帧列表。",
    ),
    "topic.topology": ("Topology", "拓扑"),
    "topic.log": ("Frame log", "帧列表"),
    "topic.device": ("Device", "设备"),
    "topic.detail": ("Layers and bytes", "层次与字节"),
    "topic.bytes": ("Bytes", "字节"),
    "topic.why": ("Why", "原因"),
    "topic.timeline": ("Timeline", "时间线"),
    "topic.command": ("Command line", "命令行"),
    "topic.filter": ("Filter", "过滤"),
    "topic.export": ("Export", "导出"),
    "topic.output": ("Output", "输出"),
    "tour.title": ("Welcome to netsandbox  {page}/{pages}", "欢迎使用 netsandbox  {page}/{pages}"),
    "tour.keys": ("enter more   p ping now   esc lessons", "enter 下一页   p 立即 ping   esc 选课程"),
    "tour.keys.last": ("enter lessons   p ping now", "enter 选课程   p 立即 ping"),
    "tour.1": (
        ("A network in a terminal: a host with the bridge docker0 and two containers on it. Nothing is real, and "
         "everything is done as Linux and Docker do it.\n\n"
         "Press p and nginx-1 pings nginx-2. Watch the ARP request go to everyone, and the answer come back to "
         "one."),
        ("终端里的一个网络：一台主机，上面有网桥 docker0 和两个容器。全是模拟的，但行为和真正的 Linux、Docker "
         "一样。\n\n"
         "按 p，nginx-1 就会 ping nginx-2。看 ARP 请求发给所有人，应答只回给一个。"),
    ),
    "tour.2": (
        ("Time is yours. Space stops and starts it, n does one step, b takes one back: every table is as it was. "
         "+ and - change the pace. The bar at the bottom has a mark for every command, drop and flood; click it "
         "to go there."),
        ("时间由你掌握。空格停住或继续，n 走一步，b 退一步：每张表都恢复原样。+ 和 - 改变快慢。底部的时间线标出每"
         "条命令、每次丢弃和泛洪，点一下就到那里。"),
    ),
    "tour.3": (
        ("Every frame is in the log. / filters it: arp or icmp, host nginx-1, drop. Enter opens the frame's "
         "layers and bytes, and w says why it is there: the decision, what it looked at, and the causes back to "
         "the command."),
        ("每个帧都在帧列表里。/ 过滤：arp or icmp、host nginx-1、drop。enter 打开帧的层次与字节，w 说明它为何在此"
         "：作了什么决定、依据是什么，一路追溯到起因的那条命令。"),
    ),
    "tour.4": (
        ("Arrows in the topology select a device; enter opens its tables, i pins it. Type : for commands, as in "
         "any tutorial: docker run -d nginx, ping nginx-1 nginx-2, ip route. e opens a shell inside the selected "
         "container.\n\n"
         "What is that key? ? tells, wherever no line is typed."),
        ("在拓扑中用方向键选择设备，enter 打开它的表，i 把它固定。按 : 输入命令，和任何教程里一样：docker run -d "
         "nginx、ping nginx-1 nginx-2、ip route。e 在选中的容器里打开 shell。\n\n"
         "忘了按键？随时按 ?。"),
    ),
    "picture.label": ("picture to", "图片的文件名"),
    "picture.kind": ("No picture is written as {suffix}: only .svg and .png",
                     "图片不能存为 {suffix}，只能是 .svg 或 .png"),
    "picture.no-png": (
        "A PNG needs resvg: pip install resvg-py; a name in .svg needs nothing",
        "PNG 需要 resvg：pip install resvg-py；.svg 不需要",
    ),
    "picture.no-font": (
        "No font here has the letters for a PNG; a name in .svg needs none",
        "这台机器没有可用的中文字体，存不了 PNG；.svg 不需要",
    ),
    "picture.letters": ("ab", "中文"),
    "topic.picture": ("Picture", "图片"),
    "help.picture": (
        "Where the picture of the screen is written: a name in .svg, or .png where resvg-py is installed.",
        "屏幕图片存到哪个文件：名字以 .svg 结尾；装了 resvg-py 也可以用 .png。",
    ),
    "stream.diagram": ("Diagram", "时序图"),
    "stream.text": ("Text", "文本"),
    "stream.hex": ("Bytes", "字节"),
    "stream.key.view": ("tab other view, ", "tab 换视图，"),
    "stream.keys": (
        "arrows scroll, s saves, y copies, esc closes",
        "方向键滚动，s 保存，y 复制，esc 关闭",
    ),
    "stream.file": ("file name: .svg for a picture, any other for the text", "文件名：.svg 存为图片，其他存为文本"),
    "stream.written": ("Written to {file}", "已写入“{file}”"),
    "stream.none": (
        "No TCP segment of it is known; f shows its frames, s in the log a diagram",
        "没有它的 TCP 报文段；f 只显示它的帧，再在帧列表里按 s 看图",
    ),
    "copied.lines": ("Copied: lines {count}", "已复制 {count} 行"),
    "copied.text": ("Copied: {text}", "已复制：{text}"),
    "copied.none": ("Nothing is selected or seen here that could be copied", "这里没有可以复制的内容"),
    "copied.row": ("Copied: frame #{number} as a line of text", "已复制：帧 #{number}，一行文本"),
    "copied.rows": (
        "Copied: {count} frames as text, #{first} to #{last}",
        "已复制：{count} 个帧的文本，#{first} 到 #{last}",
    ),
}
