"""The API as an app of its own, mounted below the pages: its errors are JSON, not pages."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware

from web.api.answering import HeadAsGet
from web.api.callers import admission
from web.api.changes import change_routes
from web.api.common_grants import common_grants_routes
from web.api.matches import match_routes
from web.api.opportunities import opportunity_routes
from web.api.problems import DETAILS, MEDIA_TYPE, Problem, add_problems
from web.api.profiles import profile_routes
from web.site import Site

MOUNTED_AT = "/api/v1"
ROUTES = (opportunity_routes, change_routes, profile_routes, match_routes, common_grants_routes)
EXAMPLES = Path(__file__).with_name("examples.json")
"""An example of each document, by the name of its model."""

ABOUT = (
    "What Callwatch collects, and what was approved for your own profiles, to read. Instants are"
    " ISO 8601 in UTC and come with the day in Brussels; sums are decimal numbers as text with"
    " their currency; what is not known is null, and `unknown` says why where that is known."
)
DAY_SECONDS = 24 * 3600
SMALLEST_COMPRESSED = 1_000
"""Bytes from which compressing an answer is worth it."""


def create_api(site: Site) -> FastAPI:
    """Return the API."""
    api = _Api(
        title="Callwatch",
        version="1.0",
        description=ABOUT,
        servers=[{"url": MOUNTED_AT}],
        root_path_in_servers=False,
        docs_url=None,
        redoc_url=None,
        responses={status: {"model": Problem, "description": DETAILS[status]} for status in FAULTS},
    )
    api.add_middleware(GZipMiddleware, minimum_size=SMALLEST_COMPRESSED)
    api.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD"],
        allow_headers=["Authorization", "If-None-Match"],
        expose_headers=["ETag", "Link", "Retry-After"],
        max_age=DAY_SECONDS,
    )
    api.add_middleware(HeadAsGet)
    admit = admission(site)
    for routes in ROUTES:
        api.include_router(routes(site, admit))
    add_problems(api)
    return api


FAULTS = (401, 404, 422, 429, 503)
"""What any request may be answered with."""


class _Api(FastAPI):
    """Describes its errors as what they are sent as, and its documents by examples."""

    def openapi(self) -> dict[str, Any]:
        """Return the schema, OpenAPI 3.1."""
        if self.openapi_schema is None:
            schema = super().openapi()
            for path in schema["paths"].values():
                for operation in path.values():
                    _describe_faults(operation["responses"])
            for name, example in json.loads(EXAMPLES.read_text("utf-8")).items():
                schema["components"]["schemas"][name]["examples"] = [example]
            self.openapi_schema = schema
        return self.openapi_schema


def _describe_faults(responses: dict[str, Any]) -> None:
    """Let the schema call a problem what it is sent as: it is no plain JSON."""
    for status, response in responses.items():
        if int(status) in FAULTS:
            response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}
