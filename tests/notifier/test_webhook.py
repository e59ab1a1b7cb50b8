"""The webhook channel against a real HTTP server on loopback, with its faults."""

import hashlib
import hmac
import json
import socket
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from notifier.channels import DeliveryError, Fault, Outgoing
from store.db import upgrade
from tests.notifier.hooks import AT, SECRET, post
from tests.notifier.web_server import Receiver, receiving


@pytest.fixture
def engine(empty_sqlite: Engine) -> Engine:
    """Use one kind of database: what is posted does not depend on it."""
    upgrade(empty_sqlite)
    return empty_sqlite


def fault(receiver: Receiver, outgoing: Outgoing) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        post(receiver, outgoing)
    return caught.value


def test_a_digest_is_posted_with_a_signature_that_can_be_checked(
    receiver: Receiver, outgoing: Outgoing
) -> None:
    post(receiver, outgoing)
    (found,) = receiver.posts
    assert found.path == "/take?it=1"
    assert found.headers["Host"] == f"hooks.example.org:{receiver.port}"
    assert found.headers["Content-Type"] == "application/json; charset=utf-8"
    assert found.headers["Callwatch-Timestamp"] == str(AT)
    signed = f"{AT}.".encode() + found.body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert found.headers["Callwatch-Signature"] == f"v1={expected}"
    document = json.loads(found.body)
    assert document["subject"] == "1 new: Robots at sea & @channel <!here>"
    assert document["to"] == "reader@example.org"
    assert document["message_id"] == outgoing.message_id
    assert "Robots at sea" in document["text"]
    assert document["html"].startswith("<!DOCTYPE html>")


def test_a_repetition_has_the_same_key_and_the_same_bytes(
    receiver: Receiver, outgoing: Outgoing
) -> None:
    post(receiver, outgoing)
    post(receiver, outgoing)
    one, other = receiver.posts
    assert one.body == other.body
    assert one.headers["Idempotency-Key"] == other.headers["Idempotency-Key"]
    assert one.headers["Idempotency-Key"] == outgoing.message_id


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (429, Fault.TEMPORARY),
        (408, Fault.TEMPORARY),
        (500, Fault.TEMPORARY),
        (503, Fault.TEMPORARY),
        (400, Fault.PERMANENT),
        (413, Fault.PERMANENT),
        (422, Fault.PERMANENT),
        (401, Fault.UNREACHABLE),
        (403, Fault.UNREACHABLE),
        (404, Fault.UNREACHABLE),
        (410, Fault.UNREACHABLE),
    ],
)
def test_every_answer_is_classified(
    receiver: Receiver, outgoing: Outgoing, status: int, expected: Fault
) -> None:
    receiver.status = status
    error = fault(receiver, outgoing)
    assert (error.fault, error.reply) == (expected, f"the webhook answered {status}")


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_success_is_one(receiver: Receiver, outgoing: Outgoing, status: int) -> None:
    receiver.status = status
    post(receiver, outgoing)


def test_how_long_to_wait_is_kept_with_the_answer(receiver: Receiver, outgoing: Outgoing) -> None:
    receiver.status, receiver.headers = 429, {"Retry-After": "120"}
    found = fault(receiver, outgoing)
    assert found.reply == "the webhook answered 429, to wait 120 seconds"
    assert found.wait == timedelta(minutes=2)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_and_not_followed(outgoing: Outgoing, status: int) -> None:
    with receiving(Receiver()) as other:
        headers = {"Location": f"http://127.0.0.1:{other.port}/"}
        with receiving(Receiver(status=status, headers=headers)) as receiver:
            error = fault(receiver, outgoing)
        assert other.posts == []
    assert (error.fault, "redirects are refused" in error.reply) == (Fault.UNREACHABLE, True)


def test_hanging_up_after_the_post_is_in_doubt(receiver: Receiver, outgoing: Outgoing) -> None:
    receiver.hangs_up = True
    assert fault(receiver, outgoing).fault is Fault.IN_DOUBT
    assert len(receiver.posts) == 1


def test_silence_after_the_post_is_in_doubt(receiver: Receiver, outgoing: Outgoing) -> None:
    receiver.silent = threading.Event()
    assert fault(receiver, outgoing).fault is Fault.IN_DOUBT
    receiver.silent.set()
    assert len(receiver.posts) == 1


def test_nobody_at_the_port_is_unreachable(outgoing: Outgoing) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = Receiver(port=free.getsockname()[1])
    error = fault(closed, outgoing)
    assert error.fault is Fault.UNREACHABLE
    assert "reader" not in error.reply
