import { count } from './words';

/** How many workloads ended in a span of time, and how. */
export interface Ended {
  readonly settled: number;
  readonly verified: number;
  readonly unpaid: number;
}

/** Spans of time in which workloads ended; one in which nothing happened is left out or undefined. */
type Spans = readonly (Ended | undefined)[];

const kinds: readonly (readonly [string, (one: Ended) => number])[] = [
  ['Paid: verified', (one) => one.verified],
  ['Paid: accepted or client silent', (one) => one.settled - one.verified],
  ['Not paid', (one) => one.unpaid],
];

/** What is drawn: each kind of ending, span by span. What validators checked is never one with what nobody checked. */
export const endingSeries = (spans: Spans) =>
  kinds.map(([name, of]) => ({ name, values: spans.map((span) => (span ? of(span) : 0)) }));

/** The same in words: "3 workloads paid (2 verified, 1 accepted or client silent), 1 not". */
export function endingWords(spans: Spans): string {
  const [verified, other, unpaid] = endingSeries(spans)
    .map((one) => one.values.reduce((all, value) => all + value, 0)) as [number, number, number];
  return `${count(verified + other, 'workload')} paid (${verified.toLocaleString('en')} verified, `
    + `${other.toLocaleString('en')} accepted or client silent), ${unpaid.toLocaleString('en')} not`;
}
