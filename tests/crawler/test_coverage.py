from crawler.coverage import Coverage


def read(coverage: Coverage, pages: list[tuple[int, list[str]]]) -> list[int | None]:
    """Take ``pages`` of one scan in order; return the page asked for after each."""
    following = []
    for number, (total, keys) in enumerate(pages, start=1):
        coverage.take(total, keys, outside=0)
        following.append(coverage.page_after(number))
    return following


def test_a_scan_that_brings_what_was_announced_is_complete() -> None:
    coverage = Coverage(page_size=2, rescans=2)
    assert read(coverage, [(3, ["a", "b"]), (3, ["c"])]) == [2, None]
    assert coverage.complete
    assert coverage.problems() == []


def test_an_empty_source_is_complete() -> None:
    coverage = Coverage(2, 2)
    assert read(coverage, [(0, [])]) == [None]
    assert coverage.complete


def test_a_repeated_row_means_another_scan() -> None:
    coverage = Coverage(2, 1)
    assert read(coverage, [(4, ["a", "b"]), (4, ["b", "c"])]) == [2, 1]
    assert not coverage.complete
    assert read(coverage, [(4, ["a", "b"]), (4, ["c", "d"])]) == [2, None]
    assert coverage.complete


def test_rows_are_collected_over_all_scans() -> None:
    coverage = Coverage(2, 1)
    read(coverage, [(3, ["a", "b"]), (3, ["b"])])
    read(coverage, [(3, ["c", "a"]), (3, ["a"])])
    assert coverage.complete
    assert coverage.collected == {"a", "b", "c"}


def test_scans_end_at_the_limit_and_the_run_is_incomplete() -> None:
    coverage = Coverage(2, 1)
    read(coverage, [(3, ["a", "b"]), (3, ["b"])])
    assert read(coverage, [(3, ["a", "b"]), (3, ["b"])]) == [2, None]
    assert not coverage.complete
    assert coverage.problems() == ["3 announced, 2 distinct collected in 2 scans"]


def test_a_total_that_changes_between_pages_is_not_believed() -> None:
    coverage = Coverage(2, 0)
    read(coverage, [(3, ["a", "b"]), (4, ["c"])])
    assert not coverage.complete
    assert coverage.problems()[0].startswith("the announced total changed")


def test_a_larger_total_on_a_later_page_brings_more_pages() -> None:
    coverage = Coverage(2, 0)
    coverage.take(2, ["a", "b"], 0)
    assert coverage.page_after(1) is None
    other = Coverage(2, 0)
    other.take(3, ["a", "b"], 0)
    other.take(6, ["c", "d"], 0)
    assert other.page_after(2) == 3


def test_rows_that_were_not_asked_for_make_a_run_incomplete() -> None:
    coverage = Coverage(2, 0)
    coverage.take(1, ["a"], outside=1)
    assert not coverage.complete


def test_a_failed_page_does_not_end_the_scan() -> None:
    coverage = Coverage(2, 0)
    coverage.take(5, ["a", "b"], 0)
    coverage.fail(2, "HTTP 500")
    assert coverage.page_after(2) == 3
    coverage.take(5, ["e"], 0)
    assert coverage.page_after(3) is None
    assert coverage.problems() == [
        "page 2: HTTP 500",
        "5 announced, 3 distinct collected in 1 scan",
    ]


def test_a_first_page_that_fails_ends_the_run() -> None:
    coverage = Coverage(2, 2)
    coverage.fail(1, "HTTP 500")
    assert coverage.page_after(1) is None
    assert not coverage.complete
    assert coverage.problems() == ["page 1: HTTP 500"]


def test_only_rows_new_to_the_run_are_handed_on() -> None:
    coverage = Coverage(2, 1)
    assert coverage.take(3, ["a", "b"], 0) == {"a", "b"}
    assert coverage.take(3, ["b"], 0) == set()


def test_pages_of_two_servers_prove_nothing_even_when_the_numbers_fit() -> None:
    coverage = Coverage(2, 1)
    coverage.take(4, ["a", "b"], 0, "2.148")
    coverage.take(4, ["c", "e"], 0, "2.146")  # the other one has moved by a row
    assert not coverage.complete
    assert coverage.page_after(2) == 1
    coverage.take(4, ["a", "b"], 0, "2.148")
    coverage.take(4, ["c", "d"], 0, "2.148")
    assert coverage.complete


def test_one_scan_that_repeats_rows_is_no_proof() -> None:
    coverage = Coverage(2, 1)
    coverage.take(3, ["a", "b"], 0)
    coverage.take(3, ["b", "c"], 0)
    assert not coverage.complete
    assert coverage.page_after(2) == 1


def test_a_total_beyond_what_can_be_paged_ends_the_scan() -> None:
    coverage = Coverage(100, 1)
    coverage.take(185_453, [str(number) for number in range(100)], 0)
    assert coverage.page_after(1) == 1
    coverage.take(185_453, [str(number) for number in range(100)], 0)
    assert coverage.page_after(1) is None
    assert "at most 10000 can be paged through" in " ".join(coverage.problems())


def test_an_empty_page_ends_the_scan() -> None:
    coverage = Coverage(100, 0)
    coverage.take(5_000, [str(number) for number in range(100)], 0)
    assert coverage.page_after(1) == 2
    coverage.take(5_000, [], 0)
    assert coverage.page_after(2) is None
    assert not coverage.complete
