"""`mount` lists what is mounted, and with `umount` binds the file of a network namespace; nothing else is mounted."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.kernel_files import FOLDERS, mounts, namespace_file
from netsandbox.commands.tools.options import options_of, table
from netsandbox.linux.core.files.inode import FileError, RegularFile, Symlink
from netsandbox.linux.netlink.credentials import RIGHTS, may_administer

ALONE = ("netsandbox: mount lists what is mounted, and `mount --bind /proc/PID/ns/net /run/netns/NAME` names a "
         "namespace; nothing else is mounted here")
CONTAINED = ("netsandbox: what is mounted in a container is not modelled; `docker inspect -f '{{json .Mounts}}' NAME` "
             "tells")
GOES = "note: the name goes with what runs there; a real mount would keep the namespace\n"
BINDS = (["--bind"], ["-B"], ["-o", "bind"], ["--rbind"])
FAILED = 32  # EX_FAIL of util-linux
HINT = "       dmesg(1) may have more information after failed mount system call."


def mount(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`mount`, `mount -l`, `mount -t TYPE` and `mount --bind FILE FILE`."""
    words = [word for word in arguments if word != "-l"]
    if RIGHTS.get().contained:
        raise ToolError(1, CONTAINED)
    bind = next((found for found in BINDS if words[:len(found)] == found), None)
    if bind is not None and len(words) == len(bind) + 2:
        return _bind(context, *words[len(bind):])
    kinds = words[1].split(",") if words[:1] == ["-t"] and len(words) == 2 else []
    if words and not kinds:
        raise ToolError(1, ALONE)
    found = mounts(context.namespace, context.machine)
    return ToolResult(0, "".join(f"{source} on {path} type {kind} ({options})\n"
                                 for source, path, kind, options in found if not kinds or kind in kinds), "")


def _bind(context: ToolContext, source: str, target: str) -> ToolResult:
    """A name for a namespace: a link, where the kernel would mount one file over the other."""
    files = files_of(context)
    if not may_administer():
        raise ToolError(FAILED, f"mount: {target}: permission denied.\n{HINT}")
    for path, missing in ((source, f"{target}: special device {source} does not exist."),
                          (target, f"{target}: mount point does not exist.")):
        if not files.exists(path):
            raise ToolError(FAILED, f"mount: {missing}\n{HINT}")
    node = files.node(target)
    kept = namespace_file(files, context.namespace, context.machine, source)
    if kept is None or not isinstance(node, RegularFile) or _folder(context, target) != FOLDERS[0]:
        raise ToolError(1, ALONE)
    link = files.canonical(source).replace("/proc/self/", "/proc/1/")
    files.remove(target)
    files.make_link(target, link)
    return ToolResult(0, "", GOES if link.startswith("/proc/") else "")


def _folder(context: ToolContext, path: str) -> str:
    try:
        return files_of(context).canonical(path, follow=False).rpartition("/")[0]
    except FileError:
        return ""


UMOUNT = table("umount", usual="l|lazy f|force c|no-canonicalize i|internal-only n|no-mtab",
               refused="a|all A|all-targets d|detach-loop O|test-opts= R|recursive r|read-only t|types= v|verbose "
                       "q|quiet N|namespace= fake")


def umount(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`umount FILE` of what `mount --bind` has put in the way of one."""
    if RIGHTS.get().contained:
        raise ToolError(1, CONTAINED)
    _options, paths = options_of(UMOUNT, arguments)
    if not paths:
        raise ToolError(1, "umount: bad usage\nTry 'umount --help' for more information.")
    files = files_of(context)
    for path in paths:
        if _folder(context, path) == FOLDERS[0] and isinstance(files.node(path), Symlink) and may_administer():
            files.remove(path)
            files.touch(path)
        elif not files.exists(path):
            raise ToolError(FAILED, f"umount: {path}: no mount point specified.")
        elif any(path == place for _source, place, _kind, _options in mounts(context.namespace, context.machine)):
            raise ToolError(1, "netsandbox: only what `mount --bind` has put into /run/netns is taken away by umount")
        else:
            raise ToolError(FAILED, f"umount: {path}: not mounted.")
    return ToolResult(0, "", "")
