import { Button } from '@mantine/core';
import type { Schemas } from '../api/client';
import { useKeyring } from '../lib/keyring';
import { linesOf, type Command } from '../lib/sentences';
import { short, words } from '../lib/words';
import { AgentLink, Amount, Card, Id, Status, Time } from './basics';
import { Count, Countdown, Fact, Who } from './oversight';
import type { Sign } from './signing';

type Motion = Schemas['MotionView'];
type Change = Schemas['ChangeView'];

/** What becomes tighter and what looser, line by line; what stays is left out. */
export function Changes({ changes }: { changes: readonly Change[] }) {
  const seen = changes.filter((one) => one.change !== 'same');
  if (seen.length === 0) return <p className="about">It binds as before.</p>;
  return (
    <ul className="list" aria-label="Changes">
      {seen.map((one, at) => (
        <li key={at}>
          <Status tone={one.change === 'looser' ? 'warn' : 'good'}>{one.change === 'looser' ? 'Looser' : 'Tighter'}</Status>
          {one.before && <div className="was">{one.before}</div>}
          <div>{one.after ?? 'This rule goes.'}</div>
        </li>
      ))}
    </ul>
  );
}

function What({ of }: { of: Motion }) {
  if (of.constitution) {
    return (
      <>
        <p>Bind it to another constitution. Against the one in force:</p>
        <Changes changes={of.constitution.changes} />
        <details><summary>The whole constitution proposed</summary>
          <ul>{linesOf(of.constitution.proposed.terms).map((line) => <li key={line}>{line}</li>)}</ul></details>
      </>
    );
  }
  if (of.guardians) {
    return <p>Let {of.guardians.guardians.map((id) => <Id key={id} value={id} />)} guard it, and {of.guardians.threshold} of
      them decide.</p>;
  }
  return of.override
    ? <p>Allow <strong>{of.override.action}</strong>, up to <Amount value={of.override.cap} /> all told, until{' '}
        <Time ms={of.override.expiresAtMs} />.</p>
    : <p>{of.words}</p>;
}

/** A motion that is open, with the votes so far and one's own. */
export function MotionCard({ of, sign, withAgent = false }: { of: Motion; sign: Sign; withAgent?: boolean }) {
  const own = useKeyring()?.account;
  const isGuardian = own !== undefined && [...of.undecided, ...of.agreedBy, ...of.rejectedBy].includes(own);
  const say = (command: Command, act: string, done: string, isDangerous = false) => () => sign({
    title: `Motion ${of.id}`, path: '/v1/oversight', commands: [command], act, done, isDangerous,
  }, <What of={of} />);
  return (
    <Card title={`Motion ${of.id}: ${words(of.kind).toLowerCase()}`} aside={<Count got={of.agreedBy.length} of={of.needed} />}>
      <div data-testid="motion">
        {withAgent && <p>About the agent <AgentLink id={of.agent} /></p>}
        <What of={of} />
        <dl className="facts">
          <Fact name="Proposed by"><Who ids={[of.by]} /></Fact>
          <Fact name="Agree"><Who ids={of.agreedBy} /></Fact>
          <Fact name="Reject"><Who ids={of.rejectedBy} /></Fact>
          <Fact name="Takes effect">{of.enough
            ? <Countdown to={of.readyAtMs} over="with the next entry" />
            : <>once {of.needed} agree, at the earliest <Countdown to={of.readyAtMs} over="at once" /></>}</Fact>
          {!of.enough && <Fact name="Lapses"><Countdown to={of.lapsesAtMs} /></Fact>}
        </dl>
        {isGuardian || own === of.by ? (
          <div className="acts left">
            {isGuardian && <Button disabled={of.agreedBy.includes(own)}
              onClick={say({ type: 'motion.agree', motion: of.id }, 'Agree with a passkey', 'You agreed.')}>Agree</Button>}
            {own === of.by
              ? <Button variant="default" onClick={say({ type: 'motion.reject', motion: of.id }, 'Take back with a passkey',
                'You took it back.', true)}>Take back</Button>
              : <Button variant="default" disabled={of.rejectedBy.includes(own)}
                onClick={say({ type: 'motion.reject', motion: of.id }, 'Reject with a passkey', 'You rejected it.', true)}>
                Reject</Button>}
          </div>
        ) : <p className="about">Only the guardians of {short(of.agent)} decide.</p>}
      </div>
    </Card>
  );
}
