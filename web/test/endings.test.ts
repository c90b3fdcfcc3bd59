import { describe, expect, it } from 'vitest';
import { endingSeries, endingWords } from '../src/lib/endings';

const spans = [
  { settled: 5, verified: 2, unpaid: 1 },
  undefined,
  { settled: 1, verified: 1, unpaid: 0 },
  { settled: 2000, verified: 0, unpaid: 3 },
];

describe('how workloads ended', () => {
  it('tells what validators found right from what the client let pass, span by span', () =>
    expect(endingSeries(spans)).toEqual([
      { name: 'Paid: verified', values: [2, 0, 1, 0] },
      { name: 'Paid: accepted or client silent', values: [3, 0, 0, 2000] },
      { name: 'Not paid', values: [1, 0, 0, 3] },
    ]));

  it('counts each workload once', () => {
    const drawn = endingSeries(spans).flatMap((one) => one.values).reduce((all, value) => all + value, 0);
    expect(drawn).toBe(spans.reduce((all, span) => all + (span ? span.settled + span.unpaid : 0), 0));
  });

  it.each([
    [spans, '2,006 workloads paid (3 verified, 2,003 accepted or client silent), 4 not'],
    [[{ settled: 1, verified: 1, unpaid: 0 }], '1 workload paid (1 verified, 0 accepted or client silent), 0 not'],
    [[], '0 workloads paid (0 verified, 0 accepted or client silent), 0 not'],
  ])('says the same in words', (some, text) => expect(endingWords(some)).toBe(text));
});
