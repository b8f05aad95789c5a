"""One folder or file per channel; each turns platform messages into `bot.types.Message` and back."""
