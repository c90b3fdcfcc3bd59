import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { NodeError, type Schemas } from '../api/client';
import * as ask from '../api/queries';
import { count, short, words } from '../lib/words';
import { AgentLink, Amount, Card, Id, Page, Time } from '../parts/basics';
import { DecisionList } from '../parts/decisions';
import { Guardians } from '../parts/guardians';
import { AgentStatus, FinishedTable, OpenTable, Outcome } from '../parts/market';
import { MotionCard } from '../parts/motions';
import { Overrides } from '../parts/overrides';
import { Gauges, Who } from '../parts/oversight';
import { useSigning, Words } from '../parts/signing';
import { Empty, Failure, Show } from '../parts/states';
import StopDialog from '../parts/stopping';
import { AlertTable } from './Alerts';
import { ServiceTable } from './Services';

type View = Schemas['AgentView'];

/** Why it does not act, and the way to its release. */
function Held({ agent }: { agent: View }) {
  const [isOpen, setIsOpen] = useState(false);
  const dialog = isOpen && <StopDialog agent={agent.id} isRelease close={() => setIsOpen(false)} />;
  if (agent.retired || !(agent.stopped || agent.safeMode)) return dialog;
  return (
    <><Card title={agent.stopped ? 'It is stopped' : 'It is in safe mode'} about={agent.stopped
      ? 'What it signed before is dead, also after its release. Pay for what it delivered goes on.'
      : 'The monitor found it far from its past: what it is exposed to may only shrink.'}
      aside={<Button size="compact-md" variant="default" onClick={() => setIsOpen(true)}>Release</Button>}>
      <dl className="facts">
        <dt>Release</dt>
        <dd>{agent.guardianThreshold} of {count(agent.guardians.length, 'guardian')} must agree,{' '}
          {count(agent.releaseAgreedBy.length, 'has', 'have')} so far</dd>
        <dt>Agreed</dt><dd><Who ids={agent.releaseAgreedBy} none="Nobody yet" /></dd>
      </dl>
    </Card>{dialog}</>
  );
}

function Constitution({ agent }: { agent: View }) {
  const lines = agent.constitution?.words ?? [];
  return (
    <Card title="Constitution" about={`Version ${agent.limits.version}. The ledger itself keeps it, also against the agent’s own
      process.`}
      aside={<Link href={`/agents/${agent.id}/constitution`}>Change it, and try it on its past</Link>}>
      <ul className="lines">{lines.map((line) => <li key={line}><Words text={line} /></li>)}</ul>
    </Card>
  );
}

/** What waits for this agent's guardians. */
function Waiting({ agent }: { agent: View }) {
  const motions = useQuery({ ...ask.motions(undefined, agent.id), enabled: agent.motions > 0 });
  const [sign, dialog] = useSigning();
  return (
    <>
      {agent.approvals > 0 && (
        <Card title="Waiting for approval">
          <p>{count(agent.approvals, 'payload')} of this agent {agent.approvals === 1 ? 'waits' : 'wait'} for its guardians:{' '}
            <Link href="/approvals">read and decide</Link>.</p>
        </Card>
      )}
      {agent.motions > 0 && motions.data?.items.map((one) => <MotionCard key={one.id} of={one} sign={sign} />)}
      {dialog}
    </>
  );
}

function Alerts({ id }: { id: string }) {
  const query = useQuery(ask.alerts(id, undefined, 5));
  if (!query.data || query.data.items.length === 0) return null;
  return (
    <Card title="Alerts" about="What the monitor found, newest first" aside={<Link href="/alerts">All alerts</Link>}>
      <AlertTable rows={query.data.items} isOfOne />
    </Card>
  );
}

function Decisions({ id }: { id: string }) {
  const query = useQuery(ask.decisions(id));
  return (
    <Card title="History" about="Who decided what, newest first"
      aside={<Link href={`/agents/${id}/history`}>Whole history</Link>}>
      <Show query={query}>
        {(page) => (page.items.length > 0 ? <DecisionList of={page.items.slice(0, 6)} /> : <Empty title="Nothing yet" />)}
      </Show>
    </Card>
  );
}

