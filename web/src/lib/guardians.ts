import { short } from './words';

/** Most guardians of an agent. */
export const mostGuardians = 8;

interface Guarded {
  owner: string;
  guardians: readonly string[];
  guardianThreshold: number;
}

/** What a proposal of other guardians changes, in sentences; why it cannot be made, where it cannot. */
export function changeOf(of: Guarded, then: readonly string[], threshold: number) {
  const come = then.filter((id) => !of.guardians.includes(id));
  const go = of.guardians.filter((id) => !then.includes(id));
  const isSame = come.length === 0 && go.length === 0 && threshold === of.guardianThreshold;
  const problem = then.length === 0 ? 'An agent has at least one guardian.'
    : isSame ? 'This is as it is: add a person, take one out, or change how many decide.' : '';
  const words = [
    ...come.map((id) => `${short(id)}${id === of.owner ? ', its owner,' : ''} may then stop it, and has a say in all that it asks.`),
    ...go.map((id) => `${short(id)} has no say any more.`),
    threshold === of.guardianThreshold && then.length === of.guardians.length
      ? `As before, ${threshold} of ${then.length} decide.`
      : `Then ${threshold} of ${then.length} decide, and no longer ${of.guardianThreshold} of ${of.guardians.length}.`,
    ...(threshold === 1 && then.length > 1 ? ['Each of them alone then loosens its bounds and releases it.'] : []),
    ...(threshold === then.length && then.length > 1 ? ['Should one of them lose their keys, nobody can release it or replace them.'] : []),
  ];
  return { isOne: problem === '', problem, words };
}
