import { Button, Group, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import * as ask from '../api/queries';
import { Page, Time } from '../parts/basics';
import { Outcome } from '../parts/market';
import { Empty, Show } from '../parts/states';
import { Table } from '../parts/table';

const PAGE = 25;

export function LedgerTabs() {
  return <Group gap="md"><Link href="/ledger">Entries</Link><Link href="/ledger/blocks">Blocks</Link></Group>;
}

export default function Ledger() {
  const [top, setTop] = useState<number>();
  const [wanted, setWanted] = useState<string | number>('');
  const [, go] = useLocation();
  const chain = useQuery(ask.chain());
  const last = chain.data?.seq ?? 0;
  const to = top ?? last;
  const from = Math.max(1, to - PAGE + 1);
  const query = useQuery({ ...ask.entryWords(from, Math.max(1, to - from + 1)), enabled: last > 0 });
  return (
    <Page title="Ledger" about="Everything that happened, in order. Each entry is hashed over the one before it."
      aside={<LedgerTabs />}>
      <div className="card">
        <form onSubmit={(event) => {
          event.preventDefault();
          if (wanted !== '') go(`/ledger/${wanted}`);
        }}>
          <Group align="flex-end" mb="md">
            <NumberInput label="Entry" placeholder={`1 to ${last}`} min={1} max={Math.max(1, last)} allowDecimal={false}
              allowNegative={false} hideControls value={wanted} onChange={setWanted} w={160} />
            <Button type="submit" variant="default">Open</Button>
          </Group>
        </form>
        {chain.data?.seq === 0 && <Empty title="Nothing has happened yet">The first signed command is entry 1.</Empty>}
        {chain.data?.seq !== 0 && <Show query={chain.data ? query : chain as never} rows={10}>
          {(entries: NonNullable<typeof query.data>) => (
            <Table
              label="Entries"
              rows={entries.toReversed()}
              keyOf={(row) => row.seq}
              columns={[
                { title: 'Entry', cell: (row) => <Link href={`/ledger/${row.seq}`} className="mono">#{row.seq}</Link> },
                { title: 'What', isWide: true, cell: (row) => (
                  <>{row.asked[0]?.words}{row.askedInAll > 1 && `, and ${row.askedInAll - 1} more`}</>) },
                { title: 'Outcome', cell: (row) => <Outcome value={row.outcome} /> },
                { title: 'Events', isNumber: true, cell: (row) => row.eventsInAll },
                { title: 'Time', cell: (row) => <Time ms={row.timeMs} brief /> },
              ]}
            />
          )}
        </Show>}
        <div className="pager">
          <Button variant="default" disabled={to >= last}
            onClick={() => setTop(to + PAGE >= last ? undefined : to + PAGE)}>Newer</Button>
          <span className="unit">{last > 0 && `Entries ${from} to ${to} of ${last.toLocaleString('en')}`}</span>
          <Button variant="default" disabled={from <= 1} onClick={() => setTop(from - 1)}>Older</Button>
        </div>
      </div>
    </Page>
  );
}
