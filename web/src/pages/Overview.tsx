import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import * as ask from '../api/queries';
import { roughly } from '../lib/amount';
import { endingSeries, endingWords } from '../lib/endings';
import { words } from '../lib/words';
import { Amount, Card, Page, Time } from '../parts/basics';
import { Chart, type Series } from '../parts/chart';
import { FinishedTable, Outcome } from '../parts/market';
import { Empty, Show } from '../parts/states';

type SeriesView = Schemas['SeriesView'];
type Point = SeriesView['points'][number];
type Money = Schemas['MoneyView'];

const MAX_SPANS = 360;
const MAX_GAP = 12;
const widths = [{ value: '10000', label: 'Newest hour' }, { value: '600000', label: 'Newest days' }];
const places: readonly [keyof Money, string][] = [
  ['escrow', 'Escrow'], ['stake', 'Stake'], ['bond', 'Bond'], ['unbonding', 'Unbonding'],
];

/** The newest spans, also those in which nothing happened; a long time of nothing is drawn as a short one. */
function filled(view: SeriesView): { time: number; point?: Point }[] {
  const spans: { time: number; point?: Point }[] = [];
  for (const point of view.points) {
    const before = spans.at(-1)?.time ?? point.startMs;
    const gap = Math.min(MAX_GAP, Math.max(0, (point.startMs - before) / view.widthMs - 1));
    for (let at = gap; at > 0; at -= 1) spans.push({ time: point.startMs - at * view.widthMs });
    spans.push({ time: point.startMs, point });
  }
  return spans.slice(-MAX_SPANS);
}

function namesOf(points: readonly Point[], names: (point: Point) => Iterable<string>): string[] {
  return [...new Set(points.flatMap((point) => [...names(point)]))].sort();
}

function Tiles({ children }: { children: ReactNode }) {
  return <dl className="tiles">{children}</dl>;
}

function Tile({ name, long, children }: { name: string; long?: boolean; children: ReactNode }) {
  return <div><dt>{name}</dt><dd className={long ? 'long' : undefined}>{children}</dd></div>;
}

function Charts({ view, width }: { view: SeriesView; width: ReactNode }) {
  const shown = filled(view);
  const spans = shown.map((span) => span.point);
  const times = shown.map((span) => span.time);
  const ended = endingWords(view.points);
  const capabilities = namesOf(view.points, (point) => point.prices.map((price) => price.capability));
  const outcomes = namesOf(view.points, (point) => Object.keys(point.outcomes));
  const prices: Series[] = capabilities.map((capability) => ({
    name: capability,
    values: spans.map((span) => {
      const price = span?.prices.find((one) => one.capability === capability);
      return price && price.units > 0 ? roughly(price.paid) / price.units : null;
    }),
  }));
  let money: Money | undefined;
  const stands = spans.map((span) => (money = span?.money ?? money));
  return (
    <>
      <div className="head" style={{ marginBottom: 12 }}>
        <h2 style={{ margin: 0, fontSize: '1.15rem' }}>What happens</h2>{width}
      </div>
      <div className="grid" data-testid="charts">
        <Card title="Workloads that ended" about={`${ended}, in the time shown`}>
          <Chart kind="bar" unit="" times={times} label={`Workloads over time: ${ended}.`} series={endingSeries(spans)} />
        </Card>
        <Card title="Prices by capability" about="Paid for one unit of work, in AITBC; each line up is ten times as much">
          {capabilities.length > 0
            ? <Chart kind="line" isLog unit="AITBC" times={times} series={prices}
                label={`Price of a unit over time for ${capabilities.join(', ')}.`} />
            : <Empty title="No price yet">A price is known once a workload was paid.</Empty>}
        </Card>
        <Card title="Payloads by outcome" about="As far as they were journalled; what is turned away leaves no trace">
          <Chart kind="bar" unit="" times={times} label={`Payloads over time: ${outcomes.map(words).join(', ')}.`}
            series={outcomes.map((outcome) => ({
              name: words(outcome), values: spans.map((span) => span?.outcomes[outcome] ?? 0),
            }))} />
        </Card>
        <Card title="Money at work" about="Tokens of all accounts, in AITBC; each line up is ten times as much">
          <Chart kind="line" isLog unit="AITBC" times={times} label="Tokens in escrow, stake, bonds and unbonding over time."
            series={places.map(([place, name]) => ({
              name, values: stands.map((stand) => (stand ? roughly(stand[place]) : null)),
            }))} />
        </Card>
      </div>
    </>
  );
}

