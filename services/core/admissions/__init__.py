"""Admissions: what is proposed to enter the library or leave it, and its gates (出入库申请).

Life: draft → submitted: at the county, then the city, then the province → admitted, or exited;
returned at any gate with a reason, it is put right, submitted again and passes every gate anew.
Until the last gate it may be withdrawn.
Doors: `services/api/routes/admissions.py`; the last gate makes the project, or moves it out.
Decisions: a proposed project is none, so nothing watches or counts it; one that is to leave stays
as it is until it does; what stands in a city or the province begins at that gate; of each gate the
regulator of just that region passes it, and never who submitted it; what a document of the
exchange or a program of another system brings is admitted already.
"""
