"""Images that are made of containers (docker commit), the logs of nginx as files, and programs that socat runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsandbox.session.session import Session

LAB = (Path(__file__).parent / "lab.txt").read_text().splitlines()
ECHO = "bash -c 'exec 3<>/dev/udp/192.168.1.10/53; echo hello >&3; timeout 1 head -n 1 <&3'"


@pytest.fixture(scope="module")
def session() -> Session:
    session = Session(profile="docker-28", uplink=False)
    for line in (*LAB, "docker run -d --name web -p 8080:80 nginx",
                 "docker run -d --name echo -p 53:53/udp nicolaka/netshoot /udpecho 53", "wait"):
        assert session.run(line).code == 0, line
    session.run("docker network create seen")
    session.run("docker run -d --name inner --network seen nicolaka/netshoot sleep 1000")
    return session


def test_a_committed_image_has_the_container_s_files(session: Session) -> None:
    assert session.run("docker exec echo cat /udpecho").out == "exec socat UDP-RECVFROM:$1,fork EXEC:/reply\n"
    assert session.run("docker run --rm nicolaka/netshoot ls /udpecho").out == "/udpecho\n"
    assert "nicolaka/netshoot" in session.run("docker images --format {{.Repository}}").out


def test_a_datagram_is_answered_by_a_program(session: Session) -> None:
    """From the LAN the container sees the client, and docker-proxy where the host asks localhost."""
    said = session.run(f"exec lan {ECHO}")
    assert said.out.startswith("from 192.168.1.20:")
    assert said.out.endswith(" hello\n")
    assert session.run(ECHO.replace("192.168.1.10", "127.0.0.1")).out.startswith("from 172.17.0.1:")


def test_nginx_writes_into_the_file_that_its_configuration_names(session: Session) -> None:
    session.run("exec lan curl -s -A me/1 -e there http://192.168.1.10:8080/")
    said = session.run("docker exec web tail -n 1 /var/log/nginx/access.log").out
    assert said.startswith("192.168.1.20 - - [")
    assert said.endswith('"GET / HTTP/1.1" 200 615 "there" "me/1"\n')
    assert "GET /" not in session.run("docker logs web").out


def test_the_official_image_s_logs_are_the_container_s() -> None:
    plain = Session(profile="docker-28")
    plain.run("docker run -d --name web nginx")
    plain.run("curl -s http://172.17.0.2/")
    plain.run("curl -s http://172.17.0.2/none")
    assert plain.run("docker logs web").out.count('"curl/8.14.1" "-"') == 2
    assert "open() \"/usr/share/nginx/html/none\" failed" in plain.run("docker logs web").err
    assert plain.run("docker exec web ls -l /var/log/nginx").out.count(" -> /dev/std") == 2


@pytest.mark.parametrize(("configuration", "last"), [
    ("access_log /var/log/own.log;", '"GET / HTTP/1.1" 200 615 "-" "curl/8.14.1"'),
    ("log_format brief '$remote_addr $status'; access_log /var/log/own.log brief;", "172.17.0.1 200")])
def test_its_format_is_read(configuration: str, last: str) -> None:
    plain = Session(profile="docker-28")
    plain.run("docker run -d --name web nginx")
    configuration = f"events {{}} http {{ include conf.d/*.conf; {configuration} }}"
    plain.run(f'echo "{configuration.replace("$", chr(92) + "$")}" > /tmp/conf')
    assert plain.run("docker cp /tmp/conf web:/etc/nginx/nginx.conf").code == 0
    plain.run("docker restart web")
    plain.run("curl -s http://172.17.0.2/")
    assert plain.run("docker exec web cat /var/log/own.log").out.endswith(f"{last}\n")


def test_settings_of_an_image() -> None:
    plain = Session(profile="docker-28")
    plain.run("docker run -d --name made -p 81:81 nicolaka/netshoot sleep 1000")
    changes = "-c 'CMD echo hi' -c 'EXPOSE 82/udp' -c 'STOPSIGNAL SIGINT' -c 'ENTRYPOINT [\"/bin/sh\", \"-c\"]'"
    assert plain.run(f"docker commit {changes} made own:1").out.startswith("sha256:")
    config = plain.run("docker image inspect own:1 -f '{{json .Config}}'").out
    assert '"Cmd":["/bin/sh","-c","echo hi"],"Entrypoint":["/bin/sh","-c"]' in config
    assert '"ExposedPorts":{"81/tcp":{},"82/udp":{}},"StopSignal":"SIGINT"' in config
    assert plain.run("docker tag own:1 other").code == 0
    assert plain.run("docker rmi own:1").out == "Untagged: own:1\n"
    assert plain.run("docker create --name late other").code == 0
    assert "is using its referenced image" in plain.run("docker rmi other").err
    said = plain.run("docker rmi -f other").out
    assert said.startswith("Untagged: other:latest\nDeleted: sha256:")
    assert said.count("Deleted: ") == 1


@pytest.mark.parametrize(("line", "text"), [
    ("commit nosuch", "Error response from daemon: No such container: nosuch\n"),
    ("commit web Own", "invalid reference format: repository name (library/Own) must be lowercase\n"),
    ("commit -c 'FOO x' web", "Error response from daemon: FOO is not a valid change command\n"),
    ("commit -c 'ONBUILD RUN ls' web", "docker commit --change ONBUILD is not modelled in the sandbox; there "),
    ("commit -c 'EXPOSE x' web", 'invalid range format for --expose: x, error: strconv.ParseUint: parsing "x"'),
    ("commit", "docker: 'docker commit' requires at least 1 and at most 2 arguments"),
    ("tag nosuch x", "Error response from daemon: No such image: nosuch:latest\n"),
    ("rmi nosuch", "Error response from daemon: No such image: nosuch:latest\n"),
    ("rmi httpd", "Error response from daemon: httpd is one of the sandbox's own images, which stay\n"),
    ("image inspect nosuch", "Error response from daemon: No such image: nosuch:latest\n")])
def test_what_is_refused(session: Session, line: str, text: str) -> None:
    before = session.run("docker images -q").out
    job = session.run(f"docker {line}")
    assert job.err.startswith(text)
    assert job.code
    assert session.run("docker images -q").out == before


@pytest.mark.parametrize(("line", "out"), [
    ("echo hi | socat - EXEC:'tr a-z A-Z'", "HI\n"), ("echo hi | socat - SYSTEM:'cat; echo there'", "hi\nthere\n")])
def test_socat_runs_programs(session: Session, line: str, out: str) -> None:
    assert session.run(line).out == out


@pytest.mark.parametrize(("line", "out"), [
    ("echo hi | docker run -i --rm busybox cat", "hi\n"), ("echo hi | docker run --rm busybox cat", ""),
    ("echo hi | docker run -i --rm busybox sh -c 'cat; echo done'", "hi\ndone\n"),
    ("echo 'echo from $((1 + 1))' | docker run -i --rm busybox sh", "from 2\n")])
def test_a_pipe_reaches_the_container_s_program(session: Session, line: str, out: str) -> None:
    job = session.run(line)
    assert (job.code, job.out) == (0, out)


def test_a_container_does_not_see_the_host_s_processes(session: Session) -> None:
    inside = session.run("docker exec inner ss -ltnp").out
    assert "127.0.0.11" in inside
    assert "dockerd" not in inside
    assert "dockerd" in session.run("exec inner ss -ltnp").out


def test_each_socket_draws_another_port(session: Session) -> None:
    for _time in range(3):
        session.run("docker exec inner dig +short inner")
    shown = session.run("exec inner conntrack -L 2>/dev/null").out
    ports = {word for line in shown.splitlines() if "dport=53" in line for word in line.split()[:9] if "sport" in word}
    assert len(ports) == 3
    assert "ASSURED" not in shown


def test_what_is_done_within_a_container() -> None:
    """A working directory, variables of the client's, and a signal to the first process."""
    plain = Session(profile="docker-28")
    assert plain.run("docker run --rm --workdir /tmp nicolaka/netshoot pwd").out == "/tmp\n"
    assert plain.run("A=5 docker run --rm -e A busybox sh -c 'echo $A'").out == "5\n"
    plain.run("docker run -d --name always --restart always nginx")
    assert plain.run("docker exec always sh -c 'kill 1'").code == 0
    plain.run("wait 2s")
    assert plain.run("docker inspect always -f '{{.State.Status}} {{.RestartCount}}'").out == "running 1\n"


