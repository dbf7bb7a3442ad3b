"""Node trees for property tests, and the shape of nodes and of HTML in one form, so that both can be compared.

A shape holds elements, their nesting and their words without white space; nothing else of a page is meant.
"""

import re
from html.parser import HTMLParser

from hypothesis import strategies as st

from meetings.twiki import nodes

FRAGMENTS = (
    "[[ ]] [[a]] a bc é “ ” ( ) [ ] ]( ![ ** * _ __ ` ``` < <b> </b> <hostname> <!-- --> & &amp; &#42; \\ \\* ~ ~~ # "
    "## - + 1. 2) a. i) A. > | |--| : ! = === --- http://x.y https://example.org/a_b_c me@example.org ://  / \" ' % ; "
    ", . ? 2_6_2_rc3 GRATIA-OSG-DAILY ... wiki:A <https://x.y> {} ^ $ ::: --"
).split(" ")
texts = st.lists(
    st.sampled_from([*FRAGMENTS, "", " ", " ", "\n"]) | st.text(st.characters(exclude_categories=["C"]), max_size=3),
    max_size=6,
).map("".join)
targets = st.sampled_from(
    [
        "https://example.org/a",
        "http://x.y/z_(b)?c=d&e=f#g",
        "https://x.y/*_`[]",
        "http://x.y/)(",
        "http://x.y/a|b",
        "a/b.png",
    ]
)


def node_texts():
    return texts.filter(bool).map(nodes.Text)


def _inlines(children):
    many = st.lists(children, min_size=1, max_size=3).map(tuple)
    plain = node_texts().map(lambda text: (text,))
    return st.one_of(
        st.builds(nodes.Strong, many),
        st.builds(nodes.Emphasis, many),
        st.builds(nodes.Code, plain | many),
        st.builds(nodes.Span, st.sampled_from(["sub", "sup", "u", "del", "small"]), st.just(()), many),
        st.builds(nodes.Span, st.just("font"), st.just((("color", "red"),)), many),
        st.builds(nodes.Link, targets, many),
        targets.filter(lambda target: "//" in target).map(lambda target: nodes.Link(target, (nodes.Text(target),))),
        st.builds(nodes.Link, st.just("Web.Topic"), many, st.just("topic")),
        st.just(nodes.Link("Web.Topic", (nodes.Text("Web.Topic"),), "topic")),
        st.just(nodes.Link("me@example.org", (nodes.Text("me@example.org"),), "mail")),
    )


leaves = st.one_of(
    node_texts(),
    node_texts(),
    node_texts(),
    st.builds(nodes.Image, targets, texts, st.sampled_from(["", "30"]), st.just("")),
    st.just(nodes.LineBreak()),
)
inlines = st.lists(st.recursive(leaves, _inlines, max_leaves=4), min_size=1, max_size=3).map(tuple)
two = st.tuples(st.just(0), st.just(0))
cells = st.builds(nodes.Cell, inlines | st.just(()), st.booleans(), st.sampled_from([None, "left", "right"]))
wide_cells = st.builds(nodes.Cell, inlines, st.booleans(), st.none(), st.integers(1, 3), st.integers(1, 2))


def _rows(cells):
    return st.lists(
        st.lists(cells, min_size=1, max_size=4).map(lambda found: nodes.Row(tuple(found), 0, 0)), min_size=1, max_size=3
    ).map(lambda rows: nodes.Table(tuple(rows), 0, 0))


flat = st.one_of(
    inlines.map(lambda found: nodes.Paragraph(found, 0, 0)),
    inlines.map(lambda found: nodes.Paragraph(found, 0, 0)),
    st.builds(nodes.Heading, st.integers(1, 6), inlines, st.just(0), st.just(0)),
    st.just(nodes.Rule(0, 0)),
    texts.map(lambda text: nodes.Preformatted((nodes.Text(text),), 0, 0)),
    inlines.filter(lambda found: "topic" not in repr(found)).map(lambda found: nodes.Preformatted(found, 0, 0)),
    _rows(cells),
    _rows(wide_cells),
)


def _nested(children):
    many = st.lists(children, max_size=3).map(tuple)
    items = st.lists(many.map(lambda found: nodes.ListItem(found, 0, 0)), min_size=1, max_size=3).map(tuple)
    terms = st.lists(st.builds(nodes.ListItem, many, st.just(0), st.just(0), inlines), min_size=1, max_size=3).map(
        tuple
    )
    return st.one_of(
        st.builds(nodes.List, st.just("ul"), items, st.just(0), st.just(0)),
        st.builds(nodes.List, st.just("ul"), items, st.just(0), st.just(0)),
        st.builds(nodes.List, st.just("ol"), items, st.just(0), st.just(0), st.sampled_from("1aAiI"), st.just(1)),
        st.builds(nodes.List, st.just("ol"), items, st.just(0), st.just(0), st.just("1"), st.integers(1, 120)),
        st.builds(nodes.List, st.just("dl"), terms, st.just(0), st.just(0)),
        st.builds(nodes.Quote, many, st.just(0), st.just(0)),
    )


pages = st.lists(st.recursive(flat, _nested, max_leaves=5), max_size=3).map(tuple)


# --- shapes ----------------------------------------------------------------------------------------------

ADDRESS = re.compile(r"https?://\w")
SEEN_EMPTY = ("img", "br", "hr", "li", "dd", "td", "th", "tr", "table", "ul", "ol", "dl", "pre", "blockquote")
PHRASES = frozenset("strong em code a span sub sup u del small img br".split())


def squeeze(text):
    return "".join(text.split())


