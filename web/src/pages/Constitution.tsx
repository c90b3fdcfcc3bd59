import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { ask as answer, client, type Schemas } from '../api/client';
import * as ask from '../api/queries';
import { actions, draftOf, samples, termsOf, withoutNulls, type Draft, type Field } from '../lib/constitution';
import { useKeyring } from '../lib/keyring';
import { duration, type Rule, type Terms } from '../lib/sentences';
import { count, short, words } from '../lib/words';
import { Amount, Card, Loading, Page, Status, Time } from '../parts/basics';
import { Outcome } from '../parts/market';
import { Changes, MotionCard } from '../parts/motions';
import { NoKey, useSigning } from '../parts/signing';
import { Empty, Failure, Show } from '../parts/states';
import { Table } from '../parts/table';

type Agent = Schemas['AgentView'];
type Check = Schemas['CheckView'];
type Data = Schemas['ConstitutionData'];

const backtestDays = 30;

function Fields({ draft, set, faults }: {
  draft: Draft; set: (change: Partial<Draft>) => void; faults: Partial<Record<Field, string>>;
}) {
  const field = (name: Field, label: string, description?: string) => (
    <TextInput key={name} label={label} description={description} value={draft[name]} error={faults[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })} />
  );
  const toggle = (action: string, isOn: boolean) => set({
    allowedActions: isOn ? [...draft.allowedActions, action] : draft.allowedActions.filter((one) => one !== action),
  });
  const known = new Set(actions.map(([name]) => name));
  const shown = [...actions, ...draft.allowedActions.filter((one) => !known.has(one)).map((one) => [one, ''] as const)];
  return (
    <>
      <div className="filters many">
        {field('maxValuePerAction', 'One action, at most', 'AITBC')}
        {field('maxDailyVolume', 'Value in 24 h, at most', 'AITBC')}
        {field('maxGasPerDay', 'Gas in 24 h, at most', 'AITBC')}
        {field('maxStake', 'Stake, at most', 'AITBC')}
        {field('hours', 'Acts in the hours', 'UTC, such as 8-17, 20')}
        {field('keyChangeHours', 'After a change of keys, value stays for', 'hours')}
      </div>
      <fieldset className="checks">
        <legend>It may do these and nothing else</legend>
        {shown.map(([name, about]) => (
          <label key={name}>
            <input type="checkbox" checked={draft.allowedActions.includes(name)}
              onChange={(event) => toggle(name, event.currentTarget.checked)} />
            <span><span className="mono">{name}</span> <span className="unit">{about}</span></span>
          </label>
        ))}
      </fieldset>
      <fieldset className="checks">
        <legend>A person</legend>
        <label>
          <input type="checkbox" checked={draft.requiresHumanApproval}
            onChange={(event) => set({ requiresHumanApproval: event.currentTarget.checked })} />
          <span>Each action with value waits for its guardians’ approval</span>
        </label>
      </fieldset>
      <Textarea label="Value goes only to" description="One account’s id a line, at most 8; empty for anybody" autosize minRows={2}
        value={draft.counterparties} error={faults.counterparties} className="code"
        onChange={(event) => set({ counterparties: event.currentTarget.value })} />
    </>
  );
}

function Rules({ draft, set, faults }: {
  draft: Draft; set: (change: Partial<Draft>) => void; faults: Partial<Record<Field, string>>;
}) {
  const add = (name: string) => {
    const rule = samples.find(([one]) => one === name)?.[1];
    const before = faults.rules ? [] : JSON.parse(draft.rules.trim() || '[]') as Rule[];
    if (rule) set({ rules: JSON.stringify([...before, rule], null, 2) });
  };
  return (
    <>
      <NativeSelect label="Add a rule" description="Then change it below; amounts are in base units, 1 AITBC is 10^18" value=""
        disabled={faults.rules !== undefined} onChange={(event) => add(event.currentTarget.value)}
        data={[{ value: '', label: 'Choose what it shall do' }, ...samples.map(([name]) => ({ value: name, label: name }))]} />
      <Textarea label="Rules" description="At most 24, as JSON" autosize minRows={4} maxRows={24} mt="sm" className="code"
        value={draft.rules} error={faults.rules} onChange={(event) => set({ rules: event.currentTarget.value })} />
    </>
  );
}

