"""One document: source, metadata and annotations become its records."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_seeds import SOURCE, bundle, compile_small, config, metadata_text, problems, read

from corpus_tools import sentences
from corpus_tools.compiler import compile_document
from corpus_tools.records import Claim, Edit, Entity, Fragment, Mention, Paragraph, Relation
from corpus_tools.rules import Bundle, tables_of
from corpus_tools.seeds import Seed, read_config, read_seed, scan
from corpus_tools.text import SourceMap, undo_edits

TOP = Path(__file__).parents[1]


def corrections(*lines: str) -> str:
    """Metadata with corrections; the first is in line 6."""
    return "corrections:\n" + "".join(f"  - {line}\n" for line in lines)


def blocks(made: Bundle) -> list[str]:
    """The paragraphs as their offsets show them; they must be what the records say."""
    text = made.document.text or ""
    assert [paragraph.text for paragraph in made.paragraphs] == [text[p.start : p.end] for p in made.paragraphs]
    assert "\n\n".join(paragraph.text for paragraph in made.paragraphs) == text
    return [paragraph.text for paragraph in made.paragraphs]


# ------------------------------------------------------------------------------------------------------- corrections


def test_corrections_in_several_paragraphs_move_the_blocks_behind_them():
    made = bundle(
        source="Iranianbacked men.\n\nA warravaged land.\n\nThe end.\n",
        metadata=corrections(
            "{quote: warravaged, replacement: war-ravaged, reason: lost_hyphen}",
            "{quote: Iranianbacked, replacement: Iranian-backed, reason: lost_hyphen}",
        ),
    )
    assert blocks(made) == ["Iranian-backed men.", "A war-ravaged land.", "The end."]
    assert [(p.start, p.end) for p in made.paragraphs] == [(0, 19), (21, 40), (42, 50)]
    # An edit holds only what changes: both halves of the word keep their bytes.
    assert made.document.edits == [
        Edit(7, 7, "", "-", "lost_hyphen"),
        Edit(25, 25, "", "-", "lost_hyphen"),
        Edit(48, 49, "\n", "", "whitespace"),
    ]


def test_a_correction_across_markup_becomes_one_edit_with_it():
    source = "## **Bad** tilte &amp; more\n\nText.\n"
    made = bundle(
        source=source,
        media_type="text/markdown",
        metadata=corrections(
            "{quote: Bad tilte, replacement: A title, reason: typo}", "{quote: '& more', replacement: and so on, reason: typo}"
        ),
    )
    assert blocks(made) == ["A title and so on", "Text."]
    assert [paragraph.kind for paragraph in made.paragraphs] == ["heading", "paragraph"]
    assert undo_edits(made.document.text, made.document.edits) == source.encode()
    assert [edit.reason for edit in made.document.edits] == ["markup", "typo", "typo", "whitespace"]
    start, end = SourceMap(made.document.text, made.document.edits).to_source(0, len("A title"))
    assert source.encode()[start:end] == b"Bad** tilte"


def test_a_correction_may_take_words_away_but_not_all_of_a_paragraph():
    made = bundle(metadata=corrections("{quote: ' Ada ate.', replacement: '', reason: twice}"))
    assert blocks(made) == ["The head said that Ada met Bob.", 'Ada went. "Bob" said no.']
    text = corrections(
        "{quote: Ada went. Ada ate., replacement: '', reason: x}",
        "{quote: '\"Bob\" said no.', replacement: ' ', reason: x}",
        "{quote: head, replacement: chief, reason: x}",
    )
    made, findings = compile_small(metadata=text)
    assert [str(finding) for finding in findings] == [
        "d.meta.yaml:6:5: correction-place: a correction that leaves nothing of its paragraph;"
        " expected words that stay; roles can say that it is boilerplate"
    ]
    assert blocks(made)[0] == "The chief said that Ada met Bob."


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ("{quote: Ada, nth: 2, replacement: Eda, reason: x}", "The head said that Ada met Bob. / Eda went. Ada ate."),
        ("{quote: Ada, in: Ada ate, replacement: Eda, reason: x}", "The head said that Ada met Bob. / Ada went. Eda ate."),
        ("{quote: he, in: head, replacement: He, reason: x}", "The Head said that Ada met Bob. / Ada went. Ada ate."),
        ("{quote: ' ate', replacement: ', ate', reason: x}", "The head said that Ada met Bob. / Ada went. Ada, ate."),
    ],
)
def test_in_and_nth_tell_which_words_of_the_document_a_correction_means(written, changed):
    made = bundle(source="The head said that Ada met Bob.\n\nAda went. Ada ate.\n", metadata=corrections(written))
    assert " / ".join(blocks(made)) == changed


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (
            "{quote: met Bpb, replacement: x, reason: x}",
            'quote-missing: "met Bpb" is not there; expected words of the text; nearest: "met Bob"',
        ),
        (
            "{quote: Ada, in: Ada, replacement: x, reason: x}",
            'quote-context: the context "Ada" stands there 3 times; expected a longer context, that stands there once'
            ' (1: "he head said that [Ada] met Bob. Ada wen", 2: "hat Ada met Bob. [Ada] went. Ada ate. "B",'
            ' 3: "t Bob. Ada went. [Ada] ate. "Bob" said n")',
        ),
        (
            "{quote: Bob. Ada, replacement: x, reason: x}",
            "correction-place: a quote that runs over the border of a paragraph; expected one inside a paragraph",
        ),
        ("{quote: met, replacement: met, reason: x}", "correction-place: a replacement that changes nothing; expected other words"),
    ],
)
def test_a_correction_that_cannot_be_made_is_told_at_its_line(written, problem):
    text = corrections(written, "{quote: went, replacement: came, reason: x}")
    made, findings = compile_small(metadata=text)
    assert [str(finding) for finding in findings] == [f"d.meta.yaml:6:5: {problem}"]
    assert blocks(made)[1].startswith("Ada came.")  # the others are made


def test_corrections_of_the_same_words_are_told_with_both_lines():
    text = corrections(
        "{quote: met Bob, replacement: x, reason: x}",
        "{quote: Ada met, replacement: y, reason: x}",
        "{quote: Bob., replacement: z, reason: x}",
        "{quote: Ada went, replacement: Eda went, reason: x}",
        "{quote: Ada went, replacement: Oda went, reason: x}",
    )
    assert problems(metadata=text) == [
        "d.meta.yaml:6:5: correction-place: a correction of words that the one in line 7 changes; expected one correction of both",
        "d.meta.yaml:10:5: correction-place: a correction of words that the one in line 9 changes; expected one correction of both",
    ]


def test_corrections_may_touch():
    made = bundle(metadata=corrections("{quote: Ada met, replacement: A, reason: x}", "{quote: ' Bob', replacement: B, reason: x}"))
    assert blocks(made)[0] == "The head said that AB."


def test_a_quote_of_corrected_words_is_no_second_finding_when_the_correction_is_broken():
    annotations = (
        "paragraphs:\n"
        "  p1:\n"
        "    begins: The chief\n"
        "    claims:\n"
        "      - content: The chief said\n"
        "      - content: Ada mte\n"
        "  p2:\n"
        "    claims:\n"
        "      - content: the chief of Ada\n"
        "      - content: wnet\n"
    )
    assert not problems(
        metadata=corrections("{quote: head, replacement: chief, reason: x}"), a="paragraphs:\n  p1:\n    begins: The chief\n"
    )
    found = problems(metadata=corrections("{quote: haed, replacement: chief, reason: x}"), a=annotations)
    assert [problem.split(";")[0] for problem in found] == [
        'd.meta.yaml:6:5: quote-missing: "haed" is not there',
        'd.a.yaml:12:9: quote-missing: "wnet" is not there',
    ]


def test_a_quote_of_corrected_words_is_a_finding_when_the_correction_was_made():
    found = problems(
        metadata=corrections("{quote: head, replacement: chief, reason: x}"),
        a="paragraphs:\n  p1:\n    claims:\n      - content: chief of Ada\n",
    )
    assert [problem.split(";")[0] for problem in found] == ['d.a.yaml:6:9: quote-missing: "chief of Ada" is not there']


WORDS = st.lists(st.sampled_from(["Ada", "é", "a😀b", "went", "x"]), min_size=1, max_size=6)


@given(st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_corrected_text_is_the_text_with_the_words_replaced_and_leads_back_to_the_source(paragraphs, data):
    words = [word for paragraph in paragraphs for word in paragraph]
    chosen = data.draw(st.lists(st.integers(0, len(words) - 1), unique=True, max_size=4))
    new = {index: data.draw(st.sampled_from(["Eda", "Ada", "ab", "é é"])) for index in chosen}
    new = {index: word for index, word in new.items() if word != words[index]}
    lines = [
        f"{{quote: {words[index]}, nth: {words[: index + 1].count(words[index])}, replacement: {word}, reason: r{index}}}"
        for index, word in new.items()
    ]
    source = "\n\n".join(" ".join(paragraph) for paragraph in paragraphs) + "\n"
    made = bundle(source=source, metadata=corrections(*lines) if lines else "")
    replaced = [new.get(index, word) for index, word in enumerate(words)]
    expected = [" ".join(replaced.pop(0) for _ in paragraph) for paragraph in paragraphs]
    assert blocks(made) == expected
    assert undo_edits(made.document.text, made.document.edits) == source.encode()


# ----------------------------------------------------------------------------------------------------- the document


def test_a_document_has_what_is_known_of_it():
    made = bundle(metadata="authors: [Ada, NO]\npublished: 1984\nurl: https://example.org/a\nsplit: dev\n").document
    digest = hashlib.sha256(SOURCE.encode()).hexdigest()
    assert (made.doc_id, made.title, made.language, made.rights) == ("d", "T", "en", "None.")
    assert (made.authors, made.publisher, made.published) == (["Ada", "NO"], None, "1984")
    assert (made.url, made.split, made.text_status) == ("https://example.org/a", "dev", "included")
    assert (made.source.file, made.source.media_type, made.source.bytes) == ("d.txt", "text/plain", len(SOURCE))
    assert made.source.sha256 == digest
    assert made.text == SOURCE.rstrip("\n")
    assert made.text_sha256 == hashlib.sha256(made.text.encode()).hexdigest()


def test_what_the_metadata_leaves_out_has_its_default():
    made = bundle().document
    assert (made.authors, made.publisher, made.published, made.url, made.split) == ([], None, None, None, "train")


@pytest.mark.parametrize("source", ["", "\n", " \n\n\t\n", "\ufeff"])
def test_a_source_without_words_is_a_document_without_paragraphs(source):
    made = bundle(source=source)
    assert (made.document.text, made.paragraphs) == ("", [])
    assert undo_edits("", made.document.edits) == source.encode()


def test_a_source_that_is_no_utf_8_is_told_with_the_byte():
    data = b"Ada\nw\xffnt"
    metadata, _ = read(metadata_text(data), "d.meta.yaml", "metadata")
    compiled = compile_document(Seed("d", "seeds/d.txt", "d.txt", data, "text/plain", metadata, ()), {})
    assert compiled.bundle is None
    assert [str(finding) for finding in compiled.findings] == [
        "seeds/d.txt: source-utf8: byte 0xff at offset 5 is not UTF-8; expected UTF-8"
    ]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            "roles: {p1: title, p3: title}\n",
            "d.meta.yaml:5:20 p3: paragraph-roles: a second title apart from p1; expected one title",
        ),
        (
            "published: 2017-02-30\n",
            'd.meta.yaml:5:1: date-real: the date "2017-02-30"; expected a day of the calendar',
        ),
    ],
)
def test_what_is_wrong_with_the_document_is_told_at_its_line_of_the_metadata(more, problem):
    assert problems(source="One.\n\nTwo.\n\nThree.\n", metadata=more) == [problem]


def test_a_language_in_an_unusual_case_is_told_at_its_line():
    data = SOURCE.encode()
    metadata, _ = read(metadata_text(data).replace("language: en", "language: EN-us"), "d.meta.yaml", "metadata")
    compiled = compile_document(Seed("d", "d.txt", "d.txt", data, "text/plain", metadata, ()), config())
    assert [str(f) for f in compiled.findings] == [
        'd.meta.yaml:2:1: language-tag: "EN-us"; expected a BCP 47 tag in its usual case; nearest: "en-US"'
    ]


# ----------------------------------------------------------------------------------------------------- paragraphs

ARTICLE = "# Title\n\n## Ada, Sunday\n\nText.\n\n- item\n\n> quote\n"


def roles(made: Bundle) -> list[tuple[str, str, str]]:
    return [(paragraph.paragraph_id, paragraph.kind, paragraph.role) for paragraph in made.paragraphs]


def test_the_first_heading_is_the_title_and_the_rest_is_body():
    assert roles(bundle(source=ARTICLE, media_type="text/markdown")) == [
        ("p1", "heading", "title"),
        ("p2", "heading", "body"),
        ("p3", "paragraph", "body"),
        ("p4", "list_item", "body"),
        ("p5", "quote", "body"),
    ]
    assert roles(bundle()) == [("p1", "paragraph", "body"), ("p2", "paragraph", "body")]


def test_the_metadata_says_other_roles():
    made = bundle(source=ARTICLE, media_type="text/markdown", metadata="roles: {p2: byline, p1: body, p5: boilerplate}\n")
    assert [role for _, _, role in roles(made)] == ["body", "byline", "body", "body", "boilerplate"]


def test_a_role_or_sentences_of_a_paragraph_that_is_not_there_are_told():
    assert sorted(problems(metadata="roles:\n  p3: body\n  p9: body\nsentence_starts:\n  p4: [Ada]\n")) == [
        "d.meta.yaml:6:3: paragraph-unknown: p3; expected p1 to p2",
        "d.meta.yaml:7:3: paragraph-unknown: p9; expected p1 to p2",
        "d.meta.yaml:9:3: paragraph-unknown: p4; expected p1 to p2",
    ]
    assert problems(source="", metadata="roles: {p1: body}\n") == [
        "d.meta.yaml:5:9: paragraph-unknown: p1; expected none: the document has no paragraphs"
    ]


# ----------------------------------------------------------------------------------------------------- sentences


def sentence_texts(made: Bundle, index: int) -> list[str]:
    return [made.document.text[s.start : s.end] for s in made.paragraphs[index].sentences]


def test_sentences_are_those_of_the_splitter():
    made = bundle(source="He met Mr. Smith.\n\n“Why?” she asked.  Ada\nwent.\n")
    assert sentence_texts(made, 0) == ["He met Mr. Smith."]
    assert sentence_texts(made, 1) == ["“Why?” she asked.", "Ada\nwent."]


def test_the_metadata_says_where_sentences_begin_where_the_splitter_is_wrong():
    made = bundle(metadata="sentence_starts:\n  p2: [Ada went, '\"Bob\"']\n  p1: [The, {quote: Ada, in: Ada met}, Bob]\n")
    assert sentence_texts(made, 0) == ["The head said that", "Ada met", "Bob."]
    assert sentence_texts(made, 1) == ["Ada went. Ada ate.", '"Bob" said no.']


def test_programs_say_at_which_offset_a_sentence_begins():
    made = bundle(metadata="sentence_starts: {p1: [{quote: The, at: 0}, {quote: Ada, at: 19}, {quote: Bob, at: 27}]}\n")
    assert sentence_texts(made, 0) == ["The head said that", "Ada met", "Bob."]


def test_the_first_words_of_sentences_are_sought_in_the_corrected_text():
    made = bundle(metadata="sentence_starts: {p1: [The, Eda]}\n" + corrections("{quote: Ada, nth: 1, replacement: Eda, reason: x}"))
    assert sentence_texts(made, 0) == ["The head said that", "Eda met Bob."]


@pytest.mark.parametrize(
    ("starts", "problem"),
    [
        (
            "[head, Ada]",
            '5:24: paragraph-begins: p1 begins "The head said that Ada met Bob."; expected its first words as the first quote',
        ),
        ("[The, Adda]", '5:29: quote-missing: "Adda" is not there; expected words of the text; nearest: "Ada"'),
        (
            "[The, Bob, Ada]",
            '5:34: span-order: "Ada" begins before the quote above it ends; expected quotes in the order of the text, apart',
        ),
        (
            "[The, {quote: e, nth: 7}]",
            '5:29: quote-missing: occurrence 7 of "e"; expected 1 to 3; nearest: "ad said that Ada m[e]t Bob."',
        ),
        (
            "[The, {quote: Ada, at: 18}]",
            '5:29: span-text: " Ad" at 18-21; expected "Ada"; nearest: "Ada" at 19-22',
        ),
        (
            "[{quote: The, at: 0}, {quote: that, at: 1}]",
            '5:45: span-text: "he h" at 1-5; expected "that"; nearest: "that" at 14-18',
        ),
        (
            "[The, {quote: Bob., at: 99}]",
            '5:29: span-text: "" at 99-103, past the end of the text (31); expected "Bob."; nearest: "Bob." at 27-31',
        ),
    ],
)
def test_first_words_that_are_not_there_are_told(starts, problem):
    assert problems(metadata=f"sentence_starts: {{p1: {starts}}}\n") == [f"d.meta.yaml:{problem}"]


@given(st.text(max_size=60), st.sampled_from(["en", "de", "zh", "xx", "pt-BR"]))
def test_sentences_cover_all_but_white_space_in_order(text, language):
    position = 0
    for start, end in sentences.split(text, language):
        assert start >= position
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip() != ""
        position = end
    assert not text[position:].strip()


def test_the_rules_of_the_splitter_are_those_of_the_language_whatever_its_region():
    text = "A b. C d."
    assert len(sentences.split(text, "en")) == 1
    assert sentences.split(text, "PT-br") == sentences.split(text, "pt") == [(0, 4), (5, 9)]


@given(st.text("a. \n", max_size=20), st.lists(st.integers(0, 20), max_size=5))
def test_a_text_is_cut_at_every_start(text, starts):
    starts = [start for start in starts if start < len(text) and not text[start].isspace()]
    spans = sentences.cut(text, starts)
    assert set(starts) <= {start for start, _ in spans}
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


# ----------------------------------------------------------------------------------------------------- annotators


def test_records_of_several_annotators_stand_by_annotator_and_then_in_the_order_of_the_text():
    text = (
        "entities: {z: {type: PERSON}, b: {type: PERSON}}\n"
        "paragraphs:\n"
        "  p2:\n"
        "    claims: [content: Ada ate, content: Ada went]\n"
        "    mentions:\n"
        "      - {quote: Bob, entity: b}\n"
        "      - {quote: Ada, nth: 1, entity: z}\n"
        "  p1:\n"
        "    mentions:\n"
        "      - {quote: Ada, entity: z}\n"
        "      - {quote: Ada met, entity: b}\n"
    )
    made = bundle(b=text, a=text)
    assert [(e.annotator, e.entity_id) for e in made.entities] == [("a", "b"), ("a", "z"), ("b", "b"), ("b", "z")]
    order = ["p1.m2", "p1.m1", "p2.m2", "p2.m1"]
    assert [(m.annotator, m.mention_id) for m in made.mentions] == [(who, m) for who in "ab" for m in order]
    assert [(c.annotator, c.claim_id) for c in made.claims] == [(who, c) for who in "ab" for c in ("p2.c2", "p2.c1")]


def test_one_annotators_problems_do_not_hide_anothers():
    text = "entities: {{ada: {{type: PERSON}}}}\nparagraphs:\n  p1:\n    mentions:\n      - {{quote: {}, entity: ada}}\n"
    assert [problem.partition(";")[0] for problem in problems(a=text.format("Adda"), b=text.format("Oda"))] == [
        'd.a.yaml:7:10: quote-missing: "Adda" is not there',
        'd.b.yaml:7:10: quote-missing: "Oda" is not there',
    ]


# -------------------------------------------------------------------------------------- the seed article, spelled out
# Figures that a change of the annotation changes stand here and nowhere else.

COUNTS = {"documents": 1, "paragraphs": 28, "entities": 63, "mentions": 253, "claims": 50}
SENTENCES = [1, 1, 1, 1, 2, 2, 2, 1, 2, 3, 4, 1, 2, 1, 2, 2, 1, 1, 2, 1, 1, 1, 1, 2, 1, 2, 1, 1]  # by paragraph, counted by eye
ENTITY_TYPES = {"PERSON": 14, "NORP": 8, "ORG": 16, "GPE": 19, "LOC": 3, "LAW": 1, "EVENT": 1, "WORK_OF_ART": 1}
SOURCE_KINDS = {"author": 26, "named": 18, "absent": 6}


@pytest.fixture(scope="module")
def article() -> Bundle:
    config, findings = read_config(TOP / "seeds")
    (files,), problems_of_folder = scan(TOP / "seeds")
    seed, problems_of_seed = read_seed(files)
    assert not [*findings, *problems_of_folder, *problems_of_seed]
    compiled = compile_document(seed, config.value)
    assert not compiled.findings
    assert compiled.bundle is not None
    return compiled.bundle


ID = "000_7638b35d37ae38e0"


def test_the_article_has_so_many_records(article):
    assert {table: len(records) for table, records in tables_of(article).items()} == COUNTS | {"foreign": 0}
    assert Counter(entity.type for entity in article.entities) == ENTITY_TYPES
    assert Counter(claim.source_kind for claim in article.claims) == SOURCE_KINDS


def test_the_shipped_corpus_holds_the_records_of_the_article(article):
    for table, records in tables_of(article).items():
        lines = (TOP / "corpus" / "jsonl" / f"{table}.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line) for line in lines] == msgspec.to_builtins(records)


def test_the_text_of_the_article(article):
    document = article.document
    # 7961 bytes; 4 dashes of three bytes; "## **", "**", "## ", two "*"; two blank lines too many; two hyphens back.
    assert len(document.text) == 7961 - 4 * 2 - 5 - 2 - 3 - 2 - 2 + 2 == 7941
    assert document.source.bytes == 7961
    assert document.source.sha256 == "765e97db663fe93b5e10ee8b45e78ca4b34563e5b18f19c30ad863d41964b432"
    assert (document.title, document.authors) == (
        "Defeat of ISIS in last stronghold signals new stage of US war in Syria",
        ["Bill Van Auken"],
    )
    assert (document.published, document.language, document.url, document.split) == ("2017-11-21", "en", None, "train")
    source = (TOP / "seeds" / f"{ID}.txt").read_bytes()
    assert undo_edits(document.text, document.edits) == source
    hyphens = [edit for edit in document.edits if edit.reason == "lost_hyphen"]
    assert [(edit.source_text, edit.text) for edit in hyphens] == [("", "-")] * 2
    assert [source[edit.source_start - 4 : edit.source_start + 4] for edit in hyphens] == [b"nianback", b" warrava"]


def test_the_first_and_the_last_paragraph_of_the_article(article):
    title = "Defeat of ISIS in last stronghold signals new stage of US war in Syria"
    first, last = article.paragraphs[0], article.paragraphs[-1]
    assert msgspec.to_builtins(first) == {
        "doc_id": ID,
        "paragraph_id": "p1",
        "index": 0,
        "kind": "heading",
        "role": "title",
        "start": 0,
        "end": 70,
        "text": title,
        "sentences": [{"start": 0, "end": 70}],
    }
    assert msgspec.to_builtins(last) == {
        "doc_id": ID,
        "paragraph_id": "p28",
        "index": 27,
        "kind": "paragraph",
        "role": "boilerplate",
        "start": 7925,
        "end": 7941,
        "text": "wsws.org/contact",
        "sentences": [{"start": 7925, "end": 7941}],
    }
    assert [len(paragraph.sentences) for paragraph in article.paragraphs] == SENTENCES
    assert [p.role for p in article.paragraphs] == ["title", "byline", *["body"] * 24, "boilerplate", "boilerplate"]
    assert [p.kind for p in article.paragraphs] == ["heading", "heading", *["paragraph"] * 26]


def test_the_first_and_the_last_entity_of_the_article(article):
    assert article.entities[0] == Entity(ID, "gold", "adel-jubeir", "PERSON", "Adel Jubeir")
    assert article.entities[-1] == Entity(ID, "gold", "ypg", "ORG", "YPG")


def test_the_first_and_the_last_mention_of_the_article(article):
    assert article.mentions[0] == Mention(
        ID, "gold", "p1.m1", "isis", "p1", "name", False, 10, 14, "ISIS", [Fragment(10, 14, "ISIS")]
    )
    party = "Socialist Equality Party"
    assert article.mentions[-1] == Mention(
        ID, "gold", "p27.m2", "socialist-equality-party", "p27", "name", False, 7892, 7916, party, [Fragment(7892, 7916, party)]
    )


def test_the_first_and_the_last_claim_of_the_article(article):
    first = (
        "Syrian government troops, supported by Iranian-backed Iraqi and Lebanese Shia militia forces, have routed ISIS from its last"
        " stronghold in Syria, the Euphrates River town of Albu Kamal just across the border from Iraq"
    )
    last = "To thwart Iran's influence, Washington is prepared to blow up the entire region"
    assert msgspec.to_builtins(article.claims[0]) == {
        "doc_id": ID,
        "annotator": "gold",
        "claim_id": "c1",
        "paragraph_id": "p3",
        "content": [{"start": 105, "end": 105 + len(first), "text": first}],
        "source_kind": "author",
        "source": [],
        "source_entity_ids": [],
        "cue": [],
        "quotation": None,
        "type": "assertion",
        "attitude": "affirms",
        "stance": None,
        "scare_quotes": [],
        "parent_id": None,
        "relations": [],
        "entity_ids": ["syria", "iran", "iraq", "lebanon", "shia", "isis", "albu-kamal", "euphrates"],
    }
    claim = article.claims[-1]
    assert (claim.claim_id, claim.paragraph_id, claim.type, claim.source_kind) == ("c49", "p26", "intention", "author")
    assert claim.content == [Fragment(7782, 7861, last)]
    assert claim.entity_ids == ["iran", "us", "middle-east"]


def test_a_claim_inside_another_and_one_in_two_pieces(article):
    claims = {claim.claim_id: claim for claim in article.claims}
    inner, outer = claims["c16"], claims["c15"]
    assert (inner.parent_id, outer.parent_id) == ("c15", None)
    assert (outer.source_kind, outer.source_entity_ids, outer.attitude) == ("named", ["iran", "hezbollah"], "denies")
    assert [f.text for f in outer.source] == ["Both Iran and Hezbollah"]
    assert [f.text for f in outer.cue] == ["have denied"]
    assert outer.relations == [Relation("contradicts", "c16")]
    assert (inner.source_entity_ids, inner.stance, [f.text for f in inner.content]) == (
        ["saudi-arabia"],
        "disputes",
        ["they supplied the missile"],
    )
    assert [f.text for f in claims["c4"].content] == [
        "The group",
        "to control only a few small villages along the Euphrates and small nearby desert areas",
    ]
    assert (claims["c4"].source_kind, [f.text for f in claims["c4"].cue]) == ("absent", ["is now believed"])


def test_records_are_of_the_generated_classes(article):
    assert {type(record) for records in tables_of(article).values() for record in records} >= {Paragraph, Entity, Mention, Claim}
