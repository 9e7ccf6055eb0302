// A receiver of events that loses none and keeps none twice, whatever breaks on either side.
//
//   WEBHOOK_SECRET=whsec_… TUANZU_URL=http://127.0.0.1:8000 TUANZU_TOKEN=… node receiver.ts
//
// Node 22.18 or newer runs it as it is; it needs no package. Three habits make it so:
// 1. what is pushed is verified before anything else, over the bytes as they came;
// 2. an event is on disk before the answer says 2xx, and an id that is there is not written again;
// 3. what was never pushed (this program was down for a week, say) is fetched from the feed, whose
//    place is written behind the events that were read up to it.
import { createHmac, timingSafeEqual } from "node:crypto";
import { existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";

type Event = { id: string; type: string; sequence: string; test?: boolean; data?: { challenge?: string } };
type Page = { items: Event[]; next_after: number; newest: number };

const { WEBHOOK_SECRET = "", TUANZU_URL, TUANZU_TOKEN, PORT = "9000", STORE = "events.jsonl" } = process.env;
const LARGEST = 1_000_000;
const key = Buffer.from(WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64");
if (key.length < 24) throw new Error("WEBHOOK_SECRET is whsec_ and at least 24 bytes in base64");

// The store: one line for an event, one for a place in the feed. A line without its end was being
// written when the power went: nobody was told that it is kept, so it is cut off.
const seen = new Set<string>();
let place = 0;
if (existsSync(STORE)) {
  const bytes = readFileSync(STORE);
  const whole = bytes.lastIndexOf("\n") + 1;
  if (whole < bytes.length) truncateSync(STORE, whole);
  for (const line of bytes.subarray(0, whole).toString().split("\n").filter(Boolean)) {
    const said = JSON.parse(line);
    if (said.place === undefined) seen.add(said.id);
    else place = said.place;
  }
}
const store = openSync(STORE, "a");

// Work on the lines in the order of `sequence`. Up to `place` nothing can be missing; behind it
// stand events that were pushed while an earlier one may still be on its way.
function keep(events: Event[], upto?: number): void {
  const fresh = events.filter((event) => !seen.has(event.id));
  const lines = upto === undefined || upto === place ? fresh : [...fresh, { place: upto }];
  if (lines.length === 0) return;
  writeSync(store, lines.map((line) => JSON.stringify(line) + "\n").join(""));
  fsyncSync(store); // on disk: now it may be promised
  for (const event of fresh) seen.add(event.id);
  place = upto ?? place;
}

async function catchUp(): Promise<void> {
  for (let newest = place + 1; place < newest; ) {
    const after = place ? `after=${place}&` : ""; // none: from the oldest event that is kept
    const answer = await fetch(`${TUANZU_URL}/api/v1/events?${after}limit=200`, {
      headers: { Authorization: `Bearer ${TUANZU_TOKEN}` },
      signal: AbortSignal.timeout(30_000),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as Page;
    keep(page.items, page.next_after);
    newest = page.newest;
  }
}

// Catch up at the start, then every ten minutes: a push may have been given up long ago.
async function keepUp(): Promise<never> {
  for (;;) {
    const wait = await catchUp().then(
      () => (console.log("caught up"), 600_000),
      (error: unknown) => (console.log(`cannot catch up: ${error}`), 5_000),
    );
    await new Promise((after) => setTimeout(after, wait));
  }
}

// Standard Webhooks: v1 is HMAC-SHA256 over id, time and body; several signatures may stand there
// (during a rotation, or with v1a beside it), and one that fits is enough.
function isGenuine(headers: IncomingHttpHeaders, body: Buffer): boolean {
  const [id, time, signatures] = ["id", "timestamp", "signature"].map((name) => headers[`webhook-${name}`]);
  const age = Math.abs(Date.now() / 1000 - Number(time));
  if (!id || !time || typeof signatures !== "string" || !(age <= 300)) return false;
  const expected = createHmac("sha256", key).update(`${id}.${time}.`).update(body).digest();
  return signatures.split(" ").some((one) => {
    const [version, text = ""] = one.split(",");
    const given = Buffer.from(text, "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

// Verify, keep, and only then say so.
function answered(headers: IncomingHttpHeaders, body: Buffer): [number, object?] {
  if (!isGenuine(headers, body)) return [401];
  const event = JSON.parse(body.toString()) as Event;
  // "Is this receiver yours?" Whoever has the secret gives the challenge back.
  if (event.type === "webhook.handshake") return [200, { challenge: event.data?.challenge }];
  if (!event.test) keep([event]); // a trial is no event of the feed
  return [204];
}

async function taken(request: IncomingMessage): Promise<[number, object?]> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) if ((size += part.length) <= LARGEST) parts.push(part);
  return size > LARGEST ? [413] : answered(request.headers, Buffer.concat(parts));
}

const server = createServer((request, response) => {
  const done = taken(request).then(([status, said]) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(said && JSON.stringify(said));
  });
  done.catch(() => response.destroy()); // not kept, so nothing is promised: it comes again
});
server.listen(Number(PORT), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${PORT}/`);
  if (TUANZU_URL) void keepUp();
});
