import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import * as ask from '../api/queries';
import { duration } from '../lib/sentences';
import { words } from '../lib/words';
import { AgentLink, Page, Status, Time } from '../parts/basics';
import { Outcome } from '../parts/market';
import { Pager, usePages } from '../parts/pager';
import { Empty, Show } from '../parts/states';
import { Table } from '../parts/table';

type Alert = Schemas['AlertView'];

function Verdict({ of }: { of: Alert }) {
  if (!of.enforced) return <Status tone="plain">Only watched</Status>;
  return of.verdict === 'safeMode' ? <Status tone="bad">Safe mode</Status> : <Status tone="warn">To a person</Status>;
}

/** What became of what was judged. */
function Became({ of }: { of: Alert }) {
  return (
    <>
      {of.outcome ? <Outcome value={of.outcome} /> : <Status tone="plain">Not known yet</Status>}
      {of.approval && <div><Link href={`/approvals/${of.approval}`}>Approval {of.approval}</Link></div>}
    </>
  );
}

export function AlertTable({ rows, isOfOne = false }: { rows: readonly Alert[]; isOfOne?: boolean }) {
  return (
    <Table label="Alerts" rows={rows} keyOf={(row) => row.seq} columns={[
      { title: 'When', cell: (row) => <><Time ms={row.time} brief />
        <div><Link href={`/ledger/${row.seq}`} className="mono">#{row.seq}</Link></div></> },
      ...(isOfOne ? [] : [{ title: 'Agent', cell: (row: Alert) => <span className="whole"><AgentLink id={row.agentId} /></span> }]),
      { title: 'Verdict', cell: (row) => <Verdict of={row} /> },
      { title: 'Why', isWide: true, cell: (row) => <><strong>{words(row.detector)}.</strong> {row.words}
        <div className="unit">{row.windowMs > 0 ? `Counted over ${duration(row.windowMs)}` : 'The act by itself'}
          {row.subject === 'owner' && ', all agents of its owner together'}</div></> },
      { title: 'What became of it', cell: (row) => <Became of={row} /> },
    ]} />
  );
}

/** What the monitor found. */
export default function Alerts() {
  const pages = usePages();
  const query = useQuery(ask.alerts(undefined, pages.at));
  return (
    <Page title="Alerts" about="What the monitor found unlike an agent’s past: why, over which time, and what followed.">
      <div className="card">
        <Show query={query} rows={8}>
          {(page) => (page.items.length > 0
            ? <AlertTable rows={page.items} />
            : <Empty title="The monitor found nothing">Findings of the newest entries that the node remembers come here.</Empty>)}
        </Show>
        <Pager of={pages} next={query.data?.next} />
      </div>
    </Page>
  );
}
