/** Checks that an entry stands in a block that the node signed, in the browser and from the proof alone. */

export interface Leaf {
  previous: string;
  seq: number;
  term: number;
  timeMs: number;
  bodyCode: number;
  proofCode: number;
  outcomeCode: number;
  payloadDigest: string;
  proofDigest: string;
  eventsDigest: string;
}

export interface Proof {
  leaf: Leaf;
  hash: string;
  path: readonly { hash: string; left: boolean }[];
  block: string;
}

export interface Jwk {
  kty: string;
  crv: string;
  x: string;
  y: string;
}

export interface BlockHeader {
  chain: string;
  height: number;
  firstSeq: number;
  lastSeq: number;
  root: string;
}

/** One step of the check, to be shown. */
export interface Step {
  title: string;
  about: string;
  /** What was hashed or compared, by name. */
  parts: readonly { name: string; value: string }[];
  computed: string;
  expected?: string;
  ok: boolean;
}

export interface Checked {
  ok: boolean;
  steps: readonly Step[];
  header?: BlockHeader;
}

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error('This is no base64url.');
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

function digest(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64Url(text);
  if (bytes.length !== 32) throw new Error('A digest has 32 bytes.');
  return bytes;
}

/** The bytes that an entry's hash is made of: 0x00, then its parts in order, integers big-endian. */
export function leafBytes(leaf: Leaf): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(153);
  const view = new DataView(bytes.buffer);
  bytes.set(digest(leaf.previous), 1);
  view.setBigUint64(33, BigInt(leaf.seq));
  view.setUint32(41, leaf.term);
  view.setBigInt64(45, BigInt(leaf.timeMs));
  view.setUint8(53, leaf.bodyCode);
  view.setUint8(54, leaf.proofCode);
  view.setUint16(55, leaf.outcomeCode);
  bytes.set(digest(leaf.payloadDigest), 57);
  bytes.set(digest(leaf.proofDigest), 89);
  bytes.set(digest(leaf.eventsDigest), 121);
  return bytes;
}

/** An inner node of the tree of RFC 6962: SHA-256 of 0x01, left, right. */
export async function join(left: string, right: string): Promise<string> {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(digest(left), 1);
  bytes.set(digest(right), 33);
  return sha256(bytes);
}

/** Checks a proof step by step; what fails is a step that is not ok, never an exception. */
export async function check(proof: Proof, nodeKey: Jwk, chain: string): Promise<Checked> {
  const steps: Step[] = [];
  let header: BlockHeader | undefined;
  try {
    const leaf = await checkLeaf(proof);
    steps.push(leaf);
    let node = leaf.computed;
    for (const [index, step] of proof.path.entries()) {
      const next = step.left ? await join(step.hash, node) : await join(node, step.hash);
      steps.push({
        title: `Level ${index + 1}: join with the ${step.left ? 'left' : 'right'} neighbour`,
        about: 'SHA-256 of 0x01, the left hash and the right hash',
        parts: [
          { name: 'left', value: step.left ? step.hash : node },
          { name: 'right', value: step.left ? node : step.hash },
        ],
        computed: next,
        ok: true,
      });
      node = next;
    }
    const [head = '', payload = '', signature = ''] = proof.block.split('.');
    header = JSON.parse(new TextDecoder().decode(fromBase64Url(payload))) as BlockHeader;
    steps.push(checkRoot(node, header, proof.leaf, chain));
    steps.push(await checkSignature(head, payload, signature, nodeKey));
  } catch (error) {
    steps.push({
      title: 'The proof cannot be read',
      about: error instanceof Error ? error.message : String(error),
      parts: [],
      computed: '',
      ok: false,
    });
  }
  return { ok: steps.every((step) => step.ok), steps, ...(header && { header }) };
}

async function checkLeaf(proof: Proof): Promise<Step> {
  const { leaf } = proof;
  const computed = await sha256(leafBytes(leaf));
  return {
    title: 'Hash the entry',
    about: 'SHA-256 of 0x00 and all that the entry binds: the entry before it, its place and time, and what was asked, '
      + 'signed and changed',
    parts: [
      { name: 'previous', value: leaf.previous },
      { name: 'seq', value: String(leaf.seq) },
      { name: 'term', value: String(leaf.term) },
      { name: 'time', value: `${leaf.timeMs} ms` },
      { name: 'body, proof, outcome', value: `${leaf.bodyCode}, ${leaf.proofCode}, ${leaf.outcomeCode}` },
      { name: 'payload digest', value: leaf.payloadDigest },
      { name: 'proof digest', value: leaf.proofDigest },
      { name: 'events digest', value: leaf.eventsDigest },
    ],
    computed,
    expected: proof.hash,
    ok: computed === proof.hash,
  };
}

function checkRoot(root: string, header: BlockHeader, leaf: Leaf, chain: string): Step {
  const inside = leaf.seq >= header.firstSeq && leaf.seq <= header.lastSeq && header.chain === chain;
  return {
    title: `Compare with the root of block ${header.height}`,
    about: `The block of chain ${header.chain} says that it holds entries ${header.firstSeq} to ${header.lastSeq}`,
    parts: [],
    computed: root,
    expected: header.root,
    ok: inside && root === header.root,
  };
}

async function checkSignature(head: string, payload: string, signature: string, key: Jwk): Promise<Step> {
  const { kty, crv, x, y } = key;
  const imported = await crypto.subtle.importKey(
    'jwk', { kty, crv, x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  const said = JSON.parse(new TextDecoder().decode(fromBase64Url(head))) as { alg?: string };
  const ok = said.alg === 'ES256' && await crypto.subtle.verify(
    { name: 'ECDSA', hash: 'SHA-256' },
    imported,
    fromBase64Url(signature),
    new TextEncoder().encode(`${head}.${payload}`));
  return {
    title: "Check the node's signature",
    about: 'ES256 (P-256, SHA-256) over the block’s header, with the key that the node names',
    parts: [{ name: 'key x', value: x }, { name: 'key y', value: y }],
    computed: ok ? 'The signature is good.' : 'The signature is not that of this key.',
    ok,
  };
}
