// What a program needs to speak with an AITBC node: one kind of signature, plain HTTP, and one stream of events.
// None of AITBC's own code is used, so this is also the shortest description of the protocol that runs.
import { createHash, randomBytes, sign as ecdsa, KeyObject } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { calculateJwkThumbprint, CompactSign, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";

/** Base units of one token. Amounts are whole base units and go over the wire as strings: they exceed 2^53. */
export const TOKEN = 10n ** 18n;

export const sha256 = (...parts: (Uint8Array | string)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

export const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

/** A digest as it stands on the wire: SHA-256 in base64url, 43 characters. */
export const digest = (bytes: Uint8Array | string): string => base64url(sha256(bytes));

/** Numbers inside hashes have a fixed width and are big-endian. */
export const bigEndian = (value: bigint, width: number): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * width, "0"), "hex");

/** Whoever signs: an account's id is the thumbprint (RFC 7638) of its first key, so nobody hands ids out. */
export interface Signer {
  readonly id: string;
  readonly jwk: { kty: string; crv: string; x: string; y: string };
  readonly key: KeyObject;
}

/** Reads keys from a file, or makes them. Whoever reads this file can spend what its accounts hold. */
export async function keys(path: string, names: string[]): Promise<Signer[]> {
  const stored: Record<string, JWK> = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  for (const name of names) {
    stored[name] ??= await exportJWK((await generateKeyPair("ES256", { extractable: true })).privateKey);
  }
  // On disk before anything is signed: a key that is lost takes its account with it.
  writeFileSync(path, JSON.stringify(stored), { mode: 0o600 });
  return Promise.all(names.map(async (name) => {
    const { kty, crv, x, y } = stored[name] as { kty: string; crv: string; x: string; y: string };
    const key = KeyObject.from((await importJWK(stored[name]!, "ES256")) as CryptoKey);
    return { id: await calculateJwkThumbprint({ kty, crv, x, y }), jwk: { kty, crv, x, y }, key };
  }));
}

/** A problem as the node words it (RFC 9457); `code` is stable. */
export class Refused extends Error {
  constructor(readonly code: string, detail: string) {
    super(`${code}: ${detail}`);
  }
}

export interface Chain { chain: string; stopEpoch: number; seq: number }
export interface Account { id: string; available: string; nextSequences: number[] }
export interface Workload {
  id: string; phase: string; capability: string; input: string; spec: string; maxPrice: string; units: number;
}
/** An event of the ledger: a type, and members by its type; `providerId` and the like are account ids. */
export type LedgerEvent = { type: string } & Record<string, any>;
export interface Entry { seq: number; outcome: string; events: LedgerEvent[] }
export type Command = { type: string } & Record<string, unknown>;

export class Node {
  private constructor(
    private readonly url: string, private readonly token: string,
    readonly chain: string, private readonly audience: string) {}

  static async connect(url: string, token: string): Promise<Node> {
    const bare = new Node(url.replace(/\/$/, ""), token, "", "");
    const { chain } = await bare.get<Chain>("/v1/chain");
    // The genesis file names the node's key: proofs are made out to it, so that no other node can use them.
    const genesis = await bare.get<{ nodeKey: JWK }>("/v1/replica/genesis");
    return new Node(bare.url, token, chain, await calculateJwkThumbprint(genesis.nodeKey));
  }

