"""Digests posted by the webhook to a server on loopback, under a public name."""

import asyncio
from typing import Any

from notifier.channels import Outgoing
from notifier.channels.addresses import Endpoint
from notifier.channels.webhook import Hook, WebhookChannel
from tests.notifier.web_server import Receiver

SECRET = "a secret that the receiver knows"  # noqa: S105 - of these tests alone
AT = 1_779_256_800


def loopback(_: Endpoint) -> list[str]:
    return ["127.0.0.1"]


def post(receiver: Receiver, outgoing: Outgoing, **how: Any) -> None:
    endpoint = Endpoint("http", "hooks.example.org", receiver.port, "/take?it=1")
    values: dict[str, Any] = {
        "shape": "json",
        "secret": SECRET,
        "addresses": loopback,
        "timeout_seconds": 0.5,
    }
    channel = WebhookChannel(Hook(endpoint, **values | how), lambda: AT + 0.7)
    asyncio.run(channel.send(outgoing))
