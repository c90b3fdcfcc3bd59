import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useLocation } from 'wouter';

const StopDialog = lazy(() => import('./stopping'));

/** Always in reach: stops the agent whose page it is, elsewhere what is chosen. */
export function StopButton() {
  const [isOpen, setIsOpen] = useState(false);
  const [location] = useLocation();
  const agent = /^\/agents\/([A-Za-z0-9_-]{43})(\/|$)/.exec(location)?.[1];
  return (
    <>
      <Button color="red" size="compact-md" onClick={() => setIsOpen(true)} aria-haspopup="dialog"
        aria-label={agent ? 'Stop this agent' : 'Stop'}
        leftSection={<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
          <rect width="12" height="12" rx="2" fill="currentColor" /></svg>}>Stop</Button>
      {isOpen && <Suspense><StopDialog agent={agent} close={() => setIsOpen(false)} /></Suspense>}
    </>
  );
}
