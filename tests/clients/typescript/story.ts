// The story of the README, told by a client whose types are generated from the contract:
// a wrong path, field, code or header does not compile. Node runs this file as it is.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.d.ts";

declare const process: { argv: string[]; stdout: { write(text: string): void } };

type Health = components["schemas"]["Health"];
type Problem = components["schemas"]["Problem"];

const [, , baseUrl = "", tokensAsJson = "{}"] = process.argv;
const tokens = JSON.parse(tokensAsJson) as Record<string, string>;

function as(login: string) {
  const headers = { Authorization: `Bearer ${tokens[login]}`, "Accept-Language": "en" };
  return createClient<paths>({ baseUrl, headers });
}

function good<T>(answer: { data?: T; error?: Problem | unknown }, what: string): T {
  if (answer.data === undefined) throw new Error(`${what}: ${JSON.stringify(answer.error)}`);
  return answer.data;
}

function lightOfReport(health: Health): string | null {
  const found = health.dimensions.find((dimension) => dimension.rule === "MR-03");
  if (!found) throw new Error("no rule looks at the report");
  return found.light;
}

const regulator = as("sasac-jn");
const reporter = as("reporter-energy");
const reviewer = as("reviewer-energy");

const red = good(
  await regulator.GET("/api/v1/projects", { params: { query: { light: "red", sort: "code" } } }),
  "red projects",
);
const lng = red.items.find((project) => project.code === "P-07");
if (!lng) throw new Error("P-07 is not red");

const project = { path: { project_id: lng.id } };
const before = good(
  await regulator.GET("/api/v1/projects/{project_id}/health", { params: project }),
  "health",
);

const hidden = await as("convener-ts").GET("/api/v1/projects/{project_id}", { params: project });

const owed = good(
  await reporter.GET("/api/v1/progress-reports", {
    params: { query: { project_id: lng.id, state: "due" } },
  }),
  "what is owed",
).items[0];
if (!owed) throw new Error("nothing is owed");

const report = { report_id: owed.id };
const read = await reporter.GET("/api/v1/progress-reports/{report_id}", {
  params: { path: report },
});
const etag = read.response.headers.get("etag") ?? "";

const slip = await reporter.POST("/api/v1/progress-reports/{report_id}/declare-no-change", {
  params: { path: report, header: { "If-Match": etag } },
  body: { reason: " " },
});
const declared = await reporter.POST("/api/v1/progress-reports/{report_id}/declare-no-change", {
  params: { path: report, header: { "If-Match": etag, "Idempotency-Key": "story-1" } },
  body: { reason: "等待用地批复" },
});
good(declared, "no change");

const accepted = good(
  await reviewer.POST("/api/v1/progress-reports/{report_id}/accept", {
    params: {
      path: report,
      header: { "If-Match": declared.response.headers.get("etag") ?? "" },
    },
  }),
  "acceptance",
);

let after: string | null = null;
for (let tries = 0; tries < 100 && after !== "green"; tries += 1) {
  await new Promise((resolve) => setTimeout(resolve, 300));
  const answer = await regulator.GET("/api/v1/projects/{project_id}/health", { params: project });
  after = lightOfReport(good(answer, "health"));
}

const told = {
  red: red.items.map(({ code, name, total_investment }) => ({ code, name, total_investment })),
  before: lightOfReport(before),
  arithmetic: before.dimensions.map((dimension) => dimension.arithmetic.en),
  hidden: hidden.error?.code,
  slip: slip.error?.errors?.map((fault) => fault.pointer),
  accepted: accepted.state,
  after,
};
process.stdout.write(JSON.stringify(told));
