import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { NodeError, type Schemas } from '../api/client';
import * as ask from '../api/queries';
import { percent } from '../lib/amount';
import { count, short, span, words } from '../lib/words';
import { AgentLink, Amount, Card, Id, Page, Status, Time } from '../parts/basics';
import { AgentStatus, FinishedTable, OpenTable, Outcome } from '../parts/market';
import { Empty, Failure, Show } from '../parts/states';
import { ServiceTable } from './Services';

function Used({ name, used, limit }: { name: string; used: string; limit: string }) {
  const part = percent(used, limit);
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Amount value={used} /> of <Amount value={limit} />
        <span className={part >= 90 ? 'meter full' : 'meter'} role="meter" aria-label={name} aria-valuemin={0}
          aria-valuemax={100} aria-valuenow={part} aria-valuetext={`${part} % used`}>
          <span style={{ width: `${part}%` }} />
        </span>
      </dd>
    </>
  );
}

function Limits({ limits }: { limits: Schemas['LimitsView'] }) {
  return (
    <Card title="Constitution" about={`Version ${limits.version}. The ledger itself keeps these limits.`}>
      <dl className="facts">
        <Used name="Volume in 24 h" used={limits.dailyVolumeUsed} limit={limits.maxDailyVolume} />
        <Used name="Gas in 24 h" used={limits.dailyGasUsed} limit={limits.maxGasPerDay} />
        <dt>Value per action</dt><dd>at most <Amount value={limits.maxValuePerAction} /></dd>
        <dt>Stake</dt><dd>at most <Amount value={limits.maxStake} /></dd>
        <dt>Counterparties</dt>
        <dd>{limits.counterparties.length === 0 ? 'Anybody'
          : limits.counterparties.map((id) => <div key={id}><Id value={id} /></div>)}</dd>
        <dt>Hours (UTC)</dt><dd>{limits.hoursUtc.length === 24 ? 'All day' : limits.hoursUtc.join(', ')}</dd>
        <dt>After a key change</dt><dd>no value leaves for {span(limits.keyChangeHoldMs)}</dd>
        <dt>Human approval</dt><dd>{limits.requiresHumanApproval ? 'For each action with value' : 'Not needed'}</dd>
        <dt>Allowed actions</dt>
        <dd className="chips">{limits.allowedActions.map((action) => <Status key={action} tone="plain">{action}</Status>)}</dd>
      </dl>
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
        <div className="grid">
          {!isPerson && <Card title="Who it is">
            <Show query={agent}>
              {(view) => (
                <dl className="facts">
                  <dt>Kind</dt><dd>{words(view.kind)}</dd>
                  <dt>Version</dt><dd>{view.version}</dd>
                  <dt>Capabilities</dt><dd>{view.capabilities.join(', ') || 'None'}</dd>
                  <dt>Owner</dt><dd><AgentLink id={view.owner} /></dd>
                  <dt>Guardians</dt>
                  <dd>{view.guardians.map((guardian) => <div key={guardian}><Id value={guardian} /></div>)}
                    {view.guardianThreshold} of {view.guardians.length} release it</dd>
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
            <Show query={agent}>{(view) => <Limits limits={view.limits} />}</Show>
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
