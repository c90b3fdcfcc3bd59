import { ActionIcon, AppShell, Burger, Group, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { NodeError } from './api/client';
import { useConnection } from './api/live';
import * as ask from './api/queries';
import { useKeyring } from './lib/keyring';
import { Loading, Page, Status } from './parts/basics';
import { Empty } from './parts/states';
import { StopButton } from './parts/stop';
import { Overview } from './pages/Overview';

const Agents = lazy(() => import('./pages/Agents'));
const Agent = lazy(() => import('./pages/Agent'));
const Services = lazy(() => import('./pages/Services'));
const Workloads = lazy(() => import('./pages/Workloads'));
const Workload = lazy(() => import('./pages/Workload'));
const Ledger = lazy(() => import('./pages/Ledger'));
const Blocks = lazy(() => import('./pages/Blocks'));
const Entry = lazy(() => import('./pages/Entry'));
const Alerts = lazy(() => import('./pages/Alerts'));
const Constitution = lazy(() => import('./pages/Constitution'));
const History = lazy(() => import('./pages/History'));
const Approvals = lazy(() => import('./pages/Approvals'));
const Approval = lazy(() => import('./pages/Approvals').then((page) => ({ default: page.Approval })));
const Keys = lazy(() => import('./pages/Keys'));

const places: readonly [href: string, name: string, icon: string][] = [
  ['/', 'Overview', 'M3 12h4l3-8 4 16 3-8h4'],
  ['/approvals', 'Approvals', 'M9 12l2 2 4-5M5 4h14v13l-7 4-7-4z'],
  ['/agents', 'Agents', 'M12 3v3M6 6h12v11H6zM9 21v-4M15 21v-4M9.5 11h.01M14.5 11h.01'],
  ['/services', 'Services', 'M4 7h16M4 12h16M4 17h10'],
  ['/workloads', 'Workloads', 'M4 8h16v12H4zM9 8V4h6v4M4 13h16'],
  ['/alerts', 'Alerts', 'M12 4l9 16H3zM12 10v4M12 17h.01'],
  ['/ledger', 'Ledger', 'M5 4h11l3 3v13H5zM9 10h6M9 14h6'],
  ['/keys', 'Your keys', 'M15 3a6 6 0 1 0 0 12 6 6 0 1 0 0-12M10 13l-7 8M5 18l3 3'],
];

function Icon({ path }: { path: string }) {
  return (
    <svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true"
      strokeLinecap="round" strokeLinejoin="round"><path d={path} /></svg>
  );
}

function SchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon variant="default" size="lg" aria-label={isDark ? 'Use light colours' : 'Use dark colours'}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}>
      <Icon path={isDark
        ? 'M12 4V2M12 22v-2M4 12H2M22 12h-2M6 6 5 5M19 19l-1-1M6 18l-1 1M19 5l-1 1M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0'
        : 'M20 14A8 8 0 1 1 10 4a7 7 0 0 0 10 10'} />
    </ActionIcon>
  );
}

function ConnectionStatus() {
  const connection = useConnection();
  const chain = useQuery(ask.chain());
  if (connection === 'lost') return <Status tone="bad">No connection</Status>;
  if (connection === 'connecting' || !chain.data) return <Status tone="plain">Connecting</Status>;
  return <Status tone="good">Live<span className="roomy"> · entry {chain.data.seq.toLocaleString('en')}</span></Status>;
}

/** How much waits for whoever looks here; without an account, for anybody. */
function Waiting() {
  const own = useKeyring()?.account;
  const approvals = useQuery(ask.approvals(own));
  const motions = useQuery(ask.motions(own));
  const waits = (approvals.data?.items.filter((one) => !own || one.waitingFor.includes(own)).length ?? 0)
    + (motions.data?.items.filter((one) => !own || one.undecided.includes(own)).length ?? 0);
  const isMore = approvals.data?.next != null || motions.data?.next != null;
  return waits > 0 && (
    <span className="badge" data-testid="waiting">{waits}{isMore && '+'}<span className="hidden"> waiting</span></span>
  );
}

