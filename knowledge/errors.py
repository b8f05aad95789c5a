"""What can go wrong with documents and their index.

KnowledgeError
├── UnreadableDocument   a file or row cannot become a document; the message says why, for an editor
├── UnknownPassage       a passage key of an earlier generation
├── UnknownGeneration    nothing to roll back to, or a damaged folder
└── GenerationRefused    the new generation failed a check; the live one stays
"""


class KnowledgeError(Exception):
    """Root of this package's errors."""


class UnreadableDocument(KnowledgeError):
    """The reason, in Chinese, is meant for the editor who brought the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownPassage(KnowledgeError):
    """No such passage in the live generation."""


class UnknownGeneration(KnowledgeError):
    """No such generation on disk."""


class GenerationRefused(KnowledgeError):
    """A check before the switch failed; the reason, in Chinese, is meant for the editor."""
