"""What a node that is in no swarm answers to the commands of one; a swarm itself is not modelled."""

from __future__ import annotations

from netsandbox.docker.errors import DAEMON, DockerError, daemon_error
from netsandbox.docker.user_networks import NO_SWARM

NO_MANAGER = ("This node is not a swarm manager. Worker nodes can't be used to view or modify cluster state. Please "
              "run this command on a manager node or promote the current node to a manager.")
NEEDS_MANAGER = {
    "node": ("demote", "ls", "list", "promote", "ps", "rm", "remove", "update"),
    "service": ("create", "logs", "ls", "list", "ps", "rm", "remove", "rollback", "update"),
    "stack": ("ls", "list", "ps", "rm", "remove", "down", "services"),
    "secret": ("ls", "list", "rm", "remove"), "config": ("ls", "list", "rm", "remove")}
"""Commands that ask the daemon at once; what reads a file or prints a list first is not among them."""
OPERANDS = {"demote", "promote", "rm", "remove", "down", "rollback", "create", "logs", "services"}
"""Those that the client does not take without an operand; `ps` of a node is one that may stand alone."""
OF_SWARM = {"ca": f"{DAEMON}{NO_MANAGER}", "leave": f"{DAEMON}This node is not part of a swarm",
            "unlock": "Error: swarm is not locked",
            "unlock-key": f"could not fetch unlock key: {DAEMON}{NO_MANAGER}"}


def refusal(words: list[str]) -> DockerError | None:
    """What is said to a line, or None where it would have to be understood first."""
    group, name, operands = words[0], words[1] if len(words) > 1 else "", [
        word for word in words[2:] if not word.startswith("-")]
    if "--help" in words or "-h" in words:
        return None
    if group == "swarm" and name == "join-token" and operands in (["worker"], ["manager"]):
        return daemon_error(NO_MANAGER)
    if group == "swarm" and (name != "update" or words[2:]):
        return DockerError(OF_SWARM["ca" if name == "update" else name]) if name in (*OF_SWARM, "update") else None
    is_asked = name in NEEDS_MANAGER.get(group, ()) and (name not in OPERANDS or operands)
    return daemon_error(NO_SWARM) if is_asked and (operands or name != "update") else None
