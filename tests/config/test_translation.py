"""Words in a reader's language."""

import pytest

from config.translation import LANGUAGES, Said, best_language, say, say_kept, translations

HOSTILE = "{language.__class__} {0} %(x)s %d {"


def test_english_is_said_as_it_stands_in_the_code() -> None:
    assert say("en", "opens {day}", day="17 November 2026") == "opens 17 November 2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_value_is_never_read_as_a_form(language: str) -> None:
    assert HOSTILE in say(language, "opens {day}", day=HOSTILE)


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="no such language: 'sv'"):
        translations("sv")


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        ("nb-NO,nb;q=0.9,en;q=0.8", "nb"),
        ("no", "nb"),
        ("nn", "nb"),
        ("en;q=0.5, nb;q=0.4", "en"),
        ("de-DE, fr;q=0.9", "en"),
        ("de, nb;q=0.2, en;q=0.1", "nb"),
        ("", "en"),
        (";;q=,,q=x;q=1.2.3", "en"),
    ],
)
def test_a_browser_names_its_languages_in_the_order_of_its_wish(wishes: str, language: str) -> None:
    assert best_language(wishes) == language


@pytest.mark.parametrize(
    ("kind", "kept", "said"),
    [
        ("verdict", "the host is in a widening country", "verten er i et widening-land"),
        (
            "verdict",
            "the topic sets conditions of its own; read “Budget” on the portal",
            "utlysningen har egne vilkår; les «Budget» på portalen",
        ),
        ("rate", "70 %, lump sum", "70 %, engangsbeløp"),
        (
            "reason",
            "You named the career stage recognised researchers (R2) and established researchers"
            " (R3) and the action type ERC and ERC-STG; the award is for holders of an ERC grant"
            " who engage the public.",
            "Du har oppgitt karrieretrinnet anerkjente forskere (R2) og etablerte forskere (R3) og"
            " tiltakstypen ERC og ERC-STG; prisen er for innehavere av ERC-stipend som formidler"
            " til allmennheten.",
        ),
        (
            "against",
            "a project gets at most EUR 150,000; you want at least EUR 2.5 million",
            "et prosjekt får høyst 150\u00a0000 euro; dere vil ha minst 2,5 millioner euro",
        ),
        ("against", "names “yes”, which you exclude", "nevner «yes», som dere utelukker"),
    ],
)
def test_a_sentence_of_the_store_is_said_by_its_form(kind: str, kept: str, said: str) -> None:
    assert say_kept("nb", kind, kept) == Said(said, "nb")


@pytest.mark.parametrize("kept", ["only for friends of the house", HOSTILE, ""])
def test_what_nobody_translated_stays_english_and_is_known_to_be(kept: str) -> None:
    assert say_kept("nb", "verdict", kept) == Said(kept, "en")
