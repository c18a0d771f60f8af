"""Quotation marks in many languages and styles: sound claims pass, and claims that contradict the marks are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.records import Claim, Document, Fragment, Paragraph, Source
from corpus_tools.rules import Bundle
from corpus_tools.rules.quotation import quotation_marks, quoted_stretches, scare_quote_place

DOCUMENT = Document(
    *(
        "d",
        "Title",
        [],
        None,
        None,
        "en",
        None,
        "free",
        "train",
        Source("d.txt", "text/plain", 0, "0" * 64),
        "",
        "included",
        "0" * 64,
        [],
    )
)

# (style, text with the quoted words in [[ ]]): what is inside is direct, what is outside is not.
STYLES = [
    ("English", "“[[It rained]],” said Ann. “[[All day]].”"),
    ("English, nested", "“[[He said ‘never’ and ‘the boys’ toys’]],” said Ann."),
    ("British", "‘[[It rained]],’ said Ann’s sister. ‘[[The boys’ toys got wet]].’"),
    ("British, nested", "‘[[He said “never” to me]],’ said Ann."),
    ("straight", '"[[It rained]]," said Ann. "[[All day]]."'),
    ("straight, in brackets", "Ann (\"[[It rained]]\") and Bob ('[[It did]]') agree."),
    ("straight single", "'[[It rained on Ann's roof]],' said Bob. '[[We didn't go]].'"),
    ("straight, nested", "\"[[He said 'never' to me]],\" said Ann."),
    ("straight, elision", "'[['Twas Ann's]],' said Bob in the '90s."),
    ("straight beside inches", 'A 6" pipe and a 4" pipe: "[[They leak]]," said Ann.'),
    ("straight, spaced as tokens", '" [[It rained]] , " said Ann . " [[All day]] . "'),
    ("straight, after a dash", 'Ann—"[[It rained]]"—was wet.'),
    ("TeX", "``[[It rained]],'' said Ann. ``[[All day]].''"),
    ("German", "„[[Es regnete]]“, sagte Anna. „[[Er sagte ‚nie‘ zu mir]].“"),
    ("German, guillemets", "»[[Es regnete]]«, sagte Anna. »[[Er sagte ›nie‹ zu mir]].«"),
    ("German, straight end", "Er sagte: „[[Es regnete]]”, und ging."),
    ("Swiss", "«[[Es regnete]]», sagte Anna. «[[Er sagte ‹nie› zu mir]].»"),
    ("French", "« [[Il a plu]] », dit Anne. « [[C’est l’été]] ! »"),
    ("French, no-break", "«\u00a0[[Il a plu]]\u00a0», dit Anne. «\u202f[[C’est l’été]]\u202f!\u202f»"),
    ("French, nested", "« [[Il a dit « jamais » et “non”]] », dit Anne."),
    ("Italian", "«[[È piovuto sull’isola]]», disse Anna dell’ONU. “[[Tutto il giorno]]”."),
    ("Spanish", "«[[Llovió]]», dijo Ana. “[[Todo el día]]”."),
    ("Polish", "„[[Padało]]”, powiedziała Anna. „[[Powiedział «nigdy»]]”."),
    ("Hungarian", "„[[Esett]]” – mondta Anna. „[[Azt mondta, »soha«]]”."),
    ("Russian", "«[[Шёл дождь]]», — сказала Анна. «[[Он сказал „никогда“]]»."),
    ("Swedish", "”[[Det regnade]]”, sa Anna. ”[[Hela dagen]].”"),
    ("Swedish, single", "’[[Det regnade]]’, sa Anna."),
    ("Finnish", "»[[Satoi]]», sanoi Anna. »[[Koko päivän]].»"),
    ("Dutch", "‘[[Het regende]]’, zei Anna ’s avonds. ‘[[De hele dag]].’"),
    ("Japanese", "アンは「[[雨が降った。彼は『ない』と言った]]」と言った。「[[一日中]]」。"),
    ("Chinese", "安妮说“[[下雨了，他说‘从不’]]”。“[[整天]]”，她说。"),
    ("Chinese, straight", '安妮说"[[下雨了]]"。她说:"[[整天]]"。'),
    ("Chinese, title inside", "他说“[[《红楼梦》很好]]”。"),
    ("Hebrew", 'צה"ל אמר: "[[ירד גשם]]". חנה אמרה "[[כל היום]]".'),
    ("Arabic", "قالت آن: «[[هطل المطر]]». وقالت “[[طوال اليوم]]”."),
    ("Korean", "안나는 “[[비가 왔다]]”라고 말했다. ‘[[하루 종일]]’이라고."),
]


def cut(marked):
    """A text without its [[ ]], the spans that were inside, and the spans of words that were not."""
    parts = marked.replace("]]", "[[").split("[[")
    inside, outside, position = [], [], 0
    for index, part in enumerate(parts):
        (inside if index % 2 else outside).append((position, position + len(part)))
        position += len(part)
    text = "".join(parts)
    return text, inside, [(a, b) for a, b in outside if any(map(str.isalnum, text[a:b]))]


def bundle_of(texts, index, spans, quotation, scare=(), kind="paragraph"):
    """One claim on spans of the paragraph of that index."""
    paragraphs, position = [], 0
    for number, text in enumerate(texts):
        paragraph = (f"p{number + 1}", number, kind, "body", position, position + len(text), text, [])
        paragraphs.append(Paragraph("d", *paragraph))
        position += len(text) + 2
    home = paragraphs[index]

    def fragments(spans):
        return [Fragment(home.start + a, home.start + b, home.text[a:b]) for a, b in spans]

    claim = Claim(
        *("d", "gold", "c1", home.paragraph_id, fragments(spans), "unnamed", [], [], []),
        *(quotation, None, "affirms", "neutral", fragments(scare), None, [], []),
    )
    return Bundle(DOCUMENT, paragraphs, [], [], [claim], [])


def problems(*arguments, **options):
    bundle = bundle_of(*arguments, **options)
    return [finding.found for rule in (quotation_marks, scare_quote_place) for finding in rule(bundle, {})]


@pytest.mark.parametrize("marked", [text for _, text in STYLES], ids=[name for name, _ in STYLES])
def test_quoted_words_are_direct_and_mixed_and_others_are_not(marked):
    text, inside, outside = cut(marked)
    assert problems([text], 0, inside, "direct") == []
    assert problems([text], 0, [(0, len(text))], "mixed") == []
    for span in inside:
        assert problems([text], 0, [span], "direct") == []
        assert problems([text], 0, [(span[0] - 1, span[1] + 1)], "direct") == [], "with its marks"
        assert problems([text], 0, [span], "mixed", scare=[span]) == ["mixed, without a quoted stretch that is no scare quote"]
        assert problems([text], 0, [span], "indirect", scare=[span]) == []
    for span in outside:
        assert [f.startswith("direct, with") for f in problems([text], 0, [span], "direct")] == [True], text[slice(*span)]
    assert len(problems([text], 0, [(0, len(text))], "direct")) == 1


@pytest.mark.parametrize("opening, closing", ["“”", "„“", "«»", "»«", "””", "»»", '""', "‘’", "「」"])
@pytest.mark.parametrize("repeated", [True, False], ids=["opened again", "opened once"])
def test_a_quotation_may_run_over_paragraphs(opening, closing, repeated):
    again = opening if repeated else ""
    texts = [f"Ann: {opening}One.", f"{again}Two.", f"{again}Three.{closing} Bob left.", f"He said {opening}four{closing} to Ann."]
    if opening == "‘" and not repeated:
        pytest.skip("a single mark that is not opened again is an apostrophe as well")
    for index, word in enumerate(("One", "Two", "Three", "four")):
        at = texts[index].index(word)
        assert problems(texts, index, [(at, at + len(word))], "direct") == []
    for index, word in ((2, "Bob left"), (3, "to Ann")):
        at = texts[index].index(word)
        assert problems(texts, index, [(at, at + len(word))], "direct") == [f'direct, with "{word}" outside quotation marks']


def test_a_block_quotation_and_a_line_of_dialogue_need_no_marks():
    assert problems(["It rained."], 0, [(0, 9)], "direct", kind="quote") == []
    assert problems(["— Il a plu, dit Anne."], 0, [(2, 10)], "direct") == []
    assert problems(["It rained."], 0, [(0, 9)], "direct") == ['direct, with "It rained" outside quotation marks']


@pytest.mark.parametrize("text", ["Ann's boys' toys, the '90s and rock’n’roll", "l’été d’Anne", "a 6' 2\" man", 'צה"ל', "12″"])
def test_apostrophes_and_measures_are_no_quotation_marks(text):
    assert len(problems([text], 0, [(0, len(text))], "direct")) == 1
    assert len(problems([text], 0, [(0, len(text))], "mixed")) == 1


def test_words_between_two_quotations_belong_to_neither():
    text = "“One.” “Two,” said Ann."
    assert problems([text], 0, [(1, 11)], "direct") == []
    assert problems([text], 0, [(1, 22)], "direct") == ['direct, with "said Ann" outside quotation marks']


def test_a_scare_quote_lies_in_the_content_and_in_marks():
    text = "Ann doubts the “victory” of Bob."
    assert problems([text], 0, [(11, 31)], "indirect", scare=[(16, 23)]) == []
    assert problems([text], 0, [(25, 31)], "indirect", scare=[(16, 23)]) == ['"victory" outside the content']
    assert problems([text], 0, [(11, 31)], "indirect", scare=[(28, 31)]) == ['"Bob" without marks']


MARKS = "“”„«»‹›「」『』‘’‚'`\"＂"


@given(st.text(alphabet=MARKS + " a1雨.,—(\n", max_size=40), st.sampled_from(["", "“", "«", '"']))
def test_stretches_lie_in_the_text_and_are_sorted(text, carried):
    stretches, opened = quoted_stretches(text, carried)
    assert stretches == sorted(stretches)
    assert all(0 <= start <= end <= len(text) for start, end in stretches)
    assert opened in (*MARKS, "", "``")


@given(
    st.sampled_from(["“”", "„“", "«»", "»«", "””", '""', "「」"]),
    st.text(alphabet="ab ’.,", max_size=12),
    st.text(alphabet="ab ’", max_size=12),
)
def test_words_in_marks_are_direct_whatever_stands_around(marks, words, around):
    words = f"a{words}a"
    text = f"{around} {marks[0]}{words}{marks[1]} {around}"
    at = len(around) + 2
    assert problems([text], 0, [(at, at + len(words))], "direct") == []
