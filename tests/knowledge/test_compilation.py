from collections.abc import Iterator
from pathlib import Path

import numba
import pytest

from knowledge import compilation, kernels
from knowledge.compilation import keep_compiled


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numba.config, "CACHE_DIR", "")
        yield tmp_path / "cache"
    # the other tests go on with what is compiled already
    keep_compiled(tmp_path)


def kept_in() -> Path:
    return Path(kernels.hash_spans.stats.cache_path or "")


def test_compiled_code_is_kept_in_the_folder(cache: Path) -> None:
    keep_compiled(cache)
    first = kept_in()
    keep_compiled(cache)

    assert kept_in() == first
    assert first.is_relative_to(cache)


def test_code_compiled_by_another_version_is_neither_run_nor_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation, "CODE", "older")
    keep_compiled(cache)
    older = kept_in()
    (cache / "jieba.cache").touch()
    monkeypatch.undo()
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    keep_compiled(cache)

    assert kept_in() != older
    assert not older.exists()
    assert (cache / "jieba.cache").exists()
