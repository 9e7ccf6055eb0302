"""Labels in both languages for every code that the API uses.

`records` names what is kept, `chasing` what watches and reminds; `term` says what a term is.
"""
