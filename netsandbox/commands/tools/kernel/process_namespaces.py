"""/proc/PID/ns: the namespaces of a process, each a link that tells its kind and number (namespaces(7))."""

from __future__ import annotations

import re

from netsandbox.commands.tools.context import Machine
from netsandbox.commands.tools.kernel.kernel_files import NAMESPACES, SELF, namespace_file
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.namespace import NetworkNamespace

FIRST = {"cgroup": 0xEFFFFFFB, "ipc": 0xEFFFFFFF, "mnt": 0xF0000001, "pid": 0xEFFFFFFC, "time": 0xEFFFFFFA,
         "user": 0xEFFFFFFD, "uts": 0xEFFFFFFE}
"""The numbers of the machine's own (proc_ns.h)."""
OF_CONTAINERS = ("mnt", "uts", "ipc", "pid", "cgroup")  # What Docker makes for each container, beside its network's
CONTAINERS = 0xF0100000  # From here on the containers' are counted, by PID
PLACE = re.compile(rf"/proc/(\d{{1,9}}|{'|'.join(SELF)})/ns/({'|'.join(NAMESPACES)})")


def link_of(files: Files, namespace: NetworkNamespace, machine: Machine, path: str) -> str | None:
    """`net:[4026531840]`, where a path is one of these links; else None."""
    try:
        folder, slash, name = path.rpartition("/")
        found = PLACE.fullmatch(f"{files.canonical(folder)}/{name}") if slash and folder else None
    except FileError:
        return None
    if found is None:
        return None
    kind = found[2].removesuffix("_for_children")
    if kind == "net":
        inside = namespace_file(files, namespace, machine, path)
        return f"net:[{inside.inode}]" if inside is not None else None
    owners = machine.namespace_owners(namespace, files, None if found[1] in SELF else int(found[1]))
    if owners is None:
        return None
    owner = owners.get(kind, 0)
    number = CONTAINERS + owner * len(OF_CONTAINERS) + OF_CONTAINERS.index(kind) if owner else FIRST[kind]
    return f"{kind}:[{number}]"
