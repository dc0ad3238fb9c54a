"""The queue of announcements on RabbitMQ, by Celery.

Celery is loaded by the functions that use it: an installation without a broker needs none.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, text

from collector.broker_settings import Broker
from collector.jobs.announcements import BrokerAwayError

if TYPE_CHECKING:
    from celery import Celery

TASK = "milkround.work"
CONNECT_SECONDS = 3.0
HEARTBEAT_SECONDS = 10
FORGOTTEN_MILLISECONDS = 7 * 24 * 3600 * 1000
"""Time without a worker after which RabbitMQ deletes the queue of an installation."""
MOST_MESSAGES = 10_000


class BrokerTrouble(StrEnum):
    """The reason for which a broker cannot be used."""

    AWAY = "away"
    REFUSED = "refused"
    NO_VHOST = "no_vhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """The content of a message."""

    job_id: int
    version: str
    installation: str


def own_version() -> str:
    """Return the version of this program."""
    return version("milkround")


def installation_of(engine: Engine) -> str:
    """Return the identity of a PostgreSQL database, equal on every machine and in no copy.

    A dump restored elsewhere has another one; a physical replica has the same, as it takes over.
    """
    identity = "SELECT system_identifier FROM pg_control_system()"
    own = "SELECT oid FROM pg_database WHERE datname = current_database()"
    with engine.connect() as connection:
        parts = [str(connection.scalar(text(query))) for query in (identity, own)]
    return hashlib.sha256(":".join(parts).encode()).hexdigest()[:12]


def queue_name(installation: str) -> str:
    """Return the name of the queue of an installation; two on one vhost never share one."""
    return f"milkround.{installation}.jobs"


def celery_of(broker: Broker, installation: str) -> "Celery":
    """Return a Celery application with the one queue of an installation.

    The queue is a classic one. A message only wakes, so no replica of it is needed, and a quorum
    queue would make Celery add twenty-eight queues for delays to the vhost.
    """
    from celery import Celery  # noqa: PLC0415 - an extra
    from kombu import Exchange, Queue  # noqa: PLC0415

    name = queue_name(installation)
    arguments = {"x-expires": FORGOTTEN_MILLISECONDS, "x-max-length": MOST_MESSAGES}
    app = Celery("milkround", broker=broker.url, set_as_current=False)
    app.conf.update(
        task_queues=[Queue(name, Exchange(name), routing_key=name, queue_arguments=arguments)],
        task_default_queue=name,
        task_default_exchange=name,
        task_default_routing_key=name,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        broker_heartbeat=HEARTBEAT_SECONDS,
        broker_connection_timeout=CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={"confirm_publish": True},
    )
    return app


def broker_trouble(broker: Broker) -> BrokerTrouble | None:
    """Return the reason for which the broker cannot be used; None if it can."""
    from amqp.exceptions import AccessRefused, NotAllowed  # noqa: PLC0415 - an extra
    from kombu import Connection  # noqa: PLC0415

    connection = Connection(broker.url, connect_timeout=CONNECT_SECONDS)
    try:
        connection.connect()
    except AccessRefused:
        return BrokerTrouble.REFUSED
    except NotAllowed:
        return BrokerTrouble.NO_VHOST
    except connection.connection_errors:
        return BrokerTrouble.AWAY
    finally:
        connection.release()
    return None


def trouble_sentence(broker: Broker, trouble: BrokerTrouble) -> str:
    """Return a sentence for the log of an operator; it has no password."""
    where = f"RabbitMQ at {broker.host}:{broker.port}"
    return {
        BrokerTrouble.AWAY: f"{where} does not answer.",
        BrokerTrouble.REFUSED: (
            f"{where} refuses {broker.user}: check user and password in MILKROUND_BROKER_URL."
        ),
        BrokerTrouble.NO_VHOST: (
            f"{where} does not give {broker.user} the vhost that MILKROUND_BROKER_URL names."
        ),
    }[trouble]


def sender(broker: Broker, installation: Callable[[], str]) -> Callable[[int], None]:
    """Return a function that announces a job, or raises `BrokerAwayError`.

    Parameters
    ----------
    installation
        Returns the identity of the installation; called at the first announcement.
    """
    made: list[tuple[Celery, str]] = []

    def send(job_id: int) -> None:
        from celery.exceptions import OperationalError  # noqa: PLC0415

        if not made:
            found = installation()
            made.append((celery_of(broker, found), found))
        app, own = made[0]
        message = {"job_id": job_id, "version": own_version(), "installation": own}
        try:
            app.send_task(TASK, kwargs=message, retry=False)
        except (OperationalError, *_errors(app)) as away:
            trouble = broker_trouble(broker) or BrokerTrouble.AWAY
            raise BrokerAwayError(trouble_sentence(broker, trouble)) from away

    return send


def _errors(app: Any) -> tuple[type[Exception], ...]:  # noqa: ANN401 - Celery has no types
    connection = app.connection_for_write()
    return (*connection.connection_errors, *connection.channel_errors)


def refusal(announcement: Announcement, *, installation: str) -> str | None:
    """Return the reason for which this worker leaves an announced job alone, a sentence."""
    job = announcement.job_id
    if announcement.installation != installation:
        return (
            f"Job {job} belongs to installation {announcement.installation}, and this worker works "
            f"for {installation}: give each installation a vhost of its own."
        )
    if announcement.version != own_version():
        return (
            f"Job {job} was announced by version {announcement.version}, and this worker is "
            f"version {own_version()}: upgrade the older one; the job waits in the database."
        )
    return None
