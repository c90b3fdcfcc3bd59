import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { endingOf, phaseOf } from '../lib/market';
import { words } from '../lib/words';
import { AgentLink, Amount, Meant, Status, Time } from './basics';
import { Table } from './table';

type Finished = Schemas['FinishedView'];
type Open = Schemas['WorkloadView'];

export function Ending({ of }: { of: Finished }) {
  return <Meant of={endingOf(of.ending)} />;
}

export function Outcome({ value }: { value: string }) {
  return <Status tone={value === 'applied' ? 'good' : value === 'parked' ? 'warn' : 'bad'}>{words(value)}</Status>;
}

export function AgentStatus({ of }: { of: Schemas['AgentView'] }) {
  if (of.retired) return <Status tone="plain">Retired</Status>;
  if (of.stopped) return <Status tone="bad">Stopped</Status>;
  return of.safeMode ? <Status tone="warn">Safe mode</Status> : <Status tone="good">Active</Status>;
}

export function FinishedTable({ rows, label }: { rows: readonly Finished[]; label: string }) {
  return (
    <Table
      label={label}
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        { title: 'Workload', cell: (row) => <Link href={`/workloads/${row.id}`} className="mono">{row.id}</Link> },
        { title: 'Capability', cell: (row) => row.capability },
        { title: 'Ending', cell: (row) => <Ending of={row} /> },
        { title: 'Provider', cell: (row) => (row.provider ? <AgentLink id={row.provider} /> : 'None') },
        { title: 'Paid', isNumber: true, cell: (row) => <Amount value={row.paid} /> },
        { title: 'Ended', cell: (row) => <Time ms={row.endedAtMs} brief /> },
      ]}
    />
  );
}

export function OpenTable({ rows }: { rows: readonly Open[] }) {
  return (
    <Table
      label="Workloads under way"
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        { title: 'Workload', cell: (row) => <Link href={`/workloads/${row.id}`} className="mono">{row.id}</Link> },
        { title: 'Capability', cell: (row) => row.capability },
        { title: 'Phase', cell: (row) => <Meant of={phaseOf(row.phase)} /> },
        { title: 'Checked by', cell: (row) => (row.validation
          ? `${row.validation.needed} of ${row.validation.validators} validators` : 'The client') },
        { title: 'Bids', isNumber: true, cell: (row) => row.bids },
        { title: 'Provider', cell: (row) => (row.provider ? <AgentLink id={row.provider} /> : 'Not awarded') },
        { title: 'At most', isNumber: true, cell: (row) => <Amount value={row.maxPrice} /> },
        { title: 'Deadline', cell: (row) => <Time ms={row.deadlineMs} brief /> },
      ]}
    />
  );
}
