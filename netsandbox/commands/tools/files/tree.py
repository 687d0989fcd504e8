"""tree: a directory and all below it, drawn (tree 2.2)."""

from __future__ import annotations

from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import UsageError
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.process_namespaces import link_of
from netsandbox.commands.tools.looks import looks
from netsandbox.engine.budget import Use, spend

OPTIONS = OptionTable(
    "tree", 1, "", acts="a d f i L= noreport", usual="x n A N",
    refused="l s h p u g D F Q t c r U X J C P= I= o= H= S q prune du filelimit= dirsfirst sort= help version R "
            "gitignore gitfile= ignore-case matchdirs metafirst info infofile= charset= si timefmt= inodes device v "
            "filesfirst T= nolinks hintro= houtro= hyperlink scheme= authority= fromfile fromtabfile= fflinks "
            "opt-toggle")
DEEPEST = 1 << 20


class Drawing:
    """One run: what is drawn, and how much was found."""

    def __init__(self, context: ToolContext, flags: dict[str, str]) -> None:
        self.context = context
        self.flags = flags
        self.deepest = _level(flags.get("L", ""))
        self.lines: list[str] = []
        self.folders = self.others = 0

    def draw(self, path: str) -> bool:
        """A directory that was named; whether it is one."""
        files = files_of(self.context)
        if not files.is_directory(path):
            self.lines.append(f"{path}  [error opening dir]")
            self.others += files.exists(path)
            return False
        self.lines.append(path)
        waiting = self._entries(path, "", 1)
        while waiting:
            full, name, before, is_last, depth = waiting.pop()
            spend(Use.WORK, 100)
            link = files.link(full) or link_of(files, self.context.namespace, self.context.machine, full)
            is_folder = link is None and files.is_directory(full)
            counted = is_folder or (link is not None and files.is_directory(full))
            self.folders += counted
            self.others += not counted
            shown = (full if "f" in self.flags else name) + (f" -> {link}" if link is not None else "")
            self.lines.append(("" if "i" in self.flags else before + ("└── " if is_last else "├── ")) + shown)
            if is_folder and depth < self.deepest:
                waiting += self._entries(full, before + ("    " if is_last else "│   "), depth + 1)
        return True

    def _entries(self, path: str, before: str, depth: int) -> list[tuple[str, str, str, bool, int]]:
        """(path, name, what stands before it, whether it is the last one, depth), the first one last."""
        files, stem = files_of(self.context), path.rstrip("/")
        names = [name for name in files.names(path) if "a" in self.flags or not name.startswith(".")]
        if "d" in self.flags:
            names = [name for name in names if files.is_directory(f"{stem}/{name}")]
        return [(f"{stem}/{name}", name, before, at == len(names) - 1, depth)
                for at, name in reversed(list(enumerate(names)))]


def _level(text: str) -> int:
    if not text:
        return DEEPEST
    if not (text.isascii() and text.isdecimal() and int(text[:9])):
        raise ToolError(1, "tree: Invalid level, must be greater than 0.")
    return int(text[:9])


@looks()
def tree(context: ToolContext, arguments: list[str]) -> ToolResult:
    try:
        read = OPTIONS.read(arguments)
    except UsageError as error:
        raise ToolError(1, str(error)) from None
    drawing = Drawing(context, read.values)
    found = [drawing.draw(path) for path in read.operands or ["."]]
    folders = drawing.folders + any(found)
    report = f"{folders} director{'y' if folders == 1 else 'ies'}"
    if "d" not in read:
        report += f", {drawing.others} file{'' if drawing.others == 1 else 's'}"
    lines = drawing.lines + ([] if "noreport" in read else ["", report])
    return ToolResult(0 if all(found) else 2, "\n".join(lines) + "\n", "")
