"""What many processes share in Redis: conversations, the gate before them, access tokens, announcements."""

from storage.redis.announcements import RedisAnnouncements
from storage.redis.conversations import RedisConversations
from storage.redis.tokens import RedisTokens

__all__ = ["RedisAnnouncements", "RedisConversations", "RedisTokens"]
