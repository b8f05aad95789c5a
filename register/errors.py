"""What can go wrong in the register.

RegisterError
├── UnknownCase         no case with this reference (and, for citizens, this code)
├── IllegalTransition   the law's workflow does not offer this step here
├── MissingNote         the step needs words and got none
├── StaleCase           somebody else acted on the case since it was read
├── RefusedStep         a step on a formal request is not legal here and now; the message says why, for the person
├── OverLimit           a person or an address has filed as much today as the office lets them through the internet
├── TakenNumber         another letter has taken the number meanwhile; take the next
├── Unreadable          what was sealed cannot be opened: another key, or damaged
├── UnfinishedLetter    a letter lacks what it must state; `faults` says what, for the officer
├── UnreadableWording   letter templates are written wrongly; the message says how, for the operator
├── UnreadableReport    an annual report cannot be read back; the message says which row
├── UnknownProposal     nothing of the calendar has this number or name
├── OwnProposal         who proposes a change of the calendar does not confirm it
├── SettledProposal     somebody else has confirmed or dropped the proposal since it was read
├── UnreadableCalendar  a year's days off are written wrongly; the message says how, for the operator
├── UnreadableRules     terms or fees are written wrongly; the message says how, for the operator
└── UnreadableKeys      the file with the keys cannot be used; the message says so, for the operator
"""


class RegisterError(Exception):
    """Root of this package's errors."""


class UnknownCase(RegisterError):
    """No such case."""


class IllegalTransition(RegisterError):
    """The step is not legal in the case's status; `status` and `step` say which."""

    def __init__(self, status: str, step: str) -> None:
        super().__init__(f"{step} is not possible in status {status}")
        self.status = status
        self.step = step


class MissingNote(RegisterError):
    """The step is legal, but must say why or what; `step` says which."""

    def __init__(self, step: str) -> None:
        super().__init__(f"{step} needs a text")
        self.step = step


class StaleCase(RegisterError):
    """The case has changed since it was read; read it again."""


class RefusedStep(RegisterError):
    """The law, or what is on record, does not allow the step. The message is a sentence in Chinese.

    `reason` is the word for the machine: a value of register.refusals.Reason, or "clock".
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


class OverLimit(RegisterError):
    """Nothing more is filed through the internet today."""


class TakenNumber(RegisterError):
    """The series has moved on; compose the letter with the next number."""


class Unreadable(RegisterError):
    """What was sealed does not open with the keys at hand, or was altered."""


class FixedReply(RegisterError):
    """The files of a reply are added and taken out only while it is being written: its approval covers them."""


class UnfinishedLetter(RegisterError):
    """A letter may not leave as it is; `faults` are sentences in Chinese for the officer."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class UnreadableWording(RegisterError):
    """The templates of the letters cannot be used; the message, in Chinese, is meant for the operator."""


class UnreadableReport(RegisterError):
    """An annual report cannot be read; the message, in Chinese, names the row."""


class UnreadableCalendar(RegisterError):
    """The calendar cannot be used; the message, in Chinese, is meant for the operator."""


class UnknownProposal(RegisterError):
    """Nothing is proposed under this number, or in force under this name."""


class OwnProposal(RegisterError):
    """A second person must confirm what somebody proposes."""


class SettledProposal(RegisterError):
    """The proposal waits no more."""


class UnreadableRules(RegisterError):
    """The terms or fees of the law cannot be used; the message, in Chinese, is meant for the operator."""


class UnreadableKeys(RegisterError):
    """The keys of personal data cannot be used; the message, in Chinese, is meant for the operator."""
