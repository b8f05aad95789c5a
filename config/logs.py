"""Logging set-up: one line per event on standard error, as text or JSON, never with message texts or identities."""

import logging
import re
import sys

import structlog

IDENTITIES = re.compile(
    r"(?<![\dA-Za-z])(?:\d{17}[\dXx]|\d{15,19}|1[3-9]\d{9}|o[\w-]{27})(?![\dA-Za-z])"
    r"|[\w.+-]{1,64}+@[\w-]++(?:\.[\w-]++)++",
    re.ASCII,
)
"""Identity and card numbers, mobile numbers, openids, e-mail addresses: an error may quote what a citizen wrote."""


def set_up(*, json: bool) -> None:
    """Send every log record of the process to standard error in one format."""
    shared: list[structlog.types.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ExtraAdder(),
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        # the renderer's own choice shows local variables where rich is installed: message texts, openids, secrets
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info if json else _keep,
            _masked(renderer),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("jieba", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # the address of a request carries signatures and openids: only counted, never logged
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)


def _masked(render: structlog.types.Processor) -> structlog.types.Processor:
    def line(logger: structlog.types.WrappedLogger, name: str, event: structlog.types.EventDict) -> str:
        return IDENTITIES.sub("***", str(render(logger, name, event)))

    return line


def _keep(_logger: object, _name: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    return event
