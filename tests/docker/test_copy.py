"""docker cp of directories, docker rm --link, and `hostname` in containers, as 28.5.2 answers."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession


@pytest.fixture
def session() -> KeptSession:
    session = KeptSession(profile="docker-28")
    session.run("docker run -d --name ee nginx")
    session.run("docker exec ee mkdir -p /d/sub")
    session.run("docker exec ee sh -c 'echo 1 > /d/a; echo 2 > /d/sub/b'")
    session.run("echo text > /tmp/f1")
    return session


def test_a_directory_goes_under_a_new_name_or_into_one_that_is_there(session: KeptSession) -> None:
    for line in ("docker cp ee:/d /tmp/one", "docker cp ee:/d /tmp/one", "docker cp ee:/d/. /tmp/two",
                 "docker cp /tmp/one ee:/x", "docker cp /tmp/two/. ee:/x"):
        assert session.run(line).code == 0, line
    assert session.run("cat /tmp/one/a /tmp/one/sub/b /tmp/one/d/a /tmp/one/d/sub/b").out == "1\n2\n1\n2\n"
    assert session.run("ls /tmp/two").out.split() == ["a", "sub"]
    assert session.run("docker exec ee cat /x/a /x/d/sub/b").out == "1\n2\n"


@pytest.mark.parametrize(("line", "err"), [
    ("docker cp ee:/d /tmp/f1", "cannot copy directory"), ("docker cp /etc ee:/d/a", "cannot copy directory"),
    ("docker cp /tmp/f1 ee:/nosuch/dir/", "no such directory"),
    ("docker cp /tmp/f1 ee:/nosuch/file",
     "Error response from daemon: Could not find the file /nosuch in container ee"),
    ("docker cp ee:/nosuch /tmp", "Error response from daemon: Could not find the file /nosuch in container ee"),
    ("docker cp ee:/d/a /nosuch/x", 'invalid output path: directory "/nosuch" does not exist'),
    ("docker cp /nosuch ee:/tmp", "lstat //nosuch: no such file or directory"),
    ("docker cp /tmp/nosuch ee:/tmp", "lstat /tmp/nosuch: no such file or directory"),
    (f"docker cp ee:/d/a /tmp/{'x' * 300}", f"stat /tmp/{'x' * 300}: file name too long"),
    (f"docker cp ee:/d/a {'x' * 300}", f"stat /root/{'x' * 300}: file name too long"),
    (f"docker cp /tmp/f1 ee:/tmp/{'x' * 300}", f"Error response from daemon: openat {'x' * 300}: file name too long"),
    ("docker export -o /tmp ee", "failed to export container: cannot write to a directory"),
    (f"docker export -o {'x' * 300} ee",
     f"failed to export container: failed to stat output path: lstat {'x' * 300}: file name too long"),
    ("docker cp aa bb", "must specify at least one container source"),
    ("docker cp ee:/d ee:/x", "copying between containers is not supported")])
def test_what_is_not_copied(session: KeptSession, line: str, err: str) -> None:
    assert session.run(line).err == err + "\n"
    assert session.run(line).code == 1


def test_a_link_is_copied_as_a_link_unless_it_is_followed(session: KeptSession) -> None:
    session.run("docker exec ee sh -c 'ln -s /d/a /d/link; ln -s /nowhere /d/dead'")
    for line in ("docker cp ee:/d/link /tmp/l1", "docker cp -L ee:/d/link /tmp/l2", "docker cp ee:/d/dead /tmp/l3",
                 "ln -s f1 /tmp/own", "docker cp /tmp/own ee:/d/one", "docker cp -L /tmp/own ee:/d/two"):
        assert session.run(line).err == "", line
    assert session.run("readlink /tmp/l1; cat /tmp/l2; readlink /tmp/l3").out == "/d/a\n1\n/nowhere\n"
    assert session.run("docker exec ee sh -c 'readlink /d/one; cat /d/two'").out == "f1\ntext\n"
    assert session.run("docker cp -L ee:/d/dead /tmp/l4").err == (
        "Error response from daemon: Could not find the file /nowhere in container ee\n")


def test_an_archive_comes_out_and_goes_in_by_a_pipe(session: KeptSession) -> None:
    assert session.run("docker cp ee:/d - | tar t").out == "d/\nd/a\nd/sub/\nd/sub/b\n"
    assert session.run("docker cp ee:/d/a - | tar xO").out == "1\n"
    assert session.run("tar c -C /tmp f1 | docker cp - ee:/d").err == ""
    assert session.run("(sleep 1; tar c -C /tmp f1) | docker cp - ee:/d/sub").code == 0
    assert session.run("docker exec ee cat /d/f1 /d/sub/f1").out == "text\ntext\n"
    assert session.run("docker diff ee").out.split("\n")[-3:-1] == ["A /d/sub/b", "A /d/sub/f1"]


@pytest.mark.parametrize(("line", "err"), [
    ("tar c -C /tmp f1 | docker cp - ee:/d/no", 'destination "ee:/d/no" must be a directory'),
    ("docker cp - ee:/d/a < /dev/null", 'destination "ee:/d/a" must be a directory'),
    ("docker cp - ee:/d < /tmp/f1", "Error response from daemon: unexpected EOF"),
    ("docker cp - -", "must specify at least one container source"),
    ("docker cp /tmp/f1 ee:", "no such directory"),
    ("docker cp - ee:/d", "docker cp reads an archive (-) from a pipe or a file in the sandbox: nobody types one")])
def test_what_is_no_archive(session: KeptSession, line: str, err: str) -> None:
    said = session.run(line)
    assert (said.err, said.code) == (err + "\n", 1)


def test_an_archive_is_not_shown_to_a_person(session: KeptSession) -> None:
    refusal = "cowardly refusing to save to a terminal. Use the -o flag or redirect\n"
    assert session.run("docker export ee").err == refusal
    assert session.run("docker export ee > /tmp/to-a-file.tar").code == 0
    assert "etc/hosts" in session.run("tar tf /tmp/to-a-file.tar").out


def test_a_container_is_exported(session: KeptSession) -> None:
    assert {"d/a", "etc/hosts"} <= set(session.run("docker export ee | tar t").out.split())
    assert session.run("docker export -o /tmp/ee.tar ee").err.startswith("note: the sandbox's images have no files of")
    assert session.run("tar xOf /tmp/ee.tar d/a etc/hosts").out == "1\n"


def test_names_of_links_are_listed_and_removed(session: KeptSession) -> None:
    session.run("docker run -d --name app --link ee --link ee:database nginx")
    assert session.run("docker ps --no-trunc --format '{{.Names}}'").out == "app\napp/database,app/ee,ee\n"
    assert session.run("docker ps --format '{{.Names}}'").out == "app\nee\n"
    assert session.run("docker rm --link /app/database").out == "/app/database\n"
    assert session.run("docker inspect app -f '{{json .HostConfig.Links}}'").out == '["/ee:/app/ee"]\n'
    for name in ("app/database", "nosuch/x", "nosuch"):
        refused = session.run(f"docker rm --link {name}")
        assert (refused.err, refused.code) == (f"Error response from daemon: No such container: {name}\n", 1)


@pytest.mark.parametrize(("words", "asked", "out"), [
    ("--domainname foo --hostname web", "-f", "web.foo\n"), ("--domainname foo --hostname web", "-d", "foo\n"),
    ("--hostname a.b.c", "-s", "a\n"), ("--hostname web", "-i", "172.17.0.3\n"), ("--hostname web", "-d", ""),
    ("--hostname a.b.c --domainname d.e", "-f", "hostname: Name or service not known\n")])
def test_the_host_name_and_its_parts(session: KeptSession, words: str, asked: str, out: str) -> None:
    said = session.run(f"docker run --rm {words} nicolaka/netshoot hostname {asked}")
    assert said.out + said.err == out
