import { expect, it } from 'vitest';
import { upTo, type PageOf } from '../src/lib/pages';

/** A list of which a call looks at four rows, of which it may want none. */
const list = (wanted: (row: number) => boolean, rows = 12) => (limit: number, after = 0): Promise<PageOf<number>> => {
  const items: number[] = [];
  let row = after;
  for (; row < Math.min(after + 4, rows) && items.length < limit; row += 1) if (wanted(row)) items.push(row);
  return Promise.resolve({ items, next: row < rows ? row : null });
};

it.each([
  ['past pages that are empty', (row: number) => row === 11, 5, { items: [11], next: null }],
  ['until there are enough, and says that there are more', (row: number) => row % 2 === 0, 3, { items: [0, 2, 4], next: 5 }],
  ['to the end where nothing is wanted', () => false, 5, { items: [], next: null }],
  ['no further than asked for', () => true, 4, { items: [0, 1, 2, 3], next: 4 }],
])('reads on %s', async (_, wanted, limit, found) => expect(await upTo(limit, list(wanted))).toEqual(found));
