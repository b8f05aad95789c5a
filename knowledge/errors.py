"""What can go wrong with documents and their index.

KnowledgeError
├── UnreadableDocument   a file or row cannot become a document; the message says why, for an editor
├── UnknownPassage       a passage key of an earlier generation
├── UnknownGeneration    nothing to roll back to, or a damaged folder
├── GenerationRefused    the new generation failed a check; the live one stays
├── ReloadUnderWay       another process builds a generation just now
├── TooFewVerdicts      too few judged answers to learn from; what was in use stays
├── RefusedEntry         a word, synonym or question cannot be kept as it is; the message says why, for an editor
├── UnknownDocument      no such document among the published ones
├── UnknownRevision      no such text on its way to publication
├── StaleRevision        somebody else acted on the revision since it was read
└── ReviewRefused        the step is not allowed now, or not to this person; the reasons are for the editor
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


class ReloadUnderWay(KnowledgeError):
    """One reload at a time, whichever process runs it."""


class TooFewVerdicts(KnowledgeError):
    """The message, in Chinese, says how many there are and how many it takes."""


class RefusedEntry(KnowledgeError):
    """The reason, in Chinese, is meant for the editor who entered it."""


class GenerationRefused(KnowledgeError):
    """A check before the switch failed; the reason, in Chinese, is meant for the editor."""


class UnknownDocument(KnowledgeError):
    """No such document among the published ones."""


class UnknownRevision(KnowledgeError):
    """No such text on its way to publication."""


class StaleRevision(KnowledgeError):
    """The revision has changed since it was read; read it again."""


class ReviewRefused(KnowledgeError):
    """The `reasons`, in Chinese, say one by one what stands in the way of the step."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("；".join(reasons))
        self.reasons = reasons
