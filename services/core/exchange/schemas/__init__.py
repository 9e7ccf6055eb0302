"""What a document may hold: a programme, and what people then did, for the demonstration."""

from services.core.exchange.schemas.document import (
    AccountRow,
    AgreementRow,
    BatchRow,
    Document,
    GroupRow,
    InvitedRow,
    MeetingRow,
    MilestoneRow,
    OfficerRow,
    OrganisationRow,
    PlanRow,
    PolicyRow,
    ProjectRow,
    RegionRow,
    ReportRow,
    StatementRow,
    TargetRow,
)
from services.core.exchange.schemas.history import Filing, History

__all__ = (
    "AccountRow",
    "AgreementRow",
    "BatchRow",
    "Document",
    "Filing",
    "GroupRow",
    "History",
    "InvitedRow",
    "MeetingRow",
    "MilestoneRow",
    "OfficerRow",
    "OrganisationRow",
    "PlanRow",
    "PolicyRow",
    "ProjectRow",
    "RegionRow",
    "ReportRow",
    "StatementRow",
    "TargetRow",
)
