"""The examples in docstrings are true."""

import doctest
import importlib

import pytest

from tests.test_imports import project

EXAMPLES = [module.name for module in project() if ">>>" in module.source]


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_true(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted > 0
    assert results.failed == 0


def test_there_are_examples():
    assert EXAMPLES
