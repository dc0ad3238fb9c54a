"""Language of a page: the reader's choice, her browser's, her file's."""

from flask import Flask, Response, g, request
from flask_babel import Babel, get_locale

from collector.config import LANGUAGES
from collector.web.framework.context import settings

COOKIE = "milkround_language"
A_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Bind the translations and remember a choice made by `?language=`."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=chosen_language, timezone_selector=bank_time_zone)

    @app.after_request
    def remember(response: Response) -> Response:
        choice = request.args.get("language")
        if choice in LANGUAGES:
            response.set_cookie(
                COOKIE,
                choice,
                max_age=A_YEAR,
                samesite="Lax",
                httponly=True,
                secure=settings().secure_cookies,
            )
        return response

    app.jinja_env.globals["language"] = lambda: str(get_locale())
    app.jinja_env.globals["languages"] = LANGUAGES


def chosen_language() -> str:
    """Return the language of this page."""
    for choice in (request.args.get("language"), request.cookies.get(COOKIE)):
        if choice in LANGUAGES:
            return choice
    browser = request.accept_languages.best_match(LANGUAGES)
    if browser:
        return browser
    actor = g.get("actor")
    return actor.language if actor and actor.language in LANGUAGES else LANGUAGES[0]


def bank_time_zone() -> str:
    """Return the time zone of the page's bank."""
    actor = g.get("actor")
    return str(actor.time_zone) if actor is not None else "UTC"
