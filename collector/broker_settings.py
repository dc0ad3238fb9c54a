"""Settings of a broker, which wakes the workers of more than one machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import urlsplit

SCHEMES = {"amqp": 5672, "amqps": 5671}


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """The RabbitMQ server that announces jobs (docs/reliability.md)."""

    url: str = field(repr=False)
    host: str
    port: int
    user: str


def broker_from(
    environ: Mapping[str, str], database_url: str, mistakes: list[str]
) -> Broker | None:
    """Read the settings of the broker.

    Parameters
    ----------
    environ
        `MILKROUND_BROKER_URL`, such as `amqp://user:password@host/vhost`; without it there is none.
    database_url
        The database, which every machine must reach.
    mistakes
        Gets a sentence for each mistake.
    """
    given = environ.get("MILKROUND_BROKER_URL", "")
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme not in SCHEMES or not parts.hostname:
        mistakes.append(
            "MILKROUND_BROKER_URL names no RabbitMQ server: "
            "give an address such as amqp://user:password@host/vhost."
        )
        return None
    if database_url.startswith("sqlite"):
        mistakes.append(
            "MILKROUND_BROKER_URL is set, but the database is SQLite, which one machine alone can "
            "open: set DATABASE_URL to a PostgreSQL database, or unset MILKROUND_BROKER_URL."
        )
    if find_spec("celery") is None:
        mistakes.append("MILKROUND_BROKER_URL needs Celery: pip install 'milkround[fleet]'.")
    return Broker(
        url=given,
        host=parts.hostname,
        port=parts.port or SCHEMES[parts.scheme],
        user=parts.username or "guest",
    )
