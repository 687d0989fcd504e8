"""What a tmpfs of a container is told (moby's pkg/mount, the kernel's mm/shmem.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.docker.errors import NOT_CREATED, daemon_error
from netsandbox.linux.core.files.inode import MOST_BYTES

if TYPE_CHECKING:
    from netsandbox.docker.volumes import Mount

OPTIONS = frozenset({
    "defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync", "remount",
    "mand", "nomand", "atime", "noatime", "diratime", "nodiratime", "bind", "rbind", "unbindable", "runbindable",
    "private", "rprivate", "shared", "rshared", "slave", "rslave", "relatime", "norelatime", "strictatime",
    "nostrictatime"})
VALUES = ("size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol")
WITHOUT_EFFECT = {*OPTIONS, *VALUES} - {"defaults", "ro", "rw", "size", "noexec", "nosuid", "nodev"}
"""In the sandbox; of the others some are what Docker gives each."""
SIZE = re.compile(r"(\d{1,12})([kKmMgG%]?)", re.ASCII)
MODE = re.compile("[0-7]{1,7}")
PAGE = 4096


def most_bytes(mount: Mount) -> int:
    """How many bytes a tmpfs holds at most: whole pages; a part of the memory is no limit here.

    Raises:
        DockerError: Docker has no such option, or the kernel does not understand it (mm/shmem.c).
    """
    for option in filter(None, mount.mode.split(",")):
        name, equals, _value = option.partition("=")
        if not (name in VALUES if equals else option in OPTIONS):
            raise daemon_error(f'invalid tmpfs option "{option}"')
    said = [word for word in mount.mode.split(",") if "=" in word]
    values = dict(word.split("=", 1) for word in said)
    text = values.get("size", "0")
    found = SIZE.fullmatch(text)
    if found is None or not MODE.fullmatch(values.get("mode", "0")):
        raise daemon_error(
            f'{NOT_CREATED}: error mounting "tmpfs" to rootfs at "{mount.target}": mount src=tmpfs, '
            f"dst={mount.target}, dstFd=/proc/thread-self/fd/11, flags=MS_NOSUID|MS_NODEV|MS_NOEXEC, "
            f"data={','.join(said)}: invalid argument")
    number = 0 if found[2] == "%" else int(found[1]) << 10 * " kmg".index(found[2].lower() or " ")
    number = number or mount.options.get("TmpfsOptions", {}).get("SizeBytes", 0)
    return -(-number // PAGE) * PAGE or MOST_BYTES
