"""The vocabulary: every table, and what its columns mean."""

from store.models.base import Base
from store.models.delivery import (
    DigestRun,
    JobClaim,
    Message,
    MessageItem,
    Secret,
    Subscriber,
    Subscription,
)
from store.models.matching import Embedding, Feedback, Match, Profile, Review
from store.models.opportunities import Change, CrawlRun, Cutoff, Opportunity, Revision
from store.models.vocabulary import (
    Cadence,
    ChangeKind,
    Decision,
    Kind,
    MessageState,
    OpenTo,
    Origin,
    ReviewPolicy,
    ReviewStatus,
    Severity,
    Status,
    SubscriberState,
    Verdict,
)

__all__ = [
    "Base",
    "Cadence",
    "Change",
    "ChangeKind",
    "CrawlRun",
    "Cutoff",
    "Decision",
    "DigestRun",
    "Embedding",
    "Feedback",
    "JobClaim",
    "Kind",
    "Match",
    "Message",
    "MessageItem",
    "MessageState",
    "OpenTo",
    "Opportunity",
    "Origin",
    "Profile",
    "Review",
    "ReviewPolicy",
    "ReviewStatus",
    "Revision",
    "Secret",
    "Severity",
    "Status",
    "Subscriber",
    "SubscriberState",
    "Subscription",
    "Verdict",
]