def test_a_link_to_what_has_stopped() -> None:
    plain = Session(profile="docker-28")
    plain.run("docker run -d --name la nginx")
    plain.run("docker run -d --name lb --link la:alias nicolaka/netshoot sleep 1000")
    said = plain.run("docker exec lb getent hosts alias").out.split()
    assert said[:2] + said[3:] == ["172.17.0.2", "alias", "la"]
    plain.run("docker stop la")
    refusal = "Cannot link to a non running container: /la AS /lb/alias\n"
    assert plain.run("docker exec lb true").err == f"Error response from daemon: {refusal}"
    plain.run("docker rm la")
    assert plain.run("docker restart lb").err.endswith(f"Cannot restart container lb: {refusal}")
    assert plain.run("docker inspect lb -f '{{json .HostConfig.Links}}'").out == '["/la:/lb/alias"]\n'


@pytest.mark.parametrize("line", ["echo hi | exec lan cat", "exec lan cat <<< hi"])
def test_a_program_in_a_node_reads_what_the_line_gives_it(session: Session, line: str) -> None:
    assert session.run(line).out == "hi\n"


def test_what_a_second_nginx_is_asked(session: Session) -> None:
    assert "syntax is ok" in session.run("docker exec web nginx -t").err
    assert session.run("docker exec web nginx -s reload").err.endswith("[notice] 36#36: signal process started\n")
    assert "Server: nginx" in session.run("curl -sI http://192.168.1.10:8080/").out.splitlines()[1]
