"""A file's bytes -> a page of nodes, whatever wrote them: TWiki, a text editor or Word. Never raises on input."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from meetings import twiki
from meetings.documents import docx, plaintext
from meetings.minutes.vocabulary import role_of
from meetings.twiki.memory import uncollected
from meetings.twiki.nodes import Page, Problem

_ENDINGS = frozenset({".txt", ".text", ".docx", ".twiki", ".tml"})
_FOREIGN = {
    b"\xd0\xcf\x11\xe0": "this is a document of an old Word: save it as .docx or as text, and import that",
    b"%PDF-": "this is a PDF: save its text, and import that",
    b"{\\rtf": "this is an RTF document: save it as .docx or as text, and import that",
    b"PK\x03\x04": "this is an archive without a Word document in it: unpack it, and import what it holds",
}
STRAY = 3
"""How many control characters any text may have by mistake; they are left out, with a note."""

_WIDE = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = bytes({*range(0x20), 0x7F} - set(b"\t\n\v\f\r\x1b"))
_TWIKI = re.compile(
    r"^%META:|^---+[+#]|^%[A-Z]+(?:\{[^\n]{0,300})?%|\[\[[^\[\]\n]{1,500}\][\[\]]|<nop>|%ATTACHURL", re.MULTILINE
)
_TWIKI_SIGN = re.compile(
    r"""^(?:\t|[ ]{2,})\*[ ]
    | ^(?:\t|[ ]{3})+(?:\d{1,9}\.?|[AaIi]\.|\$)[ ]
    | ^[ \t]*\|.*\|[ \t]*$
    | (?<![^\s(])(?P<mark>==|=|__|_|\*)(?=\S)(?:(?!(?P=mark))[^\n]){0,200}(?<=\S)(?P=mark)(?![^\s,.;:!?)])
    | (?i:<(?:a|abbr|b|big|blockquote|br|center|code|del|div|dl|em|font|h[1-6]|hr|i|img|ins|kbd|li|ol|p|pre|q|s|small
        |span|strong|su[bp]|table|tt|u|ul|literal|noautolink|sticky|verbatim)(?:\s[^<>]{0,300})?/?>)
    | &(?:[a-z]{2,8}|\#\d{2,5}); | %[A-Z]{2,20}[%{] | ^\#[A-Z][a-z]+[A-Z] | (?<![^\s(])!(?:[A-Z]|[*=_]\S)""",
    re.MULTILINE | re.VERBOSE,
)
"""What hardly anybody types who does not write for a wiki."""
_LABEL = re.compile(r"^[ \t]*([A-Z][A-Za-z ]{3,30})(?::|$)", re.MULTILINE)
_TYPED = re.compile(r"^ ?\[bookmark:|^[=~-]{4,}[ \t]*$", re.MULTILINE)


@uncollected()
def read_page(data: bytes, name: str) -> Page:
    """The page in a file called `name`; what it is, is told by its bytes, not by its name."""
    bare = _bare(name)
    if message := _refusal(data):
        return Page(bare, (), (), (Problem(1, "error", message),), kind="text")
    page = twiki.parse(data, bare) if _is_twiki(data) else parse(data, bare)
    if page.blocks or any(problem.level == "error" for problem in page.problems):
        return page
    return replace(page, problems=(*page.problems, Problem(1, "error", _EMPTY)))


_EMPTY = "the page is empty: there is nothing to import"


def parse(data: bytes, name: str) -> Page:
    """The page of a Word document or a plain text."""
    return docx.parse(data, name) if docx.is_docx(data) else plaintext.parse(data, name)


def _bare(name: str) -> str:
    """A file's name without its folder, and without an ending that only says what it is."""
    path = PurePath(name)
    return path.stem if path.suffix.lower() in _ENDINGS else path.name


def _refusal(data: bytes) -> str | None:
    """Why there is no page in these bytes, or None."""
    if not data.strip(b" \t\r\n\x0b\x0c\xef\xbb\xbf"):
        return _EMPTY
    for mark, message in _FOREIGN.items():
        if data.startswith(mark) and not docx.is_docx(data):
            return message
    wide_or_zip = data.startswith((*_WIDE, b"PK\x03\x04"))
    control = len(data) - len(data.translate(None, _CONTROL))
    if not wide_or_zip and control > STRAY and 50 * control > len(data):
        return "this is not text, nor a Word document: if it belongs to the minutes, attach it"
    return None


def _is_twiki(data: bytes) -> bool:
    """Whether a text is TWiki's: by its own marks, or by any of its signs where nothing speaks for another layout."""
    if data.startswith(b"PK\x03\x04"):
        return False
    text = data.decode("utf-16" if data.startswith(_WIDE) else "latin-1", errors="replace").replace("\r\n", "\n")
    if _TWIKI.search(text):
        return True
    typed = _TYPED.search(text) or any(role_of(match[1]) for match in _LABEL.finditer(text))
    return not typed and _TWIKI_SIGN.search(text) is not None
