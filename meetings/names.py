"""What is a person's name in minutes, and what only looks like one. Pure; no list of known people."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

NOT_NAMES = frozenset(
    re.findall(
        r"\w+",
        """
        about action actions affiliation afternoon agenda all also an analysis and announcements any
        apologies apr april as at attending aug august away back break canceled cancelled chair closed
        computing confirmed cont contd continued daily data deadline dec december decision deferred
        discussion done draft email etc everybody everyone excused experiment experiments external factory
        feb february final finished fixed follow for fri friday from full general grid group holiday
        holidays important in info information infrastructure infrastructures institute institution internal
        is issue issues item items jan january joint jul july jun june last late later latest leave list
        many mar march may me meeting meetings minutes misc mon monday monthly morning most mostly na name
        names nb network new news next nil no nobody none not note notes nothing nov november now oct
        october on ongoing only open operations ops optional other others part partial pending people phone
        planned planning postponed preliminary present previous priority private problem problems production
        progress project public quarterly question questions regrets release releases reminder remote
        remotely report reported reports request resolved review round sat saturday science see sep sept
        september service services several short site sites software some standing status storage summary
        sun sunday support table tba tbc tbd team test testing tests thanks the them they this those thu
        thursday tier to today todo tomorrow travel travelling trip tue tuesday unknown until upcoming
        update updated updates us vacation various version video vidyo virtual we wed wednesday week weekly
        weeks who wiki with workshop yes yesterday zoom
        """,
    )
)
"""Words that stand where a name could: in parentheses after a heading, or in a list of people."""

GUESTS = frozenset({"TWikiGuest", "WikiGuest", "UnknownUser", "ProjectContributor", "TWikiContributor", "guest"})
"""Accounts that name nobody."""

_ALSO_GIVEN = frozenset({"jan", "april", "may", "june", "august"})
_PARTICLES = frozenset(
    re.findall(r"\w+", "al bin da de del della den der di do dos du el ibn la le ten ter van von y zu zur")
)
_LETTERS = r"(?:[^\W\d_]\.-?)*[^\W\d_]+(?:['’-][^\W\d_]+)*\.?"
_NAME = re.compile(rf"{_LETTERS}(?: {_LETTERS}){{0,4}}")
_UP, _LOW = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_HUMP = re.compile(rf"(?:(?:Mc|(?<=[{_LOW}])Mac)(?=[{_UP}]))?(?:[{_UP}]+(?![{_LOW}])|[{_UP}]?[^{_UP}]+)")
_WIKI_WORD = re.compile(rf"(?:[{_UP}]\w+\.)?[{_UP}]+[{_LOW}]+(?:-?[{_UP}]+[{_LOW}]*)+")
_EAST = "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
_SOUTH = "\u0590-\u0e7f\u10d0-\u10ff"
_CASELESS = re.compile(rf"[{_EAST}]{{2,5}}(?: [{_EAST}]{{1,5}})?|[{_SOUTH}]{{2,14}}(?: [{_SOUTH}]{{2,14}}){{0,3}}")
"""Names in scripts without capitals, which only their length tells from sentences."""
_LEADS = re.compile(r"\s*\(([^()]*)\)\s*$")
_BETWEEN_LEADS = re.compile(r"\s*[,;&+/\n]\s*(?:and\s+)?|\s+and\s+")


def spaced(name: str) -> str:
    """A wiki name as people write it: `Main.DanFraser` is Dan Fraser, `AndrewMcNab` is Andrew McNab."""
    if " " in name:
        return name
    bare = name.rsplit(".", 1)[-1]
    if bare.startswith("TWiki"):
        return f"TWiki {spaced(bare[5:])}".strip()
    return " ".join(_HUMP.findall(bare)).replace("- ", "-")


def person(name: str) -> str:
    """The name of a person as written, a wiki word spaced out, white space made even."""
    even = " ".join(name.split())
    return spaced(even) if _WIKI_WORD.fullmatch(even) and not _glued(even) else even


def _glued(word: str) -> bool:
    """Whether a word with a capital inside is one surname (McNab, MacDonald, DeYoung), not a wiki word."""
    return re.fullmatch(r"(?:Ma?c|D[eiu]|L[ae]|Van|Fitz)[A-Z][a-z]+", word) is not None


def is_name(text: str, *, listed: bool = False) -> bool:
    """Whether `text` reads as one person's name.

    Every word begins with a capital (particles may not), none has a digit, and none is a word that minutes put
    in the same place (`cont.`, `March`, `Draft`). After a heading, words all in capitals are abbreviations
    (`GOC`) and three full words a title; `listed` among people, short ones are initials and more is allowed.
    """
    text = " ".join(text.split())
    return len(text) <= 60 and _reads_as_name(text, listed)


@lru_cache(maxsize=4096)
def _reads_as_name(text: str, listed: bool) -> bool:
    """The same for a short text with even white space; the same people come every week."""
    if not text.isascii():
        text = "".join(letter for letter in text if not unicodedata.category(letter).startswith("M"))
    if not _NAME.fullmatch(text):
        return False
    words = text.split()
    if listed and _CASELESS.fullmatch(text):
        return True
    if not words[-1][0].isupper() or not all(word[0].isupper() or word in _PARTICLES for word in words):
        return False
    if any(_is_other_word(word.rstrip("."), alone=len(words) == 1 and not listed) for word in words):
        return False
    if listed:
        return not (len(words) == 1 and len(text) > 3 and text.isupper())
    full = [word for word in words if len(word.rstrip(".")) > 1 and word not in _PARTICLES]
    return 1 <= len(full) <= 2 and not any(word.isupper() for word in full)


def _is_other_word(word: str, *, alone: bool) -> bool:
    """Whether a word is no name; a month that is also a given name is one unless it stands alone."""
    return word.lower() in NOT_NAMES and (alone or word.lower() not in _ALSO_GIVEN)


def names_in(text: str) -> tuple[str, ...]:
    """The people in `Armen & Xin`, `Mats, John`, `Tony / Krista`; nothing unless every part is a name."""
    parts = [part.strip() for part in _BETWEEN_LEADS.split(text.strip())]
    if not all(is_name(part) for part in parts):
        return ()
    return tuple(dict.fromkeys(map(person, parts)))


def split_leads(heading: str) -> tuple[str, tuple[str, ...]]:
    """A heading without the people in parentheses at its end, and those people.

    Parentheses that hold anything else (`(cont.)`, `(1/31-2/6)`, `(GOC)`) stay in the heading; people before
    them are found all the same.
    """
    rest = heading.strip().rstrip(":").rstrip()
    kept = ""
    for _ in range(4):
        match = _LEADS.search(rest)
        if not match:
            break
        rest, leads = rest[: match.start()].rstrip(), names_in(match[1])
        if leads:
            return f"{rest.rstrip(':').rstrip()}{kept}", leads
        kept = f" {match[0].strip()}{kept}"
    return f"{rest}{kept}", ()
