"""Every page there is, in the states that look different; a picture of each is in the docs."""

from dataclasses import dataclass

ADVISER = "adviser@example.org"
READER = "researcher@example.org"
NARROWED = "/opportunities?q=energy&status=open&closes=180&role=coordinator"
OVERTAKEN = "/desk?did=approve&acted={approved}.{version}&left={rejected}.0"


@dataclass(frozen=True, slots=True)
class Sight:
    """A page in one of its states."""

    name: str
    """Of its picture, and of its test."""
    path: str
    """Its address, with names in braces for what only the installation knows."""
    signed_in: bool = False
    status: int = 200
    shows: str = ""
    """What its picture in the docs shows; empty where it is like another."""


SIGHTS = (
    Sight("front", "/", shows="The front page: what Callwatch does, and when each source was read"),
    Sight(
        "find",
        NARROWED,
        shows="The search: words and facets chosen, what is found with deadlines and budgets",
    ),
    Sight("find_everything", "/opportunities"),
    Sight(
        "find_nothing",
        "/opportunities?q=unheardofword&status=open&action=ERC",
        shows="A search that nothing fits, and what to try instead",
    ),
    Sight(
        "opportunity",
        "/opportunities/{opportunity}",
        signed_in=True,
        shows="One opportunity: who may apply, dates with their origin, money, text, history",
    ),
    Sight(
        "subscribe",
        "/subscribe",
        shows="The form to subscribe: address, groups by department, rhythm and filters",
    ),
    Sight("subscribe_asked", "/subscribe/asked", shows="A word that a mail is on its way"),
    Sight(
        "confirm",
        "/confirm/{confirmation}",
        shows="What was asked for, and the button that begins the mails",
    ),
    Sight("link", "/link", shows="The form that asks for a link to one’s settings"),
    Sight("link_asked", "/link/asked"),
    Sight("enter", "/enter/{entrance}", shows="The button that opens the settings"),
    Sight(
        "settings",
        "/manage/{settings}",
        shows="A reader’s settings: groups with rhythm and filters, day, other mails, pause",
    ),
    Sight(
        "preview",
        "/manage/{settings}/preview",
        shows="What the next mail would say, inside the page",
    ),
    Sight(
        "words",
        "/manage/{settings}/words",
        shows="What a reader said of calls, each with the way to change it",
    ),
    Sight(
        "word",
        "/manage/{settings}/words/{unjudged}",
        shows="What a reader may say of a call, and what each word brings about",
    ),
    Sight("word_said", "/manage/{settings}/words/{judged}"),
    Sight("own_word", "/opportunities/{told}/words", signed_in=True),
    Sight("preview_mail", "/manage/{settings}/preview/mail"),
    Sight(
        "everything",
        "/manage/{settings}/everything",
        shows="All that is open for a reader, as a mail inside the page",
    ),
    Sight("everything_mail", "/manage/{settings}/everything/mail"),
    Sight("data", "/manage/{visit}/data", shows="The buttons that hand out or erase one’s data"),
    Sight("data_unproven", "/manage/{settings}/data"),
    Sight("erased", "/erased"),
    Sight("stop", "/stop/{stop}", shows="The button that stops every mail"),
    Sight("login", "/login", shows="The ways to sign in: a provider, or a link by mail"),
    Sight("login_asked", "/login/asked"),
    Sight("login_link", "/login/link/{login}", shows="The button that signs in"),
    Sight("login_refused", "/login/provider/back?error=access_denied", status=502),
    Sight("logged_out", "/logged-out"),
    Sight("account", "/account", signed_in=True, shows="One’s own account, and signing out"),
    Sight(
        "desk",
        "/desk",
        signed_in=True,
        shows="The queue: filters, and matches with deadline, who may apply, and marked words",
    ),
    Sight(
        "desk_overtaken",
        OVERTAKEN,
        signed_in=True,
        shows="The queue after an act: what was done, and where another adviser was quicker",
    ),
    Sight("desk_reopened", "/desk?state=reopened", signed_in=True),
    Sight("desk_nothing", "/desk?state=snoozed", signed_in=True),
    Sight(
        "desk_match",
        "/desk/matches/{reopened}",
        signed_in=True,
        shows="A match that was reopened: the deadline before and after, reasons, verdicts, acts",
    ),
    Sight(
        "desk_unmatched",
        "/desk/unmatched",
        signed_in=True,
        shows="Topics nobody was matched to, each with the way to match it by hand",
    ),
    Sight(
        "desk_by_hand",
        "/desk/unmatched/{opportunity}",
        signed_in=True,
        shows="A topic, and the group that it is matched to by hand",
    ),
    Sight(
        "desk_policies",
        "/desk/policies",
        signed_in=True,
        shows="Groups by department, and which of their matches need an adviser",
    ),
    Sight(
        "desk_policy",
        "/desk/policies/{group}",
        signed_in=True,
        shows="A group’s policy, and what a threshold would have let through",
    ),
    Sight("desk_audit", "/desk/audit", signed_in=True, shows="The log of every act on a match"),
    Sight("desk_audit_nothing", "/desk/audit?words=unheardofword", signed_in=True),
    Sight(
        "profiles",
        "/profiles",
        signed_in=True,
        shows="The groups, with what their profiles lack",
    ),
    Sight("profile_new", "/profiles/new", signed_in=True),
    Sight(
        "profile",
        "/profile/{group}",
        signed_in=True,
        shows="A group’s profile, as a form with a preview of what it would bring",
    ),
    Sight(
        "profile_versions",
        "/profile/{group}/versions",
        signed_in=True,
        shows="The versions of a profile, compared, with the way back to each",
    ),
    Sight(
        "profile_import",
        "/profiles/import",
        signed_in=True,
        shows="The form that takes profiles and publications from files",
    ),
    Sight(
        "report",
        "/reports",
        signed_in=True,
        shows="How far matches came, by department, as bars and as a table",
    ),
    Sight("report_months", "/reports?by=month", signed_in=True),
    Sight(
        "applications",
        "/applications",
        signed_in=True,
        shows="The applications, and where a new one is recorded",
    ),
    Sight(
        "application",
        "/applications/{group}/{opportunity}",
        signed_in=True,
        shows="An application: how it stands, its history, and what to record next",
    ),
    Sight("privacy", "/privacy", shows="What is kept about whom, and for how long"),
    Sight("missing", "/nothing-here", status=404, shows="A page that says that there is none"),
    Sight("missing_link", "/manage/not-a-link", status=404),
)

NO_PAGES = {
    "/api/v1": "documents, which have tests of their own",
    "/static": "files of the pages",
    "/calendar/{token}.ics": "a file",
    "/feeds/{token}.atom": "a file",
    "/desk/audit.csv": "a file",
    "/opportunities.{kind}": "files",
    "/reports.{kind}": "files",
    "/favicon.ico": "a picture",
    "/robots.txt": "a file",
    "/health": "read by monitoring",
    "/login/provider": "leads to the provider",
}
"""What is answered with something else than a page, and with what."""
