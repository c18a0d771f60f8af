"""Templates -> pages that are whole in one file: style, script and data are inside, and a policy forbids all else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from corpus_tools.viewing.segments import harmless, seen

# Nothing is fetched, sent or framed; of styles and scripts only our own run, known by their digests. Pictures are inside the page.
_POLICY = "default-src 'none'; style-src '{style}'; script-src '{script}'; img-src data:; base-uri 'none'; form-action 'none'"
GENERATOR = "corpus-tools view"


def render(template: str, context: Mapping[str, Any]) -> str:
    """A page from the template of that name, with all texts escaped."""
    style, script = _asset("viewer.css"), _asset("viewer.js")
    policy = _POLICY.format(style=_digest(style), script=_digest(script))
    own = {"style": Markup(style), "script": Markup(script), "policy": Markup(policy), "generator": GENERATOR}
    return _environment().get_template(template).render(**context, **own)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("corpus_tools.viewing", "assets"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    environment.filters |= {"seen": seen, "harmless": harmless}
    return environment


@cache
def _asset(name: str) -> str:
    return (files("corpus_tools.viewing") / "assets" / name).read_text("utf-8")


def _digest(text: str) -> str:
    """What a content security policy knows an inline style or script by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
