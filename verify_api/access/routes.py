"""Which permission each route has. A route without one is a fault of the program: the application does not start."""

from collections.abc import Iterator, Mapping

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from verify_api.access.permissions import Asked, Permission, Unasked


def permissions_of(app: FastAPI) -> Mapping[tuple[str, str], Permission]:
    """Method and path of every route → its permission.

    Raises:
        LookupError: a route has none, or more than one.
    """
    found = {}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        path = str(getattr(context, "path", None) or getattr(route, "path", route))
        permissions = list(_permissions(route.dependant)) if isinstance(route, APIRoute) else []
        if len(permissions) != 1:
            raise LookupError(f"{path} has {len(permissions)} permissions: name one in the route's arguments")
        found.update({(method, path): permissions[0] for method in context.methods or ()})
    return found


def _permissions(dependant: Dependant) -> Iterator[Permission]:
    for one in dependant.dependencies:
        if isinstance(one.call, Asked | Unasked):
            yield one.call
        else:
            yield from _permissions(one)
