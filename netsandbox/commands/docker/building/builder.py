"""A build of an image, instruction after instruction (BuildKit's solver)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256

from netsandbox.commands.docker.building import dockerfile, output
from netsandbox.commands.docker.building.checks import warnings
from netsandbox.commands.docker.building.dockerfile import DockerfileError, Instruction, Planned, Stage
from netsandbox.commands.docker.building.files import Copying, grown, in_layer
from netsandbox.commands.docker.building.output import Step
from netsandbox.commands.docker.building.run_instruction import Run, container_for, installed
from netsandbox.commands.docker.client.client import Client
from netsandbox.commands.docker.client.flags import Parsed
from netsandbox.commands.docker.images.config import CHANGES, SHELL, list_of, pairs, substituted, words_of
from netsandbox.commands.docker.images.history import created_by, of_own
from netsandbox.commands.docker.images.reference import normalized
from netsandbox.commands.docker.printing.words import named_values
from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.errors import DockerError
from netsandbox.docker.files import files_of
from netsandbox.docker.image_store import NO_NAME, split
from netsandbox.docker.images import HistoryStep, Image
from netsandbox.engine.octets import to_bytes
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.files.inode import FileError, Layer

SUBSTITUTED = frozenset({"ADD", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})
MOST_KEPT = 100  # Steps whose outcome is kept for the next build
NO_ACCESS = ("pull access denied, repository does not exist or may require authorization: server message: "
             "insufficient_scope: authorization failed")
CONTEXT = "[internal] load build context"


def unsolved(engine: DockerEngine, target: str) -> str:
    """How a build that has failed begins to say why; of a service Compose says it."""
    if target:
        return f"target {target}: failed to solve: "
    return f"ERROR: {'failed to build: ' if engine.profile.since(28) else ''}failed to solve: "


class Build:
    """One build, step after step."""

    def __init__(self, client: Client, parsed: Parsed, context: Files, text: str, name: str, target: str) -> None:
        self.client = client
        self.engine = client.engine
        self.parsed = parsed
        self.context = context
        # text, name: the Dockerfile, and what it is called
        self.text = text
        self.name = name
        self.sizes: dict[str, int] = {}  # what is taken of the context: bytes by path, -1 of a directory
        self.target = target  # the service of a Compose file that it is for, by which its steps are called
        # what is done with its status, where it had to wait for a program
        self.when_ended: Callable[[int], None] = client.exit
        self.steps: list[Step] = []  # what was done, as it is told in the end
        self.plan: list[Planned] = []  # what is left to do, the last first
        self.made: dict[str, Image] = {}  # the images of the stages, by name and number
        # image, stage: what is being made
        self.image = Image("")
        self.stage: Stage | None = None
        self.variables: dict[str, str] = {}  # ARG and ENV, as they are now
        self.arguments: dict[str, str] = {}  # what --build-arg says
        self.global_arguments: dict[str, str] = {}  # the ARGs in front of the first FROM
        self.shell: tuple[str, ...] = SHELL
        self.key = ""  # names all that was done up to now, for the cache
        self.has_cmd = False  # the stage has its own CMD, which its ENTRYPOINT does not take away
        self.declared: list[str] = []  # the stage's ARGs

    # -- the way through

    def begin(self) -> int | None:
        return self._guarded(self._prepare)

    def _prepare(self) -> int | None:
        loaded = definition(self.name, len(to_bytes(self.text)))
        self.steps.append(loaded)
        recipe = dockerfile.read(self.text)
        if self.engine.profile.since(27):
            self.steps[0] = loaded._replace(warnings=warnings(recipe, self.text))
        self.plan = dockerfile.planned(recipe, self.parsed.text("target"))[::-1]
        _check(self.plan[::-1])
        self.arguments = named_values(self.parsed.all("build-arg"))
        for one in recipe.before:
            self.global_arguments |= self._declared(one, {})
        self._load()
        return self._go_on()

    def _load(self) -> None:
        """What a build knows before its first step: the images that it begins with, and what it leaves out."""
        stages = {name for each in self.plan for name in (each.stage.name, str(each.stage.number))}
        for one, _stage, _label in reversed(self.plan):
            name = substituted(one.text.split()[0], self.global_arguments) if one.name == "FROM" else ""
            if not name or name.lower() in stages:
                continue
            if name == "scratch":
                raise one.error("FROM scratch is not modelled in the sandbox, whose programs are those of its images")
            path, is_there = normalized(name), self.engine.images.find(name) is not None
            asked = Step(f"[internal] load metadata for {path}", error="" if is_there else NO_ACCESS)
            self.steps += [asked] if asked not in self.steps else []
            if not is_there:
                raise one.error(f"{name}: failed to resolve source metadata for {path}: {NO_ACCESS}")
        ignore = ".dockerignore"
        sizes = {ignore: len(to_bytes(self.context.read(ignore)))} if self.context.exists(ignore) else {}
        self.steps.append(Step(f"[internal] load {ignore}", 0, (output.transferred("context", sizes),)))

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
            self._from(stage, label)
        elif one.name in ("COPY", "ADD"):
            self._copy(one, label)
        elif one.name == "ARG":
            found = self._declared(one, self.global_arguments)
            self.variables = found | self.variables
            self.declared += [name for name in found if name not in self.declared]
            self._note(f"ARG {' '.join(f'{name}={found[name]}' if found[name] else name for name in found)}", 0)
        elif one.name == "SHELL":
            self.shell = list_of(one.text) or ()
            if not self.shell:
                raise one.error("SHELL requires the arguments to be in JSON form")
            self._note(created_by(one, self.shell, True), 0)
        elif one.name == "MAINTAINER":
            self._note(f"MAINTAINER {one.text}", 0)
        else:
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

    def _from(self, stage: Stage, label: str) -> None:
        if self.stage is not None:
            self.made[self.stage.name] = self.made[str(self.stage.number)] = self.image
        self.stage = stage
        name = substituted(stage.base, self.global_arguments)
        base = self.made.get(name.lower())
        if base is None:
            base = self.engine.images.find(name)
            assert base is not None, "its metadata are loaded"
            self.steps.append(Step(f"{label} FROM {normalized(name)}"))
        if all(step.label != CONTEXT for step in self.steps) and any(
                each.name in ("ADD", "COPY") and "from" not in dict(each.flags) for each, _stage, _label in self.plan):
            self.steps.append(Step(CONTEXT))
        begun = base.history or of_own(base)
        self.image, self.key = base._replace(digest=base.identity, history=begun), base.identity
        self.variables = named_values(base.environment)
        self.shell, self.has_cmd, self.declared = SHELL, False, []

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
        self._note(created_by(one, self.shell, self.engine.profile.since(28)), 0)

    def _copy(self, one: Instruction, label: str) -> None:
        source = dict(one.flags).get("from", "")
        base = self.made.get(source.lower()) or (self.engine.images.find(source) if source else None)
        copying = Copying(self.engine, one, self.context, base, self.image.workdir)
        try:
            folders, texts = copying.read()
            layer = in_layer(self.engine, self.image, folders, texts)
        except FileError as error:
            raise self._failed(f"{label} {one.shown}", one.error(f"failed to copy files: {error}")) from None
        except DockerfileError as error:
            raise self._failed(f"{label} {one.shown}", error) from None
        for name in copying.ignored:
            self.client.complain(f"note: {one.name} --{name} does nothing in the sandbox")
        self.sizes |= copying.sizes if base is None else {}
        self.key += sha256(repr((folders, texts)).encode()).hexdigest()
        self._layered(layer, Step(f"{label} {one.shown}"), self._next_key(one))
        flags = "".join(f"--{name}={value} " for name, value in one.flags if name != "from")
        self._note(f"{one.name} {flags}{one.text} # buildkit", sum(len(text) for _path, _name, text in texts))

    def _failed(self, label: str, error: DockerfileError) -> DockerfileError:
        self.steps.append(Step(label, error=str(error).removeprefix("failed to compute cache key: ")))
        return error

    def _run(self, one: Instruction, label: str) -> bool:
        words = words_of(one.text, self.shell)
        key = self._next_key(one)
        known = None if self.parsed.on("no-cache") else self.engine.images.steps.get(key)
        if known is not None:
            self._ran(Step(self._shown(one, label)), words, known, key)
            return False
        container = container_for(self.engine, self.image, one, words, self.variables, self.parsed.text("network"))
        run = Run(one, self._shown(one, label), key, container)
        self.engine.start(container)
        self.client.watched = container.program
        self.client.on_interrupt = partial(self.engine.kill, container)
        self.engine.when_ended(container, partial(self._ended, run))
        return True

    def _shown(self, one: Instruction, label: str) -> str:
        """A RUN with the values of its variables."""
        return f"{label} {one._replace(text=substituted(one.text, self.variables, kept=True)).shown}"

    def _ended(self, run: Run, code: int) -> None:
        run.code = code
        self.client.scheduler.soon(self._after, run)

    def _after(self, run: Run) -> None:
        """The next step, once the program's end is over."""
        status = self._guarded(partial(self._take_over, run))
        if status is not None:
            self.when_ended(status)

    def _take_over(self, run: Run) -> int | None:
        words = run.container.arguments
        if run.code != 0:
            self.steps.append(run.step())
            raise run.instruction.error(run.error)
        self._ran(run.step(), words, files_of(self.engine, run.container).system.layer(), run.key)
        return self._go_on()

    def _ran(self, step: Step, words: Sequence[str], layer: Layer, key: str) -> None:
        size = grown(self.engine, self.image, layer)
        self._layered(layer, step, key)
        given = [f"{name}={self.variables[name]}" for name in self.declared]
        before = f"|{len(given)} {' '.join(given)} " if given else ""
        self._note(f"RUN {before}{' '.join(words)} # buildkit", size)
        self.key = key

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
        last = output.of_target([step for step in self.steps[-1:] if step.error], self.target)
        where = [dockerfile.excerpt(self.text, self.name, error)] if error.first else []
        told = [] if self.parsed.on("quiet") else self._progress()
        for line in [*told, *(output.failure(last[0]) if last else []), *where,
                     f"{unsolved(self.engine, self.target)}{error}"]:
            self.client.complain(line)
        return 1

    def _progress(self) -> list[str]:
        steps = [step._replace(details=(output.transferred("context", self.sizes),)) if step.label == CONTEXT else
                 step for step in self.steps]
        return (output.plain if self.parsed.text("progress") in ("plain", "rawjson") else
                output.table)(output.of_target(steps, self.target))

    def _finish(self) -> int:
        names = self.parsed.all("tag") or [""]
        labels = dict(self.image.labels) | named_values(self.parsed.all("label"))
        image = self.image._replace(labels=tuple(sorted(labels.items())), created=self.client.scheduler.clock)
        digest = sha256(repr((self.key, image.labels, image._replace(created=0, history=()))).encode()).hexdigest()
        details = ["exporting layers", f"writing image sha256:{digest}"]
        for text in names:
            name, tag = split(text) if text else (NO_NAME, digest[:12])
            self.engine.images.keep(image._replace(name=name, tag=tag, digest=digest))
            if text:
                has_tag = ":" in text.rpartition("/")[2] or self.engine.profile.since(29)
                details.append(f"naming to {normalized(text).removesuffix('' if has_tag else ':latest')}")
        self.steps.append(Step("exporting to image", 0, tuple(details)))
        if self.parsed.on("quiet"):
            self.client.print(f"sha256:{digest}")
        else:
            for line in [*self._progress(), *output.found_fault(self.steps)]:
                self.client.complain(line)
        return 0


def definition(name: str, size: int | None) -> Step:
    """The first step: a Dockerfile of so many bytes, or none."""
    sizes = {} if size is None else {name: size}
    return Step(f"[internal] load build definition from {name}", 0, (output.transferred("dockerfile", sizes),))


def _check(plan: list[Planned]) -> None:
    """Raises DockerfileError: an instruction is wrong by itself."""
    for one, _stage, _label in plan:
        if one.name in ("ENV", "HEALTHCHECK", "LABEL"):
            try:
                CHANGES[one.name](Image(""), one.text)
            except DockerError as error:
                before = f"dockerfile parse error on line {one.first}: " if one.name == "HEALTHCHECK" else ""
                raise one.error(f"{before}{error}") from None
