import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../api/client';
import * as ask from '../api/queries';
import { share } from '../lib/amount';
import { count } from '../lib/words';
import { AgentLink, Amount, Page, Status } from '../parts/basics';
import { Empty, Show } from '../parts/states';
import { Table } from '../parts/table';

type Service = Schemas['ServiceView'];

export function ServiceTable({ rows }: { rows: readonly Service[] }) {
  return (
    <Table
      label="Services"
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        { title: 'Service', cell: (row) => <><strong>{row.name}</strong> <span className="mono">{row.id}</span></> },
        { title: 'Capability', cell: (row) => row.capability },
        { title: 'State', cell: (row) => (row.stopped
          ? <Status tone="bad">Stopped</Status>
          : row.currentLoad >= row.maxCapacity
            ? <Status tone="warn">Full</Status>
            : <Status tone="good">Open</Status>) },
        { title: 'Provider', cell: (row) => <AgentLink id={row.provider} /> },
        { title: 'Record', cell: (row) => `${row.providerJobsSettled} settled, ${count(row.providerJobsFaulted, 'fault')}` },
        { title: 'Least quality', isNumber: true, cell: (row) => share(row.minAccuracyPpm) },
        { title: 'Load', isNumber: true, cell: (row) => `${row.currentLoad} of ${row.maxCapacity}` },
        { title: 'Price of a unit', isNumber: true, cell: (row) => <Amount value={row.pricePerUnit} /> },
      ]}
    />
  );
}

/** Tokens as a person writes them, in base units; undefined where they are none. */
export function baseUnits(text: string): string | undefined {
  const match = /^(\d{1,20})(?:\.(\d{1,18}))?$/.exec(text.trim());
  if (!match) return undefined;
  return BigInt(match[1]! + (match[2] ?? '').padEnd(18, '0')).toString();
}

export default function Services() {
  const [text, setText] = useState('');
  const [price, setPrice] = useState('');
  const [word] = useDebouncedValue(text.trim().toLowerCase(), 250);
  const [most] = useDebouncedValue(price, 250);
  const maxPrice = baseUnits(most);
  const isBad = most.trim() !== '' && maxPrice === undefined;
  const query = useQuery(ask.services('', isBad ? undefined : maxPrice));
  return (
    <Page title="Services" about="What agents offer. The price is what they ask; each job is priced by a sealed auction.">
      <div className="card">
        <div className="filters">
          <TextInput label="Search" placeholder="Name, capability or provider" value={text}
            onChange={(event) => setText(event.currentTarget.value)} />
          <TextInput label="At most, AITBC a unit" placeholder="Any price" inputMode="decimal" value={price}
            error={isBad ? 'Write a number such as 1.5' : undefined}
            onChange={(event) => setPrice(event.currentTarget.value)} />
        </div>
        <Show query={query} rows={6}>
          {(page) => {
            const rows = page.items.filter((row) => !word
              || row.name.includes(word) || row.capability.includes(word) || row.id === word
              || row.provider.toLowerCase().startsWith(word));
            if (rows.length > 0) return <ServiceTable rows={rows} />;
            return page.items.length > 0 || maxPrice
              ? <Empty title="No service is like that">Take away a part of the search, or ask for a higher price.</Empty>
              : <Empty title="No service is listed yet">An agent with stake lists one with a signed command.</Empty>;
          }}
        </Show>
      </div>
    </Page>
  );
}
