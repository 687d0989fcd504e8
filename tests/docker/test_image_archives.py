"""docker save, load and import beside what the Engine was asked (asked/archived-images-28.txt)."""

from __future__ import annotations

import json

import pytest

from netsandbox.session.keeping import KeptSession

MADE = ("docker run --name maker alpine sh -c 'echo hi > /hello'", "docker commit -c 'CMD cat /hello' maker hello:1",
        "docker save hello:1 > hello.tar", "docker rm maker", "docker rmi hello:1")


@pytest.fixture
def lab() -> KeptSession:
    session = KeptSession()
    for line in MADE:
        assert session.run(line).code == 0, line
    return session


def test_an_image_is_carried_to_another_host(lab: KeptSession) -> None:
    lab.run("add-host other --docker")
    lab.run("cat hello.tar | exec other docker load")
    assert lab.run("exec other docker images -q hello").out
    assert lab.run("docker images -q hello").out == ""


def test_what_was_saved_is_there_after_steps_back_and_forth(lab: KeptSession) -> None:
    at = lab.end
    lab.run("wait 1s")
    assert lab.run("docker load -i hello.tar").out == "Loaded image: hello:1\n"
    assert lab.run("docker run --rm hello:1").out == "hi\n"
    lab.go_to(*at)
    assert lab.run("docker run --rm hello:1").code == 125
    assert lab.run("docker load -i hello.tar && docker run --rm hello:1").out.endswith("\nhi\n")


def test_an_archive_has_the_files_of_its_layer(lab: KeptSession) -> None:
    entry, = json.loads(lab.run("tar xOf hello.tar manifest.json").out)
    assert entry["RepoTags"] == ["hello:1"]
    lab.run(f"mkdir out; tar xf hello.tar -C out; tar xf out/{entry['Layers'][0]} -C out")
    assert lab.run("cat out/hello").out == "hi\n"
    config = json.loads(lab.run(f"cat out/{entry['Config']}").out)
    assert config["config"]["Cmd"] == ["/bin/sh", "-c", "cat /hello"]


@pytest.mark.parametrize("manifest", [
    "junk", "{}", "[1]", "[{}]", '[{"Config": 3}]', '[{"Config": "blobs/sha256/0"}]', '[{"Config": null}]', "null"])
def test_other_archives_are_refused(lab: KeptSession, manifest: str) -> None:
    lab.run(f"echo '{manifest}' > manifest.json; tar cf bad.tar manifest.json")
    loaded = lab.run("docker load -i bad.tar")
    assert (loaded.out, loaded.code) == ("", 0 if manifest == "{}" else 1)


@pytest.mark.parametrize(("line", "words"), [
    ("docker export box > box.tar; docker load -i box.tar", "/bin/json: no such file or directory"),
    ("head -c 700 hello.tar | tr a-z b > junk; docker load -i junk", "archive/tar: invalid tar header"),
    ("echo x > x; docker import x y", "Error response from daemon: unexpected EOF"),
    ("docker load", "requested load from stdin, but stdin is empty"),
    ("docker import -", "nobody types one"), ("docker import http://a/b", "a file is, and - with a pipe"),
    ("docker save busybox", "cowardly refusing to save to a terminal. Use the -o flag or redirect")])
def test_refusals(lab: KeptSession, line: str, words: str) -> None:
    lab.run("docker run -d --name box alpine sleep 100")
    job = lab.run(line)
    assert (job.code, words in job.err) == (1, True), job.err


@pytest.mark.parametrize(("tags", "words"), [
    ("[1]", "docker load reads here"), ("[null]", "docker load reads here"), ('"abc"', "docker load reads here"),
    ('["A:1"]', "must be lowercase"), ('[":x"]', "invalid reference format"), ('["a"]', 'invalid tag "a"')])
def test_names_that_no_image_can_have_are_refused(lab: KeptSession, tags: str, words: str) -> None:
    entry, = json.loads(lab.run("tar xOf hello.tar manifest.json").out)
    lab.run(f"""echo '[{{"Config": "{entry['Config']}", "RepoTags": {tags}}}]' > manifest.json""")
    loaded = lab.run("tar cf bad.tar manifest.json; docker load -i bad.tar")
    assert (loaded.out, loaded.code) == ("", 1)
    assert words in loaded.err


def test_a_manifest_without_end_and_an_archive_that_is_cut_are_refused(lab: KeptSession) -> None:
    lab.run("printf '[%.0s' $(seq 1 4000) > manifest.json; tar cf deep.tar manifest.json")
    assert "docker load reads here" in lab.run("docker load -i deep.tar").err
    assert lab.run("head -c 2000 hello.tar | docker load").err == "unexpected EOF\n"


def test_a_platform_is_looked_at_by_save_and_by_load_not(lab: KeptSession) -> None:
    lab.run("docker load -i hello.tar")
    assert lab.run("docker save --platform linux/arm64 -o x.tar hello:1").err == (
        "Error response from daemon: no suitable export target found for platform linux/arm64\n")
    assert "--platform" not in lab.run("docker save --platform linux/amd64 -o x.tar hello:1").err
    loaded = lab.run("docker load --platform linux/amd64 -i x.tar")
    assert loaded.err == "note: --platform does nothing in the sandbox\n"


def test_what_cannot_be_unpacked_is_no_image(lab: KeptSession) -> None:
    lab.run("echo x > a; tar cf both.tar a; rm a; mkdir a; echo y > a/b; tar rf both.tar a/b")
    refused = lab.run("docker import both.tar both")
    assert (refused.out, refused.err) == ("", "Error response from daemon: openat a/b: not a directory\n")
    twice = lab.run("tar cf twice.tar a; tar rf twice.tar a/b; docker import twice.tar")
    assert (twice.out, twice.err) == ("", "Error response from daemon: duplicates of file paths not supported\n")
    lab.run("mkdir -p in/etc; ln -s /etc in/way; tar cf way.tar -C in etc way")
    lab.run("rm in/way; mkdir in/way; echo z > in/way/f; tar rf way.tar -C in way/f")
    lab.run("docker import way.tar way; docker create --name of-way way x")
    assert lab.run("docker export of-way | tar tf - | grep /f").out == "etc/f\n"


def test_files_alone_are_an_image_without_programs(lab: KeptSession) -> None:
    lab.run("mkdir -p root/etc; echo 1 > root/etc/one; tar cf root.tar -C root .")
    assert lab.run("docker import -c 'CMD [\"/nothing\"]' root.tar bare").code == 0
    assert "no such file or directory" in lab.run("docker run --name bare bare").err
    assert lab.run("docker cp bare:/etc/one -").out != ""
    assert "executable file not found" in lab.run("docker run --rm bare ls /etc/one").err
