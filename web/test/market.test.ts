import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { endingOf, healthOf, phaseOf, seatOf } from '../src/lib/market';

interface Document { components: { schemas: Record<string, { enum?: string[] }> } }
const document = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8')) as Document;
const valuesOf = (name: string) => document.components.schemas[name]!.enum!;

describe('what things are called', () => {
  it.each([
    ['WorkloadEnding', endingOf, 11], ['WorkloadPhase', phaseOf, 10], ['ServiceHealth', healthOf, 3],
  ] as const)('each %s that the node names has words of its own and says what it means', (name, meaningOf, least) => {
    const meanings = valuesOf(name).map((value) => meaningOf(value));
    expect(meanings.length).toBeGreaterThanOrEqual(least);
    expect(new Set(meanings.map((meaning) => meaning.name)).size).toBe(meanings.length);
    for (const meaning of meanings) expect(meaning.about).toMatch(/\.$/);
  });

  it.each([['verified', 'good'], ['refuted', 'bad'], ['unverified', 'warn'], ['cancelled', 'plain']])(
    '%s is %s', (ending, tone) => expect(endingOf(ending).tone).toBe(tone));

  it.each(['sealed', 'committing', 'revealing', 'judging'])(
    '%s stands out as a check', (phase) => expect(phaseOf(phase).tone).toBe('check'));

  it('what a newer node names is shown as it is', () => expect(endingOf('heldUp')).toEqual(
    { name: 'Held up', tone: 'plain', about: '' }));
});

describe('a seat', () => {
  it('waits before the draw', () => expect(seatOf(undefined, 'running').name).toBe('Waiting for the draw'));
  it('is at work while it may commit', () => expect(seatOf('drawn', 'committing').tone).toBe('calm'));
  it.each(['revealing', 'judging'])(
    'that committed to nothing is silent while %s', (phase) => expect(seatOf('drawn', phase).name).toBe('Silent'));
  it('has words for each state that the node names', () => {
    const names = valuesOf('SeatState').map((state) => seatOf(state, 'judging').name);
    expect(names).toEqual(['Silent', 'Committed', 'Found it right', 'Found it wrong']);
  });
});
