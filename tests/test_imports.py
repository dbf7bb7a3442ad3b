"""The arrows between our modules, enforced: who may import whom, and what nobody may do.

`LAYERS` is the whole rule. A module belongs to the layer that names it, or the package it is in, most exactly; a
module that no layer names fails the test, so that whoever adds one says where it belongs.
"""

from __future__ import annotations

import ast
import graphlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("config", "meetings", "reports")
LONGEST_FILE = 450
QUERY = re.compile(r"^objects$|^(select|prefetch)_related$|_set$")
NAMELESS = re.compile(r"(^|_)(services?|utils?|helpers?|common|misc)$")
ANYTHING = frozenset({"*"})
#: Outside packages by which a module could reach the database or a request.
DJANGO = frozenset({"django", "allauth", "celery", "kombu", "django_filters"})


@dataclass(frozen=True)
class Layer:
    """Modules, and what they may import of this project and of outside packages, besides the standard library."""

    name: str
    modules: tuple[str, ...]
    inside: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()


def _modules(names: str, package: str = "meetings") -> frozenset[str]:
    return frozenset(f"{package}.{name}" for name in names.split())


MERGING = _modules("alignment comparing merging")
CONVENTIONS = frozenset({"meetings.minutes", "meetings.twiki"})
READING = CONVENTIONS | {"meetings.documents"}
BATCHES = _modules("batches foresight journal undoing unpacking", "meetings.importer") | {"meetings.tasks"}
DOMAIN = _modules("access accounts forms filters carryover saving search sittings thinning")
DESK = _modules("views admin management templatetags urls context converters apps")
WRITERS = _modules("render plain layout twiki_page", "reports")
DOERS = _modules("tasks publishing delivery receivers exporting weekly actions digests", "reports")
PUBLIC = _modules("views feeds filters admin management templatetags urls apps", "reports")

LAYERS = (
    Layer("the TWiki parser", ("meetings.twiki",), inside=frozenset({"meetings.twiki"})),
    Layer("merging", tuple(MERGING), inside=MERGING),
    Layer("our conventions", ("meetings.minutes",), inside=CONVENTIONS),
    Layer("documents", ("meetings.documents",), inside=READING, outside=frozenset({"mammoth", "markdownify"})),
    Layer("sources", ("meetings.importer.sources",), inside=frozenset({"meetings.importer"})),
    Layer(
        "the Markdown dialect",
        ("meetings.dialect",),
        inside=frozenset({"meetings.dialect", "meetings.twiki.nodes"}),
        outside=frozenset({"markdown"}),
    ),
    Layer(
        "markup",
        ("meetings.markup",),
        inside=MERGING | {"meetings.dialect", "meetings.twiki.nodes"},
        outside=frozenset({"markdown", "nh3", "django"}),
        never=frozenset({"django.db"}),
    ),
    Layer("signals", ("meetings.signals",), outside=frozenset({"django"})),
    Layer(
        "models",
        ("meetings.models",),
        inside=frozenset({"meetings.models", "meetings.markup", "meetings.signals", "meetings.minutes"}),
        outside=frozenset({"django", "dateutil"}),
    ),
    Layer(
        "importer",
        ("meetings.importer",),
        inside=READING | {"meetings.importer", "meetings.models"},
        outside=frozenset({"django"}),
    ),
    Layer(
        "imports in the browser",
        tuple(BATCHES),
        inside=READING | {"meetings.importer", "meetings.models"},
        outside=frozenset({"django", "celery", "kombu"}),
        never=frozenset({"django.http", "django.views", "django.contrib.admin"}),
    ),
    Layer(
        "domain",
        tuple(DOMAIN),
        inside=DOMAIN | MERGING | {"meetings.models", "meetings.converters"},
        outside=DJANGO | {"dateutil", "redis"},
    ),
    Layer("pages where the record is written", tuple(DESK), inside=frozenset({"meetings"}), outside=ANYTHING),
    Layer(
        "writers of reports",
        tuple(WRITERS),
        inside=WRITERS | CONVENTIONS | {"meetings.markup", "reports.weekly"},
        outside=frozenset({"django", "weasyprint"}),
        never=frozenset({"django.db", "django.apps"}),
    ),
    Layer(
        "makers of reports",
        tuple(DOERS),
        inside=frozenset({"meetings", "reports"}),
        outside=ANYTHING,
        never=frozenset({"meetings.views", "meetings.admin", "reports.views", "reports.admin", "django.views"}),
    ),
    Layer("report models", ("reports.models",), inside=frozenset({"meetings.models"}), outside=frozenset({"django"})),
    Layer("pages that the world reads", tuple(PUBLIC), frozenset({"meetings", "reports"}), outside=ANYTHING),
    Layer("empty packages", PACKAGES[1:]),
    Layer("wiring", ("config",), inside=frozenset(PACKAGES), outside=ANYTHING),
)