function Banner() {
  const connection = useConnection();
  const { data, error } = useQuery(ask.chain());
  const words: ReactNode = error instanceof NodeError && error.isSession
    ? <>Your session has ended. Run <code>aitbc up</code> again, or ask whoever runs this node for a new address.</>
    : connection === 'lost'
      ? <>The node does not answer. It may have been stopped: run <code>aitbc up</code> again. What is shown is from
        before; this page keeps trying.</>
      : data?.allStopped
        ? <>Everything is stopped by the council: only releases are taken.</>
        : data?.marketStopped
          ? <>The market is stopped by the council: nothing new is posted or awarded until it is released.</>
          : null;
  return <div role="status">{words && <div className="banner"><div>{words}</div></div>}</div>;
}

export function App() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const [location] = useLocation();
  const chain = useQuery(ask.chain());
  return (
    <>
      <a className="skip" href="#main">Skip to the content</a>
      <AppShell header={{ height: 60 }} padding={{ base: 'sm', sm: 'lg' }}
        navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}>
        <AppShell.Header bg="var(--surface)">
          <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="sm">
            <Group gap="sm" wrap="nowrap">
              <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" aria-expanded={isOpen} />
              <Link href="/" className="brand" onClick={close}>
                <img src="/favicon.svg" width="30" height="30" alt="" />AITBC
              </Link>
            </Group>
            <Group gap="sm" wrap="nowrap"><ConnectionStatus /><SchemeButton /><StopButton /></Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="sm" bg="var(--surface)" aria-label="Main">
          <div className="nav">
            {places.map(([href, name, icon]) => (
              <Link key={href} href={href} onClick={close} aria-current={
                (href === '/' ? location === '/' : location.startsWith(href)) ? 'page' : undefined}>
                <Icon path={icon} />{name}{href === '/approvals' && <Waiting />}
              </Link>
            ))}
          </div>
          {chain.data && (
            <p style={{ marginTop: 'auto', fontSize: '.82rem', color: 'var(--mantine-color-dimmed)' }}>
              Chain <span className="mono">{chain.data.chain}</span>
            </p>
          )}
        </AppShell.Navbar>
        <AppShell.Main id="main" tabIndex={-1} style={{ outline: 'none' }}>
          <Banner />
          <Suspense fallback={<Loading rows={8} />}>
            <Switch>
              <Route path="/"><Overview /></Route>
              <Route path="/agents"><Agents /></Route>
              <Route path="/agents/:id">{({ id }) => <Agent key={id} id={id} />}</Route>
              <Route path="/agents/:id/constitution">{({ id }) => <Constitution key={id} id={id} />}</Route>
              <Route path="/agents/:id/history">{({ id }) => <History key={id} id={id} />}</Route>
              <Route path="/alerts"><Alerts /></Route>
              <Route path="/services"><Services /></Route>
              <Route path="/workloads"><Workloads /></Route>
              <Route path="/workloads/:id">{({ id }) => <Workload key={id} id={id} />}</Route>
              <Route path="/approvals"><Approvals /></Route>
              <Route path="/approvals/:id">{({ id }) => <Approval key={id} id={id} />}</Route>
              <Route path="/ledger"><Ledger /></Route>
              <Route path="/ledger/blocks"><Blocks /></Route>
              <Route path="/ledger/:seq">{({ seq }) => <Entry key={seq} seq={Number(seq)} />}</Route>
              <Route path="/keys"><Keys /></Route>
              <Route>
                <Page title="No such page">
                  <Empty title="Nothing is here">The menu leads to everything this dashboard has.</Empty>
                </Page>
              </Route>
            </Switch>
          </Suspense>
        </AppShell.Main>
      </AppShell>
    </>
  );
}
