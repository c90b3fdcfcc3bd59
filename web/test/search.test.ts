import { describe, expect, it } from 'vitest';
import { baseUnits, questionOf, searchOf } from '../src/lib/search';

const read = (text: string) => searchOf(new URLSearchParams(text));

describe('a search in the address', () => {
  it('without anything asks for everything', () => expect(questionOf(read(''))).toEqual(
    { capability: undefined, maxPrice: undefined, minSettledPpm: undefined, health: undefined }));

  it('asks the node what was chosen', () => expect(
    questionOf(read('capability=digits&price=0.5&record=90&health=gone&q=ann'))).toEqual(
    { capability: 'digits', maxPrice: '500000000000000000', minSettledPpm: 900_000, health: 'gone' }));

  it('leaves out what nobody could have chosen', () => expect(
    read('capability=<b>&record=7&health=well')).toEqual(
    { q: '', capability: '', price: '', record: '', health: '' }));

  it('shows a price that is none, and does not ask it', () => {
    expect(read('price=cheap').price).toBe('cheap');
    expect(questionOf(read('price=cheap')).maxPrice).toBeUndefined();
  });
});

describe('tokens as written', () => {
  it.each([['1', '1000000000000000000'], ['0.000000000000000001', '1'], [' 2.50 ', '2500000000000000000']])(
    '%s', (text, units) => expect(baseUnits(text)).toBe(units));
  it.each(['', '-1', '1e3', '1.', '.5', '0.0000000000000000001'])(
    '%s is none', (text) => expect(baseUnits(text)).toBeUndefined());
});