#: Imports inside a function, each with the reason why it cannot be at the top.
INSIDE_FUNCTIONS = {
    ("meetings.apps", "meetings.accounts"): "ready() is the first moment at which models are loaded",
    ("reports.apps", "reports.receivers"): "ready() is the first moment at which models are loaded",
}


@dataclass(frozen=True)
class Module:
    """One file of the project, as text."""

    name: str
    source: str
    is_package: bool = False


def project() -> list[Module]:
    """Every module of the three packages but migrations."""
    found = []
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(Module(name, path.read_text(encoding="utf-8"), is_package))
    return found


def within(name: str, packages: frozenset[str] | tuple[str, ...]) -> bool:
    """Whether a module is one of these or inside one of them."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def layer_of(name: str) -> Layer | None:
    """The layer that names a module most exactly; the two applications themselves are only their `__init__`."""
    fitting = [
        (len(of), layer)
        for layer in LAYERS
        for of in layer.modules
        if name == of or (of not in PACKAGES[1:] and within(name, (of,)))
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def targets(module: Module, node: ast.Import | ast.ImportFrom, known: frozenset[str]) -> list[str]:
    """The full names of what a statement imports: a submodule counts as itself, anything else as its module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    origin = node.module or ""
    if node.level:
        parts = module.name.split(".")
        base = parts[: len(parts) - node.level + module.is_package]
        origin = ".".join([*base, *([node.module] if node.module else [])])
    full = [f"{origin}.{alias.name}" for alias in node.names]
    return [name if name in known or not within(name, PACKAGES) else origin for name in full]


