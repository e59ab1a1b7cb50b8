"""What a browser keeps for some minutes while its person signs in: signed, and read by us alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeSerializer

from web.site import Site, is_encrypted

LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Keepsake:
    """A cookie of one kind; browsers may read what is in it, and cannot make one."""

    name: str

    def give(
        self, site: Site, request: Request, response: Response, sealed: tuple[str, list[str]]
    ) -> None:
        """Let the browser keep values.

        Args:
            site: What the pages read from.
            request: Of the browser.
            response: To the browser.
            sealed: The key that signs, and the values.
        """
        key, values = sealed
        end = int((site.clock() + LIFE).timestamp())
        secure = is_encrypted(site, request)
        response.set_cookie(
            self._called(secure=secure),
            URLSafeSerializer(key, salt=self.name).dumps([end, *values]),
            max_age=int(LIFE.total_seconds()),
            httponly=True,
            secure=secure,
            samesite="lax",
        )

    def read(self, site: Site, request: Request, key: str) -> list[str] | None:
        """Return the values that the browser kept; None where it kept none, or for too long."""
        kept = request.cookies.get(self._called(secure=is_encrypted(site, request)), "")
        return self._unsealed(kept, key, site.clock())

    def take(self, site: Site, request: Request, response: Response) -> None:
        """Let the browser forget the values."""
        secure = is_encrypted(site, request)
        response.delete_cookie(
            self._called(secure=secure), httponly=True, secure=secure, samesite="lax"
        )

    def _unsealed(self, kept: str, key: str, now: datetime) -> list[str] | None:
        try:
            end, *values = URLSafeSerializer(key, salt=self.name).loads(kept)
        except BadData:
            return None
        return values if end > now.timestamp() else None

    def _called(self, *, secure: bool) -> str:
        return f"__Host-callwatch-{self.name}" if secure else f"callwatch-{self.name}"


ATTEMPT = Keepsake("attempt")
"""State, nonce, verifier and onward page of a person who is at a provider of OpenID Connect."""

PROOF = Keepsake("proof")
"""Issuer, subject and address of whom a provider named, until a mailed link proves the address."""
