"""Names of the doors: sessions and identities, the audit, batches and jobs, the first screen."""

from collections.abc import Mapping

from services.api.dictionary.meaning import OTHER, Meaning, means

DOORS: Mapping[str, Meaning] = {
    # sessions and identities
    "session_id": means("Id of the session: somebody signed in at one browser or phone.", OTHER),
    "identity_id": means("Id of the link to somebody at the identity provider.", OTHER),
    "issuer": means(
        "Address of the identity provider, exactly as `iss` in its tokens.",
        "https://login.example/realms/jingning",
    ),
    "address": means("Network address of the client, IPv4 or IPv6.", "203.0.113.7"),
    "by_email": means(
        "True: the provider vouched for the account's e-mail address; false: an administrator "
        "linked the two."
    ),
    "by_administrator": means("True: an administrator removed it; false: its owner did."),
    # the audit
    "at": means("When it happened, to the microsecond.", "2026-11-24T01:00:00.123456+00:00"),
    "action": means("An event, or an `audit.act`.", "progress.submitted"),
    "outcome": means("`done`, or the code of the refusal.", "done"),
    # batches and jobs
    "op": means("What is done to the record: create, change, or a verb of its table.", "change"),
    "if_match": means("ETag of the record that this changes.", '"3-5f1c"'),
    "etag": means(
        "ETag of the record as this left it; null: nothing was done.", '"4-9f86d081884c"'
    ),
    "location": means(
        "Path of the record made; null: none was made.", f"/api/v1/projects/{OTHER}", None
    ),
    "succeeded": means("Number of items that were done.", 18),
    "failed": means("Number of items that were refused.", 1),
    "job_id": means("Id of the job.", OTHER),
    # the first screen
    "count": means("Number of records in all, those not shown here too.", 3),
}
