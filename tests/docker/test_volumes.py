"""Volumes and mounts: what docker run -v and --mount bring into a container, and docker volume.

What is expected is what a real Engine (28.5.2) answered to the same lines.
"""

from __future__ import annotations

import json

import pytest

from netsandbox.lab.lab import Lab
from netsandbox.linux.core.files.inode import Directory, FileError, FileSystem, Graft, RegularFile
from netsandbox.session.keeping import KeptSession


@pytest.fixture
def session() -> KeptSession:
    return KeptSession()


def said(session: KeptSession, *lines: str) -> str:
    """What the last line prints."""
    jobs = [session.run(line) for line in lines]
    return jobs[-1].out + jobs[-1].err


DAEMON = "Error response from daemon: "
PAGE = ("mkdir html", "echo one > html/index.html",
        "docker run -d --name web -p 8080:80 -v $PWD/html:/usr/share/nginx/html:ro nginx")


def test_a_web_server_serves_the_hosts_directory_as_it_is_now(session: KeptSession) -> None:
    assert said(session, *PAGE, "curl -s localhost:8080") == "one\n"
    assert said(session, "echo two > html/index.html", "curl -s localhost:8080") == "two\n"
    assert said(session, "docker restart web", "curl -s localhost:8080") == "two\n"


def test_no_file_is_made_for_a_container_whose_files_nobody_looked_at(session: KeptSession) -> None:
    said(session, "docker run -d --name web nginx")
    files = session.lab.docker().containers["web"].files
    assert files is not None
    assert not files.is_made
    assert said(session, "docker exec web ls -d /dev/shm /etc/nginx") == "/dev/shm\n/etc/nginx\n"
    assert files.is_made


def test_a_step_back_takes_the_page_back_too(session: KeptSession) -> None:
    said(session, *PAGE, "echo two > html/index.html")
    assert said(session, "undo", "curl -s localhost:8080") == "one\n"


def test_a_read_only_mount_is_not_written_and_a_mount_point_stays(session: KeptSession) -> None:
    assert said(session, *PAGE, "docker exec web touch /usr/share/nginx/html/y") == (
        "touch: cannot touch '/usr/share/nginx/html/y': Read-only file system\n")
    assert said(session, "docker exec web rm -r /usr/share/nginx/html").endswith("Read-only file system\n")
    assert said(session, "ls html") == "index.html\n"
    assert said(session, "docker run --rm -v data:/data busybox rmdir /data") == (
        "rmdir: '/data': Device or resource busy\n")


def test_a_volume_keeps_what_containers_write_and_the_host_sees_it(session: KeptSession) -> None:
    said(session, "docker run --rm -v data:/d alpine sh -c 'echo hello > /d/f'")
    assert said(session, "docker run --rm -v data:/e alpine cat /e/f") == "hello\n"
    assert said(session, "cat /var/lib/docker/volumes/data/_data/f") == "hello\n"


def test_an_empty_volume_takes_the_images_files(session: KeptSession) -> None:
    said(session, "docker run -d --name web -v pages:/usr/share/nginx/html nginx")
    assert said(session, "ls /var/lib/docker/volumes/pages/_data") == "50x.html  index.html\n"
    said(session, "echo mine > /var/lib/docker/volumes/pages/_data/index.html")
    assert said(session, "curl -s 172.17.0.2") == "mine\n"


def test_one_file_is_mounted_and_a_missing_directory_is_made(session: KeptSession) -> None:
    said(session, "echo hey > conf")
    assert said(session, "docker run --rm -v ./conf:/etc/app.conf alpine cat /etc/app.conf") == "hey\n"
    said(session, "docker run --rm -v /nowhere/yet:/x alpine true")
    assert said(session, "ls -d /nowhere/yet") == "/nowhere/yet\n"


def test_what_inspect_tells(session: KeptSession) -> None:
    said(session, *PAGE[:2], "docker run -d --name web -v /root/html:/h:ro -v data:/data -v /anon nginx")
    mounts = json.loads(said(session, "docker inspect -f '{{json .Mounts}}' web"))
    assert mounts[0] == {"Type": "bind", "Source": "/root/html", "Destination": "/h", "Mode": "ro", "RW": False,
                         "Propagation": "rprivate"}
    assert mounts[1] == {"Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data",
                         "Destination": "/data", "Driver": "local", "Mode": "z", "RW": True, "Propagation": ""}
    assert (len(mounts[2]["Name"]), mounts[2]["Mode"]) == (64, "")
    assert said(session, "docker inspect -f '{{json .HostConfig.Binds}} {{json .Config.Volumes}}' web") == (
        '["/root/html:/h:ro","data:/data"] {"/anon":{}}\n')


