"""What may go wrong when a service is asked. What is wrong with a document is none of it: that is a verdict."""

from verify_api.schemas import Fault, ProblemDocument


class ServiceError(Exception):
    """The service gave no answer."""


class ServiceUnreachable(ServiceError):  # noqa: N818 -- says what it is
    """No connection, or it broke. Nothing is said about any document."""


class ServiceProblem(ServiceError):  # noqa: N818 -- the word of RFC 9457
    """The request was wrong, or the machine is in the way.

    Attributes:
        status: HTTP status. code: stable, such as `rate.caller`; docs/api.md has them all.
        hint, hint_zh: what to do. faults: where the request is wrong.
        request_id: to tell the service's operators.
    """

    def __init__(self, problem: ProblemDocument) -> None:
        super().__init__(f"{problem.code}: {problem.detail} ({problem.hint}; request {problem.request_id})")
        self.status, self.code = problem.status, problem.code
        self.hint, self.hint_zh = problem.hint, problem.hint_zh
        self.title_zh = problem.title_zh
        self.faults: tuple[Fault, ...] = problem.faults
        self.request_id = problem.request_id
