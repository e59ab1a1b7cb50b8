"""Downloads of grantsTenders.json from a replica, with everything that can go wrong."""

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import AnyHttpUrl

from crawler.reference.fetching import fetch
from crawler.reference.reading import ReferenceFileError
from crawler.replica import Failure, FailureBody, Faults, Filler, PortalReplica
from tests.crawler.filing import FILE, Fetching, settings_for

DAY = timedelta(days=1)
BUILT_AT = datetime(2026, 5, 20, 2, 30, tzinfo=UTC)


@pytest.fixture
def fetching(tmp_path: Path, samples: list[dict[str, Any]]) -> Iterator[Fetching]:
    with PortalReplica(samples) as replica:
        replica.file_modified_at = BUILT_AT
        yield Fetching(replica, settings_for(replica, tmp_path), tmp_path / "file")


def failing(body: FailureBody = FailureBody.THROWABLE, times: int = 99, **more: Any) -> Faults:
    return Faults(file_failures=(Failure(times=times, body=body, **more),))


TRUNCATED = failing(FailureBody.TRUNCATED, status=200)
HTML = failing(FailureBody.HTML, status=200)
BAD = {
    "truncated": (TRUNCATED, "Connection broken: IncompleteRead"),
    "page": (HTML, "no JSON, it begins with '<!DOCTYPE html>"),
    "error": (failing(), "HTTP 500"),
    "forbidden": (failing(status=403), "HTTP 403"),
    "moved": (failing(status=301), "HTTP 301"),
    "robots unreadable": (Faults(robots_status=503), "robots.txt answers 503"),
    "robots": (
        Faults(robots_status=200, robots_body="User-agent: *\nDisallow: /info/\n"),
        "robots.txt forbids it",
    ),
}


def test_the_file_is_downloaded_with_its_date(fetching: Fetching, now: datetime) -> None:
    file = fetching.at(now)
    assert (file.modified_at, file.live_grants, file.trouble) == (BUILT_AT, 162, "")
    assert file.path.read_bytes().startswith(b'{"fundingData":{"GrantTenderObj":[')
    assert fetching.answers == [200]
    assert fetching.replica.requests[0].path == "/robots.txt"
    assert {r.user_agent[:10] for r in fetching.replica.requests} == {"Callwatch/"}


def test_a_fresh_copy_is_not_asked_for_again(fetching: Fetching, now: datetime) -> None:
    first = fetching.at(now)
    assert fetching.at(now + timedelta(hours=19)) == first
    assert fetching.answers == [200]


def test_an_unchanged_file_is_not_downloaded_twice(fetching: Fetching, now: datetime) -> None:
    first = fetching.at(now)
    assert fetching.at(now + DAY) == first
    assert fetching.at(now + DAY + timedelta(hours=19)) == first
    assert fetching.answers == [200, 304]


def test_a_changed_file_takes_the_place_of_the_old_one(fetching: Fetching, now: datetime) -> None:
    fetching.at(now)
    fetching.replica.records = fetching.replica.records[:10]
    fetching.replica.file_modified_at = BUILT_AT + DAY
    file = fetching.at(now + DAY)
    assert (file.modified_at, file.live_grants) == (BUILT_AT + DAY, 110)
    assert fetching.answers == [200, 200]
    assert fetching.pieces == []


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_whole_file_keeps_the_old_one(
    fetching: Fetching, now: datetime, what: str
) -> None:
    fetching.at(now)
    fetching.replica.file_modified_at = BUILT_AT + DAY
    old = fetching.content
    faults, message = BAD[what]
    file = fetching.at(now + DAY, faults)
    assert message in file.trouble
    assert "\n" not in file.trouble
    assert (file.modified_at, fetching.content, fetching.pieces) == (BUILT_AT, old, [])
    assert fetching.at(now + DAY).trouble == ""


@pytest.mark.parametrize("what", BAD)
def test_where_there_is_no_old_one_it_is_an_error(
    fetching: Fetching, now: datetime, what: str
) -> None:
    faults, message = BAD[what]
    with pytest.raises(ReferenceFileError, match=message):
        fetching.at(now, faults)
    assert not (fetching.folder / FILE).exists()


