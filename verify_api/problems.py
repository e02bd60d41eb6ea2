"""Errors as RFC 9457 problems: the only place that knows which error has which status.

A bad *document* is a verdict and never comes here. No problem and no log line holds what was sent: no content, no code
text, no number, and of an unexpected error only its type and where it arose.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from license_lib.error_texts import TITLES_ZH
from license_lib.errors import InputError, LicenseError, MachineError
from license_lib.identifiers import NumberError
from verify_api.logs import LOG, place_of
from verify_api.problem_kinds import ACCESS, COUNTER, OF_REQUESTS, ProblemKind
from verify_api.schemas import Fault, ProblemDocument

MEDIA_TYPE = "application/problem+json"


KINDS: Mapping[str, ProblemKind] = MappingProxyType(
    {
        **OF_REQUESTS,
        "http.empty": ProblemKind(
            400,
            "没有收到要核验的内容",
            "Nothing to verify was sent",
            "请选择文件，或粘贴二维码的文字",
            "Send a PDF, a picture or the text of a QR code",
        ),
        "http.malformed": ProblemKind(
            400,
            "请求无法读取",
            "The request cannot be read",
            "请重新提交",
            "Compare the request with the documentation",
        ),
        "http.ambiguous": ProblemKind(
            400,
            "请求含有多个核验对象或时间",
            "The request holds more than one thing to verify, or more than one time",
            "一次只核验一份证照",
            "Verify one at a time",
        ),
        "http.invalid": ProblemKind(
            422,
            "请求参数有误",
            "A part of the request is not valid",
            "请按接口说明修改",
            "Correct the parts that `faults` names",
        ),
        "http.at": ProblemKind(
            422,
            "核验时间的格式有误",
            "The time `at` is not valid",
            "请使用 ISO 8601 格式，例如 2026-11-22T12:00:00+08:00",
            "Use ISO 8601, for example 2026-11-22T12:00:00+08:00; in a query string write + as %2B",
        ),
        "http.media-type": ProblemKind(
            415,
            "不支持的内容类型",
            "This media type is not supported",
            "请提交 PDF 文件或图片",
            "Send multipart/form-data with `file`, application/pdf, image/*, or application/json with `code`",
        ),
        "http.too-large": ProblemKind(
            413,
            "文件超过大小上限",
            "The request is too large",
            "请提供 32 MB 以内的文件",
            "Send at most 32 MiB",
        ),
        "http.timeout": ProblemKind(
            408, "上传超时", "The upload took too long", "请检查网络后重试", "Check the network and send it again"
        ),
        "http.not-found": ProblemKind(
            404, "没有这个页面", "There is nothing at this address", "请检查网址", "Check the address"
        ),
        "http.method": ProblemKind(
            405,
            "不支持的请求方法",
            "This method is not supported here",
            "请检查请求方法",
            "The Allow header names the methods",
        ),
        "http.refused": ProblemKind(400, "请求有误", "The request is wrong", "请检查后重新提交", "Correct the request"),
        **ACCESS,
        **COUNTER,
        "license.unknown": ProblemKind(
            404,
            "证照库中没有此证照",
            "There is no licence with this identifier",
            "请检查证照标识，或向颁发机构核实",
            "Check the identifier, or ask the issuing body",
        ),
        "number": ProblemKind(
            422, "证照标识有误", "The identifier is not well-formed", "请检查证照标识", "Check the identifier"
        ),
        "service.busy": ProblemKind(
            503, "系统繁忙", "The service is busy", "请稍后重试", "Try again in a moment", retry_after=2
        ),
        "storage.locked": ProblemKind(
            503, "证照库正忙", "The repository is busy", "请稍后重试", "Try again in a moment", retry_after=1
        ),
        "service.unavailable": ProblemKind(
            503,
            "核验服务暂不可用",
            "The service cannot verify at the moment",
            "请稍后重试；这不代表证照无效",
            "Try again later; this says nothing about the licence",
        ),
        "service.fault": ProblemKind(
            500,
            "系统内部错误",
            "Something went wrong on our side",
            "请稍后重试；这不代表证照无效。如再次发生，请提供请求编号",
            "Try again; this says nothing about the licence. If it happens again, tell us the request id",
        ),
    }
)
"""Code, or the first part of a code, → what it means. Codes are stable."""

SEE_OTHER = 303
"""Go on with GET."""
_OF_STATUS = {400: "http.malformed", 404: "http.not-found", 405: "http.method"}


@dataclass(frozen=True, slots=True)
class Told:
    """What is said beyond the kind: details in both languages, in words that hold nothing of what was sent."""

    en: str = ""
    zh: str = ""
    hint: str = ""


class Problem(Exception):  # noqa: N818 -- the word of RFC 9457
    """The request cannot be answered. Raised where that is found out, answered by `install`'s handlers."""

    def __init__(
        self,
        code: str,
        told: Told = Told(),
        *,
        faults: tuple[Fault, ...] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
        fallback: str = "http.refused",
    ) -> None:
        # `members`: further ones, which other standards want (RFC 9457 §3.2).
        super().__init__(code)
        self.code = code
        self.kind = KINDS.get(code) or KINDS.get(code.partition(".")[0]) or KINDS[fallback]
        self.told = told
        self.faults = faults
        retry = {"Retry-After": str(self.kind.retry_after)} if self.kind.retry_after else {}
        self.headers = {**headers, **retry}
        self.members = dict[str, str]()

    def document(self, request_id: str) -> ProblemDocument:
        """The problem as it is sent."""
        return ProblemDocument(
            type=f"/problems#{self.code}",
            title=self.kind.en,
            status=self.kind.status,
            detail=self.told.en or self.kind.en,
            code=self.code,
            hint=self.told.hint or self.kind.hint_en,
            title_zh=self.told.zh or self.kind.zh,
            hint_zh=self.kind.hint_zh,
            request_id=request_id,
            faults=self.faults,
        )


