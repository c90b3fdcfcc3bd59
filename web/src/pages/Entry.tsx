import { Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { Schemas } from '../api/client';
import * as ask from '../api/queries';
import { check, type Checked } from '../lib/proof';
import { count } from '../lib/words';
import { Amount, Card, Id, Loading, Page, Status, Time } from '../parts/basics';
import { Outcome } from '../parts/market';
import { Empty, Failure, Show } from '../parts/states';

function ProofSteps({ checked }: { checked: Checked }) {
  return (
    <>
      <p data-testid="verdict">
        {checked.ok
          ? <><Status tone="good">Proven</Status> This browser has recomputed every hash and checked the node’s
            signature: the entry stands in block {checked.header?.height}.</>
          : <><Status tone="bad">Not proven</Status> What the node sent does not fit together: the step in red says
            where. Do not rely on this entry.</>}
      </p>
      <ol className="steps" aria-label="Steps of the proof">
        {checked.steps.map((step, at) => (
          <li key={at} className={step.ok ? 'good' : 'bad'}>
            <strong>{step.title}</strong>{' '}
            <Status tone={step.ok ? 'good' : 'bad'}>{step.ok ? 'Fits' : 'Does not fit'}</Status>
            <div className="when">{step.about}</div>
            <dl>
              {step.parts.map((part) => (
                <div key={part.name} style={{ display: 'contents' }}>
                  <dt>{part.name}</dt><dd className="mono">{part.value}</dd>
                </div>
              ))}
              {step.computed && <><dt>computed here</dt><dd className="mono"><strong>{step.computed}</strong></dd></>}
              {step.expected && <><dt>the node says</dt><dd className="mono">{step.expected}</dd></>}
            </dl>
          </li>
        ))}
      </ol>
    </>
  );
}

function ProofCard({ seq }: { seq: number }) {
  const proof = useQuery(ask.proof(seq));
  const chain = useQuery(ask.chain());
  const [checked, setChecked] = useState<Checked>();
  const key = chain.data?.nodeKey;
  const name = chain.data?.chain;
  useEffect(() => {
    let isGone = false;
    if (proof.data && key && name && 'subtle' in crypto) {
      void check(proof.data, key, name).then((done) => {
        if (!isGone) setChecked(done);
      });
    }
    return () => {
      isGone = true;
    };
    // The key is the same for the life of a chain.
  }, [proof.data, key?.x, name]);
  return (
    <Card title="Inclusion proof" about="Recomputed in this browser, from the entry’s hash up to the root that the node signed">
      {!('subtle' in crypto)
        ? <Empty title="This browser cannot check it here">Its cryptography needs HTTPS, or the name localhost.</Empty>
        : proof.error && 'status' in proof.error && proof.error.status === 404
          ? <Empty title="Its block is not closed yet">Blocks close shortly after their entries; this page asks
              again.</Empty>
          : <Show query={proof}>{() => (checked ? <ProofSteps checked={checked} /> : <Loading />)}</Show>}
    </Card>
  );
}

function What({ entry }: { entry: Schemas['EntryWords'] }) {
  return (
    <dl className="facts">
      <dt>By</dt><dd>{entry.by}</dd>
      {entry.sender && <><dt>Sender</dt><dd><Id value={entry.sender} /></dd></>}
      <dt>Asked</dt>
      <dd>
        {entry.asked.map((part, at) => <div key={at}>{part.words}</div>)}
        {entry.askedInAll > entry.asked.length && <div>and {entry.askedInAll - entry.asked.length} more</div>}
      </dd>
      <dt>Outcome</dt><dd>{entry.outcomeWords}</dd>
      <dt>Gas</dt><dd><Amount value={entry.gas} /></dd>
      <dt>Time</dt><dd><Time ms={entry.timeMs} /></dd>
      <dt>Hash</dt><dd><Id value={entry.hash} /></dd>
    </dl>
  );
}

export default function Entry({ seq }: { seq: number }) {
  const query = useQuery(ask.entry(seq));
  const chain = useQuery(ask.chain());
  const entry = query.data;
  return (
    <Page title={`Entry #${seq}`} {...(entry && { about: <Time ms={entry.timeMs} /> })}
      aside={(
        <Group gap="md">
          {entry && <Outcome value={entry.outcome} />}
          {seq > 1 && <Link href={`/ledger/${seq - 1}`}>Previous</Link>}
          {chain.data && seq < chain.data.seq && <Link href={`/ledger/${seq + 1}`}>Next</Link>}
          <Link href="/ledger">All entries</Link>
        </Group>
      )}>
      {query.error && !entry
        ? <Failure error={query.error} retry={() => void query.refetch()} />
        : (
          <div className="stack">
            <div className="grid">
              <Card title="In words"><Show query={query}>{(view) => <What entry={view} />}</Show></Card>
              <Card title="What it changed" {...(entry && { about: count(entry.eventsInAll, 'event') })}>
                <Show query={query}>
                  {(view) => (
                    <>
                      <ul className="list">
                        {view.events.map((part, at) => (
                          <li key={at}><div>{part.words}</div><span className="unit mono">{part.type}</span></li>
                        ))}
                      </ul>
                      {view.eventsInAll > view.events.length && (
                        <p className="about">and {count(view.eventsInAll - view.events.length, 'event')} more</p>
                      )}
                      {view.accounts.length > 0 && (
                        <dl className="facts">
                          {view.accounts.map((account) => (
                            <div key={account.number} style={{ display: 'contents' }}>
                              <dt className="mono">{account.number}</dt>
                              <dd>{account.what} {account.id && <Id value={account.id} />}</dd>
                            </div>
                          ))}
                        </dl>
                      )}
                    </>
                  )}
                </Show>
              </Card>
            </div>
            <ProofCard seq={seq} />
          </div>
        )}
    </Page>
  );
}
