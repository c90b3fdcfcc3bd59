import type { components } from '../api/schema';
import { words } from './words';

type Schemas = components['schemas'];

/** A colour with a meaning; words always stand beside it. */
export type Tone = 'good' | 'bad' | 'warn' | 'calm' | 'plain' | 'check';

/** What a thing is called, its colour, and what it means in a sentence. */
export interface Meaning {
  readonly name: string;
  readonly tone: Tone;
  readonly about: string;
}

const of = (name: string, tone: Tone, about: string): Meaning => ({ name, tone, about });

const endings: Record<Schemas['WorkloadEnding'], Meaning> = {
  accepted: of('Paid: accepted', 'good', 'The client accepted the result.'),
  clientSilent: of('Paid: client silent', 'good', 'The client said nothing until the deadline; delivered work is paid.'),
  cancelled: of('Cancelled', 'plain', 'The client cancelled before bidding closed.'),
  noBids: of('No bids', 'plain', 'Nobody bid.'),
  noEligibleBid: of('No eligible bid', 'plain', 'No bid that was opened could take the job.'),
  clientStopped: of('Client stopped', 'plain', 'The client was stopped before the award.'),
  providerMissing: of('Provider missing', 'bad',
    'The provider delivered nothing in time: the client has its money back, and the job bond.'),
  belowQuality: of('Below quality', 'bad',
    'The provider delivered less than it promised: the client has its money back, and the job bond.'),
  verified: of('Paid: verified', 'good', 'Enough validators found the result right: the provider is paid.'),
  refuted: of('Refuted', 'bad',
    'Enough validators found the result wrong: the client has its money back, and the job bond.'),
  unverified: of('Unverified', 'warn',
    'Too few validators agreed with each other: client and provider have their own back, and nobody bought the result.'),
};

const phases: Record<Schemas['WorkloadPhase'], Meaning> = {
  open: of('Open', 'calm', 'Posted; nobody has bid yet.'),
  bidding: of('Bidding', 'calm', 'There are sealed bids.'),
  opening: of('Opening bids', 'calm', 'Bidding is closed; bids are being opened.'),
  awarded: of('Awarded', 'calm', 'Awarded; the provider has not started yet.'),
  running: of('Running', 'calm', 'The provider is at work.'),
  submitted: of('Submitted', 'calm', 'The result is in; the client may accept, and silence pays.'),
  sealed: of('Sealed', 'check', 'The provider is bound to a result that nobody else has seen; validators are drawn next.'),
  committing: of('Committing', 'check', 'The drawn validators do the work themselves and bind themselves to what they find.'),
  revealing: of('Revealing', 'check', 'The validators are bound; the provider shows the result that it sealed.'),
  judging: of('Judging', 'check', 'The result is in; each validator shows its own and gives its verdict.'),
};

const health: Record<Schemas['ServiceHealth'], Meaning> = {
  live: of('Live', 'good', 'Its host sends heartbeats to this node.'),
  unheard: of('No heartbeats', 'plain', 'Its host sends no heartbeats here, and the ledger does not say that it is gone:'
    + ' an agent of the node itself, or one that leaves its host unsaid.'),
  gone: of('Gone', 'bad', 'The ledger says that its host is no longer heard of. It is not drawn as a validator.'),
};

const unknown = (name: string): Meaning => of(words(name), 'plain', '');

/** How a workload ended. */
export const endingOf = (ending: string): Meaning => endings[ending as keyof typeof endings] ?? unknown(ending);

/** Where a workload stands. */
export const phaseOf = (phase: string): Meaning => phases[phase as keyof typeof phases] ?? unknown(phase);

/** Whether a service's host is heard of. */
export const healthOf = (name: string): Meaning => health[name as keyof typeof health] ?? unknown(name);

/** How far a drawn validator is; without a state it is not drawn yet. A silent one is one whose time is over. */
export function seatOf(state: string | undefined, phase: string): Meaning {
  switch (state) {
    case undefined: return of('Waiting for the draw', 'plain', 'Drawn once the provider is bound to its result.');
    case 'drawn': return phase === 'committing'
      ? of('Drawn, at work', 'calm', 'It does the work itself, and is bound to nothing yet.')
      : of('Silent', 'bad', 'It was drawn and committed to nothing in time.');
    case 'committed': return of('Committed', 'check', 'It is bound to what it found, and has not shown it yet.');
    case 'agreed': return of('Found it right', 'good', 'Its own output agrees with the result.');
    case 'disagreed': return of('Found it wrong', 'bad', 'Its own output does not agree with the result.');
    default: return unknown(state);
  }
}
