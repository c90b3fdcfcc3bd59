import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { NodeError } from '../api/client';
import { Loading } from './basics';

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return <div className="notice"><h2>{title}</h2>{children && <p>{children}</p>}</div>;
}

/** What went wrong, and what to do about it. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  const node = error instanceof NodeError ? error : undefined;
  const [title, words] = node?.isUnreachable
    ? ['The node does not answer', <>It may have been stopped. Run <code>aitbc up</code> again, and open the address that
      it prints. This page keeps trying.</>]
    : node?.isSession
      ? ['Your session has ended', <>A session lasts 12 hours, and ends when the node is restarted. Run{' '}
        <code>aitbc up</code> again, or ask whoever runs this node for a new address.</>]
      : node?.status === 404
        ? ['There is no such thing here', node.message]
        : ['The node could not answer this', error.message];
  return (
    <div className="notice bad" role="alert">
      <h2>{title}</h2>
      <p>{words}</p>
      {retry && <Button mt="md" variant="default" onClick={retry}>Try again</Button>}
    </div>
  );
}

/** Shows an answer; before it is there, a skeleton; without one, why. What is there stays while it is asked again. */
export function Show<T>({ query, rows, children }: {
  query: UseQueryResult<T>; rows?: number; children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Loading {...(rows !== undefined && { rows })} />;
}
