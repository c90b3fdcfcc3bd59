import { describe, expect, it } from 'vitest';
import { percent, roughly, share, sum, tokens } from '../src/lib/amount';

describe('amounts', () => {
  it.each([
    ['0', '0'],
    ['1', '0.000000000000000001'],
    ['1000000000000000000', '1'],
    ['1500000000000000000', '1.5'],
    ['1234567000000000000000000', '1,234,567'],
    ['999999999999999999', '0.999999999999999999'],
    ['170141183460469231731687303715884105727', '170,141,183,460,469,231,731.687303715884105727'],
  ])('%s base units are exactly %s tokens', (units, text) => expect(tokens(units)).toBe(text));

  it('a difference keeps its sign', () => expect(tokens(-1_500_000_000_000_000_000n)).toBe('-1.5'));

  it('sums lose nothing', () =>
    expect(sum(['170141183460469231731687303715884105726', '1'])).toBe(170141183460469231731687303715884105727n));

  it.each([
    ['0', '0', 0], ['1', '3', 33.3], ['5', '5', 100], ['7', '5', 100], ['1', '0', 0],
  ])('%s of %s is %d percent', (part, whole, expected) => expect(percent(part, whole)).toBe(expected));

  it('what is drawn is near', () => expect(roughly('1500000000000000000')).toBeCloseTo(1.5, 9));

  it.each([[950_000, '95 %'], [1, '0.0001 %'], [0, '0 %'], [1_000_000, '100 %']])(
    '%d ppm are %s', (ppm, text) => expect(share(ppm)).toBe(text));
});
