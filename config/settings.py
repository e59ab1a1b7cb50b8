"""What an operator can set, each by an environment variable that starts with ``CALLWATCH_``."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AnyHttpUrl,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.errors import ConfigurationError

SHIPPED = Path(__file__).parent
"""The example configuration that travels with the package."""

LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
"""This machine, which nobody else is on the way to."""

Hour = Annotated[int, Field(ge=0, le=23)]
CrossCheck = Literal["never", "weekly", "daily"]
WebhookFormat = Literal["json", "teams", "slack"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _listed(value: object) -> object:
    """Return what commas part; an empty text is an empty list."""
    return [part for part in value.split(",") if part.strip()] if isinstance(value, str) else value


ReminderDays = Annotated[
    tuple[Annotated[int, Field(ge=0, le=365)], ...], NoDecode, BeforeValidator(_listed)
]


class Settings(BaseSettings):
    """Every setting, with its default. docs/settings.md lists the same ones for operators."""

    model_config = SettingsConfigDict(
        env_prefix="CALLWATCH_", env_file=".env", extra="ignore", use_attribute_docstrings=True
    )

    database_url: str = "sqlite:///var/callwatch.db"
    """Where everything is kept: a SQLite file, or ``postgresql+psycopg://user:secret@host/name``."""

    config_dir: Path = Path("config")
    """Folder of the YAML configuration; the shipped example is used where it does not exist."""

    portal_search_url: AnyHttpUrl = AnyHttpUrl(
        "https://api.tech.ec.europa.eu/search-api/prod/rest/search"
    )
    """Address of the portal's Search API."""

    portal_data_url: AnyHttpUrl = AnyHttpUrl(
        "https://ec.europa.eu/info/funding-tenders/opportunities/data"
    )
    """Address of the portal's static files."""

    portal_contact: str = ""
    """Address named in the user agent, so that the portal's operators can reach you."""

    crawl_delay_seconds: float = Field(default=1.0, ge=0)
    """Least pause between two requests to one source."""

    crawl_timeout_seconds: float = Field(default=60.0, gt=0)
    """How long one answer may take."""

    crawl_rescans: int = Field(default=4, ge=0, le=10)
    """How often a source is read again when its rows moved while it was being read."""

    cross_check: CrossCheck = "daily"
    """How often what the Search API returned is compared with the portal's file of all calls."""

    withdrawn_after_days: int = Field(default=14, ge=1)
    """How long an opportunity may be missing before a direct look decides if it was withdrawn."""

    answers_dir: Path = Path("var/answers")
    """Folder in which the answers of the sources are kept as they came, by their hash."""

    keep_answers_days: int = Field(default=30, ge=0)
    """How long they are kept; 0 keeps none."""

    mail_url: str = "folder:var/outbox"
    """How mail leaves: ``folder:PATH``, ``smtp://[user:secret@]host[:port]``, ``smtps://…``, or
    ``https://…`` to post each digest to a web address."""

    webhook_format: WebhookFormat = "json"
    """What is posted there: ``json`` with the whole mail, or what Teams or Slack shows."""

    webhook_secret: SecretStr | None = None
    """Signs what is posted; the receiver knows it too. Needed for ``https://`` mail addresses."""

    webhook_loopback: bool = False
    """Whether a web address may lead to this machine, over plain HTTP too; for tests alone."""

    mail_from: str = "Callwatch <callwatch@localhost>"
    """Sender of every mail; replies and requests to stop go there."""

    mail_connections: int = Field(default=4, ge=1, le=64)
    """How many connections to the mail server are open at once, each with one mail in hand."""

    mail_domain_connections: int = Field(default=4, ge=1, le=64)
    """How many mails to one domain are in hand at once."""

    mails_per_connection: int = Field(default=200, ge=1)
    """How many mails go over one connection before it is opened anew."""

    mail_daily_limit: int = Field(default=20_000, ge=1)
    """Most mails in 24 hours: an emergency brake."""

    bounce_address: str = ""
    """Where undeliverable mail is reported to, with an addition per mail; empty for the sender."""

    bounce_limit: int = Field(default=4, ge=1)
    """Score of bounces in 90 days at which an address is written to no more."""

    public_url: AnyHttpUrl | None = None
    """Address under which ``callwatch serve`` can be reached; mails link to it when it is set."""

    secret_key: SecretStr | None = None
    """Signs the links in mails; made once and kept in the database where it is not set."""

    hsts_seconds: int = Field(default=0, ge=0)
    """How long browsers are told to use https alone for ``public_url``; 0 tells them nothing."""

    oidc_issuer: AnyHttpUrl | None = None
    """Address of the provider of OpenID Connect by which people sign in, besides mailed links."""

    oidc_name: str = "OpenID Connect"
    """What people call it; the button says so."""

    oidc_client_id: str = ""
    """Name by which the provider knows this installation."""

    oidc_client_secret: SecretStr | None = None
    """What proves that name; some providers give none."""

    oidc_scopes: str = "openid email"
    """What the provider is asked for; the mail address must be part of it."""

    model: str = ""
    """Name or folder of a sentence-transformers model; empty takes the embedded English one."""

    engine_dir: Path = Path("var/engines")
    """Folder in which a faster engine keeps the networks that it made of models."""

    time_zone: str = "Europe/Oslo"
    """Zone of the schedule, and of readers who chose none."""

    crawl_hour: Hour = 6
    """Hour of the daily crawl, in ``time_zone``."""

    digest_weekday: Weekday = "mon"
    """Day of weekly digests, and of monthly ones, for readers who chose none."""

    digest_hour: Hour = 8
    """Hour of the digests in each reader's own zone, for readers who chose none."""

    reminder_days: ReminderDays = (30, 14, 3)
    """How many days before a deadline its followers are reminded; may be empty."""

    quiet_weeks: int = Field(default=8, ge=0, le=520)
    """After so many weeks without a mail a reader is told that we still look; 0 for never."""

    api_requests: int = Field(default=600, ge=1)
    """Most requests to the API in ten minutes from one client; a key may ask ten times as often."""

    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    """From which severity on lines are logged; ``debug`` also shows tracebacks of errors."""

    log_format: Literal["text", "json"] = "text"
    """How log lines look on stderr."""

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415 - only checked here

        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such time zone: {name!r}") from error
        return name

    @model_validator(mode="after")
    def _usable_provider(self) -> "Settings":
        if self.oidc_issuer is None:
            return self
        if not self.oidc_client_id:
            raise ValueError("oidc_issuer is set, and needs oidc_client_id beside it")
        if self.oidc_issuer.scheme != "https" and self.oidc_issuer.host not in LOOPBACK:
            raise ValueError("oidc_issuer must begin with https:, or anybody on the way signs in")
        return self

    @property
    def data_url(self) -> AnyHttpUrl | None:
        """Return where the portal's static files are; None where that cannot be known.

        A search address of one's own is a replica; the real portal's files do not belong to it.
        """
        overridden = {"portal_search_url", "portal_data_url"} & self.model_fields_set
        return None if overridden == {"portal_search_url"} else self.portal_data_url

    @property
    def self_service(self) -> bool:
        """Return whether people can subscribe and change what they get, on pages of their own.

        Links must lead somewhere, and to one person alone: what is posted to a web address is read
        by many.
        """
        is_post = self.mail_url.lower().startswith(("http:", "https:"))
        return self.public_url is not None and not is_post

    @property
    def configuration(self) -> Path:
        """Return the configuration folder in force.

        Raises:
            ConfigurationError: If a folder was named and does not exist.
        """
        if (self.config_dir / "organisation.yaml").is_file():
            return self.config_dir
        if "config_dir" in self.model_fields_set:
            raise ConfigurationError(
                f"CALLWATCH_CONFIG_DIR: no organisation.yaml in {str(self.config_dir)!r}; "
                "write a configuration there with: callwatch init"
            )
        return SHIPPED


def read_settings() -> Settings:
    """Return the settings of this process.

    Raises:
        ConfigurationError: If a variable has a value that cannot be used; names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # several settings do not fit together
            raise ConfigurationError(first["msg"]) from error
        name = f"CALLWATCH_{first['loc'][0]}".upper()
        raise ConfigurationError(f"{name}={first['input']!r}: {first['msg']}") from error
