"""Who applied, as staff read it on the page of a request."""

from collections.abc import Sequence

from console import request_texts as texts
from register.filing import Citizen, Filing
from register.interview import masked


def particulars(filing: Filing | None, *, revealed: bool) -> Sequence[tuple[str, str]]:
    """Return the applicant's particulars as rows, numbers and addresses masked unless revealed."""
    if filing is None:
        return ()
    applicant = filing.applicant

    def shown(text: str) -> str:
        return text if revealed or not text else masked(text)

    if isinstance(applicant, Citizen):
        own = [("姓名", applicant.name), ("证件号码", shown(applicant.identity.number))]
    else:
        own = [
            ("单位名称", applicant.name),
            ("统一社会信用代码", applicant.credit_code),
            ("法定代表人", applicant.representative),
            ("联系人", applicant.contact),
            ("类别", texts.CATEGORY[applicant.category]),
        ]
    rows = [
        *own,
        ("联系电话", shown(applicant.phone)),
        ("联系地址", shown(applicant.address)),
        ("电子邮箱", shown(applicant.email)),
    ]
    return [(name, text) for name, text in rows if text]