@pytest.mark.parametrize(("flags", "expected"), [
    ("-v html/x:/y", 'create html/x: "html/x" includes invalid characters for a local volume name, only "[a-zA-Z0-9]['),
    ("-v /a:b", "'/a:b': invalid mount config for type \"bind\": invalid mount path: 'b' mount path must be absolute"),
    ("-v '~/a:/b'", "includes invalid characters for a local volume name"),
    ("-v /a:/b:bad", "invalid mode: bad"),
    ("-v /a:/b:/c:d", "docker: invalid spec: /a:/b:/c:d: too many colons"),
    ("-v a:b:c:d", "invalid volume specification: 'a:b:c:d'"),
    ("-v :/b", "docker: invalid spec: :/b: empty section between colons"),
    ("-v dup:/x -v dup2:/x", "Duplicate mount point: /x"),
    ("--mount type=bind,source=/no,target=/x",
     'invalid mount config for type "bind": bind source path does not exist: /no'),
    ("--mount type=bind,target=/x", 'invalid mount config for type "bind": field Source must not be empty'),
    ("--mount source=vv", 'invalid argument "source=vv" for "--mount" flag: target is required'),
    ("--mount type=foo,target=/x", 'invalid mount config for type "foo": mount type unknown'),
    ("--mount target=/x,foo=1", "unexpected key 'foo' in 'foo=1'"),
    ("--volumes-from nobody", "No such container: nobody")])
def test_what_makes_no_sense_is_refused_and_nothing_runs(session: KeptSession, flags: str, expected: str) -> None:
    assert expected in said(session, f"docker run -d {flags} nginx")
    assert said(session, "docker ps -aq") == ""


def test_what_the_sandbox_has_not_is_not_mounted_and_said_to_be_so(session: KeptSession) -> None:
    assert "note: the sandbox has no /var/run/docker.sock to mount" in said(
        session, "docker run -d -v /var/run/docker.sock:/var/run/docker.sock nginx")
    assert "No such file" in said(session, "ls /var/run/docker.sock")


def test_volumes_are_made_listed_and_removed(session: KeptSession) -> None:
    assert said(session, "docker volume create data") == said(session, "docker volume create data") == "data\n"
    assert said(session, "docker volume create --label a=b other", "docker volume ls -q") == "data\nother\n"
    assert said(session, "docker volume ls -qf label=a=b") == "other\n"
    assert said(session, "docker volume inspect -f '{{.Mountpoint}}' data") == "/var/lib/docker/volumes/data/_data\n"
    identity = said(session, "docker run -d --name aa -v data:/d nginx").strip()
    assert said(session, "docker volume rm data") == (
        f"Error response from daemon: remove data: volume is in use - [{identity}]\n")
    assert said(session, "docker rm -f aa", "docker volume rm data other") == "data\nother\n"
    assert said(session, "docker volume rm data") == "Error response from daemon: get data: no such volume\n"
    assert said(session, "docker volume rm -f data") == "data\n"


@pytest.mark.parametrize(("line", "expected"), [
    ("docker volume create x", "create x: volume name is too short, names should be at least two alphanumeric"),
    ("docker volume create -d no foo", 'create foo: error looking up volume plugin no: plugin "no" not found'),
    ("docker volume inspect nosuch", "get nosuch: no such volume"), ("docker volume ls -f x=y", "invalid filter 'x'"),
    ("docker volume prune", "nobody answers here, so nothing is removed")])
def test_a_wrong_volume_line_is_refused(session: KeptSession, line: str, expected: str) -> None:
    assert expected in said(session, line)


def test_a_volume_without_a_name_goes_with_its_container_or_is_pruned(session: KeptSession) -> None:
    name = said(session, "docker run -d --name rd redis", "docker volume ls -q").strip()
    assert said(session, "docker rm -f rd", "docker volume ls -q").strip() == name
    assert said(session, "docker volume prune -f") == f"Deleted Volumes:\n{name}\n\nTotal reclaimed space: 0B\n"
    said(session, "docker run -d --name rd redis", "docker rm -fv rd")
    assert said(session, "docker run --rm -v /x alpine true", "docker volume ls -q") == ""


