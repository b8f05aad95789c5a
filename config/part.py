"""A group of settings: unknown names are refused, values do not change."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """What every group of settings has in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)
