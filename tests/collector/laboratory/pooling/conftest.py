"""Lea at her pool."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from collector.db import reading
from tests.laboratory_bench import open_bench
from tests.pool_bench import PoolBench
from tests.town import Town


@pytest.fixture
def lea(app: Flask, town: Town) -> Iterator[PoolBench]:
    """Lea at her pool, with nothing taken over."""
    with open_bench(app, town) as bench, reading() as session:
        yield PoolBench(bench, session)
