import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { NodeError, type Schemas } from '../api/client';
import * as commands from '../api/commands';
import * as ask from '../api/queries';
import * as keyring from '../lib/keyring';
import * as passkey from '../lib/passkey';
import { toBase64Url } from '../lib/proof';
import { short } from '../lib/words';
import { AgentLink, Amount, Card, Id, Page, Status } from '../parts/basics';
import { AgentStatus } from '../parts/market';
import { explain, Signing, type Wish } from '../parts/signing';
import { Empty, Show } from '../parts/states';
import StopDialog from '../parts/stopping';
import { Table } from '../parts/table';

const beginWith = '1000000000000000000000';
const mostKeys = 4;

/** Runs one thing at a time and says what it is, what came of it, or why it failed. */
function useActs() {
  const queries = useQueryClient();
  const [doing, setDoing] = useState('');
  const [said, setSaid] = useState<{ text: string; isBad: boolean }>();
  const run = async (what: string, done: string, act: () => Promise<unknown>) => {
    setDoing(what);
    setSaid(undefined);
    try {
      await act();
      setSaid({ text: done, isBad: false });
    } catch (error) {
      setSaid({ text: why(error), isBad: true });
    }
    setDoing('');
    await queries.invalidateQueries({ queryKey: ['live'] });
  };
  return { doing, said, run };
}

function why(error: unknown): string {
  return error instanceof NodeError && (error.code === 'forbidden' || error.code === 'unauthorised')
    ? 'Only who runs this node opens accounts here: open the address that aitbc up prints, and try again.'
    : explain(error);
}

type Acts = ReturnType<typeof useActs>;

function Said({ acts }: { acts: Acts }) {
  return (
    <div role="status" aria-live="polite" data-testid="said">
      {acts.doing && <p className="banner">{acts.doing}</p>}
      {!acts.doing && acts.said && (
        <p><Status tone={acts.said.isBad ? 'bad' : 'good'}>{acts.said.isBad ? 'Refused' : 'Done'}</Status>{' '}
          {acts.said.text}</p>
      )}
    </div>
  );
}

function Begin({ acts, keep }: { acts: Acts; keep: (ring: keyring.Keyring) => void }) {
  const [id, setId] = useState('');
  const begin = () => acts.run(
    'Your browser asks twice: to make the passkey, and to prove that it is yours.',
    'Your account is open.',
    async () => {
      const made = await passkey.make('AITBC', []);
      await commands.open(made, beginWith);
      keep({ account: made.kid, kept: [{ kid: made.kid, credential: made.credential, name: 'This device' }] });
    });
  const enter = (event: FormEvent) => {
    event.preventDefault();
    keep({ account: id, kept: [] });
  };
  return (
    <div className="grid">
      <Card title="Open an account" about="A passkey is made on this device, by fingerprint, face or PIN. It begins an
        account that you act for, with tokens that have no value.">
        <Button onClick={() => void begin()} disabled={acts.doing !== ''}>Create a passkey</Button>
      </Card>
      <Card title="Use your account" about="On a browser that does not know it yet, with a passkey that it can reach.">
        <form onSubmit={enter} className="filters">
          <TextInput label="Account id" value={id} onChange={(event) => setId(event.currentTarget.value.trim())} />
          <div><Button type="submit" variant="default" mt={25} disabled={!keyring.isAccount(id)}>Use it</Button></div>
        </form>
      </Card>
    </div>
  );
}

interface Row {
  id: string;
  name: string;
  origin: string | undefined;
}

type SetWish = (wish: Wish) => void;

