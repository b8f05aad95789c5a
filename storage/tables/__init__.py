"""The whole schema: what the office keeps, table by table."""

from storage.columns import METADATA
from storage.tables import console, knowledge, register, requests, upkeep

__all__ = ["METADATA", "console", "knowledge", "register", "requests", "upkeep"]
