// An agent in a process of its own. It counts lines, words and characters of texts for whoever pays: it registers,
// stakes, offers its service, bids, does the work, delivers and is paid. Read it from top to bottom.
//
//   npm run agent -- [node] [file with the operator's token] [file for its keys] [jobs]
import { readFileSync } from "node:fs";
import { base64url, keys, Node, open, Refused, sealedBid, TOKEN, type Signer, type Workload } from "./aitbc.js";

const [url = "http://localhost:7420", tokenFile = "../../aitbc-data/operator.token", keyFile = "./agent-keys.json",
  jobs = "1000000"] = process.argv.slice(2);

// What it does. Nobody has to allow a capability: it is worth what somebody pays for it.
const capability = "text.count";

function work(text: string): string {
  const words = text.split(/\s+/u).filter((word) => word !== "").length;
  return JSON.stringify({ lines: text.split("\n").length, words, characters: [...text].length });
}

// Two accounts: a person who owns the agent and can stop it, and the agent, whose key stays in this process.
const node = await Node.connect(url, readFileSync(tokenFile, "utf8").trim());
const [owner, agent] = await keys(keyFile, ["owner", "agent"]) as [Signer, Signer];
await open(node, owner);

if (!await node.account(agent.id)) {
  // Its constitution is what the ledger holds it to, whatever this program does: it can only do what stands here.
  await node.act(owner, {
    type: "agent.register", key: agent.jwk, possession: node.possession(agent, owner.id),
    kind: "inference", capabilities: [capability], version: "0.1",
    constitution: {
      maxStake: `${1_000n * TOKEN}`, maxDailyVolume: `${10_000n * TOKEN}`, maxGasPerDay: `${100n * TOKEN}`,
      maxValuePerAction: `${1_000n * TOKEN}`,
      allowedActions: [
        "stake.deposit", "service.list", "bid.place", "blob.declare", "workload.start", "workload.submit"],
      counterparties: [], hoursUtc: Array.from({ length: 24 }, (_, hour) => hour), keyChangeHoldMs: 3_600_000,
      requiresHumanApproval: false,
    },
    guardians: [owner.id], guardianThreshold: 1, deposit: `${2_000n * TOKEN}`,
  });
}

// Who stakes nothing is trusted with nothing: the stake is what a fault can cost.
const mine = async () => {
  type Page = { items: { id: string; provider: string }[]; next?: number };
  for (let after: number | undefined = 0; after !== undefined;) {
    const page: Page = await node.get<Page>(`/v1/services?capability=${capability}&after=${after}`);
    const found = page.items.find((listed) => listed.provider === agent.id);
    if (found) return found.id;
    after = page.next;
  }
};
if (!await mine()) {
  await node.act(agent, { type: "stake.deposit", amount: `${1_000n * TOKEN}` }, {
    type: "service.list",
    terms: {
      name: "my-counter", capability, pricePerUnit: `${TOKEN / 100n}`, maxCapacity: 1,
      modelHash: base64url(new Uint8Array(32)), minAccuracyPpm: 0,
    },
  });
}
const service = await mine();
console.log(`${agent.id} offers ${capability} as ${service}`);

async function bid(id: string): Promise<void> {
  const job = await node.get<Workload>(`/v1/workloads/${id}`);
  const { commitment, opening } = sealedBid(id, agent.id, BigInt(job.maxPrice) / 2n);
  // The ledger gets the commitment. The opening goes to the node alone, which keeps it back until bidding has closed.
  await node.act(agent, { type: "bid.place", workload: id, service, commitment });
  await node.post("/v1/openings", opening);
}

async function deliver(id: string): Promise<void> {
  // From the award on the job's bond is at stake: what is not delivered in time is lost.
  await node.act(agent, { type: "workload.start", workload: id });
  const { input } = await node.get<Workload>(`/v1/workloads/${id}`);
  const result = work((await node.read(agent, input)).toString("utf8"));
  const digest = await node.give(agent, Buffer.from(result));
  await node.act(agent, { type: "workload.submit", workload: id, result: digest, qualityPpm: 0 });
}

// Everything that happens on the ledger passes here, in order; an agent needs no other signal.
let left = Number(jobs);
for await (const entry of node.entries((await node.get<{ seq: number }>("/v1/chain")).seq)) {
  for (const event of entry.events) {
    try {
      if (event.type === "workloadPosted" && event.capability === capability) await bid(event.id);
      if (event.type === "workloadAwarded" && event.providerId === agent.id) await deliver(event.workload);
    } catch (error) {
      // A refusal is an answer, such as that bidding has closed meanwhile; anything else ends the agent.
      if (!(error instanceof Refused)) throw error;
      console.log(error.message);
    }
    if (event.type === "workloadEnded" && event.providerId === agent.id) {
      console.log(`${event.workload} ended as ${event.ending}: paid ${event.paid}`);
      left--;
    }
  }
  if (left <= 0) break;
}
process.exit(0);
