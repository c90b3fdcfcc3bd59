import { ask, client, type Schemas } from './client';
import { load } from '../lib/keyring';
import { answer, possessionOf, prove, type Made } from '../lib/passkey';

/** What a person sends: each is signed by one of the account's passkeys. */

type Command = { type: string } & Record<string, unknown>;

const validMs = 5 * 60_000;

async function post(path: string, type: string, body: unknown) {
  const response = await fetch(path, {
    method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': type }, body: JSON.stringify(body),
  });
  const said = await response.json() as unknown;
  return response.ok ? { data: said as Schemas['OutcomeView'], response } : { error: said, response };
}

/** Signs commands with a passkey of an account, and sends them. */
export async function send(account: string, path: '/v1/commands' | '/v1/oversight', ...commands: Command[]) {
  const [chain, view] = await Promise.all([
    ask(client.GET('/v1/chain')), ask(client.GET('/v1/accounts/{id}', { params: { path: { id: account } } })),
  ]);
  const proven = await prove(
    {
      chain: chain.chain,
      from: account,
      nonce: { lane: 0, sequence: Number(view.nextSequences[0]) },
      validUntil: Date.now() + validMs,
      epoch: Number(chain.stopEpoch),
      commands,
    },
    view.passkeys,
    load()?.kept.map((one) => one.credential) ?? []);
  return ask(post(path, 'application/vnd.aitbc.webauthn+json', proven));
}

/** Opens an account that begins with a passkey, paid by the node's faucet. */
export async function open(made: Made, amount: string) {
  const [chain, faucet] = await Promise.all([ask(client.GET('/v1/chain')), ask(client.GET('/v1/faucet'))]);
  const passkey = await answer(await possessionOf(chain.chain, faucet.sponsor, made.key), [made.credential]);
  return ask(post('/v1/faucet', 'application/json', { key: made.key, amount, passkey }));
}

/** Adds a passkey to an account: it proves itself, then one of the account's passkeys signs. */
export async function add(account: string, made: Made) {
  const chain = await ask(client.GET('/v1/chain'));
  const passkey = await answer(await possessionOf(chain.chain, account, made.key), [made.credential]);
  return send(account, '/v1/commands', { type: 'key.add', key: made.key, passkey });
}
