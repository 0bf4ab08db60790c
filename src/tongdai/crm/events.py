"""Facts of module crm."""

from uuid import UUID

from tongdai.platform.facts import Fact


class ContactChanged(Fact, type="crm.contact_changed"):
    """A contact was made or edited, or something of theirs was: identities, notes, consent."""

    project_id: UUID | None = None


class ContactsMerged(Fact, type="crm.contacts_merged"):
    """Another contact was joined to this one."""

    merged_id: UUID


class MergeUndone(Fact, type="crm.merge_undone"):
    """A merge was taken back. The aggregate is the contact that had been kept."""

    merged_id: UUID


class ContactErased(Fact, type="crm.contact_erased"):
    """The personal data of a contact are gone."""


class FieldsChanged(Fact, type="crm.fields_changed"):
    """A definition of a contact's own fields was edited. The aggregate is the definition."""
