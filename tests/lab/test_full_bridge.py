"""A bridge has 1,023 ports; whoever adds one more is told in his own tool's words, and nothing has changed."""

from __future__ import annotations

import pytest

from netsandbox.commands.shell import Shell
from netsandbox.lab.lab import Lab
from netsandbox.linux.bridge.bridge import MAX_PORTS


@pytest.fixture(scope="module")
def full() -> Shell:
    """A lab whose docker0 has no port left, and a switch likewise."""
    lab = Lab()
    shell = Shell(lab)
    lab.add_switch("s1")
    lab.add_host("h1")
    for number in range(MAX_PORTS):
        lab.connect("h1:e" + str(number), "s1")
        lab.add_container(f"c{number}", "registry.k8s.io/pause")
    return shell


@pytest.mark.parametrize(("line", "words", "code"), [
    ("docker run -d --name more nginx", " to bridge docker0 failed: exchange full", 125),
    ("add-container another", " to bridge docker0 failed: exchange full", 1),
    ("connect h1:more s1", "'s1' has 1023 ports and all are used", 1),
])
def test_one_more_is_refused(full: Shell, line: str, words: str, code: int) -> None:
    ports = {name: len(bridge.ports) for name, bridge in bridges(full.lab).items()}
    assert ports == {"docker0": MAX_PORTS, "br0": MAX_PORTS}
    job = full.execute(line)
    assert job.crash is None
    assert job.code == code
    assert words in "".join(text for _stream, text in job.output)
    assert {name: len(bridge.ports) for name, bridge in bridges(full.lab).items()} == ports


def test_ip_link_says_what_the_kernel_says(full: Shell) -> None:
    full.execute("ip link add v1 type veth peer name v2")
    job = full.execute("ip link set v1 master docker0")
    assert (job.code, "".join(text for _stream, text in job.output)) == (2, "RTNETLINK answers: Exchange full\n")
    full.execute("ip link del v1")


def bridges(lab: Lab) -> dict[str, object]:
    return {"docker0": lab.namespace("host").interfaces["docker0"], "br0": lab.namespace("s1").interfaces["br0"]}
