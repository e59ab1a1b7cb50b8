import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from config.deadlines import DeadlineRule
from crawler.portal import is_leftover, read_record
from crawler.records import FieldError
from store.models import Kind, OpenTo, Origin, Status

Record = dict[str, Any]
Topic = Callable[..., Record]
Rules = tuple[DeadlineRule, ...]


def test_every_sample_is_read(samples: list[Record], rules: Rules) -> None:
    collected = [read_record(record, rules) for record in samples]
    assert len({one.reference for one in collected}) == len(samples) >= 60
    assert all(one.title and one.url.startswith("https://") for one in collected)


def test_a_topic_is_known_by_its_reference_not_by_its_identifier(
    topic: Topic, rules: Rules
) -> None:
    record = topic()
    assert read_record(record, rules).reference == record["reference"]


def test_a_deadline_without_an_hour_gets_the_hour_of_its_rule(topic: Topic, rules: Rules) -> None:
    (cutoff,) = read_record(topic(), rules).cutoffs
    assert (cutoff.origin, cutoff.rule_id) == (Origin.RULE, "horizon-europe-17-brussels")
    assert cutoff.deadline.isoformat() == "2026-09-15T15:00:00+00:00"
    assert cutoff.day == date(2026, 9, 15)


def test_a_winter_deadline_ends_an_hour_later_in_utc(topic: Topic, rules: Rules) -> None:
    record = topic(deadlineDate=["2027-01-19T00:00:00.000+0000"])
    record["metadata"]["actions"] = [
        record["metadata"]["actions"][0].replace("2026-09-15", "2027-01-19")
    ]
    assert read_record(record, rules).cutoffs[0].deadline.isoformat() == "2027-01-19T16:00:00+00:00"


def test_a_deadline_that_no_rule_knows_is_the_end_of_its_day(topic: Topic) -> None:
    (cutoff,) = read_record(topic(), ()).cutoffs
    assert (cutoff.origin, cutoff.rule_id) == (Origin.UNKNOWN, None)
    assert cutoff.deadline.isoformat() == "2026-09-15T21:59:59+00:00"


def test_the_second_stage_is_for_invited_applicants(topic: Topic, rules: Rules) -> None:
    collected = read_record(topic("HORIZON-HLTH-2027-02-DISEASE-14-two-stage"), rules)
    assert [(c.stage, c.open_to) for c in collected.cutoffs] == [
        (1, OpenTo.ALL),
        (2, OpenTo.INVITED),
    ]


def test_every_cut_off_of_a_topic_with_several_is_open_to_all(topic: Topic, rules: Rules) -> None:
    collected = read_record(topic("ERC-2026-POC"), rules)
    assert len(collected.cutoffs) > 1
    assert {(c.stage, c.open_to) for c in collected.cutoffs} == {(None, OpenTo.ALL)}


def test_a_continuous_topic_has_its_model_though_the_index_leaves_it_empty(
    topic: Topic, rules: Rules
) -> None:
    record = topic("HORIZON-EIC-2026-ACCELERATOR-01")
    assert record["metadata"]["deadlineModel"] == []
    assert read_record(record, rules).deadline_model == "continuous"


def test_dates_that_contradict_each_other_are_refused(topic: Topic, rules: Rules) -> None:
    record = topic(deadlineDate=["2026-09-16T00:00:00.000+0000"])
    with pytest.raises(FieldError, match=r"2026-09-15.*2026-09-16"):
        read_record(record, rules)


def test_the_budget_is_the_topics_own_line(topic: Topic, rules: Rules) -> None:
    budget = read_record(topic(), rules).budget
    assert (budget.own_eur, budget.shared_eur, budget.shared_by) == (Decimal(93_000_000), None, 1)


def test_a_line_that_several_topics_share_is_nobodys_own(topic: Topic, rules: Rules) -> None:
    budget = read_record(topic("HORIZON-EIC-2026-PATHFINDERCHALLENGES-01-01"), rules).budget
    assert budget.own_eur is None
    assert budget.shared_eur is not None
    assert budget.shared_by == 3


