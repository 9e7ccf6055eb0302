"""Labels in both languages for every code that the API uses.

`records` names what is kept, `chasing` what watches and reminds, `meetings` what units meet for;
`term` says what a term is.
"""
