"""Admissions: what is proposed for the library, and the gates it passes (入库申请).

Life: draft → submitted: at the county, then the city, then the province → admitted; returned at
any gate with a reason, it is put right, submitted again and passes every gate anew.
Doors: `services/api/routes/admissions.py`; the last gate makes the project.
Decisions: a proposal is no project, so nothing watches it and no total counts it; a project that
stands in a city or the province begins at that gate; of each gate the regulator of just that
region passes it, and never who submitted it; what a document of the exchange or a program of
another system brings is admitted already.
"""
