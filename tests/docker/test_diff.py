"""docker diff: what was changed in a container's files, in the words of pkg/archive's changes."""

from __future__ import annotations

from netsandbox.session.session import Session


def _session() -> Session:
    session = Session(uplink=False)
    assert session.run("docker run -d --name web -v data:/data nginx").code == 0
    return session


def _do(session: Session, script: str) -> str:
    assert session.run(f"docker exec web sh -c '{script}'").code == 0
    return session.run("docker diff web").out


def test_nothing_is_changed_but_the_place_of_a_mount() -> None:
    assert _session().run("docker diff web").out == "A /data\n"


def test_what_is_above_a_change_is_changed_and_of_a_directory_that_is_gone_only_its_name() -> None:
    session = _session()
    nginx = "C /etc\nC /etc/nginx\nD /etc/nginx/conf.d\nC /etc/nginx/nginx.conf\n"
    script = "mkdir -p /opt/a/b; echo 1 > /opt/a/b/c; rm -r /etc/nginx/conf.d; touch /etc/nginx/nginx.conf"
    assert _do(session, script) == f"A /data\n{nginx}C /opt\nA /opt/a\nA /opt/a/b\nA /opt/a/b/c\n"
    assert _do(session, "rm -r /opt/a") == f"A /data\n{nginx}"


def test_what_is_mounted_is_not_the_containers() -> None:
    assert _do(_session(), "echo 1 > /data/x; echo 1 > /dev/y; echo 1.1.1.1 x >> /etc/hosts") == "A /data\n"


def test_an_image_that_was_made_of_a_container_begins_unchanged() -> None:
    session = _session()
    _do(session, "echo 1 > /etc/foo")
    session.run("docker commit web mine")
    session.run("docker run -d --name two mine")
    assert session.run("docker diff two").out == ""
    session.run("docker exec two sh -c 'rm /etc/foo; mkdir /etc/foo; echo 1 > /etc/foo/x'")
    session.run("docker stop two")
    assert session.run("docker container diff two").out == "C /etc\nC /etc/foo\nA /etc/foo/x\n"


def test_a_container_that_is_not_there() -> None:
    said = _session().run("docker diff nope")
    assert (said.code, said.err) == (1, "Error response from daemon: No such container: nope\n")
