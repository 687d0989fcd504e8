"""A frame taken apart: the tree of its layers and fields, and its bytes, each showing what the other has chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from netsandbox.explain.chinese_layers import field_words, layer_name, layer_words
from netsandbox.tui.glyphs import UNICODE, GlyphSet
from netsandbox.tui.i18n import language, tr
from netsandbox.tui.painting.circles import cut
from netsandbox.tui.panes.hex_view import HexView
from netsandbox.tui.session.source import FrameBytes
from netsandbox.tui.text import safe

if TYPE_CHECKING:
    from netsandbox.wire.layers import Layer


class Span(NamedTuple):
    """The bytes of a node of the tree."""

    start: int
    end: int
    layer: str  # The layer's name for a layer, nothing for a field


_ASCII_LINES = dict.fromkeys(("default", "bold", "double"), ("  ", "| ", "`-", "|-"))


class LayerTree(Tree[Span]):
    """The layers and fields of one frame."""

    DEFAULT_CLASSES = "pane"

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(Text(""))
        self.show_root = False
        self.ellipsis = glyphs.ellipsis
        self.guide_depth = 2
        if glyphs.ascii:
            self.LINES = _ASCII_LINES
            self.ICON_NODE, self.ICON_NODE_EXPANDED = "> ", "v "

    def render_label(self, node: TreeNode[Span], base_style: Style, style: Style) -> Text:
        """A layer or a field; what has no room is marked, unless it is a further part whole: the rest of a number would
        be another one."""
        label = super().render_label(node, base_style, style)
        room = self.scroll_offset.x + self.scrollable_content_region.width - self.guide_depth * _depth(node)
        if len(self.ellipsis) <= room < label.cell_len:
            whole = label.plain
            label.truncate(room)
            if not whole[len(label.plain):].startswith(","):
                label.truncate(room - len(self.ellipsis))
                label.append(self.ellipsis)
        return label

    def get_label_width(self, node: TreeNode[Span]) -> int:
        """All of it can be scrolled to."""
        return super().render_label(node, Style.null(), Style.null()).cell_len

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Other texts end at the edge."""
        super().watch_scroll_x(old_value, new_value)
        self._line_cache.clear()

    def action_scroll_right(self) -> None:
        """Unfold the layer; what is unfolded, or a field, is looked at further right."""
        node = self.cursor_node
        if node is not None and node.allow_expand and not node.is_expanded:
            node.expand()
        else:
            super().action_scroll_right()

    def action_scroll_left(self) -> None:
        """Back to the left edge; there fold the layer, or go from a field to its own."""
        node = self.cursor_node
        if self.scroll_offset.x or node is None:
            super().action_scroll_left()
        elif node.is_expanded:
            node.collapse()
        elif node.parent is not None and not node.parent.is_root:
            self.move_cursor(node.parent)

    def clear(self) -> Self:
        """Leave the frame's layers; the next ones are seen from their left edge."""
        self.scroll_to(x=0, animate=False)
        root = self.root
        super().clear()
        cut(root)
        return self


def _depth(node: TreeNode[Span]) -> int:
    """How many layers a node is in."""
    return 1 + _depth(node.parent) if node.parent is not None and node.parent.parent is not None else 0


