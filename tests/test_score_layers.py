"""Scores of mentions and claims of one document: what counts as right, and that no order of records and no choice of ids matters."""

import random

import pytest
from annotating import claim, document, entity, fragments, mention, shuffled
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from corpus_tools.scoring.comparing import compare
from corpus_tools.scoring.layers import layers_of
from corpus_tools.scoring.matching import best_matching
from corpus_tools.scoring.spans import common, likeness, overlaps, size, spans_of
from corpus_tools.scoring.tallies import Tally, rates, scored

TYPES = {"ada": "PERSON", "bob": "PERSON", "ulm": "GPE"}
ENTITIES = [entity(name, type_name) for name, type_name in TYPES.items()]


def tallies(gold, other):
    return compare(layers_of(gold, "a"), layers_of(other, "a")).tallies


def of_mentions(gold, other):
    """(found, gold, other) of each measure of mentions: each given as (spans, entity)."""
    sides = [document(ENTITIES, [mention(n, spans, name) for n, (spans, name) in enumerate(side)]) for side in (gold, other)]
    found = {name: tally for (layer, name), tally in tallies(*sides).items() if layer == "mentions"}
    assert all(tally.found == tally.right for tally in found.values())
    return {name: (tally.found, tally.gold, tally.other) for name, tally in found.items()}


# -------------------------------------------------------------------------------------------------------- mentions


def test_a_mention_is_right_by_span_and_type_by_span_by_half_or_by_type():
    gold = [([(0, 4)], "ada"), ([(10, 14)], "bob"), ([(20, 24)], "ulm"), ([(30, 34)], "ada")]
    other = [([(0, 4)], "ada"), ([(10, 14)], "ulm"), ([(20, 22)], "ulm"), ([(50, 54)], "ada")]
    assert of_mentions(gold, other) == {"strict": (1, 4, 4), "exact": (2, 4, 4), "partial": (2.5, 4, 4), "type": (2, 4, 4)}


def test_an_exact_hit_is_not_lost_to_an_overlap_that_comes_before_it():
    """nervaluate 1.1 counts 0 exact hits here, or 1 when the predictions are given the other way round."""
    gold = [([(0, 4)], "ada"), ([(6, 9)], "ada")]
    for other in ([([(3, 7)], "ada"), ([(0, 4)], "ada")], [([(0, 4)], "ada"), ([(3, 7)], "ada")]):
        assert of_mentions(gold, other) == {"strict": (1, 2, 2), "exact": (1, 2, 2), "partial": (1.5, 2, 2), "type": (2, 2, 2)}


def test_spans_that_only_touch_do_not_overlap():
    assert of_mentions([([(0, 4)], "ada")], [([(4, 8)], "ada")])["partial"] == (0, 1, 1)


def test_a_discontinuous_mention_overlaps_where_its_fragments_are_not_in_its_gap():
    gold = [([(0, 4), (20, 24)], "ada")]
    assert of_mentions(gold, [([(8, 12)], "ada")])["type"] == (0, 1, 1)
    assert of_mentions(gold, [([(22, 30)], "ada")])["type"] == (1, 1, 1)
    assert of_mentions(gold, gold)["strict"] == (1, 1, 1)
    assert of_mentions(gold, [([(0, 24)], "ada")])["exact"] == (0, 1, 1)


def test_nested_mentions_are_matched_each_with_its_own():
    gold = [([(0, 20)], "ada"), ([(0, 4)], "ulm"), ([(10, 14)], "bob")]
    assert of_mentions(gold, gold[::-1]) == dict.fromkeys(("strict", "exact", "partial", "type"), (3, 3, 3))


def test_one_span_may_be_a_mention_of_two_entities():
    both = [([(0, 4)], "ada"), ([(0, 4)], "ulm"), ([(10, 14)], "ulm")]
    sides = document(ENTITIES, [mention(n, spans, name) for n, (spans, name) in enumerate(both)])
    assert all(
        rates(tally) == pytest.approx((1, 1, 1)) for (layer, _), tally in tallies(sides, sides).items() if layer == "coreference"
    )
    assert of_mentions(both, both[:1])["exact"] == (1, 3, 1)


