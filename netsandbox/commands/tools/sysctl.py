"""`sysctl` of procps: settings by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.apps.pattern import PatternError, compile_pattern
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.kernel_files import of_kernel
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import read
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.sysctl.effect import note_on
from netsandbox.linux.core.sysctl.table import SysctlError
from netsandbox.linux.netlink.credentials import RIGHTS

CONFIGURATION = "/etc/sysctl.conf"
FOLDERS = ("/usr/lib/sysctl.d", "/run/sysctl.d", "/etc/sysctl.d")
OTHERS = ("abi", "crypto", "debug", "dev", "fs", "kernel", "user", "vm")  # What else /proc/sys has on a real machine
DEPRECATED = (".base_reachable_time", ".retrans_time")
"""What --all and a folder pass over, as there are others in milliseconds."""
VERSION = "sysctl from procps-ng 4.0.4"
SYSCTL = OptionTable(
    "sysctl", 1, TEXTS["sysctl"], by_letter=True,
    acts="a|all b|binary e|ignore N|names n|values S|system p|load f r|pattern= q|quiet w|write V|version A X "
         "y|dry-run h|help d D|deprecated",
    usual="o x")


@looks("(?!.*(?:=|-w|-p|--load|--write|--system)).*")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    options = read(SYSCTL, arguments)
    if "V" in options:
        return ToolResult(0, VERSION + "\n", "")
    if options.values.keys() & {"h", "d"}:
        return ToolResult(0, TEXTS["sysctl"] + "\n", "")
    if options.values.keys() & {"p", "f", "S"}:
        return _from_files(context, options)
    if options.values.keys() & {"a", "A", "X"}:
        return ToolResult(0, "".join(_all(context.namespace, options)), "")
    if not options.operands:
        tried = "sysctl: no variables specified\nTry `sysctl --help' for more information."
        raise ToolError(1, tried if options.values else "\n" + TEXTS["sysctl"])
    return _each(context, options)


def _each(context: ToolContext, options: Read) -> ToolResult:
    """Read or write the settings that are named."""
    namespace, out, err, failed = context.namespace, "", "", False
    for word in options.operands:
        try:
            name, equals, _value = word.partition("=")
            own = of_kernel(namespace, context.machine, context.files, path_of(name.strip()))
            if own is not None and equals:
                raise ToolError(1, "netsandbox: kernel.hostname is only read here; `hostname NAME` sets it")
            out += _shown(path_of(name), own, options) if own is not None else _one(namespace, word, options)
            err += _note(word, options)
        except ToolError as error:
            if "e" not in options or "cannot stat" not in error.message:
                err += error.message + "\n"
                failed |= not error.message.endswith(": Operation not permitted")  # which procps takes for a success
    return ToolResult(int(failed), out, err)


def _note(word: str, options: Read) -> str:
    """What is written in vain says so."""
    name, equals, _value = word.partition("=")
    return note_on(name_of(path_of(name.strip()))) if equals and "y" not in options else ""


def _from_files(context: ToolContext, options: Read) -> ToolResult:
    """`-p FILE`, `--system`: settings as they stand in files."""
    files, out, err = files_of(context), "", ""
    paths = options.operands or [CONFIGURATION]
    if "S" in options:
        paths = [f"{folder}/{name}" for folder in FOLDERS if files.is_directory(folder) for name in files.names(folder)
                 if name.endswith(".conf")]
        paths += [CONFIGURATION] if files.exists(CONFIGURATION) else []
    for path in paths:
        try:
            text = files.read(path)
        except FileError as error:
            err += f'sysctl: cannot open "{path}": {error}\n'
            continue
        out += f"* Applying {path} ...\n" if "S" in options else ""
        for line in text.splitlines():
            done, wrong = _setting(context.namespace, line.strip(), options)
            out, err = out + done, err + wrong
    return ToolResult(1 if "sysctl: " in err else 0, out, err)


def _setting(namespace: NetworkNamespace, line: str, options: Read) -> tuple[str, str]:
    """(what one line of a file prints, what is wrong with it)."""
    if not line or line[0] in "#;":
        return "", ""
    name, equals, value = line.lstrip("-").partition("=")
    if not equals:
        return "", f'sysctl: invalid syntax: "{line[:60]}"\n'
    try:
        word = f"{name.strip()}={value.strip()}"
        return _one(namespace, word, options), _note(word, options)
    except ToolError as error:
        return "", "" if line.startswith("-") else error.message + "\n"


def path_of(name: str) -> str:
    """The path below /proc/sys: whichever of `.` and `/` comes first separates, the other one stands for itself."""
    first = next((character for character in name if character in "./"), "/")
    return name if first == "/" else name.translate(str.maketrans("./", "/."))


def name_of(path: str) -> str:
    return path.translate(str.maketrans("/.", "./"))


def _one(namespace: NetworkNamespace, word: str, options: Read) -> str:
    name, equals, value = word.partition("=")
    path = path_of(name.strip())
    if "w" in options and not equals:
        raise ToolError(1, "sysctl: command line(0): invalid syntax, continuing...")
    inside = [] if equals else [key for key in list(namespace.sysctls.keys()) if key.startswith(f"{name_of(path)}.")]
    if inside:
        return "".join(_listed(namespace, inside, options))
    try:
        if not equals:
            return _shown(path, namespace.sysctls.read(path), options)
        value = value.strip()
        if "y" not in options:
            namespace.sysctls.read(path)
            if not RIGHTS.get().sysctls:
                raise SysctlError(f'permission denied on key "{name_of(path)}"')
            namespace.set_sysctl(path, value)
        return "" if "q" in options else _shown(path, value, options)
    except SysctlError as error:
        raise ToolError(1, f"sysctl: {_words(error, path)}") from None


def _words(error: SysctlError, path: str) -> str:
    """The tool's own words: without the hint at a nearby name, and with the key as it is printed."""
    if path.partition("/")[0] in OTHERS:
        return f"{name_of(path)} is not modelled: of /proc/sys the sandbox has what is below net"
    if "cannot stat" in str(error):
        return f"cannot stat /proc/sys/{path}: No such file or directory"
    return re.sub(r'setting key "[^"]*"', f'setting key "{name_of(path)}"', str(error))


def _shown(path: str, value: str, options: Read) -> str:
    if "N" in options:
        return f"{name_of(path)}\n"
    if "b" in options:
        return value
    return f"{value}\n" if "n" in options else f"{name_of(path)} = {value}\n"


def _all(namespace: NetworkNamespace, options: Read) -> Iterator[str]:
    """Every setting, or those whose name fits a pattern."""
    try:
        pattern = compile_pattern(options.values.get("r", ""), longest=True)
    except PatternError:
        raise ToolError(1, f"sysctl: invalid pattern: {options.values['r']}") from None
    yield from _listed(namespace, filter(pattern.matches, list(namespace.sysctls.keys())), options)


def _listed(namespace: NetworkNamespace, keys: Iterable[str], options: Read) -> Iterator[str]:
    for key in keys:
        if "D" in options or not key.endswith(DEPRECATED):
            yield _shown(path_of(key), namespace.sysctls.read(path_of(key)), options)
