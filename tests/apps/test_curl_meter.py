"""curl tells how far it is wherever the page itself does not go to the terminal."""

from __future__ import annotations

import pytest

from netsandbox.session.session import Session

HEAD = "  % Total    % Received % Xferd  Average Speed"
NOTHING = "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n"


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session()
    session.run("docker run -d --name web -p 8080:80 nginx")
    return session


@pytest.mark.parametrize(("line", "shows"), [
    ("curl localhost:8080", False), ("curl localhost:8080 2>&1", False), ("curl localhost:8080 2> /dev/null", False),
    ("curl localhost:8080 > page", True), ("curl localhost:8080 | head -1", True),
    ("{ curl localhost:8080; } | wc", True), ("curl localhost:8080 >&2", False),
    ("sh -c 'curl localhost:8080' > page", True), ("curl -o page localhost:8080", True),
    ("sh -c 'curl localhost:8080'", False), ("page=$(curl localhost:8080)", True),
    ("curl -s localhost:8080 | cat", False), ("curl --no-progress-meter localhost:8080 | cat", False),
    ("curl -Z localhost:8080 localhost:8080 | cat", None)])
def test_where_the_meter_is_seen(session: Session, line: str, shows: bool | None) -> None:
    said = session.run(line)
    if shows is None:
        assert "DL% UL%  Dled" in said.err
    else:
        assert (HEAD in said.out + said.err) is shows


def test_what_failed_has_a_meter_too(session: Session) -> None:
    said = session.run("curl localhost:9 | cat").err
    assert said.startswith(HEAD)
    assert said.endswith(f"{NOTHING}curl: (7) Failed to connect to localhost port 9 after 0 ms: "
                         "Could not connect to server\n")
