"""Digests posted to a web address, signed, each with a key by which a repetition is known."""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
)

from config.errors import ConfigurationError
from config.settings import Settings, WebhookFormat
from notifier.channels.addresses import (
    Endpoint,
    loopback_addresses,
    public_addresses,
    read_endpoint,
)
from notifier.channels.contract import DeliveryError, Fault, Outgoing
from notifier.channels.payloads import payload

TIMEOUT_SECONDS = 30.0
LEAST_SECRET = 16
NO_CONNECTION = (NewConnectionError, ConnectTimeoutError, SSLError, NameResolutionError)
"""What is raised before anything was sent."""

LONGEST_WAIT = 24 * 3600
"""Seconds that a receiver may ask to wait; after that a mail is not worth sending."""

LATER = frozenset({408, 409, 423, 425, 429})
"""Answers that are about the moment: try again."""

REFUSED = frozenset({400, 406, 411, 413, 415, 422, 431})
"""Answers that are about the one message: no repetition helps."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where digests are posted, and how."""

    endpoint: Endpoint
    shape: WebhookFormat
    secret: str = field(repr=False)
    addresses: Callable[[Endpoint], list[str]] = public_addresses
    """Resolves the host anew for every post, and refuses where it must not lead."""
    timeout_seconds: float = TIMEOUT_SECONDS


class WebhookChannel:
    """Posts each digest on a connection of its own."""

    def __init__(self, hook: Hook, seconds: Callable[[], float]) -> None:
        self._hook = hook
        self._seconds = seconds

    async def send(self, message: Outgoing) -> None:
        """Post ``message``, or raise DeliveryError."""
        body = payload(message, self._hook.shape)
        headers = signed_headers(body, message.message_id, self._hook.secret, int(self._seconds()))
        await asyncio.to_thread(_post, self._hook, body, headers)

    async def probe(self) -> str:
        """Return where digests go, or raise DeliveryError; nothing is posted."""
        endpoint = self._hook.endpoint
        await asyncio.to_thread(self._hook.addresses, endpoint)
        return f"posted to {endpoint.named} as {self._hook.shape}; the address is public"

    async def close(self) -> None:
        """Do nothing: no connection stays open."""


def webhook_channel(settings: Settings) -> WebhookChannel:
    """Return the channel of ``https://…``.

    Raises:
        ConfigurationError: If the address or the secret cannot be used.
    """
    local = settings.webhook_loopback
    endpoint = read_endpoint(settings.mail_url, ("https", "http") if local else ("https",))
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    if len(secret) < LEAST_SECRET:
        raise ConfigurationError(
            f"CALLWATCH_WEBHOOK_SECRET signs what is posted: give it {LEAST_SECRET} characters"
            " or more"
        )
    addresses = loopback_addresses if local else public_addresses
    # a signature says when it was made, which is the moment of this attempt and of no other
    return WebhookChannel(Hook(endpoint, settings.webhook_format, secret, addresses), time.time)


def signed_headers(body: bytes, message_id: str, secret: str, seconds: int) -> dict[str, str]:
    """Return the headers of a post.

    Args:
        body: What is posted.
        message_id: The mail's, the same on every attempt: the key of idempotency.
        secret: What the receiver knows too.
        seconds: Since 1970, at this attempt.
    """
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Callwatch",
        "Idempotency-Key": message_id,
        "Callwatch-Timestamp": str(seconds),
        "Callwatch-Signature": f"v1={signature(body, secret, seconds)}",
    }


def signature(body: bytes, secret: str, seconds: int) -> str:
    """Return HMAC-SHA256 over the time, a full stop and the body, in hexadecimal digits."""
    signed = str(seconds).encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _post(hook: Hook, body: bytes, headers: Mapping[str, str]) -> None:
    """Post to the first address that can be reached."""
    last: HTTPError | None = None
    for address in hook.addresses(hook.endpoint):
        try:
            status, wait = _exchange(hook, address, body, headers)
        except NO_CONNECTION as error:
            last = error
            continue
        except HTTPError as error:
            reply = f"no answer after the digest was posted: {type(error).__name__}"
            raise DeliveryError(Fault.IN_DOUBT, reply) from error
        _judge(status, wait)
        return
    reply = f"the webhook {hook.endpoint.named} cannot be reached: {type(last).__name__}"
    raise DeliveryError(Fault.UNREACHABLE, reply) from last


def _exchange(hook: Hook, address: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """Return the status of the answer, and how long to wait where it says so."""
    with _pool(hook, address) as pool:
        answer = pool.urlopen(
            "POST",
            hook.endpoint.path,
            body=body,
            headers={**headers, "Host": hook.endpoint.named},
            redirect=False,
            retries=False,
            preload_content=False,
            assert_same_host=False,
        )
        answer.close()  # what it says beside the status is not read: it may be endless
        return answer.status, answer.headers.get("Retry-After", "")


def _pool(hook: Hook, address: str) -> HTTPConnectionPool:
    """Return connections to one address, which must prove to be the host."""
    endpoint = hook.endpoint
    timeout = Timeout(total=hook.timeout_seconds)
    if endpoint.scheme == "http":
        return HTTPConnectionPool(address, endpoint.port, timeout=timeout)
    return HTTPSConnectionPool(
        address,
        endpoint.port,
        timeout=timeout,
        server_hostname=endpoint.host,
        assert_hostname=endpoint.host,
    )


def _judge(status: int, wait: str) -> None:
    """Raise what a status means; nothing where the digest was taken."""
    if 200 <= status < 300:
        return
    said = f"the webhook answered {status}"
    if 300 <= status < 400:
        raise DeliveryError(Fault.UNREACHABLE, f"{said}: redirects are refused")
    if status >= 500 or status in LATER:
        asked = timedelta(seconds=min(int(wait), LONGEST_WAIT)) if wait.isdecimal() else None
        told = f", to wait {wait} seconds" if asked else ""
        raise DeliveryError(Fault.TEMPORARY, said + told, wait=asked)
    raise DeliveryError(Fault.PERMANENT if status in REFUSED else Fault.UNREACHABLE, said)
