import { useInterval } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';
import type { Schemas } from '../api/client';
import { percent } from '../lib/amount';
import { useKeyring } from '../lib/keyring';
import { span } from '../lib/words';
import { Amount, Id, Status, Time } from './basics';

type Limit = Schemas['LimitView'];

/** The time, each second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useInterval(() => setNow(Date.now()), 1_000, { autoInvoke: true });
  return now;
}

/** How long there is left until a time. */
export function Countdown({ to, over = 'over' }: { to: number; over?: string }) {
  const left = to - useNow();
  return (
    <span className="countdown">
      {left <= 0 ? over : <>in <strong>{span(Math.ceil(left / 1000) * 1000)}</strong></>}
      <span className="unit"> (<Time ms={to} brief />)</span>
    </span>
  );
}

/** People by their ids; whose browser this is, is called so. */
export function Who({ ids, none = 'Nobody' }: { ids: readonly string[]; none?: string }) {
  const own = useKeyring()?.account;
  if (ids.length === 0) return <>{none}</>;
  return <>{ids.map((id) => <div key={id}><Id value={id} />{id === own && <Status tone="calm">You</Status>}</div>)}</>;
}

const names: Record<string, string> = {
  maxDailyVolume: 'Volume in 24 h', maxGasPerDay: 'Gas in 24 h', maxStake: 'Stake',
};

export function limitName(of: Limit): string {
  return of.rule != null ? `Rule ${of.rule}` : names[of.limit] ?? of.limit;
}

/** A figure of a limit: base units, or acts. */
export function Figure({ of, value }: { of: Limit; value: string }) {
  return of.countsActs
    ? <span className="amount">{Number(value).toLocaleString('en')} <span className="unit">{value === '1' ? 'act' : 'acts'}</span></span>
    : <Amount value={value} />;
}

/** How far a limit is used, and by what is only reserved. */
export function Bar({ of, name }: { of: Limit; name: string }) {
  const used = percent(of.used, of.most);
  const both = percent(BigInt(of.used) + BigInt(of.reserved), of.most);
  return (
    <span className={both >= 90 ? 'meter full' : 'meter'} role="meter" aria-label={name} aria-valuemin={0}
      aria-valuemax={100} aria-valuenow={both} aria-valuetext={`${used} % used, ${(both - used).toFixed(1)} % reserved`}>
      <span style={{ width: `${used}%` }} />
      <span className="reserved" style={{ width: `${both - used}%` }} />
    </span>
  );
}

/** Each limit of an agent: used, reserved, left, and when the oldest part leaves its window. */
export function Gauges({ limits }: { limits: readonly Limit[] }) {
  return (
    <ul className="gauges">
      {limits.map((one) => {
        const name = limitName(one);
        return (
          <li key={`${one.limit}${one.rule ?? ''}`} data-testid="gauge">
            <div className="row"><strong>{name}</strong><span><Figure of={one} value={one.left} /> left</span></div>
            <Bar of={one} name={name} />
            <dl className="facts three">
              <div><dt>Used</dt><dd><Figure of={one} value={one.used} /></dd></div>
              <div><dt>Reserved</dt><dd><Figure of={one} value={one.reserved} /></dd></div>
              <div><dt>At most</dt><dd><Figure of={one} value={one.most} /></dd></div>
            </dl>
            <p className="about">{one.rule != null && <>{one.words} </>}
              {one.leavesAtMs != null ? <>The oldest part leaves the window <Countdown to={one.leavesAtMs} over="now" />.</>
                : one.windowMs != null ? 'Nothing is in the window.' : 'It does not reset: what is unstaked leaves it.'}</p>
          </li>
        );
      })}
    </ul>
  );
}

/** How many have spoken of those needed. */
export function Count({ got, of }: { got: number; of: number }) {
  return <Status tone={got >= of ? 'good' : got > 0 ? 'warn' : 'plain'}>{got} of {of} needed</Status>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return <><dt>{name}</dt><dd>{children}</dd></>;
}
