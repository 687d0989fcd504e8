"""docker build: what a small Dockerfile makes of the lab's own files, and how BuildKit words it."""

from __future__ import annotations

import pytest

from netsandbox.session.keeping import KeptSession


@pytest.fixture(scope="module")
def before() -> KeptSession:
    made = KeptSession(profile="docker-28")
    for line in ("mkdir -p app/sub && cd app", "echo '<h1>hi</h1>' > index.html", "echo x > sub/x; echo y > sub/y",
                 "printf 'sub/y\\n' > .dockerignore"):
        assert made.run(line).code == 0
    return made


def written(session: KeptSession, text: str, *flags: str) -> tuple[str, str, int]:
    """A Dockerfile, and what building it printed and its status."""
    session.run("cat > Dockerfile <<'EOF'\n" + text + "\nEOF")
    job = session.run(f"docker build -t made {' '.join(flags)} .")
    return job.out, job.err, job.code or 0


def test_a_page_in_nginx_is_built_run_and_asked_for(before: KeptSession) -> None:
    text = ("FROM nginx:alpine\nENV WHO=world\nRUN echo \"by $WHO\" > /by\nWORKDIR /usr/share/nginx/html\n"
            "COPY index.html .\nLABEL team=a\nEXPOSE 8080/udp\nHEALTHCHECK --interval=5s CMD true\nUSER 0\nVOLUME /v")
    _out, err, code = written(before, text)
    assert code == 0
    assert "[2/4] RUN echo \"by world\" > /by" in err
    assert "naming to docker.io/library/made " in err
    assert "transferring context: 49B" in err  # 12 of the file, 37 about it, as measured
    assert "CACHED [2/4] RUN" in written(before, text)[1]
    assert "CACHED" not in written(before, text, "--no-cache")[1]
    before.run("docker run -d --name web -p 8081:80 made")
    assert before.run("curl -s localhost:8081").out == "<h1>hi</h1>\n"
    inside = before.run("docker exec web sh -c 'cat /by; pwd; echo $WHO'")
    assert inside.out == "by world\n/usr/share/nginx/html\nworld\n"
    shown = before.run("docker inspect -f '{{.Config.Labels}} {{.Config.ExposedPorts}} "
                       "{{.Config.Healthcheck.Test}}' web")
    assert shown.out == "map[team:a] map[80/tcp:{} 8080/udp:{}] [CMD-SHELL true]\n"
    assert before.run("docker images made --format '{{.Tag}} {{.Size}}'").out == "latest 161MB\n"
    rows = before.run("docker history made --format '{{.CreatedBy}}|{{.Size}}'").out.splitlines()
    assert rows[0] == "VOLUME [/v]|0B"
    assert "COPY index.html . # buildkit|12B" in rows
    assert rows[-1].endswith("|161MB")
    assert before.run("docker run --rm -e WHO=me made sh -c 'echo $WHO'").out == "me\n"
    assert before.run("docker ps -aq | wc -l").out == "1\n"  # what ran a RUN is in no list
    before.run("docker rm -f web")


