import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { NodeError, type Schemas } from '../api/client';
import * as ask from '../api/queries';
import { useKeyring } from '../lib/keyring';
import { sha256 } from '../lib/passkey';
import { fromBase64Url, toBase64Url } from '../lib/proof';
import { sentencesOf } from '../lib/sentences';
import { AgentLink, Amount, Card, Loading, Page, Status, Time } from '../parts/basics';
import { MotionCard } from '../parts/motions';
import { Bar, Count, Countdown, Fact, Figure, limitName, Who } from '../parts/oversight';
import { NoKey, useSigning, Words, type Sign } from '../parts/signing';
import { Empty, Failure, Show } from '../parts/states';
import { Table } from '../parts/table';

type Approval = Schemas['ApprovalView'];
type Effect = Schemas['EffectView'];

const places = ['available', 'escrow', 'stake', 'bond'] as const;
const placeNames = { available: 'Free to use', escrow: 'Reserved', stake: 'Staked', bond: 'Pledged' };

/** What it would do now, as the node's rules tried it. */
function WouldDo({ effect }: { effect: Effect }) {
  const moved = places.filter((place) => effect.before[place] !== effect.after[place]);
  return (
    <div data-testid="effect">
      <p><Status tone={effect.outcome === 'applied' ? 'good' : 'bad'}>{effect.outcome === 'applied' ? 'It works' : 'It fails'}</Status>{' '}
        {effect.sentence}</p>
      <h3>Balances of the agent</h3>
      {moved.length === 0 ? <p className="about">No balance changes.</p> : (
        <Table label="Balances before and after" rows={moved} keyOf={(place) => place} columns={[
          { title: 'Balance', cell: (place) => placeNames[place] },
          { title: 'Now', isNumber: true, cell: (place) => <Amount value={effect.before[place]} /> },
          { title: 'Then', isNumber: true, cell: (place) => <strong><Amount value={effect.after[place]} /></strong> },
        ]} />
      )}
      <h3>Limits of the agent</h3>
      <Table label="Limits before and after" rows={effect.limits} keyOf={(row) => `${row.before.limit}${row.before.rule ?? ''}`}
        columns={[
          { title: 'Limit', cell: (row) => <><span title={row.before.words}>{limitName(row.before)}</span>
            <Bar of={row.after} name={`${limitName(row.before)} then`} /></> },
          { title: 'Used now', isNumber: true, cell: (row) => <><Figure of={row.before} value={row.before.used} />
            {row.before.reserved !== '0' && <div className="unit">+ <Figure of={row.before} value={row.before.reserved} /> reserved</div>}</> },
          { title: 'Used then', isNumber: true, cell: (row) => <strong><Figure of={row.after} value={row.after.used} /></strong> },
          { title: 'Left then', isNumber: true, cell: (row) => <Figure of={row.after} value={row.after.left} /> },
          { title: 'At most', isNumber: true, cell: (row) => <Figure of={row.after} value={row.after.most} /> },
        ]} />
      <p className="about">What it costs is reserved since it waits; a denial sets that free. Both are looked at as things
        stand now: the ledger checks again when the last approval is in.</p>
    </div>
  );
}

/** Whether the bytes are those that the node's digest names: what is read here is what would be approved. */
function useIsTrue(of: Approval): boolean | undefined {
  const [isTrue, setIsTrue] = useState<boolean>();
  useEffect(() => {
    void sha256(fromBase64Url(of.payload)).then((hash) => setIsTrue(toBase64Url(hash) === of.payloadDigest));
  }, [of.payload, of.payloadDigest]);
  return isTrue;
}

