"""A table whose cells are made when they are painted: of three hundred rows a dozen are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.text import Text
from textual.widgets import DataTable
from textual.widgets.data_table import RowKey

FEW = 8
"""Rows to be taken out one by one, each of which counts all; for more of them all are put in anew."""


class LateTable(DataTable[Text]):
    """Rows of one line each, known by their numbers; their owner says what stands in them and how wide columns are."""

    def __init__(self, cells: Callable[[int], list[Text]]) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, cell_padding=0)
        self._cells = cells

    def get_row_at(self, row_index: int) -> list[Text]:
        """See DataTable, which asks here for what it paints."""
        return self._cells(row_index)

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        """How high all rows are together; no cell is measured."""
        super()._update_dimensions(())

    def resize(self, count: int) -> None:
        """Have so many rows."""
        if self.row_count > count + FEW:
            self.clear()
        while self.row_count > count:
            self.remove_row(str(self.row_count - 1))
        for number in range(self.row_count, count):
            self.add_row(key=str(number))

    def renew(self, numbers: Iterable[int]) -> None:
        """Some rows say something else: those of them that are seen are painted again."""
        self._update_count += 1
        first = int(self.scroll_y)
        for number in numbers:
            if first <= number < first + self.size.height:
                self.refresh_row(number)