  async request(method: string, path: string, body?: BodyInit, type?: string, proof?: string): Promise<Response> {
    const headers: Record<string, string> = { Authorization: `Bearer ${this.token}` };
    if (type) headers["Content-Type"] = type;
    if (proof) headers["Aitbc-Proof"] = proof;
    const answer = await fetch(this.url + path, { method, headers, body });
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({})) as { code?: string; detail?: string };
    throw new Refused(problem.code ?? `${answer.status}`, problem.detail ?? answer.statusText);
  }

  async get<T>(path: string): Promise<T> {
    return await (await this.request("GET", path)).json() as T;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return await (await this.request("POST", path, JSON.stringify(body), "application/json")).json() as T;
  }

  /** The account, or null where the ledger has none of this id. */
  async account(id: string): Promise<Account | null> {
    return this.get<Account>(`/v1/accounts/${id}`).catch((error) => {
      if (error instanceof Refused && error.code === "notFound") return null;
      throw error;
    });
  }

  /**
   * Signs commands and sends them: all of them take effect, or none. The nonce makes a repeated payload the same
   * payload; the epoch makes what was signed before somebody's emergency stop void after it.
   */
  async act(from: Signer, ...commands: Command[]): Promise<{ seq: number }> {
    const [{ stopEpoch }, account] = await Promise.all([this.get<Chain>("/v1/chain"), this.account(from.id)]);
    const payload = {
      chain: this.chain,
      from: from.id,
      nonce: { lane: 0, sequence: account!.nextSequences[0] },
      validUntil: Date.now() + 60_000,
      epoch: stopEpoch,
      commands,
    };
    const jws = await this.sign(from, payload);
    return await (await this.request("POST", "/v1/commands", jws, "application/jose")).json() as { seq: number };
  }

  /** A new key signs who brings it and where: nobody can register a key that belongs to somebody else. */
  possession(key: Signer, sponsor: string): string {
    const challenge = sha256(
      "aitbc/key-possession/1\0", `${this.chain}\0`, Buffer.from(sponsor, "base64url"),
      Buffer.from(key.jwk.x, "base64url"), Buffer.from(key.jwk.y, "base64url"));
    return base64url(ecdsa("sha256", challenge, { key: key.key, dsaEncoding: "ieee-p1363" }));
  }

  /** Declares bytes on the ledger, which costs rent, and gives them to the node. */
  async give(from: Signer, bytes: Uint8Array): Promise<string> {
    const id = digest(bytes);
    await this.act(from, { type: "blob.declare", digest: id, sizeBytes: bytes.length, days: 1 }).catch((error) => {
      // The same bytes were declared before; to give them is enough to become their reader.
      if (!(error instanceof Refused && error.code === "blobExists")) throw error;
    });
    await this.request("PUT", `/v1/blobs/${id}`, bytes as Uint8Array<ArrayBuffer>, "application/octet-stream",
      await this.proof(from, "write", id));
    return id;
  }

  /** A blob, for whoever may read it. The digest says whether these are the right bytes, so the node is not trusted. */
  async read(reader: Signer, id: string): Promise<Buffer> {
    const answer = await this.request("GET", `/v1/blobs/${id}`, undefined, undefined,
      await this.proof(reader, "read", id));
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (digest(bytes) !== id) throw new Error(`the node gave other bytes than ${id}`);
    return bytes;
  }

  /** Entries as they become durable, each once and in order. A lost connection goes on behind the last one seen. */
  async *entries(after: number): AsyncGenerator<Entry> {
    for (let last = after; ; await new Promise((go) => setTimeout(go, 500))) {
      try {
        const stream = (await this.request("GET", `/v1/events?after=${last}`)).body!.pipeThrough(
          new TextDecoderStream());
        let text = "";
        for await (const part of stream) {
          const blocks = (text + part).split("\n\n");
          text = blocks.pop()!;
          for (const block of blocks) {
            const data = block.split("\n").find((line) => line.startsWith("data: "));
            if (data === undefined) continue; // a heartbeat
            const entry = JSON.parse(data.slice(6)) as Entry;
            last = entry.seq;
            yield entry;
          }
        }
      } catch (error) {
        if (error instanceof Refused) throw error;
      }
    }
  }

  /** A compact JWS (RFC 7515): the header has these two members and no other, the payload is the JSON itself. */
  private sign(key: Signer, payload: object): Promise<string> {
    return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: "ES256", kid: key.id })
      .sign(key.key);
  }

  /** Blobs are for their readers, so whoever asks for one shows who it is. It moves nothing on the ledger. */
  private proof(account: Signer, purpose: "read" | "write", subject: string): Promise<string> {
    return this.sign(account, {
      chain: this.chain, account: account.id, purpose, subject, audience: this.audience,
      validUntil: Date.now() + 60_000,
    });
  }
}

/** What opens a bid. The commitment binds workload and bidder, so nobody can copy it; its salt keeps it unguessable. */
export interface Opening { workload: string; bidder: string; price: string; proposalHash: string; salt: string }

export function sealedBid(workload: string, bidder: string, price: bigint): { commitment: string; opening: Opening } {
  const proposal = sha256("");
  const salt = randomBytes(32);
  const commitment = sha256(
    "aitbc/bid/1\0", bigEndian(BigInt(workload.slice(1)), 8), Buffer.from(bidder, "base64url"),
    bigEndian(price, 16), proposal, salt);
  return {
    commitment: base64url(commitment),
    opening: {
      workload, bidder, price: price.toString(), proposalHash: base64url(proposal), salt: base64url(salt),
    },
  };
}

/** A newcomer's account: the operator's token lets the node's faucet open it. A chain with value has no faucet. */
export async function open(node: Node, person: Signer): Promise<void> {
  if (await node.account(person.id)) return;
  const { sponsor, most } = await node.get<{ sponsor: string; most: string }>("/v1/faucet");
  await node.post("/v1/faucet", { key: person.jwk, possession: node.possession(person, sponsor), amount: most });
}
