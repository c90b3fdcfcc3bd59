import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';

export type Connection = 'connecting' | 'live' | 'lost';

const FLUSH_MS = 1_500;
const RETRY_MS = 5_000;

const Context = createContext<Connection>('connecting');

export function useConnection(): Connection {
  return useContext(Context);
}

/**
 * Follows the node's event stream and makes what is on the page stale when something happened: at most once in a
 * while, however much happens, and not while nobody looks.
 */
export function Live({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');

  useEffect(() => {
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let isStale = false;

    const open = () => {
      source = new EventSource('/v1/events');
      source.onopen = () => {
        setConnection('live');
        isStale = true;
      };
      source.onmessage = () => {
        isStale = true;
      };
      source.onerror = () => {
        setConnection('lost');
        if (source?.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY_MS);
      };
    };
    open();
    const flush = setInterval(() => {
      if (isStale && !document.hidden) {
        isStale = false;
        void queries.invalidateQueries({ queryKey: ['live'] });
      }
    }, FLUSH_MS);
    return () => {
      source?.close();
      clearInterval(flush);
      clearTimeout(retry);
    };
  }, [queries]);

  return <Context value={connection}>{children}</Context>;
}
