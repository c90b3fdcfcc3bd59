import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { Schemas } from '../api/client';
import * as ask from '../api/queries';
import { actions } from '../lib/constitution';
import { useKeyring } from '../lib/keyring';
import { sha256 } from '../lib/passkey';
import { toBase64Url } from '../lib/proof';
import { baseUnits } from '../lib/search';
import { count, short } from '../lib/words';
import { Amount, Card, Id, Status } from './basics';
import { Dialog } from './dialog';
import { Countdown } from './oversight';
import { Signing, type Wish } from './signing';
import { Empty, Show } from './states';
import { Table } from './table';

type Agent = Schemas['AgentView'];
type Override = Schemas['OverrideView'];

const hourMs = 3_600_000;
const mostHours = 366 * 24;

/** Overrides in force, and the way to make and to end one. */
export function Overrides({ agent }: { agent: Agent }) {
  const own = useKeyring()?.account;
  const query = useQuery(ask.overrides(agent.id));
  const [isMaking, setIsMaking] = useState(false);
  const [wish, setWish] = useState<Wish>();
  const mayPropose = own !== undefined && (agent.owner === own || agent.guardians.includes(own));
  // A denial is its setter's, and the guardians' once its setter has left.
  const isThere = (id: string) => agent.owner === id || agent.guardians.includes(id);
  const mayEnd = (one: Override) => (one.effect === 'allow' ? mayPropose
    : isThere(one.by) ? one.by === own : own !== undefined && agent.guardians.includes(own));
  const end = (one: Override) => setWish({
    title: `End override ${one.id}`, path: '/v1/oversight', commands: [{ type: 'override.revoke', override: one.id }],
    act: 'End it with a passkey', done: 'The override has ended.', isDangerous: one.effect === 'deny',
  });
  return (
    <Card title="Overrides" about="A person allows or denies one kind of action for a time. A denial always wins; an allowance
      lifts no hard limit and no stop."
      aside={mayPropose && <Button size="compact-md" variant="default" onClick={() => setIsMaking(true)}>Override</Button>}>
      <Show query={query}>
        {(page) => (page.items.length === 0
          ? <Empty title="None is in force">Only its constitution says what it may do.</Empty>
          : (
            <Table label="Overrides" rows={page.items} keyOf={(row) => row.id} columns={[
              { title: 'Action', cell: (row) => <><Status tone={row.effect === 'deny' ? 'bad' : 'good'}>
                {row.effect === 'deny' ? 'Denied' : 'Allowed'}</Status> <strong>{row.action}</strong></> },
              { title: 'Left of its cap', isNumber: true, cell: (row) => (row.effect === 'deny' ? 'None passes'
                : <><Amount value={row.left} /><div className="unit">of <Amount value={row.cap} /></div></>) },
              { title: 'Ends', cell: (row) => <Countdown to={row.expiresAtMs} /> },
              { title: 'By', cell: (row) => <><Id value={row.by} />{row.by === own && <Status tone="calm">You</Status>}</> },
              { title: 'Change', cell: (row) => (
                <Button size="compact-sm" variant="default" disabled={!mayEnd(row)} onClick={() => end(row)}
                  aria-label={`End now: override ${row.id}`}>End now</Button>) },
            ]} />
          ))}
      </Show>
      {isMaking && <Making agent={agent} close={() => setIsMaking(false)} wish={(one) => {
        setIsMaking(false);
        setWish(one);
      }} />}
      {wish && <Signing wish={wish} close={() => setWish(undefined)} />}
    </Card>
  );
}

function Making({ agent, close, wish }: { agent: Agent; close: () => void; wish: (wish: Wish) => void }) {
  const [effect, setEffect] = useState('deny');
  const [action, setAction] = useState('transfer');
  const [hours, setHours] = useState('24');
  const [cap, setCap] = useState('');
  const [reason, setReason] = useState('');
  const isDeny = effect === 'deny';
  const units = baseUnits(cap);
  const span = Number(hours);
  const isSpan = Number.isInteger(span) && span >= 1 && span <= mostHours;
  const isReady = isSpan && reason.trim() !== '' && (isDeny || (units !== undefined && units !== '0'));
  const go = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    const digest = toBase64Url(await sha256(new TextEncoder().encode(reason.trim())));
    wish({
      title: `${isDeny ? 'Deny' : 'Allow'} ${action}`,
      path: '/v1/oversight',
      commands: [{
        type: 'override.set', agent: agent.id, action, effect, ...(!isDeny && { cap: units }), reason: digest,
        expiresAt: Date.now() + span * hourMs,
      }],
      act: isDeny ? 'Deny it with a passkey' : 'Propose with a passkey',
      isDangerous: isDeny,
      done: isDeny ? 'The denial is in force.'
        : agent.guardianThreshold === 1 && agent.guardians.length > 0
          ? 'You proposed it; where you are a guardian, it is in force.'
          : `You proposed it: ${count(agent.guardianThreshold, 'guardian')} must agree.`,
    });
  };
  return (
    <Dialog title={`Override for ${short(agent.id)}`} close={close}>
      <form onSubmit={(event) => void go(event)} className="form">
        <SegmentedControl value={effect} onChange={setEffect} aria-label="Effect"
          data={[{ value: 'deny', label: 'Deny' }, { value: 'allow', label: 'Allow' }]} />
        <NativeSelect label="Action" value={action} onChange={(event) => setAction(event.currentTarget.value)}
          data={actions.map(([value, about]) => ({ value, label: `${value}: ${about}` }))} />
        {!isDeny && (
          <TextInput label="At most, AITBC all told" inputMode="decimal" value={cap}
            onChange={(event) => setCap(event.currentTarget.value)}
            error={cap !== '' && (units === undefined || units === '0') ? 'Write a number above 0 such as 50.' : undefined} />
        )}
        <TextInput label="For how many hours" inputMode="numeric" value={hours}
          onChange={(event) => setHours(event.currentTarget.value)}
          error={isSpan ? undefined : `Write whole hours, 1 to ${mostHours.toLocaleString('en')}.`} />
        <TextInput label="Reason" value={reason} onChange={(event) => setReason(event.currentTarget.value)}
          description="Its SHA-256 goes on the ledger; keep the words, they stay with you." />
        <p className="about">{isDeny
          ? 'A denial takes effect at once, whatever else allows the action.'
          : `An allowance needs ${count(agent.guardianThreshold, 'guardian')} to agree; it lifts allowed actions, the monitor
            and approval, up to its cap.`}</p>
        <div className="acts">
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button type="submit" disabled={!isReady}>Read and sign</Button>
        </div>
      </form>
    </Dialog>
  );
}