def test_a_copy_of_last_week_is_not_used_any_more(fetching: Fetching, now: datetime) -> None:
    fetching.at(now)
    assert fetching.at(now + 6 * DAY, TRUNCATED).trouble
    with pytest.raises(ReferenceFileError):
        fetching.at(now + 8 * DAY, TRUNCATED)


@pytest.mark.parametrize(
    "faults",
    [
        failing(FailureBody.TRUNCATED, status=200, times=1),
        failing(times=2),
        failing(status=429, times=1, retry_after=0),
    ],
)
def test_a_passing_failure_is_tried_again(
    fetching: Fetching, now: datetime, faults: Faults
) -> None:
    assert fetching.at(now, faults).live_grants == 162


def test_a_wait_that_is_too_long_is_not_waited_for(fetching: Fetching, now: datetime) -> None:
    with pytest.raises(ReferenceFileError, match="HTTP 503"):
        fetching.at(now, failing(status=503, retry_after=86400))
    assert fetching.answers == [503]


def test_a_file_with_too_few_live_grants_keeps_the_old_one(
    fetching: Fetching, now: datetime
) -> None:
    fetching.at(now)
    fetching.replica.filler = Filler(live=0)
    file = fetching.at(now + DAY)
    assert file.trouble.endswith("62 live grants; at least 100 are expected")
    assert file.live_grants == 162


def test_a_file_that_is_too_large_is_given_up(fetching: Fetching, now: datetime) -> None:
    with pytest.raises(ReferenceFileError, match="larger than 100,000 bytes"):
        fetching.at(now, largest_bytes=100_000)
    assert fetching.pieces == []


def test_a_download_that_never_ends_is_given_up(fetching: Fetching, now: datetime) -> None:
    with pytest.raises(ReferenceFileError, match="not here after 0 seconds"):
        fetching.at(now, longest_seconds=0)


def test_a_copy_that_was_damaged_is_downloaded_anew(fetching: Fetching, now: datetime) -> None:
    fetching.at(now)
    (fetching.folder / FILE).write_bytes(b"{}")
    assert fetching.at(now).live_grants == 162
    assert fetching.answers == [200, 200]


def test_a_copy_of_another_portal_is_not_used(
    fetching: Fetching, now: datetime, samples: list[dict[str, Any]]
) -> None:
    fetching.at(now)
    with PortalReplica(samples[:10]) as other:
        file = fetch(settings_for(other, fetching.folder), fetching.folder, now)
    assert file.live_grants == 110


def test_the_piece_of_a_killed_download_is_thrown_away(fetching: Fetching, now: datetime) -> None:
    fetching.folder.mkdir()
    for name, age in (("old", 2 * DAY), ("new", timedelta())):
        piece = fetching.folder / f"grantsTenders.json{name}.part"
        piece.write_bytes(b"{")
        os.utime(piece, ((now - age).timestamp(),) * 2)
    fetching.at(now)
    assert fetching.pieces == ["grantsTenders.jsonnew.part"]


def test_a_folder_that_takes_nothing_is_one_line(fetching: Fetching, now: datetime) -> None:
    fetching.folder.write_text("a file in the place of the folder")
    with pytest.raises(ReferenceFileError, match="File exists"):
        fetching.at(now)


def test_a_host_that_is_not_there_is_one_line(tmp_path: Path, now: datetime) -> None:
    with PortalReplica([]) as replica:
        settings = settings_for(replica, tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nowhere = AnyHttpUrl(f"http://127.0.0.1:{port}/data")
    settings = settings.model_copy(update={"portal_data_url": nowhere})
    with pytest.raises(ReferenceFileError, match=r"cannot be reached: .*Connection refused$"):
        fetch(settings, tmp_path, now)


def test_a_search_address_alone_names_no_file(tmp_path: Path, now: datetime) -> None:
    with PortalReplica([]) as replica:
        settings = settings_for(replica, tmp_path)
    settings = settings.model_validate(settings.model_dump(include={"portal_search_url"}))
    with pytest.raises(ReferenceFileError, match="CALLWATCH_PORTAL_DATA_URL"):
        fetch(settings, tmp_path, now)
