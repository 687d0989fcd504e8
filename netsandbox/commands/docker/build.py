"""docker build: an image by a Dockerfile from the lab's own files; what RUN says runs in a container of the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from netsandbox.commands.docker import build_output, dockerfile
from netsandbox.commands.docker.build_files import Copying, in_layer
from netsandbox.commands.docker.build_output import Step
from netsandbox.commands.docker.build_packages import installed
from netsandbox.commands.docker.dockerfile import DockerfileError, Instruction, Stage
from netsandbox.commands.docker.flags import Command, Flag, Parsed, refused
from netsandbox.commands.docker.image_config import CHANGES, SHELL, list_of, pairs, substituted, words_of
from netsandbox.commands.docker.image_history import listed, of_own
from netsandbox.commands.docker.reference import check_reference, with_tag
from netsandbox.docker.config import HostConfig, with_image
from netsandbox.docker.container import NO_WISH, Container
from netsandbox.docker.errors import DockerError
from netsandbox.docker.files import files_of, system_of
from netsandbox.docker.history import BUILDER
from netsandbox.docker.image_store import split
from netsandbox.docker.images import HistoryStep, Image
from netsandbox.docker.network import random_identity
from netsandbox.linux.core.inode import FileError

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.linux.core.files import Files
    from netsandbox.linux.core.inode import Layer

SUBSTITUTED = frozenset({"ADD", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})
STEPS = frozenset({"ADD", "COPY", "FROM", "RUN", "WORKDIR"})
"""Instructions that BuildKit counts; the others only say something of the image."""
MOST_KEPT = 100
"""Steps whose outcome is kept for the next build."""
NO_ACCESS = ("failed to resolve source metadata for {path}: pull access denied, repository does not exist or "
             "may require authorization: server message: insufficient_scope: authorization failed")


class Build:
    """One build, step after step.

    Attributes:
        plan: what is left to do, the last first, each with its label.
        made: the images of the stages, by name and number.
        variables: ARG and ENV, as they are now.
    """

    def __init__(self, client: Client, parsed: Parsed, context: Files, text: str) -> None:
        self.client = client
        self.engine = client.engine
        self.parsed = parsed
        self.context = context
        self.text = text
        self.steps: list[Step] = []
        self.plan: list[tuple[Instruction, Stage, str]] = []
        self.made: dict[str, Image] = {}
        self.image = Image("")
        self.stage: Stage | None = None
        self.variables: dict[str, str] = {}
        self.arguments: dict[str, str] = {}
        self.before: dict[str, str] = {}
        self.shell: tuple[str, ...] = SHELL
        self.key = ""
        self.has_cmd = False

    # -- the way through

    def begin(self) -> int | None:
        return self._guarded(self._prepare)

    def _prepare(self) -> int | None:
        self.steps.append(Step("[internal] load build definition from Dockerfile", 0,
                               (f"transferring dockerfile: {len(self.text)}B",)))
        recipe = dockerfile.read(self.text)
        stages = dockerfile.needed(recipe, self.parsed.text("target"))
        self.arguments = _named(self.parsed.all("build-arg"))
        for one in recipe.before:
            self.before |= self._declared(one, {})
        many = len(recipe.stages) > 1
        for stage in stages:
            counted = [one for one in stage.body if one.name in STEPS]
            name = stage.name if not stage.name.isdecimal() else f"stage-{stage.name}"
            for one in stage.body:
                at = counted.index(one) + 1 if one in counted else 0
                self.plan.append((one, stage, f"[{name + ' ' if many else ''}{at}/{len(counted)}]"))
        self.plan.reverse()
        return self._go_on()

    def _guarded(self, work: Callable[[], int | None]) -> int | None:
        try:
            return work()
        except DockerfileError as error:
            return self._fail(error)

    def _go_on(self) -> int | None:
        """Until a step waits for a program, or all is done."""
        while self.plan:
            one, stage, label = self.plan.pop()
            if one.name in SUBSTITUTED:
                one = one._replace(text=substituted(one.text, self.variables))
            try:
                waits = self._do(one, stage, label)
            except DockerError as error:
                raise one.error(str(error)) from None
            if waits:
                return None
        return self._finish()

    def _do(self, one: Instruction, stage: Stage, label: str) -> bool:
        """Carry an instruction out; whether it goes on."""
        if one.name == "RUN":
            return self._run(one, label)
        if one.name == "FROM":
            self._from(one, stage, label)
        elif one.name in ("COPY", "ADD"):
            self._copy(one, label)
        elif one.name == "ARG":
            self.variables = self._declared(one, self.before) | self.variables
        elif one.name == "SHELL":
            self.shell = list_of(one.text) or ()
            if not self.shell:
                raise one.error("SHELL requires the arguments to be in JSON form")
        elif one.name != "MAINTAINER":
            self._change(one, label)
        self.key = self._next_key(one)
        return False

    def _declared(self, one: Instruction, known: dict[str, str]) -> dict[str, str]:
        """ARG NAME or NAME=DEFAULT; --build-arg comes before the default."""
        found = dict[str, str]()
        for word in one.text.split():
            name, _equals, default = word.partition("=")
            found[name] = self.arguments.get(name, default.strip("\"'") or known.get(name, ""))
        return found

    # -- instructions

    def _from(self, one: Instruction, stage: Stage, label: str) -> None:
        if self.stage is not None:
            self.made[self.stage.name] = self.made[str(self.stage.number)] = self.image
        self.stage = stage
        name = substituted(stage.base, self.before)
        base = self.made.get(name.lower())
        if base is None:
            if name == "scratch":
                raise one.error("FROM scratch is not modelled in the sandbox, whose programs are those of its images")
            image = self.engine.images.find(name)
            path = _whole(name)
            asked = Step(f"[internal] load metadata for {path}", has_failed=image is None)
            self.steps += [asked] if asked not in self.steps else []
            if image is None:
                raise one.error(f"{name}: {NO_ACCESS.format(path=path)}")
            base = image
            self.steps.append(Step(f"{label} FROM {path}"))
        begun = base.history or of_own(base)
        self.image, self.key = base._replace(digest=base.identity, history=begun), base.identity
        self.variables = _named(base.environment)
        self.shell, self.has_cmd = SHELL, False

    def _change(self, one: Instruction, label: str) -> None:
        if one.name == "ENTRYPOINT" and not self.has_cmd:
            self.image = self.image._replace(cmd=())  # the base's words were for the base's program
        self.has_cmd |= one.name == "CMD"
        self.image = CHANGES[one.name](self.image, one.text)
        if one.name in ("CMD", "ENTRYPOINT") and list_of(one.text) is None:
            words = words_of(one.text, self.shell)
            self.image = self.image._replace(cmd=words) if one.name == "CMD" else self.image._replace(entrypoint=words)
        if one.name == "ENV":
            self.variables |= dict(pairs("ENV", one.text))
        if one.name == "WORKDIR":
            layer = in_layer(self.engine, self.image, [self.image.workdir], [])
            self._layered(layer, Step(f"{label} {one.shown}"), self._next_key(one))
        self._note(_created_by(one, self.shell), 0)

    def _copy(self, one: Instruction, label: str) -> None:
        source = dict(one.flags).get("from", "")
        base = self.made.get(source.lower()) or (self.engine.images.find(source) if source else None)
        copying = Copying(self.engine, one, self.context, base, self.image.workdir)
        try:
            folders, texts = copying.read()
            layer = in_layer(self.engine, self.image, folders, texts)
        except FileError as error:
            self.steps.append(Step(f"{label} {one.shown}", has_failed=True))
            raise one.error(f"failed to copy files: {error}") from None
        except DockerfileError:
            self.steps.append(Step(f"{label} {one.shown}", has_failed=True))
            raise
        for name in copying.ignored:
            self.client.complain(f"note: {one.name} --{name} does nothing in the sandbox")
        self.key += sha256(repr((folders, texts)).encode()).hexdigest()
        self._layered(layer, Step(f"{label} {one.shown}"), self._next_key(one))
        self._note(f"{one.name} {one.text} # buildkit", sum(len(text) for _path, _name, text in texts))

    def _run(self, one: Instruction, label: str) -> bool:
        words = words_of(one.text, self.shell)
        key = self._next_key(one)
        known = None if self.parsed.on("no-cache") else self.engine.images.steps.get(key)
        if known is not None:
            size = _grown(self.engine, self.image, known)
            self._layered(known, Step(f"{label} {one.shown}"), key)
            self._note(f"RUN {' '.join(words)} # buildkit", size)
            self.key = key
            return False
        container = self._container(one, words)
        wrote: list[str] = []
        container.console.readers = (partial(_take, wrote),)
        self.engine.start(container)
        self.client.watched = container.program
        self.client.on_interrupt = partial(self._interrupted, container)
        self.engine.when_ended(container, partial(self._ended, container, one, label, wrote, key))
        return True

    def _container(self, one: Instruction, words: tuple[str, ...]) -> Container:
        """One that no list shows."""
        flags = dict(one.flags)
        mode = flags.pop("network", self.parsed.text("network") or "default")
        if flags:
            raise one.error(f"RUN --{next(iter(flags))} is not modelled in the sandbox")
        mode = "bridge" if mode == "default" else mode
        made = Container(BUILDER, random_identity(self.engine.random), self.image, mode, list(words),
                         self.engine.scheduler)
        variables = tuple(f"{name}={value}" for name, value in self.variables.items())
        config = made.config._replace(entrypoint=[], environment=variables, is_detached=True)
        made.config = with_image(config, self.image)._replace(health_check=None)
        made.host_config = HostConfig()
        made.networks = {mode: NO_WISH} if mode not in ("host", "none") else {}
        made.is_attached = True
        return made

    def _ended(self, container: Container, one: Instruction, label: str, wrote: list[str], key: str, code: int) -> None:
        took = max(container.finished - container.started, 0)
        step = Step(f"{label} {one.shown}", took, (), tuple(wrote), has_failed=code != 0)
        self.client.scheduler.soon(self._after, (container, one, step, key, code))

    def _after(self, done: tuple[Container, Instruction, Step, str, int]) -> None:
        """The next step, once the program's end is over."""
        status = self._guarded(partial(self._take_over, *done))
        if status is not None:
            self.client.exit(status)

    def _take_over(self, container: Container, one: Instruction, step: Step, key: str, code: int) -> int | None:
        words = " ".join(container.arguments)
        if code != 0:
            self.steps.append(step)
            raise one.error(f'process "{words}" did not complete successfully: exit code: {code}')
        layer = files_of(self.engine, container).system.layer()
        size = _grown(self.engine, self.image, layer)
        self._layered(layer, step, key)
        self._note(f"RUN {words} # buildkit", size)
        self.key = key
        return self._go_on()

    def _interrupted(self, container: Container) -> None:
        self.engine.kill(container)

    # -- what comes of it

    def _next_key(self, one: Instruction) -> str:
        """Names what there is and what is done to it."""
        variables = sorted(self.variables.items()) if one.name == "RUN" else ()
        return sha256(repr((self.key, one.shown, variables)).encode()).hexdigest()

    def _layered(self, layer: Layer, step: Step, key: str) -> None:
        """A step is done, and its outcome kept for the next build."""
        known = self.engine.images.steps
        self.steps.append(step._replace(is_cached=key in known and not self.parsed.on("no-cache")))
        self.image, notes = installed(self.image._replace(layer=layer), step.label, self.client.machine.has_program)
        for note in notes:
            self.client.complain(note)
        known[key] = layer
        while len(known) > MOST_KEPT:
            del known[next(iter(known))]

    def _note(self, created_by: str, size: int) -> None:
        step = HistoryStep(self.client.scheduler.clock, created_by, size)
        self.image = self.image._replace(history=(*self.image.history, step))

    def _fail(self, error: DockerfileError) -> int:
        """Tell what was done, and why it goes on no more."""
        last = self.steps[-1:] if self.steps and self.steps[-1].has_failed else []
        before = "failed to build: " if self.engine.profile.since(28) else ""
        where = [dockerfile.excerpt(self.text, "Dockerfile", error)] if error.first else []
        told = [] if self.parsed.on("quiet") else self._progress()
        for line in [*told, *(build_output.failure(last[0]) if last else []), *where,
                     f"ERROR: {before}failed to solve: {error}"]:
            self.client.complain(line)
        return 1

    def _progress(self) -> list[str]:
        return (build_output.plain if self.parsed.text("progress") in ("plain", "rawjson") else
                build_output.table)(self.steps)

    def _finish(self) -> int:
        names = self.parsed.all("tag") or [""]
        labels = dict(self.image.labels) | _named(self.parsed.all("label"))
        image = self.image._replace(labels=tuple(sorted(labels.items())), created=self.client.scheduler.clock)
        digest = sha256(repr((self.key, image.labels, image._replace(created=0, history=()))).encode()).hexdigest()
        details = ["exporting layers", f"writing image sha256:{digest}"]
        for text in names:
            name, tag = split(text) if text else ("<none>", digest[:12])
            self.engine.images.keep(image._replace(name=name, tag=tag, digest=digest))
            if text:
                details.append(f"naming to {_whole(f'{name}:{tag}')}")
        self.steps.append(Step("exporting to image", 0, tuple(details)))
        if self.parsed.on("quiet"):
            self.client.print(f"sha256:{digest}")
        else:
            for line in self._progress():
                self.client.complain(line)
        return 0


