"""Markdown -> HTML: the dialect (text cases), safety against hostile text, and time."""

import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.markup import Picture, blocks, pictures, render

CASES = re.compile(r"^(\S[^\n]*)\n\.\n(.*?)\n?^\.\n(.*?)\n?^\.$", re.MULTILINE | re.DOTALL)
SPACES = str.maketrans({"␠": " ", "⇥": "\t"})


def cases():
    text = (Path(__file__).parent / "cases" / "markup.txt").read_text(encoding="utf-8")
    return [pytest.param(source.translate(SPACES), html, id=title) for title, source, html in CASES.findall(text)]


@pytest.mark.parametrize(("source", "html"), cases())
def test_case(source, html):
    assert render(source) == html


# --- safety ----------------------------------------------------------------------------------------------

ATTACKS = (
    "<script>alert(1)</script>",
    "<div><script>alert(1)</script></div>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<div>\n<img src=x onerror=alert(1) ONLOAD='x'>\n</div>",
    "<b onmouseover=alert(1)>x</b>",
    "<table background='javascript:alert(1)'><tr><td style='background:url(javascript:x)'>x</table>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java script:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
    '![x](a.png "onerror=alert(1)")',
    '![" onerror="alert(1)](a.png)',
    '[x](a "\\" onmouseover=\\"alert(1)")',
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<javascript:alert(1)>",
    '<http://x.example/"onmouseover=alert(1)//>',
    'https://x.example/"onmouseover=alert(1)',
    "<iframe src=https://evil.example></iframe>",
    "<div><iframe srcdoc='<script>x</script>'></iframe></div>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<div><style>*{display:none}</style></div>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><input name=x><button>go</button></form>",
    "<object data=x></object><embed src=x>",
    "<base href=//evil.example/>",
    "<p class='messages error' id='main' style='position:fixed'>x</p>",
    "<span class='wiki ink-red admin'>x</span>",
    "<a name='content' class='button'>x</a>",
    "<pre><code onclick=x>a</code></pre>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "`<script>alert(1)</script>`",
    "```\n<script>alert(1)</script>\n```",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>x</script> |",
    "\x02klzzwxh:0001\x03 \x02wzxhzdk:0\x03",
)


class Audit(HTMLParser):
    """Collects what a browser would see that it must not."""

    def __init__(self):
        super().__init__()
        self.bad = []

    def handle_starttag(self, tag, attrs):
        if tag in (
            "script",
            "style",
            "iframe",
            "svg",
            "math",
            "form",
            "input",
            "object",
            "embed",
            "base",
            "meta",
            "link",
        ):
            self.bad.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "background", "srcdoc"):
                self.bad.append(f"{tag} {name}")
            if name in ("href", "src") and re.match(r"(?i)(?!https?:|mailto:)[a-z][a-z0-9+.-]*:", value.strip()):
                self.bad.append(f"{tag} {name}={value}")
            if name == "id" and not value.startswith("at-"):
                self.bad.append(f"{tag} id={value}")
            if name == "class" and not re.fullmatch(r"(wiki|attachment|ink-[a-z]+)?", value):
                self.bad.append(f"{tag} class={value}")
            if name == "href" and ("rel", "noopener noreferrer") not in attrs:
                self.bad.append(f"{tag} without rel")


def audit(html):
    found = Audit()
    found.feed(html)
    found.close()
    return found.bad


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_dangerous_comes_out(attack):
    for text in (attack, f"- {attack}", f"> {attack}", f"**{attack}**", f"<div>{attack}</div>", f"[{attack}](x)"):
        assert audit(render(text)) == []


def test_the_audit_sees_what_it_looks_for():
    for html in ("<script>", "<b onclick=x>", "<a href='javascript:x'>", "<p id=x>", "<p class=x>", "<a href=x>"):
        assert audit(html)


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_stands_around_stays_visible(attack):
    """An attack does not swallow what stands around it."""
    seen = re.sub(r"<[^>]*>", "", render(f"before {attack}\n\nafter"))
    assert seen.startswith("before")
    assert seen.rstrip().endswith("after")


# --- time and strange input ------------------------------------------------------------------------------

