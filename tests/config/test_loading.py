import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.loading import Loaded, SettingsError, load

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACCOUNT = f"""
[[channels.wechat]]
name = "main"
app_id = "wx0123456789abcdef"
token = "SecretToken"
aes_key = "{AES_KEY}"
"""


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of ours is set, and the working folder is empty."""
    for name in [name for name in os.environ if name.upper().startswith("ZHENGDA")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def written(content: str, name: str = "office.toml") -> Path:
    file = Path(name)
    file.write_text(content, encoding="utf-8")
    return file


def refusal(file: Path | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        load(file)
    line = str(caught.value)
    assert "\n" not in line
    return line


def shown(loaded: Loaded) -> dict[str, tuple[str, str]]:
    return {setting.name: (setting.value, setting.source) for setting in loaded.effective()}


# where values come from


def test_without_a_file_everything_has_a_default() -> None:
    loaded = load(None)

    assert loaded.settings.server.port == 8000
    assert loaded.settings.channels.wechat == ()
    assert {source for _, source in shown(loaded).values()} == {"默认值"}


def test_the_environment_goes_over_the_file_and_the_file_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGDA_SERVER__PORT", "9002")
    loaded = load(written('data_dir = "kept"\n[server]\nhost = "0.0.0.0"\nport = 9001'))

    assert (loaded.settings.server.host, loaded.settings.server.port) == ("0.0.0.0", 9002)  # noqa: S104  a text
    assert shown(loaded)["data_dir"] == ("kept", "office.toml")
    assert shown(loaded)["server.host"] == ("0.0.0.0", "office.toml")  # noqa: S104  a text
    assert shown(loaded)["server.port"] == ("9002", "环境变量")
    assert shown(loaded)["log_format"] == ("text", "默认值")


def test_the_file_is_the_one_given_then_the_one_named_then_the_one_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    def port(file: Path | None = None) -> int:
        return load(file).settings.server.port

    assert port() == 8000
    written("server.port = 8001", "zhengda.toml")
    assert port() == 8001
    monkeypatch.setenv("ZHENGDA_CONFIG", str(written("server.port = 8002", "named.toml")))
    assert port() == 8002
    assert port(written("server.port = 8003", "given.toml")) == 8003


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGDA_SERVER__PORT", "")

    assert load(None).settings.server.port == 8000


def test_a_variable_is_known_however_it_is_capitalised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("zhengda_server__port", "8001")

    assert load(None).settings.server.port == 8001


def test_the_variables_of_the_tests_are_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGDA_TEST_REDIS_URL", "redis://127.0.0.1")

    load(None)


def test_a_part_may_be_one_variable_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGDA_SERVER", '{"port": 8001, "trusted_proxies": ["10.0.0.1"]}')
    loaded = load(written('server.host = "::1"'))

    assert (loaded.settings.server.host, loaded.settings.server.port) == ("::1", 8001)
    assert shown(loaded)["server.trusted_proxies"] == ("10.0.0.1", "环境变量")


def test_a_file_of_an_editor_that_writes_a_byte_order_mark_is_read() -> None:
    Path("office.toml").write_bytes(b"\xef\xbb\xbfserver.port = 8001")

    assert load(Path("office.toml")).settings.server.port == 8001


# accounts


def test_several_accounts_come_from_the_file() -> None:
    second = '[[channels.wechat]]\nname = "second"\napp_id = "wx2"\ntoken = "abc"\nmode = "plain"'
    loaded = load(written(ACCOUNT + second))

    first, last = loaded.settings.channels.wechat
    assert (first.name, first.mode, first.aes_key.get_secret_value()) == ("main", "safe", AES_KEY)
    assert (last.name, last.mode) == ("second", "plain")
    assert shown(loaded)["channels.wechat.0.app_id"] == ("wx0123456789abcdef", "office.toml")
    assert shown(loaded)["channels.wechat.1.mode"] == ("plain", "office.toml")
    assert shown(loaded)["channels.wechat.1.verified"] == ("否", "默认值")


def test_a_variable_reaches_one_account_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGDA_CHANNELS__WECHAT__0__SECRET", "AppSecret")
    monkeypatch.setenv("ZHENGDA_CHANNELS__WECHAT__0__VERIFIED", "true")
    loaded = load(written(ACCOUNT))

    (account,) = loaded.settings.channels.wechat
    assert account.verified
    assert account.secret.get_secret_value() == "AppSecret"
    assert shown(loaded)["channels.wechat.0.verified"] == ("是", "环境变量")
    assert shown(loaded)["channels.wechat.0.name"] == ("main", "office.toml")


def test_variables_alone_can_describe_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NAME": "main", "APP_ID": "wx1", "TOKEN": "abc", "MODE": "plain"}.items():
        monkeypatch.setenv(f"ZHENGDA_CHANNELS__WECHAT__0__{name}", value)

    assert [account.name for account in load(None).settings.channels.wechat] == ["main"]


def test_a_list_in_json_takes_the_place_of_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGDA_CHANNELS__WECHAT", '[{"name": "a", "app_id": "wx", "token": "abc", "mode": "plain"}]')
    loaded = load(written(ACCOUNT))

    assert shown(loaded)["channels.wechat.0.name"] == ("a", "环境变量")
    assert shown(loaded)["channels.wechat.0.aes_key"] == ("（未填写）", "默认值")


def test_two_accounts_of_one_name_are_refused() -> None:
    assert refusal(written(ACCOUNT + ACCOUNT)) == "office.toml：channels.wechat：name 不能重复"


# secrets


def test_no_secret_is_ever_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHENGDA_SERVER__SECRET", "hidden-1" * 4)
    monkeypatch.setenv("ZHENGDA_DATABASE__URL", "postgresql://office:hidden-2@host:5432/zhengda?password=hidden-6")
    monkeypatch.setenv("ZHENGDA_REDIS__URL", "redis://:hidden-3/with@signs@host:6379/0")
    loaded = load(written(ACCOUNT.replace("SecretToken", "hidden4") + 'secret = "hidden-5"'))
    everything = repr(loaded.settings) + repr(list(loaded.effective()))

    assert "hidden" not in str(list(loaded.effective()))
    assert AES_KEY not in everything
    assert "hidden4" not in everything
    assert shown(loaded)["server.secret"][0] == "（已填写，不显示）"
    assert shown(loaded)["channels.wechat.0.previous_aes_key"][0] == "（未填写）"
    assert shown(loaded)["database.url"][0] == "postgresql://office:******@host:5432/zhengda?******"
    assert shown(loaded)["redis.url"][0] == "redis://:******@host:6379/0"


def test_an_empty_signing_key_counts_as_none() -> None:
    assert load(written('server.secret = ""')).settings.server.secret is None


def test_a_refused_secret_is_not_shown_either() -> None:
    with pytest.raises(SettingsError) as caught:
        load(written(ACCOUNT.replace(AES_KEY, "hidden")))

    assert "hidden" not in str(caught.value)
    assert "hidden" not in str(caught.value.__cause__)


# refusals: one line that names the setting


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("ZHENGDA_PORT", "1", "环境变量 ZHENGDA_PORT：没有这个设置项"),
        ("ZHENGDA_SERVR__PORT", "1", "环境变量 ZHENGDA_SERVR__PORT：没有这个设置项"),
        ("ZHENGDA_DATA_DIR__X", "1", "环境变量 ZHENGDA_DATA_DIR__X：没有这个设置项"),
        ("ZHENGDA_SERVER__PROT", "1", "环境变量 ZHENGDA_SERVER__PROT：server.prot：没有这个设置项"),
        ("ZHENGDA_SERVER__PORT", "x", "环境变量 ZHENGDA_SERVER__PORT：server.port：应为整数"),
        ("ZHENGDA_SERVER__PORT", "70000", "环境变量 ZHENGDA_SERVER__PORT：server.port：不能大于 65535"),
        (
            "ZHENGDA_SERVER__SECURE_COOKIES",
            "2",
            "环境变量 ZHENGDA_SERVER__SECURE_COOKIES：server.secure_cookies：应为 true 或 false",
        ),
    ],
)
def test_a_wrong_variable_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str) -> None:
    monkeypatch.setenv(name, value)

    assert refusal(written("log_format = 'text'")) == line


@pytest.mark.parametrize(("name", "value"), [("ZHENGDA_SERVER", "{"), ("ZHENGDA_SERVER__TRUSTED_PROXIES", "10.0.0.1")])
def test_a_variable_that_should_be_json_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    line = refusal()

    assert "JSON" in line
    assert '"server"' in line


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("servers.port = 1", "servers：没有这个设置项"),
        ("server.prot = 1", "server.prot：没有这个设置项"),
        ("server = 5", "server：应为一组设置"),
        ("server.port = 0", "server.port：不能小于 1"),
        ('server.port = "x"', "server.port：应为整数"),
        ("server.port = [1]", "server.port：应为整数"),
        ('server.trusted_proxies = ["nginx"]', "server.trusted_proxies：nginx 不是 IP 地址或网段"),
        ('server.secret = "short"', "server.secret：至少 32 个字符"),
        ('database.url = "mysql://x/y"', "database.url：格式不对"),
        ('redis.url = "localhost:6379"', "redis.url：格式不对"),
        ('server.trusted_proxies = "127.0.0.1"', "server.trusted_proxies：应为列表"),
        ("server.secure_cookies = []", "server.secure_cookies：应为 true 或 false"),
        ("data_dir = 5", "data_dir：应为路径"),
        ('log_format = "xml"', "log_format：只能是 'text' or 'json'"),
        ('office.name = ""', "office.name：不能为空"),
        ("office.name = 5", "office.name：应为文字"),
        ('office.code = "浚-县"', "office.code：格式不对"),
        ("office.inquiry_days = 61", "office.inquiry_days：不能大于 60"),
        ("channels.wechat = 5", "channels.wechat：应为列表"),
        ("channels.wechat = [5]", "channels.wechat.0：应为一组设置"),
        (ACCOUNT.replace('app_id = "wx0123456789abcdef"', ""), "channels.wechat.0.app_id：必须填写"),
        (ACCOUNT.replace('"main"', '"Main/1"'), "channels.wechat.0.name：格式不对"),
        (ACCOUNT.replace("SecretToken", "no"), "channels.wechat.0.token：应为 3 到 32 位字母或数字"),
        (
            ACCOUNT.replace(AES_KEY, AES_KEY[:-1]),
            "channels.wechat.0.aes_key：应为 43 位字母或数字（公众平台“消息加解密密钥”）",
        ),
        (
            ACCOUNT + f'previous_aes_key = "{AES_KEY}="',
            "channels.wechat.0.previous_aes_key：应为 43 位字母或数字（公众平台“消息加解密密钥”）",
        ),
        (
            ACCOUNT.replace(AES_KEY, ""),
            "channels.wechat.0：safe 模式须填写 aes_key，应为 43 位字母或数字（公众平台“消息加解密密钥”）",
        ),
        (ACCOUNT + "verified = true", "channels.wechat.0：verified = true 须填写 secret（AppSecret）"),
        (ACCOUNT + 'mode = "off"', "channels.wechat.0.mode：只能是 'safe', 'compat' or 'plain'"),
        (ACCOUNT + 'api_base = "api.weixin.qq.com"', "channels.wechat.0.api_base：格式不对"),
    ],
)
def test_a_wrong_value_in_the_file_stops_the_start(content: str, problem: str) -> None:
    assert refusal(written(content)) == f"office.toml：{problem}"


def test_a_file_that_is_not_toml_stops_the_start() -> None:
    assert refusal(written("[server")).startswith("配置文件 office.toml 不是有效的 TOML：")
    Path("office.toml").write_bytes(b"\xff\xfe")
    assert refusal(Path("office.toml")).startswith("配置文件 office.toml 不是有效的 TOML：")


def test_a_file_that_is_not_there_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(Path("gone.toml")) == "没有配置文件 gone.toml"
    monkeypatch.setenv("ZHENGDA_CONFIG", "named.toml")
    assert refusal() == "没有配置文件 named.toml"


def test_a_file_that_cannot_be_read_stops_the_start() -> None:
    Path("folder.toml").mkdir()

    assert refusal(Path("folder.toml")).startswith("无法读取配置文件 folder.toml：")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("abcXYZ019+/=_-é "), min_size=1, max_size=45))
def test_every_key_is_either_43_letters_and_digits_or_refused(key: str) -> None:
    file = written(ACCOUNT.replace(AES_KEY, key))
    right = len(key) == 43 and key.isascii() and key.isalnum()

    if right:
        assert load(file).settings.channels.wechat[0].aes_key.get_secret_value() == key
    else:
        assert refusal(file).startswith("office.toml：channels.wechat.0.aes_key：")
