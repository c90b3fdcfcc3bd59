import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { NodeError, type Schemas } from '../api/client';
import type { Sent } from '../api/commands';
import * as ask from '../api/queries';
import { useKeyring } from '../lib/keyring';
import { count, short, words } from '../lib/words';
import { AgentLink, Id, Loading, Status } from './basics';
import { Dialog } from './dialog';
import { NoKey, SigningBody, type Wish } from './signing';
import { Failure } from './states';

type Agent = Schemas['AgentView'];
type Scope = 'market' | 'all';

/** Stops an agent, the market or all, says when it is quiet, and leads to the release. */
export default function StopDialog({ agent, isRelease = false, close }: {
  agent?: string | undefined; isRelease?: boolean; close: () => void;
}) {
  const ring = useKeyring();
  const [chosen, setChosen] = useState('');
  const page = useQuery({ ...ask.agent(agent ?? ''), enabled: agent !== undefined });
  const isNoAgent = page.error instanceof NodeError && page.error.status === 404;
  const isOfPage = agent !== undefined && !isNoAgent;
  const target = isOfPage ? agent : chosen;
  const title = target === 'market' ? 'Stop the market' : target === 'all' ? 'Stop everything'
    : target ? `${isRelease ? 'Release' : 'Stop'} the agent ${short(target)}` : 'Stop';
  return (
    <Dialog title={title} close={close}>
      {!ring ? <NoKey /> : (
        <>
          {!isOfPage && <Choice own={ring.account} chosen={chosen} choose={setChosen} />}
          {target === 'market' || target === 'all'
            ? <OfCouncil key={target} scope={target} close={close} />
            : target && <OfAgent key={target} id={target} own={ring.account} isRelease={isRelease} close={close} />}
        </>
      )}
    </Dialog>
  );
}

function Choice({ own, chosen, choose }: { own: string; chosen: string; choose: (target: string) => void }) {
  const agents = useQuery(ask.agents());
  const account = useQuery(ask.account(own));
  if (!agents.data || (!account.data && !account.error)) return <Loading rows={2} />;
  const mine = agents.data.items.filter((one) => one.guardians.includes(own) && !one.retired);
  const isCouncil = account.data?.council === true;
  if (mine.length === 0 && !isCouncil) {
    return <p>Your account guards no agent and is none of the council, so it stops nothing here. An agent’s owner names
      its guardians.</p>;
  }
  return (
    <NativeSelect label="What to stop" value={chosen} onChange={(event) => choose(event.currentTarget.value)} mb="sm"
      data={[
        { value: '', label: 'Choose' },
        ...mine.map((one) => ({
          value: one.id,
          label: `${words(one.kind)} ${short(one.id)}${one.stopped ? ', stopped' : one.safeMode ? ', in safe mode' : ''}`,
        })),
        ...(isCouncil ? [{ value: 'market', label: 'The market: nothing new is posted, bid or awarded' },
          { value: 'all', label: 'Everything: only releases are taken' }] : []),
      ]} />
  );
}

function OfAgent({ id, own, isRelease, close }: { id: string; own: string; isRelease: boolean; close: () => void }) {
  const agent = useQuery(ask.agent(id));
  const [wasStopped, setWasStopped] = useState<boolean>();
  const [before, setBefore] = useState<Agent>();
  if (!agent.data) return agent.error ? <Failure error={agent.error} /> : <Loading rows={3} />;
  const view = agent.data;
  if (wasStopped === undefined) {
    setWasStopped(view.stopped);
    setBefore(view);
    return null;
  }
  if (view.retired) return <p>This agent is retired: it acts no more.</p>;
  if (!view.guardians.includes(own)) {
    return <p>Only a guardian of this agent stops and releases it: {view.guardians.map(short).join(', ')}. You are{' '}
      {view.owner === own ? 'its owner, and none of its guardians' : 'none of them'}.</p>;
  }
  if (wasStopped || isRelease) return <Release agent={view} own={own} close={close} />;
  return (
    <SigningBody wish={stopOf(id)} close={close}
      after={(sent) => <Quiet agent={view} waited={before?.approvals ?? 0} sent={sent} />}>
      <p>It takes effect with the next entry, and costs nothing. Work that it delivered is still paid;{' '}
        what waits for approval becomes void. To release it, {needed(view.guardianThreshold, view.guardians.length)} must
        agree.</p>
    </SigningBody>
  );
}

const stopOf = (agent: string): Wish => ({
  title: '', path: '/v1/oversight', commands: [{ type: 'agent.stop', agent }], act: 'Stop with a passkey', isDangerous: true,
  done: `The agent ${short(agent)} is stopped.`,
});

function needed(threshold: number, all: number): string {
  return `${threshold} of its ${count(all, 'guardian')}`;
}

