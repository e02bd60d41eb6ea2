"""The JSON Schema of a verdict's report, made from the same tables as the report itself.

Draft 2020-12. It is published as docs/schemas/verdict.schema.json, and `license verify --schema` prints it. A reader
must take further members in its stride: they may come without a new version of the format.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from license_lib.findings import CODES, Effect, Severity
from license_lib.lifecycle import LicenseState
from license_lib.verification.report import REPORT_VERSION
from license_lib.verification.verdict import DOCUMENT_PROOFS, Outcome, Proof, StepResult
from signing.reports import Level

SCHEMA_ID = f"urn:license-lib:schema:verdict:{REPORT_VERSION}"

_TEXT: dict[str, Any] = {"type": "string"}
_DAY: dict[str, Any] = {"type": "string", "format": "date"}
_MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}
_DIGEST: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
_WORDS: dict[str, Any] = {"$ref": "#/$defs/words"}


def report_schema() -> dict[str, Any]:
    """The schema as plain JSON values."""
    report = _object(
        "A verdict 核验结论. `license` says what was read, which is proved only with IN_FORCE or NOT_IN_FORCE.",
        {
            "version": {"const": REPORT_VERSION, "description": "Version of this format"},
            "program": _object("What made the report", {"name": _TEXT, "version": _TEXT}),
            "outcome": _one_of(Outcome),
            "text": _WORDS,
            "at": _said(_MOMENT, "The moment that the question is about"),
            "findings": _list({"$ref": "#/$defs/finding"}),
            "steps": _said(
                _list({"$ref": "#/$defs/step"}),
                "The steps that this input needs here: without a repository to compare with there is no step 6",
            ),
            "license": _or_null({"$ref": "#/$defs/license"}),
            "evidence": _object(
                "How fresh the evidence was; null for what there was none of",
                {
                    "sealed_at": _said(_or_null(_MOMENT), "Trusted time of sealing"),
                    "revocation_as_of": _said(_or_null(_MOMENT), "Date of the certificate revocation data"),
                    "status_as_of": _said(_or_null(_MOMENT), "When the licence's state was looked up"),
                    "trust_list": _or_null({"$ref": "#/$defs/trust_list"}),
                    "status_list": _or_null({"$ref": "#/$defs/status_list"}),
                    "log": _or_null({"$ref": "#/$defs/log"}),
                },
            ),
            "seal": _or_null({"$ref": "#/$defs/seal"}),
        },
        {
            "input": _said(_TEXT, "What was judged, as it was named on the command line"),
            "check": {"$ref": "#/$defs/check"},
            "recorded": {"$ref": "#/$defs/recorded"},
        },
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "Verification report 核验报告",
        **report,
        "$defs": {
            "words": _object("One text in Chinese and English", {"zh": _TEXT, "en": _TEXT}),
            "finding": _finding(),
            "step": _step(),
            "license": _license(),
            "seal": _object(
                "How long the seal can be judged",
                {
                    "level": _said(_or_null(_one_of(Level)), "PAdES baseline level, EN 319 142-1"),
                    "archive_time_stamps": _COUNT,
                },
            ),
            "check": _check(),
            "trust_list": _object(
                "The trust list 信任名单 that was relied on",
                {
                    "list_id": _TEXT,
                    "sequence": _COUNT,
                    "sha256": _DIGEST,
                    "issued_at": _MOMENT,
                    "next_update": _MOMENT,
                },
            ),
            "status_list": _object(
                "The status list 状态名单 that told the state; there is then no step `repository`",
                {
                    "uri": _TEXT,
                    "as_of": _said(_MOMENT, "When it was signed"),
                    "expires": _said(_MOMENT, "Until when it may be used"),
                },
            ),
            "log": _object(
                "Where the licence's issue stands in a transparency log 透明日志",
                {
                    "origin": _said(_TEXT, "Which log"),
                    "index": _said(_COUNT, "Place of its entry"),
                    "size": _said(_COUNT, "Entries of the head that it was compared with; 0 if none was published"),
                    "published": _said({"type": "boolean"}, "Whether that head stands for the entry"),
                    "source": _said({"enum": ["repository", "proof"]}, "Who told so: our repository, or a proof"),
                },
            ),
            "recorded": _object(
                "What is on record: look-ups by identifier only",
                {
                    "file_sha256": _DIGEST,
                    "record_sha256": _DIGEST,
                    "state": _said(_or_null(_one_of(LicenseState)), "Legal state; null before the issue took effect"),
                    "since": _said(_or_null(_MOMENT), "When that state began"),
                    "valid_until": _said(_or_null(_DAY), "The last day after an extension by decree"),
                    "next": _said(_or_null(_TEXT), "证照标识 of the version that took its place"),
                },
            ),
        },
    }


def _finding() -> dict[str, Any]:
    return _object(
        "One finding: a stable code, what it does to the outcome, and words that somebody can act on",
        {
            "code": {"enum": list(CODES)},
            "effect": _one_of(Effect),
            "severity": _one_of(Severity),
            "params": {"type": "object", "additionalProperties": _TEXT},
            "text": _WORDS,
            "remedy": _WORDS,
        },
    )


def _step() -> dict[str, Any]:
    return _object(
        "One step of the verification; `proved` says the same as the result `proved`",
        {
            "number": {"type": "integer", "minimum": 1, "maximum": len(DOCUMENT_PROOFS)},
            "step": _one_of(Proof),
            "proved": {"type": "boolean"},
            "result": _one_of(StepResult),
        },
    )


def _license() -> dict[str, Any]:
    holder = _object(
        "Holder 持证主体, masked where it is a person", dict.fromkeys(("name", "number", "number_kind"), _TEXT)
    )
    return _object(
        "What the verified bytes say. `number` and `holders` come with a file, `public` with a code.",
        {
            "identifier": _said(_TEXT, "证照标识, GB/T 36904"),
            "issuer": _object("Issuing body 颁发机构", {"code": _TEXT}, {"name": _TEXT}),
            "issued_on": _DAY,
            "valid_from": _DAY,
            "valid_until": _said(_or_null(_DAY), "Last day of validity; null for 长期"),
        },
        {
            "type": _said(_TEXT, "证照名称"),
            "number": _said(_or_null(_TEXT), "证照编号"),
            "holders": _or_null(_list(holder)),
            "public": _or_null({"type": "object", "additionalProperties": _TEXT}),
            "labels": _or_null({"type": "object", "additionalProperties": _WORDS}),
        },
    )


def _check() -> dict[str, Any]:
    return _object(
        "Who checked what, when and why: in the report that a verification report on paper carries",
        {
            "sha256": _DIGEST,
            "size": _COUNT,
            "checked_at": _MOMENT,
            "checker": _TEXT,
            "purpose": _TEXT,
            "case": _TEXT,
        },
        {"department": _TEXT},
    )


def _object(about: str, needed: dict[str, Any], further: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "description": about,
        "type": "object",
        "required": list(needed),
        "properties": {**needed, **(further or {})},
    }


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _said(schema: dict[str, Any], about: str) -> dict[str, Any]:
    return {**schema, "description": about}


def _one_of(values: Iterable[StrEnum]) -> dict[str, Any]:
    return {"enum": [value.value for value in values]}
