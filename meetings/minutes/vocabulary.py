"""What headings of minutes are called: well-known areas with their other names, and headings of other sorts."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

Role = Literal["attendees", "apologies", "absent", "coordinates", "announcements", "items"]


class KnownArea(NamedTuple):
    """An area that most grids have: its name, and what else headings call it."""

    name: str
    aliases: tuple[str, ...] = ()


KNOWN_AREAS: Mapping[str, KnownArea] = {
    "accounting": KnownArea("Accounting", ("Metrics", "Metrics and Accounting", "Metrics & Measurements")),
    "alice": KnownArea("ALICE", ("US ALICE", "USALICE")),
    "atlas": KnownArea("ATLAS", ("US ATLAS", "USATLAS", "ATLAS/PanDA")),
    "campus": KnownArea(
        "Campus Infrastructures",
        ("Campus", "Campus Grids", "Campus Infrastructures / HTPC", "Campus Infrastructure", "HTPC", "Campus / HTPC"),
    ),
    "cdf": KnownArea("CDF"),
    "cms": KnownArea("CMS", ("US CMS", "USCMS")),
    "communication": KnownArea("Communication", ("Communications", "Outreach", "Communication and Outreach")),
    "d0": KnownArea("D0", ("DZero", "DØ", "D Zero")),
    "documentation": KnownArea("Documentation", ("Docs",)),
    "engage": KnownArea("Engage", ("Engagement", "Engage VO")),
    "fife": KnownArea("FIFE", ("Fabric for Frontier Experiments", "FIFE/Intensity Frontier")),
    "glidein-factory": KnownArea(
        "Glidein Factory",
        (
            "GlideinWMS Factory",
            "WMS Glide In Factory",
            "Glide-in Factory",
            "Factory Operations",
            "OSG Factory",
            "GFactory",
        ),
    ),
    "glideinwms": KnownArea("GlideinWMS", ("Glidein WMS", "gWMS")),
    "glow": KnownArea("GLOW", ("Grid Laboratory of Wisconsin",)),
    "goc": KnownArea(
        "Grid Operations Center",
        ("GOC", "OSG GOC", "OSG Operations", "Grid Operations", "Grid Operations Centre", "GOC Operations"),
    ),
    "gratia": KnownArea("Gratia", ("GRACC", "Gratia Accounting")),
    "integration": KnownArea("Integration", ("ITB", "Integration Testbed", "Integration/ITB", "ITB/Integration")),
    "lhcb": KnownArea("LHCb"),
    "ligo": KnownArea("LIGO", ("LIGO/E@H", "LIGO / Einstein@Home")),
    "monitoring": KnownArea("Monitoring", ("Measurement", "Measurements")),
    "networking": KnownArea("Networking", ("Network", "Networks", "perfSONAR", "Network Monitoring")),
    "nova": KnownArea("NOvA"),
    "operations": KnownArea("Operations"),
    "production-support": KnownArea("Production Support", ("Production", "Production Coordination")),
    "release": KnownArea("Release", ("Releases", "Release Management", "Release Team")),
    "sbgrid": KnownArea("SBGrid", ("SB Grid",)),
    "security": KnownArea("Security", ("Security Team", "OSG Security", "Security Operations")),
    "site-coordination": KnownArea(
        "Site Coordination", ("Sites", "Site Coordinator", "Sites Coordination", "Sites Group", "Site Administration")
    ),
    "software": KnownArea(
        "Software", ("VDT", "Software Team", "OSG Software", "Software Tools Group", "Software/VDT", "VDT/Software")
    ),
    "storage": KnownArea("Storage", ("OSG Storage", "Storage Elements")),
    "technology": KnownArea("Technology", ("Technology Investigations", "Technology Area")),
    "training": KnownArea(
        "Training", ("Education", "Education and Training", "Training and Education", "Education & Training")
    ),
    "user-support": KnownArea(
        "User Support", ("Virtual Organizations Group", "VO Group", "VOs Group", "VO Support", "Virtual Organizations")
    ),
    "workload-management": KnownArea("Workload Management", ("Workload Management Systems", "WMS")),
    "xsede": KnownArea("XSEDE", ("TeraGrid",)),
}
"""Slug -> area, for headings that mean the same in every series; a series' own areas come on top."""

