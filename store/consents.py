"""Proof of what people agreed to: every word is kept, none is written over."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from store.models import Consent, ConsentAct

PAGE = "page"
ONE_CLICK = "one click"
COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a person said, where, and which words they had before them."""

    act: ConsentAct
    by: str
    """``PAGE``, ``ONE_CLICK``, ``COMPLAINT``, or who vouches for the person."""
    wording: str


def note_consent(session: Session, subscriber_id: int, proof: Proof, now: datetime) -> None:
    """Keep a proof."""
    session.add(
        Consent(
            subscriber_id=subscriber_id, at=now, act=proof.act, by=proof.by, wording=proof.wording
        )
    )
