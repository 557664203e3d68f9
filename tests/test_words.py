"""Every text that a person may read is there in Chinese and in English."""

import string

import pytest

from canglian.web.words import LANGUAGES, preferred, translated
from tests import words


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_lacks_a_translation(language: str) -> None:
    assert words.missing(language) == []


def test_a_translation_names_the_same_fields() -> None:
    for text in words.in_errors():
        named = {field for _, field, _, _ in string.Formatter().parse(text) if field}
        fields = {field for _, field, _, _ in string.Formatter().parse(translated(text, "zh")) if field}
        assert fields <= named, text


def test_no_sentence_shows_a_value_as_python_writes_it() -> None:
    for text in words.in_errors():
        for written in (text, translated(text, "zh"), translated(text, "en")):
            assert [how for _, _, _, how in string.Formatter().parse(written) if how] == [], text


def test_the_language_of_a_browser_is_followed_and_chinese_else() -> None:
    assert preferred("en-US,en;q=0.9") == "en"
    assert preferred("fr-FR,zh-CN;q=0.8") == "zh"
    assert preferred("fr") == "zh"
    assert preferred(None) == "zh"
