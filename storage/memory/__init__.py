"""Everything kept in memory: for one process, for tests and for trying out; gone when the process ends."""

from storage.memory.accounts import MemoryAccounts
from storage.memory.announcements import MemoryAnnouncements
from storage.memory.answers import MemoryAnswers
from storage.memory.catalogue import MemoryCatalogue
from storage.memory.conversations import MemoryConversations
from storage.memory.documents import MemoryDocuments
from storage.memory.gate import MemoryGate
from storage.memory.gazette import MemoryGazette
from storage.memory.journal import MemoryJournal
from storage.memory.origins import MemoryOrigins
from storage.memory.outbox import MemoryOutbox
from storage.memory.questions import MemoryLinkedQuestions, MemoryTrials
from storage.memory.queue import MemoryQueue
from storage.memory.readings import MemoryReadings
from storage.memory.register import MemoryRegister
from storage.memory.revisions import MemoryRevisions
from storage.memory.switches import MemorySwitches
from storage.memory.tables import MemoryTables
from storage.memory.verdicts import MemoryVerdicts
from storage.memory.views import MemorySavedViews
from storage.memory.vocabulary import MemoryVocabulary

__all__ = [
    "MemoryAccounts",
    "MemoryAnnouncements",
    "MemoryAnswers",
    "MemoryCatalogue",
    "MemoryConversations",
    "MemoryDocuments",
    "MemoryGate",
    "MemoryGazette",
    "MemoryJournal",
    "MemoryLinkedQuestions",
    "MemoryOrigins",
    "MemoryOutbox",
    "MemoryQueue",
    "MemoryReadings",
    "MemoryRegister",
    "MemoryRevisions",
    "MemorySavedViews",
    "MemorySwitches",
    "MemoryTables",
    "MemoryTrials",
    "MemoryVerdicts",
    "MemoryVocabulary",
]
