"""Labels in both languages for every code that the API uses.

`records` names what is kept, `chasing` what watches and reminds,
`service` what the service does for itself; `term` says what a term is.
"""
