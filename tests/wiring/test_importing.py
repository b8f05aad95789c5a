import io

from wiring.importing import progress_on


class Terminal(io.StringIO):
    """A terminal that keeps what is written."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_far_the_import_is() -> None:
    terminal = Terminal()
    draw = progress_on(terminal)
    assert draw is not None
    draw(1, 2, "甲.docx")
    half = terminal.getvalue()
    draw(2, 2, "乙" * 100)

    assert half == f"\r\x1b[K{'█' * 15}{'░' * 15} 1/2 甲.docx"
    assert terminal.getvalue().removeprefix(half) == f"\r\x1b[K{'█' * 30} 2/2 {'乙' * 40}\n"


def test_what_is_no_terminal_is_left_alone() -> None:
    assert progress_on(io.StringIO()) is None