def tidy(tag, children):
    """The element, its texts joined and without white space, or nothing where it holds nothing."""
    kept = []
    for child in children:
        if isinstance(child, str):
            child = squeeze(child)
            if child and kept and isinstance(kept[-1], str):
                kept[-1] += child
                continue
        if child:
            kept.append(child)
    if tag in ("td", "th") and not kept:
        return ("cell",)
    if tag in ("li", "dd", "blockquote"):
        kept = paragraphs(kept)
    return (tag, *kept) if kept or tag.partition(" ")[0] in SEEN_EMPTY or tag[1:].isdigit() else None


def paragraphs(children):
    """In an item, the words of a tight list are a paragraph like those of a loose one."""
    found = []
    run = []
    for child in [*children, None]:
        if child is not None and (isinstance(child, str) or child[0].partition(" ")[0] in PHRASES):
            run.append(child)
            continue
        if run:
            found.append(("p", *run))
            run = []
        if child is not None:
            found.append(child)
    return found


class _Shape(HTMLParser):
    VOID = ("br", "img", "hr")
    LOOSE = ("thead", "tbody", "tfoot")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.stack = [("page", [])]

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in self.LOOSE:
            return
        named = " ".join(
            [tag, *(f"{key}={given[key]}" for key in ("type", "start", "colspan", "rowspan") if key in given)]
        )
        if tag == "img":
            named = f"img {given['src']}" if given.get("src", "").startswith("http") else "img"
        if tag == "a" and ADDRESS.match(given.get("href", "")):
            named = f"a {given['href']}"
        if tag in self.VOID:
            self.stack[-1][1].append((named,))
        else:
            self.stack.append((named, []))

    def handle_endtag(self, tag):
        if tag in self.LOOSE or tag in self.VOID:
            return
        named, children = self.stack.pop()
        assert named.partition(" ")[0] == tag
        self.stack[-1][1].append(tidy(named, children))

    def handle_data(self, data):
        self.stack[-1][1].append(data)


def shape_of_html(html):
    parser = _Shape()
    parser.feed(html)
    parser.close()
    return tidy("page", parser.stack[0][1]) or ("page",)


def shape_of_nodes(blocks):
    return tidy("page", [_block(block) for block in blocks]) or ("page",)


def _block(block):
    match block:
        case nodes.Paragraph():
            return tidy("p", _phrases(block.children))
        case nodes.Heading():
            return tidy(f"h{block.level}", _phrases(block.children))
        case nodes.Rule():
            return ("hr",)
        case nodes.Preformatted():
            return tidy("pre", _phrases(block.children))
        case nodes.Quote():
            return tidy("blockquote", [_block(child) for child in block.children])
        case nodes.Table():
            return tidy("table", [tidy("tr", [_cell(cell) for cell in row.cells]) for row in block.rows])
        case nodes.List(kind="dl"):
            parts = []
            for item in block.items:
                parts.append(tidy("dt", _phrases(item.term)))
                parts.append(tidy("dd", [_block(child) for child in item.children]))
            return tidy("dl", parts)
        case nodes.List():
            named = block.kind
            if block.kind == "ol":
                named += f" type={block.style}" if block.style != "1" else ""
                named += f" start={block.start}" if block.start != 1 else ""
            return tidy(named, [tidy("li", [_block(child) for child in item.children]) for item in block.items])


def _cell(cell):
    spans = "".join(
        f" {key}={value}" for key, value in (("colspan", cell.colspan), ("rowspan", cell.rowspan)) if value > 1
    )
    held = [_block(child) for child in cell.blocks] if cell.blocks else _phrases(cell.children)
    return tidy(("th" if cell.header else "td") + spans, held)


def _phrases(children, in_link=False):
    found = []
    for node in children:
        match node:
            case nodes.Text(text):
                found.append(text)
            case nodes.Strong():
                found.append(tidy("strong", _phrases(node.children, in_link)))
            case nodes.Emphasis():
                found.append(tidy("em", _phrases(node.children, in_link)))
            case nodes.Code():
                found.append(tidy("code", _phrases(node.children, in_link)))
            case nodes.Span():
                inner = _phrases(node.children, in_link)
                tag = {"font": "span", "strike": "s"}.get(node.tag, node.tag)
                found.extend(inner) if tag == "span" and "color" not in str(node.attributes) else found.append(
                    tidy(tag, inner)
                )
            case nodes.Link():
                inner = _phrases(node.children, True)
                href = f" {node.target}" if ADDRESS.match(node.target) else ""
                found.extend(inner) if in_link else found.append(tidy(f"a{href}", inner))
            case nodes.Image():
                found.append((f"img {node.source}" if node.source.startswith("http") else "img",))
            case nodes.LineBreak():
                found.append(("br",))
    return found


def words(blocks):
    """All the words, in order, each block's apart from the next."""
    found = []

    def walk(children):
        for block in children:
            match block:
                case nodes.List():
                    for item in block.items:
                        found.extend([_plain(item.term), "\n"])
                        walk(item.children)
                case nodes.Quote():
                    walk(block.children)
                case nodes.Table():
                    found.extend(f"{_plain(cell.children)}\n" for row in block.rows for cell in row.cells)
                case nodes.Rule():
                    pass
                case _:
                    found.append(f"{_plain(block.children)}\n")

    walk(blocks)
    return " ".join("".join(found).split())


def _plain(children):
    """The visible words; images show none."""
    parts = []
    for node in children:
        match node:
            case nodes.Text(text):
                parts.append(text)
            case nodes.LineBreak():
                parts.append("\n")
            case nodes.Image() | nodes.Anchor():
                pass
            case _:
                parts.append(_plain(node.children))
    return "".join(parts)
