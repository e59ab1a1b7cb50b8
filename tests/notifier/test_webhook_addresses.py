"""Where the webhook posts to: what a setting may name, and which machines are refused."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from sqlalchemy import Engine

from config.errors import ConfigurationError
from config.settings import Settings
from notifier.channels import DeliveryError, Fault, Outgoing, open_channel
from notifier.channels.addresses import Endpoint, public_addresses, read_endpoint
from notifier.channels.webhook import Hook, WebhookChannel
from notifier.send import deliver
from store.db import upgrade
from store.models import MessageState
from tests.notifier.hooks import AT, SECRET, loopback, post
from tests.notifier.web_server import Receiver, receiving


@pytest.fixture
def engine(empty_sqlite: Engine) -> Engine:
    """Use one kind of database: what is posted does not depend on it."""
    upgrade(empty_sqlite)
    return empty_sqlite


def test_the_next_address_is_tried_where_the_first_is_not_reached(
    receiver: Receiver, outgoing: Outgoing
) -> None:
    post(receiver, outgoing, addresses=lambda _: ["::1", "127.0.0.1"])
    assert len(receiver.posts) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1",  # noqa: S104 - nothing is bound
        "255.255.255.255", "192.0.2.1", "[::1]", "[::]", "[fe80::1]",
        "[fc00::1]", "[ff02::1]", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[2002:a00:1::]",
        "2130706433", "0x7f.1", "0177.0.0.1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    endpoint = read_endpoint(f"https://{address}/hook", ("https",))
    with pytest.raises(DeliveryError, match="private address") as caught:
        public_addresses(endpoint)
    assert caught.value.fault is Fault.UNREACHABLE


@pytest.mark.parametrize("address", ["8.8.8.8", "[2606:4700::1111]", "[64:ff9b::808:808]"])
def test_a_public_address_is_used_as_it_is(address: str) -> None:
    endpoint = read_endpoint(f"https://{address}/hook", ("https",))
    assert len(public_addresses(endpoint)) == 1


def test_a_name_of_this_machine_is_refused(settings: Settings, outgoing: Outgoing) -> None:
    with receiving(Receiver()) as receiver:
        url = f"https://localhost:{receiver.port}/hook"
        channel = open_channel(configured(settings, url))
        for attempt in (channel.probe(), channel.send(outgoing)):
            with pytest.raises(DeliveryError, match="private address"):
                asyncio.run(attempt)
    assert receiver.posts == []


def configured(settings: Settings, url: str, **values: Any) -> Settings:
    known = {"mail_url": url, "webhook_secret": SecretStr(SECRET)}
    return settings.model_copy(update=known | values)


def test_loopback_is_allowed_by_a_setting_and_digests_go_the_whole_way(
    receiver: Receiver, settings: Settings, engine: Engine, outgoing: Outgoing, now: datetime
) -> None:
    url = f"http://127.0.0.1:{receiver.port}/hook"
    channel = open_channel(configured(settings, url, webhook_loopback=True))
    assert asyncio.run(channel.probe()).startswith("posted to 127.0.0.1")
    receiver.status = 503
    assert deliver(engine, channel, lambda: now).count(MessageState.RETRY) == 1
    receiver.status = 200
    later = now + timedelta(minutes=6)
    assert deliver(engine, channel, lambda: later).count(MessageState.SENT) == 1
    assert {p.headers["Idempotency-Key"] for p in receiver.posts} == {outgoing.message_id}
    assert len(receiver.posts) == 2


@pytest.mark.parametrize(
    ("url", "values", "says"),
    [
        ("http://hooks.example.org/x", {}, "CALLWATCH_MAIL_URL"),
        ("https://user:pass@hooks.example.org/x", {}, "CALLWATCH_MAIL_URL"),
        ("https://", {}, "CALLWATCH_MAIL_URL"),
        ("https://hooks.example.org:port/x", {}, "CALLWATCH_MAIL_URL"),
        ("https://hooks.example.org/a b", {}, "CALLWATCH_MAIL_URL"),
        ("https://hooks.example.org/x\r\nHost: y", {}, "CALLWATCH_MAIL_URL"),
        ("https://hooks.example.org/x", {"webhook_secret": None}, "CALLWATCH_WEBHOOK_SECRET"),
        ("https://hooks.example.org/x", {"webhook_secret": SecretStr("short")}, "16 characters"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_not_repeated(
    settings: Settings, url: str, values: dict[str, Any], says: str
) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        open_channel(configured(settings, url, **values))
    assert "hooks.example.org" not in str(caught.value)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ssl.SSLContext]:
    """Return a function that makes a certificate for a name, which this process trusts."""

    def made(name: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        today = datetime.now(UTC)  # noqa: TID251 - certificates are checked against the real clock
        signed = (
            x509.CertificateBuilder()
            .subject_name(named)
            .issuer_name(named)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(today - timedelta(days=1))
            .not_valid_after(today + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        public = tmp_path / "public.pem"
        public.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        private = tmp_path / "private.pem"
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        monkeypatch.setenv("SSL_CERT_FILE", str(public))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(public, private)
        return context

    return made


@pytest.mark.parametrize(
    ("name", "taken"), [("hooks.example.org", True), ("other.example.org", False)]
)
def test_the_pinned_address_must_prove_to_be_the_host(
    outgoing: Outgoing, certificate: Callable[[str], ssl.SSLContext], name: str, taken: bool
) -> None:
    with receiving(Receiver(), certificate(name)) as receiver:
        endpoint = Endpoint("https", "hooks.example.org", receiver.port, "/")
        channel = WebhookChannel(Hook(endpoint, "json", SECRET, loopback, 5), lambda: AT)
        if taken:
            asyncio.run(channel.send(outgoing))
        else:
            with pytest.raises(DeliveryError) as caught:
                asyncio.run(channel.send(outgoing))
            assert caught.value.fault is Fault.UNREACHABLE
    assert len(receiver.posts) == taken


def test_the_host_is_asked_for_anew_at_every_post_and_no_more(
    receiver: Receiver, outgoing: Outgoing
) -> None:
    asked: list[str] = []

    def addresses(endpoint: Endpoint) -> list[str]:
        asked.append(endpoint.host)
        return ["127.0.0.1"] if len(asked) == 1 else ["::1"]

    post(receiver, outgoing, addresses=addresses)
    assert asked == ["hooks.example.org"]
    with pytest.raises(DeliveryError):
        post(receiver, outgoing, addresses=addresses)
    assert len(receiver.posts) == 1
