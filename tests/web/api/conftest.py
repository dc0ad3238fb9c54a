"""A client of the API with every scope of the town."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.town import Town
from tests.web.api.callers import ApiClient, new_token


@pytest.fixture
def api(app: Flask, town: Town) -> ApiClient:
    """A client with every scope."""
    return ApiClient(app, new_token(app, town))