function Waiting({ of, sign }: { of: Approval; sign: Sign }) {
  const own = useKeyring()?.account;
  const detail = useQuery({ ...ask.approval(of.id), enabled: !of.effect });
  const isTrue = useIsTrue(of);
  const effect = of.effect ?? detail.data?.effect;
  const sentences = sentencesOf(fromBase64Url(of.payload));
  const mayDeny = own !== undefined && [...of.waitingFor, ...of.approvedBy].includes(own);
  const grant = () => sign({
    title: `Approve ${of.id}`, path: '/v1/oversight', act: 'Approve with a passkey',
    commands: [{ type: 'approval.grant', approval: of.id, payload: of.payload }],
    done: of.approvedBy.length + 1 >= of.needed ? 'You approved; it was the last word needed.' : 'You approved.',
  }, effect && <p>{effect.sentence}</p>);
  const deny = () => sign({
    title: `Deny ${of.id}`, path: '/v1/oversight', act: 'Deny with a passkey', isDangerous: true,
    commands: [{ type: 'approval.deny', approval: of.id }], done: 'You denied it: it does not take effect.',
  }, (
    <>
      <p>What it asks for:</p>
      <ul>{sentences.map((one, at) => <li key={at}><Words text={one.text} own={own} /></li>)}</ul>
    </>
  ));
  if (isTrue === false) {
    return <Card title={`Approval ${of.id}`}><Empty title="This cannot be trusted">The node shows other bytes than those
      that wait. Approve nothing here, and tell whoever runs this node.</Empty></Card>;
  }
  return (
    <Card title={`Approval ${of.id}`} aside={<Count got={of.approvedBy.length} of={of.needed} />}>
      <div data-testid="approval">
        <p>The agent <AgentLink id={of.agent} /> asks to</p>
        <ul className="wanted">
          {sentences.map((one, at) => (
            <li key={at}><strong><Words text={one.text} own={own} /></strong>
              {one.parts.length > 0 && <ul>{one.parts.map((part) => <li key={part}><Words text={part} own={own} /></li>)}</ul>}
            </li>
          ))}
        </ul>
        <dl className="facts">
          <Fact name="Why it waits">
            {of.reasons.map((reason) => <div key={reason}>{reason}</div>)}
            {of.byMonitor && <div>The monitor found it unusual and wants a person to look.</div>}
          </Fact>
          <Fact name="Value held for it"><Amount value={of.held} /></Fact>
          <Fact name="Denied by itself"><Countdown to={of.expiresAtMs} /></Fact>
          <Fact name="Approved by"><Who ids={of.approvedBy} none="Nobody yet" /></Fact>
          <Fact name="Can still approve"><Who ids={of.waitingFor} /></Fact>
          <Fact name="Asked"><Time ms={of.timeMs} brief />, <Link href={`/ledger/${of.seq}`}>entry #{of.seq}</Link>, under
            version {of.constitutionVersion} of its constitution</Fact>
        </dl>
        {effect ? <WouldDo effect={effect} /> : detail.error ? <Failure error={detail.error} /> : <Loading />}
        {mayDeny ? (
          <div className="acts left">
            <Button onClick={grant} disabled={!isTrue || !of.waitingFor.includes(own)}>Approve</Button>
            <Button color="red" variant="outline" onClick={deny}>Deny</Button>
            {of.approvedBy.includes(own) && <span className="about">You have approved it.</span>}
          </div>
        ) : own ? <p className="about">Only a guardian of this agent decides; you are none.</p> : <NoKey />}
      </div>
    </Card>
  );
}

/** What waits for a person. */
export default function Approvals() {
  const own = useKeyring()?.account;
  const query = useQuery(ask.approvals());
  const motions = useQuery(ask.motions());
  const [sign, dialog] = useSigning();
  const isMine = (one: Approval) => own !== undefined && one.waitingFor.includes(own);
  const items = query.data?.items.toSorted((one, two) => Number(isMine(two)) - Number(isMine(one)));
  return (
    <Page title="Approvals" about="What agents ask for and their guardians must decide. Without an answer it is denied.">
      <div className="stack">
        <Show query={query} rows={8}>
          {() => (items!.length > 0
            ? <>{items!.map((one) => <Waiting key={one.id} of={one} sign={sign} />)}</>
            : <Empty title="Nothing waits for approval">What an agent may not do alone comes here, and waits for a day. A{' '}
                <code>webhook</code> tells you when it does.</Empty>)}
        </Show>
        {query.data?.next != null && <p className="about">More waits behind these: decide some, and the next appear.</p>}
        <Show query={motions}>
          {(page) => <>{page.items.map((one) => <MotionCard key={one.id} of={one} sign={sign} withAgent />)}</>}
        </Show>
      </div>
      {dialog}
    </Page>
  );
}

/** One thing that waits, where a message leads. */
export function Approval({ id }: { id: string }) {
  const query = useQuery(ask.approval(id));
  const [sign, dialog] = useSigning();
  const isOver = query.error instanceof NodeError && query.error.status === 404;
  const seq = /^a(\d+)$/.exec(id)?.[1];
  return (
    <Page title={`Approval ${id}`} about={<Link href="/approvals">All that waits</Link>}>
      {isOver
        ? <Empty title="It no longer waits">It was approved, denied, made void, or nobody answered in time.{' '}
            {seq && <Link href={`/ledger/${seq}`}>The entry that asked for it</Link>}</Empty>
        : <Show query={query} rows={8}>{(one) => <Waiting of={one} sign={sign} />}</Show>}
      {dialog}
    </Page>
  );
}
