"""Sound corpora in many languages, scripts and styles are built and checked without a finding; unsound metadata is found."""

import hashlib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from signing import TINY, change, tiny_corpus

import corpus_tools
from corpus_tools.findings import CorpusError
from corpus_tools.license import license_problem

CONFIG = yaml.safe_load((TINY / "corpus.yaml").read_text("utf-8"))
LANGUAGES = ["en", "en-GB", "de-CH-1996", "fr", "pt-BR", "zh-Hans-CN", "zh-cmn-Hans", "sr-Latn", "es-419", "sl-rozaj-biske-1994"]
LANGUAGES += ["ja", "he", "ar-EG", "hi", "und", "mul", "x-private", "en-x-twain", "de-DE-u-co-phonebk", "tlh", "haw"]
MARKS = ["“ ”", "„ “", "„ ”", "« »", "» «", "” ”", "» »", '" "', "‘ ’", "‚ ‘", "‹ ›", "「 」", "『 』", "`` ''"]
WORDS = [
    "Haus",
    "l’été",
    "d'Anne",
    "boys’",
    "тень",
    "雨が",
    "下雨",
    "ירד",
    "هطل",
    "वर्षा",
    "e\u0301te\u0301",
    "👩‍👩‍👧",
    "ﬁn",
    "İ",
    "3,5",
    "C#",
    "50%",
]
ENDS = [".", "!", "?", "…", "。", " …", ";", ""]


@st.composite
def paragraphs(draw):
    """A paragraph with a stretch in quotation marks: (the text, the stretch, a word in it). Numbers make every word the only one."""
    words = [f"{draw(st.sampled_from(WORDS))}{number}x" for number in range(draw(st.integers(3, 8)))]
    first = draw(st.integers(0, len(words) - 2))
    last = draw(st.integers(first + 1, len(words) - 1))
    opening, closing = draw(st.sampled_from(MARKS)).split()
    inside = " ".join(words[first:last])
    quotation = f"{opening}{inside}{draw(st.sampled_from(['', '.', ',', '!']))}{closing}"
    text = " ".join([*words[:first], quotation, *words[last:]]) + draw(st.sampled_from(ENDS))
    return text, inside, words[first]


def annotated(number, text, inside, word):
    claims = [
        {"id": f"c{number}a", "content": inside, "cue": word, "quotation": "direct"},
        {"id": f"c{number}b", "content": text, "cue": word, "quotation": "mixed"},
        {"id": f"c{number}c", "content": text},
    ]
    return {"begins": text[:5], "mentions": [{"quote": word, "entity": "e"}, {"quote": inside, "entity": "f"}], "claims": claims}


def write_seeds(folder, source, texts, language, published, license_name):
    folder.mkdir(parents=True)
    (folder / "corpus.yaml").write_text(yaml.safe_dump(CONFIG | {"license": license_name}, allow_unicode=True), "utf-8")
    (folder / "d.txt").write_bytes(source)
    metadata = {"title": "Titel", "language": language, "rights": "free", "sha256": hashlib.sha256(source).hexdigest()}
    metadata |= {"published": published} if published else {}
    (folder / "d.meta.yaml").write_text(yaml.safe_dump(metadata), "utf-8")
    by_paragraph = {f"p{number}": annotated(number, *parts) for number, parts in enumerate(texts, 1)}
    entities = {"e": {"type": "PERSON"}, "f": {"type": "PLACE", "name": "F"}}
    annotations = {"document": "d", "annotator": "gold", "entities": entities, "paragraphs": by_paragraph}
    (folder / "d.gold.yaml").write_text(yaml.safe_dump(annotations, allow_unicode=True, width=10_000), "utf-8")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(paragraphs(), min_size=1, max_size=4),
    st.sampled_from(["\n\n", "\r\n\r\n", "\r\r", "\n \n\n", "\n\u3000\n"]),
    st.booleans(),
    st.sampled_from(LANGUAGES),
    st.none() | st.dates().map(lambda date: date.isoformat()[:10]) | st.sampled_from(["1999", "2000-12", "2024-02-29"]),
    st.sampled_from(
        ["CC-BY-4.0", "cc0-1.0", "MIT OR Apache-2.0", "LicenseRef-GUM", "GPL-2.0-or-later WITH Classpath-exception-2.0"]
    ),
)
def test_a_sound_corpus_gives_no_finding(tmp_path_factory, texts, gap, mark, language, published, license_name):
    folder = tmp_path_factory.mktemp("clean")
    source = gap.join(text for text, _, _ in texts) + gap
    write_seeds(folder / "seeds", ("\ufeff" * mark + source).encode(), texts, language, published, license_name)
    corpus_tools.build(folder / "seeds", folder / "corpus")
    assert corpus_tools.check(folder / "corpus", against=folder / "seeds") == []
    assert corpus_tools.check(folder / "corpus", read="parquet") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_well_formed_language_tag_gives_no_finding(tmp_path, language):
    tiny_corpus(tmp_path)
    change(tmp_path / "seeds", "a.meta.yaml", replace="language: en-GB", by=f"language: {language}")
    corpus_tools.build(tmp_path / "seeds", tmp_path / "corpus")


def findings_on(folder, file, old, new):
    tiny_corpus(folder)
    change(folder / "seeds", file, replace=old, by=new)
    with pytest.raises(CorpusError) as error:
        corpus_tools.build(folder / "seeds", folder / "corpus")
    return [(finding.rule, finding.nearest) for finding in error.value.findings]


@pytest.mark.parametrize(
    "tag, nearest",
    [
        *[("EN", "en"), ("en-gb", "en-GB"), ("zh-hans", "zh-Hans"), ("zh-HANT-tw", "zh-Hant-TW"), ("en-X-Twain", "en-x-twain")],
        *[("de-ab12", ""), ("en-GB-US", ""), ("en-x", ""), ("abcd-efg", ""), ("DE-de-U-CO-phonebk", "de-DE-u-co-phonebk")],
    ],
)
def test_a_language_tag_in_another_case_or_form_is_found(tmp_path, tag, nearest):
    expected = ("language-tag", f'"{nearest}"' if nearest else "")
    assert findings_on(tmp_path, "a.meta.yaml", "language: en-GB", f"language: {tag}") == [expected]


@pytest.mark.parametrize("date", ["2021-02-29", "0000", "0000-01-01", "2023-04-31"])
def test_a_date_that_is_not_in_the_calendar_is_found(tmp_path, date):
    assert findings_on(tmp_path, "a.meta.yaml", "2020-02-29", f"'{date}'") == [("date-real", "")]


@pytest.mark.parametrize(
    "name, nearest",
    [
        ("CC BY 4.0", '"CC-BY-4.0"'),
        ("other", ""),
        ("CC-BY", ""),
        ("MIT AND", ""),
        ("(MIT", ""),
        ("free to use", ""),
        ("\ud800", ""),
        ("((", ""),
    ],
)
def test_a_licence_that_no_register_has_is_found(name, nearest):
    problem = license_problem(name)
    assert problem is not None
    assert problem[2] == nearest


def test_a_title_may_run_over_several_paragraphs(tmp_path):
    tiny_corpus(tmp_path)
    change(tmp_path / "seeds", "a.meta.yaml", replace="rights: Free.", by="rights: Free.\nroles: {p2: title}")
    corpus_tools.build(tmp_path / "seeds", tmp_path / "corpus")
    assert corpus_tools.check(tmp_path / "corpus") == []
