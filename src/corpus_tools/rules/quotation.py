"""Rules on quotation: what a claim says of its words against the quotation marks in the text.

Marks are read by what they look like and what stands beside them, in the styles of many languages: “ ”, „ “, « », » «, ” ”, 「 」 and
straight ones, single ones apart from apostrophes. Where a reading is in doubt the wider one holds: a sound corpus must never be refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from corpus_tools.findings import Finding, quoted
from corpus_tools.records import Claim, Paragraph
from corpus_tools.rules import Bundle, found_in, name_of, text_rule

Stretch = tuple[int, int]

# Each mark that opens, with those that close it.
_PAIRS = {"“": "”", "„": "“”", "‟": "”", "”": "”", "«": "»", "»": "«»", "‹": "›", "›": "‹›"}
_PAIRS |= {"「": "」", "『": "』", "｢": "｣", "﹁": "﹂", "﹃": "﹄", "〝": "〞〟", '"': '"', "＂": "＂", "``": "''"}
# Both begin with a set of characters, which the search then skips to.
_DOUBLE = re.compile("[“”„‟«»‹›「」『』｢｣﹁﹂﹃﹄〝〞〟\"＂`'](?:(?<=[^`'])|(?<=`)`|(?<=')')")
_SINGLE = re.compile(r"[‘’‚`'](?:(?<=[‘’‚])|(?<![`'].)(?![`'])|(?<!\S.)(?<=')(?='))", re.DOTALL)  # not `` and '' of TeX
_SINGLE_PAIRS = {"‘": "’", "‚": "‘’", "’": "’", "'": "'’", "`": "'’"}
# Words that begin with an apostrophe.
_ELISION = re.compile(r"(\d\ds?|tis|twas|em|til|cause|bout|round|n|t|s)\b", re.IGNORECASE)
# Scripts without spaces between words: there a letter beside a mark says nothing.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WORDS = re.compile(r"[^\W_](.*[^\W_])?", re.DOTALL)
# A paragraph of dialogue, as French, Spanish or Polish print it.
_DIALOGUE = re.compile(r"\s*([—–―]|-\s)")


def quoted_stretches(text: str, carried: str = "") -> tuple[list[Stretch], str]:
    """The stretches of a paragraph inside quotation marks, the marks left out, and the mark that is still open at its end.

    ``carried`` is the mark that the paragraph before left open. An open mark reaches to the end.
    """
    opened = [(carried, 0)] if carried and _runs_on(text, carried) else []
    stretches: list[Stretch] = []
    for match in _DOUBLE.finditer(text):
        opens, closes = _roles(text, match)
        depth = next((i for i in reversed(range(len(opened))) if match[0] in _PAIRS[opened[i][0]]), None) if closes else None
        if depth is not None:
            stretches.append((opened[depth][1], match.start()))
            del opened[depth:]
        elif opens:
            opened.append((match[0], match.end()))
    stretches += [(start, len(text)) for _, start in opened]
    return sorted([*stretches, *_single_stretches(text)]), opened[0][0] if opened else ""


def _runs_on(text: str, mark: str) -> bool:
    """Whether a quotation that the paragraph before left open goes on in this one: its mark is not opened again."""
    first = next((m for m in _DOUBLE.finditer(text) if m[0] == mark or m[0] in _PAIRS[mark]), None)
    return first is None or not (first[0] == mark and _roles(text, first)[0])


def _roles(text: str, match: re.Match[str]) -> tuple[bool, bool]:
    """Whether a mark may open, and whether it may close, by its shape and by what stands beside it."""
    before, after = text[match.start() - 1 : match.start()] if match.start() else "", text[match.end() : match.end() + 1]
    behind, ahead = not _is_blank(before), not _is_blank(after)
    mark = match[0]
    if mark in '"＂':
        loose = not behind and not ahead
        return loose or (ahead and not _is_letter(before)), loose or (behind and not _is_letter(after))
    if mark == "“":
        return not (behind and (not ahead or after in ".,;:!?)")), True
    if mark in "”»›":  # they close, but in Swedish, Danish or German they open too
        return not before or (ahead and (not behind or before in "([—–-")), True
    return mark in _PAIRS and not (behind and not ahead), True


def _single_stretches(text: str) -> Iterator[Stretch]:
    """The stretches inside single marks. An apostrophe at the end of a word may close as well: all possible ones count."""
    marks = [(match.start(), match[0], *_single_roles(text, match)) for match in _SINGLE.finditer(text)]
    for index, (at, mark, opens, _) in enumerate(marks):
        if not opens:
            continue
        closed = False
        for other, closer, reopens, closes in marks[index + 1 :]:
            if closes and closer in _SINGLE_PAIRS[mark]:
                closed = True
                yield at + 1, other
            elif reopens and closer == mark:
                break
        if not closed and mark != "’" and not _ELISION.match(text, at + 1):
            yield at + 1, len(text)


def _single_roles(text: str, match: re.Match[str]) -> tuple[bool, bool]:
    before, after = text[match.start() - 1 : match.start()] if match.start() else "", text[match.end() : match.end() + 1]
    return not _is_blank(after) and not _is_letter(before), not _is_blank(before) and not _is_letter(after)


def _is_blank(character: str) -> bool:
    return not character or character.isspace()


def _is_letter(character: str) -> bool:
    return character.isalnum() and not _UNSPACED.match(character)


# ---------------------------------------------------------------------------------------------------------- rules


@text_rule
def quotation_marks(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """Direct content stands in quotation marks, mixed content has a quoted stretch that is no scare quote."""
    stretches_in, paragraphs = _reader(bundle), {p.paragraph_id: p for p in bundle.paragraphs}
    for claim in bundle.claims:
        if claim.quotation not in ("direct", "mixed") or claim.paragraph_id not in paragraphs:
            continue
        paragraph = paragraphs[claim.paragraph_id]
        if claim.quotation == "direct":
            words = _unquoted_content(claim, paragraph, stretches_in(paragraph.paragraph_id, False))
            if words and _unquoted_content(claim, paragraph, stretches_in(paragraph.paragraph_id, True)):
                found = f"direct, with {quoted(words)} outside quotation marks"
                yield found_in(bundle, "quotation-marks", name_of(claim), found, "mixed, indirect, or other content")
        elif not any(_has_quote(claim, paragraph, stretches_in(paragraph.paragraph_id, carry)) for carry in (False, True)):
            found = "mixed, without a quoted stretch that is no scare quote"
            yield found_in(bundle, "quotation-marks", name_of(claim), found, "indirect, direct, or other content")


@text_rule
def scare_quote_place(bundle: Bundle, config: dict[str, Any]) -> Iterator[Finding]:
    """A scare quote is a stretch of the claim's content that stands in quotation marks."""
    stretches_in, paragraphs = _reader(bundle), {p.paragraph_id: p for p in bundle.paragraphs}
    for claim in (c for c in bundle.claims if c.scare_quotes and c.paragraph_id in paragraphs):
        paragraph = paragraphs[claim.paragraph_id]
        for fragment in claim.scare_quotes:
            span = fragment.start - paragraph.start, fragment.end - paragraph.start
            if not any(c.start <= fragment.start and fragment.end <= c.end for c in claim.content):
                found, expected = f"{quoted(fragment.text or '')} outside the content", "a stretch of it"
            elif all(
                _unquoted(paragraph.text or "", *span, stretches_in(paragraph.paragraph_id, carry)) for carry in (False, True)
            ):
                found, expected = f"{quoted(fragment.text or '')} without marks", "words in quotation marks"
            else:
                continue
            yield found_in(bundle, "scare-quote-place", name_of(claim), found, expected)


