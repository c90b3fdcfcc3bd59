import { describe, expect, it } from 'vitest';
import { count, short, span, words } from '../src/lib/words';

describe('words', () => {
  it('a name on the wire becomes words', () => expect(words('clientSilent')).toBe('Client silent'));
  it('an id is told apart at both ends', () => expect(short('A'.repeat(39) + 'xyzw')).toBe('AAAAAA…xyzw'));
  it('a short name stays', () => expect(short('w42')).toBe('w42'));
  it.each([[1, '1 fault'], [0, '0 faults'], [1200, '1,200 faults']])(
    '%d', (number, text) => expect(count(number, 'fault')).toBe(text));
  it.each([[900, '900 ms'], [61_000, '1 min 1 s'], [90_061_000, '1 d 1 h'], [3_600_000, '1 h']])(
    '%d ms', (ms, text) => expect(span(ms)).toBe(text));
});
