"""The settings of a provider of OpenID Connect."""

import pytest

from config.errors import ConfigurationError
from config.settings import read_settings


@pytest.mark.parametrize(
    ("issuer", "client", "complaint"),
    [
        ("https://provider.example.org", "", "needs oidc_client_id"),
        ("http://provider.example.org", "callwatch", "must begin with https:"),
    ],
)
def test_a_provider_that_cannot_be_trusted_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, issuer: str, client: str, complaint: str
) -> None:
    monkeypatch.setenv("CALLWATCH_OIDC_ISSUER", issuer)
    monkeypatch.setenv("CALLWATCH_OIDC_CLIENT_ID", client)
    with pytest.raises(ConfigurationError, match=complaint):
        read_settings()


@pytest.mark.parametrize("issuer", ["https://provider.example.org", "http://127.0.0.1:9000"])
def test_a_provider_is_reached_encrypted_or_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, issuer: str
) -> None:
    monkeypatch.setenv("CALLWATCH_OIDC_ISSUER", issuer)
    monkeypatch.setenv("CALLWATCH_OIDC_CLIENT_ID", "callwatch")
    assert str(read_settings().oidc_issuer) == f"{issuer}/"
