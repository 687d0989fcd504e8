"""Looking for something to open: by its name and words, or by a question as a person asks it, in either language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import partial
from math import log
from unicodedata import normalize

from netsandbox.session.shelf import Work

WHOLE = 3  # A Latin word of so few letters is meant as it is; a longer one may be the beginning of another
MOST = 12  # Works that a question finds
NEAR = 0.4  # What is found has at least so much of the best one's weight
OF_TITLE, OF_ABOUT = 4, 2  # What a word weighs in the title and in the summary, beside 1 in the text
_ASKING = re.compile(
    r"为什么|为何|怎么样|怎么|怎样|如何|什么|哪里|我的|[的吗呢啊吧了我]|(?<![a-z])(?:why|how|what|where|when|can|can't|cannot|"
    r"could|do|does|doesn't|don't|is|isn't|are|not|my|i|it|a|an|the|to|of|in|on|at|and|or|with|there|this|that|be|has|have)"
    r"(?![a-z'])")
"""What a question has that says nothing of what it is about."""
_WORDS = re.compile(r"[a-z0-9']+|[\u4e00-\u9fff]+")


def found(works: Sequence[Work], query: str) -> list[Work]:
    """Those with all words of a query in name, title or summary, first those with them as words of name or title, then
    in the name, then in the title; then those whose topics they are; of several words then those that tell most of what
    is asked."""
    words = normalize("NFKC", query).lower().split()
    exact = [work for work in works if all(word in _head(work) for word in words)]
    exact.sort(key=lambda work: [not all(_has(_title(work), word) for word in words), *(
        not all(word in text for word in words) for text in (work.name.lower(), _title(work)))])
    if words:
        exact += [work for work in works if work not in exact and all(map(partial(_is_about, work), words))]
    if exact and len(words) < 2:
        return exact
    return list(dict.fromkeys([*exact, *_nearest(works, list(dict.fromkeys(tokens(query))))]))


def _is_about(work: Work, word: str) -> bool:
    """Whether a word is one of its topics; of three letters on also the beginning of one."""
    return any(topic == word or (len(word) >= WHOLE and topic.startswith(word)) for topic in work.topics)


def tokens(text: str) -> Iterable[str]:
    """Latin words, and of Chinese, which has no spaces, each two characters that follow each other; none that only
    makes a question of it."""
    for word in _WORDS.findall(_ASKING.sub(" ", normalize("NFKC", text).lower().replace("’", "'"))):
        if word[0] < "\u4e00" or len(word) == 1:
            yield word
        else:
            yield from (word[at:at + 2] for at in range(len(word) - 1))


def _nearest(works: Sequence[Work], wanted: Sequence[str]) -> list[Work]:
    """The works by what they have of the words, of which a rare one tells more than one that is everywhere."""
    texts = [tuple(normalize("NFKC", one).lower() for one in (
        f"{work.name} {' '.join(work.title.values())}", " ".join(work.about.values()), work.text)) for work in works]
    has = {token: [_weight(token, one) for one in texts] for token in wanted}
    rare = {token: log(len(works) / sum(map(bool, row))) for token, row in has.items() if any(row)}
    weights = {work: sum(rare[token] * has[token][at] for token in rare) for at, work in enumerate(works)}
    best = max(weights.values(), default=0)
    near = [work for work in works if weights[work] > 0 and weights[work] >= NEAR * best]
    return sorted(near, key=lambda work: -weights[work])[:MOST]


def _weight(token: str, texts: tuple[str, ...]) -> int:
    return next((weight for weight, one in zip((OF_TITLE, OF_ABOUT, 1), texts, strict=True) if _has(one, token)), 0)


def _has(text: str, token: str) -> bool:
    if token[0] >= "\u4e00":
        return token in text
    end = r"(?![a-z0-9])" if len(token) <= WHOLE else ""
    return re.search(rf"(?<![a-z0-9]){re.escape(token)}{end}", text) is not None


def _title(work: Work) -> str:
    return " ".join((work.name, *work.title.values())).lower()


def _head(work: Work) -> str:
    return " ".join((_title(work), *work.about.values())).lower()
