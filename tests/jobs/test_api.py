"""The API on a real server over the bundled samples, against its schema and a standard."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

import pytest
import schemathesis
from common_grants_sdk.client import Auth, Client
from common_grants_sdk.client import Config as ClientConfig
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as hypothesis_settings
from pydantic import BaseModel
from schemathesis import Case as AnyCase
from schemathesis import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from config.settings import Settings
from store.api_keys import Grant, make_key
from store.db import open_engine, session_scope
from store.reviews import approve_all
from tests.app_server import served
from tests.jobs.conftest import NOW
from web.api.app import EXAMPLES
from web.api.changes import ChangeDocument
from web.api.common_grants_documents import CommonGrantsOpportunity
from web.api.matches import MatchDocument
from web.api.opportunity_documents import OpportunityDocument, OpportunitySummary
from web.api.problems import Problem
from web.api.profiles import ProfileDocument
from web.app import create_app

PATHS = (
    "/opportunities",
    "/opportunities/{reference}",
    "/changes",
    "/profiles",
    "/profiles/{slug}",
    "/matches",
    "/common-grants/opportunities",
    "/common-grants/opportunities/{id}",
)
MADE_UP = hypothesis_settings(
    max_examples=10,
    deadline=None,
    database=None,
    # requests that break the schema on purpose take long to make up on a busy machine
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
)
Case: TypeAlias = AnyCase[Any]
DOCUMENTS: tuple[type[BaseModel], ...] = (
    OpportunitySummary,
    OpportunityDocument,
    ChangeDocument,
    ProfileDocument,
    MatchDocument,
    CommonGrantsOpportunity,
    Problem,
)


@dataclass(frozen=True, slots=True)
class Api:
    """A running API, and a key to all that it has."""

    address: str
    secret: str


@pytest.fixture(scope="module")
def api(matched_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Serve the samples, everything approved."""
    file = shutil.copyfile(matched_file, tmp_path_factory.mktemp("api") / "callwatch.db")
    engine = open_engine(f"sqlite:///{file}")
    with session_scope(engine) as session:
        departments = ("iel", "iat", "imt", "itk")
        made = make_key(session, Grant("tests", (), departments, timedelta(days=1)), NOW)
        approve_all(session, "tests", NOW)
    settings = Settings(_env_file=None, api_requests=1_000_000)
    with served(create_app(settings, engine, lambda: NOW)) as address:
        yield Api(f"{address}/api/v1", made.secret)
    engine.dispose()


@pytest.fixture(scope="module")
def schema(api: Api) -> OpenApiSchema:
    return schemathesis.openapi.from_url(f"{api.address}/openapi.json")


def test_every_path_of_the_schema_is_asked(schema: OpenApiSchema) -> None:
    assert set(schema) == set(PATHS)


def is_of_the_api(case: Case) -> bool:
    """Return whether a request is meant for the API, and its cursor one that was not made up."""
    return "\n" not in unquote(case.formatted_path) and "cursor" not in (case.query or {})


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", PATHS)
def test_whatever_is_asked_is_answered_as_the_schema_says(
    schema: OpenApiSchema, api: Api, path: str, mode: GenerationMode
) -> None:
    @seed(1)
    @MADE_UP
    @given(case=schema[path]["GET"].as_strategy(generation_mode=mode).filter(is_of_the_api))
    def ask(case: Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {api.secret}"})

    ask()


@pytest.fixture(scope="module")
def standard(api: Api) -> Iterator[Client]:
    """Return the standard's own client."""
    options = ClientConfig(api.address, api.secret, page_size=50, list_items_limit=500)
    with Client(options, Auth.bearer(api.secret)) as client:
        yield client


def test_every_opportunity_is_one_in_the_eyes_of_the_standard(standard: Client) -> None:
    listed = standard.opportunities.list()
    assert listed.errors == []
    assert len(listed.items) == listed.pagination_info.total_items == 62
    moments = [item.last_modified_at for item in listed.items]
    assert moments == sorted(moments, reverse=True)


def test_an_opportunity_is_found_by_its_id_in_the_standard(standard: Client) -> None:
    (first, *_) = standard.opportunities.list(page=1, page_size=1).items
    found = standard.opportunities.get(first.id)
    assert found.title == first.title
    assert found.key_dates == first.key_dates


def example(name: str) -> Any:
    return json.loads(EXAMPLES.read_text("utf-8"))[name]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.__name__)
def test_every_example_is_a_document(document: type[BaseModel]) -> None:
    document.model_validate(example(document.__name__))


def test_every_example_is_of_a_document() -> None:
    assert set(json.loads(EXAMPLES.read_text("utf-8"))) == {d.__name__ for d in DOCUMENTS}
