"""The viewer in a real browser, by pointing, clicking and typing: headless Chromium, driven by selenium."""

from __future__ import annotations

import importlib.util
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from differing import hostile_pair, small_pair
from helpers import ARTICLE, TOP
from selenium import webdriver
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait
from viewer_seeds import HOSTILE, HUGE, SCRIPT, write_hostile, write_huge, write_spans

import corpus_tools
from corpus_tools.viewing.overview import COLUMNS, overview_page
from corpus_tools.viewing.rendering import render

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed"),
]
WIDE, PHONE = (1380, 1000), (390, 800)


# ------------------------------------------------------------------------------------------------------------ driving


@pytest.fixture(scope="module")
def browser() -> Iterator[WebDriver]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--force-prefers-reduced-motion",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("article") / "site"
    corpus_tools.view(TOP / "corpus", out)
    return out / "documents" / f"{ARTICLE}.html"


def site_of(folder: Path, write: Callable[[Path], Path]) -> Path:
    corpus_tools.build(write(folder / "seeds"), folder / "corpus")
    corpus_tools.view(folder / "corpus", folder / "site")
    return folder / "site"


@pytest.fixture(scope="module")
def spans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return site_of(tmp_path_factory.mktemp("spans"), write_spans) / "documents" / "spans.html"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return site_of(tmp_path_factory.mktemp("hostile"), write_hostile)


def opened(browser: WebDriver, page: Path, fragment: str = "", size: tuple[int, int] = WIDE, scheme: str = "light") -> None:
    """Open a page afresh; nothing may be wrong in the browser's eyes."""
    browser.get("about:blank")
    browser.get_log("browser")
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    browser.get(page.as_uri() + fragment)
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def all_of(browser: WebDriver, selector: str) -> list[WebElement]:
    return browser.find_elements(By.CSS_SELECTOR, selector)


def one(browser: WebDriver, selector: str) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, selector)


def texts(browser: WebDriver, selector: str) -> list[str]:
    """The text of elements as a reader sees it: of those that are shown."""
    return [element.text for element in all_of(browser, selector) if element.is_displayed()]


def point(browser: WebDriver, element: WebElement) -> None:
    browser.execute_script("arguments[0].scrollIntoView({block: 'nearest'})", element)
    ActionChains(browser, duration=0).move_to_element(element).perform()


def click(browser: WebDriver, element: WebElement) -> None:
    point(browser, element)
    ActionChains(browser, duration=0).click(element).perform()


def press(browser: WebDriver, *keys: str) -> None:
    for key in keys:
        ActionChains(browser, duration=0).send_keys(key).perform()


def note(browser: WebDriver, record: str) -> WebElement:
    return browser.find_element(By.ID, record)


def pick(browser: WebDriver, record: str) -> WebElement:
    return note(browser, record).find_element(By.CLASS_NAME, "pick")


def focused(browser: WebDriver) -> str:
    """The address of the link that has the focus."""
    return str(browser.switch_to.active_element.get_attribute("href") or "").partition("#")[2]


def address(browser: WebDriver) -> str:
    return str(browser.execute_script("return decodeURIComponent(location.hash)"))


def choose(browser: WebDriver, name: str, words: str) -> None:
    Select(one(browser, f"select[name={name}]")).select_by_visible_text(words)


def colour(element: WebElement, name: str = "background-color") -> str:
    return element.value_of_css_property(name)


NONE = "rgba(0, 0, 0, 0)"


# --------------------------------------------------------------------------------------------------------- mentions