def test_a_commit_has_the_mount_point_and_nothing_of_the_volume(session: KeptSession) -> None:
    said(session, *PAGE, "docker commit web image")
    assert said(session, "docker run --rm image ls /usr/share/nginx/html") == ""


def test_programs_of_the_real_image_are_there_as_its_first_program(session: KeptSession) -> None:
    assert said(session, "docker run --rm alpine head -1 /etc/hosts") == "127.0.0.1\tlocalhost\n"
    assert said(session, "docker run --rm ubuntu wc -l /etc/hostname") == "1 /etc/hostname\n"
    assert "the sandbox has no vi" in said(session, "docker run --rm alpine vi /x")


def test_a_graft_is_counted_where_its_files_are() -> None:
    scheduler = Lab().scheduler
    owner, guest = FileSystem(scheduler), FileSystem(scheduler)
    owner.add("/srv/d", Directory(0))
    node, before, guests = owner.find("/srv/d"), owner.nodes, guest.root and guest.nodes
    assert node is not None
    guest.graft("/mnt/d", node, Graft(owner))
    guest.add("/mnt/d/f", RegularFile(0))
    assert owner.nodes == before + 1
    assert owner.find("/srv/d/f") is guest.find("/mnt/d/f")
    with pytest.raises(FileError, match="busy"):
        guest.drop("/mnt/d")
    guest.drop("/mnt/d/f")
    assert owner.nodes == before
    assert guest.nodes >= guests


def test_what_a_mount_says_and_the_sandbox_has_not_is_told_once(session: KeptSession) -> None:
    lines = ("docker create --mount type=bind,source=/root,target=/r,bind-propagation=shared alpine",
             "docker create --tmpfs /t:mode=700,size=1m alpine",
             "docker create --mount source=vv,target=/v,volume-opt=type=tmpfs,volume-opt=device=tmpfs alpine")
    told = ["bind-propagation of --mount", "the option mode of a tmpfs", "the option device of a volume"]
    for line, what in zip(lines, told, strict=True):
        assert f"note: {what} does nothing in the sandbox" in session.run(line).err
        assert not session.run(line).err
    refused = session.run("docker create --mount type=image,source=alpine,target=/i alpine")
    assert "--mount type=image is not modelled in the sandbox" in refused.err


def test_a_tmpfs_holds_what_it_is_told_and_a_read_only_container_its_own_memory(session: KeptSession) -> None:
    told = said(session, "docker run --rm --tmpfs /t:size=4k alpine sh -c "
                         "'dd if=/dev/zero of=/t/a bs=1k count=10; echo x > /t/b; wc -c < /t/a'")
    for one in ("5+0 records in\n4+0 records out\n", "4096\n", "No space left on device"):
        assert one in told
    assert "the file system" not in told
    lines = "docker run -d --name web --read-only --tmpfs /var/cache/nginx --tmpfs /run nginx", "docker restart web"
    for line in lines:
        assert session.run(line).code == 0
        assert session.run("docker exec web touch /x").err == "touch: cannot touch '/x': Read-only file system\n"
        assert said(session, "docker exec web sh -c 'touch /run/a /dev/shm/b && ls /dev/shm'") == "b\n"
    assert 'mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)' in said(
        session, "docker run --rm --read-only nginx")


def test_a_file_in_the_way_of_a_copy_is_told(session: KeptSession) -> None:
    session.run("docker run -d --name web nginx")
    assert "extraction point is not a directory" in session.run("docker cp /etc/hosts web:/etc/hostname/x").err
    assert session.run("docker cp web:/etc/hosts /nowhere/").err == "no such directory\n"


