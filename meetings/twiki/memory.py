"""Reading without Python's walks over everything that has been made so far."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Switch the cyclic garbage collector off for a while, around a block or a function.

    Nodes and minutes never refer back to what holds them, so it has nothing to find among them; its walks over all
    of a large page's nodes would make the time grow faster than the page.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
