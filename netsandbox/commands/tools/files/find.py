"""find: files below a place, by name, kind and size (findutils)."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext, ToolResult
from netsandbox.commands.tools.faults import fault
from netsandbox.commands.tools.files.find_expression import Reader
from netsandbox.commands.tools.files.find_walk import Walk, below
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.looks import looks
from netsandbox.linux.core.files.inode import FileError


@looks("(?!.*-(?:delete|exec|ok|fprint|fls)).*")
def find(context: ToolContext, arguments: list[str]) -> ToolResult:
    walk = Walk(context)
    while arguments[:1] in (["-H"], ["-L"], ["-P"]):
        walk.follows, arguments = arguments[0] == "-L", arguments[1:]
    at = next((at for at, word in enumerate(arguments) if word[:1] == "-" or word in ("!", "(", ")")), len(arguments))
    wanted = Reader(walk, arguments[at:]).read()
    for start in arguments[:at] or ["."]:
        if not files_of(context).exists(start) and files_of(context).link(start) is None:
            walk.errors += fault(context, "find", "start", start, FileError("ENOENT")) + "\n"
            continue
        for place in below(walk, start):
            if wanted(walk, place) and not walk.acts:
                walk.out += f"{place.path}\n"
    return ToolResult(1 if walk.errors else 0, walk.out, walk.errors)
