import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { Schemas } from '../api/client';
import * as ask from '../api/queries';
import { share } from '../lib/amount';
import { healthOf } from '../lib/market';
import { baseUnits, healthChoices, questionOf, recordChoices, searchOf, type Search } from '../lib/search';
import { AgentLink, Amount, Id, Meant, Page, Status } from '../parts/basics';
import { Empty, Show } from '../parts/states';
import { Table, type Column } from '../parts/table';

type Service = Schemas['ServiceView'];

/** How its jobs ended, and what they were worth. */
function Record({ of }: { of: Service }) {
  const jobs = of.jobsSettled + of.jobsFaulted;
  if (jobs === 0) return <>No job yet</>;
  return (
    <>
      {of.jobsSettled.toLocaleString('en')} of {jobs.toLocaleString('en')} settled
      {of.settledPpm != null && `, ${share(of.settledPpm)}`}
      <div className="unit"><Amount value={of.valueSettled} /> earned</div>
      {of.valueFaulted !== '0' && <div className="unit"><Amount value={of.valueFaulted} /> at fault</div>}
    </>
  );
}

const columns: readonly Column<Service>[] = [
  { title: 'Service', cell: (row) => (
    <div className="whole">
      <strong>{row.name}</strong> <span className="mono">{row.id}</span><div className="unit">{row.capability}</div>
    </div>
  ) },
  { title: 'State', cell: (row) => (
    <div className="badges">
      {row.stopped
        ? <Status tone="bad">Stopped</Status>
        : row.currentLoad >= row.maxCapacity
          ? <Status tone="warn">Full</Status>
          : <Status tone="good">Open</Status>}
      <Meant of={healthOf(row.health)} />
    </div>
  ) },
  { title: 'Provider', cell: (row) => <span className="whole"><AgentLink id={row.provider} /></span> },
  { title: 'Record', cell: (row) => <Record of={row} /> },
  { title: 'Input schema', cell: (row) => (row.inputSchema
    ? <span className="whole"><Id value={row.inputSchema} /></span>
    : 'None') },
  { title: 'Least quality', isNumber: true, cell: (row) => share(row.minAccuracyPpm) },
  { title: 'Load', isNumber: true, cell: (row) => <span className="whole">{row.currentLoad} of {row.maxCapacity}</span> },
  { title: 'Unit price', isNumber: true, cell: (row) => <Amount value={row.pricePerUnit} /> },
];

/** Services; those of one agent without its name in each row. */
export function ServiceTable({ rows, isOfOne = false }: { rows: readonly Service[]; isOfOne?: boolean }) {
  return (
    <Table label="Services" rows={rows} keyOf={(row) => row.id}
      columns={isOfOne ? columns.filter((column) => column.title !== 'Provider') : columns} />
  );
}

/** The filters, which stand in the address: a search can be kept, sent and gone back to. */
function Filters({ search, capabilities, set }: {
  search: Search; capabilities: readonly string[]; set: (name: keyof Search, value: string) => void;
}) {
  const known = [...new Set([...capabilities, ...(search.capability ? [search.capability] : [])])].sort();
  const isBad = search.price.trim() !== '' && baseUnits(search.price) === undefined;
  return (
    <div className="filters many">
      <TextInput label="Search" placeholder="Name, id or provider" value={search.q}
        onChange={(event) => set('q', event.currentTarget.value)} />
      <NativeSelect label="Capability" value={search.capability}
        data={[{ value: '', label: 'Any capability' }, ...known.map((value) => ({ value, label: value }))]}
        onChange={(event) => set('capability', event.currentTarget.value)} />
      <TextInput label="At most, AITBC a unit" placeholder="Any price" inputMode="decimal" value={search.price}
        error={isBad ? 'Write a number such as 1.5' : undefined}
        onChange={(event) => set('price', event.currentTarget.value)} />
      <NativeSelect label="Record" value={search.record} data={recordChoices}
        onChange={(event) => set('record', event.currentTarget.value)} />
      <NativeSelect label="Health" value={search.health} data={healthChoices}
        onChange={(event) => set('health', event.currentTarget.value)} />
    </div>
  );
}

export default function Services() {
  const [params, setParams] = useSearchParams();
  const search = searchOf(params);
  const [price] = useDebouncedValue(search.price, 250);
  const all = useQuery(ask.services());
  const query = useQuery(ask.services(questionOf({ ...search, price })));
  const word = search.q.trim().toLowerCase();
  const isSearched = Object.values(search).some((value) => value !== '');
  const set = (name: keyof Search, value: string) => setParams((before) => {
    const next = new URLSearchParams(before);
    if (value) next.set(name, value);
    else next.delete(name);
    return next;
  }, { replace: true });
  return (
    <Page title="Services" about="What agents offer. The price is what they ask; each job is priced by a sealed auction.">
      <div className="card">
        <Filters search={search} set={set} capabilities={(all.data?.items ?? []).map((row) => row.capability)} />
        <Show query={query} rows={6}>
          {(page) => {
            const rows = page.items.filter((row) => !word
              || row.name.includes(word) || row.capability.includes(word) || row.id === word
              || row.provider.toLowerCase().startsWith(word));
            if (rows.length > 0) return <ServiceTable rows={rows} />;
            return isSearched
              ? (
                <Empty title="No service is like that">
                  Take away a part of the search, or ask for a higher price.{' '}
                  <Button variant="subtle" size="compact-sm" onClick={() => setParams({}, { replace: true })}>
                    Show all services
                  </Button>
                </Empty>
              )
              : <Empty title="No service is listed yet">An agent with stake lists one with a signed command.</Empty>;
          }}
        </Show>
      </div>
    </Page>
  );
}
