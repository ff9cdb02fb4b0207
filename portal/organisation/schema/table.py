"""What every table of an organisation file has in common."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from portal.organisation.schema.values import refused
from portal.organisation.schema.vocabulary import ChosenBy


class Table(BaseModel):
    """A table of the file: read strictly, never changed, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True, defer_build=True)


class Promise(Table):
    """A table whose values the policy states, or the controller chose where the policy is silent."""

    chosen_by: ChosenBy = ChosenBy.POLICY
    """`controller` where the policy is silent or vague; pages then mark it as not from the policy."""
    chosen_keys: tuple[str, ...] = ()
    """The keys of this table that were chosen, where the policy states the others; empty means all of them."""

    @model_validator(mode="after")
    def _chosen_keys_exist(self) -> Self:
        written = {field.alias or name for name, field in type(self).model_fields.items()}
        for key in self.chosen_keys:
            if key not in written:
                message = f"chosen_keys names {key!r}, no key of this table."
                raise refused("chosen_keys", message, "Name keys that stand here.")
        if self.chosen_keys and self.chosen_by is ChosenBy.POLICY:
            raise refused("chosen_keys", "chosen_keys without a chooser.", 'Add chosen_by = "controller" beside it.')
        return self

    def our_choice(self, key: str = "") -> bool:
        """Whether the controller chose the value of ``key`` (of anything here, without one) itself."""
        if self.chosen_by is ChosenBy.POLICY:
            return False
        return not key or not self.chosen_keys or key in self.chosen_keys
