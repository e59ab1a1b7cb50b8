"""The words that columns may hold."""

import enum


class Kind(enum.StrEnum):
    """What sort of thing an opportunity is."""

    TOPIC = "topic"
    PROPOSALS = "call_for_proposals"
    CASCADE = "cascade"
    PRIZE = "prize"
    NATIONAL = "national_action"


class Status(enum.StrEnum):
    """What the source says; the dates have the last word (``store.opportunities.status_at``)."""

    FORTHCOMING = "forthcoming"
    OPEN = "open"
    INVITED = "invited"
    """Over for all but those invited to its second stage; the dates say so, never a source."""
    CLOSED = "closed"


class Origin(enum.StrEnum):
    """Where the clock time of a deadline comes from."""

    STATED = "stated"
    RULE = "rule"
    UNKNOWN = "unknown"


class Endpoint(enum.StrEnum):
    """Where a source was read: what an opportunity was last confirmed by."""

    SEARCH_API = "search_api"
    """The portal's Search API."""
    REFERENCE_FILE = "reference_file"
    """The portal's grantsTenders.json: fewer fields, and some days behind."""
    TOPIC_DETAILS = "topic_details"
    """The portal's file of one topic, looked at directly."""
    CONFIGURATION = "configuration"
    """A dated file of the configuration folder."""


class OpenTo(enum.StrEnum):
    """Who may use a cut-off."""

    ALL = "all"
    INVITED = "invited"


class ChangeKind(enum.StrEnum):
    """What happened to an opportunity between two revisions."""

    NEW = "new"
    OPENED = "opened"
    CLOSED = "closed"
    REOPENED = "reopened"
    DEADLINE_EARLIER = "deadline_earlier"
    DEADLINE_LATER = "deadline_later"
    DEADLINE_ADDED = "deadline_added"
    DEADLINE_REMOVED = "deadline_removed"
    BUDGET = "budget"
    ACTION_TYPE = "action_type"
    CONDITIONS = "conditions"
    TEXT = "text"
    NEWS = "news"
    RENAMED = "renamed"
    MISSING = "missing"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    OTHER = "other"


class Severity(enum.StrEnum):
    """How much a change matters to a reader."""

    CRITICAL = "critical"
    NOTABLE = "notable"
    NOISE = "noise"


class Basis(enum.StrEnum):
    """What brought a profile and an opportunity together."""

    THEME = "theme"
    """The texts: the opportunity asks for what the profile works on."""
    RULE = "rule"
    """A rule: the opportunity is open to any subject, and the profile wants its kind."""


class ReviewPolicy(enum.StrEnum):
    """Which matches of a profile need an adviser before they are sent."""

    REVIEW_ALL = "review_all"
    AUTO_ABOVE = "auto_above"
    AUTO = "auto"


class ProfileOrigin(enum.StrEnum):
    """How a version of a profile came about."""

    FILE = "file"
    """The configuration was imported."""
    PAGE = "page"
    UPLOAD = "upload"
    REVERT = "revert"
    POLICY = "policy"
    """An adviser chose which of its matches to review."""


class ReviewStatus(enum.StrEnum):
    """Where a match stands; only an approved one reaches a digest."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SNOOZED = "snoozed"


class Decision(enum.StrEnum):
    """What an adviser, or a profile's policy, did to a match."""

    APPROVE = "approve"
    REJECT = "reject"
    REOPEN = "reopen"
    COMMENT = "comment"
    ASSIGN = "assign"
    SNOOZE = "snooze"
    UNDO = "undo"


class Cadence(enum.StrEnum):
    """How often a subscriber is written to."""

    INSTANT = "instant"
    """As soon as there is something, once an hour at most; alerts come so to everybody."""
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class SubscriberState(enum.StrEnum):
    """Whether a person is written to."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    BOUNCED = "bounced"


class Purpose(enum.StrEnum):
    """What a mail is for."""

    DIGEST = "digest"
    ALERT = "alert"
    """Something changed that cannot wait, or a deadline that the reader follows is near."""
    QUIET = "quiet"
    """Nothing was found for a long time, and we are still looking."""
    CONFIRM = "confirm"
    """Asks whether the address wants what somebody asked for in its name."""
    LINK = "link"
    """Carries a link that the reader asked for."""
    LOGIN = "login"
    """Carries a link by which the reader signs in."""


class ConsentAct(enum.StrEnum):
    """What a person said of being written to."""

    GIVEN = "given"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


class MessageState(enum.StrEnum):
    """How far a mail has come."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    EXPIRED = "expired"
    IN_DOUBT = "in_doubt"


class BounceKind(enum.StrEnum):
    """What came back instead of a reader."""

    HARD = "hard"
    """The address does not exist, or takes no mail."""
    SOFT = "soft"
    """The address cannot be reached: a full mailbox, a server that stayed away for days."""
    COMPLAINT = "complaint"
    """The reader called it spam."""


class Verdict(enum.StrEnum):
    """A reader's word on a match."""

    USEFUL = "useful"
    NOT_FOR_US = "not_for_us"
    DISMISSED = "dismissed"


class ApplicationState(enum.StrEnum):
    """How an application stands."""

    PLANNED = "planned"
    SUBMITTED = "submitted"
    AWARDED = "awarded"
    RESERVE = "reserve"
    """On the reserve list."""
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    MISTAKEN = "mistaken"
    """What was entered before was a mistake: there is no application."""
