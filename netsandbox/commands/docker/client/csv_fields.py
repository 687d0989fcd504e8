"""Values that are lines of CSV, as --mount and --network are read (encoding/csv)."""

from __future__ import annotations

from collections.abc import Iterable

QUOTE = '"'


class CsvError(Exception):
    """A quote stands where none may."""


def csv_fields(text: str) -> list[str]:
    """The fields of one line (CsvError: it is none)."""
    found, place = [], 0
    while True:
        if text[place:place + 1] == QUOTE:
            field, place = _quoted(text, place + 1)
        else:
            end = text.find(",", place)
            field = text[place:] if end < 0 else text[place:end]
            if QUOTE in field:
                raise _error(place + field.index(QUOTE), 'bare " in non-quoted-field')
            place += len(field)
        found.append(field)
        if place >= len(text):
            return found
        place += 1


def _quoted(text: str, place: int) -> tuple[str, int]:
    """What stands in quotes, doubled ones being one, and where it ends."""
    field = ""
    while True:
        end = text.find(QUOTE, place)
        if end < 0:
            raise _error(len(text), 'extraneous or missing " in quoted-field')
        field, place = field + text[place:end], end + 1
        if text[place:place + 1] != QUOTE:
            break
        field, place = field + QUOTE, place + 1
    if text[place:place + 1] not in ("", ","):
        raise _error(end, 'extraneous or missing " in quoted-field')
    return field, place


def _error(place: int, what: str) -> CsvError:
    return CsvError(f"parse error on line 1, column {place + 1}: {what}")


def csv_line(fields: Iterable[str]) -> str:
    """A line of such fields."""
    return ",".join(f'"{field.replace(QUOTE, QUOTE * 2)}"' if {QUOTE, ","} & {*field} else field for field in fields)
