"""What is wrong with a file, a scenario above all, in 简体中文 by the English that it is told in."""

from __future__ import annotations

KINDS_OF_LABS: dict[str, str] = {
    "text": "文字", "a name": "名称", "an interface name, of 1 to 15 characters": "接口名（1 到 15 个字符）",
    "a list of texts": "文字的列表", "a list of one or more texts": "至少一项的文字列表",
    "a node and a command, as a list of texts": "节点和命令的文字列表",
    "a list of steps, each a list that begins with its name": "步骤的列表，每一步是以名称开头的列表",
    'two interfaces, each as "node:iface"': "两个接口，各写成 node:iface", "true or false": "true 或 false",
    "an IPv4 address": "IPv4 地址", "a MAC address": "MAC 地址", "an integer or text": "整数或文字",
    "an object": "对象", "a list": "列表", "a number of seconds above 0": "大于 0 的秒数",
    "a number of seconds from 0 to {most}": "0 到 {most} 的秒数",
    "an integer from {low} to {high}": "{low} 到 {high} 的整数",
}
"""What a kernel lab's values are to be."""
OF_LABS: dict[str, str] = {
    "a lab is a JSON object with a key 'nodes'": "实验网络是一个 JSON 对象，要有键“nodes”",
    "unknown key {word}; there are {names}": "没有键 {word}；可用的有：{names}",
    "IPv6 is not simulated yet": "还没有模拟 IPv6",
    "{word} is no node with a namespace of its own": "{word} 不是有自己命名空间的节点",
    "action {word} is not simulated; these are: {names}": "没有模拟操作 {word}；有这些：{names}",
    "{name} needs {key}": "{name} 需要 {key}",
    "{word}: node {name} has no veth interface {key}": "{word}：节点 {name} 没有 veth 接口 {key}",
    "{word} is in two links": "{word} 出现在两条链路里",
    "there is no node {word}; the lab has {names}": "没有节点 {word}；现有：{names}",
    "{name} is in no link": "{name} 不在任何链路里",
    "exec {word} is not simulated": "没有模拟 exec {word}",
    **{f"{{what}} is not {kind}": f"{{what}} 不是{' ' * words[0].isascii()}{words}"
       for kind, words in KINDS_OF_LABS.items()},
}
"""What is wrong with a kernel lab for `simulate`."""
OF_FILES: dict[str, str] = {
    **OF_LABS,
    "no such file, and no bundled scenario has this name; `netsandbox list` names those that there are, "
    "`new` begins an empty lab":
        "没有这个文件，自带的场景也没有这个名称；`netsandbox list` 列出全部场景，`new` 从空的实验网络开始",
    "no such file, and no bundled scenario has this name": "没有这个文件，自带的场景也没有这个名称",
    "this is no scenario: the key {key} is missing; it says which format a file has":
        "这不是场景：缺少键 {key}，它说明文件的格式",
    "the key {key} is missing; it says which format this is": "缺少键 {key}，它说明文件的格式",
    "not UTF-8 text: byte {byte}; save the file as UTF-8": "不是 UTF-8 文本：字节 {byte}；请把文件存为 UTF-8",
    "this is UTF-16; save the file as UTF-8": "这是 UTF-16；请把文件存为 UTF-8",
    "too large: more than {count} bytes": "太大：超过 {count} 字节",
    "too large to be read again: more than {count} bytes": "太大，无法再读取：超过 {count} 字节",
    "this program reads the formats 1 and {version}, found {found}": "本程序能读格式 1 和 {version}，此文件是 {found}",
    "expected a whole number from 0 to {most}, found {found}": "应为 0 到 {most} 的整数，实际是 {found}",
    "expected a whole number, found {found}": "应为整数，实际是 {found}",
    "notes: {found} is none that `save` writes": "notes：{found} 不是 `save` 写的",
    "expected a whole decimal number from {least} to {most}, found {found}":
        "应为 {least} 到 {most} 的十进制整数，实际是 {found}",
    "expected a list of command lines, found {found}": "应为命令行的列表，实际是 {found}",
    "expected a command line or a map with {keys}, found {found}": "应为命令行，或含有 {keys} 的映射，实际是 {found}",
    "an empty item; expected at least one of {keys}": "空的项；至少要有 {keys} 之一",
    "an empty map; expected at least one of {keys}": "空的映射；至少要有 {keys} 之一",
    "expected an expect line beside it, or nothing tells when it is done": "旁边应有 expect 行，否则无从知道何时完成",
    "expected a list of 1 to {most} texts, the gentlest first": "应为 1 到 {most} 条文字的列表，最含蓄的在前",
    "expected a list of {least} to {most} texts": "应为 {least} 到 {most} 条文字的列表",
    "expected texts that differ, and none that is empty": "各条文字要互不相同，也不能是空的",
    "expected ask, answers and right together; right is a number": "ask、answers 和 right 要一起写；right 是一个数字",
    "expected the number of an answer, the first is 1": "应为一个答案的序号，第一个是 1",
    "standard input holds the lines, so that no answer can be read from it": "标准输入里是命令，不能再从中读取回答",
    "expected a line or a list of lines, found a map; a line with ': ' in it must be in quotes":
        "应为一行或几行的列表，实际是映射；含有“: ”的行必须加引号",
    "a line that goes on in the next one; start each with '- ', or use '>-'":
        "一行延续到了下一行；每行以“- ”开头，或使用“>-”",
    "expected a line, found an empty text": "应为一行，实际是空的文字",
    "expected one line, found several in one text; write a list of lines": "应为一行，实际一段文字中有几行；请写成列表",
    "unknown release {name}": "没有版本 {name}",
    "expected a map with {keys}, found {found}": "应为含有 {keys} 的映射，实际是 {found}",
    "expected {what}, found {found}; put it in quotes if it is text":
        "应为{what}，实际是 {found}；如果是文字，请加引号",
    "expected {what}, found {found}": "应为{what}，实际是 {found}",
    "unknown key {key} in {what}; a line with ': ' in it must be in quotes":
        "{what} 里没有键 {key}；含有“: ”的行必须加引号",
    "unknown key {key} in {what}": "{what} 里没有键 {key}",
    "the character {code} is not allowed in YAML": "YAML 中不允许字符 {code}",
    "the character {code} is not allowed in a scenario": "场景中不允许字符 {code}",
    "this is not YAML: {why}": "这不是 YAML：{why}",
    "this is no journal of netsandbox, or it is damaged": "这不是 netsandbox 的日志，或者已经损坏",
    "the file is empty": "文件是空的",
    "{what} is not an IPv4 address (expected four numbers below 256, as {example})":
        "{what} 不是 IPv4 地址（应为四个小于 256 的数，例如 {example}）",
    "{what} is not a MAC address (expected six hex bytes, as {example})":
        "{what} 不是 MAC 地址（应为六个十六进制的字节，例如 {example}）",
    "the prefix length must be a number from 0 to 32": "前缀长度应为 0 到 32 的数字",
    "a quote is opened here and never closed": "这里的引号没有结尾",
    "a '[' or '{' is not closed well; text with brackets needs quotes": "“[”或“{{”没有正确结尾；带括号的文字要加引号",
    "a key without ': ' after it, or a line indented by mistake": "键后面缺少“: ”，或者这一行缩进有误",
    "a tab cannot indent or start anything in YAML; use spaces": "YAML 不能用制表符缩进或开头；请用空格",
    "a ': ' in the middle of a plain text; put the whole text in quotes": "文字中间有“: ”；请给整段文字加引号",
    "a second document starts here; a file is one document, without '---'":
        "这里开始了第二个文档；一个文件只有一个文档，没有“---”",
    "a text cannot start with this character; put it in quotes": "文字不能以这个字符开头；请加引号",
    "this line is not indented like the lines it belongs to": "这一行的缩进和它所属的各行不同",
    "a text that starts with '!', '&' or '*' must be in quotes": "以“!”、“&”或“*”开头的文字必须加引号",
    "a value is missing here, or a '[' or '{' before it is never closed": "这里缺少值，或者前面的“[”或“{{”没有结尾",
    "an unknown escape after a backslash; use single quotes for a text with backslashes":
        "反斜杠后面的转义不认识；含反斜杠的文字请用单引号",
    "a key must be a plain word, found {found}": "键必须是普通的词，实际是 {found}",
    "the key {key} is given twice (first on line {line})": "键 {key} 出现了两次（第一次在第 {line} 行）",
    "aliases are not allowed (found {found}); write the value out": "不允许别名（{found}）；请把值写出来",
    "anchors are not allowed (found {found}); if it is text, put it in quotes":
        "不允许锚点（{found}）；如果是文字，请加引号",
    "tags are not allowed (found {found}); if it is text, put it in quotes":
        "不允许标签（{found}）；如果是文字，请加引号",
    "nested more than {most} deep": "嵌套超过 {most} 层",
    "with its aliases written out it is more than {count} values, or nested more than {most} deep":
        "别名展开以后超过 {count} 个值，或嵌套超过 {most} 层",
    "the alias {name} stands within its own anchor": "别名 {name} 在它自己的锚点里面",
    "map merge requires map or sequence of maps as the value": "合并键（<<）的值必须是映射，或映射的列表",
    "unknown language {name}": "没有语言 {name}",
    "a step with nothing in it cannot be written": "没有内容的步骤无法写出",
    "answers without a question, or without the right one, cannot be written":
        "答案缺少问题，或没有指明哪个正确，无法写出",
    "a task without an expect line cannot be written": "没有 expect 行的任务无法写出",
    "a line must be one line that is not empty, found {found}": "应为不空的一行，实际是 {found}",
    "there is such a file already; with --force it is replaced": "已有同名文件；加 --force 则替换它",
    "not written: a scenario may not write files unless netsandbox is started with --allow-writes DIR":
        "没有写入：场景不能写文件，除非启动 netsandbox 时加了 --allow-writes DIR",
    "not written: this session is only looked at": "没有写入：这个会话只供查看",
    "not written: it is an input of the same run ({file})": "没有写入：它是同一次运行的输入（{file}）",
    "not {done}: only files below {directory} are": "不能这样做：只限 {directory} 下面的文件",
    "cannot be read: {why}": "无法读取：{why}",
    "cannot be written: {why}": "无法写入：{why}",
    "the character {code} cannot be stored": "字符 {code} 无法保存",
    "no space left on the disk": "磁盘没有空间了",
    "the disk quota is used up": "磁盘配额用完了",
    "the file system is read-only": "文件系统是只读的",
    "no permission": "没有权限",
    "it is a directory": "它是目录",
    "a part of the path is not a directory": "路径中有一部分不是目录",
    "no such file or directory": "没有这个文件或目录",
    "the name is too long": "名称太长",
    "too many symbolic links": "符号链接太多",
    "a file name cannot contain this character": "文件名不能含有这个字符",
    "not a regular file, but a pipe, a device or a socket": "不是普通文件，而是管道、设备或套接字",
}
"""English -> Chinese."""

FOUND: dict[str, str] = {
    "the text {value}": "文字 {value}", "the number {value}": "数 {value}", "the truth value {value}": "真假值 {value}",
    "the date {value}": "日期 {value}",
}
"""What stands in a file in place of what was expected."""

NOUNS_OF_FILES: dict[str, str] = {
    "a scenario": "场景", "an item of steps": "steps 的一项", "an item of setup": "setup 的一项",
    "a text or a map of en and zh": "文字，或 en 和 zh 的映射", "a scenario's name": "场景的名称",
    "words such as vlan": "若干词，例如 vlan",
    "a Docker release such as docker-29": "Docker 的版本，例如 docker-29",
    "true, false or a network such as 192.168.1.0/24": "true、false，或者 192.168.1.0/24 这样的网络",
}
"""What is expected in one."""
