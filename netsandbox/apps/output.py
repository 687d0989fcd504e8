"""What something has printed so far, on its two streams."""

from __future__ import annotations


class Output:
    """Attributes: output: (stream, text) in order; the stream is out or err."""

    def __init__(self) -> None:
        self.output: list[tuple[str, str]] = []

    @property
    def out(self) -> str:
        return "".join(text for stream, text in self.output if stream == "out")

    @property
    def err(self) -> str:
        return "".join(text for stream, text in self.output if stream == "err")

    def print(self, text: str) -> None:
        self.output.append(("out", text + "\n"))

    def complain(self, text: str) -> None:
        self.output.append(("err", text + "\n"))
