"""What is wrong with a script before it runs."""

from __future__ import annotations


class ScriptError(Exception):
    """A script that cannot be parsed; its text is bash's, without the name of the shell."""

    def __init__(self, token: str, line: int, expecting: str = "", opened: str = "", opened_line: int = 1,
                 is_quote: bool = False, text: str = "") -> None:
        super().__init__(text or token)
        self.token = token  # what stands where it should not, empty at the end of the text
        self.line = line  # its number, from 1
        self.expecting = expecting  # the word that should stand there, where only one may
        # what is still open when the text ends: a quote, or a construct's first word; empty for other errors
        self.opened = opened
        self.opened_line = opened_line
        self.is_quote = is_quote  # it is a quote, `$(`, `${` or a backquote that is open
        self.text = text

    @property
    def is_incomplete(self) -> bool:
        """Whether more lines could make it whole."""
        return not self.token and not self.text


class RefusedError(Exception):
    """Something that a script asks for while it runs and that cannot be; bash's words without the shell's name."""

    def __init__(self, message: str, code: int = 1, ends: bool = False) -> None:
        super().__init__(message)
        self.code = code  # the exit status
        self.ends = ends  # whether a shell that nobody types into ends with it


class NotFoundError(RefusedError):
    """There is no such program."""


class DiscardError(RefusedError):
    """bash gives up all that stands on the line, and goes on with the next one."""
