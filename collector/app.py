"""Composition root of the web application."""

from datetime import timedelta
from functools import partial

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from collector import db, models
from collector.asset_root import asset_root
from collector.clock import Clock, SystemClock
from collector.config import Settings
from collector.jobs.announcements import Announcer, announce_jobs_of
from collector.jobs.celery_queue import installation_of, sender
from collector.places.geocoding import geocoder_named
from collector.web import (
    badge_entry,
    calendar,
    contact,
    formats,
    founding,
    guides,
    moved_pages,
    my_data,
    oidc,
    outbox,
    probe_readings,
    public,
    public_texts,
    screening,
    visit_link,
    ward_recalls,
    wording,
)
from collector.web import session as sign_in
from collector.web.account import badge, factors, proof
from collector.web.account import sessions as account_sessions
from collector.web.api import blueprint as api
from collector.web.board import blueprint as board
from collector.web.board import map_background
from collector.web.board.dispatch import stream
from collector.web.dispensary import blueprint as dispensary
from collector.web.donor import blueprint as donor
from collector.web.framework import (
    assets,
    compression,
    converters,
    discretion,
    errors,
    grave_acts,
    guards,
    json_bodies,
    languages,
    proxies,
    request_log,
    security,
    session_cookies,
)
from collector.web.framework.session_cookies import HOST_PREFIX
from collector.web.laboratory import blueprint as laboratory
from collector.web.phone import blueprint as phone
from collector.web.recall import blueprint as recall
from collector.web.ward import blueprint as ward

PARTS = (
    converters,
    request_log,
    json_bodies,
    proxies,
    languages,
    discretion,
    wording,
    formats,
    assets,
    compression,
    security,
    session_cookies,
    guards,
    grave_acts,
    errors,
    stream,
    map_background,
)
"""Extensions of every page, in the order of their initialisation."""

SURFACES = (
    sign_in,
    oidc,
    proof,
    factors,
    badge,
    badge_entry,
    founding,
    public,
    public_texts,
    guides,
    contact,
    screening,
    my_data,
    donor,
    visit_link,
    phone,
    board,
    laboratory,
    dispensary,
    ward,
    recall,
    ward_recalls,
    api,
    outbox,
    calendar,
    probe_readings,
    moved_pages,
)
"""Modules with a blueprint."""


def create_app(settings: Settings, *, clock: Clock | None = None) -> Flask:
    """Build the web application.

    Parameters
    ----------
    settings
        The settings of the installation.
    clock
        The clock; default the machine's.
    """
    root = asset_root()
    app = Flask(
        "collector", template_folder=str(root / "templates"), static_folder=str(root / "static")
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        SESSION_COOKIE_NAME=f"{HOST_PREFIX if settings.secure_cookies else ''}milkround_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(days=2),
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=None,
        TRUSTED_HOSTS=list(settings.trusted_hosts),
    )
    app.extensions["milkround_settings"] = settings
    app.extensions["milkround_clock"] = clock or SystemClock()
    app.extensions["milkround_geocoder"] = geocoder_named(settings.geocoder)
    if not models.EVERY_MODULE:
        raise RuntimeError("no rows are known")
    if settings.behind_proxies:
        count = settings.behind_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    db.connect(app, settings.database_url)
    if settings.broker is not None:
        with app.app_context():
            engine = db.db.engine
        announce_jobs_of(
            engine, Announcer(sender(settings.broker, partial(installation_of, engine)))
        )
    for part in PARTS:
        part.init_app(app)
    for surface in SURFACES:
        app.register_blueprint(surface.blueprint)
    for pages in account_sessions.EVERY_SURFACE:
        app.register_blueprint(pages)
    return app