@lru_cache(maxsize=1)  # both rules look at the same document in turn
def _reader(bundle: Bundle) -> Callable[[str, bool], list[Stretch]]:
    """What gives the quoted stretches of a paragraph, read by itself or with what the paragraphs before left open."""
    paragraphs = {p.paragraph_id: p for p in bundle.paragraphs}

    @cache
    def by_itself(paragraph_id: str) -> list[Stretch]:
        paragraph = paragraphs[paragraph_id]
        return _whole(paragraph) or quoted_stretches(paragraph.text or "")[0]

    @cache
    def in_flow() -> dict[str, list[Stretch]]:
        result, carried = {}, ""
        for paragraph in bundle.paragraphs:
            stretches, carried = quoted_stretches(paragraph.text or "", carried)
            result[paragraph.paragraph_id] = _whole(paragraph) or stretches
        return result

    return lambda paragraph_id, carry: in_flow()[paragraph_id] if carry else by_itself(paragraph_id)


def _whole(paragraph: Paragraph) -> list[Stretch]:
    """A block quotation and a line of dialogue are quoted as a whole, without marks."""
    text = paragraph.text or ""
    return [(0, len(text))] if paragraph.kind == "quote" or _DIALOGUE.match(text) else []


def _unquoted_content(claim: Claim, paragraph: Paragraph, stretches: Sequence[Stretch]) -> str:
    """Words of a claim's content that are in none of the stretches; empty when there are none."""
    parts = (_unquoted(paragraph.text or "", f.start - paragraph.start, f.end - paragraph.start, stretches) for f in claim.content)
    return next((part for part in parts if part), "")


def _unquoted(text: str, start: int, end: int, stretches: Sequence[Stretch]) -> str:
    """The first words between two offsets that are in none of the stretches; empty when there are none."""
    position = start
    for low, high in [*sorted(stretches), (end, end)]:
        words = _WORDS.search(text[position : min(max(position, low), end)])
        if words:
            return words[0]
        position = max(position, high)
    return ""


def _has_quote(claim: Claim, paragraph: Paragraph, stretches: Sequence[Stretch]) -> bool:
    scare = [(f.start - paragraph.start, f.end - paragraph.start) for f in claim.scare_quotes]
    content = [(f.start - paragraph.start, f.end - paragraph.start) for f in claim.content]
    shared = [(max(a, low), min(b, high)) for a, b in content for low, high in stretches]
    return any(start < end and _unquoted(paragraph.text or "", start, end, scare) for start, end in shared)
