"""Many requests to one collection in one, made from the collection's own routes.

`collections` finds what each collection can do, `running` does one item, `serving` is the route
and the answer, `drain` does those that are too many for one request, `contract` describes it.
"""
