"""Every setting: name, default, check and one-line help."""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.channels import Channels
from config.part import Part as _Part

PREFIX = "ZHENGDA_"


class Server(_Part):
    """The web server."""

    host: str = Field("127.0.0.1", description="监听地址；放在 nginx 之后时保持默认")
    port: int = Field(8000, ge=1, le=65535, description="监听端口")
    secure_cookies: bool = Field(default=False, description="经 HTTPS 提供服务时设为 true")
    trusted_proxies: tuple[str, ...] = Field(("127.0.0.1", "::1"), description="可信的反向代理地址")
    secret: SecretStr | None = Field(
        None, description="访客标识的签名密钥；不填则保存在 data_dir/secret.key，多机部署时须一致"
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in value:
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                raise ValueError(f"{proxy} 不是 IP 地址或网段") from None
        return value

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        if len(value.get_secret_value()) < 32:  # noqa: PLR2004  half of what HMAC-SHA256 can use
            raise ValueError("至少 32 个字符")
        return value


class Database(_Part):
    """Where cases, documents, outbox and accounts are kept."""

    url: str = Field(
        "",
        pattern=r"^$|^memory$|^sqlite(\+aiosqlite)?:///.+|^postgresql(\+asyncpg)?://.+",
        description="不填为 data_dir 下的 SQLite；postgresql://… 为 PostgreSQL；memory 为不保存（仅测试，不受理申请）",
    )


class Redis(_Part):
    """Where several processes share conversations."""

    url: str = Field(
        "",
        pattern=r"^$|^(rediss?|unix|rediss?\+cluster)://.+|^rediss?\+sentinel://[^/]+/[^/]+(/\d+)?$",
        description="不填则对话保存在本进程；redis://… 供多进程共享；哨兵写 redis+sentinel://主机,主机/主节点名，"
        "集群写 redis+cluster://主机,主机",
    )


class Office(_Part):
    """The office that answers."""

    name: str = Field("云岭县人民政府办公室（演示）", min_length=1, description="单位名称")
    code: str = Field("云岭", pattern=r"^[^\W\d_]{1,12}$", description="编号前缀，如“浚县”则编号为 浚县-2026-000001")
    region: tuple[str, ...] = Field(
        (), description='所在地区，从上到下，如 ["河南省", "鹤壁市", "浚县"]；不填则从单位名称判断'
    )
    hotline: str = Field("", description="咨询电话")
    request_guide: str = Field("", description="依申请公开的受理地址和方式，未查到答案时告知群众")
    inquiry_days: int = Field(5, ge=1, le=60, description="咨询的答复目标，工作日；修改后，未答复的咨询随之重算")
    unread_days: int = Field(3, ge=1, le=20, description="收到几个工作日没有人办理的，在工作台提醒")


class Review(_Part):
    """The review of texts before they are published."""

    separate_clearance: bool = Field(
        default=False, description="保密审查人不得与审核人相同（提交人在任何情况下都不能审核）"
    )
    command_line: Literal["publish", "draft"] = Field(
        "publish",
        description="命令行导入的文本：publish 没有提示的直接发布，不经第二人审核；draft 一律存为草稿，审核后才发布",
    )


class PersonalData(_Part):
    """How identity numbers, addresses and letters are encrypted where they are kept."""

    key_file: Path | None = Field(
        None, description="个人信息的密钥文件；不填为 data_dir/keys.toml，与数据库分开备份，多机部署时须一致"
    )
    cipher: Literal["aes-256-gcm", "sm4-gcm"] = Field(
        "aes-256-gcm", description="新建密钥的算法：aes-256-gcm，或商用密码 sm4-gcm"
    )
    inquiry_days: int = Field(
        180, ge=30, le=3650, description="咨询答复后保留用户标识几天；到期后凭编号和查询码仍可查询，不再知道是谁问的"
    )


class Requests(_Part):
    """The formal request (依申请公开): what its letters say of the office, and where it may be filed."""

    online: bool = Field(
        default=True,
        description="在公众号和网页受理依申请公开；开通前须先在《政府信息公开指南》公布这一渠道，下面各项也须填全",
    )
    code: str = Field("", description="文书的机关代字，如“浚公开”，则文号为 浚公开〔2026〕1号")
    address: str = Field("", description="政府信息公开工作机构的地址")
    hours: str = Field("", description="办公时间")
    phone: str = Field("", description="联系电话")
    review_authority: str = Field("", description="行政复议机关，如部门填本级人民政府（行政复议法第二十四条）")
    court: str = Field("", description="有管辖权的人民法院")
    review_online: str = Field("", description="网上申请行政复议的网址（行政复议法第二十二条，网上送达时必须写明）")
    complaints: str = Field("", description="政府信息公开工作主管部门及电话，供投诉举报")
    fees: bool = Field(default=False, description="收取信息处理费（国办函〔2020〕109号），由人工逐件决定")
    payee: str = Field("", description="信息处理费的缴纳方式，收费时必填")
    daily_per_person: int = Field(
        5, ge=1, le=1000, description="一个人一天从公众号或网页提交几份申请；当面、邮寄和由工作人员登记的不受限制"
    )
    daily_per_address: int = Field(
        50, ge=1, le=10000, description="一个网络地址一天从网页提交几份申请；办事大厅里多人共用一个地址"
    )
    draft_days: int = Field(28, ge=1, le=365, description="没有提交的申请草稿和文件保留几天")
    identity_days: int = Field(365, ge=180, le=3650, description="证件影像在办结后保留几天，此后清除，核验结果留存")

    @property
    def missing(self) -> tuple[str, ...]:
        """The settings still empty without which no letter may leave."""
        needed = ("code", "address", "hours", "phone", "review_authority", "court", "review_online", "complaints")
        return tuple(name for name in (*needed, *(("payee",) if self.fees else ())) if not getattr(self, name).strip())


class Reminders(_Part):
    """Where reminders of requests go besides the console."""

    webhook: str = Field(
        "", pattern=r"^$|^https?://.+", description="把期限提醒以 JSON 发到本单位的这个地址；不填则只在工作台显示"
    )
    secret: SecretStr = Field(SecretStr(""), description="提醒的签名密钥，签名写在 X-Zhengda-Signature")


class Settings(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
    )

    data_dir: Path = Field(Path("data"), description="数据目录：数据库、索引、密钥")
    log_format: Literal["text", "json"] = Field("text", description="日志格式：text 供人查看，json 供采集")
    server: Server = Server()
    database: Database = Database()
    redis: Redis = Redis()
    review: Review = Review()
    office: Office = Office()
    personal_data: PersonalData = PersonalData()
    requests: Requests = Requests()
    reminders: Reminders = Reminders()
    channels: Channels = Channels()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what `load` hands in: it reads the environment itself, to reach into the list of accounts."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)