class DetailPane(Horizontal):
    """Layers at the left, bytes at the right; `show` gives it a frame."""

    HELP_TOPIC = "detail"

    DEFAULT_CSS = """
    DetailPane {
        & Tree { width: 1fr; scrollbar-size: 1 1; background: transparent; }
        & HexView { width: 1fr; }
        &.-tree HexView { display: none; }
        &.-bytes Tree { display: none; }
    }
    """

    DEFAULT_OPEN: ClassVar[frozenset[str]] = frozenset({"ARP", "ICMP", "UDP", "TCP"})
    """Layers whose fields are shown until the person closes them."""

    def __init__(self, glyphs: GlyphSet = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.frame: FrameBytes | None = None
        self._layers: tuple[Layer, ...] | None = None
        self._begin = 0
        self._open = set(self.DEFAULT_OPEN)
        self._spans: list[tuple[Span, TreeNode[Span]]] = []

    def compose(self) -> ComposeResult:
        """The tree and the bytes."""
        yield LayerTree(self.glyphs)
        yield HexView()

    def on_mount(self) -> None:
        """Name the panes."""
        self.tree_view.border_title = Content(tr("detail.layers"))
        self.hex_view.border_title = Content(tr("detail.bytes"))
        self.show(self.frame)

    @property
    def tree_view(self) -> LayerTree:
        """The tree of layers and fields."""
        return self.query_one(LayerTree)

    @property
    def hex_view(self) -> HexView:
        """The bytes."""
        return self.query_one(HexView)

    def show(self, frame: FrameBytes | None, layers: tuple[Layer, ...] | None = None, begin: int = 0) -> None:
        """Show another frame, or none.

        Args:
            layers: of a part of a frame, what they are known to be; None reads the bytes.
            begin: where the part begins in the frame that the layers count from.
        """
        before, self.frame = self.frame, frame
        if layers is not None:
            self._layers, self._begin = layers, begin
        if not self.children or (frame is not None and frame == before and self._spans):
            return
        tree = self.tree_view
        tree.clear()
        self._spans.clear()
        self.hex_view.show(frame.data if frame is not None else b"")
        if frame is None:
            tree.root.add_leaf(Text(tr("detail.empty"), "dim"))
            return
        from netsandbox.wire.dissect import dissect  # not needed for the first picture

        for layer in dissect(frame.data).layers if self._layers is None else self._layers:
            self._add(tree.root, layer)
        if tree.root.children:
            self.call_after_refresh(tree.move_cursor, tree.root.children[-1])

    def to_copy(self) -> Sequence[str]:
        """The line of the layers under the cursor; of the bytes all."""
        if self.hex_view.has_focus and self.frame is not None:
            return [self.frame.data.hex(" ")]
        node = self.tree_view.cursor_node
        return [Text.assemble(node.label).plain] if node is not None and self.frame is not None else []

    def _add(self, parent: TreeNode[Span], layer: Layer) -> None:
        """Add a layer, its fields and the layers in it."""
        label = Text.assemble((safe(layer_name(layer.name, language())), "bold"), "  ",
                              self._text(layer_words(layer.summary, language())))
        whole = Span(layer.start - self._begin, layer.end - self._begin, layer.name)
        node = parent.add(label, whole, expand=layer.name in self._open)
        self._spans.append((whole, node))
        for field in layer.fields:
            span = Span(field.start - self._begin, field.end - self._begin, "")
            name, value = field_words(field.name, field.value, language())
            leaf = node.add_leaf(Text.assemble((f"{safe(name)}  ", "dim"), self._text(value)), span)
            self._spans.append((span, leaf))
        for inner in layer.layers:
            self._add(node, inner)

    def _text(self, text: str) -> str:
        return self.glyphs.plain(safe(text))

    @on(Tree.NodeHighlighted)
    def _node_highlighted(self, event: Tree.NodeHighlighted[Span]) -> None:
        event.stop()
        if event.node.data is not None:
            self.hex_view.mark(event.node.data.start, event.node.data.end)

    @on(Tree.NodeExpanded)
    def _node_expanded(self, event: Tree.NodeExpanded[Span]) -> None:
        event.stop()
        if event.node.data is not None:
            self._open.add(event.node.data.layer)

    @on(Tree.NodeCollapsed)
    def _node_collapsed(self, event: Tree.NodeCollapsed[Span]) -> None:
        event.stop()
        if event.node.data is not None:
            self._open.discard(event.node.data.layer)

    @on(HexView.Walked)
    def _walked(self, event: HexView.Walked) -> None:
        """Choose the narrowest field that a byte belongs to, in an opened layer."""
        event.stop()
        holders = [(span.end - span.start, -at) for at, (span, _) in enumerate(self._spans) if _holds(span, event.byte)]
        if not holders:
            return
        node = self._spans[-min(holders)[1]][1]
        parent = node.parent
        while parent is not None:
            parent.expand()
            parent = parent.parent
        self.call_after_refresh(self.tree_view.move_cursor, node)


def _holds(span: Span, offset: int) -> bool:
    return span.start <= offset < span.end
