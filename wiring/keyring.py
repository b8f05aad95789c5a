"""The file that the keys of personal data lie in, and the vault over it."""

import os
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from config.settings import Settings
from register.vault import CipherName, Keyring, KeyVault, kept_keys
from wiring.almanac import CIVIL_TIME


def open_vault(settings: Settings) -> KeyVault:
    """Return the vault over the office's keys, made at the first start; raises UnreadableKeys and OSError."""
    return KeyVault(open_ring(settings), os.urandom)


class LateVault:
    """A vault over keys that are opened, or made, only when something is sealed: most commands need none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _vault(self) -> KeyVault:
        return open_vault(self._settings)

    def seal(self, content: bytes, *, about: str) -> bytes:
        """Return the content encrypted; raises UnreadableKeys and OSError too."""
        return self._vault.seal(content, about=about)

    def open(self, sealed: bytes, *, about: str) -> bytes:
        """Return the content; raises UnreadableKeys and OSError too."""
        return self._vault.open(sealed, about=about)

    def mark(self, text: str) -> str:
        """Return the blind mark of a text; raises UnreadableKeys and OSError too."""
        return self._vault.mark(text)


def open_ring(settings: Settings) -> Keyring:
    """Return the office's keys, made at the first start; raises UnreadableKeys and OSError."""
    file = key_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return kept_keys(file, f"{civil_day():%Y%m%d}", CipherName(settings.personal_data.cipher), os.urandom)


def key_file(settings: Settings) -> Path:
    """Return where the keys lie: as set, else in the data folder."""
    return settings.personal_data.key_file or settings.data_dir / "keys.toml"


def civil_day() -> date:
    """Return today's date in Asia/Shanghai; a new key is named after it."""
    return datetime.now(UTC).astimezone(CIVIL_TIME).date()