def test_pointing_at_a_mention_lights_up_its_chain_and_shows_its_entity(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    assert all_of(browser, ".lit") == []
    point(browser, one(browser, "#p5 .words .m a"))
    lit = all_of(browser, ".words .lit")
    assert len(lit) == 17
    assert {element.text for element in lit} >= {"ISIS", "The group", "the Islamist militia"}
    card = one(browser, ".card").text
    assert card.startswith("ISIS\nORG, mentioned 17 times\n1 of 17" if "1 of 17" in card else "ISIS\nORG, mentioned 17 times")
    assert "ISIS ×" in card
    point(browser, one(browser, ".imprint"))
    assert all_of(browser, ".lit") == []


def test_a_click_keeps_an_entity_and_its_buttons_walk_along_the_chain(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    click(browser, one(browser, "#p5 .words .m a"))
    point(browser, one(browser, ".imprint"))
    assert len(all_of(browser, ".words .lit")) == 17
    at = address(browser)
    place = one(browser, ".card .steps span").text
    click(browser, one(browser, ".card [aria-label='next mention']"))
    assert address(browser) != at
    assert one(browser, ".card .steps span").text == f"{int(place.split()[0]) + 1} of 17"
    press(browser, Keys.ESCAPE)
    assert all_of(browser, ".lit") == []
    assert address(browser) == ""
    click(browser, one(browser, "#p5 .words .m a"))
    click(browser, one(browser, ".card [aria-label='let go']"))
    assert all_of(browser, ".chosen") == []


def test_mentions_are_marked_by_their_type_in_colour_and_form(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    marks = {}
    for label in all_of(browser, ".types .m"):
        marks[label.text] = (colour(label, "border-bottom-color"), colour(label, "border-bottom-style"))
    assert set(marks) == {"PERSON", "NORP", "ORG", "GPE", "LOC", "EVENT", "LAW", "WORK_OF_ART"}
    assert len(set(marks.values())) == len(marks)
    first = one(browser, "#p5 .words .m")
    assert (colour(first, "border-bottom-color"), colour(first, "border-bottom-style")) == marks["ORG"]


def test_nested_crossing_equal_and_discontinuous_mentions_can_all_be_reached(browser: WebDriver, spans: Path) -> None:
    opened(browser, spans)
    for record, shown in {
        "whole": "Ada Stone of Rome",
        "town": "Rome",
        "cross": "Rome met Bob",
        "same": "Rome met Bob",
        "pieces": "her friend",
        "within": None,
    }.items():
        if shown:
            script = "return [...document.querySelectorAll(`[data-r='ann/${arguments[0]}']`)].map((e) => e.textContent)"
            pieces = browser.execute_script(script, record)
            assert " ".join("".join(pieces).split()) == shown.replace("her friend", "herfriend")
    click(browser, one(browser, "[id='ann/pieces'] a"))
    assert {element.text for element in all_of(browser, ".m.chosen")} == {"her", "friend"}
    click(browser, one(browser, "[id='ann/town'] a"))
    inside = [
        link.get_attribute("href").partition("#")[2]
        for link in all_of(browser, ".card p a")
        if "inside" in link.find_element(By.XPATH, "..").text
    ]
    assert address(browser) == "#ann/town"
    assert "ann/whole" in inside
    browser.execute_script("location.hash = '#ann/same'")
    WebDriverWait(browser, 5).until(lambda _: one(browser, ".card h2").text == "ada")


# ----------------------------------------------------------------------------------------------------------- claims


def test_claims_stand_beside_their_paragraph(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    text, margin = one(browser, "#p5 .words").rect, one(browser, "#p5 .notes").rect
    assert margin["x"] >= text["x"] + text["width"]
    assert abs(margin["y"] - text["y"]) < 30
    assert texts(browser, "#p5 .note > .pick") == ["c3 the author", "c4 nobody named is now believed"]
    assert texts(browser, "[id='gold/c4'] .label") == ["assertion", "indirect", "author neutral"]


def test_a_chosen_claim_shows_source_cue_and_content_in_their_colours(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    click(browser, pick(browser, "gold/c17"))
    parts = {part: one(browser, f".c.{part}[data-r='gold/c17']") for part in ("source", "cue", "content")}
    assert [parts[part].text for part in ("source", "cue")] == ["a UN monitoring agency", "has stated"]
    colours = {colour(element) for element in parts.values()}
    assert len(colours) == 3
    assert NONE not in colours
    assert colour(one(browser, ".c.source[data-r='gold/c15']")) == NONE  # the others step back
    label = "return getComputedStyle(arguments[0], '::before').content"
    assert [browser.execute_script(label, parts[p]) for p in parts] == ['"source"', '"cue"', '"content"']
    assert note(browser, "gold/c17").get_attribute("class") == "note chosen"
    assert one(browser, "[aria-current]").get_attribute("href").endswith("#gold/c17")
    assert address(browser) == "#gold/c17"


def test_discontinuous_content_is_one_thing(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    click(browser, pick(browser, "gold/c4"))
    pieces = all_of(browser, ".c.content.on")
    assert [piece.text for piece in pieces] == ["The group", one(browser, "[id='gold/c4'] .gist").text.partition(" … ")[2]]
    assert len({colour(piece) for piece in pieces}) == 1


def test_words_of_a_claim_in_the_text_choose_it(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    click(browser, one(browser, ".c.cue[data-r='gold/c4']"))
    assert address(browser) == "#gold/c4"
    assert note(browser, "gold/c4").get_attribute("class") == "note chosen"


def test_nested_attribution_is_nesting_and_relations_are_followed_by_a_click(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    assert pick(browser, "gold/c16").find_element(By.XPATH, "ancestor::li[2]").get_attribute("id") == "gold/c15"
    click(browser, note(browser, "gold/c17").find_element(By.LINK_TEXT, "contradicts c16"))
    assert address(browser) == "#gold/c16"
    assert [element.text for element in all_of(browser, ".c.source.on")] == ["Saudi"]
    click(browser, note(browser, "gold/c16").find_element(By.LINK_TEXT, "c15 contradicts this"))
    assert address(browser) == "#gold/c15"
    assert focused(browser) == "gold/c15"


def test_source_bytes_are_shown_on_demand(browser: WebDriver, article: Path) -> None:
    opened(browser, article, "#gold/c15")
    assert texts(browser, ".bytes") == []
    click(browser, note(browser, "gold/c15").find_element(By.XPATH, ".//button[.='source bytes']"))
    shown = one(browser, ".bytes").text
    traced = corpus_tools.trace("gold/c15", TOP / "corpus", TOP / "seeds")
    for span in traced["spans"]:
        assert f"{span['field']}: bytes {span['source_start']}–{span['source_end']} of {ARTICLE}.txt" in shown
        assert span["source_text"] in shown
    assert " ".join(f"{byte:02x}" for byte in b"have denied") in shown


# ---------------------------------------------------------------------------------------------------------- filters


def test_layers_and_types_are_left_out(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    click(browser, one(browser, "[value=GPE]"))
    hidden, shown = one(browser, "#p3 .m.t3"), one(browser, "#p3 .m.t2")
    assert colour(hidden, "border-bottom-color") == NONE
    assert colour(shown, "border-bottom-color") != NONE
    point(browser, hidden)
    assert all_of(browser, ".lit") == []
    click(browser, one(browser, "[value=claims]"))
    assert texts(browser, ".note") == []
    assert {colour(element) for element in all_of(browser, "#p10 .c")} == {NONE}
    assert one(browser, ".shown").text == "0 of 50 claims shown"
    click(browser, one(browser, "[value=claims]"))
    click(browser, one(browser, "[value=mentions]"))
    assert {colour(element, "border-bottom-color") for element in all_of(browser, "#p3 .m")} == {NONE}
    assert len(texts(browser, ".note")) == 50


def test_a_choice_undoes_the_filters_that_hide_it(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    choose(browser, "source", "Russia (2)")
    click(browser, one(browser, "[value=claims]"))
    click(browser, one(browser, "[value=GPE]"))
    browser.execute_script("location.hash = '#gold/c4'")
    WebDriverWait(browser, 5).until(lambda _: pick(browser, "gold/c4").is_displayed())
    assert one(browser, "select[name=source]").get_property("value") == ""
    browser.execute_script("location.hash = '#gold/iran'")
    WebDriverWait(browser, 5).until(lambda _: one(browser, "[value=GPE]").is_selected())


def test_what_does_russia_claim(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    choose(browser, "source", "Russia (2)")
    assert one(browser, ".shown").text == "2 of 50 claims shown"
    assert [pick.text for pick in all_of(browser, ".note:not(.out) > .pick")] == [
        "c27 Iran, Russia charges",
        "c30 Iran, Russia have charged",
    ]
    assert {element.text for element in all_of(browser, ".c.source.on")} == {"both Iran and Russia", "Both Iran and Russia"}
    assert "c26 BBC" in texts(browser, "[id='gold/c26'] > .pick")[0]  # it reports one of them
    assert address(browser) == "#source=gold/russia"
    choose(browser, "source", "anybody (50)")
    assert len(texts(browser, ".note")) == 50
    choose(browser, "source", "nobody named (6)")
    assert one(browser, ".shown").text == "6 of 50 claims shown"


def test_the_card_of_an_entity_leads_to_what_it_claims(browser: WebDriver, article: Path) -> None:
    opened(browser, article, "#gold/russia")
    point(browser, one(browser, ".imprint"))
    click(browser, one(browser, ".card").find_element(By.XPATH, ".//button[contains(., 'what it claims')]"))
    assert address(browser) == "#source=gold/russia"
    assert one(browser, ".shown").text == "2 of 50 claims shown"


def test_two_annotators_side_by_side(browser: WebDriver, spans: Path) -> None:
    opened(browser, spans)
    assert len(texts(browser, "#p2 .side")) == 1
    choose(browser, "annotator", "bob")
    assert [link.text for link in all_of(browser, "#p2 .side[data-annotator=bob] .pick") if link.is_displayed()] == [
        "c1 ada denied"
    ]
    choose(browser, "annotator", "ann beside bob")
    left, right = (element.rect for element in all_of(browser, "#p1 .words") if element.is_displayed())
    assert left["y"] == right["y"]
    assert right["x"] >= left["x"] + left["width"]
    assert texts(browser, ".heads b") == ["ann", "bob"]
    assert texts(browser, ".comparison .summary") == [
        "mentions: 1 the same, 1 differ, 6 only ann, 1 only bob; claims: 0 the same, 1 differ, 1 only ann, 0 only bob"
    ]
    assert {e.get_attribute("data-r") for e in all_of(browser, ".m.differs")} == {"ann/later", "bob/m2"}
    assert {e.get_attribute("data-r") for e in all_of(browser, ".m.only")} >= {"ann/town", "ann/pieces", "bob/m3"}
    assert texts(browser, "[id='ann/within'] > .difference") == ["bob/c1 differs in stance"]
    assert texts(browser, "[id='ann/outer'] > .difference") == ["only ann has it"]
    click(browser, one(browser, "[name=differences]"))
    assert "off" in one(browser, "[id='ann/whole']").get_attribute("class").split()
    assert "off" not in one(browser, "[id='ann/later']").get_attribute("class").split()


# --------------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("fragment", "seen"),
    [
        ("#gold/c42", "[id='gold/c42']"),
        ("#gold/p23.m1", "[id='gold/p23.m1']"),
        ("#p26", "#p26 .words"),
        ("#source=gold/pollack", "[id='gold/c41']"),
    ],
)
def test_an_address_leads_to_its_record(browser: WebDriver, article: Path, fragment: str, seen: str) -> None:
    opened(browser, article, fragment)
    inside = "const r = document.querySelector(arguments[0]).getBoundingClientRect(); return r.top >= 0 && r.top < innerHeight"
    WebDriverWait(browser, 5).until(lambda _: browser.execute_script(inside, seen))
    assert address(browser) == fragment


def test_an_address_that_leads_nowhere_does_no_harm(browser: WebDriver, article: Path) -> None:
    for fragment in ("#gold/nothing", "#source=gold/nothing", "#a/b/c", "#%3Cscript%3E/x", "#"):
        opened(browser, article, fragment)
        assert one(browser, ".shown").text == "50 of 50 claims shown"
        assert all_of(browser, ".chosen") == []
    opened(browser, article, "#%E0%A4%A")
    assert one(browser, ".shown").text == "50 of 50 claims shown"


def test_back_leads_to_the_claim_before(browser: WebDriver, article: Path) -> None:
    opened(browser, article, "#gold/c15")
    browser.execute_script("location.hash = '#gold/c17'")
    WebDriverWait(browser, 5).until(lambda _: "chosen" in note(browser, "gold/c17").get_attribute("class"))
    browser.back()
    WebDriverWait(browser, 5).until(lambda _: "chosen" in note(browser, "gold/c15").get_attribute("class"))


# ---------------------------------------------------------------------------------------------------------- keyboard


def test_all_can_be_done_by_keyboard_alone(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    press(browser, Keys.TAB)
    assert browser.switch_to.active_element.text == "To the text"
    press(browser, Keys.ENTER)
    while focused(browser) != "gold/p3.m1":
        press(browser, Keys.TAB)
    assert one(browser, ".card h2").text == "Syria"
    press(browser, Keys.ARROW_RIGHT)
    assert focused(browser) == "gold/p3.m2"
    assert one(browser, ".card h2").text == "Iran"
    press(browser, Keys.ENTER)
    assert address(browser) == "#gold/p3.m2"
    press(browser, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert focused(browser) == "gold/p2.m1"  # over the border of the paragraph
    press(browser, Keys.ARROW_RIGHT, Keys.TAB)
    assert focused(browser) == "gold/c1"  # the claims of the paragraph come next
    press(browser, Keys.ARROW_DOWN)
    assert focused(browser) == "gold/c2"
    press(browser, Keys.ENTER)
    assert address(browser) == "#gold/c2"
    assert note(browser, "gold/c2").get_attribute("class") == "note own chosen"
    press(browser, Keys.ESCAPE)
    assert all_of(browser, ".chosen") == []


def test_there_are_few_stops_for_the_tab_key_and_the_focus_is_seen(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    assert len([e for e in all_of(browser, ".words a, .pick") if e.get_attribute("tabindex") == "0"]) < 60
    press(browser, Keys.TAB, Keys.TAB)
    assert browser.switch_to.active_element.value_of_css_property("outline-style") == "solid"


# ----------------------------------------------------------------------------------------------------- accessibility


def axe() -> str:
    spec = importlib.util.find_spec("axe_selenium_python")
    assert spec and spec.origin
    return (Path(spec.origin).parent / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def violations(browser: WebDriver) -> list[tuple[str, str]]:
    """What axe finds on the page with all that folds unfolded: (rule, element)."""
    for element in all_of(browser, "details"):
        browser.execute_script("arguments[0].open = true", element)
    for element in all_of(browser, ".more button"):
        browser.execute_script("arguments[0].click()", element)
    browser.execute_script(axe())
    found = browser.execute_async_script("const done = arguments[0]; axe.run().then((r) => done(r.violations))")
    return [(violation["id"], node["html"]) for violation in found for node in violation["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_axe_finds_nothing(
    browser: WebDriver, article: Path, spans: Path, hostile: Path, size: tuple[int, int], scheme: str
) -> None:
    for page, fragment in [
        (article, ""),
        (article, "#gold/c15"),
        (article, "#gold/p5.m1"),
        (article, "#source=gold/russia"),
        (article.parents[1] / "index.html", ""),
        (hostile / "index.html", ""),
        (hostile / "documents" / "hostile.html", "#ann/c1"),
        (spans, "#ann/within"),
    ]:
        opened(browser, page, fragment, size, scheme)
        assert violations(browser) == [], f"{page.name}{fragment}"
    if size == WIDE:
        choose(browser, "annotator", "ann beside bob")
        assert violations(browser) == []


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages of `diff` and `score`: of a small corpus, and of one whose texts are code."""
    folder = tmp_path_factory.mktemp("compared")
    pages = {name: folder / f"{name}.html" for name in ("diff", "score", "hostile diff", "hostile score")}
    small, texts = small_pair(folder / "small"), hostile_pair(folder / "text", f"{SCRIPT} and more")
    corpus_tools.diff(*small, page=pages["diff"])
    corpus_tools.score(*small, page=pages["score"])
    corpus_tools.diff(*texts, page=pages["hostile diff"])
    corpus_tools.score(*hostile_pair(folder / "same"), page=pages["hostile score"])
    return pages


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_axe_finds_nothing_on_pages_of_diff_and_score(
    browser: WebDriver, compared: dict[str, Path], size: tuple[int, int], scheme: str
) -> None:
    for name, page in compared.items():
        opened(browser, page, "", size, scheme)
        assert "run" not in browser.title.split(), name
        assert violations(browser) == [], name
        assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth"), name


def test_kinds_of_changes_are_left_out_and_shown_by_keyboard(browser: WebDriver, compared: dict[str, Path]) -> None:
    opened(browser, compared["score"])
    assert texts(browser, ".shown") == ["6 of 6 shown"]
    box = one(browser, "[name=kind][value='mentions boundary']")
    press(browser, *[Keys.TAB] * 6)
    while browser.switch_to.active_element != box:
        press(browser, Keys.TAB)
    press(browser, Keys.SPACE)
    assert texts(browser, ".shown") == ["5 of 6 shown"]
    assert "boundary" not in texts(browser, ".differing .what b")
    opened(browser, compared["diff"])
    quiet = [box for box in all_of(browser, "[name=kind]") if not box.is_selected()]
    assert {box.get_attribute("value") for box in quiet} <= {"moved", "renumbered"}
    total = len(all_of(browser, "[data-kind]"))
    for box in quiet:
        click(browser, box)
    assert texts(browser, ".shown") == [f"{total} of {total} shown"]


def test_axe_would_find_something(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    browser.execute_script("document.querySelector('.imprint').style.color = '#ddd'")
    assert [name for name, _ in violations(browser)][:1] == ["color-contrast"]


def test_lists_notes_and_choices_have_names(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = {(n["role"]["value"], n.get("name", {}).get("value", "")) for n in nodes if not n["ignored"]}
    for role, name in [
        ("main", ""),
        ("heading", "Defeat of ISIS in last stronghold signals new stage of US war in Syria"),
        ("list", "Claims in paragraph p10"),
        ("list", "Reported within c15"),
        ("link", "c15 Iran, Hezbollah have denied"),
        ("combobox", "Who claims"),
        ("checkbox", "mentions"),
        ("region", "What is chosen"),
    ]:
        assert (role, name) in named, (role, name)
    assert one(browser, ".card").get_attribute("aria-live") == "polite"


# ---------------------------------------------------------------------------------------- colours, phone, paper, scripts


def luminance(rgb: tuple[int, ...]) -> float:
    channels = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(a: tuple[int, ...], b: tuple[int, ...]) -> float:
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


def palette(browser: WebDriver) -> dict[str, tuple[int, ...]]:
    """The colours of the style by name."""
    names = "paper ink quiet panel accent ring chain source source-ink cue cue-ink content content-ink blue red green purple brown"
    script = (
        "const s = getComputedStyle(document.documentElement); return arguments[0].map((n) => s.getPropertyValue('--' + n).trim())"
    )
    values = browser.execute_script(script, names.split())
    return {name: tuple(int(value[i : i + 2], 16) for i in (1, 3, 5)) for name, value in zip(names.split(), values, strict=True)}


# How a colour looks to those who lack one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1), for linear RGB.
BLINDNESS = {
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(rgb: tuple[int, ...], matrix: list[list[float]]) -> list[float]:
    """A colour in CIELAB, where distances are those that are seen."""
    linear = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    r, g, b = (min(1, max(0, sum(m * c for m, c in zip(row, linear, strict=True)))) for row in matrix)
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast_and_are_told_apart_by_the_colour_blind(browser: WebDriver, article: Path, scheme: str) -> None:
    opened(browser, article, scheme=scheme)
    colours = palette(browser)
    for ground in ("paper", "panel", "chain", "source", "cue", "content"):
        assert contrast(colours["ink"], colours[ground]) >= 4.5, ground
    for ink in ("quiet", "accent", "ring", "source-ink", "cue-ink", "content-ink"):
        for ground in ("paper", "panel"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for mark in ("blue", "red", "green", "purple", "brown"):
        assert contrast(colours[mark], colours["paper"]) >= 3, mark
    for name, matrix in BLINDNESS.items():
        seen = {part: lab(colours[part], matrix) for part in ("source", "cue", "content", "paper")}
        for a, b in [
            ("source", "cue"),
            ("source", "content"),
            ("cue", "content"),
            *((part, "paper") for part in ("source", "cue", "content")),
        ]:
            distance = sum((x - y) ** 2 for x, y in zip(seen[a], seen[b], strict=True)) ** 0.5
            assert distance > 9, (name, a, b, distance)  # a difference of 2.3 is just seen


def test_dark_mode_is_dark(browser: WebDriver, article: Path) -> None:
    opened(browser, article, scheme="dark")
    assert luminance(palette(browser)["paper"]) < 0.05
    assert colour(one(browser, "body"), "color") == "rgba(233, 230, 223, 1)"


def test_on_a_phone_nothing_is_cut_off_and_notes_stand_below(browser: WebDriver, article: Path, spans: Path, hostile: Path) -> None:
    for page in (article, article.parents[1] / "index.html", spans, hostile / "documents" / "hostile.html", hostile / "index.html"):
        opened(browser, page, size=PHONE)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= PHONE[0], page
    opened(browser, article, size=PHONE)
    text, margin = one(browser, "#p5 .words").rect, one(browser, "#p5 .notes").rect
    assert margin["y"] >= text["y"] + text["height"]
    assert not one(browser, "select[name=source]").is_displayed()
    click(browser, one(browser, ".filters summary"))
    assert one(browser, "select[name=source]").is_displayed()
    assert not one(browser, ".card").is_displayed()
    click(browser, one(browser, "#p5 .words .m a"))
    card = one(browser, ".card")
    assert card.is_displayed()
    assert "ISIS" in card.text


def test_on_paper_the_notes_are_whole_and_the_filters_are_left_out(browser: WebDriver, article: Path) -> None:
    opened(browser, article)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not one(browser, ".rail").is_displayed()
    assert one(browser, "#p10 .notes").is_displayed()
    whole = "const g = document.querySelector('[id=\"gold/c43\"] .gist'); return g.scrollHeight <= g.clientHeight + 1"
    assert browser.execute_script(whole)
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    assert len(printed["data"]) > 10_000
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_without_scripts_text_notes_and_links_are_there(browser: WebDriver, article: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        opened(browser, article, "#gold/c16")
        assert not one(browser, ".filters").is_displayed()
        assert len(texts(browser, ".note")) == 50
        assert colour(one(browser, "#p5 .m"), "border-bottom-color") != NONE
        note(browser, "gold/c17").find_element(By.LINK_TEXT, "contradicts c16").click()
        assert browser.current_url.endswith("#gold/c16")
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


# --------------------------------------------------------------------------------------------------- texts not trusted


def test_texts_that_are_code_do_not_run_and_are_read_as_they_are(browser: WebDriver, hostile: Path) -> None:
    opened(browser, hostile / "index.html")
    assert browser.title != "run"
    opened(browser, hostile / "documents" / "hostile.html")
    assert browser.execute_script("return [...document.querySelectorAll('.words')].map((e) => e.textContent)") == HOSTILE
    for number in range(len(HOSTILE)):
        browser.execute_script(f"location.hash = '#ann/m{number}'")
        WebDriverWait(browser, 5).until(lambda _, n=number: address(browser) == f"#ann/m{n}" and all_of(browser, ".card h2"))
        assert browser.execute_script("return document.querySelector('.card h2').textContent") == HOSTILE[number]
        browser.execute_script(f"location.hash = '#ann/c{number}'")
        WebDriverWait(browser, 5).until(lambda _, n=number: "chosen" in note(browser, f"ann/c{n}").get_attribute("class"))
        for button in all_of(browser, ".more button"):
            button.click()
    assert browser.title.startswith("</title><script>")
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    assert browser.title != "run"
    right_to_left = (
        "const r = document.createRange(), t = document.querySelectorAll('.words')[3]; r.selectNodeContents(t); return t.innerText"
    )
    assert "gnp.exe" in browser.execute_script(right_to_left)


def test_the_policy_stops_what_would_run_all_the_same(browser: WebDriver, hostile: Path, tmp_path: Path) -> None:
    page = (hostile / "documents" / "hostile.html").read_text("utf-8")
    run = "document.title = 'run'"
    forced = f'<script>{run}</script><img src=x onerror="{run}"><a id=link href="javascript:{run}">x</a>'
    (tmp_path / "forced.html").write_text(page.replace("<footer>", f"<footer>{forced}"), "utf-8")
    browser.get((tmp_path / "forced.html").as_uri())
    browser.execute_script("document.getElementById('link').click()")
    time.sleep(0.2)
    assert browser.title != "run"
    assert any("Content Security Policy" in entry["message"] for entry in browser.get_log("browser"))


def test_a_paragraph_of_a_megabyte_is_shown_and_stays_quick(browser: WebDriver, tmp_path: Path) -> None:
    page = site_of(tmp_path, write_huge) / "documents" / "huge.html"
    begin = time.perf_counter()
    opened(browser, page)
    assert time.perf_counter() - begin < 20
    assert browser.execute_script("return document.querySelector('.words').textContent.length") > HUGE * 0.99
    walk = "const t = performance.now(); location.hash = '#ann/m500'; dispatchEvent(new HashChangeEvent('hashchange'));"
    took = browser.execute_script(f"{walk} return performance.now() - t")
    assert took < 3_000
    assert len(all_of(browser, ".words .lit")) > 2_000


# ------------------------------------------------------------------------------------------------------------- index


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of 10,000 documents."""
    manifest = json.loads((TOP / "corpus/manifest.json").read_text("utf-8"))
    rows = []
    for number in range(10_000):
        row: dict[str, Any] = {
            "id": f"d{number:05}",
            "title": f"Story {number * 7919 % 10_000} of the river",
            "publisher": f"Paper {number % 90}",
        }
        row |= {"published": f"20{number % 25:02}-{number % 12 + 1:02}-01", "language": ["en", "de"][number % 2]}
        row |= {column.name: number * 31 % 977 for column in COLUMNS if column.name not in row}
        rows.append(row)
    page = tmp_path_factory.mktemp("many") / "index.html"
    page.write_text(render("index.html", overview_page(manifest, rows, [])), "utf-8")
    return page


def titles(browser: WebDriver) -> list[str]:
    return browser.execute_script("return [...document.querySelectorAll('.documents tbody th')].map((e) => e.textContent)")


def test_ten_thousand_documents_are_searched_and_sorted_quickly(browser: WebDriver, many: Path) -> None:
    opened(browser, many)
    assert len(titles(browser)) == 100
    assert one(browser, ".shown").text == "10000 of 10000 documents"
    one(browser, "[name=words]").send_keys("RIVER paper d04242")
    assert titles(browser) == ["Story 2398 of the river"]
    assert one(browser, ".shown").text == "1 of 10000 documents"
    timed = """
        const t = performance.now();
        if (arguments[0] >= 0) document.querySelectorAll('thead button')[arguments[0]].click();
        else { const i = document.querySelector('[name=words]'); i.value = arguments[1]; i.dispatchEvent(new Event('input')); }
        document.body.offsetHeight;
        return performance.now() - t;
    """
    assert browser.execute_script(timed, -1, "") < 500
    assert all(browser.execute_script(timed, column) < 500 for column in range(len(COLUMNS)))
    assert all(browser.execute_script(timed, -1, words) < 500 for words in ("r", "ri", "de", "2007", "nothing"))
    assert titles(browser) == []


def test_the_list_is_sorted_by_title_date_source_and_counts(browser: WebDriver, many: Path) -> None:
    opened(browser, many)
    click(browser, one(browser, "th.title button"))
    assert titles(browser)[:3] == [f"Story {n} of the river" for n in range(3)]
    assert one(browser, "th.title").get_attribute("aria-sort") == "ascending"
    click(browser, one(browser, "th.title button"))
    assert titles(browser)[0] == "Story 9999 of the river"
    click(browser, one(browser, "th.claims button"))
    claims = [int(cell.text) for cell in all_of(browser, ".documents tbody td:last-child")]
    assert claims == sorted(claims, reverse=True)
    for name, column in (("published", 2), ("publisher", 3)):
        click(browser, one(browser, f"th.{name} button"))
        cells = [cell.text for cell in all_of(browser, f".documents tbody td:nth-child({column})")]
        assert cells == sorted(cells)
    click(browser, one(browser, "[data-step='1']"))
    assert one(browser, ".where").text == "101–200 of 10000"
    click(browser, one(browser, "[data-step='-1']"))
    assert not one(browser, "[data-step='-1']").is_enabled()


def test_the_index_leads_to_a_document_and_back(browser: WebDriver, article: Path) -> None:
    opened(browser, article.parents[1] / "index.html")
    assert len(all_of(browser, "figure img")) == 4
    assert browser.execute_script("return [...document.images].every((i) => i.complete && i.naturalWidth > 300)")
    one(browser, "tbody a").click()
    assert one(browser, "h1").text.startswith("Defeat of ISIS")
    one(browser, ".corpus a").click()
    assert browser.current_url.endswith("index.html")
