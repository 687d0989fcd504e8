"""Characters of web pages or input methods that look like the shell's own, and are letters to it: “ ； – and blanks."""

from __future__ import annotations

import re

from netsandbox.commands.job import Job

FULL_WIDTH = 0xFEE0  # How far the wide forms of ASCII are from ASCII, which an input method has
LOOKALIKES = {
    "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u3002": ".", "\u3001": ",",
    "\u3000": " ", "\u00a0": " ", "\u2003": " ", "\u2002": " ", "\u200b": "", "\ufeff": "",
    **{chr(code + FULL_WIDTH): chr(code) for code in range(ord("!"), ord("~") + 1)}}
"""What each was meant for."""
SENTENCE_END = re.compile(r"[\u3002\u3001\uff0c\uff1b\uff01\uff0e]+\s*$")
LISTED = re.compile(r"[\w./-]*[a-z][\w./-]*(?:[\uff0c\u3001][\w./-]*[a-z][\w./-]*)+", re.ASCII)
"""Names between which commas stand, which the shell's words have blanks between; numbers and flags keep theirs."""
DASH = re.compile(r"(?:(?<=\s)|^)[\u2010-\u2015\u2212-]*[\u2010-\u2015\u2212][\u2010-\u2015\u2212-]*(?=(\w+))")
"""Dashes with which a word begins: one before a letter, two before a longer word."""
QUOTED = re.compile(r"\s[\u201c\u2018]|[\u201d\u2019](?:\s|$)")  # Quotes around a word; elsewhere they may be prose
COMMENT = re.compile(r"(?:^|\s)#")
PROSE = re.compile(r"\s*(?:sudo\s+)?(?:echo|printf|cat|grep)")
RUN = re.compile(r"\s*(?:sudo\s+)?docker\s+(?:container\s+)?(?:run|create)\b")
"""Docker's client speaks of dashes itself, as it takes a word with one for the image's name."""
MOST_NAMED = 4


def straight(text: str) -> str:
    """The line as it was meant."""
    text = SENTENCE_END.sub("", text)
    text = " ".join(re.sub("[\uff0c\u3001]", " ", word) if LISTED.fullmatch(word) else word for word in text.split(" "))
    text = DASH.sub(lambda found: "-" if len(found[1]) == 1 else "--", text)
    return "".join(LOOKALIKES.get(character, character) for character in text)


def about(text: str, code: int) -> str:
    """What to say of a line with such characters, empty for one that is as it should be.

    Args:
        code: how it ended; a line that went well is taken at its word, but for quotes around words.
    """
    text = COMMENT.split(text, maxsplit=1)[0]
    meant = straight(text)
    if meant == text or (code == 0 and (PROSE.match(text) or QUOTED.search(text) is None)):
        return ""
    found = [one for one in dict.fromkeys(text) if one in LOOKALIKES or DASH.search(f" {one}x")]
    named = " ".join(f"U+{ord(one):04X} ({one})" if one.strip() and one.isprintable() else f"U+{ord(one):04X}"
                     for one in found[:MOST_NAMED])
    return f"note: the shell takes {named} for letters, as any other\nTry:  {meant.strip()}"


def note_characters(job: Job) -> None:
    """Say it of a line that fails, and at once of one that would go well and do something else."""
    if job.line.isascii() or (RUN.match(job.line) and DASH.search(job.line)):
        return
    if now := about(job.line, 0):
        job.complain(now)
    elif later := about(job.line, 1):
        job.hint = later