/** What the node says of a draft. */
function Verdict({ check, agent }: { check: Check; agent: Agent }) {
  const delay = useQuery(ask.loosening());
  if (!check.isValid) {
    return (
      <>
        <p><Status tone="bad">Not possible</Status> The ledger would refuse it:</p>
        <ul className="lines" role="alert">{check.problems.map((problem) => <li key={problem}>{problem}</li>)}</ul>
      </>
    );
  }
  const changed = check.changes?.some((one) => one.change !== 'same') === true;
  return (
    <>
      <p data-testid="verdict">
        {!changed ? <><Status tone="plain">No change</Status> It binds as the one in force does.</>
          : check.loosens
            ? <><Status tone="warn">Loosens</Status> It opens a motion: {agent.guardianThreshold} of{' '}
                {count(agent.guardians.length, 'guardian')} must agree, and it takes effect{' '}
                {delay.data !== undefined ? <>{duration(delay.data)} after it is proposed</> : 'after a delay'} at the
                earliest.</>
            : <><Status tone="good">Tightens</Status> It takes effect at once, with your word alone. What waits for approval
                becomes void.</>}
      </p>
      {changed && <Changes changes={check.changes ?? []} />}
      <details><summary>The whole of it in words</summary>
        <ul className="lines">{check.words.map((line) => <li key={line}>{line}</li>)}</ul></details>
    </>
  );
}

const changes = [
  ['refused', 'Would be refused', 'bad'], ['sentToApproval', 'Would wait for a person', 'warn'],
  ['newlyAllowed', 'Would be allowed', 'calm'],
] as const;

