"""微信客服: people outside the enterprise write in WeChat; their messages are fetched, answers pushed."""
