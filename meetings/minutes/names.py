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

_NAMES_IN_S = frozenset(
    re.findall(
        r"\w+",
        """
        agnes alexis andreas andres carlos charles chris dennis doris douglas elias frances francis hannes ines
        iris james johannes jonas julius klaus lewis linus louis lucas luis lukas magnus marcus marius markus
        mathias matthias nicolas niklas silas thomas tomas travis
        """,
    )
)
"""Given names that end as the plurals of things do."""

_THINGS = frozenset(
    re.findall(
        r"\w+",
        """
        action admin agent archive audit backlog batch budget cache campaign case catalog central challenge
        change client cloud cluster code compute condor config control core cream critical current cvmfs
        dashboard database desk detail disk downtime drive effort email error event failover farm firmware
        flow focus fabric fix frontier gate global glidein hardware head help highlight history host hub idea
        incident input intro job kernel key lab lack library link list load local log loss machine mail main
        major manual map matter metric minor mirror model module monitor node note outlook output overview
        pause pilot plan platform policy pool portal power priority probe procedure product proxy purchase
        queue quota rate recap recent record recovery redo region remark replica research roadmap rollout root
        rule run sample scale schedule schema script search server setup shift shutdown site slot space squid
        stack start stop store stress structure submit summer switch system tape target task term theme
        ticket tool topic trace track transfer trial trip trouble tuning type upgrade uptime user value view
        warning web website winter work worker year
        bestman castor ceph condor confluence dcache dirac docker enstore eos frontier github gitlab glexec globus
        gluster gridftp gums hadoop indico java jira kubernetes linux lustre mysql nagios oracle panda pegasus phedex
        puppet python rucio slurm squid srm trac twiki voms xrootd
        """,
    )
)
"""What headings go on with after an area's name and a dash, where a person could stand too."""

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
_LEADS = re.compile(r"\s*(?:\(([^()]*)\)|\[([^\[\]()]*)\])\s*$")
_REMARK = re.compile(r"\s*(?:;|:|\s[-–—]{1,3}\s)\s*")
_NO_NAME = re.compile(r"(?:tion|sion|ing|ment|ity|ness|ance|ence|age|ware|ency|\w\ws|work|time|ics|able|ure)$")
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
    """The people in `Armen & Xin`, `Mats, John`, `Tony / Krista?`; nothing unless every part is a name."""
    parts = [part.strip().rstrip("?").rstrip() for part in _BETWEEN_LEADS.split(text.strip())]
    if not all(is_name(part) for part in parts):
        return ()
    return tuple(dict.fromkeys(map(person, parts)))


def clear_names_in(text: str) -> tuple[str, ...]:
    """The same where nothing but the words themselves tells people from things: `Tony & Krista`, but not `Disks`."""
    words = [word.rstrip(".?").lower() for word in re.findall(r"[^\s,;&+/]+", text)]
    return () if any(map(_is_thing, words)) else names_in(text)


def _is_thing(word: str) -> bool:
    """Whether a word, in small letters, is known for a thing or ends like one."""
    ends_like_one = len(word) > 4 and word not in _NAMES_IN_S and _NO_NAME.search(word)
    return word in _THINGS or bool(ends_like_one)


def split_leads(heading: str) -> tuple[str, tuple[str, ...]]:
    """A heading without the people in parentheses or brackets at its end, and those people.

    Parentheses that hold anything else (`(cont.)`, `(1/31-2/6)`, `(GOC)`) stay in the heading, and so does what
    follows the people in them (`(Tony; no report)`); people before them are found all the same.
    """
    rest = heading.strip().rstrip(":").rstrip()
    kept = ""
    for _ in range(4):
        match = _LEADS.search(rest)
        if not match:
            break
        rest, (leads, remark) = rest[: match.start()].rstrip(), _with_remark(match[1] or match[2] or "")
        if leads:
            return f"{rest.rstrip(':').rstrip()}{remark}{kept}", leads
        kept = f" {match[0].strip()}{kept}"
    return f"{rest}{kept}", ()


def _with_remark(text: str) -> tuple[tuple[str, ...], str]:
    """The people of `Tony; no report`, and the remark, ready to stand behind the heading."""
    if leads := names_in(text):
        return leads, ""
    who, *remark = _REMARK.split(text, maxsplit=1)
    return (names_in(who), f" ({remark[0].strip()})") if remark else ((), "")