def problem_of(error: Exception) -> Problem:
    """Translate any exception; one that nobody foresaw is `service.fault`, without internals."""
    match error:
        case Problem():
            problem = error
        case NumberError():
            problem = Problem(error.code, Told(error.message, error.message_zh, error.hint))
        case InputError():
            problem = Problem(error.code, Told(error.message, TITLES_ZH.get(error.code, ""), error.hint))
        case MachineError():
            LOG.error("machine", code=error.code, message=error.message)
            problem = Problem(error.code, fallback="service.unavailable")
        case RequestValidationError():
            problem = Problem("http.invalid", faults=faults_of(error))
        case HTTPException():
            problem = Problem(_OF_STATUS.get(error.status_code, "http.refused"), headers=error.headers or {})
        case _:
            LOG.error("unexpected", error=place_of(error))
            problem = Problem("service.fault")
    return problem


def faults_of(error: RequestValidationError) -> tuple[Fault, ...]:
    """Where a request is wrong, and how; never the value that is wrong."""
    return tuple(
        Fault(path=".".join(str(step) for step in one["loc"]), message=str(one["msg"])) for one in error.errors()
    )


def answer(problem: Problem, request_id: str) -> Response:
    """The problem as a response."""
    return JSONResponse(
        problem.document(request_id).model_dump(mode="json") | problem.members,
        status_code=problem.kind.status,
        headers={"Cache-Control": "no-store", **problem.headers},
        media_type=MEDIA_TYPE,
    )


def install(app: FastAPI, sign_in: Callable[[Problem, Request], str] = lambda _, __: "") -> None:
    """Answer every foreseen exception with its problem; `verify_api.envelope` answers the others.

    Args:
        sign_in: the page to go to instead, for people who are to say who they are; empty for none.
    """

    async def handle(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem.code == "http.method":
            problem.headers["Allow"] = ", ".join(_methods(request))  # the framework knows of one route at a time
        place = sign_in(problem, request)
        if place:
            return RedirectResponse(place, SEE_OTHER, headers={"Cache-Control": "no-store"})
        return answer(problem, request.state.request_id)

    for kind in (Problem, LicenseError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, handle)


def _methods(request: Request) -> list[str]:
    """Every method that is supported at the address of a request (RFC 9110 §10.2.1)."""
    path = getattr(request.scope.get("route"), "path", None)
    contexts = [one for one in iter_route_contexts(request.app.routes) if one.path == path]
    return sorted({method for one in contexts for method in one.methods or ()})


def responses(*codes: str) -> dict[int | str, dict[str, object]]:
    """Documentation of the problems that a route may answer."""
    kinds: dict[int, list[str]] = {}
    for code in (*codes, "service.unavailable", "service.fault"):
        kinds.setdefault(KINDS[code].status, []).append(code)
    return {
        status: {
            "description": "; ".join(KINDS[code].en for code in found),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                    "examples": {code: {"value": _example(code)} for code in found},
                }
            },
        }
        for status, found in kinds.items()
    }


def _example(code: str) -> dict[str, object]:
    return Problem(code).document("5f1c9e0a7d42b386").model_dump(mode="json")
