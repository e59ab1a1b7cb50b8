"""What stands in the way of people who sign in, or makes it unsafe. Pure."""

from collections.abc import Iterator

from config.settings import Settings


def admission_gaps(settings: Settings, accounts: int) -> Iterator[tuple[str, str]]:
    """Yield what is wanting where people can reach the pages, each with what to do.

    Args:
        settings: In force.
        accounts: How many people may sign in.
    """
    public = settings.public_url
    if public is None:
        return
    if not accounts:
        yield (
            "nobody has an account, so that only who reads the output of callwatch serve signs in",
            "name advisers in accounts.yaml of the configuration folder",
        )
    elif public.scheme != "https":
        yield (
            "people sign in over http: whoever listens on the way can act in their name",
            "put https in front, and begin CALLWATCH_PUBLIC_URL with https://",
        )
