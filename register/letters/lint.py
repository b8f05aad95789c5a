"""What is wrong with a letter before it may leave: an incomplete head, a remedy that is not the law's."""

from collections.abc import Iterator

from register.letters.kinds import Addressee, Kind
from register.outcomes import Outcome, Remedy
from register.remedies import Redress


def head_faults(kind: Kind, to: Addressee, *, number: str, addressee: str) -> tuple[str, ...]:
    """Return one Chinese sentence for each thing the head of a letter lacks."""
    return (
        *(("答复文书没有文号。",) if isinstance(kind, Outcome) and not number.strip() else ()),
        *(("文书没有写明收件人。",) if to is not Addressee.FILE and not addressee.strip() else ()),
    )


def remedy_faults(remedy: Remedy, redress: Redress, said: str, *, online: bool) -> tuple[str, ...]:
    """Return one Chinese sentence for each way in which what a letter says on remedies is not the law's.

    `said` are its paragraphs on remedies. A letter without them, or with wrong ones, would lengthen the term for
    reconsideration to a year (行政复议法 20 para 3).
    """
    return (*_of_the_remedy(remedy, redress, said), *_of_the_internet(remedy, redress, said, online=online))


def _of_the_remedy(remedy: Remedy, redress: Redress, said: str) -> Iterator[str]:
    if remedy is Remedy.NONE:
        if said.strip():
            yield "程序性文书不写复议、诉讼途径。"
        return
    if f"向{redress.authority}申请行政复议" not in said or "六十日内" not in said:
        yield "没有写明六十日内向复议机关申请行政复议。"
    if remedy is Remedy.REVIEW_FIRST:
        if f"先向{redress.authority}申请行政复议" not in said or "十五日内" not in said or "或者" in said:
            yield "本结果应当先申请行政复议，对复议决定不服的才能在十五日内起诉，救济途径没有这样写。"
    elif f"六个月内向{redress.court}提起行政诉讼" not in said or f"先向{redress.authority}" in said:
        yield "没有写明可以在六个月内向人民法院提起行政诉讼。"


def _of_the_internet(remedy: Remedy, redress: Redress, said: str, *, online: bool) -> Iterator[str]:
    if remedy is not Remedy.NONE and online and redress.online not in said:
        yield "网上送达的答复应当写明网上申请行政复议的途径。"
