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


SIGHTS = (
    Sight("front", "/"),
    Sight("find", "/opportunities"),
    Sight("find_narrowed", NARROWED),
    Sight("find_nothing", "/opportunities?q=unheardofword&status=open&action=ERC"),
    Sight("opportunity", "/opportunities/{opportunity}", signed_in=True),
    Sight("subscribe", "/subscribe"),
    Sight("subscribe_asked", "/subscribe/asked"),
    Sight("confirm", "/confirm/{confirmation}"),
    Sight("link", "/link"),
    Sight("link_asked", "/link/asked"),
    Sight("enter", "/enter/{entrance}"),
    Sight("settings", "/manage/{settings}"),
    Sight("preview", "/manage/{settings}/preview"),
    Sight("preview_mail", "/manage/{settings}/preview/mail"),
    Sight("everything", "/manage/{settings}/everything"),
    Sight("everything_mail", "/manage/{settings}/everything/mail"),
    Sight("data", "/manage/{visit}/data"),
    Sight("data_unproven", "/manage/{settings}/data"),
    Sight("erased", "/erased"),
    Sight("stop", "/stop/{stop}"),
    Sight("login", "/login"),
    Sight("login_asked", "/login/asked"),
    Sight("login_link", "/login/link/{login}"),
    Sight("login_refused", "/login/provider/back?error=access_denied", status=502),
    Sight("logged_out", "/logged-out"),
    Sight("account", "/account", signed_in=True),
    Sight("desk", "/desk", signed_in=True),
    Sight("desk_overtaken", OVERTAKEN, signed_in=True),
    Sight("desk_reopened", "/desk?state=reopened", signed_in=True),
    Sight("desk_nothing", "/desk?state=snoozed", signed_in=True),
    Sight("desk_match", "/desk/matches/{reopened}", signed_in=True),
    Sight("desk_unmatched", "/desk/unmatched", signed_in=True),
    Sight("desk_policies", "/desk/policies", signed_in=True),
    Sight("desk_policy", "/desk/policies/{group}", signed_in=True),
    Sight("desk_audit", "/desk/audit", signed_in=True),
    Sight("desk_audit_nothing", "/desk/audit?words=unheardofword", signed_in=True),
    Sight("missing", "/nothing-here", status=404),
    Sight("missing_link", "/manage/not-a-link", status=404),
)

NO_PAGES = {
    "/api/v1": "documents, which have tests of their own",
    "/static": "files of the pages",
    "/calendar/{token}.ics": "a file",
    "/feeds/{token}.atom": "a file",
    "/desk/audit.csv": "a file",
    "/opportunities.{kind}": "files",
    "/health": "read by monitoring",
    "/login/provider": "leads to the provider",
}
"""What is answered with something else than a page, and with what."""
