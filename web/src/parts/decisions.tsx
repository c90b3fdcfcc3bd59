import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import { useKeyring } from '../lib/keyring';
import type { Tone } from '../lib/market';
import { short } from '../lib/words';
import { Status, Time } from './basics';
import { Words } from './signing';

const kinds: Record<string, readonly [name: string, tone: Tone]> = {
  agentRegistered: ['Registered', 'calm'],
  agentRetired: ['Retired', 'plain'],
  keyAdded: ['Key', 'plain'],
  keyRevoked: ['Key', 'plain'],
  agentStopped: ['Stop', 'bad'],
  releaseApproved: ['Release', 'good'],
  agentReleased: ['Release', 'good'],
  constitutionAdopted: ['Constitution', 'calm'],
  motionProposed: ['Motion', 'check'],
  motionVoted: ['Motion', 'check'],
  motionEnded: ['Motion', 'check'],
  guardiansChanged: ['Guardians', 'calm'],
  overrideBegan: ['Override', 'warn'],
  overrideEnded: ['Override', 'plain'],
  commandParked: ['Waits', 'warn'],
  approvalGiven: ['Approval', 'good'],
  approvalEnded: ['Approval', 'plain'],
  parkedHandled: ['Approval', 'plain'],
  monitorJudged: ['Monitor', 'warn'],
};

/** Who decided what, newest first; a key is called as in this browser where it was made here. */
export function DecisionList({ of }: { of: readonly Schemas['DecisionView'][] }) {
  const ring = useKeyring();
  return (
    <ul className="list" aria-label="Decisions">
      {of.map((one) => {
        const device = ring?.kept.find((kept) => kept.kid === one.key)?.name;
        return (
          <li key={one.seq} data-testid="decision">
            {one.events.map((event, at) => {
              const [name, tone] = kinds[event.type] ?? [event.type, 'plain'];
              return <div key={at}><Status tone={tone}>{name}</Status> <Words text={event.words} own={ring?.account} /></div>;
            })}
            <div className="unit">
              {one.by
                ? <>{one.by === ring?.account ? 'You' : short(one.by)}
                    {one.key && <>, with {device ? `“${device}”` : <span className="mono">{short(one.key)}</span>}</>}</>
                : 'The node itself'}
              {' · '}<Link href={`/ledger/${one.seq}`}>entry #{one.seq}</Link>{' · '}<Time ms={one.timeMs} brief />
            </div>
          </li>
        );
      })}
    </ul>
  );
}
