"""Mutations that know what they change: objects, tokens and cross-references of a PDF, nodes of DER, values of JSON."""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

import cbor2
import pikepdf
from attacks.on_containers import value_of
from attacks.revisions import Style, append, as_written, bodies, opened, size_of, stream
from attacks.workshop import gap, with_container
from bundles.workshop import message
from proofs.workshop import old_text_of, text_of, token_of

from signing import der

# It remarks on every other bent file.
logging.getLogger("pikepdf").setLevel(logging.CRITICAL)

Mutation = Callable[[bytes, Random], bytes]

_TOKEN: Final = re.compile(rb"/[A-Za-z0-9#.]{1,30}|(?<![\w.])[+-]?\d+(?:\.\d+)?(?!\w)|\b(?:obj|endobj|stream|xref|R)\b")
_BENT_TOO_FAR: Final = (pikepdf.PdfError, ValueError, AttributeError, RuntimeError, TypeError, OverflowError)
"""What reading a bent file for the next revision may raise; it is then left as it is."""
_WORDS: Final = (b"obj", b"endobj", b"stream", b"endstream", b"xref", b"trailer", b"R", b"null", b"startxref")
_OBJECT: Final = re.compile(rb"(?<=\n)\d+ \d+ obj\b.*?\bendobj\n", re.DOTALL)
_ODD_NUMBERS: Final = b"0 -1 1 65535 2147483647 4294967296 99999999999999999999 0.5 00".split()
_NAMES: Final = (
    b"/Contents /ByteRange /Type /Sig /DocTimeStamp /SubFilter /ETSI.RFC3161 /AcroForm /Fields /Kids /Parent /V /FT "
    b"/DSS /Perms /DocMDP /Annots /Resources /Root /Prev /Size /Index /W /XRef /ObjStm /Extends /F "
    b"/Length /Filter /Encrypt"
).split()
_VALUES: Final = (
    b"null",
    b"true",
    b"0",
    b"-1",
    b"[]",
    b"<< >>",
    b"()",
    b"<>",
    b"/Sig",
    b"3 0 R",
    b"[3 0 R 3 0 R]",
    b"<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>",
    stream(b"q Q"),
    stream(b"0 0 null", b"/Type /ObjStm /N 1 /First 4"),
)
_SIGNED_ANEW, _CANONICAL = 0.8, 0.9
_TAGS: Final = (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x17, 0x18, 0x30, 0x31, 0x80, 0xA0, 0xA1, 0x1F, 0xFF)


