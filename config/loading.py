"""The settings read: environment over file over default, each with where it came from."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import EnvSettingsSource

from config.settings import PREFIX, Settings

FILE_VARIABLE = "ZHENGDA_CONFIG"
_OTHER_VARIABLES = frozenset({FILE_VARIABLE, "ZHENGDA_TEST_REDIS_URL", "ZHENGDA_TEST_DATABASE_URL"})


class SettingsError(Exception):
    """The settings cannot be used; the message is one line in Chinese for the operator."""


@dataclass(frozen=True, slots=True)
class Effective:
    """One setting as it is in force; `value` hides secrets, `source` is 环境变量, the file's name or 默认值."""

    name: str
    value: str
    source: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with where each came from."""

    settings: Settings
    file: Path | None
    _given: Mapping[str, Any]
    _from_environment: Mapping[str, Any]

    def effective(self) -> Iterator[Effective]:
        """Yield every setting in the order of the schema."""
        for name, value, meaning in _leaves(self.settings):
            steps = name.split(".")
            if _has(self._from_environment, steps):
                source = "环境变量"
            else:
                source = str(self.file) if _has(self._given, steps) else "默认值"
            yield Effective(name, _shown(value), source, meaning)


def load(file: Path | None) -> Loaded:
    """Read the settings from the environment and a TOML file.

    `file` None means the one that `ZHENGDA_CONFIG` names, else zhengda.toml in the working folder if it is there.
    A variable may name one entry of a list: ZHENGDA_CHANNELS__WECHAT__0__TOKEN is the token of the first account.

    Raises SettingsError with one line that names the setting and what is wrong with it.
    """
    file = file or _default_file(os.environ)
    from_file = _read(file) if file else {}
    _refuse_unknown_variables(os.environ)
    try:
        from_environment = EnvSettingsSource(Settings)()
    except ValueError as error:
        raise SettingsError(f"环境变量无法读取，列表和成组的值要写成 JSON：{error}") from error
    given = _merged(from_file, from_environment)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsError(_one_line(error, file, from_environment)) from error
    return Loaded(settings, file, given, from_environment)


def _default_file(variables: Mapping[str, str]) -> Path | None:
    if variables.get(FILE_VARIABLE):
        return Path(variables[FILE_VARIABLE])
    here = Path("zhengda.toml")
    return here if here.exists() else None


def _read(file: Path) -> dict[str, Any]:
    try:
        # Notepad writes a byte order mark
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SettingsError(f"没有配置文件 {file}") from error
    except OSError as error:
        raise SettingsError(f"无法读取配置文件 {file}：{error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"配置文件 {file} 不是有效的 TOML：{error}") from error


def _refuse_unknown_variables(variables: Mapping[str, str]) -> None:
    for name in sorted(variables):
        if not name.upper().startswith(PREFIX) or name.upper() in _OTHER_VARIABLES:
            continue
        first, *further = name.upper().removeprefix(PREFIX).lower().split("__")
        default = Settings.model_fields[first].default if first in Settings.model_fields else None
        # what stands further inside a part is checked with the part
        if default is None or (further and not isinstance(default, BaseModel)):
            raise SettingsError(f"环境变量 {name}：没有这个设置项")


def _merged(below: Any, above: Any) -> Any:  # noqa: ANN401  TOML and environment give plain nested data
    """Return nested data with `above` laid over `below`; keys like "0" are places in a list."""
    if not isinstance(above, Mapping):
        return above
    if above and all(key.isdecimal() for key in above):
        entries = dict(enumerate(below if isinstance(below, list) else ()))
        entries |= {int(key): _merged(entries.get(int(key)), value) for key, value in above.items()}
        return [entries[place] for place in sorted(entries)]
    under = below if isinstance(below, Mapping) else {}
    return {**under, **{key: _merged(under.get(key), value) for key, value in above.items()}}


_MESSAGES = {
    "extra_forbidden": "没有这个设置项",
    "missing": "必须填写",
    "string_pattern_mismatch": "格式不对",
    "string_too_short": "不能为空",
    "string_type": "应为文字",
    "literal_error": "只能是 {expected}",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "tuple_type": "应为列表",
    "too_long": "不能超过 {max_length} 项",
    "string_too_long": "不能超过 {max_length} 个字符",
    "path_type": "应为路径",
    "model_type": "应为一组设置",
}


def _one_line(error: ValidationError, file: Path | None, from_environment: Mapping[str, Any]) -> str:
    first = error.errors()[0]
    steps = [str(step) for step in first["loc"]]
    context = first.get("ctx", {})
    form = _MESSAGES.get(first["type"], first["msg"])
    # our own words may quote what an operator wrote, braces included
    reason = str(context["error"]) if first["type"] == "value_error" else form.format(**context)
    source = f"环境变量 {PREFIX}{'__'.join(steps).upper()}" if _has(from_environment, steps) else str(file or "设置")
    return f"{source}：{'.'.join(steps)}：{reason}"


def _leaves(part: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any, str]]:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, f"{prefix}{name}.")
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for index, item in enumerate(value):
                yield from _leaves(item, f"{prefix}{name}.{index}.")
        else:
            yield prefix + name, value, field.description or ""


def _has(values: Any, steps: Sequence[str]) -> bool:  # noqa: ANN401  as above
    for step in steps:
        if isinstance(values, list) and step.isdigit() and int(step) < len(values):
            values = values[int(step)]
        elif isinstance(values, Mapping) and step in values:
            values = values[step]
        else:
            return False
    return True


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, SecretStr):
        return "（已填写，不显示）" if value.get_secret_value() else "（未填写）"
    if isinstance(value, tuple):
        return "、".join(map(str, value)) or "（无）"
    if isinstance(value, Mapping) and not value:
        return "（无）"
    shown = str(value) if value not in (None, "") else "（未填写）"
    without_password = re.sub(r"(?<=//)([^:/@]*):.*@", r"\1:******@", shown)
    return re.sub(r"(?<=\?).*", "******", without_password) if "://" in shown else without_password
