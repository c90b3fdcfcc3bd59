import { tokens } from './amount';
import { fromBase64Url } from './proof';
import { count } from './words';

/** What a payload asks for, in plain sentences made here from its very bytes: what is read is what is signed. */

export type Command = { type: string } & Record<string, unknown>;

/** A payload as it stands in its bytes. */
export interface Read {
  chain: string;
  from: string;
  nonce: { lane: number; sequence: number };
  validUntil: number;
  epoch: number;
  commands: readonly Command[];
}

/** A sentence, and what it is made of where it has parts: the lines of a constitution, the acts that are approved. */
export interface Sentence {
  text: string;
  parts: readonly string[];
}

export interface Terms {
  maxStake: string;
  maxDailyVolume: string;
  maxGasPerDay: string;
  maxValuePerAction: string;
  allowedActions: readonly string[];
  counterparties: readonly string[];
  hoursUtc: readonly number[];
  keyChangeHoldMs: number;
  requiresHumanApproval: boolean;
  rules?: readonly Rule[] | null | undefined;
}

export interface Rule {
  type: string;
  actions: readonly string[];
  amount?: string | null;
  count?: number | null;
  windowMs?: number | null;
  accounts?: readonly string[] | null;
  forbids?: boolean | null;
  hoursUtc?: readonly number[] | null;
  then?: readonly string[] | null;
  minRecordPpm?: number | null;
}

/** Reads a payload's bytes. */
export function readPayload(bytes: Uint8Array): Read {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Read;
}

/** What a payload's bytes ask for, a sentence a command. */
export function sentencesOf(bytes: Uint8Array): Sentence[] {
  return readPayload(bytes).commands.map(sentenceOf);
}

/** What a command asks for. */
export function sentenceOf(command: Command): Sentence {
  switch (command.type) {
    case 'approval.grant': {
      const inner = readPayload(fromBase64Url(text(command.payload)));
      return {
        text: `Approve what the agent ${inner.from} asks for under ${text(command.approval)}`,
        parts: inner.commands.map((one) => sentenceOf(one).text),
      };
    }
    case 'constitution.change': return {
      text: `Bind the agent ${text(command.agent)} to this constitution`,
      parts: linesOf(command.constitution as Terms),
    };
    case 'agent.register': return {
      text: `Register an agent with ${amount(command.deposit)}, guarded by ${list(command.guardians)}`
        + ` (${text(command.guardianThreshold)} of them decide), and bind it to this constitution`,
      parts: linesOf(command.constitution as Terms),
    };
    default: return { text: say(command), parts: [] };
  }
}

const simple: Record<string, (it: Command) => string> = {
  'transfer': (it) => `Pay ${amount(it.amount)} to ${text(it.to)}`,
  'account.open': (it) => `Open an account for a person, and give it ${amount(it.deposit)}`,
  'key.add': (it) => `Add a ${it.passkey ? 'passkey' : 'key'} to your account, which then acts for it alone`,
  'key.revoke': (it) => `Take the key ${text(it.key)} from your account`,
  'agent.retire': (it) => `Retire the agent ${text(it.agent)} for ever`,
  'stake.deposit': (it) => `Stake ${amount(it.amount)}`,
  'stake.withdraw': (it) => `Take ${amount(it.amount)} out of the stake`,
  'blob.declare': (it) => `Keep ${count(Number(it.sizeBytes), 'byte')} of data for ${count(Number(it.days), 'day')}`
    + ` and pay the rent, digest ${text(it.digest)}`,
  'service.list': (it) => `Offer a service: ${service(it.terms)}`,
  'service.update': (it) => `Change service ${text(it.service)} to: ${service(it.terms)}`,
  'service.delist': (it) => `Take service ${text(it.service)} off the market`,
  'workload.post': (it) => `Buy ${count(Number(it.units), 'unit')} of ${text(it.capability)} for at most`
    + ` ${amount(it.maxPrice)}${validation(it.validation)}`,
  'workload.cancel': (it) => `Take workload ${text(it.workload)} back`,
  'bid.place': (it) => `Bid on workload ${text(it.workload)} with service ${text(it.service)}, price sealed`,
  'bid.open': (it) => `Open the bid on workload ${text(it.workload)}: ${amount(it.price)}`,
  'workload.start': (it) => `Start the work on ${text(it.workload)}`,
  'workload.submit': (it) => `Deliver workload ${text(it.workload)}, result ${text(it.result)}`,
  'workload.accept': (it) => `Accept the result of workload ${text(it.workload)} and pay for it`,
  'workload.seal': (it) => `Seal the result of workload ${text(it.workload)}`,
  'workload.reveal': (it) => `Show the sealed result of workload ${text(it.workload)}, ${text(it.result)}`,
  'verdict.commit': (it) => `Commit to what validating workload ${text(it.workload)} gave`,
  'verdict.reveal': (it) => `Find the result of workload ${text(it.workload)} ${it.agrees ? 'right' : 'wrong'}`,
  'agent.stop': (it) => `Stop the agent ${text(it.agent)} at once; what it signed before is dead, also after its release`,
  'agent.release': (it) => `Agree to release the agent ${text(it.agent)}`,
  'market.stop': (it) => `Stop ${scope(it.scope)} at once`,
  'market.release': (it) => `Agree to release ${scope(it.scope)}`,
  'guardians.change': (it) => `Propose that ${list(it.guardians)} guard the agent ${text(it.agent)}, and that`
    + ` ${text(it.guardianThreshold)} of them decide`,
  'override.set': (it) => (it.effect === 'deny'
    ? `Deny ${text(it.action)} to the agent ${text(it.agent)} until ${when(it.expiresAt)}, whatever else allows it`
    : `Propose to allow ${text(it.action)} to the agent ${text(it.agent)}, up to ${amount(it.cap ?? '0')} all told,`
      + ` until ${when(it.expiresAt)}`),
  'override.revoke': (it) => `End the override ${text(it.override)} now`,
  'motion.agree': (it) => `Agree to the motion ${text(it.motion)}`,
  'motion.reject': (it) => `Reject the motion ${text(it.motion)}`,
  'approval.deny': (it) => `Deny what waits under ${text(it.approval)}: it will not take effect`,
};

