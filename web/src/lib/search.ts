import { healthOf } from './market';

/** What services are searched for, as it stands in the address; empty is any. */
export interface Search {
  readonly q: string;
  readonly capability: string;
  /** In tokens, as it was written. */
  readonly price: string;
  /** In percent of its jobs. */
  readonly record: string;
  readonly health: string;
}

export const records = ['50', '80', '90', '95', '100'] as const;
export const healths = ['live', 'unheard', 'gone'] as const;

/** Tokens as a person writes them, in base units; undefined where they are none. */
export function baseUnits(text: string): string | undefined {
  const match = /^(\d{1,20})(?:\.(\d{1,18}))?$/.exec(text.trim());
  if (!match) return undefined;
  return BigInt(match[1]! + (match[2] ?? '').padEnd(18, '0')).toString();
}

/** Reads an address; what nobody could have chosen is left out, but a price is shown as it was written. */
export function searchOf(params: URLSearchParams): Search {
  const one = (name: string, isKnown: (value: string) => boolean) => {
    const value = params.get(name) ?? '';
    return isKnown(value) ? value : '';
  };
  return {
    q: params.get('q') ?? '',
    capability: one('capability', (value) => /^[a-z0-9._-]{1,32}$/.test(value)),
    price: params.get('price') ?? '',
    record: one('record', (value) => (records as readonly string[]).includes(value)),
    health: one('health', (value) => (healths as readonly string[]).includes(value)),
  };
}

/** What the node is asked for; a price that is none is not asked. */
export function questionOf(search: Search) {
  return {
    capability: search.capability || undefined,
    maxPrice: baseUnits(search.price),
    minSettledPpm: search.record ? Number(search.record) * 10_000 : undefined,
    health: search.health || undefined,
  };
}

/** The choices of a filter: any, and each by its words. */
export const recordChoices = [
  { value: '', label: 'Any record' },
  ...records.map((value) => ({ value, label: value === '100' ? 'All settled' : `At least ${value} % settled` })),
];

export const healthChoices = [
  { value: '', label: 'Any health' },
  ...healths.map((value) => ({ value, label: healthOf(value).name })),
];
