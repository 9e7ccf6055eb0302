"""Every enumeration of the core with its labels, in one tuple."""

from services.api.terms.auditing import AUDITING
from services.api.terms.blockers import BLOCKERS
from services.api.terms.chasing import CHASING
from services.api.terms.evidence import EVIDENCE
from services.api.terms.hooks import HOOKS
from services.api.terms.identity import IDENTITY
from services.api.terms.library import LIBRARY
from services.api.terms.meetings import MEETINGS
from services.api.terms.records import RECORDS
from services.api.terms.service import SERVICE

TERMS = (
    *RECORDS,
    *CHASING,
    *IDENTITY,
    *AUDITING,
    *MEETINGS,
    *BLOCKERS,
    *LIBRARY,
    *EVIDENCE,
    *HOOKS,
    *SERVICE,
)
