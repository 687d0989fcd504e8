"""What the kernel tells in files, as a process of a namespace sees them: /proc, /sys, /run/netns."""

from __future__ import annotations

import re

from netsandbox.commands.tools.context import Machine, Tenant
from netsandbox.commands.tools.kernel import proc_net, sysfs_tree
from netsandbox.commands.tools.kernel.devices import Devices
from netsandbox.engine.octets import to_bytes
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices import kind as kinds
from netsandbox.linux.core.errors import NotModelledError
from netsandbox.linux.core.files.file_system import Files, Generator
from netsandbox.linux.core.files.inode import KERNELS, FileError, RefusedWriteError
from netsandbox.linux.core.kernel import RELEASE
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.sysctl.table import SysctlError
from netsandbox.linux.netlink.credentials import RIGHTS
from netsandbox.shell.builtin_limits import limits_file
from netsandbox.shell.expand import DESCRIPTORS

FOLDERS = ("/run/netns", "/run/docker/netns")
FIRST_SHELL_PID = 1_000_000  # Above it are the shells, which are where they look from
SELF = ("self", "thread-self")
PROCESSORS = 2
TEXTS = {
    "/proc/version": f"Linux version {RELEASE} (netsandbox)\n",
    "/proc/cpuinfo": "\n".join(f"processor\t: {number}\n" for number in range(PROCESSORS)),
    "/proc/loadavg": "0.00 0.00 0.00 1/1 1\n",
    "/proc/modules": "",
}
SWAPPED = str.maketrans("./", "/.")
"""Between a setting's key and its path; a dot in an interface's name is a slash in the key."""
NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children", "user", "uts")
"""In /proc/PID/ns."""
NAMESPACE = re.compile(r"/proc/(\d{1,9})/ns(?:/net)?")


def with_kernel(files: Files, namespace: NetworkNamespace, machine: Machine) -> Files:
    """The files, with those of the kernel as a process in a namespace sees them."""
    generated = {**files.generated, "/proc": Proc(namespace, machine, files), "/sys": Sys(namespace),
                 "/dev": Devices(files.system.devices), FOLDERS[0]: NamedNamespaces(machine),
                 FOLDERS[1]: DockerNamespaces(namespace, machine)}
    return Files(files.system, generated, files.cwd, files.binds)


def with_descriptors(files: Files, caller: Files) -> Files:
    """The files, with those that a program there inherits open from its caller, made for `<(…)`."""
    if not caller.is_directory(DESCRIPTORS) or not caller.names(DESCRIPTORS):
        return files
    return Files(files.system, {**files.generated, DESCRIPTORS: Descriptors(caller)}, files.cwd, files.binds)


def tenants(namespace: NetworkNamespace, machine: Machine) -> list[Tenant]:
    """The namespaces that a program sees: in a container only its own processes are there."""
    found = machine.tenants(namespace)
    if RIGHTS.get().contained:
        return [tenant._replace(pid=1, file="") for tenant in found if tenant.namespace is namespace]
    return found


def by_pid(namespace: NetworkNamespace, machine: Machine, files: Files) -> dict[int, Tenant]:
    """The processes that /proc has a folder for, each with the namespace that it is in (files: those of the one who
    asks)."""
    inside = machine.processes_inside(namespace, files) if RIGHTS.get().contained else []
    found = {pid: Tenant(whose, 1, pid, command, "") for pid, _parent, command, whose in inside} or {
        tenant.pid: tenant for tenant in tenants(namespace, machine) if tenant.processes}
    for pid, command, _inode in [] if RIGHTS.get().contained else machine.processes(namespace):
        whose_own = machine.namespace_of_pid(pid)
        if pid not in found and whose_own is not None:
            found[pid] = Tenant(whose_own, 1, pid, command, "")
    return found


MOUNTS = (("netsandbox", "/", "netsandbox", "rw"), ("proc", "/proc", "proc", "rw,nosuid,nodev,noexec,relatime"),
          ("sysfs", "/sys", "sysfs", "rw,nosuid,nodev,noexec,relatime"))


def mounts(namespace: NetworkNamespace, machine: Machine) -> list[tuple[str, str, str, str]]:
    """(what, where, kind, options) of each: those files too that keep a namespace."""
    kept = [tenant.file for tenant in tenants(namespace, machine) if tenant.file]
    return [*MOUNTS, *(("nsfs", file, "nsfs", "rw") for file in kept)]


def comm(command: str) -> str:
    """The name of a program (TASK_COMM_LEN); nginx changes what `ps` shows of it, and not that."""
    return command.partition(" ")[0].rpartition("/")[2].removesuffix(":")[:15]


KERNEL = ("hostname", "osrelease", "ostype")  # What is in /proc/sys/kernel here


def of_kernel(namespace: NetworkNamespace, machine: Machine, seen: Files | None, path: str) -> str | None:
    """A setting of the kernel's own, `kernel/hostname`; None where it has none of that name."""
    if path.replace(".", "/") == "kernel/hostname":
        return machine.hostname(namespace, seen)
    return {"kernel/osrelease": RELEASE, "kernel/ostype": "Linux"}.get(path.replace(".", "/"))


