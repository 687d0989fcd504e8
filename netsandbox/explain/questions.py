"""What is said of a question that a lesson asks before it shows the answer, and of a task that it gives."""

from __future__ import annotations

from collections.abc import Sequence

from netsandbox.explain.words import Words

WORDS = Words({
    "ask": ("What do you think? {text}", "先想一想：{text}"),
    "solution": ("Answer: {right}", "答案：{right}"),
    "right": ("Right: {right}", "答对了：{right}"),
    "task": ("Your turn: {text}", "轮到你：{text}"), "hint": ("Hint: {text}", "提示：{text}"),
    "one-way": ("One way to do it:", "一种做法："),
    "mistaken": ("You thought “{guess}”; right is “{right}”.", "你答的是“{guess}”，正确答案是“{right}”。"),
})
_INNER = str.maketrans("“”", "‘’")  # Quotes within quotes
LETTERS = "ABCD"  # What the answers are called


def said_of_task(key: str, language: str, text: str = "") -> str:
    """A task, a hint, or what stands before its lines, by the key."""
    return WORDS.say(key, language, text=text.strip())


def question(text: str, answers: Sequence[str], language: str) -> list[str]:
    """The question, and the answers to choose among."""
    return [WORDS.say("ask", language, text=text), *(lettered(answers, number + 1) for number in range(len(answers)))]


def lettered(answers: Sequence[str], number: int) -> str:
    """An answer, counted from 1, with its letter; empty for none."""
    return f"{LETTERS[number - 1]}. {answers[number - 1]}" if number else ""


def verdict(guess: str, right: str, language: str) -> str:
    """Whether a guess was right; of none, what is right. Both have their letters."""
    key = "solution" if not guess else "right" if guess == right else "mistaken"
    if key == "mistaken":
        guess, right = guess.translate(_INNER), right.translate(_INNER)
    return WORDS.say(key, language, guess=guess, right=right)
