/** Passkeys: made, asked, and their answers put into the form that a node takes. The browser holds the keys; nothing
 * here is secret. */

import { fromBase64Url, toBase64Url, type Jwk } from './proof';

/** What a passkey gave for a challenge, all base64url. */
export interface Answer {
  authenticatorData: string;
  clientDataJSON: string;
  /** r and s, 64 bytes: browsers give DER, and a ledger keeps one form. */
  signature: string;
}

/** A passkey of an account, as the node lists it. */
export interface Known {
  id: string;
  key: Jwk;
}

/** A passkey that was just made; the ledger does not know it yet. */
export interface Made {
  credential: string;
  kid: string;
  key: Jwk;
}

const utf8 = new TextEncoder();
const es256 = -7;
const waitMs = 120_000;

export type Bytes = Uint8Array<ArrayBuffer>;

/** Whether this page can ask for passkeys: it must be under https or on localhost, and not under an IP address. */
export function isPossible(): boolean {
  return window.isSecureContext && 'PublicKeyCredential' in window
    && !/^(\d+\.){3}\d+$|^\[/.test(window.location.hostname);
}

export async function sha256(...parts: readonly Bytes[]): Promise<Bytes> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** The thumbprint of RFC 7638, which names a key and the account that begins with it. */
export async function thumbprint(key: Jwk): Promise<string> {
  return toBase64Url(await sha256(utf8.encode(`{"crv":"P-256","kty":"EC","x":"${key.x}","y":"${key.y}"}`)));
}

/** What a passkey signs for a payload: SHA-256 of domain, NUL, chain, NUL and the payload's digest. */
export async function challengeOf(chain: string, payload: Bytes): Promise<Bytes> {
  return sha256(utf8.encode(`aitbc/webauthn/1\0${chain}\0`), await sha256(payload));
}

/** What a new key signs for the account that brings it: SHA-256 of domain, NUL, chain, NUL, sponsor and key. */
export async function possessionOf(chain: string, sponsor: string, key: Jwk): Promise<Bytes> {
  return sha256(
    utf8.encode(`aitbc/key-possession/1\0${chain}\0`), fromBase64Url(sponsor), fromBase64Url(key.x), fromBase64Url(key.y));
}

/** The 64 bytes of a signature that came as DER: SEQUENCE { INTEGER r, INTEGER s }. */
export function rawSignature(der: Uint8Array): Bytes {
  const raw = new Uint8Array(64);
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw new Error('This is no signature in DER.');
  let at = 2;
  for (const end of [32, 64]) {
    const size = der[at + 1] ?? 0;
    let number = der.subarray(at + 2, at + 2 + size);
    if (der[at] !== 0x02 || size < 1 || number.length !== size) throw new Error('This is no signature in DER.');
    if (number[0] === 0) number = number.subarray(1);
    if (number.length > 32) throw new Error('A number of this signature is too large.');
    raw.set(number, end - number.length);
    at += 2 + size;
  }
  if (at !== der.length) throw new Error('Something follows this signature.');
  return raw;
}

/** Makes a passkey; the user is asked. The attestation is not looked at: possession is proven by an answer. */
export async function make(name: string, without: readonly string[]): Promise<Made> {
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      rp: { id: window.location.hostname, name: 'AITBC' },
      user: { id: crypto.getRandomValues(new Uint8Array(32)), name, displayName: name },
      pubKeyCredParams: [{ type: 'public-key', alg: es256 }],
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      excludeCredentials: without.map((id) => ({ type: 'public-key', id: fromBase64Url(id) })),
      attestation: 'none',
      timeout: waitMs,
    },
  }) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  const spki = response.getPublicKey();
  if (!spki || response.getPublicKeyAlgorithm() !== es256) throw new Error('The authenticator made no key of P-256.');
  const imported = await crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', imported);
  const key = { kty: 'EC', crv: 'P-256', x, y };
  return { credential: toBase64Url(new Uint8Array(made.rawId)), kid: await thumbprint(key), key };
}

/** Asks a passkey for its answer to a challenge; the user is asked and verified. */
export async function answer(challenge: Bytes, credentials: readonly string[]): Promise<Answer> {
  const given = await navigator.credentials.get({
    publicKey: {
      challenge,
      rpId: window.location.hostname,
      allowCredentials: credentials.map((id) => ({ type: 'public-key', id: fromBase64Url(id) })),
      userVerification: 'required',
      timeout: waitMs,
    },
  }) as PublicKeyCredential;
  const response = given.response as AuthenticatorAssertionResponse;
  return {
    authenticatorData: toBase64Url(new Uint8Array(response.authenticatorData)),
    clientDataJSON: toBase64Url(new Uint8Array(response.clientDataJSON)),
    signature: toBase64Url(rawSignature(new Uint8Array(response.signature))),
  };
}

/** Which of an account's passkeys gave an answer; browsers name credentials, and a ledger knows keys. */
export async function whose(given: Answer, passkeys: readonly Known[]): Promise<string | undefined> {
  const signed = await signedBytes(given);
  for (const { id, key: { kty, crv, x, y } } of passkeys) {
    const key = await crypto.subtle.importKey(
      'jwk', { kty, crv, x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
    const isIts = await crypto.subtle.verify(
      { name: 'ECDSA', hash: 'SHA-256' }, key, fromBase64Url(given.signature), signed);
    if (isIts) return id;
  }
  return undefined;
}

/** A payload's bytes with the proof of one of the account's passkeys, as a node takes it. */
export async function prove(
  chain: string, bytes: Bytes, passkeys: readonly Known[], credentials: readonly string[],
) {
  const given = await answer(await challengeOf(chain, bytes), credentials);
  const kid = await whose(given, passkeys);
  if (!kid) throw new Error('This passkey is none of your account: choose another, or enrol it first.');
  return { payload: toBase64Url(bytes), proof: { kid, ...given } };
}

async function signedBytes(given: Answer): Promise<Bytes> {
  const data = fromBase64Url(given.authenticatorData);
  const bytes = new Uint8Array(data.length + 32);
  bytes.set(data);
  bytes.set(await sha256(fromBase64Url(given.clientDataJSON)), data.length);
  return bytes;
}

/** Why nothing was signed, in words. */
export function reason(error: unknown): string {
  if (error instanceof DOMException && error.name === 'NotAllowedError') {
    return 'The browser gave no passkey: it was cancelled, took too long, or could not verify who you are.';
  }
  if (error instanceof DOMException && error.name === 'InvalidStateError') {
    return 'This device has a passkey of your account already: choose another device.';
  }
  return error instanceof Error ? error.message : String(error);
}