def test_differences_are_named():
    gold = document(
        ENTITIES, [mention(1, [(0, 4)], "ada"), mention(2, [(10, 14)], "bob"), mention(3, [(20, 24)], "bob", "nominal")]
    )
    other = document(ENTITIES, [mention(1, [(0, 5)], "ulm"), mention(2, [(20, 24)], "bob"), mention(3, [(40, 44)], "ulm")])
    comparison = compare(layers_of(gold, "a"), layers_of(other, "a"))
    found = sorted((d.layer, d.what, d.gold_value, d.other_value) for d in comparison.differences)
    assert found == [
        ("mentions", "boundary", "", ""),
        ("mentions", "level", "nominal", "name"),
        ("mentions", "missed", "PERSON", ""),
        ("mentions", "spurious", "", "GPE"),
        ("mentions", "type", "PERSON", "GPE"),
    ]
    types = {key[2:]: number for key, number in comparison.confusions.items() if key[:2] == ("mentions", "type")}
    assert types == {("PERSON", "GPE"): 1, ("PERSON", "PERSON"): 1, ("PERSON", "-"): 1, ("-", "GPE"): 1}


def test_a_mention_that_went_to_another_entity_is_named():
    spans = [[(0, 4)], [(10, 14)], [(20, 24)], [(30, 34)]]
    gold = document(ENTITIES, [mention(n, span, "ada" if n < 3 else "bob") for n, span in enumerate(spans)])
    other = document(ENTITIES, [mention(n, span, "ada" if n < 2 else "bob") for n, span in enumerate(spans)])
    (found,) = compare(layers_of(gold, "a"), layers_of(other, "a")).differences
    assert (found.layer, found.what, found.gold.start, found.gold_value, found.other_value) == (
        "coreference",
        "entity",
        20,
        "ada",
        "bob",
    )


# ---------------------------------------------------------------------------------------------------------- claims


def of_claims(gold, other):
    return {
        name: tally for (layer, name), tally in tallies(document(claims=gold), document(claims=other)).items() if layer == "claims"
    }


def test_parts_of_claims_are_right_exactly_or_as_far_as_they_overlap():
    gold = [claim(1, [(0, 20)], [(30, 40)], [(42, 46)]), claim(2, [(100, 120)])]
    other = [claim(1, [(0, 10)], [(30, 40)], [(42, 50)])]
    found = of_claims(gold, other)
    assert found["content exact"] == Tally(0, 2, 0, 1)
    assert found["content overlap"] == Tally(0.5, 2, 1.0, 1)
    assert found["source exact"] == Tally(1, 1, 1, 1)
    assert found["cue exact"] == Tally(0, 1, 0, 1)
    assert found["cue overlap"] == Tally(1.0, 1, 0.5, 1)
    assert found["attribution exact"] == Tally(0, 2, 0, 1)
    assert found["attribution overlap"] == Tally(1, 2, 1, 1)


def test_a_source_that_one_side_lacks_is_missed_or_spurious_and_two_that_are_absent_agree():
    one, two = claim(1, [(0, 20)], [(30, 40)]), claim(1, [(0, 20)])
    assert of_claims([one], [two])["source exact"] == Tally(0, 1, 0, 0)
    assert of_claims([two], [one])["source exact"] == Tally(0, 0, 0, 1)
    assert of_claims([one], [two])["attribution overlap"].found == 0
    assert of_claims([two], [two])["attribution exact"].found == 1


def test_of_claims_with_the_same_content_those_with_the_same_source_are_matched():
    sources = [[(30, 33)], [(40, 43)], [(50, 53)]]
    gold = [claim(n, [(0, 20)], source) for n, source in enumerate(sources)]
    assert of_claims(gold, gold[1:])["attribution exact"] == Tally(2, 3, 2, 2)
    assert of_claims(gold[1:], gold)["attribution exact"] == Tally(2, 2, 2, 3)


def test_of_claims_that_match_equally_well_no_order_of_records_decides():
    one, two = claim(1, [(0, 10)], type="prediction"), claim(2, [(10, 20)], stance="disputes")
    between = [claim(1, [(5, 15)])]
    there, back = (
        compare(*(layers_of(document(claims=side), "a") for side in (gold, between))) for gold in ([one, two], [two, one])
    )
    assert there.confusions == back.confusions
    assert there.tallies == back.tallies


