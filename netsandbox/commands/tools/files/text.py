"""head, tail, wc, tr, tee, cat, rev, tac, nl, column: programs that take lines and give lines."""

from __future__ import annotations

import re
from collections.abc import Mapping

from netsandbox.apps.columns import columns
from netsandbox.apps.option_table import OptionTable
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of, inputs, stdin, whole_number
from netsandbox.commands.tools.kernel.devices import ENDLESS, from_device
from netsandbox.commands.tools.looks import passes_on
from netsandbox.commands.tools.options import options_of, table
from netsandbox.engine.octets import to_bytes, to_text
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.sysctl.effect import note_on_file
from netsandbox.shell.escapes import unescaped

WITH_END = re.compile(r"[^\n]*\n|[^\n]+")  # Lines with their newlines


def lines_of(text: str) -> list[str]:
    """Without their newlines."""
    return text.removesuffix("\n").split("\n") if text else []


def joined(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


CAT = table(
    "cat", acts="A|show-all b|number-nonblank e E|show-ends n|number s|squeeze-blank t T|show-tabs v|show-nonprinting",
    usual="u")


@passes_on()
def cat(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Print files one after the other; complain about those that cannot be read."""
    options, paths = options_of(CAT, arguments)
    found, errors = inputs(context, "cat", paths)
    text = "".join(one.text for one in found)
    if "s" in options:
        text = re.sub(r"(^|\n)\n+", r"\1\n", text)
    if options.keys() & {"v", "A", "e", "t"}:
        text = "".join(map(_visible, to_bytes(text)))
    if options.keys() & {"n", "b"}:
        rows, number = list[str](), 0
        for line in lines_of(text):
            counted = bool(line) or "n" in options
            number += counted
            rows.append(f"{number:6}\t{line}" if counted else line)
        text = joined(rows) if text.endswith("\n") else joined(rows).removesuffix("\n")
    if options.keys() & {"E", "A", "e"}:
        text = text.replace("\n", "$\n")
    if options.keys() & {"T", "A", "t"}:
        text = text.replace("\t", "^I")
    return ToolResult(1 if errors else 0, text, errors)


def _visible(byte: int) -> str:
    """A byte as cat -v shows it."""
    if byte > 127:
        return "M-" + (_visible(byte - 128) if chr(byte - 128) not in "\n\t" else f"^{chr((byte - 128) ^ 64)}")
    return chr(byte) if 32 <= byte < 127 or byte in b"\n\t" else f"^{chr(byte ^ 64)}"


HEAD = table("head", acts="q|quiet q|silent v|verbose n|lines= c|bytes=", refused="f|follow F z|zero-terminated")
TAIL = table(
    "tail", acts="q|quiet q|silent v|verbose n|lines= c|bytes=", idle="f|follow",
    refused="F s|sleep-interval= z|zero-terminated max-unchanged-stats= pid= retry")


@passes_on()
def head(context: ToolContext, arguments: list[str]) -> ToolResult:
    return _ends(context, HEAD, arguments)


@passes_on()
def tail(context: ToolContext, arguments: list[str]) -> ToolResult:
    return _ends(context, TAIL, arguments)


VALUED = ("-n", "-c", "--lines", "--bytes")  # A number behind one of them is its value


def _ends(context: ToolContext, known: OptionTable, arguments: list[str]) -> ToolResult:
    words = [f"-n{word[1:]}" if re.fullmatch(r"-\d+", word) and before not in VALUED else word
             for before, word in zip(["", *arguments], arguments, strict=False)]
    (options, paths), name = options_of(known, words), known.program
    if name == "head" and paths[:1] and paths[0] in ENDLESS and options.get("c", "").isdecimal() and len(paths) == 1:
        return ToolResult(0, from_device(context, paths[0], int(options["c"])), "")
    found, errors = inputs(context, name, paths, _enough(options) if name == "head" else 0)
    if not found and name == "tail" and context.is_busybox:
        return ToolResult(1, "", f"{errors}tail: no files\n")
    if name == "tail" and (options.get("c") or options.get("n")) in ("0", "-0"):
        return ToolResult(1 if errors else 0, "", errors)
    shows_names = (len(paths) > 1 and "q" not in options) or "v" in options
    parts = []
    for one in found:
        heading = f"==> {one.name or 'standard input'} <==\n" if shows_names else ""
        parts.append(heading + _end(name, one.text, options))
    return ToolResult(1 if errors else 0, "\n".join(parts) if shows_names else "".join(parts), errors)


def _enough(options: dict[str, str]) -> int:
    """How many lines head needs; 0 where it has to see the end."""
    count = options.get("n", "10")
    return int(count) if count.isascii() and count.isdecimal() and "c" not in options else 0


def _end(name: str, text: str, options: dict[str, str]) -> str:
    count = options.get("c", options.get("n", "10"))
    number = whole_number(name, count.lstrip("+-"), f"invalid number of {'bytes' if 'c' in options else 'lines'}")
    whole: bytes | list[str] = to_bytes(text) if "c" in options else WITH_END.findall(text)
    if name == "head":
        kept = whole[: -number or None] if count.startswith("-") else whole[:number]
    else:
        kept = whole[max(0, number - 1):] if count.startswith("+") else whole[max(0, len(whole) - number):]
    return to_text(kept) if isinstance(kept, bytes) else "".join(kept)


LONGEST = 4  # Where `_counts` has the longest line, of which there is no sum
WC = table("wc", acts="c|bytes l|lines w|words m|chars L|max-line-length", refused="files0-from= total=")


@passes_on()
def wc(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(WC, arguments)
    found, errors = inputs(context, "wc", paths)
    rows = [(_counts(one.text), one.name) for one in found]
    if len(paths) > 1:
        columns = [[counts[at] for counts, _name in rows] for at in range(LONGEST + 1)]
        rows.append(([*map(sum, columns[:LONGEST]), max(columns[LONGEST], default=0)], "total"))
    wanted = [number for number, letter in enumerate("lwcmL") if letter in options] or [0, 1, 2]
    alone = len(wanted) == 1 and len(rows) == 1
    widest = max((len(str(count)) for counts, _name in rows for count in counts), default=1)
    width = 1 if alone else widest if paths else 7
    out = "".join(" ".join(f"{counts[number]:>{width}}" for number in wanted) + (f" {name}" if name else "") + "\n"
                  for counts, name in rows)
    return ToolResult(1 if errors else 0, out, errors)


def _counts(text: str) -> list[int]:
    return [text.count("\n"), len(text.split()), len(to_bytes(text)), len(text),
            max((len(line.expandtabs()) for line in text.split("\n")), default=0)]


SETS = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "blank": " \t",
    "space": " \t\n\r\f\v",
    "punct": "!-/:-@[-`{-~",
    "xdigit": "0-9A-Fa-f",
}
TR = table("tr", acts="c|complement C d|delete s|squeeze-repeats t|truncate-set1")


@passes_on()
def tr(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, sets = options_of(TR, arguments)
    if not sets:
        raise ToolError(1, "tr: missing operand\nTry 'tr --help' for more information.")
    if len(sets) < 2 and not options.keys() & {"d", "s"}:
        raise ToolError(1, f"tr: missing operand after ‘{sets[0]}’\nTwo strings must be given when translating.\n"
                           "Try 'tr --help' for more information.")
    return ToolResult(0, _translated(stdin(context, "tr"), options, *map(_letters, sets[:2])), "")


def _translated(text: str, options: Mapping[str, str], first: str, second: str = "") -> str:
    """`text` with characters of the first set deleted, made those of the second, or squeezed into one."""
    is_other = bool(options.keys() & {"c", "C"})

    def inside(char: str) -> bool:
        return (char in first) != is_other

    if "d" in options:
        text = "".join(char for char in text if not inside(char))
    elif second:
        last = second[-1]
        table = {char: second[at] if at < len(second) else last for at, char in reversed(list(enumerate(first)))}
        text = "".join((last if is_other else table[char]) if inside(char) else char for char in text)
    if "s" in options:
        squeezed = second or first
        text = "".join(char for at, char in enumerate(text) if not (
            at and text[at - 1] == char and (char in squeezed if second else inside(char))))
    return text


def _letters(text: str) -> str:
    """A set of tr with its ranges and classes as letters."""
    text = re.sub(r"\[:(\w+):\]", lambda found: SETS.get(found[1], found[0]), text)
    text = unescaped(text, False)[0]
    wrong = next((found for found in re.finditer(r"(.)-(.)", text, re.DOTALL) if found[1] > found[2]), None)
    if wrong is not None:
        raise ToolError(1, f"tr: range-endpoints of '{wrong[0]}' are in reverse collating sequence order")
    return re.sub(r"(.)-(.)", lambda found: "".join(map(chr, range(ord(found[1]), ord(found[2]) + 1))), text,
                  flags=re.DOTALL)


TEE = table("tee", acts="a|append", usual="i|ignore-interrupts p", refused="output-error?")


def tee(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, paths = options_of(TEE, arguments)
    text, errors, notes = stdin(context, "tee"), "", ""
    said = dict.fromkeys(("/dev/stdout", "/dev/stderr"), "")
    for path in paths:
        if path in said:
            said[path] += text
            continue
        try:
            files = files_of(context)
            where = files.create(path, "a" in options)
            files.write(where, text, append=True)
        except FileError as error:
            errors += f"tee: {path}: {error}\n"
            continue
        notes += note_on_file(where)
    return ToolResult(1 if errors else 0, text + said["/dev/stdout"], said["/dev/stderr"] + errors + notes)


COLUMN = table(
    "column", acts="t|table s|separator=",
    refused="c|columns= d|table-noheadings e|table-header-repeat E|table-noextreme= H|table-hide= i|tree-id= J|json "
            "l|table-columns-limit= L|keep-empty-lines m|table-maxout n|table-name= N|table-columns= O|table-order= "
            "o|output-separator= p|tree-parent= r|tree= R|table-right= T|table-truncate= W|table-wrap= x|fillrows")


@passes_on()
def column(context: ToolContext, arguments: list[str]) -> ToolResult:
    """A table of the words of each line, or of what stands between separators."""
    options, paths = options_of(COLUMN, arguments)
    if "t" not in options:
        raise ToolError(1, "netsandbox: `column` is not modelled; there is `column -t`")
    found, errors = inputs(context, "column", paths)
    between = f"[{re.escape(options['s'])}]" if options.get("s") else ""
    rows = [re.split(between, line) if between else line.split() for one in found for line in lines_of(one.text)]
    return ToolResult(1 if errors else 0, joined(columns(rows, "  ")), errors)


TAC = table("tac", refused="b|before r|regex s|separator=")


@passes_on()
def tac(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Each file's lines from the last to the first."""
    _options, paths = options_of(TAC, arguments)
    found, errors = inputs(context, "tac", paths)
    return ToolResult(1 if errors else 0, "".join(
        line for one in found for line in reversed(WITH_END.findall(one.text))), errors)


NL = table(
    "nl", acts="b|body-numbering= w|number-width= s|number-separator=",
    refused="p|no-renumber d|section-delimiter= f|footer-numbering= h|header-numbering= i|line-increment= "
            "l|join-blank-lines= n|number-format= v|starting-line-number=")


@passes_on()
def nl(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Numbers before lines: those that are not empty, or with -ba all."""
    options, paths = options_of(NL, arguments)
    if options.get("b", "t") not in ("a", "t", "n"):
        raise ToolError(1, f"netsandbox: nl -b {options['b'][:40]} is not modelled")
    width, mark = whole_number("nl", options.get("w", "6")), options.get("s", "\t")
    found, errors = inputs(context, "nl", paths)
    rows, number = list[str](), 0
    for line in (line for one in found for line in lines_of(one.text)):
        counted = options.get("b", "t") == "a" or (bool(line) and "n" not in options.get("b", "t"))
        number += counted
        rows.append(f"{number:{width}}{mark}{line}" if counted else " " * (width + len(mark)) + line)
    return ToolResult(1 if errors else 0, joined(rows), errors)


REV = table("rev", refused="0|zero")


@passes_on()
def rev(context: ToolContext, arguments: list[str]) -> ToolResult:
    _options, paths = options_of(REV, arguments)
    found, errors = inputs(context, "rev", paths)
    return ToolResult(1 if errors else 0, "".join(
        "\n".join(line[::-1] for line in one.text.split("\n")) for one in found), errors)


PAGER = table(
    "less", usual="e|quit-at-eof E|QUIT-AT-EOF F|quit-if-one-screen f|force i|ignore-case I|IGNORE-CASE K|quit-on-intr "
    "m|long-prompt M|LONG-PROMPT n|line-numbers q|quiet R|RAW-CONTROL-CHARS r|raw-control-chars "
    "S|chop-long-lines X|no-init", idle="N|LINE-NUMBERS",
    refused="o|log-file= O|LOG-FILE= p|pattern= s|squeeze-blank-lines")


@passes_on()
def pager(context: ToolContext, arguments: list[str]) -> ToolResult:
    """less and more, which nobody scrolls here: all of it."""
    _options, paths = options_of(PAGER, arguments)
    found, errors = inputs(context, "less", paths)
    return ToolResult(1 if errors else 0, joined([line for one in found for line in lines_of(one.text)]), errors)
