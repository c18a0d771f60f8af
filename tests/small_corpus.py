"""A corpus for tests: three documents in two languages and two splits, one of them annotated twice."""

import hashlib

CORPUS = """
name: small
title: Small
version: 1.0.0
description: For tests.
license: CC0-1.0
rights: Invented for tests.
annotators: {a1: the first annotator, a2: the second annotator}
entity_types: {PERSON: people, GPE: places}
claim_types: {assertion: something is so, prediction: something will be so}
relation_types: {contradicts: says that the other claim is not so}
"""

BRIDGE = """# The *bridge*

Ada Stone said the bridge will hold. Locals doubt it.

Ada Stone &amp; her aides deny that it is old 😀. It is in Köln.
"""

BRIDGE_A1 = """
document: bridge
annotator: a1
entities:
  ada: {type: PERSON, name: Ada Stone}
  koeln: {type: GPE, name: Köln}
paragraphs:
  p2:
    begins: Ada Stone said
    mentions:
      - {quote: Ada Stone, entity: ada}
    claims:
      - {id: c1, content: the bridge will hold, source: Ada Stone, source_entity_ids: [ada], cue: said, type: prediction}
      - {id: c2, content: it, source: Locals, cue: doubt, attitude: doubts, relations: [{type: contradicts, target_id: c1}]}
  p3:
    mentions:
      - {quote: Ada Stone, entity: ada}
      - {quote: her, entity: ada, level: pronoun}
      - {id: city, quote: Köln, entity: koeln}
    claims:
      - {id: c3, content: it is old, source: "Ada Stone & her aides", source_entity_ids: [ada], cue: deny, attitude: denies}
      - {id: c4, content: It is in Köln}
"""

BRIDGE_A2 = """
document: bridge
annotator: a2
entities:
  stone: {type: PERSON}
paragraphs:
  p2:
    mentions:
      - {quote: Ada Stone, entity: stone}
    claims:
      - {id: c1, content: the bridge will hold, source: Ada Stone, source_entity_ids: [stone], cue: said, stance: endorses}
"""

FLUSS = "\ufeffDer Rhein\r\n\r\nDer Fluss fließt durch Köln,\r\nsagt man.\r\n"

FLUSS_A1 = """
document: fluss
annotator: a1
entities:
  koeln: {type: GPE, name: Köln}
paragraphs:
  p2:
    mentions:
      - {quote: Köln, entity: koeln}
    claims:
      - {id: c1, content: Der Fluss fließt durch Köln, cue: sagt}
"""

MARKET = "# The market\n\nThe market is open.\n"


def write_seeds(folder):
    """Write the seeds of the small corpus."""
    folder.mkdir(parents=True)
    sources = {"bridge.md": (BRIDGE, "en", "train"), "fluss.txt": (FLUSS, "de", "train"), "market.md": (MARKET, "en", "test")}
    for name, (text, language, split) in sources.items():
        source = text.encode()
        (folder / name).write_bytes(source)
        metadata = f"title: {name}\nlanguage: {language}\nrights: Invented.\nsplit: {split}\nsha256: {hashlib.sha256(source).hexdigest()}\n"
        (folder / name).with_suffix(".meta.yaml").write_text(metadata, "utf-8")
    texts = {"corpus.yaml": CORPUS, "bridge.a1.yaml": BRIDGE_A1, "bridge.a2.yaml": BRIDGE_A2, "fluss.a1.yaml": FLUSS_A1}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return folder
