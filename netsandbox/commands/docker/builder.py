"""A build of an image, instruction after instruction (BuildKit's solver)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from netsandbox.commands.docker import build_output, dockerfile
from netsandbox.commands.docker.build_files import Copying, grown, in_layer
from netsandbox.commands.docker.build_output import Step
from netsandbox.commands.docker.build_packages import installed
from netsandbox.commands.docker.build_run import Run, container_for
from netsandbox.commands.docker.dockerfile import DockerfileError, Instruction, Planned, Stage
from netsandbox.commands.docker.image_config import CHANGES, SHELL, list_of, pairs, substituted, words_of
from netsandbox.commands.docker.image_history import created_by, of_own
from netsandbox.commands.docker.reference import normalized
from netsandbox.commands.docker.words import named_values
from netsandbox.docker.errors import DockerError
from netsandbox.docker.files import files_of
from netsandbox.docker.image_store import split
from netsandbox.docker.images import HistoryStep, Image
from netsandbox.linux.core.inode import FileError

if TYPE_CHECKING:
    from netsandbox.commands.docker.client import Client
    from netsandbox.commands.docker.flags import Parsed
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.linux.core.files import Files
    from netsandbox.linux.core.inode import Layer

SUBSTITUTED = frozenset({"ADD", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})
MOST_KEPT = 100
"""Steps whose outcome is kept for the next build."""
NO_ACCESS = ("failed to resolve source metadata for {path}: pull access denied, repository does not exist or "
             "may require authorization: server message: insufficient_scope: authorization failed")


def unsolved(engine: DockerEngine, target: str) -> str:
    """How a build that has failed begins to say why; of a service Compose says it."""
    if target:
        return f"target {target}: failed to solve: "
    return f"ERROR: {'failed to build: ' if engine.profile.since(28) else ''}failed to solve: "


class Build:
    """One build, step after step.

    Attributes:
        text: the Dockerfile.
        target: the service of a Compose file that it is for, by which its steps are called.
        when_ended: what is done with its status, where it had to wait for a program.
        steps: what was done, as it is told in the end.
        plan: what is left to do, the last first.
        made: the images of the stages, by name and number.
        image, stage: what is being made.
        variables: ARG and ENV, as they are now.
        arguments: what --build-arg says.  global_arguments: the ARGs in front of the first FROM.
        key: names all that was done up to now, for the cache.
        has_cmd: the stage has its own CMD, which its ENTRYPOINT does not take away.
    """

    def __init__(self, client: Client, parsed: Parsed, context: Files, text: str, target: str) -> None:
        self.client = client
        self.engine = client.engine
        self.parsed = parsed
        self.context = context
        self.text = text
        self.target = target
        self.when_ended: Callable[[int], None] = client.exit
        self.steps: list[Step] = []
        self.plan: list[Planned] = []
        self.made: dict[str, Image] = {}
        self.image = Image("")
        self.stage: Stage | None = None
        self.variables: dict[str, str] = {}
        self.arguments: dict[str, str] = {}
        self.global_arguments: dict[str, str] = {}
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
        self.plan = dockerfile.planned(recipe, self.parsed.text("target"))[::-1]
        self.arguments = named_values(self.parsed.all("build-arg"))
        for one in recipe.before:
            self.global_arguments |= self._declared(one, {})
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
            self.variables = self._declared(one, self.global_arguments) | self.variables
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
        name = substituted(stage.base, self.global_arguments)
        base = self.made.get(name.lower())
        if base is None:
            if name == "scratch":
                raise one.error("FROM scratch is not modelled in the sandbox, whose programs are those of its images")
            image = self.engine.images.find(name)
            path = normalized(name)
            asked = Step(f"[internal] load metadata for {path}", has_failed=image is None)
            self.steps += [asked] if asked not in self.steps else []
            if image is None:
                raise one.error(f"{name}: {NO_ACCESS.format(path=path)}")
            base = image
            self.steps.append(Step(f"{label} FROM {path}"))
        begun = base.history or of_own(base)
        self.image, self.key = base._replace(digest=base.identity, history=begun), base.identity
        self.variables = named_values(base.environment)
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
        self._note(created_by(one, self.shell), 0)

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
            self._ran(Step(f"{label} {one.shown}"), words, known, key)
            return False
        container = container_for(self.engine, self.image, one, words, self.variables, self.parsed.text("network"))
        run = Run(one, label, key, container)
        self.engine.start(container)
        self.client.watched = container.program
        self.client.on_interrupt = partial(self.engine.kill, container)
        self.engine.when_ended(container, partial(self._ended, run))
        return True

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
            raise run.instruction.error(
                f'process "{" ".join(words)}" did not complete successfully: exit code: {run.code}')
        self._ran(run.step(), words, files_of(self.engine, run.container).system.layer(), run.key)
        return self._go_on()

    def _ran(self, step: Step, words: Sequence[str], layer: Layer, key: str) -> None:
        size = grown(self.engine, self.image, layer)
        self._layered(layer, step, key)
        self._note(f"RUN {' '.join(words)} # buildkit", size)
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
        last = build_output.of_target([step for step in self.steps[-1:] if step.has_failed], self.target)
        where = [dockerfile.excerpt(self.text, "Dockerfile", error)] if error.first else []
        told = [] if self.parsed.on("quiet") else self._progress()
        for line in [*told, *(build_output.failure(last[0]) if last else []), *where,
                     f"{unsolved(self.engine, self.target)}{error}"]:
            self.client.complain(line)
        return 1

    def _progress(self) -> list[str]:
        return (build_output.plain if self.parsed.text("progress") in ("plain", "rawjson") else
                build_output.table)(build_output.of_target(self.steps, self.target))

    def _finish(self) -> int:
        names = self.parsed.all("tag") or [""]
        labels = dict(self.image.labels) | named_values(self.parsed.all("label"))
        image = self.image._replace(labels=tuple(sorted(labels.items())), created=self.client.scheduler.clock)
        digest = sha256(repr((self.key, image.labels, image._replace(created=0, history=()))).encode()).hexdigest()
        details = ["exporting layers", f"writing image sha256:{digest}"]
        for text in names:
            name, tag = split(text) if text else ("<none>", digest[:12])
            self.engine.images.keep(image._replace(name=name, tag=tag, digest=digest))
            if text:
                details.append(f"naming to {normalized(f'{name}:{tag}')}")
        self.steps.append(Step("exporting to image", 0, tuple(details)))
        if self.parsed.on("quiet"):
            self.client.print(f"sha256:{digest}")
        else:
            for line in self._progress():
                self.client.complain(line)
        return 0
