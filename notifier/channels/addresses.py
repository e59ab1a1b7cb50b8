"""Where a web address leads: resolved once, and nowhere that only we can reach."""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from config.errors import ConfigurationError
from notifier.channels.contract import DeliveryError, Fault

Address = IPv4Address | IPv6Address
PORTS = {"https": 443, "http": 80}
NAT64 = ip_network("64:ff9b::/96")
"""Addresses that stand for those of the old internet (RFC 6052)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A web address to post to."""

    scheme: str
    host: str
    port: int
    path: str
    """With the query."""

    @property
    def named(self) -> str:
        """Return the host as the ``Host`` header names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def read_endpoint(url: str, schemes: tuple[str, ...]) -> Endpoint:
    """Return what ``url`` names.

    Raises:
        ConfigurationError: If it cannot be used; the message does not repeat it: it is a secret.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, KeyError) as error:
        raise ConfigurationError(_ADVICE) from error
    printable = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in schemes or not host or parts.username or not printable:
        raise ConfigurationError(_ADVICE)
    query = f"?{parts.query}" if parts.query else ""
    return Endpoint(parts.scheme, host, port, (parts.path or "/") + query)


_ADVICE = (
    "CALLWATCH_MAIL_URL is no web address that digests can be posted to; write "
    "https://host[:port]/path, without a user"
)


def public_addresses(endpoint: Endpoint) -> list[str]:
    """Return the addresses of a host, of which none is private.

    Whoever connects must use these and not ask again: a name may lead elsewhere a moment later.

    Raises:
        DeliveryError: If there is none, or any that is not public.
    """
    found = resolved(endpoint)
    if not all(map(_is_public, found)):
        reply = "the host of the webhook has a private address, which is refused"
        raise DeliveryError(Fault.UNREACHABLE, reply)
    return found


def loopback_addresses(endpoint: Endpoint) -> list[str]:
    """Return the addresses of a host that may be this machine, or is public.

    Raises:
        DeliveryError: If there is none, or any that is another machine's private one.
    """
    found = resolved(endpoint)
    if not all(_is_public(one) or ip_address(one).is_loopback for one in found):
        reply = "the host of the webhook has a private address, which is refused"
        raise DeliveryError(Fault.UNREACHABLE, reply)
    return found


def resolved(endpoint: Endpoint) -> list[str]:
    """Return every address of a host, those to try first in front.

    Raises:
        DeliveryError: If the name leads nowhere.
    """
    try:
        rows = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except OSError as error:
        reply = f"the host of the webhook is not found: {error.strerror}"
        raise DeliveryError(Fault.UNREACHABLE, reply) from error
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def _is_public(text: str) -> bool:
    """Return whether an address is anybody's to reach, whatever address stands inside it."""
    outer = ip_address(text.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in (outer, *_inside(outer)))


def _inside(address: Address) -> list[IPv4Address]:
    """Return the old addresses that a new one stands for.

    >>> _inside(ip_address("64:ff9b::10.0.0.1"))
    [IPv4Address('10.0.0.1')]
    """
    if isinstance(address, IPv4Address):
        return []
    mapped = [address.ipv4_mapped, address.sixtofour]
    if address in NAT64:
        mapped.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return [one for one in mapped if one is not None]
