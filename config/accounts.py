"""Who may sign in and as what, read from ``accounts.yaml``."""

import enum
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from config.documents import Fault, read_document, refuse_faults


class Role(enum.StrEnum):
    """What a person who signed in may do."""

    ADVISER = "adviser"
    """Reviews matches of every department."""
    CONTACT = "contact"
    """Sees to the matches of some departments."""
    ADMINISTRATOR = "administrator"
    """May do everything that advisers may, and look after the installation."""


class Account(BaseModel):
    """A person who may sign in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    """In lower case."""
    role: Role
    departments: tuple[str, ...] = ()
    """Ids of ``organisation.yaml``; only a contact has any."""

    @field_validator("address")
    @classmethod
    def _in_lower_case(cls, address: str) -> str:
        return address.lower()


class _Accounts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    accounts: tuple[Account, ...] = ()


LOCAL = Account(address="administrator@localhost", role=Role.ADMINISTRATOR)
"""Who signs in by the link that is printed at the start, where no account is configured."""


def read_accounts(folder: Path, departments: Collection[str]) -> Mapping[str, Account]:
    """Return the accounts of ``accounts.yaml`` in ``folder`` by address; none without the file.

    Raises:
        ConfigurationError: If the file is wrong.
    """
    path = folder / "accounts.yaml"
    if not path.exists():
        return {}
    accounts = read_document(path, _Accounts).accounts
    refuse_faults(path, _faults(accounts, departments))
    return {account.address: account for account in accounts}


def _faults(accounts: tuple[Account, ...], departments: Collection[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, account in enumerate(accounts):
        where = ("accounts", place)
        if account.address in seen:
            yield (*where, "address"), "stands twice"
        seen.add(account.address)
        if account.role is Role.CONTACT and not account.departments:
            yield where, "a contact needs departments"
        if account.role is not Role.CONTACT and account.departments:
            yield (*where, "departments"), "only a contact has departments; others see all of them"
        for unknown in sorted(set(account.departments) - set(departments)):
            yield (*where, "departments"), f"no such department in organisation.yaml: {unknown!r}"
