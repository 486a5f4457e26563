"""Texts in many languages: which one is shown to whom."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sopflow.model import Text, is_language

MANY = Text({"en": "Free?", "zh": "免费吗"})


@pytest.mark.parametrize(
    ("written", "lang", "fallback", "shown"),
    [
        ({"en": "Free?", "zh": "免费吗"}, "en", (), "Free?"),
        ({"en": "Free?", "zh": "免费吗"}, "zh-Hans", (), "免费吗"),
        ({"en": "Free?", "zh": "免费吗"}, "zh-Hant-TW", (), "免费吗"),
        ({"en": "Free?", "zh-Hans": "免费吗"}, "zh", (), "免费吗"),
        ({"en": "Free?", "zh-Hans": "免费吗", "zh-Hant": "免費嗎"}, "zh-Hant-TW", (), "免費嗎"),
        ({"en": "Free?", "zh": "免费吗"}, "EN-gb", (), "Free?"),
        ({"en": "Free?", "zh": "免费吗"}, "ja", ("zh", "en"), "免费吗"),
        ({"en": "Free?", "zh": "免费吗"}, "ja", (), "Free?"),
        ("Free?", "ja", ("zh",), "Free?"),
    ],
)
def test_the_nearest_language_is_shown(written, lang, fallback, shown):
    """The language itself, a more general one, a more special one, the fall-backs in their order, else the first."""
    assert Text(written).get(lang, fallback) == shown


def test_a_text_is_dumped_as_written():
    """A plain string stays one; a map keeps its tags, its order and its `x-` keys, which are no languages."""
    assert Text("Free?").written == "Free?"
    assert Text({"zh": "免费吗", "x-by": "li"}).written == {"zh": "免费吗", "x-by": "li"}
    assert Text({"zh": "免费吗", "x-by": "li"}).languages == ("zh",)
    assert Text("Free?").languages == ()


def test_texts_are_values():
    """Equal texts are equal, whatever the order of their languages; they can be pickled and be keys."""
    assert Text({"zh": "免费吗", "en": "Free?"}) == MANY
    assert len({MANY, Text({"zh": "免费吗", "en": "Free?"}), Text("Free?")}) == 2
    assert pickle.loads(pickle.dumps(MANY)) == MANY
    assert Text("Free?") != "Free?"


@pytest.mark.parametrize("tag", ["en", "zh", "zh-Hant", "zh-Hant-TW", "pt-BR", "es-419", "yue", "de-CH-1996"])
def test_language_tags_are_known(tag):
    """Tags of BCP 47 with a language of ISO 639 are languages."""
    assert is_language(tag)


@pytest.mark.parametrize("tag", ["cn", "jp", "qq", "english", "e", "", "en_GB", "zh-", 5, None])
def test_other_words_are_no_languages(tag):
    """Country codes, words and other notations are not."""
    assert not is_language(tag)


@given(st.dictionaries(st.sampled_from(["en", "zh", "zh-Hant", "ja"]), st.text(min_size=1), min_size=1), st.text())
def test_something_is_always_shown(texts, lang):
    """Whatever is asked for, one of the texts is shown."""
    assert Text(texts).get(lang) in texts.values()