@pytest.mark.parametrize(("text", "line", "out"), [
    ("FROM alpine AS one\nRUN echo 1 > /a\nFROM alpine\nCOPY --from=one /a /b\nENTRYPOINT [\"cat\"]\nCMD [\"/b\"]", "",
     "1\n"),
    ("FROM alpine\nCOPY . /src\nCMD ls /src /src/sub", "", "/src:\nDockerfile\nindex.html\nsub\n\n/src/sub:\nx\n"),
    ("FROM alpine\nCOPY *.html sub /src/\nCMD [\"ls\", \"/src\"]", "", "index.html\nx\n"),
    ("ARG BASE=nosuch\nFROM $BASE\nARG V=1\nENV V=${V:-2}\nCMD echo $V",
     "--build-arg BASE=alpine --build-arg V=7", "7\n"),
    ("FROM alpine\nRUN apk add --no-cache curl\nENTRYPOINT [\"curl\", \"-V\"]", "", "curl "),
    ("FROM busybox\n# no step\nWORKDIR /a\nWORKDIR b\nRUN echo \\\n  two \\\n# lines\n  words > c\nCMD cat /a/b/c", "",
     "two words\n"),
    ("FROM alpine\nENTRYPOINT [\"echo\", \"a\"]", "", "a\n"),  # the base's CMD was for the base's program
    ("FROM alpine AS x\nCMD echo x\nFROM alpine AS y\nRUN false", "--target x", "x\n"),
])
def test_what_it_is_built_to_do_it_does(before: KeptSession, text: str, line: str, out: str) -> None:
    assert written(before, text, line)[2] == 0
    assert before.run("docker run --rm made").out.startswith(out)


SOLVE = "ERROR: failed to build: failed to solve: "


@pytest.mark.parametrize(("text", "said"), [
    ("FROM alpine\nRUN echo a; exit 3", "   2 | >>> RUN echo a; exit 3"),
    ("FROM alpine\nRUN echo a; exit 3", "\n > [2/2] RUN echo a; exit 3:\n0.000 a\n------\nDockerfile:2\n"),
    ("FROM alpine\nRUN exit 3", f'{SOLVE}process "/bin/sh -c exit 3" did not complete successfully: exit code: 3'),
    ("FROM nosuch", f"{SOLVE}nosuch: failed to resolve source metadata for docker.io/library/nosuch:latest: "),
    ("FROM alpine\nFOO x", f"{SOLVE}dockerfile parse error on line 2: unknown instruction: FOO (did you mean FROM?)"),
    ("FROM alpine\nUSER", "dockerfile parse error on line 2: USER requires exactly one argument"),
    ("FROM alpine\nCOPY a", "line 2: COPY requires at least two arguments, but only one was provided. Destination"),
    ("FROM alpine\nLABEL", "dockerfile parse error on line 2: LABEL requires at least one argument"),
    ("FROM alpine\nRUN true\nENV a=b c", "Syntax error - can't find = in \"c\". Must be of the form: name=value"),
    ("", f"{SOLVE}the Dockerfile cannot be empty"),
    ("RUN x", f"{SOLVE}no build stage in current context"),
    ("FROM alpine\nCOPY nope /", f"{SOLVE}failed to compute cache key: failed to calculate checksum of ref "),
    ("FROM alpine\nCOPY ../../etc/hosts /", '"/etc/hosts": not found'),
    ("FROM alpine\nADD http://x/y /", "ADD of a URL is not modelled"), ("FROM scratch", "FROM scratch is not modelled"),
    ("FROM alpine\nRUN <<EOT\nls\nEOT", "a here-document of RUN is not modelled"),
    ("FROM alpine\nONBUILD RUN ls", "ONBUILD is not modelled"), ("FROM alpine\nENV a", "ENV must have two arguments"),
    ("FROM alpine\nRUN --mount=type=cache,target=/x ls", "RUN --mount is not modelled"),
    ("FROM alpine\nEXPOSE x", "invalid"), ("FROM a b", "FROM requires either one or three arguments"),
    ("FROM alpine\nHEALTHCHECK x", 'Unknown type "X" in HEALTHCHECK (try CMD)'),
    ("FROM ubuntu\nRUN apt-get install -y nginx && false", "exit code: 1"),
])
def test_what_cannot_be_built_is_told_with_its_line(before: KeptSession, text: str, said: str) -> None:
    _out, err, code = written(before, text)
    assert code == 1
    assert said in err


