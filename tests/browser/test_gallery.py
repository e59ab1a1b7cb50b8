"""The pictures of the docs: there is one of each page, and none is heavy."""

import pytest

from tests.browser.gallery import GALLERY, PICTURES, gallery, picture, pictured
from tests.browser.sights import SIGHTS, Sight

HEAVIEST_BYTES = 150_000


def test_the_page_of_pictures_shows_what_is_pictured() -> None:
    assert GALLERY.read_text("utf-8") == gallery(SIGHTS), "run: make pictures"


def test_no_picture_is_left_of_a_page_that_is_gone() -> None:
    assert set(PICTURES.iterdir()) == set(map(picture, pictured(SIGHTS))), "run: make pictures"


@pytest.mark.parametrize("sight", list(pictured(SIGHTS)), ids=lambda sight: sight.name)
def test_a_picture_is_small(sight: Sight) -> None:
    assert picture(sight).stat().st_size < HEAVIEST_BYTES
