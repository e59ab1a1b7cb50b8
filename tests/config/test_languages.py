"""A text is in the language it is written in, and in none where that is unsure."""

# ruff: noqa: RUF001 - Greek and Cyrillic letters look like Latin ones

import pytest

from config.languages import LEAST_WORDS, language_name, language_of
from config.profiles import ProfileDocument, read_profiles
from config.settings import SHIPPED

TEXTS = {
    "en": "We study how floating structures behave in wind, waves and current, and how they can be"
    " built lighter without becoming less safe.",
    "nb": "Vi studerer hvordan flytende konstruksjoner oppfører seg i vind, bølger og strøm, og"
    " hvordan de kan bygges lettere uten å bli mindre sikre.",
    "nn": "Me studerer korleis flytande konstruksjonar ter seg i vind, bølgjer og straum, og"
    " korleis dei kan byggjast lettare utan å verte mindre trygge.",
    "da": "Vi undersøger, hvordan flydende konstruktioner opfører sig i vind, bølger og strøm, og"
    " hvordan de kan bygges lettere uden at blive mindre sikre.",
    "sv": "Vi undersöker hur flytande konstruktioner beter sig i vind, vågor och ström, och hur de"
    " kan byggas lättare utan att bli mindre säkra.",
    "de": "Wir untersuchen, wie sich schwimmende Bauwerke in Wind, Wellen und Strömung verhalten"
    " und wie sie leichter gebaut werden können, ohne weniger sicher zu sein.",
    "fr": "Nous étudions le comportement des structures flottantes dans le vent, les vagues et le"
    " courant, et la manière de les alléger sans les rendre moins sûres.",
    "es": "Estudiamos cómo se comportan las estructuras flotantes con el viento, las olas y la"
    " corriente, y cómo pueden construirse más ligeras sin ser menos seguras.",
    "fi": "Tutkimme, miten kelluvat rakenteet käyttäytyvät tuulessa, aallokossa ja virrassa, ja"
    " miten ne voidaan rakentaa kevyemmiksi ilman, että niiden turvallisuus kärsii.",
    "pl": "Badamy, jak konstrukcje pływające zachowują się na wietrze, falach i w prądzie oraz jak"
    " można je budować lżej, nie zmniejszając ich bezpieczeństwa.",
    "el": "Μελετάμε πώς συμπεριφέρονται οι πλωτές κατασκευές στον άνεμο, στα κύματα και στα"
    " ρεύματα, και πώς μπορούν να γίνουν ελαφρύτερες χωρίς να είναι λιγότερο ασφαλείς.",
    "uk": "Ми вивчаємо, як плавучі споруди поводяться під дією вітру, хвиль і течії, та як їх"
    " можна будувати легшими, не зменшуючи їхньої безпеки.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_has_the_language_it_is_written_in(code: str) -> None:
    assert language_of(TEXTS[code]) == code


@pytest.mark.parametrize("code", TEXTS)
def test_capital_letters_and_line_breaks_do_not_matter(code: str) -> None:
    assert language_of(TEXTS[code].upper().replace(" ", "\n")) == code


def test_a_short_text_has_none() -> None:
    assert language_of(" ".join(TEXTS["nb"].split()[: LEAST_WORDS - 1])) is None


def test_a_text_in_two_languages_has_none() -> None:
    assert language_of(TEXTS["nb"] * 3 + TEXTS["en"] * 3) is None


@pytest.mark.parametrize(
    "text",
    ["", " \n", "12 34 " * 20, "x " * 50, "\N{ROCKET} " * 50, "\ud800 " * 50, "\0 " * 50],
    ids=["empty", "blank", "numbers", "letters", "emoji", "surrogates", "nulls"],
)
def test_what_is_no_language_has_none(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize("document", read_profiles([SHIPPED / "profiles"], SHIPPED))
def test_the_shipped_profiles_are_in_english(document: ProfileDocument) -> None:
    assert language_of(document.text) == "en"


@pytest.mark.parametrize(
    ("code", "name"), [("en", "English"), ("nn", "Norwegian Nynorsk"), ("se", "Northern Sami")]
)
def test_a_language_has_a_name(code: str, name: str) -> None:
    assert language_name(code) == name
