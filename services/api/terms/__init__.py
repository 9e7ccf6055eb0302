"""Labels in both languages for every code that the API uses.

`records` names what is kept, `chasing` what watches and reminds, `identity` who comes in,
`auditing` what is noted, `service` what the service does for
itself, `meetings` what units meet for, `blockers` what is in the way; `term` says what a term is,
`everything` joins them.
"""