/** What is not known here is shown whole, as it stands, rather than left out. */
function say(command: Command): string {
  return simple[command.type]?.(command) ?? `${command.type}: ${JSON.stringify(command)}`;
}

/** A constitution, a sentence a line. */
export function linesOf(it: Terms): string[] {
  return [
    `One action moves at most ${amount(it.maxValuePerAction)}.`,
    `In any 24 hours it spends or binds at most ${amount(it.maxDailyVolume)}, and pays at most`
      + ` ${amount(it.maxGasPerDay)} of gas.`,
    `It stakes at most ${amount(it.maxStake)}.`,
    it.allowedActions.length === 0 ? 'It may do nothing.' : `It may do these and nothing else: ${it.allowedActions.join(', ')}.`,
    it.counterparties.length === 0 ? 'Value may go to anybody.' : `Value goes only to ${list(it.counterparties)}.`,
    it.hoursUtc.length === 24 ? 'It acts at any hour.' : `It acts only in the hours ${list(it.hoursUtc)} UTC.`,
    it.keyChangeHoldMs === 0
      ? 'A change of its keys holds nothing back.'
      : `After a change of its keys no value leaves for ${duration(it.keyChangeHoldMs)}.`,
    it.requiresHumanApproval
      ? 'Each action with value waits for its guardians’ approval.'
      : 'Nothing waits for approval but what a rule below names.',
    ...(it.rules ?? []).map((rule, at) => `Rule ${at + 1}: ${ruleOf(rule)}.`),
  ];
}

/** A rule as the end of a sentence. */
export function ruleOf(it: Rule): string {
  const actions = list(it.actions);
  const window = duration(it.windowMs ?? 0);
  switch (it.type) {
    case 'deny': return `never ${actions}`;
    case 'maxValue': return `${actions} of at most ${amount(it.amount)} each`;
    case 'rollingValue': return `${actions} of at most ${amount(it.amount)} in any ${window}`;
    case 'rollingCount': return `${actions} at most ${count(it.count ?? 0, 'time')} in any ${window}`;
    case 'counterparties': return `${actions} ${it.forbids ? 'never' : 'only'} with ${list(it.accounts)}`;
    case 'hours': return `${actions} only in the hours ${list(it.hoursUtc)} UTC`;
    case 'sequence': return `no ${list(it.then)} within ${window} of ${actions}`;
    case 'counterpartyRecord':
      return `${actions} only with agents of whose jobs ${(it.minRecordPpm ?? 0) / 10_000} % were without fault`;
    case 'approvalAbove': return `${actions} above ${amount(it.amount)} waits for a person’s approval`;
    default: return JSON.stringify(it);
  }
}

/** A span in its largest whole unit. */
export function duration(ms: number): string {
  for (const [size, name] of [[86_400_000, 'day'], [3_600_000, 'hour'], [60_000, 'minute'], [1_000, 'second']] as const) {
    if (ms >= size && ms % size === 0) return count(ms / size, name);
  }
  return `${ms.toLocaleString('en')} ms`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function amount(value: unknown): string {
  return `${tokens(text(value))} AITBC`;
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.map(text).join(', ') : text(value);
}

function when(value: unknown): string {
  return `${new Date(Number(value)).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function scope(value: unknown): string {
  return value === 'all' ? 'everything' : value === 'market' ? 'the market' : text(value);
}

function service(value: unknown): string {
  const it = value as Record<string, unknown>;
  return `"${text(it.name)}" for ${text(it.capability)} at ${amount(it.pricePerUnit)} a unit, ${count(Number(it.maxCapacity), 'job')} at once`;
}

function validation(value: unknown): string {
  if (!value) return '';
  const it = value as Record<string, unknown>;
  return `, checked by ${count(Number(it.validators), 'validator')} for ${amount(it.fee)} each`;
}
