"""Conversations over channels: one message in, one reply out, in time and in order."""
