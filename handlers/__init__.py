"""What the bot does with a message, one file per intent; the table of contents is `handlers/routes.py`."""