def test_zero_means_not_stated(topic: Topic, rules: Rules) -> None:
    budget = read_record(topic("HORIZON-MSCA-2026-DN-01-01"), rules).budget
    assert budget.expected_grants is None
    assert budget.min_contribution_eur is None
    assert budget.max_contribution_eur is None


def test_several_actions_on_one_line_count_their_budget_once(topic: Topic, rules: Rules) -> None:
    collected = read_record(topic("HORIZON-MSCA-2026-DN-01-01"), rules)
    assert len(collected.action_types) == 3
    assert collected.budget.own_eur == Decimal(593_033_846)


def test_the_description_is_split_at_its_labels(topic: Topic, rules: Rules) -> None:
    sections = read_record(topic(), rules).sections
    assert [section.label for section in sections][:2] == ["Expected Outcome", "Scope"]
    assert all("<" not in section.text for section in sections)


def test_a_part_labelled_null_has_no_label(topic: Topic, rules: Rules) -> None:
    html = '<p class="topicdescriptionkind">null</p><div>Activities start at TRL 4.</div>'
    (section,) = read_record(topic(descriptionByte=[html]), rules).sections
    assert (section.label, section.text) == ("", "Activities start at TRL 4.")


def test_a_description_without_labels_is_one_part(topic: Topic, rules: Rules) -> None:
    (section,) = read_record(topic(descriptionByte=["<p>All in one.</p>"]), rules).sections
    assert (section.label, section.text) == ("", "All in one.")


def test_a_topic_without_description_is_kept(topic: Topic, rules: Rules) -> None:
    assert read_record(topic(descriptionByte=[]), rules).sections == ()


HOSTILE = (
    '<p class="topicdescriptionkind">Scope:</p><p onclick="steal()">text</p>'
    '<script>steal()</script><a href="javascript:steal()">link</a><img src=x onerror=steal()>'
    '<iframe src="//x"></iframe><style>p{}</style><svg/onload=steal()>'
)


def test_nothing_that_could_act_survives_in_html(topic: Topic, rules: Rules) -> None:
    (section,) = read_record(topic(descriptionByte=[HOSTILE]), rules).sections
    for sign in ("script", "onclick", "javascript:", "img", "iframe", "style", "svg", "steal"):
        assert sign not in section.html
    assert section.text.split() == ["text", "link"]


def test_titles_lose_doubled_blanks_and_invisible_characters(topic: Topic, rules: Rules) -> None:
    collected = read_record(topic(title=["\ufeffTwo  blanks\u00a0and\u200b more\u00a0"]), rules)
    assert collected.title == "Two blanks and more"


def test_nothing_that_steers_a_terminal_survives(topic: Topic, rules: Rules) -> None:
    record = topic(
        title=["A \x1b[31mred\x1b[0m\x07 title"],
        descriptionByte=["<p>\x1b]0;owned\x07text\u202e</p>"],
        tags=["\x9b2Jtag"],
    )
    collected = read_record(record, rules)
    assert collected.title == "A [31mred[0m title"
    assert collected.sections[0].text == "]0;ownedtext"
    assert collected.tags == ("2Jtag",)


def test_keywords_are_free_words_only(topic: Topic, rules: Rules) -> None:
    record = topic()
    ids = [record["metadata"]["identifier"][0], record["metadata"]["callIdentifier"][0]]
    record["metadata"]["keywords"] = [*ids, "wind", "wind", '["steel","grids"]']
    assert read_record(record, rules).keywords == ("wind", "steel", "grids")


def test_news_are_newest_first(topic: Topic, rules: Rules) -> None:
    news = [
        {"approvalDate": "", "lastChangeDate": f"2026-0{month}-01T10:00:00", "content": text}
        for month, text in ((2, "<p>older</p>"), (4, "<p>newer</p>"))
    ]
    collected = read_record(topic(latestInfos=[json.dumps(news)]), rules)
    assert [(item.day, item.text) for item in collected.news] == [
        ("2026-04-01", "newer"),
        ("2026-02-01", "older"),
    ]


