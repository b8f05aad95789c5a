import pytest

from knowledge.normalisation import Normaliser
from knowledge.tokens import Tokenizer


@pytest.fixture(scope="session")
def normalise() -> Normaliser:
    """The real normaliser, made once."""
    return Normaliser()


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """A real tokenizer without the office's files."""
    return Tokenizer(cache=tmp_path_factory.mktemp("jieba"))
