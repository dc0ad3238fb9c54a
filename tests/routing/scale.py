"""Knows how many examples are drawn: `MILKROUND_TEST_SCALE` times as many as by default."""

import os


def scaled(examples: int) -> int:
    return examples * int(os.environ.get("MILKROUND_TEST_SCALE", "1"))
