"""How often one may ask: by client, by address, and all together. Only keyed hashes are kept."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeAlias

from fastapi import Request
from sqlalchemy.orm import Session

from store.db import in_transaction
from store.rates import Asked, count_asking
from store.tokens import signing_key
from web.site import Site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
IPV6_PREFIX = 64
"""Bits of an address of which one customer has the rest to choose from."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be asked for."""

    name: str
    most: int
    window: timedelta


ASKS_OF_A_CLIENT = Limit("asks of a client", 20, HOUR)
ASKS_FOR_AN_ADDRESS = Limit("asks for an address", 4, HOUR)
ASKS_FOR_AN_ADDRESS_A_DAY = Limit("asks for an address a day", 10, DAY)
ASKS_OF_ALL = Limit("asks of all", 600, HOUR)
SIGN_INS_OF_A_CLIENT = Limit("sign-ins of a client", 60, HOUR)
LOOKS_OF_A_CLIENT = Limit("looks of a client", 120, timedelta(minutes=10))
PREVIEWS_OF_A_PERSON = Limit("previews of a person", 200, timedelta(minutes=10))


class TooOftenError(Exception):
    """Something was asked for more often than it may be."""

    def __init__(self, seconds: int) -> None:
        super().__init__("asked for too often")
        self.seconds = seconds
        """Until it may be asked for again."""


Counted: TypeAlias = tuple[Limit, str]
"""A limit, and whom it is counted for."""


def asking(request: Request, address: str) -> tuple[Counted, ...]:
    """Return what asking for a mail to an address is counted for."""
    return (
        (ASKS_OF_A_CLIENT, client_of(request)),
        (ASKS_FOR_AN_ADDRESS, address),
        (ASKS_FOR_AN_ADDRESS_A_DAY, address),
        (ASKS_OF_ALL, ""),
    )


def looking(request: Request) -> tuple[Counted, ...]:
    """Return what looking is counted for, where it costs more than showing a page."""
    return ((LOOKS_OF_A_CLIENT, client_of(request)),)


def previewing(address: str) -> tuple[Counted, ...]:
    """Return what a preview of a profile is counted for: whoever writes one is signed in."""
    return ((PREVIEWS_OF_A_PERSON, address),)


def signing_in(request: Request) -> tuple[Counted, ...]:
    """Return what a step of signing in is counted for."""
    return ((SIGN_INS_OF_A_CLIENT, client_of(request)),)


def keep_to(site: Site, counted: tuple[Counted, ...]) -> None:
    """Count that something is asked for.

    Raises:
        TooOftenError: If a limit is passed.
    """
    now = site.clock()

    def count(session: Session) -> list[Asked]:
        key = signing_key(session, site.settings)
        return [
            count_asking(session, _hashed(key, limit, whose), limit.window, now)
            for limit, whose in counted
        ]

    asked = zip(counted, in_transaction(site.engine, count), strict=True)
    passed = [one.until for (limit, _), one in asked if one.number > limit.most]
    if passed:
        raise TooOftenError(max(1, int((max(passed) - now).total_seconds())))


def client_of(request: Request) -> str:
    """Return who asks, as far as the network tells."""
    return "" if request.client is None else network_of(request.client.host)


def network_of(host: str) -> str:
    """Return what is counted as one client.

    >>> network_of("2001:db8:1:2:aaaa::1"), network_of("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7')
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_PREFIX), strict=False))
    return str(address)


def _hashed(key: str, limit: Limit, whose: str) -> str:
    return hmac.new(key.encode(), f"{limit.name}|{whose}".encode(), hashlib.sha256).hexdigest()
