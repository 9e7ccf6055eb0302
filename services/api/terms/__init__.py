"""Labels in both languages for every code that the API uses.

`records` names what is kept, `chasing` what watches and reminds; `term` says what a term is.
"""

from services.api.terms.chasing import CHASING
from services.api.terms.records import RECORDS
from services.api.terms.term import Term

TERMS: tuple[Term, ...] = (*RECORDS, *CHASING)
