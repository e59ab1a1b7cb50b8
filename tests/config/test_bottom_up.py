"""The kinds that are open to any subject: what the shipped ones catch, and what they leave."""

import gzip
import json
import re
from datetime import date
from pathlib import Path

import pytest

from config.bottom_up import OpenKinds, Traits, open_kinds
from config.errors import ConfigurationError
from config.settings import SHIPPED

DAY = date(2026, 5, 20)
OFFICIAL = re.compile(r"(^|\.)europa\.eu$")
NO_GRANTS = {"ERC-2023-SJI-1", "ERC-2025-NCPS-IBA"}
"""Support actions of the ERC, which the benchmark counts with its grants: they have a theme."""


@pytest.fixture(scope="module")
def kinds() -> OpenKinds:
    return open_kinds(SHIPPED)


def kind_id(kinds: OpenKinds, topic_id: str, *types: str, title: str = "") -> str | None:
    kind = kinds.kind_of(Traits(topic_id, title, types), DAY)
    return kind.id if kind else None


def written(folder: Path, text: str) -> Path:
    (folder / "rules").mkdir()
    (folder / "rules" / "bottom_up.yaml").write_text(text, "utf-8")
    return folder


def test_every_kind_has_an_official_source(kinds: OpenKinds) -> None:
    assert {k.source.host for k in kinds.kinds if not OFFICIAL.search(k.source.host or "")} == set()


@pytest.mark.parametrize(
    ("topic_id", "types", "expected"),
    [
        ("ERC-2026-STG", ("HORIZON-ERC",), "erc-starting"),
        ("ERC-2027-STG", ("HORIZON-ERC",), "erc-starting-2027"),
        ("ERC-2026-COG", ("HORIZON-ERC",), "erc-consolidator"),
        ("ERC-2026-ADG", ("HORIZON-ERC",), "erc-advanced"),
        ("ERC-2026-PLUS", ("HORIZON-ERC",), "erc-plus"),
        ("ERC-2027-SYG", ("HORIZON-ERC-SYG",), "erc-synergy"),
        ("ERC-2026-POC", ("HORIZON-ERC-POC",), "erc-proof-of-concept"),
        ("ERC-2028-NEW", ("HORIZON-ERC",), "erc-other"),
        ("HORIZON-MSCA-2026-PF-01-01", (), "msca-postdoctoral-fellowships"),
        ("HORIZON-MSCA-2027-DN-01-01", (), "msca-doctoral-networks"),
        ("HORIZON-MSCA-2027-SE-01-01", (), "msca-staff-exchanges"),
        ("HORIZON-MSCA-2027-COFUND-01-01", (), "msca-cofund"),
        ("HORIZON-MSCA-2027-COFUND-02-01", (), "msca-choose-europe"),
        ("HORIZON-MSCA-2027-CITIZENS-01-01", ("HORIZON-CSA",), "msca-citizens"),
        ("HORIZON-EIC-2026-PATHFINDEROPEN", ("HORIZON-EIC",), "eic-pathfinder-open"),
        ("HORIZON-EIC-2023-TRANSITIONOPEN-01", (), "eic-transition-open"),
        ("HORIZON-EIC-2026-ACCELERATOR-01", ("HORIZON-EIC-ACC",), "eic-accelerator-open"),
        ("KA131-HED-2027", ("ERASMUS-KA131",), "erasmus-mobility"),
        ("ERASMUS-EDU-2024-PEX-EMJM-MOB", (), "erasmus-mundus"),
        ("ERASMUS-EDU-2024-EMJM-DESIGN", (), "erasmus-mundus-design"),
        ("ERASMUS-EDU-2022-ECHE-CERT-FP", ("ERASMUS-CERT",), "erasmus-charter"),
    ],
)
def test_what_is_open_to_any_subject_is_recognised(
    kinds: OpenKinds, topic_id: str, types: tuple[str, ...], expected: str
) -> None:
    assert kind_id(kinds, topic_id, *types) == expected


@pytest.mark.parametrize(
    ("topic_id", "types"),
    [
        ("HORIZON-CL5-2026-01-D3-04", ("HORIZON-RIA",)),
        ("HORIZON-RAISE-2026-01-03", ("HORIZON-TMA-MSCA-DN",)),  # doctoral networks on AI
        ("HORIZON-EIC-2026-PATHFINDERCHALLENGES-01-01", ("HORIZON-EIC",)),
        ("HORIZON-EIC-2025-ACCELERATOR-02-CHALLENGES-03", ("HORIZON-EIC-ACC",)),
        ("HORIZON-CL2-2026-01-TRANSFO-02", ("HORIZON-RIA",)),  # an "open topic" within a theme
        ("HORIZON-WIDERA-2027-05-ERA-02", ("HORIZON-CSA",)),
        ("ERASMUS-JMO-2024-CHAIR", ()),
        ("KA220-HED-2027", ("ERASMUS-KA220",)),
    ],
)
def test_what_has_a_theme_is_left_to_the_texts(
    kinds: OpenKinds, topic_id: str, types: tuple[str, ...]
) -> None:
    assert kind_id(kinds, topic_id, *types) is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("ERA Fellowships", "era-fellowships"),
        ("Hop-On Facility", "hop-on"),
        ("Twinning", "widening-partnerships"),
        ("Twinning Green Deal", None),
        ("A European competence centre for science communication", None),
    ],
)
def test_widening_calls_are_told_apart_by_their_titles(
    kinds: OpenKinds, title: str, expected: str | None
) -> None:
    assert kind_id(kinds, "HORIZON-WIDERA-2026-05-WIDENING-01", title=title) == expected


def test_no_thematic_topic_of_the_benchmark_is_taken_for_open(
    kinds: OpenKinds, shared: Path
) -> None:
    text = gzip.decompress((shared / "benchmark" / "docs.jsonl.gz").read_bytes()).decode()
    documents = [json.loads(line) for line in text.splitlines()]
    caught = {
        stratum: {
            document["id"]
            for document in documents
            if document["stratum"] == stratum
            and kind_id(kinds, document["id"], title=document["title"])
        }
        for stratum in ("thematic", "bottom-up")
    }
    assert caught["thematic"] == set()
    missed = {d["id"] for d in documents if d["stratum"] == "bottom-up"} - caught["bottom-up"]
    assert {topic for topic in missed - NO_GRANTS if "VICECHAIRS" not in topic} == set()


def test_a_folder_without_the_file_uses_the_shipped_one(kinds: OpenKinds, tmp_path: Path) -> None:
    assert open_kinds(tmp_path) == kinds


@pytest.mark.parametrize(
    ("change", "instead", "said"),
    [
        ("topics: [X-*]", "titles: [Something]", "does not say what it is"),
        ("named: [X]", "named: []", "named"),
        ("id: one", "id: two", "'two' stands twice"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(
    tmp_path: Path, change: str, instead: str, said: str
) -> None:
    kind = (
        "  - {{id: {}, title: A kind, topics: [X-*], named: [X], roles: [coordinator],"
        " asks: a kind is for anybody, valid_from: 2021-01-01, source: https://europa.eu}}\n"
    )
    text = "kinds:\n" + kind.format("one") + kind.format("two")
    folder = written(tmp_path, text.replace(change, instead, 1))
    with pytest.raises(ConfigurationError, match=r"bottom_up\.yaml:\d+") as caught:
        open_kinds(folder)
    assert said in str(caught.value)
