"""What cannot be done with a file, in the words of coreutils and their like, and in those of BusyBox 1.37.

A tool names what it could not do; whose words those are, its context knows.
"""

from __future__ import annotations

import re

from netsandbox.commands.tools.context import ToolContext

PLAIN = "{path}: {error}"
OF_ENDS = {"open": "cannot open '{path}' for reading: {error}", "read": "error reading '{path}': {error}"}
OF_JQ = "error: Could not open file {path}: {error}"
NOT_REMOVED = "cannot remove '{path}': {error}"
USUAL = {
    "cp": {"stat": "cannot stat '{path}': {error}", "create": "cannot create regular file '{to}': {error}",
           "open": OF_ENDS["open"], "directory": "-r not specified; omitting directory '{path}'",
           "itself": "cannot copy a directory, '{path}', into itself, '{to}'"},
    "find": {"start": "‘{path}’: {error}", "delete": "cannot delete ‘{path}’: {error}"},
    "head": OF_ENDS, "tail": OF_ENDS, "jq": {"open": OF_JQ, "read": OF_JQ},
    "ln": {"link": "failed to create symbolic link '{path}': {error}", "target": "failed to access '{path}': {error}"},
    "ls": {"access": "cannot access '{path}': {error}"},
    "mkdir": {"make": "cannot create directory ‘{path}’: {error}"},
    "mktemp": {"few": "too few X's in template ‘{path}’",
               "make": "failed to create {kind} via template ‘{path}’: {error}"},
    "mv": {"stat": "cannot stat '{path}': {error}", "move": "cannot move '{path}' to '{to}': {error}"},
    "rev": {"open": "cannot open {path}: {error}", "read": "fgetwc() failed: {error}"},
    "rm": {"remove": NOT_REMOVED, "directory": NOT_REMOVED, "dot": NOT_REMOVED,
           "dot with all": "refusing to remove '.' or '..' directory: skipping '{path}'"},
    "rmdir": {"remove": "failed to remove '{path}': {error}"},
    "sed": {"open": "can't read {path}: {error}", "read": "read error on {path}: {error}"},
    "sort": {"open": "cannot read: {path}: {error}", "read": "read failed: {path}: {error}"},
    "tac": {"open": "failed to open '{path}' for reading: {error}", "read": "{path}: read error: {error}"},
    "touch": {"touch": "cannot touch '{path}': {error}"}, "unlink": {"unlink": "cannot unlink '{path}': {error}"},
    "uniq": {"read": OF_ENDS["read"]}}
QUOTING = frozenset(
    ["base64", "cat", "cut", "md5sum", "nl", "od", "paste", "sha1sum", "sha256sum", "sha512sum", "sort", "tee",
     "uniq", "wc"])
"""Tools of coreutils that quote a name only where a shell would need it."""
SPECIAL = re.compile(r"^[#~]|[\s!\"$&'()*:;<=>?\[\\^`|]|^[{}]?$")
IN_QUOTES = frozenset('!"$`\\')
CANNOT_OPEN = "can't open '{path}': {error}"
ITSELF_OR_ABOVE = "can't remove '.' or '..'"
OF_BUSYBOX = {
    "cat": {"open": CANNOT_OPEN, "read": "read error: {error}"},
    "cp": {"stat": "can't stat '{path}': {error}", "create": "can't create '{to}': {error}",
           "directory": "omitting directory '{path}'", "itself": "recursion detected, omitting directory '{to}'"},
    "find": {"start": PLAIN, "delete": PLAIN}, "head": {"open": PLAIN}, "ln": {"link": PLAIN, "target": PLAIN},
    "ls": {"access": PLAIN}, "md5sum": {"open": CANNOT_OPEN, "read": CANNOT_OPEN},
    "mkdir": {"make": "can't create directory '{path}': {error}"},
    "mktemp": {"few": "Invalid argument", "make": "{error}"},
    "mv": {"stat": "can't rename '{path}': {error}", "move": "can't rename '{path}': {error}"},
    "rm": {"remove": "can't remove '{path}': {error}", "directory": "'{path}' is a directory",
           "dot": ITSELF_OR_ABOVE, "dot with all": ITSELF_OR_ABOVE},
    "rmdir": {"remove": "'{path}': {error}"}, "sed": {"open": PLAIN}, "sort": {"open": PLAIN},
    "tail": {"open": CANNOT_OPEN}, "touch": {"touch": PLAIN}, "uniq": {"open": CANNOT_OPEN},
    "unlink": {"unlink": "can't remove file '{path}': {error}"}}


def fault(context: ToolContext, tool: str, what: str, path: str, error: object = "", **more: str) -> str:
    """A line of complaint, without its newline: what a tool could not do with a path."""
    words = USUAL.get(tool, {}) | (OF_BUSYBOX.get(tool, {}) if context.is_busybox else {})
    path = path if context.is_busybox or tool not in QUOTING else _quoted(path)
    return f"{tool}: {words.get(what, PLAIN).format(path=path, error=error, **more)}"


def _quoted(path: str) -> str:
    """As a shell needs it, where it does (quotef of gnulib)."""
    return path if not SPECIAL.search(path) else f'"{path}"' if "'" in path and not IN_QUOTES & set(path) else (
        "'" + path.replace("'", "'\\''") + "'")
