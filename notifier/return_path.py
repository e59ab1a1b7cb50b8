"""Where undeliverable mail comes back to: an address per mail, which only we can make (VERP)."""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from email.headerregistry import Address

from config.errors import ConfigurationError

_DETAIL = re.compile(r"m(\d{1,18})-([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """The address that takes reports, and the key that signs what is added to it."""

    local: str
    domain: str
    key: str = field(repr=False)

    def of(self, row: int) -> str:
        """Return the return path of the mail in a row."""
        return f"{self.local}+m{row}-{self._signature(row)}@{self.domain}"

    def read(self, address: str) -> int | None:
        """Return the row of the mail that came back to ``address``; None where we never made it.

        >>> path = ReturnPath("bounces", "example.org", "a key")
        >>> path.read(path.of(7)), path.read("bounces+m7-0123456789abcdef@example.org")
        (7, None)
        """
        local, _, domain = address.strip().lower().rpartition("@")
        base, _, detail = local.rpartition("+")
        found = _DETAIL.fullmatch(detail)
        if found is None or (base, domain) != (self.local.lower(), self.domain.lower()):
            return None
        row = int(found[1])
        return row if hmac.compare_digest(found[2], self._signature(row)) else None

    def _signature(self, row: int) -> str:
        return hmac.new(self.key.encode(), f"return:{row}".encode(), hashlib.sha256).hexdigest()[
            :16
        ]


def return_path(address: str, key: str) -> ReturnPath | None:
    """Return the return path that the settings name, or None where they name none.

    Raises:
        ConfigurationError: If CALLWATCH_BOUNCE_ADDRESS is no address.
    """
    if not address:
        return None
    try:
        read = Address(addr_spec=address)
    except (ValueError, IndexError) as error:
        raise ConfigurationError(f"{_ADVICE}: {address!r}") from error
    if not (read.username and read.domain and address.isascii() and address.isprintable()):
        raise ConfigurationError(f"{_ADVICE}: {address!r}")
    return ReturnPath(read.username, read.domain, key)


_ADVICE = "CALLWATCH_BOUNCE_ADDRESS is no address such as bounces@example.org"