@pytest.mark.parametrize(("line", "code", "said"), [
    ("docker build -", 1, "docker build - is not modelled"),
    ("printf 'FROM alpine\nCOPY x /\n' | docker build -", 1, '"/x": not found'),
    ("docker build -q -t piped - <<'EOF'\nFROM alpine\nRUN echo 1\nEOF", 0, ""),
    ("echo FROM alpine | docker build -q -f - .", 0, ""), ("docker image list -q", 0, ""),
    ("docker build nope", 1, 'ERROR: unable to prepare context: path "nope" not found'),
    ("docker build -f nope .", 1, "failed to read dockerfile: open nope: no such file or directory"),
    ("docker build https://example.com/x.git", 1, "is not modelled in the sandbox"),
    ("docker build -t A .", 1, 'invalid tag "A"'), ("docker build --secret id=x .", 1, "--secret is not modelled"),
    ("docker build", 1, "requires 1 argument"), ("docker history nosuch", 1, "No such image: nosuch:latest"),
])
def test_a_line_that_is_no_build(before: KeptSession, line: str, code: int, said: str) -> None:
    job = before.run(line)
    assert (job.code, said in job.err) == (code, True), job.err


def test_quiet_prints_the_identity_and_plain_what_the_programs_wrote(before: KeptSession) -> None:
    text = "FROM alpine\nRUN echo loud"
    out, err, _code = written(before, text, "-q")
    assert (len(out), err) == (len("sha256:") + 64 + 1, "")
    assert "\n#5 0.000 loud\n" in written(before, text, "--no-cache", "--progress", "plain")[1]


RECORDED = """#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 161B
#2 [internal] load metadata for docker.io/library/nginx:latest
#3 [internal] load metadata for docker.io/library/busybox:latest
#4 [internal] load .dockerignore
#4 transferring context: 46B
#5 [one 1/2] FROM docker.io/library/nginx:latest
#6 [one 2/2] RUN echo 1 > /a
#7 [stage-1 1/3] FROM docker.io/library/busybox:latest
#8 [stage-1 2/3] COPY --from=one /a /b
#9 [stage-1 3/3] RUN echo 7 > /c
#10 exporting to image
#10 exporting layers
#10 naming to docker.io/library/multi"""
"""Of a real build (28.5.2, buildx 0.13.1), but for the order of what is done at once."""


def test_its_steps_and_history_are_buildkit_s(before: KeptSession) -> None:
    written(before, "FROM nginx AS one\nRUN echo 1 > /a\nFROM busybox\nARG V=3\nCOPY --from=one /a /b\n"
                    'RUN echo $V > /c\nENTRYPOINT ["cat"]\nCMD ["/b"]')
    err = before.run("docker build --progress plain --no-cache -t multi --build-arg V=7 .").err
    lines = [line.removesuffix(" done") for line in err.splitlines()]
    assert [line for line in lines if line.startswith("#") and " DONE" not in line and "writing" not in line][1:] == (
        RECORDED.splitlines())
    rows = before.run("docker history multi --no-trunc --format '{{.CreatedBy}}|{{.Size}}'").out.splitlines()
    assert rows[:5] == ['CMD ["/b"]|0B', 'ENTRYPOINT ["cat"]|0B', "RUN |1 V=7 /bin/sh -c echo $V > /c # buildkit|2B",
                        "COPY /a /b # buildkit|2B", "ARG V=7|0B"]


def test_what_it_warns_of(before: KeptSession) -> None:
    """As a real build does (28.5.2), in its order."""
    err = written(before, "FROM nginx as a\nENV X 1 2\nLABEL a b\nENTRYPOINT echo hi\nCMD echo ho\nWORKDIR sub\n"
                          "MAINTAINER me\nARG TOKEN\nCMD [\"a\"]")[1]
    assert err.partition(" warnings found")[2].splitlines()[1:] == [f" - {text}" for text in (
        "FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 1)",
        "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (line 7)",
        'LegacyKeyValueFormat: "ENV key=value" should be used instead of legacy "ENV key value" format (line 2)',
        'LegacyKeyValueFormat: "LABEL key=value" should be used instead of legacy "LABEL key value" format (line 3)',
        ("JSONArgsRecommended: JSON arguments recommended for ENTRYPOINT to prevent unintended behavior related to OS "
         "signals (line 4)"),
        ("JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS "
         "signals (line 5)"),
        ("MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the same stage because only "
         "the last one will be used (line 5)"),
        'WorkdirRelativePath: Relative workdir "sub" can have unexpected results if the base image changes (line 6)',
        'SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG "TOKEN") (line 8)')]


