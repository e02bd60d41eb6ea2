"""Life cycle 生命周期 of licences: pure rules over recorded events. No database, no files but the types' own rules."""

from license_lib.lifecycle.checking import Subject, check
from license_lib.lifecycle.codes import INFORMATION, RETURN_CODES, CodeMap, Condition, condition_of
from license_lib.lifecycle.faults import EventError
from license_lib.lifecycle.kinds import SUCCESSIONS, EventKind, Happened, LicenseState, Proposed
from license_lib.lifecycle.rule_files import RulesError, load_rules
from license_lib.lifecycle.rules import DEFAULT_RULES, Overdue, TypeRules
from license_lib.lifecycle.standing import Standing, standing_at
from license_lib.lifecycle.timeline import last_state, state_at
from license_lib.lifecycle.versions import next_identifier
from license_lib.lifecycle.words import KIND_WORDS, STATE_WORDS, Words, state_words

__all__ = [
    "DEFAULT_RULES",
    "INFORMATION",
    "KIND_WORDS",
    "RETURN_CODES",
    "STATE_WORDS",
    "SUCCESSIONS",
    "CodeMap",
    "Condition",
    "EventError",
    "EventKind",
    "Happened",
    "LicenseState",
    "Overdue",
    "Proposed",
    "RulesError",
    "Standing",
    "Subject",
    "TypeRules",
    "Words",
    "check",
    "condition_of",
    "last_state",
    "load_rules",
    "next_identifier",
    "standing_at",
    "state_at",
    "state_words",
]
