import { CopyButton, Skeleton, Tooltip, UnstyledButton } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { Link } from 'wouter';
import { tokens } from '../lib/amount';
import type { Meaning, Tone } from '../lib/market';
import { short } from '../lib/words';

/** What is told about something stands inside the page's main part, where a screen reader looks for it. */
const inMain = { target: '#main' };

/** An amount in tokens, exactly; its base units in the title. */
export function Amount({ value, unit = true }: { value: string | bigint; unit?: boolean }) {
  const text = tokens(value);
  return (
    <span className={text.length > 22 ? 'amount long' : 'amount'} title={`${value} base units`}>
      {text}{unit && <span className="unit"> AITBC</span>}
    </span>
  );
}

const local = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** A time where the reader is; the same in UTC in the title. */
export function Time({ ms, brief = false }: { ms: number; brief?: boolean }) {
  const date = new Date(ms);
  const isToday = date.toDateString() === new Date().toDateString();
  return (
    <time dateTime={date.toISOString()} title={`${date.toISOString()} (UTC)`}>
      {(brief && isToday ? clock : local).format(date)}
    </time>
  );
}

export function AgentLink({ id }: { id: string }) {
  return <Link href={`/agents/${id}`} className="mono" title={id}>{short(id)}</Link>;
}

/** The id of something that has no page of its own. */
export function Id({ value, full = false }: { value: string; full?: boolean }) {
  return (
    <span>
      <span className="mono" title={value}>{full ? value : short(value)}</span>{' '}
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy'} portalProps={inMain}>
            <UnstyledButton onClick={copy} aria-label={copied ? 'Copied' : `Copy ${short(value)}`} fz="sm" px={4}>
              <svg width="15" height="15" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2"
                aria-hidden="true" style={{ verticalAlign: '-2px' }}>
                <path d={copied ? 'm5 13 4 4L19 7' : 'M9 9h11v11H9zM5 15H4V4h11v1'} />
              </svg>
            </UnstyledButton>
          </Tooltip>
        )}
      </CopyButton>
    </span>
  );
}

export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`status ${tone}`}>{children}</span>;
}

/** A status that says what it means when it is pointed at, touched or reached by the keyboard. */
export function Meant({ of }: { of: Meaning }) {
  if (!of.about) return <Status tone={of.tone}>{of.name}</Status>;
  return (
    <Tooltip label={of.about} multiline maw={300} portalProps={inMain} events={{ hover: true, focus: true, touch: true }}>
      <span className={`status ${of.tone}`} tabIndex={0}>{of.name}</span>
    </Tooltip>
  );
}

/** A page: its title for the window, its heading, and the focus where one came from another page. */
export function Page({ title, about, aside, children }: {
  title: string; about?: ReactNode; aside?: ReactNode; children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · AITBC`;
  }, [title]);
  useEffect(() => {
    if (sessionMoves > 0) heading.current?.focus({ preventScroll: true });
    sessionMoves += 1;
    window.scrollTo(0, 0);
  }, []);
  return (
    <div className="page">
      <div className="head">
        <div>
          <h1 ref={heading} tabIndex={-1}>{title}</h1>
          {about && <p>{about}</p>}
        </div>
        {aside}
      </div>
      {children}
    </div>
  );
}

let sessionMoves = 0;

export function Card({ title, about, aside, children }: {
  title: string; about?: ReactNode; aside?: ReactNode; children: ReactNode;
}) {
  return (
    <section className="card" aria-label={title}>
      <header><h2>{title}</h2>{aside}</header>
      {about && <p className="about">{about}</p>}
      {children}
    </section>
  );
}

export function Loading({ rows = 4 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => <Skeleton key={row} height={20} mt={12} radius="sm" />)}
    </div>
  );
}