export function Overview() {
  const [width, setWidth] = useState('10000');
  const chain = useQuery(ask.chain());
  const money = useQuery(ask.money());
  const series = useQuery(ask.series(Number(width)));
  const finished = useQuery(ask.finished(8));
  const last = chain.data?.seq ?? 0;
  const news = useQuery({ ...ask.entryWords(Math.max(1, last - 7), 8), enabled: last > 0 });
  return (
    <Page title="Overview" about="Agents at work on this node, as it happens.">
      <Show query={chain} rows={2}>
        {(view) => (
          <Tiles>
            <Tile name="Agents">{view.agents.toLocaleString('en')}</Tile>
            <Tile name="Services">{view.services.toLocaleString('en')}</Tile>
            <Tile name="Open workloads"><span data-testid="open">{view.workloads.toLocaleString('en')}</span></Tile>
            <Tile name="Accounts">{view.accounts.toLocaleString('en')}</Tile>
            <Tile name="Ledger entries"><span data-testid="seq">{view.seq.toLocaleString('en')}</span></Tile>
            <Tile name="Last entry" long><Time ms={view.timeMs} brief /></Tile>
          </Tiles>
        )}
      </Show>
      <div className="stack">
        <Show query={series} rows={8}>
          {(view) => (view.points.length > 0
            ? <Charts view={view} width={(
                <SegmentedControl aria-label="Time shown" size="sm" data={widths} value={width} onChange={setWidth} />
              )} />
            : <Empty title="Nothing has happened yet">Charts begin with the first entries. <code>aitbc up --demo</code>{' '}
                shows a small economy at work.</Empty>)}
        </Show>
        <div className="grid" style={{ alignItems: 'start' }}>
          <Card title="Where the tokens are" about="Every token is in exactly one place; together they are the supply">
            <Show query={money}>
              {(view) => (
                <dl className="facts">
                  {(['available', 'escrow', 'stake', 'bond', 'unbonding', 'treasury'] as const).map((place) => (
                    <div key={place} style={{ display: 'contents' }}>
                      <dt>{words(place)}</dt><dd className="number"><Amount value={view.money[place]} /></dd>
                    </div>
                  ))}
                  <dt><strong>Supply</strong></dt><dd><strong><Amount value={view.supply} /></strong></dd>
                </dl>
              )}
            </Show>
          </Card>
          <Card title="Newest entries" about="What the ledger just did"
            aside={<Link href="/ledger">All entries</Link>}>
            <Show query={news}>
              {(entries) => (
                <ul className="list">
                  {entries.toReversed().map((entry) => (
                    <li key={entry.seq}>
                      <div className="row">
                        <Link href={`/ledger/${entry.seq}`} className="mono">#{entry.seq}</Link>
                        {entry.outcome !== 'applied' && <Outcome value={entry.outcome} />}
                        <span className="unit"><Time ms={entry.timeMs} brief /></span>
                      </div>
                      <div>{entry.asked[0]?.words}{entry.askedInAll > 1 && `, and ${entry.askedInAll - 1} more`}</div>
                    </li>
                  ))}
                </ul>
              )}
            </Show>
          </Card>
        </div>
        <Card title="Newest finished workloads" aside={<Link href="/workloads">All workloads</Link>}>
          <Show query={finished}>
            {(page) => (page.items.length > 0
              ? <FinishedTable rows={page.items} label="Newest finished workloads" />
              : <Empty title="No workload has finished yet">Paid or not, it will be listed here.</Empty>)}
          </Show>
        </Card>
      </div>
    </Page>
  );
}
