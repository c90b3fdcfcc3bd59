import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, fromBase64Url, join, toBase64Url, type Jwk, type Proof } from '../src/lib/proof';

/** A proof and a key as a node served them, of a chain whose entries are signed. */
const kept = JSON.parse(readFileSync(new URL('./proof.json', import.meta.url), 'utf8')) as {
  chain: string; nodeKey: Jwk; proof: Proof;
};

function changed(change: (proof: Proof & { path: { hash: string; left: boolean }[] }) => void): Proof {
  const copy = structuredClone(kept.proof) as Proof & { path: { hash: string; left: boolean }[] };
  change(copy);
  return copy;
}

const other = 'A'.repeat(43);

describe('proof of inclusion', () => {
  it('a good one is proven step by step', async () => {
    const checked = await check(kept.proof, kept.nodeKey, kept.chain);
    expect(checked.steps.map((step) => step.ok)).toEqual(kept.proof.path.map(() => true).concat([true, true, true]));
    expect(checked.ok).toBe(true);
  });

  it.each<[string, Proof]>([
    ['hash', changed((proof) => { proof.hash = other; })],
    ['seq', changed((proof) => { proof.leaf.seq += 1; })],
    ['term', changed((proof) => { proof.leaf.term += 1; })],
    ['time', changed((proof) => { proof.leaf.timeMs += 1; })],
    ['body', changed((proof) => { proof.leaf.bodyCode ^= 3; })],
    ['kind of proof', changed((proof) => { proof.leaf.proofCode += 1; })],
    ['outcome', changed((proof) => { proof.leaf.outcomeCode += 1; })],
    ['previous entry', changed((proof) => { proof.leaf.previous = other; })],
    ['payload', changed((proof) => { proof.leaf.payloadDigest = other; })],
    ['signature', changed((proof) => { proof.leaf.proofDigest = other; })],
    ['events', changed((proof) => { proof.leaf.eventsDigest = other; })],
    ['neighbour', changed((proof) => { proof.path[0]!.hash = other; })],
    ['side', changed((proof) => { proof.path[0]!.left = !proof.path[0]!.left; })],
    ['length of the path', changed((proof) => { proof.path.pop(); })],
    ['block', changed((proof) => { proof.block = 'x.y.z'; })],
    ['digest that is none', changed((proof) => { proof.leaf.previous = 'AAAA'; })],
    ['signature of the block', changed((proof) => {
      const [head, payload, signature] = proof.block.split('.') as [string, string, string];
      const bytes = fromBase64Url(signature);
      bytes[40]! ^= 1;
      proof.block = `${head}.${payload}.${toBase64Url(bytes)}`;
    })],
  ])('another %s is not', async (_, proof) => expect((await check(proof, kept.nodeKey, kept.chain)).ok).toBe(false));

  it('another key or chain is not', async () => {
    const key = { ...kept.nodeKey, x: kept.nodeKey.y, y: kept.nodeKey.x };
    expect((await check(kept.proof, key, kept.chain)).ok).toBe(false);
    expect((await check(kept.proof, kept.nodeKey, 'another')).ok).toBe(false);
  });

  it('two leaves join as RFC 6962 says', async () => {
    // SHA-256 of 0x01 and 64 zero bytes, computed with sha256sum.
    expect(await join(other, other)).toBe('rgeY0Oyu0rd47d6_GPBxpWHFNljAXnbO3swnyvvbxXc');
  });
});
