"""Knows what takes a planning process its time before it looks at a problem, and does it ahead."""

import gc
from importlib import import_module

from routing.turns import MASTER
from routing.warm import load


def get_ready() -> None:
    """Import and load whatever a search may need: two seconds or more."""
    import_module(MASTER)
    load()
    # What is there by now stays: looking through it for garbage would only take time.
    gc.collect()
    gc.freeze()