def mutate(data: bytes, random: Random, mutations: Sequence[Mutation]) -> bytes:
    """Apply a few mutations, one after the other; one that finds nothing to change leaves the bytes as they are."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        data = random.choice(mutations)(data, random)
    return data


# -- any bytes --------------------------------------------------------------------------------------------------------


def flip(data: bytes, random: Random) -> bytes:
    """Change one byte."""
    if not data:
        return b"\0"
    position = random.randrange(len(data))
    return data[:position] + bytes([data[position] ^ (1 << random.randrange(8))]) + data[position + 1 :]


def cut(data: bytes, random: Random) -> bytes:
    """Leave out a stretch."""
    start = random.randrange(len(data) + 1)
    return data[:start] + data[start + random.choice((1, 2, 7, 64, 1000)) :]


def repeat(data: bytes, random: Random) -> bytes:
    """Write a stretch twice."""
    start = random.randrange(len(data) + 1)
    end = min(len(data), start + random.choice((1, 4, 30, 500)))
    return data[:end] + data[start:end] + data[end:]


def insert(data: bytes, random: Random) -> bytes:
    """Put something in."""
    position = random.randrange(len(data) + 1)
    return data[:position] + random.choice((*_VALUES, *_NAMES, b"\n", b"\0", b"%", b">>", b"(")) + data[position:]


def extend(data: bytes, random: Random) -> bytes:
    """Append something."""
    return data + random.choice((b"\n", b"%%EOF\n", b"startxref\n0\n%%EOF\n", b" " * 40, data[-300:], data[:300]))


ANY: Final[tuple[Mutation, ...]] = (flip, cut, repeat, insert)

# -- PDF, by its look -------------------------------------------------------------------------------------------------


def exchange_token(pdf: bytes, random: Random) -> bytes:
    """Exchange a name or a number for another one."""
    tokens = list(_TOKEN.finditer(pdf))
    if not tokens:
        return pdf
    token = random.choice(tokens[-400:] if random.random() < 0.7 else tokens)
    new = random.choice(_NAMES)
    if token[0].isalpha():
        new = random.choice(_WORDS)
    elif not token[0].startswith(b"/"):
        near = [b"%d" % (int(float(token[0])) + step) for step in (-1, 1, 16)] if len(token[0]) < 12 else []
        new = random.choice((*_ODD_NUMBERS, *near))
    return pdf[: token.start()] + new + pdf[token.end() :]


def exchange_token_in_place(pdf: bytes, random: Random) -> bytes:
    """The same, and every offset stays: padded with blanks, or not at all."""
    tokens = list(_TOKEN.finditer(pdf))
    if not tokens:
        return pdf
    token = random.choice(tokens[-400:])
    fitting = [name for name in (*_NAMES, *_ODD_NUMBERS, *_VALUES) if len(name) <= len(token[0])]
    new = random.choice(fitting or [b""]).ljust(len(token[0]))
    return pdf[: token.start()] + new + pdf[token.end() :]


def swap_objects(pdf: bytes, random: Random) -> bytes:
    """Two objects change places in the file."""
    found = list(_OBJECT.finditer(pdf))
    if len(found) < 2:
        return pdf
    first, second = sorted(random.sample(found, 2), key=lambda match: match.start())
    between = pdf[first.end() : second.start()]
    return pdf[: first.start()] + second[0] + between + first[0] + pdf[second.end() :]


def repeat_object(pdf: bytes, random: Random) -> bytes:
    """An object stands somewhere else again."""
    found = list(_OBJECT.finditer(pdf))
    if not found:
        return pdf
    what, where = random.choice(found), random.choice(found)
    return pdf[: where.start()] + what[0] + pdf[where.start() :]


def respell_gap(pdf: bytes, random: Random) -> bytes:
    """The same digits of the gap in other letters, or other padding."""
    span = _gap(pdf)
    if span is None:
        return pdf
    start, end = span
    spelt = random.choice(
        (
            pdf[start:end].lower(),
            pdf[start:end].swapcase(),
            pdf[start : end - 2] + b"01",
            b" " + pdf[start : end - 1],
            pdf[start : end - 1] + b">",
        )
    )
    return pdf[:start] + spelt + pdf[end:]


# -- PDF, by its objects ----------------------------------------------------------------------------------------------


def append_objects(pdf: bytes, random: Random) -> bytes:
    """Append a revision in which objects are exchanged, dropped, retyped or bent, with a section that may lie."""
    texts = _bodies(pdf)
    if texts is None:
        return pdf
    numbers = sorted(texts)
    objects = {}
    for number in random.sample(numbers, min(len(numbers), random.choice((1, 1, 2, 4)))):
        objects[number] = random.choice(
            (
                lambda: texts[random.choice(numbers)],
                lambda: random.choice(_VALUES),
                lambda text=texts[number]: exchange_token(text, random),
                lambda text=texts[number]: random.choice(ANY)(text, random),
                lambda text=texts[number]: text,
            )
        )()
    if random.random() < 0.2:
        objects[size_of(pdf)] = random.choice(_VALUES)
    return _appended(pdf, objects, _style(pdf, objects, random))


def _style(pdf: bytes, objects: dict[int, bytes], random: Random) -> Style:
    kind: Any = random.choice(("stream", "stream", "table", "hybrid"))
    listed = random.sample(sorted(objects), random.randrange(len(objects) + 1)) if random.random() < 0.3 else None
    moved = {random.choice(sorted(objects)): random.randrange(len(pdf))} if random.random() < 0.2 else None
    freed = [random.randrange(size_of(pdf))] if random.random() < 0.1 else []
    previous = random.choice((None, None, None, -1, 0, random.randrange(len(pdf))))
    start = random.choice((None, None, None, None, 0, random.randrange(len(pdf))))
    extra = random.choice((b"", b"", b"/Encrypt << >> ", b"/XRefStm 15 ", b"/Prev 0 "))
    return Style(kind=kind, listed=listed, moved=moved, freed=freed, previous=previous, start=start, extra=extra)


def _bodies(pdf: bytes) -> dict[int, bytes] | None:
    if not re.search(rb"startxref\s+\d+\s+%%EOF\s*\Z", pdf[-100:]):
        return None
    try:
        with opened(pdf) as document:
            whole = {"/ID", "/Info", "/Root"} <= set(document.trailer.keys())
            return bodies(document) if whole else None
    except _BENT_TOO_FAR:
        return None


def _appended(pdf: bytes, objects: dict[int, bytes], style: Style) -> bytes:
    try:
        return append(pdf, objects, style)
    except _BENT_TOO_FAR:
        return pdf


# -- DER --------------------------------------------------------------------------------------------------------------


def bend_node(value: bytes, random: Random) -> bytes:
    """Bend one node of a DER value and encode everything around it anew."""
    try:
        node = der.read(value)
    except der.DerError:
        return random.choice(ANY)(value, random)
    return _bent(node, random)


def _bent(node: der.Node, random: Random) -> bytes:
    members = _members(node)
    if not members or random.random() < 0.15:
        return _bent_here(node, random)
    position = random.randrange(len(members))
    encoded = [member.raw for member in members]
    encoded[position] = _bent(members[position], random)
    return der.tlv(node.tag, *encoded)


def _bent_here(node: der.Node, random: Random) -> bytes:
    members = [member.raw for member in _members(node)]
    random.shuffle(members)
    return random.choice(
        (
            lambda: b"",
            lambda: node.raw * 2,
            lambda: der.tlv(random.choice(_TAGS), node.content),
            lambda: der.tlv(node.tag, random.choice(ANY)(node.content, random)),
            lambda: der.tlv(node.tag),
            lambda: der.tlv(node.tag, *members) if members else der.tlv(node.tag, bytes(300)),
            lambda: bytes([node.tag, 0x80]) + node.content + b"\0\0",
            lambda: bytes([node.tag, 0x84]) + len(node.content).to_bytes(4, "big") + node.content,
            lambda: der.tlv(node.tag, node.raw),
        )
    )()


def _members(node: der.Node) -> tuple[der.Node, ...]:
    if not node.tag & 0x20:
        return ()
    try:
        return node.members(node.tag)
    except der.DerError:
        return ()


def bend_container(pdf: bytes, random: Random) -> bytes:
    """Bend the signature container in its gap; everything else stays."""
    if _gap(pdf) is None:
        return pdf
    try:
        return with_container(pdf, bend_node(value_of(pdf), random))
    except (der.DerError, AssertionError, ValueError):
        return pdf  # no container to bend, or no room for the bent one


def _gap(pdf: bytes) -> tuple[int, int] | None:
    try:
        return gap(pdf)
    except ValueError:
        return None


def rewrite_signature_dictionary(pdf: bytes, random: Random) -> bytes:
    """The signature dictionary again under its number, behind the seal, with a token exchanged."""
    found = re.findall(rb"/DocMDP (\d+) 0 R", pdf)
    texts = _bodies(pdf)
    if not found or texts is None:
        return pdf
    number = int(found[-1])
    try:
        start, end = as_written(pdf, number)
    except ValueError:
        return pdf
    return _appended(pdf, {number: exchange_token_in_place(pdf[start:end], random)}, Style())


PDF: Final[tuple[Mutation, ...]] = (
    flip,
    cut,
    insert,
    extend,
    exchange_token,
    exchange_token_in_place,
    exchange_token_in_place,
    swap_objects,
    repeat_object,
    respell_gap,
    append_objects,
    append_objects,
    append_objects,
    bend_container,
    bend_container,
    rewrite_signature_dictionary,
)
DER: Final[tuple[Mutation, ...]] = (bend_node, bend_node, bend_node, *ANY)

# -- JSON -------------------------------------------------------------------------------------------------------------


def bend_json(data: bytes, random: Random) -> bytes:
    """Exchange, drop or double one value of a JSON text."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return random.choice(ANY)(data, random)
    return json.dumps(_bent_json(value, random), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _bent_json(value: Any, random: Random) -> Any:
    if isinstance(value, dict) and value and random.random() < 0.8:
        key = random.choice(sorted(value))
        return {**value, key: _bent_json(value[key], random)}
    if isinstance(value, list) and value and random.random() < 0.8:
        return [_bent_json(value[0], random), *value[1:]]
    odd: list[Any] = [None, True, 0, -1, 10**30, 1.5, "", "x", "\ud800", "１２", "2026-02-30", [], {}, [[]]]
    around: list[Any] = [[value], [value, value], {"KZ_A": value}, str(value) * 2]
    return random.choice(odd + around)


JSON: Final[tuple[Mutation, ...]] = (bend_json, bend_json, *ANY)

# -- the code on the face ---------------------------------------------------------------------------------------------


def bend_code(text: bytes, random: Random) -> bytes:
    """Bend the token in a code's fragment, or the values in it, and spell it as codes are spelt."""
    head, mark, fragment = text.partition(b"#")
    try:
        token = token_of(text.decode("ascii"))
    except ValueError:
        return random.choice(ANY)(text, random)
    bent = random.choice((_bent_token, _bent_token, random.choice(ANY)))(token, random)
    spell = text_of if fragment.isdigit() == (random.random() < 0.9) else old_text_of
    return head + mark + spell(bent).partition("#")[2].encode()


def _bent_token(token: bytes, random: Random) -> bytes:
    try:
        tagged = cbor2.loads(token)
        parts = list(tagged.value)
        position = random.randrange(len(parts))
        if isinstance(parts[position], bytes) and position != len(parts) - 1:
            parts[position] = cbor2.dumps(_bent_item(cbor2.loads(parts[position]), random), canonical=True)
        else:
            parts[position] = _bent_item(parts[position], random)
        return cbor2.dumps(cbor2.CBORTag(tagged.tag, parts), canonical=random.random() < 0.8)
    except Exception:  # noqa: BLE001 - bent too far already: a library of strangers' values raises anything
        return random.choice(ANY)(token, random)


def _bent_item(value: Any, random: Random) -> Any:
    if isinstance(value, dict) and value and random.random() < 0.7:
        key = random.choice(list(value))
        return {**value, key: _bent_item(value[key], random)}
    if isinstance(value, list) and value and random.random() < 0.7:
        position = random.randrange(len(value))
        return [*value[:position], _bent_item(value[position], random), *value[position + 1 :]]
    odd: list[Any] = [None, True, 0, -1, 2**70, -(2**70), 1.5, float("nan"), "", "x" * 500, b"", bytes(64), [], {}]
    tagged = [cbor2.CBORTag(2, bytes(3000)), cbor2.CBORTag(0, "2026-02-30T"), cbor2.CBORTag(28, [value]), {1: value}]
    near = [value + 1, value - 86_400, value + 86_400 * 10**9] if isinstance(value, int) else [value]
    return random.choice([*odd, *tagged, *near])


CODE: Final[tuple[Mutation, ...]] = (bend_code, bend_code, bend_code, *ANY)


# -- bundles ----------------------------------------------------------------------------------------------------------


def bend_bundle(data: bytes, random: Random) -> bytes:
    """Change parts, or what the manifest says of them, and sign it anew, as whoever stole the key of states could."""
    try:
        made = cbor2.loads(data)
        _, _, payload, _ = cbor2.loads(made[1]).value
        claims, parts = cbor2.loads(payload), made[2]
        random.choice((_bend_parts, _bend_claims, _bend_base))(made, claims, random)
        if random.random() < _SIGNED_ANEW:
            made[1] = message(cbor2.dumps(claims, canonical=random.random() < _CANONICAL))
        made[2] = parts
        return cbor2.dumps(made, canonical=True)
    except (cbor2.CBORDecodeError, cbor2.CBOREncodeError, ValueError, TypeError, LookupError, AttributeError):
        return flip(data, random)


def _bend_parts(made: dict[int, Any], claims: dict[int, Any], random: Random) -> None:
    parts, named = made[2], claims[5]
    at, other = random.randrange(len(parts)), random.randrange(len(parts))
    match random.randrange(5):
        case 0:
            parts[at] = random.choice((flip, cut, repeat, insert))(parts[at], random)
            named[at][2:] = [hashlib.sha256(parts[at]).digest(), len(parts[at])]
        case 1:
            parts[at], parts[other] = parts[other], parts[at]
        case 2:
            named[at], named[other] = named[other], named[at]
            parts[at], parts[other] = parts[other], parts[at]
        case 3:
            del parts[at], named[at]
        case _:
            parts.append(parts[at])
            named.append([*named[at][:1], f"{named[at][1]}x", *named[at][2:]])


def _bend_claims(made: dict[int, Any], claims: dict[int, Any], random: Random) -> None:
    del made
    key = random.choice(sorted(claims))
    claims[key] = _bent_item(claims[key], random)


def _bend_base(made: dict[int, Any], claims: dict[int, Any], random: Random) -> None:
    del claims
    made[3] = _bent_item(made.get(3, bytes(32)), random)


BUNDLE: Final[tuple[Mutation, ...]] = (bend_bundle, bend_bundle, bend_bundle, *ANY)
