"""The doctor: causes named, spans restored, nothing wrongly mended, nothing said of clean files."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import doctor_bench as bench
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import corpus_tools
from corpus_tools import cli
from corpus_tools.findings import UsageError
from corpus_tools.mending.diagnosis import diagnose
from corpus_tools.mending.quoteforms import Stated
from corpus_tools.mending.spanfiles import read_brat

TOP = Path(__file__).parents[1]
POLNEAR = TOP.parent / "shared/data/polnear-sample"
TEXT = "Línea one 😀 of the text.\nAnother line with Zoë and Bob.\nThird line: the end, says Carol.\nA fourth for Dave.\n"
NAMES = ("one", "Another", "Zoë", "Bob", "Third", "Carol", "fourth", "Dave")


def at_names(points: list[int], text: str = TEXT) -> list[Stated]:
    return [Stated(f"T{i}", ((points[text.index(n)], points[text.index(n) + len(n)]),), n, "Name") for i, n in enumerate(NAMES, 1)]


def plain(text: str = TEXT) -> list[int]:
    return list(range(len(text) + 1))


def brat(spans: list[Stated], end: str = "\n") -> str:
    return "".join(f"{s.id}\t{s.label} {s.fragments[0][0]} {s.fragments[0][1]}\t{s.quote}{end}" for s in spans)


def folder(path: Path, text: str, ann: str) -> Path:
    path.mkdir()
    (path / "a.txt").write_bytes(text.encode())
    (path / "a.ann").write_bytes(ann.encode())
    return path


@pytest.mark.slow
def test_the_table_of_the_bench_is_fresh_and_has_no_wrong_repair() -> None:
    page = bench.filled(bench.DOC.read_text("utf-8"))
    assert page == bench.DOC.read_text("utf-8")
    assert [row[-1] for row in bench_rows(page)] == ["0"] * len(bench.CLEAN | bench.FAULTS)


def test_the_page_shows_the_whole_bench_and_no_wrong_repair() -> None:
    rows = bench_rows(bench.DOC.read_text("utf-8"))
    assert [row[0] for row in rows] == [*bench.CLEAN, *bench.FAULTS]
    assert {row[-1] for row in rows} == {"0"}


def bench_rows(page: str) -> list[list[str]]:
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.splitlines() if line.startswith("| ")]
    return [row for row in rows if len(row) == 7 and row[6].isdigit()]


@pytest.mark.parametrize("fault", bench.FAULTS)
def test_ten_spans_of_the_article_are_restored_or_said_not_to_be(fault: str) -> None:
    case = bench.FAULTS[fault](random.Random(f"quick {fault}"), bench.article()[:3000], 10)
    result = bench.outcome(fault, case)
    assert result.wrong == 0
    assert result.findings or not case.matters


@pytest.mark.parametrize("name", bench.CLEAN)
def test_a_clean_file_has_no_finding(name: str) -> None:
    for case in bench.cases(bench.CLEAN[name], name):
        assert diagnose(case.text, case.stated).verdict == "clean"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(bench.CLEAN | bench.FAULTS)), st.randoms(use_true_random=False), st.integers(1, 25))
def test_no_repair_is_wrong(fault: str, rng: random.Random, number: int) -> None:
    case = (bench.CLEAN | bench.FAULTS)[fault](rng, bench.made_text(rng, 150), number)
    result = bench.outcome(fault, case)
    assert result.wrong == 0
    assert result.findings is False or fault not in bench.CLEAN


@pytest.mark.parametrize("cause", ["crlf-counted", "utf8-bytes", "constant-shift", "inclusive-ends", "one-based", "nfd"])
def test_a_cause_is_named_and_every_span_restored(cause: str) -> None:
    truth = [s.fragments for s in at_names(plain())]
    stated = bench.stated_by((cause,), TEXT, [t[0] for t in truth])
    diagnosis = diagnose(TEXT, stated)
    assert cause in {name for scored in diagnosis.causes for name in scored.causes}
    assert [result.fragments for result in diagnosis.spans] == truth


def test_a_shift_of_one_names_all_its_causes() -> None:
    diagnosis = diagnose(TEXT, at_names([p + 1 for p in plain()]))
    assert {scored.causes for scored in diagnosis.causes} == {("bom-counted",), ("one-based",), ("constant-shift",)}


def test_only_the_number_of_a_shift_is_left_out_of_a_summary(tmp_path: Path) -> None:
    crlf = [i + TEXT[:i].count("\n") + 1 for i in plain()]
    report = corpus_tools.doctor(folder(tmp_path / "in", TEXT, brat(at_names(crlf))))
    (cause,) = report.by_cause()
    lost = "line ends counted as two characters (CRLF); the text has LF"
    assert [cause.count(f"{lost} and {more}") for more in ("a constant shift throughout or", "counted from one")] == [1, 1]
    assert cause.count("line ends counted as two characters") == cause.count(lost) == 3
    edited = brat(
        [s._replace(fragments=tuple((a + 9 * (a > 40), b + 9 * (a > 40)) for a, b in s.fragments)) for s in at_names(plain())]
    )
    (cause,) = corpus_tools.doctor(folder(tmp_path / "edited", TEXT, edited)).by_cause()
    assert cause == "shifted from some point on: the text was edited after the annotation"


def test_crlf_in_a_text_full_of_emoji_is_not_taken_for_utf16() -> None:
    text = "".join(f"😀 word{i} here\n" for i in range(30))
    truth = [(text.index(f"word{i} "), text.index(f"word{i} ") + len(f"word{i}")) for i in range(30)]
    diagnosis = diagnose(text, bench.stated_by(("crlf-counted",), text, truth))
    assert [scored.causes for scored in diagnosis.causes] == [("crlf-counted",)]
    assert [result.fragments for result in diagnosis.spans] == [(t,) for t in truth]


def test_causes_that_tie_but_disagree_mend_nothing() -> None:
    text = "ab ab ab ab\n"
    diagnosis = diagnose(text, [Stated("T1", ((20, 22),), "ab")])
    assert all(result.fragments is None or result.confidence < bench.SURE for result in diagnosis.spans)


def test_negative_offsets_of_a_shift_are_mended() -> None:
    diagnosis = diagnose(TEXT, at_names([p - 20 for p in plain()]))
    assert diagnosis.verdict == "decided"
    assert [result.fragments for result in diagnosis.spans] == [s.fragments for s in at_names(plain())]


def test_fragments_joined_by_a_space_and_line_ends_as_spaces_are_clean() -> None:
    spans = [
        Stated("T1", ((0, 5), (10, 11)), "Línea 😀"),
        Stated("T2", ((19, 32),), "text. Another"),
        Stated("T3", ((0, 6),), "Línea "),
    ]
    assert TEXT[19:32] == "text.\nAnother"
    assert diagnose(TEXT, spans).verdict == "clean"


@pytest.mark.parametrize(
    ("quote", "form"), [("one\t", "quote-tab"), ('"one"', "quote-csv"), ("", "quote-empty"), ("one ", "quote-edges")]
)
def test_a_faulty_quote_leaves_the_offsets_alone(quote: str, form: str) -> None:
    spans = at_names(plain())
    (result, *others) = diagnose(TEXT, [spans[0]._replace(quote=quote), *spans[1:]]).spans
    assert (result.status, result.note, result.fragments) == ("form", form, spans[0].fragments)
    assert {other.status for other in others} == {"exact"}


def test_an_edit_moves_the_fragments_behind_it_and_leaves_cut_quotes_alone() -> None:
    lines = [f"The {word} number{i} stands here.\n" for i, word in enumerate(["red", "blue", "green"] * 8)]
    old = "".join(lines)
    at = old.index("The blue number13")
    new = old[:at] + "Put in! " + old[at:]

    def stated(number: int, *parts: str) -> Stated:
        return Stated(f"T{number}", tuple((old.index(p), old.index(p) + len(p)) for p in parts), " ".join(parts), "A")

    spans = [stated(i, f"number{i} stands") for i in range(24)]
    spans += [stated(30, "number2 ", "number20 "), stated(31, "number15 ", "number16 "), stated(32, "number12 stands here.")]
    start, end = old.index("number18"), old.index("number18") + len("number18 stands here.")
    spans.append(Stated("T33", ((start, end + 9),), "number18 stands here.", "A"))  # stated nine too far, over a line end
    diagnosis = diagnose(new, spans)
    assert [cause.causes for cause in diagnosis.causes] == [("shift-from-a-point",)]
    shifted = {span.id: tuple((a + 8 * (a >= at), b + 8 * (b > at)) for a, b in span.fragments) for span in spans}
    placed = {result.span.id: result.fragments for result in diagnosis.spans if bench.is_placed(result)}
    assert placed.pop("T33", shifted["T33"]) == ((start + 8, end + 8),)
    assert placed == {name: fragments for name, fragments in shifted.items() if name != "T33"}


def test_white_space_put_into_a_span_is_taken_into_it() -> None:
    old = "".join(f"word{i} and more of it\n" for i in range(20))
    at = old.index("more", old.index("word10"))
    spans = [
        Stated(f"T{i}", ((old.index(f"word{i} "), old.index(f"word{i} ") + 6),), old[old.index(f"word{i} ") :][:6])
        for i in range(20)
    ]
    over = (old.index("word10"), old.index("word10") + len("word10 and more"))
    diagnosis = diagnose(old[:at] + "  " + old[at:], [*spans, Stated("T99", (over,), "word10 and more")])
    assert diagnosis.spans[-1].fragments == ((over[0], over[1] + 2),)


def test_one_faulty_span_does_not_hide_two_units() -> None:
    text = "".join(f"café 東京 word{i} 😀\n" for i in range(20))
    truth = [(text.index(f"word{i} "), text.index(f"word{i} ") + len(f"word{i}")) for i in range(20)]
    in_bytes = bench.stated_by(("utf8-bytes",), text, truth)
    plain = [span._replace(id=f"N{i}") for i, span in enumerate(bench.stated_by((), text, truth))]
    plain[3] = plain[3]._replace(fragments=((4, 9),))
    diagnosis = diagnose(text, [*in_bytes, *plain])
    assert [cause.causes for cause in diagnosis.causes] == [("two-units", "utf8-bytes")]
    assert [result.fragments for result in diagnosis.spans[:20]] == [(t,) for t in truth]


def test_one_faulty_span_of_a_few_does_not_hide_their_cause() -> None:
    text = "".join(f"Line {number} of a longer text has word{number}x in it.\n" for number in range(100))
    truth = [(at := text.index(f"word{number}x"), at + len(f"word{number}x")) for number in (20, 40, 60, 80, 99)]
    spans = bench.stated_by(("crlf-counted",), text, truth)
    spans[0] = spans[0]._replace(quote="no such words")
    diagnosis = diagnose(text, spans)
    assert [cause.causes for cause in diagnosis.causes] == [("crlf-counted",)]
    assert [result.fragments for result in diagnosis.spans] == [None, *((t,) for t in truth[1:])]


def test_a_shift_that_no_one_can_name_is_said_to_be_undecidable(tmp_path: Path) -> None:
    report = corpus_tools.doctor(folder(tmp_path / "in", TEXT, brat(at_names([p + 1 for p in plain()]))))
    (cause,) = report.by_cause()
    assert "counted from one or " in cause
    assert "undecidable" in cause


def test_an_empty_quote_is_no_proof_where_offsets_are_wrong() -> None:
    text = "".join(f"word{i} and more of it\n" for i in range(20))
    spans = [Stated(f"T{i}", ((text.index(f"word{i} "), text.index(f"word{i} ") + 5),), f"word{i}"[:5]) for i in range(20)]
    at = text.index("word9 ")
    moved = [
        s._replace(fragments=((s.fragments[0][0] - 3, s.fragments[0][1] - 3),)) if s.fragments[0][0] > at else s for s in spans
    ]
    empty = Stated("T50", ((at + 40, at + 44),), "")
    assert diagnose(text, [*moved, empty]).spans[-1].status == "undecided"


def test_a_quote_over_several_lines_is_read_whole() -> None:
    entries, findings = read_brat(b"T1\tA 0 7\tone\ntwo\n\nT2\tB 0 3\tone\n#1\tNote T1\tx\n", "a.ann")
    assert [(entry.key, entry.span.quote) for entry in entries] == [((0, 1), "one\ntwo"), ((3, 3), "one")]
    assert findings == []


def test_a_quote_that_ends_with_a_line_end_is_told_from_a_blank_line(tmp_path: Path) -> None:
    first = TEXT.index("\n")
    assert TEXT[first - 5 : first] == "text."
    spans = f"T1\tX {first - 5} {first + 1}\ttext.\n\nT2\tX 0 5\tLínea\n\nT3\tX 6 9\tone\n"
    (report,) = corpus_tools.doctor(folder(tmp_path / "in", TEXT, spans)).diagnoses
    assert [(span.id, span.note) for span in report.spans] == [("T1", "quote-broken")]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("T2 Name 0 5 Línea", '"T2 Name 0 5 Línea"'),  # a line whose tabs an editor made spaces
        ("T2\tName\t0\t5\tLínea", r'"T2\tName\t0\t5\tLínea"'),
        ("more of a note", '"more of a note"'),
    ],
)
def test_a_line_of_no_annotation_is_a_finding_and_none_of_the_span_before_it(tmp_path: Path, line: str, found: str) -> None:
    for ann in (f"T1\tName 6 9\tone\n{line}\n", f"T1\tName 6 9\tone\n#1\tNote T1\thm\n{line}\n", f"{line}\nT1\tName 6 9\tone\n"):
        report = corpus_tools.doctor(folder(tmp_path / str(len(list(tmp_path.iterdir()))), TEXT, ann))
        assert [(f.rule, f.line, f.found) for f in report.unread] == [("brat-line", ann.split("\n").index(line) + 1, found)]
        assert report.spans == 1 and not report.diagnoses


def test_what_import_takes_is_clean(tmp_path: Path) -> None:
    """Notes without a number, spaces between offsets, a text with an annotator behind any sign, a suffix in capitals."""
    seen = folder(tmp_path / "in", TEXT, "T1\tName  6  9\tone\n#\tNote T1\thm\n#\tNote T1\tmore\n")
    (seen / "a.ann").rename(seen / "a.ann-1.ANN")
    assert corpus_tools.import_("brat", seen, tmp_path / "seeds").records == {"entities": 1, "mentions": 1, "foreign": 2}
    report = corpus_tools.doctor(seen)
    assert report.clean and (report.files, report.spans) == (1, 1)


def test_a_file_with_its_suffix_in_capitals_is_mended(tmp_path: Path) -> None:
    seen = folder(tmp_path / "in", TEXT, brat(at_names([i + 7 for i in plain()])))
    (seen / "a.ann").rename(seen / "a.ANN")
    corpus_tools.doctor(seen, tmp_path / "out")
    assert (tmp_path / "out/a.ANN").read_text("utf-8") == brat(at_names(plain()))


def test_a_name_that_two_texts_have_is_no_text_for_a_file_elsewhere(tmp_path: Path) -> None:
    seen = folder(tmp_path / "in", TEXT, "T1\tName 6 9\tone\n")
    for name in ("one", "two"):
        folder(seen / name, TEXT, "")
    (seen / "a.txt").unlink()
    assert [f.rule for f in corpus_tools.doctor(seen).unread] == ["text-missing"]


def test_a_span_alone_astray_is_sought_between_its_neighbours() -> None:
    spans = at_names(plain())
    spans[3] = spans[3]._replace(fragments=((50, 53),))
    diagnosis = diagnose(TEXT, spans)
    moved = diagnosis.spans[3]
    assert diagnosis.verdict == "unexplained"
    assert (moved.status, moved.fragments) == ("moved", at_names(plain())[3].fragments)
    spans[3] = spans[3]._replace(quote="Bobby Tables")
    assert diagnose(TEXT, spans).spans[3].status == "lost"


def test_a_mended_copy_is_clean_and_the_original_as_it_was(tmp_path: Path) -> None:
    spans = bench.stated_by(("crlf-counted",), TEXT, [s.fragments[0] for s in at_names(plain())])
    ann = brat(spans) + "E1\tSpan:T1\n#1\tNote T1\tkept\n"
    source = folder(tmp_path / "in", TEXT, ann)
    report = corpus_tools.doctor(source, tmp_path / "out")
    assert (len(report.diagnoses), report.by_cause()) != (0, {})
    assert (source / "a.ann").read_bytes() == ann.encode()
    mended = (tmp_path / "out/a.ann").read_text("utf-8")
    assert mended.endswith("E1\tSpan:T1\n#1\tNote T1\tkept\n")
    assert corpus_tools.doctor(tmp_path / "out").clean
    with pytest.raises(UsageError, match="exists"):
        corpus_tools.doctor(source, tmp_path / "out")
    with pytest.raises(UsageError, match="inside"):
        corpus_tools.doctor(source, source / "out")


def test_the_command_prints_causes_first_and_exits_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = folder(tmp_path / "in", TEXT, brat(at_names([p + 7 for p in plain()])))
    arguments = ["doctor", str(source), "--details"]
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    status = end.value.code
    out = capsys.readouterr().out
    assert status == 1
    assert "a constant shift throughout" in out.splitlines()[1]
    assert "explains 8 of 8" in out


def test_a_corpus_that_was_shifted_is_mended_line_by_line(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(TOP / "corpus", corpus)
    assert corpus_tools.doctor(corpus).clean
    path = corpus / "jsonl/mentions.jsonl"
    before = path.read_bytes()
    from corpus_tools.mending.spanfiles import Mend, mend_json_lines, read_json_lines

    (group,) = read_json_lines(before, "")[0]
    shifted = {e.key: Mend(((e.span.fragments[0][0] + 9, e.span.fragments[0][1] + 9),), (e.span.quote,)) for e in group.entries}
    path.write_bytes(mend_json_lines(before, shifted))
    report = corpus_tools.doctor(corpus, tmp_path / "out")
    assert [file.verdict for file in report.diagnoses] == ["decided"]
    assert (tmp_path / "out/jsonl/mentions.jsonl").read_bytes() == before


@pytest.mark.slow
def test_thousands_of_files_take_seconds(tmp_path: Path) -> None:
    text = bench.article()
    rng = random.Random(1)
    right = bench.spans_of(rng, text, 60)
    sound, faulty = (brat(bench.stated_by(causes, text, right)) for causes in ((), ("crlf-counted",)))
    for number in range(3000):
        (tmp_path / f"{number}.txt").write_text(text, "utf-8", newline="\n")
        (tmp_path / f"{number}.ann").write_text(sound if number % 50 else faulty, "utf-8", newline="\n")
    began = time.process_time()
    report = corpus_tools.doctor(tmp_path)
    assert (report.files, len(report.diagnoses)) == (3000, 60)
    assert time.process_time() - began < 20


@pytest.mark.skipif(not POLNEAR.is_dir(), reason="the sample of PolNeAR is not here")
def test_real_brat_files_are_clean() -> None:
    report = corpus_tools.doctor(POLNEAR)
    assert report.clean
    assert report.files == 39


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text("T1\t 0;-9a\n", max_size=80).map(str.encode))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    entries, findings = read_brat(data, "a.ann")
    diagnose("some text", [entry.span for entry in entries])
    assert all(finding.path == "a.ann" for finding in findings)