export default function Agent({ id }: { id: string }) {
  const agent = useQuery(ask.agent(id));
  const account = useQuery(ask.account(id));
  const services = useQuery(ask.services());
  const open = useQuery(ask.openWorkloads());
  const finished = useQuery(ask.finished(10, id));
  const entries = useQuery(ask.accountEntries(id));
  const mine = services.data?.items.filter((service) => service.provider === id);
  const running = open.data?.items.filter((one) => one.provider === id || one.client === id) ?? [];
  const isPerson = agent.error instanceof NodeError && agent.error.status === 404 && account.data !== undefined;
  if (agent.error && !agent.data && !isPerson) {
    return <Page title="Agent"><Failure error={agent.error} retry={() => void agent.refetch()} /></Page>;
  }
  return (
    <Page title={`${isPerson ? 'Person' : 'Agent'} ${short(id)}`} about={<Id value={id} full />}
      {...(agent.data && { aside: <AgentStatus of={agent.data} /> })}>
      <div className="stack">
        {agent.data && <><Held agent={agent.data} /><Waiting agent={agent.data} /></>}
        <div className="grid">
          {!isPerson && <Card title="Who it is">
            <Show query={agent}>
              {(view) => (
                <dl className="facts">
                  <dt>Kind</dt><dd>{words(view.kind)}</dd>
                  <dt>Version</dt><dd>{view.version}</dd>
                  <dt>Capabilities</dt><dd>{view.capabilities.join(', ') || 'None'}</dd>
                  <dt>Owner</dt><dd><AgentLink id={view.owner} /></dd>
                  <dt>Record</dt>
                  <dd>{count(view.jobsSettled, 'workload')} settled, {count(view.jobsFaulted, 'fault')}</dd>
                </dl>
              )}
            </Show>
          </Card>}
          <Card title="Balance">
            <Show query={account}>
              {(view) => (
                <dl className="facts">
                  {(['available', 'escrow', 'stake', 'bond', 'unbonding'] as const).map((place) => (
                    <div key={place} style={{ display: 'contents' }}>
                      <dt>{words(place)}</dt><dd><Amount value={view[place]} /></dd>
                    </div>
                  ))}
                  <dt>Keys</dt><dd>{view.keys.map((key) => <div key={key}><Id value={key} /></div>)}</dd>
                </dl>
              )}
            </Show>
          </Card>
        </div>
        {!isPerson && (
          <>
            <Show query={agent}>
              {(view) => (
                <>
                  <Card title="Limits" about="What of each is used, what is reserved for what waits, and when it is free again">
                    <Gauges limits={view.limitUses ?? []} />
                  </Card>
                  <Constitution agent={view} />
                  <Overrides agent={view} />
                  <Guardians agent={view} />
                </>
              )}
            </Show>
            <Alerts id={id} />
            <Decisions id={id} />
            <Card title="Services" about="With the record of each">
              <Show query={services}>
                {() => (mine!.length > 0 ? <ServiceTable rows={mine!} isOfOne /> : <Empty title="It offers no service" />)}
              </Show>
            </Card>
          </>
        )}
        <Card title="Workloads">
          {running.length > 0 && <OpenTable rows={running} />}
          <Show query={finished}>
            {(page) => (page.items.length > 0
              ? <FinishedTable rows={page.items} label="Finished workloads of this agent" />
              : running.length === 0 && <Empty title="No workload yet">Neither as client nor as provider.</Empty>)}
          </Show>
        </Card>
        <Card title="Recent entries" about="What touched this account, newest first">
          <Show query={entries}>
            {(list) => (
              <ul className="list">
                {list.map((entry) => (
                  <li key={entry.seq} className="row">
                    <span><Link href={`/ledger/${entry.seq}`} className="mono">#{entry.seq}</Link>{' '}
                      {entry.asked[0]?.words}{entry.askedInAll > 1 && `, and ${entry.askedInAll - 1} more`}</span>
                    <span>{entry.outcome !== 'applied' && <Outcome value={entry.outcome} />}{' '}
                      <span className="unit"><Time ms={entry.timeMs} brief /></span></span>
                  </li>
                ))}
              </ul>
            )}
          </Show>
        </Card>
      </div>
    </Page>
  );
}