def test_what_loses_its_name_is_dangling_until_it_is_pruned(before: KeptSession) -> None:
    before.run("docker image prune -f")
    first = (written(before, "FROM alpine\nRUN echo once"), before.run("docker images -q made").out.strip())[1]
    written(before, "FROM alpine\nRUN echo twice")
    rows = before.run("docker images -f dangling=true").out.splitlines()[1:]
    assert ["<none>", "<none>", first] in [row.split()[:3] for row in rows]
    assert before.run("docker images -f dangling=x").err == (
        "Error response from daemon: invalid filter 'dangling=[x]'\n")
    pruned = before.run("docker image prune -f").out
    assert pruned.startswith("Deleted Images:\n")
    assert f"\ndeleted: sha256:{first}" in pruned
    assert pruned.endswith("\n\nTotal reclaimed space: 0B\n")
    assert before.run("docker images -qf dangling=true").out == ""


def test_a_server_runs_in_a_shell_too_and_its_image_has_a_shell_for_a_person() -> None:
    session = KeptSession(profile="docker-28")
    for line in ("docker run -d --name one nginx sh -c \"nginx -g 'daemon off;'\"",
                 ("docker run -d --name two nginx sh -c 'echo two > /usr/share/nginx/html/index.html; exec nginx -g "
                  "\"daemon off;\"'"), "docker run -d --name three redis bash -c 'cd / && redis-server --port 7000'",
                 "docker run -d --name four httpd bash -c 'echo four > htdocs/index.html && httpd-foreground'"):
        assert session.run(line).code == 0, line
    assert "Welcome to nginx" in session.run("curl -s 172.17.0.2").out
    assert session.run("curl -s 172.17.0.3 172.17.0.5").out == "two\nfour\n"
    assert session.run("docker exec three redis-cli -p 7000 ping").out == "PONG\n"
    assert session.run("docker exec four pwd").out == "/usr/local/apache2\n"
    assert session.run("docker run --rm nginx cat /usr/share/nginx/html/50x.html").out.startswith("<!DOCTYPE html>")
    session.run("docker stop -t 1 one")
    assert session.run("curl -s -m 1 172.17.0.2").code != 0
    for image in ("nginx", "redis", "mysql", "memcached"):
        session.run(f"docker run -it --rm {image} bash")
        assert session.run("hostname -i").out == "172.17.0.2\n", image
        assert session.run("exit").code == 0


def test_system_df_counts_what_there_is() -> None:
    session = KeptSession()
    session.run("docker run -d --name a1 -v data:/data nginx")
    session.run("docker exec a1 sh -c 'echo 12345 > /data/x; echo 123 > /y'")
    rows = {line.split("  ")[0]: line.split() for line in session.run("docker system df").out.splitlines()}
    assert rows["Containers"] == ["Containers", "1", "1", "4B", "0B", "(0%)"]
    assert rows["Local Volumes"][2:] == ["1", "1", "6B", "0B", "(0%)"]
    assert rows["Images"][2] == "1"
    assert rows["Build Cache"][-1] == "0B"


def test_the_older_builder_is_not_there(before: KeptSession) -> None:
    written(before, "FROM busybox")
    said = "note: DOCKER_BUILDKIT changes nothing here"
    assert said in before.run("DOCKER_BUILDKIT=0 docker build -t made .").err
    assert said not in before.run("DOCKER_BUILDKIT=1 docker build -t made .").err