_ROLES: Mapping[Role, str] = {
    "attendees": """attendance, attendance and apologies, attendance list, attendee list,
        attendees, attendees and apologies, attendees list, attended, attending, in attendance, list of attendees,
        list of participants, meeting attendees, members present, participants, people attending,
        people present, present, roll, roll call, rollcall,
        those present, who was there""",
    "apologies": """apologies, apologies for absence, apologies from, apologies received, apologies received from,
        excused, regrets, sends apologies, sent apologies, with apologies""",
    "absent": "absent, absentees, not attending, not present",
    "coordinates": """access code, audio, audio conference, bridge, call details, call in, call in details,
        call in information, conference call, conference call details, conference call information, conference details,
        connecting, connection, connection details, connection info, connection information, coordinates, dial in,
        dial in details, dial in info, dial in information, dial in numbers, how to connect, how to join,
        joining instructions, meeting coordinates, meeting details, phone, phone bridge, phone conference,
        phone number, phone numbers, phone dial in, teleconference, teleconference details, telephone,
        video conference, vidyo, webex, where to connect, zoom, zoom details""",
    "announcements": """announcement, announcements, general announcements, announcements and news,
        news and announcements""",
    "items": """action items, action item list, action item review, action items from last meeting, action list,
        action significant items, actions, actions and significant items, actions from last meeting, actions items,
        action items and significant items, action items significant items, current action items, current actions,
        list of actions, new action items, new actions, old action items, open action items, open actions, open items,
        outstanding action items, outstanding actions, previous action items, previous actions, review of action items,
        review of actions, review of actions from last meeting, review of open action items, review of open actions,
        review of outstanding actions, review of previous actions, significant items, summary of actions, to do,
        to dos, todo""",
}

_FOLLOWS = re.compile(r" (?:report|reports|status|update|updates|news)$")
_NUMBERED = re.compile(r"^\s*\d{1,2}(?:\.\d{1,2}){0,3}[.)]?\s+")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_PARENTHESES = re.compile(r"\([^()]*\)")
_PREFIX = re.compile(r"\s[-–—]{1,3}\s|:(?!\S)|\s[-–—]{1,3}$")


def key(text: str) -> str:
    """What two spellings of one heading share: case, accents, punctuation and white space do not count."""
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _BETWEEN_WORDS.sub(" ", text.casefold()).strip()


ROLES: Mapping[str, Role] = {key(name): role for role, names in _ROLES.items() for name in names.split(",")}
"""Key of a heading -> what it holds, where that is no report."""


@dataclass(frozen=True, eq=False)
class Slugs:
    """Every known name as a key, with its slug; one object a set of areas, so that it can be a key itself."""

    by_key: Mapping[str, str]


def slugs_by_key(areas: Mapping[str, str]) -> Slugs:
    """The well-known areas, and those of `areas` (alias -> slug), which win."""
    return _slugs_by_key(frozenset(areas.items()))


@lru_cache(maxsize=16)
def _slugs_by_key(areas: frozenset[tuple[str, str]]) -> Slugs:
    """The table of one set of areas, made once however many pages are read with it."""
    known = {key(name): slug for slug, area in KNOWN_AREAS.items() for name in (slug, area.name, *area.aliases)}
    return Slugs(known | {key(name): slug for name, slug in areas})


def area_of(heading: str, slugs: Slugs) -> str | None:
    """The slug of the area that a heading (without its leads) names, or None.

    The whole heading must be a name or alias, give or take numbering, parentheses, and a closing `report` or
    `update`; or what stands before ` - ` or `: ` must be: `FIFE - Fabric for ...` is FIFE, but
    `CMS Tier-3 workshop` is not CMS.
    """
    bare = _bare(heading)
    first = _PREFIX.split(bare, maxsplit=1)[0]
    for candidate in dict.fromkeys((heading, bare, first)):
        name = key(candidate)
        if slug := slugs.by_key.get(name) or slugs.by_key.get(_FOLLOWS.sub("", name)):
            return slug
    return None


def role_of(heading: str) -> Role | None:
    """What a heading holds that is no report: the roll, the way to connect, announcements, actions; else None."""
    return ROLES.get(key(_bare(heading)))


def _bare(heading: str) -> str:
    """A heading without its number and whatever stands in parentheses."""
    if "(" in heading:
        heading = _PARENTHESES.sub(" ", heading)
    return _NUMBERED.sub("", heading).strip()