UNITS = (
    "[ ![ ] [] [a]( [a](b [a](b) [[a](b) ( ) * ** a* **a_b _ __a ` `a``b```c < <a <b> <i><b> </b> <b></i> <!-- <!----> "
    "& &amp; &# > >a~~ ~ ~~a \\ \\\\ \\* # | |- [a]: http:// http://a http://a) a@b a@b. <a@ <a@. ! !! 1. {} é a <br> "
    "***a (((a) https://a((( &lt; ' \" [x](y(z [a](< <http://a ::: = - -- + ~~~ ```"
).split(" ")
LINES = (
    "",
    "- ",
    "-",
    "- a",
    "- - ",
    "  - a",
    "* a",
    "1. ",
    "1. a",
    "9. a",
    "a. b",
    "i. ",
    ": a",
    "a\n: b",
    "a\n: b\n",
    "```",
    "~~~",
    "> a",
    "> > a",
    ">",
    "# a",
    "#",
    "---",
    "- - -",
    "a\n===",
    "=",
    "|",
    "|a|\n|-|",
    "a|b\n-|-",
    "<table>",
    "<table>\n",
    "</table>",
    "<ul><li>",
    "<li>",
    "<div>",
    "<p><b>",
    "<pre>\n",
    "<hr>",
    "<!--",
    "<!-- a\n",
    "-->",
    "<font color=red><p>",
    "a  ",
    "a\\",
    "[a]: http://x\n",
    "\t- a",
)
SIZE = 65_536


def filled(unit):
    return (unit * (SIZE // max(len(unit), 1) + 1))[:SIZE]


HOSTILE = {
    **{repr(unit): filled(unit) for unit in UNITS},
    **{f"{unit!r} and a space": filled(f"{unit} ") for unit in UNITS},
    **{f"lines of {line!r}": filled(f"{line}\n") for line in LINES},
    "brackets opened, then closed": "[" * 32_000 + "](" * 16_000,
    "brackets that become links": "[" * 30_000 + "[a](b)" * 6_000,
    "brackets across tags": "[<b>" * 8_000 + "]" * 8_000,
    "emphasis inside emphasis": "*a **b " * 4_500 + "c** d* " * 4_500,
    "longer and longer backticks": " ".join("`" * size for size in range(1, 360)),
    "deeper and deeper bullets": "".join("  " * depth + "- a\n" for depth in range(250)),
    "deeper and deeper quotes": "".join(">" * depth + " a\n" for depth in range(350)),
    "wide header, many rows": "a|" * 8_000 + "\n" + "-|" * 8_000 + "\n" + "|\n" * 16_000,
    "open fonts, then paragraphs": "<div>" + "".join(f"<font color=#{at:06x}>" for at in range(1_500)) + "<p>" * 10_000,
    "open tables, one end": "<table>\n\n" * 7_000 + "</table>",
    "open comments, one end": "<!-- a\n\n" * 8_000 + "--> x",
    "attributes": "<a " + "b " * 32_000,
    "spaces": "a" + " " * 65_000 + "b",
    "dots in an address": "<a@" + "." * 65_000,
    "brackets behind an address": "https://a" + ")" * 65_000,
    "blank lines in a list": ("- a\n" + "\n" * 200) * 320,
    "almost a rule": ("- " * 3_000 + "a\n") * 10,
    "almost a delimiter row": "a|b\n|" + " -" * 32_000,
    "almost a heading": ("# " + "# " * 3_000 + "a\n") * 10,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_no_time(text):
    start = time.process_time()
    html = render(text)
    assert time.process_time() - start < 1
    assert len(html) < 30 * SIZE


def test_what_is_nested_too_deep_is_text():
    html = render("".join("  " * depth + f"- level{depth}\n" for depth in range(60)))
    assert html.count("<ul>") == 32
    assert all(f"level{depth}" in html for depth in range(60))


def test_a_text_of_megabytes_is_shown_as_it_is():
    text = "# <b> & more\n" * 100_000
    assert render(text).startswith("<pre># &lt;b&gt; &amp; more\n")


alphabet = st.sampled_from("".join(UNITS) + "\n\n\n \t-|:.1aé") | st.characters()


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet, max_size=300) | st.lists(st.sampled_from([*UNITS, *LINES, "\n", " "]), max_size=60).map("".join)
)
def test_any_text_renders_safely_and_at_once(text):
    start = time.process_time()
    assert audit(render(text)) == []
    blocks(text)
    assert time.process_time() - start < 0.5


def test_pictures_from_elsewhere_are_listed_once():
    rendered = render(
        "![load](https://a.example.org/load.png?x=1&y=2) ![](http://b.example.net/wide.png) ![here](/files/1/x.png)\n\n"
        "![load](https://a.example.org/load.png?x=1&y=2)"
    )
    assert pictures(rendered) == (
        Picture("https://a.example.org/load.png?x=1&y=2", "load", "a.example.org"),
        Picture("http://b.example.net/wide.png", "wide", "b.example.net"),
    )


def test_text_that_nests_as_deep_as_it_may_fits_the_stack():
    tags = ("b", "i", "u", "s", "sub", "sup", "small", "big")
    words = "".join(f"<{tag}>***a _b ***c _d " for tag in tags) + "x"
    words += "".join(f"d_ c*** b_ a***</{tag}>" for tag in reversed(tags))
    text = "- " * 40 + words

    def below(frames):
        return below(frames - 1) if frames else (render(text), blocks(text))

    html, _ = below(400)
    assert "x" in html
