"""ls -l: sizes stand in one column, and a link is as long as the path that it holds."""

from __future__ import annotations

from netsandbox.session.session import Session


def rows(session: Session, line: str) -> list[str]:
    return [row.partition(" Jan")[0] for row in session.run(line).out.splitlines()[1:]]


def test_sizes_stand_in_one_column() -> None:
    session = Session()
    session.run("mkdir d; echo 1234567890 > d/f; ln -s x d/y; ln -s /etc/hosts d/z; mkdir d/sub")
    assert rows(session, "ls -l d") == ["-rw-r--r-- 1 root root 11", "drwxr-xr-x 1 root root  0",
                                        "lrwxrwxrwx 1 root root  1", "lrwxrwxrwx 1 root root 10"]
    assert {"crw-rw-rw- 1 root root  1,   3", "crw-rw-rw- 1 root root 10, 229",
            "drwxr-xr-x 1 root root       0"} <= set(rows(session, "ls -l /dev"))


def test_links_of_the_kernel_have_no_length() -> None:
    session = Session()
    assert {row[-2:] for row in rows(session, "ls -l /proc/self/ns") + rows(session, "ls -l /sys/class/net")} == {" 0"}