function Devices({ account, ring, acts, keep, setWish }: {
  account: Schemas['AccountView']; ring: keyring.Keyring; acts: Acts; keep: (ring: keyring.Keyring) => void;
  setWish: SetWish;
}) {
  const [here, setHere] = useState('');
  useEffect(() => {
    void passkey.sha256(new TextEncoder().encode(window.location.origin)).then((hash) => setHere(toBase64Url(hash)));
  }, []);
  const rows = account.keys.map((id): Row => ({
    id,
    name: ring.kept.find((one) => one.kid === id)?.name ?? '',
    origin: account.passkeys.find((one) => one.id === id)?.origin,
  }));
  const add = () => acts.run(
    'Your browser asks twice: to make the passkey, and to prove it. Then one that you have signs that it is added.',
    'The passkey is made; sign that it is added.',
    async () => {
      const made = await passkey.make('AITBC', ring.kept.map((one) => one.credential));
      const kept = { kid: made.kid, credential: made.credential, name: `Device ${ring.kept.length + 1}` };
      setWish({
        title: 'Add a device',
        path: '/v1/commands',
        commands: [await commands.adding(ring.account, made)],
        act: 'Add it with a passkey you have',
        done: 'The device is added: it acts for your account from now on.',
        then: () => keep({ ...ring, kept: [...ring.kept, kept] }),
      });
    });
  const remove = (row: Row) => setWish({
    title: 'Remove a device',
    path: '/v1/commands',
    commands: [{ type: 'key.revoke', key: row.id }],
    act: 'Remove it with a passkey',
    isDangerous: true,
    done: 'The device is removed: it no longer acts for your account.',
    then: () => keep({ ...ring, kept: ring.kept.filter((one) => one.kid !== row.id) }),
  });
  return (
    <Card title="Devices" about={`Each acts alone for your account; up to ${mostKeys}. With two, the loss of one is no loss
      of the account.`}
      aside={<Button size="compact-md" variant="default" onClick={() => void add()}
        disabled={acts.doing !== '' || rows.length >= mostKeys}>Add a device</Button>}>
      <Table
        label="Devices"
        rows={rows}
        keyOf={(row) => row.id}
        columns={[
          { title: 'Key', cell: (row) => <Id value={row.id} /> },
          { title: 'Kind', cell: (row) => (row.origin ? 'Passkey' : 'Key of a program') },
          { title: 'Made in this browser as', cell: (row) => row.name || 'No' },
          {
            title: 'Signs',
            cell: (row) => (!row.origin ? <Status tone="plain">Anywhere</Status>
              : row.origin === here ? <Status tone="good">At this address</Status>
                : <Status tone="warn">At another address</Status>),
          },
          {
            title: 'Change',
            cell: (row) => (
              <Button size="compact-sm" variant="default" onClick={() => remove(row)}
                disabled={acts.doing !== '' || rows.length < 2} aria-label={`Remove ${short(row.id)}`}>Remove</Button>
            ),
          },
        ]}
      />
    </Card>
  );
}

function Guarded({ ring, setStop }: { ring: keyring.Keyring; setStop: (agent: string) => void }) {
  const agents = useQuery(ask.agents());
  return (
    <Card title="Agents you guard" about="A stop costs nothing and takes effect with the next entry.">
      <Show query={agents}>
        {(page) => {
          const mine = page.items.filter((agent) => agent.guardians.includes(ring.account));
          return mine.length === 0 ? <Empty title="You guard no agent" /> : (
            <ul className="list">
              {mine.map((agent) => (
                <li key={agent.id} className="row">
                  <span><AgentLink id={agent.id} /> <AgentStatus of={agent} /></span>
                  <Button size="compact-md" color="red" disabled={agent.stopped || agent.retired}
                    onClick={() => setStop(agent.id)} aria-label={`Stop ${short(agent.id)}`}>Stop</Button>
                </li>
              ))}
            </ul>
          );
        }}
      </Show>
    </Card>
  );
}

function Account({ ring, acts, keep }: {
  ring: keyring.Keyring; acts: Acts; keep: (ring: keyring.Keyring | undefined) => void;
}) {
  const account = useQuery(ask.account(ring.account));
  const [wish, setWish] = useState<Wish>();
  const [stop, setStop] = useState<string>();
  return (
    <div className="stack">
      <Card title="Your account" aside={
        <Button size="compact-md" variant="default" onClick={() => keep(undefined)}>Forget it in this browser</Button>}>
        <dl className="facts">
          <dt>Account</dt><dd><Id value={ring.account} full /></dd>
          {account.data && <><dt>Available</dt><dd><Amount value={account.data.available} /></dd></>}
        </dl>
      </Card>
      <Show query={account}>
        {(view) => <Devices account={view} ring={ring} acts={acts} keep={keep} setWish={setWish} />}
      </Show>
      <Guarded ring={ring} setStop={setStop} />
      {wish && <Signing wish={wish} close={() => setWish(undefined)} />}
      {stop && <StopDialog agent={stop} close={() => setStop(undefined)} />}
    </div>
  );
}

export default function Keys() {
  const ring = keyring.useKeyring();
  const acts = useActs();
  const keep = keyring.save;
  return (
    <Page title="Your keys" about="What you do here is signed by a passkey: the ledger checks it, no password is sent.">
      {!passkey.isPossible()
        ? <Empty title="This page cannot ask for passkeys">
            They need https and a name, or localhost: open this page as <code>localhost</code> or by its name.
          </Empty>
        : <div className="stack">
            <Said acts={acts} />
            {ring ? <Account ring={ring} acts={acts} keep={keep} /> : <Begin acts={acts} keep={keep} />}
          </div>}
    </Page>
  );
}
