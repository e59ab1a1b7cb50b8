"""Words of a template that are said when it is compiled."""

from pathlib import Path

import pytest

from config.templates import html_templates, text_templates


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ('{{ _("Search") }}', "Søk"),
        ('{{ _("Search") ~ "<b>" }}', "Søk&lt;b&gt;"),
        ("{% trans %}Search{% endtrans %}", "Søk"),
        (
            "{% trans n=2 %}{{ n }} topic{% pluralize %}{{ n }} topics{% endtrans %}",
            "2 utlysninger",
        ),
        ("{% for word in [_('Search')] %}{{ word|upper }}{% endfor %}", "SØK"),
    ],
)
def test_words_are_said_in_the_language_of_the_reader(
    tmp_path: Path, template: str, said: str
) -> None:
    (tmp_path / "page.html").write_text(template)
    assert html_templates(tmp_path, "nb").get_template("page.html").render() == said


def test_plain_text_is_not_escaped(tmp_path: Path) -> None:
    (tmp_path / "mail.txt").write_text('{{ _("Search") }} <{{ address }}>')
    page = text_templates(tmp_path, "en").get_template("mail.txt")
    assert page.render(address="a@b.example") == "Search <a@b.example>"
