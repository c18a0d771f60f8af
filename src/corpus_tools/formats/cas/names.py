"""Types and features that have a meaning here: those of INCEpTION, and the layers that claims are written in."""

from __future__ import annotations

_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api"
ANNOTATION, TOP = "uima.tcas.Annotation", "uima.cas.TOP"
NAMED_ENTITY = f"{_DKPRO}.ner.type.NamedEntity"
LINK, CHAIN = f"{_DKPRO}.coref.type.CoreferenceLink", f"{_DKPRO}.coref.type.CoreferenceChain"
SENTENCE, PARAGRAPH = f"{_DKPRO}.segmentation.type.Sentence", f"{_DKPRO}.segmentation.type.Paragraph"
METADATA = f"{_DKPRO}.metadata.type.DocumentMetaData"
CLAIM, RELATION, FRAGMENT = "webanno.custom.Claim", "webanno.custom.ClaimRelation", "webanno.custom.Fragment"

TYPE_FEATURE = {NAMED_ENTITY: "value", "custom.Span": "label", "webanno.custom.Span": "label"}
"""The layers of mentions, and where each has the type."""

UNTYPED = "Untyped"
UNKNOWN_LANGUAGE = "x-unspecified"

STRING, BOOLEAN, ARRAY = "uima.cas.String", "uima.cas.Boolean", "uima.cas.FSArray"
PLACE = ("sofa", "begin", "end")
MENTION_FEATURES = {"identifier": STRING, "entityName": STRING, "level": STRING, "metonymic": BOOLEAN, "recordId": STRING}
FRAGMENTS = "fragments"
CLAIM_FEATURES = {"value": STRING, "attitude": STRING, "quotation": STRING, "stance": STRING, "recordId": STRING}
PARTS = {"content": "content", "source": "source", "cue": "cue", "scareQuotes": "scare_quotes"}
"""Features of a claim that are lists of links to fragments, and the columns that they stand for."""

SOURCE_ENTITIES, PARENT = "sourceEntities", "parent"
LINKS = {
    **{feature: f"{CLAIM}{feature[0].upper()}{feature[1:]}Link" for feature in (*PARTS, SOURCE_ENTITIES, PARENT)},
    FRAGMENTS: "webanno.custom.MentionFragmentsLink",
}
"""The type of the links of each feature, named as INCEpTION names them."""

UNKNOWN_CLAIM = {"quotation": None, "stance": None, "attitude": "affirms"}
EMPTY_TEXT_ANNOTATOR = "INITIAL_CAS"
UNNAMED = "unnamed"


def short(type: str) -> str:
    """The name of a type without its package."""
    return type.rpartition(".")[2]
