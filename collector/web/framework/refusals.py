"""Log of refused sign-ins, without an address in clear."""

import logging

from flask import request

from collector.web.framework.context import pseudonym

log = logging.getLogger(__name__)


def log_refusal(reason: str, account: str = "") -> None:
    """Log one refused sign-in.

    Parameters
    ----------
    reason
        The code of the refusal.
    account
        The account as `person:12`; empty if it is unknown.
    """
    log.warning(
        "sign-in refused: %s account=%s from=%s",
        reason,
        account or "unknown",
        pseudonym(f"address {request.remote_addr}"),
    )
