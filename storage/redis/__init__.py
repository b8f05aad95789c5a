"""What many processes share in Redis: conversations, and the gate before them."""

from storage.redis.conversations import RedisConversations

__all__ = ["RedisConversations"]
