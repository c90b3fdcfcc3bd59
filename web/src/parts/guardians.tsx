import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type KeyboardEvent } from 'react';
import { NodeError, type Schemas } from '../api/client';
import * as ask from '../api/queries';
import { changeOf, mostGuardians } from '../lib/guardians';
import { isAccount, useKeyring } from '../lib/keyring';
import { duration } from '../lib/sentences';
import { count, short } from '../lib/words';
import { Card, Id, Status } from './basics';
import { Dialog } from './dialog';
import { Signing, type Wish } from './signing';

type Agent = Schemas['AgentView'];

/** Who guards an agent, and the way to propose others. */
export function Guardians({ agent }: { agent: Agent }) {
  const own = useKeyring()?.account;
  const [isMaking, setIsMaking] = useState(false);
  const [wish, setWish] = useState<Wish>();
  const mayPropose = own !== undefined && !agent.retired && (agent.owner === own || agent.guardians.includes(own));
  return (
    <Card title="Guardians" about={`Any one of them stops it or denies it an action; ${agent.guardianThreshold} of
      ${agent.guardians.length} approve, loosen and release.`}
      aside={mayPropose && <Button size="compact-md" variant="default" onClick={() => setIsMaking(true)}>Propose others</Button>}>
      <ul className="list" aria-label="Guardians">
        {agent.guardians.map((id) => <li key={id}><Person id={id} agent={agent} own={own} /></li>)}
      </ul>
      {!agent.guardians.includes(agent.owner) && (
        <p className="about">Its owner <Id value={agent.owner} /> is none of them, and may propose others.</p>
      )}
      {isMaking && <Making agent={agent} own={own} close={() => setIsMaking(false)} wish={(one) => {
        setIsMaking(false);
        setWish(one);
      }} />}
      {wish && <Signing wish={wish} close={() => setWish(undefined)} />}
    </Card>
  );
}

function Person({ id, agent, own }: { id: string; agent: Agent; own: string | undefined }) {
  return (
    <>
      <Id value={id} />{id === own && <Status tone="calm">You</Status>}
      {id === agent.owner && <Status tone="plain">Owner</Status>}
    </>
  );
}

function Making({ agent, own, close, wish }: {
  agent: Agent; own: string | undefined; close: () => void; wish: (wish: Wish) => void;
}) {
  const [then, setThen] = useState<readonly string[]>(agent.guardians);
  const [chosen, setChosen] = useState(agent.guardianThreshold);
  const [id, setId] = useState('');
  const added = useQuery({ ...ask.account(id), enabled: isAccount(id) });
  const threshold = Math.min(chosen, Math.max(1, then.length));
  const change = changeOf(agent, then, threshold);
  const problem = id === '' ? undefined
    : !isAccount(id) ? 'Write an account’s id: 43 letters, digits, - or _.'
      : then.includes(id) ? 'This person is among them already.'
        : then.length >= mostGuardians ? `An agent has at most ${mostGuardians} guardians: take one out first.`
          : added.error instanceof NodeError && added.error.status === 404 ? 'The node has no such account.'
            : added.data && added.data.kind !== 'human' ? 'This account is no person’s: only people guard agents.' : undefined;
  const mayAdd = problem === undefined && added.data?.kind === 'human';
  const add = () => {
    setThen([...then, id]);
    setId('');
  };
  const addByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (mayAdd) add();
  };
  const go = (event: FormEvent) => {
    event.preventDefault();
    if (id === '' && change.isOne) {
      wish({
        title: 'Other guardians', path: '/v1/oversight',
        commands: [{ type: 'guardians.change', agent: agent.id, guardians: then, guardianThreshold: threshold }],
        act: 'Propose with a passkey', done: 'The motion is open: it stands on this page until it is decided.',
      });
    }
  };
  return (
    <Dialog title={`Guardians of ${short(agent.id)}`} close={close}>
      <form onSubmit={go} className="form">
        <ul className="list" aria-label="Guardians proposed">
          {then.map((one) => (
            <li key={one} className="row">
              <span><Person id={one} agent={agent} own={own} />
                {!agent.guardians.includes(one) && <Status tone="good">New</Status>}</span>
              <ActionIcon variant="default" aria-label={`Take ${short(one)} out`}
                onClick={() => setThen(then.filter((other) => other !== one))}>
                <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
                  <path d="m2 2 8 8m0-8-8 8" stroke="currentColor" strokeWidth="1.6" /></svg>
              </ActionIcon>
            </li>
          ))}
        </ul>
        {then.length === 0 && <p className="about">Nobody: name at least one person.</p>}
        <TextInput label="Add a person, by account id" value={id} error={problem} autoComplete="off" spellCheck={false}
          onChange={(event) => setId(event.currentTarget.value.trim())} onKeyDown={addByKey}
          rightSectionWidth={72} rightSection={<Button size="compact-sm" variant="default" disabled={!mayAdd} onClick={add}>Add</Button>} />
        <NativeSelect label="How many of them decide" value={String(threshold)}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
          data={then.map((_, at) => ({ value: String(at + 1), label: `${at + 1} of ${then.length}` }))} />
        <Follows agent={agent} own={own} change={change} />
        <div className="acts">
          <Button variant="default" onClick={close}>Cancel</Button>
          <Button type="submit" disabled={id !== '' || !change.isOne}>Read and sign</Button>
        </div>
      </form>
    </Dialog>
  );
}

/** What follows from a proposal: who, from when, and whom it needs. */
function Follows({ agent, own, change }: {
  agent: Agent; own: string | undefined; change: ReturnType<typeof changeOf>;
}) {
  const delay = useQuery(ask.loosening());
  if (!change.isOne) return <p className="about" data-testid="follows">{change.problem}</p>;
  const isGuardian = own !== undefined && agent.guardians.includes(own);
  return (
    <ul className="about" data-testid="follows">
      {change.words.map((line) => <li key={line}>{line}</li>)}
      <li>It needs {agent.guardianThreshold} of its {count(agent.guardians.length, 'present guardian')}
        {isGuardian ? '; you agree by proposing it.' : '; you are none of them.'}</li>
      <li>It takes effect {delay.data ? `${duration(delay.data)} after you propose it, at the earliest` : 'once it has waited'};
        till then any of them may object.</li>
      <li>With it, what waits for approval and the other motions become void. Denials stay; those of who goes, the guardians
        may end.</li>
    </ul>
  );
}
