"""The machine behind the tools: what `ip netns`, `hostname` and names look up in the lab."""

from __future__ import annotations

from itertools import count
from typing import Any

from netsandbox.apps.hosts import addresses_of, hosts_file
from netsandbox.apps.program import Program
from netsandbox.commands.docker.containers.processes import owned, processes, send, sharing
from netsandbox.commands.prompt.host_files import ALONE, SYSCTL_CONF
from netsandbox.commands.tools.context import Tenant, ToolError
from netsandbox.commands.tools.ip.netns import FOLDER
from netsandbox.commands.tools.kernel.kernel_files import FIRST_SHELL_PID, namespace_file, with_kernel
from netsandbox.docker import files
from netsandbox.docker.container import Container
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.freezer import programs_of
from netsandbox.docker.image_files import OF_DISTRIBUTION
from netsandbox.docker.images import Image
from netsandbox.docker.ports import daemon_processes
from netsandbox.lab import room
from netsandbox.lab.lab import Lab
from netsandbox.lab.names import DEFAULT_HOST
from netsandbox.lab.nodes import Host, Node
from netsandbox.lab.room import Claim
from netsandbox.linux.core.files.file_system import Files, Generator
from netsandbox.linux.core.files.inode import Directory, Symlink
from netsandbox.linux.core.namespace import FIRST_INODE, NetworkNamespace
from netsandbox.linux.netlink.credentials import RIGHTS
from netsandbox.linux.stack import create_namespace
from netsandbox.wire.addresses import Network

INIT = "/sbin/init"
DOCKER_FOLDER = "/run/docker/netns"
LOCALHOST = "127.0.0.1 localhost\n"  # /etc/hosts of a machine that has none of its own
MADE = (*files.WRITTEN, *ALONE, *OF_DISTRIBUTION)


class NodeEtc(Generator):
    """/etc/hosts, /etc/hostname and /etc/resolv.conf of a host."""

    is_stored = True

    def __init__(self, node: Node) -> None:
        self._node = node

    def read(self, path: str) -> str | None:
        node = self._node
        if isinstance(node, Host) and node.docker is not None and path in files.WRITTEN:
            return files.host_files(node.docker).get(path)
        if isinstance(node, Host) and node.forwards_from_boot and path == "/etc/sysctl.conf":
            return SYSCTL_CONF.replace("#net.ipv4.ip_forward", "net.ipv4.ip_forward")
        if path in OF_DISTRIBUTION:
            return OF_DISTRIBUTION[path]()
        return {"/etc/hosts": LOCALHOST, "/etc/hostname": node.name + "\n", **ALONE}.get(path)


def files_root(lab: Lab) -> NetworkNamespace:
    """The namespace of the default host, which has the files of `ip netns`."""
    return lab.host().namespace


def _processes_of(program: Program) -> list[Program]:
    """Itself and what it has left behind, as far as they run."""
    return [one for one in (program, *program.children) if isinstance(one, Program) and one.is_running]


