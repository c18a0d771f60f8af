"""Coreference scores: those that the reference scorer is known to give, and laws that hold for all partitions."""

import json
import random
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.scoring.clusters import aligned_clusters, coreference_tallies
from corpus_tools.scoring.tallies import rates, scored

CASES = json.loads((Path(__file__).parent / "data" / "coreference" / "reference_cases.json").read_text("utf-8"))["cases"]
MEASURES = ("muc", "b_cubed", "ceaf_e", "lea")
EXPECTED = [(case, measure) for case in CASES for measure in MEASURES if measure in case]


@pytest.mark.parametrize(("case", "measure"), EXPECTED, ids=lambda value: value["case"] if isinstance(value, dict) else value)
def test_the_values_are_those_of_the_reference_scorer(case, measure):
    key, response = ([frozenset(cluster) for cluster in case[side]] for side in ("key", "response"))
    precision, recall, f1 = rates(coreference_tallies(key, response)[measure])
    wanted_recall, wanted_precision = (float(Fraction(value)) for value in case[measure])
    both = wanted_recall + wanted_precision
    # What the scorer gives as 0 where there is nothing to divide by is null here.
    assert (recall or 0, precision or 0) == pytest.approx((wanted_recall, wanted_precision), abs=1e-5)
    assert (f1 or 0) == pytest.approx(2 * wanted_recall * wanted_precision / both if both else 0, abs=1e-5)


def test_all_cases_are_there():
    assert len(CASES) == 33
    assert [sum(measure in case for case in CASES) for measure in MEASURES] == [25, 14, 8, 33]


@st.composite
def partitions(draw, mentions="abcdefgh"):
    """A partition of some of the mentions, as a list of clusters."""
    homes = draw(st.lists(st.integers(-1, 4), min_size=len(mentions), max_size=len(mentions)))
    clusters = {}
    for mention, home in zip(mentions, homes, strict=True):
        clusters.setdefault(home, set()).add(mention)
    return [frozenset(cluster) for home, cluster in clusters.items() if home >= 0]


@given(partitions(), partitions(), st.randoms(use_true_random=False))
def test_neither_the_order_of_clusters_nor_the_names_of_mentions_matter(gold, other, chance):
    before = coreference_tallies(gold, other)
    names = list("abcdefgh")
    chance.shuffle(names)
    rename = dict(zip("abcdefgh", names, strict=True))
    renamed = ([frozenset(rename[m] for m in cluster) for cluster in side] for side in (gold, other))
    assert coreference_tallies(*(chance.sample(side, len(side)) for side in renamed)) == before


@given(partitions(), partitions())
def test_scores_lie_between_0_and_1_and_precision_is_recall_the_other_way(gold, other):
    for name, tally in coreference_tallies(gold, other).items():
        precision, recall, f1 = rates(tally)
        assert all(value is None or 0 <= value <= 1 + 1e-12 for value in (precision, recall, f1))
        back = rates(coreference_tallies(other, gold)[name])
        assert (recall, precision, f1) == (back[0], back[1], pytest.approx(back[2]) if back[2] is not None else None)


@given(partitions())
def test_a_partition_scores_1_against_itself(gold):
    for name, tally in coreference_tallies(gold, gold).items():
        nothing = not gold or (name == "muc" and all(len(cluster) == 1 for cluster in gold))
        assert rates(tally) == ((None, None, None) if nothing else pytest.approx((1, 1, 1)))


@given(partitions(), partitions())
def test_the_alignment_is_the_best_there_is(gold, other):
    """Against trying all alignments."""
    from itertools import permutations

    def likeness(one, two):
        return 2 * len(one & two) / (len(one) + len(two))

    short, long = sorted((gold, other), key=len)
    best = max(sum(map(likeness, short, chosen)) for chosen in permutations(long, len(short)))
    assert sum(value for _, _, value in aligned_clusters(gold, other)) == pytest.approx(best)


def test_the_conll_average_is_of_three_f1_scores_and_sums_over_documents():
    documents = [
        {("coreference", name): tally for name, tally in coreference_tallies(gold, other).items()}
        for gold, other in (
            ([frozenset("abc"), frozenset("d")], [frozenset("ab"), frozenset("cd")]),
            ([frozenset("ef")], [frozenset("ef")]),
        )
    ]
    scores = scored(documents)["coreference"]
    assert scores["muc"].recall == pytest.approx(2 / 3)  # 1 of 2 links, then 1 of 1
    assert scores["conll"].f1 == pytest.approx(sum(scores[name].f1 for name in ("muc", "b_cubed", "ceaf_e")) / 3)
    assert scores["conll"].interval[0] <= scores["conll"].f1 <= scores["conll"].interval[1]


def test_a_large_document_is_aligned_in_time():
    chance = random.Random(3)
    sides = []
    for _ in range(2):
        clusters = {}
        for mention in range(3000):
            clusters.setdefault(chance.randrange(800), set()).add(mention)
        sides.append([frozenset(cluster) for cluster in clusters.values()])
    tallies = coreference_tallies(*sides)
    assert 0 < rates(tallies["ceaf_e"])[2] < 1
