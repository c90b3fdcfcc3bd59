import { describe, expect, it } from 'vitest';
import { draftOf, hoursOf, hoursText, samples, termsOf } from '../src/lib/constitution';
import { linesOf, readPayload, sentenceOf, sentencesOf, type Terms } from '../src/lib/sentences';
import { toBase64Url } from '../src/lib/proof';

const id = 'A'.repeat(43);
const terms: Terms = {
  maxStake: '1500000000000000000', maxDailyVolume: '1000000000000000000000', maxGasPerDay: '1', maxValuePerAction: '0',
  allowedActions: ['transfer'], counterparties: [id], hoursUtc: [0, 1, 2, 9, 23], keyChangeHoldMs: 5_400_000,
  requiresHumanApproval: true, rules: samples.map(([, rule]) => rule),
};

describe('a constitution that is edited', () => {
  it('says what it said before, where nothing is changed', () => {
    expect(termsOf(draftOf(terms))).toEqual({ faults: {}, terms });
    const bare = { ...terms, rules: undefined };
    expect(termsOf(draftOf(bare)).terms).not.toHaveProperty('rules');
  });

  it.each([
    ['maxStake', 'much'], ['maxDailyVolume', ''], ['maxGasPerDay', '-1'], ['keyChangeHours', 'x'], ['hours', '24'],
    ['hours', '9-8'], ['counterparties', 'somebody'], ['rules', '{}'], ['rules', '[1'],
  ])('is not read where %s is "%s"', (name, text) => {
    const read = termsOf({ ...draftOf(terms), [name]: text });
    expect(read.terms).toBeUndefined();
    expect(Object.keys(read.faults)).toEqual([name]);
  });

  it('has its hours as ranges', () => {
    expect(hoursText([0, 1, 2, 9, 23])).toBe('0-2, 9, 23');
    expect(hoursOf(' 9, 0 - 2,23')).toEqual([0, 1, 2, 9, 23]);
    expect(hoursOf('')).toEqual([]);
  });
});

describe('a sentence', () => {
  const payload = (commands: object[]) => new TextEncoder().encode(JSON.stringify({ from: id, commands }));

  it('of a payment and of a stop says all of it', () => {
    expect(sentencesOf(payload([{ type: 'transfer', to: id, amount: '1500000000000000000' }, { type: 'agent.stop', agent: id }]))
      .map((one) => one.text)).toEqual([
      `Pay 1.5 AITBC to ${id}`, `Stop the agent ${id} at once; what it signed before is dead, also after its release`,
    ]);
  });

  it('of an approval says what the approved bytes ask for', () => {
    const inner = payload([{ type: 'stake.deposit', amount: '1000000000000000000' }]);
    expect(sentenceOf({ type: 'approval.grant', approval: 'a7', payload: toBase64Url(inner) })).toEqual({
      text: `Approve what the agent ${id} asks for under a7`, parts: ['Stake 1 AITBC'],
    });
  });

  it('of what is not known shows it whole', () => {
    expect(sentenceOf({ type: 'order.place', price: '7' }).text).toContain('{"type":"order.place","price":"7"}');
  });

  it('of a constitution has a line for each of its parts', () => {
    const lines = linesOf(terms);
    expect(lines).toHaveLength(8 + samples.length);
    expect(lines).toContain('It acts only in the hours 0, 1, 2, 9, 23 UTC.');
    expect(lines).toContain('Rule 1: transfer above 10 AITBC waits for a person’s approval.');
    expect(lines).toContain('Rule 7: no transfer within 1 day of key.add.');
  });

  it('is never made of bytes that are no text', () => {
    expect(() => readPayload(new Uint8Array([0xff, 0xfe]))).toThrow();
  });
});
