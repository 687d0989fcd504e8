"""The lesson pane: the present step, its command, its goals with what is still wrong, hints, and the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from netsandbox.explain.questions import LETTERS, question, said_of_task, verdict
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.pane import Pane
from netsandbox.tui.session.lesson import Goal, Guess, Stand, step_of, titled
from netsandbox.tui.text import cell_len, crop, safe, wrap

if TYPE_CHECKING:
    from netsandbox.tui.session.live import LiveLab

_MARKS = {True: ("✓", "$text-success"), False: ("✗", "$text-error"), None: ("·", "$text-muted")}
_ASCII_MARKS = {True: "ok", False: "NO", None: "--"}
FRAME = 6  # Columns of a border that a title has not
FEWEST = 2  # Commands that are never folded
Piece = tuple[str, str]  # A line and its style


class LessonPane(VerticalScroll, can_focus=True):
    """A step of a lesson; `show` gives it one."""

    ALLOW_MAXIMIZE = True
    DEFAULT_CLASSES = "pane"
    HELP_TOPIC = "lesson"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "check", "Check", tooltip="Look at the goals again", id="lesson.check"),
        Binding("h", "hint", "Hint", tooltip="One hint more", id="lesson.hint"),
        Binding("c", "conditions", "Conditions", tooltip="Goals as conditions", id="lesson.conditions"),
        *(Binding(letter, f"answer({number})", f"Answer {letter}", show=False, id=f"lesson.answer-{letter}")
          for number, letter in enumerate(LETTERS, 1)),
    ]

    DEFAULT_CSS = """
    LessonPane { scrollbar-size: 1 1; scrollbar-gutter: stable; padding: 0 1; }
    LessonPane > Static { height: auto; }
    """

    class CheckWanted(Message):
        """The goals are to be looked at again."""

    class Answered(Message):
        """An answer to the question was chosen."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Conditions(Message):
        """Goals are conditions from now on, or sentences again, or there are none."""

        def __init__(self, told: str) -> None:
            super().__init__()
            self.told = told

    class HintWanted(Message):
        """A hint is wanted."""

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.stand: Stand | None = None
        self.as_written = False  # Goals are shown as the scenario has them
        self.printed: Sequence[str] = ()  # What the step's lines have printed, where no other pane shows it
        self._shown: tuple[Stand | None, Size, bool, Sequence[str]] | None = None

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static("", markup=False)

    def show(self, stand: Stand | None, printed: Sequence[str] = ()) -> None:
        """Show where the person stands; the goals of another step are sentences, whatever the last one's were."""
        self.as_written = self.as_written and _place(self.stand) == _place(stand)
        self.stand, self.printed = stand, printed
        size = self.scrollable_content_region.size
        shown = stand, size, self.as_written, printed
        if shown == self._shown or size.width <= 0:
            return
        before = self._shown[0] if self._shown is not None else None
        self._shown = shown
        lines = self._lines(stand, size)
        parts = [Content.styled(line + "\n", style) for line, style in lines]
        self.query_one(Static).update(Content("").join(parts).rstrip())
        self.call_after_refresh(self._retitle)
        if before is None or _place(before) != _place(stand):
            self.scroll_home(animate=False)
        elif stand is not None and stand.ask and not before.ask:
            self.scroll_end(animate=False)

    def _lines(self, stand: Stand | None, size: Size) -> list[Piece]:
        """The text; where a question, the end, what is still wrong or that a task is done would not be seen, goals that
        are met are one line, as are commands, unless they are how a task is done, and of the hints only the last one is
        there."""
        if stand is None:
            return [(tr("lesson.none"), "$text-muted")]
        if self.as_written:
            stand = stand._replace(goals=tuple(goal._replace(sentence=goal.line) for goal in stand.goals))
        lines = lesson_lines(stand, self.glyphs, size.width)
        if self.printed and not (self.as_written or stand.ask or stand.task):
            return self._with_printed(stand, lines, size)
        has_more = stand.ask or stand.is_finished or stand.unmet or stand.task
        if len(lines) <= size.height or self.as_written or not has_more:
            return lines
        stand = stand._replace(hints=stand.hints[-1:])
        lines = lesson_lines(stand, self.glyphs, size.width, are_folded=True)
        if len(lines) > size.height and len(stand.lines) > FEWEST and not stand.task:
            more = f"{stand.lines[0]}  {tr('lesson.commands', count=len(stand.lines) - 1)}"
            lines = lesson_lines(stand._replace(lines=(more,)), self.glyphs, size.width, are_folded=True)
        return lines

    def _with_printed(self, stand: Stand, lines: list[Piece], size: Size) -> list[Piece]:
        """Below the step's lines what they have printed, as far as there is room, and the key that shows all of it."""
        rows = [row for text in self.printed for row in _wrapped(text.expandtabs(), "", self.glyphs, size.width)]
        if len(lines) + len(rows) > size.height:
            lines = lesson_lines(stand._replace(hints=stand.hints[-1:]), self.glyphs, size.width, are_folded=True)
        room = max(size.height - len(lines), 0)
        if len(rows) > room:
            rows = [*rows[: room - 1], (tr("lesson.output", count=len(rows) - room + 1), "$text-muted")] if room else []
        at = next((at for at in range(len(lines), 0, -1) if lines[at - 1][0].startswith(f"{self.glyphs.prompt} ")), 0)
        return [*lines[:at], *rows, *lines[at:]] if at else lines

    def to_copy(self) -> Sequence[str]:
        """All of the step's text."""
        return [line for line, _style in self._lines(self.stand, self.size)] if self.stand is not None else []

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.call_after_refresh(self._show_again)

    def _show_again(self) -> None:
        self.show(self.stand, self.printed)  # where the person stands by then

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Say in the title on which side there is more to read."""
        super().watch_scroll_y(old_value, new_value)
        self._retitle()

    def _size_updated(self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True) -> bool:
        """Text that is longer, or a lower edge that comes or goes, may be laid out only after the title was painted."""
        is_other = super()._size_updated(size, virtual_size, container_size, layout)
        if is_other:
            self.call_later(self._retitle)
        return is_other

    def _retitle(self) -> None:
        stand = self.stand
        if stand is None:
            self.border_title, self.border_subtitle = Content(tr("lesson.title")), Content("")
            return
        step = step_of(stand)
        hidden = self.glyphs.up * (self.scroll_y > 0) + self.glyphs.down * (self.scroll_y < self.max_scroll_y)
        gap = " -- " if self.glyphs.ascii else " ── "
        step += gap + tr("lesson.more", where=hidden) if hidden else ""
        room = self.outer_size.width - FRAME - cell_len(tr("lesson.named", title="", step=step))
        title = crop(self.glyphs.plain(safe(stand.title)), max(room, 0), self.glyphs.ellipsis)
        self.border_title = Content(tr("lesson.named", title=title, step=step))
        keys = [tr("lesson.key.check")] if stand.unmet else []
        keys += [tr("lesson.key.hint")] if stand.more_hints and (stand.unmet or not stand.goals) else []
        keys += [tr("lesson.key.conditions")] if stand.goals and not stand.answers else []  # c may answer
        self.border_subtitle = Content("  ".join(keys))
        if (len(keys) > 1) is not self.has_class("-keys"):  # where panes have no lower edge, it has one then
            self.toggle_class("-keys")
            self.call_after_refresh(self._retitle)

    def action_check(self) -> None:
        """Ask for another look at the goals."""
        self.post_message(self.CheckWanted())

    def action_conditions(self) -> None:
        """Show the goals as conditions, or as sentences again."""
        has_goals = self.stand is None or bool(self.stand.goals)
        self.as_written = self.as_written is not has_goals
        self.show(self.stand, self.printed)
        told = tr("lesson.sentences") if has_goals else tr("lesson.no-goals")
        self.post_message(self.Conditions(tr("lesson.conditions") if self.as_written else told))

    def action_answer(self, number: int) -> None:
        """Choose an answer, counted from 1."""
        self.post_message(self.Answered(number))

    def action_hint(self) -> None:
        """Ask for a hint."""
        self.post_message(self.HintWanted())


def _place(stand: Stand | None) -> tuple[str, int] | None:
    return (stand.title, stand.number) if stand is not None else None


def lesson_lines(stand: Stand, glyphs: GlyphSet, width: int, are_folded: bool = False) -> list[Piece]:
    """The pane's text, broken to a width in cells; of folded goals it tells how many there are, of those of a task that
    is done before what is said of it, and what to press for one before its goals."""
    task = said_of_task("task", language(), stand.task) if stand.task else ""
    found = _wrapped(task, "bold $text-primary", glyphs, width)
    is_done_first = are_folded and bool(stand.task) and not stand.unmet
    if is_done_first:
        found += _goals(stand, glyphs, width, are_folded)
    keys = tr("lesson.task.keys-again" if stand.insists else "lesson.task.keys",
              hint=tr("lesson.h-hints") if stand.more_hints else "") if stand.is_open else ""
    if are_folded:
        found += _wrapped(keys, "$text-muted", glyphs, width)
    if stand.guess is not None:
        found += _guess_lines(stand.guess, glyphs, width)
    found += _wrapped(stand.text, "$text", glyphs, width)
    found += _wrapped(said_of_task("one-way", language()) if stand.task and stand.lines else "", "$text-muted", glyphs,
                      width)
    found += [(f"{glyphs.prompt} {safe(line)}", "$text-primary") for line in stand.lines]
    for hint in stand.hints:  # beside what they are about: below its goals one would be read without the other
        found += _wrapped(said_of_task("hint", language(), hint), "$text-success", glyphs, width)
    if stand.goals and not is_done_first:
        found += _goals(stand, glyphs, width, are_folded)
    if stand.ask:
        asked, *answers = question(stand.ask, stand.answers, language())
        found += _wrapped(asked, "bold $text-primary", glyphs, width)
        found += [line for answer in answers for line in _wrapped(answer, "$text-primary", glyphs, width)]
    if stand.is_finished:
        return found + _end_lines(stand, glyphs, width)
    if stand.is_open:
        return found + _wrapped("" if are_folded else keys, "$text-muted", glyphs, width)
    return found if stand.unmet else found + _wrapped(_what_next(stand), "$text-muted", glyphs, width)


def _end_lines(stand: Stand, glyphs: GlyphSet, width: int) -> list[Piece]:
    following = tr("lesson.after", name=titled(stand.after)) if stand.after else ""
    return [*_wrapped(_how_it_ended(stand.skipped), "bold $text-success", glyphs, width),
            *_wrapped(stand.learned, "$text", glyphs, width), *_wrapped(following, "$text-primary", glyphs, width)]


def _how_it_ended(skipped: Sequence[int]) -> str:
    if not skipped:
        return tr("lesson.finished")
    return tr("lesson.finished-but", steps=(", " if language() == "en" else "、").join(map(str, skipped)))


def _what_next(stand: Stand) -> str:
    if stand.answers:
        return how_to_choose(len(stand.answers))
    return tr("lesson.answer" if stand.ask else "lesson.go-on")


def how_to_choose(answers: int) -> str:
    """Which letters answer a question that has so many answers."""
    letters = tr("lesson.letters" if answers > 2 else "lesson.either", last=LETTERS[answers - 1])
    return tr("lesson.choose", letters=letters)


def _guess_lines(guess: Guess, glyphs: GlyphSet, width: int) -> list[Piece]:
    """What was asked, what the reader thought, and whether it was so."""
    text, asked = verdict(guess.answer, guess.right, language()), _wrapped(guess.question, "$text-muted", glyphs, width)
    if not guess.answer:
        return asked + _wrapped(text, "bold", glyphs, width)
    mark, style = _mark(guess.answer == guess.right, glyphs)
    return asked + _wrapped(f"{mark} {text}", style, glyphs, width)


def _goals(stand: Stand, glyphs: GlyphSet, width: int, are_folded: bool) -> list[Piece]:
    """How many are met, and each of them; of folded ones the others. What nobody has looked at is no sentence."""
    known = [goal for goal in stand.goals if goal.sentence]
    if not known:
        return _wrapped(tr("lesson.goals-later", count=len(stand.goals)), "bold", glyphs, width)
    mark = f"{_mark(True, glyphs)[0]} " if are_folded and not stand.unmet else ""
    title = tr("lesson.goals", met=len(stand.goals) - stand.unmet, count=len(stand.goals))
    is_shown_how = bool(stand.task and stand.lines)  # which says more than what is still wrong
    shown = [goal for goal in known if not (are_folded and (goal.met or is_shown_how))]
    return [(mark + title, "bold"), *(line for goal in shown for line in _goal_lines(goal, glyphs, width))]


def _mark(met: bool | None, glyphs: GlyphSet) -> Piece:
    mark, style = _MARKS[met]
    return _ASCII_MARKS[met] if glyphs.ascii else mark, style


def _goal_lines(goal: Goal, glyphs: GlyphSet, width: int) -> list[Piece]:
    mark, style = _mark(goal.met, glyphs)
    found = _wrapped(f"{mark} {goal.sentence}", style, glyphs, width)
    wrong = [row for line in goal.wrong.splitlines() for row in _wrapped(line, "", glyphs, width - 2)]
    return found + [(f"  {row}", "$text-muted") for row, _style in wrong]


def _wrapped(text: str, style: str, glyphs: GlyphSet, width: int) -> list[Piece]:
    """Its lines broken to the width; paragraphs stay as they are."""
    lines = text.rstrip().split("\n") if text else []
    return [(part, style) for line in lines for part in wrap(glyphs.plain(safe(line.rstrip())), width)]


def _shows(pane: Widget, live: LiveLab) -> None:
    assert isinstance(pane, LessonPane)
    is_alone = pane.display and not any(output.display for output in pane.screen.query("OutputPane"))
    pane.show(live.lesson.stand(), tuple(live.jobs.of_step()) if is_alone and live.lesson.is_newest else ())


PANE = Pane("lesson", lambda _lab, glyphs, _still: LessonPane(glyphs, id="lesson"), alone=True, shows=_shows, texts={
    "lesson.title": ("Lesson", "课程"),
    "lesson.named": ("Lesson: {title} - {step}", "课程：{title} · {step}"),
    "topic.lesson": ("Lesson", "课程"),
    "help.lesson": ("A step of the lesson. `r` checks its goals again, `c` shows conditions, `h` a hint; `p` goes on.",
                    "课程的当前一步和目标。`r` 重新检查，`h` 给出提示，`c` 显示为 `expect` 的条件，`p` 继续。"),
    "key.lesson.check": ("Check", "检查"), "tip.lesson.check": ("Look at the goals again", "重新检查目标"),
    "key.lesson.hint": ("Hint", "提示"), "tip.lesson.hint": ("One hint more", "再给一个提示"),
    "key.lesson.conditions": ("Conditions", "条件"),
    "tip.lesson.conditions": ("Goals as conditions", "把目标显示为条件"),
    "lesson.key.conditions": ("c conditions", "c 条件"),
    "lesson.key.check": ("r checks again", "r 重新检查"),
    "lesson.key.hint": ("h gives a hint", "h 提示"),
    "lesson.conditions": ("Goals as conditions; c: as sentences again", "目标显示为条件；再按 c 恢复为句子"),
    "lesson.sentences": ("Goals as sentences", "目标显示为句子"),
    "lesson.output": ("... {count} lines more: o", "……另有 {count} 行：按 o"),
    "lesson.commands": ("... and {count} more", "……另有 {count} 行"),
    "lesson.more": ("{where} more", "{where} 更多"),
    "lesson.step": ("step {number} of {count}", "第 {number} 步，共 {count} 步"),
    "lesson.steps": ("step 0 of {count}", "共 {count} 步，还没开始"),
    "lesson.met": (", goals {met} of {count}: key 6", "，目标 {met}/{count}：按 6"),
    "lesson.wanted": ("goals {met} of {count} (6)", "目标 {met}/{count}（按 6）"),
    "lesson.missing": ("goals {met} of {count} (6): {goal}", "目标 {met}/{count}（按 6）：{goal}"),
    "lesson.table": (", table: key 2", "，表：按 2"),
    "lesson.none": ("No lesson is open: ctrl+o shows what there is", "没有打开课程：ctrl+o 列出可选的课程"),
    "lesson.goals": ("Goals: {met} of {count}", "目标（已达成 {met}/{count}）"),
    "lesson.goals-later": ("Goals: {count}, looked at when the lines are done",
                           "目标（共 {count} 个，命令执行完后检查）"),
    "lesson.hint-done": ("The goals are met, so that there is nothing to hint at: p goes on",
                         "目标已全部达到，不需要提示：按 p 继续"),
    "lesson.no-hint": ("There is no further hint", "没有更多提示"),
    "lesson.task.keys": (": types a line, {hint}p twice shows how it is done",
                         "按 : 输入命令，{hint}按两次 p 看做法"),
    "lesson.task.keys-again": (": types a line, {hint}p again shows how it is done",
                               "按 : 输入命令，{hint}再按 p 看做法"),
    "lesson.h-hints": ("h gives a hint, ", "h 给提示，"),
    "lesson.or-hint": (", h gives a hint", "，或按 h 看提示"),
    "lesson.answer": ("p shows the answer", "按 p 看答案"),
    "lesson.choose": ("{letters} answers, p shows the answer at once", "按 {letters} 作答，按 p 直接看答案"),
    "lesson.letters": ("A to {last}", "A 到 {last}"),
    "lesson.either": ("A or {last}", "A 或 {last}"),
    "lesson.nothing-asked": ("No question is open that has answers to choose among", "现在没有可以选择答案的问题"),
    **{f"key.lesson.answer-{letter}": (f"Answer {letter}", f"选答案 {letter}") for letter in LETTERS},
    "lesson.go-on": ("p goes on", "按 p 继续"),
    "lesson.finished": ("Finished: every goal is met.", "完成：所有目标都已达成。"),
    "lesson.finished-but": ("Finished; left with goals unmet: step {steps}", "完成；目标没有全部达成的：第 {steps} 步"),
    "lesson.after": ("Next: {name} (p)", "下一课：{name}（按 p）"),
})