def imports(module: Module, known: frozenset[str]) -> Iterator[tuple[int, str, bool]]:
    """(line, full name, whether inside a function) of everything a module imports."""
    tree = ast.parse(module.source, module.name)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    deferred = {id(inner) for function in functions for inner in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in targets(module, node, known):
                yield node.lineno, name, id(node) in deferred


def complaint(layer: Layer, module: Module, name: str, deferred: bool) -> str | None:
    """What is wrong with one import, if anything."""
    if deferred and (module.name, name) not in INSIDE_FUNCTIONS:
        return f"imports {name} inside a function"
    if within(name, layer.never):
        return f"({layer.name}) must never import {name}"
    if name.partition(".")[0] in sys.stdlib_module_names:
        return None
    allowed = layer.inside if within(name, PACKAGES) else layer.outside
    if allowed == ANYTHING or within(name, allowed):
        return None
    return f"({layer.name}) may not import {name}"


def breaches(modules: list[Module]) -> list[str]:
    """Every breach of the rules in these modules, as `module:line: what`."""
    known = frozenset(module.name for module in modules)
    found = []
    for module in modules:
        layer = layer_of(module.name)
        if layer is None:
            found.append(f"{module.name}: no layer in tests/test_imports.py names it")
            continue
        for line, name, deferred in imports(module, known):
            if said := complaint(layer, module, name, deferred):
                found.append(f"{module.name}:{line}: {said}")
        found += [f"{module.name}:{line}: {what}" for line, what in tricks(module, layer)]
        if NAMELESS.search(module.name.rpartition(".")[2]):
            found.append(f"{module.name}: name the module by what it does")
        if (length := module.source.count("\n")) > LONGEST_FILE:
            found.append(f"{module.name}: {length} lines, more than {LONGEST_FILE}")
    return found + circles(modules, known)


def tricks(module: Module, layer: Layer) -> Iterator[tuple[int, str]]:
    """Ways around the arrows: an import by name, a manager in a writer."""
    for node in ast.walk(ast.parse(module.source, module.name)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"import_module", "__import__", "get_model"}:
                yield node.lineno, f"imports by name ({called})"
        if isinstance(node, ast.Attribute) and layer.name == "writers of reports" and QUERY.search(node.attr):
            yield node.lineno, f"asks the database ({node.attr})"


def circles(modules: list[Module], known: frozenset[str]) -> list[str]:
    """Modules that import each other."""
    graph = {module.name: {name for _, name, _ in imports(module, known)} & known for module in modules}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return [f"a circle: {' -> '.join(error.args[1])}"]
    return []


def test_the_project_keeps_to_its_arrows():
    assert breaches(project()) == []


def test_no_module_of_the_tests_is_nameless():
    names = [path.stem for path in (ROOT / "tests").rglob("*.py")]
    assert [name for name in names if NAMELESS.search(name)] == []


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("meetings.twiki.blocks", "import django.db", "the TWiki parser) may not import django.db"),
        ("meetings.twiki.blocks", "from meetings.models import Area", "may not import meetings.models"),
        ("meetings.twiki.blocks", "from ..models import Area", "may not import meetings.models"),
        ("meetings.twiki.blocks", "from meetings import minutes", "may not import meetings.minutes"),
        ("meetings.minutes", "import nh3", "our conventions) may not import nh3"),
        ("meetings.merging", "from meetings.twiki import nodes", "merging) may not import meetings.twiki.nodes"),
        ("meetings.markup", "from meetings.twiki import blocks", "markup) may not import meetings.twiki.blocks"),
        ("meetings.markup", "from django.db import models", "markup) must never import django.db"),
        ("meetings.models.series", "from meetings.importer import store", "models) may not import meetings.importer"),
        ("meetings.importer", "from meetings.views import desk", "importer) may not import meetings.views"),
        ("meetings.access", "from meetings.views.desk import desk", "domain) may not import meetings.views"),
        ("meetings.views.desk", "from reports.models import WeeklyReport", "may not import reports.models"),
        ("meetings.views.desk", "import reports", "may not import reports"),
        ("reports.tasks", "from reports.views import report", "must never import reports.views"),
        ("reports.render", "from meetings.models import Meeting", "may not import meetings.models"),
        ("reports.render", "from django.db import connection", "must never import django.db"),
        ("reports.render", "def html(weekly): return weekly.meeting.objects.all()", "asks the database (objects)"),
        ("reports.render", "def html(meeting): return meeting.section_set", "asks the database (section_set)"),
        ("meetings.views.desk", "def desk():\n    from meetings import access", "access inside a function"),
        ("meetings.views.desk", "import importlib\nimportlib.import_module('reports')", "imports by name"),
        ("meetings.views.utils", "", "name the module by what it does"),
        ("reports.views.report_helpers", "", "name the module by what it does"),
        ("elsewhere.thing", "", "no layer"),
        ("meetings.magic", "", "no layer"),
        ("meetings.urls", "x = 1\n" * 451, "451 lines"),
    ],
)
def test_a_breach_is_found(name, source, said):
    others = ["meetings.minutes", "meetings.models", "meetings.twiki.blocks", "meetings.twiki.nodes", "meetings.access"]
    modules = [Module(name, source), *(Module(other, "") for other in others if other != name)]
    assert [line for line in breaches(modules) if said in line], breaches(modules)


def test_a_circle_is_found():
    modules = [
        Module("meetings.views.a", "from meetings.views import b"),
        Module("meetings.views.b", "import meetings.views.a"),
    ]
    assert "a circle" in breaches(modules)[0]


def test_what_is_allowed_is_not_found():
    modules = [
        Module("meetings.twiki", "from . import nodes", is_package=True),
        Module("meetings.twiki.nodes", "import re\nfrom dataclasses import dataclass"),
        Module("meetings.markup", "import nh3\nfrom .twiki.nodes import Page"),
        Module("meetings.models", "from django.db import models\nfrom meetings import markup", is_package=True),
        Module("reports.views", "from django.views import View\nfrom meetings.models import Area"),
        Module("meetings.apps", "def ready():\n    from meetings.accounts import keep_coordinators"),
    ]
    assert breaches(modules) == []


def test_every_exception_is_still_needed():
    modules = project()
    known = frozenset(module.name for module in modules)
    deferred = {(module.name, name) for module in modules for _, name, inside in imports(module, known) if inside}
    assert {pair for pair in INSIDE_FUNCTIONS if pair not in deferred} == set()
