"""The pictures in docs/pictures: `python -m tests.viewer_pictures` takes those of the viewer anew, in a browser, and draws the plots."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

TOP = Path(__file__).parents[1]
sys.path.insert(0, str(TOP / "tests"))

from differing import small_pair  # noqa: E402
from helpers import ARTICLE  # noqa: E402
from viewer_seeds import write_spans  # noqa: E402

import corpus_tools  # noqa: E402

DOCUMENT = f"documents/{ARTICLE}.html"
COLOURS = 256  # of a picture: a page has few


class Shot(NamedTuple):
    """A picture: which page, how large, in which colours, and what is done before."""

    page: str
    width: int = 1320
    height: int = 860
    scheme: str = "light"
    script: str = ""
    media: str = ""


BESIDE = "const s = document.querySelector('[name=annotator]'); s.value = 'ann bob'; s.dispatchEvent(new Event('change', {bubbles: true}))"
SHOTS = {
    "viewer": Shot(DOCUMENT),
    "claim": Shot(f"{DOCUMENT}#gold/c15"),
    "entity": Shot(f"{DOCUMENT}#gold/p5.m3"),
    "source": Shot(f"{DOCUMENT}#source=gold/russia"),
    "dark": Shot(f"{DOCUMENT}#gold/c43", scheme="dark"),
    "phone": Shot(f"{DOCUMENT}#gold/c27", 400, 860, scheme="dark"),
    "print": Shot(DOCUMENT, 794, 1123, media="print"),
    "annotators": Shot("documents/spans.html", height=560, script=BESIDE),
    "index": Shot("index.html", height=1000),
    "diff": Shot("diff.html", height=1060),
    "score": Shot("score.html", height=900, script="document.querySelector('#confusions-heading').scrollIntoView()"),
}


def take(driver: Any, site: Path, shot: Shot) -> bytes:
    """The picture of a page as PNG."""
    driver.get("about:blank")
    metrics = {"width": shot.width, "height": shot.height, "deviceScaleFactor": 1, "mobile": shot.width < 500}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": shot.scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": shot.media, "features": features})
    driver.get(f"{site.as_uri()}/{shot.page}")
    driver.execute_script(shot.script)
    time.sleep(0.8)
    data: bytes = driver.get_screenshot_as_png()
    return data


def main() -> None:
    """Take all pictures, or those that are named."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--force-prefers-reduced-motion"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus_tools.view(TOP / "corpus", folder / "site")
        corpus_tools.stats(TOP / "corpus", folder / "plots")
        for plot in (folder / "plots").glob("*.svg"):
            shutil.copy(plot, TOP / "docs/pictures")
        corpus_tools.build(write_spans(folder / "seeds"), folder / "corpus")
        corpus_tools.view(folder / "corpus", folder / "spans")
        shutil.copy(folder / "spans/documents/spans.html", folder / "site/documents")
        pair = small_pair(folder / "pair")
        corpus_tools.diff(*pair, page=folder / "site/diff.html")
        corpus_tools.score(*pair, page=folder / "site/score.html")
        for key in sys.argv[1:] or SHOTS:
            picture = Image.open(BytesIO(take(driver, folder / "site", SHOTS[key]))).convert("RGB")
            picture.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(TOP / "docs/pictures" / f"{key}.png", optimize=True)
    driver.quit()


if __name__ == "__main__":
    main()
