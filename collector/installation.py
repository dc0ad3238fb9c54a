"""The installation of a command: settings, and the application on a migrated database."""

import os
import sys
from functools import partial

import click
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from collector import migrations
from collector.app import create_app
from collector.banks.models import Bank
from collector.clock import SystemClock
from collector.config import Settings, SettingsError, settings_from
from collector.db import db
from collector.errors import MilkroundError
from collector.web.wording import sentence

WRONG_SETTINGS = 2
OWNER_ONLY = 0o077

clock = SystemClock()


class WrongDatabaseError(click.ClickException):
    """Refusal of a database of another version, with the exit code of a wrong setting."""

    exit_code = WRONG_SETTINGS


class InstallationCommand(click.Command):
    """Command that prints refusals as sentences."""

    def invoke(self, context: click.Context) -> object:
        """Run the command, and print a refusal as a sentence instead of a traceback."""
        try:
            return super().invoke(context)
        except DatabaseError as away:
            raise click.ClickException(f"The database does not answer: {away.orig}") from away
        except OSError as error:
            raise click.ClickException(f"{error.strerror}: {error.filename}") from error
        except MilkroundError as error:
            present = settings()
            with application(present).test_request_context(base_url=present.public_url):
                raise click.ClickException(sentence(error)) from error


command = partial(click.command, cls=InstallationCommand)
"""Decorator of the commands of an installation."""


def settings() -> Settings:
    """Read the settings, or print every mistake and exit."""
    try:
        return settings_from(os.environ)
    except SettingsError as wrong:
        for mistake in wrong.mistakes:
            click.echo(mistake, err=True)
        sys.exit(WRONG_SETTINGS)


def application(settings: Settings) -> Flask:
    """Return the application on an up-to-date database.

    New files are readable by their owner only: the database holds health data.
    """
    os.umask(OWNER_ONLY)
    settings.home.mkdir(parents=True, exist_ok=True)
    app = create_app(settings)
    with app.app_context():
        try:
            if not migrations.is_current(db.engine):
                migrations.upgrade(db.engine, tell=partial(click.echo, err=True))
        except migrations.UnknownSchemaError as unknown:
            raise WrongDatabaseError(str(unknown)) from unknown
        finally:
            db.engine.dispose()  # the web server forks: its workers must not share a connection
    return app


def bank_named(session: Session, slug: str) -> Bank:
    """Return the bank with this short name, or exit with a message."""
    found = session.scalar(select(Bank).where(Bank.slug == slug))
    if found is None:
        raise click.ClickException(f"There is no bank {slug!r}; found it with `milkround bank`.")
    return found
