"""The expression of find: its words as one test (findutils' parser.c and tree.c)."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.files.find_tests import ACTIONS, PLAIN, VALUED, Test, always, execute
from netsandbox.commands.tools.files.find_walk import MOST_DEPTH, Walk

DEPTHS = ("-maxdepth", "-mindepth")
NOT_MODELLED = frozenset({
    "-amin", "-anewer", "-atime", "-cmin", "-cnewer", "-ctime", "-execdir",
    "-fstype", "-follow", "-gid", "-group", "-ilname", "-inum", "-iregex", "-links", "-lname", "-ls",
    "-mmin", "-mount", "-mtime", "-newer", "-nogroup", "-nouser", "-ok", "-perm", "-printf",
    "-quit", "-readable", "-regex", "-regextype", "-samefile", "-uid", "-used", "-user", "-writable",
    "-xdev", "-xtype", "-H", "-L", "-P", "-D", "-O", "-context", "-daystart", "-d", "-executable",
    "-files0-from", "-fls", "-fprint", "-fprint0", "-fprintf", "-help", "--help", "-ignore_readdir_race",
    "-newermt", "-noleaf", "-okdir", "-version", "--version", "-warn", "-nowarn", ","})
EMPTY = {"": "expected to find a ')' but didn't see one. Perhaps you need an extra predicate after '('",
         ")": "empty parentheses are not allowed."}
MISPLACED = "you have used a binary operator '{word}' with nothing before it."
MOST_NESTED = 50  # Parentheses in each other


class Reader:
    """The expression, by precedence: `,` is not modelled, -o, and (which may be left out), !, parentheses."""

    def __init__(self, walk: Walk, words: list[str]) -> None:
        self.walk = walk
        self.words = words
        self.nested = 0

    def read(self) -> Test:
        if not self.words:
            return always
        found = self._any()
        if self.words:
            raise ToolError(1, "find: you have too many ')'")
        return found

    def _any(self) -> Test:
        ways = [self._all()]
        while self.words[:1] and self.words[0] in ("-o", "-or"):
            self.words.pop(0)
            ways.append(self._all())
        return ways[0] if len(ways) == 1 else lambda walk, place: any(way(walk, place) for way in ways)

    def _all(self) -> Test:
        tests = [self._one()]
        while self.words and self.words[0] not in ("-o", "-or", ")"):
            if self.words[0] in ("-a", "-and"):
                self.words.pop(0)
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda walk, place: all(test(walk, place) for test in tests)

    def _one(self) -> Test:
        if not self.words or self.words[0] in ("-o", "-or", "-a", "-and", ")"):
            word = self.words[0] if self.words else ""
            raise ToolError(1, f"find: invalid expression; {EMPTY.get(word, MISPLACED.format(word=word))}")
        word = self.words.pop(0)
        if word in ("!", "-not"):
            test = self._one()
            return lambda walk, place: not test(walk, place)
        if word == "(":
            return self._parenthesis()
        return self._primary(word)

    def _parenthesis(self) -> Test:
        self.nested += 1
        if self.nested > MOST_NESTED:
            raise ToolError(1, "netsandbox: find with so many parentheses in each other is not modelled")
        found = self._any()
        if self.words[:1] != [")"]:
            raise ToolError(1, "find: invalid expression; I was expecting to find a ')' somewhere but did not see one.")
        self.words.pop(0)
        self.nested -= 1
        return found

    def _primary(self, word: str) -> Test:
        """A test, an action or an option (ToolError: find does not know the word or its value, or the sandbox does not
        have it)."""
        if word in NOT_MODELLED:
            raise ToolError(1, f"netsandbox: find {word} is not modelled")
        self.walk.depth_first |= word in ("-depth", "-delete")
        self.walk.acts |= word in ACTIONS
        if word in VALUED:
            return VALUED[word](self._value(word))
        if word in DEPTHS:
            return self._depth(word)
        if word == "-exec":
            words = self._command()
            return lambda walk, place: execute(walk, place, words)
        if word in PLAIN:
            return PLAIN[word]
        raise ToolError(1, f"find: unknown predicate `{word}'" if word[:1] == "-" else
                        f"find: paths must precede expression: `{word}'")

    def _depth(self, word: str) -> Test:
        value = self._value(word)
        if not (value.isascii() and value.isdecimal()):
            raise ToolError(1, f"find: Expected a positive decimal integer argument to {word}, but got ‘{value}’")
        if word == "-mindepth":
            self.walk.least = min(int(value), MOST_DEPTH)
        else:
            self.walk.most = min(int(value), MOST_DEPTH)
        return always

    def _value(self, word: str) -> str:
        if not self.words:
            raise ToolError(1, f"find: missing argument to `{word}'")
        return self.words.pop(0)

    def _command(self) -> list[str]:
        """The words of -exec; `{} +` runs once for each file too (ToolError: nothing ends it)."""
        words = list[str]()
        while self.words:
            word = self.words.pop(0)
            if word == ";" or (word == "+" and words[-1:] == ["{}"]):
                return words
            words.append(word)
        raise ToolError(1, "find: missing argument to `-exec'")
