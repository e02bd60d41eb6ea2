"""The description of the API (OpenAPI 3.1): what the framework finds, and what it cannot know."""

from typing import Any, Final

from fastapi import FastAPI

from verify_api.access import PERMISSIONS, permissions_of
from verify_api.schemas import BatchLine, ProblemDocument

_SCHEMES: Final[dict[str, Any]] = {
    "program": {
        "type": "oauth2",
        "description": "Department systems 部门系统; a scope is ACTION:TYPE, TYPE a licence type or *",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "/oauth/token",
                "scopes": {
                    "verify:*": "judge many documents",
                    "look:*": "look licences up",
                    "export:*": "take files and pages",
                    "usage:*": "read the usage trail of one's department",
                },
            }
        },
    },
    "person": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-session",
        "description": "People 工作人员, who have signed in",
    },
}
_SHARED: Final = (ProblemDocument, BatchLine)
"""Documents that no route returns as such."""


class DescribedService(FastAPI):
    """An application that describes itself completely."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            _add_documents(document["components"]["schemas"])
            document["components"]["securitySchemes"] = _SCHEMES
            _add_permissions(self, document["paths"])
        return super().openapi()


def _add_documents(schemas: dict[str, Any]) -> None:
    for model in _SHARED:
        told = model.model_json_schema(ref_template="#/components/schemas/{model}")
        for name, schema in (told.pop("$defs", {}) | {model.__name__: told}).items():
            schemas.setdefault(name, schema)


def _add_permissions(app: FastAPI, paths: dict[str, Any]) -> None:
    """Who may, at every operation, and how they say who they are; where anybody may, they need not."""
    names = {id(permission): name for name, permission in PERMISSIONS.items()}
    for (method, path), permission in permissions_of(app).items():
        operation = paths.get(path.replace(":path}", "}"), {}).get(method.lower())
        if operation is None:
            continue
        operation["x-permission"] = names[id(permission)]
        if permission is PERMISSIONS["Public"]:
            continue
        scopes = [f"{permission.action}:*"] if permission.action else []
        program = [{"program": scopes}] if permission.anonymous or permission.action else []
        operation["security"] = [*program, {"person": []}, *([{}] if permission.anonymous else [])]
