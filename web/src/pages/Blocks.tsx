import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import * as ask from '../api/queries';
import { Id, Page, Time } from '../parts/basics';
import { Empty, Show } from '../parts/states';
import { Table } from '../parts/table';
import { LedgerTabs } from './Ledger';

const PAGE = 25;
/** Entries before the last one from which the newest blocks are shown. */
const NEWEST = 200;

export default function Blocks() {
  const [starts, setStarts] = useState<number[]>([]);
  const query = useQuery(ask.blocks(starts.at(-1) ?? 1, PAGE));
  const chain = useQuery(ask.chain());
  const next = query.data && query.data.length === PAGE ? query.data.at(-1)!.header.lastSeq + 1 : undefined;
  return (
    <Page title="Blocks" about="Runs of entries under one Merkle root, each signed by the node." aside={<LedgerTabs />}>
      <div className="card">
        <Show query={query} rows={8}>
          {(blocks) => (blocks.length > 0
            ? (
              <Table
                label="Blocks"
                rows={blocks}
                keyOf={(row) => row.header.height}
                columns={[
                  { title: 'Block', cell: (row) => <strong>{row.header.height.toLocaleString('en')}</strong> },
                  { title: 'Entries', cell: (row) => (
                    <><Link href={`/ledger/${row.header.firstSeq}`} className="mono">#{row.header.firstSeq}</Link> to{' '}
                      <Link href={`/ledger/${row.header.lastSeq}`} className="mono">#{row.header.lastSeq}</Link></>) },
                  { title: 'Root', cell: (row) => <Id value={row.header.root} /> },
                  { title: 'Previous block', cell: (row) => <Id value={row.header.previous} /> },
                  { title: 'Term', isNumber: true, cell: (row) => row.header.term },
                  { title: 'Time', cell: (row) => <Time ms={row.header.timeMs} brief /> },
                ]}
              />
            )
            : <Empty title="No block is closed yet">The first one closes after some entries, or shortly after the
                first.</Empty>)}
        </Show>
        <div className="pager">
          <Button variant="default" disabled={!chain.data}
            onClick={() => setStarts([Math.max(1, chain.data!.seq - NEWEST)])}>Newest</Button>
          <Button variant="default" disabled={starts.length === 0} onClick={() => setStarts(starts.slice(0, -1))}>
            Earlier
          </Button>
          <Button variant="default" disabled={next === undefined} onClick={() => setStarts([...starts, next!])}>
            Later
          </Button>
        </div>
      </div>
    </Page>
  );
}