function Backtest({ id, terms }: { id: string; terms: Terms | undefined }) {
  const run = useMutation({
    networkMode: 'always',
    mutationFn: (body: Terms) => answer(client.POST('/v1/agents/{id}/backtest', {
      params: { path: { id }, query: { days: backtestDays } }, body: body as Data,
    })),
  });
  const found = run.data;
  const isOld = found && JSON.stringify(run.variables) !== JSON.stringify(terms);
  return (
    <Card title="Backtest" about={`What it would have changed in the last ${backtestDays} days, on what the agent really sent`}
      aside={<Button size="compact-md" variant="default" disabled={!terms || run.isPending}
        onClick={() => terms && run.mutate(terms)}>Try it on its past</Button>}>
      <div data-testid="backtest" role="status">
        {run.isPending && <Loading rows={3} />}
        {run.error && <Failure error={run.error} />}
        {found && !run.isPending && (
          <>
            {isOld && <p><Status tone="warn">Of before</Status> You have changed the draft since; try it again.</p>}
            <p>{count(found.payloads, 'payload')} from <Time ms={found.fromMs} /> to <Time ms={found.toMs} />.</p>
            <dl className="tiles">
              {changes.map(([change, name]) => (
                <div key={change}><dt>{name}</dt>
                  <dd>{found.counts[change].toLocaleString('en')}
                    <div className="unit"><Amount value={found.values[change]} /></div></dd></div>
              ))}
            </dl>
            {found.findings.length > 0 ? (
              <Table label="Backtest" rows={found.findings.toReversed().slice(0, 100)} keyOf={(row) => row.seq} columns={[
                { title: 'Entry', cell: (row) => <Link href={`/ledger/${row.seq}`} className="mono">#{row.seq}</Link> },
                { title: 'Change', cell: (row) => {
                  const [, name, tone] = changes.find(([one]) => one === row.change)!;
                  return <Status tone={tone}>{name}</Status>;
                } },
                { title: 'What', isWide: true, cell: (row) => row.action },
                { title: 'Was', cell: (row) => <Outcome value={row.was} /> },
                { title: 'Would be', cell: (row) => words(row.would) },
                { title: 'Value', isNumber: true, cell: (row) => <Amount value={row.value} /> },
                { title: 'Time', cell: (row) => <Time ms={row.timeMs} brief /> },
              ]} />
            ) : <Empty title="It would have changed nothing" />}
            {found.findings.length > 100 && <p className="about">The newest 100 of {count(found.findings.length, 'finding')}.</p>}
          </>
        )}
      </div>
    </Card>
  );
}

function Editor({ agent, inForce }: { agent: Agent; inForce: Terms }) {
  const own = useKeyring()?.account;
  const templates = useQuery(ask.templates());
  const motions = useQuery(ask.motions(undefined, agent.id));
  const [draft, setDraft] = useState(() => draftOf(inForce));
  const [from, setFrom] = useState('');
  const [sign, dialog] = useSigning();
  const { terms, faults } = termsOf(draft);
  const [settled] = useDebouncedValue(terms ? JSON.stringify(terms) : '', 300);
  const check = useQuery({
    queryKey: ['check', agent.id, agent.limits.version, settled],
    queryFn: ({ signal }) => answer(client.POST('/v1/constitutions/check', {
      params: { query: { agent: agent.id } }, body: JSON.parse(settled) as Data, signal,
    })),
    enabled: settled !== '',
  });
  const mayPropose = own !== undefined && (agent.owner === own || agent.guardians.includes(own));
  const isSettled = terms !== undefined && settled === JSON.stringify(terms) && check.data !== undefined;
  const isChanged = check.data?.changes?.some((one) => one.change !== 'same') === true;
  const start = (name: string) => {
    setFrom(name);
    const template = templates.data?.find((one) => one.kind === name);
    setDraft(draftOf(template ? template.constitution.terms : inForce));
  };
  const propose = () => terms && sign({
    title: check.data?.loosens ? 'Propose a constitution' : 'Tighten the constitution',
    path: '/v1/oversight',
    commands: [{ type: 'constitution.change', agent: agent.id, constitution: terms }],
    act: check.data?.loosens ? 'Propose with a passkey' : 'Bind it with a passkey',
    done: check.data?.loosens ? 'The motion is open; the guardians decide it.' : 'It is in force.',
  }, check.data && <><h3>Against the one in force</h3><Changes changes={check.data.changes ?? []} /></>);
  return (
    <div className="stack">
      {motions.data?.items.map((one) => <MotionCard key={one.id} of={one} sign={sign} />)}
      <Card title="Begin with">
        <NativeSelect aria-label="Begin with" value={from} onChange={(event) => start(event.currentTarget.value)}
          data={[{ value: '', label: `The one in force, version ${agent.limits.version}` },
            ...(templates.data ?? []).map((one) => ({ value: one.kind, label: `Template: ${one.kind}` }))]} />
        {from && <p>{templates.data?.find((one) => one.kind === from)?.purpose}</p>}
      </Card>
      <Card title="Limits"><Fields draft={draft} set={(change) => setDraft({ ...draft, ...change })} faults={faults} /></Card>
      <Card title="Rules" about="What binds it further, each a hard limit but for the amount above which a person is asked">
        <Rules draft={draft} set={(change) => setDraft({ ...draft, ...change })} faults={faults} />
      </Card>
      <Card title="What it changes">
        <div data-testid="check" aria-live="polite">
          {!terms ? <p><Status tone="bad">Cannot be read</Status> {Object.values(faults)[0]}</p>
            : check.error ? <Failure error={check.error} />
              : check.data && isSettled ? <Verdict check={check.data} agent={agent} /> : <Loading rows={2} />}
        </div>
        {mayPropose ? (
          <div className="acts left">
            <Button disabled={!isSettled || !check.data?.isValid || !isChanged} onClick={propose}>Read and sign</Button>
          </div>
        ) : own ? <p className="about">Only the owner and the guardians of {short(agent.id)} change it.</p> : <NoKey />}
      </Card>
      <Backtest id={agent.id} terms={isSettled && check.data?.isValid ? terms : undefined} />
      {dialog}
    </div>
  );
}

/** An agent's constitution: edited, checked, tried on the past, and signed. */
export default function Constitution({ id }: { id: string }) {
  const query = useQuery(ask.agent(id));
  return (
    <Page title={`Constitution of ${short(id)}`} about="What tightens takes effect at once; what loosens is put to the guardians.
      The agent itself can change nothing."
      aside={<Link href={`/agents/${id}`}>Back to the agent</Link>}>
      <Show query={query} rows={10}>
        {(agent) => (agent.constitution
          ? <Editor agent={agent} inForce={cleaned(agent.constitution.terms)} />
          : <Empty title="It has no constitution" />)}
      </Show>
    </Page>
  );
}

function cleaned(terms: Data): Terms {
  return { ...withoutNulls(terms), ...(terms.rules && { rules: terms.rules.map(withoutNulls) }) } as Terms;
}
