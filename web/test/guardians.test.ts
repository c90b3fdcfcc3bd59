import { expect, test } from 'vitest';
import { changeOf } from '../src/lib/guardians';

const [ann, bob, cyd] = ['A'.repeat(43), 'B'.repeat(43), 'C'.repeat(43)];
const agent = { owner: cyd, guardians: [ann, bob], guardianThreshold: 1 };

test('what changes nothing, or leaves nobody, cannot be proposed', () => {
  expect(changeOf(agent, [bob, ann], 1)).toMatchObject({ isOne: false, problem: expect.stringContaining('as it is') });
  expect(changeOf(agent, [], 1)).toMatchObject({ isOne: false, problem: 'An agent has at least one guardian.' });
});

test('who comes, who goes and how many decide is said', () => {
  const { isOne, words } = changeOf(agent, [ann, cyd], 2);
  expect(isOne).toBe(true);
  expect(words).toEqual([
    'CCCCCC…CCCC, its owner, may then stop it, and has a say in all that it asks.',
    'BBBBBB…BBBB has no say any more.',
    'Then 2 of 2 decide, and no longer 1 of 2.',
    'Should one of them lose their keys, nobody can release it or replace them.',
  ]);
});

test('a threshold alone is a change, and what it means alone is said', () => {
  expect(changeOf({ ...agent, guardianThreshold: 2 }, [ann, bob], 1).words).toContain(
    'Each of them alone then loosens its bounds and releases it.');
  expect(changeOf(agent, [ann, cyd], 1).words).toContain('As before, 1 of 2 decide.');
});
