"""Whose rights a program has: Linux capabilities, as --cap-add and --cap-drop take them (capabilities(7)), and what is
not modelled of --user."""

from __future__ import annotations

from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.docker.errors import daemon_error

NAMES = """
AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER
FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE
NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE
SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM
"""
KNOWN = frozenset(f"CAP_{name}" for name in NAMES.split())
ALL = "ALL"


def normalized(words: list[str], field: str, is_old: bool) -> tuple[str, ...]:
    """In capitals, and with CAP_ before them; dockerd before 28 keeps them as they were asked for.

    Args:
        field: what a refusal is about, CapAdd or CapDrop.

    Raises:
        DockerError: there is no such capability.
    """
    found = []
    for word in words:
        name = word.upper()
        if name != ALL and not name.startswith("CAP_"):
            name = f"CAP_{name}"
        if name != ALL and name not in KNOWN:
            raise daemon_error(f'invalid {field}: unknown capability: "{name[:60]}"')
        found.append(name)
    return tuple(words if is_old else found)


def tell_of_owners(client: Client, parsed: Parsed) -> None:
    """What is not modelled of --user, told once."""
    if parsed.text("user") and ("", "user") not in client.engine.told:
        client.engine.told.add(("", "user"))
        client.complain("note: --user decides whose a program is, and its capabilities; files in the sandbox belong to "
                        "nobody, so that all can be written")
