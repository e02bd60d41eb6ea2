"""A client of the verification service, for programs of other departments: typed, synchronous, small.

    with LicenseClient("https://license.example", Credentials("tax-desk", secret)) as service:
        verdict = service.verify_file(Path("licence.pdf").read_bytes())
        if verdict.outcome is not Outcome.IN_FORCE:
            ...

A verdict is a value, whatever a document is worth. A request that cannot be answered is a `ServiceProblem` with its
code and a hint, and a service that cannot be reached a `ServiceUnreachable` (docs/api.md).
"""

from license_lib.verification import Outcome
from verify_api.client.errors import ServiceError, ServiceProblem, ServiceUnreachable
from verify_api.client.service import LicenseClient, Wanted, Why
from verify_api.client.transport import Credentials, Patience

__all__ = [
    "Credentials",
    "LicenseClient",
    "Outcome",
    "Patience",
    "ServiceError",
    "ServiceProblem",
    "ServiceUnreachable",
    "Wanted",
    "Why",
]
