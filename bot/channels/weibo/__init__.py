"""微博 粉丝服务平台: JSON and XML callbacks, JSON replies, pushes."""