def test_room_is_told_image_by_image_and_given_back(session: KeptSession) -> None:
    for line in ("docker run -d --name s1 nginx", "docker create --name s2 -v vol1:/d busybox true",
                 "docker run --rm -v vol2:/d busybox sh -c 'echo hello > /d/f'",
                 "docker exec s1 sh -c 'echo hello > /f'",
                 "docker commit -m hi s1 mine", "docker tag nginx n2"):
        assert session.run(line).code == 0, line
    rows = said(session, "docker system df -v").splitlines()
    told = {row.split()[0]: row.split() for row in rows if row}
    assert told["mine"][-4:] == ["161MB", "161MB", "6B", "0"]
    assert told["nginx"][-4:] == told["n2"][-4:] == ["161MB", "161MB", "0B", "1"]
    assert told["vol1"] == ["vol1", "1", "0B"]
    assert told["vol2"] == ["vol2", "0", "6B"]
    gone = said(session, "docker volume prune -f --filter all=true")
    assert gone == "Deleted Volumes:\nvol2\n\nTotal reclaimed space: 6B\n"
    assert said(session, "docker image prune -af").count("Total reclaimed space: 6B") == 1
    assert said(session, "docker history -q mine").startswith("Error response from daemon: No such image")


@pytest.mark.parametrize(("line", "why"), [
    ("docker image prune -f --filter foo=bar", DAEMON + "invalid filter 'foo'"),
    ("docker image prune -f --filter until=x", DAEMON + 'failed to parse value as time or duration: "x"'),
    ("docker volume prune -f --filter all=x",
     DAEMON + 'invalid filter \'all\': strconv.ParseBool: parsing "x": invalid syntax'),
    ("docker rmi 'a b'", DAEMON + "invalid reference format"),
    ("docker save nginx -o /no/x.tar",
     "failed to save image: invalid output path: stat /no: no such file or directory"),
    ("docker system df -v --format raw", "docker system df --verbose --format raw is not modelled in the sandbox"),
    ("docker system df -v --format '{{.No}}'",
     'template: :1:2: executing "" at <.No>: can\'t evaluate field No in type *formatter.diskUsageContext'),
    ("docker system df -v --format '{{.No'", "template parsing error: template: :1: unclosed action"),
])
def test_what_asks_for_room_amiss(session: KeptSession, line: str, why: str) -> None:
    job = session.run(line)
    assert job.err == f"{why}\n"
    assert job.code == 1
    assert session.run("docker rmi -f nosuch").code == 0


def test_a_file_that_is_not_there_yet_becomes_a_directory_and_that_fits_over_no_file() -> None:
    """The slip of whoever mounts ./nginx.conf before there is one; making the file is what helps."""
    session = KeptSession()
    line = "docker run -d --name web -v ./site.conf:/etc/nginx/conf.d/default.conf nginx"
    job = session.run(line)
    assert job.code == 125
    assert "not a directory: Are you trying to mount a directory onto a file (or vice-versa)?" in job.err
    assert session.run("docker inspect -f '{{.State.ExitCode}}' web").out == "127\n"
    for text in ("docker rm web", "rm -r site.conf", "echo 'server { listen 80; return 200 hi; }' > site.conf", line):
        assert session.run(text).code == 0
    assert session.run("docker exec web curl -s localhost").out == "hi"


def test_nginx_tells_of_a_directory_in_its_configuration_s_place() -> None:
    session = KeptSession()
    for line in ("docker run -d --name web nginx", "docker exec web rm /etc/nginx/conf.d/default.conf",
                 "docker exec web mkdir /etc/nginx/conf.d/default.conf", "docker restart web"):
        assert session.run(line).code == 0
    assert session.run("docker logs --tail 1 web").err == (
        'nginx: [emerg] read() "/etc/nginx/conf.d/default.conf" failed (21: Is a directory) in '
        "/etc/nginx/nginx.conf:23\n")


def test_each_image_container_and_volume_is_counted_in_a_template(session: KeptSession) -> None:
    for line in ("docker volume create kept", "docker run -d --name holds -v kept:/data busybox top"):
        session.run(line)
    line = "docker system df -v --format '{{range .Volumes}}{{.Name}} {{.Links}} {{end}}{{len .BuildCache}}'"
    assert session.run(line).out == "kept 1 0\n"
    told = json.loads(session.run("docker system df -v --format json").out)
    assert list(told) == ["Images", "Containers", "Volumes", "BuildCache"]
    assert [(one["Names"], one["LocalVolumes"], len(one["ID"])) for one in told["Containers"]] == [("holds", "1", 64)]
    assert {(one["Repository"], one["Containers"]) for one in told["Images"]} >= {("busybox", "1"), ("nginx", "0")}
    assert session.run("docker system df --format raw").out.startswith("type: Images\ntotal: ")
