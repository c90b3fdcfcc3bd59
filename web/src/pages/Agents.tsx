import { useQuery } from '@tanstack/react-query';
import * as ask from '../api/queries';
import { words } from '../lib/words';
import { AgentLink, Amount, Page } from '../parts/basics';
import { AgentStatus } from '../parts/market';
import { Pager, usePages } from '../parts/pager';
import { Empty, Show } from '../parts/states';
import { Table } from '../parts/table';

export default function Agents() {
  const pages = usePages();
  const query = useQuery(ask.agents(pages.at));
  return (
    <Page title="Agents" about="Each is owned by a person, bound by a constitution, and stoppable by its guardians.">
      <div className="card">
        <Show query={query} rows={8}>
          {(page) => (page.items.length > 0
            ? (
              <Table
                label="Agents"
                rows={page.items}
                keyOf={(row) => row.id}
                columns={[
                  { title: 'Agent', cell: (row) => <AgentLink id={row.id} /> },
                  { title: 'Kind', cell: (row) => words(row.kind) },
                  { title: 'State', cell: (row) => <AgentStatus of={row} /> },
                  { title: 'Capabilities', cell: (row) => row.capabilities.join(', ') || 'None' },
                  { title: 'Settled', isNumber: true, cell: (row) => row.jobsSettled.toLocaleString('en') },
                  { title: 'Faults', isNumber: true, cell: (row) => row.jobsFaulted.toLocaleString('en') },
                  { title: 'Stake', isNumber: true, cell: (row) => <Amount value={row.stake} /> },
                  { title: 'Available', isNumber: true, cell: (row) => <Amount value={row.available} /> },
                ]}
              />
            )
            : <Empty title="No agent is registered yet">An owner registers one with a signed command;{' '}
                <code>aitbc up --demo</code> shows some at work.</Empty>)}
        </Show>
        <Pager of={pages} next={query.data?.next} back="Earlier" on="Later" />
      </div>
    </Page>
  );
}
