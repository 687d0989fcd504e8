"""coreutils' complaints quote a name where a shell would need it; grep, bash and BusyBox write it as it is."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session


@pytest.mark.parametrize(("line", "said"), [
    ("cat '/proc/[PID]/ns/net'", "cat: '/proc/[PID]/ns/net': No such file or directory"),
    ("wc 'x*'", "wc: 'x*': No such file or directory"), ("cat x#", "cat: x#: No such file or directory"),
    ("cat \"it's\"", "cat: \"it's\": No such file or directory"), ("cat 'a]b'", "cat: a]b: No such file or directory"),
    ("cat \"it's \\$5\"", "cat: 'it'\\''s $5': No such file or directory"),
    ("sort 'a b'", "sort: cannot read: 'a b': No such file or directory"),
    ("md5sum a:b '~c'", "md5sum: 'a:b': No such file or directory\nmd5sum: '~c': No such file or directory"),
    ("wc '{' 'a{b}'", "wc: '{': No such file or directory\nwc: a{b}: No such file or directory"),
    ("grep x 'a b'", "grep: a b: No such file or directory"), ("cat < 'a b'", "bash: a b: No such file or directory"),
    ("docker run --rm busybox cat 'a b'", "cat: can't open 'a b': No such file or directory")])
def test_a_name_that_is_not_there(line: str, said: str) -> None:
    assert Session().run(line).err == said + "\n"
