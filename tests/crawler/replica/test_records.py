import gzip
import re
from pathlib import Path

import pytest

from crawler.replica import (
    read_records,
)
from tests.crawler.asking import record, save


def test_saved_answers_are_read_from_all_folders_zipped_or_not(tmp_path: Path) -> None:
    save(tmp_path / "monday" / "page-01.json.gz", record(1))
    save(tmp_path / "tuesday" / "page-01.json", record(2))
    (tmp_path / "meta.json").write_text("not JSON")
    (tmp_path / "facets.json").write_text('{"facets": []}')
    assert [r["reference"] for r in read_records(tmp_path)] == ["1TOPICSen", "2TOPICSen"]


def test_of_a_record_saved_twice_the_one_ingested_last_is_kept(tmp_path: Path) -> None:
    # 11:30 in Brussels is before 10:00 in London
    late = record(1, title="late", esDA_IngestDate="2026-05-02T10:00:00.000+0000")
    early = record(1, title="early", esDA_IngestDate="2026-05-02T11:30:00.000+0200")
    save(tmp_path / "a.json", late)
    save(tmp_path / "b.json", early)
    assert read_records(tmp_path) == [late]


def test_a_copy_in_another_datasource_is_another_record(tmp_path: Path) -> None:
    save(tmp_path / "a.json", record(1), record(1, DATASOURCE="SEDIA_PRD_CENTRICITY"))
    assert len(read_records(tmp_path)) == 2


def test_a_folder_without_answers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facets.json").write_text('{"facets": []}')
    with pytest.raises(ValueError, match="no saved search answers"):
        read_records(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"{"),
        ("a.json.gz", b"{}"),
        ("a.json.gz", gzip.compress(b'{"results": []}', mtime=0)[:-4]),
        ("a.json", b'{"results": [{"reference": "1"}]}'),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(name)):
        read_records(tmp_path)
