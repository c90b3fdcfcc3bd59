import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { NodeError } from '../api/client';
import * as commands from '../api/commands';
import { useKeyring } from '../lib/keyring';
import * as passkey from '../lib/passkey';
import { toBase64Url } from '../lib/proof';
import { readPayload, sentencesOf, type Command } from '../lib/sentences';
import { short, words } from '../lib/words';
import { Id, Loading, Status, Time } from './basics';
import { Dialog } from './dialog';

/** What somebody is about to sign. */
export interface Wish {
  title: string;
  path: commands.Path;
  commands: readonly Command[];
  /** What the button says. */
  act: string;
  isDangerous?: boolean;
  /** Said once it is done. */
  done: string;
  /** Called once it is done. */
  then?: () => void;
}

/** Why a command did not take effect, in words. */
export function explain(error: unknown): string {
  if (!(error instanceof NodeError)) return passkey.reason(error);
  return error.isUnreachable ? 'The node does not answer: nothing is known to have happened. Try again.'
    : `${words(error.code)}: ${error.message}`;
}

const special = /([A-Za-z0-9_-]{43}|\d{4}-\d\d-\d\dT[\d:.]+Z)/;

/** Ids within a sentence, short where there is no room, and times where the reader is; the reader's own account is
 * called so. */
export function Words({ text, own, isFull = false }: { text: string; own?: string | undefined; isFull?: boolean }) {
  return (
    <>
      {text.split(special).map((part, at) => (at % 2 === 0 ? part
        : part.endsWith('Z') && part.includes(':') ? <Time key={at} ms={Date.parse(part)} brief />
        : <span key={at} className={isFull ? 'mono' : 'mono whole'} title={part}>{part === own && 'you, '}{isFull ? part : short(part)}</span>))}
    </>
  );
}

/** What signs here, or why nothing can. */
export function NoKey() {
  return passkey.isPossible()
    ? <p>Nobody signs here yet: this browser has no passkey of an account. Make one, or name your account, under{' '}
        <Link href="/keys">Your keys</Link>.</p>
    : <p>Passkeys need https and a name, or localhost: open this page as <code>localhost</code> or by its name. From a
        terminal, <code>aitbc</code> does the same with a key.</p>;
}

/** Reads out what is about to be signed from the very bytes, has a passkey sign these, and says what came of it. */
export function Signing({ wish, close, children, after }: {
  wish: Wish; close: () => void; children?: ReactNode; after?: (sent: commands.Sent) => ReactNode;
}) {
  return (
    <Dialog title={wish.title} close={close}>
      <SigningBody wish={wish} close={close} {...(after && { after })}>{children}</SigningBody>
    </Dialog>
  );
}

export type Sign = (wish: Wish, more?: ReactNode) => void;

/** The dialog of a page: it outlives what it is about, which may be gone by the time that its signing is told. */
export function useSigning(): [sign: Sign, dialog: ReactNode] {
  const [open, setOpen] = useState<{ wish: Wish; more: ReactNode }>();
  return [
    (wish, more) => setOpen({ wish, more }),
    open && <Signing wish={open.wish} close={() => setOpen(undefined)}>{open.more}</Signing>,
  ];
}

export function SigningBody({ wish, close, children, after }: {
  wish: Wish; close: () => void; children?: ReactNode; after?: (sent: commands.Sent) => ReactNode;
}) {
  const ring = useKeyring();
  const queries = useQueryClient();
  const [prepared, setPrepared] = useState<commands.Prepared>();
  const [problem, setProblem] = useState('');
  const [isAsking, setIsAsking] = useState(false);
  const [sent, setSent] = useState<commands.Sent>();
  const [turn, setTurn] = useState(0);
  const account = ring?.account;
  const wanted = JSON.stringify(wish.commands);
  const isOver = sent !== undefined;
  useEffect(() => {
    if (!account || isOver) return;
    let isGone = false;
    setPrepared(undefined);
    commands.prepare(account, wish.path, wish.commands)
      .then((one) => isGone || setPrepared(one), (error: unknown) => isGone || setProblem(explain(error)));
    const renew = setTimeout(() => setTurn(turn + 1), commands.validMs * 0.8);
    return () => {
      isGone = true;
      clearTimeout(renew);
    };
    // The commands are compared by what they say.
  }, [account, wish.path, wanted, turn, isOver]);
  if (!ring || !passkey.isPossible()) return <NoKey />;

  const sign = async (what: commands.Prepared) => {
    setIsAsking(true);
    setProblem('');
    try {
      setSent(await commands.sign(what));
      wish.then?.();
    } catch (error) {
      setProblem(explain(error));
      // A nonce is used up by what was refused, and time has passed: the next try signs bytes made anew.
      setTurn(turn + 1);
    }
    setIsAsking(false);
    await queries.invalidateQueries({ queryKey: ['live'] });
  };
  return (
    <>
      {!sent && (prepared ? <ToSign prepared={prepared} own={ring.account} /> : !problem && <Loading rows={2} />)}
      {!sent && children}
      <div role="status" aria-live="polite" data-testid="signed">
        {isAsking && <p className="banner">Your browser asks for your passkey.</p>}
        {!isAsking && problem && <p><Status tone="bad">Refused</Status> {problem}</p>}
        {sent && <p><Status tone="good">Done</Status> {wish.done}{' '}
          <Link href={`/ledger/${sent.outcome.seq}`} onClick={close}>Entry #{sent.outcome.seq}</Link></p>}
      </div>
      {sent && after?.(sent)}
      <div className="acts">
        <Button variant="default" onClick={close}>{sent ? 'Close' : 'Cancel'}</Button>
        {!sent && (
          <Button color={wish.isDangerous ? 'red' : 'teal'} disabled={!prepared || isAsking}
            onClick={() => prepared && void sign(prepared)}>{wish.act}</Button>
        )}
      </div>
    </>
  );
}

function ToSign({ prepared, own }: { prepared: commands.Prepared; own: string }) {
  const payload = readPayload(prepared.bytes);
  const [digest, setDigest] = useState('');
  useEffect(() => {
    void passkey.sha256(prepared.bytes).then((hash) => setDigest(toBase64Url(hash)));
  }, [prepared]);
  return (
    <div className="tosign">
      <p className="unit">You sign, as <Id value={own} />:</p>
      {sentencesOf(prepared.bytes).map((sentence, at) => (
        <div key={at} data-testid="sentence">
          <strong><Words text={sentence.text} own={own} isFull />{sentence.parts.length > 0 ? ':' : '.'}</strong>
          {sentence.parts.length > 0 && (
            <ul>{sentence.parts.map((part, line) => <li key={line}><Words text={part} own={own} isFull /></li>)}</ul>
          )}
        </div>
      ))}
      <details>
        <summary>The very bytes</summary>
        <p className="unit">Good until <Time ms={payload.validUntil} />, once, on chain {payload.chain}; SHA-256{' '}
          <span className="mono">{digest}</span></p>
        <pre className="json" tabIndex={0} data-testid="bytes">{new TextDecoder().decode(prepared.bytes)}</pre>
      </details>
    </div>
  );
}
