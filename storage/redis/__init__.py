"""What many processes share in Redis: conversations, the gate before them, announcements."""

from storage.redis.announcements import RedisAnnouncements
from storage.redis.conversations import RedisConversations

__all__ = ["RedisAnnouncements", "RedisConversations"]
