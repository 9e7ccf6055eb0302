"""Terms over HTTP."""

from starlette.testclient import TestClient

from services.core import catalogue


def test_a_code_has_a_label_in_both_languages_without_any_token(client: TestClient) -> None:
    answer = client.get("/api/v1/terms")
    assert answer.status_code == 200
    terms = {term["name"]: term["values"] for term in answer.json()["items"]}
    assert terms["project.stage"][0] == {"code": "idea", "label": {"zh": "谋划", "en": "Idea"}}
    assert {value["code"] for value in terms["event.type"]} == set(catalogue.BY_NAME)


def test_a_client_that_has_the_terms_is_told_so(client: TestClient) -> None:
    etag = client.get("/api/v1/terms").headers["etag"]
    assert client.get("/api/v1/terms", headers={"If-None-Match": etag}).status_code == 304