def test_matching_is_the_best_and_not_the_first():
    """The long claim would take the short one's match if the first overlap were taken."""
    gold = [claim(1, [(0, 30)]), claim(2, [(25, 40)])]
    other = [claim(1, [(25, 40)]), claim(2, [(0, 26)])]
    assert of_claims(gold, other)["content exact"] == Tally(1, 2, 1, 2)


def test_attributes_are_compared_on_matched_claims_and_null_is_a_value():
    gold = [claim(1, [(0, 20)], stance="disputes", type=None), claim(2, [(50, 60)])]
    other = [claim(1, [(0, 20)], stance="neutral", type=None), claim(2, [(70, 80)])]
    comparison = compare(layers_of(document(claims=gold), "a"), layers_of(document(claims=other), "a"))
    assert comparison.tallies["claims attributes", "stance"] == Tally(0, 1, 0, 1)
    assert comparison.tallies["claims attributes", "type"] == Tally(1, 1, 1, 1)
    assert comparison.confusions["claims", "stance", "disputes", "neutral"] == 1
    assert comparison.confusions["claims", "type", "-", "-"] == 1


def test_parents_and_relations_are_right_between_matched_claims_whatever_their_ids():
    gold = [claim(1, [(0, 20)]), claim(2, [(30, 40)], parent="c1", relations=[("supports", "c1")])]
    other = [claim(7, [(0, 21)]), claim(8, [(30, 40)], parent="c7", relations=[("contradicts", "c7")])]
    assert of_claims(gold, other)["parent"] == Tally(1, 1, 1, 1)
    assert of_claims(gold, other)["relations"] == Tally(0, 1, 0, 1)


# ----------------------------------------------------------------------------------------------------- laws of all

SPAN = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))
SPANS = st.one_of(
    SPAN.map(lambda span: [span]),
    st.tuples(SPAN, SPAN).map(lambda two: [two[0], (two[0][1] + 2, two[0][1] + 2 + two[1][1] % 9 + 1)]),
)
MENTIONS = st.lists(st.tuples(SPANS, st.sampled_from(sorted(TYPES))), max_size=7, unique_by=lambda m: (tuple(m[0]), m[1]))
CLAIMS = st.lists(
    st.tuples(SPANS, st.one_of(st.just([]), SPANS), st.sampled_from(["assertion", None])),
    max_size=5,
    unique_by=lambda c: str(c[:2]),
)


@st.composite
def annotations(draw):
    mentions = [mention(n, spans, name) for n, (spans, name) in enumerate(draw(MENTIONS))]
    claims = [claim(n, *parts[:2], type=parts[2]) for n, parts in enumerate(draw(CLAIMS))]
    parents = [draw(st.sampled_from([None, *(c.claim_id for c in claims[:n])])) for n in range(len(claims))]
    return document(ENTITIES, mentions, [replace(c, parent_id=parent) for c, parent in zip(claims, parents, strict=True)])


@settings(deadline=None, max_examples=50)
@given(annotations(), annotations(), st.integers(0, 1000))
def test_neither_the_order_of_records_nor_their_ids_change_a_score(gold, other, seed):
    before = compare(layers_of(gold, "a"), layers_of(other, "a"))
    after = compare(layers_of(shuffled(gold, seed), "a"), layers_of(shuffled(other, seed + 1), "a"))
    assert after.tallies == before.tallies
    assert after.confusions == before.confusions


@settings(deadline=None, max_examples=50)
@given(annotations())
def test_an_annotation_scores_1_against_itself_in_any_order(gold):
    comparison = compare(layers_of(gold, "a"), layers_of(shuffled(gold, 1), "a"))
    for measure, tally in comparison.tallies.items():
        assert rates(tally) in ((None, None, None), pytest.approx((1, 1, 1))), measure
    assert not comparison.differences


@settings(deadline=None, max_examples=50)
@given(annotations(), annotations())
def test_every_score_lies_between_0_and_1_and_turns_round_with_the_sides(gold, other):
    there, back = tallies(gold, other), tallies(other, gold)
    for measure, tally in there.items():
        precision, recall, f1 = rates(tally)
        assert all(value is None or -1e-12 <= value <= 1 + 1e-12 for value in (precision, recall, f1)), measure
        if measure[0] in ("mentions", "types", "coreference") or measure[1] == "content overlap":
            assert rates(back[measure]) == (recall, precision, f1), measure