def _is_alike(pid: str) -> bool:
    """Whether a process has the limits of whoever asks."""
    return pid in SELF or RIGHTS.get().contained


class ReadOnly(Generator):
    """Files that nobody can write to, and no links."""

    def write(self, path: str, _text: str) -> bool:
        raise FileError("EACCES")


class Descriptors(ReadOnly):
    """/dev/fd."""

    def __init__(self, caller: Files) -> None:
        self._caller = caller

    def names(self, path: str) -> list[str] | None:
        return self._caller.names(path) if path == DESCRIPTORS else None

    def read(self, path: str) -> str | None:
        return self._caller.read(path) if self._caller.exists(path) else None


class Proc(ReadOnly):
    """/proc."""

    def __init__(self, namespace: NetworkNamespace, machine: Machine, files: Files) -> None:
        self._namespace = namespace
        self._machine = machine
        self._files = files

    def _pids(self) -> dict[int, Tenant]:
        return by_pid(self._namespace, self._machine, self._files)

    def _of(self, pid: int) -> NetworkNamespace | None:
        found = self._pids().get(pid)
        if found is not None:
            return found.namespace
        return None if RIGHTS.get().contained else self._machine.namespace_of_pid(pid)

    def link(self, path: str) -> str | None:
        if path in ("/proc/self", "/proc/thread-self", "/proc/net"):
            return "/proc/self/net" if path == "/proc/net" else None
        return None

    def names(self, path: str) -> list[str] | None:
        parts = path.split("/")[2:]
        if not parts:
            pids = [str(pid) for pid in self._pids()]
            return [*pids, *SELF, *(name.rpartition("/")[2] for name in TEXTS), "mounts", "net", "sys", "uptime"]
        if parts[0] == "sys":
            return self._settings("/".join(parts[1:]))
        namespace = self._process(parts[0])
        if namespace is None:
            return None
        made = {kind.proc_directory: kind for kind in kinds.all_kinds() if kind.proc_directory}
        folders = {name: found for name, files in proc_net.FOLDERS.items() if (found := files(namespace))}
        inner: dict[tuple[str, ...], list[str]] = {
            (): ["cmdline", "comm", *(["limits"] if _is_alike(parts[0]) else []), "net", "ns", "status"],
            ("ns",): list(NAMESPACES),
            ("net",): [*proc_net.FILES, *proc_net.OF_MACHINE, *made, *folders],
            **{("net", name): sorted(files) for name, files in folders.items()}}
        if len(parts) == 3 and parts[1] == "net" and parts[2] in made:
            return made[parts[2]].proc_names(namespace)
        return inner.get(tuple(parts[1:]))

    def _process(self, name: str) -> NetworkNamespace | None:
        """Whose folder /proc/NAME is."""
        if name in SELF:
            return self._namespace
        if not (name.isascii() and name.isdecimal() and len(name) < 10):
            return None
        return self._namespace if int(name) > FIRST_SHELL_PID else self._of(int(name))

    def _settings(self, folder: str) -> list[str] | None:
        if folder == "kernel":
            return list(KERNEL)
        found = set(self._namespace.sysctls.below(folder.translate(SWAPPED)))
        return sorted(name.translate(SWAPPED) for name in found | ({"kernel"} if not folder else set())) or None

    def read(self, path: str) -> str | None:
        if path in TEXTS:
            return TEXTS[path]
        if path == "/proc/mounts" and not RIGHTS.get().contained:
            return "".join(f"{' '.join(one)} 0 0\n" for one in mounts(self._namespace, self._machine))
        if path == "/proc/uptime":
            seconds = self._namespace.scheduler.clock / SECOND
            return f"{seconds:.2f} {seconds:.2f}\n"
        if path.startswith("/proc/sys/"):
            return self._setting(path.removeprefix("/proc/sys/"))
        parts = path.split("/")[2:]
        namespace = self._process(parts[0])
        if namespace is None or len(parts) < 2:
            return None
        if parts[1] == "net" and parts[2:] and parts[2] in proc_net.OF_MACHINE:
            return proc_net.OF_MACHINE[parts[2]](namespace, self._machine) if len(parts) == 3 else None
        if parts[1] == "net" and len(parts) == 3:
            return proc_net.FILES[parts[2]](namespace) if parts[2] in proc_net.FILES else None
        if parts[1] == "net" and parts[2] in proc_net.FOLDERS and len(parts) == 4:
            return proc_net.FOLDERS[parts[2]](namespace).get(parts[3])
        if parts[1] == "net" and len(parts) == 4:
            kind = next((kind for kind in kinds.all_kinds() if kind.proc_directory == parts[2]), None)
            return kind.proc_file(namespace, parts[3]) if kind is not None else None
        return self._about(parts)

    def _about(self, parts: list[str]) -> str | None:
        """What a process tells of itself."""
        if parts[1] == "ns" and parts[2:] and parts[2] in NAMESPACES:
            raise FileError("EINVAL")
        tenant = self._pids().get(int(parts[0])) if parts[0].isdecimal() else None
        command = tenant.command if tenant is not None else "sh"
        texts = {"cmdline": command, "comm": comm(command) + "\n",
                 "status": f"Name:\t{comm(command)}\nPid:\t{parts[0]}\n"}
        if _is_alike(parts[0]):
            texts["limits"] = limits_file()
        return texts.get(parts[1]) if len(parts) == 2 else None

    def _setting(self, name: str) -> str | None:
        own = of_kernel(self._namespace, self._machine, self._files, name)
        if own is not None:
            return own + "\n"
        try:
            return self._namespace.sysctls.read(name) + "\n"
        except SysctlError:
            return None

    def write(self, path: str, text: str) -> bool:
        if not path.startswith("/proc/sys/") or self.read(path) is None:
            raise FileError("EACCES" if self.read(path) is not None else "ENOENT")
        if not RIGHTS.get().sysctls:
            raise FileError("EROFS")
        key = path.removeprefix("/proc/sys/").replace("/", ".")
        if not self._namespace.sysctls.may_write(key) or key.startswith("kernel."):
            raise FileError("EACCES")
        try:
            self._namespace.set_sysctl(path.removeprefix("/proc/sys/"), text.strip())
        except SysctlError:
            raise FileError("EINVAL") from None
        return True


