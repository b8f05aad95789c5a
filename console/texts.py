"""The words of the pages: labels of enums, refusals and messages, in plain Chinese."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from console.auth import Refusal
from console.batch import Phase
from console.passwords import Weakness
from console.ports import Role
from console.rooms import Room
from console.uploads import Unacceptable
from knowledge.revisions import ReviewStep
from knowledge.synonyms import Direction
from knowledge.types import Band, Outcome, Route
from knowledge.upkeep import ShippedList, WordUse
from register.types import CaseKind, Status, Step

KIND: Mapping[CaseKind, str] = MappingProxyType({CaseKind.INQUIRY: "咨询", CaseKind.REQUEST: "申请"})
STATUS: Mapping[Status, str] = MappingProxyType(
    {Status.RECEIVED: "待处理", Status.ANSWERED: "已答复", Status.CLOSED: "已办结"}
)
STEP: Mapping[Step, str] = MappingProxyType(
    {
        Step.OPEN: "登记",
        Step.ANSWER: "答复",
        Step.CLOSE: "办结",
        Step.REOPEN: "重新办理",
        Step.NOTE: "内部记录",
        Step.ASSIGN: "分办",
        Step.TRANSFER: "转办",
        Step.DELIVERED: "已送达",
        Step.UNDELIVERED: "未能送达",
        Step.IN_DOUBT: "是否送达不明",
        Step.RESOLVED: "公众评价：已解决",
        Step.UNRESOLVED: "公众评价：未解决",
    }
)
VERDICT: Mapping[Step, str] = MappingProxyType({Step.RESOLVED: "已解决", Step.UNRESOLVED: "未解决"})
"""What a citizen said of an answer (是否解决)."""
ROLE: Mapping[Role, str] = MappingProxyType(
    {
        Role.ADMINISTRATOR: "系统管理",
        Role.INTAKE: "受理",
        Role.OFFICER: "承办",
        Role.EDITOR: "知识库编辑",
        Role.REVIEWER: "审核",
        Role.SECRECY: "保密审查",
        Role.SIGNER: "签发",
        Role.PUBLISHER: "知识库发布",
        Role.LEADER: "领导",
        Role.SECURITY: "安全管理",
        Role.AUDITOR: "审计",
    }
)
DUTY: Mapping[Role, str] = MappingProxyType(
    {
        Role.ADMINISTRATOR: "管理账号，看不到咨询内容",
        Role.INTAKE: "登记、审查依申请公开，发回执",
        Role.OFFICER: "答复咨询、承办依申请公开，处理缺口",
        Role.EDITOR: "导入和修改文件，处理缺口，维护词表和测试题",
        Role.REVIEWER: "审核别人提交的文件和拟答复",
        Role.SECRECY: "文件发布和答复前的保密审查",
        Role.SIGNER: "审批延期，签发答复",
        Role.PUBLISHER: "发布文件，切换和退回知识库版本",
        Role.LEADER: "查看全部事项、期限和年报，不经办",
        Role.SECURITY: "调整账号的角色和部门",
        Role.AUDITOR: "查看全部事项和操作记录，不能修改",
    }
)
ROOM: Mapping[Room, str] = MappingProxyType(
    {
        Room.DASHBOARD: "工作台",
        Room.QUEUE: "队列",
        Room.REPORT: "年报",
        Room.STATISTICS: "统计",
        Room.CALENDAR: "日历",
        Room.GAPS: "缺口",
        Room.DOCUMENTS: "文件",
        Room.IMPORTS: "导入",
        Room.REVIEW: "审核",
        Room.HIT_TEST: "命中测试",
        Room.VOCABULARY: "词表",
        Room.TEST_QUESTIONS: "测试题",
        Room.GENERATIONS: "版本",
        Room.SETTINGS: "设置",
        Room.ACCOUNTS: "账号",
        Room.AUDIT: "审计",
    }
)
KNOWLEDGE = "知识库"
ACTOR: Mapping[str, str] = MappingProxyType({"citizen": "公众", "system": "系统"})

CHANNEL: Mapping[str, str] = MappingProxyType({"wechat": "微信公众号", "web": "网页"})
PRIVACY_VERSION = "3"

REFUSAL: Mapping[Refusal | Weakness, str] = MappingProxyType(
    {
        Refusal.WRONG: "用户名或密码不对。",
        Refusal.LOCKED: "登录失败次数过多，请 10 分钟后再试。",
        Refusal.EXPIRED: "这个链接已经用过或已过期，请向管理员要一个新的。",
        Refusal.NAME: "用户名只能用文字、数字、点、横线和下划线，最多 32 个字。",
        Refusal.TAKEN: "这个用户名已有人使用，请换一个。",
        Weakness.SHORT: "密码太短，至少 10 个字符。",
        Weakness.LONG: "密码太长，最多 128 个字符。",
        Weakness.SIMPLE: "密码太简单，大写字母、小写字母、数字、符号至少要有三种。",
        Weakness.NAME: "密码里不能包含用户名。",
    }
)
MAY_NOT_APPOINT = "不能这样调整：自己的账号、系统管理、安全管理和审计的账号都不能改角色，请停用后另发邀请。"
LAST_ADMINISTRATOR = "这是唯一的管理员，不能停用。请先邀请另一位管理员。"
PASSWORDS_DIFFER = "两次输入的密码不一样。"
FORM_EXPIRED = "页面已失效，没有保存。请再提交一次。"

DONE: Mapping[Step, str] = MappingProxyType(
    {
        Step.ANSWER: "答复已保存，正在发送给提问人。",
        Step.CLOSE: "已办结。",
        Step.REOPEN: "已重新办理，回到待处理。",
        Step.NOTE: "已记录，提问人看不到。",
    }
)
STALE = "您打开页面之后，有同事处理了这件事。您写的内容没有提交，仍在下面；请先看办理过程，再决定是否提交。"
ILLEGAL = "这件事现在是“{status}”，不能再{step}。您写的内容没有提交，仍在下面。"
MISSING = "请先写内容，再{step}。"
TOO_LONG = "内容太长，最多 {limit} 字，现在有 {length} 字。"
ANSWER_TOO_LONG = "内容太长，最多约 {limit} 字，现在约 {length} 字，没有提交。请删减后再提交。"

SENDING = "等待送出：在线时立即发送，否则在提问人下次来访时送达。"
DELIVERED = "已送达提问人。"
UNDELIVERED = "未能送达：提问人可凭编号和查询码查看答复，或请改用其他方式联系。"
UNCERTAIN = "是否送达不明，可能已送到；不会自动重发。提问人可凭编号和查询码查看答复。"

NOT_FOUND_CASE = "没有查到。请核对编号和查询码；多次输错后，请过 10 分钟再试。"
CHAT_WELCOME = (
    "您好！请直接写出您的问题，例如“低保怎么申请”，我会从已公开的政策文件中找出原文。"
    "没有查到的，可以留言，由工作人员答复。"
)
CHAT_EXPIRED = "页面打开太久，您的问题还没有发出。请再点一次“发送”。"
CHAT_BUSY = "系统暂时繁忙，您的问题没有登记成功。请稍后再发一次。"
CHAT_TOO_MANY = "提问太频繁了，请稍等一分钟再试。"
CHAT_EMPTY = "请先写下您的问题。"
CHAT_RELOAD = "页面打开太久，请刷新页面后再发送。"
CHAT_LATE = "正在办理，有了答复会显示在这里。"

ERRORS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: ("看不懂这个请求", "请返回上一页，重新填写后提交。"),
        403: ("没有权限", "您的账号不能打开这个页面。"),
        404: ("没有这个页面", "地址可能写错了，或者内容已经移走。"),
        405: ("不能这样操作", "请返回上一页重试。"),
        409: ("事情已有变化", "请返回上一页，刷新后再试。"),
        413: ("内容太大", "请缩短内容后重试。"),
        429: ("打开得太频繁", "请稍等一分钟再试。"),
        500: ("系统出错了", "错误已记录，请稍后再试。"),
        503: ("系统暂时繁忙", "没有保存。请稍后再试。"),
    }
)

BAND: Mapping[Band, str] = MappingProxyType(
    {Band.ANSWER: "直接回答", Band.CONFIRM: "给出候选", Band.ESCALATE: "答不上来，转缺口"}
)
ROUTE: Mapping[Route, str] = MappingProxyType(
    {Route.EXACT: "点名查找", Route.ANSWERED: "已答过的问题", Route.SEARCH: "全文检索"}
)
DIRECTION: Mapping[Direction, str] = MappingProxyType(
    {Direction.TWO_WAY: "双向", Direction.ONE_WAY: "单向", Direction.HISTORIC: "旧名"}
)
DIRECTION_MEANS: Mapping[Direction, str] = MappingProxyType(
    {
        Direction.TWO_WAY: "问哪个都检索另外几个。",
        Direction.ONE_WAY: "问“词”时也检索右边的，反过来不。",
        Direction.HISTORIC: "“词”是右边的旧称，问旧称时检索新称。",
    }
)
WORD_USE: Mapping[WordUse, str] = MappingProxyType(
    {
        WordUse.DICTIONARY: "分词时不拆开的词，例如本地的地名、项目名、平台名。",
        WordUse.STOP: "问题里没有实际意思、不用来检索的词。",
    }
)
VOCABULARY_DONE: Mapping[str, str] = MappingProxyType(
    {
        "synonym": "同义词已保存，下一次切换版本后生效。",
        "word": "已保存，下一次切换版本后生效。",
        "removed": "已删除，下一次切换版本后生效。",
        "off": "已停用，下一次切换版本后生效；随时可以再启用。",
        "on": "已启用，下一次切换版本后生效。",
    }
)
SHIPPED: Mapping[ShippedList, str] = MappingProxyType(
    {
        ShippedList.SYNONYMS: "不合本地用法的可以停用；要改写的，在上面添加同一个词，以本单位的为准。",
        ShippedList.DICTIONARY: "分词时不拆开的词。",
        ShippedList.STOPWORDS: "问题里没有实际意思、不用来检索的词。",
        ShippedList.PHRASES: "提问的套话，检索前从问题里去掉。",
    }
)
NO_QUESTION = "请写问题。"
NO_DOCUMENT = "没有找到这份文件：只能选已经发布的文件。"
WHICH_DOCUMENT = "有几份文件都符合，请选一份。"
TRIAL_DONE: Mapping[str, str] = MappingProxyType({"saved": "测试题已保存。", "removed": "测试题已删除。"})
GENERATION_CHANGED = "您打开页面之后，使用中的版本已经变了，没有退回。请核对下面的情况再决定。"
NO_GENERATION_BEFORE = "没有可以退回的上一版，或者上一版已经损坏，没有退回。"
GENERATION_DONE: Mapping[str, str] = MappingProxyType(
    {
        "begun": "已开始重建。",
        "running": "已经在重建，不用再点。",
        "switched": "已切换到新版本。",
        "rolled-back": "已退回上一版。再退回一次，就回到刚才的版本。",
    }
)
LINK_DONE: Mapping[str, str] = MappingProxyType(
    {"linked": "问题已关联，下一次切换版本后生效。", "unlinked": "关联已取消，下一次切换版本后生效。"}
)
HIT_TEST_DONE: Mapping[str, str] = MappingProxyType({**LINK_DONE, **TRIAL_DONE})

WAITS_FOR: Mapping[ReviewStep, str] = MappingProxyType(
    {
        ReviewStep.REVIEW: "审核",
        ReviewStep.CLEAR: "保密审查",
        ReviewStep.PUBLISH: "发布",
        ReviewStep.EDIT: "修改",
    }
)
REVIEW_DONE: Mapping[str, str] = MappingProxyType(
    {
        "submit": "已保存为草稿，等别人审核。",
        "edit": "已保存，等别人审核。",
        "resolve": "提示已处理。",
        "review": "审核已通过，等保密审查。",
        "clear": "保密审查已通过，等发布。",
        "publish": "已发布，在下一次切换版本时生效。",
        "return": "已退回给提交人。",
        "drop": "已作废，记录仍留存。",
        "repealed": "已标为废止，在下一次切换版本时生效。",
        "dismissed": "已不采纳，理由已记录。",
    }
)
DOCUMENT_DONE: Mapping[str, str] = MappingProxyType({**LINK_DONE, "taken-down": "已下架，几秒钟内公众就看不到。"})
FIELD: Mapping[str, str] = MappingProxyType(
    {
        "title": "标题",
        "issuer": "发文机关",
        "number": "文号",
        "published_on": "发布日期",
        "effective_on": "施行日期",
        "expires_on": "有效期至",
        "url": "来源链接",
        "validity": "效力",
        "disclosure": "公开属性",
        "disclosure_reason": "不主动公开的理由",
        "kind": "类型",
        "topic": "主题",
        "department": "牵头部门",
        "successor": "替代它的文件",
        "interprets": "它解读的文件",
    }
)
"""What the fields of a document are called, in the order of the form."""
OWN_TEXT = "这一稿是您提交或修改的，要由别人审核和保密审查。"
STALE_TEXT = "您打开页面之后，有同事动过这份文件。您写的内容没有提交，仍在下面；请核对后再提交。"
STALE_REPEAL = "这一条刚才已有同事处理，没有再改。"
NO_REASON = "请写明理由。"
REASON_TOO_LONG = "理由太长，最多 {limit} 字。"
GONE_ALREADY = "这份文件已经下架，没有再改。"
UNDER_WAY_ALREADY = (
    "{by}正在办理这份文件的另一稿（{state}），您这一稿没有保存。请先打开那一稿，在那里修改，或者作废它再提交。"
)
KNOWN_ALREADY = "已经有同一编号的文件，没有新建。请在那份文件上修改，或改正文号、标题。"
UNCHANGED = "和现在发布的完全一样，没有保存。"
RESTORED = "恢复第 {number} 版"

UNACCEPTABLE: Mapping[Unacceptable, str] = MappingProxyType(
    {
        Unacceptable.FORGED: "页面已失效，文件没有上传。请再选一次文件上传。",
        Unacceptable.NOTHING: "没有选文件。",
        Unacceptable.MANY: "一次最多上传 {files} 个文件，没有保存。请打成 ZIP 或者分几次上传。",
        Unacceptable.LARGE: "文件太大，没有保存：每个最大 {each} MB，一次合计最大 {all} MB。",
        Unacceptable.BROKEN: "上传中断或格式不对，没有保存。请再试一次。",
    }
)
IMPORT_DONE: Mapping[str, str] = MappingProxyType({"cancelled": "已放弃，上传的文件已删除。"})
IMPORT_BROKEN_OFF = "这次导入中断了，没有继续。请重新上传；已经存为草稿的不会重复。"
IMPORT_UNDER_WAY = "正在存为草稿，不能放弃。"
PHASE: Mapping[Phase, str] = MappingProxyType(
    {
        Phase.READING: "试运行",
        Phase.READY: "试运行结果，等您确认",
        Phase.STORING: "存为草稿",
        Phase.DONE: "已存为草稿",
        Phase.FAILED: "导入中断",
    }
)
OUTCOME: Mapping[Outcome, str] = MappingProxyType(
    {
        Outcome.CREATED: "新增",
        Outcome.UPDATED: "更新",
        Outcome.UNCHANGED: "未变",
        Outcome.REMOVED: "移除",
        Outcome.REFUSED: "未导入",
    }
)


def refused(reasons: Sequence[str]) -> str:
    """Return one sentence of the reasons that stand in the way of a step."""
    return f"没有办理：{'；'.join(reasons)}。"


def channel(name: str) -> str:
    """Return where a case came from, without the name of the account."""
    return CHANNEL.get(name.partition("/")[0], name)
