import { tokens } from './amount';
import { baseUnits } from './search';
import type { Rule, Terms } from './sentences';

/** What agents can be allowed to do, in few words; what guardians, owners and council do is never theirs. */
export const actions: readonly (readonly [name: string, about: string])[] = [
  ['transfer', 'pay anybody'],
  ['account.open', 'open accounts for people'],
  ['agent.register', 'register agents'],
  ['key.add', 'add keys to its account'],
  ['key.revoke', 'take keys from its account'],
  ['agent.retire', 'retire agents it owns'],
  ['stake.deposit', 'stake'],
  ['stake.withdraw', 'take stake back'],
  ['service.list', 'offer services'],
  ['service.update', 'change its services'],
  ['service.delist', 'withdraw its services'],
  ['blob.declare', 'keep data and pay rent'],
  ['workload.post', 'buy work'],
  ['workload.cancel', 'cancel what it buys'],
  ['workload.accept', 'accept results and pay'],
  ['bid.place', 'bid for work'],
  ['bid.open', 'open its bids'],
  ['workload.start', 'start work'],
  ['workload.submit', 'deliver results'],
  ['workload.seal', 'seal results'],
  ['workload.reveal', 'show sealed results'],
  ['verdict.commit', 'commit to verdicts'],
  ['verdict.reveal', 'give verdicts'],
];

/** A constitution as a person edits it: amounts in tokens, spans in hours, lists as text. */
export interface Draft {
  maxValuePerAction: string;
  maxDailyVolume: string;
  maxGasPerDay: string;
  maxStake: string;
  keyChangeHours: string;
  hours: string;
  counterparties: string;
  requiresHumanApproval: boolean;
  allowedActions: readonly string[];
  rules: string;
}

export type Field = Exclude<keyof Draft, 'requiresHumanApproval' | 'allowedActions'>;

const hourMs = 3_600_000;
const amounts = ['maxValuePerAction', 'maxDailyVolume', 'maxGasPerDay', 'maxStake'] as const;

/** What is edited, from what is in force. */
export function draftOf(terms: Terms): Draft {
  return {
    maxValuePerAction: plain(terms.maxValuePerAction),
    maxDailyVolume: plain(terms.maxDailyVolume),
    maxGasPerDay: plain(terms.maxGasPerDay),
    maxStake: plain(terms.maxStake),
    keyChangeHours: String(terms.keyChangeHoldMs / hourMs),
    hours: hoursText(terms.hoursUtc),
    counterparties: terms.counterparties.join('\n'),
    requiresHumanApproval: terms.requiresHumanApproval,
    allowedActions: terms.allowedActions,
    rules: JSON.stringify((terms.rules ?? []).map(withoutNulls), null, 2),
  };
}

/** The constitution that a draft says, or what cannot be read of it, by field. */
export function termsOf(draft: Draft): { terms?: Terms; faults: Partial<Record<Field, string>> } {
  const faults: Partial<Record<Field, string>> = {};
  const units = amounts.map((name) => {
    const found = baseUnits(draft[name].replaceAll(',', ''));
    if (found === undefined) faults[name] = 'Write a number such as 100 or 0.5.';
    return found ?? '0';
  });
  const hours = hoursOf(draft.hours);
  if (!hours) faults.hours = 'Write hours such as 0-23 or 8-17, 20.';
  const hold = Number(draft.keyChangeHours);
  if (draft.keyChangeHours.trim() === '' || !Number.isFinite(hold) || hold < 0 || !Number.isInteger(hold * hourMs)) {
    faults.keyChangeHours = 'Write hours such as 0 or 24.';
  }
  const counterparties = draft.counterparties.split(/[\s,]+/).filter((one) => one !== '');
  if (!counterparties.every((one) => /^[A-Za-z0-9_-]{43}$/.test(one))) {
    faults.counterparties = 'Write an account’s id, 43 characters, on each line.';
  }
  let rules: Rule[] = [];
  try {
    const read = JSON.parse(draft.rules.trim() || '[]') as unknown;
    if (!Array.isArray(read)) throw new Error('Rules are a list: [ … ].');
    rules = read as Rule[];
  } catch (error) {
    faults.rules = `This is no list of rules in JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (Object.keys(faults).length > 0) return { faults };
  const [maxValuePerAction = '', maxDailyVolume = '', maxGasPerDay = '', maxStake = ''] = units;
  return {
    faults,
    terms: {
      maxStake, maxDailyVolume, maxGasPerDay, maxValuePerAction,
      allowedActions: draft.allowedActions,
      counterparties,
      hoursUtc: hours!,
      keyChangeHoldMs: hold * hourMs,
      requiresHumanApproval: draft.requiresHumanApproval,
      ...(rules.length > 0 && { rules }),
    },
  };
}

/** Rules to begin with, by what they do. */
export const samples: readonly (readonly [name: string, rule: Rule])[] = [
  ['Ask a person above an amount', { type: 'approvalAbove', actions: ['transfer'], amount: '10000000000000000000' }],
  ['Most of one action', { type: 'maxValue', actions: ['transfer'], amount: '10000000000000000000' }],
  ['Most in a rolling window', { type: 'rollingValue', actions: ['transfer'], amount: '50000000000000000000', windowMs: 3_600_000 }],
  ['Most acts in a rolling window', { type: 'rollingCount', actions: ['bid.place'], count: 100, windowMs: 3_600_000 }],
  ['Never', { type: 'deny', actions: ['key.add', 'key.revoke'] }],
  ['Only in some hours', { type: 'hours', actions: ['transfer'], hoursUtc: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17] }],
  ['Not soon after another', { type: 'sequence', actions: ['key.add'], then: ['transfer'], windowMs: 86_400_000 }],
  ['Only with a good record', { type: 'counterpartyRecord', actions: ['workload.post'], minRecordPpm: 900_000 }],
];

/** Hours as ranges: "0-7, 20". */
export function hoursText(hours: readonly number[]): string {
  const parts: string[] = [];
  for (let at = 0; at < hours.length;) {
    let end = at;
    while (hours[end + 1] === hours[end]! + 1) end += 1;
    parts.push(end === at ? String(hours[at]) : `${hours[at]}-${hours[end]}`);
    at = end + 1;
  }
  return parts.join(', ');
}

/** Ranges as hours; undefined where they are none. */
export function hoursOf(text: string): number[] | undefined {
  const found = new Set<number>();
  for (const part of text.split(',').map((one) => one.trim()).filter((one) => one !== '')) {
    const match = /^(\d{1,2})(?:\s*-\s*(\d{1,2}))?$/.exec(part);
    const [from, to] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (!match || from > to || to > 23) return undefined;
    for (let hour = from; hour <= to; hour += 1) found.add(hour);
  }
  return [...found].sort((one, two) => one - two);
}

/** Members that are null are left out, as in a command. */
export function withoutNulls<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null && one !== undefined)) as T;
}

function plain(units: string): string {
  return tokens(units).replaceAll(',', '');
}
