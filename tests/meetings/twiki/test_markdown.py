"""Nodes -> Markdown: what it looks like (text cases), and that `markup` reads it back as the same nodes."""

from hypothesis import given, settings

from meetings.markup import blocks, render
from meetings.twiki.markdown import markdown
from tests.meetings.twiki.trees import pages, shape_of_html, shape_of_nodes, words


@settings(max_examples=400, deadline=None)
@given(pages)
def test_renders_back_to_the_same_shape(page):
    text = markdown(page)
    assert shape_of_html(render(text)) == shape_of_nodes(page), text


@settings(max_examples=200, deadline=None)
@given(pages)
def test_is_a_fixed_point(page):
    once = markdown(blocks(markdown(page)))
    assert markdown(blocks(once)) == once
    assert words(blocks(once)) == words(page)
