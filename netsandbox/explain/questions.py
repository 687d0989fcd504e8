"""What is said of a question that a lesson asks before it shows the answer."""

from __future__ import annotations

from collections.abc import Sequence

from netsandbox.explain.words import Words

WORDS = Words({
    "ask": ("What do you think? {text}", "先想一想：{text}"),
    "solution": ("Answer: {right}", "答案：{right}"),
    "right": ("Right: {right}", "答对了：{right}"),
    "mistaken": ("You thought “{guess}”; right is “{right}”", "你答的是“{guess}”，正确答案是“{right}”"),
})
_INNER = str.maketrans("“”", "‘’")
"""Quotes within quotes."""
LETTERS = "ABCD"
"""What the answers are called."""


def question(text: str, answers: Sequence[str], language: str) -> list[str]:
    """The question, and the answers to choose among."""
    choices = (f"{letter}. {answer}" for letter, answer in zip(LETTERS, answers, strict=False))
    return [WORDS.say("ask", language, text=text), *choices]


def verdict(guess: str, right: str, language: str) -> str:
    """Whether a guess was right; of none, what is right."""
    key = "solution" if not guess else "right" if guess == right else "mistaken"
    if key == "mistaken":
        guess, right = guess.translate(_INNER), right.translate(_INNER)
    return WORDS.say(key, language, guess=guess, right=right)
