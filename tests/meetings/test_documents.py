import io
import random
import zipfile
from pathlib import Path

import pytest

from meetings import documents, minutes
from meetings.documents import docx, plaintext
from meetings.twiki.nodes import Heading, List, Paragraph, Table, plain
from tests.meetings import shapes
from tests.meetings.textcases import load

CASES = Path(__file__).parent / "cases"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml"
ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
STYLES = f"""<w:styles {W}><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>"""
RELATIONS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Target="word/document.xml"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>"""


def p(text, style="", bold=False):
    kind = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    run = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:p>{kind}<w:r>{run}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def table(*rows):
    cells = "".join("<w:tr>" + "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in rows)
    return f"<w:tbl>{cells}</w:tbl>"


def word(*parts, more=None):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/styles.xml", STYLES)
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{''.join(parts)}</w:body></w:document>")
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return file.getvalue()


def errors(page):
    return [problem.message for problem in page.problems if problem.level == "error"]


@pytest.mark.parametrize(("text", "expected"), load(CASES / "texts.txt"))
def test_the_blocks_of_a_plain_text(text, expected):
    assert shapes.text(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("---++ CMS\n   * fine\n", "twiki"),
        ('%META:TOPICINFO{author="x" date="1"}%\nwords\n', "twiki"),
        ("   * 4 PM\n   * fine\n", "twiki"),
        ("see [[https://example.org][it]]\n", "twiki"),
        ("Present: Tim\n\n   * fine\n", "text"),
        ("Minutes\n=======\n\n   * fine\n", "text"),
        (" [bookmark: _Toc1]Attendance\nORG: Tim\n", "text"),
        ("words\n", "text"),
        ("the pool is *full* today\n", "twiki"),
        ("run =condor_q= first\n", "twiki"),
        ("| FNAL | 12 |\n", "twiki"),
        ("<B>down</B>\n", "twiki"),
        ("Q&amp;A with !GridFactory\n", "twiki"),
        ("Present: Tim\n\nthe pool is *full*\n", "text"),
        ("2 * 3 * 4 = 24, a_b_c, R&D, <host>, 5 < 6\n", "text"),
    ],
)
def test_what_wrote_a_page_is_told_by_its_text(text, kind):
    assert documents.read_page(text.encode(), "x").kind == kind
    assert documents.read_page(text.encode("utf-16"), "x").kind == kind
    assert documents.read_page(text.replace("\n", "\r\n").encode(), "x").kind == kind


@pytest.mark.parametrize(
    ("name", "bare"),
    [("a/b/Oct30,2012.txt", "Oct30,2012"), ("x.DOCX", "x"), ("27.07.2010", "27.07.2010"), ("Topic", "Topic")],
)
def test_a_page_is_called_as_its_file(name, bare):
    assert documents.read_page(b"words", name).name == bare


def test_latin_1_is_read():
    page = documents.read_page("---++ CMS (Jörg)\n   * schön\n".encode("latin-1"), "x")
    assert shapes.read(page).sections[0].leads == ("Jörg",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        (b'%META:TOPICINFO{author="x" date="1"}%\n', "empty"),
        (random.Random(7).randbytes(4096), "not text"),
        (b"\0" * 100, "not text"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 9, "not text"),
        (b"%PDF-1.4\nwords", "PDF"),
        (b"{\\rtf1 words}", "RTF"),
        (b"\xd0\xcf\x11\xe0words", "old Word"),
        (b"PK\x03\x04words", "archive"),
    ],
)
def test_what_is_no_page_says_why(data, message):
    page = documents.read_page(data, "x")
    assert len(errors(page)) == 1
    assert message in errors(page)[0]
    assert shapes.read(page).sections == ()


def test_one_stray_control_character_is_no_reason_to_refuse():
    page = documents.read_page(b"---++ CMS\n   * fine\x00 and more of it, as it should be\n", "x")
    assert not errors(page)
    assert "fine and more" in shapes.read(page).sections[0].body


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"\0", b"%PDF-1.4\nwords"])
def test_what_is_no_page_is_not_asked_for_its_day(data):
    found = minutes.read(documents.read_page(data, "x"), series="production", zone=shapes.ZONE)
    assert (found.date, [problem.level for problem in found.problems].count("error")) == (None, 1)


def test_a_short_page_may_have_a_stray_control_character_too():
    found = shapes.read(documents.read_page(b"---++ CMS\n   * fi\0ne\n", "x"))
    assert [one.body for one in found.sections] == ["- fine"]
    assert [(one.line, one.level) for one in found.problems] == [(2, "note")]


def test_a_word_document_with_headings_lists_and_a_table():
    data = word(
        p("Tools call", "Title"),
        p("Attendance", "Heading1"),
        p("ORG: Ada Lund (AL)"),
        p(""),
        p("CMS (Tony)", "Heading1"),
        p("All is well.", bold=True),
        table(("Site", "Hours"), ("Lakeshore", "7")),
        p("Review of Open Actions", "Heading1"),
        p("75 - no news"),
    )
    page = documents.read_page(data, "call.docx")
    assert [type(block) for block in page.blocks[:3]] == [Heading, Heading, Paragraph]
    assert any(isinstance(block, Table) for block in page.blocks)
    assert [block.level for block in page.blocks if isinstance(block, Heading)] == [1, 2, 2, 2]
    found = shapes.read(page)
    assert [(one.name, one.affiliation, one.initials) for one in found.attendees] == [("Ada Lund", "ORG", "AL")]
    assert [(one.heading, one.leads) for one in found.sections] == [("CMS", ("Tony",)), ("Review of Open Actions", ())]
    assert "**All is well.**" in found.sections[-2].body
    assert "Lakeshore" in found.sections[-2].body
    assert "Tools call" in found.problems[0].message
    assert found.actions[0].number == "75"
    assert all(
        page.lines[block.line - 1] == plain(block.children) for block in page.blocks if isinstance(block, Heading)
    )


def test_bold_lines_are_headings_where_there_are_no_others():
    data = word(p("CMS (Tony)", bold=True), p("fine"), table(("a", "b")), p("Atlas", bold=True), p("fine too"))
    assert [one.heading for one in shapes.read(documents.read_page(data, "x")).sections] == ["CMS", "Atlas"]


def test_a_word_document_of_bare_paragraphs_is_read_as_text():
    data = word(p("Present: Ada, Jo"), p(""), p("Disks:"), p("None failed."))
    found = shapes.read(documents.read_page(data, "x"))
    assert [person.name for person in found.attendees] == ["Ada", "Jo"]
    assert [(one.heading, one.body) for one in found.sections] == [("Disks", "None failed.")]


def test_a_word_document_without_its_reader_says_what_to_install(monkeypatch):
    monkeypatch.setattr(docx, "mammoth", None)
    assert "uv sync --frozen --inexact --extra import" in errors(documents.read_page(word(p("words")), "x"))[0]


@pytest.mark.parametrize(
    "data",
    [
        word("<w:p>", p("words")),
        word(p("words"))[:-80],
        word("<w:tbl>" * 3000),
    ],
    ids=["bad XML", "cut short", "deep"],
)
def test_a_broken_word_document_is_an_error(data):
    assert len(errors(documents.read_page(data, "x"))) == 1


def test_a_document_that_unpacks_too_far_is_refused():
    bomb = word(p("words"), more={"word/media/zeros": b"\0" * 5_000_000})
    assert len(bomb) < 50_000
    assert "too large" in errors(documents.read_page(bomb, "x"))[0]


def test_hostile_texts_are_read_as_fast_as_others(benchmark_seconds):
    ordinary = "---++ CMS (Tony)\n   * fine, and more of it\n" * 500
    hostile = [
        "---++ Attendees\n   * " + "(" * 20_000,
        "---++ Attendees\n   * " + "a." * 10_000 + "@",
        "---++ CMS (" + "Tim, " * 4_000 + ")",
        "Present: x\n" + "".join(" " * (i % 60) + "- x\n" for i in range(3_000)),
        "---++ Action Items\n   * " + "by due " * 3_000,
        "x\n" * 3 + "1 2-3 " * 4_000,
        "[bookmark: " * 2_000,
    ]
    limit = 0.5 + 20 * benchmark_seconds(ordinary)
    for text in hostile:
        assert benchmark_seconds(text) < limit


@pytest.fixture
def benchmark_seconds():
    import time

    def seconds(text):
        start = time.process_time()
        shapes.read(documents.read_page(text.encode(), "x"))
        return time.process_time() - start

    return seconds


def test_nested_lists_end_somewhere():
    page = plaintext.parse("\n".join(" " * depth + "- x" for depth in range(300)), "x")
    depth, block = 0, page.blocks[0]
    while isinstance(block, List):
        depth, block = depth + 1, block.items[0].children[-1]
    assert depth == 12
    assert minutes.as_json(shapes.read(page))["sections"][0]["body"].count("x") == 300
