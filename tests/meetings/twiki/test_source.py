"""What a page is before its markup is read: encodings, newlines, META records, and what the page knows of itself."""

from datetime import UTC, datetime

import pytest

from meetings.twiki import parse
from meetings.twiki.nodes import Attachment, Heading, Paragraph, Text


def words(page):
    return [block.children[0].text for block in page.blocks if isinstance(block, Paragraph | Heading)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Grün".encode(), "Grün"),
        ("\ufeffGrün".encode(), "Grün"),
        ("Grün".encode("utf-16"), "Grün"),
        ("\ufeffGrün", "Grün"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "text with mark"],
)
def test_unicode_is_read_without_a_word(data, expected):
    page = parse(data)
    assert words(page) == [expected]
    assert page.problems == ()


@pytest.mark.parametrize(
    ("data", "expected", "name"),
    [
        (b"one\n\nGr\xfcn \x96 x", "Grün – x", "Windows-1252"),
        (b"one\n\nGr\xfcn\x81", "Grün\x81", "Latin-1"),
    ],
)
def test_other_encodings_are_read_and_named(data, expected, name):
    page = parse(data)
    assert words(page) == ["one", expected]
    assert [(problem.line, problem.level) for problem in page.problems] == [(3, "note")]
    assert name in page.problems[0].message


def test_mixed_encodings_are_read_line_by_line():
    page = parse("Grün\n\n".encode() + "Möhre\n\n".encode("latin-1") + "Tür".encode())
    assert words(page) == ["Grün", "Möhre", "Tür"]
    assert [problem.line for problem in page.problems] == [3]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines(newline):
    page = parse(newline.join(["---+ One", "text", "---++ Two", ""]))
    assert words(page) == ["One", "text", "Two"]
    assert page.lines == ("---+ One", "text", "---++ Two")


def test_control_characters_are_left_out():
    page = parse("one\nt\x00w\x07o")
    assert words(page) == ["one\ntwo"]
    assert [(problem.line, problem.level) for problem in page.problems] == [(2, "note")]


def test_our_own_marks_in_a_page_do_no_harm():
    assert words(parse("a \ue0000\ue001 b \ue002x\ue003")) == ["a 0 b x"]


def test_topic_info():
    page = parse('%META:TOPICINFO{author="AnnLee" date="1351627320" format="1.1" version="1.10"}%\ntext', "MyTopic")
    assert page.name == "MyTopic"
    assert page.kind == "twiki"
    assert page.author == "AnnLee"
    assert page.saved_at == datetime(2012, 10, 30, 20, 2, tzinfo=UTC)
    assert page.revision == 10
    assert page.meta[0].type == "TOPICINFO"
    assert page.meta[0].fields["format"] == "1.1"
    assert page.meta[0].line == 1


@pytest.mark.parametrize(
    ("version", "revision"),
    [("1.4", 4), ("4", 4), ("1.10", 10), ("10", 10), ("", None), ("x", None), ("1.2.3", None), ("9" * 400, None)],
)
def test_revisions(version, revision):
    assert parse(f'%META:TOPICINFO{{version="{version}"}}%').revision == revision


@pytest.mark.parametrize("date", ["x", "-5", "1e9", "9" * 12, "9" * 5000, "12.5"])
def test_a_nonsense_time_is_reported(date):
    page = parse(f'text\n%META:TOPICINFO{{date="{date}"}}%')
    assert page.saved_at is None
    assert [(problem.line, problem.level) for problem in page.problems] == [(2, "warning")]


def test_no_topic_info():
    page = parse("text")
    assert (page.author, page.saved_at, page.revision, page.meta) == (None, None, None, ())


def test_values_are_decoded():
    page = parse('%META:FIELD{name="N" value="a%22b%25c%0ad %_Q_%e%_Q_% %_P_%f%_N_%g"}%')
    assert page.meta[0].fields["value"] == 'a"b%c\nd "e" %f\ng'


def test_attachments_are_those_declared_and_those_linked():
    page = parse(
        "[[%ATTACHURL%/plan.pdf][plan]] [[%ATTACHURL%/other.pdf][other]]\n"
        '\n<img src="%ATTACHURLPATH%/plot.png">\n'
        '%META:FILEATTACHMENT{name="plan.pdf" comment="The plan" size="120"}%\n'
        '%META:FILEATTACHMENT{name="odd.txt" size="much"}%\n'
        '%META:FILEATTACHMENT{size="1"}%\n'
    )
    assert page.attachments == (
        Attachment("plan.pdf", 4, "The plan", 120),
        Attachment("odd.txt", 5),
        Attachment("other.pdf", 1),
        Attachment("plot.png", 3),
    )


def test_unknown_meta_is_kept():
    page = parse('%META:WORKFLOW{name="Draft"}%')
    assert [(one.type, dict(one.fields)) for one in page.meta] == [("WORKFLOW", {"name": "Draft"})]


def test_empty_pages():
    for data in (b"", "", "\n", b"\xef\xbb\xbf", "   \n\n"):
        assert parse(data).blocks == ()


def test_lines_are_the_sources_own():
    page = parse("a\n\n<verbatim>\nx\n</verbatim>\n---+ Title\n")
    assert [page.lines[block.line - 1] for block in page.blocks] == ["a", "<verbatim>", "---+ Title"]
    assert page.blocks[-1] == Heading(1, (Text("Title"),), 6, 6)