class Sys(ReadOnly):
    """/sys."""

    def __init__(self, namespace: NetworkNamespace) -> None:
        self._namespace = namespace

    def link(self, path: str) -> str | None:
        return sysfs_tree.link(self._namespace, path)

    def names(self, path: str) -> list[str] | None:
        return sysfs_tree.names(self._namespace, path)

    def read(self, path: str) -> str | None:
        return sysfs_tree.read(self._namespace, path)

    def _is_there(self, path: str) -> bool:
        try:
            return self.read(path) is not None
        except FileError:  # it cannot be read, or not now
            return True

    def write(self, path: str, text: str) -> bool:
        if not self._is_there(path):
            raise FileError("ENOENT")
        if not RIGHTS.get().net_admin:
            raise FileError("EROFS" if RIGHTS.get().contained else "EPERM")
        try:
            sysfs_tree.write(self._namespace, path, text.strip())
        except NotModelledError as error:
            raise RefusedWriteError(str(error)) from None
        return True


class NamedNamespaces(ReadOnly):
    """/run/netns: what `ip netns add` keeps there."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def names(self, path: str) -> list[str] | None:
        """The folder is there once there was a namespace."""
        found = self._machine.namespace_names() if not RIGHTS.get().contained else []
        return found if found and path == FOLDERS[0] else None

    def read(self, path: str) -> str | None:
        if path.rpartition("/")[2] in (self.names(FOLDERS[0]) or ()):
            raise FileError("EINVAL")
        return None

    def write(self, path: str, _text: str) -> bool:
        if path.rpartition("/")[2] in (self.names(FOLDERS[0]) or ()):
            raise FileError("EINVAL")
        return False


class DockerNamespaces(ReadOnly):
    """/run/docker/netns: a file for each container's namespace."""

    def __init__(self, namespace: NetworkNamespace, machine: Machine) -> None:
        self._namespace = namespace
        self._machine = machine

    def names(self, path: str) -> list[str] | None:
        found = [
            tenant.file for tenant in tenants(self._namespace, self._machine) if tenant.file.startswith(FOLDERS[1])
        ]
        return [file.rpartition("/")[2] for file in found] if path == FOLDERS[1] and found else None

    def read(self, path: str) -> str | None:
        if path.rpartition("/")[2] in (self.names(FOLDERS[1]) or ()):
            raise FileError("EINVAL")
        return None


def size_of(files: Files, path: str) -> int:
    """Bytes of a file as stat(2) tells; what the kernel makes when it is read has none."""
    try:
        where = files.canonical(path)
        return 0 if where.startswith(KERNELS) else len(to_bytes(files.read(where)))
    except FileError:
        return 0


def namespace_file(files: Files, namespace: NetworkNamespace, machine: Machine, path: str) -> NetworkNamespace | None:
    """The namespace that a file keeps, over any links; None if it keeps none."""
    try:
        where = files.canonical(path)
    except FileError:
        return None
    folder, _slash, name = where.rpartition("/")
    if folder == FOLDERS[0]:
        return machine.namespace_named(name)
    match = NAMESPACE.fullmatch(where)
    if match is not None:
        if int(match[1]) > FIRST_SHELL_PID:
            return namespace
        found = by_pid(namespace, machine, files).get(int(match[1]))
        return found.namespace if found is not None else machine.namespace_of_pid(int(match[1]))
    if where in ("/proc/self/ns/net", "/proc/thread-self/ns/net"):
        return namespace
    return next((one.namespace for one in tenants(namespace, machine) if one.file == where), None)
