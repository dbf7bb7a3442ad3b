"""Our Markdown, as one extension of Python-Markdown. `meetings.markup` is the way in.

Python-Markdown reads the source and writes the elements out; blocks and inlines are found by our own rules,
because its own are neither CommonMark's (nested lists, lists after a line of text, bare links) nor linear in
time (20 KB of `[` take it 20 seconds).
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import Registry

from . import blocks, html, inlines
from .lines import Source, Words, unspaced

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Dialect(Extension):
    """Replaces Python-Markdown's block rules and inline patterns by ours."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that Python-Markdown calls
        """Leave the frame standing and put our two stages into it."""
        md.preprocessors.deregister("html_block")
        md.parser.blockprocessors = Registry()
        md.parser.blockprocessors.register(_Blocks(md.parser), "dialect", 1)
        md.treeprocessors = Registry()
        md.treeprocessors.register(_Inlines(md), "dialect", 1)
        md.postprocessors = Registry()


class Described(Extension):
    """Gives images without a description their file's name as one, for readers who do not see them."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that Python-Markdown calls
        """Come after everything else."""
        md.treeprocessors.register(_Descriptions(md), "described", 0)


class _Blocks(BlockProcessor):
    """Takes the whole text at once."""

    def test(self, parent: Element, block: str) -> bool:
        """Everything is ours."""
        return True

    def run(self, parent: Element, blocks_left: list[str]) -> None:
        """Hand the lines to our rules."""
        text = _CONTROL.sub("", "\n\n".join(blocks_left))
        blocks_left.clear()
        lines = [unspaced(line) for line in text.split("\n")]
        blocks.parse(Source(lines), parent)


class _Inlines(Treeprocessor):
    """Reads the words that the block rules have left, and lays the paragraphs of tight lists into their items."""

    def run(self, root: Element) -> None:
        """Go over the whole tree once."""
        for node in list(root.iter()):
            if isinstance(node.text, Words):
                words, node.text = node.text, None
                inlines.parse(words, node)
        for node in list(root.iter()):
            if node.tag in ("li", "dd") and any(child.tag == "tight" for child in node):
                _unwrap(node)


class _Descriptions(Treeprocessor):
    """Reads the names of files."""

    def run(self, root: Element) -> None:
        """Describe what is not: `plots/pool_7day.png` is "pool 7day"."""
        for image in root.iter("img"):
            if not image.get("alt"):
                file = PurePosixPath(unescape(image.get("src", "")).partition("?")[0]).stem
                image.set("alt", re.sub(r"[\W_]+", " ", file).strip() or "image")


def _unwrap(item: Element) -> None:
    children = list(item)
    for child in children:
        item.remove(child)
    for child in children:
        if child.tag != "tight":
            item.append(child)
            continue
        html.fill(item, [(child.text or "").replace("&amp;", "&")])
        item.extend(list(child))
