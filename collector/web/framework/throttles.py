"""Throttle of sign-in requests per account, address and network: slower, and never shut.

A hospital shares one address, and a stranger may name a colleague's account. Beyond a limit each
next message therefore leaves later, at most one in five minutes, and the page says so.
"""

import ipaddress
from typing import Final

from flask import request
from sqlalchemy.orm import Session

from collector.people.attempts import MOST_ATTEMPTS, count_attempt
from collector.web.framework.context import now, pseudonym

MOST_FROM_AN_ADDRESS: Final = 60
"""Requests in an hour from one network address: a hospital shares one."""
MOST_FROM_A_NETWORK: Final = 200
"""Requests in an hour from one network."""
NETWORK_BITS: Final = {4: 24, 6: 56}


def is_slowed(session: Session, account: str) -> bool:
    """Count one request for an account, and return whether a limit is passed."""
    counted = [
        count_attempt(session, pseudonym(name), now=now(), most=most)
        for name, most in (
            (f"account {account}", MOST_ATTEMPTS),
            (f"address {request.remote_addr}", MOST_FROM_AN_ADDRESS),
            (f"network {network_of(request.remote_addr or '')}", MOST_FROM_A_NETWORK),
        )
    ]
    return not all(counted)


def network_of(address: str) -> str:
    """Return the network of an address; the text itself if it is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{found}/{NETWORK_BITS[found.version]}", strict=False))
