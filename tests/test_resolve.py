"""Annotations by quotation become records with spans, and what is wrong is told at its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_seeds import SOURCE, bundle, problems

# p1  The head said that Ada met Bob.
# p2  Ada went. Ada ate. "Bob" said no.
ENTITIES = "entities:\n  ada: {type: PERSON, name: Ada}\n"  # lines 3 and 4


def claims(*lines: str, paragraph: str = "p1") -> str:
    """An annotation file with claims alone; the first is in line 6."""
    return f"paragraphs:\n  {paragraph}:\n    claims:\n" + "".join(f"      - {line}\n" for line in lines)


def mentions(*lines: str, paragraph: str = "p2") -> str:
    """An annotation file with the entity ``ada`` and mentions alone; the first is in line 8."""
    return ENTITIES + f"paragraphs:\n  {paragraph}:\n    mentions:\n" + "".join(f"      - {line}\n" for line in lines)


# ---------------------------------------------------------------------------------------------------- what is written


def test_a_record_has_what_is_written_and_defaults_for_the_rest():
    made = bundle(
        a=mentions("{quote: Ada, nth: 1, entity: ada}", "{id: x, quote: Ada, in: Ada ate, entity: ada, level: , metonymic: true}")
    )
    first, second = made.mentions
    assert (first.mention_id, first.level, first.metonymic, first.start, first.end) == ("p2.m1", "name", False, 33, 36)
    assert (second.mention_id, second.level, second.metonymic, second.start, second.end) == ("x", None, True, 43, 46)
    (entity,) = made.entities
    assert (entity.doc_id, entity.annotator, entity.entity_id, entity.type, entity.name) == ("d", "a", "ada", "PERSON", "Ada")
    (claim,) = bundle(a=claims("content: Ada met Bob")).claims
    assert (claim.claim_id, claim.paragraph_id, claim.type, claim.attitude, claim.parent_id) == (
        "p1.c1",
        "p1",
        "assertion",
        "affirms",
        None,
    )
    assert (claim.source, claim.cue, claim.scare_quotes, claim.relations, claim.source_entity_ids) == ([], [], [], [], [])


@pytest.mark.parametrize(
    "text",
    [
        "paragraphs:\n",
        "entities:\nparagraphs:\n",
        "paragraphs: {}\n",
        "paragraphs:\n  p1:\n  p2:\n",
        "paragraphs:\n  p1: {}\n  p2:\n    begins: Ada\n",
        "paragraphs:\n  p1:\n    mentions:\n    claims:\n",
        "paragraphs:\n  p1:\n    mentions: []\n    claims: []\n",
    ],
)
def test_an_annotation_file_may_say_nothing(text):
    made = bundle(a=text)
    assert (made.entities, made.mentions, made.claims) == ([], [], [])


def test_the_fragments_of_a_mention_make_its_span_and_text():
    (mention,) = bundle(a=mentions("{quote: [{quote: Ada, nth: 1}, went], entity: ada}")).mentions
    assert [(f.start, f.end, f.text) for f in mention.fragments] == [(33, 36, "Ada"), (37, 41, "went")]
    assert (mention.start, mention.end, mention.text) == (33, 41, "Ada went")
    (mention,) = bundle(a=mentions("{quote: [{quote: Ada, nth: 1}, {quote: Ada, nth: 2}, no], entity: ada}")).mentions
    assert (mention.start, mention.end, mention.text) == (33, 65, "Ada Ada no")


@pytest.mark.parametrize(
    ("written", "kind", "quotation", "stance"),
    [
        ("", "author", None, None),
        ("cue: said", "absent", "indirect", "neutral"),
        ("source: The head", "unnamed", "indirect", "neutral"),
        ("source: The head, cue: said", "unnamed", "indirect", "neutral"),
        ("source: The head, cue: said, source_entity_ids: [ada]", "named", "indirect", "neutral"),
        ("source_entity_ids: [ada], stance: disputes", "named", "indirect", "disputes"),
    ],
)
def test_the_kind_of_source_follows_from_what_is_given(written, kind, quotation, stance):
    text = mentions("{quote: Ada, nth: 1, entity: ada}") + f"  p1:\n    claims:\n      - {{content: Ada met Bob, {written}}}\n"
    (claim,) = bundle(a=text).claims
    assert (claim.source_kind, claim.quotation, claim.stance) == (kind, quotation, stance)


def test_the_entities_of_a_claim_are_those_mentioned_inside_its_content():
    text = (
        "entities: {ada: {type: PERSON}, bob: {type: PERSON}, both: {type: PERSON}}\n"
        "paragraphs:\n"
        "  p1:\n"
        "    mentions:\n"
        "      - {quote: Bob, entity: bob}\n"
        "      - {quote: Ada, entity: ada}\n"
        "      - {quote: Ada met Bob, entity: both}\n"
        "      - {quote: [head, Bob], entity: bob}\n"
        "    claims:\n"
        "      - content: Ada met Bob\n"
        "      - content: [Ada, Bob]\n"
        "      - content: met\n"
    )
    made = bundle(a=text)
    assert {claim.claim_id: claim.entity_ids for claim in made.claims} == {
        "p1.c1": ["both", "ada", "bob"],  # the outer mention before those inside it
        "p1.c2": ["ada", "bob"],
        "p1.c3": [],
    }


@pytest.mark.parametrize(
    "block", ["|\n          Ada\n          met Bob\n", ">\n          Ada met\n          Bob\n", "' Ada met Bob '\n"]
)
def test_white_space_at_the_edges_of_a_quote_is_no_part_of_it(block):
    (claim,) = bundle(a=f"paragraphs:\n  p1:\n    claims:\n      - content: {block}").claims
    assert [(f.start, f.end, f.text) for f in claim.content] == [(19, 30, "Ada met Bob")]
    (claim,) = bundle(a=claims("content: {quote: ' met ', in: ' Ada met '}")).claims
    assert [(f.start, f.end, f.text) for f in claim.content] == [(23, 26, "met")]


@pytest.mark.parametrize(
    "begins", ["Ada went", "'Ada  went.'", "|\n      Ada\n      went.\n", "'Ada went. Ada ate. \"Bob\" said no.'"]
)
def test_the_first_words_of_a_paragraph_may_be_wrapped(begins):
    bundle(a=f"paragraphs:\n  p2:\n    begins: {begins}")


def test_annotators_may_use_the_same_ids():
    one = mentions("{id: m, quote: Ada, nth: 1, entity: ada}")
    made = bundle(a=one, b=one.replace("name: Ada", "name: Ada of Bob").replace("nth: 1", "nth: 2"))
    assert [(m.annotator, m.mention_id, m.start) for m in made.mentions] == [("a", "m", 33), ("b", "m", 43)]
    assert [(e.annotator, e.name) for e in made.entities] == [("a", "Ada"), ("b", "Ada of Bob")]


# --------------------------------------------------------------------------------------------------------- quotes


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "{content: Ada met Bobb}",
            'd.a.yaml:6:10: quote-missing: "Ada met Bobb" is not there; expected words of the text; nearest: "Ada met Bob"',
        ),
        ("{content: '  '}", "d.a.yaml:6:10: quote-missing: a quote of white space alone; expected words of the text"),
        ("{content: 12}", 'd.a.yaml:6:10: quote-missing: "12" is not there; expected words of the text'),
        (
            "{content: Ada, cue: sad}",
            'd.a.yaml:6:24: quote-missing: "sad" is not there; expected words of the text; nearest: "said"',
        ),
        ("{content: [Ada, Bobb]}", 'd.a.yaml:6:25: quote-missing: "Bobb" is not there; expected words of the text; nearest: "Bob"'),
        (
            "{content: [Bob, Ada]}",
            'd.a.yaml:6:25: span-order: "Ada" begins before the quote above it ends; expected quotes in the order of the text, apart',
        ),
        (
            "{content: Ada went}",
            'd.a.yaml:6:10: quote-missing: "Ada went" is not there; expected words of the text; nearest: "Ada met", or "Ada went" in p2',
        ),
        (
            "{content: {quote: e, nth: 9}}",
            'd.a.yaml:6:10: quote-missing: occurrence 9 of "e"; expected 1 to 3; nearest: "ad said that Ada m[e]t Bob."',
        ),
        (
            "{content: {quote: Ada, in: Ada ate}}",
            'd.a.yaml:6:10: quote-context: the context "Ada ate" is not there; expected words of the text; nearest: "Ada met"',
        ),
        (
            "{content: {quote: no, in: Ada met}}",
            'd.a.yaml:6:10: quote-missing: "no" is not in "Ada met"; expected words of the text; nearest: "no" in p2',
        ),
    ],
)
def test_a_quote_without_a_place_is_told_at_its_line(line, problem):
    (found,) = problems(a=claims(line))
    assert found == problem


def test_a_quote_with_several_places_is_told_at_its_line():
    assert problems(a=claims("{content: Ada}", paragraph="p2")) == [
        'd.a.yaml:6:10: quote-ambiguous: "Ada" stands there 2 times; expected "in" or "nth" to say which'
        ' (1: "[Ada] went. Ada ate. "B", 2: "Ada went. [Ada] ate. "Bob" said n")'
    ]


@pytest.mark.parametrize(
    ("quote", "key", "column"),
    [("[Ada, ate], nth: 2", "nth", 29), ("[Ada], in: Ada ate", "in", 24), ("{quote: Ada}, nth: 2", "nth", 31)],
)
def test_in_and_nth_beside_a_list_are_told_and_not_passed_over(quote, key, column):
    (found,) = problems(a=mentions(f"{{quote: {quote}, entity: ada}}"))
    assert (
        found
        == f'd.a.yaml:8:{column}: quote-context: "{key}" beside a quote that is no plain text; expected it inside: {{quote: ..., nth: ...}}'
    )


def test_every_problem_of_every_annotator_is_told_at_its_own_line():
    text = (
        "paragraphs:\n"
        "  p1:\n"
        "    claims:\n"
        "      - content:\n"
        "          - Adda\n"
        "          - met\n"
        "          - Bobb\n"
        "        cue: sayd\n"
        "      - content: that\n"
    )
    found = problems(a=text, b=claims("content: hed"))
    assert [problem.partition(": quote-missing: ")[::2] for problem in found] == [
        ("d.a.yaml:7:13", '"Adda" is not there; expected words of the text; nearest: "Ada"'),
        ("d.a.yaml:9:13", '"Bobb" is not there; expected words of the text; nearest: "Bob"'),
        ("d.a.yaml:10:9", '"sayd" is not there; expected words of the text; nearest: "said"'),
        ("d.b.yaml:6:9", '"hed" is not there; expected words of the text; nearest: "head"'),
    ]


# ----------------------------------------------------------------------------------------------------- paragraphs


def test_a_paragraph_that_is_not_there_is_told():
    assert problems(a="paragraphs:\n  p1:\n  p3:\n    begins: Ada\n") == ["d.a.yaml:5:3: paragraph-unknown: p3; expected p1 to p2"]


def test_a_document_without_paragraphs_has_none_to_annotate():
    assert problems(source=" \n", a="paragraphs:\n  p1:\n") == [
        "d.a.yaml:4:3: paragraph-unknown: p1; expected none: the document has no paragraphs"
    ]


@pytest.mark.parametrize(
    ("begins", "nearest"),
    [("The head", "p1"), ("Adda went", ""), ("the haed said", 'p1, "The head said"'), ("Xyz", "")],
)
def test_a_paragraph_that_begins_otherwise_is_told_with_where_the_words_are(begins, nearest):
    (found,) = problems(a=f"paragraphs:\n  p2:\n    begins: {begins}\n    claims:\n      - content: nothing of this is sought\n")
    hint = f"; nearest: {nearest}" if nearest else ""
    assert found == (f'd.a.yaml:5:5: paragraph-begins: p2 begins "Ada went. Ada ate. "Bob" said no."; expected "{begins}"{hint}')


def test_when_the_source_has_one_paragraph_more_each_one_behind_it_is_told_and_nothing_else():
    text = ENTITIES + (
        "paragraphs:\n"
        "  p1:\n    begins: The head\n"
        "  p2:\n    begins: Ada went\n    mentions:\n      - {quote: Ada, nth: 1, entity: ada}\n"
        "    claims:\n      - {id: c, content: Ada ate}\n"
    )
    assert problems(source="New.\n\n" + SOURCE, a=text) == [
        'd.a.yaml:7:5: paragraph-begins: p1 begins "New."; expected "The head"; nearest: p2',
        'd.a.yaml:9:5: paragraph-begins: p2 begins "The head said that Ada met Bob."; expected "Ada went"; nearest: p3',
    ]


# ---------------------------------------------------------------------------------------------------- one defect, one finding


def test_a_broken_quote_is_the_only_finding_whatever_hangs_on_its_record():
    text = mentions("{quote: Adda, entity: ada}") + (
        "    claims:\n"
        "      - {id: c1, content: Ada aet}\n"
        "      - {id: c2, content: Ada ate, cue: said, parent_id: c1, relations: [{type: supports, target_id: c1}]}\n"
    )
    assert [problem.split(":")[1] for problem in problems(a=text)] == ["8", "10"]


def test_a_paragraph_that_is_left_out_is_the_only_finding_whatever_hangs_on_its_records():
    text = mentions("{quote: Ada, entity: ada}", paragraph="p3") + (
        "    claims:\n"
        "      - {id: c1, content: Ada ate}\n"
        "  p2:\n"
        "    claims:\n"
        "      - {content: Ada ate, cue: said, parent_id: c1}\n"
    )
    assert problems(a=text) == ["d.a.yaml:6:3: paragraph-unknown: p3; expected p1 to p2"]


def test_an_id_given_twice_is_one_finding_that_names_the_first():
    text = mentions("{id: ada, quote: Ada, nth: 1, entity: ada}", "{id: x, quote: Ada, nth: 2, entity: ada}") + (
        "    claims:\n"
        "      - {id: x, content: Ada went}\n"
        "      - {id: x, content: no}\n"
        "      - {id: p2.c1, content: said}\n"
        "      - content: Bob\n"
    )
    assert problems(a=text) == [
        'd.a.yaml:8:9: id-twice: the id "ada" again; expected an id of its own (line 4 has it)',
        'd.a.yaml:11:9: id-twice: the id "x" again; expected an id of its own (line 9 has it)',
        'd.a.yaml:12:9: id-twice: the id "x" again; expected an id of its own (line 9 has it)',
    ]


def test_a_given_id_may_not_be_the_one_that_another_record_has_by_its_place():
    assert problems(a=claims("{id: p1.c2, content: Ada}", "content: Bob")) == [
        'd.a.yaml:7:9: id-twice: the id "p1.c2" again; expected an id of its own (line 6 has it)'
    ]


def test_a_broken_record_with_an_id_that_is_taken_takes_nothing_from_the_first():
    text = mentions("{id: m, quote: Ada, nth: 1, entity: ada}", "{id: m, quote: Adda, entity: ada}")
    assert [problem.split(": ")[1] for problem in problems(a=text)] == ["quote-missing", "id-twice"]


# ----------------------------------------------------------------------------------------- references, tags: nearest candidate


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "{content: Ada, source_entity_ids: [adda]}",
            '8:44 a/p1.c1: reference-resolves: the entity "adda", which is not there;'
            ' expected the id of an entity of this document; nearest: "ada"',
        ),
        (
            "{content: Ada, source_entity_ids: [ADA]}",
            '8:44 a/p1.c1: reference-resolves: the entity "ADA", which is not there;'
            ' expected the id of an entity of this document; nearest: "ada"',
        ),
        (
            "{content: Ada, cue: said, parent_id: c11}",
            '8:35 a/p1.c1: reference-resolves: the claim "c11", which is not there;'
            ' expected the id of a claim of this document; nearest: "c1"',
        ),
        (
            "{content: Ada, relations: [{type: supports, target_id: c-1}]}",
            '8:53 a/p1.c1: reference-resolves: the claim "c-1", which is not there;'
            ' expected the id of a claim of this document; nearest: "c1"',
        ),
        (
            "{content: Ada, relations: [{type: suports, target_id: c1}]}",
            '8:37 a/p1.c1: type-in-tag-set: the type "suports"; expected one of relation_types: supports, contradicts; nearest: "supports"',
        ),
        (
            "{content: Ada, type: assertio}",
            '8:24 a/p1.c1: type-in-tag-set: the type "assertio"; expected one of claim_types: assertion, prediction; nearest: "assertion"',
        ),
        (
            "{content: Ada, cue: said, parent_id: p1.c1}",
            "8:9 a/p1.c1: parent-cycle: the parents a/p1.c1 -> a/p1.c1; expected an outermost claim without a parent",
        ),
    ],
)
def test_a_name_that_is_not_known_is_told_at_its_field_with_the_nearest(line, problem):
    text = ENTITIES + (
        f"paragraphs:\n  p1:\n    claims:\n      - {line}\n      - {{id: c1, content: Bob}}\n"
        "    mentions:\n      - {quote: Ada, entity: ada}\n"
    )
    assert problems(a=text) == [f"d.a.yaml:{problem}"]


def test_a_misspelt_entity_of_a_mention_is_one_finding():
    assert problems(a=mentions("{quote: no, entity: adda}")) == [
        'd.a.yaml:8:21 a/p2.m1: reference-resolves: the entity "adda", which is not there;'
        ' expected the id of an entity of this document; nearest: "ada"'
    ]


def test_an_entity_without_a_mention_is_told_at_its_line():
    text = "entities:\n  ada: {type: PERSON}\n  adda:\n    type: PERSN\n"
    text += "paragraphs:\n  p1:\n    mentions:\n      - {quote: Ada, entity: ada}\n"
    assert problems(a=text) == [
        "d.a.yaml:5:3 a/adda: entity-mentioned: an entity without a mention; expected a mention of it, or no such entity",
        'd.a.yaml:6:5 a/adda: type-in-tag-set: the type "PERSN"; expected one of entity_types: PERSON, PLACE; nearest: "PERSON"',
    ]


def test_another_annotators_entity_is_not_known():
    (found,) = problems(
        a=mentions("{quote: no, entity: ada}"), b="paragraphs:\n  p1:\n    mentions:\n      - {quote: Ada, entity: ada}\n"
    )
    assert found.startswith('d.b.yaml:6:22 b/p1.m1: reference-resolves: the entity "ada", which is not there')


def test_an_annotator_that_the_corpus_does_not_name_is_told_at_its_line():
    (found,) = problems(bb=claims("content: Ada", "content: Bob"))
    assert found == 'd.bb.yaml:2:1 bb/p1.c1: annotator-known: the annotator "bb"; expected one of annotators: a, b; nearest: "b"'


def test_a_rule_that_a_record_breaks_is_told_at_the_record():
    text = "paragraphs:\n  p2:\n    claims:\n      - content: Ada went\n      - id: x\n        content: Ada ate\n        stance: neutral\n"
    assert problems(a=text) == [
        "d.a.yaml:7:9 a/x: author-claim: stance on a claim of the author's own; expected null there",
    ]


# -------------------------------------------------------------------------------------------------------------- law

WORDS = st.lists(st.sampled_from(["Ada", "went", "the", "he", "her", "Bob."]), min_size=1, max_size=12)


@given(WORDS, st.data())
def test_every_span_holds_the_words_that_were_quoted(words, data):
    source = " ".join(words) + "\n"
    low, high = sorted(data.draw(st.lists(st.integers(0, len(words)), min_size=2, max_size=2, unique=True)))
    quote = " ".join(words[low:high])
    places = sum(words[i : i + high - low] == words[low:high] for i in range(len(words)))
    nth = 1 + sum(words[i : i + high - low] == words[low:high] for i in range(low))
    (claim,) = bundle(source=source, a=claims(f"{{content: {{quote: '{quote}', nth: {nth}}}}}")).claims
    (fragment,) = claim.content
    assert fragment.text == quote == source[fragment.start : fragment.end]
    assert fragment.start == len(" ".join([*words[:low], ""]))
    assert bool(problems(source=source, a=claims(f"{{content: '{quote}'}}"))) == (places > 1)
