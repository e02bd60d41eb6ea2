"""Issuing bodies 颁发机构: who they are, and which licence types each may issue.

What `license.toml` says of our own, or a signed trust list (`license_lib.trust_list`) of others. The binding to a
certificate is the credit code in it (subject organizationIdentifier, ETSI EN 319 412-1 §5.1.4).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from license_lib.errors import InputError
from license_lib.licenses import Issuer


@dataclass(frozen=True, slots=True)
class IssuingBody:
    """A body with its short id, its facts for the record, and the keys of the licence types that it may issue."""

    id: str
    issuer: Issuer
    types: frozenset[str]

    @property
    def organization_id(self) -> str:
        """The organizationIdentifier that its seal certificates carry."""
        return f"NTRCN-{self.issuer.code}"


class Issuers:
    """All known issuing bodies, by id and by credit code."""

    def __init__(self, bodies: Iterable[IssuingBody]) -> None:
        self._bodies = tuple(bodies)
        self._by_name = MappingProxyType(
            {**{body.id: body for body in self._bodies}, **{body.issuer.code: body for body in self._bodies}}
        )

    def __iter__(self) -> Iterator[IssuingBody]:
        """All bodies."""
        return iter(self._bodies)

    def find(self, id_or_code: str) -> IssuingBody | None:
        """The body with this id or credit code, or None."""
        return self._by_name.get(id_or_code)

    def get(self, id_or_code: str) -> IssuingBody:
        """The body with this id or credit code.

        Raises:
            InputError: `issuer.unknown`.
        """
        body = self.find(id_or_code)
        if body is None:
            known = ", ".join(body.id for body in self._bodies)
            raise InputError("issuer.unknown", "no such issuing body is configured", hint=f"known ones: {known}")
        return body
