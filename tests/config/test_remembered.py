"""The tag by which a template says the same words once."""

from collections import Counter

from jinja2 import DictLoader, Environment

from config.remembered import Remembered


def environment(source: str) -> Environment:
    loader = DictLoader({"mail": source})
    return Environment(loader=loader, extensions=[Remembered], autoescape=True)


def test_equal_values_are_rendered_once_and_others_on_their_own() -> None:
    asked: Counter[str] = Counter()
    source = "{% remembered word %}-{{ shown(word) }}-{% endremembered %}"
    template = environment(source).get_template("mail")

    def shown(word: str) -> str:
        asked[word] += 1
        return word.upper()

    words = [template.render(word=word, shown=shown) for word in ("one", "two", "one")]
    assert words == ["-ONE-", "-TWO-", "-ONE-"]
    assert asked == {"one": 1, "two": 1}


def test_two_places_of_a_template_do_not_mix() -> None:
    source = "{% remembered x %}a{% endremembered %}\n{% remembered x %}b{% endremembered %}"
    assert environment(source).get_template("mail").render(x=1) == "a\nb"


def test_values_stay_escaped_and_markup_stays_markup() -> None:
    source = "{% remembered x %}<p>{{ x }}</p>{% endremembered %}"
    template = environment(source).get_template("mail")
    assert [template.render(x="<b>") for _ in range(2)] == ["<p>&lt;b&gt;</p>"] * 2
