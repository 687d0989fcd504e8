"""ip netns identify: of a shell's own number it tells where the shell is."""

from __future__ import annotations

from netsandbox.session.keeping import KeptSession


def test_the_shell_itself_is_identified_where_it_is() -> None:
    session = KeptSession()
    session.run("ip netns add blue")
    job = session.run("ip netns identify $$")
    assert (job.out, job.err, job.code) == ("\n", "", 0)
    assert session.run("ip netns exec blue sh -c 'ip netns identify $$'").out == "blue\n"
    assert session.run("ip netns identify 999").err == "Cannot open network namespace: No such file or directory\n"