/** What became of what was under way, told from the ledger: entries of the agent after the stop, and its open work. */
function Quiet({ agent, waited, sent }: { agent: Agent; waited: number; sent: Sent }) {
  const entries = useQuery(ask.accountEntries(agent.id, 100));
  const open = useQuery(ask.openWorkloads());
  const chain = useQuery(ask.chain());
  const seq = Number(sent.outcome.seq);
  const later = entries.data?.filter((entry) => entry.seq > seq && entry.sender === agent.id);
  const effects = later?.filter((entry) => entry.outcome === 'applied').length;
  const running = open.data?.items.filter((one) => one.provider === agent.id || one.client === agent.id);
  const isQuiet = agent.stopped && effects === 0;
  return (
    <div data-testid="quiet">
      <h3>{isQuiet ? <Status tone="good">All is quiet</Status> : <Status tone="warn">Looking</Status>}</h3>
      <dl className="facts">
        <dt>Time to quiet</dt>
        <dd>{sent.tookMs.toLocaleString('en')} ms from your signature to the durable stop</dd>
        <dt>Effects since</dt>
        <dd>{effects === undefined ? 'Reading the ledger' : `${count(effects, 'effect')} of this agent after entry #${seq}`}
          {chain.data && effects !== undefined && `, read up to entry #${chain.data.seq.toLocaleString('en')}`}</dd>
        <dt>Waiting for approval</dt>
        <dd>{waited === 0 ? 'Nothing was' : `${count(waited, 'payload')} made void, what ${waited === 1 ? 'it' : 'they'} held is free`}</dd>
        <dt>Work under way</dt>
        <dd>{running === undefined ? 'Reading the ledger'
          : running.length === 0 ? 'None'
            : <>{running.map((one) => <Link key={one.id} href={`/workloads/${one.id}`} className="mono">{one.id} </Link>)}
                {running.length === 1 ? 'runs' : 'run'} to {running.length === 1 ? 'its' : 'their'} deadlines: refunds, and
                pay for what was delivered, go on</>}</dd>
        <dt>Release</dt>
        <dd>{needed(agent.guardianThreshold, agent.guardians.length)} must agree; this button then leads there</dd>
      </dl>
    </div>
  );
}

/** Who has agreed to a release, and the way to agree. */
export function Release({ agent, own, close }: { agent: Agent; own: string; close: () => void }) {
  const [hadAgreed] = useState(agent.releaseAgreedBy.includes(own));
  const state = agent.stopped ? 'It is stopped' : 'The monitor put it into safe mode';
  const stand = (
    <p data-testid="release">{state}. To release it, {needed(agent.guardianThreshold, agent.guardians.length)} must agree;{' '}
      {count(agent.releaseAgreedBy.length, 'has', 'have')} so far
      {agent.releaseAgreedBy.length > 0 && <>: {agent.releaseAgreedBy.map((id) => <Id key={id} value={id} />)}</>}.</p>
  );
  if (!agent.stopped && !agent.safeMode) return <p data-testid="release">It is released, and may act again.</p>;
  if (hadAgreed) return <>{stand}<p>You have agreed. What it signed before the stop stays dead.</p></>;
  return (
    <SigningBody close={close} after={() => stand} wish={{
      title: '', path: '/v1/oversight', commands: [{ type: 'agent.release', agent: agent.id }],
      act: 'Agree with a passkey', done: 'You agreed to the release.',
    }}>{stand}</SigningBody>
  );
}

function OfCouncil({ scope, close }: { scope: Scope; close: () => void }) {
  const chain = useQuery(ask.chain());
  const [wasStopped, setWasStopped] = useState<boolean>();
  if (!chain.data) return chain.error ? <Failure error={chain.error} /> : <Loading rows={3} />;
  const view = chain.data;
  const stop = scope === 'all' ? view.allStop : view.marketStop;
  if (wasStopped === undefined) {
    setWasStopped(stop.isStopped);
    return null;
  }
  const name = scope === 'all' ? 'Everything' : 'The market';
  const stand = (
    <p data-testid="release">{name} is {stop.isStopped ? 'stopped' : 'not stopped'}. To release it, {view.councilThreshold} of
      the council must agree; {count(stop.releaseAgreedBy.length, 'has', 'have')} so far
      {stop.releaseAgreedBy.length > 0 && <>: {stop.releaseAgreedBy.map((id) => <AgentLink key={id} id={id} />)}</>}.</p>
  );
  const wish: Wish = wasStopped
    ? { title: '', path: '/v1/oversight', commands: [{ type: 'market.release', scope }], act: 'Agree with a passkey',
        done: 'You agreed to the release.' }
    : { title: '', path: '/v1/oversight', commands: [{ type: 'market.stop', scope }], act: 'Stop with a passkey',
        isDangerous: true, done: `${name} is stopped.` };
  return (
    <SigningBody wish={wish} close={close} after={(sent) => (
      <>
        {!wasStopped && (
          <div data-testid="quiet">
            <h3><Status tone="good">All is quiet</Status></h3>
            <p>{sent.tookMs.toLocaleString('en')} ms from your signature to the durable stop. No entry after
              #{sent.outcome.seq} has an effect that it covers; deadlines of work stand still meanwhile.</p>
          </div>
        )}
        {stand}
      </>
    )}>{stand}</SigningBody>
  );
}
