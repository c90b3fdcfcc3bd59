import { Button } from '@mantine/core';
import { useState } from 'react';

/** The pages of a list that one has gone through, by where each begins. */
export function usePages() {
  const [begun, setBegun] = useState<readonly number[]>([]);
  return {
    at: begun.at(-1),
    isFirst: begun.length === 0,
    goBack: () => setBegun(begun.slice(0, -1)),
    goOn: (next: number) => setBegun([...begun, next]),
  };
}

/** The way to the next page and back; nothing where there is but one. */
export function Pager({ of, next, back = 'Newer', on = 'Older' }: {
  of: ReturnType<typeof usePages>; next: number | null | undefined; back?: string; on?: string;
}) {
  if (of.isFirst && next == null) return null;
  return (
    <div className="pager">
      <Button variant="default" disabled={of.isFirst} onClick={of.goBack}>{back}</Button>
      <Button variant="default" disabled={next == null} onClick={() => of.goOn(next!)}>{on}</Button>
    </div>
  );
}
