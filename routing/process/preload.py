"""Preload of a planner process: all work that does not depend on the problem."""

import gc

from routing.warm import load


def get_ready() -> None:
    """Load everything that a search may need and an import does not bring."""
    load()
    # These objects stay. A collection would only take time, and in a forked process copy memory.
    gc.collect()
    gc.freeze()
