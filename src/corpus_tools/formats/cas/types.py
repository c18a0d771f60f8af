"""Type systems, by dkpro-cassis: read for what is a reference and what an annotation, and written for what an export holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from corpus_tools.findings import UsageError
from corpus_tools.formats.cas.names import (
    ANNOTATION,
    ARRAY,
    CLAIM,
    CLAIM_FEATURES,
    FRAGMENT,
    FRAGMENTS,
    LINKS,
    MENTION_FEATURES,
    METADATA,
    NAMED_ENTITY,
    PARENT,
    PARTS,
    RELATION,
    SOURCE_ENTITIES,
    STRING,
    TOP,
)
from corpus_tools.formats.cas.xmi import NotXml, parse

if TYPE_CHECKING:
    from cassis import TypeSystem

_MAX_BYTES, _MOST_TYPES = 1 << 24, 3000
_LISTS = ("uima.cas.FSArray", "uima.cas.FSList")
_VALUES = {f"uima.cas.{name}Array" for name in ("Boolean", "Byte", "Short", "Integer", "Long", "Float", "Double", "String")}


class Range(NamedTuple):
    """What a feature holds: a type, of lists that of the elements, and whether it refers to a list or holds it."""

    type: str
    element: str | None = None
    shared: bool | None = None


class Kind(NamedTuple):
    """A type: whether it is an annotation, its supertype, and its features."""

    is_annotation: bool
    supertype: str
    features: dict[str, Range]


Kinds = Mapping[str, Kind]


def need_cassis() -> None:
    """Raises UsageError where the library is not installed."""
    try:
        import cassis  # noqa: F401
    except ImportError:
        raise UsageError("the format cas needs dkpro-cassis, which is not installed: pip install 'corpus-tools[cas]'") from None


@lru_cache(maxsize=8)
def read_types(data: bytes | None) -> Kinds:
    """The types of a TypeSystem.xml; for None, those of DKPro Core, which INCEpTION builds on.

    Raises:
        NotXml: it is no type system.
    """
    from cassis import load_typesystem

    if data is None:
        return _kinds(_known())
    if len(data) > _MAX_BYTES or data.count(b"typeDescription>") > 2 * _MOST_TYPES:
        raise NotXml(1, f"a type system of {len(data)} bytes", f"{_MAX_BYTES} bytes and {_MOST_TYPES} types or less")
    parse(data)  # no document type, and the line of what is no XML
    try:
        return _kinds(load_typesystem(BytesIO(data)))
    except Exception as error:  # the library raises whatever it meets
        raise NotXml(1, f"a type system that cannot be read ({type(error).__name__}: {str(error)[:200]})", "one of UIMA") from None


@lru_cache(maxsize=1)
def _known() -> TypeSystem:
    from cassis import load_dkpro_core_typesystem

    return load_dkpro_core_typesystem()


def _kinds(types: TypeSystem) -> dict[str, Kind]:
    found = {}
    for type in types.get_types(built_in=True):
        features = {
            f.name.removesuffix("_") if f.name in ("type_", "self_") else f.name: Range(
                f.rangeType.name, f.elementType.name if f.elementType else None, f.multipleReferencesAllowed
            )
            for f in type.all_features
        }
        supertype = type.supertype.name if type.supertype else TOP
        found[type.name] = Kind(types.is_instance_of(type, ANNOTATION), supertype, features)
    return found


def references(type: str, kind: Kind | None, features: Mapping[str, str]) -> list[str]:
    """The numbers of the elements that the features of an element of a type refer to, as they are written."""
    found: list[str] = []
    for name, value in features.items():
        held = kind.features.get(name) if kind and name != "sofa" else None
        if held is None or not (_is_reference(held) or name == "tail") or (name == "elements" and type in _VALUES):
            continue
        found += value.split() if (held.type in _LISTS and not held.shared) or name == "elements" else [value]
    return found


def _is_reference(held: Range) -> bool:
    if held.type in _LISTS or not held.type.startswith("uima.cas."):
        return True
    return held.type == TOP or bool(held.shared and held.type.endswith(("Array", "List")))


# --------------------------------------------------------------------------------------------------------- writing


def type_system(foreign: Mapping[str, tuple[str, Mapping[str, Range]]]) -> str:
    """The TypeSystem.xml of an export: DKPro Core, the layers of this project, and foreign types with the features that they have."""
    return _type_system(tuple((name, top, tuple(sorted(held.items()))) for name, (top, held) in sorted(foreign.items())))


@lru_cache(maxsize=8)
def _type_system(foreign: tuple[tuple[str, str, tuple[tuple[str, Range], ...]], ...]) -> str:
    from cassis import load_dkpro_core_typesystem

    types = load_dkpro_core_typesystem()
    wanted: dict[str, tuple[str, dict[str, Range]]] = {name: (top, dict(held)) for name, (top, held) in _OWN.items()}
    for name, top, held_here in foreign:
        own = wanted.setdefault(name, (top, {}))[1]
        for feature, range in held_here:
            own.setdefault(feature, range)
    for name, (top, _) in wanted.items():
        if not types.contains_type(name, match_exactly=True):
            types.create_type(name, top if types.contains_type(top, match_exactly=True) else ANNOTATION)
    for name, (_, held) in wanted.items():
        there = {feature.name for feature in types.get_type(name).all_features}
        for feature, range in held.items():
            if feature not in there:
                _add(types, name, feature, range)
    return str(types.to_xml())


def _add(types: TypeSystem, name: str, feature: str, range: Range) -> None:
    def known(type: str | None, default: str | None) -> str | None:
        return type if type and types.contains_type(type, match_exactly=True) else default

    types.create_feature(
        types.get_type(name),
        feature,
        known(range.type, STRING),
        elementType=known(range.element, None),
        multipleReferencesAllowed=range.shared,
    )


def _strings(features: Iterable[str]) -> dict[str, Range]:
    return {feature: Range(STRING) for feature in features}


def _links(features: Iterable[str]) -> dict[str, Range]:
    return {feature: Range(ARRAY, LINKS[feature], False) for feature in features}


_OWN: dict[str, tuple[str, dict[str, Range]]] = {
    METADATA: (
        "uima.tcas.DocumentAnnotation",
        _strings(["documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri"])
        | {"isLastSegment": Range("uima.cas.Boolean")},
    ),
    FRAGMENT: (ANNOTATION, {}),
    **{link: (TOP, {"role": Range(STRING), "target": Range(ANNOTATION)}) for link in LINKS.values()},
    NAMED_ENTITY: (ANNOTATION, {name: Range(type) for name, type in MENTION_FEATURES.items()} | _links([FRAGMENTS])),
    CLAIM: (ANNOTATION, {name: Range(type) for name, type in CLAIM_FEATURES.items()} | _links([*PARTS, SOURCE_ENTITIES, PARENT])),
    RELATION: (ANNOTATION, {"Governor": Range(CLAIM), "Dependent": Range(CLAIM), "value": Range(STRING)}),
}
