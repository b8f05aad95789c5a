"""What can go wrong when everything that is kept is moved; each message is a sentence in Chinese for the operator.

StorageError
├── Occupied          what was to be filled is not empty
├── Different         what was written is not what was read
├── OtherSchema       the database's schema is not this program's
└── UnreadableBackup  a file is no backup of ours, damaged or altered
"""


class StorageError(Exception):
    """Root of this package's errors."""


class Occupied(StorageError):
    """What was to be filled is not empty."""


class Different(StorageError):
    """What was written is not what was read; nothing was kept of it."""


class OtherSchema(StorageError):
    """The database's schema is not this program's."""


class UnreadableBackup(StorageError):
    """The file is no backup, or not as it was written."""
