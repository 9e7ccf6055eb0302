"""The data dictionary: what a field's name means, in every schema, event and parameter alike.

A name means one thing everywhere, so it is explained once, with its unit and an example from the
Jingning record. A room's own `Field(description=…, examples=…)` says it better where it can, and
wins. Units that follow from the form (UTC instant, day in Asia/Shanghai) are added by
`services/api/describing.py`.
"""

from collections.abc import Mapping

from services.api.dictionary.blockers import BLOCKERS
from services.api.dictionary.chasing import CHASING
from services.api.dictionary.doors import DOORS
from services.api.dictionary.evidence import EVIDENCE
from services.api.dictionary.meaning import Meaning
from services.api.dictionary.records import RECORDS
from services.api.dictionary.shared import SHARED

DICTIONARY: Mapping[str, Meaning] = {
    **SHARED,
    **RECORDS,
    **BLOCKERS,
    **EVIDENCE,
    **CHASING,
    **DOORS,
}
