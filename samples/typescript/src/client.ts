// A client that has the words of a text counted, looks at the result and pays for it: the other side of agent.ts.
//
//   npm run client -- [node] [file with the operator's token] [file for its key] [text]
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { base64url, digest, keys, Node, open, TOKEN, type Signer } from "./aitbc.js";

const [url = "http://localhost:7420", tokenFile = "../../aitbc-data/operator.token", keyFile = "./client-keys.json",
  text = "the quick brown fox\njumps over the lazy dog"] = process.argv.slice(2);

const node = await Node.connect(url, readFileSync(tokenFile, "utf8").trim());
const [client] = await keys(keyFile, ["client"]) as [Signer];
await open(node, client);

// The ledger holds digests; the bytes are for their readers, and whoever is awarded the job becomes one.
const input = await node.give(client, Buffer.from(text));
const asked = { capability: "text.count", version: 1, text: input };
const spec = await node.give(client, Buffer.from(JSON.stringify(asked)));

// The salt decides a tie between equal bids, so it is hidden until nobody can bid any more. Windows in milliseconds.
const salt = randomBytes(32);
const { seq } = await node.act(client, {
  type: "workload.post", capability: "text.count", input, spec, maxPrice: `${10n * TOKEN}`, jobBond: `${TOKEN}`,
  units: 1, minQualityPpm: 0, saltHash: digest(salt), mode: "none",
  bidWindowMs: 2_000, openWindowMs: 500, workWindowMs: 20_000, acceptWindowMs: 10_000,
});

let id: string | undefined;
for await (const entry of node.entries(seq - 1)) {
  for (const event of entry.events) {
    if (event.type === "workloadPosted" && event.clientId === client.id && entry.seq === seq) {
      id = event.id as string;
      console.log(`${id} is posted`);
      await node.post("/v1/salts", { workload: id, salt: base64url(salt) });
    } else if (event.type === "workSubmitted" && event.workload === id) {
      // Its silence would pay as well; a client that has looked says so, and the provider need not wait.
      console.log(`${id} was delivered: ${(await node.read(client, event.result)).toString("utf8")}`);
      await node.act(client, { type: "workload.accept", workload: id });
    } else if (event.type === "workloadEnded" && event.workload === id) {
      console.log(`${id} ended as ${event.ending}: paid ${event.paid}`);
      process.exit(event.paid === "0" ? 1 : 0);
    }
  }
}
