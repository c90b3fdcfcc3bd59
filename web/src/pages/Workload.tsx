import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import * as ask from '../api/queries';
import { share } from '../lib/amount';
import { endingOf, phaseOf } from '../lib/market';
import { span, words } from '../lib/words';
import { AgentLink, Amount, Card, Id, Meant, Page, Status, Time } from '../parts/basics';
import { Ending } from '../parts/market';
import { Panel, Verdicts } from '../parts/panel';
import { Empty, Failure, Show } from '../parts/states';

type History = Schemas['WorkloadHistoryView'];

/** Puts links where words name an account by its number. */
function Words({ text, accounts }: { text: string; accounts: History['accounts'] }) {
  return (
    <span className="words">
      {text.split(/(#\d+)/).map((part, at) => {
        const named = accounts.find((account) => `#${account.number}` === part);
        if (!named) return part;
        return named.id
          ? <span key={at} title={named.id} className="mono">{part}</span>
          : <span key={at} title="The treasury">{part}</span>;
      })}
    </span>
  );
}

/** Steps of the check, which stand out from those of the market. */
const checks = new Set([
  'validationAsked', 'workSealed', 'drawPostponed', 'validatorDrawn', 'commitmentsOpened', 'verdictCommitted',
  'commitmentsClosed', 'verdictGiven', 'validatorReleased',
]);

function markOf(type: string, history: History): string {
  if (type === 'moved') return '';
  if (type === 'workloadEnded') return history.finished ? endingOf(history.finished.ending).tone : 'main';
  return checks.has(type) ? 'check' : 'main';
}

function Timeline({ history }: { history: History }) {
  return (
    <>
      {!history.isWhole && (
        <p className="about">Its beginning is older than this node remembers; it stands in the ledger.</p>
      )}
      <ol className="steps" aria-label="Timeline">
        {history.steps.map((step, at) => (
          <li key={at} className={markOf(step.type, history)}>
            <div className="row">
              <strong>{step.type === 'moved' ? 'Tokens moved' : words(step.type)}</strong>
              <span className="when"><Time ms={step.timeMs} brief />{' · '}
                <Link href={`/ledger/${step.seq}`} className="mono">#{step.seq}</Link></span>
            </div>
            <Words text={step.words} accounts={history.accounts} />
          </li>
        ))}
      </ol>
    </>
  );
}

function FinishedFacts({ of }: { of: Schemas['FinishedView'] }) {
  return (
    <dl className="facts">
      <dt>Capability</dt><dd>{of.capability}</dd>
      <dt>Client</dt><dd><AgentLink id={of.client} /></dd>
      <dt>Provider</dt><dd>{of.provider ? <AgentLink id={of.provider} /> : 'Never awarded'}</dd>
      <dt>Paid</dt><dd><Amount value={of.paid} /> of at most <Amount value={of.maxPrice} /></dd>
      {of.forfeited !== '0' && <><dt>Lost by the provider</dt><dd><Amount value={of.forfeited} /></dd></>}
      <dt>Units</dt><dd>{of.units.toLocaleString('en')}</dd>
      <dt>Quality</dt>
      <dd>{of.submittedAtMs != null ? `${share(of.qualityPpm)} declared, ` : ''}{share(of.minQualityPpm)} promised</dd>
      <dt>Ending</dt><dd>{endingOf(of.ending).about}</dd>
      <dt>Posted</dt><dd><Time ms={of.postedAtMs} /></dd>
      <dt>Ended</dt><dd><Time ms={of.endedAtMs} /> (after {span(of.endedAtMs - of.postedAtMs)})</dd>
      <dt>Input</dt><dd><Id value={of.input} /></dd>
      <dt>Specification</dt><dd><Id value={of.spec} /></dd>
      {of.result && <><dt>Result</dt><dd><Id value={of.result} /></dd></>}
    </dl>
  );
}

function OpenFacts({ id }: { id: string }) {
  const query = useQuery(ask.openWorkload(id));
  return (
    <Show query={query}>
      {(of) => (
        <dl className="facts">
          <dt>Capability</dt><dd>{of.capability}</dd>
          <dt>Client</dt><dd><AgentLink id={of.client} /></dd>
          <dt>Provider</dt><dd>{of.provider ? <AgentLink id={of.provider} /> : 'Not awarded yet'}</dd>
          <dt>Price</dt><dd>{of.price ? <><Amount value={of.price} />, </> : null}at most <Amount value={of.maxPrice} /></dd>
          <dt>Bonds</dt><dd><Amount value={of.bidBond} /> to bid, <Amount value={of.jobBond} /> to do the job</dd>
          <dt>Bids</dt><dd>{of.bids}</dd>
          <dt>Units</dt><dd>{of.units.toLocaleString('en')}</dd>
          <dt>Least quality</dt><dd>{share(of.minQualityPpm)}</dd>
          <dt>Deadline</dt><dd><Time ms={of.deadlineMs} /> of this phase</dd>
          <dt>Input</dt><dd><Id value={of.input} /></dd>
          <dt>Specification</dt><dd><Id value={of.spec} /></dd>
        </dl>
      )}
    </Show>
  );
}

function Receipt({ id }: { id: string }) {
  const query = useQuery(ask.receipt(id));
  return (
    <Card title="Receipt" about="Proves this job and its pay with nothing else at hand: aitbc receipt verify checks it."
      aside={query.data
        ? <Button component="a" size="compact-sm" variant="default" href={`/v1/workloads/${id}/receipt`} download={`${id}.json`}>
            Download
          </Button>
        : undefined}>
      {query.error && 'code' in query.error && query.error.code === 'blockOpen'
        ? <Empty title="Not yet">A receipt leads into closed blocks; this block closes shortly.</Empty>
        : (
          <Show query={query}>
            {(data) => <pre className="json" tabIndex={0} aria-label="The receipt">{JSON.stringify(data, null, 2)}</pre>}
          </Show>
        )}
    </Card>
  );
}

export default function Workload({ id }: { id: string }) {
  const history = useQuery(ask.workloadHistory(id));
  const data = history.data;
  const open = useQuery({ ...ask.openWorkload(id), enabled: data !== undefined && !data.finished });
  if (history.error && !data) {
    return (
      <Page title={`Workload ${id}`}><Failure error={history.error} retry={() => void history.refetch()} /></Page>
    );
  }
  return (
    <Page title={`Workload ${id}`}
      aside={data && (data.finished ? <Ending of={data.finished} />
        : open.data ? <Meant of={phaseOf(open.data.phase)} /> : <Status tone="calm">Under way</Status>)}>
      <div className="grid">
        <div className="stack" style={{ alignContent: 'start' }}>
          <Card title="The job">
            <Show query={history}>
              {(view) => (view.finished ? <FinishedFacts of={view.finished} /> : <OpenFacts id={id} />)}
            </Show>
          </Card>
          {data?.finished
            ? data.finished.verdicts && <Verdicts of={data.finished.verdicts} history={data} />
            : open.data?.validation && <Panel of={open.data} panel={open.data.validation} />}
          {data?.finished?.isPaid && <Receipt id={id} />}
        </div>
        <Card title="What happened">
          <Show query={history} rows={8}>{(view) => <Timeline history={view} />}</Show>
        </Card>
      </div>
    </Page>
  );
}
