"""The small door of the one machine: engines, supervisor and the `tuanzu` command line.

`make run` is `tuanzu up`: it starts a real PostgreSQL and a real Valkey from their wheels when no
address of a running one is given, migrates, loads the demo once, and then keeps the api, the
relay, the worker and the beat running. `processes.py` is the one table of what runs; the compose
file starts the same processes, and a test compares the two.

Life of a start: home opened → lock taken → leftovers stopped → engines up and checked → migrated
→ demo loaded (first time) → processes started → `/readyz` answers → watched until asked to stop.
"""
