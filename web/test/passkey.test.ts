import { describe, expect, it } from 'vitest';
import { challengeOf, possessionOf, rawSignature, thumbprint, whose, type Answer } from '../src/lib/passkey';
import { toBase64Url } from '../src/lib/proof';

const bytes = (...parts: (number | number[])[]) => new Uint8Array(parts.flat());
const filled = (size: number, value: number) => new Array<number>(size).fill(value);

describe('a signature in DER', () => {
  it('gives 64 bytes whatever the lengths of its numbers', () => {
    const whole = rawSignature(bytes(0x30, 68, 2, 32, filled(32, 1), 2, 32, filled(32, 2)));
    expect([...whole]).toEqual([...filled(32, 1), ...filled(32, 2)]);
    const signed = rawSignature(bytes(0x30, 70, 2, 33, 0, filled(32, 0xff), 2, 33, 0, filled(32, 0x80)));
    expect([...signed]).toEqual([...filled(32, 0xff), ...filled(32, 0x80)]);
    const small = rawSignature(bytes(0x30, 6, 2, 1, 7, 2, 1, 9));
    expect([small[31], small[63], small[0], small[32]]).toEqual([7, 9, 0, 0]);
  });

  it.each<[string, Uint8Array]>([
    ['nothing', bytes()],
    ['no sequence', bytes(0x31, 6, 2, 1, 7, 2, 1, 9)],
    ['another length', bytes(0x30, 7, 2, 1, 7, 2, 1, 9)],
    ['one number', bytes(0x30, 3, 2, 1, 7)],
    ['three numbers', bytes(0x30, 9, 2, 1, 7, 2, 1, 9, 2, 1, 9)],
    ['an empty number', bytes(0x30, 5, 2, 0, 2, 1, 9)],
    ['a number that ends early', bytes(0x30, 6, 2, 1, 7, 2, 2, 9)],
    ['a number too large', bytes(0x30, 71, 2, 33, 1, filled(32, 1), 2, 34, 0, filled(33, 2))],
    ['no integer', bytes(0x30, 6, 3, 1, 7, 2, 1, 9)],
  ])('of %s is refused', (_, der) => expect(() => rawSignature(der)).toThrow());
});

describe('what passkeys sign', () => {
  const key = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };

  it('is the digest that the ledger computes', async () => {
    // Computed with Python's hashlib, from the documented bytes.
    expect(toBase64Url(await challengeOf('aitbc:main', new TextEncoder().encode('payload')))).toBe(
      '7bBPKqn6R_UFLAt161Fuh9CDsztYNJgz91ns8mpzzK0');
    expect(toBase64Url(await possessionOf('aitbc:main', 'A'.repeat(43), key))).toBe('jgMputOEpjwlu2cL0LLskpdqak83JP4MxGaIFAw9SrI');
    expect(await thumbprint(key)).toBe('Yf7dxNA4Y2zUqbqNw2eswKWsk1wLRG_DGF3vCttT2XQ');
  });

  it('is known to be of one of the keys, or of none', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    const [data, client] = [new Uint8Array(37), new TextEncoder().encode('{}')];
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', client));
    const signature = await crypto.subtle.sign(
      { name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, new Uint8Array([...data, ...hash]));
    const given: Answer = {
      authenticatorData: toBase64Url(data),
      clientDataJSON: toBase64Url(client),
      signature: toBase64Url(new Uint8Array(signature)),
    };
    const other = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const foreign = await crypto.subtle.exportKey('jwk', other.publicKey);
    const known = [
      { id: 'other', key: { kty: 'EC', crv: 'P-256', x: foreign.x!, y: foreign.y! } },
      { id: 'mine', key: { kty: 'EC', crv: 'P-256', x, y } },
    ];
    expect(await whose(given, known)).toBe('mine');
    expect(await whose(given, known.slice(0, 1))).toBeUndefined();
    expect(await whose({ ...given, authenticatorData: toBase64Url(new Uint8Array(37).fill(1)) }, known)).toBeUndefined();
  });
});
