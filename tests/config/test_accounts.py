"""Who may sign in, as accounts.yaml says."""

from pathlib import Path

import pytest

from config.accounts import Account, Role, read_accounts
from config.errors import ConfigurationError
from config.organisation import read_organisation
from config.settings import SHIPPED

DEPARTMENTS = ("imt", "itk")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.yaml"


def test_accounts_are_read_by_their_address_in_lower_case(file: Path) -> None:
    file.write_text(
        "accounts:\n"
        "  - {address: Adviser@Example.org, role: adviser}\n"
        "  - {address: contact@example.org, role: contact, departments: [imt]}\n"
    )
    assert read_accounts(file.parent, DEPARTMENTS) == {
        "adviser@example.org": Account(address="adviser@example.org", role=Role.ADVISER),
        "contact@example.org": Account(
            address="contact@example.org", role=Role.CONTACT, departments=("imt",)
        ),
    }


def test_without_the_file_there_is_no_account(tmp_path: Path) -> None:
    assert read_accounts(tmp_path, DEPARTMENTS) == {}


def test_the_shipped_file_has_no_account_and_its_example_can_be_used(file: Path) -> None:
    departments = read_organisation(SHIPPED).departments()
    assert read_accounts(SHIPPED, departments) == {}
    shown = (SHIPPED / "accounts.yaml").read_text("utf-8").partition("# accounts:\n")[2]
    lines = [line.removeprefix("# ") for line in shown.splitlines() if line.startswith("#  ")]
    file.write_text("\n".join(["accounts:", *lines]))
    assert {account.role for account in read_accounts(file.parent, departments).values()} == set(
        Role
    )


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{address: adviser, role: adviser}", "2: accounts.0.address: String should match"),
        ("{address: a@b.org, role: boss}", "2: accounts.0.role: Input should be 'adviser', "),
        ("{address: a@b.org}", "2: accounts.0.role: is missing"),
        ("{address: a@b.org, role: adviser, rolle: x}", "2: accounts.0.rolle: no such field"),
        ("{address: a@b.org, role: contact}", "2: accounts.0: a contact needs departments"),
        (
            "{address: a@b.org, role: adviser, departments: [imt]}",
            "2: accounts.0.departments: only a contact has departments",
        ),
        (
            "{address: a@b.org, role: contact, departments: [xyz]}",
            "2: accounts.0.departments: no such department in organisation.yaml: 'xyz'",
        ),
        (
            "{address: a@b.org, role: adviser}\n  - {address: A@B.org, role: adviser}",
            "3: accounts.1.address: stands twice",
        ),
    ],
)
def test_what_cannot_be_used_is_one_line_that_names_its_place(
    file: Path, line: str, complaint: str
) -> None:
    file.write_text(f"accounts:\n  - {line}\n")
    with pytest.raises(ConfigurationError) as raised:
        read_accounts(file.parent, DEPARTMENTS)
    assert str(raised.value).startswith(f"{file}:{complaint}")
    assert "\n" not in str(raised.value)
