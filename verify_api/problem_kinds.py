"""What problems there are: the table of `verify_api.problems`, in parts. Nowhere else does a status code stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """What one code means: HTTP status, title, hint, and seconds to wait before another try (0: none is promised)."""

    status: int
    zh: str
    en: str
    hint_zh: str
    hint_en: str
    retry_after: int = 0


ACCESS: Final[Mapping[str, ProblemKind]] = MappingProxyType(
    {
        "access.unknown": ProblemKind(
            401,
            "请先登录",
            "Say who you are first",
            "请登录；程序请先取得访问令牌",
            "Sign in; programs get a token at /oauth/token first",
        ),
        "access.role": ProblemKind(
            403,
            "您的岗位没有此项权限",
            "Your role does not allow this",
            "如工作需要，请联系本部门管理员",
            "Ask the administrator if your work needs it",
        ),
        "access.program": ProblemKind(
            403,
            "此功能仅供工作人员登录使用",
            "This is for people who have signed in, and not for programs",
            "请由工作人员登录办理",
            "Have a person do it",
        ),
        "access.scope": ProblemKind(
            403,
            "令牌的权限范围不包含此操作",
            "The token does not cover this",
            "请申请相应的权限范围",
            "Ask for a token with the scope that WWW-Authenticate names",
        ),
        "access.second-factor": ProblemKind(
            403,
            "请先绑定身份验证器",
            "Set up your authenticator first",
            "绑定后即可使用",
            "Go to /second-factor, then try again",
        ),
        "access.token": ProblemKind(
            401,
            "访问令牌无效或已过期",
            "The token is not, or no longer, good",
            "请重新取得令牌",
            "Get another at /oauth/token",
        ),
        "access.certificate": ProblemKind(
            401,
            "没有登记此证书",
            "This certificate is nobody's here",
            "请由管理员登记",
            "Have an administrator add it",
        ),
        "access.header": ProblemKind(
            400,
            "请求带有只有代理可以填写的内容",
            "The request brings what only a proxy of ours may say",
            "请直接访问",
            "Leave that header out",
        ),
        "access.insecure": ProblemKind(
            403,
            "登录须经加密连接",
            "Nobody signs in where others may listen",
            "请使用 https:// 网址",
            "Use the address that begins with https://",
        ),
        "access.foreign-page": ProblemKind(
            403,
            "此操作不是由本站页面发起的",
            "This was not asked for by a page of ours",
            "请打开本站页面后重试",
            "Open our own page and try again",
        ),
        "access.form": ProblemKind(
            403,
            "页面已失效，请重试",
            "The form is too old, or not ours",
            "页面已刷新，请重新提交",
            "Load the page again, and send it once more",
        ),
        "sign-in.failed": ProblemKind(
            403,
            "账户名、口令或动态口令有误",
            "The name, the password or the one-time password is wrong",
            "请逐项检查；用过的动态口令不能再用，请等下一个",
            "Check all three; a one-time password is good once: wait for the next",
        ),
        "sign-in.wait": ProblemKind(
            429,
            "失败次数过多",
            "Too many attempts failed",
            "请稍后再试，最多等待十五分钟",
            "Wait a while, a quarter of an hour at most",
            retry_after=30,
        ),
        "sign-in.code": ProblemKind(
            422,
            "动态口令有误",
            "This is not the one-time password",
            "图已更换：请删除应用中的旧条目，重新扫描后输入",
            "The code is another now: remove the old entry from the app, scan anew, type it in",
        ),
        "sign-in.state": ProblemKind(
            403,
            "登录已中断或已过期",
            "This sign-in was not begun here, or is too old",
            "请重新登录",
            "Begin again",
        ),
        "sign-in.refused": ProblemKind(
            403,
            "统一身份认证没有同意登录",
            "The identity provider did not sign you in",
            "请重新登录，或联系身份认证管理员",
            "Try again, or ask whoever runs it",
        ),
        "sign-in.token": ProblemKind(
            403,
            "身份认证的凭据不可采信",
            "What the identity provider says cannot be relied on",
            "请重新登录；再次发生请告知管理员",
            "Begin again; if it happens again, tell the administrator",
        ),
        "sign-in.place": ProblemKind(
            403,
            "您在本系统没有岗位",
            "You have no place in this system",
            "请联系本部门管理员",
            "Ask the administrator of your department",
        ),
        "staff.exists": ProblemKind(
            403,
            "账户名已被另一账户使用",
            "Another account has your name",
            "请联系管理员",
            "Ask the administrator",
        ),
        "sign-in.provider": ProblemKind(
            503,
            "身份认证配置不符",
            "The identity provider is not the one that was agreed",
            "请联系管理员",
            "Tell the administrator",
        ),
        "sign-in.unreachable": ProblemKind(
            503,
            "身份认证服务没有应答",
            "The identity provider does not answer",
            "请稍后再试",
            "Try again in a moment",
        ),
        "oauth.client": ProblemKind(
            401,
            "客户端认证失败",
            "The client did not prove who it is",
            "请检查标识和密钥",
            "Check id and secret; a disabled client has none",
        ),
        "oauth.scope": ProblemKind(
            400,
            "权限范围有误或未获授权",
            "The scope is not valid, or more than the client has",
            "请按登记的权限申请",
            "Ask for what the client was granted",
        ),
        "oauth.grant": ProblemKind(
            400,
            "不支持的授权方式",
            "This grant is not supported",
            "请使用 client_credentials",
            "Use grant_type=client_credentials",
        ),
    }
)
"""Who one is, and what one may do."""

COUNTER: Final[Mapping[str, ProblemKind]] = MappingProxyType(
    {
        "typed": ProblemKind(
            422, "输入有误", "What was typed cannot be taken", "请重新扫描或输入", "Scan it again, or type it in"
        ),
        "typed.incomplete": ProblemKind(
            422,
            "二维码扫描不完整，没有查询",
            "The code did not come through whole; nothing was looked up",
            "请重新扫描；仍不行时，改用摄像头或选择文件",
            "Scan it again; if that fails, use the camera or a file",
        ),
        "typed.input-method": ProblemKind(
            422,
            "扫描内容被输入法改动，没有查询",
            "An input method has rewritten the code; nothing was looked up",
            "请切换到英文输入状态（通常按 Shift），再扫描一次",
            "Switch the input method to English, and scan again",
        ),
        "counter.item": ProblemKind(
            422,
            "请先选择政务服务事项",
            "Choose the service item first",
            "从列表中选择；没有所需事项时，请联系管理员添加",
            "Take one of the list; ask the administrator if it is missing",
        ),
        "counter.sealed": ProblemKind(
            422,
            "核验结果已失效",
            "This result is too old, or none of yours",
            "请重新核验后再保存或确认",
            "Verify it again, then save or confirm",
        ),
        "counter.case": ProblemKind(
            422,
            "请先填写案卷号",
            "Write the case number first",
            "填写案卷号后重新核验，再保存报告",
            "Write it, verify again, then save the report",
        ),
        "counter.report": ProblemKind(
            404, "没有此核验报告", "There is no such report", "请从案卷报告列表打开", "Open it from the case's list"
        ),
    }
)
"""Of the counter page alone."""

OF_REQUESTS: Final[Mapping[str, ProblemKind]] = MappingProxyType(
    {
        "service-item": ProblemKind(
            404,
            "没有此政务服务事项",
            "There is no such service item",
            "请从事项列表中选择",
            "GET /api/v1/service-items lists them",
        ),
        "applicant": ProblemKind(
            422,
            "申请人号码有误",
            "The applicants' numbers are not right",
            "每行填写一个号码，最多一百个",
            "Give one to a hundred numbers",
        ),
        "http.cursor": ProblemKind(
            400,
            "翻页标记无效",
            "The cursor is none of ours, or belongs to another question",
            "请从第一页重新查询",
            "Ask for the first page again, without a cursor",
        ),
        "http.too-many": ProblemKind(
            413,
            "一批的件数超过上限",
            "The batch holds too many documents",
            "请分批提交",
            "Send several batches; the documentation names the limit",
        ),
        "idempotency.key": ProblemKind(
            400,
            "幂等键格式有误",
            "The Idempotency-Key is not well-formed",
            "请使用1至128个可见字符",
            "Use 1 to 128 visible ASCII characters, such as a UUID",
        ),
        "idempotency.reused": ProblemKind(
            422,
            "该幂等键已用于另一请求",
            "This Idempotency-Key was used for another request",
            "请为每个请求使用新的幂等键",
            "Use a new key for each new request",
        ),
        "idempotency.running": ProblemKind(
            409,
            "同一请求正在处理",
            "The same request is being answered",
            "请稍后重试",
            "Send it again in a moment",
            retry_after=1,
        ),
        "rate.address": ProblemKind(
            429,
            "该网络地址的请求过于频繁",
            "Too many requests from this address",
            "请稍后重试",
            "Wait for the seconds of Retry-After",
        ),
        "rate.caller": ProblemKind(
            429,
            "请求过于频繁",
            "Too many requests",
            "请稍后重试",
            "Wait for the seconds of Retry-After; programs that have signed in may ask more often",
        ),
        "rate.files": ProblemKind(
            429,
            "您同时提交的文件过多",
            "Too many of your files are being examined at once",
            "请等前面的文件有了结果再提交",
            "Wait for an answer before you send the next",
            retry_after=2,
        ),
        "page.unknown": ProblemKind(
            404, "证照没有这一页", "The licence has no such page", "请检查页码", "Pages are counted from 1"
        ),
        "usage": ProblemKind(
            422,
            "用证记录缺少必要内容",
            "The use lacks something that the usage trail needs",
            "请填写用途",
            "Say the purpose",
        ),
        "entry": ProblemKind(
            422,
            "文字含有不能登记的字符",
            "A text holds characters that cannot be put on record",
            "请删除控制字符",
            "Leave control characters out",
        ),
    }
)
"""Code, or the first part of a code, → what it means."""