def test_a_link_to_a_data_file_becomes_the_page_a_person_would_open(
    topic: Topic, rules: Rules
) -> None:
    collected = read_record(topic("HORIZON-CL4-2026-SPACE-03-61"), rules)
    assert "/data/" not in collected.url
    assert collected.url.endswith("/topic-details/HORIZON-CL4-2026-SPACE-03-61")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("status", ["31094509"], "status: unknown code '31094509'"),
        ("frameworkProgramme", ["1"], "unknown framework programme '1'"),
        ("type", ["6"], "unknown kind of record '6'"),
        ("title", [" \u00a0"], "title: is blank"),
        ("title", [], "title: one value expected"),
        ("actions", ["{"], "actions: no JSON"),
        ("actions", ['[{"types": 3}]'], r"actions\.0\.types"),
        ("budgetOverview", [], "budgetOverview: one value expected"),
        ("deadlineDate", ["soon"], "no timestamp: 'soon'"),
        ("deadlineDate", ["2026-09-15T17:00:00"], "states no zone"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_name_and_value(
    topic: Topic, rules: Rules, field: str, value: list[str], says: str
) -> None:
    with pytest.raises(FieldError, match=says):
        read_record(topic(**{field: value}), rules)


def test_a_record_without_reference_is_refused(topic: Topic, rules: Rules) -> None:
    record = topic()
    del record["reference"]
    with pytest.raises(FieldError, match="reference"):
        read_record(record, rules)


def test_a_link_that_runs_a_script_is_refused(topic: Topic, rules: Rules) -> None:
    with pytest.raises(FieldError, match="no web address"):
        read_record(topic() | {"url": "javascript:alert(1)"}, rules)


PROSPECT: Record = {
    "reference": "186571PROSPECTSEN",
    "url": "https://webgate.ec.europa.eu/prospect/external/publishedcalls.htm?callId=186571",
    "language": "en",
    "metadata": {
        "type": ["2"],
        "identifier": ["EuropeAid/186571/DD/ACT/ZA"],
        "callIdentifier": ["186571"],
        "title": ["A call of the external action"],
        "status": ["31094502"],
        "frameworkProgramme": ["111111"],
        "startDate": ["2026-04-24T10:00:01.000+0000"],
        "deadlineDate": ["2026-07-23T10:00:44.000+0000"],
        "budget": ["5164000"],
    },
}


def test_a_call_of_the_external_action_states_its_moment_to_the_second(
    rules: Rules,
) -> None:
    collected = read_record(PROSPECT, rules)
    (cutoff,) = collected.cutoffs
    assert collected.kind is Kind.PROPOSALS
    assert cutoff.origin is Origin.STATED
    assert cutoff.deadline.isoformat() == "2026-07-23T10:00:44+00:00"
    assert collected.budget.own_eur == Decimal(5_164_000)


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-5", "much"])
def test_a_budget_that_is_no_amount_is_refused(rules: Rules, amount: str) -> None:
    record = PROSPECT | {"metadata": PROSPECT["metadata"] | {"budget": [amount]}}
    with pytest.raises(FieldError, match="no amount"):
        read_record(record, rules)


def test_a_call_without_a_deadline_has_none(rules: Rules) -> None:
    metadata = {k: v for k, v in PROSPECT["metadata"].items() if k != "deadlineDate"}
    assert read_record(PROSPECT | {"metadata": metadata}, rules).cutoffs == ()


def test_an_old_record_without_content_is_a_leftover(topic: Topic) -> None:
    stale = topic(actions=[], descriptionByte=[], deadlineDate=["2027-01-26T17:00:00.000+0000"])
    stale["reference"] = "44774210ERASMUSECHECharter1645574400000"
    assert is_leftover(stale)
    assert not is_leftover(topic())
    assert not is_leftover(PROSPECT)


def test_the_same_content_in_another_order_is_the_same(topic: Topic, rules: Rules) -> None:
    one = topic(crossCuttingPriorities=["AI", "SSH"], tags=["a", "b"])
    other = topic(crossCuttingPriorities=["SSH", "AI"], tags=["b", "a"])
    assert read_record(one, rules).fields() == read_record(other, rules).fields()


def test_statuses_are_told_apart(topic: Topic, rules: Rules) -> None:
    codes = {"31094501": Status.FORTHCOMING, "31094502": Status.OPEN, "31094503": Status.CLOSED}
    for code, status in codes.items():
        assert read_record(topic(status=[code]), rules).status is status
