import { ask, client, type Schemas } from './client';
import { load } from '../lib/keyring';
import { answer, possessionOf, prove, type Bytes, type Made } from '../lib/passkey';
import type { Command } from '../lib/sentences';

/** What a person sends: each is signed by one of the account's passkeys. */

export type Path = '/v1/commands' | '/v1/oversight';

/** A payload that is ready to be read and signed: what is shown comes from its bytes, and these are what is signed. */
export interface Prepared {
  path: Path;
  chain: string;
  bytes: Bytes;
  passkeys: Schemas['PasskeyView'][];
}

/** What came of a command, and how long its way was from the signature to the durable answer. */
export interface Sent {
  outcome: Schemas['OutcomeView'];
  tookMs: number;
}

/** For how long what was prepared may be signed and sent. */
export const validMs = 5 * 60_000;

async function post(path: string, type: string, body: unknown) {
  const response = await fetch(path, {
    method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': type }, body: JSON.stringify(body),
  });
  const said = await response.json() as unknown;
  return response.ok ? { data: said as Schemas['OutcomeView'], response } : { error: said, response };
}

/** Writes the bytes that a person of an account signs for commands. */
export async function prepare(account: string, path: Path, commands: readonly Command[]): Promise<Prepared> {
  const [chain, view] = await Promise.all([
    ask(client.GET('/v1/chain')), ask(client.GET('/v1/accounts/{id}', { params: { path: { id: account } } })),
  ]);
  const payload = {
    chain: chain.chain,
    from: account,
    nonce: { lane: 0, sequence: Number(view.nextSequences[0]) },
    validUntil: Date.now() + validMs,
    epoch: Number(chain.stopEpoch),
    commands,
  };
  const bytes = new TextEncoder().encode(JSON.stringify(payload)) as Bytes;
  return { path, chain: chain.chain, bytes, passkeys: view.passkeys };
}

/** Has a passkey sign what was prepared, and sends it. */
export async function sign(prepared: Prepared): Promise<Sent> {
  const { path, chain, bytes, passkeys } = prepared;
  const proven = await prove(chain, bytes, passkeys, load()?.kept.map((one) => one.credential) ?? []);
  const start = performance.now();
  const outcome = await ask(post(path, 'application/vnd.aitbc.webauthn+json', proven));
  return { outcome, tookMs: Math.max(1, Math.round(performance.now() - start)) };
}

/** Opens an account that begins with a passkey, paid by the node's faucet. */
export async function open(made: Made, amount: string) {
  const [chain, faucet] = await Promise.all([ask(client.GET('/v1/chain')), ask(client.GET('/v1/faucet'))]);
  const passkey = await answer(await possessionOf(chain.chain, faucet.sponsor, made.key), [made.credential]);
  return ask(post('/v1/faucet', 'application/json', { key: made.key, amount, passkey }));
}

/** The command that adds a passkey to an account; the passkey proves itself first. */
export async function adding(account: string, made: Made): Promise<Command> {
  const chain = await ask(client.GET('/v1/chain'));
  const passkey = await answer(await possessionOf(chain.chain, account, made.key), [made.credential]);
  return { type: 'key.add', key: made.key, passkey };
}
