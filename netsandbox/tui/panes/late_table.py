"""A table whose cells are made when they are painted: of three hundred rows a dozen are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip
from textual.widgets import DataTable
from textual.widgets.data_table import Column, RowKey

FEW = 8  # Rows to be taken out one by one, each of which counts all; for more of them all are put in anew


class LateTable(DataTable[Text]):
    """Rows of one line each, known by their numbers; their owner says what stands in them and how wide columns are."""

    def __init__(self, cells: Callable[[int], list[Text]], ellipsis: str = "…") -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, cell_padding=0)
        self._cells = cells
        self._ellipsis = ellipsis

    def get_row_at(self, row_index: int) -> list[Text]:
        """See DataTable, which asks here for what it paints."""
        return self._cells(row_index)

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        """How high all rows are together; no cell is measured."""
        super()._update_dimensions(())

    def _render_line(self, y: int, x1: int, x2: int, base_style: Style) -> Strip:
        """What has no room ends with a mark: a row that is cut at a blank looks whole."""
        x2 = min(x2, x1 + self.scrollable_content_region.width)  # what lies under a scroll bar is not seen
        line, end = super()._render_line(y, x1, x2, base_style), sum(map(self._width_of, self.ordered_columns))
        if x2 >= end or not super()._render_line(y, x2, end, base_style).text.strip():
            return line
        kept = [*line.crop(0, x2 - x1 - len(self._ellipsis))]
        return Strip([*kept, Segment(self._ellipsis, kept[-1].style if kept else None)], x2 - x1)

    def _width_of(self, column: Column) -> int:
        return column.get_render_width(self)

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