def _whole(reference: str) -> str:
    """With the registry and the tag that are meant (reference.ParseNormalizedNamed)."""
    host, slash, _rest = reference.partition("/")
    if slash and ("." in host or ":" in host or host == "localhost"):
        return with_tag(reference)
    return with_tag(f"docker.io/{reference if slash else f'library/{reference}'}")


def _named(texts: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE, each."""
    return {name: value for name, _equals, value in (text.partition("=") for text in texts)}


def _created_by(one: Instruction, shell: tuple[str, ...]) -> str:
    """As docker history shows it."""
    if one.name in ("CMD", "ENTRYPOINT"):
        return f"{one.name} {listed(words_of(one.text, shell))}"
    if one.name == "EXPOSE":
        ports = " ".join(f"{text if '/' in text else text + '/tcp'}:{{}}" for text in one.text.split())
        return f"EXPOSE map[{ports}]"
    if one.name == "VOLUME":
        return f"VOLUME [{' '.join(list_of(one.text) or one.text.split())}]"
    return f"{one.name} {one.text}"


def _grown(engine: DockerEngine, image: Image, layer: Layer) -> int:
    """Characters in files that are new, or others than they were."""
    before = set(system_of(image, engine.scheduler).layer())
    return sum(len(contents) for path, kind, contents in layer if kind == "-" and (path, kind, contents) not in before)


def _take(wrote: list[str], item: tuple[str, str]) -> None:
    wrote += item[1].splitlines()


def build(client: Client, parsed: Parsed) -> int | None:
    where = parsed.operands[0]
    for text in parsed.all("tag"):
        try:
            check_reference(text)
        except DockerError as error:
            raise DockerError(f'ERROR: failed to build: invalid tag "{text}": {error}') from None
    if where == "-" or "://" in where or where.startswith("git@"):
        raise DockerError(f"docker build {where} is not modelled in the sandbox: the Dockerfile and its files are the "
                          "lab's")
    files = client.machine.host_files()
    if not files.is_directory(where):
        raise DockerError(f'ERROR: unable to prepare context: path "{where}" not found')
    path = parsed.text("file") or f"{where.rstrip('/') or '/'}/Dockerfile"
    if not files.exists(path) or files.is_directory(path):
        before = "failed to build: " if client.engine.profile.since(28) else ""
        raise DockerError(f"ERROR: {before}failed to solve: failed to read dockerfile: open "
                          f"{path.rpartition('/')[2]}: no such file or directory")
    return Build(client, parsed, files.at(files.canonical(where)), files.read(path)).begin()


BUILD = Command("docker build", "[OPTIONS] PATH | URL | -", "Build an image from a Dockerfile", build, (
    Flag("build-arg", "", "list", "Set build-time variables", value="stringArray"),
    Flag("file", "f", "string", 'Name of the Dockerfile (default: "PATH/Dockerfile")', value="string"),
    Flag("label", "", "list", "Set metadata for an image", value="stringArray"),
    Flag("network", "", "string", 'Set the networking mode for the "RUN" instructions during build (default "default")',
         value="string"),
    Flag("no-cache", usage="Do not use cache when building the image"),
    Flag("progress", "", "string", 'Set type of progress output ("auto", "quiet", "plain", "tty", "rawjson"). Use '
         "plain to show container output", value="string"),
    Flag("quiet", "q", usage="Suppress the build output and print image ID on success"),
    Flag("tag", "t", "list", 'Name and optionally a tag (format: "name:tag")', value="stringArray"),
    Flag("target", "", "string", "Set the target build stage to build", value="string"),
    *(Flag(name, "", hidden=True, ignored=True) for name in ("pull", "rm", "force-rm", "load", "compress", "squash")),
    Flag("platform", "", "list", hidden=True, ignored=True), Flag("builder", "", "string", hidden=True, ignored=True),
    *refused("push", "check"),
    *refused("add-host", "allow", "annotation", "attest", "build-context", "cache-from", "cache-to", "output/o",
             "no-cache-filter", "secret", "ssh", "ulimit", kind="list"),
    *refused("call", "cgroup-parent", "iidfile", "metadata-file", "provenance", "sbom", "shm-size", "cpu-period",
             "memory/m", kind="string")), 1, 1)
