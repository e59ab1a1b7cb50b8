"""The mail server that the settings name."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from config.errors import ConfigurationError

PORTS = {"smtp": 25, "smtps": 465}
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to speak to it."""

    host: str
    port: int
    encrypted: bool
    """From the first byte (smtps); otherwise by STARTTLS where the server offers it."""
    username: str | None
    password: str | None = field(repr=False)

    @property
    def where(self) -> str:
        """Return its host and port."""
        return f"{self.host}:{self.port}"

    @property
    def start_tls(self) -> bool | None:
        """Return whether STARTTLS is a must: None takes it where offered.

        A password crosses a network encrypted or not at all.
        """
        if self.encrypted:
            return False
        return True if self.username and self.host not in LOOPBACK else None


def read_server(url: str) -> Server:
    """Return the server that ``url`` names.

    Raises:
        ConfigurationError: If it names none; the message does not repeat the password.

    >>> read_server("smtps://group%40example.org:p%2Fw@mail.example.org").username
    'group@example.org'
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise ConfigurationError(_ADVICE) from error
    if not parts.hostname or parts.path.strip("/") or parts.query or _half_a_login(parts):
        raise ConfigurationError(_ADVICE)
    return Server(
        host=parts.hostname,
        port=port,
        encrypted=parts.scheme == "smtps",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


_ADVICE = (
    "CALLWATCH_MAIL_URL is no mail server; write smtp://[user:secret@]host[:port] or smtps://…, "
    "with special characters of user and secret percent-encoded"
)


def _half_a_login(parts: SplitResult) -> bool:
    return bool(parts.username) != bool(parts.password)
