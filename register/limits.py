"""How many requests one person, and one address, may file through the internet in a day."""

from collections.abc import Callable
from dataclasses import dataclass

OVER = (
    "今天从网上提交的申请已达上限，这一份没有提交；填写的内容还在，明天可以再提交。"
    "当面、邮寄申请不受限制：{elsewhere}。"
)
"""当面 and 邮寄 can never be refused (国办公开办函〔2017〕19号)."""


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `most` new requests a day of whom the blind mark `who` stands for."""

    who: str
    most: int


@dataclass(frozen=True, slots=True)
class DailyLimits:
    """The office's limits; many people may share one address. `elsewhere` says where a form is taken all the same."""

    per_person: int
    per_address: int
    elsewhere: str

    def quotas(self, user: str, address: str, mark: Callable[[str], str]) -> tuple[Quota, ...]:
        """Return what counts for a form of this user, and of this address where it is known."""
        of_address = (Quota(mark(f"address {address}"), self.per_address),) if address else ()
        return (Quota(mark(f"user {user}"), self.per_person), *of_address)

    @property
    def sentence(self) -> str:
        """What is said to whom a limit stops."""
        return OVER.format(elsewhere=self.elsewhere)