class LabMachine:
    """A lab as commands.tools.context.Machine sees it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.captures: dict[int, Any] = {}  # what tcpdumps with -w have seen, by their PIDs
        self.archived: dict[str, Image] = {}  # see DockerMachine
        self.told: set[str] = set()  # notes that a person needs but once
        self.programs: list[Program] = []  # what lines have begun, beside the containers' own; some may have ended

    def note(self, program: Program) -> None:
        """A program that a line begins is a process as long as it runs."""
        self.programs = [*(one for one in self.programs if any(_processes_of(one))), program]

    def begun(self, pid: int) -> Program | None:
        """The one of that PID that runs, beside the containers' own."""
        return next((one for top in self.programs for one in _processes_of(top) if one.process.pid == pid), None)

    def namespace_named(self, name: str) -> NetworkNamespace | None:
        """What `ip netns add` made, or what a link in /run/netns leads to; Docker gives no names there."""
        found = self.lab.extra_namespaces.get(name)
        if found is not None or not self._has_links:
            return found
        files, path = self._kernel_files(), f"{FOLDER}/{name}"
        return namespace_file(files, files_root(self.lab), self, path) if files.link(path) is not None or isinstance(
            self.lab.host().files.find(FOLDER), Symlink) else None

    @property
    def _has_links(self) -> bool:
        """Whether a person put links where `ip netns` keeps its names."""
        host = self.lab.nodes.get(DEFAULT_HOST)
        if host is None or not host.has_files:
            return False
        folder = host.files.find(FOLDER)
        return isinstance(folder, Symlink) or (isinstance(folder, Directory) and bool(folder.entries))

    def _kernel_files(self) -> Files:
        return with_kernel(self.files(None), files_root(self.lab), self)

    def namespace_of_pid(self, pid: int) -> NetworkNamespace | None:
        """A running container's, by the PID that `docker inspect` tells, or a line's; of 1, init's, the host's own."""
        if pid == 1 and DEFAULT_HOST in self.lab.nodes:
            return self.lab.host().namespace
        begun = self.begun(pid)
        return begun.namespace if begun is not None else next(
            (container.namespace for _host, container in self.lab.containers()
             if container.is_running and container.pid == pid), None)

    def namespace_owners(self, namespace: NetworkNamespace, files: Files, pid: int | None) -> dict[str, int] | None:
        """By kind the PID of the container whose namespaces a process has (commands.tools.context.Machine)."""
        host = self._host_of(namespace)
        running = [one for one in host.docker.containers.values() if one.is_running] if host and host.docker else []
        if RIGHTS.get().contained:
            own = next((one for one in running if one.files is files.system), None)
        else:
            own = next((one for one in running if pid in (one.pid, *(each.pid for each in one.execs))), None)
            known = {each for each, _command, _inode in self.processes(namespace)}
            if own is None and pid is not None and pid <= FIRST_SHELL_PID and pid not in known:
                return None
        return {} if own is None else owned(own, {one.identity: one.pid for one in running})

    def pid_seen(self, namespace: NetworkNamespace, files: Files, pid: int) -> int:
        """By its number the container's first is 1; those of others' are not seen (commands.tools.context.Machine)."""
        host = self._host_of(namespace)
        if host is None or host.docker is None or not RIGHTS.get().contained:
            return pid
        running = [one for one in host.docker.containers.values() if one.is_running]
        pids = {one.identity: one.pid for one in running}
        places = {one.name: owned(one, pids).get("pid", 0) for one in running}
        mine = next((places[one.name] for one in running if one.files is files.system), 0)
        theirs = next((places[one.name] for one in running
                       if any(pid == task.process.pid for task in programs_of(one) if isinstance(task, Program))), mine)
        return pid if not mine else 0 if mine != theirs else 1 if pid == mine else pid

    def tenants(self, namespace: NetworkNamespace) -> list[Tenant]:
        """The machine's own namespace, its containers', and those of `ip netns`, which are the default host's."""
        host = self._host_of(namespace)
        if host is None:
            return [Tenant(namespace, 1, 1, INIT, "")]
        found = [Tenant(host.namespace, 1, 1, INIT, "")]
        for container in host.docker.containers.values() if host.docker is not None else ():
            inside, known = container.namespace, [tenant.namespace for tenant in found]
            if inside is None or not container.is_running:
                continue
            if inside in known:
                at = known.index(inside)
                found[at] = found[at]._replace(processes=found[at].processes + 1)
                if not at:
                    found[0] = found[0]._replace(file=f"{DOCKER_FOLDER}/default")
            else:
                file = f"{DOCKER_FOLDER}/{container.sandbox[:12]}"
                found.append(Tenant(inside, 1, container.pid, container.process, file))
        if host.name == DEFAULT_HOST:
            found += [Tenant(named, 0, 0, "", f"{FOLDER}/{name}" if "/" not in name else "")
                      for name, named in self.lab.extra_namespaces.items()]
        return [one for one in self._with_begun(found) if one.file or one.processes]

    def _with_begun(self, found: list[Tenant]) -> list[Tenant]:
        """With what lines have begun there, beside the containers' own."""
        own = {container.pid for _host, container in self.lab.containers()}
        for top in self.programs:
            for one in _processes_of(top):
                found = [each if each.namespace is not one.namespace or one.process.pid in own else each._replace(
                    processes=each.processes + 1, pid=each.pid or one.process.pid,
                    command=each.command or " ".join(one.words)) for each in found]
        return found

    def processes(self, namespace: NetworkNamespace) -> list[tuple[int, str, int]]:
        """init, dockerd and its own, the first one of each container, and what lines have begun."""
        host = self._host_of(namespace)
        if host is None:
            return [(1, INIT, namespace.inode)]
        own = [(pid, command, host.namespace.inode) for pid, command in
               (daemon_processes(host.docker) if host.docker is not None else ())]
        running = [(container.pid, container.process, container.namespace.inode)
                   for container in (host.docker.containers.values() if host.docker is not None else ())
                   if container.is_running and container.namespace is not None]
        first = [container.program for container in host.docker.containers.values()] if host.docker is not None else []
        begun = [(one.process.pid, " ".join(one.words), one.namespace.inode)
                 for top in self.programs if top not in first for one in _processes_of(top)
                 if self._host_of(one.namespace) is host]
        return [(1, INIT, host.namespace.inode), *sorted([*own, *running, *begun])]

    def processes_inside(self, namespace: NetworkNamespace,
                         files: Files) -> list[tuple[int, int, str, NetworkNamespace]]:
        """By its own numbers: the first is 1, and the others are as far from it as on the host; with --pid another
        one's, or the host's.
        """
        engine, own = self._asking(namespace, files)
        if engine is None or own is None:
            return []
        beyond, seen = sharing(engine, own)
        if beyond:
            return [(one.pid - beyond, max(one.parent - beyond, 0), one.command, each.namespace or namespace)
                    for each in seen for one in processes(engine, each)]
        by_inode = {one.namespace.inode: one.namespace for one in seen if one.namespace is not None}
        return [(pid, 0 if pid == 1 else 1, command, by_inode.get(inode, engine.namespace))
                for pid, command, inode in self.processes(namespace)]

    def send(self, namespace: NetworkNamespace, files: Files, pid: int, number: int) -> bool:
        """A signal to a process that the one who asks sees (commands.tools.context.Machine)."""
        engine, own = self._asking(namespace, files) if RIGHTS.get().contained else (None, None)
        if engine is not None and own is not None:
            return send(engine, own, pid, number)
        program = self.begun(pid)
        if program is not None:
            program.signal(number)
        return program is not None

    def _asking(self, namespace: NetworkNamespace, files: Files) -> tuple[DockerEngine | None, Container | None]:
        """The Engine of the machine that a namespace is on, and the running container whose files these are."""
        host = self._host_of(namespace)
        engine = host.docker if host is not None else None
        return engine, next((one for one in engine.containers.values() if one.is_running and one.files is files.system),
                            None) if engine is not None else None

    def engine_of(self, namespace: NetworkNamespace) -> DockerEngine | None:
        """The Docker Engine of the machine that it is the own namespace of; None without one, and in a container."""
        return next((host.docker for host in self.lab.hosts() if host.namespace is namespace), None)

    def is_container(self, namespace: NetworkNamespace) -> bool:
        """Whether it is one of a container's own."""
        return all(node.namespace is not namespace for node in self.lab.nodes.values()) and (
            namespace not in self.lab.extra_namespaces.values())

    def _host_of(self, namespace: NetworkNamespace) -> Host | None:
        """The machine that a namespace is on; None for a switch or hub."""
        if namespace in self.lab.extra_namespaces.values():
            return self.lab.host()
        own = next((host for host in self.lab.hosts() if host.namespace is namespace), None)
        return own or next((host for host, one in self.lab.containers() if one.namespace is namespace), None)

    def namespace_names(self) -> list[str]:
        own = [name for name in reversed(self.lab.extra_namespaces) if "/" not in name]
        if not self._has_links:
            return own
        folder = self.lab.host().files.find(FOLDER)
        if isinstance(folder, Symlink):
            files = self._kernel_files()
            return files.names(FOLDER) if files.is_directory(FOLDER) else own
        return [*(folder.entries if isinstance(folder, Directory) else ()), *own]

    def add_namespace(self, name: str) -> NetworkNamespace:
        namespace = create_namespace(name, self.lab.scheduler, self.lab.chance, lo_up=False)
        taken = {other.inode for other in self.lab.extra_namespaces.values()}
        host = self.lab.nodes.get(DEFAULT_HOST) or next(self.lab.hosts(), None)
        beside = [host.namespace] if host is not None else list(self.lab.extra_namespaces.values())
        namespace.kernel = beside[0].kernel if beside else namespace.kernel
        namespace.inode = next(inode for inode in count(FIRST_INODE + 160) if inode not in taken)
        namespace.neighbours.is_classic = self.lab.is_classic_arp
        self.lab.extra_namespaces[name] = namespace
        return namespace

    def remove_namespace(self, name: str) -> None:
        """What `ip netns add` made, or the file or link that a person put there (FileError: it cannot be removed)."""
        if name not in self.lab.extra_namespaces:
            self._kernel_files().remove(f"{FOLDER}/{name}")
            return
        gone = self.lab.extra_namespaces.pop(name)
        self.lab.clear_namespace(gone)
        for other in (*self.lab.extra_namespaces.values(), *(host.namespace for host in self.lab.hosts())):
            if gone.inode in other.nsids:
                other.nsids = {inode: number for inode, number in other.nsids.items() if inode != gone.inode}

    def new_mac(self) -> int:
        return self.lab.new_mac()

    def files(self, name: str | None) -> Files:
        """The files that a program sees in a container or a node; a namespace of `ip netns` has the default host's."""
        found = self._container(name)
        if found is not None:
            return files.files_of(*found)
        node = self.lab.nodes.get(name or DEFAULT_HOST) or self._machine_of_namespaces(name)
        return Files(node.files, dict.fromkeys(MADE, NodeEtc(node)), "/", self._binds(name, node))

    def _container(self, name: str | None) -> tuple[DockerEngine, Container] | None:
        """A container by its name, with its engine; None for another place."""
        return next(((engine, engine.containers[name]) for engine in self.lab.engines() if name in engine.containers),
                    None)

    def _machine_of_namespaces(self, name: str | None) -> Node:
        """Whose files a namespace of `ip netns` sees: the default host's, or where there is none the first one's."""
        is_inner = name in self.lab.extra_namespaces and DEFAULT_HOST not in self.lab.nodes
        return next(self.lab.hosts(), None) or self.lab.host() if is_inner else self.lab.host()

    def _binds(self, name: str | None, node: Node) -> dict[str, str]:
        """`ip netns exec` shows the files of /etc/netns/NAME in /etc."""
        folder = node.files.find(f"/etc/netns/{name}") if name in self.lab.extra_namespaces else None
        inside = folder.entries if isinstance(folder, Directory) else ()
        return {f"/etc/{file}": f"/etc/netns/{name}/{file}" for file in inside}

    def names(self, name: str | None) -> dict[str, int]:
        """The addresses of names there that need no asking: those of /etc/hosts."""
        found = self._container(name)
        if found is not None:
            return files.own_names(*found)
        return addresses_of(hosts_file(self.files(name)))

    def hostname(self, namespace: NetworkNamespace, seen: Files | None) -> str:
        """What a person has called it, else a container's short id or the host's name (commands.tools.context)."""
        is_hosts = any(node.namespace is namespace for node in self.lab.nodes.values())
        engine, asking = self._asking(namespace, seen) if is_hosts and seen is not None else (None, None)
        if engine is not None and asking is not None:  # on the host's network, with a name of its own
            return files.hostname(engine, asking)
        namespace = self._named_by(namespace, seen)
        own = self._uts(namespace).uts_name
        if own:
            return own
        for host, container in self.lab.containers():
            if container.namespace is namespace is not host.namespace and host.docker is not None:
                return files.hostname(host.docker, container)
        return DEFAULT_HOST if namespace.name in self.lab.extra_namespaces else namespace.name

    def _named_by(self, namespace: NetworkNamespace, seen: Files | None) -> NetworkNamespace:
        """The namespace whose host name counts: who has come into another's network alone sees the host's files."""
        host = self._host_of(namespace)
        return host.namespace if host and host.has_files and seen and seen.system is host.files else namespace

    def set_hostname(self, namespace: NetworkNamespace, name: str, seen: Files | None) -> None:
        namespace = self._named_by(namespace, seen)
        users = sum(container.namespace is namespace for _host, container in self.lab.containers())
        is_hosts = any(node.namespace is namespace for node in self.lab.nodes.values())
        if users > 1 or (is_hosts and RIGHTS.get().contained):
            raise ToolError(1, "netsandbox: a host name of its own in a network that is another's is not modelled")
        self._uts(namespace).uts_name = name

    def _uts(self, namespace: NetworkNamespace) -> NetworkNamespace:
        """Where its host name is kept: one that `ip netns` made has the host's."""
        host = self.lab.nodes.get(DEFAULT_HOST)
        return host.namespace if host is not None and namespace.name in self.lab.extra_namespaces else namespace

    def make_room(self, namespace: NetworkNamespace, name: str, network: Network | None,
                  gateway: int | None = None) -> str:
        """The usual uplink gives way to what a line wants on the default host (lab.room)."""
        host = self.lab.nodes.get(DEFAULT_HOST)
        claim = Claim(namespace, name, network, gateway)
        if not isinstance(host, Host):
            return ""
        card = room.name_in_the_way(host, claim)
        if card is not None:
            room.rename_card(card)
            return (f"note: the card of the sandbox's uplink had this name; it is {card.name} now, as on a machine "
                    "without an eth0 (`--uplink NETWORK` keeps eth0)\n")
        before, lan = self.lab.uplink, room.lan_in_the_way(self.lab, host, claim)
        if lan is None:
            return ""
        room.move_lan(self.lab, host, lan)
        return (f"note: {before} was the LAN of the sandbox's uplink; to be out of the way it is {lan} now "
                "(`--uplink NETWORK` keeps one in its place)\n")
