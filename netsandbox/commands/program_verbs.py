"""The verbs that run programs: between two named nodes, or in a node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from netsandbox.commands import kinds, programs
from netsandbox.commands.errors import CommandError
from netsandbox.commands.lab_verbs import first_address
from netsandbox.commands.verb import Parameter, verb
from netsandbox.lab.uplink import NAMES

if TYPE_CHECKING:
    from netsandbox.commands.job import Job
    from netsandbox.commands.shell import Shell

Values = dict[str, Any]


def _from_and_words(shell: Shell, words: Sequence[str]) -> tuple[str | None, list[str]]:
    """FROM, if the first word names a node and another operand follows; and the rest with names as addresses."""
    operands = [word for before, word in zip(["", *words], words, strict=False)
                if not word.startswith("-") and not (_may_take_value(before) and not _is_target(shell, word))]
    named = len(operands) > 1 and words[0] == operands[0] and shell.lab.is_named(words[0])
    source = words[0] if named else None
    rest = words[1:] if named else words
    return source, [word if word in NAMES else first_address(shell, word) for word in rest]


def _may_take_value(word: str) -> bool:
    """`-c`, but not `-c2` or `--long`."""
    return len(word) == 2 and word.startswith("-")


def _is_target(shell: Shell, word: str) -> bool:
    return shell.lab.is_named(word) or word.count(".") == 3


def _follow(shell: Shell, job: Job, source: str | None, words: list[str]) -> None:
    """Run a program in a node, or where the person is."""
    namespace = shell.lab.namespace(source) if source else shell.namespace
    context = programs.context(shell, namespace, words, shell.machine.files(source), shell.machine.names(source))
    job.follow(programs.program(shell, context))


@verb("ping", "Send echo requests from a node to another", Parameter("words", rest=True, required=False, default=()),
      details="ping FROM TO [ping's options]: TO is a name or an address; one request unless -c says otherwise. "
              "With one operand it is the program ping on the default host, as it is inside a namespace.",
      examples=(("ping nginx-1 nginx-2", "one request"), ("ping pc1 10.0.0.2 -c 3 -i 0.5", "three"),
                ("ping nginx-1 172.17.0.1 -M do -s 1473", "too big to go unfragmented")), group="program")
def ping(shell: Shell, job: Job, values: Values) -> None:
    source, words = _from_and_words(shell, values["words"])
    if source is not None and not any(word.startswith("-c") for word in words):
        words = ["-c", "1", *words]
    _follow(shell, job, source, ["ping", *words])


@verb("arping", "Ask for a MAC address by ARP", Parameter("words", rest=True, required=False, default=()),
      details="arping FROM TO [arping's options]: three probes unless -c says otherwise.",
      examples=(("arping nginx-1 172.17.0.3", "who has it?"), ("arping pc1 10.0.0.2 -D -c 2", "is it taken?")),
      group="program")
def arping(shell: Shell, job: Job, values: Values) -> None:
    source, words = _from_and_words(shell, values["words"])
    if source is not None and not any(word.startswith("-c") for word in words):
        words = ["-c", "3", *words]
    _follow(shell, job, source, ["arping", *words])


@verb("traceroute", "Find the routers between a node and another",
      Parameter("words", rest=True, required=False, default=()),
      details="traceroute FROM TO [traceroute's options]: addresses only, as with -n. Probes with a growing TTL: the "
              "router at which one runs out says so (Time Exceeded), and the target that nobody listens at the port.",
      examples=(("traceroute pc1 pc2", "every hop, three probes each"),
                ("traceroute pc1 10.0.3.2 -I", "with echo requests"),
                ("traceroute pc1 pc2 -q 1 -N 1", "one probe at a time")), group="program")
def traceroute(shell: Shell, job: Job, values: Values) -> None:
    source, words = _from_and_words(shell, values["words"])
    _follow(shell, job, source, ["traceroute", *(["-n"] if source else []), *words])


@verb("exec", "Run a tool or program in a node", Parameter("node", kinds.NAMESPACE), Parameter("words", rest=True),
      details="As nsenter by root on the host: the host's own tools (iputils' ping, iproute2's ip, Linux' traceroute) "
              "in the node's namespace, whatever its image has, and they may change everything. `docker exec` is the "
              "other way in: the image's own programs, BusyBox's in busybox and alpine, with the container's rights, "
              "which do not reach to its network unless it has --privileged or --cap-add NET_ADMIN.",
      examples=(("exec nginx-1 ip addr", "its interfaces"), ("exec nginx-1 ping -c 3 172.17.0.3", "from inside")),
      group="program")
def execute(shell: Shell, job: Job, values: Values) -> None:
    words = values["words"]
    if words[0] in ("exec", "enter", "exit"):
        raise CommandError(f"{words[0]!r} is a verb of the lab, not a program")
    node = values["node"]
    job.follow(shell.program_at(node, list(words)))
