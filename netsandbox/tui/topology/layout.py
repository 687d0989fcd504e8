"""The topology's layout: rows of the lab in, a placed picture out; a pure function without Textual.

The largest detail that fits the pane is chosen: full boxes, boxes, chips, and at last chips of which the most are
folded into `+N`.  When even that is too big, the picture is larger than the pane, which then scrolls.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from netsandbox.lab.tables import InterfaceRow, LinkRow, NodeRow
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.topology.build import build
from netsandbox.tui.topology.chain import chain, is_for_a_line
from netsandbox.tui.topology.collapse import Fold
from netsandbox.tui.topology.draw import Placed, draw
from netsandbox.tui.topology.model import Item, Place, Scope
from netsandbox.tui.topology.parts import Block, Detail, Options, Shape
from netsandbox.tui.topology.proxies import bare_of, proxied_ports, with_proxies, without_proxies
from netsandbox.tui.topology.shapes import measure, measure_host
from netsandbox.tui.topology.stack import stack

_BIG = 200  # Items from which on fewer candidates are tried, so that a thousand containers take less than 50 ms

_LEVELS = (
    ((Detail.FULL, False), (Detail.ADDRESS, False), (Detail.PLAIN, False)),
    ((Detail.CHIP, True),),
    ((Detail.BOX, False), (Detail.CHIP, False)),
)
"""(detail, ends of addresses on chips), with addresses before those without."""

_IN_A_ROW = (*_LEVELS[0], *_LEVELS[1], *_LEVELS[2])  # Of nets side by side even the names alone

_AIR = ((8, 3), (6, 3), (4, 3), (4, 2), (3, 2), (3, 1), (2, 1))
"""(columns between boxes, rows below them), the most first."""

_HOSTS_A_ROW = 6  # The most hosts that are squeezed side by side; more may fit by themselves


def scope_of(nodes: Sequence[NodeRow], interfaces: Iterable[InterfaceRow], links: Iterable[LinkRow]) -> Scope:
    """What there is to lay out, whatever the size."""
    return with_proxies(build(nodes, interfaces, links), nodes)


def layout(scope: Scope, width: int, height: int, *, detail: Detail | None = None, keep: Collection[Place] = (),
           glyphs: GlyphSet = UNICODE, at_top: bool = False) -> Placed:
    """Lay a lab out for a pane of `width` by `height` cells.

    Args:
        detail: draw this much of each item even when it does not fit; None chooses.
        keep: places that are never folded into a group, such as the selected one.
        at_top: begin in the first row, for a pane that is made as high as the picture.
    """
    search = _Search(scope, width, height, glyphs)
    found: tuple[Block, Options] | None = None
    if detail is None:
        found = search.unforced()
        bare = bare_of(scope)
        if found is not None and found[1].detail < Detail.BOX and bare is not scope:  # it has no room for proxies
            scope, search = bare, _Search(bare, width, height, glyphs)
            found = search.unforced()
    elif detail is not Detail.COLLAPSED:
        found = search.lowest(detail)
    if found is None:
        found = search.collapsed(keep)
    return draw(scope, found[0], width, height, found[1].detail, glyphs, at_top)


class _Search:
    """The search for the best looking block that fits a pane."""

    def __init__(self, scope: Scope, width: int, height: int, glyphs: GlyphSet) -> None:
        self.scope = scope
        self.width = width
        self.height = height
        self.glyphs = glyphs
        self.big = sum(1 + len(item.inner.items if item.inner else ()) for item in scope.items) > _BIG

    def unforced(self) -> tuple[Block, Options] | None:
        """The largest detail that fits: addresses first, then a net in one line before larger boxes in several rows."""
        if is_for_a_line(self.scope.nets):
            for detail, tails in _IN_A_ROW:
                measured = Measured(Options(self.glyphs, detail, tails=tails))
                for block, options in self._chains(measured):
                    return self._spread(block, options, measured)
        for details in _LEVELS:
            second: tuple[Block, Options] | None = None
            for detail, tails in details:
                measured = Measured(Options(self.glyphs, detail, tails=tails))
                if measured.exceeds(self.scope, self.width * self.height):
                    continue
                for block, options in self._candidates(detail, measured):
                    if self._fits(block):
                        if not block.wrapped and not block.clipped:
                            return self._spread(block, options, measured)
                        second = second or self._spread(block, options, measured)
            if second is not None:
                return second
        return None

    def _spread(self, block: Block, options: Options, measured: Measured) -> tuple[Block, Options]:
        """The same picture with as much air in it as the pane has room for: of chips that their marks stand apart."""
        if self.big:
            return block, options
        for gap, drop in _AIR if options.detail is not Detail.CHIP else ((2, 0),):
            for inner_width in _inner_widths(self.scope, self.width, options.detail):
                airy = options._replace(gap=gap, drop=max(drop, options.drop))
                other = assemble(self.scope, self.width, inner_width, airy, measured)
                if other is None or not self._fits(other):
                    continue
                if other.rows <= block.rows and other.clipped <= block.clipped:
                    return other, airy
        return block, options

    def lowest(self, detail: Detail) -> tuple[Block, Options]:
        """At a given detail, the first block that fits, else the lowest."""
        best: tuple[Block, Options] | None = None
        for block, options in self._candidates(detail, Measured(Options(self.glyphs, detail))):
            if self._fits(block):
                return block, options
            if best is None or (block.height, block.width) < (best[0].height, best[0].width):
                best = block, options
            if self.big:
                break
        assert best is not None
        return best

    def _fits(self, block: Block) -> bool:
        return block.width <= self.width and block.height <= self.height

    def _candidates(self, detail: Detail, measured: Measured) -> Iterator[tuple[Block, Options]]:
        """All manners of drawing at one detail, the best looking first; long drops where short ones fit, none where
        they do not."""
        yield from self._chains(measured)
        for grouped, under in _manners(self.scope):
            for inner_width in _inner_widths(self.scope, self.width, detail):
                options = measured.options._replace(grouped=grouped, under=under)
                block = rows(self.scope, self.width, inner_width, options, measured)
                if self._fits(block):
                    airy = options._replace(drop=2)
                    yield rows(self.scope, self.width, inner_width, airy, measured), airy
                yield block, options
                if detail is Detail.CHIP and not self._fits(block):
                    close = options._replace(drop=0)
                    yield rows(self.scope, self.width, inner_width, close, measured), close

    def _chains(self, measured: Measured) -> Iterator[tuple[Block, Options]]:
        """The nets side by side, where they are a string and it fits."""
        options = measured.options._replace(chained=True)
        for inner_width in _inner_widths(self.scope, self.width, options.detail) if not self.big else ():
            block = assemble(self.scope, self.width, inner_width, options, measured)
            if block is not None and self._fits(block):
                yield block, options

    def collapsed(self, keep: Collection[Place]) -> tuple[Block, Options]:
        """Chips of which the most are folded into groups: of the candidates that fit, the one that folds fewest."""
        measured = Measured(Options(self.glyphs, Detail.COLLAPSED))
        folds = [Fold(without_proxies(item.inner), measured, measured.options) if item.inner is not None else None
                 for item in self.scope.items]
        rows = max(self.height // 3, 1)
        several = (rows, 1) if self.big else (rows, (rows + 1) // 2, 1)
        lines = (1,) if len(folds) > _HOSTS_A_ROW else tuple(dict.fromkeys(several))
        ranked: list[tuple[tuple[int, ...], Block, Options]] = []
        for under in (len(folds) > _HOSTS_A_ROW,) if self.big else (False, True):
            options = Options(self.glyphs, Detail.COLLAPSED, under=under)
            for inner_width in _inner_widths(self.scope, self.width, Detail.COLLAPSED):
                for count in lines:
                    scope, block = self._folded(folds, inner_width, count, options, measured, keep)
                    hidden = sum(len(members) for members in _members(scope))
                    small = (0, hidden) if self._fits(block) else (1, block.height, block.width)
                    ranked.append((small, block, options))
        best = min(ranked, key=lambda candidate: candidate[0])
        return best[1], best[2]

    def _folded(self, folds: list[Fold | None], inner_width: int, lines: int, options: Options, measured: Measured,
                keep: Collection[Place]) -> tuple[Scope, Block]:
        """One candidate: the containers of each host in `lines` rows and, when that is too high, the hosts in one."""
        items: list[Item] = []
        for item, fold in zip(self.scope.items, folds, strict=True):
            if fold is not None and item.inner is not None:
                published = (*item.published, *proxied_ports(item.inner))
                item = replace(item, inner=fold.fold(inner_width, lines, keep), published=published)
            items.append(item)
        folded = Scope(items, self.scope.nets)
        if lines > 1 or not self._hopeless(folded):
            block = rows(folded, self.width, inner_width, options, measured)
            if lines > 1 or self._fits(block):
                return folded, block
        shape = partial(_shape, inner_width=inner_width, options=options, measured=measured)
        folded = Fold(folded, shape, options).fold(self.width, 1, keep)
        return folded, rows(folded, self.width, inner_width, options, measured)

    def _hopeless(self, scope: Scope) -> bool:
        """True when the frames of the hosts alone cover more than the pane."""
        filled = [item for item in scope.items if item.inner is not None and item.inner.items]
        return sum((len(item.name) + 6) * 5 for item in filled) > self.width * self.height


def _members(scope: Scope) -> Iterator[tuple[Place, ...]]:
    """The members of all groups of a scope and of the scopes in it."""
    for item in scope.items:
        yield item.members
        if item.inner is not None:
            yield from _members(item.inner)


def _manners(scope: Scope) -> Iterator[tuple[bool, bool]]:
    """(a row of boxes for each net, names under the buses), the best looking first."""
    scopes = [scope, *(item.inner for item in scope.items if item.inner is not None)]
    several = any(sum(net.kind != "lane" for net in one.nets) > 1 for one in scopes)
    for under in (False, True):
        if several:
            yield True, under
        yield False, under


def _inner_widths(scope: Scope, width: int, detail: Detail) -> list[int]:
    """Widths to try for the inside of the hosts: one to a row, all in a row, and half of them."""
    count = min(sum(item.inner is not None for item in scope.items), _HOSTS_A_ROW)
    pad = 4 if detail >= Detail.BOX else 3
    sides = dict.fromkeys((1, max(count, 1), max((count + 1) // 2, 1)))
    return list(dict.fromkeys(max((width - side + 1) // side - pad, 8) for side in sides))


class Measured:
    """The sizes of the containers at one detail: the same for every candidate."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._shapes: dict[int, Shape] = {}

    def __call__(self, item: Item) -> Shape:
        shape = self._shapes.get(id(item))
        if shape is None:
            shape = self._shapes[id(item)] = measure(item, self.options)
        return shape

    def exceeds(self, scope: Scope, cells: int) -> bool:
        """True when the boxes alone need more than `cells`, so that no picture of them can be smaller."""
        for item in scope.items:
            for box in item.inner.items if item.inner is not None else [item]:
                shape = self(box)
                cells -= shape.width * (shape.height + (2 if shape.columns else 0))
                if cells < 0:
                    return True
        return False


def assemble(scope: Scope, width: int, inner_width: int, options: Options, measured: Measured) -> Block | None:
    """The block of the whole picture; None for one on a line that the nets do not fit on."""
    if options.chained:
        shapes = [_shape(item, inner_width, options, measured) for item in scope.items]
        return chain(shapes, scope.nets, width, options)
    return rows(scope, width, inner_width, options, measured)


def rows(scope: Scope, width: int, inner_width: int, options: Options, measured: Measured) -> Block:
    """The block of the picture in rows of boxes, the insides of the hosts `inner_width` wide where they can be."""
    return stack([_shape(item, inner_width, options, measured) for item in scope.items], scope.nets, width, options)


def _shape(item: Item, inner_width: int, options: Options, measured: Measured) -> Shape:
    """A container's box, or the frame of a host with all that is in it."""
    if item.inner is None:
        return measured(item)
    inner = options._replace(drop=max(options.drop, 1))
    scope, published = item.inner, item.published
    if options.detail < Detail.BOX:
        scope, published = without_proxies(item.inner), (*published, *proxied_ports(item.inner))
    block = stack([measured(box) for box in scope.items], item.inner.nets, inner_width, inner)
    return measure_host(item, block, options, published)