FLAT = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6), st.sampled_from(sorted(TYPES))), max_size=6)


def flat(steps):
    position, found = 0, []
    for gap, length, name in steps:
        found.append(([(position + gap, position + gap + length)], name))
        position += gap + length
    return found


@settings(deadline=None, max_examples=50)
@given(FLAT, FLAT)
def test_flat_annotations_have_the_scores_of_nervaluate(gold, other):
    """The library is made for flat annotations: there only its count by type, which is greedy, can be lower."""
    nervaluate = pytest.importorskip("nervaluate")
    sides = flat(gold), flat(other)
    as_dicts = [[[{"label": TYPES[name], "start": s[0][0], "end": s[0][1] - 1} for s, name in side]] for side in sides]
    if not (gold or other):
        return
    theirs = nervaluate.Evaluator(*as_dicts, tags=["PERSON", "GPE"], loader="dict").evaluate()["overall"]
    ours = of_mentions(*sides)
    assert ours["strict"][0] == theirs["strict"].correct
    assert ours["exact"][0] == theirs["exact"].correct
    assert ours["partial"][0] == theirs["partial"].correct + 0.5 * theirs["partial"].partial
    assert ours["type"][0] >= theirs["ent_type"].correct


@given(SPANS, SPANS)
def test_what_spans_have_in_common_is_what_their_sets_of_code_points_have(one, two):
    ours, theirs = (spans_of(fragments(*spans)) for spans in (one, two))
    points = [{point for start, end in spans for point in range(start, end)} for spans in (ours, theirs)]
    assert common(ours, theirs) == len(points[0] & points[1])
    assert size(ours) == len(points[0])
    assert likeness(ours, theirs) == 2 * len(points[0] & points[1]) / (len(points[0]) + len(points[1]))


@given(st.lists(SPANS, max_size=6), st.lists(SPANS, max_size=6))
def test_all_overlapping_pairs_are_found(ones, twos):
    ones, twos = ([tuple(spans) for spans in side] for side in (ones, twos))
    wanted = {(i, j) for i, one in enumerate(ones) for j, two in enumerate(twos) if common(one, two)}
    assert sorted(overlaps(ones, twos)) == sorted(wanted)


@given(st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.sampled_from([0.25, 0.5, 0.75, 1.0]), max_size=9))
def test_no_other_matching_weighs_more(weights):
    def best(edges):
        if not edges:
            return 0
        (i, j), rest = edges[0], edges[1:]
        return max(best(rest), weights[i, j] + best([edge for edge in rest if edge[0] != i and edge[1] != j]))

    chosen = best_matching({edge: (weight, 0, 0) for edge, weight in weights.items()})
    assert len({i for i, _ in chosen}) == len({j for _, j in chosen}) == len(chosen)
    assert sum(weights[edge] for edge in chosen) == best(sorted(weights))


# ------------------------------------------------------------------------------------------------ sums over documents


def test_nothing_to_divide_by_is_null_and_never_an_error():
    assert rates(Tally(0, 0, 0, 0)) == (None, None, None)
    assert rates(Tally(0, 3, 0, 0)) == (None, 0, 0)
    assert rates(Tally(0, 0, 0, 3)) == (0, None, 0)
    assert rates(Tally(0, 3, 0, 3)) == (0, 0, 0)
    empty = document()
    for document_scores in (scored([tallies(empty, empty)]), scored([tallies(empty, empty)] * 3)):
        for named in document_scores.values():
            assert all(
                (score.precision, score.recall, score.f1, score.interval) == (None, None, None, None) for score in named.values()
            )


def test_intervals_are_the_same_every_time_and_hold_the_score_and_one_document_has_none():
    chance = random.Random(5)
    documents = [{("mentions", "exact"): Tally(n := chance.randrange(5, 10), 10, n, 10)} for _ in range(30)]
    one, two = scored(documents)["mentions"]["exact"], scored(documents)["mentions"]["exact"]
    assert one == two
    low, high = one.interval
    assert 0.6 < low < one.f1 < high < 0.8
    assert scored(documents[:1])["mentions"]["exact"].interval is None
    same = scored([documents[0]] * 4)["mentions"]["exact"]
    assert same.interval == pytest.approx((same.f1, same.f1))
